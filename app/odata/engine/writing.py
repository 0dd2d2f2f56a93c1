"""Entities made, changed and deleted: what a body gives becomes commands of the sources.

Everything here runs inside the transaction of the request.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from app.errors import Invalid, NotFound
from app.odata.engine.columns import Fetched
from app.odata.engine.edm import UNTYPED, EntitySet, EntityType, Navigation
from app.odata.engine.fetching import first
from app.odata.engine.focus import Entity, Home, Origin
from app.odata.engine.linking import Linker
from app.odata.engine.plans import key_plan
from app.odata.engine.preconditions import Conditions, matches
from app.odata.engine.presenting import etag_text
from app.odata.engine.problems import BadRequest, NotSupported, PreconditionFailed
from app.odata.engine.reading import Reading
from app.odata.engine.source import Given, Key, Link, Source
from app.odata.engine.values import Values


class Writer:
    """Writes for one request."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._model = reading.service.model
        self.links = Linker(reading)

    def _source(self, home: Home) -> Source:
        return self._reading.source(home)

    # What is there

    def find(self, entity: Entity) -> Fetched | None:
        """Key, ETag and type of an entity; None when the caller sees none."""
        plan, given = key_plan(self._reading, entity)
        return first(self._reading, plan, given)

    def hold(self, entity: Entity) -> None:
        """Keep an entity in its version until the transaction ends."""
        self._source(entity.home).hold(entity.key, self._reading.caller)

    def check(self, entity: Entity, conditions: Conditions) -> EntityType:
        """The entity is there and in a version that the client means; gives its own type.

        Raises NotFound, PreconditionFailed.
        """
        kind = self.checked(entity, conditions)
        if kind is None:
            raise NotFound(f"{entity.name}: no such entity")
        return kind

    def checked(self, entity: Entity, conditions: Conditions) -> EntityType | None:
        """The same for one that need not be there: None when it is not and no version was meant.
        Raises PreconditionFailed.
        """
        if conditions.match is not None or conditions.none_match is not None:
            self.hold(entity)
        found = self.find(entity)
        if found is None:
            if conditions.match is not None:
                raise PreconditionFailed("There is no such entity")
            return None
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
            self.links.link(origin.entity, origin.navigation, key)
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
                key = self.create(self.links.target(home, way), link.made[0])
            values |= self.links.forward(way, key)
            if not way.constraints:
                links[name] = Link(bound=(key,))
        return replace(given, values=values, links=links)

    def _fill(self, entity: Entity, way: Navigation, link: Link) -> None:
        """Make and bind what a body nests under a collection."""
        target = self.links.target(entity.home, way)
        for index, each in enumerate(link.made):
            with _below_path(f"{way.name}/{index}"):
                self.create(target, each, Origin(entity, way))
        for key in link.bound:
            self.links.attach(entity, way, key)

    def _below(self, given: Given, origin: Origin) -> Given:
        """What is made at the end of a navigation points back, as its partner says. Raises
        BadRequest where the body says that it points elsewhere (Protocol 11.4.2.1).
        """
        home, way = origin.entity.home, origin.navigation
        values = self.links.backward(home, way, origin.entity.key)
        if not values and not way.linkable:
            raise NotSupported("Nothing can be made there", target=way.name)
        for name, value in values.items():
            if given.values.get(name, value) not in (value, None):
                raise BadRequest(f"{name}: contradicts the address", target=name)
        return replace(given, values={**given.values, **values})

    # Changing

    def update(self, entity: Entity, given: Given) -> None:
        """Change what is given of an entity, and bind what its body binds."""
        own, later = self._parted(entity.home, given)
        single = own.links
        self._change(entity, replace(own, links={}))
        for name, link in {**single, **later}.items():
            way = self._navigation(entity.home, given, name)
            for key in link.bound:
                self.links.attach(entity, way, key)

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
