"""PUT, PATCH and DELETE of properties, of streams and of media (Protocol 11.4.6 to 11.4.9)."""

from typing import Any

import pytest

from tests.engine.client import get
from tests.engine.sending import refused, send, streamed
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import value

TEXT = {"Content-Type": "text/plain"}


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("Name", "Axe"),
        ("Price", 1.25),
        ("Stock", 9007199254740993),
        ("Weight", "-INF"),
        ("Released", "2024-01-01T00:00:00Z"),
        ("Runtime", "PT1M"),
        ("Code", "0a1b2c3d-0000-4000-8000-0000000000ff"),
        ("Discontinued", True),
        ("Colour", "Green"),
        ("Features", "Light,Strong"),
        ("Digits", "AQI"),
        ("CategoryID", 5),
        ("Origin/City", "Bonn"),
        ("Origin/Position/Lat", 0.25),
        ("Shop.Product/Name", "Axe"),
    ],
)
def test_a_property_is_written_and_read(shop: Shop, path: str, sent: Any) -> None:
    done = send(shop, "PUT", f"Products(1)/{path}", {"@odata.context": "x", "value": sent})
    assert (done.status, done.raw, done.headers["ETag"]) == (204, b"", 'W/"2"'), done.text
    assert get(shop, f"Products(1)/{path}").value == sent


def test_a_property_of_a_derived_type(shop: Shop) -> None:
    assert send(shop, "PUT", "Products(8)/Shop.Book/Pages", {"value": 5}).status == 204
    assert value(shop, "Products", (8,), "Pages") == 5
    refused(shop, 404, "PUT", "Products(1)/Shop.Book/Pages", {"value": 5})
    refused(shop, 404, "PUT", "Products(8)/Pages", {"value": 5})


def test_a_property_at_the_end_of_a_navigation(shop: Shop) -> None:
    assert send(shop, "PUT", "Products(1)/Category/Name", {"value": "Iron"}).status == 204
    assert value(shop, "Categories", (2,), "Name") == "Iron"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_answer_shows_the_property(shop: Shop, method: str) -> None:
    wish = {"Prefer": "return=representation"}
    done = send(shop, method, "Products(1)/Origin", {"City": "Bonn"}, wish)
    assert (done.status, done.body["City"]) == (200, "Bonn"), done.text
    assert done.headers["Preference-Applied"] == "return=representation"
    done = send(shop, "PUT", "Products(1)/Name", {"value": "Axe"}, wish)
    assert (done.status, done.value) == (200, "Axe")


def test_patch_keeps_and_put_replaces_a_complex_value(shop: Shop) -> None:
    assert send(shop, "PATCH", "Products(1)/Origin", {"Zip": "1"}).status == 204
    assert value(shop, "Products", (1,), "Origin/City") == "Köln"
    assert send(shop, "PATCH", "Products(1)/Origin/Position", {"Lat": 2.0}).status == 204
    assert value(shop, "Products", (1,), "Origin/Position/Long") == 6.96
    assert (
        send(shop, "PUT", "Products(1)/Origin", {"Zip": "2", "Position": {"Lat": 3.0}}).status
        == 204
    )
    assert get(shop, "Products(1)").body["Origin"] == {
        "Street": None,
        "City": None,
        "Zip": "2",
        "Position": {"Lat": 3.0, "Long": None},
    }


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("DELETE", "Price", None),
        ("PUT", "Price", {"value": None}),
        ("DELETE", "Price/$value", None),
        ("DELETE", "Origin", None),
        ("PUT", "Origin", {"value": None}),
        ("DELETE", "Origin/City", None),
        ("DELETE", "Origin/Position", None),
        ("DELETE", "CategoryID", None),
    ],
)
def test_a_property_becomes_null(shop: Shop, method: str, path: str, sent: Any) -> None:
    done = send(shop, method, f"Products(1)/{path}", sent)
    assert (done.status, done.raw) == (204, b""), done.text
    assert get(shop, f"Products(1)/{path}").status == 204
    assert value(shop, "Products", (1,), "Name") == "Hammer"


