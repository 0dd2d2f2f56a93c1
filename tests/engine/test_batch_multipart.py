"""$batch as multipart/mixed (Protocol 11.7.7)."""

import pytest

from tests.engine.client import ROOT, get
from tests.engine.sending import Part, batch, etag_of, multipart_batch, multipart_body
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import contents, value

KIND = "multipart/mixed; boundary=outer"
CONTINUE = {"Prefer": "odata.continue-on-error"}


def test_requests_are_answered_in_their_order(shop: Shop) -> None:
    found = multipart_batch(
        shop,
        Part("GET", "Products(1)", id="a"),
        Part("POST", "Products", {"Name": "Saw"}, id="b"),
        Part("GET", "Products/$count"),
        Part("PATCH", "Products(1)", {"Name": "Mallet"}),
        Part("GET", "Products(1)/Name/$value"),
        Part("DELETE", "Products(15)"),
        Part("GET", "Version()"),
        Part("GET", "Products/Shop.Cheapest(count=1)?$select=ID"),
        Part("POST", "Products(1)/Discount", {"percent": 50}),
    )
    assert [each.status for each in found] == [200, 201, 200, 204, 200, 204, 200, 200, 200]
    assert [each.id for each in found[:3]] == ["a", "b", None]
    assert found[1].headers["location"] == f"{ROOT}/Products(15)"
    assert found[2].body == b"14"
    assert found[4].body == b"Mallet"
    assert found[6].body["value"] == "1.0"
    assert found[7].body["value"] == [{"@odata.etag": 'W/"1"', "ID": 5}]
    assert found[8].body["Price"] == 1.25


@pytest.mark.parametrize(
    "url",
    [
        "Categories(5)",
        "/Categories(5)",
        "/odata/Categories(5)",
        f"{ROOT}/Categories(5)",
        "http://shop.test:80/odata/Categories(5)",
        "https://shop.test/odata/Categories(5)",
        "categories(5)/",
        "Categories%285%29",
        "Products(8)/Category?$select=ID,Name,ParentID",
    ],
)
def test_forms_of_addresses(shop: Shop, url: str) -> None:
    (found,) = multipart_batch(shop, Part("GET", url, headers={"Host": "shop.test"}))
    assert (found.status, found.body["Name"]) == (200, "Books")


def test_an_address_of_another_service(shop: Shop) -> None:
    (found,) = multipart_batch(shop, Part("GET", "http://other.test/odata/Categories(5)"))
    assert (found.status, found.body["error"]["code"]) == (400, "BadRequest")


# Errors


def test_the_first_error_is_the_last_answer(shop: Shop) -> None:
    parts = (
        Part("POST", "Products", {"Name": "kept"}),
        Part("GET", "Products(99)", id="x"),
        Part("POST", "Products", {"Name": "never"}),
    )
    found = multipart_batch(shop, *parts)
    assert [(each.status, each.id) for each in found] == [(201, None), (404, "x")]
    assert found[1].body["error"]["code"] == "NotFound"
    assert get(shop, "Products/$count").text == "14"


@pytest.mark.parametrize(
    "prefer", ["odata.continue-on-error", "continue-on-error", "continue-on-error=true"]
)
def test_a_client_may_want_to_go_on(shop: Shop, prefer: str) -> None:
    found = multipart_batch(
        shop,
        Part("GET", "Products(99)"),
        Part("GET", "Nope"),
        Part("GET", "Products?$filter=Nope eq 1"),
        Part("POST", "Products", {"Nope": 1}),
        Part("PUT", "Products", {}),
        Part("POST", "Products", "no JSON", headers={"Content-Type": "image/png"}),
        Part("GET", "Products(1)"),
        headers={"Prefer": prefer},
    )
    assert [each.status for each in found] == [404, 404, 400, 400, 405, 415, 200]
    assert found[3].body["error"]["target"] == "Nope"
    assert found[4].headers["allow"] == "GET, HEAD, POST"


def test_a_batch_holds_no_batch(shop: Shop) -> None:
    for url in ("$batch", "/$batch", "%24batch", f"{ROOT}/$batch"):
        (found,) = multipart_batch(shop, Part("POST", url, {"requests": []}))
        assert found.status == 400


