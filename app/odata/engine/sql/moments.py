"""Dates, times and instants as SQLite runs them: Python functions on stored texts (types.py).

Instants are text YYYY-MM-DDTHH:MM:SS.ffffffZ, durations microseconds. Arguments are never None. A
result before year 1 or after year 9999 is None.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from app.odata.engine.sql.numbers import whole
from app.odata.engine.sql.types import MICROSECOND, instant_text

DAY: Final = 86_400_000_000  # microseconds
CLOCK: Final = 11  # where the time begins in the text of an instant


def instant_add(a: str, b: int) -> str:
    """An instant a duration later. Raises OverflowError, which counts as None."""
    return instant_text(datetime.fromisoformat(a) + timedelta(microseconds=b))


def instant_sub(a: str, b: int) -> str:
    """An instant a duration earlier."""
    return instant_text(datetime.fromisoformat(a) - timedelta(microseconds=b))


def instant_difference(a: str, b: str) -> int:
    """The duration between two instants."""
    return (datetime.fromisoformat(a) - datetime.fromisoformat(b)) // MICROSECOND


def _moved(a: str, microseconds: int) -> str:
    start = datetime.combine(date.fromisoformat(a), datetime.min.time())
    return (start + timedelta(microseconds=microseconds)).date().isoformat()


def date_add(a: str, b: int) -> str:
    """A date a duration later, its time cut off. Raises OverflowError, which counts as None."""
    return _moved(a, b)


def date_sub(a: str, b: int) -> str:
    """A date a duration earlier, its time cut off."""
    return _moved(a, -b)


def date_difference(a: str, b: str) -> int | None:
    """The duration between the beginnings of two days."""
    return whole((date.fromisoformat(a) - date.fromisoformat(b)).days * DAY)


def part(start: int, end: int) -> Callable[[str], int]:
    """The number between two places of a text."""
    return lambda text: int(text[start:end])


def fraction(start: int) -> Callable[[str], str]:
    """The fraction of a second as a Decimal, from where its point stands in a text."""
    return lambda text: "0" + text[start : start + 7]


def instant_date(a: str) -> str:
    """The day."""
    return a[:10]


def instant_time(a: str) -> str:
    """The time of the day."""
    return a[CLOCK:26]


def instant_offset(_a: str) -> int:
    """Instants are kept in UTC: 0 minutes."""
    return 0


def midnight(a: str) -> str:
    """The instant at which a day begins."""
    return f"{a}T00:00:00.000000Z"
