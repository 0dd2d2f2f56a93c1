"""POST to collections; PATCH, PUT and DELETE of entities (Protocol 11.4.2 to 11.4.4)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from app.errors import DomainError, Invalid, NotFound
from app.odata.engine.answering import entity as entity_reply
from app.odata.engine.changes.context import Change, methods_of
from app.odata.engine.changes.later import Made, Outcome
from app.odata.engine.edm import EntitySet, EntityType
from app.odata.engine.focus import Entities, Entity
from app.odata.engine.messages import Reply
from app.odata.engine.preconditions import Conditions
from app.odata.engine.problems import NoSuchResource, PreconditionFailed
from app.odata.engine.replacing import replaced
from app.odata.engine.source import Given

ANY_VERSION: Final = Conditions(None, None)
VERSION_WITH_ETAGS: Final = "4.01"  # in which an ETag inside a body counts


def on_collection(change: Change, focus: Entities) -> Outcome:
    """POST: make an entity (Protocol 11.4.2). What a function answered and what a filter left is no
    collection to put one in.
    """
    whole = focus.keys is None and not focus.filters
    takes = whole and focus.home.insertable
    if change.method != "POST" or not takes:
        raise change.not_allowed(("POST",) if takes else ())
    change.refuse_conditions()
    given = change.given(focus.type, creating=True)
    key = change.writer.create(focus.home, given, focus.origin)
    return created(change, Entity(focus.home, focus.type, key), given)


def created(change: Change, made: Entity, given: Given | None = None) -> Outcome:
    """201 with the entity, and what was made below it; or 204 when the client does not want to see
    it. What its options ask for is refused, if it is, with all that was made.
    """
    headers = {"Location": change.address(made), **change.applied}
    if change.wish == "minimal":
        _require_seen(change, made)
        return change.empty_of(made, headers)
    exchange = change.exchange
    names = {name for name, _ in exchange.pairs}
    if given is not None and not names & {"$select", "$expand"}:
        depth = exchange.service.limits.expand_depth
        text = expand_text(change.model.navigations(made.type), (given,), depth)
        if text:
            exchange = replace(exchange, pairs=(*exchange.pairs, ("$expand", text)))
    if not exchange.pairs:
        _require_seen(change, made)
        return Made(exchange, made, headers)
    return entity_reply(exchange, change.reading, made, 201, headers)


def _require_seen(change: Change, made: Entity) -> None:
    """Nobody makes what he may not see."""
    if change.writer.find(made) is None:
        raise NotFound(f"{made.name}: no such entity")


def expand_text(known: Mapping[str, Any], made: tuple[Given, ...], depth: int) -> str:
    """$expand for what a deep insert made: its answer shows all of it (Protocol 11.4.2.2). `known`
    are the navigations that the outermost type has; `depth` is at most how deep $expand goes.
    """
    below: dict[str, tuple[Given, ...]] = {}
    for each in made:
        for name, link in each.links.items():
            if link.made and name in known:
                below[name] = (*below.get(name, ()), *link.made)
    parts = []
    for name, inner in below.items() if depth else ():
        names = {way for each in inner for way in each.links}
        text = expand_text(dict.fromkeys(names), inner, depth - 1)
        parts.append(f"{name}($expand={text})" if text else name)
    return ",".join(parts)


def on_entity(change: Change, focus: Entity) -> Outcome:
    """PATCH, PUT, DELETE."""
    allowed = methods_of(focus.home)
    if change.method not in allowed:
        raise change.not_allowed(allowed)
    if change.method == "DELETE":
        change.writer.check(focus, change.conditions)
        change.writer.delete(focus)
        return change.empty()
    body = change.body()
    if _goes_straight(change, focus):
        try:
            return _update(change, focus, focus.type)
        except DomainError:
            if change.writer.find(focus) is not None:
                raise
            return _upsert(change, focus, body)
    kind = change.writer.checked(focus, change.conditions)
    if kind is None:
        return _upsert(change, focus, body)
    _check_own_etag(change, focus, body)
    return _update(change, focus, kind)


def _goes_straight(change: Change, focus: Entity) -> bool:
    """The entity need not be looked up before it is changed: it has one type, the client means no
    version, and the source finds out whether the caller sees it.
    """
    return (
        change.conditions == ANY_VERSION
        and not _tells_version(change)
        and not change.model.derived(focus.type)
        and change.reading.source(focus.home).seeks_what_it_updates
    )


def _tells_version(change: Change) -> bool:
    """The client speaks the version in which a body can name that of an entity."""
    spoken = change.exchange.request.headers.get("odata-version", "")
    return spoken.strip() == VERSION_WITH_ETAGS


def _update(change: Change, focus: Entity, kind: EntityType) -> Reply:
    given = change.given(kind, creating=False)
    if change.method == "PUT":
        open_type = any(each.open for each in change.model.lineage(kind))
        source = change.reading.source(focus.home)
        dynamic = source.dynamic(change.reading.caller) if open_type else {}
        given = replaced(change.model, kind, given, dynamic)
    change.writer.update(focus, given)
    if change.wants_answer:
        return entity_reply(change.exchange, change.reading, focus, 200, change.applied)
    return change.empty_of(focus, change.applied)


def _check_own_etag(change: Change, focus: Entity, body: Any) -> None:
    """In version 4.01 an ETag inside a body has to be the entity's (Protocol 11.4.1.1)."""
    if not _tells_version(change):
        return
    given = body.get("@etag", body.get("@odata.etag")) if isinstance(body, dict) else None
    if given in (None, "*"):
        return
    change.writer.hold(focus)
    if given != change.writer.etag(focus):
        raise PreconditionFailed("The entity was changed since")


def _upsert(change: Change, focus: Entity, body: Any) -> Outcome:
    """A key that is not there: PUT makes the entity, PATCH where the body can (decision 24). Not
    one with bytes, which are never in the body (Protocol 11.4.3.2).
    """
    missing = NotFound(f"{focus.name}: no such entity")
    media = any(isinstance(e, EntityType) and e.media for e in change.model.lineage(focus.type))
    if not isinstance(focus.home, EntitySet) or not focus.home.insertable or media:
        raise missing
    given = change.reader(creating=True).entity(body, focus.type)
    try:
        key = change.writer.upsert(focus, given)
    except (NotImplementedError, NoSuchResource):
        raise missing from None
    except Invalid:
        if change.method == "PUT":
            raise
        raise missing from None
    return created(change, Entity(focus.home, focus.type, key), given)
