"""What makes entities lead to each other: pairs, or properties on the side that has them."""

from typing import Any

from app.odata.engine.edm import EntitySet, EntityType, Navigation
from app.odata.engine.focus import Entity, Home
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.reading import Reading
from app.odata.engine.source import Given, Key, Source


class Linker:
    """Changes links for one request."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._model = reading.service.model

    def _source(self, home: Home) -> Source:
        return self._reading.source(home)

    def _change(self, entity: Entity, given: Given) -> None:
        self._source(entity.home).update(entity.key, given, self._reading.caller)

    def target(self, home: Home, way: Navigation) -> EntitySet:
        """The set at the end of a navigation. Raises NotSupported where the model says none."""
        found = self._model.target_set(home, way.name)
        if found is None:
            raise NotSupported("Nothing can be made there", target=way.name)
        return found

    def forward(self, way: Navigation, target: Key) -> dict[str, Any]:
        """The properties on this side that say where a single navigation leads."""
        names = [each.name for each in self._model.key(self._model.entity_type(way.target))]
        return {mine: target[names.index(theirs)] for mine, theirs in way.constraints}

    def _back(self, way: Navigation) -> tuple[tuple[str, str], ...]:
        if way.partner is None:
            return ()
        target = self._model.entity_type(way.target)
        return self._model.navigations(target)[way.partner].constraints

    def backward(self, home: Home, way: Navigation, key: Key) -> dict[str, Any]:
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
            self._change(entity, Given(self.forward(way, target)))
        else:
            other = self.target(entity.home, way)
            values = self.backward(entity.home, way, entity.key)
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
            other = self.target(entity.home, way)
            values = self._emptied(other.type, [each for each, _ in self._back(way)])
            self._change(Entity(other, other.type, target), Given(values))

    def _emptied(self, kind: EntityType, names: list[str]) -> dict[str, None]:
        known = self._model.properties(kind)
        for name in names:
            if not known[name].nullable:
                raise BadRequest(f"{name}: null is not allowed", target=name)
        return dict.fromkeys(names)
