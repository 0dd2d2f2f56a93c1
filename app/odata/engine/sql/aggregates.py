"""Aggregates that SQLite lacks: exact sums of Decimals, sums of integers that do not overflow.

Each is a class as sqlite3 wants one.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.odata.engine.sql import numbers

LARGE: Final = 1e290  # sums of Doubles beyond are null, as a sum of such could overflow


class Total:
    """Number and sum of the values that are not null."""

    def __init__(self) -> None:
        self.count = 0
        self.sum: Any = 0

    def step(self, value: Any) -> None:
        """One more value."""
        if value is not None:
            self.count += 1
            self.add(value)

    def add(self, value: Any) -> None:
        """Add to the sum."""
        self.sum += value

    def finalize(self) -> Any:
        """The result; None without values."""
        return self.result() if self.count else None

    def result(self) -> Any:
        """The result of one value or more: the sum of integers, None beyond Int64."""
        return numbers.whole(self.sum)


class AverageOfIntegers(Total):
    """average of integers, as a Double."""

    def result(self) -> float:
        """Sum by number."""
        return float(self.sum) / float(self.count)


class SumOfDecimals(Total):
    """sum of Decimals, or of integers as a Decimal. It can stand over a window, too; but not over
    one whose frame is empty: Python's module crashes there.
    """

    def add(self, value: Any) -> None:
        """Add to the sum."""
        self.sum = numbers.EXACT.add(Decimal(self.sum), Decimal(value))

    def inverse(self, value: Any) -> None:
        """A value leaves the window."""
        if value is not None:
            self.count -= 1
            self.sum = numbers.EXACT.subtract(Decimal(self.sum), Decimal(value))

    def value(self) -> Any:
        """The result so far."""
        return self.finalize()

    def result(self) -> str | None:
        """The sum."""
        return numbers.text(self.sum)


class AverageOfDecimals(SumOfDecimals):
    """average of Decimals."""

    def result(self) -> str | None:
        """Sum by number, 20 digits behind the point."""
        return numbers.quotient(self.sum, Decimal(self.count))


class SumOfDoubles(Total):
    """sum of Doubles; None where one is larger than 1e290."""

    def __init__(self) -> None:
        super().__init__()
        self.sum = 0.0
        self.large = False

    def add(self, value: Any) -> None:
        """Add to the sum, which stays far from an overflow."""
        self.large = self.large or abs(value) > LARGE
        self.sum += 0.0 if self.large else value

    def result(self) -> float | None:
        """The sum."""
        return None if self.large else self.sum


class AverageOfDoubles(SumOfDoubles):
    """average of Doubles; None where one is larger than 1e290."""

    def result(self) -> float | None:
        """Sum by number."""
        return None if self.large else self.sum / self.count


AGGREGATES: Final[Mapping[str, type[Total]]] = {
    "odata_sum_int": Total,
    "odata_sum_double": SumOfDoubles,
    "odata_average_int": AverageOfIntegers,
    "odata_average_decimal": AverageOfDecimals,
    "odata_average_double": AverageOfDoubles,
}
WINDOWS: Final = {"odata_sum_decimal": SumOfDecimals}
