"""Server-driven paging: next links that keep their place whatever happens between two pages
(Protocol 11.2.6.7).
"""

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from app.odata.engine.source import Given
from tests.engine.client import ROOT, VERSION_4_01, ask, get, items, pages
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import changing

SIZES = (1, 2, 3, 5, 13, 14)
LISTS = (
    "Products",
    "Products?$orderby=ID desc",
    "Products?$orderby=Rating",
    "Products?$orderby=Rating desc",
    "Products?$orderby=Rating desc,Price",
    "Products?$orderby=Price",
    "Products?$orderby=Price desc,Name",
    "Products?$orderby=Name",
    "Products?$orderby=Stock desc",
    "Products?$orderby=Weight",
    "Products?$orderby=Released desc",
    "Products?$orderby=Available",
    "Products?$orderby=OpensAt desc",
    "Products?$orderby=Runtime",
    "Products?$orderby=Code desc",
    "Products?$orderby=Discontinued desc",
    "Products?$orderby=Colour,Features desc",
    "Products?$orderby=Origin/City desc,Origin/Position/Lat",
    "Products?$orderby=Category/Name desc",
    "Products?$orderby=Related/$count desc",
    "Products?$orderby=length(Name) desc",
    "Products?$orderby=Price mul Rating",
    "Products?$orderby=Shop.Book/Pages desc",
    "Products?$compute=Price mul 2 as Twice&$orderby=Twice desc",
    "Products?$filter=Price gt 1&$orderby=Rating desc",
    "Products?$search=a&$orderby=Name desc",
    "Products/Shop.Book?$orderby=Pages desc",
    "Products/$filter(@p)?@p=Price gt 1&$orderby=Price desc",
    "Products?$filter=Price gt @p&@p=1",
    "Products?$skip=3&$orderby=Price",
    "Products?$top=7&$orderby=Rating desc",
    "Products?$skip=2&$top=7",
    "Products?$count=true&$select=Name",
    "Products?$expand=Category&$orderby=Category/Name",
    "Products?custom=a%26b&$orderby=Name",
    "Categories(2)/Products?$orderby=Price desc",
    "Products(1)/Related",
    "Products(1)/Related/$ref?$orderby=Price",
    "Orders",
    "OrderLines?$orderby=Note desc",
    "OrderLines",
    "Settings?$orderby=Level desc",
    "Settings?$orderby=Extra",
    "Products?$apply=filter(Price gt 1)&$orderby=Price desc",
    "Products?$apply=groupby((Category/Name,Colour),aggregate(Price with sum as Sum))",
    "$crossjoin(Categories,Orders)?$orderby=Orders/PlacedAt desc,Categories/Name",
    "$crossjoin(Products,OrderLines)?$filter=Products/ID eq OrderLines/ProductID",
    "$all",
    "$all?$search=e",
    "$all?$skip=10&$top=12",
    "$all/Shop.Book",
)


def paged(size: int) -> dict[str, str]:
    """The header that asks for pages of a size."""
    return {"Prefer": f"maxpagesize={size}"}


@pytest.mark.parametrize("address", LISTS)
def test_pages_together_are_the_list(shop: Shop, address: str) -> None:
    whole = get(shop, address)
    assert whole.next is None
    for size in SIZES if address.startswith("Products?$orderby") else (1, 4):
        found = list(pages(shop, address, paged(size)))
        assert [item for page in found for item in page.value] == whole.value
        assert all(len(page.value) <= size for page in found)
        assert len(found) <= len(whole.value) // size + 2


def test_a_page_says_how_big_it_is(shop: Shop) -> None:
    found = get(shop, "Products", paged(4))
    assert found.headers["Preference-Applied"] == "odata.maxpagesize=4"
    assert len(found.value) == 4
    newer = get(shop, "Products", {**paged(4), **VERSION_4_01})
    assert newer.headers["Preference-Applied"] == "maxpagesize=4"
    assert "@nextLink" in newer.body
    limit = shop.service.limits.max_page
    most = get(shop, "Products", {"Prefer": f"odata.maxpagesize={limit + 1}"})
    assert most.headers["Preference-Applied"] == f"odata.maxpagesize={limit}"
    for ignored in ("maxpagesize=0", "maxpagesize=-1", "maxpagesize=x", "other=1", ""):
        plain = get(shop, "Products", {"Prefer": ignored})
        assert (len(plain.value), plain.headers.get("Preference-Applied")) == (13, None)


