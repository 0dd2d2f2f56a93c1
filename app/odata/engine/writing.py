"""Entities made, changed and deleted: what a body gives becomes commands of the sources.

Everything here runs inside the transaction of the request.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from app.errors import NotFound
from app.odata.engine.ast import Options, SelectItem
from app.odata.engine.edm import EntitySet, EntityType, Navigation
from app.odata.engine.focus import Entity, Home, Origin
from app.odata.engine.presenting import etag_text
from app.odata.engine.problems import NotSupported, PreconditionFailed
from app.odata.engine.reading import Reading, fetch_one
from app.odata.engine.source import Given, Key, Link, Source

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

    def exists(self, entity: Entity) -> bool:
        """The caller sees the entity."""
        return fetch_one(self._reading, entity, self._only_key(entity.type)) is not None

    def _only_key(self, kind: EntityType) -> Options:
        return Options(select=tuple(SelectItem(each.name) for each in self._model.key(kind)))

    def check(self, entity: Entity, conditions: Conditions) -> None:
        """The entity is there and in a version that the client means.

        Raises NotFound, PreconditionFailed.
        """
        found = fetch_one(self._reading, entity, self._only_key(entity.type))
        if found is None:
            if conditions.match is not None:
                raise PreconditionFailed("There is no such entity")
            raise NotFound(f"{entity.name}: no such entity")
        etag = found.etags[0]
        if conditions.match is not None and not matches(etag, conditions.match):
            raise PreconditionFailed("The entity was changed since")
        if conditions.none_match is not None and matches(etag, conditions.none_match):
            raise PreconditionFailed("The entity exists already in this version")

    def create(self, home: EntitySet, given: Given, origin: Origin | None = None) -> Key:
        """Make an entity with all that is below it; at the end of a navigation if one is named."""
        given = self._with_parents(home, given)
        if origin is not None:
            given = self._below(given, origin.entity.home, origin.navigation, origin.entity.key)
        own, later = self._parted(home, given)
        key = self._source(home).create(own, self._reading.caller)
        self._fill_all(Entity(home, given.type or home.type, key), given, later)
        if origin is not None and origin.navigation.linkable:
            self.link(origin.entity, origin.navigation, key)
        return key

    def _parted(self, home: Home, given: Given) -> tuple[Given, dict[str, Link]]:
        """What the source takes, and what hangs on collections: that comes once there is a key."""
        later = {
            name: link
            for name, link in given.links.items()
            if self._navigation(home, given, name).collection
        }
        rest = {name: link for name, link in given.links.items() if name not in later}
        return replace(given, links=rest), later

    def _fill_all(self, entity: Entity, given: Given, later: dict[str, Link]) -> None:
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
            key = self.create(self._target(home, way), link.made[0])
            names = [each.name for each in self._model.key(self._model.entity_type(way.target))]
            for mine, theirs in way.constraints:
                values[mine] = key[names.index(theirs)]
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
        for each in link.made:
            self.create(target, each, Origin(entity, way))
        for key in link.bound:
            self.attach(entity, way, key)

    def _below(self, given: Given, home: Home, way: Navigation, key: Key) -> Given:
        """What is made at the end of a navigation points back, as its partner says."""
        pairs = self._back(home, way)
        if not pairs and not way.linkable:
            raise NotSupported("Nothing can be made there", target=way.name)
        names = [each.name for each in self._model.key(home.type)]
        values = {mine: key[names.index(theirs)] for mine, theirs in pairs}
        return replace(given, values={**given.values, **values})

    def _back(self, home: Home, way: Navigation) -> tuple[tuple[str, str], ...]:
        if way.partner is None:
            return ()
        target = self._model.entity_type(way.target)
        return self._model.navigations(target)[way.partner].constraints

    def link(self, entity: Entity, way: Navigation, target: Key) -> None:
        """Add a reference to a collection that takes some."""
        self._source(entity.home).link(entity.key, way.name, target, self._reading.caller)

    def attach(self, entity: Entity, way: Navigation, target: Key) -> None:
        """Make a navigation lead to an entity that exists: set the property that says so, on the
        side that has it, or add the pair. Raises NotSupported where neither side has one.
        """
        if way.linkable:
            self.link(entity, way, target)
        elif not way.collection and way.constraints:
            kind = self._model.entity_type(way.target)
            names = [each.name for each in self._model.key(kind)]
            values = {mine: target[names.index(theirs)] for mine, theirs in way.constraints}
            self.update(entity, Given(values))
        elif way.collection and (pairs := self._back(entity.home, way)):
            names = [each.name for each in self._model.key(entity.home.type)]
            values = {mine: entity.key[names.index(theirs)] for mine, theirs in pairs}
            other = self._target(entity.home, way)
            self.update(Entity(other, other.type, target), Given(values))
        else:
            raise NotSupported("These references cannot be changed", target=way.name)

    def detach(self, entity: Entity, way: Navigation, target: Key | None) -> None:
        """Undo `attach`. `target` names the entity of a collection."""
        if way.linkable and target is not None:
            self._source(entity.home).unlink(entity.key, way.name, target, self._reading.caller)
        elif not way.collection and way.constraints:
            self.update(entity, Given({mine: None for mine, _ in way.constraints}))
        elif target is not None and (pairs := self._back(entity.home, way)):
            other = self._target(entity.home, way)
            self.update(Entity(other, other.type, target), Given({mine: None for mine, _ in pairs}))
        else:
            raise NotSupported("These references cannot be changed", target=way.name)

    def update(self, entity: Entity, given: Given) -> None:
        """Change what is given of an entity."""
        self._source(entity.home).update(entity.key, given, self._reading.caller)
        for name, link in given.links.items():
            way = self._model.navigations(given.type or entity.type)[name]
            for key in link.bound:
                self.attach(entity, way, key)

    def replaced(self, kind: EntityType, given: Given) -> Given:
        """PUT: what is not given takes its default (Protocol, 11.4.4)."""
        keys = {each.name for each in self._model.key(kind)}
        values = {
            each.name: each.default
            for each in self._model.properties(kind).values()
            if each.writable
            and each.name not in keys
            and (each.nullable or each.default is not None)
        }
        return replace(given, values={**values, **given.values})

    def delete(self, entity: Entity) -> None:
        """Delete an entity."""
        self._source(entity.home).delete(entity.key, self._reading.caller)

    def upsert(self, entity: Entity, given: Given) -> Key:
        """Make an entity under the key of its address (Protocol, 11.4.4)."""
        names = (each.name for each in self._model.key(entity.type))
        values = {**given.values, **dict(zip(names, entity.key, strict=True))}
        given = self._with_parents(entity.home, replace(given, values=values))
        own, later = self._parted(entity.home, given)
        key = self._source(entity.home).upsert(entity.key, own, self._reading.caller)
        self._fill_all(Entity(entity.home, given.type or entity.type, key), given, later)
        return key


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
