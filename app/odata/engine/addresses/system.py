"""Segments that begin with `$` behind a resource: `$count`, `$value`, `$ref` and so on."""

from collections.abc import Callable, Mapping
from typing import Final

from app.odata.engine.addresses.segments import Segment
from app.odata.engine.addresses.steps import (
    CountStep,
    DynamicStep,
    EachStep,
    FilterStep,
    QueryStep,
    RefStep,
    ValueStep,
)
from app.odata.engine.addresses.walk import (
    NOTHING_MORE,
    ONLY_OPERATION,
    Walk,
    groups_of,
    no_resource,
    without_parentheses,
)
from app.odata.engine.edm import (
    STREAM,
    CollectionType,
    EntityType,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.problems import BadRequest


def system(walk: Walk, segment: Segment) -> None:
    """Follow a `$…` segment; its name is taken in any case. Raises BadRequest where it makes no
    sense, NoSuchResource for an unknown one.
    """
    reader = _READERS.get(segment.name.lower())
    if reader is None:
        raise no_resource(segment, "there is no such segment")
    if reader is not _filter:
        without_parentheses(segment)
    reader(walk, segment)


def _misplaced(segment: Segment, where: str) -> BadRequest:
    return BadRequest(f"{segment.name} stands behind {where} only", target=segment.name)


def _count(walk: Walk, segment: Segment) -> None:
    """4.8."""
    if not isinstance(walk.place.type, CollectionType):
        raise _misplaced(segment, "a collection")
    walk.arrive_within(CountStep(), follow=NOTHING_MORE)


def _value(walk: Walk, segment: Segment) -> None:
    """4.7 and, for media entities, 4.14: the bytes of the stream."""
    kind = walk.place.type
    if isinstance(kind, EntityType):
        if not _has_stream(walk, kind):
            raise _misplaced(segment, "a primitive property or a media entity")
        kind = STREAM
    elif kind == STREAM:
        raise BadRequest("A stream property is its own value: leave $value away", target="$value")
    elif not isinstance(kind, PrimitiveType | EnumType) and not _is_dynamic(walk):
        raise _misplaced(segment, "a primitive property or a media entity")
    walk.arrive_within(ValueStep(kind), follow=NOTHING_MORE)


def _has_stream(walk: Walk, kind: EntityType) -> bool:
    family = walk.model.lineage(kind)
    return any(isinstance(each, EntityType) and each.media for each in family)


def _is_dynamic(walk: Walk) -> bool:
    return isinstance(walk.steps[-1], DynamicStep)


def _ref(walk: Walk, segment: Segment) -> None:
    """4.4."""
    if not isinstance(walk.place.item, EntityType):
        raise no_resource(segment, "references are those of entities only")
    walk.arrive_within(RefStep(walk.place.type), follow=NOTHING_MORE)


def _filter(walk: Walk, segment: Segment) -> None:
    """4.12."""
    groups = groups_of(segment)
    kind = walk.place.type
    if not isinstance(kind, CollectionType):
        raise _misplaced(segment, "a collection")
    if not groups or not groups[0].strip():
        raise BadRequest("$filter takes an expression in parentheses", target=segment.name)
    walk.arrive_within(FilterStep(groups[0].strip(), kind))
    walk.keys(Segment(segment.text, segment.name, groups[1:]))


def _each(walk: Walk, segment: Segment) -> None:
    """4.13."""
    kind = walk.place.members
    if kind is None:
        raise _misplaced(segment, "a collection of entities")
    walk.arrive_within(EachStep(kind), follow=ONLY_OPERATION)


def _query(walk: Walk, _: Segment) -> None:
    """5, Passing Query Options in the Request Body."""
    walk.arrive_within(QueryStep(walk.place.type), follow=NOTHING_MORE)


_READERS: Final[Mapping[str, Callable[[Walk, Segment], None]]] = {
    "$count": _count,
    "$value": _value,
    "$ref": _ref,
    "$filter": _filter,
    "$each": _each,
    "$query": _query,
}
