"""GET: collections, entities, properties, values, counts and references, as they were asked for."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from app.errors import NotFound
from app.odata.engine import addresses as at
from app.odata.engine import contexts
from app.odata.engine.applying import AppliedRows, applied_entities
from app.odata.engine.ast import Options, SelectItem
from app.odata.engine.edm import STREAM, CollectionType, ComplexType, EnumType, PrimitiveType
from app.odata.engine.envelope import empty_reply, json_reply, list_etag, text_reply
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entities, Entity, Focus, Member, Result
from app.odata.engine.messages import Reply
from app.odata.engine.paging import Position
from app.odata.engine.paging import write as token_of
from app.odata.engine.presenting import Presenter, etag_text
from app.odata.engine.primitives import to_text
from app.odata.engine.problems import BadRequest, NoSuchResource
from app.odata.engine.reading import (
    Fetched,
    Listing,
    Page,
    Reading,
    check_page,
    fetch,
    fetch_one,
)
from app.odata.engine.rendering import plain_value
from app.odata.engine.source import Stream
from app.odata.engine.writing import matches

LIST_ONLY = ("$filter", "$search", "$orderby", "$top", "$skip", "$count", "$skiptoken", "$apply")
TRAILING = (at.CountStep, at.ValueStep, at.RefStep)


def answer_focus(exchange: Exchange, reading: Reading, focus: Focus, last: at.Step) -> Reply:
    """The answer to a GET of what a path led to; `last` is its last step."""
    if isinstance(last, at.CountStep):
        return _count(exchange, reading, focus)
    if isinstance(last, at.RefStep):
        return _references(exchange, reading, focus)
    if isinstance(last, at.ValueStep):
        return _raw(exchange, reading, focus)
    match focus:
        case Entities():
            return entities(exchange, reading, focus)
        case Entity():
            return entity(exchange, reading, focus)
        case Member():
            return _member(exchange, reading, focus)
        case Result():
            return result(exchange, focus)


def entities(exchange: Exchange, reading: Reading, focus: Entities) -> Reply:
    """A page of a collection."""
    options = exchange.options(reading, CollectionType(focus.type), focus.home)
    page = check_page(reading, options, exchange.purpose, focus)
    if options.apply:
        fetched = applied_entities(reading, focus, options, page)
        if fetched is None:
            return _applied(exchange, AppliedRows(reading, focus, options), focus, options, page)
    else:
        fetched = fetch(Listing(reading, focus, options), page)
    items = Presenter(reading).entities(fetched, options)
    fragment = contexts.of_entities(_home_name(focus), options, exchange.manner)
    return listed(exchange, items, fragment, total=fetched.total, end=fetched.end)


def _applied(
    exchange: Exchange, rows: AppliedRows, focus: Entities, options: Options, page: Page
) -> Reply:
    """A page of what $apply made, when that is no entities any more."""
    items, end = rows.page(page)
    total = rows.total() if options.count else None
    fragment = contexts.of_entities(_home_name(focus), options, exchange.manner)
    return listed(exchange, items, fragment, total=total, end=end)


def _home_name(focus: Entities | Entity) -> str:
    """The set, with the derived type when the address narrowed it."""
    if focus.type != focus.home.type:
        return f"{focus.name}/{focus.type.qualified}"
    return focus.name


def listed(
    exchange: Exchange,
    items: Sequence[Any],
    fragment: str,
    *,
    total: int | None = None,
    end: Position | None = None,
) -> Reply:
    """A collection with its control information; 304 when the client has just this answer."""
    manner = exchange.manner
    body: dict[str, Any] = {}
    if not manner.bare:
        body[f"{manner.prefix}context"] = contexts.context(manner, fragment)
    if total is not None:
        body[f"{manner.prefix}count"] = str(total) if manner.format.ieee754 else total
    body["value"] = items
    if end is not None:
        body[f"{manner.prefix}nextLink"] = next_link(exchange, end)
    headers = {}
    if manner.prefer.max_page_size is not None:
        size = min(max(1, manner.prefer.max_page_size), exchange.service.limits.max_page)
        headers["Preference-Applied"] = f"odata.maxpagesize={size}"
    reply = json_reply(manner, body, headers=headers)
    assert isinstance(reply.body, bytes)
    etag = list_etag(reply.body)
    wanted = exchange.conditions.none_match
    if isinstance(wanted, tuple) and etag[3:-1] in {each for _, each in wanted}:
        return Reply(304, {"OData-Version": manner.version, "ETag": etag})
    return Reply(200, {**reply.headers, "ETag": etag}, reply.body)


def next_link(exchange: Exchange, end: Position) -> str:
    """The address of the next page: the same options, with a token."""
    kept = [each for each in exchange.pairs if each[0] not in ("$skip", "$skiptoken")]
    kept.append(("$skiptoken", token_of(end, exchange.purpose)))
    query = "&".join(f"{name}={quote(value, safe=SAFE)}" for name, value in kept)
    path = exchange.request.path.strip("/")
    return f"{exchange.manner.root}/{path}?{query}"


SAFE = "(),'$@/:*=~!;"


def entity(
    exchange: Exchange,
    reading: Reading,
    focus: Entity,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """One entity."""
    refuse_list_options(exchange)
    options = exchange.options(reading, focus.type, focus.home)
    fetched = fetch_one(reading, focus, options)
    if fetched is None:
        raise NotFound(f"{focus.name}: no such entity")
    sent = dict(headers or {})
    etag = fetched.etags[0]
    if etag is not None:
        sent["ETag"] = etag_text(etag)
        reading_only = exchange.request.method in ("GET", "HEAD")
        if reading_only and matches(etag, exchange.conditions.none_match):
            return Reply(304, {"OData-Version": exchange.manner.version, "ETag": sent["ETag"]})
    item = Presenter(reading).entities(fetched, options)[0]
    return json_reply(exchange.manner, _with_context(exchange, focus, options, item), status, sent)


def _with_context(
    exchange: Exchange, focus: Entity, options: Options, item: dict[str, Any]
) -> dict[str, Any]:
    if exchange.manner.bare:
        return item
    single = not isinstance(exchange.service.model.resources.get(focus.name.lower()), type(None))
    fragment = contexts.of_entities(
        _home_name(focus), options, exchange.manner, single=single and _is_set(exchange, focus)
    )
    return {f"{exchange.manner.prefix}context": contexts.context(exchange.manner, fragment), **item}


def _is_set(exchange: Exchange, focus: Entity) -> bool:
    return focus.home in exchange.service.model.entity_sets


def refuse_list_options(exchange: Exchange) -> None:
    """Raise BadRequest for options that only a collection takes."""
    for name, _ in exchange.pairs:
        if name in LIST_ONLY and exchange.request.method in ("GET", "HEAD"):
            raise BadRequest(f"{name} goes with a collection", target=name)


def _count(exchange: Exchange, reading: Reading, focus: Focus) -> Reply:
    if not isinstance(focus, Entities):
        raise NoSuchResource("/$count goes behind a collection")
    options = exchange.options(reading, CollectionType(focus.type), focus.home)
    return text_reply(exchange.manner, str(Listing(reading, focus, options).total()), "text/plain")


def _references(exchange: Exchange, reading: Reading, focus: Focus) -> Reply:
    presenter, manner = Presenter(reading), exchange.manner
    if isinstance(focus, Entities):
        options = exchange.options(reading, CollectionType(focus.type), focus.home)
        page = check_page(reading, options, exchange.purpose)
        fetched = fetch(Listing(reading, focus, options), page)
        items = presenter.references(fetched)
        return listed(exchange, items, contexts.REFERENCES, total=fetched.total, end=fetched.end)
    if isinstance(focus, Result) and focus.value is None:
        return empty_reply(manner)
    if not isinstance(focus, Entity):
        raise NoSuchResource("/$ref goes behind entities")
    fetched = _found(fetch_one(reading, focus, Options()), focus)
    body: dict[str, Any] = presenter.references(fetched)[0]
    if not manner.bare:
        body = {f"{manner.prefix}context": contexts.context(manner, contexts.REFERENCE), **body}
    return json_reply(manner, body)


def _found(fetched: Fetched | None, focus: Entity) -> Fetched:
    if fetched is None:
        raise NotFound(f"{focus.name}: no such entity")
    return fetched


def _value_of(reading: Reading, focus: Member) -> tuple[Any, Fetched]:
    """The rendered value of a property: an object for a complex one."""
    names = tuple(each.name for each in focus.path)
    options = Options(select=(SelectItem(names[0], names[1:]),))
    fetched = _found(fetch_one(reading, focus.entity, options), focus.entity)
    value: Any = Presenter(reading).entities(fetched, options)[0]
    for name in names:
        value = None if value is None else value.get(name)
    return value, fetched


def _member(exchange: Exchange, reading: Reading, focus: Member) -> Reply:
    manner, known = exchange.manner, focus.property
    if known.type == STREAM:
        return stream(exchange, reading, focus.entity, known.name)
    value, fetched = _value_of(reading, focus)
    if value is None:
        return empty_reply(manner)
    address = Presenter(reading).address(focus.entity.home, fetched.keys[0])
    names = "/".join(each.name for each in focus.path)
    head = {}
    if not manner.bare:
        head = {f"{manner.prefix}context": contexts.context(manner, f"{address}/{names}")}
    if isinstance(known.type, ComplexType) and not known.collection:
        return json_reply(manner, {**head, **value})
    return json_reply(manner, {**head, "value": value})


def _raw(exchange: Exchange, reading: Reading, focus: Focus) -> Reply:
    """/$value: a property as plain text, or the bytes of a media entity."""
    if isinstance(focus, Entity):
        return stream(exchange, reading, focus, None)
    if not isinstance(focus, Member):
        raise NoSuchResource("/$value goes behind a property")
    if focus.property.type == STREAM:
        return stream(exchange, reading, focus.entity, focus.property.name)
    kind = focus.property.type
    if not isinstance(kind, PrimitiveType | EnumType):
        raise BadRequest("/$value goes behind a primitive property")
    column = _column(reading, focus)
    if column is None:
        return empty_reply(exchange.manner)
    return text_reply(exchange.manner, to_text(kind, column))


def _column(reading: Reading, focus: Member) -> Any:
    listing = Listing(reading, focus.entity, Options())
    path = "/".join(each.name for each in focus.path)
    rows = reading.run(listing.statement([listing.rows.column(path)]).limit(1))
    if not rows:
        raise NotFound(f"{focus.entity.name}: no such entity")
    return rows[0][0]


def stream(exchange: Exchange, reading: Reading, focus: Entity, name: str | None) -> Reply:
    """The bytes of a media entity or of a stream property."""
    if name is None and not focus.type.media:
        raise BadRequest("This entity has no media: /$value goes behind a property")
    _found(fetch_one(reading, focus, Options()), focus)
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
    if found.length is not None:
        headers["Content-Length"] = str(found.length)
    if found.disposition is not None:
        headers["Content-Disposition"] = found.disposition
    if found.etag is not None:
        headers["ETag"] = found.etag
    return Reply(200, headers, found.chunks)


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
        items = [plain_value(model, kind.item, each, manner) for each in value]
        return json_reply(manner, {**head, "value": items}, focus.status)
    shown = plain_value(model, kind, value, manner)
    if isinstance(value, Mapping):
        return json_reply(manner, {**head, **shown}, focus.status)
    return json_reply(manner, {**head, "value": shown}, focus.status)