def test_the_size_may_change_from_page_to_page(shop: Shop) -> None:
    first = get(shop, "Products?$orderby=Price", paged(2))
    second = get(shop, str(first.next), paged(5))
    third = get(shop, str(second.next))
    together = [each["ID"] for page in (first, second, third) for each in page.value]
    assert together == [each["ID"] for each in get(shop, "Products?$orderby=Price").value]
    assert (len(second.value), third.next) == (5, None)


def test_the_service_has_a_page_of_its_own(shop: Shop) -> None:
    limits = shop.service.limits
    make = shop.source("Categories").create
    shop.change(lambda: [make(made(number), data.ANNA) for number in range(200)])
    first = get(shop, "Categories?$orderby=ID&$count=true")
    assert (len(first.value), first.body["@odata.count"]) == (limits.page, 206)
    assert len(items(shop, "Categories")) == 206
    # More than a page, asked for at once, comes at once.
    assert len(get(shop, "Categories?$top=150").value) == 150
    assert get(shop, "Categories?$top=150").next is None
    assert len(get(shop, "Categories", paged(limits.max_page)).value) == 206


def made(number: int) -> Given:
    """A category to make."""
    return Given({"Name": f"Category {number}"})


@pytest.mark.parametrize(
    ("top", "expected"), [(1, [1]), (3, [2, 1]), (5, [2, 2, 1]), (6, [2, 2, 2])]
)
def test_top_ends_the_last_page(shop: Shop, top: int, expected: list[int]) -> None:
    found = list(pages(shop, f"Products?$top={top}&$skip=1", paged(2)))
    assert [len(page.value) for page in found] == expected
    assert [each["ID"] for page in found for each in page.value] == list(range(2, 2 + top))


def test_the_total_is_that_of_the_list(shop: Shop) -> None:
    found = pages(shop, "Products?$count=true&$filter=Price gt 1&$top=4", paged(2))
    assert [page.body["@odata.count"] for page in found] == [8, 8]


def test_a_next_link_repeats_what_was_asked_for(shop: Shop) -> None:
    sent = "$filter=Name%20ne%20'a%26b'&$orderby=Name&$select=Name&x=1%2B1&y=\"<ä>^|`&$skip=2"
    link = str(get(shop, f"products/?{sent}", paged(2)).next)
    assert link.startswith(f"{ROOT}/products?")
    assert re.fullmatch(r"[A-Za-z0-9!#$%&'()*+,\-./:;=?@_~]+", link), "nothing that no URL can hold"
    asked = parse_qs(urlsplit(link).query)
    assert asked.pop("$skiptoken")
    assert asked == {
        "$filter": ["Name ne 'a&b'"],
        "$orderby": ["Name"],
        "$select": ["Name"],
        "x": ["1+1"],
        "y": ['"<ä>^|`'],
    }


def test_a_next_link_of_query_in_a_body_is_one_of_get(shop: Shop) -> None:
    found = ask(
        shop,
        "POST",
        "Products/$query?$select=ID",
        {"Content-Type": "text/plain", **paged(5)},
        body=b"$orderby=Price%20desc&$filter=Price%20gt%201",
    )
    rest = items(shop, str(found.next), paged(5))
    whole = get(shop, "Products?$select=ID&$orderby=Price desc&$filter=Price gt 1").value
    assert [*found.value, *rest] == whole
    assert "$query" not in str(found.next)


# While others write


def ids(found: Any) -> list[int]:
    """The keys of the products of an answer."""
    return [each["ID"] for each in found]


CHANGES: dict[str, Callable[[Shop], object]] = {
    "the last row of the page goes": lambda shop: remove(shop, 4),
    "all rows of the page go": lambda shop: remove(shop, 5, 3, 10, 4),
    "one comes before": lambda shop: shop.create("Products", ID=20, Name="x", Price=0),
}


