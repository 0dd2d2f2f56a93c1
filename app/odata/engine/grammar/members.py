"""What a name means behind something of a known type: a property, a navigation, a type cast."""

from app.odata.engine.ast import (
    Literal,
    Member,
    Narrow,
    Navigate,
    Node,
    NodeType,
    Shape,
    Variable,
)
from app.odata.engine.edm import (
    STREAM,
    CollectionType,
    ComplexType,
    EntitySet,
    EntityType,
    Model,
    Property,
    Singleton,
    Structured,
)
from app.odata.engine.grammar.functions import NOT_SUPPORTED
from app.odata.engine.grammar.lexer import Cursor, shown
from app.odata.engine.grammar.scope import Computed, Scope, type_name, type_named
from app.odata.engine.problems import Problem


def member(scope: Scope, source: Node, cursor: Cursor) -> Node | None:
    """The member of `source` that the name at the cursor means; None where there is none.

    A name that an open type does not know is null (URL Conventions 5.1.1.15). Raises NotSupported
    for streams and the dynamic properties of other types than the scope's.
    """
    name, position, kind = cursor.value, cursor.position, source.type
    if isinstance(source, Variable) and name in scope.computed and _is_instance(scope, source):
        return Member(source, name, scope.computed[name].type, position, dynamic=True)
    if isinstance(kind, Shape):
        return _of_shape(scope, source, kind, cursor)
    if not isinstance(kind, ComplexType | EntityType):
        return None
    found = declared(scope.model, source, kind, cursor)
    if found is None and is_open(scope.model, kind) and "." not in name:
        return _dynamic(scope, source, kind, cursor)
    return found


def computed_by(scope: Scope, node: Node) -> Computed | None:
    """What computes a member; None for one that is stored."""
    if not isinstance(node, Member) or node.name not in scope.computed:
        return None
    own = isinstance(node.source, Variable) and _is_instance(scope, node.source)
    return scope.computed[node.name] if own else None


def is_known(scope: Scope, cursor: Cursor) -> bool:
    """The name at the cursor is one in the scope: a variable's or a member's."""
    if cursor.value in scope.variables:
        return True
    found = member(scope, scope.instance(0), cursor)
    return found is not None and not isinstance(found, Literal)


def declared(model: Model, source: Node, kind: Structured, cursor: Cursor) -> Node | None:
    """The declared property or navigation of a type that the name means; None for no such one."""
    name, position = cursor.value, cursor.position
    known = model.properties(kind).get(name)
    if known is not None:
        if known.type == STREAM:
            raise cursor.unsupported("Streams in expressions are")
        return Member(source, name, property_type(known), position)
    way = model.navigations(kind).get(name)
    if way is None:
        return None
    target = model.entity_type(way.target)
    return Navigate(source, way, CollectionType(target) if way.collection else target, position)


def property_type(known: Property) -> NodeType:
    """The type of a property's value."""
    return CollectionType(known.type) if known.collection else known.type


def is_open(model: Model, kind: Structured) -> bool:
    """The type, or one that it is derived from, takes dynamic properties."""
    return any(each.open for each in model.lineage(kind))


def narrowed(scope: Scope, source: Node, cursor: Cursor) -> Node | None:
    """`source` as the type that the name at the cursor means; None where it means no structured
    type. Raises BadRequest for a type that is not derived from that of the source.
    """
    target = type_named(scope.model, cursor.value)
    if not isinstance(target, ComplexType | EntityType):
        return None
    kind = source.type
    item = kind.item if isinstance(kind, CollectionType) else kind
    if item is None or isinstance(item, Shape) or not related(scope.model, item, target):
        raise _unrelated(item, target, cursor)
    if scope.model.is_a(item, target):
        return source
    type_ = CollectionType(target) if isinstance(kind, CollectionType) else target
    return Narrow(source, type_, cursor.position)


