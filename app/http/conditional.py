"""Answers that a client may keep: an ETag of their bytes, and 304 to who has it (RFC 9110, 13)."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.http import parse_etags
from xxhash import xxh3_128_hexdigest

SAFE = ("GET", "HEAD")


def tag(response: Response, environ: Mapping[str, Any]) -> None:
    """Give a full answer to a GET its ETag. Weak: the same content may come in another
    encoding. A stream has its own, if any.
    """
    if response.is_streamed:
        return
    if environ["REQUEST_METHOD"] in SAFE and response.status_code == 200:
        response.set_etag(xxh3_128_hexdigest(response.get_data()), weak=True)


def not_modified(response: Response, environ: Mapping[str, Any]) -> Response:
    """The answer, or 304 when the client named its ETag in If-None-Match."""
    if "HTTP_IF_NONE_MATCH" not in environ or environ["REQUEST_METHOD"] not in SAFE:
        return response
    etag = response.get_etag()[0]
    if etag and parse_etags(environ["HTTP_IF_NONE_MATCH"]).contains_weak(etag):
        response.status_code = 304
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
        response.headers.pop("Content-Length", None)
    return response
