"""Real requests of both dialects, damaged: bytes, types, headers, methods, addresses.

None may be answered by a failure, by HTML, or in another shape than its dialect's.
"""

import json
import random
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from tests.torture.fuzz_odata import HEADERS as ODATA_HEADERS
from tests.torture.fuzz_running import some, tortured
from tests.torture.fuzz_seeds import PREFIXES, seeds
from tests.torture.fuzz_shots import Shot
from tests.torture.fuzz_store import Stage
from tests.torture.fuzz_words import TEXTS, Pairs, damaged, wild, written
from tests.torture.report import Report

METHODS: Final = (
    *("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "MERGE", "TRACE", "PROPFIND"),
    *("get", "X", "CONNECT", "QUERY"),
)
HEADERS: Final = {
    **ODATA_HEADERS,
    "Content-Length": (
        "0",
        "1",
        "5",
        "-1",
        "x",
        "",
        "1e3",
        "99999999999",
        "9" * 30,
        "٣",
        "1, 1",
        " 2",
    ),
    "Transfer-Encoding": ("chunked", "identity", "gzip, chunked", "", "x"),
    "X-Request-Id": ("abc", "x" * 200, "a b", "é", "", "<b>", "a,b"),
    "Range": (
        "bytes=0-1",
        "bytes=-1",
        "bytes=5-1",
        "bytes=x",
        "bytes=0-0,2-3",
        "items=0-",
        "bytes=9999-",
    ),
    "If-Range": ('"x"', "Mon, 12 May 2014 10:00:00 GMT"),
    "If-Modified-Since": (
        "Mon, 12 May 2014 10:00:00 GMT",
        "x",
        "0",
        "Thu, 99 Foo 99999 99:99:99 GMT",
    ),
    "If-Unmodified-Since": ("Mon, 12 May 1970 10:00:00 GMT", "x"),
    "Authorization": (
        "Basic",
        "Basic x",
        "Basic 4pyT",
        "Bearer",
        "Digest a=b",
        "Basic " + "A" * 9000,
        "é",
    ),
    "x-api-key": ("", "x", "é", "x" * 300),
    "Host": (
        "",
        "x",
        "evil.test",
        "a b",
        "[::1]",
        "127.0.0.1:99999",
        "é.test",
        "x:y",
        "[",
        "a@b",
        "\\",
    ),
    "Origin": ("null", "http://x.test", "é"),
    "Cookie": ("a=b", "session=x; =; ;", "é"),
    "X-Forwarded-For": ("1.2.3.4", "x", ",,,"),
    "X-Forwarded-Proto": ("https", "x"),
    "X-Forwarded-Host": ("evil.test",),
    "X-HTTP-Method-Override": ("DELETE", "x"),
    "Accept-Language": ("de", "x" * 5000),
    "Expect": ("100-continue", "x"),
    "Upgrade": ("websocket",),
    "Content-Encoding": ("gzip", "br", "x"),
    "User-Agent": ("", "x" * 5000),
    "Access-Control-Request-Method": ("PUT",),
    "Content-Type": (
        *(*ODATA_HEADERS["Content-Type"], "multipart/form-data", "multipart/form-data; boundary=b"),
        *(
            "application/json; charset=nope",
            "text/html",
            "application/xml",
            "multipart/form-data; boundary=",
        ),
        *("é", "a/b; c", "multipart/form-data; boundary=" + "x" * 300, "application/json;" * 500),
        *('multipart/form-data; boundary="', "application/x-www-form-urlencoded; charset=utf-7"),
    ),
}
OPTIONS: Final = (
    *("page=0", "page=-1", "page=99999999999999999999", "pageSize=0", "pageSize=501", "pageSize=x"),
    *("filter=x", "sort=x", "include=x", "tag-ids=1,x", "fromDate=99999999", "updatedAfterDate=x"),
    *("a=b&a=c", "=", "&", "%", "%zz", "%00=%00", "page=%D9%A3", "nestSubTasks=yes", "getFiles=1"),
    *(
        "creator-ids=1&creator-ids=2",
        "searchTerm=%00",
        "searchTerm=%ff",
        "searchTerm=" + "x" * 3000,
    ),
    *(
        "startDate=20140230",
        "endDate=20991231",
        "updatedAfterDate=20140512000000",
        "count=1e9",
        ";",
    ),
)
CUTS: Final = (
    "",
    "%2e%2e",
    "..",
    ".",
    "%252e%252e",
    "%00",
    "%2500",
    "%2f",
    "%5c",
    "a" * 6000,
    "%ff",
    "%",
)
IDS: Final = (
    "0",
    "-1",
    "2147483647",
    "2147483648",
    "9" * 30,
    "1.5",
    "x",
    "01",
    "%31",
    "٣",
    "1e1",
    "+1",
)
Change = Callable[[random.Random, Shot], Shot]


def _with(shot: Shot, **other: Any) -> Shot:
    values = {name: getattr(shot, name) for name in ("method", "target", "body", "headers", "key")}
    return Shot(**{**values, **other})


def _bytes(draw: random.Random, shot: Shot) -> Shot:
    return _with(shot, body=damaged(draw, shot.body)) if shot.body else _address(draw, shot)


def _types(draw: random.Random, shot: Shot) -> Shot:
    """Another value in the place of some of the body's."""
    try:
        value = json.loads(shot.body)
    except (ValueError, RecursionError):
        return _bytes(draw, shot)
    for _ in range(draw.randint(1, 2)):
        value = _swapped(draw, value, draw.randint(1, 4))
    return _with(shot, body=written(value, escaped=draw.random() < 0.8))


def _swapped(draw: random.Random, value: Any, depth: int) -> Any:
    if depth and isinstance(value, dict) and value:
        name = some(draw, *value)
        if draw.random() < 0.1:
            inner = _swapped(draw, value[name], depth - 1)
            return Pairs((*value.items(), (name if draw.random() < 0.5 else name.upper(), inner)))
        if draw.random() < 0.1:
            return {each: inner for each, inner in value.items() if each != name}
        return {**value, name: _swapped(draw, value[name], depth - 1)}
    if depth and isinstance(value, list) and value:
        at = draw.randrange(len(value))
        inner = _swapped(draw, value[at], depth - 1)
        if draw.random() < 0.05:
            return value * 300
        return [*value[:at], inner, *value[at + 1 :]]
    return wild(draw)


def _headers(draw: random.Random, shot: Shot) -> Shot:
    found = dict(shot.headers)
    for _ in range(draw.randint(1, 3)):
        name = some(draw, *HEADERS)
        found[name] = some(draw, *HEADERS[name])
    return _with(shot, headers=found)


def _method(draw: random.Random, shot: Shot) -> Shot:
    return _with(shot, method=some(draw, *METHODS))


def _address(draw: random.Random, shot: Shot) -> Shot:
    """A path that is written otherwise, or is another."""
    path, mark, query = shot.target.partition("?")
    parts = path.split("/")
    at = draw.randrange(1, len(parts))
    choice = draw.randrange(8)
    if choice == 0:
        parts[at] = some(draw, *CUTS)
    elif choice == 1:
        parts.insert(at, some(draw, *CUTS))
    elif choice == 2:
        parts[at] = "".join(f"%{ord(each):02x}" for each in parts[at] if each.isascii())
    elif choice == 3:
        parts[at] = quote(quote(parts[at], safe=""), safe="").upper()
    elif choice == 4:
        stem, dot, kind = parts[at].partition(".")
        parts[at] = some(draw, *IDS) + dot + kind
    elif choice == 5:
        text = str(some(draw, *TEXTS))[:500].encode("utf-8", "surrogatepass")
        parts[at] = quote(text, safe="") + some(draw, "", ".json", ".xml", ".")
    elif choice == 6:
        parts[1:1] = some(draw, *PREFIXES).split("/")[1:]
    else:
        raw = damaged(draw, path.encode("latin-1", "replace"), 2).decode("latin-1")
        parts = ["", "".join(each for each in raw if each > " " and each != "?").lstrip("/")]
    whole = "/".join(parts) + mark + query
    return _with(
        shot, target=whole.encode("utf-8").decode("latin-1") if not _latin(whole) else whole
    )


def _latin(text: str) -> bool:
    return all(ord(each) < 256 for each in text)


def _query(draw: random.Random, shot: Shot) -> Shot:
    path, _, query = shot.target.partition("?")
    pairs = [each for each in query.split("&") if each]
    if pairs and draw.random() < 0.6:
        at = draw.randrange(len(pairs))
        name, _, value = pairs[at].partition("=")
        text = str(some(draw, *TEXTS))[:600].encode("utf-8", "surrogatepass")
        other = damaged(draw, value.encode("latin-1", "replace"), 2)
        pairs[at] = f"{name}={quote(some(draw, text, other), safe='')}"
    else:
        pairs.append(some(draw, *OPTIONS))
    return _with(shot, target=f"{path}?{'&'.join(pairs)}")


CHANGES: Final[tuple[Change, ...]] = (
    *(_bytes, _bytes, _types, _types, _types, _headers, _headers, _method, _address, _address),
    _query,
)


class Replay:
    """Draws damaged requests; the seeds of a store are found out once."""

    def __init__(self) -> None:
        self._of: tuple[Stage, tuple[Shot, ...]] | None = None

    def make(self, draw: random.Random, stage: Stage) -> Shot:
        """A request that was right."""
        if self._of is None or self._of[0] is not stage:
            self._of = stage, seeds(stage)
        shot = some(draw, *self._of[1])
        for _ in range(some(draw, 1, 1, 1, 2, 2, 3)):
            shot = some(draw, *CHANGES)(draw, shot)
        return shot


make = Replay().make


def run(engine: str, cases: int) -> Report:
    """Fire so many."""
    return tortured("fuzz_replay", engine, cases, make)
