"""Growth: what is left of each rate when the store is larger."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.contest import WIRE
from bench.results import Section


@dataclass(frozen=True, slots=True)
class Growth:
    """A contestant's rate at the larger size as a part of its own at the smaller one; `to_wire`:
    the same of its ratios to the floor, so that a change of the machine's pace drops out.
    """

    workload: str
    name: str
    own: float
    to_wire: float | None


def growth(small: Section, large: Section) -> list[Growth]:
    """Every workload and contestant that both sections have, the floors included."""
    found = []
    for after in large.results:
        before = small.result(after.workload)
        if before is None:
            continue
        for name, figures in after.figures.items():
            start = before.figures[name].rate if name in before.figures else 0.0
            if not start:
                continue
            ratios = before.ratio(name, WIRE), after.ratio(name, WIRE)
            to_wire = ratios[1] / ratios[0] if ratios[0] and ratios[1] is not None else None
            found.append(Growth(after.workload, name, figures.rate / start, to_wire))
    return found


def extremes(sections: Sequence[Section]) -> tuple[Section, Section] | None:
    """The smallest and the largest of several sizes; None where there are no two."""
    sized = sorted((each for each in sections if each.size), key=lambda each: each.size)
    if len(sized) < 2 or sized[0].size == sized[-1].size:
        return None
    return sized[0], sized[-1]
