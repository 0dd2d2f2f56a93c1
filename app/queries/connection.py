"""The connection that a read uses: that of the write transaction which is open in this context, so
that it finds what was written there, or else a new one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from app.extensions import db
from app.replicas import reader

_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
_open: ContextVar[Connection | None] = ContextVar("open_connection", default=None)


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
    """The connection of the open transaction, or a new one: to a replica where that will do."""
    joined = _open.get()
    if joined is not None:
        yield joined
    else:
        with reader() or _primary().connect() as connection:
            connection.begin()  # closing ends it
            yield connection


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
