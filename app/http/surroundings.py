"""What surrounds every request, whoever answers it: its id, the headers that keep browsers and
caches from harm, other origins, the line in the log, the figures.

One layer outside of Flask, since known answers (answers.py) never come to Flask. All of it costs a
request some microseconds.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from time import perf_counter
from typing import Any, Final, Protocol

from flask import g, has_app_context
from uuid_utils import uuid7

from app.http.cors import Cors
from app.http.logs import Asked, Line, asked, safe_path

ID: Final = "X-Request-Id"
SANE: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
# An answer that says otherwise of itself keeps what it says: pages, files, feeds.
COMMON: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # It depends on the key: none for a shared cache, and the client's own has to ask each time.
    ("Cache-Control", "private, no-cache"),
)
ENCRYPTED: Final = (*COMMON, ("Strict-Transport-Security", "max-age=31536000"))
OURS: Final = frozenset(name.lower() for name, _ in ENCRYPTED)
# What Flask's request leaves in the environment, with the route that it found.
REQUEST: Final = "werkzeug.request"

Headers = list[tuple[str, str]]
Start = Callable[..., Any]


class Exchange:
    """A request and what became of it, for those who watch."""

    __slots__ = (
        "began",
        "environ",
        "headers",
        "method",
        "number",
        "path",
        "person",
        "size",
        "status",
    )

    def __init__(self, environ: dict[str, Any], number: str) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.path: str = environ.get("PATH_INFO", "")
        self.number = number
        self.status = "500"
        self.headers: Headers = []
        self.size = 0
        self.person: int | None = None
        self.began = perf_counter()

    @property
    def seconds(self) -> float:
        """How long it took up to now."""
        return perf_counter() - self.began

    @property
    def rule(self) -> Any:
        """The route that Flask found; None when it found none, or was not asked."""
        return getattr(self.environ.get(REQUEST), "url_rule", None)

    def promised(self) -> int:
        """The length that the answer's headers tell."""
        return next(
            (int(value) for name, value in self.headers if name.lower() == "content-length"), 0
        )

    def started(self, status: str, headers: Headers) -> None:
        """The answer begins. Who asked is known by now, and forgotten when it is on its way."""
        self.status = status[:3]
        self.headers = headers
        if has_app_context():
            viewer = g.get("viewer")
            self.person = None if viewer is None else viewer.person_id


class Watcher(Protocol):
    """Somebody who is told of every exchange."""

    def began(self, exchange: Exchange) -> None:
        """A request has come."""

    def ended(self, exchange: Exchange) -> None:
        """Its answer was sent, or given up."""


class Telling:
    """Writes exchanges to the log."""

    def __init__(self, tell: Callable[[Line], None]) -> None:
        self._tell = tell

    def began(self, exchange: Exchange) -> None:
        """Nothing to tell yet."""

    def ended(self, exchange: Exchange) -> None:
        """Write the line."""
        self._tell(
            Line(
                exchange.method,
                safe_path(exchange.path),
                exchange.status,
                exchange.seconds * 1000,
                exchange.size,
                exchange.number,
                exchange.person,
            )
        )


class _Sending:
    """The parts of an answer while they are sent."""

    __slots__ = ("_end", "_exchange", "_parts")

    def __init__(
        self, parts: Iterable[bytes], exchange: Exchange, end: Callable[[Exchange], None]
    ) -> None:
        self._parts = parts
        self._exchange = exchange
        self._end: Callable[[Exchange], None] | None = end

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._exchange.size += len(part)
            yield part
        self._ended()

    def close(self) -> None:
        """The server is done with it, sent or not."""
        try:
            close = getattr(self._parts, "close", None)
            if close is not None:
                close()
        finally:
            self._ended()

    def _ended(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end(self._exchange)


class Surroundings:
    """The outermost layer. `pages` are answers of its own by path: WSGI applications."""

    def __init__(
        self,
        inner: Any,
        cors: Cors | None = None,
        watchers: tuple[Watcher, ...] = (),
        pages: Mapping[str, Any] | None = None,
    ) -> None:
        self._inner = inner
        self._cors = cors
        self._watchers = watchers
        self._pages = pages or {}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Any:
        """Answer a request."""
        get = environ.get
        number = get("HTTP_X_REQUEST_ID")
        if number is None or not SANE.fullmatch(number):
            number = uuid7().hex
        asked.set(Asked(number, get("HTTP_X_API_KEY", ""), get("HTTP_AUTHORIZATION", "")))
        common = ENCRYPTED if get("wsgi.url_scheme") == "https" else COMMON
        added: Headers = [(ID, number)]
        if self._cors is not None:
            added += self._cors.headers(get("HTTP_ORIGIN"))

        def start(status: str, headers: Headers, *failure: Any) -> Any:
            return start_response(status, [*_complete(headers, common), *added], *failure)

        if self._watchers:
            return self._watched(environ, start, number)
        return self._answer(environ, start)

    def _answer(self, environ: dict[str, Any], start: Start) -> Any:
        if self._cors is not None and environ["REQUEST_METHOD"] == "OPTIONS":
            allowed = self._cors.preflight(environ)
            if allowed is not None:
                start("204 NO CONTENT", list(allowed))
                return []
        page = self._pages.get(environ.get("PATH_INFO", "")) if self._pages else None
        return (page or self._inner)(environ, start)

    def _watched(self, environ: dict[str, Any], start: Start, number: str) -> Any:
        exchange = Exchange(environ, number)
        for watcher in self._watchers:
            watcher.began(exchange)

        def noted(status: str, headers: Headers, *failure: Any) -> Any:
            exchange.started(status, headers)
            return start(status, headers, *failure)

        try:
            parts = self._answer(environ, noted)
        except BaseException:
            self._ended(exchange)
            raise
        wrapper = environ.get("wsgi.file_wrapper")
        if wrapper is not None and isinstance(parts, wrapper):
            # The server sends a file by itself when it is given the very object.
            exchange.size = exchange.promised()
            self._ended(exchange)
            return parts
        return _Sending(parts, exchange, self._ended)

    def _ended(self, exchange: Exchange) -> None:
        for watcher in self._watchers:
            watcher.ended(exchange)


def _complete(headers: Headers, common: tuple[tuple[str, str], ...]) -> Iterable[tuple[str, str]]:
    present = {name.lower() for name, _ in headers}
    if present.isdisjoint(OURS):
        return (*headers, *common)
    return (*headers, *(each for each in common if each[0].lower() not in present))
