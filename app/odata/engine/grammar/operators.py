"""Operators applied to typed operands (URL Conventions 5.1.1.1, 5.1.1.2, numeric promotion).

Each function makes a node, or raises BadRequest naming the types that do not go together.
"""

from collections.abc import Mapping
from typing import Final

from app.odata.engine.ast import (
    Arithmetic,
    Compare,
    Literal,
    Logical,
    Navigate,
    Negate,
    Node,
    NodeType,
    Not,
)
from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    BYTE,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DURATION,
    INT16,
    INTEGERS,
    NUMBERS,
    STREAM,
    STRING,
    UNTYPED,
    CollectionType,
    EntityType,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.grammar.lexer import Cursor
from app.odata.engine.grammar.literals import adapted
from app.odata.engine.grammar.scope import is_structured, type_name
from app.odata.engine.primitives import promote
from app.odata.engine.problems import Problem

EQUALITY: Final = ("eq", "ne")

_TEMPORAL: Final[Mapping[tuple[str, NodeType, NodeType], PrimitiveType]] = {
    ("add", DATE_TIME_OFFSET, DURATION): DATE_TIME_OFFSET,
    ("add", DURATION, DURATION): DURATION,
    ("add", DATE, DURATION): DATE,
    ("sub", DATE_TIME_OFFSET, DURATION): DATE_TIME_OFFSET,
    ("sub", DURATION, DURATION): DURATION,
    ("sub", DATE_TIME_OFFSET, DATE_TIME_OFFSET): DURATION,
    ("sub", DATE, DURATION): DATE,
    ("sub", DATE, DATE): DURATION,
}
_SCALED: Final = ("mul", "div", "divby")  # of a duration, by a number


def require_boolean(node: Node, what: str, cursor: Cursor) -> Node:
    """The node, which has to be a condition; null is one."""
    if node.type not in (BOOLEAN, None, UNTYPED):
        raise cursor.wrong(
            f"{what} has to be Edm.Boolean, not {type_name(node.type)}", node.position
        )
    return node


def logical(word: str, operands: list[Node], position: int, cursor: Cursor) -> Node:
    """and, or. Operands that are chains of the same operator become part of this one."""
    flat: list[Node] = []
    for each in operands:
        require_boolean(each, f"An operand of '{word}'", cursor)
        same = isinstance(each, Logical) and each.operator == word
        flat += each.operands if isinstance(each, Logical) and same else (each,)
    return Logical(word, tuple(flat), BOOLEAN, position)


def negation(operand: Node, position: int, cursor: Cursor) -> Node:
    """not."""
    return Not(require_boolean(operand, "The operand of 'not'", cursor), BOOLEAN, position)


def minus(operand: Node, position: int, cursor: Cursor) -> Node:
    """Unary minus."""
    if operand.type not in (*NUMBERS, DURATION, None, UNTYPED):
        raise cursor.wrong(f"{type_name(operand.type)} has no negative", position)
    return Negate(operand, INT16 if operand.type == BYTE else operand.type, position)


def comparison(word: str, left: Node, right: Node, position: int, cursor: Cursor) -> Node:
    """eq ne gt ge lt le."""
    left, right = aligned(left, right, cursor)
    for side, other in ((left, right), (right, left)):
        _check_comparable(word, side, other, position, cursor)
    if not fit(left.type, right.type):
        raise misfit(word, left, right, position, cursor)
    return Compare(word, left, right, BOOLEAN, position)


def flags(left: Node, right: Node, position: int, cursor: Cursor) -> Node:
    """has."""
    if not isinstance(left.type, EnumType | None):
        message = f"'has' asks for flags of an enumeration, not of {type_name(left.type)}"
        raise cursor.wrong(message, position)
    right = adapted(right, left.type, cursor)
    if not fit(left.type, right.type):
        raise misfit("has", left, right, position, cursor)
    return Compare("has", left, right, BOOLEAN, position)


def arithmetic(word: str, left: Node, right: Node, position: int, cursor: Cursor) -> Node:
    """add sub mul div divby mod."""
    left, right = _arithmetic_literals(word, left, right, cursor)
    found = _arithmetic_type(word, left.type, right.type)
    if found is None and (left.type is not None or right.type is not None):
        raise misfit(word, left, right, position, cursor)
    return Arithmetic(word, left, right, found, position)


def aligned(left: Node, right: Node, cursor: Cursor) -> tuple[Node, Node]:
    """Both sides, each literal brought to the type of the other side."""
    return adapted(left, right.type, cursor), adapted(right, left.type, cursor)


def fit(one: NodeType, other: NodeType) -> bool:
    """Values of the two types can be compared; null with all."""
    if one is None or other is None or one == other:
        return True
    return UNTYPED in (one, other) or promote(one, other) is not None


def misfit(word: str, left: Node, right: Node, position: int, cursor: Cursor) -> Problem:
    """The error that an operator does not take these types."""
    types = f"{type_name(left.type)} and {type_name(right.type)}"
    return cursor.wrong(f"'{word}' does not take {types}", position)


def _check_comparable(word: str, side: Node, other: Node, position: int, cursor: Cursor) -> None:
    kind = side.type
    if isinstance(kind, CollectionType):
        raise cursor.unsupported("Comparing collections is", position)
    if kind == STREAM:
        raise cursor.unsupported("Comparing streams is", position)
    if kind == BINARY and word not in EQUALITY:
        raise cursor.wrong(f"Edm.Binary has no order, '{word}' does not take it", position)
    if not is_structured(kind):
        return
    null = isinstance(other, Literal) and other.value is None
    if word not in EQUALITY or not (null or is_structured(other.type)):
        raise misfit(word, side, other, position, cursor)
    if not (null and isinstance(side, Navigate) and isinstance(kind, EntityType)):
        raise cursor.unsupported(f"Comparing {type_name(kind)} with '{word}' is", position)


def _arithmetic_literals(word: str, left: Node, right: Node, cursor: Cursor) -> tuple[Node, Node]:
    """A string literal beside a point in time is a duration, beside all else of that type."""
    points = (DATE, DATE_TIME_OFFSET)
    if right.type == STRING and left.type in points and _is_duration(right):
        return left, adapted(right, DURATION, cursor)
    return aligned(left, right, cursor)


def _is_duration(node: Node) -> bool:
    return isinstance(node, Literal) and str(node.value).lstrip("+-")[:1] in ("P", "p")


def _arithmetic_type(word: str, left: NodeType, right: NodeType) -> NodeType:
    if left in NUMBERS and right in NUMBERS:
        if word == "divby" and left in INTEGERS and right in INTEGERS:
            return DECIMAL
        return promote(left, right)
    if left is None or right is None:
        return _beside_null(word, left, right)
    if word in _SCALED and left == DURATION and right in NUMBERS:
        return DURATION
    if word == "mul" and left in NUMBERS and right == DURATION:
        return DURATION
    return _TEMPORAL.get((word, left, right))


def _beside_null(word: str, left: NodeType, right: NodeType) -> NodeType:
    """The result is null, whatever its type is called; but no type that never fits."""
    known = left or right
    if known in NUMBERS or (known == DURATION and word in _SCALED):
        return known
    for (operator, one, other), result in _TEMPORAL.items():
        if operator == word and known == (one if right is None else other):
            return result
    return None
