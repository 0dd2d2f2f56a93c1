"""The read path: a page or one row of a catalogue, always through the catalogue's visible(viewer).

The number of statements is the same for one row and for five hundred: page, count where the page
does not tell it, one per facet.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from app.access import Viewer
from app.errors import NotFound
from app.queries.anchors import page_rows
from app.queries.connection import reading
from app.queries.epochs import names_epoch
from app.queries.lookup import Lookup
from app.queries.prepared import Rows
from app.queries.query import Catalogue, Page, Query, parameter
from app.queries.sql import among
from app.queries.statements import asker, rows_of
from app.queries.totals import total_of

KEPT = 512  # queries


def fetch_page(query: Query, viewer: Viewer, values: Mapping[str, Any] | None = None) -> Page:
    """The rows of a query that the viewer may see, with facets and the total. `values` are those
    of the parameters that the query names.
    """
    with reading() as connection:
        rows, total = chosen_rows(query, viewer, connection, values or {})
        own = len(rows)
        if query.nested is not None and rows:
            rows += _descendants(connection, query, viewer, values or {}, rows)
        return _page(connection, query, viewer, rows, own, total)


def chosen_rows(
    query: Query, viewer: Viewer, connection: Connection, values: Mapping[str, Any]
) -> tuple[Rows, int | None]:
    """The rows of the page alone, and how many there are on all pages if that is asked for."""
    ask = asker(query, viewer, connection, values)
    rows = page_rows(query, viewer, values, connection, ask)
    if not query.counted:
        return rows, None
    before = values.get("offset", query.offset)
    ended = len(rows) < query.limit and (rows or not before)
    if ended and query.counted_to is None:  # the last page tells how many there are
        return rows, before + len(rows)
    return rows, total_of(query, viewer, values, connection, ask)


def fetch_one(query: Query, viewer: Viewer, values: Mapping[str, Any] | None = None) -> Page:
    """The one row that the query's criteria choose. Raises NotFound when the viewer sees none."""
    page = fetch_page(query, viewer, values)
    if not page.own:
        raise NotFound(f"{query.catalogue.name} not found")
    return page


@lru_cache(KEPT)
def by_id(catalogue: Catalogue, columns: tuple[str, ...], **more: Any) -> Query:
    """The query for one row by its id, which its execution gives as `sought`."""
    where = (catalogue.column("id") == parameter("sought"),)
    return Query(catalogue, columns, criteria=where, limit=1, counted=False, **more)


def fetch_by_id(
    catalogue: Catalogue, row_id: int, columns: tuple[str, ...], viewer: Viewer, **more: Any
) -> Page:
    """One row by its id; `more` goes into the Query. Raises NotFound when the viewer sees none."""
    return fetch_one(by_id(catalogue, columns, **more), viewer, {"sought": row_id})


def require(catalogue: Catalogue, row_id: int, viewer: Viewer) -> None:
    """Raise NotFound unless the row exists for the viewer."""
    fetch_by_id(catalogue, row_id, ("id",), viewer)


def _descendants(
    connection: Connection,
    query: Query,
    viewer: Viewer,
    values: Mapping[str, Any],
    rows: Sequence[Any],
) -> list[Any]:
    """All rows below the given ones, level by level through rows that the viewer sees."""
    sent = {**viewer.values, **values}
    catalogue = query.catalogue
    assert catalogue.parent and query.nested is not None
    key = query.columns.index("id")
    ties = [catalogue.column(name, viewer) for name in catalogue.ties]
    below = rows_of(catalogue, query.columns, viewer.kind, query.with_deleted)
    below = below.where(*query.nested).order_by(*ties)
    known = {row[key] for row in rows}
    level, found = list(known), []
    while level:
        next_level = below.where(among(connection, catalogue.column(catalogue.parent), level))
        fresh = connection.execute(next_level, sent).all()
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
    facets = facets_of(
        connection, query.catalogue, dict.fromkeys(query.facets, rows), index, viewer
    )
    keys = {name: query.catalogue.facets[name].key for name in query.facets}
    return Page(rows, index, facets, keys, own, total)


def facets_of(
    connection: Connection,
    catalogue: Catalogue,
    wanted: Mapping[str, Rows],
    index: Mapping[str, int],
    viewer: Viewer,
    epoch: Any = None,
) -> dict[str, Mapping[int, Any]]:
    """What facets find for rows: each for its own, those with the same look-up in one statement.
    What was read with them, as a column that is called like the facet, is not looked up. `epoch`
    is that of names, if it was read before on this connection.
    """
    by_lookup: dict[Lookup, set[int]] = {}
    found: dict[str, Mapping[int, Any]] = {}
    for name, rows in wanted.items():
        facet = catalogue.facets[name]
        if name in index:
            place = index[name]
            found[name] = facet.lookup.read(viewer, (row[place] for row in rows))
            continue
        by_lookup.setdefault(facet.lookup, set()).update(values_of(rows, index[facet.key]))
    if epoch is None and any(lookup.names for lookup in by_lookup):
        epoch = names_epoch(connection)
    fetched: dict[Lookup, Mapping[int, Any]] = {}
    for lookup, ids in by_lookup.items():
        if lookup.names:
            fetched[lookup] = lookup.fetch_names(connection, sorted(ids), epoch)
        else:
            fetched[lookup] = lookup.fetch(connection, viewer, sorted(ids)) if ids else {}
    return {
        name: found[name] if name in found else fetched[catalogue.facets[name].lookup]
        for name in wanted
    }


def values_of(rows: Iterable[Any], position: int) -> set[int]:
    """The values of a column of ids, but for NULL."""
    values = {row[position] for row in rows}
    values.discard(None)
    return values
