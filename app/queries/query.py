"""The frozen description of a read: what a dialect hands to `fetch_page`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, Integer, bindparam

from app.access import Viewer
from app.queries.lookup import Lookup

Expression = ColumnElement[Any] | Callable[[Viewer], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Facet:
    """A look-up by id that completes rows: `key` names the column whose values are looked up.

    `personal`: what it finds depends on the viewer; it can find something only where `held`, a
    member of another facet's value, is true. `seen` makes a viewer's own value of one that was
    looked up for nobody. `leads`: what it finds is told of other rows of the catalogue.
    """

    key: str
    lookup: Lookup
    personal: bool = False
    held: tuple[str, str] | None = None
    seen: Callable[[Any, Viewer], Any] | None = None
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that holds the GUID of something else. `matches(own, values)` says of rows, whose
    columns are `own`, that it is one of the GUIDs (expressions, none null), so that an index serves
    it and it is never NULL.
    """

    matches: Callable[[Any, Sequence[Any]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class LinkTo:
    """How rows lead to those of the catalogue named `target`: `on(own, theirs)` is the condition,
    given the columns of both. `collection`: to any number of them, else to one at most.
    """

    target: str
    on: Callable[[Any, Any], ColumnElement[bool]]
    collection: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """A readable thing. `columns` maps neutral names to columns or to functions of the viewer.

    `visible(viewer, with_deleted)` is part of every read; `stamp` names a column that has another
    value after every change of what a row and its facets show, but for `personal` columns and
    facets, which depend on the viewer; `counted_by` a column by which long counts are kept, and
    `around` finds its values for rows and those that their facets lead to; `ties` end every order,
    the key last.
    `references` are the columns that hold GUIDs of other things, `links` the ways to other
    catalogues, `searched` the names of text columns that a search looks at (rows.py).
    """

    name: str
    source: FromClause
    columns: Mapping[str, Expression]
    visible: Callable[[Viewer, bool], ColumnElement[bool]]
    facets: Mapping[str, Facet] = field(default_factory=dict)
    ties: tuple[str, ...] = ("id",)
    parent: str | None = None
    references: Mapping[str, Reference] = field(default_factory=dict)
    links: Mapping[str, LinkTo] = field(default_factory=dict)
    searched: tuple[str, ...] = ()
    stamp: str | None = None
    counted_by: str | None = None
    around: Lookup | None = None
    personal: frozenset[str] = frozenset()

    def column(self, name: str, viewer: Viewer | None = None) -> ColumnElement[Any]:
        """The column of a neutral name; those that depend on the viewer need him. That of a facet
        holds all that its look-up finds, for `Lookup.read`.
        """
        if name not in self.columns:
            facet = self.facets[name]
            return facet.lookup.column(self.column(facet.key))
        expression = self.columns[name]
        if isinstance(expression, ColumnElement):
            return expression
        if not callable(expression):  # an ORM attribute
            return expression
        assert viewer is not None, f"{name} depends on the viewer"
        return expression(viewer)


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by a neutral name; rows without the value come last in both directions."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A page of a catalogue: which rows, in which order, with which columns and facets.

    A query may be kept and run many times, with other `values` for the parameters that its
    criteria name (`parameter`) and for `offset`; from the second time on it is run as it was
    compiled then.

    `counted_to`: no more rows than that are counted, the newest ones.

    `nested`, when not None, adds the descendants that fulfil its criteria behind the page's rows.
    `rooted` pages and counts only rows whose parent does not fulfil the criteria itself.
    """

    catalogue: Catalogue
    columns: tuple[str, ...]
    facets: tuple[str, ...] = ()
    criteria: tuple[ColumnElement[bool], ...] = ()
    order: tuple[Order, ...] = ()
    limit: int = 250
    offset: int = 0
    with_deleted: bool = False
    counted: bool = True
    counted_to: int | None = None
    nested: tuple[ColumnElement[bool], ...] | None = None
    rooted: bool = False
    uses: Iterator[int] = field(default_factory=count)


def parameter(name: str) -> BindParameter[int]:
    """An id in the criteria of a kept query, which comes with each execution."""
    return bindparam(name, None, Integer)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as tuples, with the way to read them. `rows[:own]` are the page's, the rest descendants.

    `total` counts all rows of the query; None when it was not asked for. `around`: by what else
    rows are counted that something is told of here (Catalogue.around).
    """

    rows: list[tuple[Any, ...]]
    index: Mapping[str, int]
    facets: Mapping[str, Mapping[int, Any]]
    keys: Mapping[str, str]
    own: int
    total: int | None
    around: frozenset[int] = frozenset()

    def column(self, name: str) -> list[Any]:
        """All values of one column, row by row."""
        position = self.index[name]
        return [row[position] for row in self.rows]
