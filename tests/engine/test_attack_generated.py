"""Generated and damaged requests: always an answer, never a fault of ours, nothing of the store."""

import json
import re
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.attacks import METHODS, SEEDS, addresses, damaged_bytes, objects, values
from tests.engine.client import Answer
from tests.engine.sending import Part, batch, multipart_body, send
from tests.second_service import data
from tests.second_service.fixtures import Shop

CHECKS = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
]
SLOW = 3  # seconds of the processor, its pauses for garbage included; test_attack_costs is strict
STORE = re.compile(
    r"SELECT .* FROM |INSERT INTO|UPDATE \w+ SET|psycopg|sqlite3|sqlalchemy|LINE \d+:|Traceback"
    r"|no such (column|table|function)|syntax error at|/work/|/usr/|parser stack|Error\(",
    re.DOTALL,
)
CALLERS = st.sampled_from((data.ANNA, data.BEN, data.GUEST))
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.sampled_from(
            ("*/*", "application/json;odata.metadata=full", "text/plain", "application/xml", "x")
        ),
        "Prefer": st.sampled_from(
            ("return=minimal", "return=representation", "odata.maxpagesize=2", "maxpagesize=0", ";")
        ),
        "If-Match": st.sampled_from(("*", 'W/"1"', '"1","2"', "x", "")),
        "If-None-Match": st.sampled_from(("*", 'W/"1"', "x")),
        "Content-Type": st.sampled_from(
            ("application/json", "text/plain", "application/xml", "image/png", "x", "")
        ),
        "OData-Version": st.sampled_from(("4.0", "4.01", "5", "x")),
        "OData-MaxVersion": st.sampled_from(("4.01", "4.0", "3.0", "9")),
    },
)


