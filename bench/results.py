"""What a run gave, as plain values: written to results.json, read back for table and plot."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.client import Tally


@dataclass(slots=True)
class Figures:
    """What the rounds of one contestant gave. Rates are answers a second, times milliseconds."""

    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    load_cpu: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""
    body_bytes: int = 0

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
        self.load_cpu.append(tally.cpu_seconds / answered * 1000)
        if cpu_seconds is not None:
            self.cpu.append(cpu_seconds / answered * 1000)

    @property
    def rate(self) -> float:
        """Answers a second, median of the rounds."""
        return median(self.rates) if self.rates else 0.0


@dataclass(slots=True)
class Result:
    """One workload at one size: figures by contestant, and who could not take part and why."""

    workload: str
    size: int
    figures: dict[str, Figures] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def ratio(self, name: str, base: str) -> float | None:
        """One contestant's rate as a part of another's in the same round, median of the rounds."""
        if name not in self.figures or base not in self.figures:
            return None
        pairs = zip(self.figures[name].rates, self.figures[base].rates, strict=True)
        ratios = [mine / theirs for mine, theirs in pairs if theirs]
        return median(ratios) if ratios else None


@dataclass(slots=True)
class Section:
    """All of one size of store, or of one running server."""

    title: str
    size: int
    results: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)

    def result(self, workload: str) -> Result | None:
        """The result of one workload."""
        return next((each for each in self.results if each.workload == workload), None)


@dataclass(slots=True)
class Run:
    """A whole run: how it was made, and what it gave."""

    facts: dict[str, str]
    sections: list[Section] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write all of it."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")


def load(path: Path) -> Run:
    """What `save` wrote."""
    raw: dict[str, Any] = json.loads(path.read_text())
    return Run(raw["facts"], [_section(each) for each in raw["sections"]])


def _section(raw: dict[str, Any]) -> Section:
    results = [
        Result(**(each | {"figures": {k: Figures(**v) for k, v in each["figures"].items()}}))
        for each in raw["results"]
    ]
    memory = {name: (total, file) for name, (total, file) in raw["memory"].items()}
    return Section(**(raw | {"results": results, "memory": memory}))


def _quantile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def spread(values: Iterable[float]) -> float:
    """(max - min) / median."""
    listed = list(values)
    middle = median(listed) if listed else 0.0
    return (max(listed) - min(listed)) / middle if middle else 0.0
