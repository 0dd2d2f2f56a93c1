"""Batches as multipart/mixed (Protocol 11.7.7; RFC 2046, 5.1).

Lines may end in CRLF or LF. Reading takes time linear in the length of the body.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from app.odata.engine.batch.items import (
    Batch,
    ChangeSet,
    Counter,
    Item,
    Result,
    Results,
    checked_body,
    checked_header,
    method_of,
)
from app.odata.engine.headers import media_type
from app.odata.engine.problems import BadRequest, NotThisFormat
from app.odata.engine.source import Limits

MAX_BOUNDARY: Final = 200  # characters; RFC 2046 has 70, some clients more
MAX_HEADERS: Final = 100  # of one part

_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_LEADING_BREAKS: Final = re.compile(rb"(?:\r?\n)*+")
_LAST_BREAK: Final = re.compile(rb"\r?\n\Z")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")


def read(body: bytes, content_type: str, limits: Limits) -> Batch:
    """The requests of a body of this Content-Type. Raises BadRequest for what is malformed and for
    more than `limits.batch` requests, NotThisFormat for another type.
    """
    counter = Counter(limits)
    items: list[Item | ChangeSet] = []
    sets = 0
    for headers, content in _parts(body, _boundary(content_type), limits):
        kind = headers.get("content-type", "")
        if media_type(kind).name == "multipart/mixed":
            sets += 1
            items.append(_change_set(f"changeset_{sets}", kind, content, counter, limits))
        else:
            items.append(_item(headers, content, counter))
    return Batch(tuple(items))


def write(results: Results) -> tuple[bytes, str]:
    """The body of the answers, and its Content-Type. Boundaries are made of the answers' hash, so
    that the same answers give the same bytes.
    """
    digest = sha256()
    for each in _flat(results):
        digest.update(b"%d %d\n" % (each.status, len(each.body)))
        digest.update(each.body)
    name = digest.hexdigest()[:32]
    bodies = [each.body for each in _flat(results)]
    while any(name.encode() in body for body in bodies):
        name = sha256(name.encode()).hexdigest()[:32]
    outer = f"batch_{name}"
    chunks: list[bytes] = []
    for number, result in enumerate(results):
        if isinstance(result, Result):
            chunks.append(_written(result, outer))
        else:
            chunks += _written_set(result, outer, f"changeset_{name}_{number}")
    chunks.append(f"--{outer}--\r\n".encode())
    return b"".join(chunks), f"multipart/mixed; boundary={outer}"


def _boundary(content_type: str) -> bytes:
    kind = media_type(content_type)
    if kind.name != "multipart/mixed":
        raise NotThisFormat("A batch is multipart/mixed or application/json", target="Content-Type")
    boundary = kind.parameter("boundary") or ""
    if not 0 < len(boundary) <= MAX_BOUNDARY or not boundary.isascii():
        raise BadRequest("The boundary of the batch is missing", target="Content-Type")
    return boundary.encode()


def _parts(
    body: bytes, boundary: bytes, limits: Limits
) -> Iterator[tuple[Mapping[str, str], bytes]]:
    """Headers and content of each part. Raises BadRequest where the closing boundary is missing."""
    delimiter = re.compile(rb"(?<![^\n])--" + re.escape(boundary) + rb"(--)?[ \t]*+(?:\r?\n|\r?\Z)")
    start: int | None = None
    for number, mark in enumerate(delimiter.finditer(body)):
        if number > limits.batch:
            raise BadRequest(f"A batch may have {limits.batch} requests")
        if start is not None:
            content = body[start : mark.start()]
            # An empty part between the last one and the end is what an empty batch may look like.
            if content.strip() or not mark[1]:
                yield _part(content)
        if mark[1]:
            return
        start = mark.end()
    raise BadRequest("The batch does not end with its boundary and two dashes")


def _part(content: bytes) -> tuple[Mapping[str, str], bytes]:
    """The headers of a part, and what stands behind the blank line, the last line end left out:
    that belongs to the boundary.
    """
    head, rest = _halves(content)
    return _headers(head.splitlines()), _LAST_BREAK.sub(b"", rest)


def _halves(text: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind the first blank line."""
    if text.startswith((b"\n", b"\r\n")):
        return b"", text.split(b"\n", 1)[1]
    found = _BLANK_LINE.search(text)
    return (text, b"") if found is None else (text[: found.start()], text[found.end() :])


