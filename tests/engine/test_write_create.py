"""POST to collections: what is made, and how it is answered (Protocol 11.4.2)."""

from decimal import Decimal
from typing import Any

import pytest

from tests.engine.client import ROOT, VERSION_4_01, get
from tests.engine.sending import etag_of, refused, send
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import value, visible_keys

NEW = {"Name": "Saw", "Price": 4.2, "CategoryID": 2}


def test_post_answers_201_with_the_entity(shop: Shop) -> None:
    made = send(shop, "POST", "Products", NEW)
    assert made.status == 201, made.text
    assert made.headers["Location"] == f"{ROOT}/Products(15)"
    assert made.headers["ETag"] == 'W/"1"'
    assert made.headers["OData-Version"] == "4.0"
    assert "Preference-Applied" not in made.headers
    assert made.body["@odata.context"] == f"{ROOT}/$metadata#Products/$entity"
    assert (made.body["ID"], made.body["Name"], made.body["Price"]) == (15, "Saw", 4.2)
    assert made.body["Discontinued"] is False
    assert made.body["Origin"] is None


def test_the_answer_is_what_its_location_answers(shop: Shop) -> None:
    made = send(shop, "POST", "Products", NEW)
    read = get(shop, made.headers["Location"])
    assert (read.status, read.body) == (200, made.body)
    assert read.headers["ETag"] == made.headers["ETag"]


def test_version_4_01_leaves_the_prefix_out(shop: Shop) -> None:
    made = send(shop, "POST", "Products", NEW, VERSION_4_01)
    assert made.body["@context"] == f"{ROOT}/$metadata#Products/$entity"
    assert made.body["@etag"] == 'W/"1"'


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ({**NEW, "ID": 77}, 77),
        ({**NEW, "ID": None}, 15),
        ({**NEW, "@odata.id": "Products(99)", "@odata.etag": 'W/"9"'}, 15),
        ({**NEW, "@odata.type": "#Shop.Product", "X@y.z": 1, "@my.note": [1]}, 15),
    ],
)
def test_keys_are_the_clients_or_the_servers(shop: Shop, sent: Any, key: int) -> None:
    made = send(shop, "POST", "Products", sent)
    assert (made.status, made.body["ID"]) == (201, key)


@pytest.mark.parametrize("key", [1, 13])
def test_a_key_in_use_is_a_conflict_whoever_sees_it(shop: Shop, key: int) -> None:
    assert refused(shop, 409, "POST", "Products", {**NEW, "ID": key}).error["code"] == "Conflict"


def test_a_key_once_used_stays_used(shop: Shop) -> None:
    assert send(shop, "DELETE", "Products(3)").status == 204
    refused(shop, 409, "POST", "Products", {**NEW, "ID": 3})


def test_keys_that_the_server_gives_alone_are_ignored(shop: Shop) -> None:
    made = send(shop, "POST", "Pictures", {"Id": 50, "Title": "x"})
    assert (made.status, made.body["Id"]) == (201, 3)


@pytest.mark.parametrize(
    ("preference", "status", "applied"),
    [
        ("return=minimal", 204, "return=minimal"),
        ("return=representation", 201, "return=representation"),
        ("odata.maxpagesize=2", 201, None),
        ("return-no-content", 204, "return=minimal"),
    ],
)
def test_return_preferences(shop: Shop, preference: str, status: int, applied: str | None) -> None:
    made = send(shop, "POST", "Products", NEW, {"Prefer": preference})
    assert (made.status, made.headers.get("Preference-Applied")) == (status, applied)
    assert made.headers["Location"] == f"{ROOT}/Products(15)"
    assert made.headers["ETag"] == 'W/"1"'
    if status == 204:
        assert made.raw == b""
        assert made.headers["OData-EntityId"] == made.headers["Location"]
        assert "Content-Type" not in made.headers


def test_select_and_expand_shape_the_answer(shop: Shop) -> None:
    made = send(shop, "POST", "Products?$select=Name&$expand=Category($select=Name)", NEW)
    assert made.status == 201
    assert {name for name in made.body if "@" not in name} == {"Name", "Category"}
    assert made.body["Category"]["Name"] == "Tools"
    assert {name for name in made.body["Category"] if "@" not in name} == {"Name"}


