"""Values of primitive and enumeration types: from and to text, URL literals and JSON.

The Python type of each Edm type is the one that ast.Literal names. All readers raise ValueError
with a sentence that can be shown to the client.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, partial, reduce
from math import isfinite
from operator import or_
from typing import Any, Final

import orjson

from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    INT16,
    INT32,
    INT64,
    NUMBERS,
    SINGLE,
    STRING,
    TIME_OF_DAY,
    UNTYPED,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.primitive_text import RANGES, READERS, SPECIAL, WRITERS, bounded, in_range

Kind = PrimitiveType | EnumType

MAX_TEXT: Final = 400  # characters of a value that is neither a string nor binary
MAX_ENUM_TEXT: Final = 4096

_HINTS: Final[Mapping[PrimitiveType, str]] = {
    BINARY: "base64url",
    BOOLEAN: "true or false",
    DATE: "YYYY-MM-DD",
    DATE_TIME_OFFSET: "YYYY-MM-DDThh:mm:ssZ",
    DURATION: "such as P1DT2H3M4.5S",
    TIME_OF_DAY: "hh:mm:ss",
    **{kind: f"{low} to {high}" for kind, (low, high) in RANGES.items()},
}
_BEFORE_QUOTES: Final = {STRING: "", DURATION: "duration", BINARY: "binary"}
_JSON_NAMES: Final[Mapping[type, str]] = {dict: "an object", list: "an array"}
_BY_PYTHON: Final[Mapping[type, PrimitiveType]] = {
    bool: BOOLEAN,
    int: INT64,
    float: DOUBLE,
    Decimal: DECIMAL,
    str: STRING,
    date: DATE,
    datetime: DATE_TIME_OFFSET,
    time: TIME_OF_DAY,
    timedelta: DURATION,
    bytes: BINARY,
}


def from_text(kind: Kind, text: str) -> Any:
    """The value that the content of a URL literal stands for; no quotes, no prefix.

    An instant comes back in UTC, fractions of a second cut to microseconds; a leap second is the
    second after it. Raises ValueError.
    """
    if isinstance(kind, EnumType):
        return _enum_value(kind, text)
    reader = READERS.get(kind)
    if reader is None or (len(text) > MAX_TEXT and kind not in (STRING, BINARY)):
        raise _refusal(kind, text)
    try:
        return reader(text)
    except (ValueError, OverflowError) as reason:
        raise _refusal(kind, text) from reason


def to_text(kind: Kind, value: Any) -> str:
    """The canonical text of a value that is not null, as `/$value`, a key or a cast to Edm.String
    has it. Instants are in UTC; fractions have no trailing zeros.
    """
    if isinstance(kind, EnumType):
        return _enum_text(kind, value)
    return WRITERS[_actual(kind, value)](value)


def to_literal(kind: Kind, value: Any) -> str:
    """A value as a literal of an expression in a URL, not yet percent-encoded; null for None (URL
    Conventions 5.1.1.14.1).
    """
    if value is None:
        return "null"
    text = to_text(kind, value)
    if isinstance(kind, EnumType):
        return f"{kind.qualified}'{text}'"
    before = _BEFORE_QUOTES.get(_actual(kind, value))
    quoted = text.replace("'", "''")
    return text if before is None else f"{before}'{quoted}'"


def from_json(kind: Kind, value: Any, *, ieee754: bool = False) -> Any:
    """The value that a JSON value other than null stands for (JSON Format 7.1).

    Int64 and Decimal are taken as numbers and as strings, whatever `ieee754` (the parameter
    IEEE754Compatible of the body's Content-Type) announces. For exact decimals the body has to be
    parsed with Decimal for its fractions. Raises ValueError.
    """
    if isinstance(kind, EnumType):
        if type(value) is int:
            return _defined(kind, value)
        return _enum_value(kind, _json_string(kind, value))
    reader = _JSON_READERS.get(kind)
    if reader is None:
        return from_text(kind, _json_string(kind, value))
    try:
        return reader(value)
    except (ValueError, OverflowError) as reason:
        raise _refusal(kind, value) from reason


def json_reader(kind: PrimitiveType) -> Callable[[Any], Any]:
    """What from_json does for a type. Its ValueError or OverflowError says nothing of what is
    wrong.
    """
    reader = _JSON_READERS.get(kind)
    if reader is not None:
        return reader
    of_text, longest = READERS[kind], MAX_TEXT if kind not in (STRING, BINARY) else None

    def read(value: Any) -> Any:
        if type(value) is not str or (longest is not None and len(value) > longest):
            raise ValueError
        return of_text(value)

    return read


def to_json(kind: Kind, *, ieee754: bool = False) -> Callable[[Any], Any] | None:
    """What turns a value (never None) into one that orjson writes right with OPT_UTC_Z; None: the
    value goes as it is. `ieee754` writes Int64 and Decimal as strings (JSON Format 3.2).
    """
    if isinstance(kind, EnumType):
        return partial(_enum_text, kind)
    if ieee754 and kind in (INT64, DECIMAL):
        return WRITERS[kind]
    return _CONVERTERS.get(kind)


def promote(a: object, b: object) -> PrimitiveType | None:
    """The type in which two numbers meet; None unless both are types of numbers (URL Conventions
    5.1.1.16, Numeric Promotion).
    """
    if a not in NUMBERS or b not in NUMBERS:
        return None
    order = (DOUBLE, SINGLE, DECIMAL, INT64, INT32, INT16)
    widest = next((kind for kind in order if kind in (a, b)), INT16)
    return next((kind for kind in NUMBERS if kind == a == b), widest)


def _refusal(kind: Kind, given: object) -> ValueError:
    hint = _HINTS.get(kind, "") if isinstance(kind, PrimitiveType) else ""
    return ValueError(
        f"{_shown(given)} is not a value of {kind.qualified}" + f" ({hint})" * bool(hint)
    )


def _shown(given: object) -> str:
    if isinstance(given, str):
        return repr(given if len(given) <= 40 else f"{given[:40]}…")
    if given is None or isinstance(given, bool):
        return {True: "true", False: "false", None: "null"}[given]
    # An integer may have more digits than Python is willing to write.
    if isinstance(given, float) or (isinstance(given, int) and given.bit_length() < 128):
        return str(given)
    return _JSON_NAMES.get(type(given), "the number")


def _actual(kind: PrimitiveType, value: Any) -> PrimitiveType:
    return _BY_PYTHON.get(type(value), STRING) if kind == UNTYPED else kind


@cache
def _members(kind: EnumType) -> Mapping[str, int]:
    return dict(kind.members)


def _enum_value(kind: EnumType, text: str) -> int:
    names = [name.strip() for name in text[:MAX_ENUM_TEXT].split(",")]
    members = _members(kind)
    if len(text) > MAX_ENUM_TEXT or (len(names) > 1 and not kind.flags):
        raise _refusal(kind, text)
    try:
        if len(names) == 1 and names[0] not in members:
            return _defined(kind, READERS[INT64](names[0]))
        return reduce(or_, (members[name] for name in names))
    except (ValueError, KeyError) as reason:
        raise _refusal(kind, text) from reason


def _defined(kind: EnumType, value: int) -> int:
    """The same value, if it is a member's or, for flags, made of members."""
    values = _members(kind).values()
    made = kind.flags and value >= 0 and value & ~reduce(or_, values, 0) == 0
    if not (made or value in values):
        raise _refusal(kind, value)
    return value


def _enum_text(kind: EnumType, value: int) -> str:
    """The member of this value; for flags, the fewest large members that make it; else digits."""
    named = [name for name, each in kind.members if each == value]
    if named:
        return named[0]
    parts: list[str] = []
    rest = value if kind.flags and value > 0 else 0
    for name, each in sorted(kind.members, key=lambda member: -member[1]):
        if each and rest & each == each:
            parts.append(name)
            rest &= ~each
    complete = parts and not rest
    return ",".join(reversed(parts)) if complete else str(value)


def _json_string(kind: Kind, value: Any) -> str:
    if not isinstance(value, str):
        raise _refusal(kind, value)
    return value


def _short(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError
    return text


def _number(value: Any) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError
    if not isfinite(value):  # JSON has no such numbers, though Python's reader takes them
        raise ValueError
    return value


def _boolean_from_json(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _integer_from_json(kind: PrimitiveType, value: Any) -> int:
    if kind == INT64 and isinstance(value, str):
        return int(READERS[INT64](_short(value)))
    low, high = RANGES[kind]
    number = _number(value)
    # The range is asked first: the integer of 1e400000 would be long.
    if not low <= number <= high or number != int(number):
        raise ValueError
    return int(number)


def _decimal_from_json(value: Any) -> Decimal:
    if isinstance(value, str):
        return bounded(READERS[DECIMAL](_short(value)))
    number = _number(value)
    return bounded(Decimal(repr(number)) if isinstance(number, float) else Decimal(number))


def _real_from_json(kind: PrimitiveType, value: Any) -> float:
    if isinstance(value, str):
        if value not in SPECIAL:
            raise ValueError
        return SPECIAL[value]
    return in_range(kind, float(_number(value)))


def _untyped_from_json(value: Any) -> Any:
    kind = _BY_PYTHON.get(type(value))
    if kind not in _JSON_TYPES:
        raise ValueError
    return READERS[STRING](value) if kind == STRING else _JSON_READERS[kind](value)


_JSON_TYPES: Final = (BOOLEAN, INT64, DOUBLE, DECIMAL, STRING)
_JSON_READERS: Final[Mapping[PrimitiveType, Callable[[Any], Any]]] = {
    BOOLEAN: _boolean_from_json,
    DECIMAL: _decimal_from_json,
    UNTYPED: _untyped_from_json,
    **{kind: partial(_integer_from_json, kind) for kind in RANGES},
    **{kind: partial(_real_from_json, kind) for kind in (SINGLE, DOUBLE)},
}


def _decimal_to_json(value: Any) -> orjson.Fragment:
    return orjson.Fragment(WRITERS[DECIMAL](value))


def _real_to_json(value: Any) -> float | str:
    number = float(value)
    return number if isfinite(number) else WRITERS[DOUBLE](number)


def _untyped_to_json(value: Any) -> Any:
    convert = _CONVERTERS.get(_actual(UNTYPED, value))
    return value if convert is None else convert(value)


_CONVERTERS: Final[Mapping[PrimitiveType, Callable[[Any], Any]]] = {
    BINARY: WRITERS[BINARY],
    DECIMAL: _decimal_to_json,
    DURATION: WRITERS[DURATION],
    TIME_OF_DAY: WRITERS[TIME_OF_DAY],
    UNTYPED: _untyped_to_json,
    **dict.fromkeys((SINGLE, DOUBLE), _real_to_json),
}