def test_preferences_inside(shop: Shop) -> None:
    found = multipart_batch(
        shop,
        Part("PATCH", "Products(1)", {"Name": "a"}, headers={"Prefer": "return=representation"}),
        Part("POST", "Products", {"Name": "b"}, headers={"Prefer": "return=minimal"}),
        Part("POST", "Products", {"Name": "c"}, headers={"Prefer": "return-content"}),
        Part("GET", "Products?$select=ID", headers={"Prefer": "odata.maxpagesize=2"}),
        headers={"Prefer": "return=minimal"},
    )
    assert [each.status for each in found] == [200, 204, 201, 200]
    assert found[0].headers["preference-applied"] == "return=representation"
    assert found[1].headers["odata-entityid"] == f"{ROOT}/Products(15)"
    assert len(found[3].body["value"]) == 2
    assert found[3].body["@odata.nextLink"].startswith(f"{ROOT}/Products?")


def test_conditions_inside(shop: Shop) -> None:
    etag = etag_of(shop, "Products(1)")
    found = multipart_batch(
        shop,
        Part("GET", "Products(1)", headers={"If-None-Match": etag}),
        Part("PATCH", "Products(1)", {"Name": "a"}, headers={"If-Match": etag}),
        Part("PATCH", "Products(1)", {"Name": "b"}, headers={"If-Match": etag}),
    )
    assert [each.status for each in found] == [304, 204, 412]


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
def test_the_etag_of_an_earlier_answer(shop: Shop, name: str) -> None:
    found = multipart_batch(
        shop,
        Part("GET", "Products(1)", id="1"),
        Part("PATCH", "Products(1)", {"Name": "a"}, id="2", headers={name: "$1"}),
        Part("PATCH", "Products(1)", {"Name": "b"}, headers={name: "$1"}),
        Part("PATCH", "Products(1)", {"Name": "c"}, headers={name: "$2"}),
        headers=CONTINUE,
    )
    expected = [200, 204, 412, 204] if name == "If-Match" else [200, 412, 412, 424]
    assert [each.status for each in found] == expected


def test_versions_are_inherited_and_overruled(shop: Shop) -> None:
    found = multipart_batch(
        shop,
        Part("GET", "Shop"),
        Part("GET", "Shop", headers={"OData-MaxVersion": "4.0"}),
        Part("GET", "Nope"),
        headers={"OData-MaxVersion": "4.01", "Accept": "multipart/mixed"},
    )
    assert [each.headers["odata-version"] for each in found] == ["4.01", "4.0", "4.01"]
    assert "@context" in found[0].body
    assert "@odata.context" in found[1].body


# Change sets


def test_a_change_set_is_answered_as_one(shop: Shop) -> None:
    found = multipart_batch(
        shop,
        Part("GET", "Products/$count"),
        Part("POST", "Products", {"Name": "Saw"}, id="1", group="set"),
        Part("PATCH", "Products(1)", {"Name": "x"}, id="2", group="set"),
        Part("DELETE", "Products(3)", id="3", group="set"),
        Part("GET", "Products/$count"),
        Part("POST", "Categories", {"Name": "c"}, id="4", group="other"),
    )
    assert [(each.status, each.in_set) for each in found] == [
        (200, False),
        (201, True),
        (204, True),
        (204, True),
        (200, False),
        (201, True),
    ]
    assert [each.id for each in found] == [None, "1", "2", "3", None, "4"]
    assert (found[0].body, found[4].body) == (b"13", b"13")


BAD = [
    Part("POST", "Products", {"Name": "y", "Price": -1}, id="bad", group="set"),
    Part("POST", "Products", {"ID": 1, "Name": "y"}, id="bad", group="set"),
    Part("PATCH", "Products(99)", {"Price": 1}, id="bad", group="set"),
    Part("DELETE", "Products(2)", id="bad", headers={"If-Match": '"0"'}, group="set"),
    Part("POST", "Nope", {}, id="bad", group="set"),
    Part("POST", "$batch", {}, id="bad", group="set"),
    Part("POST", "http://other.test/x", {}, id="bad", group="set"),
]


