"""/, /docs and /openapi.json, with what they are made of. A browser gets all of it from here: the
Content-Security-Policy allows no other origin.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    current_app,
    render_template,
    request,
    send_from_directory,
    url_for,
)

from app.docs.openapi import VERSION, document_text

STATIC = Path(__file__).parent / "static"
ONE_YEAR = 365 * 24 * 3600
# Swagger UI puts style attributes on its elements and icons into data: URLs; scripts are files.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

pages = Blueprint("pages", __name__, template_folder="templates")


@pages.get("/")
def home() -> Response:
    """What this server is, and where to go on."""
    return _page("home.html")


@pages.get("/docs")
def docs() -> Response:
    """The interactive API page."""
    return _page("docs.html")


@pages.get("/openapi.json")
def openapi() -> Response:
    """This document."""
    response = Response(document_text(current_app), content_type="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@pages.get("/docs/static/<path:filename>", endpoint="static")
def static_file(filename: str) -> Response:
    """A part of a page, to be kept for long: its address changes with its content."""
    response = send_from_directory(STATIC, filename, max_age=ONE_YEAR)
    response.cache_control.immutable = True
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def asset(filename: str) -> str:
    """The address of a part of a page; `v` makes a browser fetch it anew after an upgrade."""
    return url_for("pages.static", filename=filename, v=_digest(filename))


@cache
def _digest(filename: str) -> str:
    return sha256((STATIC / filename).read_bytes()).hexdigest()[:12]


def _page(template: str) -> Response:
    response = Response(render_template(template, asset=asset, version=VERSION))
    response.headers.update(
        {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": POLICY,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
    )
    return response