def remove(shop: Shop, *keys: int) -> None:
    """Delete products."""
    for key in keys:
        changing(shop, "Products")("delete", (key,))


@pytest.mark.parametrize("change", CHANGES)
def test_the_next_page_begins_where_the_last_one_ended(shop: Shop, change: str) -> None:
    address = "Products?$orderby=Price&$select=ID"
    whole = ids(get(shop, address).value)
    first = get(shop, address, paged(4))
    assert ids(first.value) == whole[:4] == [3, 5, 10, 4]
    CHANGES[change](shop)
    assert ids(items(shop, str(first.next), paged(3))) == whole[4:]


@pytest.mark.parametrize(
    ("direction", "shown", "before", "behind"),
    [
        # Nulls come first: what comes among them is before the last row of the page.
        ("", [3, 10, 12, 2], None, 32767),
        ("desc", [5, 4, 1, 8], 32767, None),
    ],
)
def test_what_comes_in_front_is_not_seen_and_what_comes_behind_is(
    shop: Shop, direction: str, shown: list[int], before: int | None, behind: int | None
) -> None:
    address = f"Products?$orderby=Rating {direction}&$select=ID"
    whole = ids(get(shop, address).value)
    first = get(shop, address, paged(4))
    assert ids(first.value) == whole[:4] == shown
    remove(shop, shown[-1])
    shop.create("Products", ID=21, Name="before", Rating=before)
    shop.create("Products", ID=22, Name="behind", Rating=behind)
    assert ids(items(shop, str(first.next), paged(2))) == [*whole[4:], 22]


def test_among_equal_rows_the_key_decides(shop: Shop) -> None:
    address = "Products?$orderby=Discontinued&$select=ID"
    first = get(shop, address, paged(3))
    assert ids(first.value) == [1, 2, 3]
    remove(shop, 3)
    shop.create("Products", ID=0, Name="before")
    shop.create("Products", ID=13_000, Name="behind")
    rest = ids(items(shop, str(first.next), paged(4)))
    assert rest == [5, 6, 7, 8, 10, 11, 12, 14, 13_000, 4, 9]


def test_nothing_is_left_behind_the_end(shop: Shop) -> None:
    first = get(shop, "Products?$filter=ID le 2", paged(1))
    remove(shop, 2)
    last = get(shop, str(first.next), paged(1))
    assert (last.value, last.next) == ([], None)


def test_pages_of_all_entities_keep_their_place(shop: Shop) -> None:
    first = get(shop, "$all/Shop.Product", paged(3))
    remove(shop, 3)
    shop.create("Products", ID=0, Name="before")
    assert ids(items(shop, str(first.next), paged(4))) == [4, 5, 6, 7, 8, 9, 10, 11, 12, 14]


def test_long_values_are_read_again_from_their_row(shop: Shop) -> None:
    for number in (30, 31, 32):
        note = f"{number}" + "ä" * 3000
        make_line(shop, number, note)
    address = f"Orders({data.ORDER_D})/Lines?$orderby=Note desc&$select=Line"
    first = get(shop, address, paged(1))
    assert len(str(first.next)) < 1000
    assert [each["Line"] for each in first.value] == [32]
    second = get(shop, str(first.next), paged(1))
    assert [each["Line"] for each in second.value] == [31]
    changing(shop, "OrderLines")("delete", (data.ORDER_D, 32))
    gone = get(shop, str(first.next), paged(1))
    assert (gone.status, gone.error["target"]) == (410, "$skiptoken")


def make_line(shop: Shop, number: int, note: str) -> None:
    """A line of order D."""
    shop.create("OrderLines", OrderId=data.ORDER_D, Line=number, Amount=1, Note=note)


def test_long_values_of_groups_cannot_be_paged(shop: Shop) -> None:
    make_line(shop, 30, "ä" * 3000)
    address = "OrderLines?$apply=groupby((Note))&$orderby=Note desc"
    assert get(shop, address, paged(1)).status == 501
    assert len(get(shop, address).value) == 7


# Tokens


