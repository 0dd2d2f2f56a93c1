"""How values of Edm types stand in the two databases, as SQLAlchemy types (table: source.py).

Bound parameters and results pass through these types; PostgreSQL gets an explicit cast with each
parameter, so that it never has to guess.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Double,
    LargeBinary,
    Numeric,
    Text,
    Time,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DURATION,
    FLOATS,
    INTEGERS,
    TIME_OF_DAY,
    EnumType,
)

MICROSECOND: Final = timedelta(microseconds=1)


def is_sqlite(dialect: Dialect) -> bool:
    """The dialect is SQLite's."""
    return dialect.name == "sqlite"


class InstantType(TypeDecorator[datetime]):
    """Edm.DateTimeOffset: timestamptz, or text of fixed width in UTC, to the microsecond."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite, so that the order of texts is the order of instants."""
        kind: TypeEngine[Any] = Text() if is_sqlite(dialect) else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """An aware value in UTC."""
        if value is None or not is_sqlite(dialect):
            return value
        return instant_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """An aware value."""
        return datetime.fromisoformat(value) if isinstance(value, str) else value


class DateType(TypeDecorator[date]):
    """Edm.Date: date, or text YYYY-MM-DD."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite."""
        return dialect.type_descriptor(Text() if is_sqlite(dialect) else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """ISO text in SQLite."""
        return value if value is None or not is_sqlite(dialect) else value.isoformat()

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """A date."""
        return date.fromisoformat(value) if isinstance(value, str) else value


class TimeType(TypeDecorator[time]):
    """Edm.TimeOfDay: time, or text HH:MM:SS.ffffff."""

    impl = Time
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite."""
        return dialect.type_descriptor(Text() if is_sqlite(dialect) else Time())

    def process_bind_param(self, value: time | None, dialect: Dialect) -> Any:
        """Text of fixed width in SQLite."""
        return value if value is None or not is_sqlite(dialect) else time_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> time | None:
        """A time."""
        return time.fromisoformat(value) if isinstance(value, str) else value


class DecimalType(TypeDecorator[Decimal]):
    """Edm.Decimal: numeric of any precision, or text."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite, which has no exact decimals."""
        return dialect.type_descriptor(Text() if is_sqlite(dialect) else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Text without an exponent in SQLite."""
        return value if value is None or not is_sqlite(dialect) else format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """A Decimal, also where an aggregate of SQLite gives an integer."""
        return value if value is None or isinstance(value, Decimal) else Decimal(value)


class DurationType(TypeDecorator[timedelta]):
    """Edm.Duration: whole microseconds, 64 bits."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        """Microseconds."""
        return None if value is None else value // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        """A duration."""
        return None if value is None else timedelta(microseconds=value)


def instant_text(value: datetime) -> str:
    """An aware instant as SQLite keeps it."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def time_text(value: time) -> str:
    """A time as SQLite keeps it."""
    return value.isoformat(timespec="microseconds")


TEXT: Final = Text()
INTEGER: Final = BigInteger()
TRUTH: Final = Boolean()
_TYPES: Final[Mapping[object, TypeEngine[Any]]] = {
    BINARY: LargeBinary(),
    BOOLEAN: TRUTH,
    DATE: DateType(),
    DATE_TIME_OFFSET: InstantType(),
    DECIMAL: DecimalType(),
    DURATION: DurationType(),
    TIME_OF_DAY: TimeType(),
    **dict.fromkeys(INTEGERS, INTEGER),
    **dict.fromkeys(FLOATS, Double()),
}


def sql_type(kind: object) -> TypeEngine[Any]:
    """The SQLAlchemy type for values of a primitive type or an enumeration; Text for all others."""
    return INTEGER if isinstance(kind, EnumType) else _TYPES.get(kind, TEXT)
