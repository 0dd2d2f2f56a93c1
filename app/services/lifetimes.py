"""How long something lasts, as people say it: 90d, 24h, a day, or an instant."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EXPECTED = "a number of days or hours as in 90d or 24h, a day as YYYY-MM-DD, or an instant"
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
LONGEST = timedelta(days=36_500)
_SPAN = re.compile(r"([0-9]{1,8})([dhm])", re.ASCII)


def span(text: str) -> timedelta:
    """90d, 24h or 30m. Raises ValueError."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(EXPECTED)
    return min(int(found[1]) * UNITS[found[2]], LONGEST)


def ending(text: str, now: datetime, zone: str) -> datetime:
    """When what begins now and lasts so long ends. With a day it lasts until that day is over in
    the zone. Raises ValueError, also when that is not in the future.
    """
    text = text.strip()
    if _SPAN.fullmatch(text.lower()):
        end = now + span(text)
    elif re.fullmatch(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}", text, re.ASCII):
        day = _within(date.fromisoformat(text)) + timedelta(days=1)
        end = datetime.combine(day, time(), ZoneInfo(zone))
    else:
        instant = datetime.fromisoformat(text)
        _within(instant)
        end = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if end <= now:
        raise ValueError("must be in the future")
    return end.astimezone(UTC)


def _within(day: date) -> date:
    """The day, if it and those around it are in every calendar. Raises ValueError."""
    if not 1900 <= day.year <= 9990:
        raise ValueError(EXPECTED)
    return day
