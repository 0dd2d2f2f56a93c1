"""The one door for writes: a command goes in, one transaction commits or nothing does.

`execute` is for requests, `together` for several of their commands in one transaction,
`side_by_side` for requests whose commands share one (rounds.py), `maintain` for the command line,
where no viewer acts, and `maintain_unless_held` for what may as well be left undone. A transaction
that the database refused for a reason that another try may not meet is tried again, the whole
handler with it.

Kept statements go straight to the driver, so its errors come as they are, those of other statements
in SQLAlchemy's wrapping: both are looked at here and nowhere else.
"""

import logging
import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.access import Viewer
from app.clock import clock
from app.errors import Conflict, Forbidden, Unavailable
from app.extensions import BUSY_MS, FAILED, db, out_of_time, passing, start_watch
from app.queries.connection import (
    ending,
    open_connection,
    opened,
    own_connection,
    share_no_more,
)
from app.replicas import mark
from app.services import checkpoints, rounds
from app.services.events import parting, told
from app.services.handlers import HANDLERS
from app.services.turns import turn
from app.services.work import Restart, Work

TRIES = 12
PATIENT = 3  # tries after which one waits for others that try again
# Locks nothing that anybody reads or writes, only those out who ask for the same; and as the first
# statement it does so before the transaction's snapshot is taken.
TURN = "LOCK TABLE account IN SHARE UPDATE EXCLUSIVE MODE"
REFUSED = (IntegrityError, sqlite3.IntegrityError, psycopg.IntegrityError)
TOO_LONG = "This takes too long: do less at once, or try again"
OPERATOR = Viewer(person_id=0, admin=True)

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Shared:
    """A transaction of `together`: whether no command has run in it yet. Nothing else writes
    there, so a command that is refused as the first one takes with it all that was written.
    """

    untouched: bool = True


_shared: ContextVar[_Shared | None] = ContextVar("shared_transaction", default=None)


def execute(command: Any, viewer: Viewer) -> Any:
    """Carry out a command on behalf of a viewer; gives what its handler gives.

    Joins the transaction that `together` opened in this context, or has one of its own. Raises the
    handler's domain errors, Forbidden for a read-only key, Conflict when the store's own
    constraints refuse the change, Unavailable when it takes too long.
    """
    _refuse_readers(viewer)
    handler = HANDLERS[type(command)]

    def carry_out(work: Work) -> Any:
        parting(command, work)
        given = handler(command, work)
        told(command, given, work)
        return given

    return _write(carry_out, viewer)


def together(task: Callable[[], T], viewer: Viewer) -> T:
    """Run a function in one write transaction: the commands that it executes and the pages that it
    reads join in. What it raises undoes everything.

    The function may run several times, so it must change nothing but the store. Raises Forbidden
    for a read-only key.
    """
    _refuse_readers(viewer)
    joined = open_connection()
    with _refusals():
        if joined is None:
            return _attempt(lambda _: _sharing(task), viewer)
        with _undone(joined):
            return task()


def side_by_side(requests: Iterable[Callable[[], None]]) -> None:
    """Run requests, which raise nothing, in a round: their commands share one transaction where
    that can be, as on SQLite, which commits slowly.
    """
    rounds.run(requests, _transaction)


def maintain(task: Callable[[Work], T], viewer: Viewer = OPERATOR) -> T:
    """Run a function in one write transaction, for the command line."""
    return _write(task, viewer)


def maintain_unless_held(task: Callable[[Work], None], milliseconds: int) -> None:
    """Run a function in one write transaction, tried once, that waits no longer for other writers.
    Raises the database's errors as they are.
    """
    writer = db.engine.connect().execution_options(write=True)
    with writer as connection, _waiting(connection, milliseconds), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
        task(Work(connection, OPERATOR, clock.now()))


@contextmanager
def _waiting(connection: Connection, milliseconds: int) -> Iterator[None]:
    """SQLite's connection waits so long for a writer inside, and afterwards as long as ever."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA busy_timeout={milliseconds}").fetchall()
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_MS}").fetchall()


def _refuse_readers(viewer: Viewer) -> None:
    if viewer.read_only:
        raise Forbidden("This key may only read")


def _write(task: Callable[[Work], T], viewer: Viewer) -> T:
    joined = open_connection()
    with _refusals():
        if joined is None:
            return _attempt(task, viewer)
        with _undone(joined):
            shared = _shared.get()
            if shared is not None:
                shared.untouched = False
            return task(Work(joined, viewer, clock.now()))


def _sharing(task: Callable[[], T]) -> T:
    token = _shared.set(_Shared())
    try:
        return task()
    finally:
        _shared.reset(token)


@contextmanager
def _refusals() -> Iterator[None]:
    """What the store's constraints refuse is a Conflict."""
    try:
        yield
    except REFUSED as error:
        cause = getattr(error, "orig", error)
        log.info("refused by a constraint: %s %s", type(cause).__name__, _constraint(cause))
        raise Conflict("The change contradicts what is stored") from error