@pytest.mark.parametrize("query", ["$select=Nope", "$expand=Nope", "$select=Name,", "$nope=1"])
def test_an_option_that_is_refused_undoes_it(shop: Shop, query: str) -> None:
    refused(shop, 400, "POST", f"Products?{query}", NEW)


def test_null_for_what_is_not_nullable_takes_the_default(shop: Shop) -> None:
    made = send(shop, "POST", "Products", {**NEW, "Discontinued": None, "Modified": None})
    assert (made.status, made.body["Discontinued"]) == (201, False)


def test_every_unset_property_may_be_null(shop: Shop) -> None:
    sent = dict.fromkeys(get(shop, "Products(3)").body)
    sent = {name: None for name in sent if "@" not in name} | {
        "Name": "x",
        "Thumb": None,
        "Category": None,
        "@odata.type": "Shop.Product",
    }
    made = send(shop, "POST", "Products", sent)
    assert (made.status, made.body["Name"], made.body["Stock"]) == (201, "x", None)


def test_read_only_properties_are_ignored(shop: Shop) -> None:
    made = send(shop, "POST", "Products", {**NEW, "Modified": "1999-01-01T00:00:00Z"})
    assert made.body["Modified"].startswith("2024-")


FULL = {
    "ID": 90,
    "Name": "日本語 😀 'x' \\ \"",
    "Price": 12345678.0001,
    "Stock": 9223372036854775807,
    "Weight": -1.5e-7,
    "Rating": -32768,
    "Released": "2020-02-29T23:59:59.999999Z",
    "Available": "0001-01-01",
    "OpensAt": "23:59:59.999999",
    "Runtime": "-P3DT4.5S",
    "Code": "0a1b2c3d-0000-4000-8000-0000000000aa",
    "Discontinued": True,
    "Colour": "Blue",
    "Features": "Light,Waterproof",
    "Origin": {
        "Street": "",
        "City": "Köln",
        "Zip": None,
        "Position": {"Lat": 0.0, "Long": -0.5},
    },
    "Digits": "AAH_",
    "CategoryID": 2,
}


def test_every_type_comes_back_as_it_was_sent(shop: Shop) -> None:
    assert send(shop, "POST", "Products", FULL).status == 201
    read = get(shop, "Products(90)").body
    shown = {name: each for name, each in read.items() if name in FULL}
    assert shown == FULL
    assert value(shop, "Products", (90,), "Price") == Decimal("12345678.0001")


def test_a_whole_entity_as_it_was_read_can_be_made_again(shop: Shop) -> None:
    read = get(shop, "Products(1)", {"Accept": "application/json;odata.metadata=full"}).body
    made = send(shop, "POST", "Products", {**read, "ID": 91})
    assert made.status == 201, made.text
    kept = {name for name in read if "@" not in name and name[0] != "#"} - {"ID", "Modified"}
    assert {name: made.body[name] for name in kept} == {name: read[name] for name in kept}


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("1.10", "1.10"),
        ("99999999.9999", "99999999.9999"),
        ("0.0001", "0.0001"),
        ("1e2", "100"),
        ("2.500000", "2.5000"),
        ("0.00000", "0.0000"),
        ('"7.0625"', "7.0625"),
        ("0.1234000000000000000000000000000000000000", "0.1234"),
    ],
)
def test_decimals_keep_their_digits(shop: Shop, sent: str, seen: str) -> None:
    made = send(shop, "POST", "Products", f'{{"ID":90,"Name":"x","Price":{sent}}}')
    assert made.status == 201, made.text
    assert f'"Price":{seen},' in made.text
    assert f'"Price":{seen},' in get(shop, "Products(90)").text
    assert value(shop, "Products", (90,), "Price") == Decimal(seen)


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("9007199254740993", "9007199254740993"),
        ('"9007199254740993"', "9007199254740993"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("5.0", "5"),
        ("1e3", "1000"),
    ],
)
def test_big_integers_keep_their_digits(shop: Shop, sent: str, seen: str) -> None:
    made = send(shop, "POST", "Products", f'{{"Name":"x","Stock":{sent}}}')
    assert made.status == 201, made.text
    assert f'"Stock":{seen},' in made.text


