"""add, sub, mul, div, divby, mod and unary minus (URL Conventions 5.1.1.2).

What a result's type cannot hold is null, and so is division by zero; but Doubles give infinities,
as IEEE 754 says, and NaN is null.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement

from app.odata.engine.ast import Arithmetic, Literal, Negate, Node, NodeType
from app.odata.engine.edm import DATE, DATE_TIME_OFFSET, DECIMAL, DURATION, INT64
from app.odata.engine.problems import NotSupported
from app.odata.engine.sql import kinds
from app.odata.engine.sql.environment import Environment
from app.odata.engine.sql.operations import bound, operation
from app.odata.engine.sql.translating import Translating, is_null
from app.odata.engine.sql.types import MICROSECOND, sql_type

_MOMENTS: Final[Mapping[tuple[str, NodeType, NodeType], str]] = {
    ("add", DURATION, DURATION): "duration.add",
    ("sub", DURATION, DURATION): "duration.sub",
    ("add", DATE_TIME_OFFSET, DURATION): "instant.add",
    ("sub", DATE_TIME_OFFSET, DURATION): "instant.sub",
    ("sub", DATE_TIME_OFFSET, DATE_TIME_OFFSET): "instant.difference",
    ("add", DATE, DURATION): "date.add",
    ("sub", DATE, DURATION): "date.sub",
    ("sub", DATE, DATE): "date.difference",
}


def computed(node: Arithmetic, env: Environment, tr: Translating) -> ColumnElement[Any]:
    """The result of an operator."""
    if is_null(node.left) or is_null(node.right):
        return kinds.nothing(node.type)
    name = _MOMENTS.get((node.operator, node.left.type, node.right.type))
    if name is not None:
        left, right = tr.value(node.left, env), tr.value(node.right, env)
        return operation(name, left, right, type_=sql_type(node.type))
    if node.type == DURATION:
        return _scaled(node, env, tr)
    kind = node.type
    operator = "div" if node.operator == "divby" else node.operator
    left, right = tr.value_as(node.left, kind, env), tr.value_as(node.right, kind, env)
    return operation(f"{_number(kind)}.{operator}", left, right, type_=sql_type(kind))


def _number(kind: NodeType) -> str:
    found = kinds.family(kind)
    if found not in (kinds.INT, kinds.NUMBER, kinds.DOUBLE_):
        raise NotSupported("This arithmetic is not supported")
    return found


def _scaled(node: Arithmetic, env: Environment, tr: Translating) -> ColumnElement[Any]:
    """A duration times or by a number."""
    size, factor = node.left, node.right
    if size.type != DURATION:
        size, factor = factor, size
    if size.type != DURATION or node.operator not in ("mul", "div", "divby"):
        raise NotSupported("This arithmetic is not supported")
    kind = factor.type
    operator = "mul" if node.operator == "mul" else "div"
    if operator == "div" and _number(kind) == kinds.INT:
        kind = DECIMAL
    name = f"duration.{operator}.{_number(kind)}"
    values = (tr.value(size, env), tr.value_as(factor, kind, env))
    return operation(name, *values, type_=sql_type(DURATION))


def negated(node: Negate, env: Environment, tr: Translating) -> ColumnElement[Any]:
    """Unary minus: 0 less the operand; a constant is turned here."""
    operand = node.operand
    if is_null(operand):
        return kinds.nothing(node.type)
    turned = _constant(operand, node.type)
    if turned is not None:
        return kinds.constant(turned, node.type)
    kind = node.type
    if kind == DURATION:
        values = (bound(0 * MICROSECOND, sql_type(kind)), tr.value(operand, env))
        return operation("duration.sub", *values, type_=sql_type(kind))
    zero = kinds.constant(Literal(0, INT64), kind)
    name = f"{_number(kind)}.sub"
    return operation(name, zero, tr.value_as(operand, kind, env), type_=sql_type(kind))


def _constant(node: Node, kind: NodeType) -> Literal | None:
    if not isinstance(node, Literal) or node.value == -(2**63):
        return None
    return Literal(-node.value, kind, node.position)
