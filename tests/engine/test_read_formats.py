"""How answers look: versions, formats, amounts of control information, conditions, errors
(Protocol 8, 9; JSON Format 3, 4, 21).
"""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.engine.client import ROOT, VERSION_4_01, ask, get
from tests.second_service import data
from tests.second_service.fixtures import Shop

JSON = "application/json"
READABLE = (
    "",
    "$metadata",
    "Products",
    "Products?$top=1&$count=true",
    "Products(1)",
    "Products(1)/Name",
    "Products(1)/Name/$value",
    "Products(1)/Origin",
    "Products(1)/Category",
    "Products(14)/Category",
    "Products(1)/Related",
    "Products(1)/Related/$ref",
    "Products/$count",
    "Products(1)/Thumb",
    "Pictures(1)/$value",
    "Shop",
    "Best",
    "Version()",
    "$all",
    "$crossjoin(Categories,Orders)",
    "$entity?$id=Products(1)",
    "Products?$apply=aggregate($count as N)",
    "Products(999)",
    "Products?$nope=1",
)


# Versions


@pytest.mark.parametrize(
    ("headers", "version"),
    [
        ({}, "4.0"),
        ({"OData-MaxVersion": "4.0"}, "4.0"),
        ({"OData-MaxVersion": "4.01"}, "4.01"),
        ({"OData-MaxVersion": "4.02"}, "4.01"),
        ({"OData-MaxVersion": "5.0"}, "4.01"),
        ({"OData-MaxVersion": "4.0;client"}, "4.0"),
        ({"odata-maxversion": "4.01"}, "4.01"),
        ({"OData-Version": "4.01"}, "4.0"),
        ({"MaxDataServiceVersion": "3.0", "OData-MaxVersion": "4.0"}, "4.0"),
    ],
)
def test_the_version_of_answers(shop: Shop, headers: dict[str, str], version: str) -> None:
    prefix = "@odata." if version == "4.0" else "@"
    for address in READABLE:
        found = get(shop, address, headers)
        assert found.headers["OData-Version"] == version
        names = [name.lower() for name in found.headers]
        assert names.count("odata-version") == 1
        if isinstance(found.body, dict) and "error" not in found.body and address != "$metadata":
            assert f"{prefix}context" in found.body


@pytest.mark.parametrize(
    "headers",
    [
        {"OData-MaxVersion": "3.0"},
        {"OData-MaxVersion": "x"},
        {"OData-MaxVersion": ""},
        {"OData-Version": "3.0"},
        {"OData-Version": "5.0"},
    ],
)
def test_versions_that_are_not_spoken(shop: Shop, headers: dict[str, str]) -> None:
    found = get(shop, "Products", headers)
    assert (found.status, found.headers["OData-Version"]) == (400, "4.0")
    assert found.error["target"].startswith("OData-")


@pytest.mark.parametrize("address", READABLE)
def test_answers_say_what_they_depend_on(shop: Shop, address: str) -> None:
    assert get(shop, address).headers["Vary"] == "Accept, OData-MaxVersion, Prefer"


def test_control_information_of_4_01_has_no_prefix(shop: Shop) -> None:
    query = "Products?$top=2&$count=true&$expand=Related($count=true)&$select=Name"
    old, new = get(shop, query).text, get(shop, query, VERSION_4_01).text
    assert "@odata." in old
    assert "@odata." not in new
    parts = ("context", "count", "etag", "id")
    assert all(f'"@{each}"' in new and f'"@odata.{each}"' in old for each in parts)
    assert '"Related@count"' in new


# Formats


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/*",
        JSON,
        "APPLICATION/JSON",
        "application/json;odata.metadata=minimal",
        "application/json;odata=minimalmetadata",
        "application/json;charset=utf-8",
        "application/json, application/xml;q=0.1",
        "application/atom+xml,application/json;q=0.5",
        "text/html,*/*;q=0.8",
        "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
        "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,"
        "text/plain;q=0.7",
    ],
)
def test_json_is_sent_to_who_takes_it(shop: Shop, accept: str) -> None:
    for address in ("", "Products", "Products(1)", "Products(1)/Name"):
        found = get(shop, address, {"Accept": accept})
        assert found.status == 200
        assert found.headers["Content-Type"].startswith("application/json;odata.metadata=minimal")


