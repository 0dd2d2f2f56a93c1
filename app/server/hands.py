"""The threads of a server process. They take work in the order in which it comes, as those of
concurrent.futures do, without the locks, the events and the calls that nobody waits for here: half
of what handing over a short request costs.
"""

import logging
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, NamedTuple

LONG_SECONDS: Final = 0.04  # most requests take a twentieth of that, a round of writes half
Job = Callable[[], None]
log = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What became of a call: the part of a Future that gunicorn asks for."""

    value: Any = None
    error: BaseException | None = None

    def cancelled(self) -> bool:
        """Nothing is."""
        return False

    def exception(self) -> BaseException | None:
        """What the call raised."""
        return self.error

    def result(self) -> Any:
        """What the call gave. Raises what it raised."""
        if self.error is not None:
            raise self.error
        return self.value


class _Hand:
    """One thread: which job it is at, by number, and since when; 0.0: none."""

    def __init__(self) -> None:
        self.number = 0
        self.since = 0.0
        self.calls: SimpleQueue[tuple[int, ...] | None] = SimpleQueue()

    def carry_out(self, job: Job) -> None:
        """Do it."""
        self.number += 1
        self.since = time.monotonic()
        try:
            job()
        except Exception:
            log.exception("a job failed")  # the thread has others to do
        self.since = 0.0

    def is_late(self, now: float) -> bool:
        """It is at a long job."""
        since = self.since
        return 0.0 < since < now - LONG_SECONDS


class Hands:
    """So many threads, which end when all is done that was given to them before the end.

    `at_once` of them take jobs. Another one joins in as long as those before it are at jobs that
    take longer than LONG_SECONDS (docs/adr/0011): two threads of Python that both have much to do
    get less done than one, but nobody is to wait for somebody else's long job.
    """

    def __init__(self, count: int, at_once: int | None = None) -> None:
        first = min(at_once or count, count)
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._hands = [_Hand() for _ in range(count)]
        self._regular, self._standby = self._hands[:first], self._hands[first:]
        works = [(self._work, each) for each in self._regular]
        works += [(self._help, each) for each in self._standby]
        self._threads = [
            Thread(target=work, args=(hand,), name=f"hand-{number}")
            for number, (work, hand) in enumerate(works)
        ]
        self._started = False

    def do(self, job: Job) -> None:
        """Give a job, which raises nothing, to the next thread that is free."""
        if not self._started:
            self._started = True
            for thread in self._threads:
                thread.start()
        self._jobs.put(job)

    def waits(self) -> bool:
        """A job waits, and there is a thread that may have to be called: `look` again soon."""
        return bool(self._standby) and not self._jobs.empty()

    def look(self) -> None:
        """Call another thread if a job waits while all that may take it are at long ones."""
        if not self.waits():
            return
        now, before = time.monotonic(), len(self._regular)
        while before < len(self._hands) and all(each.is_late(now) for each in self._hands[:before]):
            hand = self._hands[before]
            if not hand.since and hand.calls.empty():
                hand.calls.put(self._at(before))
            before += 1

    def shutdown(self, *, wait: bool = True) -> None:
        """Nothing more will come; `wait` for the end of what came."""
        if not self._started:
            return
        for _ in self._regular:
            self._jobs.put(None)
        for each in self._standby:
            each.calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _work(self, hand: _Hand) -> None:
        while (job := self._jobs.get()) is not None:
            hand.carry_out(job)

    def _help(self, hand: _Hand) -> None:
        """Take jobs while those before are at the ones for which this thread was called."""
        while (late := hand.calls.get()) is not None:
            while self._at(len(late)) == late:
                try:
                    job = self._jobs.get(timeout=LONG_SECONDS)
                except Empty:
                    continue
                if job is None:
                    self._jobs.put(None)  # it was for another thread
                    break
                hand.carry_out(job)

    def _at(self, count: int) -> tuple[int, ...]:
        """Which jobs the first threads are at."""
        return tuple(each.number if each.since else 0 for each in self._hands[:count])


def attempt(call: Callable[[Any], Any], argument: Any, tell: Callable[..., None]) -> None:
    """Call, and `tell` the argument and the outcome, whatever it is."""
    try:
        outcome = Outcome(call(argument))
    except BaseException as error:
        outcome = Outcome(error=error)
    tell(argument, outcome)
