"""Tokens of next links: a position as text, and back. Clients see it as one opaque word; what they
send is taken as untrusted: values only, no names, and the rows behind it pass the same rules.
"""

import base64
import binascii
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, Final

import orjson

from app.odata.engine.paging import Position, unreadable
from app.odata.engine.problems import NotSupported

MAX_TOKEN: Final = 2000  # characters: a next link has to be short enough to be followed
MAX_EXPONENT: Final = 1000  # of a Decimal: PostgreSQL takes much more, its text is as long
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+")


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
