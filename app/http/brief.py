"""What Flask and Werkzeug do for each request of any application, done for this one: no sessions,
no subdomains, no redirects, answers whose length is known. What is out of the ordinary is left to
them.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from flask import Response
from flask.ctx import RequestContext
from flask.sessions import NullSession
from werkzeug.http import parse_set_header
from werkzeug.routing import Map, MapAdapter
from werkzeug.wsgi import get_host

from app.http.routes import Adapter

NO_SESSION: Final = NullSession()
REMEMBERED: Final = 256  # hosts
# Headers in which Werkzeug encodes what is not of an address.
COMPLETED: Final = frozenset(("location", "content-location"))
ADDRESS: Final = re.compile(r"[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*")
WITHOUT_BODY: Final = (204, 304)
VARY: Final = "Vary"
WHAT_VARIES: Final = "Accept-Encoding"


class Context(RequestContext):
    """A request without a session."""

    def __init__(self, app: Any, environ: dict[str, Any]) -> None:
        super().__init__(app, environ, session=NO_SESSION)


class Answer(Response):
    """An answer that is written for WSGI in one go when it is an ordinary one."""

    def get_wsgi_response(
        self, environ: dict[str, Any]
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """Its parts, its status and its headers."""
        parts: Any = self.response
        ordinary = (
            type(parts) is list
            and not self._on_close
            and 200 <= self.status_code not in WITHOUT_BODY
            and environ["REQUEST_METHOD"] != "HEAD"
            and all(type(part) is bytes for part in parts)
        )
        if not ordinary:
            return super().get_wsgi_response(environ)
        headers = list(self.headers)
        names = {name.lower() for name, _ in headers}
        if not names.isdisjoint(COMPLETED) and not all(
            ADDRESS.fullmatch(value) for name, value in headers if name.lower() in COMPLETED
        ):
            return super().get_wsgi_response(environ)
        if "content-length" not in names:
            headers.append(("Content-Length", str(sum(map(len, parts)))))
        return parts, self.status, headers


def adapter(url_map: Map, environ: Mapping[str, Any]) -> MapAdapter:
    """What finds the route of a request. Raises what Werkzeug raises for a host that is none."""
    return Adapter(
        url_map,
        _server_name(get_host(environ)),  # type: ignore[arg-type]
        environ.get("SCRIPT_NAME") or "/",
        "",
        environ["wsgi.url_scheme"],
        environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace") or "/",
        environ["REQUEST_METHOD"],
        environ.get("QUERY_STRING", ""),
    )


@lru_cache(REMEMBERED)
def _server_name(host: str) -> str:
    name: str = Map().bind(host).server_name
    return name


@lru_cache(REMEMBERED)
def _varying(said: str) -> str:
    names = parse_set_header(said)
    names.add(WHAT_VARIES)
    return names.to_header()


def vary_by_encoding(response: Response) -> None:
    """Tell caches that the answer comes in several codings."""
    said = response.headers.get(VARY, "")
    varies = _varying(said)
    if varies != said:
        response.headers[VARY] = varies
