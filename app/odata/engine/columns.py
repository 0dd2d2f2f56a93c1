"""What a list selects: the columns that an object shows, and those that stand beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.engine import Row

from app.odata.engine.edm import EntityType, Model, Structured
from app.odata.engine.focus import Home
from app.odata.engine.paging import Position, Term
from app.odata.engine.reading import Listing
from app.odata.engine.rendering import Cell, Path, Wanted, cells, wanted
from app.odata.engine.source import Key


@dataclass(frozen=True, slots=True)
class Fetched:
    """Entities as rows. `cells` describe the first columns; `keys`, `etags`, `types` go beside.

    `foreign` are members that only derived types have. `end` is where the page ended, when there
    is more.
    """

    kind: EntityType
    home: Home
    wanted: Wanted
    cells: Sequence[Cell]
    rows: Sequence[Row[Any]]
    keys: Sequence[Key]
    etags: Sequence[Any]
    types: Sequence[str | None]
    foreign: frozenset[str] = frozenset()
    end: Position | None = None
    total: int | None = None


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
            foreign=_foreign(listing, shown),
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """What a list selects: what is shown, what stands beside it, and the terms of its order."""

    wanted: Wanted
    shown: Sequence[Cell]
    beside: Beside
    terms: Sequence[Term]
    key_width: int

    @property
    def labelled(self) -> list[ColumnElement[Any]]:
        """All of them, in that order, under names that do not clash."""
        listed = [cell.expression for cell in self.shown]
        listed += [*self.beside.columns, *(term.expression for term in self.terms)]
        return [each.label(f"c{number}") for number, each in enumerate(listed)]

    def fetched(self, listing: Listing, rows: Sequence[Row[Any]]) -> Fetched:
        """The rows, told apart."""
        return self.beside.fetched(listing, self.wanted, self.shown, rows)

    def position(self, row: Sequence[Any], left: int | None) -> Position:
        """Where a page ended whose last row this is; there may be other columns behind."""
        start = len(self.shown) + len(self.beside.columns)
        values = tuple(row[start : start + len(self.terms)])
        return Position(values, left, self.key_width)


def columns_for(listing: Listing) -> Columns:
    """All that a list has to select."""
    what, shown, beside = columns_of(listing)
    key_width = len(beside.keys) if listing.ends_with_key else 0
    return Columns(what, shown, beside, listing.terms(), key_width)


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
