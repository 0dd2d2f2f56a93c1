"""A request and its answer, free of any web framework."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import IO, Any

from app.odata.engine.headers import Format, Prefer


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks. `path` is what follows the service root, still percent-encoded; `root` is
    that root as the client addressed it, absolute, without a slash at its end. Header names are in
    lower case. `body` is read where a request has one: bytes, or a stream for media.
    """

    method: str
    root: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    stream: IO[bytes] | None = None
    caller: Any = None

    def carrying(self, body: bytes) -> "Request":
        """With this body."""
        return replace(self, body=body)

    def streaming(self, stream: IO[bytes]) -> "Request":
        """With a body that is still to be read."""
        return replace(self, stream=stream)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. `body` is bytes, or chunks of them."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""


@dataclass(frozen=True, slots=True)
class Manner:
    """How an answer is to be written: what was negotiated from headers and $format."""

    version: str
    format: Format
    prefer: Prefer
    root: str

    @property
    def prefix(self) -> str:
        """What control information begins with: `@odata.` in 4.0, `@` in 4.01 (JSON, 4.5)."""
        return "@" if self.version == "4.01" else "@odata."

    @property
    def bare(self) -> bool:
        """The client wants no control information that it can do without."""
        return self.format.metadata == "none"

    @property
    def full(self) -> bool:
        """The client wants all control information."""
        return self.format.metadata == "full"
