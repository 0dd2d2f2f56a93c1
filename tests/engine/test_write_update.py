"""PATCH, PUT, DELETE of entities, and keys that are not there (Protocol 11.4.3, 11.4.4)."""

from typing import Any

import pytest

from tests.engine.client import ROOT, get
from tests.engine.sending import refused, send
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import contents, value


def seen(shop: Shop, address: str) -> dict[str, Any]:
    """The members of an entity, without control information and what every change changes."""
    body = get(shop, address).body
    return {name: each for name, each in body.items() if "@" not in name and name != "Modified"}


# PATCH


def test_patch_changes_what_it_names(shop: Shop) -> None:
    before = seen(shop, "Products(1)")
    done = send(shop, "PATCH", "Products(1)", {"Name": "Mallet", "Price": None})
    assert (done.status, done.raw) == (204, b"")
    assert done.headers["OData-EntityId"] == f"{ROOT}/Products(1)"
    assert done.headers["ETag"] == get(shop, "Products(1)").headers["ETag"] == 'W/"2"'
    assert "Location" not in done.headers
    assert seen(shop, "Products(1)") == {**before, "Name": "Mallet", "Price": None}


def test_merge_is_the_patch_of_older_clients(shop: Shop) -> None:
    assert send(shop, "MERGE", "Products(1)", {"Name": "Mallet"}).status == 204
    assert value(shop, "Products", (1,), "Name") == "Mallet"


