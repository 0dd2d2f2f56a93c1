"""Whole answers, kept as long as nothing in the store has changed.

For clients that ask the same again and again: a board on the wall, a script that polls, a BI tool
that opens its sheet. An answer is given again to the same viewer for the same request, before Flask
sees it, if the database says that it is in the same state (`queries.freshness`), and the day in
every zone that was asked for is the same; answers that depend on the very instant are not kept.
One that tells of the tasks of some lists only is given as long as these lists are the same
(`queries.grounds`), whatever else was written.

Of an answer that was given once only its ETag is kept, enough for 304; the body, compressed, when
it is asked for again. So clients that never ask twice cost next to nothing.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any, Generic, TypeVar, cast

import zstandard
from flask import Flask, Response, g

from app.clock import Readings, clock, watch
from app.http.brief import vary_by_encoding
from app.http.compression import CODINGS, WORTH, asked_coding
from app.queries.connection import reading
from app.queries.grounds import Ground, Labels, labels_of, narrowed
from app.queries.packing import fitted
from app.queries.remembered import Memories
from app.replicas import present, replicated

ROOM = 8 * 2**20  # bytes of answers of one application in one process
OVERHEAD = 2_000  # bytes that an answer takes beside its body
TAGS = 2 * 2**20  # bytes of ETags
TAG = 1_000  # bytes that an ETag takes with its key, beside the texts of that
LABEL = 200  # bytes that the label of a list takes
MOST_LISTS = 100  # that an answer tells of and yet is kept by their labels
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


@dataclass(slots=True)
class _Standing:
    """How long an answer holds: `state` is the latest in which it is known to."""

    state: Hashable
    days: tuple[tuple[str, date], ...]
    ground: Ground | None


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    standing: _Standing
    answer: T


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


@dataclass(slots=True)
class _Asked:
    """A request and the state of the store in which it came. If its answer is not known: what that
    is to be kept by when it is made. `labels` are those of the lists `looked_at`, `lists` the only
    ones of whose tasks it tells.
    """

    key: Hashable
    state: Hashable
    length: int
    readings: Readings = field(default_factory=Readings)
    looked_at: frozenset[int] = frozenset()
    labels: Labels | None = None
    lists: frozenset[int] | None = None

    def holds(self, standing: _Standing) -> bool:
        """Nothing that an answer tells has changed, and it is the same day everywhere that was
        asked.
        """
        if any(clock.today(zone) != day for zone, day in standing.days):
            return False
        if standing.state == self.state:
            return True
        ground = standing.ground
        if ground is None or self.look_at(ground.lists) != ground.labels:
            return False
        standing.state = self.state
        return True

    def look_at(self, lists: frozenset[int]) -> Labels:
        """The labels of lists, which are read once."""
        if self.labels is None or self.looked_at != lists:
            with reading() as connection:
                self.looked_at, self.labels = lists, labels_of(connection, lists)
        return self.labels

    def standing(self) -> _Standing:
        """How long the answer that was made now holds."""
        days = tuple(self.readings.days.items())
        ground = None if self.lists is None else self._ground(self.lists)
        return _Standing(self.state, days, ground)

    def _ground(self, lists: frozenset[int]) -> Ground:
        if self.labels is None or not lists <= self.looked_at:
            return Ground(lists, None)
        return Ground(lists, narrowed(self.labels, lists))

    @property
    def size(self) -> int:
        """The bytes of what the answer is kept by, without what any takes."""
        return self.length + LABEL * len(self.lists or ())


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
        length = sum(map(len, filter(None, beside))) + sum(map(len, chain(*heard)))
        asked = _Asked((here.viewer, *beside, heard), state, length)
        known = environ.get("HTTP_IF_NONE_MATCH")
        tag = self._tags.of(self._app).get(asked.key)
        if known is None:
            body = self._bodies.of(self._app).get(asked.key)
            if body is not None and asked.holds(body.standing):
                return Recalled(REASONS[200], *body.answer)
        elif tag is not None and ("ETag", known) in tag.answer and asked.holds(tag.standing):
            return Recalled(REASONS[304], tag.answer)
        if length <= LONGEST_KEY:
            if tag is not None and tag.standing.ground is not None:
                asked.look_at(tag.standing.ground.lists)  # before what is to stand on them
            asked.readings = watch()
            here.unanswered = asked
        return None

    def keep(self, response: Response) -> None:
        """Keep an answer that is final but for its compression, if that may be. The state is the
        primary's; a replica may not have come to it yet.
        """
        asked: _Asked | None = g.pop("unanswered", None)
        if asked is None or asked.readings.instant or replicated():
            return
        if response.status_code != 200 or response.is_streamed:
            return
        if "Cache-Control" in response.headers:
            return
        # As it is given first (compression.py): it is kept before it is compressed.
        vary_by_encoding(response)
        standing = asked.standing()
        headers = tuple(each for each in response.headers.items() if each[0] != "Content-Length")
        tags = self._tags.of(self._app)
        known = tags.get(asked.key)
        grounded = standing.ground is not None and standing.ground.labels is not None
        again = known is not None and known.standing.state == asked.state
        if grounded or not again:
            short = tuple(each for each in headers if each[0] in OF_304)
            tags.put(asked.key, _Kept(standing, short), TAG + asked.size)
        if grounded or again:
            packed = fitted(zstandard.compress(response.get_data(), 1))
            size = len(packed) + OVERHEAD + asked.size
            self._bodies.of(self._app).put(asked.key, _Kept(standing, (headers, packed)), size)


def is_awaited() -> bool:
    """The answer to this request may be kept, so that it is worth saying what it stands on."""
    return "unanswered" in g


def tells_of(lists: Iterable[int]) -> None:
    """Say of the answer to this request that it tells of the tasks of these lists, and otherwise
    only what changes with rights and names. Where replicas serve reads, nobody can say.
    """
    asked: _Asked | None = g.get("unanswered")
    told = frozenset(lists)
    if asked is not None and len(told) <= MOST_LISTS and not present():
        asked.lists = told


def _heard(environ: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers that an answer may depend on."""
    return tuple(
        each for each in environ.items() if each[0][:5] == "HTTP_" and each[0] not in UNHEARD
    )
