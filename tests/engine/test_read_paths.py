"""Every form of address that leads to data (URL Conventions 4)."""

from typing import Any

import pytest

from tests.engine.client import ROOT, VERSION_4_01, ask, get
from tests.second_service import data
from tests.second_service.fixtures import Shop

LINE = f"OrderLines(OrderId={data.ORDER_A},Line=2)"


def ids(found: Any) -> list[int]:
    """The keys of the products of an answer."""
    return [each["ID"] for each in found.value]


# Entities by key


@pytest.mark.parametrize(
    "address",
    [
        "Products(1)",
        "Products(ID=1)",
        "Products('1')",
        "Products/1",
        "Products(1)/",
        "/Products(1)",
        "products(1)",
        "PRODUCTS(ID=1)",
        "Products(@p)?@p=1",
        "Products(ID=@p)?@p=1",
        "Products(%31)",
        "Products()(1)",
        "Categories(2)/Products(1)",
        "OrderLines(Line=1,OrderId=11111111-1111-4111-8111-111111111111)/Product",
        "Products(2)/Related(1)",
        "Products(2)/Related/1",
        "$entity?$id=Products(1)",
        "Products/$filter(Price gt 2)/$filter(Stock eq 10)(1)",
    ],
)
def test_a_product_has_many_addresses(shop: Shop, address: str) -> None:
    found = get(shop, address)
    assert (found.status, found.body["Name"]) == (200, "Hammer")
    assert found.body["@odata.context"] == f"{ROOT}/$metadata#Products/$entity"


@pytest.mark.parametrize(
    "address",
    [
        LINE,
        f"OrderLines(Line=2,OrderId={data.ORDER_A})",
        f"OrderLines(OrderId='{data.ORDER_A}',Line=2)",
        f"OrderLines(OrderId=@o,Line=@l)?@o={data.ORDER_A}&@l=2",
        f"OrderLines/{data.ORDER_A}/2",
        f"OrderLines/OrderId={data.ORDER_A},Line=2",
        f"Orders({data.ORDER_A})/Lines(2)",
        f"Orders({data.ORDER_A})/Lines(OrderId={data.ORDER_A},Line=2)",
        f"Orders('{data.ORDER_A}')/Lines/2",
        f"Orders({data.ORDER_A.upper()})/Lines(Line=2)",
    ],
)
def test_a_line_has_many_addresses(shop: Shop, address: str) -> None:
    found = get(shop, address)
    assert (found.status, found.body["Note"]) == (200, "gift, 100%")


@pytest.mark.parametrize(
    "address",
    [
        "Settings('Plain%2Fone%20two')",
        "Settings('Plain/one two')",
        "Settings(Name='Plain/one two')",
        "Settings/Plain%2Fone%20two",
        "Settings(@n)?@n='Plain/one two'",
    ],
)
def test_a_key_of_text_may_hold_anything(shop: Shop, address: str) -> None:
    found = get(shop, address)
    assert (found.status, found.body["Name"]) == (200, "Plain/one two")


@pytest.mark.parametrize(
    "address",
    [
        "Products(999)",
        "Products(4711)/Name",
        "Products(999)/Category",
        "Products(999)/Related",
        "Products(999)/Related/$count",
        "Products(999)/Related/$ref",
        "Products(999)/Related(1)",
        "Products(1)/Related(3)",
        "Products(999)/Label()",
        "Products('nonsense')",
        "Products(2147483648)",
        "Products(null)",
        "Categories(2)/Products(8)",
        "Products/$filter(Price gt 100)(1)",
        "Products(1)/Nothing",
        "Products/Nothing",
        "Nothing",
        "Products(14)/Category/Name",
        "Products(1)/Shop.Book",
        "Products(1)/Shop.Book/Name",
        "Products(1)/Shop.Book/Related",
        "Products(1)/Shop.Book/Category",
        "Products/Shop.Book(1)",
        "Settings('Nothing')/Extra",
        "Settings('Currency')/Unknown",
        "Products(999)/Thumb",
        "Pictures(999)/$value",
        "$entity?$id=Nothing(1)",
        "$nothing",
    ],
)
def test_what_is_not_there_is_not_found(shop: Shop, address: str) -> None:
    found = get(shop, address)
    assert found.status in (404, 400) if "$entity" in address else found.status == 404
    assert found.error["message"]


