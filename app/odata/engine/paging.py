"""Server-driven paging by keyset: a page begins behind the row with which the last one ended,
wherever that is now.

The values of a position come out of a token (tokens.py), which may be anybody's making.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, false, or_, tuple_
from sqlalchemy.types import (
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Time,
    TypeDecorator,
    TypeEngine,
)

from app.odata.engine.problems import BadRequest
from app.odata.engine.sql.types import DurationType

Value = ColumnElement[Any] | None
_WIDE: Final = BigInteger()


@dataclass(frozen=True, slots=True)
class Term:
    """One term of an order. Nulls come first ascending, last descending (URL, 5.1.6)."""

    expression: ColumnElement[Any]
    descending: bool = False
    nullable: bool = True

    def sorted(self) -> ColumnElement[Any]:
        """The term of an ORDER BY."""
        turned = self.expression.desc() if self.descending else self.expression.asc()
        if not self.nullable:
            return turned
        return turned.nulls_last() if self.descending else turned.nulls_first()


class Form(Enum):
    """What a value of a position is to a statement."""

    NULL = "null"
    WIDE = "wide"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the order's values of its last row, and how many of $top are left. Where
    these values are too long for a token, `key` stands for them: the row has to be read again.
    `key_width` says how many of the values, at their end, are the key; 0: there is none.
    """

    values: tuple[Any, ...]
    left: int | None = None
    key_width: int = 0
    key: tuple[Any, ...] | None = None


def check(terms: Sequence[Term], position: Position) -> None:
    """Raise BadRequest unless the values of a token can be those of an order's terms."""
    if len(terms) != len(position.values):
        raise unreadable()
    for term, value in zip(terms, position.values, strict=True):
        if not _fits(term.expression.type, value):
            raise unreadable()


def form_of(position: Position) -> tuple[Form, ...]:
    """What of a position decides the text of `behind`."""
    return tuple(
        Form.NULL if each is None else Form.WIDE if type(each) is int else Form.GIVEN
        for each in position.values
    )


def behind(terms: Sequence[Term], position: Position) -> ColumnElement[bool]:
    """The rows that come after a position in an order, which ends with a key. The values themselves
    are parameters, `after_0` and so on.
    """
    values = [
        None if form == Form.NULL else _bound(number, term, form)
        for number, (term, form) in enumerate(zip(terms, form_of(position), strict=True))
    ]
    given = [each for each in values if each is not None]
    if len(given) == len(values) > 1 and all(map(_is_ascending_column, terms)):
        # An index on all of these columns finds the row where the page begins.
        return tuple_(*(term.expression for term in terms)) > tuple_(*given)
    same: list[ColumnElement[bool]] = []
    after: list[ColumnElement[bool]] = []
    for term, value in zip(terms, values, strict=True):
        after.append(and_(*same, _after(term, value)))
        same.append(_equals(term, value))
    beyond = or_(*after)
    if len(terms) > 1 and values[0] is not None:
        # Says nothing new, but an index on the first term can serve it.
        return and_(_from(terms[0], values[0]), beyond)
    return beyond


def _is_ascending_column(term: Term) -> bool:
    """Rows whose column is null came first then: that they are not "greater" is right."""
    return not term.descending and term.expression.__visit_name__ == "column"


def _bound(number: int, term: Term, form: Form) -> ColumnElement[Any]:
    """A value of a token as a parameter. Integers are bound wide: the column may be a small one."""
    kind = _WIDE if form == Form.WIDE else term.expression.type
    return bindparam(f"after_{number}", None, kind)


def check_key(columns: Sequence[ColumnElement[Any]], key: Sequence[Any]) -> None:
    """Raise BadRequest unless values of a token can be those of these columns."""
    if len(columns) != len(key):
        raise unreadable()
    for column, value in zip(columns, key, strict=True):
        if value is None or not _fits(column.type, value):
            raise unreadable()


_PYTHON: Final[tuple[tuple[type[TypeEngine[Any]], tuple[type, ...]], ...]] = (
    (DurationType, (timedelta,)),
    (Boolean, (bool,)),
    (Integer, (int,)),
    (Float, (float, int)),
    (Numeric, (Decimal, int)),
    (DateTime, (datetime,)),
    (Date, (date,)),
    (Time, (time,)),
    (LargeBinary, (bytes,)),
    (String, (str,)),
)


def _fits(kind: TypeEngine[Any], value: Any) -> bool:
    """A value of a token is one of the column's type. A token may be anybody's making."""
    if value is None:
        return True
    if isinstance(kind, TypeDecorator) and not isinstance(kind, DurationType):
        kind = kind.impl_instance
    known = next((types for each, types in _PYTHON if isinstance(kind, each)), ())
    return type(value) in known


def _after(term: Term, value: Value) -> ColumnElement[bool]:
    column = term.expression
    if value is None:
        return false() if term.descending else column.is_not(None)
    if not term.descending:
        return column > value
    return or_(column < value, column.is_(None)) if term.nullable else column < value


def _from(term: Term, value: Value) -> ColumnElement[bool]:
    column = term.expression
    if not term.descending:
        return column >= value
    return or_(column <= value, column.is_(None)) if term.nullable else column <= value


def _equals(term: Term, value: Value) -> ColumnElement[bool]:
    column = term.expression
    return column.is_(None) if value is None else column == value


def unreadable() -> BadRequest:
    """The error for a token that is not one of this request's."""
    return BadRequest("$skiptoken: not one of this request's", target="$skiptoken")
