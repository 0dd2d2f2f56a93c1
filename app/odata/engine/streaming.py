"""Bytes of media entities and stream properties (Protocol 11.2.3, 11.2.4.1)."""

from app.odata.engine.conditions import unchanged
from app.odata.engine.envelope import empty_reply
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entity
from app.odata.engine.messages import Reply
from app.odata.engine.plans import require
from app.odata.engine.problems import BadRequest
from app.odata.engine.reading import Reading
from app.odata.engine.source import Stream


def stream(exchange: Exchange, reading: Reading, focus: Entity, name: str | None) -> Reply:
    """The bytes of a media entity (name None) or of a stream property."""
    if name is None and not reading.service.model.is_media(focus.type):
        raise BadRequest("This entity has no media: /$value goes behind a property")
    require(reading, focus)
    found = reading.source(focus.home).stream(focus.key, name, exchange.request.caller)
    if found is None:
        return empty_reply(exchange.manner)
    return streamed(exchange, found)


def streamed(exchange: Exchange, found: Stream) -> Reply:
    """Bytes as they are, never to be guessed at by a browser."""
    headers = {
        "OData-Version": exchange.manner.version,
        "Content-Type": found.media_type,
        "X-Content-Type-Options": "nosniff",
    }
    if found.etag is not None:
        same = unchanged(exchange, found.etag)
        if same is not None:
            return same
        headers["ETag"] = found.etag
    if found.length is not None:
        headers["Content-Length"] = str(found.length)
    if found.disposition is not None:
        headers["Content-Disposition"] = found.disposition
    return Reply(200, headers, found.chunks)
