"""Actions by POST and functions by GET: parameters, answers, refusals (Protocol 11.5)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.odata.engine.edm import Operation
from app.odata.engine.source import Entities, Handler
from tests.engine.client import ROOT, get
from tests.engine.sending import refused, send
from tests.second_service import data, model
from tests.second_service.fixtures import Shop
from tests.second_service.looking import contents, value

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SHOW = {"Prefer": "return=representation"}


def with_handler(shop: Shop, operation: Operation, **changes: Any) -> Shop:
    """The shop with another handler behind one operation."""
    handlers = dict(shop.service.handlers)
    handlers[operation] = replace(handlers[operation], **changes)
    return replace(shop, service=replace(shop.service, handlers=handlers))


# Actions


@pytest.mark.parametrize(
    "address",
    [
        "Products(11)/Shop.Discount",
        "Products(11)/Discount",
        "Products(11)/discount",
        "Products(11)/Discount()",
        "products/11/Shop.Discount",
        "Categories(4)/Products(11)/Discount",
        "Products(11)/Shop.Gadget/Discount",
    ],
)
@pytest.mark.parametrize("sent", [{"percent": 10}, {"Percent": 10.0}, {"PERCENT": "10"}])
def test_an_action_on_an_entity(shop: Shop, address: str, sent: Any) -> None:
    done = send(shop, "POST", address, sent)
    assert (done.status, done.body["Price"]) == (200, 17.991), done.text
    assert done.headers["ETag"] == 'W/"2"'
    assert done.body["@odata.context"] == f"{ROOT}/$metadata#Products/$entity"
    assert value(shop, "Products", (11,), "Price") == Decimal("17.9910")


def test_parameters_may_be_annotated(shop: Shop) -> None:
    sent = {"@odata.context": "x", "percent@odata.type": "#Decimal", "percent": 10}
    assert send(shop, "POST", "Products(11)/Discount", sent).status == 200


@pytest.mark.parametrize(
    ("address", "query", "shown"),
    [
        ("Products(11)/Discount", "$select=Name", {"Name"}),
        (
            "Products(11)/Discount",
            "$select=Name&$expand=Category($select=ID)",
            {"Name", "Category"},
        ),
    ],
)
def test_options_shape_what_an_action_answers(
    shop: Shop, address: str, query: str, shown: set[str]
) -> None:
    done = send(shop, "POST", f"{address}?{query}", {"percent": 10})
    assert {name for name in done.body if "@" not in name} == shown


@pytest.mark.parametrize(
    "sent",
    [
        {"amount": 5, "ids": [3, 1]},
        {"AMOUNT": "5", "Ids": [3, 1]},
    ],
)
@pytest.mark.parametrize("address", ["Products/Shop.Restock", "Categories(2)/Products/Restock"])
def test_an_action_on_a_collection(shop: Shop, address: str, sent: Any) -> None:
    done = send(shop, "POST", address, sent)
    assert [(each["ID"], each["Stock"]) for each in done.value] == [(3, 5), (1, 15)], done.text


def test_a_collection_of_nothing(shop: Shop) -> None:
    assert send(shop, "POST", "Products/Restock", {"amount": 5, "ids": []}).value == []


def test_the_filter_of_what_an_action_answers(shop: Shop) -> None:
    done = send(shop, "POST", "Products/Restock?$filter=ID eq 1", {"amount": 1, "ids": [1, 3]})
    assert [each["ID"] for each in done.value] == [1]


@pytest.mark.parametrize("sent", [None, {}, b" ", {"@odata.context": "x"}])
@pytest.mark.parametrize("headers", [{}, FORM])
def test_an_action_without_parameters(shop: Shop, sent: Any, headers: Any) -> None:
    send(shop, "POST", "Products", {"Name": "x"})
    done = send(shop, "POST", "Reset", sent, headers)
    assert (done.status, done.raw) == (204, b""), done.text
    assert get(shop, "Products(15)").status == 404


@pytest.mark.parametrize(
    ("headers", "status", "applied"),
    [
        ({}, 204, None),
        ({"Prefer": "return=minimal"}, 204, "return=minimal"),
        (SHOW, 200, "return=representation"),
    ],
)
def test_an_action_that_answers_on_request(
    shop: Shop, headers: Any, status: int, applied: str | None
) -> None:
    done = send(shop, "POST", "Products(1)/Touch", None, headers)
    assert (done.status, done.headers.get("Preference-Applied")) == (status, applied)
    assert status == 204 or done.body["ID"] == 1


def test_an_answer_that_is_not_wanted(shop: Shop) -> None:
    wish = {"Prefer": "return=minimal"}
    done = send(shop, "POST", "Products(1)/Discount", {"percent": 1}, wish)
    assert (done.status, done.headers["Preference-Applied"]) == (204, "return=minimal")


@pytest.mark.parametrize(("headers", "status"), [({}, 201), ({"Prefer": "return=minimal"}, 204)])
def test_an_action_that_makes_an_entity(shop: Shop, headers: Any, status: int) -> None:
    made = with_handler(shop, model.TOUCH, status=201, on_request=False)
    done = send(made, "POST", "Products(1)/Touch", None, headers)
    assert (done.status, done.headers["Location"]) == (status, f"{ROOT}/Products(1)")


def test_an_action_that_finds_nothing(shop: Shop) -> None:
    nothing = with_handler(shop, model.TOUCH, run=lambda _: None, on_request=False)
    assert send(nothing, "POST", "Products(1)/Touch").status == 204
    no_keys = with_handler(
        shop, model.TOUCH, run=lambda _: Entities("Products", ()), on_request=False
    )
    assert send(no_keys, "POST", "Products(1)/Touch").status == 204


def test_an_operation_that_is_only_declared(shop: Shop) -> None:
    handlers: dict[Operation, Handler] = {}
    bare = replace(shop, service=replace(shop.service, handlers=handlers))
    refused(bare, 501, "POST", "Products(1)/Touch")
    refused(bare, 501, "GET", "Version()")


def test_a_bare_array_is_the_first_collection(shop: Shop) -> None:
    found = refused(shop, 400, "POST", "Products/Restock", [1, 3])
    assert found.error["target"] == "amount"


WRONG: list[tuple[str, Any, int, str | None]] = [
    # address, body, status, target
    ("Products(1)/Discount", {}, 400, "percent"),
    ("Products(1)/Discount", None, 400, "percent"),
    ("Products(1)/Discount", {"percent": None}, 400, "percent"),
    ("Products(1)/Discount", {"percent": "much"}, 400, "percent"),
    ("Products(1)/Discount", {"percent": [10]}, 400, "percent"),
    ("Products(1)/Discount", {"percent": True}, 400, "percent"),
    ("Products(1)/Discount", {"percent": 1, "PERCENT": 2}, 400, "percent"),
    ("Products(1)/Discount", {"percent": 1, "other": 2}, 400, "other"),
    ("Products(1)/Discount", {"percent": 101}, 422, "percent"),
    ("Products(1)/Discount", [], 400, None),
    ("Products(1)/Discount", 5, 400, None),
    ("Products(1)/Touch", {"x": 1}, 400, "x"),
    ("Products/Restock", {"amount": 1}, 400, "ids"),
    ("Products/Restock", {"amount": 1, "ids": 1}, 400, "ids"),
    ("Products/Restock", {"amount": 1, "ids": [1, "a"]}, 400, "ids/1"),
    ("Products/Restock", {"amount": 1, "ids": [1, None]}, 400, "ids/1"),
    ("Products/Restock", {"amount": 1.5, "ids": [1]}, 400, "amount"),
    ("Products/Restock", {"amount": 1, "ids": [1, 13]}, 422, "ids"),
    ("Products(3)/Discount", {"percent": 1}, 409, None),
    ("Products(13)/Discount", {"percent": 1}, 404, None),
    ("Products(99)/Discount", {"percent": 1}, 404, None),
    ("Products(1)/Shop.Book/Discount", {"percent": 1}, 404, None),
    ("Categories(5)/Products(1)/Discount", {"percent": 1}, 404, None),
    ("Products(1)/Nope", {}, 404, "Nope"),
    ("Products/Discount", {"percent": 1}, 404, "ID"),
    ("Products(1)/Discount(percent=1)", {}, 400, "Discount"),
    ("Products(1)/Discount/Name", {"percent": 1}, 400, "Name"),
    ("Restock", {"amount": 1, "ids": [1]}, 404, "Restock"),
]


@pytest.mark.parametrize(
    ("address", "sent", "status", "target"),
    WRONG,
    ids=[f"{n}-{row[0]}" for n, row in enumerate(WRONG)],
)
def test_a_call_that_is_refused(
    shop: Shop, address: str, sent: Any, status: int, target: str | None
) -> None:
    found = refused(shop, status, "POST", address, sent)
    assert found.error.get("target") == target


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["Products(1)/Touch", "Reset", "Products/Restock"])
def test_an_action_is_called_by_post_only(shop: Shop, method: str, address: str) -> None:
    before = contents(shop)
    found = send(shop, method, address)
    assert (found.status, found.headers["Allow"]) == (405, "POST")
    assert contents(shop) == before


@pytest.mark.parametrize("address", ["Version()", "Products(1)/Label()", "Best(minimum=4)"])
def test_a_function_is_not_called_by_post(shop: Shop, address: str) -> None:
    assert refused(shop, 405, "POST", address, {}).headers["Allow"] == "GET, HEAD"


def test_who_may_not_call_actions(shop: Shop) -> None:
    refused(shop, 403, "POST", "Products(1)/Touch", caller=data.GUEST)


# Functions


@pytest.mark.parametrize(
    ("address", "keys"),
    [
        ("Products/Shop.Cheapest(count=2)", [5, 10]),
        ("Products/Cheapest(count=2)", [5, 10]),
        ("Products/cheapest(COUNT=2)", [5, 10]),
        ("Products/Cheapest(count=@n)?@n=2", [5, 10]),
        ("Products/Cheapest(count='2')", [5, 10]),
        ("Products/Cheapest?@count=2", [5, 10]),
        ("Products/Cheapest(count=0)", []),
        ("Products/Cheapest(count=4)/$filter(ID gt 6)", [10, 7]),
        ("Best(minimum=5)", [5, 4]),
        ("Best(Minimum=5)", [5, 4]),
        ("Best?minimum=5", [5, 4]),
        ("Best?@minimum=5", [5, 4]),
        ("best?MINIMUM=5", [5, 4]),
        ("Best()?$top=1", [5]),
        ("Best(minimum=null)?$top=2", [5, 4]),
    ],
)
def test_functions_and_their_parameters(shop: Shop, address: str, keys: list[int]) -> None:
    found = get(shop, address)
    assert found.status == 200, found.text
    assert sorted(each["ID"] for each in found.value) == sorted(keys)


@pytest.mark.parametrize(
    ("address", "status", "seen"),
    [
        ("Version()", 200, "1.0"),
        ("Version", 200, "1.0"),
        ("Products(1)/Label()", 200, "1: Hammer"),
        ("Products(1)/Label", 200, "1: Hammer"),
        ("Products(1)/Shop.Label()", 200, "1: Hammer"),
        ("Products(8)/Shop.Book/Label", 200, "8: Straße nach İstanbul"),
        ("Products(4)/Label", 204, None),
    ],
)
def test_functions_that_answer_values(shop: Shop, address: str, status: int, seen: Any) -> None:
    found = get(shop, address)
    assert found.status == status, found.text
    assert seen is None or found.value == seen


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("Products/Cheapest", 400),
        ("Products/Cheapest()", 400),
        ("Products/Cheapest(count=null)", 400),
        ("Products/Cheapest(count=two)", 400),
        ("Products/Cheapest(count=2.5)", 400),
        ("Products/Cheapest(count=2147483648)", 400),
        ("Products/Cheapest(count=2,other=1)", 400),
        ("Products/Cheapest(other=1)", 400),
        ("Products/Cheapest(count=2,COUNT=3)", 400),
        ("Products/Cheapest(count=@n)", 400),
        ("Products/Cheapest(2)", 400),
        ("Products/Cheapest(count=-1)", 422),
        ("Products(99)/Label", 404),
        ("Products(13)/Label", 404),
        ("Products(1)/Label/Nope", 400),
    ],
)
def test_functions_that_cannot_be_called_so(shop: Shop, address: str, status: int) -> None:
    refused(shop, status, "GET", address)
