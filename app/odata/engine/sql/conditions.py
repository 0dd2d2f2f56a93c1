"""Conditions of a WHERE, by three-valued logic (URL Conventions 5.1.1.1.7 to 5.1.1.1.10).

A WHERE takes what is true. So two questions are enough: where is an expression true, and where is
it false? `not` changes from one to the other, and neither has to tell false from null.
"""

from typing import Final

from sqlalchemy import and_, false, or_

from app.odata.engine.ast import Compare, In, Lambda, Literal, Logical, Node, Not
from app.odata.engine.edm import BOOLEAN
from app.odata.engine.sql.comparing import compared, included
from app.odata.engine.sql.environment import Environment
from app.odata.engine.sql.operations import condition
from app.odata.engine.sql.translating import Translating, Truth

_FLAT: Final = 3


def holds(node: Node, env: Environment, tr: Translating) -> Truth:
    """True exactly where the expression is true."""
    if isinstance(node, Logical):
        joined = and_ if node.operator == "and" else or_
        return joined(*(holds(each, env, tr) for each in _deepest_first(node)))
    if isinstance(node, Not):
        return fails(node.operand, env, tr)
    if isinstance(node, Compare):
        return compared(node, env, tr, positive=True)
    if isinstance(node, In):
        return included(node, env, tr, positive=True)
    if isinstance(node, Lambda):
        return tr.exists(node, env)
    if isinstance(node, Literal):
        return _constant(node, True, env, tr)
    return tr.value_as(node, BOOLEAN, env)


def fails(node: Node, env: Environment, tr: Translating) -> Truth:
    """True exactly where the expression is false."""
    if isinstance(node, Logical):
        joined = or_ if node.operator == "and" else and_
        return joined(*(fails(each, env, tr) for each in _deepest_first(node)))
    if isinstance(node, Not):
        return holds(node.operand, env, tr)
    if isinstance(node, Compare):
        return condition("not", compared(node, env, tr, positive=False))
    if isinstance(node, In):
        return condition("not", included(node, env, tr, positive=False))
    if isinstance(node, Lambda):
        return condition("not", tr.exists(node, env))
    if isinstance(node, Literal):
        return _constant(node, False, env, tr)
    return condition("not", tr.value_as(node, BOOLEAN, env))


def _constant(node: Literal, wanted: bool, env: Environment, tr: Translating) -> Truth:
    if node.value is None:
        return false()
    return tr.value_as(Literal(node.value is wanted, BOOLEAN), BOOLEAN, env)


def _deepest_first(node: Logical) -> list[Node]:
    """The operands, one that is nested deeply first: SQLite's parser goes on with little then."""
    heights = {id(each): _height(each) for each in node.operands}
    if max(heights.values()) <= _FLAT:
        return list(node.operands)
    return sorted(node.operands, key=lambda each: -heights[id(each)])


def _height(node: Node) -> int:
    """How many times and, or and not stand inside one another."""
    inner: tuple[Node, ...] = ()
    if isinstance(node, Logical):
        inner = node.operands
    elif isinstance(node, Not):
        inner = (node.operand,)
    return 1 + max((_height(each) for each in inner), default=0) if inner else 0
