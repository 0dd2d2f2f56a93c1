"""A page of rows in an order (Protocol 11.2.6.7): how it is stated, and where it ends. The one
place for this, whatever the rows are: entities, what $apply made, combinations of a $crossjoin.

A statement has no values of a page in it; they are parameters, so that it can be kept.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Select, bindparam

from app.odata.engine.ast import Options
from app.odata.engine.keeping import Tuples
from app.odata.engine.paging import Position, Term, behind, check, form_of
from app.odata.engine.reading import Reading

MAX_SKIP: Final = 2**62  # what is larger means this: nobody has as many rows
_NUMBER: Final = BigInteger()

End = Callable[[Sequence[Any], int | None], Position]


@dataclass(frozen=True, slots=True)
class Page:
    """How much to read: at most `size` rows, after `position`, or after `skip` of them. `left`: how
    many there may be on this page and all behind it.
    """

    size: int
    left: int | None = None
    skip: int = 0
    position: Position | None = None

    @property
    def most(self) -> int:
        """How many rows the page has at most."""
        return self.size if self.left is None else min(self.size, self.left)

    @property
    def form(self) -> Hashable:
        """Pages of the same form have the same statement."""
        values = None if self.position is None else form_of(self.position)
        return bool(self.skip), values

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the statement: one row more than the page tells whether there are."""
        found: dict[str, Any] = {"page_rows": self.most + 1, "page_skip": min(self.skip, MAX_SKIP)}
        if self.position is not None:
            found |= {f"after_{number}": each for number, each in enumerate(self.position.values)}
        return found


def page_size(reading: Reading, options: Options) -> int:
    """The most entities of a collection that an answer holds: what the client prefers, or else as
    many as $top says, or else the page of the service; never more than its limit.
    """
    limits, asked = reading.service.limits, reading.manner.prefer.max_page_size
    if asked is not None:
        return min(asked, limits.max_page)
    return limits.page if options.top is None else min(options.top, limits.max_page)


def stated(statement: Select[Any], terms: Sequence[Term], page: Page) -> Select[Any]:
    """The statement of a page, of one that has neither order nor limits; the position has been
    checked.
    """
    statement = statement.order_by(*(term.sorted() for term in terms))
    if page.position is not None:
        statement = statement.where(behind(terms, page.position))
    statement = statement.limit(bindparam("page_rows", None, _NUMBER))
    return statement.offset(bindparam("page_skip", None, _NUMBER)) if page.skip else statement


def ended(rows: Tuples, page: Page, end: End) -> tuple[Tuples, Position | None]:
    """The rows of a page, of those that its statement found, and where it ended when there are
    more: `end` makes the position of its last row.
    """
    kept = rows[: page.most]
    left = None if page.left is None else page.left - len(kept)
    if len(rows) <= page.most or left == 0:
        return kept, None
    return kept, end(kept[-1], left)


def read(
    run: Callable[[Select[Any], dict[str, Any]], Tuples],
    statement: Select[Any],
    terms: Sequence[Term],
    page: Page,
    end: End,
) -> tuple[Tuples, Position | None]:
    """A page of a statement that is not kept. Raises BadRequest for a position of another order."""
    if page.position is not None:
        check(terms, page.position)
    found = run(stated(statement, terms, page), page.values) if page.most else ()
    return ended(found, page, end)