@pytest.mark.parametrize("sent", ["INF", "-INF"])
def test_infinities_are_texts(shop: Shop, sent: str) -> None:
    made = send(shop, "POST", "Products", {"Name": "x", "Weight": sent})
    assert made.status == 201, made.text
    assert get(shop, made.headers["Location"]).body["Weight"] == sent


def test_numbers_as_texts_where_the_client_reads_so(shop: Shop) -> None:
    headers = {"Accept": "application/json;IEEE754Compatible=true"}
    made = send(
        shop,
        "POST",
        "Products",
        {"Name": "x", "Stock": "9007199254740993", "Price": "1.1000"},
        {**headers, "Content-Type": "application/json;IEEE754Compatible=true"},
    )
    assert (made.body["Stock"], made.body["Price"]) == ("9007199254740993", "1.1000")


WRONG: list[tuple[Any, str, str]] = [
    # body, target, what the message says
    ({"Name": "x", "Nope": 1}, "Nope", "no such property"),
    ({"Name": "x", "name": 1}, "name", "no such property"),
    ({"Name": 5}, "Name", "Edm.String"),
    ({"Name": "x" * 101}, "Name", "longer than 100"),
    ({"Name": "a\u0000b"}, "Name", "Edm.String"),
    ({"Name": "x", "Price": "dear"}, "Price", "Edm.Decimal"),
    ({"Name": "x", "Price": 0.00001}, "Price", "decimal places"),
    ({"Name": "x", "Price": 123456789}, "Price", "digits"),
    ({"Name": "x", "Stock": 9223372036854775808}, "Stock", "Edm.Int64"),
    ({"Name": "x", "Stock": 1.5}, "Stock", "Edm.Int64"),
    ({"Name": "x", "Stock": True}, "Stock", "Edm.Int64"),
    ({"Name": "x", "Rating": 32768}, "Rating", "Edm.Int16"),
    ({"Name": "x", "Rating": "4"}, "Rating", "Edm.Int16"),
    ({"Name": "x", "Weight": "heavy"}, "Weight", "Edm.Double"),
    ({"Name": "x", "Weight": "NaN"}, "Weight", "NaN"),
    ({"Name": "x", "Discontinued": "false"}, "Discontinued", "Edm.Boolean"),
    ({"Name": "x", "Released": "yesterday"}, "Released", "Edm.DateTimeOffset"),
    ({"Name": "x", "Released": "2024-02-30T00:00:00Z"}, "Released", "Edm.DateTimeOffset"),
    ({"Name": "x", "Available": "2023-02-29"}, "Available", "Edm.Date"),
    ({"Name": "x", "OpensAt": "25:00"}, "OpensAt", "Edm.TimeOfDay"),
    ({"Name": "x", "Runtime": "1h"}, "Runtime", "Edm.Duration"),
    ({"Name": "x", "Code": "123"}, "Code", "Edm.Guid"),
    ({"Name": "x", "Colour": "Pink"}, "Colour", "Shop.Colour"),
    ({"Name": "x", "Colour": 3}, "Colour", "Shop.Colour"),
    ({"Name": "x", "Features": "Light,Soft"}, "Features", "Shop.Features"),
    ({"Name": "x", "Digits": "%%"}, "Digits", "Edm.Binary"),
    ({"Name": "x", "Origin": "Köln"}, "Origin", "object"),
    ({"Name": "x", "Origin": {"Nope": 1}}, "Origin/Nope", "no such property"),
    ({"Name": "x", "Origin": {"Zip": "12345678901"}}, "Origin/Zip", "longer than 10"),
    ({"Name": "x", "Origin": {"Position": []}}, "Origin/Position", "object"),
    ({"Name": "x", "Origin": {"Position": {"Lat": "N"}}}, "Origin/Position/Lat", "Edm.Double"),
    ({"Name": "x", "Thumb": "AAAA"}, "Thumb", "own address"),
    ({"Name": "x", "@odata.type": "#Shop.Order"}, "@odata.type", "Shop.Product"),
    ({"Name": "x", "@odata.type": "#Shop.Nope"}, "@odata.type", "no such type"),
    ({"Name": "x", "@odata.type": "#Shop.Colour"}, "@odata.type", "no such type"),
    ({"Name": "x", "@odata.type": {"a": 1}}, "@odata.type", "no such type"),
    ({"Name": "x", "Pages": 5}, "Pages", "no such property"),
]


