"""Expressions that the two engines write differently, over columns as they are stored."""

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Dialect,
    Float,
    Numeric,
    String,
    bindparam,
    func,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.models.base import Instant

NOW: ColumnElement[Any] = bindparam("now", type_=Instant)
"""The instant of the request, a parameter that its execution has to give."""


class Exact(TypeDecorator[Decimal]):
    """A decimal number: numeric in PostgreSQL, its text in SQLite."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite, which has no exact fractions."""
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """As text where it is stored so."""
        return format(value, "f") if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Always a Decimal."""
        return None if value is None else Decimal(value)


class _Written(FunctionElement[Any]):
    """A function whose SQL is a pattern over its arguments, one for each engine."""

    inherit_cache = True
    sqlite: str
    postgresql: str


@compiles(_Written)
def _write(element: _Written, compiler: Any, **options: Any) -> str:
    pattern = element.sqlite if compiler.dialect.name == "sqlite" else element.postgresql
    return pattern.format(*(compiler.process(each, **options) for each in element.clauses))


class _Condition(_Written):
    """A condition: written as it is, not as `(…) = 1`, which keeps SQLite from using an index."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> ColumnElement[Any]:  # type: ignore[override]
        """Patterns of conditions have parentheses of their own."""
        return self


class minutes_after(_Written):
    """An instant, and a number of minutes after it, not null: the later instant, or the end of the
    year 9999 if that is earlier.
    """

    inherit_cache = True
    name = "minutes_after"
    type = Instant()
    # The fraction is kept as text: SQLite's own arithmetic rounds to milliseconds. Years of five
    # digits are null there, and more than Python can read from PostgreSQL.
    sqlite = (
        "coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr({0}, 1, 19), {1} || ' minutes')"
        " || substr({0}, 20), '9999-12-31T23:59:59.999999Z')"
    )
    postgresql = (
        "least({0} + make_interval(mins => {1}),"
        " TIMESTAMP WITH TIME ZONE '9999-12-31 23:59:59.999999Z')"
    )


class seconds_between(_Written):
    """The whole seconds from one instant to a later one."""

    inherit_cache = True
    name = "seconds_between"
    type = BigInteger()
    sqlite = (
        "(strftime('%s', substr({1}, 1, 19)) - strftime('%s', substr({0}, 1, 19))"
        " - (substr({1}, 20) < substr({0}, 20)))"
    )
    postgresql = "CAST(floor(extract(epoch FROM {1} - {0})) AS BIGINT)"


class first_instant(_Written):
    """The instant at which a day begins, in UTC."""

    inherit_cache = True
    name = "first_instant"
    type = Instant()
    sqlite = "({0} || 'T00:00:00.000000Z')"
    postgresql = "(CAST({0} AS TIMESTAMP) AT TIME ZONE 'UTC')"


class last_instant(_Written):
    """The instant 23:59:59 of a day, in UTC."""

    inherit_cache = True
    name = "last_instant"
    type = Instant()
    sqlite = "({0} || 'T23:59:59.000000Z')"
    postgresql = "((CAST({0} AS TIMESTAMP) + INTERVAL '23:59:59') AT TIME ZONE 'UTC')"


class larger(_Written):
    """The larger one of two numbers that are not null."""

    inherit_cache = True
    name = "larger"
    type = Float()
    sqlite = "max({0}, {1})"
    postgresql = "greatest({0}, {1})"


class holds(_Condition):
    """A text has another one in it; both not null, compared as they are."""

    inherit_cache = True
    name = "holds"
    sqlite = "(instr({0}, {1}) > 0)"
    postgresql = "(strpos({0}, {1}) > 0)"


class found_in(_Condition):
    """A value is in a column of a subquery, which may be a union. PostgreSQL would try all rows of
    a table against the rows of an IN with a union; an array it looks up.
    """

    inherit_cache = True
    name = "found_in"
    sqlite = "({0} IN {1})"
    postgresql = "({0} = ANY (ARRAY{1}))"


class instant_of(_Written):
    """An instant from its stored text, YYYY-MM-DDTHH:MM:SS.ffffffZ."""

    inherit_cache = True
    name = "instant_of"
    type = Instant()
    sqlite = "{0}"
    postgresql = "CAST({0} AS TIMESTAMP WITH TIME ZONE)"


class decimal_of(_Written):
    """A decimal number from its stored text."""

    inherit_cache = True
    name = "decimal_of"
    type = Exact()
    sqlite = "{0}"
    postgresql = "CAST({0} AS NUMERIC)"


def full_name(person: Any) -> ColumnElement[str]:
    """First and last name of a person (his columns)."""
    return func.trim(person.first_name + " " + person.last_name)


def one_line(text: Any, length: int) -> ColumnElement[str]:
    """The first `length` characters of a text, line breaks as blanks."""
    unbroken = func.replace(func.replace(text, "\r", ""), "\n", " ")
    return func.substr(unbroken, 1, length)
