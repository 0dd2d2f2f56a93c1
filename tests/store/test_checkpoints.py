"""What SQLite's write-ahead log holds comes into the store beside the writes."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from app.extensions import db
from app.services import checkpoints
from app.services.execute import maintain
from app.services.turns import turn
from tests.builders import World

FAR = 10**9
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@pytest.fixture
def store(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store's file; nothing of its log is brought in unless a test says so."""
    settle()
    db.session.remove()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    monkeypatch.setattr(checkpoints, "ROWS", FAR)
    monkeypatch.setattr(checkpoints, "BEGIN_ANEW", FAR)
    checkpoints._writes.clear()
    return Path(str(db.engine.url.database))


def settle() -> None:
    """Wait for the threads that look after the log."""
    for each in threading.enumerate():
        if each.name == "checkpoint":
            each.join(30)


def brought_in(store: Path, name: str) -> bool:
    """The file holds it without its log."""
    with sqlite3.connect(f"file:{store}?immutable=1", uri=True) as connection:
        found = connection.execute("SELECT count(*) FROM task WHERE name = ?", (name,)).fetchone()
    return bool(found[0])


def test_brought_in_after_enough_rows(
    store: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = world.list()
    world.task(home, name="few")
    settle()
    assert not brought_in(store, "few")
    monkeypatch.setattr(checkpoints, "ROWS", 1)
    world.task(home, name="enough")
    settle()
    assert brought_in(store, "few") and brought_in(store, "enough")


def test_rows_of_one_transaction_count_up_to_a_number(
    store: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are written together share pages."""
    home = world.list()
    monkeypatch.setattr(checkpoints, "MOST_ROWS", 5)
    before = counted()
    maintain(lambda work: [_touch(work, home) for _ in range(50)])
    assert counted() - before == 5
    maintain(lambda work: _touch(work, home))
    assert 5 < counted() - before < 10


def counted() -> int:
    """The rows that count at present."""
    found = checkpoints._writes.get(db.engine)
    return 0 if found is None else found.rows


def _touch(work: object, home: int) -> None:
    statement = "UPDATE task_list SET name = name || '.' WHERE id = ?"
    work.connection.exec_driver_sql(statement, (home,))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("limit", "anew"), [(FAR, False), (1, True)])
def test_the_log_begins_anew(
    store: Path, world: World, monkeypatch: pytest.MonkeyPatch, *, limit: int, anew: bool
) -> None:
    """Under writes that never pause it would not: somebody has always written meanwhile."""
    home, bring = world.list(), checkpoints.bring
    found = []
    meanwhile = sqlite3.connect(store, isolation_level=None, check_same_thread=False)
    meanwhile.execute("BEGIN")
    meanwhile.execute("SELECT count(*) FROM task").fetchall()

    def brings(engine: Engine) -> checkpoints.Log | None:
        """The first time all but what was written last."""
        found.append(bring(engine))
        meanwhile.close()
        return found[-1]

    monkeypatch.setattr(checkpoints, "bring", brings)
    monkeypatch.setattr(checkpoints, "ROWS", 1)
    monkeypatch.setattr(checkpoints, "BEGIN_ANEW", limit)
    world.task(home)
    settle()
    monkeypatch.setattr(checkpoints, "ROWS", FAR)
    before = found[0]
    assert before is not None and 0 < before.brought < before.pages
    assert found[1:] == ([checkpoints.Log(before.pages, before.pages)] if anew else [])
    world.task(home)
    after = bring(db.engine)
    assert after is not None and (after.pages < before.pages) is anew


def test_the_last_pages_wait_for_a_turn(
    store: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = world.list()
    monkeypatch.setattr(checkpoints, "BEGIN_ANEW", 1)
    world.task(home)
    calls, begins = [], threading.Event()
    bring = checkpoints.bring

    def noted(engine: Engine) -> checkpoints.Log | None:
        calls.append(engine)
        begins.set()
        return bring(engine)

    monkeypatch.setattr(checkpoints, "bring", noted)
    writes = checkpoints._writes[db.engine]
    writes.busy.acquire()
    with ThreadPoolExecutor(1) as pool:
        with turn(db.engine):
            looking = pool.submit(checkpoints._look_after, db.engine, writes)
            assert begins.wait(30)
            assert not looking.done() and len(calls) == 1
        looking.result(30)
    assert len(calls) == 2


def test_who_reads_holds_nothing_up(store: Path, world: World) -> None:
    """Somebody reads an old state: what is newer stays in the log, and nobody waits."""
    home = world.list()
    with sqlite3.connect(store, isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM task").fetchall()
        world.task(home, name="later")
        found = checkpoints.bring(db.engine)
        assert found is not None and found.brought < found.pages
        assert not brought_in(store, "later")
        reader.execute("COMMIT")
    found = checkpoints.bring(db.engine)
    assert found is not None and found.brought == found.pages
    assert brought_in(store, "later")


def test_a_failure_is_nobodys(
    store: Path, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The write was kept; the next ones try again."""
    home = world.list()
    monkeypatch.setattr(checkpoints, "ROWS", 1)
    with monkeypatch.context() as broken:
        broken.setattr(checkpoints, "bring", _fails)
        caplog.set_level("INFO", checkpoints.log.name)
        world.task(home, name="kept")
        settle()
    assert "a checkpoint failed: OperationalError" in caplog.text
    world.task(home)
    settle()
    assert brought_in(store, "kept")


def _fails(_engine: object) -> None:
    raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), MemoryError()])
def test_no_thread(
    store: Path, world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A write that was kept is never answered with an error, nor carried out again."""

    def fail(_thread: object) -> None:
        raise error

    home = world.list()
    monkeypatch.setattr(checkpoints, "ROWS", 1)
    with monkeypatch.context() as broken:
        broken.setattr(checkpoints.Thread, "start", fail)
        world.task(home, name="kept")
    assert not brought_in(store, "kept")
    world.task(home)
    settle()
    assert brought_in(store, "kept")


def test_no_turn_while_somebody_reads_an_old_state(
    store: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log cannot begin anew until he ends, as a dump after an hour."""
    home = world.list()
    assert checkpoints.bring(db.engine) is not None
    turns = []
    monkeypatch.setattr(checkpoints, "turn", lambda engine: turns.append(engine) or nullcontext())
    monkeypatch.setattr(checkpoints, "BEGIN_ANEW", 1)
    with closing(sqlite3.connect(store, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM task").fetchall()
        for _ in range(8):
            world.task(home)
        monkeypatch.setattr(checkpoints, "ROWS", 1)
        world.task(home, name="last")
        settle()
        assert not turns and not brought_in(store, "last")
    world.task(home)
    settle()
    assert turns and brought_in(store, "last")
