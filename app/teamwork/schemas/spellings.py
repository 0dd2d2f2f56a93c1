"""Values as clients spell them, in bodies and in URLs: numbers, lists, booleans, days, instants."""

from datetime import UTC, date, datetime
from typing import Any


def whole(value: Any) -> int:
    """A whole number of a JSON number or of digits. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    if isinstance(value, str):
        text = value.strip()
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise ValueError
        return int(text)
    return int(value)


def parts(value: Any) -> list[Any]:
    """The parts of a comma list or an array; a lone number is a list of one. Raises ValueError."""
    if isinstance(value, str):
        return [part for part in value.split(",") if part.strip()]
    if isinstance(value, list):
        return [part for part in value if part not in ("", None)]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    return [value]


BOOLEANS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def boolean(value: Any) -> bool:
    """A boolean in any of the spellings that clients send. Raises ValueError."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in BOOLEANS:
        return BOOLEANS[value.strip().lower()]
    if isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    raise ValueError


def ymd(value: Any) -> date:
    """A day of YYYYMMDD, as digits or as a number. Raises ValueError."""
    text = _digits(value, 8)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def stamp(value: Any) -> datetime:
    """An instant of YYYYMMDDHHMMSS in UTC. Raises ValueError."""
    text = _digits(value, 14)
    clock = (int(text[8:10]), int(text[10:12]), int(text[12:]))
    return datetime(int(text[:4]), int(text[4:6]), int(text[6:8]), *clock, tzinfo=UTC)


def _digits(value: Any, count: int) -> str:
    """The digits of a date. Years 1900 to 9998: every zone's offset stays within the calendar."""
    text = str(value).strip() if isinstance(value, int | str) else ""
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) == count):
        raise ValueError
    if not 1900 <= int(text[:4]) <= 9998:
        raise ValueError
    return text
