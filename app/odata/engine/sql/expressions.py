"""Typed nodes to SQL: the one place that other parts of the engine ask."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final

from sqlalchemy import ColumnElement

from app.odata.engine.ast import (
    Arithmetic,
    Call,
    Compare,
    ComputeItem,
    Count,
    In,
    Lambda,
    Literal,
    Logical,
    Member,
    Negate,
    Node,
    NodeType,
    Not,
    OrderItem,
    SearchNode,
)
from app.odata.engine.edm import BOOLEAN, EntitySet, Navigation, Singleton
from app.odata.engine.problems import NotSupported
from app.odata.engine.source import Caller, Service
from app.odata.engine.sql import kinds, search
from app.odata.engine.sql.arithmetic import computed, negated
from app.odata.engine.sql.calls import called
from app.odata.engine.sql.comparing import compared, included, sortable
from app.odata.engine.sql.conditions import fails, holds
from app.odata.engine.sql.environment import Bound, Environment, Known
from app.odata.engine.sql.lambdas import counted, exists
from app.odata.engine.sql.operations import condition
from app.odata.engine.sql.places import Place, member, navigated, reached, resolved
from app.odata.engine.sql.translating import Translating, Truth, is_null


class Translator(Translating):
    """The translation of one request's expressions, for one caller. Every use of a source gets a
    name of its own: t0, t1, …; so statements of the same shape have the same text.
    """

    def __init__(self, service: Service, caller: Caller, clock: Callable[[], datetime]) -> None:
        self.service = service
        self.caller = caller
        self.clock = clock
        self.lasting = True  # what was said so far can be said to all callers of this kind
        self._numbers = count()

    def name(self, letter: str = "t") -> str:
        """A name for a table of the statement, not used before."""
        return f"{letter}{next(self._numbers)}"

    def rows(self, entity_set: EntitySet | Singleton) -> Bound:
        """Rows of a set under a new name."""
        kind = entity_set.type
        if self.lasting and any(each.open for each in self.model.family(kind)):
            self.lasting = False  # what its properties are is found out anew for each request
        rows = self.service.sources[entity_set.name].rows(self.name(), self.caller)
        return Bound(rows, entity_set, entity_set.type)

    def navigated(self, bound: Bound, navigation: Navigation) -> tuple[Bound, Truth]:
        """Rows that a navigation leads to, and the condition that they are these and visible."""
        hop = navigated(Place(Known(bound, 0)), navigation, self)
        return hop.target, hop.joined

    def condition(self, node: Node, env: Environment) -> Truth:
        """For a WHERE: true exactly where the expression is; false or null elsewhere."""
        return self.holds(node, env)

    def value(self, node: Node, env: Environment) -> ColumnElement[Any]:
        """The value of an expression, null where it has none. Raises NotSupported for what cannot
        be said in SQL.
        """
        translate = _VALUES.get(type(node))
        if translate is None:
            raise NotSupported("This expression has no value here")
        return translate(node, env, self)

    def value_as(self, node: Node, kind: NodeType, env: Environment) -> ColumnElement[Any]:
        """The value of an expression in a type that its own promotes to."""
        if node.type is None:
            return kinds.nothing(kind)  # null, and what is null whatever it is made of
        if isinstance(node, Literal):
            return kinds.nothing(kind) if is_null(node) else kinds.constant(node, kind)
        return kinds.converted(self.value(node, env), node.type, kind)

    def order(
        self, items: Sequence[OrderItem], env: Environment
    ) -> list[tuple[ColumnElement[Any], bool]]:
        """Expressions to sort by, and whether descending. Nulls have to come first ascending, last
        descending (URL Conventions 5.1.6).
        """
        return [
            (sortable(self.value(each.expression, env), each.expression.type), each.descending)
            for each in items
        ]

    def computing(self, items: Sequence[ComputeItem], env: Environment) -> Environment:
        """The environment with the aliases of $compute; each may use those before it."""
        for each in items:
            env = env.with_computed(each.alias, self.value(each.expression, env))
        return env

    def search(self, node: SearchNode, bound: Bound) -> Truth:
        """The rows that $search finds."""
        return search.found(node, bound.rows)

    def holds(self, node: Node, env: Environment) -> Truth:
        """See Translating."""
        return holds(node, env, self)

    def fails(self, node: Node, env: Environment) -> Truth:
        """See Translating."""
        return fails(node, env, self)

    def exists(self, node: Lambda, env: Environment) -> Truth:
        """See Translating."""
        return exists(node, env, self)


def _literal(node: Literal, env: Environment, tr: Translator) -> ColumnElement[Any]:
    return tr.value_as(node, node.type, env)


def _member(node: Member, env: Environment, tr: Translator) -> ColumnElement[Any]:
    place = resolved(node.source, env, tr)
    if node.dynamic and not place.hops and not place.prefix and node.name in env.computed:
        return reached(env.computed[node.name], Known(place.start.instance, 0), env)
    try:
        return member(place, node.name, env)
    except KeyError:
        if node.dynamic:
            return kinds.nothing(node.type)  # a dynamic property that no entity has
        raise NotSupported(f"{node.name} has no value here") from None


def _logical(node: Logical, env: Environment, tr: Translator) -> ColumnElement[Any]:
    operands = [tr.value_as(each, BOOLEAN, env) for each in node.operands]
    return condition(node.operator, *operands)


def _not(node: Not, env: Environment, tr: Translator) -> ColumnElement[Any]:
    return condition("not", tr.value_as(node.operand, BOOLEAN, env))


def _compare(node: Compare, env: Environment, tr: Translator) -> ColumnElement[Any]:
    return compared(node, env, tr, positive=False)


def _in(node: In, env: Environment, tr: Translator) -> ColumnElement[Any]:
    return included(node, env, tr, positive=False)


def _exists(node: Lambda, env: Environment, tr: Translator) -> ColumnElement[Any]:
    return exists(node, env, tr)


_VALUES: Final[Mapping[type, Callable[..., ColumnElement[Any]]]] = {
    Literal: _literal,
    Member: _member,
    Logical: _logical,
    Not: _not,
    Compare: _compare,
    In: _in,
    Arithmetic: computed,
    Negate: negated,
    Call: called,
    Lambda: _exists,
    Count: counted,
}
