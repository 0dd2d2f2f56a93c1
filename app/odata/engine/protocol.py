"""A request in, an answer out: negotiation, the address, the method, errors in OData's shape."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from app.errors import DomainError, NotFound
from app.odata.engine import addresses as at
from app.odata.engine import headers
from app.odata.engine.answering import answer_focus
from app.odata.engine.changes.ahead import read_ahead
from app.odata.engine.changes.later import Later, Outcome
from app.odata.engine.changing import carry_out, repeatable
from app.odata.engine.edm import Operation
from app.odata.engine.envelope import closed, error_reply
from app.odata.engine.exchange import Exchange, Pairs, canonical, query_pairs
from app.odata.engine.fitting import check, is_bytes
from app.odata.engine.headers import Format
from app.odata.engine.messages import Manner, Reply, Request
from app.odata.engine.problems import (
    BadRequest,
    NotAllowed,
    NotThisFormat,
    PreconditionFailed,
    TooBig,
    TooLong,
)
from app.odata.engine.source import Service
from app.odata.engine.special import answer_special
from app.odata.engine.tokens import MAX_TOKEN
from app.odata.engine.walking import Walker

READING = ("GET", "HEAD")
CHANGING = ("POST", "PATCH", "PUT", "DELETE", "MERGE")
DATA = ("json",)
METADATA = ("xml", "json")
ANY_TEXT = ("json", "text", "xml")
# Answers depend on these headers (Protocol 8.3.11).
VARY = {"Vary": "Accept, OData-MaxVersion, Prefer"}
QUERY_TYPES = ("text/plain", "application/x-www-form-urlencoded", "")
SPECIAL = (at.ServiceDocument, at.MetadataStep, at.AllStep, at.CrossjoinStep, at.EntityStep)
T = TypeVar("T")
log = logging.getLogger(__name__)
TRAILING = (at.CountStep, at.ValueStep, at.RefStep)


def answer(service: Service, request: Request) -> Reply:
    """Answer a request (not a batch). Errors become answers; what is no DomainError passes."""
    version = "4.0"
    try:
        version = headers.version(request.headers)
        reply = _answer(service, request, version)
    except DomainError as error:
        reply = error_reply(error, version, service.spell)
    reply = Reply(reply.status, {**VARY, **reply.headers}, reply.body)
    return closed(reply) if request.method == "HEAD" else reply


def _answer(service: Service, request: Request, version: str) -> Reply:
    if request.method not in (*READING, *CHANGING):
        raise NotAllowed(f"{request.method[:20]} is not known", allowed=READING)
    if "isolation" in request.headers or "odata-isolation" in request.headers:
        raise PreconditionFailed("Pages of one snapshot are not kept", target="Isolation")
    exchange = open_exchange(service, request, version)
    if isinstance(exchange.steps[-1], at.QueryStep | at.BatchStep):
        raise NotAllowed("This is called by POST", allowed=("POST",))
    if exchange.is_read:
        return read(exchange)
    if isinstance(exchange.steps[0], SPECIAL):
        raise NotAllowed("Only GET is taken here", allowed=READING)
    return change(exchange)


def open_exchange(service: Service, request: Request, version: str) -> Exchange:
    """Read what can be read of a request without the store. Raises Problem."""
    request = _unwrapped(request, service.limits.url, service.limits.body)
    given = query_pairs(request.query)
    steps = at.parse(request.path, service.model, limits=service.limits, options=dict(given))
    pairs = canonical(given, steps)
    _check_twice(pairs)
    return Exchange(service, request, _manner(request, steps, pairs, version), steps, pairs)


def _unwrapped(request: Request, longest: int, biggest: int) -> Request:
    """The request itself; of POST …/$query the GET that it stands for, whose options are in the
    body (URL, 4.17). Lengths in characters and bytes. Raises TooLong, TooBig, NotThisFormat.
    """
    length = len(request.path) + len(request.query)
    if length > longest + (MAX_TOKEN if "skiptoken=" in request.query.lower() else 0):
        raise TooLong(f"The address is longer than {longest} characters")
    path, _, last = request.path.rstrip("/").rpartition("/")
    wrapped = path and last.replace("%24", "$").lower() == "$query"
    if not wrapped or request.method != "POST":
        return request
    if headers.media_type(request.headers.get("content-type")).name not in QUERY_TYPES:
        raise NotThisFormat("Send the query as text/plain", target="Content-Type")
    if len(request.body) > biggest:
        raise TooBig(f"A query may have {biggest} bytes")
    try:
        query = request.body.decode("ascii").strip()
    except UnicodeDecodeError:
        raise BadRequest("The query has to be percent-encoded") from None
    query = "&".join(each for each in (request.query, query) if each)
    return replace(request, method="GET", path=path, query=query, body=b"")


def _check_twice(pairs: Pairs) -> None:
    names = Counter(name for name, _ in pairs if name.startswith(("$", "@")))
    twice = sorted(name for name, number in names.items() if number > 1)
    if twice:
        raise BadRequest(f"{twice[0][:100]} is given twice", target=twice[0][:100])


def _manner(request: Request, steps: tuple[at.Step, ...], pairs: Pairs, version: str) -> Manner:
    """The form of the answer. What is no JSON by nature (text, bytes) takes any Accept."""
    last = steps[-1]
    asked = dict(request.headers)
    allowed: tuple[str, ...] = DATA
    if isinstance(last, at.MetadataStep):
        allowed = METADATA
    elif isinstance(last, at.CountStep | at.ValueStep):
        allowed = ANY_TEXT
    if isinstance(last, at.ValueStep):
        asked.pop("accept", None)
    wanted = next((value for name, value in pairs if name == "$format"), None)
    negotiated = Format("json")
    if not is_bytes(last):
        negotiated = headers.negotiate(asked, wanted, allowed=allowed)
    prefer = headers.prefer(request.headers.get("prefer"))
    return Manner(version, negotiated, prefer, request.root)


def read(exchange: Exchange) -> Reply:
    """Answer a GET or HEAD."""
    steps = exchange.steps
    writes = _writing_function(steps)
    check(exchange.pairs, steps)
    if writes is not None:
        return _run_writing(exchange, writes)
    with exchange.reading() as reading:
        reply = answer_special(exchange, reading, steps[0])
        if reply is not None:
            return reply
        before = steps[:-1] if isinstance(steps[-1], TRAILING) else steps
        focus = Walker(exchange, reading).walk(before, checked=False)
        return answer_focus(exchange, reading, focus, steps[-1])


def _writing_function(steps: tuple[at.Step, ...]) -> Operation | None:
    """A function of the address that changes something, and is called by GET by design."""
    for step in steps:
        if isinstance(step, at.OperationStep | at.ImportStep):
            if step.operation.kind == "action":
                raise NotAllowed("An action is called by POST", allowed=("POST",))
            if step.operation.writes:
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
    return replace(reply, headers={**reply.headers, "Cache-Control": "no-store"})


def change(exchange: Exchange) -> Reply:
    """Answer a changing request, in one transaction."""

    with repeatable(read_ahead(exchange)) as again:

        def run() -> Outcome:
            with again.reading() as reading:
                return carry_out(again, reading)

        outcome = _atomically(again, run)
        return outcome if isinstance(outcome, Reply) else _shown(again, outcome)


def _shown(exchange: Exchange, made: Later) -> Reply:
    """What was made. Where it is kept already, no failure may look as if it was not; inside another
    transaction a failure undoes it.
    """
    try:
        with exchange.reading() as reading:
            return made.shown(reading)
    except Exception as error:
        if exchange.service.joined():
            raise
        if not isinstance(error, NotFound):
            log.exception("what was made could not be shown")
        return made.named()


def _atomically(exchange: Exchange, task: Callable[[], T]) -> T:
    given: T = exchange.service.atomically(exchange.request.caller, task)
    return given
