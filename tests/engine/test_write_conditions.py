"""If-Match and If-None-Match on everything that changes (Protocol 8.2.4, 8.2.5, 11.4.1.1)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.engine.client import Answer
from tests.engine.sending import etag_of, refused, send
from tests.second_service import data
from tests.second_service.fixtures import Shop

# How to change product 1: method, address, body.
CHANGES: list[tuple[str, str, Any]] = [
    ("PATCH", "Products(1)", {"Name": "x"}),
    ("PUT", "Products(1)", {"Name": "x"}),
    ("DELETE", "Products(1)", None),
    ("PATCH", "Categories(2)/Products(1)", {"Name": "x"}),
    ("PUT", "Products(1)/Name", {"value": "x"}),
    ("DELETE", "Products(1)/Price", None),
    ("PATCH", "Products(1)/Origin", {"City": "x"}),
    ("PUT", "Products(1)/Name/$value", "x"),
    ("PUT", "Products(1)/Thumb", b"x"),
    ("PUT", "Products(1)/Category/$ref", {"@odata.id": "Categories(5)"}),
    ("DELETE", "Products(1)/Category/$ref", None),
    ("POST", "Products(1)/Related/$ref", {"@odata.id": "Products(3)"}),
    ("DELETE", "Products(1)/Related(2)/$ref", None),
    ("POST", "Products(1)/Shop.Discount", {"percent": 1}),
    ("POST", "Products(1)/Touch", None),
]
NAMED = [f"{method} {address}" for method, address, _ in CHANGES]
TEXT = "text/plain"


def sent(shop: Shop, change: tuple[str, str, Any], headers: dict[str, str]) -> Answer:
    """The change, asked for."""
    kind = {"Content-Type": TEXT} if isinstance(change[2], str | bytes) else {}
    return send(shop, *change, {**kind, **headers})


@pytest.mark.parametrize(
    "match",
    [
        lambda etag: etag,
        lambda etag: etag.removeprefix("W/"),
        lambda _: "*",
        lambda etag: f'W/"other", {etag}',
    ],
    ids=["same", "strong", "star", "list"],
)
@pytest.mark.parametrize("change", CHANGES, ids=NAMED)
def test_a_version_that_is_the_present_one(
    shop: Shop, change: tuple[str, str, Any], match: Callable[[str], str]
) -> None:
    etag = etag_of(shop, "Products(1)")
    done = sent(shop, change, {"If-Match": match(etag)})
    assert done.status in (200, 204), done.text


@pytest.mark.parametrize("change", CHANGES, ids=NAMED)
@pytest.mark.parametrize("match", ['W/"0"', '""', '"W/1"'])
def test_a_version_that_is_gone(shop: Shop, change: tuple[str, str, Any], match: str) -> None:
    kind = {"Content-Type": TEXT} if isinstance(change[2], str | bytes) else {}
    found = refused(shop, 412, *change, {**kind, "If-Match": match})
    assert found.error["code"] == "PreconditionFailed"


@pytest.mark.parametrize("change", CHANGES, ids=NAMED)
@pytest.mark.parametrize("match", ["*", 'W/"1"', '"1"'])
def test_only_if_it_is_not_there(shop: Shop, change: tuple[str, str, Any], match: str) -> None:
    kind = {"Content-Type": TEXT} if isinstance(change[2], str | bytes) else {}
    refused(shop, 412, *change, {**kind, "If-None-Match": match})


@pytest.mark.parametrize("change", CHANGES, ids=NAMED)
def test_a_condition_that_cannot_be_read(shop: Shop, change: tuple[str, str, Any]) -> None:
    kind = {"Content-Type": TEXT} if isinstance(change[2], str | bytes) else {}
    refused(shop, 400, *change, {**kind, "If-Match": "W/1"})


def test_without_a_condition_every_change_is_taken(shop: Shop) -> None:
    for method, address, body in CHANGES:
        shop.change(shop.store.fill)
        assert sent(shop, (method, address, body), {}).status in (200, 204)


def test_each_change_makes_a_new_version(shop: Shop) -> None:
    etags = [etag_of(shop, "Products(1)")]
    for name in "abc":
        done = send(shop, "PATCH", "Products(1)", {"Name": name}, {"If-Match": etags[-1]})
        etags.append(done.headers["ETag"])
    assert len(set(etags)) == 4
    refused(shop, 412, "PATCH", "Products(1)", {"Name": "d"}, {"If-Match": etags[2]})


@pytest.mark.parametrize(
    ("address", "match", "status"),
    [
        ("Categories(6)", "*", 204),
        ("Categories(6)", 'W/"1"', 412),
        ("Shop", 'W/"1"', 412),
    ],
)
def test_what_has_no_version_is_never_in_one(
    shop: Shop, address: str, match: str, status: int
) -> None:
    done = send(shop, "PATCH", address, {"Name": "x"}, {"If-Match": match})
    assert done.status == status


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("Products", {"Name": "x"}),
        ("Products/Shop.Restock", {"amount": 1, "ids": [1]}),
        ("Reset", None),
    ],
)
def test_collections_have_no_version_to_name(shop: Shop, address: str, body: Any) -> None:
    refused(shop, 412, "POST", address, body, {"If-Match": 'W/"1"'})


def test_the_condition_is_about_what_the_address_leads_to(shop: Shop) -> None:
    etag = etag_of(shop, "Products(1)")
    refused(shop, 412, "PATCH", "Products(1)/Category", {"Name": "x"}, {"If-Match": etag})


def test_hidden_ones_have_no_version(shop: Shop) -> None:
    for change in (("PATCH", "Products(7)", {"Name": "x"}), ("POST", "Products(7)/Touch", None)):
        refused(shop, 412, *change, {"If-Match": "*"}, caller=data.BEN)
        refused(shop, 404, *change, caller=data.BEN)


@pytest.mark.parametrize(
    ("version", "etag", "status"),
    [
        ("4.01", 'W/"0"', 412),
        ("4.01", 'W/"1"', 204),
        ("4.01", "*", 204),
        ("4.0", 'W/"0"', 204),
        (None, 'W/"0"', 204),
    ],
)
def test_an_etag_in_the_body_counts_in_4_01(
    shop: Shop, version: str | None, etag: str, status: int
) -> None:
    headers = {} if version is None else {"OData-Version": version}
    done = send(shop, "PATCH", "Products(1)", {"@odata.etag": etag, "Name": "x"}, headers)
    assert done.status == status, done.text


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("PATCH", "Products(1)", {"Name": "x"}),
        ("PUT", "Products(1)/Name", {"value": "x"}),
        ("POST", "Products(1)/Touch", None),
        ("PATCH", "Products(1)", {"@etag": 'W/"1"', "Name": "x"}),
    ],
)
def test_of_two_who_mean_one_version_one_is_refused(
    shop: Shop, method: str, address: str, body: Any
) -> None:
    together = Barrier(2)
    in_body = body is not None and "@etag" in body
    headers = {"OData-Version": "4.01"} if in_body else {"If-Match": 'W/"1"'}

    def write(_: int) -> int:
        together.wait(10)
        return send(shop, method, address, body, headers).status

    with ThreadPoolExecutor(2) as threads:
        for _ in range(5):
            shop.change(shop.store.fill)
            assert sorted(threads.map(write, range(2))) == [204, 412]
