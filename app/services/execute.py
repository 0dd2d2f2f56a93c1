"""The one door for writes: a command goes in, one transaction commits or nothing does.

`execute` is for requests, `together` for several of their commands in one transaction, `maintain`
for the command line, where no viewer acts. A transaction
that the database refused for a reason that another try may not meet is tried again, the whole
handler with it.
"""

import logging
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError

from app.access import Viewer
from app.clock import clock
from app.errors import Conflict, Forbidden
from app.extensions import db
from app.queries.connection import open_connection, opened
from app.services.handlers import HANDLERS
from app.services.work import Restart, Work

TRIES = 8
RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock
NOBODY = Viewer(person_id=0, admin=True)

T = TypeVar("T")
log = logging.getLogger(__name__)


def execute(command: Any, viewer: Viewer) -> Any:
    """Carry out a command on behalf of a viewer; gives what its handler gives.

    Joins the transaction that `together` opened in this context, or has one of its own. Raises the
    handler's domain errors, Forbidden for a read-only key, Conflict when the store's own
    constraints refuse the change.
    """
    _refuse_readers(viewer)
    handler = HANDLERS[type(command)]
    return _write(lambda work: handler(command, work), viewer)


def together(task: Callable[[], T], viewer: Viewer) -> T:
    """Run a function in one write transaction: the commands that it executes and the pages that it
    reads join in. What it raises undoes everything.

    The function may run several times, so it must change nothing but the store. Raises Forbidden
    for a read-only key.
    """
    _refuse_readers(viewer)
    return _write(lambda _: task(), viewer)


def maintain(task: Callable[[Work], T], viewer: Viewer = NOBODY) -> T:
    """Run a function in one write transaction, for the command line."""
    return _write(task, viewer)


def _refuse_readers(viewer: Viewer) -> None:
    if viewer.read_only:
        raise Forbidden("This key may only read")


def _write(task: Callable[[Work], T], viewer: Viewer) -> T:
    joined = open_connection()
    try:
        if joined is None:
            return _attempt(task, viewer)
        # What a refused command wrote goes away, even if the caller lives on.
        with joined.begin_nested():
            return task(Work(joined, viewer, clock.now()))
    except IntegrityError as error:
        log.info("refused by a constraint: %s", type(error.orig).__name__)
        raise Conflict("The change contradicts what is stored") from error


def _attempt(task: Callable[[Work], T], viewer: Viewer) -> T:
    for attempt in range(1, TRIES + 1):
        try:
            writer = db.engine.connect().execution_options(write=True)
            with writer as connection, connection.begin(), opened(connection):
                return task(Work(connection, viewer, clock.now()))
        except Restart:
            if attempt == TRIES:
                raise Conflict("Others keep moving this task: try again") from None
        except DBAPIError as error:
            if attempt == TRIES or not _passing(error):
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311
    raise AssertionError("unreachable")


def _passing(error: DBAPIError) -> bool:
    """The database says that the same transaction may succeed at another time."""
    code = getattr(error.orig, "sqlstate", None)
    return code in RETRYABLE or "database is locked" in str(error.orig)
