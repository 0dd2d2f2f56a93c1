"""PUT of bytes: of a media entity and of a stream property (Protocol 11.4.6, 11.4.7)."""

from app.odata.engine.answering import entity as entity_reply
from app.odata.engine.changes.context import Change, methods_of
from app.odata.engine.focus import Entity
from app.odata.engine.messages import Reply
from app.odata.engine.streaming import stream as stream_reply


def on_media(change: Change, focus: Entity) -> Reply:
    """The bytes of a media entity. Deleting them deletes the entity (Protocol 11.4.6.3)."""
    methods = tuple(each for each in methods_of(focus.home) if each != "PATCH")
    if change.method not in methods:
        raise change.not_allowed(methods)
    change.writer.check(focus, change.conditions)
    if change.method == "DELETE":
        change.writer.delete(focus)
        return change.empty()
    _put(change, focus, None)
    if change.wish == "representation":
        return entity_reply(change.exchange, change.reading, focus, 200, change.applied)
    return change.empty_of(focus, change.applied)


def on_stream(change: Change, focus: Entity, name: str) -> Reply:
    """The bytes of a stream property."""
    methods = ("PUT",) if focus.home.updatable else ()
    if change.method not in methods:
        raise change.not_allowed(methods)
    change.writer.check(focus, change.conditions)
    _put(change, focus, name)
    if change.wish == "representation":
        return stream_reply(change.exchange, change.reading, focus, name)
    return change.empty(change.applied)


def _put(change: Change, focus: Entity, name: str | None) -> None:
    request = change.exchange.request
    kind = request.headers.get("content-type", "application/octet-stream")
    source = change.reading.source(focus.home)
    source.put_stream(focus.key, name, change.content(), kind, request.caller)