def token_of(shop: Shop, address: str, size: int = 2) -> str:
    """The token of a list's next link."""
    link = urlsplit(str(get(shop, address, paged(size)).next))
    return parse_qs(link.query)["$skiptoken"][0]


def packed(values: Any) -> str:
    """Something as a token looks."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "%20",
        "nonsense",
        "!!!!",
        "a" * 10_000,
        packed(None),
        packed([]),
        packed({}),
        packed([1, 2, 3]),
        packed(["", None, []]),
        packed(["", None, [["i", 1]]]),
        packed("text"),
        quote("☃"),
    ],
)
def test_garbage_is_no_token(shop: Shop, token: str) -> None:
    for address in ("Products", "$all", "$crossjoin(Products,Orders)", "Products/$ref"):
        found = get(shop, f"{address}?$skiptoken={token}")
        assert found.status in (400, 414)
        assert found.error["message"]


@pytest.mark.parametrize(
    "address",
    [
        "Categories",
        "Products?$orderby=Name",
        "Products?$orderby=ID desc",
        "Products?$filter=ID gt 1",
        "Products?$select=Name",
        "Products?$top=5",
        "Products/Shop.Book",
        "Products/$ref",
        "$all",
        "Categories(2)/Products",
    ],
)
def test_a_token_belongs_to_its_list(shop: Shop, address: str) -> None:
    token = token_of(shop, "Products")
    joint = "&" if "?" in address else "?"
    found = get(shop, f"{address}{joint}$skiptoken={token}")
    assert (found.status, found.error["target"]) == (400, "$skiptoken")


def test_a_token_goes_with_other_forms_of_the_same_address(shop: Shop) -> None:
    token = token_of(shop, "Products?$filter=ID gt 1&$orderby=Name")
    for address in (
        "products?$orderby=Name&$filter=ID gt 1",
        "%50roducts/?FILTER=ID%20gt+1&orderby=Name&$count=true&$format=json&_=1",
    ):
        assert get(shop, f"{address}&$skiptoken={token}", paged(2)).status == 200


FORGED = (
    None,
    True,
    [["n", None]],
    [["s", "x"]],
    [["s", "x\x00"]],
    [["i", 2**70]],
    [["i", 1], ["i", 2]],
    [["f", "inf"]],
    [["f", "nan"]],
    [["m", "1e999999999"]],
    [["m", "NaN"]],
    [["t", "2024-01-01T00:00:00"]],
    [["t", "9999-12-31T23:59:59-23:00"]],
    [["d", "2024-01-01"]],
    [["o", "10:00:00+02:00"]],
    [["u", 2**62]],
    [["u", 2**70]],
    [["y", "00ff"]],
    [["b", True]],
    [["z", 1]],
    [[[], 1]],
    [["i", "1"]],
    [{"i": 1}],
    "ii",
)


@pytest.mark.parametrize(
    "orderby",
    [
        "ID",
        "Name",
        "Price",
        "Released",
        "Available",
        "OpensAt",
        "Runtime",
        "Weight",
        "Discontinued",
        "Price mul 2",
    ],
)
def test_a_token_of_somebodys_making_does_no_harm(shop: Shop, orderby: str) -> None:
    address = f"Products?$orderby={orderby}"
    genuine = token_of(shop, address)
    raw = base64.urlsafe_b64decode(genuine + "=" * (-len(genuine) % 4))
    digest, _, real, *_ = json.loads(raw)
    for values in FORGED:
        for given in (values, values + real[-1:] if isinstance(values, list) else values):
            for token in (packed([digest, None, given]), packed([digest, None, given, True])):
                found = get(shop, f"{address}&$skiptoken={token}")
                assert found.status in (200, 400, 410), (given, found.text)
    for left in (-1, 1.5, True, "x", 2**70):
        token = packed([digest, left, real])
        assert get(shop, f"{address}&$skiptoken={token}").status == 400


def test_a_token_shows_nothing_that_is_hidden(shop: Shop) -> None:
    token = token_of(shop, "Products", 5)
    found = get(shop, f"Products?$skiptoken={token}", caller=data.GUEST)
    assert ids(found.value) == [6, 8, 9, 10, 11, 12, 14]
