"""Segments that the model names: properties, navigations, types, operations, keys (4.3 to 4.11)."""

import re
from typing import Any, Final

from app.odata.engine.addresses.calls import Invocation, choose
from app.odata.engine.addresses.segments import Segment
from app.odata.engine.addresses.steps import (
    DynamicStep,
    NavigationStep,
    OperationStep,
    PropertyStep,
    TypeStep,
)
from app.odata.engine.addresses.walk import (
    ANYTHING,
    NOTHING_MORE,
    ONLY_QUERY,
    Place,
    Walk,
    groups_of,
    no_resource,
    without_parentheses,
)
from app.odata.engine.edm import (
    CollectionType,
    ComplexType,
    EdmType,
    EntitySet,
    EntityType,
    Navigation,
    Operation,
    Property,
    Structured,
)
from app.odata.engine.problems import NotSupported

_NAME: Final = re.compile(r"[^\W\d]\w{0,127}")
_ORDINAL: Final = re.compile(r"-?[0-9]{1,18}")


def member(walk: Walk, segment: Segment) -> None:
    """Follow a segment that is no `$…` one."""
    place = walk.place
    if place.members is not None:
        _of_entities(walk, place.members, segment)
    elif isinstance(place.type, Structured):
        _of_one(walk, place.type, segment)
    elif not _operation(walk, segment):
        if isinstance(place.type, CollectionType) and _ORDINAL.fullmatch(segment.text):
            raise NotSupported("Members of a collection have no address", target=segment.shown)
        if not _type(walk, segment):
            raise no_resource(segment, "there is no such resource")


def operation_only(walk: Walk, segment: Segment) -> None:
    """Follow a segment behind `$each`, where only an operation may stand."""
    if not _operation(walk, segment):
        raise no_resource(segment, "an operation is expected behind $each")
    walk.place = Place(walk.place.type, follow=NOTHING_MORE)


def type_named(walk: Walk, segment: Segment) -> Structured | None:
    """The structured type that a segment names, in full or in the default namespace."""
    known = walk.model.types
    found = known.get(segment.name) or known.get(f"{walk.model.default_namespace}.{segment.name}")
    return found if isinstance(found, Structured) else None


def call(walk: Walk, candidates: tuple[Operation, ...], segment: Segment) -> Invocation:
    """The operation that a segment calls."""
    inside = next(iter(groups_of(segment)), None)
    return choose(walk.model, candidates, inside, walk.options or {})


def called(walk: Walk, segment: Segment, operation: Operation, target: EntitySet | None) -> Place:
    """What stands behind the call of an operation: more where it is composable, or else nothing
    but `$query` behind a function.
    """
    closed = ONLY_QUERY if operation.kind == "function" else NOTHING_MORE
    place = Place(operation.returns, target, follow=ANYTHING if operation.composable else closed)
    if len(groups_of(segment)) > 1 and not operation.composable:
        raise no_resource(segment, f"{operation.name} is not composable")
    return place


def rest_of(segment: Segment) -> Segment:
    """The same segment without the parentheses of its call: those left are keys."""
    return Segment(segment.text, segment.name, groups_of(segment)[1:])


def _of_entities(walk: Walk, kind: EntityType, segment: Segment) -> None:
    """Behind a collection of entities; the order is that of 4.3.6."""
    if _operation(walk, segment) or _type(walk, segment):
        return
    properties, navigations = walk.model.properties(kind), walk.model.navigations(kind)
    if segment.text in properties or segment.text in navigations:
        raise no_resource(segment, f"this belongs to one {kind.name}: give its key first")
    walk.key_segments(kind, segment)


def _of_one(walk: Walk, kind: Structured, segment: Segment) -> None:
    """Behind one entity or complex value."""
    found = walk.model.properties(kind).get(segment.name)
    way = walk.model.navigations(kind).get(segment.name)
    if found is not None:
        _property(walk, found, segment)
    elif way is not None:
        _navigation(walk, way, segment)
    elif not _operation(walk, segment) and not _type(walk, segment):
        if not kind.open or not _NAME.fullmatch(segment.text):
            raise no_resource(segment, f"a {kind.name} has no such property or operation")
        walk.arrive(DynamicStep(segment.text), Place(None))


def _property(walk: Walk, found: Property, segment: Segment) -> None:
    without_parentheses(segment)
    kind: EdmType = CollectionType(found.type) if found.collection else found.type
    walk.arrive_within(PropertyStep(found, kind), inside=f"{walk.place.inside}{found.name}/")


def _navigation(walk: Walk, way: Navigation, segment: Segment) -> None:
    place = walk.place
    target = walk.model.entity_type(way.target)
    found = None
    if place.source is not None:
        found = walk.model.target_set(place.source, f"{place.inside}{way.name}")
    kind: EdmType = CollectionType(target) if way.collection else target
    step = NavigationStep(way, kind, found)
    walk.arrive(step, Place(kind, found, known=_known(walk, way, target)))
    walk.keys(segment)


def _known(walk: Walk, way: Navigation, target: EntityType) -> dict[str, Any]:
    """Values of the target's key that follow from the entity navigated from (4.3.3)."""
    if way.partner is None or not way.collection:
        return {}
    back = walk.model.navigations(target).get(way.partner)
    keys = {each.name for each in walk.model.key(target)}
    pairs = back.constraints if back is not None else ()
    key = walk.place.key
    return {mine: key[theirs] for mine, theirs in pairs if mine in keys and theirs in key}


def _operation(walk: Walk, segment: Segment) -> bool:
    """Follow an operation that is bound to what stands here; False where none has this name."""
    if walk.place.type is None or segment.groups is None:
        return False
    candidates = walk.model.bound_operations(segment.name, walk.place.type)
    if not candidates:
        return False
    invoked = call(walk, candidates, segment)
    target = _target(walk, invoked.operation)
    step = OperationStep(invoked.operation, invoked.arguments, invoked.missing, target)
    walk.arrive(step, called(walk, segment, invoked.operation, target))
    walk.keys(rest_of(segment))
    return True


def _target(walk: Walk, operation: Operation) -> EntitySet | None:
    """The set that EntitySetPath of an operation leads to (CSDL 12.6)."""
    if operation.set_path is None:
        return None
    source = walk.place.source
    for name in operation.set_path.split("/")[1:]:
        source = walk.model.target_set(source, name) if source is not None else None
    return source if isinstance(source, EntitySet) else None


def _type(walk: Walk, segment: Segment) -> bool:
    """Follow a cast; False where the segment names no type (4.11)."""
    found = type_named(walk, segment) if segment.groups is not None else None
    if found is None:
        return False
    item = walk.place.item
    if not isinstance(item, ComplexType | EntityType) or not walk.model.is_a(found, item):
        raise no_resource(segment, "this type is not derived from the one here")
    collection = isinstance(walk.place.type, CollectionType)
    walk.arrive_within(TypeStep(CollectionType(found) if collection else found))
    walk.keys(segment)
    return True
