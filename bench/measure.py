"""Rounds: all contestants of a workload in turn, so that ratios are taken within a round."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.load import Load, put_load
from bench.results import Figures
from bench.servers import Server


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often."""

    seconds: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server with the requests that it gets. Those that share a `store` go on where the other
    stopped, so that none repeats a change.
    """

    name: str
    server: Server
    requests: Sequence[bytes]
    connections: int
    store: str
    writes: Sequence[bytes] = ()
    body_bytes: int = 0


def measure(
    contestants: Sequence[Contestant], plan: Plan, warm_seconds: float = 0.3
) -> dict[str, Figures]:
    """All rounds of one workload, and before them one that does not count."""
    figures = {each.name: Figures(body_bytes=each.body_bytes) for each in contestants}
    asked: dict[str, int] = {}
    for each in contestants:
        if warm_seconds:
            _round(each, asked, warm_seconds, Figures())
    for _ in range(plan.rounds):
        for each in contestants:
            _round(each, asked, plan.seconds, figures[each.name])
    return figures


def _round(one: Contestant, asked: dict[str, int], seconds: float, figures: Figures) -> None:
    load = Load(one.requests, one.connections, seconds, asked.get(one.store, 0), one.writes)
    before = one.server.cpu_seconds()
    tally = put_load(one.server.endpoint, load)
    after = one.server.cpu_seconds()
    asked[one.store] = load.start + len(tally.latencies) + tally.errors
    figures.add(tally, None if before is None or after is None else after - before)
