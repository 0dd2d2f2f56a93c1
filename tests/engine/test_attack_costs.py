"""Requests made to cost much: refused, or answered, in less than a second each."""

import gc
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.odata.engine.messages import Request
from app.odata.engine.protocol import answer
from tests.engine.client import ROOT, get
from tests.engine.sending import Part, batch, multipart_body, send
from tests.second_service import data
from tests.second_service.fixtures import Shop

SLOW = 1.0  # seconds of a processor that other tests share


@contextmanager
def in_time() -> Iterator[None]:
    """What runs inside takes little time of the processor, without that for the rubbish that
    thousands of earlier tests left.
    """
    gc.disable()
    try:
        begun = time.process_time()
        yield
        taken = time.process_time() - begun
    finally:
        gc.enable()
    assert taken < SLOW


def quickly(shop: Shop, method: str, address: str, sent: Any = None) -> int:
    """The status of an answer that came in time."""
    path, _, query = address.partition("?")
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode() if sent else b""
    request = Request(method, ROOT, path, query.replace(" ", "+"), body=body, caller=data.ANNA)
    with in_time():
        found = answer(shop.service, request)
    assert found.status < 500 or found.status == 501
    return found.status


LONG = {
    "filter": "Products?$filter=" + "ID eq 1 or " * 100_000 + "ID eq 2",
    "path": "Products/" * 100_000,
    "parentheses": "Products" + "(" * 100_000,
    "key": f"Products({'9' * 100_000})",
    "escapes": "Products?$filter=" + "%28" * 100_000,
    "name": "x" * 1_000_000,
    "options": "Products?" + "&".join(f"$x{number}=1" for number in range(50_000)),
    "skiptoken": "Products?$skiptoken=" + "A" * 100_000,
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_long_addresses(shop: Shop, method: str, name: str) -> None:
    assert quickly(shop, method, LONG[name]) == 414


FITS = 8000  # characters: what an address may have
DEEP: dict[str, str] = {
    "parentheses": "Products?$filter=" + "(" * 3900 + "ID eq 1" + ")" * 3900,
    "open parentheses": "Products?$filter=" + "(" * 7900,
    "not": "Products?$filter=" + "not " * 1900 + "true",
    "minus": "Products?$filter=ID eq " + "-" * 7900 + "1",
    "minus apart": "Products?$filter=ID eq " + "- " * 3900 + "1",
    "and": "Products?$filter=" + " and ".join(["true"] * 800),
    "or": "Products?$filter=" + " or ".join(["ID eq 1"] * 660),
    "add": "Products?$filter=" + " add ".join(["ID"] * 1000) + " eq 1",
    "tolower": "Products?$filter=" + "tolower(" * 800 + "Name" + ")" * 800 + " eq 'x'",
    "concat": "Products?$filter=" + "concat(Name," * 500 + "Name" + ")" * 500 + " eq 'x'",
    "any": "Products?$filter=" + "Related/any(a:" * 500 + "true" + ")" * 500,
    "way": "Categories?$filter=" + "Parent/" * 1000 + "ID eq 1",
    "way of steps": "Categories(1)" + "/Parent" * 1000,
    "children": "Categories(1)" + "/Children(2)" * 600,
    "case": "Products?$filter=" + "case(true:" * 700 + "1" + ")" * 700 + " eq 1",
    "expand": "Categories?$expand=" + "Children($expand=" * 400 + "Parent" + ")" * 400,
    "expand wide": "Categories?$expand=" + ",".join(["Children($expand=Products)"] * 250),
    "levels": "Categories?$expand=Children($levels=9999999999999999999)",
    "levels below levels": "Categories?$expand="
    + "Children($levels=5;$expand=" * 4
    + "Parent"
    + ")" * 4,
    "select": "Products?$select=" + "Origin/" * 1000 + "City",
    "select wide": "Products?$select=" + ",".join(["Name"] * 1500),
    "select nested": "Products?$select=" + "Origin($select=" * 500 + "City" + ")" * 500,
    "orderby": "Products?$orderby=" + ",".join(["Name"] * 1500),
    "compute": "Products?$compute=" + ",".join(f"ID add {n} as A{n}" for n in range(350)),
    "compute chain": "Products?$compute="
    + ",".join(f"A{n} add A{n} as A{n + 1}" for n in range(1, 350)),
    "compute doubling": "Products?$compute=ID as A0,"
    + ",".join(f"A{n} mul A{n} as A{n + 1}" for n in range(60)),
    "apply": "Products?$apply=" + "/".join(["filter(ID gt 1)"] * 450),
    "apply nested": "Products?$apply=" + "concat(identity," * 480 + "identity" + ")" * 480,
    "apply concats": "Products?$apply=" + "/".join(["concat(identity,identity)"] * 100),
    "search": "Products?$search=" + "(" * 3900 + "a" + ")" * 3900,
    "search not": "Products?$search=" + "NOT " * 1900 + "a",
    "search words": "Products?$search=" + " ".join(["a"] * 3900),
    "alias chain": "Products?$filter=@a0&"
    + "&".join(f"@a{n}=@a{n + 1}" for n in range(500))
    + "&@a500=true",
    "alias doubling": "Products?$filter=@a0&"
    + "&".join(f"@a{n}=@a{n + 1} and @a{n + 1}" for n in range(40))
    + "&@a40=true",
    "alias of itself": "Products?$filter=@a&@a=@a and @a",
    "JSON": "Products?$filter=ID in " + "[" * 3900 + "]" * 3900,
    "quotes": "Products?$filter=Name eq '" + "''" * 3900 + "'",
    "open quotes": "Products?$filter=Name eq '" + "''" * 3900,
    "dots": "Products?$filter=" + "a." * 3900 + "b eq 1",
    "digits": f"Products?$filter=Price eq {'9' * 7000}",
    "fraction": f"Products?$filter=Price eq 0.{'9' * 7000}",
    "exponent": "Products?$filter=Price eq 1e99999999",
    "filters in the path": "Products" + "/$filter(ID gt 1)" * 400,
    "crossjoin": "$crossjoin(" + ",".join(["Products"] * 800) + ")",
    "calls": "Products/Cheapest(count=" + "(" * 3900 + "1" + ")" * 3900 + ")",
    "many options": "Products?" + "&".join(f"x{number}=1" for number in range(1000)),
    "many aliases": "Products?" + "&".join(f"@x{number}=1" for number in range(1000)),
    "types": "Products" + "/Shop.Product" * 600,
    "refs": "Products" + "/$ref" * 1500,
    "duration": f"Products?$filter=Runtime eq duration'P{'9' * 300}D'",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_and_wide_addresses(shop: Shop, name: str) -> None:
    assert len(DEEP[name]) <= 8192
    status = quickly(shop, "GET", DEEP[name])
    assert status in (200, 400, 404, 414, 501)


REFUSED = ["parentheses", "not", "and", "or", "add", "tolower", "any", "way", "expand", "apply",
           "compute doubling", "alias doubling", "search", "way of steps"]  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_deep_is_refused(shop: Shop, name: str) -> None:
    found = get(shop, DEEP[name])
    assert found.status in (400, 414, 501), found.text[:200]


@pytest.mark.parametrize(("count", "status"), [(1000, 200), (1001, 400), (2000, 400)])
def test_lists_behind_in(shop: Shop, count: int, status: int) -> None:
    listed = ",".join(str(number % 10) for number in range(count))
    assert quickly(shop, "GET", f"Products?$filter=ID in ({listed})") == status
    assert quickly(shop, "GET", f"Products?$filter=Price in ({listed})") == status
    asked = b"$filter=ID in (" + listed.encode() + b")"
    assert quickly(shop, "POST", "Products/$query", asked) == status


HEAVY: dict[str, str] = {
    "pattern": "Products?$filter=matchesPattern(Name,'^(([a-z])+.)+[A-Z]([a-z])+$')",
    "pattern on text": "Products?$filter=matchesPattern('" + "a" * 3000 + "!','^(a|a)*$')",
    "pattern of stars": "Products?$filter=matchesPattern('"
    + "a" * 3000
    + "','"
    + "a*" * 900
    + "b')",
    "pattern of counts": "Products?$filter=matchesPattern(Name,'((a{1,500}){1,500}){1,500}')",
    "contains": "Products?$filter=contains(Name,'" + "%25" * 2000 + "')",
    "nested any": "Products?$filter=Related/any(a:a/Related/any(b:b/Related/any(c:c/Lines/any())))",
    "counts": "Products?$filter=" + " or ".join(["Related/$count gt 5"] * 40),
    "crossjoin of all": "$crossjoin(Products,Categories,Orders,OrderLines,Settings)?$top=1000",
    "powers": "Products?$filter=" + " mul ".join(["Weight"] * 80) + " gt 1",
}


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_conditions(shop: Shop, name: str) -> None:
    assert quickly(shop, "GET", HEAVY[name]) in (200, 400, 501)


def _nested(depth: int) -> dict[str, Any]:
    sent: dict[str, Any] = {"Name": "x"}
    for _ in range(depth):
        sent = {"Name": "x", "Children": [sent]}
    return sent


WIDE = {
    "members": {f"p{number}": 1 for number in range(50_000)},
    "annotations": {"Nope": "x"} | {f"a{number}@b.c": 1 for number in range(40_000)},
    "children": {"Name": "x", "Nope": 1, "Children": [{"Name": "x"}] * 20_000},
    "bad children": {"Name": "x", "Children": [{"Name": 1}] * 20_000},
    "binds": {"Name": "x", "Products@odata.bind": ["Nope(1)"] * 20_000},
    "deep": _nested(20),
    "name": {"x" * 500_000: 1},
    "text": {"Name": "x" * 500_000},
    "digits": {"Name": "x", "ParentID": 10**4000},
}


@pytest.mark.parametrize("name", WIDE)
def test_wide_bodies(shop: Shop, name: str) -> None:
    assert quickly(shop, "POST", "Categories", WIDE[name]) in (400, 501)


@pytest.mark.parametrize(
    "sent", [{"amount": 1, "ids": [99] * 100_000}, {"amount": 1, "ids": ["x"] * 100_000}]
)
def test_wide_parameters(shop: Shop, sent: Any) -> None:
    assert quickly(shop, "POST", "Products/Restock", sent) in (400, 422)


@pytest.mark.parametrize("count", [101, 20_000])
def test_wide_batches(shop: Shop, count: int) -> None:
    many = multipart_body(*[Part("GET", "Shop")] * count)
    requests = [{"id": str(n), "method": "get", "url": "Shop"} for n in range(count)]
    for body, kind in (
        (many, "multipart/mixed; boundary=outer"),
        (json.dumps({"requests": requests}).encode(), "application/json"),
        (b"--outer\r\n" * count, "multipart/mixed; boundary=outer"),
        (b"\r\n" * count * 10, "multipart/mixed; boundary=outer"),
        (b"[" * count * 10, "application/json"),
    ):
        with in_time():
            assert batch(shop, body, kind).status == 400


HEADERS = {
    "If-Match": ['"1",' * 50_000, "W/" * 50_000, '"' * 50_000, '"' + "x" * 100_000],
    "Accept": ["a/b;q=0.1," * 20_000, "application/json;" * 20_000, '"' * 50_000, "/" * 100_000],
    "Prefer": ["return=minimal," * 20_000, "a;b;" * 30_000, "=" * 50_000, '"\\' * 50_000],
    "Content-Type": ["application/json;" * 20_000, '"' * 100_000],
    "OData-MaxVersion": ["9" * 100_000, "4." * 50_000],
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in HEADERS.items() for text in texts]
)
def test_long_headers(shop: Shop, name: str, text: str) -> None:
    with in_time():
        found = send(shop, "PATCH", "Products(1)", {"Name": "x"}, {name: text})
    assert found.status < 500
