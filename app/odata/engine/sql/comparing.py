"""eq, ne, gt, ge, lt, le, has and in (URL Conventions 5.1.1.1).

Comparisons are never null: null equals null, and any other comparison with null is false. Where a
condition only has to be true at the right places (`positive`), that needs no extra words, and an
index can serve it.
"""

from math import isnan
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, literal_column, or_, true

from app.odata.engine.ast import (
    Compare,
    Count,
    In,
    Literal,
    Member,
    Node,
    NodeType,
    Variable,
)
from app.odata.engine.edm import ComplexType, EntityType
from app.odata.engine.keeping import parameter
from app.odata.engine.problems import NotSupported
from app.odata.engine.sql import kinds
from app.odata.engine.sql.environment import Bound, Environment
from app.odata.engine.sql.operations import bound_list, condition, operation
from app.odata.engine.sql.places import Place, resolved
from app.odata.engine.sql.translating import Translating, Truth, is_null
from app.odata.engine.sql.types import sql_type

MIRRORED: Final = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}


def compared(node: Compare, env: Environment, tr: Translating, *, positive: bool) -> Truth:
    """A comparison. `positive`: null may stand for false."""
    node = _straight(node)
    if isinstance(node.left.type, EntityType | ComplexType):
        return _structured(node, env, tr)
    if node.operator in ("eq", "ne"):
        return _equality(node, env, tr, positive)
    if is_null(node.left) or is_null(node.right) or _is_nan(node.left, node.right):
        return false()
    kind, left, right = _sides(node, env, tr)
    name = "has" if node.operator == "has" else f"{node.operator}.{kinds.comparison(kind)}"
    found = condition(name, left, right)
    return found if positive else condition("sure", found)


def _straight(node: Compare) -> Compare:
    """With a literal on the right side where only one side is one."""
    if not isinstance(node.left, Literal) or isinstance(node.right, Literal):
        return node
    if node.operator == "has":
        return node
    operator = MIRRORED.get(node.operator, node.operator)
    return Compare(operator, node.right, node.left, node.type, node.position)


def _sides(
    node: Compare, env: Environment, tr: Translating
) -> tuple[NodeType, ColumnElement[Any], ColumnElement[Any]]:
    """Both operands in the type in which they meet."""
    left, right = node.left, node.right
    if isinstance(right, Literal):
        right = kinds.narrowest(right, left.type)
    kind = kinds.common(left.type, right.type)
    return kind, tr.value_as(left, kind, env), tr.value_as(right, kind, env)


def _is_nan(*nodes: Node) -> bool:
    return any(
        isinstance(each, Literal) and isinstance(each.value, float) and isnan(each.value)
        for each in nodes
    )


def _equality(node: Compare, env: Environment, tr: Translating, positive: bool) -> Truth:
    unequal = node.operator == "ne"
    if _is_nan(node.left, node.right):
        return true() if unequal else false()
    if is_null(node.right):
        if is_null(node.left):
            return false() if unequal else true()
        return condition("given" if unequal else "null", tr.value(node.left, env))
    found = among(node.left, (node.right,), env)
    if found is not None:
        return condition("not", found) if unequal else found
    kind, left, right = _sides(node, env, tr)
    ending = kinds.comparison(kind)
    if unequal:
        return condition(f"differs.{ending}", left, right)
    if positive and (_is_given(node.left, tr) or _is_given(node.right, tr)):
        return condition(f"eq.{ending}", left, right)
    return condition(f"same.{ending}", left, right)


def _is_given(node: Node, tr: Translating) -> bool:
    """Never null."""
    if isinstance(node, Literal):
        return node.value is not None
    if isinstance(node, Count):
        return True
    if not isinstance(node, Member) or not isinstance(node.source, Variable) or node.dynamic:
        return False
    kind = node.source.type
    if not isinstance(kind, EntityType):
        return False
    known = tr.model.properties(kind).get(node.name)
    return known is not None and not known.nullable


def among(node: Node, items: tuple[Node, ...], env: Environment) -> Truth | None:
    """What the source says of a property that equals one of some literals, none of them null; None
    where it says nothing of its own.
    """
    if not isinstance(node, Member) or not isinstance(node.source, Variable) or node.dynamic:
        return None
    known = env.variables.get(node.source.name)
    if known is None or not isinstance(known.instance, Bound) or known.level != env.level:
        return None
    numbers = [
        kinds.narrowest(each, node.type) if isinstance(each, Literal) else each for each in items
    ]
    if not all(isinstance(each, Literal) and _is_of(each, node.type) for each in numbers):
        return None
    type_ = sql_type(node.type)
    values = [parameter(each.value, type_) for each in numbers if isinstance(each, Literal)]
    return known.instance.rows.among(node.name, values)


