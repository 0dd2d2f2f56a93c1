"""Batches as clients write them, part by part, and what was answered to each part."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from typing import Any

import orjson
import requests

from tests.clients.service import Service

BOUNDARY = "batch_1"
TYPE = {"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"}
# The head of a part that holds a request; a Content-ID may follow.
HEAD = "Content-Type: application/http\nContent-Transfer-Encoding: binary\n"


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


def change_set(*parts: str) -> str:
    """A part that is a change set of parts."""
    return "Content-Type: multipart/mixed;boundary=changeset_1\n\n" + _joined("changeset_1", parts)


def send(service: Service, *parts: str, path: str = "$batch", **headers: str) -> list[Part]:
    """The answers to a batch of parts, in order. Lines of parts end as in Python."""
    body = _joined(BOUNDARY, parts).replace("\n", "\r\n").encode()
    return answers(service.call("POST", path, data=body, headers={**headers, **TYPE}))


def _joined(boundary: str, parts: tuple[str, ...]) -> str:
    return "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"


def answers(response: requests.Response) -> list[Part]:
    """The answers to the requests of a batch, in order."""
    assert response.status_code == 200, response.text
    kind = response.headers["Content-Type"]
    assert kind.startswith("multipart/mixed; boundary=")
    message = f"Content-Type: {kind}\r\n\r\n".encode() + response.content
    return _parts(message_from_bytes(message, policy=policy.HTTP), False)


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
    head, _, body = message.get_payload(decode=True).partition(b"\r\n\r\n")
    first, *rest = head.decode("ascii").split("\r\n")
    version, status, _ = first.split(" ", 2)
    assert version == "HTTP/1.1"
    headers = dict(line.split(": ", 1) for line in rest)
    return Part(message["Content-ID"], int(status), headers, body, changes)
