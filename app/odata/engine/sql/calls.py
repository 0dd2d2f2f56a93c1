"""Canonical functions (URL Conventions 5.1.1.5 to 5.1.1.13). A function of null is null."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam

from app.odata.engine.ast import Call, Literal, Member, Node, Variable
from app.odata.engine.edm import (
    BOOLEAN,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    FLOATS,
    INT64,
    INTEGERS,
    STRING,
    TIME_OF_DAY,
)
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.sql import casting, kinds, patterns
from app.odata.engine.sql.environment import Environment
from app.odata.engine.sql.operations import bound, operation
from app.odata.engine.sql.texts import WHITE
from app.odata.engine.sql.translating import NOW, Translating, is_null
from app.odata.engine.sql.types import TEXT, TRUTH, sql_type

Translated = Callable[[Call, Environment, Translating], ColumnElement[Any]]

FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
_PARTS: Final[Mapping[object, str]] = {
    DATE: "date",
    TIME_OF_DAY: "time",
    DATE_TIME_OFFSET: "instant",
}
_PART_NAMES: Final = (
    *("year", "month", "day", "hour", "minute", "second"),
    *("fractionalseconds", "date", "time", "totaloffsetminutes"),
)
_TEXTS: Final = {
    "contains": "text.contains",
    "endswith": "text.ends",
    "indexof": "text.index",
    "length": "text.length",
    "concat": "text.concat",
    "tolower": "text.lower",
    "toupper": "text.upper",
}
_LENIENT: Final = ("case", "isof", "cast")  # these say themselves what null means


def called(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    """The value of a function."""
    translate = _FUNCTIONS.get(node.name)
    if translate is None:
        raise NotSupported(f"The function {node.name} is not supported")
    if node.name not in _LENIENT and any(is_null(each) for each in node.arguments):
        return kinds.nothing(node.type)
    return translate(node, env, tr)


def _text(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    values = [tr.value_as(each, STRING, env) for each in node.arguments]
    return operation(_TEXTS[node.name], *values, type_=sql_type(node.type))


def _trim(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    value = tr.value_as(node.arguments[0], STRING, env)
    return operation("text.trim", value, bound(WHITE, TEXT), type_=TEXT)


def _starts(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    text, part = node.arguments
    values = [tr.value_as(each, STRING, env) for each in (text, part)]
    above = _above(part.value) if isinstance(part, Literal) else None
    plain = isinstance(text, Member) and isinstance(text.source, Variable)
    if above is None or not plain:
        return operation("text.starts", *values, type_=TRUTH)
    assert isinstance(part, Literal)
    bounds = (bound(part.value, TEXT), bound(above, TEXT))
    return operation("text.starts.column", *values, *bounds, type_=TRUTH)


def _above(prefix: str) -> str | None:
    """The first text, by code point, behind all that begin with the prefix, if there is one."""
    kept = prefix.rstrip("\U0010ffff")
    if not kept:
        return None
    code = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if 0xD800 <= code <= 0xDFFF else code)


def _substring(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    text, start, *size = node.arguments
    values = tr.value_as(text, STRING, env), tr.value_as(start, INT64, env)
    found = operation("text.rest", *values, type_=TEXT)
    if not size:
        return found
    if isinstance(size[0], Literal) and size[0].value < 0:
        raise BadRequest("The length of a substring cannot be negative")
    return operation("text.left", found, tr.value_as(size[0], INT64, env), type_=TEXT)


def _matches(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    text, pattern, *flags = node.arguments
    if not isinstance(pattern, Literal) or flags:
        raise NotSupported("matchesPattern takes a constant pattern without flags")
    both = patterns.translated(pattern.value)
    values = (bound(both.re2, TEXT), bound(both.postgresql, TEXT))
    return operation("text.matches", tr.value_as(text, STRING, env), *values, type_=TRUTH)


def _part(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    (operand,) = node.arguments
    family = _PARTS.get(operand.type)
    if family is None:
        raise NotSupported(f"{node.name} is not supported for this type")
    name = f"{family}.{node.name}"
    return operation(name, tr.value(operand, env), type_=sql_type(node.type))


def _seconds(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    value = tr.value(node.arguments[0], env)
    return operation("duration.seconds", value, type_=sql_type(DECIMAL))


def _rounded(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    (operand,) = node.arguments
    if operand.type in INTEGERS:
        return tr.value_as(operand, node.type, env)
    kind = DOUBLE if operand.type in FLOATS else DECIMAL
    name = f"{kinds.family(kind)}.{node.name}"
    return operation(name, tr.value_as(operand, kind, env), type_=sql_type(kind))


def _constant(value: datetime) -> Translated:
    return lambda node, env, tr: bound(value, sql_type(DATE_TIME_OFFSET))


def _now(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    """A parameter, so that the statement can be kept."""
    return bindparam(NOW, tr.clock(), sql_type(DATE_TIME_OFFSET))


def _case(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    parts: list[ColumnElement[Any]] = []
    for truth, value in zip(node.arguments[::2], node.arguments[1::2], strict=True):
        parts += [tr.value_as(truth, BOOLEAN, env), _result(value, node, env, tr)]
    return operation("case", *parts, type_=sql_type(node.type))


def _result(value: Node, node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    if node.type is not None:
        kinds.family(node.type)  # refuses results of types that do not fit together
    return tr.value_as(value, node.type, env)


_FUNCTIONS: Final[Mapping[str, Translated]] = {
    **dict.fromkeys(_TEXTS, _text),
    "trim": _trim,
    "startswith": _starts,
    "substring": _substring,
    "matchespattern": _matches,
    **dict.fromkeys(_PART_NAMES, _part),
    "totalseconds": _seconds,
    **dict.fromkeys(("round", "floor", "ceiling"), _rounded),
    "mindatetime": _constant(FIRST),
    "maxdatetime": _constant(LAST),
    "now": _now,
    "case": _case,
    "cast": casting.cast,
    "isof": casting.isof,
}
