"""How much a caller may ask: so many requests in a window that begins with the first of them.

A request is counted by its key's digest before the database is asked, one without a key by its
address. Every answer tells what is left, whatever it says and whoever makes it, since the headers
are put on where requests come in. A `$batch` is one request; how many it may hold is a limit of its
own (TANDEM_ODATA_MAX_BATCH). docs/keys.md is for who runs a server.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, cast

from flask import Response
from limits import RateLimitItem, parse
from limits.storage import Storage, storage_from_string
from werkzeug.exceptions import TooManyRequests

from app.clock import clock
from app.config import Settings
from app.http.credentials import address_of, keys_of
from app.http.limits_store import SharedStorage
from app.queries.keys import SHAPE, digest

WORDS = "You have exceeded your rate limit. Please try again in a little while."
RESTS = 5.0  # seconds that a store is left alone after it failed
STATUSES = {"429": "429 TOO MANY REQUESTS", "400": "400 BAD REQUEST"}

log = logging.getLogger(__name__)
_ours = re.compile(SHAPE).fullmatch


def now() -> float:
    """The app's time in seconds."""
    return clock.now().timestamp()


@dataclass(frozen=True, slots=True)
class Window:
    """What a caller may still ask, and in how many seconds his next window can begin."""

    limit: int
    left: int
    reset: int
    refused: bool = False

    def told(self, start_response: Callable[..., Any]) -> Callable[..., Any]:
        """WSGI's start_response with the headers, spelled as clients look for them."""
        mine = [
            ("x-ratelimit-limit", str(self.limit)),
            ("x-ratelimit-remaining", str(self.left)),
            ("x-ratelimit-reset", str(self.reset)),
        ]

        def started(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, [*headers, *mine], exc_info)

        return started


class Counter:
    """Counts in windows of one limit, each name for itself. A store of its own that fails or is
    away stops nobody: it is left alone for some seconds, and nothing is counted.
    """

    def __init__(self, kind: str, limit: RateLimitItem, storage: Storage) -> None:
        self._kind = kind
        self._storage = storage
        self._rests_until = 0.0
        self.limit = limit.amount
        self.seconds = limit.get_expiry()

    def add(self, name: str) -> tuple[int, int]:
        """Count once; gives the count, and the seconds until the window ends."""
        return self._safely(self._add, name)

    def look(self, name: str) -> tuple[int, int]:
        """As add, without counting."""
        return self._safely(self._look, name)

    def _safely(self, ask: Callable[[str], tuple[int, float]], name: str) -> tuple[int, int]:
        if self._rests_until and now() < self._rests_until:
            return 0, self.seconds
        try:
            count, left = ask(f"tandem/{self._kind}/{name}")
        except Exception as error:
            # Each store has errors of its own, and no limit is worth an answer.
            log.warning("the store of the limits failed: %s", type(error).__name__)
            self._rests_until = now() + RESTS
            return 0, self.seconds
        return count, min(max(ceil(left), 1), self.seconds)

    def _add(self, key: str) -> tuple[int, float]:
        if isinstance(self._storage, SharedStorage):
            return self._storage.counted(key, self.seconds)
        count = self._storage.incr(key, self.seconds)
        return count, self._storage.get_expiry(key) - now()

    def _look(self, key: str) -> tuple[int, float]:
        return self._storage.get(key), self._storage.get_expiry(key) - now()


class Limits:
    """The limits of one application. It must be made before its server forks, so that the
    processes count together.
    """

    def __init__(self, settings: Settings) -> None:
        self.proxies = int(settings.trusted_proxies)
        self._status = STATUSES[settings.rate_status]
        rates = {"rate": settings.rate_limit, "tries": settings.key_tries}
        asked = {kind: parse(text) for kind, text in rates.items() if text not in ("", "0")}
        storage = _storage(settings.rate_store) if asked else None
        made = {kind: Counter(kind, limit, storage) for kind, limit in asked.items() if storage}
        self.rate = made.get("rate")
        self.tries = made.get("tries")

    def window(self, environ: Mapping[str, Any], *, or_password: bool) -> Window | None:
        """Count a request; gives what its caller may still ask, or None where there is no limit."""
        rate = self.rate
        if rate is None:
            return None
        count, reset = max(map(rate.add, self._callers(environ, or_password)))
        return Window(rate.limit, max(0, rate.limit - count), reset, count > rate.limit)

    def refusal(self, window: Window, render: Callable[[TooManyRequests], Response]) -> Response:
        """The answer to who asked too much, in a dialect's words."""
        response = render(TooManyRequests(WORDS, retry_after=window.reset))
        response.status = self._status
        return response

    def _callers(self, environ: Mapping[str, Any], or_password: bool) -> tuple[str, ...]:
        """The names that a request is counted by. Where the key may be the user or the password,
        it is whichever looks like a key of ours: people share user names, and others could use up
        somebody's limit by naming him. A key that was fixed by hand looks like nothing: there the
        two together are the name.
        """
        keys = keys_of(environ)
        if not or_password:
            keys = keys[:1]
        if not keys:
            return (address_of(environ, self.proxies),)
        return tuple(digest(key) for key in keys if _ours(key)) or (digest("\n".join(keys)),)


def _storage(address: str) -> Storage:
    if not address:
        return SharedStorage(now)
    # Those for asyncio, which it may also give, have addresses that no setting has (config.py).
    return cast(Storage, storage_from_string(address))
