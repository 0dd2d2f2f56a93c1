"""Deep inserts, and links to entities that exist (Protocol 11.4.2.1, 11.4.2.2)."""

from typing import Any

import pytest

from tests.engine.client import ROOT, get
from tests.engine.sending import refused, send
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import value

LINES = {"Customer": "Ola", "Lines": [{"Amount": 2, "ProductID": 1}, {"Amount": 3, "Line": 9}]}


def test_a_collection_is_made_with_its_owner(shop: Shop) -> None:
    made = send(shop, "POST", "Orders", LINES)
    assert made.status == 201, made.text
    key = made.body["Id"]
    lines = get(shop, f"Orders({key})/Lines").value
    assert [(each["Line"], each["Amount"]) for each in lines] == [(1, 2), (9, 3)]
    assert {each["OrderId"] for each in lines} == {key}


def test_the_answer_shows_what_was_made(shop: Shop) -> None:
    made = send(shop, "POST", "Orders", LINES)
    assert [each["Amount"] for each in made.body["Lines"]] == [2, 3]
    assert "Product" not in made.body["Lines"][0]


def test_options_of_the_client_go_before(shop: Shop) -> None:
    made = send(shop, "POST", "Orders?$select=Customer", LINES)
    assert {name for name in made.body if "@" not in name} == {"Customer"}


def test_a_single_one_is_made_first(shop: Shop) -> None:
    sent = {"Name": "Saw", "Category": {"Name": "Sharp", "ParentID": 2}}
    made = send(shop, "POST", "Products", sent)
    assert made.status == 201, made.text
    assert made.body["Category"]["Name"] == "Sharp"
    assert made.body["CategoryID"] == made.body["Category"]["ID"] == 7


def test_nested_twice_up_and_down(shop: Shop) -> None:
    sent = {
        "Customer": "Ola",
        "Lines": [
            {
                "Amount": 1,
                "Product": {
                    "Name": "Axe",
                    "Category": {"Name": "Sharp", "Parent": {"Name": "Top"}},
                    "Related": [{"Name": "Haft", "Price": 1.5}],
                },
            }
        ],
    }
    made = send(shop, "POST", "Orders", sent)
    assert made.status == 201, made.text
    product = made.body["Lines"][0]["Product"]
    assert product["Category"]["Parent"]["Name"] == "Top"
    assert product["Related"][0]["Name"] == "Haft"
    assert get(shop, f"Products({product['ID']})/Category/Parent/Name").value == "Top"
    assert [each["Name"] for each in get(shop, f"Products({product['ID']})/Related").value] == [
        "Haft"
    ]


def test_a_derived_type_inside(shop: Shop) -> None:
    sent = {"Name": "Shelf", "Products": [{"@odata.type": "#Shop.Book", "Name": "b", "Pages": 3}]}
    made = send(shop, "POST", "Categories", sent)
    assert made.status == 201, made.text
    assert made.body["Products"][0]["Pages"] == 3
    assert made.body["Products"][0]["@odata.type"] == "#Shop.Book"


def test_deeper_than_an_answer_can_show(shop: Shop) -> None:
    sent: dict[str, Any] = {"Name": "c9"}
    for number in range(8, 0, -1):
        sent = {"Name": f"c{number}", "Children": [sent]}
    made = send(shop, "POST", "Categories", sent)
    assert made.status == 201, made.text
    assert value(shop, "Categories", (15,), "Name") == "c9"
    assert value(shop, "Categories", (15,), "ParentID") == 14


WRONG: list[tuple[str, Any, int, str]] = [
    # address, body, status, target
    ("Orders", {"Customer": "x", "Lines": [{"Amount": 1}, {"Amount": 0}]}, 422, "Lines/1/Amount"),
    ("Orders", {"Customer": "x", "Lines": [{"Amount": 1}, {"Nope": 0}]}, 400, "Lines/1/Nope"),
    ("Orders", {"Customer": "x", "Lines": [{"Amount": "a"}]}, 400, "Lines/0/Amount"),
    ("Orders", {"Customer": "x", "Lines": [5]}, 400, "Lines/0"),
    ("Orders", {"Customer": "x", "Lines": [None]}, 400, "Lines/0"),
    ("Orders", {"Customer": "x", "Lines": {"Amount": 1}}, 400, "Lines"),
    ("Orders", {"Customer": "x", "Lines": None}, 400, "Lines"),
    ("Products", {"Name": "x", "Category": []}, 400, "Category"),
    ("Products", {"Name": "x", "Category": 5}, 400, "Category"),
    ("Products", {"Name": "x", "Category": {"Name": None}}, 422, "Category/Name"),
    (
        "Products",
        {"Name": "x", "Category": {"Name": "c", "Parent": {}}},
        422,
        "Category/Parent/Name",
    ),
    (
        "Products",
        {"Name": "x", "Related": [{"Name": "y"}, {"Name": "z", "Price": -1}]},
        422,
        "Related/1/Price",
    ),
]


