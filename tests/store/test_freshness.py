"""A label of the store's state is never given to a connection that sees an older one."""

from threading import Thread
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text

from app.extensions import db
from app.queries.connection import reading, sharing
from app.queries.freshness import _Generations, state_of
from tests.builders import World


def connection(version: list[int], meanwhile: Any = None) -> Any:
    """A connection that tells a version; `meanwhile` happens right after it has looked."""

    def execute(_sql: str) -> Any:
        seen = (version[0],)
        if meanwhile is not None:
            meanwhile()
        return SimpleNamespace(fetchone=lambda: seen)

    driver = SimpleNamespace(execute=execute, total_changes=0)
    return SimpleNamespace(connection=SimpleNamespace(driver_connection=driver), info={})


def test_who_looked_before_a_change_gets_another_label_than_who_saw_it() -> None:
    version, generations, labels = [1], _Generations(), list[int]()
    busy = [False]
    other = connection(version)
    threads = []

    def change() -> None:
        if not busy[0]:
            return
        version[0] = 2
        threads.append(Thread(target=lambda: labels.append(generations.seen_by(other))))
        threads[0].start()
        threads[0].join(0.2)  # it has to wait for the lock; without one it would be done

    mine = connection(version, change)
    generations.seen_by(other)
    generations.seen_by(mine)
    busy[0] = True
    old = generations.seen_by(mine)
    threads[0].join(30)
    assert labels != [old]


def test_reads_that_share_a_connection_share_its_label(world: World) -> None:
    with sharing(), reading() as first:
        before = state_of(first)
        with db.engine.begin() as writer:
            writer.execute(text("UPDATE account SET id = id"))
        with db.engine.connect() as other:
            assert state_of(other) != before  # somebody has seen the change
        assert state_of(first) == before
