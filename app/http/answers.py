"""Whole answers, kept as long as nothing in the store has changed.

For clients that ask the same again and again: a board on the wall, a script that polls, a BI tool
that opens its sheet. An answer is given again to the same viewer for the same request, before Flask
sees it, if the database says that it is in the same state (`queries.freshness`), and the day in
every zone that was asked for is the same; answers that depend on the very instant are not kept.

Of an answer that was given once only its ETag is kept, enough for 304; the body, compressed, when
it is asked for again in the same state. So clients that never ask twice cost next to nothing.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Generic, TypeVar, cast

import zstandard
from flask import Flask, Response, g

from app.clock import Readings, clock, watch
from app.http.brief import vary_by_encoding
from app.http.compression import CODINGS, WORTH, asked_coding
from app.queries.remembered import Memories
from app.replicas import replicated

ROOM = 8 * 2**20  # bytes of answers of one application in one process
OVERHEAD = 2_000  # bytes that an answer takes beside its body
TAGS = 2 * 2**20  # bytes of ETags
TAG = 1_000  # bytes that an ETag takes with its key, beside the texts of that
LONGEST_KEY = 16_384  # characters of a request that is remembered
# What a client says of itself or of the connection: no answer depends on it. If-None-Match and
# Accept-Encoding are looked at afterwards.
UNHEARD = {
    "HTTP_ACCEPT_ENCODING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_AUTHORIZATION",
    "HTTP_CACHE_CONTROL",
    "HTTP_CONNECTION",
    "HTTP_COOKIE",
    "HTTP_DNT",
    "HTTP_IF_NONE_MATCH",
    "HTTP_ORIGIN",
    "HTTP_PRAGMA",
    "HTTP_PRIORITY",
    "HTTP_REFERER",
    "HTTP_TRACEPARENT",
    "HTTP_TRACESTATE",
    "HTTP_USER_AGENT",
    "HTTP_VIA",
    "HTTP_X_API_KEY",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_REAL_IP",
    "HTTP_X_REQUEST_ID",
}
BESIDE = ("RAW_URI", "PATH_INFO", "QUERY_STRING", "wsgi.url_scheme", "CONTENT_TYPE")
OF_304 = {"ETag", "OData-Version", "Vary"}
REASONS = {200: "200 OK", 304: "304 NOT MODIFIED"}

T = TypeVar("T")
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    state: Hashable
    days: tuple[tuple[str, date], ...]
    answer: T

    def holds(self, state: Hashable) -> bool:
        """Nothing has changed, and it is the same day everywhere that was asked."""
        return self.state == state and all(clock.today(zone) == day for zone, day in self.days)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A kept answer: that of 304 has no body."""

    status: str
    headers: Headers
    packed: bytes = b""

    def given(self, environ: Mapping[str, Any], start_response: Any) -> list[bytes]:
        """As WSGI wants it, in the coding that the client takes."""
        if not self.packed:
            start_response(self.status, list(self.headers))
            return []
        coding = asked_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        size = zstandard.frame_content_size(self.packed)
        if coding is None or size < WORTH:
            coding, body = None, zstandard.decompress(self.packed)
        elif coding == "zstd":
            body = self.packed
        else:
            body = CODINGS[coding](zstandard.decompress(self.packed))
        headers = [*self.headers, ("Content-Length", str(len(body)))]
        if coding is not None:
            headers.append(("Content-Encoding", coding))
        start_response(self.status, headers)
        return [body]


@dataclass(frozen=True, slots=True)
class _Unanswered:
    """A request whose answer is not known: what it is to be kept by when it is made."""

    key: Hashable
    state: Hashable
    readings: Readings
    length: int


class Answers:
    """The kept answers of one application."""

    _bodies: Memories[_Kept[tuple[Headers, bytes]]] = Memories(ROOM)
    _tags: Memories[_Kept[Headers]] = Memories(TAGS)

    def __init__(self, app: Flask) -> None:
        self._app = app

    def recall(self, environ: Mapping[str, Any]) -> Recalled | None:
        """The answer to a GET whose viewer was found, if it is known. From now on the clock is
        watched, until the answer is made.
        """
        here: Any = cast(Any, g)._get_current_object()
        state = here.state
        if state is None:
            return None
        heard = _heard(environ)
        beside = tuple(map(environ.get, BESIDE))
        key = (here.viewer, *beside, heard)
        length = sum(map(len, filter(None, beside))) + sum(map(len, chain(*heard)))
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is None:
            body = self._bodies.of(self._app).get(key)
            if body is not None and body.holds(state):
                return Recalled(REASONS[200], *body.answer)
        else:
            tag = self._tags.of(self._app).get(key)
            if tag is not None and ("ETag", known) in tag.answer and tag.holds(state):
                return Recalled(REASONS[304], tag.answer)
        if length <= LONGEST_KEY:
            here.unanswered = _Unanswered(key, state, watch(), length)
        return None

    def keep(self, response: Response) -> None:
        """Keep an answer that is final but for its compression, if that may be. The state is the
        primary's; a replica may not have come to it yet.
        """
        asked: _Unanswered | None = g.pop("unanswered", None)
        if asked is None or asked.readings.instant or replicated():
            return
        if response.status_code != 200 or response.is_streamed:
            return
        if "Cache-Control" in response.headers:
            return
        # As it is given first (compression.py): it is kept before it is compressed.
        vary_by_encoding(response)
        days = tuple(asked.readings.days.items())
        headers = tuple(each for each in response.headers.items() if each[0] != "Content-Length")
        tags = self._tags.of(self._app)
        known = tags.get(asked.key)
        if known is None or known.state != asked.state:
            short = tuple(each for each in headers if each[0] in OF_304)
            tags.put(asked.key, _Kept(asked.state, days, short), TAG + asked.length)
            return
        packed = zstandard.compress(response.get_data(), 1)
        kept = _Kept(asked.state, days, (headers, packed))
        size = len(packed) + OVERHEAD + asked.length
        self._bodies.of(self._app).put(asked.key, kept, size)


def _heard(environ: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers that an answer may depend on."""
    return tuple(
        each for each in environ.items() if each[0][:5] == "HTTP_" and each[0] not in UNHEARD
    )
