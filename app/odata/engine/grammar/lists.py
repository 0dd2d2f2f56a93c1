"""`in` with its list of literals (URL Conventions 5.1.1.1.11; ABNF listExpr, array)."""

from typing import Final

from app.odata.engine.ast import In, Literal, Node
from app.odata.engine.edm import BOOLEAN, STREAM, STRING, CollectionType
from app.odata.engine.grammar import literals
from app.odata.engine.grammar.operators import fit, misfit
from app.odata.engine.grammar.reader import Reader
from app.odata.engine.grammar.scope import is_structured, type_name
from app.odata.engine.problems import Problem

_CLOSING: Final = {"(": ")", "[": "]"}


def membership(reader: Reader, left: Node, position: int) -> In:
    """The list behind `in`, each item brought to the type of the left side. The list may be empty.

    Raises BadRequest for items of another type, NotSupported for collections.
    """
    cursor = reader.cursor
    if isinstance(left.type, CollectionType) or left.type == STREAM:
        raise cursor.unsupported(f"'in' for {type_name(left.type)} is", position)
    if is_structured(left.type):
        raise cursor.wrong(f"'in' does not take {type_name(left.type)}", position)
    items = read(reader)
    if isinstance(left, Literal) and left.type == STRING:
        kinds = [each.type for each in items if each.type is not None]
        left = literals.adapted(left, kinds[0] if kinds else None, cursor)
    fitting = tuple(_fitting(reader, left, each, position) for each in items)
    reader.height = 1
    return In(left, fitting, BOOLEAN, position)


def read(reader: Reader) -> list[Literal]:
    """A list in parentheses or brackets, or in the text of a parameter alias."""
    cursor = reader.cursor
    excerpt = reader.aliased()
    if excerpt is not None:
        reader.budget.descend(cursor)
        inner = reader.elsewhere(excerpt)
        items = read(inner)
        inner.cursor.finish()
        reader.budget.ascend()
        cursor.advance()
        return items
    closing = _CLOSING.get(cursor.kind)
    if closing is None:
        raise _no_list(reader)
    cursor.advance()
    items = []
    while cursor.kind != closing or items:
        reader.budget.spend_items(cursor)
        items.append(_item(reader))
        if not cursor.accept(","):
            break
    cursor.expect(closing)
    return items


def _item(reader: Reader) -> Literal:
    cursor = reader.cursor
    found = literals.read(cursor, reader.scope.model)
    if found is None and cursor.kind == "name":
        found = literals.word(cursor.value, cursor.position)
        if found is not None:
            cursor.advance()
    if found is not None:
        return found
    if cursor.kind in ("[", "{"):
        raise cursor.unsupported("An array or object in a list is")
    node = reader.operand()
    if not isinstance(node, Literal):
        raise cursor.wrong("A list takes literals only", node.position)
    return node


def _fitting(reader: Reader, left: Node, item: Literal, position: int) -> Node:
    brought = literals.adapted(item, left.type, reader.cursor)
    if not fit(left.type, brought.type):
        raise misfit("in", left, brought, position, reader.cursor)
    return brought


def _no_list(reader: Reader) -> Problem:
    """What follows is no list: a collection would be legal, anything else is not."""
    node = reader.operand()
    if isinstance(node.type, CollectionType):
        return reader.cursor.unsupported("'in' with a collection of the model is", node.position)
    return reader.cursor.wrong("'in' takes a list, as in (1,2)", node.position)
