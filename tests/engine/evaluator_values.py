"""Operators and functions on Python values, from the standard: half of the evaluator.

Where the standard leaves a choice, it follows docs/compatibility.md: numbers out of range and
division of integers and Decimals by zero are null, a quotient of Decimals has 20 digits behind the
point, the remainder of Doubles is that of the decimals that are written, NaN is null.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

from app.odata.engine.edm import (
    BYTE,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    INT16,
    INT32,
    INT64,
    SBYTE,
    SINGLE,
    STRING,
    TIME_OF_DAY,
    EnumType,
)
from app.odata.engine.primitives import from_text, to_text

EXACT = Context(prec=5000)
RANGES = {
    SBYTE: (-128, 127),
    BYTE: (0, 255),
    INT16: (-32768, 32767),
    INT32: (-(2**31), 2**31 - 1),
    INT64: (-(2**63), 2**63 - 1),
}
INTEGERS, FLOATS = tuple(RANGES), (SINGLE, DOUBLE)
MICROSECOND = timedelta(microseconds=1)
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


def family(kind: Any) -> str:
    if kind in INTEGERS or isinstance(kind, EnumType):
        return "integer"
    return "decimal" if kind == DECIMAL else "double" if kind in FLOATS else "other"


def _common(one: Any, other: Any) -> Any:
    """The wider of two numeric types."""
    order = {"integer": 0, "decimal": 1, "double": 2}
    return max((one, other), key=lambda kind: order.get(family(kind), 0))


def brought(value: Any, own: Any, kind: Any) -> Any:
    """A number in the family of another type."""
    source, target = family(own), family(kind)
    if value is None or source == target or "other" in (source, target):
        return value
    if target == "double":
        return _double(value)
    if target == "decimal" and isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    return Decimal(value) if target == "decimal" else value


def _double(value: int | Decimal) -> float | None:
    """The nearest Double; null where there is none."""
    try:
        found = float(value)
    except OverflowError:
        return None
    return None if math.isinf(found) else found


def equal(one: Any, own: Any, other: Any, others: Any) -> bool:
    if one is None or other is None:
        return one is None and other is None
    kind = _common(own, others)
    left, right = brought(one, own, kind), brought(other, others, kind)
    return bool(left == right)


def ordered(operator: str, one: Any, own: Any, other: Any, others: Any) -> bool:
    kind = _common(own, others)
    left, right = brought(one, own, kind), brought(other, others, kind)
    if left is None or right is None:
        return False
    answers = {
        "gt": left > right,
        "ge": left >= right,
        "lt": left < right,
        "le": left <= right,
    }
    return answers[operator]


def bounded(value: Any, kind: Any) -> Any:
    """Null for what its type cannot hold."""
    if isinstance(value, timedelta):
        return value if INT64_LOW <= value // MICROSECOND <= INT64_HIGH else None
    if isinstance(value, int) and not INT64_LOW <= value <= INT64_HIGH:
        return None
    return None if isinstance(value, float) and math.isnan(value) else value


INT64_LOW, INT64_HIGH = RANGES[INT64]


def _towards_zero(a: Fraction) -> int:
    return math.floor(a) if a >= 0 else math.ceil(a)


def _integers(operator: str, a: int, b: int) -> int | None:
    if operator in ("div", "mod") and b == 0:
        return None
    results: dict[str, Callable[[], int]] = {
        "add": lambda: a + b,
        "sub": lambda: a - b,
        "mul": lambda: a * b,
        "div": lambda: _towards_zero(Fraction(a, b)),
        "mod": lambda: a - b * _towards_zero(Fraction(a, b)),
    }
    found: int | None = bounded(results[operator](), INT64)
    return found


def _decimals(operator: str, a: Decimal, b: Decimal) -> Decimal | None:
    if operator in ("div", "divby", "mod") and b == 0:
        return None
    if operator in ("div", "divby"):
        return _half_away(Fraction(a) / Fraction(b) * 10**20) / Decimal(10**20)
    if operator == "mod":
        left, right = Fraction(a), Fraction(b)
        rest = left - right * _towards_zero(left / right)
        return EXACT.divide(Decimal(rest.numerator), Decimal(rest.denominator))
    results = {"add": EXACT.add, "sub": EXACT.subtract, "mul": EXACT.multiply}
    return results[operator](a, b)


def _half_away(value: Fraction) -> Decimal:
    size = math.floor(abs(value) + Fraction(1, 2))
    return Decimal(size if value >= 0 else -size)


def _doubles(operator: str, a: float, b: float) -> float | None:
    if operator in ("div", "divby") and b == 0:
        return math.copysign(math.inf, a) if a else None
    if operator == "mod":
        if b == 0 or math.isinf(a):
            return None
        if math.isinf(b):
            return a
        # Of the decimals that are written, see docs/compatibility.md.
        found = _decimals("mod", Decimal(repr(a)), Decimal(repr(b)))
        return None if found is None else float(found)
    results: dict[str, Callable[[], float]] = {
        "add": lambda: a + b,
        "sub": lambda: a - b,
        "mul": lambda: a * b,
        "div": lambda: a / b,
        "divby": lambda: a / b,
    }
    found = bounded(results[operator](), DOUBLE)
    return found


NUMERIC: dict[str, Callable[[str, Any, Any], Any]] = {
    "integer": _integers,
    "decimal": _decimals,
    "double": _doubles,
}


def temporal(operator: str, left: Any, right: Any) -> Any:
    try:
        if isinstance(left, timedelta) and isinstance(right, timedelta):
            return bounded(left + right if operator == "add" else left - right, DURATION)
        if isinstance(left, datetime | date) and isinstance(right, timedelta):
            return _moved(left, right if operator == "add" else -right)
        if isinstance(left, datetime | date):
            return left - right
        return _scaled(operator, left, right)
    except OverflowError:
        return None


def _moved(start: datetime | date, by: timedelta) -> datetime | date:
    if isinstance(start, datetime):
        return start + by
    return (datetime.combine(start, time.min) + by).date()


def _scaled(operator: str, left: Any, right: Any) -> timedelta | None:
    """A duration times or by a number, to the microsecond."""
    size, factor = (left, right) if isinstance(left, timedelta) else (right, left)
    microseconds = Fraction(size // MICROSECOND)
    if isinstance(factor, float):
        if math.isinf(factor):
            return timedelta(0) if operator != "mul" else None
        factor = Decimal(repr(factor))
    number = Fraction(factor)
    if operator != "mul" and number == 0:
        return None
    exact = microseconds * number if operator == "mul" else microseconds / number
    whole = int(_half_away(exact))
    return timedelta(microseconds=whole) if INT64_LOW <= whole <= INT64_HIGH else None


_ROUNDING = {"round": ROUND_HALF_UP, "floor": ROUND_FLOOR, "ceiling": ROUND_CEILING}


def rounded(name: str, value: Any) -> Any:
    if isinstance(value, float):
        if math.isinf(value):
            return value
        return float(Decimal(value).to_integral_value(_ROUNDING[name]))
    return Decimal(value).to_integral_value(_ROUNDING[name])


def _substring(text: str, start: int, size: int | None = None) -> str:
    begin = start if start >= 0 else max(len(text) + start, 0)
    return text[begin:] if size is None else text[begin : begin + max(size, 0)]


def _case(text: str, upper: bool) -> str:
    """Each character alone, and one for one."""
    return "".join(_one_for_one(each, upper) for each in text)


def _one_for_one(character: str, upper: bool) -> str:
    if character == "İ" and not upper:
        return "i"
    mapped = character.upper() if upper else character.lower()
    return mapped if len(mapped) == 1 else character


def _of_day(name: str) -> Callable[[Any], int]:
    return lambda value: int(getattr(value, name))


def _clock(value: datetime | time) -> Decimal:
    return Decimal(value.microsecond).scaleb(-6)


def _trimmed(text: str) -> str:
    return text.strip(" \t\n\u00a0\u2003")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text[: len(part)] == part,
    "endswith": lambda text, part: part == "" or text[-len(part) :] == part,
    "indexof": lambda text, part: text.find(part),
    "length": len,
    "substring": _substring,
    "concat": lambda one, other: one + other,
    "tolower": lambda text: _case(text, False),
    "toupper": lambda text: _case(text, True),
    "trim": _trimmed,
    "matchespattern": lambda text, pattern: re.search(pattern, text, re.ASCII) is not None,
    "year": _of_day("year"),
    "month": _of_day("month"),
    "day": _of_day("day"),
    "hour": _of_day("hour"),
    "minute": _of_day("minute"),
    "second": _of_day("second"),
    "fractionalseconds": _clock,
    "date": lambda value: value.date(),
    "time": lambda value: value.time(),
    "totaloffsetminutes": lambda value: 0,
    "totalseconds": lambda value: Decimal(value // MICROSECOND).scaleb(-6),
    "mindatetime": lambda: EARLIEST,
    "maxdatetime": lambda: LATEST,
}


def cast(value: Any, own: Any, target: Any) -> Any:
    """URL Conventions 5.1.1.12.1."""
    if value is None or own == target:
        return value
    if own == STRING:
        return cast_text(value, target)
    if target == STRING:
        return format(value.normalize(EXACT) + 0, "f") if own == DECIMAL else to_text(own, value)
    if isinstance(own, EnumType) and target not in INTEGERS:
        return None
    if family(own) != "other":
        return _cast_number(value, own, target)
    return _cast_moment(value, own, target)


def _cast_number(value: Any, own: Any, target: Any) -> Any:
    if isinstance(target, EnumType):
        return value if value in dict(target.members).values() else None
    if target in INTEGERS:
        return _to_integer(value, target)
    return brought(value, own, target) if family(target) != "other" else None


def _cast_moment(value: Any, own: Any, target: Any) -> Any:
    """An extension of ours: a day is its first instant, an instant has a day and a time."""
    if (own, target) == (DATE, DATE_TIME_OFFSET):
        return datetime.combine(value, time.min, UTC)
    if own == DATE_TIME_OFFSET and target in (DATE, TIME_OF_DAY):
        return value.date() if target == DATE else value.time()
    return None


def cast_text(text: str, target: Any) -> Any:
    """A text cast to another type; narrower than literals, see sql/casts.py."""
    if target == DATE_TIME_OFFSET and re.fullmatch(r"[0-9-]+T[0-9:.]+", text):
        text += "Z"
    if text == "NaN" or re.search(r":60(?![0-9])|[+-](1[6-9]|2[0-9]):", text):
        return None  # NaN is null; no leap seconds here, and no offset beyond 15:59
    try:
        return from_text(target, text)
    except ValueError:
        return None


def _to_integer(value: Any, target: Any) -> int | None:
    if isinstance(value, float):
        if math.isinf(value):
            return None
        value = Decimal(repr(value))
    whole = int(_half_away(Fraction(value)))
    low, high = RANGES[target]
    return whole if low <= whole <= high else None