def _unrelated(kind: NodeType, target: Structured, cursor: Cursor) -> Problem:
    """The error for a type that does not fit; without a namespace it may be no type at all."""
    if "." in cursor.value:
        return cursor.wrong(f"{target.qualified} is not derived from {type_name(kind)}")
    what = f"neither a property of {type_name(kind)} nor a type derived from it"
    return cursor.wrong(f"{shown(cursor.value)} is {what}")


def related(model: Model, kind: NodeType, other: Structured) -> bool:
    """One of the types is derived from the other, or they are the same."""
    if not isinstance(kind, ComplexType | EntityType):
        return False
    return model.is_a(kind, other) or model.is_a(other, kind)


def path_of(node: Node) -> str:
    """The path of names that leads to a node from its variable: "Project/Name"."""
    names: list[str] = []
    while isinstance(node, Member | Navigate | Narrow):
        if isinstance(node, Member):
            names.append(node.name)
        elif isinstance(node, Navigate):
            names.append(node.navigation.name)
        node = node.source
    return "/".join(reversed(names))


def home_of(scope: Scope, source: Node) -> EntitySet | Singleton | None:
    """The set that a navigation of the scope's own instance leads to, if it is known."""
    while isinstance(source, Narrow):
        source = source.source
    if scope.home is None or not isinstance(source, Navigate):
        return None
    own = isinstance(source.source, Variable) and _is_instance(scope, source.source)
    return scope.model.target_set(scope.home, source.navigation.name) if own else None


def no_member(scope: Scope, kind: NodeType, cursor: Cursor) -> Problem:
    """The error for a name that means nothing behind something of this type."""
    name = shown(cursor.value)
    if isinstance(kind, CollectionType) and cursor.target == "$apply":
        return cursor.unsupported(f"Aggregating through {kind.qualified} is")
    if isinstance(kind, CollectionType):
        return cursor.wrong(f"{name} needs one item; use any, all or $count on {kind.qualified}")
    if isinstance(kind, ComplexType | EntityType):
        return cursor.wrong(f"{name} is not a property of {kind.qualified}")
    if isinstance(kind, Shape):
        return cursor.wrong(f"{name} is not a property of {type_name(kind)}")
    if kind is None:
        return cursor.wrong(f"{name} is not known here")
    return cursor.wrong(f"{name}: {kind.qualified} has no properties")


def no_function(scope: Scope, source: Node, cursor: Cursor) -> Problem:
    """The error for a name before a parenthesis, behind `source`, that is no canonical function."""
    if cursor.value.lower() in NOT_SUPPORTED:
        return cursor.unsupported(f"The function {cursor.value} is")
    bare = cursor.value.rpartition(".")[2].lower()
    if any(each.name.lower() == bare for each in scope.model.operations):
        return cursor.unsupported("Calling functions of the model in expressions is")
    if member(scope, source, cursor) is not None:
        return cursor.unsupported("Keys in expressions are")
    return cursor.wrong(f"There is no function {shown(cursor.value)}")


def _is_instance(scope: Scope, source: Variable) -> bool:
    return source.name == scope.instance(0).name


def _dynamic(scope: Scope, source: Node, kind: Structured, cursor: Cursor) -> Node:
    mine = isinstance(scope.type, ComplexType | EntityType) and related(
        scope.model, kind, scope.type
    )
    if not mine or scope.dynamic is None:
        raise cursor.unsupported(f"Dynamic properties of {kind.qualified} are not known here:")
    name, position = cursor.value, cursor.position
    if name not in scope.dynamic:
        return Literal(None, None, position)
    return Member(source, name, scope.dynamic[name], position, dynamic=True)


def _of_shape(scope: Scope, source: Node, shape: Shape, cursor: Cursor) -> Node | None:
    """A column of what $apply made, or the beginning of a path to one. Whether the whole path is
    there is checked at its end.
    """
    name = cursor.value
    for known, kind in shape.properties:
        if known == name:
            return Member(source, name, kind, cursor.position, dynamic=True)
    begins = any(path.startswith(f"{name}/") for path, _ in shape.paths)
    if not begins or not isinstance(scope.origin, ComplexType | EntityType):
        return None
    return declared(scope.model, source, scope.origin, cursor)
