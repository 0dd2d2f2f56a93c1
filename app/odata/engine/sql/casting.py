"""cast and isof (URL Conventions 5.1.1.12). A cast that fails is null; null is of no type."""

from typing import Any, Final

from sqlalchemy import ColumnElement, false, true

from app.odata.engine.ast import Call, Literal, Node
from app.odata.engine.edm import (
    DECIMAL,
    INTEGERS,
    STRING,
    EntityType,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.primitive_text import RANGES
from app.odata.engine.primitives import from_text, to_text
from app.odata.engine.problems import NotSupported
from app.odata.engine.sql import kinds
from app.odata.engine.sql.environment import Environment
from app.odata.engine.sql.operations import bound, condition, operation
from app.odata.engine.sql.places import resolved, type_condition
from app.odata.engine.sql.translating import Translating, Truth, is_null
from app.odata.engine.sql.types import INTEGER, TEXT, sql_type

_DIRECT: Final = {  # by the families of the value and of the target
    ("text", "bool"),
    ("text", "double"),
    ("text", "guid"),
    ("text", "date"),
    ("text", "time"),
    ("text", "instant"),
    ("text", "duration"),
    ("bool", "text"),
    ("int", "text"),
    ("decimal", "text"),
    ("double", "text"),
    ("date", "text"),
    ("time", "text"),
    ("instant", "text"),
    ("duration", "text"),
    ("binary", "text"),
    ("int", "decimal"),
    ("int", "double"),
    ("decimal", "double"),
    ("double", "decimal"),
    ("date", "instant"),
    ("instant", "date"),
    ("instant", "time"),
}
_SAME: Final = {("guid", "text")}


def cast(node: Call, env: Environment, tr: Translating) -> ColumnElement[Any]:
    """cast to a primitive type or an enumeration. Casts of entities are steps of a path."""
    (operand,) = node.arguments
    target = node.target
    if is_null(operand):
        return kinds.nothing(target)
    if not isinstance(target, PrimitiveType | EnumType) or not isinstance(
        operand.type, PrimitiveType | EnumType
    ):
        raise NotSupported("Only primitive values and enumerations can be cast")
    if isinstance(operand, Literal) and operand.type == STRING:
        return _read(operand, target)
    return _converted(tr.value(operand, env), operand.type, target)


def _read(operand: Literal, target: PrimitiveType | EnumType) -> ColumnElement[Any]:
    """A constant text is read here, as literals are."""
    try:
        value = from_text(target, operand.value)
    except ValueError:
        return kinds.nothing(target)
    return kinds.constant(Literal(value, target), target)


def _converted(
    value: ColumnElement[Any], own: PrimitiveType | EnumType, target: PrimitiveType | EnumType
) -> ColumnElement[Any]:
    if own == target:
        return value
    if isinstance(own, EnumType):
        return _of_enum(value, own, target)
    if isinstance(target, EnumType):
        return _to_enum(value, own, target)
    pair = (kinds.family(own), kinds.family(target))
    if target in RANGES:
        return _to_integer(value, pair[0], target)
    if pair == ("text", "decimal"):
        number = operation("text.number", value, type_=sql_type(DECIMAL))
        return operation("number.decimal", number, type_=sql_type(DECIMAL))
    if pair in _SAME or pair[0] == pair[1]:
        return value
    if pair == (kinds.TEXT_, "binary"):
        raise NotSupported("Casting texts to Edm.Binary is not supported")
    if pair not in _DIRECT:
        return kinds.nothing(target)
    return operation(f"{pair[0]}.{pair[1]}", value, type_=sql_type(target))


def _to_integer(value: ColumnElement[Any], own: str, target: PrimitiveType) -> ColumnElement[Any]:
    """Rounded, and null beyond the range of the type."""
    if own not in (kinds.INT, kinds.NUMBER, kinds.DOUBLE_, kinds.TEXT_):
        return kinds.nothing(target)
    low, high = (bound(each, INTEGER) for each in RANGES[target])
    return operation(f"{own}.int", value, low, high, type_=sql_type(target))


def _of_enum(
    value: ColumnElement[Any], own: EnumType, target: PrimitiveType | EnumType
) -> ColumnElement[Any]:
    if target in INTEGERS:
        assert isinstance(target, PrimitiveType)
        return _to_integer(value, kinds.INT, target)
    if target != STRING:
        return kinds.nothing(target)
    if own.flags:
        raise NotSupported("Casting flags to Edm.String is not supported")
    pairs = [(number, to_text(own, number)) for _, number in own.members]
    parts: list[ColumnElement[Any]] = []
    for number, name in dict(pairs).items():
        parts += [condition("eq.plain", value, bound(number, INTEGER)), bound(name, TEXT)]
    other = operation("int.text", value, type_=TEXT)
    return operation("case", *parts, condition("given", value), other, type_=TEXT)


def _to_enum(value: ColumnElement[Any], own: PrimitiveType, target: EnumType) -> ColumnElement[Any]:
    if own not in INTEGERS and own != STRING:
        return kinds.nothing(target)
    if target.flags:
        raise NotSupported("Casting to flags is not supported")
    parts: list[ColumnElement[Any]] = []
    for name, number in target.members:
        texts = (name, str(number)) if own == STRING else (number,)
        for each in texts:
            same = condition("eq.plain", value, bound(each, sql_type(own)))
            parts += [same, bound(number, INTEGER)]
    return operation("case", *parts, type_=INTEGER)


def isof(node: Call, env: Environment, tr: Translating) -> Truth:
    """The value could be cast to the type, and is not null."""
    operand, target = node.arguments[0], node.target
    if isinstance(operand.type, EntityType):
        return _entity_isof(operand, target, env, tr)
    if is_null(operand):
        return false()
    found = cast(Call("cast", (operand,), target, node.position, target), env, tr)
    return condition("given", found)


def _entity_isof(node: Node, target: Any, env: Environment, tr: Translating) -> Truth:
    if not isinstance(target, EntityType):
        return false()
    place = resolved(node, env, tr)
    wanted = type_condition(place.bound, target, tr.model)
    if place.hops:
        env.deeper()
        chosen = place.selected(bound(1, INTEGER))
        return (chosen if wanted is None else chosen.where(wanted)).exists()
    truths = [each for each in (place.narrowed, wanted) if each is not None]
    if not truths:
        return true()
    return condition("sure", truths[0] if len(truths) == 1 else condition("and", *truths))
