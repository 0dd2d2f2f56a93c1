"""What the body of an action gives, read before its transaction begins: others who write need not
wait meanwhile.

What is wrong with a body is said in its turn, inside; what needs the store is read there.
"""

from dataclasses import replace
from typing import Any, NoReturn

from app.errors import DomainError
from app.odata.engine import addresses as at
from app.odata.engine.bodies import Reader
from app.odata.engine.changes.body import json_body
from app.odata.engine.exchange import Exchange
from app.odata.engine.invoking import arguments_of


class _NeedsStore(Exception):
    """An address in a body stands for an entity, which has to be looked up."""


def _no_store(*_: Any) -> NoReturn:
    raise _NeedsStore


def with_arguments(exchange: Exchange) -> Exchange:
    """The request with the parameters of the action that it calls, or with what is wrong with
    them, if that can be told without the store.
    """
    step, request = exchange.steps[-1], exchange.request
    if not isinstance(step, at.OperationStep | at.ImportStep) or step.operation.kind != "action":
        return exchange
    if request.method != "POST" or request.stream is not None:
        return exchange
    reader = Reader(exchange.service.model, _no_store, creating=True)
    try:
        given = arguments_of(exchange, step.operation, json_body(exchange), reader)
    except _NeedsStore:
        return exchange
    except DomainError as error:
        return replace(exchange, arguments=error)
    return replace(exchange, arguments=given)