def _constraint(cause: Any) -> str:
    """What the constraint is called: SQLite says it in its message, which has no values."""
    if isinstance(cause, psycopg.Error):
        return cause.diag.constraint_name or ""
    return str(cause)


@contextmanager
def _undone(joined: Connection) -> Iterator[None]:
    """What a refused command wrote goes away, even if the caller lives on: by a savepoint, or,
    where nothing was written before, by beginning the transaction again.
    """
    shared = _shared.get()
    begins = shared is not None and shared.untouched
    driver: Any = joined.connection.driver_connection
    if not begins:
        driver.execute("SAVEPOINT command")
    try:
        yield
    except BaseException:
        if not begins:
            with suppress(*FAILED):  # the connection may be lost: what was raised says so
                driver.execute("ROLLBACK TO SAVEPOINT command")
                driver.execute("RELEASE SAVEPOINT command")
        elif shared is not None and not shared.untouched:
            _begin_again(joined)
            shared.untouched = True
        raise
    if not begins:
        driver.execute("RELEASE SAVEPOINT command")


def _begin_again(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    part = rounds.current()
    if part is not None and part.inside:
        rounds.undo_part(driver)
        return
    driver.rollback()  # psycopg begins with the next statement
    if connection.dialect.name == "sqlite":
        driver.execute("BEGIN IMMEDIATE")


def _attempt(task: Callable[[Work], T], viewer: Viewer) -> T:
    part = rounds.current()
    if part is not None:
        share_no_more()
        done = part.carry_out(partial(_in_round, task, viewer))
        if done is not None:
            given: T = done.result()
            return given
    return _alone(task, viewer)


def _in_round(task: Callable[[Work], T], viewer: Viewer, connection: Connection) -> rounds.Done:
    start_watch()
    try:
        with opened(connection):
            return rounds.Done(task(Work(connection, viewer, clock.now())))
    except Restart:
        raise rounds.Apart from None
    except REFUSED as error:
        return rounds.Done(error=error)
    except FAILED as error:
        # A read that took too long has ended nothing; a write has, and then there is no savepoint.
        if out_of_time(error):
            return rounds.Done(error=Unavailable(TOO_LONG))
        raise
    except Exception as error:
        return rounds.Done(error=error)


def _alone(task: Callable[[Work], T], viewer: Viewer) -> T:
    for attempt in range(1, TRIES + 1):
        try:
            with _transaction() as connection:
                if attempt > PATIENT:
                    _await_turn(connection)
                given = task(Work(connection, viewer, clock.now()))
                mark(connection, viewer.person_id)
                return given
        except Restart:
            if attempt == TRIES:
                raise Conflict("Others keep moving this task: try again") from None
        except FAILED as error:
            if out_of_time(error):
                raise Unavailable(TOO_LONG) from error
            if not passing(error):
                raise
            if attempt == TRIES:
                raise Unavailable from error
            time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, PATIENT)))  # noqa: S311
    raise AssertionError("unreachable")


@contextmanager
def _transaction() -> Iterator[Connection]:
    """A connection in a write transaction, which the reads inside join; it is committed at the end,
    or undone. Reads that this thread shared before have ended.
    """
    share_no_more()
    with turn(db.engine):
        mine = own_connection("BEGIN IMMEDIATE")
        if mine is None:
            writer = db.engine.connect().execution_options(write=True)
            with writer as connection, connection.begin(), opened(connection):
                yield connection
            return
        try:
            with opened(mine):
                yield mine
            ending(mine).commit()
        except BaseException:
            try:
                mine.rollback()  # SQLAlchemy's own, which a failed commit leaves behind
                ending(mine).rollback()
            except FAILED:
                mine.invalidate()
                mine.close()
            raise
    checkpoints.count(mine)


def _await_turn(connection: Connection) -> None:
    """Let those who lost several times go one by one: among many who write the same rows at
    SERIALIZABLE, some would lose for ever. In SQLite every writer waits for his turn anyway.
    """
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        driver.execute(TURN)
