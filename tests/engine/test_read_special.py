"""Resources at the root that are no sets, and queries in a body (URL Conventions 4.3.4, 4.12 to
4.17).
"""

from typing import Any

import pytest

from tests.engine.client import ROOT, VERSION_4_01, ask, get
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import contents

PLAIN = {"Content-Type": "text/plain"}


# $entity


@pytest.mark.parametrize(
    "address",
    [
        "$entity?$id=Products(1)",
        f"$entity?$id={ROOT}/Products(1)",
        "$entity?$id=http%3A%2F%2Fshop.test%2Fodata%2FProducts%281%29",
        "$entity?$id=Products(ID=1)",
        "$entity?$id=/odata/Products(1)",
        "$entity?id=Products(1)",
        "$entity?$id=Categories(2)/Products(1)",
        "$entity?$id=OrderLines(OrderId=11111111-1111-4111-8111-111111111111,Line=1)/Product",
        "$entity/Shop.Product?$id=Products(1)",
    ],
)
def test_an_entity_by_its_id(shop: Shop, address: str) -> None:
    found = get(shop, address)
    assert found.body["Name"] == "Hammer"
    assert found.body["@odata.context"].endswith("#Products/$entity")


def test_an_entity_by_its_id_with_options(shop: Shop) -> None:
    query = "$id=Products(8)&$select=Pages&$expand=Category($select=Name)"
    found = get(shop, f"$entity/Shop.Book?{query}").body
    assert (found["Pages"], found["Category"]["Name"]) == (320, "Books")
    assert get(shop, "$entity?$id=Shop").body["Name"] == "Corner Shop"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("$entity", 400),
        ("$entity?$id=", 400),
        ("$entity?$id=Products", 400),
        ("$entity?$id=Products(1)/Name", 400),
        ("$entity?$id=Nothing(1)", 400),
        ("$entity?$id=http://elsewhere.test/odata/Products(1)", 400),
        ("$entity?$id=Products(999)", 404),
        ("$entity/Shop.Book?$id=Products(1)", 404),
        ("$entity/Shop.Order?$id=Products(1)", 404),
        ("$entity/Shop.Nothing?$id=Products(1)", 404),
        ("$entity?$id=Products(1)&$filter=true", 400),
        ("$entity?$id=Products(1)&$id=Products(2)", 400),
    ],
)
def test_ids_that_name_no_entity(shop: Shop, address: str, status: int) -> None:
    assert get(shop, address).status == status


def test_an_id_makes_nothing_happen(shop: Shop) -> None:
    before = contents(shop)
    for named in ("Products(1)/Touch", "Reset", "Products(1)/Label()", "Best(minimum=1)"):
        assert get(shop, f"$entity?$id={named}").status == 400
    assert contents(shop) == before


# $all


def test_all_entities_of_all_sets_and_singletons(shop: Shop) -> None:
    found = get(shop, "$all").value
    totals = [len(data.visible(name, data.ANNA)) for name in data.ENTITIES]
    assert len(found) == sum(totals)
    contexts = {each["@odata.context"].partition("#")[2] for each in found}
    assert contexts == {f"{name}/$entity" for name in data.ENTITIES if name != "Shop"} | {"Shop"}
    types = {each["@odata.type"] for each in found}
    assert {"#Shop.Product", "#Shop.Book", "#Shop.Order", "#Shop.ShopInfo"} <= types


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("$all?$search=hammer", ["Hammer", "hammer"]),
        ("$all?$search=mia", ["Mia", "mia"]),
        ("$all/Shop.Category?$search=media", ["Media"]),
        ("$all/Shop.Book", ["Straße nach İstanbul", "", "  padded\u00a0"]),
        ("$all/Shop.ShopInfo", ["Corner Shop"]),
        ("$all/Shop.Category?$top=2", ["Everything", "Tools"]),
        ("$all/Shop.Category?$skip=5", ["Empty"]),
        ("$all?$skip=13&$top=1", ["Everything"]),
        ("$all?$top=0", []),
        ("$all?$skip=999", []),
    ],
)
def test_some_of_all_entities(shop: Shop, address: str, expected: list[str]) -> None:
    found = get(shop, address).value
    assert [each.get("Name", each.get("Customer")) for each in found] == expected


def test_all_entities_are_counted(shop: Shop) -> None:
    total = sum(len(data.visible(name, data.ANNA)) for name in data.ENTITIES)
    assert get(shop, "$all?$count=true&$top=1").body["@odata.count"] == total
    assert get(shop, "$all?$count=true&$search=mia", VERSION_4_01).body["@count"] == 2


def test_entities_of_all_sets_without_control_information(shop: Shop) -> None:
    found = get(shop, "$all/Shop.Category?$format=application/json;metadata=none")
    assert "@" not in found.text


# $crossjoin


