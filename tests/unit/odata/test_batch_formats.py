"""Batches: both formats to values and back, references to new entities."""

from decimal import Decimal
from time import process_time
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.odata.engine.batch import json, multipart
from app.odata.engine.batch.items import Batch, ChangeSet, Item
from app.odata.engine.batch.references import resolve_body
from app.odata.engine.problems import BadRequest, NotSupported, NotThisFormat, Problem
from app.odata.engine.source import Limits

LIMITS = Limits(batch=5)
TYPE = "multipart/mixed; boundary=b"


def lines(*texts: str, end: str = "\r\n") -> bytes:
    """A body of these lines."""
    return end.join(texts).encode()


PART = ("--b", "Content-Type: application/http", "Content-Transfer-Encoding: binary")
SET = ("--b", "Content-Type: multipart/mixed; boundary=cs", "")
IN_SET = ("--cs", "Content-Type: application/http")
POST = ("POST Task HTTP/1.1", "Content-Type: application/json")


def of(*items: Item | ChangeSet) -> Batch:
    """A batch."""
    return Batch(items)


JSON_TYPE = {"content-type": "application/json"}
GET = Item(None, "GET", "Task")


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((*PART, "", "GET Task HTTP/1.1", "", "", "--b--", ""), of(GET)),
        ((*PART, "", "GET Task HTTP/1.1", "", "", "--b--"), of(GET)),
        ((*PART, "", "GET Task HTTP/1.1", "", "", "", "", "--b--"), of(GET)),
        ((*PART, "", "GET Task HTTP/1.1", "--b--"), of(GET)),
        ((*PART, "", "GET Task", "", "", "--b--"), of(GET)),
        ((*PART, "", "", "get Task HTTP/1.1", "", "", "--b--"), of(GET)),
        (("preamble", "", *PART, "", "GET Task HTTP/1.1", "", "--b--", "epilogue", "--b"), of(GET)),
        (("--b  ", *PART[1:], "", "GET Task HTTP/1.1", "", "--b-- "), of(GET)),
        (
            (*PART, "Content-ID: 7", "", "GET /odata/Task HTTP/1.1", "Host: h:1", "", "--b--"),
            of(Item("7", "GET", "/odata/Task", {"host": "h:1"})),
        ),
        (
            (*PART, "", "GET http://h/odata/Task?$filter=a eq b HTTP/1.1", "", "--b--"),
            of(Item(None, "GET", "http://h/odata/Task?$filter=a eq b")),
        ),
        (
            (*PART, "", *POST, "Content-ID: 1", "", '{"Name":"ä"}', "--b--"),
            of(Item("1", "POST", "Task", JSON_TYPE, '{"Name":"ä"}'.encode())),
        ),
        (
            (*PART, "", *POST, "Content-Length: 2", "", "{}", "", "", "--b--"),
            of(Item(None, "POST", "Task", JSON_TYPE, b"{}")),
        ),
        (
            (*PART, "", *POST, "Content-Length: 20", "", "{}", "--b--"),
            of(Item(None, "POST", "Task", JSON_TYPE, b"{}")),
        ),
        (
            (*PART, "", *POST, "Content-Length: 0", "", "", "--b--"),
            of(Item(None, "POST", "Task", JSON_TYPE)),
        ),
        (
            (
                *PART,
                "",
                "DELETE Task(1) HTTP/1.1",
                "If-Match: *",
                "TE: x",
                "expect: y",
                "",
                "--b--",
            ),
            of(Item(None, "DELETE", "Task(1)", {"if-match": "*"})),
        ),
        (
            (*PART, "", "PATCH Task(1) HTTP/1.1", "A: 1", "a: 2", "", "--bx", "--b--"),
            of(Item(None, "PATCH", "Task(1)", {"a": "1, 2"}, b"--bx")),
        ),
        (
            (*SET, *IN_SET, "Content-ID: 1", "", *POST, "", "{}", *IN_SET, "Content-ID: 2", "")
            + (
                "DELETE $1 HTTP/1.1",
                "",
                "",
                "--cs--",
                "",
                *PART,
                "",
                "GET Task HTTP/1.1",
                "",
                "--b--",
            ),
            of(
                ChangeSet(
                    "changeset_1",
                    (Item("1", "POST", "Task", JSON_TYPE, b"{}"), Item("2", "DELETE", "$1")),
                ),
                GET,
            ),
        ),
        ((*SET, "--cs--", "--b--"), of(ChangeSet("changeset_1", ()))),
        (("--b", "", "--b--"), of()),
        (("--b--",), of()),
    ],
)
def test_multipart(texts: tuple[str, ...], expected: Batch, end: str) -> None:
    assert multipart.read(lines(*texts, end=end), TYPE, LIMITS) == expected


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/mixed;boundary=b", "b"),
        ('Multipart/Mixed; Boundary="a b;c"; x=y', "a b;c"),
        ("multipart/mixed; boundary=batch_(36522ad7)+x.y", "batch_(36522ad7)+x.y"),
    ],
)
def test_boundaries(content_type: str, boundary: str) -> None:
    body = lines(f"--{boundary}", *PART[1:], "", "GET Task HTTP/1.1", "", f"--{boundary}--")
    assert multipart.read(body, content_type, LIMITS) == of(GET)


