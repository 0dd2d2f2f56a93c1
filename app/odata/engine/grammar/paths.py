"""Paths in expressions: properties, navigations, casts, any, all, /$count (URL Conventions
5.1.1.13 to 5.1.1.16).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from app.odata.engine.ast import Count, Lambda, Literal, Navigate, Node, Shape, Variable
from app.odata.engine.edm import BOOLEAN, INT64, CollectionType, EntityType
from app.odata.engine.grammar import search
from app.odata.engine.grammar.lexer import shown
from app.odata.engine.grammar.members import (
    computed_by,
    home_of,
    member,
    narrowed,
    no_function,
    no_member,
    path_of,
)
from app.odata.engine.grammar.nested import split
from app.odata.engine.grammar.reader import Reader
from app.odata.engine.grammar.scope import IT, THIS, type_name

_COUNT_OPTIONS: Final = ("$filter", "$search")


def read(reader: Reader) -> Node:
    """The path that begins at the token: a name, or one that begins with `$` or `@`."""
    cursor = reader.cursor
    start = _STARTS.get(cursor.kind, _named)
    return follow(reader, start(reader))


def follow(reader: Reader, node: Node) -> Node:
    """The path that goes on behind a node, as far as there is one."""
    cursor = reader.cursor
    while cursor.kind == "/":
        cursor.advance()
        reader.budget.spend(cursor)
        height = reader.height
        node = _step(reader, node)
        reader.height = reader.budget.bear(cursor, max(height, reader.height) + 1)
    if cursor.kind == "(" and isinstance(node, Navigate):
        raise cursor.unsupported("Keys in expressions are")
    if isinstance(reader.scope.type, Shape):
        _check_shape(reader, node)
    return node


def _named(reader: Reader) -> Node:
    """A first segment: a variable of a lambda, a member of the instance, or a type."""
    cursor, scope = reader.cursor, reader.scope
    variable = scope.variables.get(cursor.value)
    if variable is not None:
        node: Node | None = replace(variable, position=cursor.position)
    else:
        instance = scope.instance(cursor.position)
        node = _member(reader, instance) or narrowed(scope, instance, cursor)
    if node is None:
        raise no_member(scope, scope.type, cursor)
    cursor.advance()
    return node


def _member(reader: Reader, source: Node) -> Node | None:
    """The member that the name at the cursor means. One that is computed costs its expression."""
    node = member(reader.scope, source, reader.cursor)
    computed = None if node is None else computed_by(reader.scope, node)
    if computed is not None:
        reader.budget.spend(reader.cursor, computed.nodes)
        reader.budget.spend_items(reader.cursor, computed.items)
        reader.height = reader.budget.bear(reader.cursor, computed.height)
    return node


def _system(reader: Reader) -> Node:
    """`$it` or `$this`."""
    cursor, scope = reader.cursor, reader.scope
    found: Mapping[str, Callable[[int], Variable]] = {IT: scope.it, THIS: scope.instance}
    if cursor.value in ("$root", "$these"):
        raise cursor.unsupported(f"{cursor.value} is")
    if cursor.value not in found:
        raise cursor.unexpected("an operand")
    node = found[cursor.value](cursor.position)
    cursor.advance()
    return node


def _aliased(reader: Reader) -> Node:
    return reader.alias()


_STARTS: Final[Mapping[str, Callable[[Reader], Node]]] = {"system": _system, "at": _aliased}


def _step(reader: Reader, node: Node) -> Node:
    """One segment behind a slash."""
    cursor = reader.cursor
    if isinstance(node, Literal) and node.type is None:
        cursor.expect("name", "a property")
        return node  # behind null all is null
    if cursor.kind == "system":
        return _system_segment(reader, node)
    if cursor.kind == "at":
        raise cursor.unsupported("Annotations in expressions are")
    if cursor.kind != "name":
        raise cursor.unexpected("a property")
    if cursor.follows == "(":
        return _called(reader, node)
    found = None if isinstance(node.type, CollectionType) else _member(reader, node)
    found = found or narrowed(reader.scope, node, cursor)
    if found is None:
        raise no_member(reader.scope, node.type, cursor)
    cursor.advance()
    return found


def _system_segment(reader: Reader, node: Node) -> Node:
    cursor = reader.cursor
    if cursor.value.lower() == "$count":
        return _count(reader, node)
    if cursor.value.lower() == "$filter":
        raise cursor.unsupported("/$filter(…) in expressions is")
    raise cursor.wrong(f"{shown(cursor.value)} has no place in an expression")


def _called(reader: Reader, node: Node) -> Node:
    """any(…), all(…); bound functions and keys are not supported."""
    cursor = reader.cursor
    if cursor.value.lower() in ("any", "all"):
        return _lambda(reader, node)
    raise no_function(reader.scope, node, cursor)


def _items(reader: Reader, node: Node, what: str) -> EntityType:
    """The type of the entities in a collection."""
    kind = node.type
    if isinstance(reader.scope.type, Shape):
        raise reader.cursor.unsupported(f"{what} behind $apply is")
    if not isinstance(kind, CollectionType):
        raise reader.cursor.wrong(f"{what} needs a collection, not {type_name(kind)}")
    if not isinstance(kind.item, EntityType):
        raise reader.cursor.unsupported(f"{what} of {kind.qualified} is")
    return kind.item


def _lambda(reader: Reader, source: Node) -> Lambda:
    cursor, word = reader.cursor, reader.cursor.value.lower()
    position, item = cursor.position, _items(reader, source, word)
    reader.budget.descend(cursor)
    cursor.advance()
    cursor.expect("(")
    variable, predicate = None, None
    if cursor.kind != ")" or word == "all":
        if "." in cursor.value:
            raise cursor.wrong(f"{shown(cursor.value)} cannot be a variable")
        variable = cursor.expect("name", "a variable")
        cursor.expect(":")
        predicate = reader.condition_within(cursor, reader.scope.with_variable(variable, item))
    cursor.expect(")")
    reader.budget.ascend()
    return Lambda(word, source, variable, predicate, BOOLEAN, position)


def _count(reader: Reader, source: Node) -> Count:
    cursor = reader.cursor
    position, item = cursor.position, _items(reader, source, "$count")
    cursor.advance()
    if cursor.kind != "(":
        return Count(source, None, None, INT64, position)
    reader.budget.descend(cursor)
    options = split(cursor, reader.budget)
    unknown = next((name for name in options if name not in _COUNT_OPTIONS), None)
    if unknown is not None:
        raise cursor.wrong(f"{shown(unknown)} is not an option of $count", position)
    inner = reader.scope.nested(item, home_of(reader.scope, source))
    filtered, searched = options.get("$filter"), options.get("$search")
    condition = None
    if filtered is not None:
        within = filtered.cursor()
        condition = reader.condition_within(within, inner)
        within.finish()
    found = None if searched is None else search.read(searched, reader.budget)
    reader.budget.ascend()
    return Count(source, condition, found, INT64, position)


def _check_shape(reader: Reader, node: Node) -> None:
    """A path into what $apply made has to be there whole."""
    shape, path = reader.scope.type, path_of(node)
    assert isinstance(shape, Shape)
    known = {name for name, _ in (*shape.properties, *shape.paths)}
    if path and path not in known and path not in reader.scope.computed:
        raise reader.cursor.wrong(f"{shown(path)} is not in the result of $apply", node.position)
