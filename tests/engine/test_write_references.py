"""$ref: links between entities added, changed and removed (Protocol 11.4.5)."""

from typing import Any

import pytest

from tests.engine.client import ROOT, get
from tests.engine.sending import refused, send
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import value

LINE = f"OrderLines(OrderId={data.ORDER_A},Line=1)"


def related(shop: Shop, key: int = 1) -> list[int]:
    """The products that Anna sees as related to one."""
    return [each["ID"] for each in get(shop, f"Products({key})/Related").value]


@pytest.mark.parametrize(
    "sent",
    [
        {"@odata.id": "Products(3)"},
        {"@id": "Products(3)"},
        {"@odata.context": "$metadata#$ref", "@odata.id": f"{ROOT}/Products(3)"},
        {"@odata.id": "../../Products(3)"},
        {"@odata.id": "/odata/Products('3')"},
    ],
)
def test_post_adds_to_a_collection(shop: Shop, sent: Any) -> None:
    done = send(shop, "POST", "Products(1)/Related/$ref", sent)
    assert (done.status, done.raw) == (204, b""), done.text
    assert related(shop) == [2, 3, 4, 7]


def test_what_is_there_already_may_be_added(shop: Shop) -> None:
    done = send(shop, "POST", "Products(1)/Related/$ref", {"@odata.id": "Products(2)"})
    assert done.status == 204
    assert related(shop) == [2, 4, 7]


def test_post_sets_the_other_side(shop: Shop) -> None:
    done = send(shop, "POST", "Categories(5)/Products/$ref", {"@odata.id": "Products(1)"})
    assert done.status == 204, done.text
    assert value(shop, "Products", (1,), "CategoryID") == 5


@pytest.mark.parametrize("key", [1, 3])
def test_put_changes_a_single_one(shop: Shop, key: int) -> None:
    done = send(shop, "PUT", f"Products({key})/Category/$ref", {"@odata.id": "Categories(5)"})
    assert (done.status, done.raw) == (204, b""), done.text
    assert value(shop, "Products", (key,), "CategoryID") == 5


@pytest.mark.parametrize(
    "address",
    [
        "Products(1)/Related(2)/$ref",
        "Products(1)/Related/2/$ref",
        "Products(1)/Related/$ref?$id=Products(2)",
        f"Products(1)/Related/$ref?$id={ROOT}/Products(2)",
        "Products(1)/Related/$ref?$id=../../Products(2)",
        "Products(1)/Related/$ref?id=Products(2)",
        "Products(1)/Related/$ref?$id=/Products(2)",
        "Products(1)/Related/$ref?%24id=Products%282%29",
        "Products(1)/Related(@k)/$ref?@k=2",
    ],
)
def test_delete_removes_from_a_collection(shop: Shop, address: str) -> None:
    done = send(shop, "DELETE", address)
    assert (done.status, done.raw) == (204, b""), done.text
    assert related(shop) == [4, 7]
    assert related(shop, 2) == [1]


@pytest.mark.parametrize("key", ["(1)/$ref", "/$ref?$id=Products(1)"])
def test_delete_empties_the_other_side(shop: Shop, key: str) -> None:
    assert send(shop, "DELETE", f"Categories(2)/Products{key}").status == 204
    assert value(shop, "Products", (1,), "CategoryID") is None


def test_delete_empties_a_single_one(shop: Shop) -> None:
    assert send(shop, "DELETE", "Products(1)/Category/$ref").status == 204
    assert value(shop, "Products", (1,), "CategoryID") is None
    assert get(shop, "Products(1)/Category").status == 204