def _is_of(item: Literal, kind: NodeType) -> bool:
    """The literal has the type of the property, as far as the databases can see."""
    return item.type == kind or kinds.family(item.type) == kinds.family(kind)


def included(node: In, env: Environment, tr: Translating, *, positive: bool) -> Truth:
    """in. Null is a member of a list that holds null."""
    given = tuple(each for each in node.items if not is_null(each) and not _is_nan(each))
    found: list[Truth] = []
    if len(given) < len(node.items) and any(is_null(each) for each in node.items):
        found.append(_equals(node.operand, Literal(None, None), env, tr))
    if given and not is_null(node.operand):
        found += _members(node.operand, given, env, tr, positive)
    if not found:
        return false()
    return or_(*found) if len(found) > 1 else found[0]


def _equals(left: Node, right: Node, env: Environment, tr: Translating) -> Truth:
    return compared(Compare("eq", left, right, None), env, tr, positive=False)


def _members(
    operand: Node, items: tuple[Node, ...], env: Environment, tr: Translating, positive: bool
) -> list[Truth]:
    if len(items) == 1:
        equal = Compare("eq", operand, items[0], None)
        return [compared(equal, env, tr, positive=positive)]
    known = among(operand, items, env)
    if known is not None:
        return [known]
    if not all(isinstance(each, Literal) for each in items):
        return [_equals(operand, each, env, tr) for each in items]
    groups: dict[NodeType, list[Any]] = {}
    for each in items:
        assert isinstance(each, Literal)
        literal = kinds.narrowest(each, operand.type)
        kind = kinds.common(operand.type, literal.type)
        value = kinds.adapted(literal.value, kind)
        if value is not None:
            groups.setdefault(kind, []).append(value)
    found: list[Truth] = []
    for kind, values in groups.items():
        left = sortable(tr.value_as(operand, kind, env), kind, text=False)
        chosen = left.in_(bound_list(values, sql_type(kind)))
        found.append(chosen if positive else condition("sure", chosen))
    return found


def sortable(
    expression: ColumnElement[Any], kind: NodeType, *, text: bool = True
) -> ColumnElement[Any]:
    """An expression as ORDER BY, < and IN have to see it: texts by code point, Decimals by value.
    `text` False: only equality matters.
    """
    ending = kinds.comparison(kind)
    if ending == "plain" or (ending == kinds.TEXT_ and not text):
        return expression
    return operation(f"sort.{ending}", expression, type_=expression.type)


def _structured(node: Compare, env: Environment, tr: Translating) -> Truth:
    """eq null and ne null of an entity or a complex value."""
    if not is_null(node.right) or node.operator not in ("eq", "ne"):
        raise NotSupported("Entities and complex values can be compared with null only")
    place = resolved(node.left, env, tr)
    if isinstance(node.left.type, ComplexType):
        return _complex(node, node.left.type, env, tr)
    there = _entity_exists(place, env) if isinstance(place.start.instance, Bound) else None
    if there is None:
        raise NotSupported("An entity cannot be asked for in the result of $apply")
    return there if node.operator == "ne" else condition("not", there)


def _entity_exists(place: Place, env: Environment) -> Truth:
    if not place.hops:
        return true() if place.narrowed is None else condition("sure", place.narrowed)
    env.deeper()
    return place.selected(literal_column("1")).exists()


def _complex(node: Compare, kind: ComplexType, env: Environment, tr: Translating) -> Truth:
    """A complex value is null where all its members are: there is no other sign of it."""
    leaves = _leaves(node.left, kind, tr)
    empty = [condition("null", tr.value(each, env)) for each in leaves]
    found = and_(true(), *empty)
    return found if node.operator == "eq" else condition("not", condition("and", *empty))


def _leaves(source: Node, kind: ComplexType, tr: Translating) -> list[Node]:
    found: list[Node] = []
    for each in tr.model.properties(kind).values():
        member = Member(source, each.name, each.type)
        inner = each.type
        found += _leaves(member, inner, tr) if isinstance(inner, ComplexType) else [member]
    return found