@pytest.mark.parametrize(
    "texts",
    [
        ("",),
        ("--b",),
        ("nothing",),
        (*PART, "", "GET Task HTTP/1.1", ""),
        (*PART, "", "GET Task HTTP/1.1", "", "--b-"),
        (*PART, "", "GET Task HTTP/1.1", "", "--b--x"),
        (*PART, "", "", "--b--"),
        (*PART, "", "GET", "", "--b--"),
        (*PART, "", "MERGE Task(1) HTTP/1.1", "", "--b--"),
        (*PART, "", "GET Task HTTP/1.1", "", "body", "--b--"),
        (*PART, "", "GET Task HTTP/1.1", "no colon", "", "--b--"),
        (*PART, "", "GET Task HTTP/1.1", "a b: c", "", "--b--"),
        (*PART, "", "GET Task HTTP/1.1", f"a: {'x' * 9000}", "", "--b--"),
        (*PART, "", "GET Task HTTP/1.1", *["a: b"] * 101, "", "--b--"),
        (*PART, "", *POST, "Content-Length: x", "", "{}", "--b--"),
        (*PART, "", *POST, "Content-Length: -1", "", "{}", "--b--"),
        (*PART, "", *POST, "Transfer-Encoding: chunked", "", "{}", "--b--"),
        (*PART, "Content-ID: a b", "", "GET Task HTTP/1.1", "", "--b--"),
        (*PART, "Content-ID: ä", "", "GET Task HTTP/1.1", "", "--b--"),
        (*(*PART, "Content-ID: 1", "", "GET Task HTTP/1.1", "") * 2, "--b--"),
        ("--b", "", "GET Task HTTP/1.1", "", "--b--"),
        ("--b", "Content-Type: text/plain", "", "GET Task HTTP/1.1", "", "--b--"),
        ("--b", "", "--b", "", "--b--"),
        (*SET, *IN_SET, "", "GET Task HTTP/1.1", "", "--cs--", "--b--"),
        (*SET, *IN_SET, "", "DELETE Task(1) HTTP/1.1", "", "--b--"),
        (*SET, "--cs", "Content-Type: multipart/mixed; boundary=d", "", "--d--", "--cs--", "--b--"),
        ("--b", "Content-Type: multipart/mixed", "", "--cs--", "--b--"),
        (*(*PART, "", "GET Task HTTP/1.1", "") * 6, "--b--"),
        (*SET, *(*IN_SET, "", "DELETE Task(1) HTTP/1.1", "") * 6, "--cs--", "--b--"),
        (*SET, *(*IN_SET, "", "DELETE Task(1) HTTP/1.1", "") * 3, "--cs--")
        + (*SET, *(*IN_SET, "", "DELETE Task(1) HTTP/1.1", "") * 3, "--cs--", "--b--"),
    ],
)
def test_multipart_that_is_malformed(texts: tuple[str, ...]) -> None:
    with pytest.raises(BadRequest):
        multipart.read(lines(*texts), TYPE, LIMITS)


def test_a_header_has_to_be_utf_8() -> None:
    body = lines(*PART, "", "GET Task HTTP/1.1", "a: ?", "", "--b--").replace(b"?", b"\xff")
    with pytest.raises(BadRequest):
        multipart.read(body, TYPE, LIMITS)


@pytest.mark.parametrize(
    ("content_type", "error"),
    [
        ("application/json", NotThisFormat),
        ("multipart/form-data; boundary=b", NotThisFormat),
        ("", NotThisFormat),
        ("multipart/mixed", BadRequest),
        ("multipart/mixed; boundary=", BadRequest),
        (f"multipart/mixed; boundary={'b' * 201}", BadRequest),
        ("multipart/mixed; boundary=ä", BadRequest),
    ],
)
def test_content_types_of_no_batch(content_type: str, error: type[Problem]) -> None:
    with pytest.raises(error):
        multipart.read(b"--b--", content_type, LIMITS)