@pytest.mark.parametrize(
    "accept",
    [
        "application/xml",
        "application/atom+xml",
        "text/html",
        "application/json;q=0",
        "application/json;odata.metadata=most",
        "text/plain",
    ],
)
@pytest.mark.parametrize("address", ["", "Products", "Products(1)", "Products(1)/Name"])
def test_what_takes_no_json_gets_nothing(shop: Shop, accept: str, address: str) -> None:
    found = get(shop, address, {"Accept": accept})
    assert (found.status, found.error["target"]) == (406, "Accept")


@pytest.mark.parametrize("format_", ["json", "JSON", JSON, "application/json;metadata=minimal"])
def test_the_format_option_goes_before_the_header(shop: Shop, format_: str) -> None:
    found = get(shop, f"Products?$format={format_}", {"Accept": "application/xml"})
    assert found.status == 200
    full = get(
        shop,
        "Products(1)?$format=application/json;odata.metadata=none",
        {"Accept": "application/json;odata.metadata=full"},
    )
    assert "@" not in full.text


@pytest.mark.parametrize("format_", ["xml", "atom", "text/html", "nonsense"])
def test_formats_that_are_not_written(shop: Shop, format_: str) -> None:
    found = get(shop, f"Products?$format={format_}")
    assert (found.status, found.error["target"]) == (406, "$format")


def test_a_charset_is_named_only_to_who_names_one(shop: Shop) -> None:
    assert "charset" not in get(shop, "Products").headers["Content-Type"]
    asked = get(shop, "Products", {"Accept": "application/json;charset=utf-8"})
    assert asked.headers["Content-Type"].endswith(";charset=utf-8")


# Amounts of control information


@pytest.mark.parametrize("prefix", ["odata.", ""])
@pytest.mark.parametrize("version", [{}, VERSION_4_01])
@pytest.mark.parametrize("amount", ["none", "minimal", "full"])
def test_the_content_type_says_how_much_there_is(
    shop: Shop, prefix: str, version: Mapping[str, str], amount: str
) -> None:
    accept = f"{JSON};{prefix}metadata={amount}"
    found = get(shop, "Products(1)", {**version, "Accept": accept})
    spelled = "" if version else "odata."
    assert found.headers["Content-Type"] == f"{JSON};{spelled}metadata={amount}"


def test_no_control_information_but_what_a_client_cannot_do_without(shop: Shop) -> None:
    accept = {"Accept": f"{JSON};metadata=none"}
    whole = get(shop, "Products(8)?$expand=Category,Related&$compute=1 as One", accept)
    assert "@" not in whole.text
    paged = {**accept, "Prefer": "maxpagesize=1"}
    listed = get(shop, "Products?$count=true&$expand=Related($count=true)&$select=Name", paged)
    assert set(listed.body) == {"@odata.count", "value", "@odata.nextLink"}
    assert set(listed.value[0]) == {
        "Name",
        "Related@odata.count",
        "Related",
        "Related@odata.nextLink",
    }


