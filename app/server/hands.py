"""The threads of a server process. They take work in the order in which it comes, as those of
concurrent.futures do, without the locks, the events and the calls that nobody waits for here: half
of what handing over a short request costs.
"""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

Job = Callable[[], None]


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


class Hands:
    """So many threads, which end when all is done that was given to them before the end."""

    def __init__(self, count: int) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads = [Thread(target=self._work, name=f"hand-{n}") for n in range(count)]
        self._started = False

    def do(self, job: Job) -> None:
        """Give a job, which raises nothing, to the next thread that is free."""
        if not self._started:
            self._started = True
            for thread in self._threads:
                thread.start()
        self._jobs.put(job)

    def shutdown(self, *, wait: bool = True) -> None:
        """Nothing more will come; `wait` for the end of what came."""
        if not self._started:
            return
        for _ in self._threads:
            self._jobs.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def attempt(call: Callable[[Any], Any], argument: Any, tell: Callable[..., None]) -> None:
    """Call, and `tell` the argument and the outcome, whatever it is."""
    try:
        outcome = Outcome(call(argument))
    except BaseException as error:
        outcome = Outcome(error=error)
    tell(argument, outcome)