@pytest.mark.parametrize(
    ("sent", "target", "said"), WRONG, ids=[f"{n}-{row[1]}" for n, row in enumerate(WRONG)]
)
def test_what_cannot_be_taken_names_its_member(
    shop: Shop, sent: Any, target: str, said: str
) -> None:
    found = refused(shop, 400, "POST", "Products", sent)
    assert found.error["target"] == target
    assert said in found.error["message"]
    assert target in found.error["message"]


@pytest.mark.parametrize(
    ("address", "sent", "target"),
    [
        ("Products", {}, "Name"),
        ("Products", {"Name": None}, "Name"),
        ("Products", {"Name": "x", "Price": -1}, "Price"),
        ("Products", {"Name": "x", "CategoryID": 99}, "CategoryID"),
        ("OrderLines", {"OrderId": data.ORDER_A, "Amount": 0}, "Amount"),
    ],
)
def test_what_the_service_refuses(shop: Shop, address: str, sent: Any, target: str) -> None:
    found = refused(shop, 422, "POST", address, sent)
    assert found.error["target"] == target
    assert found.error["details"][0]["target"] == target


def test_who_may_not_write(shop: Shop) -> None:
    assert refused(shop, 403, "POST", "Products", NEW, caller=data.GUEST).error["code"] == (
        "Forbidden"
    )


# Derived types


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("Products", "#Shop.Book"),
        ("Products", "Shop.Book"),
        ("Products", f"{ROOT}/$metadata#Shop.Book"),
        ("Products/Shop.Book", None),
        ("Products/Shop.Book", "#Shop.Book"),
    ],
)
def test_a_derived_type(shop: Shop, address: str, named: str | None) -> None:
    about = {} if named is None else {"@odata.type": named}
    made = send(shop, "POST", address, {**about, "Name": "x", "Pages": 5, "Author": "y"})
    assert made.status == 201, made.text
    assert made.headers["Location"] == f"{ROOT}/Products(15)"
    read = get(shop, "Products(15)").body
    assert (read["@odata.type"], read["Pages"], read["Author"]) == ("#Shop.Book", 5, "y")
    assert get(shop, "Products(15)/Shop.Book/Pages").value == 5


def test_a_cast_address_takes_its_type_only(shop: Shop) -> None:
    sent = {"@odata.type": "#Shop.Gadget", "Name": "x"}
    assert refused(shop, 400, "POST", "Products/Shop.Book", sent).error["target"] == "@odata.type"


# At the end of a navigation


def test_a_collection_below_an_entity_sets_the_way_back(shop: Shop) -> None:
    made = send(shop, "POST", "Categories(5)/Products", {"Name": "Novel"})
    assert (made.status, made.body["CategoryID"]) == (201, 5)
    assert made.headers["Location"] == f"{ROOT}/Products(15)"
    assert made.body["@odata.context"] == f"{ROOT}/$metadata#Products/$entity"


def test_a_part_of_the_key_comes_from_the_way_back(shop: Shop) -> None:
    made = send(shop, "POST", f"Orders({data.ORDER_D})/Lines", {"Amount": 2})
    assert made.status == 201, made.text
    assert (made.body["OrderId"], made.body["Line"]) == (data.ORDER_D, 1)
    assert made.headers["Location"] == f"{ROOT}/OrderLines(OrderId={data.ORDER_D},Line=1)"


