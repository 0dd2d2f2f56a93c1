"""What a body has to be, whatever it is for; and the limits of what is read."""

import json
import time
from typing import Any

import pytest

from tests.engine.client import get
from tests.engine.sending import refused, send
from tests.second_service.fixtures import Shop
from tests.second_service.looking import contents, value

MEGABYTE = 2**20
TARGETS = [
    ("POST", "Products"),
    ("PATCH", "Products(1)"),
    ("PUT", "Products(1)"),
    ("PUT", "Products(1)/Name"),
    ("PATCH", "Products(1)/Origin"),
    ("POST", "Products(1)/Related/$ref"),
    ("PUT", "Products(1)/Category/$ref"),
    ("POST", "Products(1)/Discount"),
]
NAMED = [f"{method} {address}" for method, address in TARGETS]

BROKEN: list[tuple[str, bytes, int]] = [
    ("nothing", b"", 400),
    ("blank", b" \r\n", 400),
    ("text", b"hello", 400),
    ("cut", b'{"Name":"x"', 400),
    ("more", b'{"Name":"x"} {}', 400),
    ("quotes", b"{'Name':'x'}", 400),
    ("comma", b'{"Name":"x",}', 400),
    ("array", b'[{"Name":"x"}]', 400),
    ("number", b"5", 400),
    ("null", b"null", 400),
    ("twice", b'{"Name":"x","Name":"y"}', 400),
    ("twice inside", b'{"Origin":{"City":"a","City":"b"}}', 400),
    ("NaN", b'{"Name":"x","Weight":NaN}', 400),
    ("Infinity", b'{"Name":"x","Weight":-Infinity}', 400),
    ("no UTF-8", b'{"Name":"\xff\xfe\xfa"}', 400),
    ("half a surrogate", b'{"Name":"\\ud800","value":"\\ud800"}', 400),
    ("NUL", b'{"Name":"a\\u0000b"}', 400),
    ("control character", b'{"Name":"a\nb"}', 400),
    ("a long number", b'{"Price":' + b"9" * 5000 + b"}", 400),
    ("a long fraction", b'{"Price":0.' + b"9" * 5000 + b"}", 400),
    ("a great number", b'{"Price":1e401}', 400),
    ("a number without end", b'{"Price":1e99999999999999999999}', 400),
    ("a small number", b'{"Price":1e-99999999999999999999}', 400),
    ("a great zero", b'{"Price":0e99999999999999999999}', 400),
    ("deep arrays", b'{"Name":' + b"[" * 40 + b"]" * 40 + b"}", 400),
    ("very deep arrays", b"[" * 500_000, 400),
    ("very deep objects", b'{"a":' * 100_000, 400),
    ("too long", b'{"Name":"' + b"x" * MEGABYTE + b'"}', 413),
    ("too long and blank", b" " * (MEGABYTE + 1), 413),
]


@pytest.mark.parametrize(("body", "status"), [r[1:] for r in BROKEN], ids=[r[0] for r in BROKEN])
def test_what_is_no_body(shop: Shop, body: bytes, status: int) -> None:
    begun = time.process_time()
    found = refused(shop, status, "POST", "Products", body)
    assert time.process_time() - begun < 0.5
    assert found.error["message"]


@pytest.mark.parametrize(("method", "address"), TARGETS, ids=NAMED)
def test_what_is_a_body_nowhere(shop: Shop, method: str, address: str) -> None:
    before = contents(shop)
    for name, body, status in BROKEN:
        found = send(shop, method, address, body)
        assert found.status == status, (name, found.text)
    assert contents(shop) == before


@pytest.mark.parametrize(("method", "address"), TARGETS, ids=NAMED)
@pytest.mark.parametrize(
    "kind", ["application/xml", "text/html", "multipart/form-data; boundary=x", "image/png"]
)
def test_a_type_that_is_not_read(shop: Shop, method: str, address: str, kind: str) -> None:
    body = json.dumps({"Name": "x", "value": "x", "percent": 1, "@odata.id": "Products(3)"})
    found = refused(shop, 415, method, address, body, {"Content-Type": kind})
    assert found.error["target"] == "Content-Type"


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;odata.metadata=minimal;IEEE754Compatible=true",
        "Application/JSON;odata=verbose",
        "application/merge-patch+json",
        "text/plain",
        "",
    ],
)
def test_types_that_are_read_as_json(shop: Shop, kind: str) -> None:
    done = send(shop, "PATCH", "Products(1)", {"Name": "x"}, {"Content-Type": kind})
    assert done.status == 204, done.text


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"])
def test_codings_of_json(shop: Shop, coding: str) -> None:
    body = '{"Name":"Ä😀"}'.encode(coding)
    assert send(shop, "PATCH", "Products(1)", body).status == 204
    assert value(shop, "Products", (1,), "Name") == "Ä😀"


def test_a_body_of_just_the_limit(shop: Shop) -> None:
    body = b'{"Customer":"' + b"x" * (MEGABYTE - 15) + b'"}'
    assert len(body) == MEGABYTE
    made = send(shop, "POST", "Orders?$select=Id", body)
    assert made.status == 201, made.text


def test_a_body_that_is_just_deep_enough(shop: Shop) -> None:
    deep: Any = []
    for _ in range(29):
        deep = [deep]
    assert send(shop, "PATCH", "Products(1)", {"@my.note": deep}).status == 204
    refused(shop, 400, "PATCH", "Products(1)", {"@my.note": [[[deep]]]})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"OData-Version": "4.0"}, 204),
        ({"OData-Version": "4.01"}, 204),
        ({"OData-Version": "3.0"}, 400),
        ({"OData-MaxVersion": "3.0"}, 400),
        ({"Accept": "application/xml"}, 406),
        ({"Accept": "*/*"}, 204),
        ({"X-Unknown": "1", "MaxDataServiceVersion": "3.0"}, 204),
    ],
)
def test_headers_of_a_change(shop: Shop, headers: dict[str, str], status: int) -> None:
    done = send(shop, "PATCH", "Products(1)", {"Name": "new"}, headers)
    assert done.status == status, done.text
    assert (get(shop, "Products(1)/Name").value == "new") == (status == 204)


def test_unknown_options_of_the_client_are_ignored(shop: Shop) -> None:
    assert send(shop, "PATCH", "Products(1)?debug=1&x", {"Name": "new"}).status == 204


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("POST", "Products?$nope=1", 400),
        ("PATCH", "Products(1)?$nope=1", 400),
        ("PATCH", "Products(1)?$select=Name&$select=ID", 400),
        ("PATCH", "Products(1)?$deltatoken=1", 501),
        ("DELETE", "Products(1)?$nope=1", 400),
        ("DELETE", "Products(1)?$filter=false", 400),
        ("DELETE", "Products(1)?select=ID", 400),
        ("PUT", "Products(1)/Name?$nope=1", 400),
        ("DELETE", "Products(1)/Category/$ref?$top=1", 400),
        ("POST", "Products(1)/Touch?$nope=1", 400),
    ],
)
def test_options_that_nobody_knows(shop: Shop, method: str, address: str, status: int) -> None:
    refused(shop, status, method, address, None if method == "DELETE" else {"Name": "x"})