def request(number: Any = 1, **more: Any) -> dict[str, Any]:
    """A request object."""
    return {"id": str(number), "method": "get", "url": "Task"} | more


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        ([], of()),
        ([request()], of(Item("1", "GET", "Task"))),
        ([request(body=None, headers=None, dependsOn=None)], of(Item("1", "GET", "Task"))),
        (
            [request(method="PoSt", headers={"Content-Type": "text/json"}, body={"a": [1.5]})],
            of(Item("1", "POST", "Task", {"content-type": "text/json"}, b'{"a":[1.5]}')),
        ),
        (
            [request(method="post", headers={"Prefer": "x", "TE": "y"}, body="text")],
            of(Item("1", "POST", "Task", {"prefer": "x"}, b'"text"')),
        ),
        (
            [request(method="put", headers={"content-type": "text/plain"}, body="ä")],
            of(Item("1", "PUT", "Task", {"content-type": "text/plain"}, "ä".encode())),
        ),
        (
            [request(method="put", headers={"content-type": "text/plain"}, body={})],
            of(Item("1", "PUT", "Task", {"content-type": "text/plain"}, b"{}")),
        ),
        (
            [request(method="put", headers={"content-type": "image/png"}, body="_-8")],
            of(Item("1", "PUT", "Task", {"content-type": "image/png"}, b"\xff\xef")),
        ),
        (
            [request(method="put", headers={"content-type": "image/png"}, body="AA==")],
            of(Item("1", "PUT", "Task", {"content-type": "image/png"}, b"\0")),
        ),
        (
            [request(1), request(2, dependsOn=["1"]), request(3, dependsOn=["1", "2"])],
            of(
                Item("1", "GET", "Task"),
                Item("2", "GET", "Task", depends_on=("1",)),
                Item("3", "GET", "Task", depends_on=("1", "2")),
            ),
        ),
        (
            [
                request(1, atomicityGroup="g", method="delete"),
                request(2, atomicityGroup="g", method="delete", dependsOn=["1"]),
                request(3, atomicityGroup="h", method="delete"),
                request(4, dependsOn=["g", "h"]),
            ],
            of(
                ChangeSet(
                    "g",
                    (
                        Item("1", "DELETE", "Task"),
                        Item("2", "DELETE", "Task", depends_on=("1",)),
                    ),
                ),
                ChangeSet("h", (Item("3", "DELETE", "Task"),)),
                Item("4", "GET", "Task", depends_on=("g", "h")),
            ),
        ),
    ],
)
def test_json(requests: list[Any], expected: Batch) -> None:
    body = {"requests": requests, "@x": 1}
    assert json.read(orjson.dumps(body), LIMITS) == expected
    assert json.read(body, LIMITS) == expected


def test_numbers_keep_their_digits() -> None:
    sent = b'{"a":1.10,"b":12345678901234567890123,"c":0.1234567890123456789,"d":-1E+2,"e":7}'
    body = b'{"requests":[{"id":"1","method":"post","url":"Task","body":%s}]}' % sent
    (item,) = json.read(body, LIMITS).items
    assert isinstance(item, Item)
    assert item.body == sent
    (item,) = json.read({"requests": [request(method="post", body=Decimal("1.10"))]}, LIMITS).items
    assert isinstance(item, Item)
    assert item.body == b"1.10"


