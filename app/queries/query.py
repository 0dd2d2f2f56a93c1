"""The frozen description of a read: what a dialect hands to `fetch_page`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from app.access import Viewer
from app.queries.lookup import Lookup

Expression = ColumnElement[Any] | Callable[[Viewer], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Facet:
    """A look-up by id that completes rows: `key` names the column whose values are looked up."""

    key: str
    lookup: Lookup


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """A readable thing. `columns` maps neutral names to columns or to functions of the viewer.

    `visible(viewer, with_deleted)` is part of every read; `ties` end every order, the key last.
    """

    name: str
    source: FromClause
    columns: Mapping[str, Expression]
    visible: Callable[[Viewer, bool], ColumnElement[bool]]
    facets: Mapping[str, Facet] = field(default_factory=dict)
    ties: tuple[str, ...] = ("id",)
    parent: str | None = None

    def column(self, name: str, viewer: Viewer | None = None) -> ColumnElement[Any]:
        """The column of a neutral name; those that depend on the viewer need him."""
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


@dataclass(frozen=True, slots=True)
class Query:
    """A page of a catalogue: which rows, in which order, with which columns and facets.

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
    nested: tuple[ColumnElement[bool], ...] | None = None
    rooted: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as tuples, with the way to read them. `rows[:own]` are the page's, the rest descendants.

    `total` counts all rows of the query; None when it was not asked for.
    """

    rows: list[tuple[Any, ...]]
    index: Mapping[str, int]
    facets: Mapping[str, Mapping[int, Any]]
    keys: Mapping[str, str]
    own: int
    total: int | None

    def column(self, name: str) -> list[Any]:
        """All values of one column, row by row."""
        position = self.index[name]
        return [row[position] for row in self.rows]
