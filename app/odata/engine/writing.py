"""Entities made, changed and deleted: what a body gives becomes commands of the sources.

Everything here runs inside the transaction of the request.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from app.errors import Invalid, NotFound
from app.odata.engine.ast import Options, SelectItem
from app.odata.engine.columns import Fetched
from app.odata.engine.edm import UNTYPED, EntitySet, EntityType, Navigation
from app.odata.engine.fetching import fetch_one
from app.odata.engine.focus import Entity, Home, Origin
from app.odata.engine.presenting import etag_text
from app.odata.engine.problems import BadRequest, NotSupported, PreconditionFailed
from app.odata.engine.reading import Reading
from app.odata.engine.source import Given, Key, Link, Source
from app.odata.engine.values import Values

ETags = tuple[tuple[bool, str], ...] | str | None  # "*", or (weak, opaque) pairs


@dataclass(frozen=True, slots=True)
class Conditions:
    """If-Match and If-None-Match of a request."""

    match: ETags = None
    none_match: ETags = None


class Writer:
    """Writes for one request."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._model = reading.service.model

    def _source(self, home: Home) -> Source:
        return self._reading.source(home)

    # What is there

    def find(self, entity: Entity) -> Fetched | None:
        """Key, ETag and type of an entity; None when the caller sees none."""
        key = self._model.key(entity.type)
        only_key = Options(select=tuple(SelectItem(each.name) for each in key))
        return fetch_one(self._reading, entity, only_key)

    def check(self, entity: Entity, conditions: Conditions) -> EntityType:
        """The entity is there and in a version that the client means; gives its own type.

        Raises NotFound, PreconditionFailed.
        """
        found = self.find(entity)
        if found is None:
            if conditions.match is not None:
                raise PreconditionFailed("There is no such entity")
            raise NotFound(f"{entity.name}: no such entity")
        return self.checked(entity, found, conditions)

    def checked(self, entity: Entity, found: Fetched, conditions: Conditions) -> EntityType:
        """The same of an entity that was found. Raises PreconditionFailed."""
        etag = found.etags[0]
        if conditions.match is not None and not matches(etag, conditions.match):
            raise PreconditionFailed("The entity was changed since")
        if conditions.none_match is not None and matches(etag, conditions.none_match):
            raise PreconditionFailed("The entity exists already in this version")
        name = found.types[0]
        return entity.type if name is None else self._model.entity_type(name)

    def etag(self, entity: Entity) -> str | None:
        """The ETag of an entity as it is now, as headers write it."""
        found = self.find(entity)
        if found is None or found.etags[0] is None:
            return None
        return etag_text(found.etags[0])

    # Making

    def create(self, home: EntitySet, given: Given, origin: Origin | None = None) -> Key:
        """Make an entity with all that is below it; at the end of a navigation if one is named."""
        if not home.insertable:
            raise NotSupported(f"{home.name} takes no new entities", target=home.name)
        given = self._with_parents(home, given)
        if origin is not None:
            given = self._below(given, origin)
        own, later = self._parted(home, given)
        key = self._source(home).create(own, self._reading.caller)
        self._fill_all(Entity(home, given.type or home.type, key), given, later)
        if origin is not None and origin.navigation.linkable:
            self.link(origin.entity, origin.navigation, key)
        return key

    def upsert(self, entity: Entity, given: Given) -> Key:
        """Make an entity under the key of its address (Protocol 11.4.3.2)."""
        assert isinstance(entity.home, EntitySet)
        names = (each.name for each in self._model.key(entity.type))
        values = {**given.values, **dict(zip(names, entity.key, strict=True))}
        given = self._with_parents(entity.home, replace(given, values=values))
        own, later = self._parted(entity.home, given)
        key = self._source(entity.home).upsert(entity.key, own, self._reading.caller)
        self._fill_all(Entity(entity.home, given.type or entity.type, key), given, later)
        return key

    def _parted(self, home: Home, given: Given) -> tuple[Given, dict[str, Link]]:
        """What the source takes, and what hangs on collections: that comes once there is a key."""
        later = {
            name: link
            for name, link in given.links.items()
            if self._navigation(home, given, name).collection
        }
        rest = {name: link for name, link in given.links.items() if name not in later}
        return replace(given, links=rest, dynamic=self._typed(home, given)), later

    def _typed(self, home: Home, given: Given) -> Mapping[str, Any]:
        """Dynamic properties as the type that the source knows for them, else as JSON says."""
        if not given.dynamic:
            return given.dynamic
        known = self._source(home).dynamic(self._reading.caller)
        return {
            name: None
            if value is None
            else Values(self._model, (name,)).primitive(known.get(name, UNTYPED), value)
            for name, value in given.dynamic.items()
        }

    def _fill_all(self, entity: Entity, given: Given, later: Mapping[str, Link]) -> None:
        for name, link in later.items():
            self._fill(entity, self._navigation(entity.home, given, name), link)

    def _navigation(self, home: Home, given: Given, name: str) -> Navigation:
        return self._model.navigations(given.type or home.type)[name]

    def _with_parents(self, home: Home, given: Given) -> Given:
        """Entities nested under a single navigation come first: their keys go into this one."""
        values, links = dict(given.values), {}
        for name, link in given.links.items():
            way = self._navigation(home, given, name)
            if way.collection or not link.made:
                links[name] = link
                continue
            with _below_path(name):
                key = self.create(self._target(home, way), link.made[0])
            values |= self._forward(way, key)
            if not way.constraints:
                links[name] = Link(bound=(key,))
        return replace(given, values=values, links=links)

    def _target(self, home: Home, way: Navigation) -> EntitySet:
        found = self._model.target_set(home, way.name)
        if found is None:
            raise NotSupported("Nothing can be made there", target=way.name)
        return found

    def _fill(self, entity: Entity, way: Navigation, link: Link) -> None:
        """Make and bind what a body nests under a collection."""
        target = self._target(entity.home, way)
        for index, each in enumerate(link.made):
            with _below_path(f"{way.name}/{index}"):
                self.create(target, each, Origin(entity, way))
        for key in link.bound:
            self.attach(entity, way, key)

    def _below(self, given: Given, origin: Origin) -> Given:
        """What is made at the end of a navigation points back, as its partner says. Raises
        BadRequest where the body says that it points elsewhere (Protocol 11.4.2.1).
        """
        home, way = origin.entity.home, origin.navigation
        values = self._backward(home, way, origin.entity.key)
        if not values and not way.linkable:
            raise NotSupported("Nothing can be made there", target=way.name)
        for name, value in values.items():
            if given.values.get(name, value) not in (value, None):
                raise BadRequest(f"{name}: contradicts the address", target=name)
        return replace(given, values={**given.values, **values})

    # Links

    def _forward(self, way: Navigation, target: Key) -> dict[str, Any]:
        """The properties on this side that say where a single navigation leads."""
        names = [each.name for each in self._model.key(self._model.entity_type(way.target))]
        return {mine: target[names.index(theirs)] for mine, theirs in way.constraints}

    def _back(self, way: Navigation) -> tuple[tuple[str, str], ...]:
        if way.partner is None:
            return ()
        target = self._model.entity_type(way.target)
        return self._model.navigations(target)[way.partner].constraints

    def _backward(self, home: Home, way: Navigation, key: Key) -> dict[str, Any]:
        """The properties on the other side that say where it belongs."""
        names = [each.name for each in self._model.key(home.type)]
        return {mine: key[names.index(theirs)] for mine, theirs in self._back(way)}

    def takes_references(self, home: Home, way: Navigation) -> bool:
        """The references of a navigation can be changed: by pairs, or by properties that are
        writable and no part of a key, on the side that has them.
        """
        if way.linkable:
            return True
        if not way.collection:
            return home.updatable and self._may_set(
                home.type, [each for each, _ in way.constraints]
            )
        target = self._model.target_set(home, way.name)
        names = [each for each, _ in self._back(way)]
        return target is not None and target.updatable and self._may_set(target.type, names)

    def _may_set(self, kind: EntityType, names: list[str]) -> bool:
        known, key = self._model.properties(kind), self._model.key(kind)
        return bool(names) and all(
            known[name].writable and known[name] not in key for name in names
        )

    def link(self, entity: Entity, way: Navigation, target: Key) -> None:
        """Add a reference to a collection that takes some."""
        self._source(entity.home).link(entity.key, way.name, target, self._reading.caller)

    def attach(self, entity: Entity, way: Navigation, target: Key) -> None:
        """Make a navigation lead to an entity that exists: set the property that says so, on the
        side that has it, or add the pair. Raises NotSupported where neither side has one.
        """
        if not self.takes_references(entity.home, way):
            raise NotSupported("These references cannot be changed", target=way.name)
        if way.linkable:
            self.link(entity, way, target)
        elif not way.collection:
            self._change(entity, Given(self._forward(way, target)))
        else:
            other = self._target(entity.home, way)
            values = self._backward(entity.home, way, entity.key)
            self._change(Entity(other, other.type, target), Given(values))

    def detach(self, entity: Entity, way: Navigation, target: Key | None) -> None:
        """Undo `attach`. `target` names the entity of a collection, which holds it. Raises
        BadRequest where something has to be there.
        """
        if not way.collection:
            values = self._emptied(entity.type, [each for each, _ in way.constraints])
            self._change(entity, Given(values))
            return
        assert target is not None
        if way.linkable:
            self._source(entity.home).unlink(entity.key, way.name, target, self._reading.caller)
        else:
            other = self._target(entity.home, way)
            values = self._emptied(other.type, [each for each, _ in self._back(way)])
            self._change(Entity(other, other.type, target), Given(values))

    def _emptied(self, kind: EntityType, names: list[str]) -> dict[str, None]:
        known = self._model.properties(kind)
        for name in names:
            if not known[name].nullable:
                raise BadRequest(f"{name}: null is not allowed", target=name)
        return dict.fromkeys(names)

    # Changing

    def update(self, entity: Entity, given: Given) -> None:
        """Change what is given of an entity, and bind what its body binds."""
        own, later = self._parted(entity.home, given)
        single = own.links
        self._change(entity, replace(own, links={}))
        for name, link in {**single, **later}.items():
            way = self._navigation(entity.home, given, name)
            for key in link.bound:
                self.attach(entity, way, key)

    def _change(self, entity: Entity, given: Given) -> None:
        self._source(entity.home).update(entity.key, given, self._reading.caller)

    def delete(self, entity: Entity) -> None:
        """Delete an entity."""
        self._source(entity.home).delete(entity.key, self._reading.caller)


@contextmanager
def _below_path(path: str) -> Iterator[None]:
    """Errors of what is nested in a body name the place in it."""
    try:
        yield
    except Invalid as error:
        messages = {f"{path}/{name}": said for name, said in error.messages.items()}
        raise Invalid(messages) from error


def matches(etag: Any, wanted: ETags) -> bool:
    """An entity's ETag is among those of a header; compared weakly (RFC 9110, 8.8.3.2)."""
    if wanted is None:
        return False
    if isinstance(wanted, str):
        return wanted == "*"
    if etag is None:
        return False
    opaque = etag_text(etag).removeprefix('W/"').removesuffix('"')
    return opaque in {each for _, each in _pairs(wanted)}


def _pairs(wanted: Iterable[tuple[bool, str]]) -> Iterable[tuple[bool, str]]:
    return wanted
