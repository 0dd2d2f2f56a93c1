"""Pages of other origins (CORS, Fetch standard 3.3): those of TANDEM_CORS may call this server.

A browser asks first, without a key (preflight). Keys go in headers that the page sets itself; what
a browser would add of its own accord (credentials) is never accepted.
"""

from collections.abc import Mapping
from typing import Any, Final

Headers = tuple[tuple[str, str], ...]

ANY: Final = "*"
METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE, MERGE, OPTIONS"
# What clients of both dialects send beside what a browser lets every page send.
SENT: Final = (
    "Authorization",
    "x-api-key",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Prefer",
    "OData-Version",
    "OData-MaxVersion",
    "OData-Isolation",
    "Idempotency-Key",
    "X-Request-Id",
)
# What they read of an answer.
READ: Final = (
    "X-Page",
    "X-Page-Size",
    "X-Pages",
    "X-Records",
    "id",
    "ETag",
    "Location",
    "Allow",
    "Content-Disposition",
    "Retry-After",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "OData-Version",
    "OData-EntityId",
    "Preference-Applied",
    "Idempotency-Replayed",
    "X-Request-Id",
)
TWO_HOURS: Final = "7200"
VARY: Final[Headers] = (("Vary", "Origin"),)


class Cors:
    """The origins that may call, and what their browsers are told."""

    def __init__(self, listed: str) -> None:
        self._any = listed.strip() == ANY
        self._origins = frozenset(each.strip() for each in listed.split(","))

    def headers(self, origin: str | None) -> Headers:
        """What every answer to a request of an origin (None: of no page) carries."""
        vary = () if self._any else VARY
        if origin is None or not self._allows(origin):
            return vary
        return (
            ("Access-Control-Allow-Origin", ANY if self._any else origin),
            ("Access-Control-Expose-Headers", ", ".join(READ)),
            *vary,
        )

    def preflight(self, environ: Mapping[str, Any]) -> Headers | None:
        """What the answer to a browser that asks whether a page may call carries besides; None when
        it does not ask, or the origin is not listed.
        """
        origin = environ.get("HTTP_ORIGIN")
        asked = "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
        if origin is None or not asked or not self._allows(origin):
            return None
        return (
            ("Access-Control-Allow-Methods", METHODS),
            ("Access-Control-Allow-Headers", ", ".join(SENT)),
            ("Access-Control-Max-Age", TWO_HOURS),
        )

    def _allows(self, origin: str) -> bool:
        return self._any or origin in self._origins
