"""When a key was last used, to the hour.

Not at each request: a write would cost more than most reads do, and every write ends what is kept
of whole answers (docs/adr/0007). The row of the key, which is read anyway, tells whether an hour
has passed; if so it is noted after the answer was sent, and if that fails, nothing is lost but an
hour.
"""

import logging
import sqlite3
from datetime import datetime, timedelta
from typing import Any

from psycopg import Error as DriverError
from sqlalchemy import Connection, or_, update
from sqlalchemy.exc import SQLAlchemyError

from app.clock import clock
from app.extensions import BUSY_MS, db
from app.models import ApiKey
from app.queries.keys import Known
from app.queries.remembered import Memories

HOUR = timedelta(hours=1)
AGAIN = timedelta(minutes=5)  # until it is tried again
PATIENCE_MS = 100  # to wait for another writer
ROOM = 2**17
ITEM = 200

log = logging.getLogger(__name__)
_tried: Memories[datetime] = Memories(ROOM)


def is_due(known: Known) -> bool:
    """The last use that is noted of a key is an hour ago, and nobody here has tried to note it."""
    now = clock.now()
    if known.used_at is not None and now - known.used_at < HOUR:
        return False
    tried = _tried.of(db.engine).get(known.key_id)
    return tried is None or now - tried >= AGAIN


def note_use(key_id: int) -> None:
    """Note that a key is used now, unless another process did in this hour. Never raises."""
    now = clock.now()
    _tried.of(db.engine).put(key_id, now, ITEM)
    try:
        with db.engine.connect().execution_options(write=True) as connection:
            _wait_at_most(connection, PATIENCE_MS)
            try:
                _note(connection, key_id, now)
            finally:
                _wait_at_most(connection, BUSY_MS)
    except (SQLAlchemyError, DriverError, sqlite3.Error) as error:
        log.info("the use of a key could not be noted: %s", type(error).__name__)


def _note(connection: Connection, key_id: int, now: datetime) -> None:
    due = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - HOUR)
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
        connection.execute(update(ApiKey).where(ApiKey.id == key_id, due).values(last_used_at=now))


def _wait_at_most(connection: Connection, milliseconds: int) -> None:
    """How long SQLite's connection, which others use after this, waits for a writer."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout={milliseconds}").fetchall()