@pytest.mark.parametrize(
    ("address", "preference", "status", "applied"),
    [
        ("Products(1)", "return=representation", 200, "return=representation"),
        ("Products(1)", "return-content", 200, "return=representation"),
        ("Products(1)", "return=minimal", 204, "return=minimal"),
        ("Products(1)?$select=Name", "", 200, None),
        ("Products(1)?$select=Name", "return=minimal", 204, "return=minimal"),
        ("Products(1)", "", 204, None),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_the_answer_of_an_update(
    shop: Shop, method: str, address: str, preference: str, status: int, applied: str | None
) -> None:
    done = send(shop, method, address, {"Name": "Mallet"}, {"Prefer": preference})
    assert (done.status, done.headers.get("Preference-Applied")) == (status, applied)
    assert done.headers["ETag"] == 'W/"2"'
    if status == 200:
        assert done.body["Name"] == "Mallet"
        assert ("Price" in done.body) == ("$select" not in address)


def test_an_update_answers_with_what_is_expanded(shop: Shop) -> None:
    done = send(shop, "PATCH", "Products(1)?$expand=Category", {"CategoryID": 5})
    assert (done.status, done.body["Category"]["Name"]) == (200, "Books")


@pytest.mark.parametrize(
    "sent",
    [
        {"ID": 99},
        {"ID": "no number"},
        {"Modified": "1999-01-01T00:00:00Z"},
        {"Modified": "no instant"},
        {
            "@odata.id": "Products(2)",
            "@odata.type": "#Shop.Product",
            "Thumb@odata.mediaReadLink": "x",
        },
        {"#Shop.Touch": {"title": "Touch"}},
        {"Name@odata.type": "#String", "@my.note": {"a": [1]}},
        {"@": 1, "Name@": 2, "Category@": 3, "Nope@": 4, "Nope@x.y": 5},
        {},
    ],
)
def test_what_is_ignored(shop: Shop, sent: Any) -> None:
    before = seen(shop, "Products(1)")
    assert send(shop, "PATCH", "Products(1)", sent).status == 204
    assert seen(shop, "Products(1)") == before


def test_part_of_a_complex_value(shop: Shop) -> None:
    sent = {"Origin": {"City": "Bonn", "Position": {"Lat": 1.5}}}
    assert send(shop, "PATCH", "Products(1)", sent).status == 204
    assert get(shop, "Products(1)/Origin").body["Position"] == {"Lat": 1.5, "Long": 6.96}
    assert value(shop, "Products", (1,), "Origin/City") == "Bonn"
    assert value(shop, "Products", (1,), "Origin/Street") == "Hauptstraße 1"


def test_a_complex_value_becomes_null(shop: Shop) -> None:
    assert send(shop, "PATCH", "Products(1)", {"Origin": None}).status == 204
    assert get(shop, "Products(1)").body["Origin"] is None


def test_a_complex_value_where_there_was_none(shop: Shop) -> None:
    assert send(shop, "PATCH", "Products(3)", {"Origin": {"City": "Bonn"}}).status == 204
    assert get(shop, "Products(3)").body["Origin"]["City"] == "Bonn"


WRONG: list[tuple[Any, int, str]] = [
    ({"Nope": 1}, 400, "Nope"),
    ({"Name": None}, 400, "Name"),
    ({"Discontinued": None}, 400, "Discontinued"),
    ({"Price": "x"}, 400, "Price"),
    ({"Origin": {"Nope": 1}}, 400, "Origin/Nope"),
    ({"Origin": {"Position": {"Lat": []}}}, 400, "Origin/Position/Lat"),
    ({"Name": "kept?", "Price": -1}, 422, "Price"),
    ({"CategoryID": 99}, 422, "CategoryID"),
    ({"Category@odata.bind": "Categories(99)"}, 400, "Categories(99)"),
    ({"Category": {"Name": "x"}}, 501, "Category"),
    ({"Related": []}, 501, "Related"),
    ({"Related": [{"@id": "Products(1)"}]}, 501, "Related"),
    ({"Related@odata.delta": []}, 501, "Related"),
    ({"@odata.type": "#Shop.Book", "Pages": 1}, 400, "@odata.type"),
]


@pytest.mark.parametrize(
    ("sent", "status", "target"), WRONG, ids=[f"{n}-{row[2]}" for n, row in enumerate(WRONG)]
)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_update_that_is_refused(
    shop: Shop, method: str, sent: Any, status: int, target: str
) -> None:
    whole = {"Name": "x", **sent} if method == "PUT" else sent
    assert refused(shop, status, method, "Products(1)", whole).error["target"] == target


# Links


@pytest.mark.parametrize(
    "link", [{"Category@odata.bind": "Categories(5)"}, {"Category": {"@id": "Categories(5)"}}]
)
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_single_link_is_replaced(shop: Shop, method: str, link: Any) -> None:
    assert send(shop, method, "Products(1)", {"Name": "x", "CategoryID": 3, **link}).status == 204
    assert value(shop, "Products", (1,), "CategoryID") == 5


@pytest.mark.parametrize(
    "link", [{"Category@odata.bind": None}, {"Category": None}, {"CategoryID": None}]
)
def test_a_single_link_is_removed(shop: Shop, link: Any) -> None:
    assert send(shop, "PATCH", "Products(1)", link).status == 204
    assert value(shop, "Products", (1,), "CategoryID") is None


def test_links_of_a_collection_are_added(shop: Shop) -> None:
    done = send(
        shop, "PATCH", "Products(1)", {"Related@odata.bind": ["Products(3)", "Products(2)"]}
    )
    assert done.status == 204, done.text
    assert [each["ID"] for each in get(shop, "Products(1)/Related").value] == [2, 3, 4, 7]


def test_a_link_that_has_to_be_there(shop: Shop) -> None:
    line = f"OrderLines(OrderId={data.ORDER_A},Line=1)"
    found = refused(shop, 400, "PATCH", line, {"Order": None})
    assert found.error["target"] == "Order"


def test_a_link_that_is_part_of_the_key(shop: Shop) -> None:
    line = f"OrderLines(OrderId={data.ORDER_A},Line=1)"
    refused(shop, 422, "PATCH", line, {"Order@odata.bind": f"Orders({data.ORDER_D})"})


# Derived types


@pytest.mark.parametrize(
    ("address", "about"),
    [
        ("Products(8)", {}),
        ("Products(8)", {"@odata.type": "#Shop.Book"}),
        ("Products(8)", {"@odata.type": "#Shop.Product"}),
        ("Products(8)/Shop.Book", {}),
        ("Categories(5)/Products(8)", {}),
    ],
)
def test_properties_of_a_derived_type(shop: Shop, address: str, about: Any) -> None:
    assert send(shop, "PATCH", address, {**about, "Pages": 12, "Name": "n"}).status == 204
    assert value(shop, "Products", (8,), "Pages") == 12
    assert value(shop, "Products", (8,), "Author") == "Ann Öl"


@pytest.mark.parametrize("address", ["Products(8)/Shop.Gadget", "Products(1)/Shop.Book"])
@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_an_entity_is_not_of_another_type(shop: Shop, method: str, address: str) -> None:
    refused(shop, 404, method, address, {"Name": "x"} if method != "DELETE" else None)


# PUT


def test_put_sets_the_rest_to_its_defaults(shop: Shop) -> None:
    assert send(shop, "PUT", "Products(4)", {"Name": "Plain", "ID": 1}).status == 204
    expected = seen(shop, "Products(3)") | {"ID": 4, "Name": "Plain", "CategoryID": 3}
    assert seen(shop, "Products(4)") == expected


def test_put_of_a_derived_type(shop: Shop) -> None:
    assert send(shop, "PUT", "Products(8)", {"Name": "n", "Author": "a"}).status == 204
    assert get(shop, "Products(8)").body["@odata.type"] == "#Shop.Book"
    assert value(shop, "Products", (8,), "Pages") is None
    assert value(shop, "Products", (8,), "Author") == "a"


def test_put_replaces_a_complex_value(shop: Shop) -> None:
    sent = {"Name": "x", "Origin": {"City": "Bonn", "Position": {"Lat": 1.0}}}
    assert send(shop, "PUT", "Products(1)", sent).status == 204
    assert get(shop, "Products(1)").body["Origin"] == {
        "Street": None,
        "City": "Bonn",
        "Zip": None,
        "Position": {"Lat": 1.0, "Long": None},
    }


def test_put_wants_what_has_no_default(shop: Shop) -> None:
    found = refused(shop, 400, "PUT", "Products(1)", {"Price": 1})
    assert found.error["target"] == "Name"


# A key that is not there


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("condition", [{}, {"If-None-Match": "*"}])
def test_a_key_that_never_was_is_made(shop: Shop, method: str, condition: Any) -> None:
    made = send(shop, method, "Products(50)", {"ID": 51, "Name": "Saw"}, condition)
    assert made.status == 201, made.text
    assert made.headers["Location"] == f"{ROOT}/Products(50)"
    assert (made.body["ID"], made.body["Name"], made.body["Discontinued"]) == (50, "Saw", False)
    assert get(shop, "Products(50)").body == made.body


def test_one_is_made_without_an_answer(shop: Shop) -> None:
    made = send(shop, "PUT", "Products(50)", {"Name": "Saw"}, {"Prefer": "return=minimal"})
    assert (made.status, made.raw) == (204, b"")
    assert made.headers["Location"] == made.headers["OData-EntityId"] == f"{ROOT}/Products(50)"


def test_one_is_made_with_what_is_below_it(shop: Shop) -> None:
    key = "55555555-5555-4555-8555-555555555555"
    sent = {"Customer": "x", "Lines": [{"Amount": 1, "Product": {"Name": "p"}}]}
    made = send(shop, "PUT", f"Orders({key})", sent)
    assert made.status == 201, made.text
    assert made.body["Lines"][0]["Product"]["Name"] == "p"
    assert made.body["Lines"][0]["OrderId"] == key


def test_one_is_made_of_a_derived_type(shop: Shop) -> None:
    made = send(shop, "PUT", "Products(50)/Shop.Book", {"Name": "b", "Pages": 3})
    assert made.status == 201, made.text
    assert get(shop, "Products(50)").body["@odata.type"] == "#Shop.Book"


def test_one_is_made_with_links(shop: Shop) -> None:
    sent = {
        "Name": "b",
        "Category@odata.bind": "Categories(5)",
        "Related@odata.bind": ["Products(1)"],
    }
    assert send(shop, "PATCH", "Products(50)", sent).status == 201
    assert get(shop, "Products(50)/Category").body["ID"] == 5
    assert [each["ID"] for each in get(shop, "Products(50)/Related").value] == [1]


def test_one_with_two_parts_in_its_key(shop: Shop) -> None:
    address = f"OrderLines(OrderId={data.ORDER_D},Line=5)"
    made = send(shop, "PUT", address, {"Amount": 3})
    assert (made.status, made.headers["Location"]) == (201, f"{ROOT}/{address}")


@pytest.mark.parametrize(
    ("method", "address", "sent", "headers", "status"),
    [
        ("PATCH", "Products(50)", {"Price": 1}, {}, 404),
        ("PATCH", "Products(50)", {"Name": "x", "Price": -1}, {}, 404),
        ("PUT", "Products(50)", {"Price": 1}, {}, 422),
        ("PATCH", "Products(50)", {"Nope": 1}, {}, 400),
        ("PATCH", "Products(50)", {"Name": "x"}, {"If-Match": "*"}, 412),
        ("PUT", "Products(50)", {"Name": "x"}, {"If-Match": 'W/"1"'}, 412),
        ("PUT", "Products(13)", {"Name": "x"}, {}, 404),
        ("PATCH", "Products(13)", {"Name": "x"}, {}, 404),
        ("PUT", "Pictures(50)", {"Title": "x"}, {}, 404),
        ("PUT", "Orders(55555555-5555-4555-8555-555555555555)", {"Customer": None}, {}, 422),
        ("PUT", "Products(3)/Category", {"Name": "x"}, {}, 404),
        ("PATCH", "Categories(5)/Products(50)", {"Name": "x"}, {}, 404),
        ("PUT", "Categories(5)/Products(1)", {"Name": "x"}, {}, 404),
        ("DELETE", "Products(50)", None, {}, 404),
        ("DELETE", "Products(50)", None, {"If-Match": "*"}, 412),
        ("DELETE", "Products(13)", None, {}, 404),
        ("DELETE", "Products(3)/Category", None, {}, 404),
        ("DELETE", "Categories(5)/Products(1)", None, {}, 404),
    ],
)
def test_a_key_under_which_nothing_can_be_done(
    shop: Shop, method: str, address: str, sent: Any, headers: Any, status: int
) -> None:
    refused(shop, status, method, address, sent, headers)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_deleted_key_is_gone(shop: Shop, method: str) -> None:
    assert send(shop, "DELETE", "Products(3)").status == 204
    refused(shop, 404, method, "Products(3)", {"Name": "x"} if method != "DELETE" else None)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}, {"If-Match": 'W/"1"'}])
