"""Lists of entities: one statement for a page, one for its total, one for each expanded navigation.

Every statement that uses rows of a source holds their `visible()`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, select, tuple_

from app.odata.engine.ast import Options, SelectItem
from app.odata.engine.edm import NOTHING, EntitySet, EntityType, Model
from app.odata.engine.focus import Entities, Entity, Home
from app.odata.engine.keeping import Slot, Tuples, parameter
from app.odata.engine.messages import Manner
from app.odata.engine.paging import Term
from app.odata.engine.problems import NotSupported
from app.odata.engine.source import Caller, Key, Rows, Service, Source
from app.odata.engine.sql.environment import IT, THIS, Bound, Environment, Known
from app.odata.engine.sql.expressions import Translator
from app.odata.engine.sql.translating import NOW


@dataclass(frozen=True, slots=True)
class Stating:
    """What statements are made with: the service, who asks, how expressions are said in SQL."""

    service: Service
    caller: Caller
    translator: Translator

    def source(self, home: Home) -> Source:
        """The source of a set or singleton."""
        return self.service.sources[home.name]


@dataclass(frozen=True, slots=True)
class Reading(Stating):
    """What a request's reads have in common: one connection, and the manner of the answer."""

    connection: Connection
    manner: Manner

    @property
    def values(self) -> "Parameters":
        """The parameters that every statement may have."""
        return Parameters({**self.service.parameters(self.caller), NOW: self.service.clock})

    def run(self, statement: Select[Any], given: Mapping[str, Any] = NOTHING) -> Tuples:
        """All rows of a statement that is not kept; `given` are parameters of its own."""
        values = self.values
        values.update(given)
        return self.connection.execute(statement, values).all()


class Parameters(dict[str, Any]):
    """Values of parameters by name. Some are functions, to be asked only where a statement has the
    parameter: who asks for the instant gets an answer that holds for an instant.
    """

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        return value() if callable(value) else value

    def of(self, names: Iterable[str]) -> dict[str, Any]:
        """The values of those of these names that are known."""
        return {name: self[name] for name in names if name in self}


@dataclass(frozen=True, slots=True)
class Parents:
    """The entities that a list is below, at the end of a navigation. `outermost`: the address leads
    to them, so that they are `$it` (URL, 5.1.1.14.4). `kind` is the type that they have to be of.
    """

    home: Home
    navigation: str
    keys: Sequence[Key]
    outermost: bool = False
    kind: EntityType | None = None


