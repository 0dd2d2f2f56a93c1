"""The options that name no other options: numbers, $orderby, $compute and the like, and how the
options of one request or property become an Options (URL Conventions 5.1.2 to 5.1.12).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from app.odata.engine.ast import ComputeItem, Options, OrderItem, Shape
from app.odata.engine.edm import (
    BINARY,
    STREAM,
    ComplexType,
    EntityType,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.grammar import search
from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.expressions import read_condition
from app.odata.engine.grammar.lexer import Cursor, Excerpt, shown
from app.odata.engine.grammar.parser import Parser
from app.odata.engine.grammar.scope import Computed, Scope, type_name

Fields = Mapping[str, Any]  # of an Options
Read = Callable[[Excerpt, Scope, Budget], Fields]

LARGEST: Final = 2**63 - 1  # what is larger means this: nobody has as many rows

_DIGITS: Final = re.compile(r"[0-9]{1,400}")
_INDEX: Final = re.compile(r"-?[0-9]{1,18}")
_DIRECTIONS: Final = {"asc": False, "desc": True}


def assemble(
    given: Mapping[str, Excerpt], scope: Scope, budget: Budget, more: Mapping[str, Read]
) -> Options:
    """The Options that texts by canonical name ask for; `more` reads those that this module does
    not know. $compute comes first: the others see what it adds. Unknown names are the caller's.
    """
    fields: dict[str, Any] = {}
    computing = given.get("$compute")
    if computing is not None:
        parser = Parser(computing.cursor(), scope, budget)
        fields["compute"] = compute_items(parser)
        parser.cursor.finish()
        scope = parser.scope
    for name, excerpt in given.items():
        read = more.get(name) or _READERS.get(name)
        if read is not None:
            fields.update(read(excerpt, scope, budget))
    return Options(**fields)


def order_items(parser: Parser) -> tuple[OrderItem, ...]:
    """Keys of an order at the cursor, separated by commas (5.1.4)."""
    cursor, found = parser.cursor, list[OrderItem]()
    while True:
        node = parser.expression()
        require_scalar(node.type, "ordered by", node.position, cursor)
        direction = _DIRECTIONS.get(cursor.value.lower()) if cursor.kind == "name" else None
        if direction is not None:
            cursor.advance()
        found.append(OrderItem(node, bool(direction)))
        if not cursor.accept(","):
            return tuple(found)


def compute_items(parser: Parser) -> tuple[ComputeItem, ...]:
    """Items of $compute at the cursor. Each sees those before it; the parser's scope has them all
    afterwards (5.1.10).
    """
    cursor, found = parser.cursor, list[ComputeItem]()
    while True:
        budget = parser.budget
        nodes, items = budget.nodes, budget.items
        node = parser.expression()
        if not isinstance(node.type, PrimitiveType | EnumType | None):
            raise cursor.unsupported(f"Computing {type_name(node.type)} is", node.position)
        name = alias(parser)
        cost = (nodes - budget.nodes, items - budget.items)
        computed = Computed(node.type, *cost, parser.height)
        parser.scope = parser.scope.with_computed(name, computed)
        found.append(ComputeItem(node, name))
        if not cursor.accept(","):
            return tuple(found)


def alias(parser: Parser) -> str:
    """`as Name` at the cursor. Raises BadRequest for a name that the instances have already."""
    cursor, scope = parser.cursor, parser.scope
    position = as_position(cursor)
    name = cursor.expect("name", "a name")
    if "." in name or name in scope.computed or name in _names(scope):
        reason = "has a dot" if "." in name else "is there already"
        raise cursor.wrong(f"{shown(name)} cannot name a computed value: it {reason}", position)
    return name


def as_position(cursor: Cursor) -> int:
    """Goes on behind `as`; gives the position of what follows it."""
    if not cursor.is_word("as"):
        raise cursor.unexpected("'as' and a name")
    cursor.advance()
    return cursor.position


def require_scalar(kind: object, use: str, position: int, cursor: Cursor) -> None:
    """Raises BadRequest for types without an order."""
    if not isinstance(kind, PrimitiveType | EnumType | None) or kind in (BINARY, STREAM):
        name = getattr(kind, "qualified", type_name(None))
        raise cursor.wrong(f"{name} cannot be {use}", position)


def count_of(excerpt: Excerpt) -> int:
    """A number of rows: not negative, at most LARGEST. Raises BadRequest (5.1.5)."""
    text = excerpt.value.strip()
    if _DIGITS.fullmatch(text) is None:
        raise excerpt.wrong(f"Expected a number that is not negative, not {shown(text)}")
    return min(int(text), LARGEST)


def _names(scope: Scope) -> set[str]:
    """What the instances have already."""
    kind = scope.type
    if isinstance(kind, Shape):
        return {name.partition("/")[0] for name, _ in (*kind.properties, *kind.paths)}
    if not isinstance(kind, ComplexType | EntityType):
        return set()
    declared = {*scope.model.properties(kind), *scope.model.navigations(kind)}
    return declared | set(scope.dynamic or ())


def _filter(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
    return {"filter": read_condition(excerpt, scope, budget)}


def _search(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
    return {"search": search.read(excerpt, budget)}


def _orderby(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
    parser = Parser(excerpt.cursor(), scope, budget)
    items = order_items(parser)
    parser.cursor.finish()
    return {"orderby": items}


def _top(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
    return {"top": count_of(excerpt)}


def _skip(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
    return {"skip": count_of(excerpt)}


def _count(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
    text = excerpt.value.strip().lower()
    if text not in ("true", "false"):
        raise excerpt.wrong(f"Expected true or false, not {shown(excerpt.value)}")
    return {"count": text == "true"}


def _index(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
    text = excerpt.value.strip()
    if _INDEX.fullmatch(text) is None:
        raise excerpt.wrong(f"Expected a whole number, not {shown(text)}")
    return {"index": int(text)}


def _as_it_is(field: str) -> Read:
    """A reader of an option that others understand; it only must not be empty."""

    def read(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
        if not excerpt.value.strip():
            raise excerpt.wrong(f"{excerpt.target} is empty")
        return {field: excerpt.value.strip()}

    return read


_READERS: Final[Mapping[str, Read]] = {
    "$filter": _filter,
    "$search": _search,
    "$orderby": _orderby,
    "$top": _top,
    "$skip": _skip,
    "$count": _count,
    "$index": _index,
    "$skiptoken": _as_it_is("skiptoken"),
    "$schemaversion": _as_it_is("schemaversion"),
    "$id": _as_it_is("id"),
    "$format": _as_it_is("format"),
}