def test_hidden_is_as_if_deleted(shop: Shop, method: str, headers: Any) -> None:
    assert send(shop, "DELETE", "Products(3)").status == 204
    sent = {"Name": "x"} if method != "DELETE" else None
    answers = [send(shop, method, f"Products({key})", sent, headers) for key in (3, 13)]
    assert answers[0] == answers[1]


# DELETE


def test_delete(shop: Shop) -> None:
    done = send(shop, "DELETE", "Products(1)")
    assert (done.status, done.raw) == (204, b"")
    assert get(shop, "Products(1)").status == 404
    assert get(shop, "Products(2)/Related").value == []


def test_delete_at_the_end_of_a_navigation(shop: Shop) -> None:
    assert send(shop, "DELETE", "Categories(5)/Products(8)").status == 204
    assert get(shop, "Products(8)").status == 404


@pytest.mark.parametrize(
    ("address", "status", "caller"),
    [
        ("Categories(2)", 409, data.ANNA),
        ("Products(1)", 403, data.GUEST),
        ("Shop", 405, data.ANNA),
        ("Nope(1)", 404, data.ANNA),
    ],
)
def test_what_is_not_deleted(shop: Shop, address: str, status: int, caller: str) -> None:
    refused(shop, status, "DELETE", address, caller=caller)


# Singletons


def test_a_singleton_is_changed(shop: Shop) -> None:
    done = send(shop, "PATCH", "Shop", {"Motto": "Go", "Id": "other"})
    assert (done.status, done.headers["OData-EntityId"]) == (204, f"{ROOT}/Shop")
    assert get(shop, "Shop").body["Motto"] == "Go"
    shown = send(shop, "PUT", "Shop", {"Name": "N"}, {"Prefer": "return=representation"})
    assert (shown.status, shown.body["Name"], shown.body["Motto"]) == (200, "N", None)


def test_a_singleton_allows_no_delete(shop: Shop) -> None:
    assert refused(shop, 405, "DELETE", "Shop").headers["Allow"] == "GET, HEAD, PATCH, PUT"


def test_a_change_changes_nothing_else(shop: Shop) -> None:
    before = contents(shop)
    send(shop, "PATCH", "Products(3)", {"Name": "x"})
    after = contents(shop)
    assert len(set(before["product"]) ^ set(after["product"])) == 2
    assert {name: rows for name, rows in before.items() if name != "product"} == {
        name: rows for name, rows in after.items() if name != "product"
    }
