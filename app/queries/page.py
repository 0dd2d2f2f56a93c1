"""The read path: a page or one row of a catalogue, always through the catalogue's visible(viewer).

The number of statements is the same for one row and for five hundred: count, page, one per facet.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select
from sqlalchemy.sql.util import ClauseAdapter

from app.access import Viewer
from app.errors import NotFound
from app.queries.connection import reading
from app.queries.lookup import Lookup
from app.queries.prepared import DIALECTS, Prepared, Rows
from app.queries.query import Catalogue, Order, Page, Query, parameter
from app.queries.sql import among

KEPT = 512  # statements that are kept compiled, a few KiB each
Make = Callable[[Query, Viewer], Select[Any]]


def fetch_page(query: Query, viewer: Viewer, values: Mapping[str, Any] | None = None) -> Page:
    """The rows of a query that the viewer may see, with facets and the total. `values` are those
    of the parameters that the query names.
    """
    given = {**viewer.values, **(values or {})}
    with reading() as connection:
        ask = _asker(query, viewer, connection, given)
        total = int(ask(_counted)[0][0]) if query.counted else None
        rows = ask(_chosen)
        own = len(rows)
        if query.nested is not None and rows:
            rows += _descendants(connection, query, viewer, rows)
        return _page(connection, query, viewer, rows, own, total)


def fetch_one(query: Query, viewer: Viewer, values: Mapping[str, Any] | None = None) -> Page:
    """The one row that the query's criteria choose. Raises NotFound when the viewer sees none."""
    page = fetch_page(query, viewer, values)
    if not page.own:
        raise NotFound(f"{query.catalogue.name} not found")
    return page


@lru_cache(KEPT)
def _by_id(catalogue: Catalogue, columns: tuple[str, ...], **more: Any) -> Query:
    """The query for one row by its id, which its execution gives as `sought`."""
    where = (catalogue.column("id") == parameter("sought"),)
    return Query(catalogue, columns, criteria=where, limit=1, counted=False, **more)


def fetch_by_id(
    catalogue: Catalogue, row_id: int, columns: tuple[str, ...], viewer: Viewer, **more: Any
) -> Page:
    """One row by its id; `more` goes into the Query. Raises NotFound when the viewer sees none."""
    return fetch_one(_by_id(catalogue, columns, **more), viewer, {"sought": row_id})


def require(catalogue: Catalogue, row_id: int, viewer: Viewer) -> None:
    """Raise NotFound unless the row exists for the viewer."""
    fetch_by_id(catalogue, row_id, ("id",), viewer)


def _asker(
    query: Query, viewer: Viewer, connection: Connection, values: Mapping[str, Any]
) -> Callable[[Make], Rows]:
    """How the statements of a query are run. Compiling takes longer than SQLAlchemy's way of
    running a statement that is like an earlier one, so it is done for queries that come again.
    """
    if next(query.uses):
        return lambda make: _compiled(make, query, viewer.kind, connection.dialect.name).rows(
            connection, values
        )
    return lambda make: list(connection.execute(make(query, viewer.kind), values).all())


@lru_cache(KEPT)
def _compiled(make: Make, query: Query, kind: Viewer, engine: str) -> Prepared:
    return Prepared(make(query, kind), DIALECTS[engine])


def _chosen(query: Query, kind: Viewer) -> Select[Any]:
    """The rows of the page."""
    chosen = _rows(query.catalogue, query.columns, kind, query.with_deleted)
    chosen = chosen.where(*_criteria(query, kind)).order_by(*_order(query, kind))
    return chosen.limit(query.limit).offset(query.offset)


def _counted(query: Query, kind: Viewer) -> Select[Any]:
    """How many rows the query has."""
    return _counting(query.catalogue, kind, query.with_deleted).where(*_criteria(query, kind))


def _criteria(query: Query, kind: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (*query.criteria, _root(query, kind)) if query.rooted else query.criteria


@cache
def _rows(
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


def _order(query: Query, kind: Viewer) -> list[ColumnElement[Any]]:
    named = [order.name for order in query.order]
    ties = tuple(Order(name) for name in query.catalogue.ties if name not in named)
    terms: list[ColumnElement[Any]] = []
    for order in query.order + ties:
        column = query.catalogue.column(order.name, kind)
        turned = column.desc() if order.descending else column.asc()
        terms.append(turned.nulls_last() if getattr(column, "nullable", True) else turned)
    return terms


def _descendants(
    connection: Connection, query: Query, viewer: Viewer, rows: Sequence[Any]
) -> list[Any]:
    """All rows below the given ones, level by level through rows that the viewer sees."""
    catalogue = query.catalogue
    assert catalogue.parent and query.nested is not None
    key = query.columns.index("id")
    ties = [catalogue.column(name, viewer) for name in catalogue.ties]
    chosen = _rows(catalogue, query.columns, viewer.kind, query.with_deleted)
    chosen = chosen.where(*query.nested).order_by(*ties)
    known = {row[key] for row in rows}
    level, found = list(known), []
    while level:
        below = chosen.where(among(connection, catalogue.column(catalogue.parent), level))
        fresh = connection.execute(below, viewer.values).all()
        level = [row[key] for row in fresh]
        found += [row for row in fresh if row[key] not in known]
        known.update(level)
    return found


def _page(
    connection: Connection,
    query: Query,
    viewer: Viewer,
    rows: list[Any],
    own: int,
    total: int | None,
) -> Page:
    index = {name: position for position, name in enumerate(query.columns)}
    wanted = {name: query.catalogue.facets[name] for name in query.facets}
    by_lookup: dict[Lookup, set[int]] = {}
    for facet in wanted.values():
        by_lookup.setdefault(facet.lookup, set()).update(_values(rows, index[facet.key]))
    fetched = {
        lookup: lookup.fetch(connection, viewer, sorted(ids)) if ids else {}
        for lookup, ids in by_lookup.items()
    }
    return Page(
        rows=rows,
        index=index,
        facets={name: fetched[facet.lookup] for name, facet in wanted.items()},
        keys={name: facet.key for name, facet in wanted.items()},
        own=own,
        total=total,
    )


def _values(rows: Iterable[Any], position: int) -> set[int]:
    values = {row[position] for row in rows}
    values.discard(None)
    return values
