"""Families of types: which operations of functions.py fit, and how values change from one to
another.
"""

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite, isnan
from typing import Any, Final

from sqlalchemy import ColumnElement, null
from sqlalchemy import cast as sql_cast

from app.odata.engine.ast import Literal, NodeType
from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DURATION,
    FLOATS,
    GUID,
    INTEGERS,
    STRING,
    TIME_OF_DAY,
    UNTYPED,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.keeping import parameter
from app.odata.engine.primitives import promote
from app.odata.engine.problems import NotSupported
from app.odata.engine.sql.operations import operation
from app.odata.engine.sql.types import sql_type

INT, NUMBER, DOUBLE_, TEXT_, BOOL = "int", "decimal", "double", "text", "bool"
FAMILIES: Final[Mapping[object, str]] = {
    **dict.fromkeys(INTEGERS, INT),
    **dict.fromkeys(FLOATS, DOUBLE_),
    DECIMAL: NUMBER,
    STRING: TEXT_,
    GUID: "guid",
    BOOLEAN: BOOL,
    DATE: "date",
    TIME_OF_DAY: "time",
    DATE_TIME_OFFSET: "instant",
    DURATION: "duration",
    BINARY: "binary",
}
_INT64: Final = range(-(2**63), 2**63)
_EXACT_IN_DOUBLE: Final = 2**53


def family(kind: NodeType) -> str:
    """The family of a type. Raises NotSupported for what has no values in SQL."""
    found = INT if isinstance(kind, EnumType) else FAMILIES.get(kind)
    if found is None:
        raise NotSupported("A value whose type is not known cannot be used here")
    return found


def comparison(kind: NodeType) -> str:
    """How values of a type are compared: the ending of eq., gt. … in functions.py."""
    found = FAMILIES.get(kind)
    return found if found in (NUMBER, TEXT_) else "plain"


def common(one: NodeType, other: NodeType) -> NodeType:
    """The type in which two values meet; the other one's where one is null."""
    if one is None or other is None:
        return one if other is None else other
    if UNTYPED in (one, other):
        raise NotSupported("A value whose type is not known cannot be compared")
    return promote(one, other) or one


def constant(node: Literal, kind: NodeType) -> ColumnElement[Any]:
    """A literal as a parameter of a type that its own promotes to."""
    value = adapted(node.value, kind)
    if value is None or (isinstance(value, float) and isnan(value)):
        return nothing(kind)
    return parameter(value, sql_type(kind))


def nothing(kind: NodeType) -> ColumnElement[Any]:
    """Null of a type."""
    return sql_cast(null(), sql_type(kind))


def adapted(value: Any, kind: NodeType) -> Any:
    """A value of a literal, promoted."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    target = FAMILIES.get(kind)
    if target == DOUBLE_:
        return as_double(value)
    if target == NUMBER and not isinstance(value, Decimal):
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return exact if exact.is_finite() else None
    return value


def as_double(value: int | float | Decimal) -> float:
    """The nearest Double; infinities for what is larger."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def narrowest(node: Literal, other: NodeType) -> Literal:
    """A number beside integers as an integer, if it is one: an index serves the comparison then."""
    value = node.value
    if FAMILIES.get(other) != INT or not isinstance(value, Decimal | float) or not isfinite(value):
        return node
    limit = _INT64 if isinstance(value, Decimal) else range(-_EXACT_IN_DOUBLE, _EXACT_IN_DOUBLE)
    if value != value // 1 or int(value) not in limit:
        return node
    return Literal(int(value), other, node.position)


def converted(expression: ColumnElement[Any], own: NodeType, kind: NodeType) -> ColumnElement[Any]:
    """A number promoted from its own type to another; all else as it is."""
    one, other = FAMILIES.get(own), FAMILIES.get(kind)
    if one == other or one not in (INT, NUMBER, DOUBLE_) or other not in (NUMBER, DOUBLE_):
        return expression
    assert isinstance(kind, PrimitiveType)
    return operation(f"{one}.{other}", expression, type_=sql_type(kind))
