"""Expressions from text: any, conditions, and the arguments of operations."""

import json
import re
from decimal import Decimal
from typing import Any, Final

from app.odata.engine.ast import Literal, Node
from app.odata.engine.edm import CollectionType, EdmType, EnumType, PrimitiveType
from app.odata.engine.grammar import lists, literals
from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.lexer import UNSTORABLE, Excerpt, whole
from app.odata.engine.grammar.operators import fit
from app.odata.engine.grammar.parser import Parser
from app.odata.engine.grammar.scope import Scope, type_name
from app.odata.engine.primitives import from_text, to_text
from app.odata.engine.source import Limits

FILTER: Final = "$filter"

_JSON_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]|[^"\[\]{}]++|"', re.DOTALL)
_LEVELS: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


def parse(text: str, scope: Scope, limits: Limits, *, target: str = FILTER) -> Node:
    """The expression that a text is. Raises BadRequest, NotSupported, with `target` as theirs."""
    return Parser(whole(text, target).cursor(), scope, Budget(limits)).whole()


def parse_condition(text: str, scope: Scope, limits: Limits, *, target: str = FILTER) -> Node:
    """The expression that a text is, which has to be Boolean; `null` is a condition, too."""
    return read_condition(whole(text, target), scope, Budget(limits))


def read_condition(excerpt: Excerpt, scope: Scope, budget: Budget) -> Node:
    """The condition that a part of a text is."""
    parser = Parser(excerpt.cursor(), scope, budget)
    node = parser.condition()
    parser.cursor.finish()
    return node


def parse_argument(
    text: str, kind: EdmType, scope: Scope, limits: Limits, *, target: str = "argument"
) -> Any:
    """The value of an operation's parameter of type `kind`, from a literal, a parameter alias, or
    JSON in one (URL Conventions 5.3; ABNF functionParameter).

    A primitive or enumeration value is as ast.Literal says; a collection of these is a list; an
    object of a structured type, or a list of them, is as the JSON reader gives it, with Decimal
    for numbers with a point. None is null, also where an alias is not defined. An expression that
    is no constant comes back as its node. Raises BadRequest, NotSupported.
    """
    excerpt = _resolved(whole(text.strip(), target), scope, limits)
    if excerpt is None or excerpt.value.strip() == "null":
        return None
    item = kind.item if isinstance(kind, CollectionType) else kind
    if not isinstance(item, PrimitiveType | EnumType):
        return _json(excerpt, limits, list if isinstance(kind, CollectionType) else dict)
    parser = Parser(excerpt.cursor(), scope, Budget(limits))
    if not isinstance(kind, CollectionType):
        return _argument(parser.whole(), item, parser)
    found = lists.read(parser)
    parser.cursor.finish()
    return [_argument(each, item, parser) for each in found]


def _resolved(excerpt: Excerpt, scope: Scope, limits: Limits) -> Excerpt | None:
    """What an alias stands for, through aliases of aliases; None where there is none."""
    for _ in range(limits.depth):
        name = excerpt.value.strip()
        if not name.startswith("@"):
            return excerpt
        text = scope.aliases.get(name)
        if text is None:
            return None
        excerpt = whole(text, name)
    raise excerpt.wrong("This parameter alias goes round in a circle")


def _argument(node: Node, kind: PrimitiveType | EnumType, parser: Parser) -> Any:
    brought = literals.adapted(node, kind, parser.cursor)
    if not fit(kind, brought.type):
        types = f"{type_name(node.type)} where {kind.qualified} is due"
        raise parser.cursor.wrong(f"There is {types}", node.position)
    if not isinstance(brought, Literal):
        return brought
    if brought.value is None or brought.type == kind:
        return brought.value
    return _narrowed(brought, kind, parser)


def _narrowed(literal: Literal, kind: PrimitiveType | EnumType, parser: Parser) -> Any:
    """A number of a larger type, if it is one of the parameter's type as well."""
    assert isinstance(literal.type, PrimitiveType)
    try:
        return from_text(kind, to_text(literal.type, literal.value))
    except ValueError as error:
        raise parser.cursor.wrong(str(error), literal.position) from None


def _json(excerpt: Excerpt, limits: Limits, wanted: type) -> Any:
    """JSON text as objects and lists. Its nesting is counted before it is read."""
    level, deepest = 0, 0
    for token in _JSON_TOKEN.findall(excerpt.value):
        level += _LEVELS.get(token, 0)
        deepest = max(deepest, level)
    if deepest > limits.depth:
        raise excerpt.wrong(f"Nested deeper than {limits.depth} levels")
    try:
        value = json.loads(excerpt.value, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, ArithmeticError):
        raise excerpt.wrong("This is not JSON") from None
    if not _storable(value):
        raise excerpt.wrong("A string in it has a character that is not allowed")
    if not isinstance(value, wanted):
        shape = "array" if wanted is list else "object"
        raise excerpt.wrong(f"A JSON {shape} is due here")
    return value


def _storable(value: Any) -> bool:
    """No string in a JSON value has a character that no database can hold."""
    rest = [value]
    while rest:
        part = rest.pop()
        if isinstance(part, dict):
            rest += [*part, *part.values()]
        elif isinstance(part, list):
            rest += part
        elif isinstance(part, str) and UNSTORABLE.search(part):
            return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(name)
