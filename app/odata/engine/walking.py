"""The steps of an address, one after the other, from a set to what the request is about."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.errors import NotFound
from app.odata.engine import addresses as at
from app.odata.engine.ast import Options, SelectItem
from app.odata.engine.edm import (
    CollectionType,
    ComplexType,
    EntitySet,
    EntityType,
    Navigation,
    Property,
    Singleton,
)
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entities, Entity, Focus, Member, Origin, Result
from app.odata.engine.grammar import expressions
from app.odata.engine.invoking import invoke_function
from app.odata.engine.problems import BadRequest, NoSuchResource, NotSupported
from app.odata.engine.reading import Listing, Reading, key_columns
from app.odata.engine.source import Key


class Walker:
    """Follows steps; raises NoSuchResource or NotFound where the caller sees nothing."""

    def __init__(self, exchange: Exchange, reading: Reading) -> None:
        self._exchange = exchange
        self._reading = reading
        self._model = exchange.service.model

    def walk(self, steps: Sequence[at.Step]) -> Focus:
        """What the steps lead to. The last entity is not asked for: reading it tells."""
        focus: Focus | None = None
        for number, step in enumerate(steps):
            if isinstance(focus, Entity) and number > 1 and not isinstance(step, at.TypeStep):
                self.require(focus)
            focus = self._step(focus, step)
        assert focus is not None
        return focus

    def require(self, entity: Entity) -> None:
        """Raise NotFound unless the caller sees the entity."""
        if not self._one(Listing(self._reading, entity, self._only_key(entity.type))):
            raise NotFound(f"{entity.name}: no such entity")

    def _only_key(self, kind: EntityType) -> Options:
        return Options(select=tuple(SelectItem(each.name) for each in self._model.key(kind)))

    def _one(self, listing: Listing) -> Key | None:
        statement = listing.statement(listing.key_columns()).limit(1)
        rows = self._reading.run(statement)
        return tuple(rows[0]) if rows else None

    def _step(self, focus: Focus | None, step: at.Step) -> Focus:
        match step:
            case at.SetStep():
                return Entities(step.entity_set, step.entity_set.type)
            case at.SingletonStep():
                return self._singleton(step.singleton)
            case at.ImportStep():
                return invoke_function(self._exchange, step, None)
            case at.KeyStep():
                return self._key(focus, step)
            case at.TypeStep():
                return self._narrow(focus, step)
            case at.NavigationStep():
                return self._navigate(focus, step.navigation, step.entity_set)
            case at.PropertyStep():
                return self._property(focus, step)
            case at.DynamicStep():
                return self._dynamic(focus, step)
            case at.FilterStep():
                return self._filter(focus, step)
            case at.OperationStep():
                return self._function(focus, step)
        raise NotSupported("This segment is not supported", target=type(step).__name__)

    def _singleton(self, singleton: Singleton) -> Entity:
        bound = self._reading.translator.rows(singleton)
        columns = key_columns(self._exchange.service, bound)
        listing = Listing(self._reading, Entities(singleton, singleton.type), Options())  # type: ignore[arg-type]
        rows = self._reading.run(listing.statement(listing.key_columns()).limit(1))
        if not rows:
            raise NotFound(f"{singleton.name}: there is none")
        assert len(columns) == len(rows[0])
        return Entity(singleton, singleton.type, tuple(rows[0]))

    def _key(self, focus: Focus | None, step: at.KeyStep) -> Entity:
        if not isinstance(focus, Entities):
            raise NoSuchResource("A key is expected behind a collection only")
        key = self._typed_key(step)
        entity = Entity(focus.home, focus.type, key, focus.type != focus.home.type)
        if focus.origin is not None or focus.filters or focus.keys is not None:
            narrowed = self._among(focus, key)
            if narrowed is None:
                raise NotFound(f"{focus.name}: no such entity here")
        return entity

    def _typed_key(self, step: at.KeyStep) -> Key:
        values = []
        for each in step.values:
            if isinstance(each, at.AliasKey):
                raise BadRequest(f"{each.name} is not given", target=each.name)
            values.append(each)
        return tuple(values)

    def _among(self, focus: Entities, key: Key) -> Key | None:
        """The key, when the collection holds it."""
        listing = Listing(self._reading, focus, self._only_key(focus.type))
        listing.conditions.append(listing.keyed([key]))
        return self._one(listing)

    def _narrow(self, focus: Focus | None, step: at.TypeStep) -> Focus:
        kind = step.type
        item = kind.item if isinstance(kind, CollectionType) else kind
        if isinstance(focus, Entities) and isinstance(item, EntityType):
            return replace(focus, type=item)
        if isinstance(focus, Entity) and isinstance(item, EntityType):
            return replace(focus, type=item, narrowed=True)
        raise NoSuchResource("A type does not fit here")

    def _navigate(self, focus: Focus | None, way: Navigation, target: EntitySet | None) -> Focus:
        if not isinstance(focus, Entity):
            raise NoSuchResource(f"{way.name} is a property of one entity")
        if target is None:
            raise NotSupported("This navigation leads to no set", target=way.name)
        self.require(focus)
        kind = self._model.entity_type(way.target)
        listed = Entities(target, kind, Origin(focus, way))
        if way.collection:
            return listed
        key = self._one(Listing(self._reading, listed, self._only_key(kind)))
        if key is None:
            return Result(None, kind, 204)
        return Entity(target, kind, key)

    def _property(self, focus: Focus | None, step: at.PropertyStep) -> Focus:
        if isinstance(focus, Entity):
            return Member(focus, (step.property,))
        if isinstance(focus, Member) and isinstance(focus.property.type, ComplexType):
            return replace(focus, path=(*focus.path, step.property))
        raise NoSuchResource("A property belongs to one entity")

    def _dynamic(self, focus: Focus | None, step: at.DynamicStep) -> Focus:
        if not isinstance(focus, Entity):
            raise NoSuchResource("A property belongs to one entity")
        known = self._reading.source(focus.home).dynamic(self._reading.caller)
        if step.name not in known:
            raise NoSuchResource(f"{step.name} is no property of {focus.type.name}")
        return Member(focus, (Property(step.name, known[step.name]),))

    def _filter(self, focus: Focus | None, step: at.FilterStep) -> Focus:
        if not isinstance(focus, Entities):
            raise BadRequest("/$filter goes behind a collection", target="$filter")
        scope = self._exchange.scope(self._reading, focus.type, focus.home)
        limits = self._exchange.service.limits
        node = expressions.parse_condition(step.text, scope, limits, target="$filter")
        return replace(focus, filters=(*focus.filters, node))

    def _function(self, focus: Focus | None, step: at.OperationStep) -> Focus:
        if step.operation.kind != "function":
            raise NoSuchResource(f"{step.operation.name} is an action: it ends an address")
        if isinstance(focus, Entity):
            self.require(focus)
        answer: Any = invoke_function(self._exchange, step, focus)
        return answer  # type: ignore[no-any-return]
