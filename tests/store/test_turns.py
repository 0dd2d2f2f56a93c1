"""Writers of an SQLite store go one after the other, and nobody is kept out for ever."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, create_engine

from app.services import turns
from app.services.turns import turn


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A store that nobody opens."""
    return create_engine(f"sqlite:///{tmp_path / 'some.db'}")


def test_one_at_a_time(engine: Engine) -> None:
    together, inside, most = Barrier(4), list[int](), list[int]()

    def write(number: int) -> None:
        together.wait(30)
        for _ in range(50):
            with turn(engine):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert max(most) == 1
    assert len(most) == 200


def test_who_waited_long_enough_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store's own lock decides then, and says in its way that it is taken."""
    monkeypatch.setattr(turns, "BUSY_MS", 1)
    gone_on = []

    def other() -> None:
        with turn(engine):
            gone_on.append(True)

    with turn(engine), ThreadPoolExecutor(1) as pool:
        pool.submit(other).result(30)
    assert gone_on


def test_an_error_ends_the_turn(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), turn(engine):
        raise ZeroDivisionError
    with ThreadPoolExecutor(1) as pool, turn(engine):
        assert not pool.submit(lambda: turns._lock(engine).taken()).result(30)  # type: ignore[union-attr]


def test_a_forked_process_waits_as_any_other(engine: Engine) -> None:
    with turn(engine):
        child = os.fork()
        if child == 0:
            lock = turns._lock(engine)
            os._exit(int(lock is None or lock.taken()))
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///file:x?uri=true"])
def test_a_store_that_is_no_plain_file_has_no_turns(url: str) -> None:
    assert turns._lock(create_engine(url)) is None


def test_where_nothing_can_be_locked_there_are_no_turns(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems of networks know no such locks; writes have to go on."""

    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(turns.fcntl, "flock", unsupported)
    done = []
    with turn(engine):
        done.append(True)
    assert done


def test_where_no_file_can_be_made_there_are_no_turns(tmp_path: Path) -> None:
    with ExitStack() as both:
        for _ in range(2):
            both.enter_context(turn(create_engine(f"sqlite:///{tmp_path}/none/some.db")))
