"""Answers as they are stored for requests that may be sent again (table `retry`)."""

from dataclasses import dataclass
from typing import Any

import orjson
import zstandard

PACKED_FROM = 1 << 14  # bytes; below, packing saves less than it costs


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the server. `secret`: it may be shown once only, and is stored nowhere."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    secret: bool = False


def to_row(answer: Answer) -> dict[str, Any]:
    """The columns of an answer; a large body is packed, a secret one left out."""
    packed = len(answer.body) >= PACKED_FROM and not answer.secret
    body = zstandard.compress(answer.body, 1) if packed else answer.body
    told: dict[str, Any] = {"packed": packed, "secret": answer.secret}
    told["headers"] = () if answer.secret else answer.headers
    return {
        "status": answer.status,
        "headers": orjson.dumps(told).decode(),
        "body": b"" if answer.secret else body,
    }


def from_row(row: Any) -> Answer:
    """The answer that a row holds."""
    told = orjson.loads(row.headers)
    body = bytes(row.body)
    if told["packed"]:
        body = zstandard.decompress(body)
    headers = tuple((name, value) for name, value in told["headers"])
    return Answer(row.status, headers, body, told["secret"])
