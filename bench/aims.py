"""What the issue "Speed and size" wants of each workload, and whether a run reaches it."""

from dataclasses import dataclass
from typing import Final

from bench.contest import FIRST, NORMAL, RAW, WIRE
from bench.results import Result
from bench.workloads import ALL

MEMORY_MIB: Final = 300.0
GROWTH: Final = 0.8


@dataclass(frozen=True, slots=True)
class Aim:
    """At least `least` of the rate of `base`; or tasks a second, where there is no base; or no more
    than `most` times the time of `base`.
    """

    base: str = WIRE
    least: float = 0.0
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure beside its aim, as text, and whether it is reached."""

    figure: str
    aim: str
    met: bool


OF_WIRE: Final = {
    "page": 0.20,
    "list": 0.25,
    "list-cold": 0.25,
    "overdue": 0.30,
    "one": 0.45,
    "mix": 0.20,
    "odata-page": 0.15,
    "odata-query": 0.30,
    "odata-one": 0.35,
    "odata-post": 0.25,
    "odata-patch": 0.25,
    "not-modified": 0.50,
}
RELAXED: Final = {"create": 0.30, "complete": 0.25}
OF_RAW: Final = 0.7
TASKS_A_SECOND: Final = {"batch": 20_000.0, "quickadd": 5_000.0}
TIMES_FIRST: Final = {"all-3000": 1.5, "odata-3000": 1.1}


def aim_of(workload: str, name: str) -> Aim | None:
    """What is wanted of a contestant; None for floors and for workloads without an aim.

    PostgreSQL has no raw statement beside it: its writes are held to what SQLite is to reach with
    synchronous=NORMAL.
    """
    if name == WIRE or name.startswith(RAW) or name.endswith(FIRST):
        return None
    if workload in TIMES_FIRST:
        return Aim(name + FIRST, most=TIMES_FIRST[workload])
    if workload in TASKS_A_SECOND:
        return Aim("", least=TASKS_A_SECOND[workload])
    if workload in RELAXED:
        if name == "sqlite":
            return Aim(f"{RAW} FULL", least=OF_RAW)
        return Aim(least=RELAXED[workload])
    if workload in OF_WIRE and not (workload == "mix" and name.endswith(NORMAL)):
        return Aim(least=OF_WIRE[workload])
    return None


def verdict(result: Result, name: str) -> Verdict | None:
    """How a contestant of a result stands to its aim; None where there is none."""
    aim = aim_of(result.workload, name)
    if aim is None or name not in result.figures:
        return None
    if not aim.base:
        tasks = result.figures[name].rate * ALL[result.workload].tasks
        wanted = f">= {aim.least:,.0f} tasks/s"
        return Verdict(f"{tasks:,.0f} tasks/s", wanted, tasks >= aim.least)
    ratio = result.ratio(name, aim.base)
    if ratio is None:
        return None
    if aim.most:
        times = 1 / ratio if ratio else float("inf")
        return Verdict(f"first page x {times:.2f}", f"<= x {aim.most}", times <= aim.most)
    figure = f"{ratio:.3f} of {aim.base}"
    return Verdict(figure, f">= {aim.least:.2f}", ratio >= aim.least)