# Collections and navigation


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Products", [each["ID"] for each in data.visible("Products", data.ANNA)]),
        ("Products/", [each["ID"] for each in data.visible("Products", data.ANNA)]),
        ("products", [each["ID"] for each in data.visible("Products", data.ANNA)]),
        ("Products()", [each["ID"] for each in data.visible("Products", data.ANNA)]),
        ("Products/Shop.Book", [8, 9, 10]),
        ("Products/Shop.Gadget", [11, 12]),
        ("Categories(2)/Products", [1, 2, 6, 7]),
        ("Categories(5)/Products/Shop.Book", [8, 9]),
        ("Categories(6)/Products", []),
        ("Products(1)/Related", [2, 4, 7]),
        ("Products(3)/Related", []),
        ("Products(8)/Shop.Book/Related", [9]),
        ("Products/$filter(Price gt 12)", [6, 11]),
        ("Products/$filter(@p)/$filter(@q)?@p=Price gt 2&@q=Rating eq 4", [1, 8, 11, 14]),
        ("Products/Shop.Book/$filter(Pages gt 0)", [8]),
        ("Products/$filter(Stock eq 7)/Shop.Book", [8, 10]),
        ("Best", [5, 4, 1, 8, 11, 14]),
        ("Best()", [5, 4, 1, 8, 11, 14]),
        ("Best(minimum=5)", [5, 4]),
        ("Best(minimum=@m)?@m=5", [5, 4]),
        ("Best?minimum=5", [5, 4]),
        ("Best?@minimum=5", [5, 4]),
        ("Products/Cheapest(count=2)", [5, 10]),
        ("Products/Shop.Cheapest(count=2)", [5, 10]),
        ("Products/shop.cheapest(COUNT=2)", [5, 10]),
        ("Products/Cheapest(count=4)/Shop.Book", [10]),
        ("Products/Cheapest(count=4)/$filter(Price gt 0)", [4, 7]),
    ],
)
def test_collections(shop: Shop, address: str, expected: list[int]) -> None:
    found = get(shop, address)
    assert found.status == 200
    assert ids(found) == expected


@pytest.mark.parametrize(
    ("address", "fragment"),
    [
        ("Products", "Products"),
        ("Products/Shop.Book", "Products/Shop.Book"),
        ("Categories(2)/Products", "Products"),
        ("Products(1)/Category", "Categories/$entity"),
        ("Products(8)/Shop.Book", "Products/Shop.Book/$entity"),
        ("Shop", "Shop"),
        ("Products(1)/Name", "Products(1)/Name"),
        ("Products(1)/Origin/City", "Products(1)/Origin/City"),
        ("Products(8)/Shop.Book/Pages", "Products(8)/Shop.Book/Pages"),
        ("Settings('Plain/one two')/Name", "Settings('Plain/one two')/Name"),
        ("Shop/Name", "Shop/Name"),
        ("Version()", "Edm.String"),
        ("Products(1)/Label()", "Edm.String"),
        ("Best", "Products"),
        ("Products(1)/Related/$ref", "Collection($ref)"),
        ("Products(1)/Category/$ref", "$ref"),
        ("$all", "Collection(Edm.EntityType)"),
        ("$crossjoin(Categories,Orders)", "Collection(Edm.ComplexType)"),
    ],
)
@pytest.mark.parametrize(("headers", "name"), [({}, "@odata.context"), (VERSION_4_01, "@context")])
def test_the_context_says_what_an_answer_is_about(
    shop: Shop, address: str, fragment: str, headers: dict[str, str], name: str
) -> None:
    found = get(shop, address, headers)
    assert found.body[name] == f"{ROOT}/$metadata#{fragment}"
    assert next(iter(found.body)) == name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("Products(1)/Category", "Tools"),
        ("Products(1)/Category/Parent", "Everything"),
        ("Categories(3)/Parent/Parent", "Everything"),
        (f"{LINE}/Product", "Ärmelmaß"),
        (f"{LINE}/Product/Category", "Ärmel & Maße"),
        ("Products(8)/Shop.Book/Category/Parent", "Media"),
    ],
)
def test_navigation_to_one(shop: Shop, address: str, name: str) -> None:
    assert get(shop, address).body["Name"] == name


@pytest.mark.parametrize(
    "address",
    [
        "Products(14)/Category",
        "Categories(1)/Parent",
        "Products(14)/Category/$ref",
        "Shop/Motto",
        "Shop/Motto/$value",
        "Products(3)/Price",
        "Products(3)/Price/$value",
        "Products(3)/Origin",
        "Products(3)/Origin/City",
        "Products(2)/Origin/Position",
        "Products(8)/Thumb",
        "Pictures(2)/$value",
        "Products(4)/Label()",
        "Settings('Depth')/Extra",
    ],
)
def test_nothing_is_an_answer_without_a_body(shop: Shop, address: str) -> None:
    found = get(shop, address)
    assert (found.status, found.raw) == (204, b"")
    assert found.headers["OData-Version"] == "4.0"


