"""Where a page ends, and which pages share a statement."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.odata.engine.pages import MAX_SKIP, Page, ended
from app.odata.engine.paging import Position


def end(row: Sequence[Any], left: int | None) -> Position:
    """A position that shows both."""
    return Position(tuple(row), left)


ROWS = [(number,) for number in range(5)]


@pytest.mark.parametrize(
    ("page", "found", "kept", "position"),
    [
        (Page(3), 4, 3, Position((2,), None)),
        (Page(3), 3, 3, None),
        (Page(3), 0, 0, None),
        (Page(3, left=5), 4, 3, Position((2,), 2)),
        (Page(3, left=3), 4, 3, None),
        (Page(3, left=2), 3, 2, None),
        (Page(3, left=0), 1, 0, None),
        (Page(3, left=9), 2, 2, None),
    ],
)
def test_where_a_page_ends(page: Page, found: int, kept: int, position: Position | None) -> None:
    assert ended(ROWS[:found], page, end) == (ROWS[:kept], position)


def test_one_row_more_is_asked_for() -> None:
    assert Page(3, left=2, skip=7).values == {"page_rows": 3, "page_skip": 7}
    assert Page(3, skip=MAX_SKIP + 1).values["page_skip"] == MAX_SKIP
    behind = Page(3, position=Position(("a", 1)))
    assert behind.values == {"page_rows": 4, "page_skip": 0, "after_0": "a", "after_1": 1}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Page(3), Page(4), True),
        (Page(3, skip=1), Page(3, skip=2), True),
        (Page(3, skip=1), Page(3), False),
        (Page(3, position=Position((1, "a"))), Page(9, position=Position((2, "b"))), True),
        (Page(3, position=Position((1, "a"))), Page(3, position=Position((None, "a"))), False),
        (Page(3, position=Position((1, "a"))), Page(3, position=Position(("1", "a"))), False),
        (Page(3, position=Position((True,))), Page(3, position=Position((1,))), False),
        (Page(3, position=Position((1,))), Page(3), False),
    ],
)
def test_pages_of_one_form_share_a_statement(one: Page, other: Page, same: bool) -> None:
    assert (one.form == other.form) is same
