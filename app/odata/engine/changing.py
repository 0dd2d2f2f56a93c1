"""POST, PATCH, PUT and DELETE on what an address leads to. All of it runs in one transaction, which
may run again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from app.errors import NotFound
from app.odata.engine import addresses as at
from app.odata.engine.changes.actions import on_operation
from app.odata.engine.changes.content import on_media, on_stream
from app.odata.engine.changes.context import Change
from app.odata.engine.changes.entities import on_collection, on_entity
from app.odata.engine.changes.later import Outcome
from app.odata.engine.changes.properties import on_property, on_text
from app.odata.engine.changes.references import on_reference
from app.odata.engine.edm import STREAM
from app.odata.engine.exchange import Exchange
from app.odata.engine.focus import Entities, Entity, Focus, Member, Result
from app.odata.engine.grammar.options import given
from app.odata.engine.messages import Reply
from app.odata.engine.problems import BadRequest, NotSupported
from app.odata.engine.reading import Reading

OF_DELETE = frozenset(("$format", "$id", "$schemaversion"))


def carry_out(exchange: Exchange, reading: Reading) -> Outcome:
    """Carry out a changing request. Raises Problem and domain errors, which undo all of it."""
    change, last = Change(exchange, reading), exchange.steps[-1]
    _check_options(change)
    try:
        if isinstance(last, at.OperationStep | at.ImportStep):
            return on_operation(change, last)
        if isinstance(last, at.RefStep):
            return on_reference(change)
        if isinstance(last, at.CountStep):
            raise change.not_allowed()
        if any(isinstance(step, at.EachStep) for step in exchange.steps):
            raise NotSupported("Set-based changes are not done", target="$each")
        if isinstance(last, at.ValueStep):
            return _on_value(change, change.walker.walk(exchange.steps[:-1]))
        return _on_focus(change, change.walker.walk(exchange.steps))
    except NotImplementedError:
        raise NotSupported("This cannot be changed") from None


def _check_options(change: Change) -> None:
    """Options are refused that nobody knows, even where no answer could show what they do; and
    those by which a client would think that less is deleted (URL Conventions 5.1).
    """
    names = given(change.exchange.pairs)
    wrong = sorted(names - OF_DELETE) if change.method == "DELETE" else ()
    for name in wrong:
        raise BadRequest(f"{name} does not go with DELETE", target=name)


def _on_focus(change: Change, focus: Focus) -> Outcome:
    match focus:
        case Entities():
            return on_collection(change, focus)
        case Entity():
            return on_entity(change, focus)
        case Member() if focus.property.type == STREAM:
            return on_stream(change, focus.entity, focus.property.name)
        case Member():
            return on_property(change, focus)
    return _on_nothing(change, focus)


def _on_value(change: Change, focus: Focus) -> Reply:
    match focus:
        case Entity():
            return on_media(change, focus)
        case Member():
            return on_text(change, focus)
    return _on_nothing(change, focus)


def _on_nothing(change: Change, focus: Focus) -> Reply:
    """A navigation that leads nowhere, or what a function answered."""
    if isinstance(focus, Result) and focus.value is None:
        raise NotFound("There is nothing at this address")
    raise change.not_allowed()


@contextmanager
def repeatable(exchange: Exchange) -> Iterator[Exchange]:
    """The request with a body that can be read again: the transaction may run several times
    (source.py). Bytes for a file are kept in a temporary one.
    """
    request, limit = exchange.request, exchange.service.limits.body
    if request.stream is None:
        yield exchange
    elif not _takes_bytes(exchange.steps[-1]):
        # One byte more than allowed: that is enough to see that it is too long.
        held = replace(request, body=request.stream.read(limit + 1), stream=None)
        yield replace(exchange, request=held)
    else:
        with SpooledTemporaryFile(max_size=limit) as kept:
            copyfileobj(request.stream, kept)
            spooled = replace(request, stream=cast(IO[bytes], kept))
            yield replace(exchange, request=spooled)


def _takes_bytes(step: at.Step) -> bool:
    return isinstance(step, at.ValueStep | at.PropertyStep) and step.type == STREAM