WRONG: list[tuple[str, str, Any, int, str | None]] = [
    # method, path of product 1, body, status, target or Allow
    ("PUT", "Name", {"value": None}, 400, "Name"),
    ("PUT", "Name", {"value": 5}, 400, "Name"),
    ("PUT", "Name", {"Value": "x"}, 400, "Name"),
    ("PUT", "Name", {}, 400, "Name"),
    ("PUT", "Name", {"value": "x", "other": 1}, 400, "Name"),
    ("PUT", "Name", "null", 400, "Name"),
    ("PUT", "Name", [], 400, "Name"),
    ("PUT", "Name", "", 400, "Name"),
    ("PUT", "Price", {"value": 0.00001}, 400, "Price"),
    ("PUT", "Price", {"value": -1}, 422, "Price"),
    ("PUT", "Colour", {"value": "Pink"}, 400, "Colour"),
    ("PUT", "Origin", {"Nope": 1}, 400, "Origin/Nope"),
    ("PUT", "Origin", {"value": {"City": "x"}}, 400, "Origin/value"),
    ("PATCH", "Origin", {"Position": {"Lat": "x"}}, 400, "Origin/Position/Lat"),
    ("PUT", "Origin", [], 400, "Origin"),
    ("PUT", "Nope", {"value": 1}, 404, "Nope"),
    ("DELETE", "Name", None, 405, "GET, HEAD, PUT"),
    ("DELETE", "Discontinued", None, 405, "GET, HEAD, PUT"),
    ("PATCH", "Name", {"value": "x"}, 405, "GET, HEAD, PUT"),
    ("PATCH", "Price", {"value": 1}, 405, "GET, HEAD, PUT, DELETE"),
    ("PUT", "ID", {"value": 5}, 405, "GET, HEAD"),
    ("DELETE", "ID", None, 405, "GET, HEAD"),
    ("PUT", "Modified", {"value": "2024-01-01T00:00:00Z"}, 405, "GET, HEAD"),
    ("PUT", "Modified/$value", "2024-01-01T00:00:00Z", 405, "GET, HEAD"),
]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "said"),
    WRONG,
    ids=[f"{n}-{row[0]} {row[1]}" for n, row in enumerate(WRONG)],
)
def test_a_property_that_is_not_written(
    shop: Shop, method: str, path: str, sent: Any, status: int, said: str | None
) -> None:
    found = refused(shop, status, method, f"Products(1)/{path}", sent)
    assert (found.headers["Allow"] if status == 405 else found.error["target"]) == said


@pytest.mark.parametrize("path", ["Name", "Name/$value", "Origin", "Thumb", "Price"])
@pytest.mark.parametrize("key", [13, 99])
def test_a_property_of_nothing(shop: Shop, key: int, path: str) -> None:
    method = "DELETE" if path == "Price" else "PUT"
    sent = {"value": "x"} if path == "Name" else {"City": "x"} if path == "Origin" else "x"
    refused(
        shop,
        404,
        method,
        f"Products({key})/{path}",
        sent if method == "PUT" else None,
        TEXT if "$" in path else None,
    )


def test_who_may_not_write_properties(shop: Shop) -> None:
    refused(shop, 403, "PUT", "Products(1)/Name", {"value": "x"}, caller=data.GUEST)
    refused(shop, 403, "PUT", "Products(1)/Thumb", b"x", caller=data.GUEST)


# Plain text


@pytest.mark.parametrize(
    ("path", "sent", "seen"),
    [
        ("Name", "Ä 'x' {1}", "Ä 'x' {1}"),
        ("Name", "", ""),
        ("Price", "1.10", "1.10"),
        ("Stock", "-5", "-5"),
        ("Weight", "INF", "INF"),
        ("Discontinued", "true", "true"),
        ("Released", "2024-01-01T02:00:00+02:00", "2024-01-01T00:00:00Z"),
        ("Colour", "Blue", "Blue"),
        ("Origin/City", "Bonn", "Bonn"),
    ],
)
def test_plain_text_is_written_and_read(shop: Shop, path: str, sent: str, seen: str) -> None:
    done = send(shop, "PUT", f"Products(1)/{path}/$value", sent, TEXT)
    assert done.status == 204, done.text
    assert get(shop, f"Products(1)/{path}/$value").text == seen


