"""What a filter means, worked out in Python from the standard, apart from all SQL.

It reads typed nodes and the plain entities of the second service. Values are those of
evaluator_values.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.odata.engine import ast
from app.odata.engine.edm import (
    CollectionType,
    EntityType,
)
from tests.engine.evaluator_values import (
    FUNCTIONS,
    NUMERIC,
    bounded,
    brought,
    cast,
    equal,
    family,
    ordered,
    rounded,
    temporal,
)
from tests.second_service import data
from tests.second_service.layout import LAYOUTS
from tests.second_service.model import MODEL


@dataclass(frozen=True)
class Item:
    """An entity of a set."""

    home: str
    entity: data.Entity


Scope = Mapping[str, Item]


class Evaluator:
    """Expressions over what a caller sees, at an instant."""

    def __init__(self, caller: str, now: datetime) -> None:
        self.caller = caller
        self.now = now

    def keys(self, home: str, condition: ast.Node) -> list[tuple[Any, ...]]:
        """The keys of the entities of a set for which a condition is true."""
        names = LAYOUTS[home].type.key
        found = [
            each
            for each in data.visible(home, self.caller)
            if self.value(condition, {"$it": Item(home, each)}) is True
        ]
        return sorted(tuple(each[name] for name in names) for each in found)

    def value(self, node: ast.Node, scope: Scope) -> Any:
        """The value of a node, None for null."""
        return _VALUES[type(node)](self, node, scope)

    def literal(self, node: ast.Literal, scope: Scope) -> Any:
        return node.value

    def variable(self, node: ast.Variable, scope: Scope) -> Any:
        return scope[node.name]

    def member(self, node: ast.Member, scope: Scope) -> Any:
        source = self.value(node.source, scope)
        if source is None:
            return None
        return source.entity.get(node.name) if isinstance(source, Item) else source.get(node.name)

    def navigate(self, node: ast.Navigate, scope: Scope) -> Any:
        source = self.value(node.source, scope)
        if source is None:
            return [] if node.navigation.collection else None
        name = node.navigation.name
        target = data.NAVIGATIONS[source.home, name][0]
        reached = data.navigated(source.home, source.entity, name, self.caller)
        found = [Item(target, each) for each in reached]
        if node.navigation.collection:
            return found
        return found[0] if found else None

    def narrow(self, node: ast.Narrow, scope: Scope) -> Any:
        source = self.value(node.source, scope)
        if isinstance(node.type, CollectionType):
            return [each for each in source if self._is(each, node.type.item)]
        return source if source is not None and self._is(source, node.type) else None

    def _is(self, item: Item, kind: Any) -> bool:
        own = item.entity.get("@type")
        actual = LAYOUTS[item.home].type if own is None else MODEL.entity_type(own)
        return MODEL.is_a(actual, kind)

    def logical(self, node: ast.Logical, scope: Scope) -> bool | None:
        values = [self.value(each, scope) for each in node.operands]
        decisive = node.operator == "or"
        if decisive in values:
            return decisive
        return None if None in values else not decisive

    def negation(self, node: ast.Not, scope: Scope) -> bool | None:
        value = self.value(node.operand, scope)
        return None if value is None else not value

    def compare(self, node: ast.Compare, scope: Scope) -> bool:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if node.operator in ("eq", "ne"):
            same = equal(left, node.left.type, right, node.right.type)
            return same == (node.operator == "eq")
        if left is None or right is None:
            return False
        if node.operator == "has":
            return bool(left & right == right)
        return ordered(node.operator, left, node.left.type, right, node.right.type)

    def included(self, node: ast.In, scope: Scope) -> bool:
        value = self.value(node.operand, scope)
        return any(
            equal(value, node.operand.type, self.value(each, scope), each.type)
            for each in node.items
        )

    def arithmetic(self, node: ast.Arithmetic, scope: Scope) -> Any:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if left is None or right is None:
            return None
        if isinstance(left, datetime | date | timedelta) or isinstance(right, timedelta):
            return temporal(node.operator, left, right)
        one = brought(left, node.left.type, node.type)
        other = brought(right, node.right.type, node.type)
        if one is None or other is None:
            return None
        return NUMERIC[family(node.type)](node.operator, one, other)

    def minus(self, node: ast.Negate, scope: Scope) -> Any:
        value = self.value(node.operand, scope)
        if value is None or value == 0:
            return value
        return bounded(-value, node.type)

    def any_all(self, node: ast.Lambda, scope: Scope) -> bool:
        items = self.value(node.source, scope)
        if node.predicate is None:
            return bool(items)
        inner = [{**scope, str(node.variable): each} for each in items]
        results = [self.value(node.predicate, each) is True for each in inner]
        return any(results) if node.kind == "any" else all(results)

    def count(self, node: ast.Count, scope: Scope) -> int:
        items = self.value(node.source, scope)
        assert node.search is None
        if node.filter is None:
            return len(items)
        return sum(self.value(node.filter, {**scope, "$this": each}) is True for each in items)

    def call(self, node: ast.Call, scope: Scope) -> Any:
        if node.name == "case":
            pairs = zip(node.arguments[::2], node.arguments[1::2], strict=True)
            for truth, result in pairs:
                if self.value(truth, scope) is True:
                    return brought(self.value(result, scope), result.type, node.type)
            return None
        values = [self.value(each, scope) for each in node.arguments]
        kinds = [each.type for each in node.arguments]
        if node.name == "isof":
            if isinstance(node.target, EntityType):
                return values[0] is not None and self._is(values[0], node.target)
            return cast(values[0], kinds[0], node.target) is not None
        if node.name == "cast":
            return cast(values[0], kinds[0], node.target)
        if node.name == "now":
            return self.now
        if None in values:
            return None
        if node.name in ("round", "floor", "ceiling"):
            return rounded(node.name, brought(values[0], kinds[0], node.type))
        return FUNCTIONS[node.name](*values)


_VALUES: dict[type, Callable[..., Any]] = {
    ast.Literal: Evaluator.literal,
    ast.Variable: Evaluator.variable,
    ast.Member: Evaluator.member,
    ast.Navigate: Evaluator.navigate,
    ast.Narrow: Evaluator.narrow,
    ast.Logical: Evaluator.logical,
    ast.Not: Evaluator.negation,
    ast.Compare: Evaluator.compare,
    ast.In: Evaluator.included,
    ast.Arithmetic: Evaluator.arithmetic,
    ast.Negate: Evaluator.minus,
    ast.Lambda: Evaluator.any_all,
    ast.Count: Evaluator.count,
    ast.Call: Evaluator.call,
}
