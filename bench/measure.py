"""Rounds: the floor and Tandem in turn, each answer timed, the ratio taken within a round."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

from bench.client import Tally
from bench.load import put_load
from bench.servers import Server
from bench.workloads import Workload

WARM_SECONDS = 0.4
CONCURRENCY = 16
Say = Callable[[str], None]


@dataclass(slots=True)
class Figures:
    """What the rounds of one contestant gave."""

    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    cpu_alone: float | None = None
    errors: int = 0
    first_error: str = ""
    asked: int = 0

    def add(self, tally: Tally, cpu_seconds: float | None) -> None:
        """Take in one round."""
        answered = len(tally.latencies)
        self.errors += tally.errors
        self.first_error = self.first_error or tally.first_error
        self.rates.append(answered / tally.seconds)
        if not answered:
            return
        self.p50.append(_quantile(tally.latencies, 0.50) * 1000)
        self.p99.append(_quantile(tally.latencies, 0.99) * 1000)
        if cpu_seconds is not None:
            self.cpu.append(cpu_seconds / answered * 1000)


@dataclass(frozen=True, slots=True)
class Result:
    """One workload: figures by contestant, the median ratio of Tandem to the floor, the body."""

    workload: str
    figures: dict[str, Figures]
    body_bytes: int

    @property
    def ratio(self) -> float:
        """Tandem's rate as a part of the floor's, median over the rounds."""
        pairs = zip(self.figures["tandem"].rates, self.figures["wire"].rates, strict=True)
        return median(mine / floor for mine, floor in pairs if floor)


@dataclass(frozen=True, slots=True)
class Run:
    """How long and how often."""

    seconds: float
    rounds: int


def measure(
    workload: Workload, servers: dict[str, Server], body_bytes: int, run: Run, say: Say
) -> Result:
    """All rounds of one workload."""
    figures = {name: Figures() for name in servers}
    for name, server in servers.items():
        _round(workload, server, figures[name], CONCURRENCY, WARM_SECONDS, kept=False)
    for _ in range(run.rounds):
        for name, server in servers.items():
            _round(workload, server, figures[name], CONCURRENCY, run.seconds)
    for name, server in servers.items():
        alone = Figures(asked=figures[name].asked)
        _round(workload, server, alone, 1, run.seconds / 2)
        figures[name].cpu_alone = alone.cpu[0] if alone.cpu else None
        figures[name].errors += alone.errors
    result = Result(workload.name, figures, body_bytes)
    say(f"{workload.name}: {median(figures['tandem'].rates):,.0f}/s, {result.ratio:.3f} x wire")
    return result


def _round(
    workload: Workload,
    server: Server,
    figures: Figures,
    connections: int,
    seconds: float,
    kept: bool = True,
) -> None:
    before = server.cpu_seconds()
    tally = put_load(server.address, workload.requests, connections, seconds, figures.asked)
    after = server.cpu_seconds()
    figures.asked += len(tally.latencies) + tally.errors
    if kept:
        used = None if before is None or after is None else after - before
        figures.add(tally, used)


def _quantile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def spread(values: Iterable[float]) -> float:
    """(max - min) / median."""
    listed = list(values)
    middle = median(listed)
    return (max(listed) - min(listed)) / middle if middle else 0.0
