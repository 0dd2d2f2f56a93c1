"""Where reading an address stands: the steps made so far, and what the model says of their end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.odata.engine.addresses.keys import KeyReader
from app.odata.engine.addresses.segments import MAX_SHOWN, Segment
from app.odata.engine.addresses.steps import KeyStep, Step
from app.odata.engine.edm import (
    CollectionType,
    EdmType,
    EntitySet,
    EntityType,
    Model,
    Singleton,
)
from app.odata.engine.problems import BadRequest, NoSuchResource

ANYTHING: Final = None  # of Place.follow
NOTHING_MORE: Final[frozenset[str]] = frozenset()
ONLY_QUERY: Final = frozenset({"$query"})
ONLY_OPERATION: Final = frozenset({"operation"})


@dataclass(frozen=True, slots=True)
class Place:
    """The end of an address. `source` is the set or singleton that its entities are in, `inside`
    the path of complex properties below an entity ("Origin/"), `key` the values of the key of the
    one entity that stands here, `known` those that the entity navigated from gives to the key of
    each entity here. `follow` says what may come next: ANYTHING or the names of some segments.
    """

    type: EdmType | None
    source: EntitySet | Singleton | None = None
    inside: str = ""
    key: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    follow: frozenset[str] | None = ANYTHING

    @property
    def item(self) -> EdmType | None:
        """The type of one member, where this is a collection; else the type itself."""
        return self.type.item if isinstance(self.type, CollectionType) else self.type

    @property
    def members(self) -> EntityType | None:
        """The type of the entities of a collection; None where no such collection stands here."""
        collection = isinstance(self.type, CollectionType)
        return self.item if collection and isinstance(self.item, EntityType) else None


class Walk:
    """Goes from segment to segment. `options` are the query options by name; None where they are
    not at hand.
    """

    def __init__(
        self, model: Model, segments: tuple[Segment, ...], options: Mapping[str, str] | None
    ) -> None:
        self.model = model
        self.options = options
        self.steps: list[Step] = []
        self.place = Place(None)
        self._segments = segments
        self._next = 0

    def left(self) -> Iterator[Segment]:
        """The segments that are left, one after the other."""
        while self._next < len(self._segments):
            self._next += 1
            yield self._segments[self._next - 1]

    def arrive(self, step: Step, place: Place) -> None:
        """Add a step, and stand at what it leads to."""
        self.steps.append(step)
        self.place = place

    def arrive_within(self, step: Step, **changes: Any) -> None:
        """Add a step that stays with the same entities."""
        self.arrive(step, replace(self.place, type=step.type, **changes))

    def keys(self, segment: Segment) -> None:
        """Take the parentheses of a segment as keys; empty ones mean the collection itself."""
        for text in groups_of(segment):
            kind = self.place.members
            if kind is None:
                raise BadRequest(
                    f"{segment.shown}: a key stands behind a collection of entities only",
                    target=segment.shown,
                )
            if text.strip():
                reader = self._reader(kind)
                self._at_key(kind, reader, reader.in_parentheses(text))

    def key_segments(self, kind: EntityType, segment: Segment) -> None:
        """Take a segment, and those behind it that belong to it, as a key (4.3.6)."""
        reader = self._reader(kind)
        values = reader.in_segment(segment.text)
        if values is None:
            more = len(reader.asked) - 1
            behind = self._segments[self._next : self._next + more]
            if len(behind) < more:
                raise NoSuchResource(
                    f"{segment.shown}: a {kind.name} has a key of {more + 1} values",
                    target=segment.shown,
                )
            self._next += more
            values = reader.in_segments([each.text for each in (segment, *behind)])
        self._at_key(kind, reader, values)

    def _reader(self, kind: EntityType) -> KeyReader:
        return KeyReader(self.model, kind, self.place.known, self.options)

    def _at_key(self, kind: EntityType, reader: KeyReader, values: tuple[Any, ...]) -> None:
        key = {each.name: value for each, value in zip(reader.every, values, strict=True)}
        self.arrive(KeyStep(values, kind), Place(kind, self.place.source, key=key))


def groups_of(segment: Segment) -> tuple[str, ...]:
    """The texts in the parentheses of a segment. Raises BadRequest where they do not match."""
    if segment.groups is None:
        raise BadRequest(
            f"{segment.shown}: quotes or parentheses do not match", target=segment.shown
        )
    return segment.groups


def without_parentheses(segment: Segment) -> None:
    """Raise BadRequest where a segment has parentheses that mean nothing."""
    if groups_of(segment):
        raise BadRequest(f"{segment.name[:MAX_SHOWN]} takes no parentheses", target=segment.shown)


def no_resource(segment: Segment, why: str) -> NoSuchResource:
    """The error for a segment that leads nowhere."""
    return NoSuchResource(f"{segment.shown}: {why}", target=segment.shown)
