"""Wrong keys of one address are refused after a number of them, without a look at the database.

That is no part of what keeps guesses out: a key has 256 random bits. It spares the database, and
the log, from programs that go on with a key of former days. A right key is never refused: who comes
from the same address works on undisturbed.
"""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from werkzeug.exceptions import TooManyRequests

from app.http.credentials import address_of
from app.http.limits import Counter, Limits, now
from app.queries.keys import live_digests, was_right

WORDS = "Too many wrong keys came from your address. Please try again in a little while."
FRESH = 1.0  # seconds for which the list of right keys is used


class Tries:
    """Counts the wrong keys of each address, and lets right ones pass."""

    def __init__(self, limits: Limits, counter: Counter) -> None:
        self._proxies = limits.proxies
        self._counter = counter
        self._lock = Lock()
        self._right: frozenset[str] | None = frozenset()
        self._listed_at = float("-inf")

    def check(self, environ: Mapping[str, Any], digests: Sequence[str], zone: str) -> None:
        """Raise TooManyRequests when the address has sent too many wrong keys and none of these
        may be right. A key that was right a moment ago costs no more than a look into a dictionary.
        """
        if not digests or any(was_right(each, zone) for each in digests):
            return
        count, reset = self._counter.look(address_of(environ, self._proxies))
        if count >= self._counter.limit and not self._may_be_right(digests):
            raise TooManyRequests(WORDS, retry_after=reset)

    def failed(self, environ: Mapping[str, Any]) -> None:
        """Count a wrong key."""
        self._counter.add(address_of(environ, self._proxies))

    def _may_be_right(self, digests: Sequence[str]) -> bool:
        """Whether one of these is on the list of right keys, which is read again when a second has
        passed: however many wrong keys come, the database is asked once in a second. Where there
        are too many keys for a list, each may be right.
        """
        at = now()
        with self._lock:
            if not 0 <= at - self._listed_at < FRESH:
                self._right = live_digests()
                self._listed_at = at
            right = self._right
        return right is None or any(each in right for each in digests)


def made_for(limits: Limits) -> Tries | None:
    """The tries of an application; None where wrong keys are not counted."""
    return None if limits.tries is None else Tries(limits, limits.tries)
