"""Credentials -> Viewer. A guard is stated when a blueprint is registered; nothing is served
without.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, cast

from flask import current_app, g, request

from app.access import Viewer
from app.errors import Forbidden, Unauthenticated
from app.queries.connection import share_no_more
from app.queries.keys import digest, viewer_of
from app.replicas import expect, present

MAX_KEY = 200
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def keys_of(environ: Mapping[str, Any]) -> tuple[str, ...]:
    """The API key of a request: x-api-key, Bearer, or Basic with the key as the user, scheme in any
    case. A password of Basic comes behind the user.
    """
    keys: tuple[str, ...] = (environ.get("HTTP_X_API_KEY", ""),)
    if not keys[0]:
        scheme, _, rest = environ.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
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


def find_viewer(environ: Mapping[str, Any], *, or_password: bool) -> bool:
    """Find who asks by his key, once for a request; False when nobody is found. `or_password`: the
    key may also be the password of Basic.
    """
    if "viewer" in g:
        return True
    keys = keys_of(environ)
    zone = current_app.config["TANDEM"].timezone
    tried = (viewer_of(digest(key), zone) for key in (keys if or_password else keys[:1]))
    found = next((each for each in tried if each is not None), None)
    if found is None:
        return False
    g.viewer, g.state = found
    if environ["REQUEST_METHOD"] in SAFE_METHODS and present():
        share_no_more()  # the key was looked up at the primary
        expect(g.viewer.person_id, g.viewer.writes)
    return True


def require_key() -> None:
    """Guard: find the viewer of the request by his key. Raises Unauthenticated; Forbidden for a
    read-only key.
    """
    _require(or_password=False)
    if current_viewer().read_only and request.method not in SAFE_METHODS:
        raise Forbidden("This key may only read")


def require_key_or_password() -> None:
    """Guard for OData: the key may also be the password, since spreadsheet tools have a box for
    user and password only (decision 9). What a read-only key may do, each operation says.
    """
    _require(or_password=True)


def _require(*, or_password: bool) -> None:
    if not find_viewer(request.environ, or_password=or_password):
        raise Unauthenticated("An API key is needed: send it as the user of Basic authentication")


def current_viewer() -> Viewer:
    """The viewer whom the guard found."""
    return cast(Viewer, g.viewer)
