"""Expressions that several threads ask for at once, the first time, are said of the alias all."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Table
from sqlalchemy.sql.visitors import iterate

from app.access import Viewer
from app.queries import rows
from app.queries.catalogues.tasks import TASKS
from app.queries.rows import Aliased

THREADS, TIMES = 4, 20
PLAIN = TASKS.source


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)
    rows._use.cache_clear()


@pytest.mark.usefixtures("hasty")
def test_no_thread_gets_what_is_said_of_the_table_itself(app: Flask) -> None:
    """SQLAlchemy fills the index of an alias's columns when it is first used, without a lock."""
    assert isinstance(PLAIN, Table)
    viewer = Viewer(1, admin=True)

    def plain_columns(start: Barrier) -> list[str]:
        start.wait(30)
        use = Aliased(TASKS, "t0", viewer)
        found = [name for name in TASKS.columns if _of_plain(use.column(name))]
        return found + (["visible"] if _of_plain(use.visible()) else [])

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(TIMES):
            rows._use.cache_clear()
            start = Barrier(THREADS)
            for found in pool.map(plain_columns, [start] * THREADS):
                assert found == []


def _of_plain(expression: object) -> bool:
    return any(getattr(each, "table", None) is PLAIN for each in iterate(expression))  # type: ignore[arg-type]
