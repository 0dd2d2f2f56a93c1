"""Batches: answers in both formats, and references to new entities."""

import orjson
import pytest

from app.odata.engine.batch import json, multipart
from app.odata.engine.batch.items import Result
from app.odata.engine.batch.references import resolve, resolve_body
from tests.unit.odata.test_batch_formats import KNOWN, ROOTS, lines


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("$1", "http://h/odata/Task(7)"),
        ("/$1", "http://h/odata/Task(7)"),
        ("%241", "http://h/odata/Task(7)"),
        ("$1/Notes?$top=1", "http://h/odata/Task(7)/Notes?$top=1"),
        ("/$a.b/Default.AddNote", "Task(8)/Default.AddNote"),
        ("$q/Notes", "Task(9)/Notes"),
        ("http://h/odata/$1/Notes?$top=1", "http://h/odata/Task(7)/Notes?$top=1"),
        ("/odata/$1", "http://h/odata/Task(7)"),
        ("$2/Notes", "$2/Notes"),
        ("$11", "$11"),
        ("$metadata", "$metadata"),
        ("Task/$1", "Task/$1"),
        ("http://other/odata/$1", "http://other/odata/$1"),
        ("Task?$filter=$1", "Task?$filter=$1"),
        ("", ""),
    ],
)
def test_references(url: str, expected: str) -> None:
    assert resolve(url, KNOWN, ROOTS) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"Project@odata.bind":"$1"}', b'{"Project@odata.bind":"http://h/odata/Task(7)"}'),
        (b'{"x@odata.bind":["/$a.b","$2"]}', b'{"x@odata.bind":["Task(8)","$2"]}'),
        (b'{"@id":"$a.b","n":1.10}', b'{"@id":"Task(8)","n":1.10}'),
        (b'{"a":[{"b":{"@odata.id":"$a.b"}}]}', b'{"a":[{"b":{"@odata.id":"Task(8)"}}]}'),
        (b'{"@id":"\\u0024a.b"}', b'{"@id":"Task(8)"}'),
        (b'{ "Name" : "$1" }', b'{ "Name" : "$1" }'),
        (b'{ "@id" : "$2" }', b'{ "@id" : "$2" }'),
        (b'{"@id":{"x":"$1"}}', b'{"@id":{"x":"$1"}}'),
        (b'{"@id":"$1", "x":"\\ud800"}', b'{"@id":"$1", "x":"\\ud800"}'),
        *((each, each) for each in (b"", b'"$1"', b"$1", b"[$", b'["$1"]', b"\xff$")),
    ],
)
def test_references_in_bodies(body: bytes, expected: bytes) -> None:
    assert resolve_body(body, KNOWN, ROOTS) == expected


def test_nothing_is_known_at_first() -> None:
    body = b'{"@id":"$1"}'
    assert resolve_body(body, {}) == body
    assert resolve("$1", {}) == "$1"


MADE = Result("1", 201, {"Content-Type": "application/json", "Location": "Task(1)"}, b'{"a":1.10}')
GONE = Result("2", 204, {"OData-Version": "4.0"})
LOST = Result(None, 404, {"content-type": "application/json;charset=utf-8"}, b'{"error":{}}')
PLAIN = Result("3", 299, {"Content-Type": "text/plain"}, "ä".encode())


def test_multipart_answers() -> None:
    body, content_type = multipart.write([PLAIN, [MADE, GONE], LOST])
    outer = content_type.removeprefix("multipart/mixed; boundary=")
    inner = f"changeset_{outer.removeprefix('batch_')}_1"
    part = ("Content-Type: application/http", "Content-Transfer-Encoding: binary")
    assert body == lines(
        *(f"--{outer}", *part, "Content-ID: 3", "", "HTTP/1.1 299 Unknown"),
        *("Content-Type: text/plain", "Content-Length: 2", "", "ä"),
        *(f"--{outer}", f"Content-Type: multipart/mixed; boundary={inner}", ""),
        *(f"--{inner}", *part, "Content-ID: 1", "", "HTTP/1.1 201 Created"),
        *("Content-Type: application/json", "Location: Task(1)", "Content-Length: 10", ""),
        *('{"a":1.10}', f"--{inner}", *part, "Content-ID: 2", "", "HTTP/1.1 204 No Content"),
        *("OData-Version: 4.0", "", "", f"--{inner}--"),
        *(f"--{outer}", *part, "", "HTTP/1.1 404 Not Found"),
        *("content-type: application/json;charset=utf-8", "Content-Length: 12", ""),
        *('{"error":{}}', f"--{outer}--", ""),
    )
    assert multipart.write([PLAIN, [MADE, GONE], LOST]) == (body, content_type)


def test_a_boundary_is_in_no_answer() -> None:
    _, content_type = multipart.write([PLAIN])
    name = content_type.partition("batch_")[2]
    nested = Result(None, 200, {"Content-Type": "text/plain"}, name.encode())
    body, again = multipart.write([nested])
    assert body.count(again.partition("boundary=")[2].encode()) == 2


def test_a_header_of_an_answer_is_one_line() -> None:
    body, _ = multipart.write([Result(None, 200, {"a": "b\r\nc: d"})])
    assert b"a: b c: d\r\n" in body


def test_json_answers() -> None:
    grouped = Result("4", 422, {}, b"", group="g")
    raw = Result("5", 200, {"Content-Type": "image/png", "Content-Length": "2"}, b"\xff\xef")
    untyped = Result("6", 200, {}, b"{}")
    found = orjson.loads(json.write([PLAIN, [MADE, GONE], LOST, grouped, raw, untyped]))
    assert found == {
        "responses": [
            {"id": "3", "status": 299, "headers": {"content-type": "text/plain"}, "body": "ä"},
            {
                "id": "1",
                "status": 201,
                "headers": {"content-type": "application/json", "location": "Task(1)"},
                "body": {"a": 1.1},
            },
            {"id": "2", "status": 204, "headers": {"odata-version": "4.0"}},
            {
                "status": 404,
                "headers": {"content-type": "application/json;charset=utf-8"},
                "body": {"error": {}},
            },
            {"id": "4", "atomicityGroup": "g", "status": 422},
            {"id": "5", "status": 200, "headers": {"content-type": "image/png"}, "body": "_-8="},
            {"id": "6", "status": 200, "body": "e30="},
        ]
    }
    assert b'{"a":1.10}' in json.write([MADE])
