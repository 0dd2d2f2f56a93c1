"""What the write-ahead log of an SQLite store holds is brought into the store beside the writes.

Left to itself SQLite does that in the commit that makes the log too long: everybody who wants to
write waits for it, up to a tenth of a second in a large store. Here a thread does it that no
request waits for (docs/adr/0013). The log begins anew only when all of it was brought in and nobody
has written since, which never comes to pass under a steady load: so now and then that thread takes
a turn as writers do (turns.py), for the last pages. When it fails, or the log grows quicker than it
is told, SQLite's own limit holds (`wal_autocheckpoint`, extensions.py).
"""

import logging
import os
from threading import Lock, Thread
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from app.extensions import FAILED
from app.services.turns import file_of, turn

ROWS: Final = 800  # that one process has written since: 4,000 to 8,000 pages
MOST_ROWS: Final = 100  # counted of one transaction, whose rows share pages if they are many
BEGIN_ANEW: Final = 12_000  # pages of the log (48 MiB)
log = logging.getLogger(__name__)


class Log(NamedTuple):
    """Pages of the log, and how many of these have been brought in."""

    pages: int
    brought: int


class _Writes:
    """What one process has written to a store since it last looked after the log."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.rows = 0
        self.busy = Lock()


_writes: WeakKeyDictionary[Engine, _Writes] = WeakKeyDictionary()


def count(connection: Connection) -> None:
    """A transaction of SQLite was committed: have its log looked after if there is enough in it.
    Raises nothing: what was committed may not look as if it was not.
    """
    try:
        _count(connection)
    except Exception:
        log.exception("nobody looks after the log")


def _count(connection: Connection) -> None:
    engine = connection.engine
    if file_of(engine) is None:
        return
    driver: Any = connection.connection.driver_connection
    writes = _writes.get(engine)
    if writes is None or writes.process != os.getpid():
        writes = _writes[engine] = _Writes()
    total, info = driver.total_changes, connection.info
    writes.rows += min(total - info.get("counted", 0), MOST_ROWS)
    info["counted"] = total
    if writes.rows >= ROWS and writes.busy.acquire(blocking=False):
        writes.rows = 0
        looking = Thread(target=_look_after, args=(engine, writes), name="checkpoint", daemon=True)
        try:
            looking.start()
        except BaseException:  # there are too many threads, or no memory
            writes.busy.release()
            raise


def _look_after(engine: Engine, writes: _Writes) -> None:
    try:
        found = bring(engine)
        # Where somebody reads what is older than half of the log, it could not begin anew.
        if found is not None and max(BEGIN_ANEW, found.pages / 2) <= found.brought:
            with turn(engine):
                bring(engine)
    except FAILED as error:
        log.info("a checkpoint failed: %s", type(error).__name__)
    finally:
        writes.busy.release()


def bring(engine: Engine) -> Log | None:
    """Bring into the store what can be without making anybody wait; None: somebody else is at it.
    Raises the database's errors.
    """
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        busy, pages, brought = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return None if busy else Log(pages, brought)
    finally:
        connection.close()