class Listing:
    """The statement of a list under construction: rows of one set, with conditions and an order.

    Given `parents`, the list is that of an expanded navigation; `owner` are the columns of their
    keys then.
    """

    ends_with_key = True  # the order does

    def __init__(
        self,
        reading: Stating,
        target: Entities | Entity,
        options: Options,
        parents: Parents | None = None,
    ) -> None:
        self.reading = reading
        self.target = target
        self.options = options
        self.kind: EntityType = target.type
        self.bound: Bound = reading.translator.rows(target.home)
        self.owner: Sequence[ColumnElement[Any]] = ()
        self._tables: Any = self.bound.rows.table
        base, found = Environment.over(self.bound), list[ColumnElement[bool]]()
        above = _above(target) or parents
        if above is not None:
            parent = reading.translator.rows(above.home)
            found = self._below(above, parent)
            if parents is not None:
                base = _inside(self.bound, parent if parents.outermost else None)
        self.environment = reading.translator.computing(options.compute, base)
        self.conditions = [*self._conditions(base), *found]

    @property
    def rows(self) -> Rows:
        """The rows that are listed."""
        return self.bound.rows

    def _conditions(self, base: Environment) -> list[ColumnElement[bool]]:
        translator, target = self.reading.translator, self.target
        found = [self.rows.visible()]
        narrowed = narrowing(self.reading.service.model, self.kind, self.rows)
        if narrowed is not None:
            found.append(narrowed)
        if isinstance(target, Entity):
            return [*found, self.keyed([target.key])]
        if target.keys is not None:
            found.append(self.keyed(target.keys))
        found += [translator.condition(each, base) for each in target.filters]
        if self.options.search is not None:
            require_searchable(target.home)
            found.append(translator.search(self.options.search, self.bound))
        if self.options.filter is not None:
            found.append(translator.condition(self.options.filter, self.environment))
        return found

    def _below(self, parents: Parents, parent: Bound) -> list[ColumnElement[bool]]:
        """Narrow the list to what a navigation leads to; gives the conditions for that."""
        service = self.reading.service
        joined = parent.rows.joined(parents.navigation, self.rows)
        self._tables = parent.rows.table.join(self.rows.table, joined)
        self.owner = key_columns(service, parent)
        found = [parent.rows.visible(), keys_among(service, parent, parents.keys)]
        if parents.kind is not None:
            narrowed = narrowing(service.model, parents.kind, parent.rows)
            found += [] if narrowed is None else [narrowed]
        return found

    def keyed(self, keys: Sequence[Key]) -> ColumnElement[bool]:
        """The rows with these keys."""
        return keys_among(self.reading.service, self.bound, keys)

    def key_columns(self) -> list[ColumnElement[Any]]:
        """The columns of the key."""
        return key_columns(self.reading.service, self.bound)

    def terms(self) -> list[Term]:
        """The order asked for, or the source's own, made total by the key."""
        listed = [
            Term(expression, descending)
            for expression, descending in self.reading.translator.order(
                self.options.orderby, self.environment
            )
        ]
        if not listed:
            own = self.rows.order() or ()
            listed = [Term(expression, descending, False) for expression, descending in own]
        return listed + [Term(column, False, False) for column in self.key_columns()]

    def statement(self, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
        """The statement over these columns, without order and limits."""
        chosen = select(*columns).select_from(self._tables)
        return chosen.where(*self.conditions)


def _above(target: Entities | Entity) -> Parents | None:
    """The entity that the address has navigated from."""
    if isinstance(target, Entity) or target.origin is None:
        return None
    entity, way = target.origin.entity, target.origin.navigation
    return Parents(entity.home, way.name, [entity.key], kind=entity.type)


def _inside(bound: Bound, outermost: Bound | None) -> Environment:
    """Names inside the options of an expanded navigation: properties are those of `$this`."""
    found = {THIS: Known(bound, 0)}
    if outermost is not None:
        found[IT] = Known(outermost, 0)
    return Environment(found)


def require_searchable(home: Home) -> None:
    """Raise NotSupported for a set that the model declares not searchable."""
    if isinstance(home, EntitySet) and not home.searchable:
        raise NotSupported(f"{home.name} cannot be searched", target="$search")


def narrowing(model: Model, kind: EntityType, rows: Rows) -> ColumnElement[bool] | None:
    """The condition that rows are of a derived type; None when all are."""
    name = rows.type_name()
    if name is None or kind.base is None:
        return None
    return name.in_([kind.qualified, *(each.qualified for each in model.derived(kind))])


def key_columns(service: Service, bound: Bound) -> list[ColumnElement[Any]]:
    """The key columns of bound rows."""
    return [bound.rows.column(each.name) for each in service.model.key(bound.type)]


def keys_among(service: Service, bound: Bound, keys: Sequence[Key]) -> ColumnElement[bool]:
    """The rows have one of these keys."""
    if not keys:
        return false()
    if len(keys) == 1:
        return _is(service, bound, keys[0])
    columns = key_columns(service, bound)
    if len(columns) == 1 and isinstance(keys[0][0], Slot):
        return columns[0].in_([parameter(key[0], columns[0].type) for key in keys])
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    # As rows of values: a chain of OR would be deeper than SQLite's parser can go.
    return tuple_(*columns).in_(keys)


def _is(service: Service, bound: Bound, key: Key) -> ColumnElement[bool]:
    """The row has this key, said so that an index serves it."""
    found = []
    for each, value in zip(service.model.key(bound.type), key, strict=True):
        column = bound.rows.column(each.name)
        one = parameter(value, column.type)
        among = bound.rows.among(each.name, [one])
        found.append(column == one if among is None else among)
    return and_(*found)


def only_key(model: Model, kind: EntityType) -> Options:
    """The options of a read that is not to be shown."""
    return Options(select=tuple(SelectItem(each.name) for each in model.key(kind)))
