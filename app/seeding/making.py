"""Tasks made in parts, by another process when there are many: making costs as much as writing."""

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

from app.seeding.blocks import Block, Blocks
from app.seeding.rows import Frame, task_rows
from app.seeding.source import Occasion, Source

CHUNK: Final = 5000
AHEAD: Final = 2  # parts that wait for each process, so that none is idle and few are kept


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the tasks. Its number decides its draws, so it may be made anywhere."""

    occasion: Occasion
    frame: Frame
    number: int
    count: int
    on_postgresql: bool

    def make(self) -> list[Block]:
        """The rows of these tasks and of what hangs on them."""
        source, blocks = Source(self.occasion, self.number + 1), Blocks(self.on_postgresql)
        rows = task_rows(source, self.frame, self.number * CHUNK, self.count)
        return [blocks.make(model, some) for model, some in rows.items() if some]


def parts_of(tasks: int, occasion: Occasion, frame: Frame, on_postgresql: bool) -> Iterator[Part]:
    """All tasks in parts."""
    for number, first in enumerate(range(0, tasks, CHUNK)):
        yield Part(occasion, frame, number, min(CHUNK, tasks - first), on_postgresql)


def made(parts: Iterable[Part], apart: bool) -> Iterator[tuple[int, list[Block]]]:
    """Each part's number of tasks and its blocks, in order; `apart`: made by other processes."""
    if not apart:
        for part in parts:
            yield part.count, part.make()
        return
    # A process of its own start: a fork would inherit the connection to the store.
    context = multiprocessing.get_context("spawn")
    processes = os.cpu_count() or 1
    # No rows refer to each other: the collector would look at all of them in vain.
    with ProcessPoolExecutor(processes, mp_context=context, initializer=gc.disable) as pool:
        yield from _in_order(pool, iter(parts), processes * AHEAD)


def _in_order(
    pool: ProcessPoolExecutor, parts: Iterator[Part], ahead: int
) -> Iterator[tuple[int, list[Block]]]:
    waiting: deque[tuple[int, Future[list[Block]]]] = deque()
    for part in islice(parts, ahead):
        waiting.append((part.count, pool.submit(part.make)))
    while waiting:
        count, future = waiting.popleft()
        blocks = future.result()
        for part in islice(parts, 1):
            waiting.append((part.count, pool.submit(part.make)))
        yield count, blocks
