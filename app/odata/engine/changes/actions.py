"""POST to actions (Protocol 11.5.5)."""

from dataclasses import replace

from app.errors import DomainError, NotFound
from app.odata.engine import addresses as at
from app.odata.engine.answering import answer_focus
from app.odata.engine.changes.context import Change
from app.odata.engine.changes.entities import created
from app.odata.engine.changes.later import MadeMany, Outcome
from app.odata.engine.edm import CollectionType
from app.odata.engine.focus import Entities, Entity, Focus, Result
from app.odata.engine.invoking import arguments_of, handler_of, invoke
from app.odata.engine.problems import NotAllowed


def on_operation(change: Change, step: at.OperationStep | at.ImportStep) -> Outcome:
    """Call an action, and answer what it made as it wants to be answered."""
    if step.operation.kind != "action":
        raise change.not_allowed()
    if change.method != "POST":
        raise NotAllowed("An action is called by POST", allowed=("POST",))
    bound = _bound(change, step)
    exchange, given = change.exchange, change.exchange.ahead.arguments
    if isinstance(given, DomainError):
        raise given
    if given is None:
        reader = change.reader(creating=True)
        given = arguments_of(exchange, step.operation, change.body(), reader)
    return _answered(change, step, invoke(exchange, step.operation, given, bound))


def _bound(change: Change, step: at.OperationStep | at.ImportStep) -> Focus | None:
    """What the action is called on: an entity that is there, in the version that the client means.

    Raises NotFound, PreconditionFailed.
    """
    if isinstance(step, at.ImportStep):
        change.refuse_conditions()
        return None
    bound = change.walker.walk(change.exchange.steps[:-1])
    if isinstance(bound, Entity):
        change.writer.check(bound, change.conditions)
    elif isinstance(bound, Result) and not isinstance(step.operation.bound_to, CollectionType):
        raise NotFound("There is no such entity")
    else:
        change.refuse_conditions()
    return bound


def _answered(change: Change, step: at.OperationStep | at.ImportStep, made: Focus) -> Outcome:
    handler = handler_of(change.exchange, step.operation)
    if handler.status == 204 or (handler.on_request and not change.wants_answer):
        return change.empty(change.applied if change.wish == "minimal" else None)
    if handler.status == 201 and isinstance(made, Entity):
        return created(change, made)
    if change.wish == "minimal":
        return change.empty(change.applied)
    if isinstance(made, Entities) and _may_be_shown_later(change, made):
        return MadeMany(change.exchange, made, step, change.applied)
    reply = answer_focus(change.exchange, change.reading, made, step)
    return replace(reply, headers={**reply.headers, **change.applied})


def _may_be_shown_later(change: Change, made: Entities) -> bool:
    """Entities by their keys, where all writers wait for each other. Not with options, which may be
    refused: then all that was done is undone. Elsewhere a connection may be lost before they are
    shown, and the client would not know their keys.
    """
    one_writer = change.reading.connection.dialect.name == "sqlite"
    return one_writer and made.keys is not None and not change.exchange.pairs
