"""What is wrong with an answer, whatever the request was."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import orjson

from app.feeds import DIALECT as FEEDS
from app.odata.blueprint import ROOTS, owns
from app.teamwork.paths import normalise
from tests.torture.fuzz_shots import Answer, Shot

SECONDS: Final = 1.0  # of the processor, for one request
JSON: Final = "application/json"
HTML: Final = re.compile(rb"\s*<(!doctype html|html)\b", re.I)
# Pages for people.
PAGES: Final = ("/", "/docs")
DOCUMENTS: Final = ("/docs", "/openapi.json", "/healthz", "/readyz")
# A request inside a batch that failed, or was answered by a failure.
FAILED_PART: Final = re.compile(rb"^HTTP/1\.1 5(?!01)\d\d", re.M)
NOT_THERE: Final = 501  # OData's own status for what a service does not implement


def faults(shot: Shot, answer: Answer) -> Iterator[str]:
    """Everything wrong with it."""
    if answer.status == 0:
        yield f"an exception came through: {answer.body.decode()[:200]}"
        return
    if answer.seconds > SECONDS:
        yield f"{answer.seconds:.2f} s of the processor"
    yield from _of_headers(shot, answer)
    if shot.method == "HEAD" or answer.status in (204, 304):
        if answer.body:
            yield f"a body of {len(answer.body)} bytes"
        return
    yield from _of_body(shot, answer)


def _of_body(shot: Shot, answer: Answer) -> Iterator[str]:
    path = shot.path
    odata = any(owns(root, path) for root in ROOTS)
    if not odata:
        path = normalise(path)  # it may be that of another dialect in capital letters
        odata = any(owns(root, path) for root in ROOTS)
    if answer.status >= 500 and not (odata and answer.status == NOT_THERE):
        yield f"status {answer.status}"
    if _is_html(answer) and path not in PAGES and not path.startswith(("/docs/", "/unsubscribe")):
        yield "HTML"
    value = _json(answer)
    if value is BAD:
        yield "what it calls JSON is none"
    elif answer.status >= 400:
        yield from _shape(path, odata=odata)(answer, value)
    elif odata and answer.status == 200:
        yield from _of_parts(answer, value)


BAD: Final = object()


def _json(answer: Answer) -> Any:
    if answer.kind != JSON or "content-encoding" in answer.headers:
        return None
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return BAD


def _is_html(answer: Answer) -> bool:
    return answer.kind == "text/html" or bool(HTML.match(answer.body[:100]))


def _of_headers(shot: Shot, answer: Answer) -> Iterator[str]:
    for name, value in answer.headers.items():
        if not value.isprintable() or not _latin(value):
            yield f"header {name}: {value!r}"
    length = answer.headers.get("content-length")
    bare = shot.method == "HEAD" or answer.status in (204, 304)
    if length is not None and not bare and int(length) != len(answer.body):
        yield f"Content-Length {length} of {len(answer.body)} bytes"
    if "x-request-id" not in answer.headers:
        yield "no X-Request-Id"


def _latin(value: str) -> bool:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


Judge = Callable[[Answer, Any], Iterator[str]]


def _shape(path: str, *, odata: bool) -> Judge:
    """Who judges an error at this path."""
    if odata:
        return _odata
    if any(owns(prefix, path) for prefix in FEEDS.prefixes):
        return _plain
    return _page if any(owns(each, path) for each in DOCUMENTS) else _teamwork


def _teamwork(answer: Answer, value: Any) -> Iterator[str]:
    good = (
        isinstance(value, Mapping)
        and list(value) == ["MESSAGE", "STATUS"]
        and isinstance(value["MESSAGE"], str)
        and value["STATUS"] == "Error"
        and value["MESSAGE"]
    )
    if answer.status == 400:
        yield "status 400, which this dialect does not use"
    if not good:
        yield f"error {answer.status} of another shape: {answer.body[:200]!r}"


def _odata(answer: Answer, value: Any) -> Iterator[str]:
    error = value.get("error") if isinstance(value, Mapping) else None
    good = isinstance(error, Mapping) and all(
        isinstance(error.get(name), str) and error[name] for name in ("code", "message")
    )
    if not good:
        yield f"error {answer.status} of another shape: {answer.body[:200]!r}"
    if "odata-version" not in answer.headers:
        yield "an error without OData-Version"


def _page(answer: Answer, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping) or list(value) != ["error"]:
        yield f"error {answer.status} of another shape: {answer.body[:200]!r}"


def _plain(answer: Answer, value: Any) -> Iterator[str]:
    if answer.kind != "text/plain":
        yield f"error {answer.status} of another shape: {answer.body[:200]!r}"


def _of_parts(answer: Answer, value: Any) -> Iterator[str]:
    """What the requests inside a batch were answered."""
    if answer.kind == "multipart/mixed" and FAILED_PART.search(answer.body):
        yield "a part with status 5xx"
    parts = value.get("responses") if isinstance(value, Mapping) else None
    for part in parts if isinstance(parts, list) else ():
        status = part.get("status") if isinstance(part, Mapping) else None
        if isinstance(status, int) and status >= 500 and status != NOT_THERE:
            yield f"a part with status {status}: {str(part)[:300]}"
