"""GET of properties, of raw values, and of what operations answer (Protocol 11.2.4)."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import NotFound
from app.odata.engine import contexts
from app.odata.engine.ast import Options, SelectItem
from app.odata.engine.columns import Fetched
from app.odata.engine.conditions import unchanged
from app.odata.engine.edm import (
    STREAM,
    STRING,
    CollectionType,
    ComplexType,
    EnumType,
    PrimitiveType,
)
from app.odata.engine.envelope import empty_reply, json_reply, text_reply
from app.odata.engine.exchange import Exchange
from app.odata.engine.fetching import fetch_one
from app.odata.engine.focus import Entity, Focus, Member, Result
from app.odata.engine.messages import Reply
from app.odata.engine.presenting import Presenter, etag_text
from app.odata.engine.primitives import to_text
from app.odata.engine.problems import BadRequest, NoSuchResource
from app.odata.engine.reading import Listing, Reading
from app.odata.engine.rendering import PLAIN_IN_JSON, fragment, paths_of, plain_value
from app.odata.engine.source import Stream
from app.odata.engine.streaming import stream, streamed

UTF_8 = "text/plain;charset=utf-8"


def member(exchange: Exchange, reading: Reading, focus: Member) -> Reply:
    """A property, with the ETag of its entity; 204 for null."""
    if focus.property.type == STREAM:
        return stream(exchange, reading, focus.entity, focus.property.name)
    options = _selected(exchange, reading, focus)
    fetched = fetch_one(reading, focus.entity, options)
    if fetched is None:
        raise NotFound(f"{focus.entity.name}: no such entity")
    headers, etag = {}, fetched.etags[0]
    if etag is not None:
        headers["ETag"] = etag_text(etag)
        same = unchanged(exchange, headers["ETag"])
        if same is not None:
            return same
    value: Any = Presenter(reading).entities(fetched, options)[0]
    for each in focus.path:
        value = None if value is None else value.get(each.name)
    if value is None:
        return empty_reply(exchange.manner, headers)
    body = {**_head(exchange, reading, focus, fetched), **_object(focus, value)}
    return json_reply(exchange.manner, body, 200, headers)


def _object(focus: Member, value: Any) -> dict[str, Any]:
    """A value as the whole of an answer: complex ones are objects already (JSON, 11)."""
    if isinstance(value, dict) and not focus.property.collection:
        return value
    return {"value": value}


def _selected(exchange: Exchange, reading: Reading, focus: Member) -> Options:
    """The options that read nothing but the property; of a complex one what $select says."""
    names = tuple(each.name for each in focus.path)
    known, inner = focus.property, Options()
    if isinstance(known.type, ComplexType):
        inner = exchange.options(reading, known.type, None)
    if inner.select is None or inner.select_all:
        return Options(select=(SelectItem(names[0], names[1:]),))
    paths = [path for item in inner.select for path in paths_of(item)]
    return Options(select=tuple(SelectItem(names[0], (*names[1:], *path)) for path in paths))


def _head(exchange: Exchange, reading: Reading, focus: Member, fetched: Fetched) -> dict[str, Any]:
    """The control information of a property's answer: its context; its type where $metadata has
    none, or where all is asked for.
    """
    manner, known = exchange.manner, focus.property
    if manner.bare:
        return {}
    presenter, owner = Presenter(reading), focus.entity
    address = presenter.address(owner.home, fetched.keys[0])
    top = focus.path[0].name
    if top not in reading.service.model.properties(owner.home.type) and not focus.dynamic:
        address = presenter.edit_address(owner.home, owner.type, fetched.keys[0])
    names = "/".join(each.name for each in focus.path)
    chosen = None
    if isinstance(known.type, ComplexType):
        chosen = exchange.options(reading, known.type, None).select
    listed = contexts.property_list(chosen or ())
    head = {f"{manner.prefix}context": contexts.context(manner, f"{address}/{names}{listed}")}
    if (manner.full or focus.dynamic) and known.type not in PLAIN_IN_JSON:
        head[f"{manner.prefix}type"] = fragment(known.type, manner, collection=known.collection)
    return head


def raw(exchange: Exchange, reading: Reading, focus: Focus) -> Reply:
    """/$value: a property as plain text, or the bytes of a media entity."""
    if isinstance(focus, Entity):
        return stream(exchange, reading, focus, None)
    if not isinstance(focus, Member):
        raise NoSuchResource("/$value goes behind a property")
    kind = focus.property.type
    if not isinstance(kind, PrimitiveType | EnumType) or kind == STREAM:
        raise BadRequest("/$value goes behind a primitive property", target="$value")
    value = _value(reading, focus)
    if value is None:
        return empty_reply(exchange.manner)
    if kind == STRING:
        return text_reply(exchange.manner, value, UTF_8)
    return text_reply(exchange.manner, to_text(kind, value))


def _value(reading: Reading, focus: Member) -> Any:
    listing = Listing(reading, focus.entity, Options())
    path = "/".join(each.name for each in focus.path)
    rows = reading.run(listing.statement([listing.rows.column(path)]).limit(1))
    if not rows:
        raise NotFound(f"{focus.entity.name}: no such entity")
    return rows[0][0]


def result(exchange: Exchange, focus: Result) -> Reply:
    """What an operation answered that is no entity."""
    manner, kind, value = exchange.manner, focus.type, focus.value
    if isinstance(value, Stream):
        return streamed(exchange, value)
    if value is None or kind is None:
        return empty_reply(manner)
    head = {}
    if not manner.bare:
        head = {f"{manner.prefix}context": contexts.context(manner, kind.qualified)}
    model = exchange.service.model
    if isinstance(kind, CollectionType):
        return json_reply(manner, {**head, **_values(exchange, kind, value)}, focus.status)
    shown = plain_value(model, kind, value, manner)
    if isinstance(value, Mapping):
        return json_reply(manner, {**head, **shown}, focus.status)
    return json_reply(manner, {**head, "value": shown}, focus.status)


def _values(exchange: Exchange, kind: CollectionType, values: Sequence[Any]) -> dict[str, Any]:
    """A collection of values that are no entities, as far as $skip and $top want it."""
    options, manner = exchange.plain_options(), exchange.manner
    end = None if options.top is None else options.skip + options.top
    found: dict[str, Any] = {}
    if options.count:
        total = len(values)
        found[f"{manner.prefix}count"] = str(total) if manner.format.ieee754 else total
    model = exchange.service.model
    shown = values[options.skip : end]
    return {**found, "value": [plain_value(model, kind.item, each, manner) for each in shown]}
