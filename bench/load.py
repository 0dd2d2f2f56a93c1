"""Load from several processes at once, added up; beside it, if wanted, one client that writes."""

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing.connection import Connection
from typing import Any

from bench.client import Endpoint, Tally, drive, trickle

PROCESSES = 2
WRITES_A_SECOND = 20.0
_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Load:
    """What one round sends: `requests` in turn, and `writes` one after the other beside them."""

    requests: Sequence[bytes]
    connections: int
    seconds: float
    start: int = 0
    writes: Sequence[bytes] = ()


def put_load(endpoint: Endpoint, load: Load) -> Tally:
    """Ask in turn for the requests, beginning with number `start`, over so many connections.

    No two processes send the same request before all have been sent. What the writer meets counts
    as errors only.
    """
    processes = min(PROCESSES, load.connections)
    shares = [
        load.connections // processes + (i < load.connections % processes) for i in range(processes)
    ]

    def reader(number: int) -> Callable[[], Tally]:
        mine = _every(load.requests, load.start + number, processes)
        return lambda: drive(endpoint, mine, shares[number], load.seconds)

    def writer() -> Tally:
        writes = _every(load.writes, load.start, 1)
        return trickle(endpoint, writes, WRITES_A_SECOND, load.seconds)

    parts = _at_once([*map(reader, range(processes)), *([writer] if load.writes else [])])
    total = add_up(parts[:processes])
    for part in parts[processes:]:
        total.errors += part.errors
        total.first_error = total.first_error or part.first_error
    return total


def _at_once(tasks: Sequence[Callable[[], Tally]]) -> list[Tally]:
    """Run each task in a process of its own, forked so that nothing has to be sent to it."""
    receivers = []
    for task in tasks:
        receiver, sender = _FORK.Pipe(duplex=False)
        process: Any = _FORK.Process(target=_run, args=(task, sender))
        process.start()
        sender.close()
        receivers.append((receiver, process))
    tallies = []
    for receiver, process in receivers:
        tallies.append(receiver.recv())
        process.join()
    return tallies


def _run(task: Callable[[], Tally], sender: Connection) -> None:
    # Nothing here makes cycles, and a pause of the collector would be measured as the server's.
    gc.disable()
    try:
        tally = task()
    except OSError as error:
        tally = Tally(errors=1, first_error=str(error), seconds=1.0)
    sender.send(tally)


def _every(requests: Sequence[bytes], first: int, step: int) -> Iterator[bytes]:
    """Each `step`-th request, from the first, over and over."""
    return islice(cycle(requests), first % len(requests), None, step)


def add_up(parts: Sequence[Tally]) -> Tally:
    """Several processes' tallies as one."""
    return Tally(
        latencies=sorted(latency for part in parts for latency in part.latencies),
        errors=sum(part.errors for part in parts),
        first_error=next((part.first_error for part in parts if part.first_error), ""),
        seconds=max(part.seconds for part in parts),
        cpu_seconds=sum(part.cpu_seconds for part in parts),
    )