@pytest.mark.parametrize(
    ("address", "sent", "status", "target"),
    WRONG,
    ids=[f"{n}-{row[3]}" for n, row in enumerate(WRONG)],
)
def test_a_bad_one_undoes_all(
    shop: Shop, address: str, sent: Any, status: int, target: str
) -> None:
    assert refused(shop, status, "POST", address, sent).error["target"] == target


def test_a_key_that_is_taken_undoes_all(shop: Shop) -> None:
    sent = {"Customer": "x", "Lines": [{"Line": 1, "Amount": 1}, {"Line": 1, "Amount": 1}]}
    refused(shop, 409, "POST", "Orders", sent)


# Links to what is there

TO_5 = [
    "Categories(5)",
    "/Categories(5)",
    f"{ROOT}/Categories(5)",
    "/odata/Categories(5)",
    "https://shop.test/odata/Categories(5)",
    "Categories(ID=5)",
    "Categories('5')",
    "categories/5",
    "../Categories(5)",
    "Categories%285%29",
    "Products(8)/Category",
    "Categories(4)/Children(5)",
]


@pytest.mark.parametrize("url", TO_5)
def test_a_bound_single_navigation(shop: Shop, url: str) -> None:
    made = send(shop, "POST", "Products", {"Name": "x", "Category@odata.bind": url})
    assert (made.status, made.body["CategoryID"]) == (201, 5), made.text


@pytest.mark.parametrize(
    "link",
    [
        {"Category": {"@id": "Categories(5)"}},
        {"Category": {"@odata.id": "Categories(5)"}},
        {"Category": {"@odata.context": "$metadata#$ref", "@odata.id": "Categories(5)"}},
        {"Category@bind": "Categories(5)"},
        {"Category@odata.bind": "Categories(5)", "CategoryID": 2},
        {"CategoryID": 2, "Category@odata.bind": "Categories(5)"},
        {"Category@odata.bind": "Categories(5)", "CategoryID": None},
    ],
)
def test_spellings_of_a_link(shop: Shop, link: Any) -> None:
    made = send(shop, "POST", "Products", {"Name": "x", **link})
    assert (made.status, made.body["CategoryID"]) == (201, 5), made.text


@pytest.mark.parametrize(
    "link",
    [
        {"Related@odata.bind": ["Products(1)", f"{ROOT}/Products(7)"]},
        {"Related": [{"@id": "Products(1)"}, {"@odata.id": "Products(7)"}]},
        {"Related@odata.bind": ["Products(1)"], "Related": [{"@id": "Products(7)"}]},
        {"Related@odata.bind": ["Products(1)", "Products(7)", "Products(1)"]},
    ],
)
def test_a_bound_collection_of_pairs(shop: Shop, link: Any) -> None:
    made = send(shop, "POST", "Products", {"Name": "x", **link})
    assert made.status == 201, made.text
    related = get(shop, f"Products({made.body['ID']})/Related").value
    assert [each["ID"] for each in related] == [1, 7]


def test_a_bound_collection_sets_the_other_side(shop: Shop) -> None:
    sent = {"Name": "New", "Products@odata.bind": ["Products(3)", "Products(1)"]}
    made = send(shop, "POST", "Categories", sent)
    assert made.status == 201, made.text
    assert [value(shop, "Products", (key,), "CategoryID") for key in (1, 3)] == [
        made.body["ID"]
    ] * 2


