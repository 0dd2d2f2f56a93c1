"""The writers of an SQLite store, one after the other.

SQLite has no queue: who finds the store locked sleeps 1, 2, 5, 10 and more milliseconds before it
looks again, while others come and go. A write takes less than one. So writers ask for a lock on a
file beside the store first, and look every 0.2 ms: a third more writes, and a third of the waiting
of those that wait longest (docs/adr/0011). The store's own lock holds all the same, also for
programs that do not ask here.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import local
from typing import Final

from sqlalchemy import Engine

from app.extensions import BUSY_MS

SUFFIX: Final = "-turn"
LOOK_SECONDS: Final = 0.0002
_local = local()


@contextmanager
def turn(engine: Engine) -> Iterator[None]:
    """Be the only writer, if the engine's store is a file of SQLite; wait for that as long as
    SQLite itself would.
    """
    lock = _lock(engine)
    if lock is None:
        yield
        return
    until = time.monotonic() + BUSY_MS / 1000
    while not lock.taken() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        lock.leave()


class _Lock:
    """A handle of the file that is locked."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)

    def taken(self) -> bool:
        """It could be locked, or nothing can be on this file system."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def leave(self) -> None:
        """Let the next one in."""
        with suppress(OSError):
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def __del__(self) -> None:
        with suppress(AttributeError, OSError):
            os.close(self._file)


def file_of(engine: Engine) -> str | None:
    """The file of an engine's store; None: it is not SQLite, or in memory."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return None if not name or name == ":memory:" or name.startswith("file:") else name


def _lock(engine: Engine) -> _Lock | None:
    """This thread's own handle of the file that is locked: one that is shared, with another thread
    or with a process that was forked, would let both in.
    """
    name = file_of(engine)
    if name is None:
        return None
    key = (name, os.getpid())
    if getattr(_local, "key", None) != key:
        _local.key, _local.lock = key, None
        with suppress(OSError):  # no file can be made here: SQLite's own way it is
            _local.lock = _Lock(name + SUFFIX)
    found: _Lock | None = _local.lock
    return found
