"""What happened in a run: moments, requests by phase, and errors that are nobody's right."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median, quantiles

from tests.cluster.clients import Answer, Client

Span = tuple[float, float]  # from when to when


@dataclass
class Diary:
    """Moments by name, in their order."""

    moments: dict[str, float] = field(default_factory=dict)

    def note(self, name: str) -> float:
        """It is now that this happens."""
        self.moments[name] = time.monotonic()
        return self.moments[name]

    def phases(self) -> list[tuple[str, float, float]]:
        """Each moment's name with its beginning and its end."""
        beginnings = list(self.moments.items())
        ends = [moment for _, moment in beginnings[1:]] + [float("inf")]
        return [(name, begun, end) for (name, begun), end in zip(beginnings, ends, strict=True)]


def table(diary: Diary, answers: Iterable[Answer]) -> Iterator[str]:
    """A line for each phase: requests that ended in it, errors, times of those that were served."""
    answers = sorted(answers, key=lambda answer: answer.ended)
    yield f"{'phase':28}{'s':>6}{'requests':>10}{'errors':>8}{'p50 ms':>9}{'p99 ms':>9}\n"
    for name, begun, end in diary.phases():
        inside = [answer for answer in answers if begun <= answer.ended < end]
        times = [1000 * (each.ended - each.begun) for each in inside if not each.failed]
        lasted = (inside[-1].ended if end == float("inf") and inside else end) - begun
        middle, late = (median(times), quantiles(times, n=100)[98]) if len(times) > 1 else (0, 0)
        yield f"{name:28}{lasted:6.1f}{len(inside):10}{len(inside) - len(times):8}"
        yield f"{middle:9.1f}{late:9.1f}\n"


def summary(
    clients: Sequence[Client], at_standbys: int, killing: Span, promoting: Span
) -> Iterator[str]:
    """What the table does not say."""
    answers = [answer for client in clients for answer in client.answers]
    changes = sum(len(task.maybe) for client in clients for task in client.tasks)
    lost = [answer for answer in answers if answer.failed and _overlaps(answer, killing)]
    yield f"acknowledged writes: {sum(client.acknowledged for client in clients)}\n"
    yield f"in doubt: {changes} changes, {sum(len(each.doubtful) for each in clients)} new tasks\n"
    yield f"transactions of the standbys while all was well: {at_standbys}\n"
    kinds = ", ".join(f"{each.method} {each.status}" for each in lost)
    yield f"errors when the node died: {len(lost)} ({kinds})\n"
    yield f"no primary for {promoting[1] - promoting[0]:.2f} s; "
    yield f"no write acknowledged for {_longest_pause(answers, promoting):.2f} s\n"


def _longest_pause(answers: Iterable[Answer], span: Span) -> float:
    """The longest time between two acknowledged writes that touches the span."""
    served = (each for each in answers if not each.failed and each.method != "GET")
    ends = sorted(each.ended for each in served)
    return max(
        (
            later - sooner
            for sooner, later in pairwise(ends)
            if later > span[0] and sooner < span[1]
        ),
        default=float("inf"),
    )


def outside(answers: Iterable[Answer], killing: Span, promoting: Span) -> list[Answer]:
    """Errors that may not be. Those may: of requests that were there while no primary was; of a
    POST or PATCH that was there while a node died, since nobody may repeat it on his own.
    """
    return [
        answer
        for answer in answers
        if answer.failed
        and not _overlaps(answer, promoting)
        and not (answer.method in ("POST", "PATCH") and _overlaps(answer, killing))
    ]


def _overlaps(answer: Answer, span: Span) -> bool:
    return answer.ended >= span[0] and answer.begun <= span[1]