@pytest.mark.parametrize("bad", BAD, ids=[f"{each.method} {each.url}" for each in BAD])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_failing_member_undoes_all(shop: Shop, bad: Part, place: int) -> None:
    good = [
        Part("POST", "Products", {"Name": "Saw"}, id="1", group="set"),
        Part("PATCH", "Products(1)", {"Name": "x"}, id="2", group="set"),
        Part("DELETE", "Products(3)", id="3", group="set"),
    ]
    good.insert(place, bad)
    before = contents(shop)
    (found,) = multipart_batch(shop, *good)
    assert (found.id, found.in_set) == ("bad", False)
    assert found.status >= 400
    assert found.body["error"]["message"]
    assert contents(shop) == before


def test_what_follows_a_failed_change_set(shop: Shop) -> None:
    parts = (
        Part("POST", "Products", {"Name": ""}, id="1", group="set"),
        Part("POST", "Products", {"Nope": 1}, id="2", group="set"),
        Part("POST", "Products", {"Name": "after"}, id="3", group="next"),
        Part("GET", "Products/$count"),
    )
    assert [each.status for each in multipart_batch(shop, *parts)] == [400]
    found = multipart_batch(shop, *parts, headers=CONTINUE)
    assert [each.status for each in found] == [400, 201, 200]
    assert found[2].body == b"14"


def test_who_may_not_write(shop: Shop) -> None:
    before = contents(shop)
    found = multipart_batch(
        shop, Part("POST", "Products", {"Name": "x"}, id="1", group="set"), caller=data.GUEST
    )
    assert [each.status for each in found] == [403]
    assert contents(shop) == before


# References to what was made


def test_new_entities_are_named_by_their_requests(shop: Shop) -> None:
    found = multipart_batch(
        shop,
        Part("POST", "Categories", {"Name": "Sharp"}, id="c", group="set"),
        Part("POST", "$c/Products", {"Name": "Saw"}, id="p", group="set"),
        Part("PATCH", "$p", {"Price": 2}, id="3", group="set"),
        Part("PUT", "$p/Name", {"value": "Axe"}, id="4", group="set"),
        Part("POST", "$p/Discount", {"percent": 50}, id="5", group="set"),
        Part(
            "POST",
            "Products",
            {"Name": "Rake", "Category@odata.bind": "$c", "Related@odata.bind": ["$p"]},
            id="6",
            group="set",
        ),
        Part("POST", f"{ROOT}/$p/Related/$ref", {"@odata.id": "$6"}, id="7", group="set"),
        Part("GET", "Products(16)?$expand=Category,Related"),
        Part("GET", "/$p/Related"),
    )
    assert [each.status for each in found] == [201, 201, 204, 204, 200, 201, 204, 200, 200]
    assert found[1].body["CategoryID"] == 7
    assert (found[4].body["Name"], found[4].body["Price"]) == ("Axe", 1.0)
    assert found[7].body["Category"]["Name"] == "Sharp"
    assert [each["Name"] for each in found[7].body["Related"]] == ["Axe"]
    assert [each["Name"] for each in found[8].body["value"]] == ["Rake"]
    assert not any(b"$c" in each.body for each in found if isinstance(each.body, bytes))


def test_a_reference_to_what_exists(shop: Shop) -> None:
    found = multipart_batch(
        shop,
        Part("PATCH", "Products(8)", {"Name": "n"}, id="1"),
        Part("GET", "$1/Category/Name"),
    )
    assert (found[1].status, found[1].body["value"]) == (200, "Books")


def test_a_reference_to_nothing(shop: Shop) -> None:
    before = contents(shop)
    parts = (
        Part("POST", "$9/Products", {"Name": "x"}, id="1", group="set"),
        Part("PATCH", "$9", {"Name": "x"}),
        Part("POST", "Products", {"Name": "x", "Category@odata.bind": "$9"}),
    )
    found = multipart_batch(shop, *parts, headers=CONTINUE)
    assert [each.status for each in found] == [404, 404, 400]
    assert contents(shop) == before


def test_what_hangs_on_a_failure(shop: Shop) -> None:
    found = multipart_batch(
        shop,
        Part("POST", "Products", {"Nope": 1}, id="1"),
        Part("PATCH", "$1", {"Name": "x"}, id="2"),
        Part("POST", "$2/Related", {"Name": "x"}, id="3", group="set"),
        Part("GET", "Products(1)/Name", id="4"),
        headers=CONTINUE,
    )
    assert [each.status for each in found] == [400, 424, 424, 200]
    assert found[1].body["error"]["code"] == "FailedDependency"


