"""Credentials -> Viewer. A guard is stated when a blueprint is registered; nothing is served
without.
"""

from collections.abc import Mapping
from typing import Any, cast

from flask import current_app, g, request

from app.access import Viewer
from app.errors import Forbidden, Unauthenticated
from app.http.credentials import keys_of
from app.http.limits_tries import Tries
from app.queries.connection import share_no_more
from app.queries.key_use import is_due
from app.queries.keys import digest, viewer_of
from app.replicas import expect, present

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def find_viewer(environ: Mapping[str, Any], *, or_password: bool) -> bool:
    """Find who asks by his key, once for a request; False when nobody is found. `or_password`: the
    key may also be the password of Basic. Raises TooManyRequests after too many wrong keys.
    """
    here: Any = cast(Any, g)._get_current_object()  # each look through the proxy takes as long
    if "viewer" in here:
        return True
    if "stranger" in here:
        return False
    app = cast(Any, current_app)._get_current_object()
    keys = keys_of(environ)
    zone = app.config["TANDEM"].timezone
    digests = tuple(map(digest, keys if or_password else keys[:1]))
    tries: Tries | None = app.extensions["tandem_tries"]
    if tries is not None:
        tries.check(environ, digests, zone)
    found = next((known for each in digests if (known := viewer_of(each, zone))), None)
    if found is None:
        here.stranger = True
        if tries is not None and digests:
            tries.failed(environ)
        return False
    here.viewer, here.state = found.viewer, found.state
    if is_due(found):
        here.used = found
    if environ["REQUEST_METHOD"] in SAFE_METHODS and present():
        share_no_more()  # the key was looked up at the primary
        expect(found.viewer.person_id, found.viewer.writes)
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
