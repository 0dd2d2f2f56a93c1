"""Lists of entities: one statement for a page, one for its total, one for each expanded navigation.

Every statement that uses rows of a source holds their `visible()`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select
from sqlalchemy.engine import Row

from app.odata.engine import paging
from app.odata.engine.ast import Options
from app.odata.engine.edm import EntityType, Structured
from app.odata.engine.focus import Entities, Entity, Home
from app.odata.engine.messages import Manner
from app.odata.engine.paging import Position, Term
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.rendering import Cell, Wanted, cells, wanted
from app.odata.engine.source import Caller, Key, Rows, Service, Source
from app.odata.engine.sql.environment import Bound, Environment
from app.odata.engine.sql.expressions import Translator

MAX_SKIP = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request's reads have in common: the service, its caller, one connection."""

    service: Service
    caller: Caller
    connection: Connection
    manner: Manner
    translator: Translator

    def run(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """All rows of a statement."""
        values = dict(self.service.parameters(self.caller))
        return self.connection.execute(statement, values).all()

    def source(self, home: Home) -> Source:
        """The source of a set or singleton."""
        return self.service.sources[home.name]


@dataclass(frozen=True, slots=True)
class Fetched:
    """Entities as rows. `cells` describe the first columns; `keys`, `etags`, `types` go beside.

    `end` is where the page ended, when there is more.
    """

    kind: EntityType
    home: Home
    wanted: Wanted
    cells: Sequence[Cell]
    rows: Sequence[Row[Any]]
    keys: Sequence[Key]
    etags: Sequence[Any]
    types: Sequence[str | None]
    end: Position | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """How much to read: at most `size` rows, after `position`, or after `skip` of them."""

    size: int
    left: int | None = None
    skip: int = 0
    position: Position | None = None


class Listing:
    """The statement of a list under construction: rows of one set, with conditions and an order."""

    def __init__(self, reading: Reading, target: Entities | Entity, options: Options) -> None:
        self.reading = reading
        self.target = target
        self.options = options
        self.kind: EntityType = target.type
        self.bound: Bound = reading.translator.rows(target.home)
        base = Environment.over(self.bound)
        self.environment = reading.translator.computing(options.compute, base)
        self._tables: Any = self.bound.rows.table
        self.conditions = self._conditions(base)
        if isinstance(target, Entities) and target.origin is not None:
            entity = target.origin.entity
            self.below(entity.home, target.origin.navigation.name, [entity.key])

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
            found.append(translator.search(self.options.search, self.bound))
        if self.options.filter is not None:
            found.append(translator.condition(self.options.filter, self.environment))
        return found

    def below(self, home: Home, navigation: str, keys: Sequence[Key]) -> list[ColumnElement[Any]]:
        """Narrow the list to what a navigation leads to from entities with these keys; gives the
        columns of their keys.
        """
        parent = self.reading.translator.rows(home)
        joined = parent.rows.joined(navigation, self.rows)
        self._tables = parent.rows.table.join(self.rows.table, joined)
        self.conditions += [
            parent.rows.visible(),
            keys_among(self.reading.service, parent, keys),
        ]
        return key_columns(self.reading.service, parent)

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

    def total(self) -> int:
        """How many rows there are, whatever the page."""
        statement = self.statement([func.count()])
        return int(self.reading.run(statement)[0][0])


def narrowing(model: Any, kind: EntityType, rows: Rows) -> ColumnElement[bool] | None:
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
    columns = key_columns(service, bound)
    if len(columns) == 1:
        values = [key[0] for key in keys]
        return columns[0] == values[0] if len(values) == 1 else columns[0].in_(values)
    pairs = (
        and_(*(column == value for column, value in zip(columns, key, strict=True))) for key in keys
    )
    return or_(*pairs)


@dataclass(frozen=True, slots=True)
class Columns:
    """What a list selects: what is shown, what stands beside it, and the terms of its order."""

    wanted: Wanted
    shown: Sequence[Cell]
    beside: "Beside"
    terms: Sequence[Term]

    @property
    def labelled(self) -> list[ColumnElement[Any]]:
        """All of them, in that order, under names that do not clash."""
        listed = [cell.expression for cell in self.shown]
        listed += [*self.beside.columns, *(term.expression for term in self.terms)]
        return [each.label(f"c{number}") for number, each in enumerate(listed)]

    def fetched(self, listing: Listing, rows: Sequence[Row[Any]]) -> Fetched:
        """The rows, told apart."""
        return self.beside.fetched(listing, self.wanted, self.shown, rows)


def columns_for(listing: Listing) -> Columns:
    """All that a list has to select."""
    what, shown, beside = columns_of(listing)
    return Columns(what, shown, beside, listing.terms())


def fetch(listing: Listing, page: Page) -> Fetched:
    """A page of a list. The values of its order's terms tell where the next one begins."""
    reading = listing.reading
    columns = columns_for(listing)
    labelled, terms = columns.labelled, columns.terms
    statement = listing.statement(labelled).order_by(*(term.sorted() for term in terms))
    if page.position is not None:
        statement = statement.where(paging.behind(terms, page.position))
    size = page.size if page.left is None else min(page.size, page.left)
    statement = statement.limit(size + 1)
    if page.skip:
        statement = statement.offset(min(page.skip, MAX_SKIP))
    rows = reading.run(statement) if size else ()
    total = listing.total() if listing.options.count else None
    more, rows = len(rows) > size, rows[:size]
    left = None if page.left is None else page.left - len(rows)
    end = None
    if more and left != 0:
        end = Position(tuple(rows[-1][len(labelled) - len(terms) :]), left)
    return replace(columns.fetched(listing, _as_given(listing, columns, rows)), end=end, total=total)


def _as_given(listing: Listing, columns: Columns, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Entities that an operation named by their keys come in its order, unless $orderby says one."""
    keys = listing.target.keys if isinstance(listing.target, Entities) else None
    if keys is None or listing.options.orderby:
        return rows
    start = len(columns.shown)
    places = {key: place for place, key in enumerate(keys)}
    width = len(columns.beside.keys)
    return sorted(rows, key=lambda row: places[tuple(row[start : start + width])])


def fetch_one(reading: Reading, entity: Entity, options: Options) -> Fetched | None:
    """One entity as a list of one; None when the caller does not see it (any more)."""
    listing = Listing(reading, entity, options)
    columns = columns_for(listing)
    rows = reading.run(listing.statement(columns.labelled).limit(1))
    return columns.fetched(listing, rows) if rows else None


@dataclass(frozen=True, slots=True)
class Beside:
    """Columns that an object does not show: its key, its ETag, its type."""

    keys: tuple[ColumnElement[Any], ...]
    etag: ColumnElement[Any] | None
    type: ColumnElement[Any] | None

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """Key, then ETag, then type, as far as there are any."""
        return [*self.keys, *(each for each in (self.etag, self.type) if each is not None)]

    def fetched(
        self, listing: Listing, what: Wanted, shown: Sequence[Cell], rows: Sequence[Row[Any]]
    ) -> Fetched:
        """The rows with what stands beside them taken out."""
        start = len(shown)
        after = start + len(self.keys)
        etags = [row[after] for row in rows] if self.etag is not None else [None] * len(rows)
        place = after + (self.etag is not None)
        types = [row[place] for row in rows] if self.type is not None else [None] * len(rows)
        return Fetched(
            kind=listing.kind,
            home=listing.target.home,
            wanted=what,
            cells=shown,
            rows=rows,
            keys=[tuple(row[start:after]) for row in rows],
            etags=etags,
            types=types,
        )


def columns_of(listing: Listing) -> tuple[Wanted, list[Cell], Beside]:
    """What a list has to select: what is shown, and what stands beside it."""
    reading, options, kind = listing.reading, listing.options, listing.kind
    model = reading.service.model
    source = reading.source(listing.target.home)
    dynamic = source.dynamic(reading.caller) if _is_open(model, kind) else {}
    what = wanted(model, kind, options, dynamic)
    shown = cells(what, listing.rows)
    shown += computed_cells(listing)
    family = bool(model.derived(kind)) or kind.base is not None
    if family and listing.rows.type_name() is not None:
        shown += _derived_cells(listing, what)
    beside = Beside(
        tuple(listing.key_columns()),
        listing.rows.etag(),
        listing.rows.type_name() if family else None,
    )
    return what, shown, beside


def _is_open(model: Any, kind: Structured) -> bool:
    return any(each.open for each in model.lineage(kind))


def _derived_cells(listing: Listing, what: Wanted) -> list[Cell]:
    """The properties that only derived types have; rows of other types leave them out."""
    model, kind = listing.reading.service.model, listing.kind
    known = {path for path, _ in what.paths}
    found: dict[tuple[str, ...], Cell] = {}
    for each in model.derived(kind):
        for cell in cells(wanted(model, each, listing.options, {}), listing.rows):
            if cell.path not in known:
                found[cell.path] = cell
    return list(found.values())


def computed_cells(listing: Listing) -> list[Cell]:
    """The aliases of $compute that are shown: all, or those that $select names."""
    options = listing.options
    names = (
        None
        if options.select is None or options.select_all
        else {item.name for item in options.select}
    )
    return [
        Cell(
            (item.alias,),
            item.expression.type,  # type: ignore[arg-type]
            listing.reading.translator.value(item.expression, listing.environment),
        )
        for item in options.compute
        if names is None or item.alias in names
    ]


def check_page(
    reading: Reading, options: Options, purpose: str, target: Entities | None = None
) -> Page:
    """How much to read for the options of a list. What an operation made comes in one page.

    Raises BadRequest for a token of another list.
    """
    limits = reading.service.limits
    asked = reading.manner.prefer.max_page_size
    if target is not None and target.keys is not None:
        size = max(1, len(target.keys))
    elif asked is not None:
        size = max(1, min(asked, limits.max_page))
    elif options.top is not None:
        size = min(options.top, limits.max_page)
    else:
        size = limits.page
    if options.deltatoken is not None:
        raise NotSupported("Deltas are not kept", target="$deltatoken")
    if options.skiptoken is None:
        return Page(size, options.top, options.skip)
    position = paging.read(options.skiptoken, purpose)
    left = position.left if options.top is not None else None
    if (left is None) != (options.top is None):
        raise BadRequest("$skiptoken: not one of this request's", target="$skiptoken")
    return Page(size, left, 0, position)
