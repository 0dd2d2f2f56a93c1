"""Regular expressions of matchesPattern: a subset of ECMAScript's that both databases can do alike.

One reader makes two patterns of it: one for RE2, which SQLite calls and which takes linear time,
and one for PostgreSQL. Neither has back references or look-around written by a client. Refused are
also Unicode classes, and what would be large when written out (`(a{200}){200}`).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import re2  # type: ignore[import-untyped]

from app.odata.engine.problems import BadRequest
from app.odata.engine.sql.pattern_reader import Reader

LONGEST: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern in the two dialects."""

    re2: str
    postgresql: str


def matches(text: str, pattern: str) -> bool:
    """The pattern, one of RE2's, is found in the text."""
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=128)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    return re2.compile(pattern, options)


def translated(text: str) -> Pattern:
    """A client's pattern in both dialects (URL Conventions 5.1.1.8.1). Raises BadRequest."""
    if len(text) > LONGEST:
        raise BadRequest(f"A pattern has at most {LONGEST} characters")
    whole = Reader(text).pattern()
    try:
        _compiled(whole.re2)
    except re2.error:
        raise BadRequest("This pattern is not supported") from None
    return Pattern(whole.re2, whole.postgresql)