def test_links_and_new_ones_in_one_collection(shop: Shop) -> None:
    sent = {"Name": "x", "Related": [{"@id": "Products(1)"}, {"Name": "y"}]}
    made = send(shop, "POST", "Products", sent)
    assert made.status == 201, made.text
    assert {each["Name"] for each in made.body["Related"]} == {"Hammer", "y"}


def test_an_empty_collection_links_nothing(shop: Shop) -> None:
    made = send(shop, "POST", "Products", {"Name": "x", "Related": [], "Lines@odata.bind": []})
    assert made.status == 201, made.text


def test_a_link_to_what_others_do_not_see(shop: Shop) -> None:
    sent = {"Name": "x", "Related@odata.bind": ["Products(7)"]}
    assert send(shop, "POST", "Products", sent).status == 201
    refused(shop, 400, "POST", "Products", sent, caller=data.BEN)


NOWHERE: list[tuple[Any, str]] = [
    ("Categories(99)", "Categories(99)"),
    ("Nope(1)", "Nope(1)"),
    ("Categories", "Categories"),
    ("Products(1)", "Products(1)"),
    ("Products(3)/Category", "Products(3)/Category"),
    ("Products(1)/Name", "Products(1)/Name"),
    ("http://elsewhere.test/odata/Categories(5)", "http://elsewhere.test/odata/Categories(5)"),
    ("Products/Shop.Cheapest(count=1)(5)", "Products/Shop.Cheapest(count=1)(5)"),
    ("Reset", "Reset"),
    ("Categories(@k)", "Categories(@k)"),
    ("Categories('x')", "Categories('x')"),
    ("Categories(5", "Categories(5"),
    ("%ZZ", "%ZZ"),
    ("", ""),
    ("$1", "$1"),
    ("$metadata", "$metadata"),
    (5, "Category@odata.bind"),
    (["Categories(5)"], "Category@odata.bind"),
    ({"@id": "Categories(5)"}, "Category@odata.bind"),
    (True, "Category@odata.bind"),
]


@pytest.mark.parametrize(("url", "target"), NOWHERE, ids=[str(row[0]) for row in NOWHERE])
def test_a_link_to_nowhere(shop: Shop, url: Any, target: str) -> None:
    sent = {"Name": "x", "Category@odata.bind": url}
    assert refused(shop, 400, "POST", "Products", sent).error.get("target", "") == target


@pytest.mark.parametrize(
    ("sent", "target"),
    [
        ({"Nope@odata.bind": "Categories(5)"}, "Nope"),
        ({"Name@odata.bind": "Categories(5)"}, "Name"),
        ({"Related@odata.bind": "Products(1)"}, "Related@odata.bind"),
        ({"Related@odata.bind": None}, "Related@odata.bind"),
        ({"Related@odata.bind": [1]}, "Related@odata.bind"),
        ({"Related@odata.bind": ["Products(1)", "Products(13)"]}, "Products(13)"),
        ({"Related": [{"@id": 5}]}, "Related/0/@id"),
        ({"Related": [{"@id": "Products(99)"}]}, "Products(99)"),
        ({"Category": {"@id": "Categories(5)"}, "Category@bind": "Categories(2)"}, "Category"),
        ({"Category": {"Name": "y"}, "Category@odata.bind": "Categories(2)"}, "Category"),
    ],
)
def test_links_that_make_no_sense(shop: Shop, sent: Any, target: str) -> None:
    found = refused(shop, 400, "POST", "Products", {"Name": "x", **sent})
    assert found.error["target"] == target


def test_what_is_hidden_is_as_if_it_were_not(shop: Shop) -> None:
    def said(key: int) -> str:
        sent = {"Name": "x", "Related@odata.bind": [f"Products({key})"]}
        return refused(shop, 400, "POST", "Products", sent).text.replace(str(key), "?")

    assert said(13) == said(99)


def test_a_link_with_a_change_is_not_done(shop: Shop) -> None:
    sent = {"Name": "x", "Category": {"@id": "Categories(5)", "Name": "renamed"}}
    assert refused(shop, 501, "POST", "Products", sent).error["target"] == "Category"


def test_a_property_that_nothing_can_change_takes_no_links(shop: Shop) -> None:
    line = f"OrderLines(OrderId={data.ORDER_A},Line=1)"
    refused(shop, 501, "POST", "Orders", {"Customer": "x", "Lines@odata.bind": [line]})
