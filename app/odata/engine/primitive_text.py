"""The text of each primitive type: one reader and one writer per type (OData ABNF, section 7).

Used by primitives.py, which checks lengths and words the refusals: a reader here raises a bare
ValueError or OverflowError.
"""

import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from math import isinf, isnan
from typing import Any, Final

from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    BYTE,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    GUID,
    INT16,
    INT32,
    INT64,
    SBYTE,
    SINGLE,
    STRING,
    TIME_OF_DAY,
    PrimitiveType,
)

MAX_EXPONENT: Final = 400  # decimals beyond are refused: written out, they would be too long
MAX_DURATION: Final = 2**63 - 1  # microseconds: what a column can hold
MAX_SINGLE: Final = 3.4028235677973366e38  # from here on, rounding gives infinity

RANGES: Final[Mapping[PrimitiveType, tuple[int, int]]] = {
    SBYTE: (-128, 127),
    BYTE: (0, 255),
    INT16: (-(2**15), 2**15 - 1),
    INT32: (-(2**31), 2**31 - 1),
    INT64: (-(2**63), 2**63 - 1),
}
SPECIAL: Final = {"INF": float("inf"), "-INF": float("-inf"), "NaN": float("nan")}

_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?0*[0-9]{1,3})?", re.IGNORECASE)
_DOUBLE: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?", re.IGNORECASE)
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BASE64: Final = re.compile(r"([A-Za-z0-9_+/-]*)={0,2}")
_STANDARD_ALPHABET: Final = str.maketrans("-_", "+/")
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME: Final = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,12}))?)?")
_INSTANT: Final = re.compile(r"([0-9-]{10})T([0-9:.]+)(?:Z|([+-])([0-9]{2}):([0-9]{2}))", re.I)
_DURATION: Final = re.compile(
    r"([+-]?)P(?=.)(?:([0-9]+)D)?"
    r"(?:T(?=.)(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]+))?S)?)?",
    re.IGNORECASE,
)
REMEMBERED: Final = 1024  # instants that were read: the items of a batch often have the same ones
_LEAP_SECOND: Final = re.compile(r"([0-9]{2}:[0-9]{2}:)60(\.[0-9]+)?")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")  # no database takes these in a text


def bounded(value: Decimal) -> Decimal:
    """The same value. Raises ValueError for an infinity, NaN, or an exponent that would make a
    very long text.
    """
    if not value.is_finite():
        raise ValueError
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if max(abs(exponent), abs(value.adjusted())) > MAX_EXPONENT:
        raise ValueError
    return value


def in_range(kind: PrimitiveType, value: float) -> float:
    """The same value. Raises ValueError where rounding to the type has given, or would give, an
    infinity that nobody wrote.
    """
    if isinf(value) or (kind == SINGLE and abs(value) >= MAX_SINGLE):
        raise ValueError
    return value


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError
    return found


def _string(text: str) -> str:
    if _UNSTORABLE.search(text):
        raise ValueError
    return text


def _guid(text: str) -> str:
    return _match(_GUID, text)[0].lower()


def _boolean(text: str) -> bool:
    truth = {"true": True, "false": False}.get(text.lower())
    if truth is None:
        raise ValueError
    return truth


def _integer(kind: PrimitiveType, text: str) -> int:
    low, high = RANGES[kind]
    value = int(_match(_INTEGER, text)[0])
    if not low <= value <= high:
        raise ValueError
    return value


def _decimal(text: str) -> Decimal:
    return bounded(Decimal(_match(_DECIMAL, text)[0]))


def _real(kind: PrimitiveType, text: str) -> float:
    if text in SPECIAL:
        return SPECIAL[text]
    return in_range(kind, float(_match(_DOUBLE, text)[0]))


def _binary(text: str) -> bytes:
    digits = _match(_BASE64, text)[1].translate(_STANDARD_ALPHABET)
    value = b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    # Bits behind the last byte have to be zero, or two texts would be the same value.
    if b64encode(value).rstrip(b"=") != digits.encode():
        raise ValueError
    return value


def _date(text: str) -> date:
    year, month, day = _match(_DATE, text).groups()
    return date(int(year), int(month), int(day))


def _time(text: str) -> time:
    hour, minute, second, fraction = _match(_TIME, text).groups()
    return time(int(hour), int(minute), int(second or 0), _microseconds(fraction))


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


@lru_cache(REMEMBERED)
def _instant(text: str) -> datetime:
    day, clock, sign, hours, minutes = _match(_INSTANT, text).groups()
    leap = _LEAP_SECOND.fullmatch(clock)
    if leap is not None:
        clock = f"{leap[1]}59{leap[2] or ''}"
    local = datetime.combine(_date(day), _time(clock), UTC)
    if leap is not None:
        local += timedelta(seconds=1)
    if sign is None:
        return local
    shown = time(int(hours), int(minutes))  # refuses 24:00 and above
    offset = timedelta(hours=shown.hour, minutes=shown.minute)
    return local - offset if sign == "+" else local + offset


def _duration(text: str) -> timedelta:
    sign, days, hours, minutes, seconds, fraction = _match(_DURATION, text).groups()
    size = timedelta(int(days or 0), int(seconds or 0), _microseconds(fraction))
    size += timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if size // timedelta(microseconds=1) > MAX_DURATION:
        raise ValueError
    return -size if sign == "-" else size


READERS: Final[Mapping[PrimitiveType, Callable[[str], Any]]] = {
    BINARY: _binary,
    BOOLEAN: _boolean,
    DATE: _date,
    DATE_TIME_OFFSET: _instant,
    DECIMAL: _decimal,
    DURATION: _duration,
    GUID: _guid,
    STRING: _string,
    TIME_OF_DAY: _time,
    **{kind: partial(_integer, kind) for kind in RANGES},
    **{kind: partial(_real, kind) for kind in (SINGLE, DOUBLE)},
}


def _decimal_text(value: Any) -> str:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return format(exact, "f")


def _real_text(value: Any) -> str:
    number = float(value)
    if isnan(number):
        return "NaN"
    if isinf(number):
        return "INF" if number > 0 else "-INF"
    return repr(number).removesuffix(".0").replace("e+", "e")


def _fraction(microseconds: int) -> str:
    return f".{microseconds:06d}".rstrip("0") if microseconds else ""


def _time_text(value: time) -> str:
    return f"{value:%H:%M:%S}{_fraction(value.microsecond)}"


def _instant_text(value: datetime) -> str:
    utc = value.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='seconds')}{_fraction(utc.microsecond)}Z"


def _duration_text(value: timedelta) -> str:
    size = abs(value)
    minutes, seconds = divmod(size.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    if seconds or size.microseconds or not size:
        clock += f"{seconds}{_fraction(size.microseconds)}S"
    days = f"{size.days}D" * bool(size.days)
    return "-" * (value != size) + "P" + days + f"T{clock}" * bool(clock)


def _binary_text(value: Any) -> str:
    return urlsafe_b64encode(bytes(value)).rstrip(b"=").decode("ascii")


WRITERS: Final[Mapping[PrimitiveType, Callable[[Any], str]]] = {
    BINARY: _binary_text,
    BOOLEAN: lambda value: "true" if value else "false",
    DATE: date.isoformat,
    DATE_TIME_OFFSET: _instant_text,
    DECIMAL: _decimal_text,
    DURATION: _duration_text,
    GUID: str,
    STRING: str,
    TIME_OF_DAY: _time_text,
    **dict.fromkeys(RANGES, lambda value: str(int(value))),
    **dict.fromkeys((SINGLE, DOUBLE), _real_text),
}
