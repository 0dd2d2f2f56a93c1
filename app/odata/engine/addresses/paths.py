"""A path below the service root, read through the model into steps (URL Conventions 4)."""

from collections.abc import Callable, Mapping
from typing import Final

from app.odata.engine.addresses.members import (
    call,
    called,
    member,
    operation_only,
    rest_of,
    type_named,
)
from app.odata.engine.addresses.segments import Segment, parts, read_segments
from app.odata.engine.addresses.steps import (
    AllStep,
    BatchStep,
    CrossjoinStep,
    EntityStep,
    ImportStep,
    MetadataStep,
    ServiceDocument,
    SetStep,
    SingletonStep,
    Step,
    TypeStep,
)
from app.odata.engine.addresses.system import system
from app.odata.engine.addresses.walk import (
    NOTHING_MORE,
    ONLY_OPERATION,
    ONLY_QUERY,
    Place,
    Walk,
    groups_of,
    no_resource,
    without_parentheses,
)
from app.odata.engine.edm import (
    CollectionType,
    EntitySet,
    EntityType,
    Model,
    OperationImport,
    Singleton,
)
from app.odata.engine.problems import BadRequest
from app.odata.engine.source import Limits


def parse(
    path: str, model: Model, *, limits: Limits, options: Mapping[str, str] | None = None
) -> tuple[Step, ...]:
    """The steps of a path, which is what follows the service root, still percent-encoded.

    Names of sets, singletons, imports and operations count in any case. `options` are the query
    options by name: with them aliases of keys are looked up and overloads of functions without
    parentheses told apart; without them aliases stay AliasKeys. Raises BadRequest for what cannot
    be read or makes no sense, NoSuchResource for what the model does not have, NotSupported for
    members of collections by ordinal, TooLong beyond `limits.url` characters.
    """
    walk = Walk(model, read_segments(path, limits), options)
    left = walk.left()
    first = next(left, None)
    if first is None:
        return (ServiceDocument(),)
    _root(walk, first)
    for segment in left:
        _follow(walk, segment)
    return tuple(walk.steps)


def _follow(walk: Walk, segment: Segment) -> None:
    follow = walk.place.follow
    if not segment.text:
        raise BadRequest("An empty segment is in the address")
    if follow == ONLY_OPERATION:
        operation_only(walk, segment)
    elif follow is not None and segment.name.lower() not in follow:
        raise BadRequest(f"{segment.shown}: nothing can follow there", target=segment.shown)
    elif segment.name.startswith("$"):
        system(walk, segment)
    else:
        member(walk, segment)


def _root(walk: Walk, segment: Segment) -> None:
    """The first segment: a `$…` resource, or what the container holds."""
    if segment.name.startswith("$"):
        reader = _SPECIAL.get(segment.name.lower())
        if reader is None:
            raise no_resource(segment, "there is no such resource")
        reader(walk, segment)
        return
    match walk.model.resources.get(segment.name.lower()):
        case EntitySet() as found:
            step = SetStep(found)
            walk.arrive(step, Place(step.type, found))
            walk.keys(segment)
        case Singleton() as found:
            walk.arrive(SingletonStep(found), Place(found.type, found))
            walk.keys(segment)
        case OperationImport() as found:
            _import(walk, found, segment)
        case None:
            raise no_resource(segment, "there is no such resource")


def _import(walk: Walk, found: OperationImport, segment: Segment) -> None:
    model, name = walk.model, found.operation.qualified
    overloads = tuple(
        each for each in model.operations if each.bound_to is None and each.qualified == name
    )
    invoked = call(walk, overloads or (found.operation,), segment)
    operation = invoked.operation
    target = model.entity_set(found.entity_set) if found.entity_set is not None else None
    step = ImportStep(found, operation, invoked.arguments, invoked.missing, target)
    walk.arrive(step, called(walk, segment, operation, target))
    walk.keys(rest_of(segment))


def _metadata(walk: Walk, segment: Segment) -> None:
    without_parentheses(segment)
    walk.arrive(MetadataStep(), Place(None, follow=NOTHING_MORE))


def _batch(walk: Walk, segment: Segment) -> None:
    without_parentheses(segment)
    walk.arrive(BatchStep(), Place(None, follow=NOTHING_MORE))


def _all(walk: Walk, segment: Segment) -> None:
    """`$all`, perhaps with a type behind it."""
    without_parentheses(segment)
    walk.arrive(AllStep(), Place(None))
    kind = _type_behind(walk)
    if kind is not None:
        walk.steps.append(TypeStep(CollectionType(kind)))
    walk.place = Place(None, follow=NOTHING_MORE)


def _entity(walk: Walk, segment: Segment) -> None:
    """`$entity`, perhaps with a type behind it."""
    without_parentheses(segment)
    walk.arrive(EntityStep(_type_behind(walk)), Place(None, follow=NOTHING_MORE))


def _type_behind(walk: Walk) -> EntityType | None:
    segment = next(walk.left(), None)
    if segment is None:
        return None
    kind = type_named(walk, segment)
    if not isinstance(kind, EntityType):
        raise no_resource(segment, "an entity type is expected here")
    without_parentheses(segment)
    return kind


def _crossjoin(walk: Walk, segment: Segment) -> None:
    groups = groups_of(segment)
    names = parts(groups[0]) if len(groups) == 1 else ()
    if not names or len(set(names)) < len(names):
        raise BadRequest("$crossjoin takes a list of different entity sets", target="$crossjoin")
    found = [walk.model.resources.get(name.lower()) for name in names]
    sets = tuple(each for each in found if isinstance(each, EntitySet))
    if len(sets) < len(names):
        raise no_resource(segment, "one of these is no entity set")
    walk.arrive(CrossjoinStep(sets), Place(None, follow=ONLY_QUERY))


_SPECIAL: Final[Mapping[str, Callable[[Walk, Segment], None]]] = {
    "$metadata": _metadata,
    "$batch": _batch,
    "$all": _all,
    "$entity": _entity,
    "$crossjoin": _crossjoin,
}
