"""Load from several processes at once, added up."""

import multiprocessing
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from bench.client import Address, Tally, drive

PROCESSES = 2


def put_load(
    address: Address, requests: Sequence[bytes], connections: int, seconds: float, start: int = 0
) -> Tally:
    """Ask in turn for `requests`, beginning with number `start`, over so many connections.

    No two processes send the same request before all have been sent.
    """
    processes = min(PROCESSES, connections)
    shares = [connections // processes + (i < connections % processes) for i in range(processes)]
    context = multiprocessing.get_context("fork")
    with context.Pool(processes) as pool:
        parts = pool.starmap(
            _drive,
            [
                (address, requests, start + i, processes, share, seconds)
                for i, share in enumerate(shares)
            ],
        )
    return _sum(parts)


def _drive(
    address: Address,
    requests: Sequence[bytes],
    first: int,
    step: int,
    connections: int,
    seconds: float,
) -> Tally:
    return drive(address, _every(requests, first, step), connections, seconds)


def _every(requests: Sequence[bytes], first: int, step: int) -> Iterator[bytes]:
    return islice(cycle(requests), first % len(requests), None, step)


def _sum(parts: Sequence[Tally]) -> Tally:
    return Tally(
        latencies=sorted(latency for part in parts for latency in part.latencies),
        errors=sum(part.errors for part in parts),
        first_error=next((part.first_error for part in parts if part.first_error), ""),
        seconds=max(part.seconds for part in parts),
    )
