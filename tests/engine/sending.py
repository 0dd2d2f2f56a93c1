"""Changing requests of the tests: a body as Python values, and batches in both formats."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import orjson

from app.odata.engine.batch.running import answer_batch
from app.odata.engine.messages import Request
from app.odata.engine.protocol import answer
from tests.engine.client import ROOT, Answer, ask, taken_apart
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import contents

Headers = Mapping[str, str]


def send(
    shop: Shop,
    method: str,
    address: str,
    value: Any = None,
    headers: Headers | None = None,
    *,
    caller: str = data.ANNA,
) -> Answer:
    """Ask with a body: bytes and text as they are, None without one, all else as JSON."""
    body = value if isinstance(value, bytes) else b""
    if isinstance(value, str):
        body = value.encode("utf-8", "surrogatepass")
    elif value is not None and not isinstance(value, bytes):
        body = json.dumps(value).encode()
    return ask(shop, method, address, headers, body=body, caller=caller)


def refused(
    shop: Shop,
    status: int,
    method: str,
    address: str,
    value: Any = None,
    headers: Headers | None = None,
    *,
    caller: str = data.ANNA,
) -> Answer:
    """Ask for what is refused with this status: an error body, and nothing has changed."""
    before = contents(shop)
    found = send(shop, method, address, value, headers, caller=caller)
    assert found.status == status, found.text
    assert found.error["code"] and found.error["message"]
    assert contents(shop) == before
    return found


def etag_of(shop: Shop, address: str) -> str:
    """The ETag of an entity as it is now."""
    return ask(shop, "GET", address).headers["ETag"]


class Once(BytesIO):
    """A body as it comes from a connection: it can be read once."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise OSError("a connection has no way back")


def streamed(shop: Shop, address: str, body: bytes, kind: str) -> Answer:
    """PUT with a body that is still to be read."""
    request = Request(
        method="PUT",
        root=ROOT,
        path=address,
        headers={"content-type": kind},
        stream=Once(body),
        caller=data.ANNA,
    )
    return taken_apart(answer(shop.service, request))


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch. `group` names the change set that it is in."""

    method: str
    url: str
    value: Any = None
    id: str | None = None
    headers: Headers | None = None
    group: str | None = None
    depends_on: tuple[str, ...] = ()


def batch(
    shop: Shop,
    body: bytes,
    content_type: str,
    headers: Headers | None = None,
    caller: str = data.ANNA,
    method: str = "POST",
) -> Answer:
    """Send a batch."""
    sent = {"Content-Type": content_type, **(headers or {})}
    request = Request(
        method=method,
        root=ROOT,
        path="$batch",
        headers={name.lower(): value for name, value in sent.items()},
        body=body,
        caller=caller,
    )
    return taken_apart(answer_batch(shop.service, request))


def json_batch(
    shop: Shop, *parts: Part, headers: Headers | None = None, caller: str = data.ANNA
) -> list[dict[str, Any]]:
    """Send a batch as JSON; gives its responses."""
    requests = [_as_json(number, each) for number, each in enumerate(parts)]
    found = batch(
        shop, json.dumps({"requests": requests}).encode(), "application/json", headers, caller
    )
    assert found.status == 200, found.text
    responses: list[dict[str, Any]] = found.body["responses"]
    return responses


def _as_json(number: int, part: Part) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": part.id or f"r{number}",
        "method": part.method,
        "url": part.url,
        "headers": {"content-type": "application/json", **(part.headers or {})},
        "body": part.value,
        "atomicityGroup": part.group,
        "dependsOn": list(part.depends_on) or None,
    }
    return {name: value for name, value in made.items() if value is not None}


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """One answer of a multipart batch. `in_set`: it stood in the answer to a change set."""

    status: int
    id: str | None
    headers: Headers
    body: Any
    in_set: bool


def multipart_body(*parts: Part) -> bytes:
    """The body of a multipart batch with the boundary `outer`; parts that follow each other with
    the same group are a change set.
    """
    lines: list[str] = []
    group: str | None = None
    for part in (*parts, None):
        following = None if part is None else part.group
        if group is not None and following != group:
            lines += [f"--{group}--"]
        if part is None:
            break
        if following is not None and following != group:
            lines += ["--outer", f"Content-Type: multipart/mixed; boundary={following}", ""]
        group = following
        lines += [f"--{group or 'outer'}", *_as_part(part)]
    return "\r\n".join([*lines, "--outer--", ""]).encode()


def _as_part(part: Part) -> list[str]:
    lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if part.id is not None:
        lines.append(f"Content-ID: {part.id}")
    lines += ["", f"{part.method} {part.url} HTTP/1.1"]
    headers = dict(part.headers or {})
    if part.value is not None:
        headers.setdefault("Content-Type", "application/json")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return [*lines, "", "" if part.value is None else json.dumps(part.value)]


def multipart_batch(
    shop: Shop, *parts: Part, headers: Headers | None = None, caller: str = data.ANNA
) -> list[PartAnswer]:
    """Send a multipart batch; gives its answers, in order."""
    kind = "multipart/mixed; boundary=outer"
    found = batch(shop, multipart_body(*parts), kind, headers, caller)
    assert found.status == 200, found.text
    return list(_answers(found.raw, found.headers["Content-Type"], in_set=False))


def _answers(raw: bytes, content_type: str, *, in_set: bool) -> list[PartAnswer]:
    boundary = content_type.partition("boundary=")[2].encode()
    pieces = (b"\r\n" + raw).split(b"\r\n--" + boundary)
    assert pieces[-1].strip() == b"--"
    found: list[PartAnswer] = []
    for piece in pieces[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = _headers(head.split(b"\r\n"))
        kind = headers["content-type"]
        if kind.startswith("multipart/mixed"):
            assert not in_set
            found += _answers(content + b"\r\n", kind, in_set=True)
        else:
            assert kind == "application/http"
            found.append(_answer(headers.get("content-id"), content, in_set))
    return found


def _headers(lines: list[bytes]) -> dict[str, str]:
    pairs = (line.decode().partition(":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in pairs}


def _answer(name: str | None, content: bytes, in_set: bool) -> PartAnswer:
    head, _, body = content.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = _headers([line for line in lines if line])
    is_json = headers.get("content-type", "").startswith("application/json")
    shown = orjson.loads(body) if is_json and body.strip() else body
    return PartAnswer(int(first.split()[1]), name, headers, shown, in_set)
