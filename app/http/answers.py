"""Whole answers, kept as long as nothing in the store has changed.

For clients that ask the same again and again: a board on the wall, a script that polls, a BI tool
that opens its sheet. An answer is given again to the same viewer for the same request, if the
database says that it is in the same state (`queries.freshness`), and the day in every zone that
was asked for is the same; answers that depend on the very instant are not kept.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from flask import Response, current_app, g, request

from app.clock import Readings, clock, watch
from app.http.auth import current_viewer
from app.queries.remembered import Memories, Remembered
from app.replicas import replicated

ROOM = 8 * 2**20  # bytes of answers of one dialect in one process
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

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    state: Hashable
    days: tuple[tuple[str, date], ...]
    answer: T


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request whose answer is not known: what it is to be kept by when it is made."""

    key: Hashable
    state: Hashable
    readings: Readings


class Answers(Generic[T]):
    """The answers of one dialect, in whatever form it has them."""

    def __init__(self) -> None:
        self._memories: Memories[_Kept[T]] = Memories(ROOM)

    def recall(self, key: Hashable, state: Hashable | None) -> T | None:
        """The answer to a request that `key` stands for, if it still holds in this state."""
        found = self._of_app().get(key) if state is not None else None
        if found is None or found.state != state or _passed(found.days):
            return None
        return found.answer

    def keep(self, asked: Unanswered, answer: T, size: int) -> None:
        """Keep an answer whose body has `size` bytes, if that may be. The state is the primary's;
        a replica may not have come to it yet.
        """
        if asked.state is not None and not asked.readings.instant and not replicated():
            days = tuple(asked.readings.days.items())
            self._of_app().put(asked.key, _Kept(asked.state, days, answer), size + OVERHEAD)

    def _of_app(self) -> Remembered[_Kept[T]]:
        return self._memories.of(current_app._get_current_object())  # type: ignore[attr-defined]


def unanswered(key: Hashable, state: Hashable | None) -> Unanswered:
    """From now on the clock is watched, until the answer is made."""
    return Unanswered(key, state, watch())


def heard(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers that an answer may depend on."""
    return tuple(each for each in headers if each[0].lower() not in UNHEARD)


def _passed(days: Iterable[tuple[str, date]]) -> bool:
    return any(clock.today(zone) != day for zone, day in days)


_answers: Answers[tuple[tuple[tuple[str, str], ...], bytes]] = Answers()


def recall() -> Response | None:
    """Before a view: the answer that it would give, if it is known."""
    if request.method != "GET":
        return None
    key = (current_viewer(), request.url, heard(request.headers.items()))
    found = _answers.recall(key, g.state)
    if found is None:
        g.unanswered = unanswered(key, g.state)
        return None
    g.recalled = True
    headers, body = found
    response = Response(body, 200)
    for name, value in headers:
        response.headers[name] = value
    return response


def recalled() -> bool:
    """The answer of this request came from memory."""
    return "recalled" in g


def remember(response: Response) -> None:
    """After a view, whose answer is final: keep it."""
    asked = g.pop("unanswered", None)
    if asked is not None and response.status_code == 200 and not response.is_streamed:
        body = response.get_data()
        _answers.keep(asked, (tuple(response.headers.items()), body), len(body))
