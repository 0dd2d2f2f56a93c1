"""`Idempotency-Key`: a changing request that may be sent again without being done again.

The body is read to its end, and hashed, before the transaction begins: a slow client holds nothing
that others wait for. What the answer gets after the view (compression, headers of the layers
around) it gets again when it is given again.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import Any, Final, Protocol

from flask import Flask, Response, g, request
from flask.globals import request_ctx
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_input_stream

from app.access import Viewer
from app.errors import Invalid
from app.http.auth import SAFE_METHODS
from app.http.bodies import MAX_BODY
from app.queries.retries import Answer

KEY: Final = "HTTP_IDEMPOTENCY_KEY"
NAME: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
MAX_KEY: Final = 255
MAX_BATCH: Final = 16 * MAX_BODY  # the longest body that is no upload
FORM_OVERHEAD: Final = 1 << 16
IN_MEMORY: Final = MAX_BODY
CHUNK: Final = 1 << 16
# What makes another request of the same address and body.
HEARD: Final = (
    "HTTP_ACCEPT",
    "HTTP_IF_MATCH",
    "HTTP_IF_NONE_MATCH",
    "HTTP_ODATA_MAXVERSION",
    "HTTP_ODATA_VERSION",
    "HTTP_PREFER",
    "HTTP_X_HTTP_METHOD_OVERRIDE",
)
ADDRESS: Final = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "RAW_URI")


class Given(Protocol):
    """An answer, and whether it was given before."""

    @property
    def answer(self) -> Answer:
        """The answer."""

    @property
    def replayed(self) -> bool:
        """It was given before."""


Once = Callable[[Viewer, str, str, Callable[[], Answer]], Given]


def retriable(environ: Mapping[str, Any]) -> bool:
    """The request has a key, and would change something on behalf of a known viewer who may. A
    read-only key is refused where it always is.
    """
    return (
        environ["REQUEST_METHOD"] not in SAFE_METHODS
        and request.routing_exception is None
        and "viewer" in g
        and not g.viewer.read_only
    )


def answered_once(app: Flask, view: Callable[[], Any], once: Once) -> Response:
    """The answer of the view, carried out by `once`; or the one that the key has already. Raises
    Invalid for a key that is none.
    """
    environ = request.environ
    key = _checked(environ[KEY])
    most = max(MAX_BATCH, int(app.config["TANDEM"].max_upload) + FORM_OVERHEAD)
    with _spooled(environ, most) as (body, fingerprint):

        def run() -> Answer:
            body.seek(0)
            _begin_again(app, environ)
            return _answer(app.make_response(view()))

        given = once(g.viewer, key, fingerprint, run)
    response = _response(given.answer)
    if given.replayed:
        response.headers[REPLAYED] = "true"
    return response


def _checked(key: str) -> str:
    if not (0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise Invalid({NAME: f"1 to {MAX_KEY} printable ASCII characters"})
    return key


@contextmanager
def _spooled(environ: dict[str, Any], most: int) -> Iterator[tuple[Any, str]]:
    """The body in a file of its own, from its beginning, and the fingerprint of the request. Raises
    werkzeug's RequestEntityTooLarge.
    """
    stream = get_input_stream(environ, max_content_length=most)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        seen = _Fingerprint(environ)
        while chunk := stream.read(CHUNK):
            kept.write(chunk)
            seen.add(chunk)
        environ["wsgi.input"] = kept
        yield kept, seen.end()


def _begin_again(app: Flask, environ: dict[str, Any]) -> None:
    """Put a request into the context that has read nothing of its body yet."""
    before: Any = request_ctx.request
    made = app.request_class(environ)
    made.url_rule, made.view_args = before.url_rule, before.view_args
    request_ctx.request = made


class _Fingerprint:
    """The SHA-256 of a request. The boundary of a multipart body is left out: a client that makes
    its body anew draws another one.
    """

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self._hash = hashlib.sha256()
        kind, options = parse_options_header(environ.get("CONTENT_TYPE", ""))
        self._boundary = options.pop("boundary", "").encode("latin-1", "replace")
        self._rest = b""
        parts = [*(environ.get(name, "") for name in (*ADDRESS, *HEARD)), kind]
        for text in (*parts, *(f"{name}={value}" for name, value in sorted(options.items()))):
            part = text.encode("utf-8", "surrogateescape")
            self._hash.update(b"%d:" % len(part))
            self._hash.update(part)

    def add(self, chunk: bytes) -> None:
        """The next bytes of the body."""
        if not self._boundary:
            self._hash.update(chunk)
            return
        *whole, last = (self._rest + chunk).split(self._boundary)
        for piece in whole:
            self._hash.update(piece)
        # The last bytes may be the beginning of a boundary.
        kept = min(len(last), len(self._boundary) - 1)
        self._hash.update(last[: len(last) - kept])
        self._rest = last[len(last) - kept :]

    def end(self) -> str:
        """The fingerprint."""
        self._hash.update(self._rest)
        return self._hash.hexdigest()


def _answer(response: Response) -> Answer:
    """What a view has answered; one that streams is read to its end, within the transaction."""
    response.direct_passthrough = False
    body = response.get_data()
    headers = tuple((str(name), str(value)) for name, value in response.headers)
    return Answer(response.status_code, headers, body, secret=bool(response.cache_control.no_store))


def _response(answer: Answer) -> Response:
    made = Response(answer.body, answer.status)
    made.headers.clear()
    made.headers.extend(answer.headers)
    return made
