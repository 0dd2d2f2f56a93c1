"""Answers that a client may keep: an ETag of their bytes, and 304 to who has it (RFC 9110, 13)."""

from hashlib import blake2b

from flask import Response, request

DIGEST = 12  # bytes


def with_etag(response: Response) -> Response:
    """A full answer to a GET with an ETag, or 304 when the client named it in If-None-Match. Weak:
    the same content may come in another encoding.
    """
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        digest = blake2b(response.get_data(), digest_size=DIGEST).hexdigest()
        response.set_etag(digest, weak=True)
        if request.if_none_match.contains_weak(digest):
            response.status_code = 304
            response.set_data(b"")
            response.headers.pop("Content-Type", None)
            response.headers.pop("Content-Length", None)
    return response
