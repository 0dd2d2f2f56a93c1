"""Credentials -> Viewer. A guard is stated when a blueprint is registered; nothing is served
without.
"""

import base64
import binascii
from typing import cast

from flask import Request, current_app, g, request

from app.access import Viewer
from app.errors import Forbidden, Unauthenticated
from app.queries.keys import digest, viewer_of

MAX_KEY = 200
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def key_of(asked: Request) -> str | None:
    """The API key of a request: x-api-key, Bearer, or Basic with the key as the user, in any
    case.
    """
    key = asked.headers.get("x-api-key")
    if not key:
        scheme, _, rest = asked.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() == "bearer":
            key = rest.strip()
        elif scheme.lower() == "basic":
            key = _basic_user(rest)
    return key if key and len(key) <= MAX_KEY else None


def _basic_user(encoded: str) -> str | None:
    try:
        user, _, _ = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return user.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def require_key() -> None:
    """Guard: find the viewer of the request. Raises Unauthenticated; Forbidden for a read-only
    key.
    """
    key = key_of(request)
    zone = current_app.config["TANDEM"].timezone
    viewer = viewer_of(digest(key), zone) if key else None
    if viewer is None:
        raise Unauthenticated("An API key is needed: send it as the user of Basic authentication")
    if viewer.read_only and request.method not in SAFE_METHODS:
        raise Forbidden("This key may only read")
    g.viewer = viewer


def current_viewer() -> Viewer:
    """The viewer whom the guard found."""
    return cast(Viewer, g.viewer)
