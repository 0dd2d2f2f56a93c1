"""What a client was told, and whether the store still says so.

A `Whole` is several facts that one request makes true together: all of them are there, or none is;
if the request was acknowledged, all are. A `Value` is what a column of a task was last set to.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.torture.stores import Store

Facts = frozenset[Hashable]


@dataclass(slots=True)
class Whole:
    """Facts that become true together."""

    what: str
    facts: Facts
    acknowledged: bool = False


@dataclass(slots=True)
class Value:
    """What a column of a task is: as acknowledged, or as an unanswered request would have it."""

    acknowledged: Any
    maybe: list[Any] = field(default_factory=list)

    def settle(self, value: Any) -> None:
        """A later write was acknowledged: what came before cannot come back."""
        self.acknowledged = value
        self.maybe.clear()


@dataclass(slots=True)
class Ledger:
    """All that one client knows."""

    wholes: list[Whole] = field(default_factory=list)
    values: dict[tuple[int, str], Value] = field(default_factory=dict)
    order: Value = field(default_factory=lambda: Value(()))
    acknowledged: int = 0

    @property
    def unknown(self) -> int:
        """Requests whose fate nobody told."""
        return sum(not each.acknowledged for each in self.wholes) + sum(
            len(each.maybe) for each in self.values.values()
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What is in the store: facts, columns of tasks by id, names."""

    facts: Facts
    tasks: dict[int, dict[str, Any]]
    names: Counter[str]


COLUMNS = (
    "id",
    "name",
    "description",
    "custom_color",
    "is_done",
    "deleted_at",
    "position",
    "work_hours",
)


def look(store: Store) -> Found:
    """Read the tasks."""
    rows = store.ask(f"SELECT {', '.join(COLUMNS)} FROM task")
    tasks = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}
    facts: set[Hashable] = {("named", each["name"]) for each in tasks.values()}
    facts |= {("hours", number, each["work_hours"]) for number, each in tasks.items()}
    facts |= {("done", number) for number, each in tasks.items() if each["is_done"]}
    facts |= {("gone", number) for number, each in tasks.items() if each["deleted_at"]}
    return Found(frozenset(facts), tasks, Counter(each["name"] for each in tasks.values()))


def broken(ledger: Ledger, found: Found) -> Iterator[str]:
    """Each promise to this client that the store does not keep."""
    for whole in ledger.wholes:
        there = whole.facts & found.facts
        if whole.acknowledged and there != whole.facts:
            yield f"LOST {whole.what}: {sorted(map(str, whole.facts - there))[:3]}"
        elif there and there != whole.facts:
            yield f"HALF {whole.what}: {len(there)} of {len(whole.facts)}"
    for (task, column), value in ledger.values.items():
        stored = found.tasks.get(task, {}).get(column)
        if stored not in (value.acknowledged, *value.maybe):
            yield f"LOST {column} of {task}: {value.acknowledged} {value.maybe}, is {stored}"
    places = [found.tasks[task]["position"] for task in ledger.order.acknowledged]
    if places != sorted(places) and not any(_ordered(order, found) for order in ledger.order.maybe):
        yield f"LOST order {ledger.order}: {places}"


def _ordered(tasks: Iterable[int], found: Found) -> bool:
    places = [found.tasks[task]["position"] for task in tasks]
    return places == sorted(places)


def doubled(found: Found) -> list[str]:
    """Names that every client gives once, and that are there more often."""
    return [f"TWICE {name}" for name, number in found.names.items() if number > 1]
