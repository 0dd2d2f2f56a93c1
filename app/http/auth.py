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
from app.replicas import expect

MAX_KEY = 200
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def keys_of(asked: Request) -> tuple[str, ...]:
    """The API key of a request: x-api-key, Bearer, or Basic with the key as the user, scheme in any
    case. A password of Basic comes behind the user.
    """
    keys: tuple[str, ...] = (asked.headers.get("x-api-key", ""),)
    if not keys[0]:
        scheme, _, rest = asked.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() == "bearer":
            keys = (rest.strip(),)
        elif scheme.lower() == "basic":
            keys = _basic(rest)
    return tuple(key for key in keys if key and len(key) <= MAX_KEY)


def _basic(encoded: str) -> tuple[str, ...]:
    """User and password."""
    try:
        user, _, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return user.decode("utf-8"), password.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ()


def require_key() -> None:
    """Guard: find the viewer of the request by his key. Raises Unauthenticated; Forbidden for a
    read-only key.
    """
    _require(keys_of(request)[:1])
    if current_viewer().read_only and request.method not in SAFE_METHODS:
        raise Forbidden("This key may only read")


def require_key_or_password() -> None:
    """Guard for OData: the key may also be the password, since spreadsheet tools have a box for
    user and password only (decision 9). What a read-only key may do, each operation says.
    """
    _require(keys_of(request))


def _require(keys: tuple[str, ...]) -> None:
    zone = current_app.config["TANDEM"].timezone
    tried = (viewer_of(digest(key), zone) for key in keys)
    found = next((each for each in tried if each is not None), None)
    if found is None:
        raise Unauthenticated("An API key is needed: send it as the user of Basic authentication")
    g.viewer, g.state = found
    if request.method in SAFE_METHODS:
        expect(g.viewer.person_id, g.viewer.writes)


def current_viewer() -> Viewer:
    """The viewer whom the guard found."""
    return cast(Viewer, g.viewer)
