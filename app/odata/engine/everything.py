"""$all: the entities of all sets and the singletons, one set after the other (URL, 4.16)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.odata.engine import addresses as at
from app.odata.engine import contexts
from app.odata.engine.answering import listed
from app.odata.engine.ast import Options
from app.odata.engine.edm import CollectionType, EntitySet, EntityType, Model
from app.odata.engine.exchange import Exchange
from app.odata.engine.fetching import fetch
from app.odata.engine.focus import Entities, Home
from app.odata.engine.messages import Reply
from app.odata.engine.pages import Page, page_size
from app.odata.engine.paging import Position, unreadable
from app.odata.engine.plans import Plan, Values, plan_of
from app.odata.engine.presenting import Presenter
from app.odata.engine.reading import Reading
from app.odata.engine.tokens import read as token_read

Targets = Sequence[tuple[Home, EntityType]]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins: in which set, behind which of its entities; how many entities are to be
    left out, and how many of $top are left.
    """

    number: int = 0
    position: Position | None = None
    skip: int = 0
    left: int | None = None


def everything(exchange: Exchange, reading: Reading) -> Reply:
    """A page of all entities, of a type if one stands behind $all. $search narrows them."""
    options = exchange.plain_options()
    targets = _targets(exchange.service.model, _kind(exchange.steps))
    if options.search is not None:
        targets = [each for each in targets if _is_searchable(each[0])]
    run = _Run(exchange, reading, targets, options)
    place = run.start(exchange.purpose)
    items, end = run.page(place)
    total = run.total() if options.count else None
    return listed(exchange, items, contexts.ANY_ENTITIES, total=total, end=end)


def _kind(steps: Sequence[at.Step]) -> EntityType | None:
    kind = steps[-1].type
    item = kind.item if isinstance(kind, CollectionType) else kind
    return item if isinstance(item, EntityType) else None


def _targets(model: Model, kind: EntityType | None) -> Targets:
    homes: list[Home] = [*model.entity_sets, *model.singletons]
    if kind is None:
        return [(each, each.type) for each in homes]
    narrower = [(each, kind) for each in homes if model.is_a(kind, each.type)]
    return narrower + [
        (each, each.type) for each in homes if model.is_a(each.type, kind) and each.type != kind
    ]


def _is_searchable(home: Home) -> bool:
    return isinstance(home, EntitySet) and home.searchable


class _Run:
    """One request for all entities."""

    def __init__(
        self, exchange: Exchange, reading: Reading, targets: Targets, options: Options
    ) -> None:
        self._exchange = exchange
        self._reading = reading
        self._targets = targets
        self._options = options
        self._own = Options(search=options.search)
        self._presenter = Presenter(reading)

    def _plan(self, number: int) -> tuple[Plan, Values]:
        home, kind = self._targets[number]
        focus = Entities(home, kind)  # type: ignore[arg-type]
        return plan_of(self._reading, focus, self._own, lambda _: self._own)

    def start(self, purpose: str) -> _Place:
        """Where the page begins. Raises BadRequest for a token of another list."""
        options = self._options
        if options.skiptoken is None:
            return _Place(skip=options.skip, left=options.top)
        position = token_read(options.skiptoken, purpose)
        number, *values = position.values or (None,)
        if type(number) is not int or not 0 <= number < len(self._targets):
            raise unreadable()
        if (position.left is None) != (options.top is None):
            raise unreadable()
        return _Place(number, Position(tuple(values)) if values else None, 0, position.left)

    def page(self, place: _Place) -> tuple[list[Any], Position | None]:
        """The entities of a page, and where it ended when there may be more."""
        size = page_size(self._reading, self._options)
        size = size if place.left is None else min(size, place.left)
        items: list[Any] = []
        while place.number < len(self._targets) and len(items) < size:
            place = self._step(place, size, items)
        left = None if place.left is None else place.left - len(items)
        if place.number >= len(self._targets) or left == 0 or not size:
            return items, None
        values = () if place.position is None else place.position.values
        return items, Position((place.number, *values), left)

    def _step(self, place: _Place, size: int, items: list[Any]) -> _Place:
        """Add entities of one set, at most up to the page's size; gives where to go on."""
        plan, given = self._plan(place.number)
        further = replace(place, number=place.number + 1, position=None)
        if place.skip and (inside := plan.total(self._reading, given)) <= place.skip:
            return replace(further, skip=place.skip - inside)
        page = Page(size - len(items), None, place.skip, place.position)
        fetched = fetch(self._reading, plan, page, given)
        items += self._shown(place.number, self._presenter.entities(fetched, self._own))
        if fetched.end is None:
            return replace(further, skip=0)
        return replace(place, position=fetched.end, skip=0)

    def _shown(self, number: int, items: list[Any]) -> list[Any]:
        """Entities, each with what it is: its own context and type (Protocol 10.17)."""
        manner, (home, kind) = self._exchange.manner, self._targets[number]
        if manner.bare:
            return items
        fragment = home.name
        if kind != home.type:
            fragment += f"/{kind.qualified}"
        if isinstance(home, EntitySet):
            fragment += "/$entity"
        head = {
            f"{manner.prefix}context": contexts.context(manner, fragment),
            f"{manner.prefix}type": f"#{kind.qualified}",
        }
        return [{**head, **each} for each in items]

    def total(self) -> int:
        """How many entities there are."""
        plans = map(self._plan, range(len(self._targets)))
        return sum(plan.total(self._reading, given) for plan, given in plans)
