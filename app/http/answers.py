"""Whole answers, kept as long as nothing in the store has changed.

For clients that ask the same again and again: a board on the wall, a script that polls, a BI tool
that opens its sheet. An answer is given again to the same viewer for the same request, if the
database says that it is in the same state (`queries.freshness`), and the day in every zone that
was asked for is the same; answers that depend on the very instant are not kept.

Of an answer that was given once only its ETag is kept, enough for 304; the body, compressed, when
it is asked for again in the same state. So clients that never ask twice cost next to nothing.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import zstandard
from flask import Flask, Response, current_app, g, request

from app.clock import Readings, clock, watch
from app.http.auth import current_viewer
from app.queries.remembered import Memories
from app.replicas import replicated

ROOM = 8 * 2**20  # bytes of answers of one dialect in one process
OVERHEAD = 2_000  # bytes that an answer takes beside its body
TAGS = 2 * 2**20  # bytes of ETags
TAG = 1_000  # bytes that an ETag takes with its key
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

    def holds(self, state: Hashable) -> bool:
        """Nothing has changed, and it is the same day everywhere that was asked."""
        return self.state == state and all(clock.today(zone) == day for zone, day in self.days)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request whose answer is not known: what it is to be kept by when it is made."""

    key: Hashable
    state: Hashable
    readings: Readings


class Answers(Generic[T]):
    """The answers of one dialect. `T` is what stands around a body."""

    def __init__(self) -> None:
        self._bodies: Memories[_Kept[tuple[T, bytes]]] = Memories(ROOM)
        self._tags: Memories[_Kept[str | None]] = Memories(TAGS)

    def recall(self, key: Hashable, state: Hashable | None) -> tuple[T, bytes] | None:
        """The answer to a request that `key` stands for, and its body, if they still hold."""
        found = self._bodies.of(_app()).get(key) if state is not None else None
        if found is None or not found.holds(state):
            return None
        head, packed = found.answer
        return head, zstandard.decompress(packed)

    def etag(self, key: Hashable, state: Hashable | None) -> str | None:
        """The ETag of the answer, if it is known and still holds."""
        found = self._tags.of(_app()).get(key) if state is not None else None
        return found.answer if found is not None and found.holds(state) else None

    def keep(self, asked: Unanswered, head: T, body: bytes, etag: str | None) -> None:
        """Keep an answer, if that may be. The state is the primary's; a replica may not have come
        to it yet.
        """
        if asked.state is None or asked.readings.instant or replicated():
            return
        days = tuple(asked.readings.days.items())
        tags = self._tags.of(_app())
        known = tags.get(asked.key)
        if known is not None and known.state == asked.state:
            packed = zstandard.compress(body, 1)
            kept = _Kept(asked.state, days, (head, packed))
            self._bodies.of(_app()).put(asked.key, kept, len(packed) + OVERHEAD)
        else:
            tags.put(asked.key, _Kept(asked.state, days, etag), TAG)


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


def unanswered(key: Hashable, state: Hashable | None) -> Unanswered:
    """From now on the clock is watched, until the answer is made."""
    return Unanswered(key, state, watch())


def heard(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers that an answer may depend on."""
    return tuple(each for each in headers if each[0].lower() not in UNHEARD)


_answers: Answers[tuple[tuple[str, str], ...]] = Answers()


def recall() -> Response | None:
    """Before a view: the answer that it would give, if it is known."""
    if request.method != "GET":
        return None
    key = (current_viewer(), request.url, heard(request.headers.items()))
    etag = _answers.etag(key, g.state) if "If-None-Match" in request.headers else None
    if etag is not None and request.if_none_match.contains_weak(etag):
        return _unchanged(etag)
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


def _unchanged(etag: str) -> Response:
    """304, as not_modified (conditional.py) would make it of the whole answer."""
    g.recalled = True
    response = Response(status=304)
    response.headers.pop("Content-Type", None)
    response.set_etag(etag, weak=True)
    return response


def recalled() -> bool:
    """The answer of this request came from memory."""
    return "recalled" in g


def remember(response: Response) -> None:
    """After a view, whose answer is final: keep it."""
    asked = g.pop("unanswered", None)
    if asked is not None and response.status_code == 200 and not response.is_streamed:
        headers, etag = tuple(response.headers.items()), response.get_etag()[0]
        _answers.keep(asked, headers, response.get_data(), etag)
