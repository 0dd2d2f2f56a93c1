"""Literals of expressions, and how one takes the type of what it meets (URL Conventions 5.1.1.14).

A string literal becomes whatever type the other side has (4.01 asks for it: quoted Guids, enum
members without their type). A date meets an instant as midnight UTC, which is our extension.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from math import isfinite, isinf
from typing import Any, Final

from app.odata.engine.ast import Literal, Node, NodeType
from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    FLOATS,
    GUID,
    INT32,
    INT64,
    INTEGERS,
    NUMBERS,
    STRING,
    TIME_OF_DAY,
    UNTYPED,
    EnumType,
    Model,
    PrimitiveType,
)
from app.odata.engine.grammar.lexer import UNSTORABLE, Cursor, shown
from app.odata.engine.grammar.scope import type_name, type_named
from app.odata.engine.primitives import from_text

Scalar = PrimitiveType | EnumType

_INT32: Final = range(-(2**31), 2**31)
_INT64: Final = range(-(2**63), 2**63)
_LONG_INTEGER: Final = 20  # characters: longer ones are decimals anyway
_PREFIXES: Final = {"binary": BINARY, "duration": DURATION}
_GEO: Final = ("geography", "geometry")
_WORDS: Final[Mapping[str, tuple[Any, NodeType]]] = {
    "null": (None, None),
    "true": (True, BOOLEAN),
    "false": (False, BOOLEAN),
    "INF": (float("inf"), DOUBLE),
    "NaN": (float("nan"), DOUBLE),
}


def word(name: str, position: int) -> Literal | None:
    """`null`, `true`, `false`, `INF` or `NaN`, if the name is one of them, spelled so."""
    found = _WORDS.get(name)
    return None if found is None else Literal(*found, position)


def read(cursor: Cursor, model: Model) -> Literal | None:
    """The literal that the token is; None if it is none. Goes on behind it.

    Raises BadRequest where its content cannot be read, NotSupported for geo literals.
    """
    reader = _READERS.get(cursor.kind)
    if reader is None:
        return None
    found = reader(cursor, model)
    cursor.advance()
    return found


def typed(cursor: Cursor, kind: Scalar, text: str) -> Literal:
    """The value of a text as a literal at the cursor. Raises BadRequest."""
    try:
        return Literal(from_text(kind, text), kind, cursor.position)
    except ValueError as error:
        raise cursor.wrong(str(error)) from None


def adapted(node: Node, kind: NodeType, cursor: Cursor) -> Node:
    """A literal brought to the type of what it meets, as far as that loses nothing; any other node
    as it is. Raises BadRequest for a string that is no value of the type.
    """
    if not isinstance(node, Literal) or node.value is None or node.type == kind:
        return node
    if node.type == STRING:
        return _cast_string(node, kind, cursor)
    if node.type == DATE and kind == DATE_TIME_OFFSET:
        return replace(node, value=datetime.combine(node.value, time.min, UTC), type=kind)
    if kind in NUMBERS and node.type in NUMBERS:
        return _as_number(node, kind, cursor)
    return node


def unquoted(text: str) -> str:
    """The content of a quoted text, its doubled quotes single again."""
    return text[1:-1].replace("''", "'")


def _cast_string(node: Literal, kind: NodeType, cursor: Cursor) -> Literal:
    if kind == UNTYPED or not isinstance(kind, PrimitiveType | EnumType):
        return node
    try:
        return replace(node, value=from_text(kind, node.value), type=kind)
    except ValueError as error:
        message = f"Edm.String and {type_name(kind)} do not fit: {error}"
        raise cursor.wrong(message, node.position) from None


def _as_number(node: Literal, kind: NodeType, cursor: Cursor) -> Literal:
    assert isinstance(kind, PrimitiveType)
    value = node.value
    if kind in FLOATS:
        number = float(value)
        if isinf(number) and node.type == DECIMAL:
            raise cursor.wrong(f"This number is too large for {kind.name}", node.position)
        return replace(node, value=number, type=kind)
    if kind == DECIMAL and (node.type in INTEGERS or isfinite(value)):
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return replace(node, value=exact, type=kind)
    if kind in INTEGERS and node.type in INTEGERS:
        return _as_integer(node, kind)
    return node


def _as_integer(node: Literal, kind: PrimitiveType) -> Literal:
    try:
        return replace(node, value=from_text(kind, str(node.value)), type=kind)
    except ValueError:
        return node  # out of its range: the comparison promotes to the larger type


def _number(cursor: Cursor, model: Model) -> Literal:
    """The smallest of Int32, Int64 and Decimal that holds an integer; Decimal with a point, Double
    with an exponent.
    """
    text = cursor.value
    if "e" in text or "E" in text or text == "-INF":
        return typed(cursor, DOUBLE, text)
    if "." in text or len(text) > _LONG_INTEGER:
        return typed(cursor, DECIMAL, text)
    value = int(text)
    if value in _INT32:
        return Literal(value, INT32, cursor.position)
    if value in _INT64:
        return Literal(value, INT64, cursor.position)
    return Literal(Decimal(value), DECIMAL, cursor.position)


def _string(cursor: Cursor, model: Model) -> Literal:
    return Literal(unquoted(cursor.value), STRING, cursor.position)


def _guid(cursor: Cursor, model: Model) -> Literal:
    return Literal(cursor.value.lower(), GUID, cursor.position)


def _date(cursor: Cursor, model: Model) -> Literal:
    return typed(cursor, DATE, cursor.value)


def _time(cursor: Cursor, model: Model) -> Literal:
    return typed(cursor, TIME_OF_DAY, cursor.value)


def _instant(cursor: Cursor, model: Model) -> Literal:
    return typed(cursor, DATE_TIME_OFFSET, cursor.value.replace(" ", "+"))


def _prefixed(cursor: Cursor, model: Model) -> Literal:
    """duration'…', binary'…', or an enumeration's name before its members."""
    prefix, quote, rest = cursor.value.partition("'")
    lowered = prefix.lower()
    if lowered in _GEO:
        raise cursor.unsupported("Geo literals are")
    kind = _PREFIXES.get(lowered) or type_named(model, prefix)
    if kind not in _PREFIXES.values() and not isinstance(kind, EnumType):
        raise cursor.wrong(f"{shown(prefix)} before a quote is neither a type nor an operator")
    assert isinstance(kind, PrimitiveType | EnumType)
    return typed(cursor, kind, unquoted(quote + rest))


def _json_string(cursor: Cursor, model: Model) -> Literal:
    try:
        value = json.loads(cursor.value, strict=False)
    except ValueError:
        raise cursor.wrong("This is not a JSON string") from None
    if UNSTORABLE.search(value):
        raise cursor.wrong("This string has a character that is not allowed")
    return Literal(value, STRING, cursor.position)


_READERS: Final[Mapping[str, Callable[[Cursor, Model], Literal]]] = {
    "number": _number,
    "string": _string,
    "guid": _guid,
    "date": _date,
    "time": _time,
    "instant": _instant,
    "typed": _prefixed,
    "json": _json_string,
}
