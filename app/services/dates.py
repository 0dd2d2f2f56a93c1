"""How a day written in the Teamwork dialect sets the instant beside it (decision 3)."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

START_OF_DAY = time(0, 0, 0)
END_OF_DAY = time(23, 59, 59)


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
    for day_name, at_name, at in (
        ("start_on", "start_at", START_OF_DAY),
        ("due_on", "due_at", END_OF_DAY),
    ):
        if day_name in changes and (
            before is None or changes[day_name] != getattr(before, day_name)
        ):
            values[day_name] = changes[day_name]
            values[at_name] = instant(changes[day_name], at, zone)
    return values
