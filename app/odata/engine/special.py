"""The resources at the root that are no sets: service document, $metadata, $entity, $all,
$crossjoin.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.odata.engine import addresses as at
from app.odata.engine import contexts
from app.odata.engine.answering import entity
from app.odata.engine.conditions import unchanged
from app.odata.engine.crossing import crossjoin
from app.odata.engine.csdl import json as csdl_json
from app.odata.engine.csdl import xml as csdl_xml
from app.odata.engine.csdl.capabilities import Capabilities
from app.odata.engine.edm import EntityType, Model
from app.odata.engine.envelope import dumps, json_reply, list_etag
from app.odata.engine.everything import everything
from app.odata.engine.exchange import Exchange
from app.odata.engine.grammar.functions import SUPPORTED
from app.odata.engine.messages import Reply
from app.odata.engine.naming import entity_at
from app.odata.engine.problems import BadRequest, NoSuchResource
from app.odata.engine.reading import Reading
from app.odata.engine.service_document import service_document
from app.odata.engine.source import Limits
from app.odata.engine.walking import Walker

TRANSFORMATIONS = (
    "aggregate",
    "bottomcount",
    "bottompercent",
    "bottomsum",
    "compute",
    "concat",
    "filter",
    "groupby",
    "identity",
    "orderby",
    "search",
    "skip",
    "top",
    "topcount",
    "toppercent",
    "topsum",
)


def answer_special(exchange: Exchange, reading: Reading, step: at.Step) -> Reply | None:
    """The answer to a GET of a special resource; None when the step is none."""
    match step:
        case at.ServiceDocument():
            return _service(exchange)
        case at.MetadataStep():
            return _metadata(exchange)
        case at.EntityStep():
            return _entity(exchange, reading, step.type)
        case at.AllStep():
            return everything(exchange, reading)
        case at.CrossjoinStep():
            return crossjoin(exchange, reading, step.sets)
    return None


def _service(exchange: Exchange) -> Reply:
    manner, body = exchange.manner, dict[str, Any]()
    if not manner.bare:
        body[f"{manner.prefix}context"] = contexts.context(manner)
    return json_reply(manner, {**body, "value": service_document(exchange.service.model)})


@lru_cache(8)
def _document(model: Model, limits: Limits, version: str, kind: str) -> tuple[bytes, str]:
    """$metadata and its ETag: written once, since a model does not change."""
    can = Capabilities(
        filter_functions=tuple(sorted(SUPPORTED)),
        transformations=TRANSFORMATIONS,
        expand_levels=limits.expand_depth,
    )
    if kind == "json":
        document = dumps(csdl_json.to_json(model, version=version, capabilities=can))
    else:
        document = csdl_xml.to_xml(model, version=version, capabilities=can)
    return document, list_etag(document)


def _metadata(exchange: Exchange) -> Reply:
    manner = exchange.manner
    kind = manner.format.kind
    service = exchange.service
    document, etag = _document(service.model, service.limits, manner.version, kind)
    same = unchanged(exchange, etag)
    if same is not None:
        return same
    headers = {"OData-Version": manner.version, "ETag": etag}
    headers["Content-Type"] = "application/json" if kind == "json" else "application/xml"
    return Reply(200, headers, document)


def _entity(exchange: Exchange, reading: Reading, kind: EntityType | None) -> Reply:
    """$entity?$id=…, perhaps with a type behind it (URL, 4.3.4; Protocol 11.2.9)."""
    named = [value for name, value in exchange.pairs if name == "$id"]
    if len(named) != 1:
        raise BadRequest("$id has to name the entity", target="$id")
    focus = entity_at(exchange, Walker(exchange, reading), named[0])
    if kind is not None:
        model = exchange.service.model
        if not model.is_a(kind, focus.type) and not model.is_a(focus.type, kind):
            raise NoSuchResource(f"{focus.name}: none is a {kind.name}")
        focus = replace(focus, type=kind if model.is_a(kind, focus.type) else focus.type)
    kept = tuple(each for each in exchange.pairs if each[0] != "$id")
    return entity(replace(exchange, pairs=kept), reading, focus)