def test_every_combination(shop: Shop) -> None:
    found = get(shop, "$crossjoin(Categories,Orders)?$count=true")
    assert found.body["@odata.context"] == f"{ROOT}/$metadata#Collection(Edm.ComplexType)"
    assert found.body["@odata.count"] == len(found.value) == 24
    for name, link in found.value[0].items():
        home, _, about = name.partition("@odata.")
        assert (home in ("Categories", "Orders"), about) == (True, "navigationLink")
        assert get(shop, link).status == 200
    new = get(shop, "$crossjoin(Categories,Orders)?$top=1", VERSION_4_01)
    assert set(new.value[0]) == {"Categories@navigationLink", "Orders@navigationLink"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$filter=Categories/ID eq Products/CategoryID and Products/ID lt 3", [(2, 1), (2, 2)]),
        (
            "$filter=Categories/ID eq Products/CategoryID and Categories/Name eq 'Tools'"
            "&$orderby=Products/Price desc&$top=2",
            [(2, 6), (2, 1)],
        ),
        ("$filter=Products/Category/ID eq Categories/ID and Products/ID eq 8", [(5, 8)]),
        ("$filter=Categories/ID eq 1 and Products/ID le 3&$skip=1", [(1, 2), (1, 3)]),
        ("$filter=Products/Price gt @p and Categories/ID eq 1&@p=20", [(1, 6)]),
        ("$filter=false", []),
    ],
)
def test_combinations_are_chosen(shop: Shop, query: str, expected: list[tuple[int, int]]) -> None:
    found = get(shop, f"$crossjoin(Categories,Products)?{query}").value
    links = [(f"Categories({one})", f"Products({other})") for one, other in expected]
    assert [tuple(each.values()) for each in found] == links


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("$crossjoin", 400),
        ("$crossjoin()", 400),
        ("$crossjoin(Products,Products)", 400),
        ("$crossjoin(Products,Nothing)", 404),
        ("$crossjoin(Products,Shop)", 404),
        ("$crossjoin(Products,Orders)?$filter=ID eq 1", 400),
        ("$crossjoin(Products,Orders)?$filter=Categories/ID eq 1", 400),
        ("$crossjoin(Products,Orders)/Products", 400),
    ],
)
def test_combinations_that_make_no_sense(shop: Shop, address: str, status: int) -> None:
    assert get(shop, address).status == status


# $query


def query(shop: Shop, address: str, body: str, headers: dict[str, str] | None = None) -> Any:
    """POST …/$query."""
    return ask(shop, "POST", address, {**PLAIN, **(headers or {})}, body=body.encode())


@pytest.mark.parametrize(
    ("address", "body", "plain"),
    [
        (
            "Products/$query",
            "$filter=Price%20gt%2012&$select=ID",
            "Products?$filter=Price gt 12&$select=ID",
        ),
        ("Products/$query?$select=ID", "$top=2", "Products?$select=ID&$top=2"),
        ("Products/%24query", "top=2&$orderby=Name+desc", "Products?$top=2&$orderby=Name desc"),
        ("Products(1)/$query", "$expand=Category", "Products(1)?$expand=Category"),
        ("Products(1)/Related/$query/", "", "Products(1)/Related"),
        ("Products(@k)/$query", "@k=1", "Products(1)"),
        ("Best/$query", "minimum=5", "Best?minimum=5"),
        ("Best(minimum=@m)/$query", "@m=5", "Best(minimum=5)"),
        ("Products/$count/$query", "$filter=ID%20lt%203", "Products/$count?$filter=ID lt 3"),
        ("$crossjoin(Orders,Categories)/$query", "$top=1", "$crossjoin(Orders,Categories)?$top=1"),
        (
            "Products/$query",
            "$format=application/json;metadata=none&$top=1",
            "Products?$top=1&$format=application/json;metadata=none",
        ),
    ],
)
def test_a_query_in_the_body(shop: Shop, address: str, body: str, plain: str) -> None:
    found, expected = query(shop, address, body), get(shop, plain)
    assert (found.status, found.text) == (200, expected.text)


def test_a_query_in_the_body_may_be_long(shop: Shop) -> None:
    ids = ",".join(str(each) for each in range(900))
    body = f"$filter=ID%20in%20({ids}{'%20' * 3000})&$select=ID&$count=true"
    assert len(body) > shop.service.limits.url
    assert query(shop, "Products/$query", body).body["@odata.count"] == 13


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("$filter=nope", {}, 400),
        ("$nope=1", {}, 400),
        ("$top=1&$top=2", {}, 400),
        ("$top=1", {"Content-Type": "application/json"}, 415),
        ("$top=1", {"Content-Type": "application/x-www-form-urlencoded"}, 200),
        ("$filter=Name%20eq%20'ä'", {}, 400),
        ("x=" + "a" * (1 << 20), {}, 413),
        ("&" * 100_000 + "@a=1&" * 1000, {}, 400),
        ("&".join(f"@a{each}=1" for each in range(50_000)), {}, 200),
    ],
)
def test_bodies_that_are_no_query(
    shop: Shop, body: str, headers: dict[str, str], status: int
) -> None:
    assert query(shop, "Products/$query", body, headers).status == status


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_query_is_called_by_post(shop: Shop, method: str) -> None:
    found = ask(shop, method, "Products/$query", PLAIN)
    assert (found.status, found.headers["Allow"]) == (405, "POST")


def test_a_query_makes_nothing_happen(shop: Shop) -> None:
    before = contents(shop)
    for address in ("Products(1)/Touch/$query", "Reset/$query", "Products/Restock/$query"):
        assert query(shop, address, "").status in (400, 404, 405)
    assert contents(shop) == before
