"""What a list selects: the columns that an object shows, and those that stand beside it."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import ColumnElement

from app.odata.engine.edm import EntityType, Model, Structured
from app.odata.engine.focus import Home
from app.odata.engine.keeping import Tuples
from app.odata.engine.messages import Manner
from app.odata.engine.paging import Position, Term
from app.odata.engine.reading import Listing
from app.odata.engine.rendering import Cell, Layout, Path, Wanted, cells, wanted
from app.odata.engine.source import Key

T = TypeVar("T")


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


@dataclass(frozen=True, eq=False)
class Columns:
    """What a list selects: what is shown, what stands beside it, and the terms of its order.

    `foreign` are members that only derived types have. The order ends with a key of `key_width`
    columns; 0: it ends with none.
    """

    kind: EntityType
    home: Home
    wanted: Wanted
    shown: Sequence[Cell]
    beside: Beside
    terms: Sequence[Term]
    key_width: int
    foreign: frozenset[str]
    _found: dict[Hashable, Any] = field(default_factory=dict)

    @cached_property
    def labelled(self) -> list[ColumnElement[Any]]:
        """All of them, in that order, under names that do not clash."""
        listed = [cell.expression for cell in self.shown]
        listed += [*self.beside.columns, *(term.expression for term in self.terms)]
        return [each.label(f"c{number}") for number, each in enumerate(listed)]

    def once(self, what: Hashable, manner: Manner, find: Callable[[], T]) -> T:
        """What is the same for all rows in a manner, found out once."""
        key = (what, manner.version, manner.format)
        if key not in self._found:
            self._found[key] = find()
        found: T = self._found[key]
        return found

    def layout(self, manner: Manner) -> Layout:
        """How the objects are made in a manner."""
        return self.once(Layout, manner, lambda: Layout(self.shown, manner))

    def keys(self, rows: Tuples) -> list[Key]:
        """The keys of rows."""
        start = len(self.shown)
        end = start + len(self.beside.keys)
        return [tuple(row[start:end]) for row in rows]

    def etags(self, rows: Tuples) -> list[Any]:
        """The values of their ETags; None for those that have none."""
        if self.beside.etag is None:
            return [None] * len(rows)
        place = len(self.shown) + len(self.beside.keys)
        return [row[place] for row in rows]

    def types(self, rows: Tuples) -> list[str | None]:
        """The names of their types, where there are derived ones."""
        if self.beside.type is None:
            return [None] * len(rows)
        place = len(self.shown) + len(self.beside.columns) - 1
        return [row[place] for row in rows]

    def position(self, row: Sequence[Any], left: int | None) -> Position:
        """Where a page ended whose last row this is; there may be other columns behind."""
        start = len(self.shown) + len(self.beside.columns)
        values = tuple(row[start : start + len(self.terms)])
        return Position(values, left, self.key_width)


@dataclass(frozen=True, eq=False)
class Fetched:
    """Entities as rows over columns. `end` is where the page ended, when there is more; `total` how
    many there are on all pages, where that was asked for.
    """

    columns: Columns
    rows: Tuples
    end: Position | None = None
    total: int | None = None

    @property
    def kind(self) -> EntityType:
        """The type that they are seen as."""
        return self.columns.kind

    @property
    def home(self) -> Home:
        """The set or singleton."""
        return self.columns.home

    @cached_property
    def keys(self) -> list[Key]:
        """Their keys."""
        return self.columns.keys(self.rows)

    @cached_property
    def etags(self) -> list[Any]:
        """The values of their ETags."""
        return self.columns.etags(self.rows)

    @cached_property
    def types(self) -> list[str | None]:
        """The names of their own types; None where there is one only."""
        return self.columns.types(self.rows)


def columns_for(listing: Listing) -> Columns:
    """All that a list has to select."""
    what, shown, beside = columns_of(listing)
    return Columns(
        kind=listing.kind,
        home=listing.target.home,
        wanted=what,
        shown=shown,
        beside=beside,
        terms=listing.terms(),
        key_width=len(beside.keys) if listing.ends_with_key else 0,
        foreign=_foreign(listing, shown),
    )


def _foreign(listing: Listing, shown: Sequence[Cell]) -> frozenset[str]:
    """Members that are shown and belong to derived types only."""
    model, kind = listing.reading.service.model, listing.kind
    own = {*model.properties(kind), *(item.alias for item in listing.options.compute)}
    derived = {name for each in model.derived(kind) for name in model.properties(each)}
    return frozenset({cell.path[0] for cell in shown} & (derived - own))


def columns_of(listing: Listing) -> tuple[Wanted, list[Cell], Beside]:
    """What a list has to select: what is shown, and what stands beside it."""
    reading, options, kind = listing.reading, listing.options, listing.kind
    model = reading.service.model
    source = reading.source(listing.target.home)
    dynamic = source.dynamic(reading.caller) if _is_open(model, kind) else {}
    what = wanted(model, kind, options, dynamic)
    shown = cells(what, listing.rows)
    shown += computed_cells(listing)
    if listing.rows.type_name() is None:
        return what, shown, Beside(tuple(listing.key_columns()), listing.rows.etag(), None)
    shown += _derived_cells(listing, what)
    family = bool(model.derived(kind)) or kind.base is not None
    kinds = listing.rows.type_name() if family else None
    return what, shown, Beside(tuple(listing.key_columns()), listing.rows.etag(), kinds)


def _is_open(model: Model, kind: Structured) -> bool:
    return any(each.open for each in model.lineage(kind))


def _derived_cells(listing: Listing, what: Wanted) -> list[Cell]:
    """The properties that only derived types have; rows of other types leave them out."""
    model, kind = listing.reading.service.model, listing.kind
    known = {each.path for each in what.leaves}
    found: dict[Path, Cell] = {}
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
