"""The resources at the root that are no sets: service document, $metadata, $entity, $all,
$crossjoin.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.odata.engine import addresses as at
from app.odata.engine import contexts
from app.odata.engine.answering import entity, listed
from app.odata.engine.ast import Options
from app.odata.engine.crossing import crossjoin
from app.odata.engine.csdl import json as csdl_json
from app.odata.engine.csdl import xml as csdl_xml
from app.odata.engine.edm import Model
from app.odata.engine.envelope import dumps, json_reply, list_etag
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entities, Entity
from app.odata.engine.messages import Reply
from app.odata.engine.paging import Position
from app.odata.engine.paging import read as token_read
from app.odata.engine.presenting import Presenter
from app.odata.engine.problems import BadRequest
from app.odata.engine.reading import Listing, Page, Reading, check_page, fetch
from app.odata.engine.service_document import service_document
from app.odata.engine.walking import Walker


def answer_special(exchange: Exchange, reading: Reading, step: at.Step) -> Reply | None:
    """The answer to a GET of a special resource; None when the step is none."""
    match step:
        case at.ServiceDocument():
            return _service(exchange)
        case at.MetadataStep():
            return _metadata(exchange)
        case at.EntityStep():
            return _entity(exchange, reading)
        case at.AllStep():
            return _all(exchange, reading)
        case at.CrossjoinStep():
            return crossjoin(exchange, reading, step.sets)
    return None


def _service(exchange: Exchange) -> Reply:
    manner = exchange.manner
    body: dict[str, Any] = {f"{manner.prefix}context": contexts.context(manner)}
    return json_reply(manner, {**body, "value": service_document(exchange.service.model)})


@lru_cache(8)
def _document(model: Model, version: str, kind: str) -> tuple[bytes, str]:
    """$metadata and its ETag: written once, since a model does not change."""
    if kind == "json":
        document = dumps(csdl_json.to_json(model, version=version))
    else:
        document = csdl_xml.to_xml(model, version=version)
    return document, list_etag(document)


def _metadata(exchange: Exchange) -> Reply:
    manner = exchange.manner
    kind = manner.format.kind
    document, etag = _document(exchange.service.model, manner.version, kind)
    wanted = exchange.conditions.none_match
    headers = {"OData-Version": manner.version, "ETag": etag}
    if isinstance(wanted, tuple) and etag[3:-1] in {each for _, each in wanted}:
        return Reply(304, headers)
    headers["Content-Type"] = "application/json" if kind == "json" else "application/xml"
    return Reply(200, headers, document)


def _entity(exchange: Exchange, reading: Reading) -> Reply:
    """$entity?$id=… (URL, 4.11)."""
    named = [value for name, value in exchange.pairs if name == "$id"]
    if len(named) != 1:
        raise BadRequest("$id has to name the entity", target="$id")
    found = at.relative(named[0], [exchange.manner.root])
    if found is None:
        raise BadRequest("$id is no address of this service", target="$id")
    steps = at.parse(found[0], exchange.service.model, limits=exchange.service.limits)
    focus = Walker(exchange, reading).walk(steps)
    if not isinstance(focus, Entity):
        raise BadRequest("$id is no entity", target="$id")
    kept = tuple(each for each in exchange.pairs if each[0] != "$id")
    return entity(replace(exchange, pairs=kept), reading, focus)


def _all(exchange: Exchange, reading: Reading) -> Reply:
    """$all: the entities of all sets, set after set (URL, 4.12). A token names set and place."""
    model, sets = exchange.service.model, exchange.service.model.entity_sets
    size = check_page(reading, Options(), exchange.purpose).size
    number, position = 0, None
    for name, value in exchange.pairs:
        if name == "$skiptoken":
            number, position = _all_position(exchange, value, len(sets))
    items: list[Any] = []
    presenter = Presenter(reading)
    while number < len(sets):
        target = Entities(sets[number], sets[number].type)
        page = Page(size - len(items), None, 0, position)
        fetched = fetch(Listing(reading, target, Options()), page)
        for item in presenter.entities(fetched, Options()):
            items.append({f"{exchange.manner.prefix}type": f"#{target.type.qualified}", **item})
        if fetched.end is not None:
            end = Position((number, *fetched.end.values))
            return listed(exchange, items, "Collection(Edm.EntityType)", end=end)
        number, position = number + 1, None
        if len(items) >= size and number < len(sets):
            return listed(exchange, items, "Collection(Edm.EntityType)", end=Position((number,)))
    assert model is exchange.service.model
    return listed(exchange, items, "Collection(Edm.EntityType)")


def _all_position(exchange: Exchange, token: str, sets: int) -> tuple[int, Position | None]:
    values = token_read(token, exchange.purpose).values
    if not values or not isinstance(values[0], int) or not 0 <= values[0] < sets:
        raise BadRequest("$skiptoken: not one of this request's", target="$skiptoken")
    return values[0], Position(values[1:]) if len(values) > 1 else None
