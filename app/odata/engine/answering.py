"""GET: collections, entities, counts and references, as they were asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import NotFound
from app.odata.engine import addresses as at
from app.odata.engine import contexts
from app.odata.engine.applying import AppliedRows, applied_entities
from app.odata.engine.ast import Options
from app.odata.engine.columns import Columns, Fetched
from app.odata.engine.conditions import unchanged
from app.odata.engine.edm import CollectionType
from app.odata.engine.envelope import empty_reply, json_reply, list_etag, text_reply
from app.odata.engine.exchange import Exchange
from app.odata.engine.fetching import fetch, fetch_one, first
from app.odata.engine.focus import Entities, Entity, Focus, Member, Result
from app.odata.engine.following import next_link
from app.odata.engine.messages import Manner, Reply
from app.odata.engine.paging import Position
from app.odata.engine.plans import require
from app.odata.engine.presenting import Presenter, etag_text
from app.odata.engine.problems import NoSuchResource
from app.odata.engine.reading import Reading
from app.odata.engine.showing import member, raw, result
from app.odata.engine.texts import written
from app.odata.engine.tokens import write as token_of


def answer_focus(exchange: Exchange, reading: Reading, focus: Focus, last: at.Step) -> Reply:
    """The answer to a GET of what a path led to; `last` is its last step."""
    if isinstance(last, at.CountStep):
        return _count(exchange, reading, focus)
    if isinstance(last, at.RefStep):
        return _references(exchange, reading, focus)
    if isinstance(last, at.ValueStep):
        return raw(exchange, reading, focus)
    match focus:
        case Entities():
            return entities(exchange, reading, focus)
        case Entity():
            return entity(exchange, reading, focus)
        case Member():
            return member(exchange, reading, focus)
        case Result():
            return result(exchange, focus)


def entities(exchange: Exchange, reading: Reading, focus: Entities) -> Reply:
    """A page of a collection."""
    if exchange.transforms:
        return _applied(exchange, reading, focus)
    plan, given = exchange.plan(reading, focus)
    page = exchange.page(reading, plan.options)
    texts = written(reading, plan, page, given)
    if texts is not None:
        if not texts.items:
            _require_origin(reading, focus)
        about = _about(reading, focus, plan.options, plan.columns)
        return listed(exchange, texts.items, about, total=texts.total, end=texts.end)
    fetched = fetch(reading, plan, page, given)
    if not fetched.rows:
        _require_origin(reading, focus)
    return _page(exchange, reading, focus, plan.options, fetched)


def _page(
    exchange: Exchange, reading: Reading, focus: Entities, options: Options, fetched: Fetched
) -> Reply:
    items = Presenter(reading).entities(fetched, options)
    about = _about(reading, focus, options, fetched.columns)
    return listed(exchange, items, about, total=fetched.total, end=fetched.end)


def _about(reading: Reading, focus: Entities | Entity, options: Options, columns: Columns) -> str:
    """The fragment of the context."""
    model, manner = reading.service.model, reading.manner
    return columns.once(
        "context", manner, lambda: contexts.of_entities(model, focus, options, manner)
    )


def _applied(exchange: Exchange, reading: Reading, focus: Entities) -> Reply:
    """A page of what $apply made: entities still, or rows of another shape."""
    options = exchange.options(reading, CollectionType(focus.type), focus.home)
    page = exchange.page(reading, options)
    _require_origin(reading, focus)
    fetched = applied_entities(reading, focus, options, page)
    if fetched is not None:
        return _page(exchange, reading, focus, options, fetched)
    rows = AppliedRows(reading, focus, options)
    items, end = rows.page(page)
    total = rows.total() if options.count else None
    fragment = contexts.of_entities(reading.service.model, focus, options, exchange.manner)
    return listed(exchange, items, fragment, total=total, end=end)


def _require_origin(reading: Reading, focus: Entities) -> None:
    """Nothing below an entity that the caller sees is an empty list; below another it is a 404."""
    if focus.origin is not None:
        require(reading, focus.origin.entity)


def listed(
    exchange: Exchange,
    items: Sequence[Any],
    fragment: str,
    *,
    total: int | None = None,
    end: Position | None = None,
) -> Reply:
    """A collection with its control information; 304 when the client has just this answer."""
    manner, request = exchange.manner, exchange.request
    body: dict[str, Any] = {}
    if not manner.bare:
        body[f"{manner.prefix}context"] = contexts.context(manner, fragment)
    if total is not None:
        body[f"{manner.prefix}count"] = str(total) if manner.format.ieee754 else total
    body["value"] = items
    if end is not None:
        token = token_of(end, exchange.purpose)
        link = next_link(manner.root, request.path, request.query, token)
        body[f"{manner.prefix}nextLink"] = link
    reply = json_reply(manner, body, headers=_applied_size(exchange))
    assert isinstance(reply.body, bytes)
    etag = list_etag(reply.body)
    same = unchanged(exchange, etag)
    return same or Reply(200, {**reply.headers, "ETag": etag}, reply.body)


def _applied_size(exchange: Exchange) -> dict[str, str]:
    asked, manner = exchange.manner.prefer.max_page_size, exchange.manner
    if asked is None:
        return {}
    prefix = "odata." if manner.version == "4.0" else ""
    size = min(asked, exchange.service.limits.max_page)
    return {"Preference-Applied": f"{prefix}maxpagesize={size}"}


def entity(
    exchange: Exchange,
    reading: Reading,
    focus: Entity,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """One entity. Its ETag says nothing of what is expanded or computed: then an answer to a GET
    has none in its header.
    """
    plan, given = exchange.plan(reading, focus)
    options, fetched = plan.options, first(reading, plan, given)
    if fetched is None:
        raise NotFound(f"{focus.name}: no such entity")
    manner = exchange.manner
    sent, etag = dict(headers or {}), fetched.etags[0]
    whole = not options.expand and not options.compute
    if etag is not None and (whole or not exchange.is_read):
        sent["ETag"] = etag_text(etag)
        same = unchanged(exchange, sent["ETag"])
        if same is not None:
            return same
    item = Presenter(reading).entities(fetched, options)[0]
    about = _about(reading, focus, options, fetched.columns)
    return json_reply(manner, _with(manner, about, item), status, sent)


def _with(manner: Manner, fragment: str, item: dict[str, Any]) -> dict[str, Any]:
    """An object with its context in front."""
    if manner.bare:
        return item
    return {f"{manner.prefix}context": contexts.context(manner, fragment), **item}


def _count(exchange: Exchange, reading: Reading, focus: Focus) -> Reply:
    if isinstance(focus, Result) and isinstance(focus.value, list | tuple):
        return text_reply(exchange.manner, str(len(focus.value)))
    if not isinstance(focus, Entities):
        raise NoSuchResource("/$count goes behind a collection")
    plan, given = exchange.plan(reading, focus)
    total = plan.total(reading, given)
    if not total:
        _require_origin(reading, focus)
    return text_reply(exchange.manner, str(total))


def _references(exchange: Exchange, reading: Reading, focus: Focus) -> Reply:
    presenter, manner = Presenter(reading), exchange.manner
    if isinstance(focus, Entities):
        plan, given = exchange.plan(reading, focus)
        fetched = fetch(reading, plan, exchange.page(reading, plan.options), given)
        if not fetched.rows:
            _require_origin(reading, focus)
        items = presenter.references(fetched)
        return listed(exchange, items, contexts.REFERENCES, total=fetched.total, end=fetched.end)
    if isinstance(focus, Result) and focus.value is None:
        return empty_reply(manner)
    if not isinstance(focus, Entity):
        raise NoSuchResource("/$ref goes behind entities")
    one = fetch_one(reading, focus, Options())
    if one is None:
        raise NotFound(f"{focus.name}: no such entity")
    return json_reply(manner, _with(manner, contexts.REFERENCE, presenter.references(one)[0]))
