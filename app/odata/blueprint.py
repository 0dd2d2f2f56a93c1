"""Mounts the OData service at its three roots: Flask's requests in, the engine's answers out."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request
from flask import Request as FlaskRequest
from werkzeug.sansio.utils import get_current_url
from werkzeug.wsgi import get_host

from app.access import Viewer
from app.http.auth import current_viewer
from app.http.bodies import MAX_BODY, read_bytes
from app.http.operations import operation
from app.odata.engine.batch.running import answer_batch, is_batch
from app.odata.engine.messages import Reply, Request
from app.odata.engine.protocol import answer
from app.odata.engine.source import Service
from app.odata.service import make_service

ROOTS = ("/api/v1/odata", "/api/odata", "/odata")
METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "MERGE")
MAX_BATCH_BODY = 16 * MAX_BODY
REMEMBERED = 256  # hosts, and names of headers

Reader = Callable[[], FlaskRequest]  # who reads the body

odata = Blueprint("odata", __name__)


def service() -> Service:
    """The service of the running application, made once."""
    found: Service | None = current_app.extensions.get("tandem_odata")
    if found is None:
        found = current_app.extensions["tandem_odata"] = make_service(current_app.config["TANDEM"])
    return found


def addressed() -> frozenset[str]:
    """First segments of addresses: sets, singletons, imported operations, the service's own."""
    model = service().model
    listed: tuple[Any, ...] = (*model.entity_sets, *model.singletons, *model.imports)
    return frozenset(each.name for each in listed) | {"$metadata", "$batch"}


@operation("OData Endpoint Base", elsewhere="$metadata")
def serve(path: str = "") -> Response:
    """Whatever stands behind a root: the engine reads the address itself, undecoded."""
    here: FlaskRequest = cast(Any, request)._get_current_object()
    return _served(here.environ, current_viewer(), lambda: here)


def serve_directly(environ: dict[str, Any], viewer: Viewer) -> Response:
    """The same without Flask's context of a request, which the engine does not need. Raises what
    Werkzeug raises for a host that is none, and for a body that is too large.
    """
    return _served(environ, viewer, lambda: FlaskRequest(environ))


def _served(environ: dict[str, Any], viewer: Viewer, reader: Reader) -> Response:
    asked = _asked(environ, viewer)
    if is_batch(asked):
        return response(answer_batch(service(), _with_body(asked, MAX_BATCH_BODY, reader)))
    return response(answer(service(), _with_body(asked, MAX_BODY, reader)))


def _asked(environ: dict[str, Any], viewer: Viewer) -> Request:
    """A request without its body."""
    root = next(each for each in ROOTS if owns(each, environ["PATH_INFO"]))
    address, _, query = _undecoded(environ).partition("?")
    return Request(
        method=environ["REQUEST_METHOD"],
        root=_origin(environ["wsgi.url_scheme"], get_host(environ)) + root,
        path=address[len(root) :].strip("/"),
        query=query,
        headers=_headers(environ),
        caller=viewer,
    )


@lru_cache(REMEMBERED)
def _origin(scheme: str, host: str) -> str:
    return get_current_url(scheme, host).rstrip("/")


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    """The headers of a request, their names in lower case."""
    found = {_header(name): environ[name] for name in environ if name[:5] == "HTTP_"}
    for name, key in (("content-type", "CONTENT_TYPE"), ("content-length", "CONTENT_LENGTH")):
        found.pop(name, None)
        if environ.get(key):
            found[name] = environ[key]
    return found


@lru_cache(REMEMBERED)
def _header(name: str) -> str:
    return name[5:].replace("_", "-").lower()


def owns(root: str, path: str) -> bool:
    """The path is the root or below it."""
    return path == root or path.startswith(root + "/")


def _undecoded(environ: Mapping[str, Any]) -> str:
    """Path and query as they were sent, without the host of an absolute one. Not every server
    tells (granian does not): there, a slash that was encoded in a key parts the path.
    """
    raw: str | None = environ.get("RAW_URI")
    if raw is None:
        path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/!$&'()*+,;=:@~")
        raw = f"{path}?{environ.get('QUERY_STRING', '')}"
    if raw.startswith("/"):
        return raw
    return "/" + raw.partition("://")[2].partition("/")[2]


def _with_body(asked: Request, limit: int, reader: Reader) -> Request:
    """With its body; that of a PUT stays a stream, since it may be a file."""
    if asked.method in ("GET", "HEAD"):
        return asked
    request = reader()
    if asked.method == "PUT":
        request.max_content_length = int(current_app.config["TANDEM"].max_upload)
        return asked.streaming(request.stream)
    return asked.carrying(read_bytes(request, limit))


def response(reply: Reply) -> Response:
    """An answer of the engine as Flask's."""
    made = Response(reply.body, reply.status, reply.headers)
    if "Content-Length" in reply.headers:  # an answer to HEAD tells what GET would have
        made.headers["Content-Length"] = reply.headers["Content-Length"]
    if reply.status in (204, 304):
        made.headers.pop("Content-Type", None)
    return made


for _root in ROOTS:
    for _rule in (_root, f"{_root}/", f"{_root}/<path:path>"):
        odata.add_url_rule(_rule, view_func=serve, methods=METHODS)
