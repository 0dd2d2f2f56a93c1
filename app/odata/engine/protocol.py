"""A request in, an answer out: negotiation, the address, the method, and errors in OData's shape."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.errors import DomainError
from app.odata.engine import addresses as at
from app.odata.engine import headers
from app.odata.engine.answering import answer_focus
from app.odata.engine.changing import Change
from app.odata.engine.edm import Operation
from app.odata.engine.envelope import error_reply
from app.odata.engine.exchange import Exchange, Pairs, query_pairs
from app.odata.engine.messages import Manner, Reply, Request
from app.odata.engine.problems import BadRequest, NotAllowed, TooLong
from app.odata.engine.source import Service
from app.odata.engine.special import answer_special
from app.odata.engine.walking import Walker

READING = ("GET", "HEAD")
CHANGING = ("POST", "PATCH", "PUT", "DELETE", "MERGE")
DATA = ("json",)
ANY_TEXT = ("json", "text", "xml")


def answer(service: Service, request: Request) -> Reply:
    """Answer a request (not a batch). Errors become answers; what is no DomainError goes through."""
    version = "4.0"
    try:
        version = headers.version(request.headers)
        reply = _answer(service, request, version)
    except DomainError as error:
        reply = error_reply(error, version, service.spell)
    if request.method == "HEAD":
        return Reply(reply.status, reply.headers, b"")
    return reply


def _answer(service: Service, request: Request, version: str) -> Reply:
    if request.method not in (*READING, *CHANGING):
        raise NotAllowed(f"{request.method[:20]} is not known", allowed=READING)
    exchange = open_exchange(service, request, version)
    if isinstance(exchange.steps[-1], at.QueryStep):
        exchange = _query_in_body(exchange)
    if exchange.request.method in READING:
        return read(exchange)
    if not exchange.steps or isinstance(exchange.steps[0], SPECIAL):
        raise NotAllowed("Only GET is taken here", allowed=READING)
    return change(exchange)


SPECIAL = (at.ServiceDocument, at.MetadataStep, at.AllStep, at.CrossjoinStep, at.EntityStep)


def open_exchange(service: Service, request: Request, version: str) -> Exchange:
    """Read what can be read of a request without the store. Raises Problem."""
    if len(request.path) + len(request.query) > service.limits.url:
        raise TooLong(f"The address is longer than {service.limits.url} characters")
    pairs = query_pairs(request.query)
    _check_twice(pairs)
    steps = at.parse(
        request.path, service.model, limits=service.limits, options=dict(pairs)
    )
    manner = _manner(request, steps, pairs, version)
    return Exchange(service, request, manner, steps, pairs)


def _check_twice(pairs: Pairs) -> None:
    names = [name for name, _ in pairs if name.startswith(("$", "@"))]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadRequest(f"{twice[0][:100]} is given twice", target=twice[0][:100])


def _manner(request: Request, steps: tuple[at.Step, ...], pairs: Pairs, version: str) -> Manner:
    """The form of the answer. What is no JSON by nature (text, bytes) takes any Accept."""
    format_option = next((value for name, value in pairs if name == "$format"), None)
    last = steps[-1] if steps else None
    allowed: tuple[str, ...] = DATA
    if isinstance(last, at.MetadataStep):
        allowed = ("xml", "json")
    elif isinstance(last, at.CountStep | at.ValueStep):
        allowed = ANY_TEXT
    asked = dict(request.headers)
    if isinstance(last, at.ValueStep):
        asked.pop("accept", None)
    negotiated = headers.negotiate(asked, format_option, allowed=allowed)
    prefer = headers.prefer(request.headers.get("prefer"))
    return Manner(version, negotiated, prefer, request.root)


def read(exchange: Exchange) -> Reply:
    """Answer a GET or HEAD."""
    writes = _writing_function(exchange.steps)
    if writes is not None:
        return _run_writing(exchange, writes)
    with exchange.reading() as reading:
        reply = answer_special(exchange, reading, exchange.steps[0])
        if reply is not None:
            return reply
        steps = exchange.steps
        trailing = isinstance(steps[-1], at.CountStep | at.ValueStep | at.RefStep)
        focus = Walker(exchange, reading).walk(steps[:-1] if trailing else steps)
        return answer_focus(exchange, reading, focus, steps[-1])


def _writing_function(steps: tuple[at.Step, ...]) -> Operation | None:
    """A function of the address that changes something, called by GET because it was designed so."""
    for step in steps:
        if isinstance(step, at.OperationStep) and step.operation.kind == "action":
            raise NotAllowed("An action is called by POST", allowed=("POST",))
        if isinstance(step, at.OperationStep | at.ImportStep) and step.operation.writes:
            return step.operation
    return None


def _run_writing(exchange: Exchange, operation: Operation) -> Reply:
    """Such a function: never by HEAD, never kept by a cache (decision 26)."""
    if exchange.request.method == "HEAD":
        raise NotAllowed(f"{operation.name} changes something", allowed=("GET",))

    def run() -> Reply:
        with exchange.reading() as reading:
            focus = Walker(exchange, reading).walk(exchange.steps)
            return answer_focus(exchange, reading, focus, exchange.steps[-1])

    reply = _atomically(exchange, run)
    return Reply(reply.status, {**reply.headers, "Cache-Control": "no-store"}, reply.body)


def change(exchange: Exchange) -> Reply:
    """Answer a changing request, in one transaction."""

    def run() -> Reply:
        with exchange.reading() as reading:
            return Change(exchange, reading).answer()

    return _atomically(exchange, run)


def _atomically(exchange: Exchange, task: Callable[[], Any]) -> Reply:
    reply: Reply = exchange.service.atomically(exchange.request.caller, task)
    return reply


def _query_in_body(exchange: Exchange) -> Exchange:
    """POST …/$query: the options come as the body, as text (URL, 4.17)."""
    request = exchange.request
    if request.method != "POST":
        raise NotAllowed("$query is called by POST", allowed=("POST",))
    if len(request.body) > exchange.service.limits.body:
        raise TooLong("The query is too long")
    try:
        query = request.body.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8") from None
    pairs = (*exchange.pairs, *query_pairs(query))
    _check_twice(pairs)
    asked = replace(request, method="GET", body=b"")
    return replace(exchange, request=asked, steps=exchange.steps[:-1], pairs=pairs)
