"""The connection that a read uses: that of the write transaction which is open in this context, so
that it finds what was written there; or the one that all reads of a request share; or a new one.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import local
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from app.errors import Unavailable
from app.extensions import BEGUN, FAILED, db, out_of_time, start_watch
from app.replicas import reader

_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
_open: ContextVar[Connection | None] = ContextVar("open_connection", default=None)


class Shared:
    """The connection that the reads of a request share, once one of them has opened it, and the
    state of the store that they found (queries/freshness.py), once one of them has asked.
    """

    def __init__(self) -> None:
        self.connection: Connection | None = None
        self.state: Hashable = None

    def open(self) -> Connection:
        """The connection, in a transaction where reads have one."""
        if self.connection is None:
            self.connection = reader() or own_connection() or _begun(_primary().connect())
        return self.connection

    def close(self, *, failed: bool = False) -> None:
        """Give the connection back; the next read opens another one."""
        if self.connection is None:
            return
        connection, self.connection, self.state = self.connection, None, None
        if connection.get_execution_options().get(BEGUN) and not failed:
            ending(connection).rollback()
        else:
            connection.close()


_local = local()  # each thread's own connection
_shared: ContextVar[Shared | None] = ContextVar("shared_connection", default=None)


@contextmanager
def sharing() -> Iterator[None]:
    """Let all reads inside use one connection and, on SQLite, see one snapshot of the store, up to
    the next write.
    """
    shared = Shared()
    token = _shared.set(shared)
    try:
        yield
    finally:
        _shared.reset(token)
        shared.close()


def share_no_more() -> None:
    """What is read from now on is read anew: a write begins, or another server is to be asked."""
    shared = _shared.get()
    if shared is not None:
        shared.close()


def shared_on(connection: Connection) -> Shared | None:
    """What is shared in this request, if that is by this connection."""
    shared = _shared.get()
    return shared if shared is not None and shared.connection is connection else None


def open_connection() -> Connection | None:
    """The connection of the write transaction that is open in this context, if one is."""
    return _open.get()


@contextmanager
def opened(connection: Connection) -> Iterator[Connection]:
    """Let reads and commands inside use this connection, whose transaction the caller ends."""
    token = _open.set(connection)
    try:
        yield connection
    finally:
        _open.reset(token)


@contextmanager
def reading() -> Iterator[Connection]:
    """The connection of the open transaction, the shared one, or a new one: to a replica where that
    will do. Raises Unavailable for what takes too long, but in a transaction, which has to end.
    """
    joined = _open.get()
    if joined is not None:
        yield joined
        return
    shared = _shared.get()
    try:
        if shared is None:
            with _begun(reader() or _primary().connect()) as connection:
                yield connection
        else:
            yield shared.open()
    except BaseException as error:
        if shared is not None:
            shared.close(failed=True)  # it may be lost, or in a transaction that failed
        if isinstance(error, FAILED) and out_of_time(error):
            raise Unavailable("This takes too long: ask for less, or try again") from error
        raise


def _begun(connection: Connection) -> Connection:
    try:
        connection.begin()  # closing ends it
    except BaseException:
        connection.close()
        raise
    return connection


def own_connection(begin: str = "BEGIN") -> Connection | None:
    """The thread's own connection to an SQLite store, in a new transaction: to take one out of the
    pool, and to have SQLAlchemy begin and end, costs more than many a read; and what a connection
    wrote it has in its cache. None: not SQLite.
    """
    engine = db.engine
    if engine.dialect.name != "sqlite":
        return None
    mine: Connection | None = getattr(_local, "connection", None)
    if mine is None or mine.closed or mine.engine.pool is not engine.pool:
        if mine is not None:
            mine.close()
        mine = _local.connection = engine.connect().execution_options(**{BEGUN: True})
    driver: Any = mine.connection.driver_connection
    driver.execute(begin)
    start_watch()
    return mine


def ending(connection: Connection) -> Any:
    """What ends the transaction of a thread's own connection: SQLAlchemy, if it takes part in it,
    or the driver.
    """
    return connection if connection.in_transaction() else connection.connection.driver_connection


def _primary() -> Engine:
    """The engine for reads from the primary. SQLite reads in a transaction, one snapshot;
    PostgreSQL statement by statement, as it would in its READ COMMITTED transactions, but without
    the two round trips that these take.
    """
    engine = db.engine
    if engine.dialect.name == "sqlite":
        return engine
    found = _readers.get(engine)
    if found is None:
        found = _readers[engine] = engine.execution_options(isolation_level="AUTOCOMMIT")
    return found