def test_bytes_of_a_binary_property(shop: Shop) -> None:
    sent = b"\x00\xff\r\n"
    kind = {"Content-Type": "application/octet-stream"}
    assert send(shop, "PUT", "Products(1)/Digits/$value", sent, kind).status == 204
    assert value(shop, "Products", (1,), "Digits") == sent


@pytest.mark.parametrize(
    ("path", "sent", "kind", "status"),
    [
        ("Price", "dear", "text/plain", 400),
        ("Price", "0.00001", "text/plain", 400),
        ("Price", "", "text/plain", 400),
        ("Name", b"\xff", "text/plain", 400),
        ("Name", "x" * 101, "text/plain", 400),
        ("Name", "a\0b", "text/plain", 400),
        ("Name", '{"value":"x"}', "application/json", 415),
        ("Name", b"x" * (2**20 + 1), "text/plain", 413),
    ],
)
def test_plain_text_that_is_refused(
    shop: Shop, path: str, sent: Any, kind: str, status: int
) -> None:
    headers = {"Content-Type": kind}
    refused(shop, status, "PUT", f"Products(1)/{path}/$value", sent, headers)


# Streams and media


@pytest.mark.parametrize("sent", [b"\x89PNG\x00" * 100, b""])
def test_a_stream_property(shop: Shop, sent: bytes) -> None:
    done = send(shop, "PUT", "Products(2)/Thumb", sent, {"Content-Type": "image/png"})
    assert (done.status, done.raw) == (204, b""), done.text
    read = get(shop, "Products(2)/Thumb")
    assert (read.status, read.raw, read.headers["Content-Type"]) == (200, sent, "image/png")


def test_a_stream_is_shown_when_asked_for(shop: Shop) -> None:
    wish = {"Content-Type": "image/png", "Prefer": "return=representation"}
    done = send(shop, "PUT", "Products(2)/Thumb", b"new", wish)
    assert (done.status, done.raw) == (200, b"new")


def test_a_media_entity_and_its_bytes(shop: Shop) -> None:
    made = send(shop, "POST", "Pictures", {"Title": "Side"})
    address = f"{made.headers['Location']}/$value"
    done = send(shop, "PUT", address, b"GIF89a", {"Content-Type": "image/gif"})
    assert (done.status, done.headers["OData-EntityId"]) == (204, made.headers["Location"])
    read = get(shop, address)
    assert (read.raw, read.headers["Content-Type"]) == (b"GIF89a", "image/gif")


def test_a_media_entity_is_shown_when_asked_for(shop: Shop) -> None:
    done = send(shop, "PUT", "Pictures(1)/$value", b"x", {"Prefer": "return=representation"})
    assert (done.status, done.body["Title"]) == (200, "Front")
    assert get(shop, "Pictures(1)/$value").headers["Content-Type"] == "application/octet-stream"


def test_deleting_the_bytes_deletes_the_media_entity(shop: Shop) -> None:
    assert send(shop, "DELETE", "Pictures(1)/$value").status == 204
    assert get(shop, "Pictures(1)").status == 404


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("PUT", "Pictures(99)/$value", 404),
        ("DELETE", "Pictures(99)/$value", 404),
        ("PATCH", "Pictures(1)/$value", 405),
        ("DELETE", "Products(1)/Thumb", 405),
        ("PATCH", "Products(1)/Thumb", 405),
        ("PUT", "Products(1)/$value", 400),
        ("PUT", "Products/$value", 400),
        ("PUT", "Products(1)/Thumb/$value", 400),
    ],
)
def test_bytes_that_are_not_taken(shop: Shop, method: str, address: str, status: int) -> None:
    refused(shop, status, method, address, b"x" if method == "PUT" else None)


