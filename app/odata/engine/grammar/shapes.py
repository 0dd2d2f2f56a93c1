"""The columns that instances have while $apply works on them."""

from collections.abc import Iterable, Sequence

from app.odata.engine.ast import NodeType, Shape
from app.odata.engine.edm import STREAM, UNTYPED, ComplexType, EdmType, EntityType
from app.odata.engine.grammar.lexer import Cursor, shown
from app.odata.engine.grammar.members import property_type
from app.odata.engine.grammar.operators import fit
from app.odata.engine.grammar.scope import Scope, type_name
from app.odata.engine.primitives import promote

Columns = tuple[tuple[str, EdmType], ...]


def columns(scope: Scope) -> Shape:
    """All columns of the scope's instances: declared, dynamic, computed ones. Streams are none."""
    kind = scope.type
    own: Columns = ()
    paths: Columns = ()
    if isinstance(kind, Shape):
        own, paths = kind.properties, kind.paths
    elif isinstance(kind, ComplexType | EntityType):
        declared = scope.model.properties(kind).values()
        own = tuple(
            (each.name, known(property_type(each))) for each in declared if each.type != STREAM
        )
        own += tuple((scope.dynamic or {}).items())
    computed = tuple((name, known(each.type)) for name, each in scope.computed.items())
    return Shape(own + computed, paths)


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
