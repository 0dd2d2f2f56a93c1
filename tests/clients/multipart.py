"""Batches as clients write them, part by part, and what was answered to each part."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

import orjson
import requests


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one request of a batch. `id` is its Content-ID; `changes` says that it came
    from a change set.
    """

    id: str | None
    status: int
    headers: dict[str, str]
    body: bytes
    changes: bool = False

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return orjson.loads(self.body)


def body(boundary: str, *parts: str) -> str:
    """A multipart body, with the line ends of the wire. Lines in `parts` end as in Python."""
    text = "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"
    return text.replace("\n", "\r\n")


def parts(response: requests.Response) -> list[Part]:
    """The answers to the requests of a batch, in order."""
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"].startswith("multipart/mixed; boundary=")
    head = f"Content-Type: {response.headers['Content-Type']}\r\n\r\n".encode()
    return _parts(message_from_bytes(head + response.content, policy=policy.HTTP), False)


def _parts(message: Message, changes: bool) -> list[Part]:
    found: list[Part] = []
    assert message.is_multipart()
    for each in message.get_payload():
        if each.get_content_type() == "multipart/mixed":
            found += _parts(each, True)
        else:
            found.append(_part(each, changes))
    return found


def _part(message: Message, changes: bool) -> Part:
    assert message["Content-Type"] == "application/http"
    assert message["Content-Transfer-Encoding"] == "binary"
    answer = message.get_payload(decode=True)
    head, _, content = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("ascii").split("\r\n")
    version, status, _ = first.split(" ", 2)
    assert version == "HTTP/1.1"
    headers = dict(line.split(": ", 1) for line in rest)
    return Part(message["Content-ID"], int(status), headers, content, changes)