def test_a_collection_of_pairs_links_what_it_makes(shop: Shop) -> None:
    before = etag_of(shop, "Products(3)")
    made = send(shop, "POST", "Products(3)/Related", {"Name": "Kin"})
    assert made.status == 201
    related = get(shop, "Products(3)/Related").value
    assert [each["ID"] for each in related] == [made.body["ID"]]
    assert before


@pytest.mark.parametrize(
    ("sent", "target"),
    [
        ({"Name": "x", "CategoryID": 2}, "CategoryID"),
        ({"Name": "x", "Category@odata.bind": "Categories(2)"}, "CategoryID"),
    ],
)
def test_a_body_that_contradicts_its_address(shop: Shop, sent: Any, target: str) -> None:
    assert refused(shop, 400, "POST", "Categories(5)/Products", sent).error["target"] == target


@pytest.mark.parametrize("sent", [{"CategoryID": 5}, {"CategoryID": None}])
def test_a_body_that_agrees_with_its_address(shop: Shop, sent: Any) -> None:
    made = send(shop, "POST", "Categories(5)/Products", {"Name": "x", **sent})
    assert (made.status, made.body["CategoryID"]) == (201, 5)


@pytest.mark.parametrize(
    ("address", "caller", "status"),
    [
        ("Categories(99)/Products", data.ANNA, 404),
        ("Products(13)/Related", data.ANNA, 404),
        ("Products(7)/Related", data.BEN, 404),
    ],
)
def test_below_what_is_not_seen(shop: Shop, address: str, caller: str, status: int) -> None:
    refused(shop, status, "POST", address, {"Name": "x"}, caller=caller)


# Where nothing can be made


@pytest.mark.parametrize(
    ("address", "allow"),
    [
        ("Products(1)", "GET, HEAD, PATCH, PUT, DELETE"),
        ("Products(1)/Category", "GET, HEAD, PATCH, PUT, DELETE"),
        ("Shop", "GET, HEAD, PATCH, PUT"),
        ("Products(1)/Name", "GET, HEAD, PUT"),
        ("Products(1)/Origin", "GET, HEAD, PUT, PATCH, DELETE"),
        ("Products(1)/ID", "GET, HEAD"),
        ("Products(1)/Modified", "GET, HEAD"),
        ("Products(1)/Name/$value", "GET, HEAD, PUT"),
        ("Products(1)/Thumb", "GET, HEAD, PUT"),
        ("Pictures(1)/$value", "GET, HEAD, PUT, DELETE"),
        ("Products/$count", "GET, HEAD"),
        ("Products/$filter(ID gt 3)", "GET, HEAD"),
        ("Products/Shop.Cheapest(count=2)", "GET, HEAD"),
        ("Version()", "GET, HEAD"),
        ("Products/$ref", "GET, HEAD"),
        ("$metadata", "GET, HEAD"),
        ("$all", "GET, HEAD"),
        ("$crossjoin(Products,Orders)", "GET, HEAD"),
        ("", "GET, HEAD"),
    ],
)
def test_what_takes_no_post(shop: Shop, address: str, allow: str) -> None:
    assert refused(shop, 405, "POST", address, {"Name": "x"}).headers["Allow"] == allow


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE", "MERGE"])
def test_a_collection_takes_post_only(shop: Shop, method: str) -> None:
    found = refused(shop, 405, method, "Products", {"Name": "x"})
    assert found.headers["Allow"] == "GET, HEAD, POST"


def test_a_method_that_nobody_knows(shop: Shop) -> None:
    refused(shop, 405, "BREW", "Products", {"Name": "x"})


@pytest.mark.parametrize("address", ["Nope", "Products(1)/Nope", "Categories(2)/Nope", "$nope"])
def test_an_address_that_is_none(shop: Shop, address: str) -> None:
    refused(shop, 404, "POST", address, {"Name": "x"})


def test_nobody_else_sees_less_than_before(shop: Shop) -> None:
    before = visible_keys(shop, "Products", data.BEN)
    send(shop, "POST", "Products", NEW)
    assert visible_keys(shop, "Products", data.BEN) == [*before, (15,)]