WRONG: list[tuple[str, str, Any, int, str | None]] = [
    # method, address, body, status, target
    ("POST", "Products(1)/Related/$ref", {"@odata.id": "Products(99)"}, 400, "Products(99)"),
    ("POST", "Products(1)/Related/$ref", {"@odata.id": "Products(13)"}, 400, "Products(13)"),
    ("POST", "Products(1)/Related/$ref", {"@odata.id": "Categories(1)"}, 400, "Categories(1)"),
    ("POST", "Products(1)/Related/$ref", {"@odata.id": "Products"}, 400, "Products"),
    ("POST", "Products(1)/Related/$ref", {"@odata.id": 5}, 400, "@odata.id"),
    ("POST", "Products(1)/Related/$ref", {"ID": 5}, 400, "@odata.id"),
    ("POST", "Products(1)/Related/$ref", [{"@odata.id": "Products(3)"}], 400, "@odata.id"),
    ("POST", "Products(1)/Related/$ref", None, 400, "@odata.id"),
    ("POST", "Products(13)/Related/$ref", {"@odata.id": "Products(3)"}, 404, None),
    ("POST", "Products(99)/Related/$ref", {"@odata.id": "Products(3)"}, 404, None),
    ("DELETE", "Products(1)/Related(3)/$ref", None, 404, None),
    ("DELETE", "Products(1)/Related(13)/$ref", None, 404, None),
    ("DELETE", "Products(1)/Related/$ref?$id=Products(3)", None, 404, None),
    ("DELETE", "Products(1)/Related/$ref?$id=Products(13)", None, 400, "Products(13)"),
    ("DELETE", "Products(1)/Related/$ref?$id=Nope(1)", None, 400, "Nope(1)"),
    ("DELETE", "Products(1)/Related/$ref?$id=Reset()", None, 400, "Reset()"),
    ("DELETE", "Products(1)/Related/$ref", None, 400, "$id"),
    ("DELETE", "Categories(5)/Products(1)/$ref", None, 404, None),
    ("DELETE", "Categories(5)/Products/$ref?$id=Products(1)", None, 404, None),
    ("DELETE", "Products(1)/Category/$ref?$id=Categories(2)", None, 400, "$id"),
    ("PUT", "Products(1)/Category/$ref", {"@odata.id": "Categories(99)"}, 400, "Categories(99)"),
    ("PUT", "Products(1)/Category/$ref", {"@odata.id": None}, 400, "@odata.id"),
    ("PUT", "Categories(1)/Nope/$ref", {"@odata.id": "Categories(2)"}, 404, "Nope"),
]


@pytest.mark.parametrize(
    ("method", "address", "sent", "status", "target"),
    WRONG,
    ids=[f"{n}-{row[0]} {row[1]}" for n, row in enumerate(WRONG)],
)
def test_references_that_are_refused(
    shop: Shop, method: str, address: str, sent: Any, status: int, target: str | None
) -> None:
    assert refused(shop, status, method, address, sent).error.get("target") == target


@pytest.mark.parametrize(
    ("method", "address", "allow"),
    [
        ("PUT", "Products(1)/Related/$ref", "GET, HEAD, POST, DELETE"),
        ("PATCH", "Products(1)/Related/$ref", "GET, HEAD, POST, DELETE"),
        ("POST", "Products(1)/Category/$ref", "GET, HEAD, PUT, DELETE"),
        ("POST", "Products(1)/Related(2)/$ref", "GET, HEAD, DELETE"),
        ("POST", "Products/$ref", "GET, HEAD"),
        ("DELETE", "Products(1)/$ref", "GET, HEAD"),
        ("PUT", f"{LINE}/Order/$ref", "GET, HEAD"),
        ("DELETE", f"{LINE}/Order/$ref", "GET, HEAD"),
        ("POST", f"Orders({data.ORDER_A})/Lines/$ref", "GET, HEAD"),
        ("DELETE", f"Orders({data.ORDER_A})/Lines({1})/$ref", "GET, HEAD"),
    ],
)
def test_references_that_do_not_change_so(
    shop: Shop, method: str, address: str, allow: str
) -> None:
    sent = None if method == "DELETE" else {"@odata.id": "Products(3)"}
    assert refused(shop, 405, method, address, sent).headers["Allow"] == allow


def test_hidden_ones_take_no_references(shop: Shop) -> None:
    sent = {"@odata.id": "Products(3)"}
    refused(shop, 404, "POST", "Products(7)/Related/$ref", sent, caller=data.BEN)
    refused(shop, 404, "DELETE", "Products(7)/Related(1)/$ref", caller=data.BEN)
    refused(shop, 404, "DELETE", "Products(1)/Related(7)/$ref", caller=data.BEN)


def test_who_may_not_write_references(shop: Shop) -> None:
    sent = {"@odata.id": "Products(3)"}
    refused(shop, 403, "POST", "Products(1)/Related/$ref", sent, caller=data.GUEST)
    refused(shop, 403, "DELETE", "Products(1)/Category/$ref", caller=data.GUEST)
