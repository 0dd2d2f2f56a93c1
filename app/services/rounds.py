"""Writes of several requests in one transaction of SQLite (ADR 0012).

A commit costs about as much as a small write, with `synchronous=FULL` several times as much, and
each process has to read again what the other one has committed. Requests that wait for each other
anyway make a round. Each runs in this thread until it has a command to carry out; the commands run
one after the other in one transaction, each in a savepoint of its own; and after the commit each
request goes on. So what a request does is the same as alone: what it reads before and after is in
no transaction of others, and it answers nothing before its change is kept.

A request goes on alone, as if there had been no round, when the transaction could not be kept, or
when its command has to begin again.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from greenlet import getcurrent, greenlet
from sqlalchemy import Connection

from app.extensions import FAILED

SAVEPOINT: Final = "part"
Call = Callable[[], None]
Begin = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a command: it gave something, or was refused and has changed nothing."""

    value: Any = None
    error: Exception | None = None

    def result(self) -> Any:
        """What it gave. Raises what it raised."""
        if self.error is not None:
            raise self.error
        return self.value


Carry = Callable[[Connection], Done | None]


class Apart(Exception):
    """The command has changed nothing and is to be carried out alone."""


class Part:
    """One request of a round. `inside`: its command runs in the transaction of the round; `failed`:
    that went wrong, as it may again.
    """

    def __init__(self, call: Call) -> None:
        self.inside = False
        self.failed = False
        self._may = True
        context = copy_context()
        context.run(_current.set, self)
        self._round = getcurrent()
        self._run: greenlet | None = greenlet(partial(_safely, call))
        self._run.gr_context = context

    # Of the round

    def go(self, word: Any = None) -> Any:
        """Let the request run until it says something, which is given; None: it has ended."""
        run = self._run
        if run is None:
            return None
        said = run.switch(word) if run else run.switch()
        if run.dead:
            self._run = None  # its context knows of this part: both would wait for the collector
        return said

    # Of the request

    def carry_out(self, command: Carry) -> Done | None:
        """Have a command carried out in the transaction of the round, and wait until that is
        kept; None: it has to be carried out alone.
        """
        if not self._may:
            return None
        self._may = False
        connection = self._round.switch(True)
        if not connection:
            return None
        done = None
        self.inside = True
        try:
            done = _saved(command, connection)
        except Apart:
            pass
        except Exception as error:
            self.failed = True
            log.info("the command of a round failed: %s", type(error).__name__)
        self.inside = False
        kept = self._round.switch(not self.failed)
        return done if kept else None


log = logging.getLogger(__name__)
_current: ContextVar[Part | None] = ContextVar("part_of_a_round", default=None)


def _safely(call: Call) -> None:
    """Calls raise nothing; if one does all the same, the others go on."""
    try:
        call()
    except Exception:
        log.exception("a request of a round failed")


def current() -> Part | None:
    """The part of a round that this code belongs to."""
    return _current.get()


def undo_part(driver: Any) -> None:
    """Take back what the part has written."""
    driver.execute(f"ROLLBACK TO SAVEPOINT {SAVEPOINT}")


def run(calls: Iterable[Call], begin: Begin) -> None:
    """Run requests side by side; `begin` opens the transaction that their commands share, and ends
    it. When the round is undone, each goes on alone: what failed goes last, since it may take its
    time again.
    """
    parts: list[Part] = []
    kept = False
    try:
        for call in calls:
            part = Part(call)
            if part.go():
                parts.append(part)
        kept = _kept(parts, begin)
    finally:
        for part in sorted(parts, key=lambda each: each.failed):
            part.go(kept)


def _kept(parts: list[Part], begin: Begin) -> bool:
    """Whether the commands were carried out and kept; if not, nothing was done."""
    if len(parts) < 2:
        return False
    try:
        with begin() as connection:
            driver: Any = connection.connection.driver_connection
            for part in parts:
                # Some failures end the whole transaction, with what others have written.
                if not (part.go(connection) and driver.in_transaction):
                    raise Apart
    except (Apart, *FAILED) as error:
        log.info("a round of %d was undone: %s", len(parts), type(error).__name__)
    except Exception:
        log.exception("a round failed")
    else:
        return True
    return False


def _saved(command: Carry, connection: Connection) -> Done | None:
    """Carry a command out in a savepoint. Raises Apart; and what the store fails with, but for the
    refusals that are an answer.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute(f"SAVEPOINT {SAVEPOINT}")
    try:
        done = command(connection)
    except Exception:
        undo_part(driver)
        driver.execute(f"RELEASE SAVEPOINT {SAVEPOINT}")
        raise
    if done is not None and done.error is not None:
        undo_part(driver)
    driver.execute(f"RELEASE SAVEPOINT {SAVEPOINT}")
    return done
