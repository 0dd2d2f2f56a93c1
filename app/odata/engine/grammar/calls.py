"""Calls of canonical functions, of cast, isof and case (URL Conventions 5.1.1.5 to 5.1.1.12)."""

from collections.abc import Callable, Mapping
from typing import Final

from app.odata.engine.ast import Call, Literal, Node
from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    STREAM,
    CollectionType,
    EnumType,
    ItemType,
    PrimitiveType,
)
from app.odata.engine.grammar import functions
from app.odata.engine.grammar.lexer import shown
from app.odata.engine.grammar.members import narrowed, no_function, related
from app.odata.engine.grammar.operators import require_boolean
from app.odata.engine.grammar.reader import Reader
from app.odata.engine.grammar.scope import is_structured, type_name, type_named

_GEO: Final = ("Edm.Geography", "Edm.Geometry")


def read(reader: Reader) -> Node:
    """The call at the cursor: a name with an opening parenthesis right behind it."""
    cursor = reader.cursor
    name, position = cursor.value.lower(), cursor.position
    if name not in functions.SUPPORTED:
        raise no_function(reader.scope, reader.scope.instance(position), cursor)
    reader.budget.descend(cursor)
    cursor.advance()
    cursor.expect("(")
    special = _SPECIAL.get(name)
    if special is not None:
        node = special(reader, position)
    else:
        node = functions.call(name, _arguments(reader), position, cursor)
    cursor.expect(")")
    reader.budget.ascend()
    reader.height = reader.budget.bear(cursor, reader.height + 1)
    return node


def _arguments(reader: Reader) -> list[Node]:
    found, height = list[Node](), 1
    while reader.cursor.kind != ")" or found:
        found.append(reader.expression())
        height = max(height, reader.height)
        if not reader.cursor.accept(","):
            break
    reader.height = height
    return found


def _case(reader: Reader, position: int) -> Node:
    cursor, pairs, height = reader.cursor, list[tuple[Node, Node]](), 1
    while True:
        condition = require_boolean(reader.expression(), "A condition of case", cursor)
        height = max(height, reader.height)
        cursor.expect(":")
        pairs.append((condition, reader.expression()))
        height = max(height, reader.height)
        if not cursor.accept(","):
            break
    reader.height = height
    return functions.conditional(pairs, position, cursor)


def _subject(reader: Reader, position: int) -> Node:
    """What cast and isof are about: an expression before a comma, or else the instance. The type
    stands at the cursor then.
    """
    cursor = reader.cursor
    start, named = cursor.position, cursor.kind == "name"
    if named:
        cursor.advance()
        alone = cursor.kind == ")"
        cursor.jump(start)
        if alone:
            reader.height = 1
            return reader.scope.instance(position)
    node = reader.expression()
    cursor.expect(",")
    return node


def _cast(reader: Reader, position: int) -> Node:
    """A cast to a structured type narrows; it is not needed where the node is of that type."""
    node, cursor = _subject(reader, position), reader.cursor
    target = _type(reader)
    if isinstance(target, PrimitiveType | EnumType):
        _require_scalar(reader, node, "cast")
        found: Node = Call("cast", (node,), target, position, target)
    else:
        narrow = narrowed(reader.scope, node, cursor)
        assert narrow is not None
        found = narrow
    cursor.advance()
    return found


def _isof(reader: Reader, position: int) -> Node:
    """isof is plainly false for a type that no value of the node can be of."""
    node, cursor = _subject(reader, position), reader.cursor
    target = _type(reader)
    possible = True
    if isinstance(target, PrimitiveType | EnumType):
        _require_scalar(reader, node, "isof")
    else:
        possible = related(reader.scope.model, node.type, target)
    cursor.advance()
    if not possible:
        return Literal(False, BOOLEAN, position)
    return Call("isof", (node,), BOOLEAN, position, target)


_SPECIAL: Final[Mapping[str, Callable[[Reader, int], Node]]] = {
    "case": _case,
    "cast": _cast,
    "isof": _isof,
}


def _type(reader: Reader) -> ItemType:
    """The type that the name at the cursor means."""
    cursor = reader.cursor
    if cursor.kind != "name":
        raise cursor.unexpected("the name of a type")
    if cursor.value.startswith(_GEO) or cursor.follows == "(":
        raise cursor.unsupported(f"The type {shown(cursor.value)} is")
    found = type_named(reader.scope.model, cursor.value)
    if found is None:
        raise cursor.wrong(f"There is no type {shown(cursor.value)}")
    if found in (BINARY, STREAM):
        raise cursor.unsupported(f"The type {found.qualified} is")
    return found


def _require_scalar(reader: Reader, node: Node, word: str) -> None:
    cursor = reader.cursor
    if node.type in (BINARY, STREAM) or isinstance(node.type, CollectionType):
        raise cursor.unsupported(f"{word} of {type_name(node.type)} is", node.position)
    if is_structured(node.type):
        raise cursor.wrong(f"{type_name(node.type)} is no primitive type", node.position)