@pytest.mark.parametrize(
    "address", ["Products(1)/Related/Name", "Products/Name", "Categories(2)/Products/Name"]
)
def test_a_property_belongs_to_one_entity(shop: Shop, address: str) -> None:
    assert get(shop, address).status == 404


# Properties and values


@pytest.mark.parametrize(
    ("address", "value"),
    [
        ("Products(1)/Name", "Hammer"),
        ("Products(1)/Stock", 10),
        ("Products(1)/Discontinued", False),
        ("Products(1)/Colour", "Red"),
        ("Products(2)/Features", "Light,Strong"),
        ("Products(1)/Origin/City", "Köln"),
        ("Products(1)/Origin/Position/Lat", 50.94),
        ("Products(1)/Released", "2020-02-29T12:30:45.500000Z"),
        ("Products(8)/Shop.Book/Pages", 320),
        ("Products/Shop.Book(8)/Author", "Ann Öl"),
        ("Settings('Currency')/Extra", "EUR"),
        ("Settings('Depth')/Level", 3),
        ("Shop/Name", "Corner Shop"),
        ("Products(1)/Category/Name", "Tools"),
        ("Version", "1.0"),
        ("Version()", "1.0"),
        ("Products(1)/Label", "1: Hammer"),
        ("Products(1)/Label()", "1: Hammer"),
        ("Products(1)/Shop.Label()", "1: Hammer"),
    ],
)
def test_properties(shop: Shop, address: str, value: object) -> None:
    assert get(shop, address).value == value


def test_a_complex_property_is_an_object_itself(shop: Shop) -> None:
    found = get(shop, "Products(1)/Origin").body
    found.pop("@odata.context")
    assert found == {
        "Street": "Hauptstraße 1",
        "City": "Köln",
        "Zip": "50667",
        "Position": {"Lat": 50.94, "Long": 6.96},
    }


def test_some_of_a_complex_property(shop: Shop) -> None:
    found = get(shop, "Products(1)/Origin?$select=City,Position/Lat").body
    assert found.pop("@odata.context").endswith("#Products(1)/Origin(City,Position/Lat)")
    assert found == {"City": "Köln", "Position": {"Lat": 50.94}}


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("Products(1)/Name/$value", "Hammer"),
        ("Products(4)/Name/$value", "Ärmelmaß"),
        ("Products(9)/Name/$value", ""),
        ("Products(4)/Stock/$value", "9007199254740993"),
        ("Products(6)/Price/$value", "99999999.9999"),
        ("Products(1)/Discontinued/$value", "false"),
        ("Products(1)/Colour/$value", "Red"),
        ("Products(1)/Runtime/$value", "PT1H30M"),
        ("Products(1)/Available/$value", "2020-02-29"),
        ("Products(1)/Code/$value", "0a1b2c3d-0000-4000-8000-000000000001"),
        ("Products(1)/Digits/$value", "AAH_"),
        ("Products(8)/Shop.Book/Pages/$value", "320"),
        ("Settings('Depth')/Level/$value", "3"),
        ("Products/$count", "13"),
        ("Categories(2)/Products/$count", "4"),
        ("Products/Shop.Book/$count", "3"),
        ("Products/$count?$filter=Price gt 12", "2"),
        ("Products/$filter(Price gt 12)/$count", "2"),
        ("Products/$count?$search=hammer", "2"),
        ("Products/$count?$top=1&$skip=5&$orderby=Name&$expand=Category", "13"),
        ("Products/Cheapest(count=3)/$count", "3"),
        ("Products(3)/Related/$count", "0"),
        ("Orders/$count", "4"),
    ],
)
def test_raw_values_and_counts(shop: Shop, address: str, text: str) -> None:
    found = get(shop, address, {"Accept": "text/plain"})
    assert (found.status, found.text) == (200, text)
    assert found.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/plain", "image/png"])