def test_full_control_information(shop: Shop) -> None:
    found = get(shop, "Products(8)", {"Accept": f"{JSON};metadata=full"}).body
    about = {
        name: value for name, value in found.items() if name.startswith(("@", "Thumb", "Related"))
    }
    assert about == {
        "@odata.context": f"{ROOT}/$metadata#Products/$entity",
        "@odata.type": "#Shop.Book",
        "@odata.id": f"{ROOT}/Products(8)",
        "@odata.etag": 'W/"1"',
        "@odata.editLink": "Products(8)/Shop.Book",
        "Thumb@odata.mediaEditLink": "Products(8)/Shop.Book/Thumb",
        "Thumb@odata.mediaReadLink": "Products(8)/Shop.Book/Thumb",
        "Related@odata.associationLink": "Products(8)/Shop.Book/Related/$ref",
        "Related@odata.navigationLink": "Products(8)/Shop.Book/Related",
    }
    types = {name: value for name, value in found.items() if name.endswith("@odata.type")}
    types.pop("@odata.type")
    assert types == {
        "ID@odata.type": "#Int32",
        "Price@odata.type": "#Decimal",
        "Stock@odata.type": "#Int64",
        "Weight@odata.type": "#Double",
        "Rating@odata.type": "#Int16",
        "Released@odata.type": "#DateTimeOffset",
        "Available@odata.type": "#Date",
        "Colour@odata.type": "#Shop.Colour",
        "Modified@odata.type": "#DateTimeOffset",
        "CategoryID@odata.type": "#Int32",
        "Pages@odata.type": "#Int32",
    }
    assert found["#Shop.Discount"]["target"] == f"{ROOT}/Products(8)/Shop.Book/Shop.Discount"
    assert found["#Shop.Label"]["title"] == "Label"
    assert "#Shop.Restock" not in found, "that is bound to a collection"


def test_full_control_information_can_be_followed(shop: Shop) -> None:
    found = get(shop, "Products(8)", {"Accept": f"{JSON};metadata=full"}).body
    for name, link in found.items():
        if name.endswith("Link"):
            assert get(shop, link).status in (200, 204), name
    assert get(shop, found["#Shop.Label"]["target"]).value == "8: Straße nach İstanbul"


def test_full_control_information_in_4_01(shop: Shop) -> None:
    headers = {"Accept": f"{JSON};metadata=full", **VERSION_4_01}
    found = get(shop, "Products(1)?$expand=Related($top=1)", headers).body
    assert found["Price@type"] == "Decimal", "types of Edm have no hash sign in 4.01"
    assert found["Origin@type"] == "#Shop.Address"
    assert found["@type"] == "#Shop.Product"
    inner = found["Related"][0]
    assert (inner["@editLink"], inner["ID@type"]) == ("Products(2)", "Int32")


def test_media_entities_and_what_cannot_be_changed(shop: Shop) -> None:
    headers = {"Accept": f"{JSON};metadata=full"}
    picture = get(shop, "Pictures(1)", headers).body
    assert picture["@odata.mediaReadLink"] == "Pictures(1)/$value"
    assert picture["@odata.mediaEditLink"] == "Pictures(1)/$value"
    assert get(shop, "Shop", headers).body["@odata.editLink"] == "Shop"


def test_what_annotates_stands_in_front_of_the_property(shop: Shop) -> None:
    """As streaming clients need it (JSON, 4.4)."""
    headers = {"Accept": f"{JSON};metadata=full"}
    query = "Products(1)?$expand=Related($count=true;$top=1)&$compute=ID mul 2 as Twice"
    names = list(get(shop, query, headers).body)
    assert names[:4] == ["@odata.context", "@odata.type", "@odata.id", "@odata.etag"]
    for number, name in enumerate(names):
        owner, _, about = name.partition("@odata.")
        if about == "type" and owner:
            assert names[number + 1] == owner
    place = names.index("Related")
    assert set(names[place - 3 : place]) == {
        "Related@odata.count",
        "Related@odata.associationLink",
        "Related@odata.navigationLink",
    }
    structural = [each for each in names if "@" not in each and not each.startswith("#")]
    assert structural[-2:] == ["Twice", "Related"]


# Numbers


def test_numbers_are_exact(shop: Shop) -> None:
    text = get(shop, "Products(4)").text
    assert '"Stock":9007199254740993' in text
    assert '"Price":0.1' in text
    assert '"Price":99999999.9999' in get(shop, "Products(6)").text
    assert '"Stock":-9223372036854775808' in get(shop, "Products(6)").text


@pytest.mark.parametrize("amount", ["", ";odata.metadata=full", ";odata.metadata=none"])
def test_numbers_as_texts(shop: Shop, amount: str) -> None:
    headers = {"Accept": f"{JSON};IEEE754Compatible=true{amount}"}
    found = get(shop, "Products(6)", headers)
    assert "IEEE754Compatible=true" in found.headers["Content-Type"]
    assert (found.body["Stock"], found.body["Price"]) == ("-9223372036854775808", "99999999.9999")
    assert (found.body["ID"], found.body["Weight"]) == (6, 0.0)
    assert get(shop, "Products?$count=true&$top=0", headers).body["@odata.count"] == "13"
    assert get(shop, "Products(4)/Stock", headers).value == "9007199254740993"


