"""$batch as JSON (JSON Format 19)."""

import json
from typing import Any

import pytest

from tests.engine.client import ROOT, get
from tests.engine.sending import Part, batch, json_batch
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import contents

KIND = "application/json"


def statuses(responses: list[dict[str, Any]]) -> dict[str, int]:
    """The statuses by id."""
    return {each["id"]: each["status"] for each in responses}


def test_requests_are_answered_by_their_ids(shop: Shop) -> None:
    found = json_batch(
        shop,
        Part("get", "Products(1)?$select=Name", id="a"),
        Part("POST", "Products", {"Name": "Saw", "Price": 1.5}, id="b"),
        Part("Get", "/odata/Products/$count", id="c"),
        Part("PATCH", f"{ROOT}/Products(1)", {"Name": "Mallet"}, id="d"),
        Part("GET", "/Products(1)/Name/$value", id="e"),
        Part("DELETE", "Products(15)", id="f"),
        Part("GET", "Products(1)/Thumb", id="g"),
        Part("POST", "Products(1)/Touch", id="h"),
    )
    assert statuses(found) == {
        "a": 200, "b": 201, "c": 200, "d": 204, "e": 200, "f": 204, "g": 200, "h": 204,
    }  # fmt: skip
    assert [each["id"] for each in found] == list("abcdefgh")
    assert found[0]["body"]["Name"] == "Hammer"
    assert found[1]["headers"]["location"] == f"{ROOT}/Products(15)"
    assert found[2]["body"] == "14"
    assert "body" not in found[3]
    assert found[4]["body"] == "Mallet"
    assert found[6]["body"] == "R0lGODlhIHRodW1i"


def test_numbers_keep_their_digits(shop: Shop) -> None:
    body = (
        b'{"requests":[{"id":"1","method":"post","url":"Products",'
        b'"body":{"Name":"x","Price":1.10,"Stock":9007199254740993}}]}'
    )
    found = batch(shop, body, KIND)
    assert '"Price":1.10,"Stock":9007199254740993' in found.text


def test_other_bodies(shop: Shop) -> None:
    png = {"content-type": "image/png"}
    found = json_batch(
        shop,
        Part("PUT", "Pictures(2)/$value", "iVBORw", id="1", headers=png),
        Part(
            "PUT", "Products(1)/Name/$value", "Axe", id="2", headers={"content-type": "text/plain"}
        ),
    )
    assert statuses(found) == {"1": 204, "2": 204}
    assert get(shop, "Pictures(2)/$value").raw == b"\x89PNG"
    assert get(shop, "Products(1)/Name").value == "Axe"


def test_errors_stay_in_their_places(shop: Shop) -> None:
    parts = (
        Part("GET", "Products(99)", id="1"),
        Part("POST", "Products", {"Nope": 1}, id="2"),
        Part("GET", "Products(1)", id="3"),
    )
    found = json_batch(shop, *parts)
    assert statuses(found) == {"1": 404, "2": 400, "3": 200}
    assert found[1]["body"]["error"]["target"] == "Nope"
    stopped = json_batch(shop, *parts, headers={"Prefer": "continue-on-error=false"})
    assert statuses(stopped) == {"1": 404}


def test_a_batch_holds_no_batch(shop: Shop) -> None:
    found = json_batch(shop, Part("POST", "$batch", {"requests": []}, id="1"))
    assert statuses(found) == {"1": 400}


# Groups


def test_a_group_succeeds_together(shop: Shop) -> None:
    found = json_batch(
        shop,
        Part("POST", "Products", {"Name": "Saw"}, id="1", group="g"),
        Part("GET", "Products/$count", id="2", group="g"),
        Part("DELETE", "Products(3)", id="3", group="g"),
        Part("GET", "Products/$count", id="4"),
    )
    assert statuses(found) == {"1": 201, "2": 200, "3": 204, "4": 200}
    assert [each.get("atomicityGroup") for each in found] == ["g", "g", "g", None]
    assert (found[1]["body"], found[3]["body"]) == ("14", "13")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_group_fails_together(shop: Shop, place: int) -> None:
    parts = [
        Part("POST", "Products", {"Name": "Saw"}, id="1", group="g"),
        Part("DELETE", "Products(3)", id="2", group="g"),
    ]
    parts.insert(place, Part("POST", "Products", {"Price": -1, "Name": "x"}, id="bad", group="g"))
    before = contents(shop)
    found = json_batch(shop, *parts, Part("GET", "Products/$count", id="after"))
    assert statuses(found) == {"1": 424, "2": 424, "bad": 422, "after": 200}
    assert [each["id"] for each in found] == [*(each.id for each in parts), "after"]
    assert [each.get("atomicityGroup") for each in found] == ["g", "g", "g", None]
    assert contents(shop) == before


# Dependencies


