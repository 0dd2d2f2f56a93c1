"""Server-driven paging: an opaque token says behind which row the next page begins (keyset).

A token holds the values by which the last row was ordered, its key, and what of $top is left. It is
taken from clients as untrusted: values only, no names, and the rows behind it pass the same rules.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, false, literal, or_, true

from app.odata.engine.problems import BadRequest

MAX_TOKEN = 6000


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
    """Where a page ended: the order's values of its last row, and how many of $top are left."""

    values: tuple[Any, ...]
    left: int | None = None


def behind(terms: Sequence[Term], position: Position) -> ColumnElement[bool]:
    """The rows that come after a position in an order, which ends with a key."""
    if len(terms) != len(position.values):
        raise _unreadable()
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


def _bound(term: Term, value: Any) -> ColumnElement[Any]:
    return literal(value, term.expression.type)


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


def everything() -> ColumnElement[bool]:
    """No position: the first page."""
    return true()


def write(position: Position, purpose: str) -> str:
    """A position as a token that only the same request (`purpose`) takes back."""
    packed = [_digest(purpose), position.left, [_packed(value) for value in position.values]]
    return base64.urlsafe_b64encode(orjson.dumps(packed)).rstrip(b"=").decode()


def read(token: str, purpose: str) -> Position:
    """A token back. Raises BadRequest for anything that `write` did not make for this request."""
    if len(token) > MAX_TOKEN:
        raise _unreadable()
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        digest, left, values = orjson.loads(raw)
        position = Position(tuple(_unpacked(*pair) for pair in values), left)
    except (ValueError, TypeError, KeyError, InvalidOperation, binascii.Error):
        raise _unreadable() from None
    sound = left is None or (isinstance(left, int) and not isinstance(left, bool) and left >= 0)
    if digest != _digest(purpose) or not sound:
        raise _unreadable()
    return position


def _unreadable() -> BadRequest:
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
    "o": time.fromisoformat,
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
    if not value.is_finite():
        raise ValueError("not finite")
    return value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("no zone")
    return value
