"""Page after page of a long list is the list, whatever the order and wherever values are missing,
also where pages are sought by the end of the one before.
"""

from datetime import timedelta
from typing import Any

import pytest

from app.queries import anchors
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_page
from app.queries.query import Order, Query
from app.queries.remembered import Memories
from app.services.execute import maintain
from tests.builders import World

ORDERS = {
    "due": (Order("due_on"),),
    "due, descending": (Order("due_on", True),),
    "priority": (Order("priority"),),
    "changed, descending": (Order("changed_at", True),),
    "position": (Order("position"),),
    "no order": (),
}
SIZE = 7
# Anchors are void after any write on the server of PostgreSQL, which other tests use meanwhile.
ROUNDS = 50


@pytest.fixture
def many(world: World) -> World:
    """Sixty tasks, many with equal values and many without."""
    home = world.list()
    for number in range(60):
        task = world.task(home, **({"due": number % 5} if number % 4 else {}))
        world.set(task, priority=number % 3 or None)
    return world


def pages(query: Query, world: World) -> list[Any]:
    """The ids of all pages."""
    found: list[Any] = []
    for offset in range(0, 70, SIZE):
        page = fetch_page(query, world.viewer(), {"offset": offset})
        found += page.column("id")
        assert page.total == 60
    return found


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
def test_all_pages(order: tuple[Order, ...], many: World, monkeypatch: pytest.MonkeyPatch) -> None:
    query = Query(TASKS, ("id",), order=order, limit=SIZE)
    stepped = pages(query, many)
    monkeypatch.setattr(anchors, "DEEP", 0)
    sought: list[Any] = []
    after = anchors._after
    monkeypatch.setattr(anchors, "_after", lambda *more: sought.append(more) or after(*more))
    assert sorted(stepped) == sorted(set(stepped)) and len(stepped) == 60
    for _ in range(ROUNDS):
        assert pages(query, many) == stepped
        if sought:
            break
    assert sought


def test_a_change_makes_anchors_void(many: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchors, "DEEP", 0)
    query = Query(TASKS, ("id",), order=(Order("due_on"),), limit=SIZE)
    pages(query, many)
    first = fetch_page(query, many.viewer(), {"offset": 0}).column("id")[0]
    many.set(first, due_on=many.day(100), changed_at=maintain(lambda work: work.now) + timedelta(1))
    anchored = pages(query, many)
    Memories.forget()
    monkeypatch.setattr(anchors, "DEEP", 10_000)
    assert anchored == pages(query, many)
