"""The columns that instances have while $apply works on them."""

from collections.abc import Iterable, Sequence

from app.odata.engine.ast import NodeType, Shape
from app.odata.engine.edm import (
    STREAM,
    UNTYPED,
    ComplexType,
    EdmType,
    EntityType,
    Model,
    Structured,
)
from app.odata.engine.grammar.lexer import Cursor, shown
from app.odata.engine.grammar.operators import fit
from app.odata.engine.grammar.scope import Scope, type_name
from app.odata.engine.primitives import promote

Columns = tuple[tuple[str, EdmType], ...]


def columns(scope: Scope) -> Shape:
    """All columns of the scope's instances: declared, dynamic, computed ones. Members of a complex
    property have their paths; streams and collections are no columns.
    """
    kind = scope.type
    own: Columns = ()
    paths: Columns = ()
    if isinstance(kind, Shape):
        own, paths = kind.properties, kind.paths
    elif isinstance(kind, ComplexType | EntityType):
        declared = _declared(scope.model, kind, "")
        own = tuple(each for each in declared if "/" not in each[0])
        own += tuple((scope.dynamic or {}).items())
        paths = tuple(each for each in declared if "/" in each[0])
    computed = tuple((name, known(each.type)) for name, each in scope.computed.items())
    return Shape(own + computed, paths)


def _declared(model: Model, kind: Structured, above: str) -> list[tuple[str, EdmType]]:
    """The single values of a type by path; as deep as its complex types are in one another."""
    found: list[tuple[str, EdmType]] = []
    for each in model.properties(kind).values():
        if each.collection or each.type == STREAM:
            continue
        if isinstance(each.type, ComplexType):
            found += _declared(model, each.type, f"{above}{each.name}/")
        else:
            found.append((above + each.name, each.type))
    return found


def known(kind: NodeType) -> EdmType:
    """The type of a column; that of one that is always null has no name."""
    return UNTYPED if kind is None or isinstance(kind, Shape) else kind


def joined(shapes: Sequence[Shape], cursor: Cursor) -> Shape:
    """The columns of all the shapes, each once. Raises BadRequest for a name of two types that do
    not fit each other; numbers meet in the type that takes both.
    """
    return Shape(
        _merged((each.properties for each in shapes), cursor),
        _merged((each.paths for each in shapes), cursor),
    )


def _merged(parts: Iterable[Columns], cursor: Cursor) -> Columns:
    found: dict[str, EdmType] = {}
    for part in parts:
        for name, kind in part:
            before = found.setdefault(name, kind)
            if before == kind:
                continue
            if not fit(before, kind):
                types = f"{type_name(before)} and {type_name(kind)}"
                raise cursor.wrong(f"{shown(name)} would be both {types}")
            found[name] = promote(before, kind) or kind
    return tuple(found.items())
