"""What may stand in a column: texts without what no store can keep, numbers within bounds.

Each function gives the value back, or raises Invalid under the name of the field.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import Invalid
from app.services.commands import MAX_NAME
from app.services.markup import sanitised

MAX_TEXT = 262_144  # characters
MAX_INT = 2**31 - 1
MAX_POSITION = 10**9  # far enough from the end of the column for rows that follow


def text(value: str, field: str, most: int = MAX_TEXT) -> str:
    """A text of up to `most` characters, which may be empty."""
    if len(value) > most:
        raise Invalid({field: f"up to {most} characters"})
    if "\0" in value or any("\ud800" <= each <= "\udfff" for each in value):
        raise Invalid({field: "NUL and halves of surrogate pairs cannot be kept"})
    return value


def name(value: str, field: str = "name", most: int = MAX_NAME) -> str:
    """A text of 1 to `most` characters that are not all white space."""
    if not value.strip():
        raise Invalid({field: "must not be empty"})
    return text(value, field, most)


def html(value: str, field: str = "description_html") -> str:
    """HTML that is safe to show: what is not allowed is taken out."""
    return sanitised(value, field)


def whole(value: int, field: str, least: int = -MAX_INT, most: int = MAX_INT) -> int:
    """A whole number within bounds."""
    if not least <= value <= most:
        raise Invalid({field: f"a whole number from {least} to {most}"})
    return value


def position(value: int, field: str) -> int:
    """A place in an order."""
    return whole(value, field, -MAX_POSITION, MAX_POSITION)


def percent(value: int, field: str) -> int:
    """A whole number from 0 to 100."""
    return whole(value, field, 0, 100)


def any_color(value: int | None, field: str) -> int | None:
    """A colour as clients say it, any number of 32 bits, or none."""
    return value if value is None else whole(value, field, -MAX_INT - 1, MAX_INT)


def instant(value: datetime | None, field: str) -> datetime | None:
    """An aware instant, or none. Its year leaves every zone's offset within the calendar."""
    if value is not None and not 1 < value.year < 9999:
        raise Invalid({field: "a year from 2 to 9998"})
    return value


def anything(value: Any, _field: str) -> Any:
    """A value that needs no check."""
    return value


def checked(values: Mapping[str, Any], checks: Mapping[str, Any]) -> dict[str, Any]:
    """The values, each passed through the check of its column."""
    return {field: checks[field](value, field) for field, value in values.items()}
