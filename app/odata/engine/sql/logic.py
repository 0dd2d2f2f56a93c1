"""Comparisons and logic as SQLite runs them inside of programs: on stored values, with None.

They are SQL's three-valued logic, on numbers 0 and 1.
"""

from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from operator import eq, ge, gt, le, lt
from typing import Any, Final

COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": eq,
    "gt": gt,
    "ge": ge,
    "lt": lt,
    "le": le,
}


def of_decimals(compare: Callable[[Any, Any], bool]) -> Callable[[str, str], bool]:
    """A comparison of Decimals that are stored as text."""
    return lambda a, b: compare(Decimal(a), Decimal(b))


def decimal_order(a: str, b: str) -> int:
    """-1, 0 or 1: the collation of Decimals."""
    left, right = Decimal(a), Decimal(b)
    return (left > right) - (left < right)


def same(a: Any, b: Any) -> bool:
    """Equal, or both null."""
    return bool(a == b)


def same_decimal(a: str | None, b: str | None) -> bool:
    """Equal numbers, or both null."""
    return a is b if a is None or b is None else Decimal(a) == Decimal(b)


def differs(a: Any, b: Any) -> bool:
    """Not `same`."""
    return bool(a != b)


def differs_decimal(a: str | None, b: str | None) -> bool:
    """Not `same_decimal`."""
    return not same_decimal(a, b)


def is_null(a: Any) -> bool:
    """Null."""
    return a is None


def is_not_null(a: Any) -> bool:
    """Not null."""
    return a is not None


def sure(a: Any) -> bool:
    """True, neither false nor null."""
    return bool(a)


def unsure(a: Any) -> bool:
    """False or null."""
    return not a


def negated(a: Any) -> bool:
    """False where it is true."""
    return not a


def all_of(*values: Any) -> bool | None:
    """and."""
    if any(value is not None and not value for value in values):
        return False
    return None if None in values else True


def any_of(*values: Any) -> bool | None:
    """or."""
    if any(values):
        return True
    return None if None in values else False


def case(*pairs: Any) -> Any:
    """The value behind the first condition that is true."""
    conditions, values = islice(pairs, 0, None, 2), islice(pairs, 1, None, 2)
    return next((value for true, value in zip(conditions, values, strict=True) if true), None)


def has(a: int, b: int) -> bool:
    """All bits of b are set in a."""
    return a & b == b
