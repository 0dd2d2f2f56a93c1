"""The connection that a read uses: that of the write transaction which is open in this context, so
that it finds what was written there, or else a new one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import Connection

from app.extensions import db

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
    """The connection of the open transaction, or a new one with a read transaction of its own."""
    joined = _open.get()
    if joined is not None:
        yield joined
    else:
        with db.engine.connect() as connection:
            connection.begin()  # one snapshot for all that is read; closing ends it
            yield connection
