"""The random source of made-up data: everything that one seed and one day decide."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final, TypeVar

from app.seeding.words import NOUNS
from app.services.dates import END_OF_DAY, START_OF_DAY, instant

TEXTS: Final = 50_000  # words of the text from which all texts are cut
STEPS: Final = (1, 3, 7, 9)  # no divisor in common with 10 or 20, the sizes of the pools
FIRST_HOUR, HOURS = 7, 12
COUNTER: Final = 1 << 12
UIDS: Final = 1 << 17  # of one part, at most

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What decides the data: the number of the seed, the instant, the day and the zone."""

    number: int
    now: datetime
    today: date
    zone: str


@cache
def _words(number: int) -> tuple[str, ...]:
    return tuple(random.Random(number).choices(NOUNS, k=TEXTS))  # noqa: S311


class Source:
    """Draws, GUIDs, texts and dates. Tables made once stand for what the library would compute anew
    for each of a million rows. `part`: parts of the data can be made apart from each other.
    """

    def __init__(self, occasion: Occasion, part: int) -> None:
        self.rnd = random.Random(f"{occasion.number} {part}")  # noqa: S311
        self.draw = self.rnd.random
        self._bits = self.rnd.getrandbits
        self.now = occasion.now
        self._uids, self._head = part * UIDS, ""
        self._words = _words(occasion.number)
        self._today, self._zone = occasion.today, occasion.zone
        self._midnight = datetime.combine(self._today, time(), tzinfo=UTC)
        self._first_ms = int(self._midnight.timestamp() * 1000)
        self._instants: dict[tuple[int, int], datetime] = {}
        self._days: dict[int, tuple[date, datetime | None, datetime | None]] = {}

    def uid(self) -> str:
        """A GUID of version 7, the same for the same seed and day. Each is greater than the one
        before, as those that the server gives: their index grows at its end only.
        """
        milliseconds, count = divmod(self._uids, COUNTER)
        if not count or not self._head:
            head = f"{self._first_ms + milliseconds:012x}"
            self._head = f"{head[:8]}-{head[8:]}-7"
        self._uids += 1
        variant = 0x8000 | self._bits(14)
        return f"{self._head}{count:03x}-{variant:04x}-{self._bits(48):012x}"

    def below(self, count: int) -> int:
        """A number from 0 to count - 1."""
        return int(self.draw() * count)

    def between(self, first: int, last: int) -> int:
        """A number of a range, both ends included."""
        return first + int(self.draw() * (last - first + 1))

    def pick(self, pool: Sequence[T]) -> T:
        """One of several."""
        return pool[int(self.draw() * len(pool))]

    def some(self, pool: Sequence[T], count: int) -> list[T]:
        """So many different ones of a pool: a walk through it with a step that meets all."""
        if not count:
            return []
        size = len(pool)
        at, step = int(self.draw() * size), STEPS[int(self.draw() * len(STEPS))]
        return [pool[(at + i * step) % size] for i in range(count)]

    def text(self, fewest: int, most: int) -> str:
        """A number of words."""
        count = self.between(fewest, most)
        start = int(self.draw() * (TEXTS - count))
        return " ".join(self._words[start : start + count])

    def at(self, first: int, last: int) -> datetime:
        """A minute of office hours on a day of a range that is counted from today."""
        key = self.between(first, last), int(self.draw() * HOURS * 60)
        known = self._instants.get(key)
        if known is None:
            hours = timedelta(days=key[0], hours=FIRST_HOUR, minutes=key[1])
            known = self._instants[key] = self._midnight + hours
        return known

    def day(self, offset: int) -> tuple[date, datetime | None, datetime | None]:
        """A day counted from today, with the instants at which it begins and ends."""
        known = self._days.get(offset)
        if known is None:
            day = self._today + timedelta(offset)
            begins = instant(day, START_OF_DAY, self._zone)
            known = day, begins, instant(day, END_OF_DAY, self._zone)
            self._days[offset] = known
        return known

    def stamped(self, **values: Any) -> dict[str, Any]:
        """A row with its GUID and stamps."""
        return {"uid": self.uid(), "created_at": self.now, "changed_at": self.now} | values
