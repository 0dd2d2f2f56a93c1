"""What can be read of the body of a changing request before its transaction begins: others who
write need not wait meanwhile.

What is wrong with a body is said in its turn, inside; what needs the store is read there.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, NoReturn

from app.errors import DomainError
from app.odata.engine import addresses as at
from app.odata.engine.bodies import Reader
from app.odata.engine.changes.body import json_body
from app.odata.engine.edm import EntityType
from app.odata.engine.exchange import Ahead, Exchange
from app.odata.engine.invoking import arguments_of

CHANGES: Final = ("PATCH", "PUT", "MERGE")


class _NeedsStore(Exception):
    """An address in a body stands for an entity, which has to be looked up."""


def _no_store(*_: Any) -> NoReturn:
    raise _NeedsStore


def read_ahead(exchange: Exchange) -> Exchange:
    """The request with what can be read without the store: the parameters of the action that it
    calls, or what it gives of the entity that it makes in a set or changes by its key.
    """
    step, method = exchange.steps[-1], exchange.request.method
    if exchange.request.stream is not None:
        return exchange
    if isinstance(step, at.OperationStep | at.ImportStep):
        calls = method == "POST" and step.operation.kind == "action"
        return replace(exchange, ahead=_arguments(exchange, step)) if calls else exchange
    if isinstance(step, at.SetStep) and method == "POST":
        return replace(exchange, ahead=_entity(exchange, step.entity_set.type, creating=True))
    if isinstance(step, at.KeyStep) and method in CHANGES:
        return replace(exchange, ahead=_entity(exchange, step.type, creating=False))
    return exchange


def _arguments(exchange: Exchange, step: at.OperationStep | at.ImportStep) -> Ahead:
    reader = Reader(exchange.service.model, _no_store, creating=True)
    try:
        return Ahead(arguments=arguments_of(exchange, step.operation, json_body(exchange), reader))
    except _NeedsStore:
        return Ahead()
    except DomainError as error:
        return Ahead(arguments=error)


def _entity(exchange: Exchange, kind: EntityType, *, creating: bool) -> Ahead:
    try:
        body = json_body(exchange)
    except DomainError as error:
        return Ahead(error)
    with suppress(_NeedsStore, DomainError):
        reader = Reader(exchange.service.model, _no_store, creating)
        return Ahead(body, entity=reader.entity(body, kind))
    return Ahead(body)
