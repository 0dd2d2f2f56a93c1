"""Server-driven paging: an opaque token says behind which row the next page begins (keyset).

A token holds the values by which the last row was ordered, its key, and what of $top is left. It is
taken from clients as untrusted: values only, no names, and the rows behind it pass the same rules.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, ColumnElement, and_, false, literal, or_
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

from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.sql.types import DurationType

MAX_TOKEN: Final = 2000  # characters: a next link has to be short enough to be followed
MAX_EXPONENT: Final = 1000  # of a Decimal: PostgreSQL takes much more, its text is as long
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+")


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


def behind(terms: Sequence[Term], position: Position) -> ColumnElement[bool]:
    """The rows that come after a position in an order, which ends with a key."""
    if len(terms) != len(position.values):
        raise unreadable()
    for term, value in zip(terms, position.values, strict=True):
        if not _fits(term.expression.type, value):
            raise unreadable()
    same: list[ColumnElement[bool]] = []
    after: list[ColumnElement[bool]] = []
    for term, value in zip(terms, position.values, strict=True):
        after.append(and_(*same, _after(term, value)))
        same.append(_equals(term, value))
    beyond = or_(*after)
    first, value = terms[0], position.values[0]
    if len(terms) > 1 and value is not None:
        # Says nothing new, but an index on the first term can serve it.
        return and_(_from(first, value), beyond)
    return beyond


def check_key(columns: Sequence[ColumnElement[Any]], key: Sequence[Any]) -> None:
    """Raise BadRequest unless values of a token can be those of these columns."""
    if len(columns) != len(key):
        raise unreadable()
    for column, value in zip(columns, key, strict=True):
        if value is None or not _fits(column.type, value):
            raise unreadable()


def _bound(term: Term, value: Any) -> ColumnElement[Any]:
    """A value of a token as a parameter. Integers are bound wide: the column may be a small one."""
    kind = term.expression.type
    return literal(value, BigInteger() if type(value) is int else kind)


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


def _after(term: Term, value: Any) -> ColumnElement[bool]:
    column = term.expression
    if value is None:
        return false() if term.descending else column.is_not(None)
    if not term.descending:
        return column > _bound(term, value)
    below = column < _bound(term, value)
    return or_(below, column.is_(None)) if term.nullable else below


def _from(term: Term, value: Any) -> ColumnElement[bool]:
    column = term.expression
    if not term.descending:
        return column >= _bound(term, value)
    below = column <= _bound(term, value)
    return or_(below, column.is_(None)) if term.nullable else below


def _equals(term: Term, value: Any) -> ColumnElement[bool]:
    column = term.expression
    return column.is_(None) if value is None else column == _bound(term, value)


def write(position: Position, purpose: str) -> str:
    """A position as a token that only the same request (`purpose`) takes back. Raises NotSupported
    where values are too long and no key can stand for them.
    """
    packed: list[Any] = [_digest(purpose), position.left]
    token = _encoded([*packed, [_packed(value) for value in position.values]])
    if len(token) > MAX_TOKEN and position.key_width:
        key = position.values[-position.key_width :]
        token = _encoded([*packed, [_packed(value) for value in key], True])
    if len(token) > MAX_TOKEN:
        raise NotSupported("The values of this order are too long for a list of several pages")
    return token


def _encoded(packed: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(packed)).rstrip(b"=").decode()


def read(token: str, purpose: str) -> Position:
    """A token back. Raises BadRequest for anything that `write` did not make for this request."""
    if len(token) > MAX_TOKEN or not _TOKEN.fullmatch(token):
        raise unreadable()
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        digest, left, packed, *more = orjson.loads(raw)
        values = tuple(_unpacked(*pair) for pair in packed)
    except (ValueError, TypeError, KeyError, InvalidOperation, binascii.Error):
        raise unreadable() from None
    sound = left is None or (type(left) is int and 0 <= left < 2**63)
    if digest != _digest(purpose) or not sound or more not in ([], [True]):
        raise unreadable()
    return Position((), left, key=values) if more else Position(values, left)


def unreadable() -> BadRequest:
    """The error for a token that is not one of this request's."""
    return BadRequest("$skiptoken: not one of this request's", target="$skiptoken")


def _digest(purpose: str) -> str:
    return blake2b(purpose.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _packed(value: Any) -> list[Any]:
    for code, kinds in _KINDS.items():
        if isinstance(value, kinds):
            return [code, _PACK.get(code, lambda each: each)(value)]
    raise TypeError(type(value).__name__)


_KINDS: dict[str, Any] = {
    "n": type(None),
    "b": bool,
    "i": int,
    "f": float,
    "s": str,
    "m": Decimal,
    "t": datetime,
    "d": date,
    "o": time,
    "u": timedelta,
    "y": bytes,
}
_PACK: dict[str, Any] = {
    "f": float.hex,
    "m": str,
    "t": datetime.isoformat,
    "d": date.isoformat,
    "o": time.isoformat,
    "u": lambda each: each // timedelta(microseconds=1),
    "y": lambda each: each.hex(),
}
_UNPACK: dict[str, Any] = {
    "n": lambda _: None,
    "b": lambda each: _of(bool, each),
    "i": lambda each: _of(int, each),
    "f": float.fromhex,
    "s": lambda each: _text(_of(str, each)),
    "m": lambda each: _finite(Decimal(_of(str, each))),
    "t": lambda each: _aware(datetime.fromisoformat(each)),
    "d": date.fromisoformat,
    "o": lambda each: _naive(time.fromisoformat(each)),
    "u": lambda each: timedelta(microseconds=_of(int, each)),
    "y": bytes.fromhex,
}


def _unpacked(code: str, value: Any) -> Any:
    try:
        return _UNPACK[code](value)
    except OverflowError:
        raise ValueError(code) from None


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(kind.__name__)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("beyond Int64")
    return value


def _text(value: str) -> str:
    if "\x00" in value:
        raise ValueError("NUL")
    return value


def _finite(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > MAX_EXPONENT:
        raise ValueError("not finite, or beyond all measure")
    return value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("no zone")
    return value.astimezone(UTC)


def _naive(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError("a zone")
    return value