class Target:
    """The shop, in few words: hypothesis shows what a failing example was called with."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def __repr__(self) -> str:
        return self.shop.engine_name


@pytest.fixture
def target(shop: Shop) -> Target:
    """What is attacked."""
    return Target(shop)


def examples(number: int) -> Any:
    """How many examples, always the same ones."""
    return settings(
        max_examples=number,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=CHECKS,
    )


def check(found: Answer, begun: float) -> None:
    """The answer is one of ours."""
    assert time.process_time() - begun < SLOW
    assert found.status < 500 or found.status == 501, found.text
    shown = found.raw.decode("utf-8", "replace")
    assert found.headers["OData-Version"] in ("4.0", "4.01")
    if found.status >= 400:
        assert STORE.search(shown) is None, shown
        if found.raw:
            assert found.error["code"] and found.error["message"]


@examples(700)
@given(address=addresses, headers=HEADERS, caller=CALLERS)
def test_any_address_is_answered(target: Target, address: str, headers: Any, caller: str) -> None:
    begun = time.process_time()
    check(send(target.shop, "GET", address, headers=headers, caller=caller), begun)


@examples(500)
@given(
    method=st.sampled_from((*METHODS, "OPTIONS", "")),
    address=addresses,
    sent=st.one_of(objects, values, st.binary(max_size=30)),
    headers=HEADERS,
    caller=CALLERS,
)
def test_any_change_is_answered(
    target: Target, method: str, address: str, sent: Any, headers: Any, caller: str
) -> None:
    begun = time.process_time()
    check(send(target.shop, method, address, sent, headers, caller=caller), begun)


TARGETS = (
    ("POST", "Products"),
    ("POST", "Products/Shop.Book"),
    ("POST", "Categories"),
    ("POST", "Orders"),
    ("POST", "Settings"),
    ("POST", "Categories(5)/Products"),
    ("PATCH", "Products(1)"),
    ("PUT", "Products(1)"),
    ("PATCH", "Products(8)/Shop.Book"),
    ("PUT", "Products(77)"),
    ("PATCH", f"OrderLines(OrderId={data.ORDER_A},Line=1)"),
    ("PATCH", "Settings('Depth')"),
    ("PUT", "Products(1)/Origin"),
    ("PUT", "Products(1)/Price"),
    ("POST", "Products(1)/Related/$ref"),
    ("POST", "Products(1)/Discount"),
    ("POST", "Products/Restock"),
)


@examples(600)
@given(where=st.sampled_from(TARGETS), sent=objects)
def test_any_object_is_answered(target: Target, where: tuple[str, str], sent: Any) -> None:
    needed = {"Customer": "x"} if where[1] == "Orders" else {"Name": "x"}
    named = needed if where[0] == "POST" and "/" not in where[1] else {}
    begun = time.process_time()
    check(send(target.shop, *where, {**named, **sent}), begun)


BODIES = [
    {"Name": "x", "Price": 1.5, "Origin": {"City": "Köln", "Position": {"Lat": 1.5}}},
    {"Name": "x", "Category": {"Name": "y", "Parent": {"@id": "Categories(1)"}}},
    {"Customer": "x", "Lines": [{"Amount": 1, "Product@odata.bind": "Products(1)"}]},
]


@examples(300)
@given(
    where=st.sampled_from(TARGETS),
    body=damaged_bytes(st.sampled_from(BODIES).map(lambda each: json.dumps(each).encode())),
)
def test_any_bytes_are_answered(target: Target, where: tuple[str, str], body: bytes) -> None:
    begun = time.process_time()
    check(send(target.shop, *where, body), begun)


def _parts(urls: list[str]) -> list[Part]:
    methods = ("GET", "POST", "PATCH", "DELETE")
    return [
        Part(
            methods[number % 4] if number else "POST",
            url.replace("\n", "").replace("\r", "").encode("utf-8", "replace").decode() or "Shop",
            {"Name": "x"} if number % 4 in (1, 2) or not number else None,
            id=str(number),
            group="set" if number in (1, 2) else None,
        )
        for number, url in enumerate(urls)
    ]


PARTS = st.lists(st.one_of(st.sampled_from(SEEDS), addresses), min_size=1, max_size=5).map(_parts)
MIXED = "multipart/mixed; boundary=outer"


@examples(200)
@given(body=damaged_bytes(PARTS.map(lambda parts: multipart_body(*parts))), caller=CALLERS)
def test_any_multipart_batch_is_answered(target: Target, body: bytes, caller: str) -> None:
    begun = time.process_time()
    found = batch(target.shop, body, MIXED, {"Prefer": "continue-on-error"}, caller)
    assert time.process_time() - begun < 4 * SLOW
    assert found.status in (200, 400), found.text
    assert not re.search(rb"HTTP/1.1 50[02-9]", found.raw), found.text


REQUESTS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(("1", "2", "3", "4")),
        "method": st.sampled_from(("get", "post", "patch", "put", "delete", "brew")),
        "url": st.one_of(st.sampled_from((*SEEDS, "$1", "$2/Related")), addresses),
    },
    optional={
        "body": objects,
        "atomicityGroup": st.sampled_from(("g", "h", "1")),
        "dependsOn": st.lists(st.sampled_from(("1", "2", "g")), max_size=2),
        "headers": st.sampled_from(
            ({}, {"if-match": "$1"}, {"prefer": "return=minimal"}, {"a": 1})
        ),
        "if": st.just("$1/$succeeded"),
    },
)


@examples(300)
@given(requests=st.lists(REQUESTS, max_size=4, unique_by=lambda each: each["id"]), caller=CALLERS)
def test_any_json_batch_is_answered(target: Target, requests: Any, caller: str) -> None:
    begun = time.process_time()
    body = json.dumps({"requests": requests}).encode()
    found = batch(target.shop, body, "application/json", caller=caller)
    assert time.process_time() - begun < 4 * SLOW
    assert found.status in (200, 400, 501), found.text
    for each in found.body.get("responses", ()):
        assert each["status"] < 500 or each["status"] == 501, each
