"""A page of a list, or one entity, out of the store (Protocol 11.2.6.7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Row

from app.odata.engine import paging
from app.odata.engine.ast import Options
from app.odata.engine.columns import Columns, Fetched, columns_for
from app.odata.engine.focus import Entities, Entity
from app.odata.engine.paging import Position, Term
from app.odata.engine.problems import Gone
from app.odata.engine.reading import Listing, Reading
from app.odata.engine.source import Key

MAX_SKIP = 2**62  # what is larger means this: nobody has as many rows


@dataclass(frozen=True, slots=True)
class Page:
    """How much to read: at most `size` rows, after `position`, or after `skip` of them."""

    size: int
    left: int | None = None
    skip: int = 0
    position: Position | None = None


def fetch(listing: Listing, page: Page) -> Fetched:
    """A page of a list. The values of its order's terms tell where the next one begins."""
    columns = columns_for(listing)
    keys = listing.target.keys if isinstance(listing.target, Entities) else None
    total = listing.total() if listing.options.count else None
    if keys is not None and not listing.options.orderby:
        rows, end = _as_given(listing, columns, page, keys), None
    else:
        rows, end = _page(listing, columns, page)
    return replace(columns.fetched(listing, rows), end=end, total=total)


def _page(
    listing: Listing, columns: Columns, page: Page
) -> tuple[Sequence[Row[Any]], Position | None]:
    """The rows of a page, and where it ended when there are more."""
    labelled, terms = columns.labelled, columns.terms
    statement = listing.statement(labelled).order_by(*(term.sorted() for term in terms))
    if page.position is not None:
        position = _found_again(listing, terms, page.position)
        statement = statement.where(paging.behind(terms, position))
    size = page.size if page.left is None else min(page.size, page.left)
    statement = statement.limit(size + 1)
    if page.skip:
        statement = statement.offset(min(page.skip, MAX_SKIP))
    rows = listing.reading.run(statement) if size else ()
    more, rows = len(rows) > size, rows[:size]
    left = None if page.left is None else page.left - len(rows)
    if not more or left == 0:
        return rows, None
    return rows, columns.position(rows[-1], left)


def _found_again(listing: Listing, terms: Sequence[Term], position: Position) -> Position:
    """A position whose values did not fit into its token: they are read from the row itself.
    Raises Gone when the row is.
    """
    if position.key is None:
        return position
    paging.check_key(listing.key_columns(), position.key)
    listed = [each.expression.label(f"c{number}") for number, each in enumerate(terms)]
    statement = listing.statement(listed).where(listing.keyed([position.key])).limit(1)
    rows = listing.reading.run(statement)
    if not rows:
        raise Gone("The entity at which the last page ended is gone", target="$skiptoken")
    return replace(position, values=tuple(rows[0]))


def _as_given(
    listing: Listing, columns: Columns, page: Page, keys: Sequence[Key]
) -> Sequence[Row[Any]]:
    """Entities that an operation named by their keys, in its order."""
    rows = listing.reading.run(listing.statement(columns.labelled))
    places = {key: place for place, key in enumerate(keys)}
    start, width = len(columns.shown), len(columns.beside.keys)
    ordered = sorted(rows, key=lambda row: places[tuple(row[start : start + width])])
    end = None if page.left is None else page.skip + page.left
    return ordered[page.skip : end]


def fetch_one(reading: Reading, entity: Entity, options: Options) -> Fetched | None:
    """One entity as a list of one; None when the caller does not see it (any more)."""
    listing = Listing(reading, entity, options)
    columns = columns_for(listing)
    rows = reading.run(listing.statement(columns.labelled).limit(1))
    return columns.fetched(listing, rows) if rows else None


def page_of(reading: Reading, options: Options, purpose: str) -> Page:
    """How much to read for the options of a list. Raises BadRequest for a token of another list."""
    size = page_size(reading, options)
    if options.skiptoken is None:
        return Page(size, options.top, options.skip)
    position = paging.read(options.skiptoken, purpose)
    if (position.left is None) != (options.top is None):
        raise paging.unreadable()
    return Page(size, position.left, 0, position)


def page_size(reading: Reading, options: Options) -> int:
    """The most entities of a collection that an answer holds: what the client prefers, or else as
    many as $top says, or else the page of the service; never more than its limit.
    """
    limits, asked = reading.service.limits, reading.manner.prefer.max_page_size
    if asked is not None:
        return min(asked, limits.max_page)
    return limits.page if options.top is None else min(options.top, limits.max_page)
