"""aggregate, the paths of groupby, topcount and its kin (Data Aggregation 3.2.1, 3.2.3, 3.3)."""

from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Final

from app.odata.engine.ast import (
    Aggregate,
    AggregateItem,
    Count,
    Literal,
    Member,
    Navigate,
    Node,
    NodeType,
    Ranked,
    Shape,
    Transformation,
)
from app.odata.engine.edm import (
    BOOLEAN,
    DECIMAL,
    DOUBLE,
    FLOATS,
    INT64,
    INTEGERS,
    NUMBERS,
    CollectionType,
    EntityType,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.grammar import paths
from app.odata.engine.grammar.clauses import as_position, require_scalar
from app.odata.engine.grammar.lexer import Cursor, shown
from app.odata.engine.grammar.members import path_of
from app.odata.engine.grammar.parser import Parser
from app.odata.engine.grammar.scope import type_name
from app.odata.engine.grammar.shapes import known

Rollup = tuple[int, ...]
Amount = int | float | Decimal

ALL: Final = "$all"

_ROLLUP: Final = "rollup"
_HUNDRED: Final = 100


def aggregate(parser: Parser) -> Transformation:
    """aggregate(…): one instance, with a property for each item."""
    found: list[AggregateItem] = []
    names: set[str] = set()
    while True:
        position = parser.cursor.position
        item = _item(parser)
        if item.alias in names:
            raise parser.cursor.wrong(f"{shown(item.alias)} is there already", position)
        names.add(item.alias)
        found.append(item)
        if not parser.cursor.accept(","):
            break
    shape = Shape(tuple((each.alias, known(each.type)) for each in found))
    parser.scope = parser.scope.shaped(shape)
    return Aggregate(tuple(found))


def _item(parser: Parser) -> AggregateItem:
    cursor = parser.cursor
    if cursor.kind == "system" and cursor.value.lower() == "$count":
        parser.budget.spend(cursor)
        cursor.advance()
        return AggregateItem(None, "count", _alias(cursor), INT64)
    node = parser.expression()
    if isinstance(node, Count):
        raise cursor.unsupported("Counting related entities in aggregate is", node.position)
    if not cursor.is_word("with"):
        raise cursor.unexpected("'with' and a method")
    cursor.advance()
    position = cursor.position
    method = cursor.expect("name", "a method")
    if "." in method:
        raise cursor.unsupported("Methods of the model in aggregate are", position)
    result = _METHODS.get(method.lower())
    if result is None:
        raise cursor.wrong(f"There is no method {shown(method)}", position)
    node = _counted(parser, node) if method.lower() == "countdistinct" else node
    kind = result(node, cursor)
    return AggregateItem(node, method.lower(), _alias(cursor), kind)


def _alias(cursor: Cursor) -> str:
    if cursor.is_word("from"):
        raise cursor.unsupported("'from' in aggregate is")
    position = as_position(cursor)
    name = cursor.expect("name", "a name")
    if "." in name:
        raise cursor.wrong(f"{shown(name)} cannot name a value: it has a dot", position)
    return name


def _counted(parser: Parser, node: Node) -> Node:
    """Distinct entities are counted by their key."""
    kind = node.type
    if not (isinstance(node, Navigate) and isinstance(kind, EntityType)):
        return node
    key = parser.scope.model.key(kind)
    if len(key) != 1:
        raise parser.cursor.unsupported(f"Counting distinct {kind.qualified} is", node.position)
    return Member(node, key[0].name, key[0].type, node.position)


def _summed(node: Node, cursor: Cursor) -> NodeType:
    kind = _number(node, "summed", cursor)
    if kind in INTEGERS:
        return INT64
    return DOUBLE if kind in FLOATS else DECIMAL


def _averaged(node: Node, cursor: Cursor) -> NodeType:
    return DECIMAL if _number(node, "averaged", cursor) == DECIMAL else DOUBLE


def _number(node: Node, use: str, cursor: Cursor) -> NodeType:
    if node.type not in NUMBERS:
        raise cursor.wrong(f"{type_name(node.type)} cannot be {use}", node.position)
    return node.type


def _extreme(node: Node, cursor: Cursor) -> NodeType:
    if node.type in (BOOLEAN, None):
        raise cursor.wrong(f"{type_name(node.type)} has no least or greatest value", node.position)
    require_scalar(node.type, "put in order", node.position, cursor)
    return node.type


def _distinct(node: Node, cursor: Cursor) -> NodeType:
    if not isinstance(node.type, PrimitiveType | EnumType | None):
        raise cursor.unsupported(f"Counting distinct {type_name(node.type)} is", node.position)
    return INT64


_METHODS: Final[dict[str, Callable[[Node, Cursor], NodeType]]] = {
    "sum": _summed,
    "average": _averaged,
    "min": _extreme,
    "max": _extreme,
    "countdistinct": _distinct,
}


def grouping(parser: Parser) -> tuple[tuple[Node, ...], Rollup, bool]:
    """`(path,…,rollup(path,…))` at the cursor: the paths, each once; the indexes of those in the
    rollup, coarsest first; whether the rollup goes up to one group of all ($all).
    """
    cursor, found = parser.cursor, dict[str, Node]()
    rollup: Rollup = ()
    total = False
    cursor.expect("(")
    while True:
        if cursor.is_word(_ROLLUP) and cursor.follows == "(":
            if rollup:
                raise cursor.unsupported("More than one rollup is")
            rollup, total = _rollup(parser, found)
        elif cursor.follows == "(" and cursor.is_word("rolluprecursive"):
            raise cursor.unsupported("rolluprecursive is")
        else:
            _group(parser, found)
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return tuple(found.values()), rollup, total


def _rollup(parser: Parser, found: dict[str, Node]) -> tuple[Rollup, bool]:
    cursor, total, levels = parser.cursor, False, list[int]()
    cursor.advance()
    cursor.expect("(")
    if cursor.kind == "system" and cursor.value.lower() == ALL:
        total = True
        cursor.advance()
        cursor.expect(",")
    while True:
        position = cursor.position
        before = len(found)
        _group(parser, found)
        if len(found) == before:
            raise cursor.wrong("This path is grouped by already", position)
        levels.append(before)
        if not cursor.accept(","):
            break
    cursor.expect(")")
    if len(levels) == 1 and not total:
        raise cursor.unsupported("rollup of a hierarchy with a name is", position)
    return tuple(levels), total


def _group(parser: Parser, found: dict[str, Node]) -> None:
    """A path to group by; one that is there already changes nothing."""
    cursor, position = parser.cursor, parser.cursor.position
    if cursor.kind != "name":
        raise cursor.unexpected("a property")
    parser.budget.spend(cursor)
    parser.height = 1
    node = paths.read(parser)
    if isinstance(node.type, CollectionType):
        raise cursor.wrong(f"{type_name(node.type)} cannot be grouped by", position)
    if not isinstance(node, Member) or not isinstance(node.type, PrimitiveType | EnumType | None):
        raise cursor.unsupported(f"Grouping by {type_name(node.type)} is", position)
    found.setdefault(path_of(node), node)


def ranked(kind: str) -> Callable[[Parser], Transformation]:
    """The reader of topcount(amount,value) and its kin, by name."""

    def read(parser: Parser) -> Transformation:
        cursor, position = parser.cursor, parser.cursor.position
        amount = _amount(kind, parser.expression(), position, cursor)
        cursor.expect(",")
        value = parser.expression()
        if kind.endswith("count"):
            require_scalar(value.type, "put in order", value.position, cursor)
        else:
            _number(value, "summed", cursor)
        return Ranked(kind, amount, value)

    return read


def _amount(kind: str, node: Node, position: int, cursor: Cursor) -> Amount:
    """How many, how much, or how many percent: a constant."""
    if not isinstance(node, Literal) or node.type not in NUMBERS or not isfinite(node.value):
        raise cursor.wrong(f"{kind} takes a number here", position)
    value: Amount = node.value
    if kind.endswith("count") and (value < 0 or node.type not in INTEGERS):
        raise cursor.wrong(f"{kind} takes a whole number that is not negative", position)
    if kind.endswith("percent") and not 0 <= value <= _HUNDRED:
        raise cursor.wrong(f"{kind} takes a number from 0 to 100", position)
    return value
