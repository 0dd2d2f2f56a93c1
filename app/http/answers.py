"""Whole answers, kept as long as nothing in the store has changed.

For clients that ask the same again and again: a board on the wall, a script that polls, a BI tool
that opens its sheet. An answer is given again to the same viewer for the same request, if the
database says that it is in the same state (`queries.freshness`), and the day in every zone that
was asked for is the same; answers that depend on the very instant are not kept.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

from flask import Response, current_app, g, request

from app.clock import clock, watch
from app.http.auth import current_viewer
from app.queries.remembered import Memories, Remembered
from app.replicas import replicated

ROOM = 12 * 2**20  # bytes of answers in one process
OVERHEAD = 2_000  # bytes that an answer takes beside its body
# What a client says of itself or of the connection: no answer depends on it. If-None-Match is
# looked at afterwards.
UNHEARD = {
    "accept-encoding",
    "accept-language",
    "authorization",
    "cache-control",
    "connection",
    "cookie",
    "dnt",
    "host",
    "if-none-match",
    "origin",
    "pragma",
    "priority",
    "referer",
    "user-agent",
    "x-api-key",
    "x-request-id",
}


@dataclass(frozen=True, slots=True)
class _Answer:
    state: Hashable
    days: tuple[tuple[str, date], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes


_kept: Memories[_Answer] = Memories(ROOM)


def recall() -> Response | None:
    """Before a view: the answer that it would give, if it is known."""
    if request.method != "GET":
        return None
    key, state = _key(), g.state
    found = _memory().get(key)
    if found is None or found.state != state or _days_passed(found):
        g.unanswered = (key, state, watch())
        return None
    g.recalled = True
    response = Response(found.body, 200)
    for name, value in found.headers:
        response.headers[name] = value
    return response


def recalled() -> bool:
    """The answer of this request came from memory."""
    return "recalled" in g


def remember(response: Response) -> None:
    """After a view, whose answer is final: keep it."""
    key, state, readings = g.pop("unanswered", (None, None, None))
    # The state is the primary's; a replica may not have come to it yet.
    if (
        state is None
        or replicated()
        or readings.instant
        or response.status_code != 200
        or response.is_streamed
    ):
        return
    body = response.get_data()
    answer = _Answer(state, tuple(readings.days.items()), tuple(response.headers.items()), body)
    _memory().put(key, answer, len(body) + OVERHEAD)


def _memory() -> Remembered[_Answer]:
    return _kept.of(current_app._get_current_object())  # type: ignore[attr-defined]


def _key() -> Hashable:
    said = tuple(
        (name, value) for name, value in request.headers.items() if name.lower() not in UNHEARD
    )
    return (current_viewer(), request.url, said)


def _days_passed(answer: _Answer) -> bool:
    return any(clock.today(zone) != day for zone, day in answer.days)