@pytest.mark.parametrize("size", [0, 5, 3 * 2**20])
def test_bytes_that_come_as_a_stream(shop: Shop, size: int) -> None:
    body = bytes(range(256)) * (size // 256) or b"x" * size
    assert streamed(shop, "Pictures(2)/$value", body, "image/png").status == 204
    assert get(shop, "Pictures(2)/$value").raw == body


def test_json_that_comes_as_a_stream(shop: Shop) -> None:
    assert streamed(shop, "Products(1)", b'{"Name":"s"}', "application/json").status == 204
    assert value(shop, "Products", (1,), "Name") == "s"
    long = b'{"Name":"' + b"x" * 2**20 + b'"}'
    assert streamed(shop, "Products(1)", long, "application/json").status == 413


# Dynamic properties of an open type


def test_dynamic_properties_are_made_and_read(shop: Shop) -> None:
    made = send(shop, "POST", "Settings", {"Name": "New", "Extra": "Ä", "Level": 7})
    assert made.status == 201, made.text
    assert (made.body["Extra"], made.body["Level"]) == ("Ä", 7)
    assert get(shop, "Settings('New')/Level").value == 7


@pytest.mark.parametrize(
    ("method", "sent", "extra", "level"),
    [
        ("PATCH", {"Level": 1}, "EUR", 1),
        ("PATCH", {"Extra": None}, None, None),
        ("PATCH", {"Level": 2.0, "Level@odata.type": "#Int32"}, "EUR", 2),
        ("PUT", {"Level": 1}, None, 1),
        ("PUT", {}, None, None),
    ],
)
def test_dynamic_properties_are_changed(
    shop: Shop, method: str, sent: Any, extra: Any, level: Any
) -> None:
    assert send(shop, method, "Settings('Currency')", sent).status == 204
    read = get(shop, "Settings('Currency')").body
    assert (read["Extra"], read["Level"]) == (extra, level)


@pytest.mark.parametrize(
    ("method", "path", "sent", "seen"),
    [
        ("PUT", "Extra", {"value": "USD"}, "USD"),
        ("PUT", "Level", {"value": 5}, 5),
        ("PUT", "Extra", {"value": None}, None),
        ("DELETE", "Extra", None, None),
        ("PUT", "Extra/$value", "CHF", "CHF"),
        ("PUT", "Level/$value", "6", 6),
        ("DELETE", "Extra/$value", None, None),
    ],
)
def test_a_dynamic_property_by_itself(
    shop: Shop, method: str, path: str, sent: Any, seen: Any
) -> None:
    headers = TEXT if isinstance(sent, str) else None
    done = send(shop, method, f"Settings('Currency')/{path}", sent, headers)
    assert done.status == 204, done.text
    assert get(shop, "Settings('Currency')").body[path.partition("/")[0]] == seen


@pytest.mark.parametrize(
    ("method", "address", "sent", "status", "target"),
    [
        ("POST", "Settings", {"Name": "x", "Level": "1"}, 400, "Level"),
        ("POST", "Settings", {"Name": "x", "Extra": "a\0"}, 400, "Extra"),
        ("POST", "Settings", {"Name": "x", "Extra": "\ud800"}, 400, "Extra"),
        ("POST", "Settings", {"Name": "x", "Extra": ["a"]}, 400, "Extra"),
        ("POST", "Settings", {"Name": "x", "Other": "a\0"}, 400, "Other"),
        ("POST", "Settings", {"Name": "x", "Other": {"a": 1}}, 400, "Other"),
        ("POST", "Settings", {"Name": "x", "Other": 1}, 422, "Other"),
        ("POST", "Settings", {"Name": "x", "no name": 1}, 400, "no name"),
        ("POST", "Settings", {"Name": "x", "": 1}, 400, None),
        ("PATCH", "Settings('Depth')", {"Other": 1}, 422, "Other"),
        ("PATCH", "Settings('Depth')", {"Level": 2147483648}, 400, "Level"),
        ("PUT", "Settings('Depth')/Level", {"value": "x"}, 400, "Level"),
        ("PUT", "Settings('Depth')/Other", {"value": "x"}, 404, None),
    ],
)
def test_dynamic_properties_that_are_refused(
    shop: Shop, method: str, address: str, sent: Any, status: int, target: str | None
) -> None:
    assert refused(shop, status, method, address, sent).error.get("target") == target
