"""What a promise's run found: figures, and everything that broke the promise."""

import sys
from dataclasses import dataclass, field
from typing import Any

SHOWN = 20


@dataclass(slots=True)
class Report:
    """One promise on one engine. `broken` is empty if it was kept."""

    promise: str
    engine: str
    figures: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Nothing broke it."""
        return not self.broken

    def add(self, **numbers: int | float) -> None:
        """Add to figures."""
        for name, number in numbers.items():
            self.figures[name] = round(self.figures.get(name, 0) + number, 3)

    def line(self) -> str:
        """The figures as a row of Markdown."""
        shown = ", ".join(f"{name.replace('_', ' ')} {each}" for name, each in self.figures.items())
        verdict = "kept" if self.kept else f"BROKEN {len(self.broken)} times"
        return f"| {self.promise} | {self.engine} | {verdict} | {shown} |"


def say(words: str, *, end: str = "\n") -> None:
    """Progress."""
    sys.stderr.write(words + end)
    sys.stderr.flush()


def shown(reports: list[Report]) -> str:
    """What broke promises, a few of each."""
    lines = [f"{each.promise} {each.engine}: {what}" for each in reports for what in each.broken]
    return "\n".join(lines[:SHOWN])
