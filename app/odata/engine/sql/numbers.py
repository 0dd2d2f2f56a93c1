"""Arithmetic as SQLite runs it: Python functions on stored values (a Decimal is text: types.py).

Each answers as the expression of PostgreSQL beside it in the table of functions.py. Arguments are
never None. A result beyond its type's range is None. What raises an ArithmeticError (a Decimal
that is not finite, for example) counts as None too: see programs.py.
"""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Final

LOWEST, HIGHEST = -(2**63), 2**63 - 1
MAX_DOUBLE: Final = Decimal("1.7976931348623158e308")
EXACT: Final = Context(prec=200_000, Emin=-999_999, Emax=999_999)  # sums and products lose nothing
DIVISION: Final = Context(prec=2_000, rounding=ROUND_HALF_UP, Emin=-999_999, Emax=999_999)
QUOTIENT_SCALE: Final = Decimal("1e-20")  # digits of a quotient behind the point
TINIEST: Final = Decimal("1e-320")  # of a Double; what is smaller counts as 0

Number = int | float | str  # as stored


def whole(value: int) -> int | None:
    """The value if it is an Int64."""
    return value if LOWEST <= value <= HIGHEST else None


def text(value: Decimal) -> str | None:
    """A Decimal as it is stored."""
    return format(value, "f") if value.is_finite() else None


