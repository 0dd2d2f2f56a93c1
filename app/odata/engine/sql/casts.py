"""Casts to and from strings as SQLite runs them (URL Conventions 5.1.1.12.1).

A text that is no value of the type makes the cast None. Texts are read more narrowly than literals
are: no leap seconds, offsets up to 15:59, exponents of at most three digits; so both databases can
do it alike. An instant without an offset is taken as UTC.
"""

import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from decimal import Decimal
from typing import Final

from app.odata.engine.edm import DATE, DATE_TIME_OFFSET, DOUBLE, DURATION, GUID, TIME_OF_DAY
from app.odata.engine.primitives import from_text, to_text
from app.odata.engine.sql.numbers import decimal_to_double, trimmed
from app.odata.engine.sql.types import MICROSECOND, instant_text, time_text

LONGEST: Final = 400  # characters of a text that is read as anything else
INTEGER: Final = "[+-]?[0-9]+"
NUMBER: Final = r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"
DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,12})?)?"
OFFSET: Final = "([Zz]|[+-](0[0-9]|1[0-5]):[0-5][0-9])?"
INSTANT: Final = f"{DAY}[Tt]{TIME}{OFFSET}"
MAGNITUDE: Final = Decimal("1e401")  # a Decimal is smaller, and has at most 400 digits of fraction
DIGITS: Final = 400
_SPECIAL: Final = {"INF": float("inf"), "-INF": float("-inf")}
_NO_OFFSET: Final = re.compile(".*[Tt][0-9:.]+")


def unchanged(value: str) -> str:
    """What is stored is the result already."""
    return value


def _is(pattern: str, text: str) -> bool:
    return len(text) <= LONGEST and re.fullmatch(pattern, text) is not None


def text_to_bool(text: str) -> bool | None:
    """true or false, in any case."""
    return {"true": True, "false": False}.get(text.lower())


def text_to_int(text: str, low: int, high: int) -> int | None:
    """An integer within a range."""
    if not _is(INTEGER, text):
        return None
    value = int(text)
    return value if low <= value <= high else None


def text_to_decimal(text: str) -> str | None:
    """A Decimal."""
    value = Decimal(text) if _is(NUMBER, text) else None
    if value is None or abs(value) >= MAGNITUDE or -int(value.as_tuple().exponent) > DIGITS:
        return None
    return format(value, "f")


def text_to_double(text: str) -> float | None:
    """A Double."""
    if text in _SPECIAL:
        return _SPECIAL[text]
    return decimal_to_double(text) if _is(NUMBER, text) else None


def text_to_guid(text: str) -> str:
    """A Guid in lower case. Raises ValueError, which counts as None."""
    return str(from_text(GUID, text))


def text_to_date(text: str) -> str | None:
    """A date."""
    return str(from_text(DATE, text)) if _is(DAY, text) else None


def text_to_time(text: str) -> str | None:
    """A time of the day."""
    return time_text(from_text(TIME_OF_DAY, text)) if _is(TIME, text) else None


def text_to_instant(text: str) -> str | None:
    """An instant."""
    if not _is(INSTANT, text):
        return None
    whole = f"{text}Z" if _NO_OFFSET.fullmatch(text) else text
    return instant_text(from_text(DATE_TIME_OFFSET, whole))


def text_to_duration(text: str) -> int:
    """A duration. Raises ValueError, which counts as None."""
    value: timedelta = from_text(DURATION, text)
    return value // MICROSECOND


def bool_to_text(value: int) -> str:
    """true or false."""
    return "true" if value else "false"


def int_to_text(value: int) -> str:
    """Digits."""
    return str(value)


def decimal_to_text(value: str) -> str | None:
    """Digits without zeros at the end of the fraction."""
    return trimmed(Decimal(value))


def double_to_text(value: float) -> str:
    """The shortest digits that are this Double."""
    return to_text(DOUBLE, value)


def instant_to_text(value: str) -> str:
    """With a fraction only where there is one."""
    return value[:-1].rstrip("0").removesuffix(".") + "Z" if "." in value else value


def time_to_text(value: str) -> str:
    """With a fraction only where there is one."""
    return value.rstrip("0").removesuffix(".") if "." in value else value


def duration_to_text(value: int) -> str:
    """ISO 8601 with days, hours, minutes and seconds."""
    return to_text(DURATION, timedelta(microseconds=value))


def binary_to_text(value: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
