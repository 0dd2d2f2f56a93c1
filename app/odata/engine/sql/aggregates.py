"""Aggregates that SQLite lacks: exact sums of Decimals, sums of integers that do not overflow.

Each is a class as sqlite3 wants one. They can stand over windows too, where rows also leave.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.odata.engine.sql import numbers

LARGE: Final = 1e290  # sums of Doubles beyond are null, as a sum of such could overflow


class _Total:
    """Number and sum of the values that are not null."""

    def __init__(self) -> None:
        self.count = 0
        self.sum: Any = 0

    def step(self, value: Any) -> None:
        """One more value."""
        if value is not None:
            self.count += 1
            self.add(value, 1)

    def inverse(self, value: Any) -> None:
        """A value less."""
        if value is not None:
            self.count -= 1
            self.add(value, -1)

    def add(self, value: Any, sign: int) -> None:
        """Change the sum."""
        self.sum += sign * value

    def value(self) -> Any:
        """The result so far; None without values."""
        return self.result() if self.count else None

    finalize = value

    def result(self) -> Any:
        """The result of one value or more."""
        raise NotImplementedError


class SumOfIntegers(_Total):
    """sum of integers; None beyond Int64."""

    def result(self) -> int | None:
        """The sum."""
        return numbers.whole(self.sum)


class AverageOfIntegers(_Total):
    """average of integers, as a Double."""

    def result(self) -> float:
        """Sum by number."""
        return float(self.sum) / float(self.count)


class _Decimals(_Total):
    def __init__(self) -> None:
        super().__init__()
        self.sum = Decimal(0)

    def add(self, value: Any, sign: int) -> None:
        change = numbers.EXACT.add if sign > 0 else numbers.EXACT.subtract
        self.sum = change(self.sum, Decimal(value))


class SumOfDecimals(_Decimals):
    """sum of Decimals, or of integers as a Decimal."""

    def result(self) -> str | None:
        """The sum."""
        return numbers.text(self.sum)


class AverageOfDecimals(_Decimals):
    """average of Decimals."""

    def result(self) -> str | None:
        """Sum by number, 20 digits behind the point."""
        return numbers.quotient(self.sum, Decimal(self.count))


class _Doubles(_Total):
    def __init__(self) -> None:
        super().__init__()
        self.sum = 0.0
        self.large = 0

    def add(self, value: Any, sign: int) -> None:
        if abs(value) > LARGE:
            self.large += sign
        else:
            self.sum += sign * value


class SumOfDoubles(_Doubles):
    """sum of Doubles; None where one is larger than 1e290."""

    def result(self) -> float | None:
        """The sum."""
        return None if self.large else self.sum


class AverageOfDoubles(_Doubles):
    """average of Doubles; None where one is larger than 1e290."""

    def result(self) -> float | None:
        """Sum by number."""
        return None if self.large else self.sum / self.count


AGGREGATES: Final[Mapping[str, type[_Total]]] = {
    "odata_sum_int": SumOfIntegers,
    "odata_sum_decimal": SumOfDecimals,
    "odata_sum_double": SumOfDoubles,
    "odata_average_int": AverageOfIntegers,
    "odata_average_decimal": AverageOfDecimals,
    "odata_average_double": AverageOfDoubles,
}
