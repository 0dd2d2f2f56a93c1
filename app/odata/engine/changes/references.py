"""$ref: POST and PUT make a navigation lead to an entity, DELETE undoes that (Protocol 11.4.5)."""

from collections.abc import Sequence

from app.errors import NotFound
from app.odata.engine import addresses as at
from app.odata.engine.changes.context import Change
from app.odata.engine.edm import EntitySet, Navigation
from app.odata.engine.focus import Entities, Entity, Origin
from app.odata.engine.messages import Reply
from app.odata.engine.problems import BadRequest, NoSuchResource
from app.odata.engine.source import Key


def on_reference(change: Change) -> Reply:
    """Answer a change of `…/$ref`."""
    steps = change.exchange.steps[:-1]
    named = steps[-1] if isinstance(steps[-1], at.KeyStep) else None
    step = steps[-2] if named is not None and len(steps) > 1 else steps[-1]
    if not isinstance(step, at.NavigationStep):
        raise change.not_allowed()
    owner = _owner(change, steps[: steps.index(step)])
    methods = _methods(change, owner, step.navigation, named is not None)
    if change.method not in methods:
        raise change.not_allowed(methods)
    change.writer.check(owner, change.conditions)
    if change.method == "DELETE":
        _detach(change, owner, step, named)
    else:
        change.writer.links.attach(owner, step.navigation, _named_by_body(change, step.navigation))
    return change.empty()


def _owner(change: Change, steps: Sequence[at.Step]) -> Entity:
    owner = change.walker.walk(steps)
    if not isinstance(owner, Entity):
        raise NoSuchResource("References belong to a navigation of one entity")
    return owner


def _methods(change: Change, owner: Entity, way: Navigation, named: bool) -> tuple[str, ...]:
    if not change.writer.links.takes_references(owner.home, way):
        return ()
    if named:
        return ("DELETE",)
    return ("POST" if way.collection else "PUT", "DELETE")


def _detach(
    change: Change, owner: Entity, step: at.NavigationStep, named: at.KeyStep | None
) -> None:
    way = step.navigation
    by_option = [value for name, value in change.exchange.pairs if name == "$id"]
    if not way.collection:
        if by_option:
            raise BadRequest("$id goes with a collection", target="$id")
        change.writer.links.detach(owner, way, None)
        return
    if named is None and not by_option:
        raise BadRequest("$id has to name the entity", target="$id")
    if named is not None:
        key: Key = change.walker.key_of(named)
    else:
        key = change.resolve(by_option[0], change.model.entity_type(way.target))
    _require_member(change, Origin(owner, way), step.entity_set, key)
    change.writer.links.detach(owner, way, key)


def _require_member(change: Change, origin: Origin, target: EntitySet | None, key: Key) -> None:
    """Raise NotFound unless the collection holds the entity."""
    kind = change.model.entity_type(origin.navigation.target)
    if target is None or not change.walker.holds(Entities(target, kind, origin), key):
        raise NotFound(f"{origin.navigation.name}: no such reference")


def _named_by_body(change: Change, way: Navigation) -> Key:
    body = change.body()
    url = body.get("@odata.id", body.get("@id")) if isinstance(body, dict) else None
    if not isinstance(url, str):
        raise BadRequest("@odata.id has to name the entity", target="@odata.id")
    return change.resolve(url, change.model.entity_type(way.target))