DEEP: list[Any] = []
for _ in range(300):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "requests",
    [
        *(None, {}, "x", [1], [None], [{}]),
        [{"method": "get", "url": "Task"}],
        [request(id=1)],
        [request(id="")],
        [request(id="a b")],
        [request(id="ä")],
        [request(id="x" * 201)],
        [request(method=1)],
        [request(method="merge")],
        [request(url="")],
        [request(url=None)],
        [request(headers=[])],
        [request(headers={"a": 1})],
        [request(headers={"a b": "c"})],
        [request(headers={"a": "b\r\nc: d"})],
        [request(body={})],
        [request(method="delete", body="x")],
        [request(method="put", body="ä", headers={"content-type": "image/png"})],
        [request(method="put", body="a", headers={"content-type": "image/png"})],
        [request(method="put", body="a.bc", headers={"content-type": "image/png"})],
        [request(method="put", body=DEEP)],
        [request(), request()],
        [request(), request(2, atomicityGroup="1")],
        [request(atomicityGroup=1)],
        [request(atomicityGroup="")],
        [request(atomicityGroup="a b")],
        [request(1, atomicityGroup="g"), request(2), request(3, atomicityGroup="g")],
        [request(dependsOn="1")],
        [request(dependsOn=["1"])],
        [request(dependsOn=["2"]), request(2)],
        [request(dependsOn=[1])],
        [request(dependsOn=[[]])],
        [request(1, atomicityGroup="g", dependsOn=["g"])],
        [request(number) for number in range(6)],
    ],
)
def test_json_that_is_malformed(requests: Any) -> None:
    with pytest.raises(BadRequest):
        json.read({"requests": requests}, LIMITS)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"x", b"[]", b"null", b"{}", b"\xff", b'{"requests":', b"NaN", b"[" * 100_000),
        b'{"requests":[],"requests":[]}',
        b'{"requests":[{"id":"1","method":"put","url":"x","body":"\\ud800"}]}',
        b'{"requests":[{"id":"1","method":"get","url":"x","headers":{"a":"\\ud800"}}]}',
    ],
)
def test_bodies_that_are_no_batch(body: bytes) -> None:
    with pytest.raises(BadRequest):
        json.read(body, LIMITS)


def test_conditions_are_not_supported() -> None:
    with pytest.raises(NotSupported):
        json.read({"requests": [request(**{"if": "$1/$succeeded"})]}, LIMITS)


KNOWN = {"1": "http://h/odata/Task(7)", "a.b": "Task(8)", "metadata": "x", "q": "Task(9)?$top=1"}
ROOTS = ("http://h/odata",)

WHOLE = lines(
    *(*PART, "Content-ID: 0", "", "GET Task?$top=1 HTTP/1.1", "Accept: */*", "", ""),
    *(*SET, *IN_SET, "Content-ID: 1", "", *POST, "Content-Length: 12", "", '{"Name":"x"}'),
    *(*IN_SET, "Content-ID: 2", "", "PATCH $1 HTTP/1.1", "", "{}", "--cs--", "", "--b--"),
)
WHOLE_JSON = orjson.dumps(
    {
        "requests": [
            request(1, headers={"accept": "*/*"}),
            request(2, atomicityGroup="g", method="patch", body={"a": 1.5}, dependsOn=["1"]),
            request(3, dependsOn=["g"]),
        ]
    }
)
CHANGES = some.lists(
    some.tuples(
        some.integers(0, 600),
        some.integers(0, 12),
        some.sampled_from(
            [b"", b"--b", b"--cs", b"\r\n", b"\n", b"\r", b":", b" ", b"--", b"\xff", b"\0"]
            + [b'"', b"{", b"}", b"[", b"]", b",", b"null", b"1e5", b"GET", b"\\ud800", b"if"]
        ),
    ),
    max_size=4,
)


def mutated(body: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """A body with pieces of it replaced."""
    for at, length, piece in changes:
        at %= len(body) + 1
        body = body[:at] + piece + body[at + length :]
    return body


@settings(max_examples=400, deadline=None, derandomize=True)
@given(CHANGES)
def test_mutated_bodies_raise_nothing_but_problems(changes: list[tuple[int, int, bytes]]) -> None:
    for whole, read in (
        (WHOLE, lambda body: multipart.read(body, TYPE, LIMITS)),
        (WHOLE_JSON, lambda body: json.read(body, LIMITS)),
    ):
        body = mutated(whole, changes)
        try:
            batch = read(body)
        except Problem as problem:
            assert problem.message
            continue
        assert len(batch.items) <= LIMITS.batch
        resolve_body(body, KNOWN, ROOTS)


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\n" * 200_000,
        b"--b " + b" " * 1_000_000,
        b"--b\r\n" + b"\r\n" * 500_000,
        b"--b\r\n" + b"a: b\r\n" * 150_000 + b"--b--",
        b"--b\r\nContent-Type: application/http\r\n\r\n" + b"\r\n" * 500_000 + b"--b--",
        b"--b\r\nContent-Type: application/http\r\n\r\nGET " + b" x" * 500_000 + b"\r\n--b--x",
        b"--b\r\nContent-Type: " + b"a," * 500_000 + b"\r\n\r\nGET x\r\n--b--",
        b"--b\r\nContent-Type: multipart/mixed; boundary="
        + b"c" * 1_000_000
        + b"\r\n\r\n\r\n--b--",
    ],
)
def test_long_nonsense_takes_linear_time(body: bytes) -> None:
    before = process_time()
    with pytest.raises(BadRequest):
        multipart.read(body, TYPE, LIMITS)
    assert process_time() - before < 2