def rounded(value: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Without fraction; halves go away from zero."""
    return value.to_integral_value(rounding, EXACT)


def trimmed(value: Decimal) -> str | None:
    """As stored, without zeros at the end of the fraction."""
    if not value.is_finite():
        return None
    written = format(value, "f") if value else "0"
    return written.rstrip("0").rstrip(".") if "." in written else written


def int_add(a: int, b: int) -> int | None:
    """Sum."""
    return whole(a + b)


def int_sub(a: int, b: int) -> int | None:
    """Difference."""
    return whole(a - b)


def int_mul(a: int, b: int) -> int | None:
    """Product."""
    return whole(a * b)


def int_div(a: int, b: int) -> int | None:
    """Quotient, cut towards zero."""
    if b == 0:
        return None
    size = abs(a) // abs(b)
    return whole(size if (a < 0) == (b < 0) else -size)


def int_mod(a: int, b: int) -> int | None:
    """Remainder, with the sign of the left side."""
    if b == 0:
        return None
    size = abs(a) % abs(b)
    return -size if a < 0 else size


def decimal_add(a: str, b: str) -> str | None:
    """Sum."""
    return text(EXACT.add(Decimal(a), Decimal(b)))


def decimal_sub(a: str, b: str) -> str | None:
    """Difference."""
    return text(EXACT.subtract(Decimal(a), Decimal(b)))


def decimal_mul(a: str, b: str) -> str | None:
    """Product."""
    return text(EXACT.multiply(Decimal(a), Decimal(b)))


def quotient(a: Decimal, b: Decimal) -> str | None:
    """Quotient of two Decimals with at most 20 digits behind the point, halves away from zero."""
    if not b:
        return None
    return trimmed(DIVISION.divide(a, b).quantize(QUOTIENT_SCALE, context=DIVISION))


def decimal_div(a: str, b: str) -> str | None:
    """Quotient."""
    return quotient(Decimal(a), Decimal(b))


def decimal_mod(a: str, b: str) -> str | None:
    """Remainder, with the sign of the left side."""
    divisor = Decimal(b)
    return text(EXACT.remainder(Decimal(a), divisor)) if divisor else None


def real(value: float) -> float | None:
    """A Double as SQLite can keep it: NaN is null."""
    return None if math.isnan(value) else value


def double_add(a: float, b: float) -> float | None:
    """Sum."""
    return real(float(a) + b)


def double_sub(a: float, b: float) -> float | None:
    """Difference."""
    return real(float(a) - b)


def double_mul(a: float, b: float) -> float | None:
    """Product."""
    return real(float(a) * b)


def double_div(a: float, b: float) -> float | None:
    """Quotient. Division by zero gives an infinity with the sign of the left side."""
    if b == 0:
        return None if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
    return real(float(a) / b)


def double_mod(a: float, b: float) -> float | None:
    """Remainder of the two as they are written in decimal digits: 5.5 mod 0.1 is 0."""
    if b == 0:
        return None
    left = EXACT.remainder(Decimal(repr(float(a))), Decimal(repr(float(b))))
    return decimal_to_double(str(left))


def decimal_floor(a: str) -> str | None:
    """Down to a whole number."""
    return text(rounded(Decimal(a), ROUND_FLOOR))


def decimal_ceiling(a: str) -> str | None:
    """Up to a whole number."""
    return text(rounded(Decimal(a), ROUND_CEILING))


def decimal_round(a: str) -> str | None:
    """To the nearest whole number, halves away from zero."""
    return text(rounded(Decimal(a)))


def _whole_double(value: float, rounding: str) -> float:
    if math.isinf(value):
        return value
    return float(rounded(Decimal(value), rounding))


def double_floor(a: float) -> float:
    """Down to a whole number."""
    return _whole_double(a, ROUND_FLOOR)


def double_ceiling(a: float) -> float:
    """Up to a whole number."""
    return _whole_double(a, ROUND_CEILING)


def double_round(a: float) -> float:
    """To the nearest whole number, halves away from zero."""
    return _whole_double(a, ROUND_HALF_UP)


def int_to_decimal(a: int) -> str:
    """The same number."""
    return str(a)


def int_to_double(a: int) -> float:
    """The nearest Double."""
    return float(a)


def decimal_to_double(a: str) -> float | None:
    """The nearest Double; None beyond its range."""
    value = Decimal(a)
    if value.is_infinite() or abs(value) >= MAX_DOUBLE:
        return None
    return float(value) if abs(value) >= TINIEST else 0.0


def double_to_decimal(a: float) -> str | None:
    """The shortest decimal that is this Double; None for infinities."""
    return text(Decimal(repr(float(a))))


def _ranged(value: Decimal, low: int, high: int) -> int | None:
    return int(value) if low <= value <= high else None


def int_within(a: int, low: int, high: int) -> int | None:
    """The number, if it is within a range."""
    return a if low <= a <= high else None


def decimal_to_int(a: str, low: int, high: int) -> int | None:
    """Rounded, if it is within a range."""
    return _ranged(rounded(Decimal(a)), low, high)


def double_to_int(a: float, low: int, high: int) -> int | None:
    """Rounded, if it is within a range."""
    if math.isinf(a):
        return None
    return _ranged(rounded(Decimal(repr(float(a)))), low, high)


def duration_mul_int(a: int, b: int) -> int | None:
    """A duration so many times."""
    return whole(a * b)


def duration_mul_decimal(a: int, b: str) -> int | None:
    """A duration times a Decimal, to the microsecond."""
    return whole(int(rounded(EXACT.multiply(Decimal(a), Decimal(b)))))


def duration_mul_double(a: int, b: float) -> int | None:
    """A duration times a Double, to the microsecond."""
    factor = double_to_decimal(b)
    return None if factor is None else duration_mul_decimal(a, factor)


def duration_div_decimal(a: int, b: str) -> int | None:
    """A duration divided by a Decimal, to the microsecond."""
    divisor = Decimal(b)
    if not divisor:
        return None
    return whole(int(rounded(DIVISION.divide(Decimal(a), divisor))))


def duration_div_double(a: int, b: float) -> int | None:
    """A duration divided by a Double, to the microsecond."""
    divisor = double_to_decimal(b)
    if divisor is None:
        return 0 if math.isinf(b) else None
    return duration_div_decimal(a, divisor)


def total_seconds(a: int) -> str:
    """Seconds of a duration."""
    return format(Decimal(a).scaleb(-6), "f")
