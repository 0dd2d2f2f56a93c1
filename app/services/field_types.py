"""The types of custom fields: what a client writes, as the canonical text that is stored.

Every function takes the text without surrounding white space and the zone in which a date without
an offset is meant, and raises ValueError, which says what would be right.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Context, Decimal
from zoneinfo import ZoneInfo

STRING, DATE, INTEGER, DECIMAL, BOOLEAN, LIST, CURRENCY = range(7)
TYPES = range(7)
MAX_VALUE = 10_000  # characters of a string
MAX_LENGTH = 64  # characters of anything else that is written
DIGITS = 28  # before and behind the point, as Edm.Decimal of most clients holds them
INT64 = range(-(2**63), 2**63)
EXACT = Context(prec=MAX_LENGTH)
WHOLE = re.compile("[+-]?[0-9]{1,19}")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
WORDS = {"true": "true", "1": "true", "false": "false", "0": "false"}


def canonical(kind: int, text: str, zone: str) -> str:
    """The text of a value of a type as it is stored. Raises ValueError."""
    if kind in (STRING, LIST):
        return text
    if len(text) > MAX_LENGTH:
        raise ValueError(f"up to {MAX_LENGTH} characters")
    return READERS[kind](text.strip(), zone)


def _date(text: str, zone: str) -> str:
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=ZoneInfo(zone))
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a date, or a date and time, of ISO 8601") from None
    if not 1 < instant.year < 9999:
        raise ValueError("a year from 2 to 9998")
    return instant.isoformat(timespec="microseconds")[:26] + "Z"


def _integer(text: str, _zone: str) -> str:
    if not WHOLE.fullmatch(text) or int(text) not in INT64:
        raise ValueError("a whole number of 64 bits")
    return str(int(text))


def _decimal(text: str, _zone: str) -> str:
    if not NUMBER.fullmatch(text):
        raise ValueError("a number")
    number = Decimal(text).normalize(EXACT)
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if len(digits) + exponent > DIGITS or -exponent > DIGITS:
        raise ValueError(f"up to {DIGITS} digits before and behind the point")
    return format(number, "f") if number else "0"


def _boolean(text: str, _zone: str) -> str:
    try:
        return WORDS[text.lower()]
    except KeyError:
        raise ValueError("true or false") from None


READERS: dict[int, Callable[[str, str], str]] = {
    DATE: _date,
    INTEGER: _integer,
    DECIMAL: _decimal,
    BOOLEAN: _boolean,
    CURRENCY: _decimal,
}
