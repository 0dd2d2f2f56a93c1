"""Functions and actions: their parameters read and checked, their handlers run."""

from collections.abc import Mapping
from typing import Any

from app.odata.engine import addresses as at
from app.odata.engine.bodies import Reader, lower_names
from app.odata.engine.edm import CollectionType, EntityType, Operation, Parameter
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entities, Entity, Focus, Result
from app.odata.engine.grammar import expressions
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.source import Answer, Call, Handler, Key
from app.odata.engine.source import Entities as Made


def handler_of(exchange: Exchange, operation: Operation) -> Handler:
    """What runs an operation. Raises NotSupported for one that the model only declares."""
    found = exchange.service.handlers.get(operation)
    if found is None:
        raise NotSupported(f"{operation.name} is not supported")
    return found


def invoke_function(
    exchange: Exchange, step: at.OperationStep | at.ImportStep, bound: Focus | None
) -> Focus:
    """Run a function; gives what it answered, to be read or followed further."""
    given = _arguments(exchange, step.operation, step.arguments)
    return invoke(exchange, step.operation, given, bound)


def arguments_of(
    exchange: Exchange, operation: Operation, body: Any, reader: Reader
) -> dict[str, Any]:
    """The typed parameters that a body gives an action: it is JSON or None. Raises NotSupported,
    BadRequest.
    """
    return parameters(operation, _as_object(exchange, operation, body), reader)


def _as_object(exchange: Exchange, operation: Operation, body: Any) -> Mapping[str, Any]:
    """The members of the body. A bare array is the first collection parameter (decision 28)."""
    if body is None:
        return {}
    if isinstance(body, list):
        for each in operation.parameters:
            if isinstance(each.type, CollectionType):
                return {each.name: body}
    if not isinstance(body, dict):
        raise BadRequest("The body has to be a JSON object with the parameters")
    return handler_of(exchange, operation).spelled(body)


def parameters(operation: Operation, body: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """Typed parameters of an action. Raises BadRequest naming the one at fault."""
    declared = {each.name: each for each in operation.parameters}
    given = lower_names(body, declared)
    found: dict[str, Any] = {}
    for name, each in declared.items():
        if given.get(name) is None:
            _may_be_absent(each, name in given)
            if name in given:
                found[name] = None
            continue
        found[name] = reader.within(name).argument(each.type, given[name])
    return found


def _may_be_absent(parameter: Parameter, is_null: bool) -> None:
    if not parameter.nullable:
        what = "null is not allowed" if is_null else "is missing"
        raise BadRequest(f"{parameter.name}: {what}", target=parameter.name)


def _arguments(exchange: Exchange, operation: Operation, sent: Mapping[str, str]) -> dict[str, Any]:
    """Typed arguments of a function: from the parentheses, or else from options of its names, with
    or without an @ (Protocol 11.5.4.1.1).
    """
    options = {name.lower().removeprefix("@"): value for name, value in exchange.pairs}
    scope = Scope(
        model=exchange.service.model,
        aliases={name: value for name, value in exchange.pairs if name.startswith("@")},
    )
    lowered = {name.lower(): text for name, text in sent.items()}
    unknown = set(lowered) - {each.name.lower() for each in operation.parameters}
    if unknown:
        name = sorted(unknown)[0]
        raise BadRequest(f"{name}: no such parameter", target=name)
    found: dict[str, Any] = {}
    for each in operation.parameters:
        text = lowered.get(each.name.lower(), options.get(each.name.lower()))
        value = None
        if text is not None:
            value = expressions.parse_argument(
                text, each.type, scope, exchange.service.limits, target=each.name
            )
        if value is None:
            _may_be_absent(each, text is not None)
        if text is not None:
            found[each.name] = value
    return found


def invoke(
    exchange: Exchange, operation: Operation, given: Mapping[str, Any], bound: Focus | None
) -> Focus:
    """Run an operation with typed parameters; gives what it answered."""
    handler = handler_of(exchange, operation)
    key: Key | None = bound.key if isinstance(bound, Entity) else None
    answer = handler.run(Call(key, given, exchange.request.caller, exchange.manner.root))
    return _focus(exchange, operation, handler, answer)


def _focus(exchange: Exchange, operation: Operation, handler: Handler, answer: Answer) -> Focus:
    if not isinstance(answer, Made):
        return Result(answer, operation.returns, handler.status)
    home = exchange.service.model.entity_set(answer.entity_set)
    returned = operation.returns
    kind = returned.item if isinstance(returned, CollectionType) else returned
    if not isinstance(kind, EntityType):
        kind = home.type
    if isinstance(returned, CollectionType):
        return Entities(home, kind, keys=answer.keys)
    if not answer.keys:
        return Result(None, returned, 204)
    return Entity(home, kind, answer.keys[0])
