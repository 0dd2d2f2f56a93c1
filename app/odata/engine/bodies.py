"""JSON bodies read against the model: typed values, links to existing entities, entities to make.

Names are exact; control information that means nothing to us is skipped (Protocol, 5.1: what a
reader does not know it ignores).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from app.odata.engine.edm import (
    STREAM,
    CollectionType,
    ComplexType,
    EdmType,
    EntityType,
    EnumType,
    Model,
    Navigation,
    PrimitiveType,
    Property,
)
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.quick import REFUSALS, Read, readers
from app.odata.engine.source import Given, Key, Link
from app.odata.engine.values import Values

Resolve = Callable[[str, EntityType], Key]
BIND: Final = ("odata.bind", "bind")
DELTA: Final = ("odata.delta", "delta")
_NAME: Final = re.compile(r"[^\W\d]\w{0,127}")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read of an entity so far."""

    kind: EntityType
    values: dict[str, Any] = field(default_factory=dict)
    dynamic: dict[str, Any] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    led: set[str] = field(default_factory=set)  # single navigations that are told where to lead

    def given(self) -> Given:
        """All of it."""
        return Given(self.values, self.dynamic, self.links, self.kind)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads bodies for one request. `resolve` finds the key of an entity from its address.

    `creating` decides what null does to a property that is not nullable: it takes its default on a
    create, and is refused otherwise (decision 24).
    """

    model: Model
    resolve: Resolve
    creating: bool
    path: tuple[str, ...] = field(default=())

    @property
    def values(self) -> Values:
        """Reads values at the same place."""
        return Values(self.model, self.path)

    def within(self, *names: str) -> "Reader":
        """A reader of what stands under a member."""
        return Reader(self.model, self.resolve, self.creating, (*self.path, *names))

    def entity(self, value: Any, kind: EntityType) -> Given:
        """An object as what it gives of an entity: of this type or a derived one when it is to be
        made, of exactly this one when it exists. Raises BadRequest naming the member at fault.
        """
        if not isinstance(value, dict):
            raise self.values.wrong("a JSON object is expected")
        own = self._own_type(value, kind)
        quick = readers(self.model, own, self.creating)
        with suppress(KeyError, *REFUSALS):
            return _quickly(quick, value, own)
        return self._read(value, Gathered(own))

    def _read(self, value: Mapping[str, Any], found: Gathered) -> Given:
        """An object that is not read quickly, member by member."""
        properties = self.model.properties(found.kind)
        navigations = self.model.navigations(found.kind)
        ways = []
        for name, member in value.items():
            if name.startswith("#"):
                continue  # An operation, as a full answer shows those that can be called.
            if "@" in name or name in navigations:
                ways.append((name, member))
            elif name in properties:
                self._property(properties[name], member, found)
            else:
                self._dynamic(name, member, found)
        # A binding goes before the property that it sets (Protocol 11.4.3), wherever it stands.
        for name, member in ways:
            self._way(name, member, found)
        return found.given()

    def _all_quickly(self, kind: EdmType, members: list[Any]) -> tuple[Given, ...] | None:
        """Entities of just this type that have nothing unusual; None where one of them has: then
        the long way says what is wrong, and in which.
        """
        if not isinstance(kind, EntityType) or kind.abstract:
            return None
        quick = readers(self.model, kind, self.creating)
        with suppress(AttributeError, KeyError, *REFUSALS):
            return tuple([_quickly(quick, each, kind) for each in members])
        return None

    def _own_type(self, value: Mapping[str, Any], kind: EntityType) -> EntityType:
        named = value.get("@odata.type", value.get("@type"))
        if named is None:
            found = kind
        else:
            known = self.model.types.get(str(named).rpartition("#")[2])
            if not isinstance(known, EntityType):
                raise self.values.wrong("there is no such type", "@odata.type")
            found = known
        lower, upper = (found, kind) if self.creating else (kind, found)
        if not self.model.is_a(lower, upper):
            raise self.values.wrong(f"the type has to be {kind.qualified}", "@odata.type")
        if self.creating and found.abstract:
            raise self.values.wrong(f"{found.qualified} is abstract", "@odata.type")
        return lower

    def _property(self, known: Property, member: Any, found: Gathered) -> None:
        in_key = known in self.model.key(found.kind)
        if not known.writable or (in_key and (member is None or not self.creating)):
            return
        if known.type == STREAM:
            if member is not None:
                raise self.values.wrong("bytes are written to their own address", known.name)
            return
        if member is None and (known.collection or not known.nullable):
            if self.creating:
                return
            raise self.values.wrong("null is not allowed", known.name)
        found.values[known.name] = self.values.of(known, member)

    def _dynamic(self, name: str, member: Any, found: Gathered) -> None:
        is_open = any(each.open for each in self.model.lineage(found.kind))
        if not is_open or not _NAME.fullmatch(name):
            raise self.values.unknown(name, found.kind)
        found.dynamic[name] = member

    # Links

    def _way(self, name: str, member: Any, found: Gathered) -> None:
        """A navigation, or control information: `Nav@odata.bind` says what to link; what else there
        is says nothing new.
        """
        target, at, term = name.partition("@")
        if not at:
            self._navigation(self.model.navigations(found.kind)[name], member, found)
        elif target and term in DELTA:
            raise NotSupported("Deep updates are not done", target=target)
        elif target and term in BIND:
            way = self.model.navigations(found.kind).get(target)
            if way is None:
                raise self.values.unknown(target, found.kind)
            self._bind(way, member, name, found)

    def _bind(self, way: Navigation, member: Any, name: str, found: Gathered) -> None:
        if member is None and not way.collection:
            self._unbind(way, found)
            return
        if way.collection != isinstance(member, list):
            raise self.values.wrong("one address, or an array for a collection", name)
        urls = member if isinstance(member, list) else [member]
        bound = tuple(self._resolved(url, way, name) for url in urls)
        self._link(way, Link(bound=bound), found)

    def _resolved(self, url: Any, way: Navigation, name: str) -> Key:
        if not isinstance(url, str):
            raise self.values.wrong("an address is expected", name)
        return self.resolve(url, self.model.entity_type(way.target))

    def _navigation(self, way: Navigation, member: Any, found: Gathered) -> None:
        if member is None and not way.collection:
            self._unbind(way, found)
            return
        if way.collection != isinstance(member, list):
            what = "a JSON array" if way.collection else "a JSON object"
            raise self.values.wrong(f"{what} is expected", way.name)
        if isinstance(member, list):
            if not self.creating:
                raise NotSupported("Deep updates are not done", target=way.name)
            for index, each in enumerate(member):
                self._nested(way, each, self.within(way.name, str(index)), found)
        else:
            self._nested(way, member, self.within(way.name), found)

    def _nested(self, way: Navigation, member: Any, reader: "Reader", found: Gathered) -> None:
        """One object below a navigation: a reference to an entity, or one to make."""
        if not isinstance(member, dict):
            raise reader.values.wrong("a JSON object is expected")
        url = member.get("@id", member.get("@odata.id"))
        content = any("@" not in name for name in member)
        if (url is not None and content) or (url is None and not self.creating):
            raise NotSupported("Deep updates are not done", target="/".join(reader.path))
        if url is not None:
            key = reader._resolved(url, way, "@id")
            self._link(way, Link(bound=(key,)), found)
        else:
            made = reader.entity(member, self.model.entity_type(way.target))
            self._link(way, Link(made=(made,)), found)

    def _link(self, way: Navigation, link: Link, found: Gathered) -> None:
        """A bound single navigation sets the properties that its constraints name."""
        if not way.collection:
            if way.name in found.led:
                raise self.values.wrong("is given twice", way.name)
            found.led.add(way.name)
        if link.bound and not way.collection and way.constraints:
            principal = [each.name for each in self.model.key(self.model.entity_type(way.target))]
            for mine, theirs in way.constraints:
                self._set(mine, link.bound[0][principal.index(theirs)], found)
            return
        known = found.links.get(way.name, Link())
        found.links[way.name] = Link(known.bound + link.bound, known.made + link.made)

    def _unbind(self, way: Navigation, found: Gathered) -> None:
        properties = self.model.properties(found.kind)
        for mine, _ in way.constraints:
            if properties[mine].nullable:
                self._set(mine, None, found)
            elif not self.creating:
                raise self.values.wrong("null is not allowed", way.name)

    def _set(self, name: str, value: Any, found: Gathered) -> None:
        if self.model.properties(found.kind)[name].writable:
            found.values[name] = value

    # Parameters

    def argument(self, kind: EdmType, member: Any) -> Any:
        """A parameter of an action. Raises BadRequest naming it, and the item of a collection."""
        if isinstance(kind, CollectionType):
            if not isinstance(member, list):
                raise self.values.wrong("a JSON array is expected")
            if isinstance(kind.item, PrimitiveType | EnumType):
                return self.values.primitives(kind.item, member)
            quickly = self._all_quickly(kind.item, member)
            if quickly is not None:
                return quickly
            return tuple(
                self.within(str(index)).argument(kind.item, each)
                for index, each in enumerate(member)
            )
        if isinstance(kind, EntityType):
            return self.entity(member, kind)
        if isinstance(kind, ComplexType):
            return self.values.complex(member, kind)
        return self.values.primitive(kind, member)


def _quickly(quick: Mapping[str, Read], value: Mapping[str, Any], kind: EntityType) -> Given:
    """An object that has nothing unusual. Raises KeyError, AttributeError or one of REFUSALS."""
    return Given({name: quick[name](member) for name, member in value.items()}, type=kind)


def lower_names(value: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Members by the declared spelling of their names; matched in any case, control information
    left out. Raises BadRequest for one that is not among the names.
    """
    spelled = {name.lower(): name for name in names}
    found: dict[str, Any] = {}
    for name, member in value.items():
        if "@" in name:
            continue
        known = spelled.get(name.lower())
        if known is None:
            raise BadRequest(f"{name[:100]}: no such parameter", target=name[:100])
        if known in found:
            raise BadRequest(f"{known} is given twice", target=known)
        found[known] = member
    return found
