"""The requests of a batch and the answers to them, whatever format they travel in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.odata.engine.problems import BadRequest
from app.odata.engine.source import Limits

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
WITHOUT_BODY: Final = ("GET", "HEAD", "DELETE")
# A request inside a batch acts for the caller of the whole, and has no connection of its own
# (Protocol 11.7.7.1): these of its headers are dropped.
DROPPED: Final = frozenset(
    ("authorization", "proxy-authorization", "expect", "from", "max-forwards", "range", "te")
)
MAX_HEADER: Final = 8192  # characters of a header's value

# Ids come back as header values, hence no spaces, control characters or other scripts.
_ID: Final = re.compile(r"[!-~]{1,200}")
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_BREAK: Final = re.compile("[\r\n\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Item:
    """One request. `url` is as sent, header names are in lower case, `body` is None where there is
    none. `depends_on` are ids of requests and of change sets that come before it.
    """

    id: str | None
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Requests that succeed or fail together. The id is the client's in JSON, else made here."""

    id: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """A whole batch, in the order sent."""

    items: tuple[Item | ChangeSet, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one request; `group` is the id of the change set that it was in."""

    id: str | None
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    group: str | None = None


Results = Sequence[Result | Sequence[Result]]  # the answers to a change set in a sequence


class Counter:
    """Counts the requests of a batch and keeps their ids apart."""

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.batch
        self._count = 0
        self.ids: set[str] = set()

    def count(self) -> None:
        """One more. Raises BadRequest beyond `limits.batch`."""
        self._count += 1
        if self._count > self._limit:
            raise BadRequest(f"A batch may have {self._limit} requests")

    def claim(self, name: str) -> str:
        """Take an id. Raises BadRequest for a wrong one and for one that is taken."""
        if not _ID.fullmatch(name):
            raise BadRequest("An id has 1 to 200 visible ASCII characters", target="id")
        if name in self.ids:
            raise BadRequest(f"The id {name} is there twice", target="id")
        self.ids.add(name)
        return name


def method_of(text: str) -> str:
    """The method in upper case. Raises BadRequest for one that no request has."""
    method = text.upper()
    if method not in METHODS:
        raise BadRequest(f"{text[:20]} is no method of a request in a batch", target="method")
    return method


def checked_body(method: str, body: bytes | None) -> bytes | None:
    """The body, None for an empty one. Raises BadRequest where the method takes none."""
    if method in WITHOUT_BODY and body is not None and body.strip():
        raise BadRequest(f"{method} takes no body", target="body")
    return None if method in WITHOUT_BODY else body or None


def checked_header(name: str, value: str) -> tuple[str, str] | None:
    """A header with its name in lower case; None for one to drop. Raises BadRequest."""
    if not _NAME.fullmatch(name) or len(value) > MAX_HEADER or _BREAK.search(value):
        raise BadRequest("A header cannot be read, or is too long", target=name[:100])
    lowered = name.lower()
    return None if lowered in DROPPED else (lowered, value)