# HEAD, conditions


@pytest.mark.parametrize("address", READABLE)
def test_head_is_get_without_a_body(shop: Shop, address: str) -> None:
    whole = get(shop, address)
    found = ask(shop, "HEAD", address, {"x-csrf-token": "Fetch"})
    assert (found.status, found.raw) == (whole.status, b"")
    assert whole.headers.items() <= found.headers.items()
    if whole.raw:
        assert found.headers["Content-Length"] == str(len(whole.raw))


@pytest.mark.parametrize(
    "address",
    [
        "Products(1)",
        "Products(1)?$select=Name",
        "Products(1)/Name",
        "Products(1)/Origin",
        "Products(2)/Related(1)",
        "Products",
        "Products?$filter=Price gt 1&$orderby=Name",
        "Products(1)/Related",
        "Products(1)/Related/$ref",
        "Best",
        "$all",
        "$crossjoin(Categories,Orders)",
        "$metadata",
        "Products?$apply=aggregate($count as N)",
        "$entity?$id=Products(1)",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_a_client_has_is_not_sent_again(shop: Shop, address: str, method: str) -> None:
    etag = get(shop, address).headers["ETag"]
    assert etag.startswith('W/"')
    for sent in (etag, etag.removeprefix("W/"), f'"x", {etag}', "*"):
        again = ask(shop, method, address, {"If-None-Match": sent})
        assert (again.status, again.raw) == (304, b"")
        assert (again.headers["ETag"], again.headers["OData-Version"]) == (etag, "4.0")
        assert "Content-Type" not in again.headers
    assert ask(shop, method, address, {"If-None-Match": '"other"'}).status == 200
    assert ask(shop, method, address, {"If-Match": etag}).status == 200
    assert ask(shop, method, address, {"If-Match": "*"}).status == 200
    assert ask(shop, method, address, {"If-Match": '"other"'}).status == 412


@pytest.mark.parametrize(
    "address", ["Products(1)", "Products(1)/Name", "Products", "Products(2)/Related"]
)
def test_what_has_changed_is_sent_again(shop: Shop, address: str) -> None:
    etag = get(shop, address).headers["ETag"]
    shop.update("Products", (1,), Name="Mallet")
    again = get(shop, address, {"If-None-Match": etag})
    assert again.status == 200
    assert again.headers["ETag"] != etag


@pytest.mark.parametrize("query", ["$expand=Related", "$compute=now() as Now"])
def test_what_an_etag_does_not_cover_has_none(shop: Shop, query: str) -> None:
    found = get(shop, f"Products(1)?{query}", {"If-None-Match": 'W/"1"'})
    assert (found.status, found.headers.get("ETag")) == (200, None)
    assert found.body["@odata.etag"] == 'W/"1"'


@pytest.mark.parametrize("name", ["If-None-Match", "If-Match"])
def test_conditions_that_cannot_be_read(shop: Shop, name: str) -> None:
    assert get(shop, "Products(1)", {name: "nonsense"}).status == 400


def test_snapshots_are_not_kept(shop: Shop) -> None:
    for name in ("Isolation", "OData-Isolation"):
        assert get(shop, "Products", {name: "snapshot"}).status == 412


def test_unknown_headers_and_preferences_are_passed_over(shop: Shop) -> None:
    headers = {
        "X-Own": "1",
        "Prefer": "respond-async, wait=1, return=minimal, odata.track-changes, x=y; z",
    }
    found = get(shop, "Products(1)", headers)
    assert (found.status, found.headers.get("Preference-Applied")) == (200, None)


# Methods


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "BREW", "get"])
def test_methods_that_are_not_known(shop: Shop, method: str) -> None:
    found = ask(shop, method, "Products")
    assert (found.status, found.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("address", ["$all", "$crossjoin(Products,Orders)", "$entity?$id=Shop"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_special_resources_are_only_read(shop: Shop, address: str, method: str) -> None:
    found = ask(shop, method, address)
    assert (found.status, found.headers["Allow"]) == (405, "GET, HEAD")


# Errors


@pytest.mark.parametrize(
    ("address", "status", "code", "target"),
    [
        ("Nothing", 404, "NotFound", "Nothing"),
        ("Products(999)", 404, "NotFound", None),
        ("Products?$filter=Nope eq 1", 400, "BadRequest", "$filter"),
        ("Products?$filter=geo.length(Name) eq 1", 501, "NotImplemented", "$filter"),
        ("Products(1)/Touch", 405, "MethodNotAllowed", None),
        ("Products/Cheapest(count=-1)", 422, "Unprocessable", "count"),
        ("Products?x=" + "a" * 9000, 414, "UriTooLong", None),
        ("Products?$format=xml", 406, "NotAcceptable", "$format"),
    ],
)
@pytest.mark.parametrize("headers", [{}, VERSION_4_01, {"Accept": "text/html"}])
def test_errors_have_one_shape(
    shop: Shop,
    address: str,
    status: int,
    code: str,
    target: str | None,
    headers: dict[str, str],
) -> None:
    found = get(shop, address, headers)
    if "Accept" in headers and found.status == 406 and status != 406:
        status, code, target = 406, "NotAcceptable", "Accept"
    assert found.status == status
    assert set(found.body) == {"error"}
    assert found.error["code"] == code
    assert found.error["message"]
    if address != "Products?$format=xml" or "Accept" not in headers:
        assert found.error.get("target") == target
    assert found.headers["Content-Type"].startswith(JSON)


def test_an_error_tells_where_reading_stopped(shop: Shop) -> None:
    error = get(shop, "Products?$filter=ID eq 1 and Nope eq 2").error
    assert error["target"] == "$filter"
    assert error["details"] == [{"code": "Position", "message": "12", "target": "$filter"}]
    assert "Nope" in error["message"]
    assert "Shop.Product" in error["message"]


def test_errors_of_operations_name_parameters(shop: Shop) -> None:
    error = get(shop, "Products/Cheapest(count=-1)").error
    assert error["details"][0]["target"] == "count"


@pytest.mark.parametrize(
    "address",
    ["Products('%F0%9F%98%80')", "Products?$filter=%F0%9F%98%80", "%E2%98%83", "Products?$☃=1"],
)
def test_errors_quote_any_text(shop: Shop, address: str) -> None:
    assert get(shop, address).error["message"]


def test_the_whole_of_an_entity(shop: Shop) -> None:
    assert get(shop, "Products(1)").body == {
        "@odata.context": f"{ROOT}/$metadata#Products/$entity",
        "@odata.etag": 'W/"1"',
        "ID": 1,
        "Name": "Hammer",
        "Price": 2.5,
        "Stock": 10,
        "Weight": 1.5,
        "Rating": 4,
        "Released": "2020-02-29T12:30:45.500000Z",
        "Available": "2020-02-29",
        "OpensAt": "08:30:00",
        "Runtime": "PT1H30M",
        "Code": "0a1b2c3d-0000-4000-8000-000000000001",
        "Discontinued": False,
        "Colour": "Red",
        "Features": "Strong",
        "Origin": {
            "Street": "Hauptstraße 1",
            "City": "Köln",
            "Zip": "50667",
            "Position": {"Lat": 50.94, "Long": 6.96},
        },
        "Digits": "AAH_",
        "Modified": "2024-05-12T10:00:00Z",
        "CategoryID": 2,
    }


def test_every_entity_comes_back_as_it_was_put_in(shop: Shop) -> None:
    keys: dict[str, Any] = {"Products": "ID", "Categories": "ID", "Pictures": "Id"}
    for home, key in keys.items():
        listed = get(shop, home).value
        assert [each[key] for each in listed] == [
            each[key] for each in data.visible(home, data.ANNA)
        ]
        for each in listed:
            single = get(shop, f"{home}({each[key]})").body
            single.pop("@odata.context")
            assert single == each