@pytest.mark.parametrize(
    ("address", "kind", "body"),
    [
        ("Pictures(1)/$value", "image/png", data.PICTURE_BODIES[1][0]),
        ("Products(1)/Thumb", "image/gif", data.THUMBS[1][0]),
    ],
)
def test_streams_come_as_they_are(
    shop: Shop, accept: str, address: str, kind: str, body: bytes
) -> None:
    found = get(shop, address, {"Accept": accept})
    assert (found.status, found.raw, found.headers["Content-Type"]) == (200, body, kind)
    assert found.headers["Content-Length"] == str(len(body))
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["OData-Version"] == "4.0"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("Products(1)/$value", 400),
        ("Products/$value", 400),
        ("Products(1)/Origin/$value", 400),
        ("Products(1)/Thumb/$value", 400),
        ("Products(1)/$count", 400),
        ("Products(1)/Name/$count", 400),
        ("Products(14)/Category/$value", 400),
        ("Products(1)/Name/$ref", 404),
        ("Products(1)/Category(2)", 400),
        ("Products(1)(1)", 400),
        ("Products//Name", 400),
        ("Products(1", 400),
        ("Products(1,2)", 400),
        ("Products(Nope=1)", 400),
        ("OrderLines(1)", 400),
        ("Products/$filter()", 400),
        ("Products/$filter(Nope eq 1)", 400),
        ("Products/$each", 501),
        ("Categories(2)/Products/Cheapest(count=1)", 501),
        ("Products/Shop.Book/Cheapest(count=1)", 501),
        ("Products(1)/Discount", 405),
        ("Products(1)/Touch/Name", 400),
        ("Reset", 405),
        ("$batch", 405),
        ("Products/Cheapest", 400),
        ("Products/Cheapest(nope=1)", 400),
        ("Products/Cheapest(count=null)", 400),
        ("Products/Cheapest(count='x')", 400),
        ("Products/Cheapest(count=-1)", 422),
        ("Best(minimum=1)/Name", 400),
        ("Products(@p)", 404),
        ("Products(%zz)", 400),
        ("Products(1)/%FF", 400),
    ],
)
def test_addresses_that_make_no_sense(shop: Shop, address: str, status: int) -> None:
    found = get(shop, address)
    assert (found.status, bool(found.error["message"])) == (status, True)


# References


def test_references_of_a_collection(shop: Shop) -> None:
    found = get(shop, "Products(1)/Related/$ref?$top=2&$count=true")
    assert found.body == {
        "@odata.context": f"{ROOT}/$metadata#Collection($ref)",
        "@odata.count": 3,
        "value": [{"@odata.id": f"{ROOT}/Products(2)"}, {"@odata.id": f"{ROOT}/Products(4)"}],
    }


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Products(1)/Category/$ref", "Categories(2)"),
        ("Products(1)/$ref", "Products(1)"),
        (f"{LINE}/$ref", LINE),
        (
            "Settings('Plain/one two')/$ref",
            "Settings('Plain%2Fone%20two')",
        ),
        ("Shop/$ref", "Shop"),
    ],
)
def test_a_reference_is_an_address(shop: Shop, address: str, expected: str) -> None:
    found = get(shop, address).body
    assert found["@odata.id"] == f"{ROOT}/{expected}"
    assert get(shop, found["@odata.id"]).status == 200


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Products/$ref?$filter=Price gt 12", [6, 11]),
        ("Categories(2)/Products/$ref?$orderby=ID desc&$top=2", [7, 6]),
        ("Products/Shop.Book/$ref", [8, 9, 10]),
        ("Products/$ref?$search=hammer&$skip=1", [2]),
    ],
)
def test_references_are_chosen_like_entities(shop: Shop, address: str, expected: list[int]) -> None:
    found = [each["@odata.id"] for each in get(shop, address).value]
    assert found == [f"{ROOT}/Products({each})" for each in expected]


# Operations


def test_the_order_of_a_function_is_kept_and_cut(shop: Shop) -> None:
    assert ids(get(shop, "Best?$top=2")) == [5, 4]
    assert ids(get(shop, "Best?$skip=1&$top=2")) == [4, 1]
    assert ids(get(shop, "Best?$filter=ID lt 5")) == [4, 1]
    assert ids(get(shop, "Best?$orderby=ID&$top=2")) == [1, 4]
    found = get(shop, "Best?$count=true&$top=1&$select=Name")
    assert (found.body["@odata.count"], found.value[0]["Name"]) == (6, "100% wool_shirt")


def test_options_may_be_named_like_parameters(shop: Shop) -> None:
    assert ids(get(shop, "Best?minimum=4&top=1&$select=ID")) == [5]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_a_function_is_only_read(shop: Shop, method: str) -> None:
    assert ask(shop, method, "Version()").status == 405
    assert ask(shop, method, "Products(1)/Label()").status == 405
