"""Firing by periods: each has its own caller and its own numbers, and begins with the same store,
so that a period can be run again by itself.
"""

import gc
import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.torture.fuzz_judging import SECONDS, faults
from tests.torture.fuzz_shots import Answer, Shot, fire, seed_of_environment
from tests.torture.fuzz_store import ADMINISTRATOR, VIEWER, Stage, stage
from tests.torture.report import Report, say

PERIOD: Final = 250
# The administrator can reach the most code.
CALLERS: Final = (ADMINISTRATOR, VIEWER, ADMINISTRATOR, "editor")
MOST_TOLD: Final = 400
Make = Callable[[random.Random, Stage], Shot]


@dataclass
class Firing:
    """A run: what was fired, what came back."""

    report: Report
    stage: Stage
    failures: list[str]
    statuses: Counter[int] = field(default_factory=Counter)
    known: set[str] = field(default_factory=set)
    longest: float = 0.0
    cold: int = 0

    def send(self, shot: Shot, where: str) -> Answer:
        """Fire, and judge what comes back."""
        self.failures.clear()
        answer = fire(self.stage.app, shot)
        self.judge(shot, self._warm(shot, answer), where)
        return answer

    def _warm(self, shot: Shot, answer: Answer) -> Answer:
        """The answer, with the time that the request takes when its statements have been compiled:
        a process does that once. `@again` makes it another address, whose answer nobody has kept.
        """
        self.longest = max(self.longest, answer.seconds)
        if answer.seconds <= SECONDS or shot.method not in ("GET", "HEAD"):
            return answer
        self.cold += 1
        mark = "&" if "?" in shot.target else "?"
        again = fire(self.stage.app, replace(shot, target=f"{shot.target}{mark}@again=1"))
        return replace(answer, seconds=min(answer.seconds, again.seconds))

    def judge(self, shot: Shot, answer: Answer, where: str) -> None:
        """Count an answer, and tell what is wrong with it."""
        self.statuses[answer.status] += 1
        for fault in faults(shot, answer):
            self.tell(fault, shot, where)

    def tell(self, fault: str, shot: Shot, where: str) -> None:
        """It broke the promise. Of what looks alike one is told in full."""
        reason = self.failures[-1] if self.failures else ""
        alike = f"{fault[:60]} {reason[-300:]}"
        self.report.broken.append(f"{where}: {fault}")
        if alike not in self.known and len(self.known) < MOST_TOLD:
            self.known.add(alike)
            say(f"\n{where}: {fault}\n{reason}{shot.curl()}")
            self.report.broken[-1] += f"\n{reason[-600:]}{shot.curl()}"

    def end_of_period(self, caller: str, where: str) -> None:
        """Look through the store, and put it back."""
        for each in self.stage.end_of_period(caller):
            self.report.broken.append(f"{where}: {each}")
            say(f"\n{where}: {each}")


def tortured(name: str, engine: str, cases: int, make: Make, first: int = 0) -> Report:
    """Fire so many of what `make` makes; `first` is the number of the first period."""
    seed = seed_of_environment()
    with opened(name, engine, cases) as firing:
        for number in range(first, first + -(-cases // PERIOD)):
            draw = random.Random(f"{seed} {name} {number}")
            caller = CALLERS[number % len(CALLERS)]
            count = min(PERIOD, cases - (number - first) * PERIOD)
            for each in range(count):
                shot = make(draw, firing.stage)
                if shot.key == "":
                    shot = Shot(
                        shot.method, shot.target, shot.body, shot.headers, firing.stage.keys[caller]
                    )
                firing.send(shot, f"{caller} {number}:{each}")
            firing.end_of_period(caller, f"{caller} {number}")
            told = len(firing.report.broken)
            say(f"\r{name} {engine}: {(number - first) * PERIOD + count}, {told} broken  ", end="")
    return firing.report


@contextmanager
def opened(name: str, engine: str, cases: int) -> Iterator[Firing]:
    """A furnished store to fire at; the figures stand in the report in the end."""
    report = Report(name, engine, {"cases": cases, "seed": seed_of_environment()})
    begun = time.process_time()
    with stage(engine) as furnished, _listening() as failures:
        # As the server does: else the collector's walk through all that schemathesis has loaded
        # counts as the time of the request in which it happens.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        firing = Firing(report, furnished, failures)
        yield firing
    answers = {f"{status // 100}xx" for status in firing.statuses}
    for each in sorted(answers):
        report.figures[each] = sum(
            count for status, count in firing.statuses.items() if f"{status // 100}xx" == each
        )
    report.figures["501"] = firing.statuses[501]
    report.figures["over_1_s_until_compiled"] = firing.cold
    report.figures["longest_cpu_ms"] = round(firing.longest * 1000, 1)
    report.figures["cpu_s"] = round(time.process_time() - begun, 1)


@contextmanager
def _listening() -> Iterator[list[str]]:
    """The tracebacks that are logged meanwhile; nothing is printed of any log."""
    kept: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info:
                kept.append(logging.Formatter().formatException(record.exc_info)[-900:] + "\n")

    root = logging.getLogger()
    before, handler = root.handlers[:], Keeping()
    root.handlers[:] = [handler]
    try:
        yield kept
    finally:
        root.handlers[:] = before


def some(draw: random.Random, *options: Any) -> Any:
    """One of the options."""
    return options[int(draw.random() * len(options))]
