"""Days and the instants beside them: whichever is written sets the other (decision 3)."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import Invalid

START_OF_DAY = time(0, 0, 0)
END_OF_DAY = time(23, 59, 59)
PAIRS = (("start_on", "start_at", START_OF_DAY), ("due_on", "due_at", END_OF_DAY))


def instant(day: date | None, at: time, zone: str) -> datetime | None:
    """A time of a day in a zone as UTC."""
    if day is None:
        return None
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day_values(changes: dict[str, Any], zone: str, before: Any = None) -> dict[str, Any]:
    """Columns to set for the days among the changes: start of the day for a start, 23:59:59 for a
    due date, in the account's zone. The instant of an unchanged day is left as it was written.
    """
    values: dict[str, Any] = {}
    for day_name, at_name, at in PAIRS:
        if day_name in changes and (
            before is None or changes[day_name] != getattr(before, day_name)
        ):
            values[day_name] = changes[day_name]
            values[at_name] = instant(changes[day_name], at, zone)
    return values


def day_of(at: datetime | None, zone: str) -> date | None:
    """The day on which an instant falls in a zone."""
    return None if at is None else at.astimezone(ZoneInfo(zone)).date()


def instant_values(changes: dict[str, Any], zone: str) -> dict[str, Any]:
    """Columns to set for the instants among the changes, and for the days on which they fall in the
    account's zone. Raises Invalid for the first and the last year that there are.
    """
    values: dict[str, Any] = {}
    for day_name, at_name, _ in PAIRS:
        if at_name in changes:
            at = changes[at_name]
            if at is not None and not 1 < at.year < 9999:
                raise Invalid({at_name: "a year from 2 to 9998"})
            values[at_name] = at
            values[day_name] = day_of(at, zone)
    return values
