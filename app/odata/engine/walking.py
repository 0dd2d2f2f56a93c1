"""The steps of an address, one after the other, from a set to what the request is about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select

from app.errors import NotFound
from app.odata.engine import addresses as at
from app.odata.engine.edm import CollectionType, ComplexType, EntityType, Property
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entities, Entity, Focus, Member, Origin, Result
from app.odata.engine.grammar import expressions
from app.odata.engine.invoking import invoke_function
from app.odata.engine.plans import found_key, require
from app.odata.engine.problems import BadRequest, NoSuchResource, NotSupported
from app.odata.engine.reading import Listing, Reading, key_columns, only_key
from app.odata.engine.source import Key


class Walker:
    """Follows steps; raises NoSuchResource or NotFound where the caller sees nothing."""

    def __init__(self, exchange: Exchange, reading: Reading) -> None:
        self._exchange = exchange
        self._reading = reading
        self._model = exchange.service.model

    def walk(self, steps: Sequence[at.Step], *, checked: bool = True) -> Focus:
        """What the steps lead to. The last entity, and the one that a last property belongs to, are
        not asked for: reading them tells. `checked` False: nor is the one that a last collection is
        below, since the caller asks for it where the collection is empty.
        """
        focus: Focus | None = None
        for step in steps:
            focus = self._step(focus, step)
        assert focus is not None
        if checked and isinstance(focus, Entities) and focus.origin is not None:
            require(self._reading, focus.origin.entity)
        return focus

    def _step(self, focus: Focus | None, step: at.Step) -> Focus:
        follow = _FOLLOW.get(type(step))
        if follow is None:
            raise NotSupported("This segment is not supported", target=type(step).__name__)
        return follow(self, focus, step)

    def _set(self, _: Focus | None, step: at.SetStep) -> Entities:
        return Entities(step.entity_set, step.entity_set.type)

    def _import(self, _: Focus | None, step: at.ImportStep) -> Focus:
        return invoke_function(self._exchange, step, None)

    def _singleton(self, _: Focus | None, step: at.SingletonStep) -> Entity:
        singleton = step.singleton
        bound = self._reading.translator.rows(singleton)
        columns = key_columns(self._exchange.service, bound)
        rows = self._reading.run(select(*columns).where(bound.rows.visible()).limit(1))
        if not rows:
            raise NotFound(f"{singleton.name}: there is none")
        return Entity(singleton, singleton.type, tuple(rows[0]))

    def _key(self, focus: Focus | None, step: at.KeyStep) -> Entity:
        if not isinstance(focus, Entities):
            raise NoSuchResource("A key is expected behind a collection only")
        key = self.key_of(step)
        if not focus.is_whole and not self.holds(focus, key):
            raise NotFound(f"{focus.name}: no such entity")
        return Entity(focus.home, focus.type, key)

    def key_of(self, step: at.KeyStep) -> Key:
        """The key that a step names. Raises BadRequest for an alias that is not given."""
        values = []
        for each in step.values:
            if isinstance(each, at.AliasKey):
                raise BadRequest(f"{each.name} is not given", target=each.name)
            values.append(each)
        return tuple(values)

    def holds(self, focus: Entities, key: Key) -> bool:
        """The collection holds an entity of this key that the caller sees."""
        listing = Listing(self._reading, focus, only_key(self._model, focus.type))
        listing.conditions.append(listing.keyed([key]))
        return bool(self._reading.run(listing.statement(listing.key_columns()).limit(1)))

    def _narrow(self, focus: Focus | None, step: at.TypeStep) -> Focus:
        kind = step.type
        item = kind.item if isinstance(kind, CollectionType) else kind
        if isinstance(focus, Entities | Entity) and isinstance(item, EntityType):
            return replace(focus, type=item)
        if isinstance(focus, Result) and focus.value is None:
            return focus
        raise NoSuchResource("A type does not fit here")

    def _navigate(self, focus: Focus | None, step: at.NavigationStep) -> Focus:
        way, target = step.navigation, step.entity_set
        if not isinstance(focus, Entity):
            raise NoSuchResource(f"{way.name} is a property of one entity")
        if target is None:
            raise NotSupported("This navigation leads to no set", target=way.name)
        kind = self._model.entity_type(way.target)
        listed = Entities(target, kind, Origin(focus, way))
        if way.collection:
            return listed
        key = found_key(self._reading, listed)
        if key is None:
            require(self._reading, focus)
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
        return Member(focus, (Property(step.name, known[step.name]),), dynamic=True)

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
            require(self._reading, focus)
        elif not isinstance(focus, Entities):
            raise NoSuchResource(f"There is nothing to call {step.operation.name} on")
        elif not focus.is_whole or focus.type != focus.home.type:
            # What runs it is not told which of the entities are meant.
            message = f"{step.operation.name} can be called on all of {focus.name} only"
            raise NotSupported(message, target=step.operation.name)
        return invoke_function(self._exchange, step, focus)


_FOLLOW: Final[Mapping[type, Callable[[Walker, Focus | None, Any], Focus]]] = {
    at.SetStep: Walker._set,
    at.SingletonStep: Walker._singleton,
    at.ImportStep: Walker._import,
    at.KeyStep: Walker._key,
    at.TypeStep: Walker._narrow,
    at.NavigationStep: Walker._navigate,
    at.PropertyStep: Walker._property,
    at.DynamicStep: Walker._dynamic,
    at.FilterStep: Walker._filter,
    at.OperationStep: Walker._function,
}
