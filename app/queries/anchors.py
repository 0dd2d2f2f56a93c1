"""Deep pages of a list: where one ended, the next one begins, as long as the store is the same.

OFFSET steps over every row before the page. Whoever reads page after page is spared that: the
order's values of the last row are remembered, and the next page is sought by them. No order has
NULL behind its first term: such rows would be passed over.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, bindparam, or_, select

from app.access import Viewer
from app.queries.freshness import state_of
from app.queries.prepared import Rows
from app.queries.query import Query, parameter
from app.queries.remembered import Memories
from app.queries.statements import Ask, Term, chosen, narrowed, order_terms

DEEP = 2_000  # rows; stepping over fewer is quick enough
ROOM = 2**20  # bytes of anchors of one store in one process
ITEM = 600  # bytes that an anchor takes

Values = tuple[Any, ...]

_kept: Memories[Values] = Memories(ROOM)
_LIMIT = bindparam("remaining", None, BigInteger)


def page_rows(
    query: Query, viewer: Viewer, values: Mapping[str, Any], connection: Connection, ask: Ask
) -> Rows:
    """The rows of the page that `values` or the query names by an offset."""
    offset = values.get("offset", query.offset)
    if offset + query.limit < DEEP or "id" not in query.columns:
        return ask(chosen)
    state = state_of(connection)
    scope = tuple((name, value) for name, value in values.items() if name != "offset")
    kept = _kept.of(connection.engine)
    before = None if state is None else kept.get((query, viewer, scope, state, offset))
    rows = ask(chosen) if before is None else _after(query, viewer, before, ask)
    if state is not None and len(rows) == query.limit:
        last = rows[-1][query.columns.index("id")]
        ends = ask(_order_of, {"sought": last})[0]
        kept.put((query, viewer, scope, state, offset + query.limit), ends, ITEM)
    return rows


def _after(query: Query, viewer: Viewer, before: Values, ask: Ask) -> Rows:
    """The rows behind the one with these values of the order. Those without a value of the first
    term come last, and by a statement of their own, so that an index serves both.
    """
    sent = {f"after_{place}": value for place, value in enumerate(before)}
    sent |= {"remaining": query.limit}
    if before[0] is None:
        return ask(_rest_of_empty, sent)
    rows = ask(_rest, sent)
    missing = query.limit - len(rows)
    if missing and order_terms(query, viewer.kind)[0].nullable:
        rows = rows + ask(_empty, {"remaining": missing})
    return rows


def _order_of(query: Query, kind: Viewer) -> Select[Any]:
    """The values of the order of one row."""
    columns = [term.column.label(f"order_{n}") for n, term in enumerate(order_terms(query, kind))]
    key = query.catalogue.column("id")
    return select(*columns).select_from(query.catalogue.source).where(key == parameter("sought"))


def _rest(query: Query, kind: Viewer) -> Select[Any]:
    terms = order_terms(query, kind)
    first = terms[0]
    start = bindparam("after_0", None, first.column.type)
    bound = first.column <= start if first.descending else first.column >= start
    return _page(query, kind, terms, and_(bound, _behind(terms, 0)))


def _empty(query: Query, kind: Viewer) -> Select[Any]:
    terms = order_terms(query, kind)
    return _page(query, kind, terms[1:], terms[0].column.is_(None))


def _rest_of_empty(query: Query, kind: Viewer) -> Select[Any]:
    terms = order_terms(query, kind)
    empty = terms[0].column.is_(None)
    return _page(query, kind, terms[1:], and_(empty, _behind(terms, 1)))


def _page(query: Query, kind: Viewer, terms: Sequence[Term], where: Any) -> Select[Any]:
    order = [term.turned() for term in terms]
    return narrowed(query, kind).where(where).order_by(*order).limit(_LIMIT)


def _behind(terms: Sequence[Term], place: int) -> ColumnElement[bool]:
    """The row stands behind the one whose values are the parameters after_0, after_1, …"""
    term = terms[place]
    value = bindparam(f"after_{place}", None, term.column.type)
    farther = term.column < value if term.descending else term.column > value
    if place == len(terms) - 1:
        return farther
    return or_(farther, and_(term.column == value, _behind(terms, place + 1)))