def test_what_was_undone_is_not_referred_to(shop: Shop) -> None:
    found = multipart_batch(
        shop,
        Part("POST", "Products", {"Name": "gone"}, id="1", group="set"),
        Part("POST", "Products", {"Nope": 1}, id="2", group="set"),
        Part("PATCH", "$1", {"Name": "x"}, id="3"),
        headers=CONTINUE,
    )
    assert [each.status for each in found] == [400, 424]


# The batch itself


def test_an_empty_batch(shop: Shop) -> None:
    assert multipart_batch(shop) == []
    body = multipart_body(Part("GET", "Shop"))
    assert batch(shop, body.replace(b"\r\n", b"\n"), KIND).status == 200


def test_an_empty_change_set(shop: Shop) -> None:
    inner = b"--outer\r\nContent-Type: multipart/mixed; boundary=s\r\n\r\n--s--\r\n--outer--\r\n"
    assert batch(shop, inner, KIND).status == 200


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 400), (5000, 400)])
@pytest.mark.parametrize("group", [None, "set"])
def test_how_many_requests_a_batch_has(
    shop: Shop, count: int, status: int, group: str | None
) -> None:
    before = contents(shop)
    parts = [
        Part("PATCH", "Categories(1)", {"Name": "Everything"}, id=str(number), group=group)
        for number in range(count)
    ]
    found = batch(shop, multipart_body(*parts), KIND)
    assert found.status == status, found.text
    assert contents(shop) == before


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", KIND, 400),
        (b"--outer--", "multipart/mixed", 400),
        (b"nothing", KIND, 400),
        (multipart_body(Part("GET", "Shop"))[:-10], KIND, 400),
        (multipart_body(Part("BREW", "Shop")), KIND, 400),
        (multipart_body(Part("GET", "Shop", id="1"), Part("GET", "Shop", id="1")), KIND, 400),
        (multipart_body(Part("GET", "Shop", id="1", group="set")), KIND, 400),
        (multipart_body(Part("GET", "Shop")), "multipart/form-data; boundary=outer", 415),
        (multipart_body(Part("GET", "Shop")), "application/xml", 415),
    ],
)
def test_a_batch_that_cannot_be_read(shop: Shop, body: bytes, kind: str, status: int) -> None:
    found = batch(shop, body, kind)
    assert found.status == status, found.text
    assert found.error["message"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_a_batch_is_sent_by_post(shop: Shop, method: str) -> None:
    found = batch(shop, multipart_body(Part("GET", "Shop")), KIND, method=method)
    assert (found.status, found.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "multipart/mixed; boundary="),
        ({"Accept": "multipart/mixed"}, "multipart/mixed; boundary="),
        ({"Accept": "application/json"}, "multipart/mixed; boundary="),
        ({"Accept": "application/json", "OData-MaxVersion": "4.01"}, "application/json"),
        ({"Accept": "multipart/mixed", "OData-MaxVersion": "4.01"}, "multipart/mixed; boundary="),
        ({"Accept": "*/*", "OData-MaxVersion": "4.01"}, "multipart/mixed; boundary="),
    ],
)
def test_the_format_of_the_answer(shop: Shop, headers: dict[str, str], kind: str) -> None:
    found = batch(shop, multipart_body(Part("GET", "Shop", id="1")), KIND, headers)
    assert found.status == 200
    assert found.headers["Content-Type"].startswith(kind)
    assert found.headers["OData-Version"] == headers.get("OData-MaxVersion", "4.0")


def test_a_format_that_batches_do_not_have(shop: Shop) -> None:
    headers = {"Accept": "application/xml", "OData-MaxVersion": "4.01"}
    before = contents(shop)
    assert batch(shop, multipart_body(Part("DELETE", "Products(3)")), KIND, headers).status == 406
    assert contents(shop) == before


def test_versions_that_nobody_speaks(shop: Shop) -> None:
    body = multipart_body(Part("GET", "Shop"))
    assert batch(shop, body, KIND, {"OData-MaxVersion": "3.0"}).status == 400


def test_nothing_of_another_request_is_seen(shop: Shop) -> None:
    found = multipart_batch(shop, Part("GET", "Products(7)"), caller=data.BEN)
    assert [each.status for each in found] == [404]
    assert value(shop, "Products", (7,), "Name") == "Hidden drill"