def _headers(lines: Sequence[bytes]) -> dict[str, str]:
    """Headers by lower-case name; repeated ones are joined (RFC 9110, 5.3)."""
    if len(lines) > MAX_HEADERS:
        raise BadRequest(f"A part may have {MAX_HEADERS} headers")
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = _text(line).partition(":")
        if not colon:
            raise BadRequest("A header of a part has no colon")
        kept = checked_header(name.rstrip(), value.strip())
        if kept is not None:
            found[kept[0]] = f"{found[kept[0]]}, {kept[1]}" if kept[0] in found else kept[1]
    return found


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise BadRequest("A header of a part is not UTF-8") from None


def _change_set(
    name: str, content_type: str, content: bytes, counter: Counter, limits: Limits
) -> ChangeSet:
    items: list[Item] = []
    for headers, inner in _parts(content, _boundary(content_type), limits):
        item = _item(headers, inner, counter)
        if item.method in ("GET", "HEAD"):
            raise BadRequest("A change set has no request that only reads", target=item.url[:100])
        items.append(item)
    return ChangeSet(name, tuple(items))


def _item(headers: Mapping[str, str], content: bytes, counter: Counter) -> Item:
    """The request in a part of type application/http."""
    if media_type(headers.get("content-type")).name != "application/http":
        raise BadRequest("A part of a batch is application/http, or a change set outside of one")
    counter.count()
    head, body = _halves(_LEADING_BREAKS.sub(b"", content, count=1))
    first, *lines = head.splitlines() or [b""]
    method, url = _request_line(_text(first))
    sent = _headers(lines)
    name = headers.get("content-id", sent.pop("content-id", None))
    length = sent.pop("content-length", None)
    if "transfer-encoding" in sent:
        raise BadRequest("A request in a batch has no Transfer-Encoding")
    if length is not None:
        body = body[: _number(length)]
    elif not body.strip():
        body = b""  # The blank lines that some clients leave before a boundary.
    return Item(
        None if name is None else counter.claim(name),
        method,
        url,
        sent,
        checked_body(method, body),
    )


def _request_line(line: str) -> tuple[str, str]:
    """Method and URL of `GET Task(1) HTTP/1.1`. The version may be missing, and the URL may have
    spaces, as some clients write it.
    """
    method, _, rest = line.strip().partition(" ")
    url, _, last = rest.strip().rpartition(" ")
    if not last.upper().startswith("HTTP/"):
        url = rest.strip()
    if not url:
        raise BadRequest("A part of a batch begins with a method and a URL")
    return method_of(method), url.strip()


def _number(text: str) -> int:
    if not _LENGTH.fullmatch(text):
        raise BadRequest("Content-Length has to be a number", target="Content-Length")
    return int(text)


def _flat(results: Results) -> Iterator[Result]:
    for each in results:
        if isinstance(each, Result):
            yield each
        else:
            yield from each


def _written_set(results: Sequence[Result], outer: str, inner: str) -> Iterator[bytes]:
    yield f"--{outer}\r\nContent-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode()
    for each in results:
        yield _written(each, inner)
    yield f"--{inner}--\r\n".encode()


def _written(result: Result, boundary: str) -> bytes:
    """One answer as a part."""
    lines = [
        f"--{boundary}",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
    ]
    if result.id is not None:
        lines.append(f"Content-ID: {result.id}")
    lines += ["", f"HTTP/1.1 {result.status} {_reason(result.status)}"]
    lines += [
        f"{name}: {' '.join(value.splitlines())}"
        for name, value in result.headers.items()
        if name.lower() != "content-length"
    ]
    if result.body:
        lines.append(f"Content-Length: {len(result.body)}")
    return "\r\n".join([*lines, "", ""]).encode() + result.body + b"\r\n"


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
