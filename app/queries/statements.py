"""The SELECTs that a Query stands for, and how they are run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.sql.util import ClauseAdapter

from app.access import Viewer
from app.queries.prepared import DIALECTS, Prepared, Rows
from app.queries.query import Catalogue, Order, Query
from app.queries.sql import among_bound

KEPT = 512  # statements that are kept compiled, a few KiB each
# A parameter, so that all pages of a query are one statement.
OFFSET = bindparam("offset", None, BigInteger)
Make = Callable[[Query, Viewer], Select[Any]]


class Ask(Protocol):
    """Runs one of a query's statements; `more` are values beside those of the query."""

    def __call__(self, make: Make, more: Mapping[str, Any] | None = None) -> Rows: ...


def asker(query: Query, viewer: Viewer, connection: Connection, values: Mapping[str, Any]) -> Ask:
    """How the statements of a query are run for a viewer, with the values of its parameters.

    Compiling takes longer than SQLAlchemy's way of running a statement that is like an earlier
    one, so it is done for queries that come again.
    """
    given = {"offset": query.offset, **viewer.values, **values}
    again = next(query.uses) > 0

    def ask(make: Make, more: Mapping[str, Any] | None = None) -> Rows:
        sent = {**given, **more} if more else given
        if again:
            prepared = _compiled(make, query, viewer.kind, connection.dialect.name)
            return prepared.rows(connection, sent)
        return list(connection.execute(make(query, viewer.kind), sent).all())

    return ask


@lru_cache(KEPT)
def _compiled(make: Make, query: Query, kind: Viewer, engine: str) -> Prepared:
    return Prepared(make(query, kind), DIALECTS[engine])


def chosen(query: Query, kind: Viewer) -> Select[Any]:
    """The rows of the page."""
    order = [
        term.turned().nulls_last() if term.nullable else term.turned()
        for term in order_terms(query, kind)
    ]
    return narrowed(query, kind).order_by(*order).limit(query.limit).offset(OFFSET)


def narrowed(query: Query, kind: Viewer) -> Select[Any]:
    """All rows of the query, in no order."""
    rows = rows_of(query.catalogue, query.columns, kind, query.with_deleted)
    return rows.where(*_criteria(query, kind))


def counted(query: Query, kind: Viewer) -> Select[Any]:
    """How many rows the query has, up to so many as are to be counted."""
    criteria = _criteria(query, kind)
    if query.counted_to is None:
        return _counting(query.catalogue, kind, query.with_deleted).where(*criteria)
    rows = rows_of(query.catalogue, ("id",), kind, query.with_deleted).where(*criteria)
    # The order keeps the planner to the index, where it can stop.
    newest = rows.order_by(query.catalogue.column("id").desc()).limit(query.counted_to)
    return select(func.count()).select_from(newest.subquery())


def counted_by_list(query: Query, kind: Viewer) -> Select[Any]:
    """How many rows the query has in each list (or whatever its tasks are counted by)."""
    group = _group(query)
    counting: Any = select(group, func.count()).select_from(query.catalogue.source)
    visible = query.catalogue.visible(kind, query.with_deleted)
    counting = counting.where(visible, *_criteria(query, kind)).group_by(group)
    return counting  # type: ignore[no-any-return]


def counted_in_lists(engine: str) -> Make:
    """As counted_by_list, for the lists whose ids are given with the execution."""
    return _IN_LISTS[engine]


def _in_lists(engine: str) -> Make:
    among = among_bound(engine)
    return lambda query, kind: counted_by_list(query, kind).where(among(_group(query)))


_IN_LISTS = {engine: _in_lists(engine) for engine in DIALECTS}


def _group(query: Query) -> ColumnElement[int]:
    assert query.catalogue.counted_by
    return query.catalogue.column(query.catalogue.counted_by)


def _criteria(query: Query, kind: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (*query.criteria, _root(query, kind)) if query.rooted else query.criteria


@cache
def rows_of(
    catalogue: Catalogue, columns: tuple[str, ...], kind: Viewer, with_deleted: bool
) -> Select[Any]:
    """The columns of the rows that a kind of viewer may see; criteria and order come later."""
    listed = [catalogue.column(name, kind).label(name) for name in columns]
    chosen = select(*listed).select_from(catalogue.source)
    return chosen.where(catalogue.visible(kind, with_deleted))


@cache
def _counting(catalogue: Catalogue, kind: Viewer, with_deleted: bool) -> Select[Any]:
    """How many rows a kind of viewer may see."""
    counting = select(func.count()).select_from(catalogue.source)
    return counting.where(catalogue.visible(kind, with_deleted))


def _root(query: Query, kind: Viewer) -> ColumnElement[bool]:
    """The parent is not itself a row of the query: the same conditions, said of the parent."""
    catalogue = query.catalogue
    assert catalogue.parent
    own = catalogue.column(catalogue.parent)
    above = catalogue.source.alias("above")
    conditions = and_(catalogue.visible(kind, query.with_deleted), *query.criteria)
    said_of_parent = ClauseAdapter(above).traverse(conditions)
    return ~exists().where(above.c.id == own, said_of_parent)


@dataclass(frozen=True, slots=True)
class Term:
    """One column of an order."""

    column: ColumnElement[Any]
    descending: bool
    nullable: bool

    def turned(self) -> ColumnElement[Any]:
        """The column with its direction."""
        return self.column.desc() if self.descending else self.column.asc()


def order_terms(query: Query, kind: Viewer) -> list[Term]:
    """The order of the query's rows; the last term is different for each. Rows without a value
    come last in both directions.
    """
    named = [order.name for order in query.order]
    ties = tuple(Order(name) for name in query.catalogue.ties if name not in named)
    terms = []
    for order in query.order + ties:
        column = query.catalogue.column(order.name, kind)
        terms.append(Term(column, order.descending, bool(getattr(column, "nullable", True))))
    return terms
