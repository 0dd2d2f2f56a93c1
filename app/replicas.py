"""Reads from streaming replicas of PostgreSQL that never miss the reader's own writes
(docs/adr/0006).

Authentication says who reads and how often he has written (`expect`), reads ask for a replica
that has all of these writes (`reader`), each write counts itself in its own transaction (`mark`).
Without replicas, and whenever in doubt, the answer is None: read from the primary.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Error as DriverError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db, prepare_postgresql, tell_session

REST_SECONDS = 5.0
# A replica that cannot be reached costs a reader so long at most; the address may say otherwise.
REACHING = {"connect_timeout": "2", "tcp_user_timeout": "5000"}

log = logging.getLogger(__name__)


# Texts for the driver: stated through SQLAlchemy they would cost more than their execution.
_MARK = """
INSERT INTO last_write AS w (person_id, stamp) VALUES (%(person_id)s, 1)
ON CONFLICT (person_id) DO UPDATE SET stamp = w.stamp + 1
"""
# The view has a row while a process receives the primary's log. A replica that lost its primary
# would otherwise go on serving an old state to people who do not write; so would an old primary.
_CHECK = """
SELECT coalesce((SELECT stamp FROM last_write WHERE person_id = %(person_id)s), 0),
       EXISTS (SELECT FROM pg_stat_wal_receiver)
"""


class Replica:
    """A replica's connections, and whether it is left alone for a while because it failed."""

    def __init__(self, engine: Engine, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.engine = engine
        self._monotonic = monotonic
        self._rests_until = float("-inf")

    @property
    def resting(self) -> bool:
        """It failed a moment ago."""
        return self._monotonic() < self._rests_until

    def rest(self, reason: object) -> None:
        """Do not ask it for some seconds."""
        log.warning("replica %s rests: %s", self.engine.url.render_as_string(), reason)
        self._rests_until = self._monotonic() + REST_SECONDS

    def connect(self, person_id: int, stamp: int) -> Connection | None:
        """A connection to a state that has this many writes of the person, or None."""
        try:
            connection = self.engine.connect()
        except SQLAlchemyError as error:
            self.rest(type(error).__name__)
            return None
        if self._serves(connection, person_id, stamp):
            return connection
        connection.close()
        return None

    def _serves(self, connection: Connection, person_id: int, stamp: int) -> bool:
        driver: Any = connection.connection.driver_connection
        try:
            found, receives = driver.execute(_CHECK, {"person_id": person_id}).fetchone()
        except DriverError as error:
            connection.invalidate()
            self.rest(type(error).__name__)
            return False
        if not receives:
            self.rest("it receives nothing from a primary")
        return bool(receives and found >= stamp)


@dataclass(slots=True)
class _Asked:
    """The reader of this request, his number of writes, and the replica that he was given."""

    person_id: int
    stamp: int
    given: Replica | None = None


_asked: ContextVar[_Asked | None] = ContextVar("asked", default=None)
_replicas: WeakKeyDictionary[Engine, tuple[Replica, ...]] = WeakKeyDictionary()


def prepare(primary: Engine, urls: Sequence[str], options: Mapping[str, Any]) -> None:
    """Use these replicas for reads of `primary`; `options` are those of its create_engine."""
    arguments = REACHING | dict(options.get("connect_args", {}))
    more = dict(options) | {"connect_args": arguments, "isolation_level": "AUTOCOMMIT"}
    made = tuple(create_engine(url, **more) for url in urls)
    for engine in made:
        prepare_postgresql(engine)
        event.listen(engine, "connect", _read_committed)
    _replicas[primary] = tuple(map(Replica, made))


def _read_committed(connection: Any, _record: object) -> None:
    """Leave a database's own wish to be serializable aside: a replica cannot be, and refuses."""
    tell_session(connection, "SET default_transaction_isolation = 'read committed'")


def engines() -> list[Engine]:
    """The replicas' engines of the current application."""
    return [replica.engine for replica in _replicas.get(db.engine, ())]


def present() -> bool:
    """The current application has replicas: reads need a stamp, writes leave one."""
    return bool(_replicas.get(db.engine))


def expect(person_id: int, stamp: int) -> None:
    """Let reads of this request go to a replica that has so many writes of the person. For a
    request that only reads.
    """
    _asked.set(_Asked(person_id, stamp))


def forget() -> None:
    """Let what follows in this context read from the primary: a request ended, or wrote."""
    _asked.set(None)


def reader() -> Connection | None:
    """A connection to a replica for the reader that `expect` named, without a transaction, as reads
    from the primary are; or None: ask the primary.
    """
    asked = _asked.get()
    if asked is None:
        return None
    replica = chosen(_replicas.get(db.engine, ()), asked.person_id)
    if replica is None:
        return None
    connection = replica.connect(asked.person_id, asked.stamp)
    if connection is not None:
        asked.given = replica
    return connection


def chosen(replicas: Sequence[Replica], person_id: int) -> Replica | None:
    """The person's replica, or the next that works: time does not go back for who keeps to one."""
    turns = (replicas[(person_id + turn) % len(replicas)] for turn in range(len(replicas)))
    return next((replica for replica in turns if not replica.resting), None)


def replicated() -> bool:
    """A replica served this request, so that its answer may be older than the primary's state."""
    asked = _asked.get()
    return asked is not None and asked.given is not None


def failed() -> bool:
    """Whether a request that raised an error of the database is worth a second try: a replica
    served it, and may be why. From now on it reads from the primary.
    """
    asked = _asked.get()
    if asked is None or asked.given is None:
        return False
    asked.given.rest("a request failed")
    forget()
    return True


def mark(connection: Connection, person_id: int) -> None:
    """Count a write of the person, as the last statement of its transaction: two writers with one
    key wait for each other from here on, and nothing is left to deadlock.
    """
    forget()
    if person_id and present():
        connection.exec_driver_sql(_MARK, {"person_id": person_id})