def test_what_depends_on_a_success_runs(shop: Shop) -> None:
    found = json_batch(
        shop,
        Part("POST", "Categories", {"Name": "c"}, id="1", group="g"),
        Part("POST", "$1/Products", {"Name": "p"}, id="2", group="g", depends_on=("1",)),
        Part("GET", "$2/Category/Name", id="3", depends_on=("g",)),
        Part("PATCH", "$2", {"Category@odata.bind": "Categories(2)"}, id="4", depends_on=("2",)),
        Part("GET", "$2/Category/Name", id="5", depends_on=("4",)),
    )
    assert statuses(found) == {"1": 201, "2": 201, "3": 200, "4": 204, "5": 200}
    assert (found[2]["body"]["value"], found[4]["body"]["value"]) == ("c", "Tools")


def test_what_depends_on_a_failure_does_not(shop: Shop) -> None:
    before = contents(shop)
    found = json_batch(
        shop,
        Part("GET", "Products(99)", id="1"),
        Part("DELETE", "Products(3)", id="2", depends_on=("1",)),
        Part("DELETE", "Products(1)", id="3", depends_on=("2",)),
        Part("POST", "Products", {"Name": "x"}, id="4", group="g"),
        Part("POST", "Products", {"Name": "x"}, id="5", group="g", depends_on=("3",)),
        Part("DELETE", "Products(2)", id="6", depends_on=("g",)),
        Part("DELETE", "Products(2)", id="7", depends_on=("4",)),
        Part("PATCH", "$4", {"Name": "x"}, id="8"),
        Part("GET", "Shop", id="9"),
    )
    assert statuses(found) == {"1": 404} | {str(n): 424 for n in range(2, 9)} | {"9": 200}
    assert contents(shop) == before


def test_the_etag_of_an_earlier_answer(shop: Shop) -> None:
    found = json_batch(
        shop,
        Part("GET", "Products(1)", id="1"),
        Part("PATCH", "Products(1)", {"Name": "a"}, id="2", headers={"if-match": "$1"}),
        Part("PATCH", "Products(1)", {"Name": "b"}, id="3", headers={"if-match": "$1"}),
    )
    assert statuses(found) == {"1": 200, "2": 204, "3": 412}


# The batch itself


@pytest.mark.parametrize(("count", "status"), [(0, 200), (100, 200), (101, 400), (10000, 400)])
def test_how_many_requests_a_batch_has(shop: Shop, count: int, status: int) -> None:
    one = {"method": "patch", "url": "Categories(6)", "body": {"Name": "Empty"}}
    requests = [{"id": str(number), **one} for number in range(count)]
    before = contents(shop)
    found = batch(shop, json.dumps({"requests": requests}).encode(), KIND)
    assert found.status == status, found.text
    assert status != 200 or len(found.body["responses"]) == count
    assert contents(shop) == before


GET = {"id": "1", "method": "get", "url": "Shop"}


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {},
        {"requests": {}},
        {"requests": [5]},
        {"requests": [{"id": "1", "method": "get"}]},
        {"requests": [{**GET, "id": 1}]},
        {"requests": [GET, GET]},
        {"requests": [{**GET, "method": "brew"}]},
        {"requests": [{**GET, "headers": []}]},
        {"requests": [{**GET, "dependsOn": ["2"]}]},
        {"requests": [{**GET, "dependsOn": ["1"]}]},
        {"requests": [{**GET, "body": {}}]},
        {"requests": [{**GET, "atomicityGroup": 5}]},
        {"requests": [{**GET, "atomicityGroup": "1"}]},
    ],
)
def test_a_batch_that_cannot_be_read(shop: Shop, sent: Any) -> None:
    before = contents(shop)
    found = batch(shop, json.dumps(sent).encode(), KIND)
    assert found.status == 400, found.text
    assert contents(shop) == before


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b"{", 400), (b"[" * 100_000, 400), (b'{"requests":NaN}', 400)]
)
def test_a_batch_that_is_no_json(shop: Shop, body: bytes, status: int) -> None:
    assert batch(shop, body, KIND).status == status


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "application/json"),
        ({"Accept": "application/json;odata.metadata=minimal"}, "application/json"),
        ({"Accept": "multipart/mixed"}, "multipart/mixed; boundary="),
        ({"Accept": "*/*"}, "application/json"),
    ],
)
def test_the_format_of_the_answer(shop: Shop, headers: dict[str, str], kind: str) -> None:
    found = batch(shop, json.dumps({"requests": [GET]}).encode(), KIND, headers)
    assert (found.status, found.headers["Content-Type"].startswith(kind)) == (200, True)


def test_the_form_of_answers_is_inherited(shop: Shop) -> None:
    wish = {"Accept": "application/json;odata.metadata=none"}
    found = json_batch(shop, Part("GET", "Shop", id="1"), headers=wish)
    assert not [name for name in found[0]["body"] if "@" in name]


def test_each_request_acts_for_the_caller(shop: Shop) -> None:
    found = json_batch(
        shop,
        Part("GET", "Products(7)", id="1", headers={"authorization": "Basic YW5uYTo="}),
        Part("DELETE", "Products(7)", id="2"),
        caller=data.BEN,
    )
    assert statuses(found) == {"1": 404, "2": 404}
