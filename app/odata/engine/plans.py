"""How something is read, as it was found out for the first caller of a kind: the options, the
columns, the statements. A plan that comes again is kept with its statements compiled.

A plan knows neither the key in the address nor the caller nor the instant: these are parameters. It
is made with the caller that stands for the kind (keeping.py), so nothing of one caller can be in
it.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, func

from app.errors import NotFound
from app.odata.engine.ast import Options
from app.odata.engine.columns import Columns, columns_for
from app.odata.engine.edm import NOTHING, EntitySet, EntityType, Model
from app.odata.engine.focus import Entities, Entity
from app.odata.engine.keeping import Statement, Tuples, filled, slots
from app.odata.engine.reading import Listing, Reading, Stating, only_key
from app.odata.engine.source import Caller, Key
from app.odata.engine.sql.expressions import Translator

Focus = Entities | Entity
Values = Mapping[str, Any]
ONLY_KEY: Final = "only the key"
MANY: Final = 1024  # keys that are the parameters of one statement that is kept


@dataclass(eq=False, slots=True)
class Plan:
    """How one kind of thing is read. `keeps`: its statements are compiled and kept."""

    listing: Listing
    columns: Columns
    keeps: bool = False
    _made: dict[Hashable, Statement] = field(default_factory=dict)

    @property
    def options(self) -> Options:
        """What was asked for, but for the place where a page begins."""
        return self.listing.options

    def rows(
        self,
        reading: Reading,
        form: Hashable,
        state: Callable[[], Select[Any]],
        given: Values = NOTHING,
    ) -> Tuples:
        """The rows of one of its statements; `form` names it, `state` makes it, `given` are its own
        parameters.
        """
        kept = self._made.get(form)
        if kept is None:
            statement = state()
            keeping = reading.service.keeping
            if self.keeps and keeping is not None:
                kept = keeping.prepared(statement, reading.connection)
            if kept is None:
                return reading.run(statement, given)
            self._made[form] = kept
        return kept.rows(reading.connection, {**reading.values.of(kept.names), **given})

    def total(self, reading: Reading, given: Values = NOTHING) -> int:
        """How many rows there are, whatever the page."""
        rows = self.rows(reading, "total", lambda: self.listing.statement([func.count()]), given)
        return int(rows[0][0])

    def first(self, reading: Reading, given: Values = NOTHING) -> Tuples:
        """The only row that there can be; none when the caller does not see it."""

        def state() -> Select[Any]:
            return self.listing.statement(self.columns.labelled).limit(1)

        return self.rows(reading, "first", state, given)


def plan_for(listing: Listing) -> Plan:
    """The plan of a list that is not kept."""
    return Plan(listing, columns_for(listing))


def plan_of(
    reading: Reading, focus: Focus, asked: Hashable, options: Callable[[Stating], Options]
) -> tuple[Plan, Values]:
    """The plan for reading what an address leads to, and the parameters that make it this one.
    `asked` stands for the options, which are read where there is no plan yet.
    """
    keeping = reading.service.keeping
    if keeping is None or not _may_be_kept(reading.service.model, focus):
        return plan_for(Listing(reading, focus, options(reading))), NOTHING
    shape, given = _parted(focus)
    return _kept(reading, keeping.kind(reading.caller), shape, asked, options), given


def _kept(
    reading: Reading,
    kind: Caller,
    focus: Focus,
    asked: Hashable,
    options: Callable[[Stating], Options],
) -> Plan:
    """The plan that is kept, or a new one, which is kept if it comes again."""
    service = reading.service

    def make(again: bool) -> tuple[Plan, bool]:
        stating = Stating(service, kind, Translator(service, kind, service.clock))
        plan = replace(plan_for(Listing(stating, focus, options(stating))), keeps=again)
        if stating.translator.lasting:
            return plan, True
        return plan_for(Listing(reading, focus, options(reading))), False

    key = (focus, asked, kind, reading.connection.dialect.name)
    found: Plan = service.plans.get(key, make)
    return found


@cache
def _of_many(most: int) -> tuple[Key, ...]:
    return tuple((slot,) for slot in slots("key", range(most)))


def padded(values: Sequence[Any]) -> list[Any]:
    """The values, the last one again and again until they are a power of four: with so many
    parameters few statements have to be kept.
    """
    most = 1
    while most < len(values):
        most *= 4
    return [*values, *[values[-1]] * (most - len(values))]


def plan_of_many(reading: Reading, home: EntitySet, kind: EntityType, most: int) -> Plan:
    """The plan for reading as many whole entities by their keys, each of one property: the
    parameters `key_0`, `key_1` and so on.
    """
    keeping = reading.service.keeping
    focus = Entities(home, kind, keys=_of_many(most))
    if keeping is None:
        return plan_for(Listing(reading, focus, Options()))
    return _kept(reading, keeping.kind(reading.caller), focus, "whole", lambda _: Options())


def _may_be_kept(model: Model, focus: Focus) -> bool:
    """What a filter in the path left is not the same twice. The properties of an open type may be
    others for each caller.
    """
    if isinstance(focus, Entities) and (focus.filters or not _may_have_slots(focus)):
        return False
    return not any(each.open for each in model.family(focus.home.type))


def _may_have_slots(focus: Entities) -> bool:
    """The keys, if any are named, can be the parameters of a statement that others use too."""
    keys = focus.keys
    if keys is None:
        return True
    return focus.origin is None and 0 < len(keys) <= MANY and len(keys[0]) == 1


def _parted(focus: Focus) -> tuple[Focus, Values]:
    """The focus with slots in place of the values of its key, and these values."""
    if isinstance(focus, Entity):
        return replace(focus, key=slots("key", focus.key)), filled("key", focus.key)
    if focus.keys is not None:
        named = padded([value for (value,) in focus.keys])
        return replace(focus, keys=_of_many(len(named))), filled("key", named)
    if focus.origin is None:
        return focus, NOTHING
    entity, given = _parted(focus.origin.entity)
    assert isinstance(entity, Entity)
    return replace(focus, origin=replace(focus.origin, entity=entity)), given


def key_plan(reading: Reading, focus: Focus) -> tuple[Plan, Values]:
    """The plan for reading what is not to be shown."""
    model = reading.service.model
    return plan_of(reading, focus, ONLY_KEY, lambda _: only_key(model, focus.type))


def found_key(reading: Reading, focus: Focus) -> Key | None:
    """The key of the only entity that can be there; None when the caller sees none."""
    plan, given = key_plan(reading, focus)
    rows = plan.first(reading, given)
    return plan.columns.keys(rows)[0] if rows else None


def require(reading: Reading, entity: Entity) -> None:
    """Raise NotFound unless the caller sees the entity."""
    if found_key(reading, entity) is None:
        raise NotFound(f"{entity.name}: no such entity")
