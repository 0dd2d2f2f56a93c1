"""System query options on collections and entities (URL Conventions 5)."""

from typing import Any

import pytest

from tests.engine.client import ROOT, VERSION_4_01, Answer, get, items
from tests.second_service import data
from tests.second_service.fixtures import Shop

EVERYTHING = [each["ID"] for each in data.visible("Products", data.ANNA)]
OWN = ("Pages", "Author")  # of books


def ids(shop: Shop, query: str) -> list[int]:
    """The keys of the products that a query lists."""
    found = get(shop, f"Products?{query}")
    assert found.status == 200, found.text
    return [each["ID"] for each in found.value]


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """An object without control information."""
    return {name: value for name, value in item.items() if "@" not in name}


def refused(found: Answer, status: int, target: str) -> None:
    """The answer is an error that names an option."""
    assert (found.status, found.error.get("target")) == (status, target), found.text
    assert found.error["message"]


# $select


@pytest.mark.parametrize(
    ("select", "expected", "context"),
    [
        ("Name", {"Name": "Hammer"}, "Name"),
        ("Name,ID", {"ID": 1, "Name": "Hammer"}, "Name,ID"),
        ("Stock, Rating", {"Stock": 10, "Rating": 4}, "Stock,Rating"),
        ("Origin/City", {"Origin": {"City": "Köln"}}, "Origin/City"),
        ("Origin($select=City)", {"Origin": {"City": "Köln"}}, "Origin/City"),
        ("origin/City", None, None),
        (
            "Origin($select=City,Position($select=Lat))",
            {"Origin": {"City": "Köln", "Position": {"Lat": 50.94}}},
            "Origin/City,Origin/Position/Lat",
        ),
        (
            "Origin/Position",
            {"Origin": {"Position": {"Lat": 50.94, "Long": 6.96}}},
            "Origin/Position",
        ),
        ("Category", {}, "Category"),
        ("Shop.Touch", {}, None),
        ("Shop.*,Name", {"Name": "Hammer"}, "Name"),
        ("Thumb", {}, "Thumb"),
        ("Shop.Product/Name", {"Name": "Hammer"}, "Name"),
        ("Shop.Book/Pages,Name", {"Name": "Hammer"}, "Shop.Book/Pages,Name"),
    ],
)
def test_select(
    shop: Shop, select: str, expected: dict[str, Any] | None, context: str | None
) -> None:
    for address in ("Products(1)", "Products/$filter(ID eq 1)"):
        found = get(shop, f"{address}?$select={select}")
        if expected is None:
            refused(found, 400, "$select")
            continue
        item = found.body["value"][0] if "value" in found.body else found.body
        assert plain(item) == expected
        if context is not None:
            assert f"#Products({context})" in found.body["@odata.context"]


def test_select_of_everything(shop: Shop) -> None:
    starred = get(shop, "Products(1)?$select=*")
    assert starred.body["@odata.context"] == f"{ROOT}/$metadata#Products(*)/$entity"
    assert plain(starred.body) == plain(get(shop, "Products(1)").body)
    assert plain(get(shop, "Products(1)?$select=*,Name").body) == plain(starred.body)


def test_a_complex_value_is_null_only_as_a_whole(shop: Shop) -> None:
    found = get(shop, "Products?$select=Origin/Street&$filter=ID in (1,2,3)&$orderby=ID").value
    assert [plain(each) for each in found] == [
        {"Origin": {"Street": "Hauptstraße 1"}},
        {"Origin": {"Street": None}},
        {"Origin": None},
    ]


def test_an_entity_without_its_key_has_an_id(shop: Shop) -> None:
    found = get(shop, "Products(1)?$select=Name").body
    assert found["@odata.id"] == f"{ROOT}/Products(1)"
    assert "@odata.id" not in get(shop, "Products(1)?$select=ID").body
    line = get(shop, f"Orders({data.ORDER_A})/Lines?$select=Line&$top=1", VERSION_4_01).value[0]
    assert line["@id"] == f"{ROOT}/OrderLines(OrderId={data.ORDER_A},Line=1)"


def test_entities_have_the_members_of_their_own_type(shop: Shop) -> None:
    found = {each["ID"]: each for each in get(shop, "Products").value}
    assert not any(name in found[1] for name in (*OWN, "Voltage"))
    assert all(name in found[8] for name in OWN)
    assert "Voltage" not in found[8]
    assert found[8]["@odata.type"] == "#Shop.Book"
    assert found[11]["Voltage"] == 230
    assert "@odata.type" not in found[1]
    listed = get(shop, "Products?$select=ID,Shop.Book/Pages,Shop.Gadget/Voltage").value
    chosen = {each["ID"]: set(plain(each)) for each in listed}
    assert (chosen[1], chosen[8], chosen[11]) == ({"ID"}, {"ID", "Pages"}, {"ID", "Voltage"})


def test_dynamic_properties_are_like_others(shop: Shop) -> None:
    found = get(shop, "Settings?$select=Level&$filter=Level gt 0").value
    assert [plain(each) for each in found] == [{"Level": 3}]
    assert found[0]["Level@odata.type"] == "#Int32"
    listed = get(shop, "Settings?$orderby=Level desc,Name&$select=Name").value
    assert [each["Name"] for each in listed] == ["Depth", "Greeting", "Currency", "Plain/one two"]
    assert get(shop, "Settings?$select=Name,Unknown").status == 200


@pytest.mark.parametrize(
    ("select", "status"),
    [
        ("Nope", 400),
        ("Origin/Nope", 400),
        ("", 400),
        ("Name,", 400),
        ("Name(", 400),
        ("Shop.Order/Name", 400),
        ("Name($select=X)", 400),
        ("Origin($filter=true)", 400),
        ("Origin($compute=1 as X)", 501),
    ],
)
def test_what_cannot_be_selected(shop: Shop, select: str, status: int) -> None:
    refused(get(shop, f"Products?$select={select}"), status, "$select")


# $filter


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ("ID eq 1", [1]),
        ("ID ne 1", [each for each in EVERYTHING if each != 1]),
        ("Price eq 2.5", [1, 2]),
        ("Name eq 'Hammer' or Name eq 'hammer'", [1, 2]),
        ("Rating eq null and ID lt 11", [3, 10]),
        ("not (Rating gt 2) and ID lt 7", [2, 3, 6]),
        ("Category eq null", [3, 12, 14]),
        ("Category ne null and ID lt 3", [1, 2]),
        ("Category/Name eq 'Tools'", [1, 2, 6, 7]),
        ("Category/Parent/Name eq 'Media'", [8, 9]),
        ("Related/any()", [1, 2, 4, 7, 8]),
        ("Related/any(r:r/ID eq 1)", [2, 7]),
        ("Related/all(r:r/ID gt 1) and Related/any()", [1, 4, 8]),
        ("Related/$count ge 2", [1]),
        ("Related/$count($filter=Price gt 1) eq 1 and ID gt 1", [2, 7, 8]),
        ("Related/$count($search=hammer) eq 1", [1, 2, 7]),
        ("Lines/any(l:l/Amount gt 5)", [1, 4]),
        ("Lines/any(l:l/Order/Customer eq 'Mia')", [1, 4, 7]),
        ("ID in (1,3,99)", [1, 3]),
        ("contains(Name,'amm')", [1, 2]),
        ("startswith(tolower(Name),'ham')", [1, 2]),
        ("Origin/City eq 'Köln'", [1, 2]),
        ("Origin/Position/Lat lt 0", [4]),
        ("Colour eq Shop.Colour'Red'", [1, 6]),
        ("Colour eq 'Red'", [1, 6]),
        ("Features has Shop.Features'Strong'", [1, 2, 4]),
        ("Features has 'Strong'", [1, 2, 4]),
        ("Runtime eq duration'PT1H30M'", [1, 14]),
        ("Runtime eq 'PT1H30M'", [1, 14]),
        ("Available eq 2020-02-29", [1]),
        ("Code eq 0a1b2c3d-0000-4000-8000-000000000001", [1]),
        ("Code eq '0a1b2c3d-0000-4000-8000-000000000001'", [1]),
        ("isof(Shop.Book)", [8, 9, 10]),
        ("Shop.Book/Pages gt 0", [8]),
        ("Price divby 5 eq 0.5", [1, 2]),
        ("substring(Name,-4) eq 'mmer'", [1, 2]),
        ("Name EQ 'Hammer' AND ID LT 5", [1]),
        ("CONTAINS(Name,'amm')", [1, 2]),
        ("year(Released) eq 2020", [1, 14]),
        ("case(ID lt 3:true,true:false)", [1, 2]),
        ("Discontinued", [4, 9]),
        ("true", EVERYTHING),
        ("false", []),
    ],
)
def test_filter(shop: Shop, filter_: str, expected: list[int]) -> None:
    assert ids(shop, f"$filter={filter_}") == expected


@pytest.mark.parametrize(
    "query",
    [
        "$filter=Price eq @p&@p=2.5",
        "$filter=Price eq @p and Name eq @n&@p=2.5&@n='Hammer'",
        "$filter=ID in @list&@list=[1]",
        "$filter=@x&@x=ID eq 1",
        "$orderby=@o desc&@o=Price&$filter=ID in (1,2)",
    ],
)
def test_aliases_of_parameters(shop: Shop, query: str) -> None:
    assert 1 in ids(shop, query)


def test_an_alias_without_a_value_is_null(shop: Shop) -> None:
    assert ids(shop, "$filter=Price eq @p") == [3]


@pytest.mark.parametrize(
    ("query", "status", "target"),
    [
        ("$filter=Nope eq 1", 400, "$filter"),
        ("$filter=ID eq", 400, "$filter"),
        ("$filter=ID", 400, "$filter"),
        ("$filter=ID eq 'x'", 400, "$filter"),
        ("$filter=Name eq 1", 400, "$filter"),
        ("$filter=nope(Name)", 400, "$filter"),
        ("$filter=geo.length(Name) gt 1", 501, "$filter"),
        ("$filter=hassubset([1],[1])", 501, "$filter"),
        ("$filter=", 400, "$filter"),
        ("$filter=(", 400, "$filter"),
        ("$filter=Related eq [1]", 501, "$filter"),
        ("$orderby=Nope", 400, "$orderby"),
        ("$orderby=Name upwards", 400, "$orderby"),
        ("$orderby=Digits", 400, "$orderby"),
        ("$orderby=Related", 400, "$orderby"),
        ("$top=-1", 400, "$top"),
        ("$top=x", 400, "$top"),
        ("$top=", 400, "$top"),
        ("$skip=1.5", 400, "$skip"),
        ("$count=yes", 400, "$count"),
        ("$search=", 400, "$search"),
        ("$search=(a", 400, "$search"),
        ("$expand=Nope", 400, "$expand"),
        ("$compute=1 add as X", 400, "$compute"),
        ("$compute=Price as Name", 400, "$compute"),
        ("$skiptoken=nonsense", 400, "$skiptoken"),
        ("$apply=nope()", 400, "$apply"),
        ("$nope=1", 400, "$nope"),
        ("$index=1", 400, "$index"),
        ("$id=Products(1)", 400, "$id"),
        ("$deltatoken=x", 501, "$deltatoken"),
        ("$top=1&$top=2", 400, "$top"),
        ("$top=1&top=2", 400, "$top"),
        ("$TOP=1&$top=1", 400, "$top"),
        ("$filter=ID eq @p&@p=1&@p=2", 400, "@p"),
    ],
)
def test_what_cannot_be_asked_for(shop: Shop, query: str, status: int, target: str) -> None:
    refused(get(shop, f"Products?{query}"), status, target)


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("Products(1)", "$filter=true"),
        ("Products(1)", "$orderby=Name"),
        ("Products(1)", "$top=1"),
        ("Products(1)", "$skip=1"),
        ("Products(1)", "$count=true"),
        ("Products(1)", "$search=a"),
        ("Products(1)", "$apply=identity"),
        ("Products(1)", "$skiptoken=a"),
        ("Products(1)/Category", "$top=1"),
        ("Shop", "$filter=true"),
        ("Products(1)/Name", "$select=ID"),
        ("Products(1)/Name", "$filter=true"),
        ("Products(1)/Name/$value", "$top=1"),
        ("Products(1)/Origin", "$filter=true"),
        ("Products(1)/Category/$ref", "$select=Name"),
        ("Products(1)/Related/$ref", "$expand=Category"),
        ("Products(1)/Related/$ref", "$select=Name"),
        ("Version()", "$select=Name"),
        ("Products(1)/Label()", "$filter=true"),
        ("Pictures(1)/$value", "$filter=true"),
        ("$entity", "$id=Products(1)&$top=1"),
    ],
)
def test_options_that_do_not_go_with_the_resource(shop: Shop, address: str, query: str) -> None:
    found = get(shop, f"{address}?{query}")
    assert (found.status, "does not go with" in found.error["message"]) == (400, True)


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("Products(1)/Origin", "$expand=X"),
        ("Products(1)/Origin", "$compute=1 as X"),
        ("$all", "$filter=true"),
        ("$all", "$orderby=Name"),
        ("$all", "$select=Name"),
        ("$all", "$expand=*"),
        ("$crossjoin(Products,Orders)", "$expand=Products"),
        ("$crossjoin(Products,Orders)", "$select=Products"),
        ("$crossjoin(Products,Orders)", "$search=a"),
        ("Products/$count", "$apply=identity"),
    ],
)
def test_options_that_would_go_but_are_not_done(shop: Shop, address: str, query: str) -> None:
    assert get(shop, f"{address}?{query}").status == 501


# $orderby, $top, $skip, $count


@pytest.mark.parametrize(
    ("orderby", "expected"),
    [
        ("ID desc", EVERYTHING[::-1]),
        ("Rating,ID", [3, 10, 12, 2, 6, 9, 7, 1, 8, 11, 14, 4, 5]),
        ("Rating desc,ID", [5, 4, 1, 8, 11, 14, 7, 9, 6, 2, 3, 10, 12]),
        ("Rating DESC , ID ASC", [5, 4, 1, 8, 11, 14, 7, 9, 6, 2, 3, 10, 12]),
        ("Category/Name desc,ID", [4, 5, 1, 2, 6, 7, 10, 11, 8, 9, 3, 12, 14]),
        ("Related/$count desc,ID", [1, 2, 4, 7, 8, 3, 5, 6, 9, 10, 11, 12, 14]),
        ("length(Name),ID", [9, 12, 11, 1, 2, 3, 4, 10, 14, 7, 5, 8, 6]),
        ("Price mul -1,ID", [3, 6, 11, 8, 9, 12, 14, 1, 2, 7, 4, 10, 5]),
        ("Discontinued desc,ID", [4, 9, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 14]),
        ("Origin/City desc,ID", [14, 4, 11, 1, 2, 6, 3, 5, 7, 8, 9, 10, 12]),
        ("Shop.Book/Pages desc,ID", [8, 10, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 14]),
    ],
)
def test_orderby(shop: Shop, orderby: str, expected: list[int]) -> None:
    assert ids(shop, f"$orderby={orderby}") == expected


def test_a_source_may_have_an_order_of_its_own(shop: Shop) -> None:
    found = [each["Customer"] for each in get(shop, "Orders").value]
    assert found == ["Jöran", "Mia", "Nobody", "mia"]
    assert [each["Customer"] for each in get(shop, "Orders?$orderby=Customer").value] == [
        "Jöran",
        "Mia",
        "Nobody",
        "mia",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$top=2", [1, 2]),
        ("$top=0", []),
        ("$skip=11", [12, 14]),
        ("$skip=99", []),
        ("$skip=9223372036854775807", []),
        ("$skip=99999999999999999999999", []),
        ("$skip=1&$top=2", [2, 3]),
        ("$top=2&$skip=1", [2, 3]),
        ("$top=2&$orderby=ID desc", [14, 12]),
        ("$filter=ID gt 3&$top=1", [4]),
        ("$top=99999999999999999999999", EVERYTHING),
    ],
)
def test_top_and_skip(shop: Shop, query: str, expected: list[int]) -> None:
    assert ids(shop, query) == expected


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("$count=true", 13),
        ("$count=true&$top=0", 13),
        ("$count=true&$top=1&$skip=5", 13),
        ("$count=true&$filter=Price gt 12", 2),
        ("$count=true&$search=hammer&$expand=Category", 2),
        ("$count=TRUE&$filter=false", 0),
        ("$count=false", None),
    ],
)
def test_count(shop: Shop, query: str, total: int | None) -> None:
    assert get(shop, f"Products?{query}").body.get("@odata.count") == total
    assert get(shop, f"Products?{query}", VERSION_4_01).body.get("@count") == total


# $search, $compute


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("hammer", [1, 2]),
        ("HAMMER", [1, 2]),
        ("hammer OR lamp", [1, 2, 11]),
        ("NOT hammer", [each for each in EVERYTHING if each not in (1, 2)]),
        ("wool shirt", [5]),
        ("wool NOT hammer", [5]),
        ('"Hidden drill"', [7]),
        ("%", [5]),
        ("(lamp OR hammer) AND NOT lamp", [1, 2]),
        ("nothing at all", []),
    ],
)
def test_search(shop: Shop, search: str, expected: list[int]) -> None:
    sent = search.replace("%", "%25")
    assert ids(shop, f"$search={sent}") == expected
    both = [each for each in expected if each > 1]
    assert ids(shop, f"$search={sent}&$filter=ID gt 1") == both
    assert get(shop, f"Products/$count?$search={sent}").text == str(len(expected))


def test_search_below_a_navigation(shop: Shop) -> None:
    found = get(shop, "Categories(2)/Products?$search=hammer")
    assert [each["ID"] for each in found.value] == [1, 2]


def test_computed_properties(shop: Shop) -> None:
    query = "$compute=Price mul 2 as Twice,Twice add 1 as More&$filter=More lt 5 and More gt 1.5"
    found = get(shop, f"Products?{query}&$orderby=Twice&$select=ID,More").value
    assert [plain(each) for each in found] == [{"ID": 7, "More": 1.6}]
    assert found[0]["More@odata.type"] == "#Decimal"


def test_computed_properties_of_one_entity(shop: Shop) -> None:
    found = get(shop, "Products(1)?$compute=length(Name) as Length,ID eq 1 as First").body
    assert (found["Length"], found["First"]) == (6, True)
    assert found["Length@odata.type"] == "#Int32"
    assert "First@odata.type" not in found, "a reader sees that it is a Boolean"
    assert found["@odata.context"] == f"{ROOT}/$metadata#Products/$entity"
    chosen = get(shop, "Products(1)?$compute=length(Name) as Length&$select=Length").body
    assert plain(chosen) == {"Length": 6}
    assert plain(get(shop, "Products(1)?$compute=1 as One&$select=ID").body) == {"ID": 1}
    assert "One" in get(shop, "Products(1)?$compute=1 as One&$select=*").body


# Names of options


@pytest.mark.parametrize(
    "query",
    [
        "$filter=ID eq 1&$select=ID",
        "filter=ID eq 1&select=ID",
        "$FILTER=ID eq 1&SELECT=ID",
        "%24filter=ID eq 1&%24select=ID",
        "Filter=ID%20eq+1&$Select=ID",
        "$select=ID&$filter=ID eq 1&custom=1&_=2&x-y=z",
        "&&$filter=ID eq 1&&$select=ID&",
        "$format=json&$filter=ID eq 1&$select=ID",
    ],
)
@pytest.mark.parametrize("headers", [{}, VERSION_4_01])
def test_names_of_options_in_every_form(shop: Shop, query: str, headers: dict[str, str]) -> None:
    found = get(shop, f"Products?{query}", headers)
    assert [plain(each) for each in found.value] == [{"ID": 1}]


def test_a_plus_is_a_space_and_an_escaped_plus_is_one(shop: Shop) -> None:
    assert ids(shop, "$filter=Name+eq+'Hammer'") == [1]
    assert ids(shop, "$filter=Name%20eq%20'a%2Bb'") == []
    assert ids(shop, "$filter=Released%20eq%202020-02-29T13:30:45.5%2B01:00") == [1]


@pytest.mark.parametrize("query", ["$filter=%FF", "%FF=1", "$filter=%00", "$top=%ED%A0%80"])
def test_a_query_has_to_be_text(shop: Shop, query: str) -> None:
    assert get(shop, f"Products?{query}").status == 400


def test_long_addresses_are_refused(shop: Shop) -> None:
    limit = shop.service.limits.url
    assert get(shop, "Products?x=" + "a" * (limit - 20)).status == 200
    assert get(shop, "Products?x=" + "a" * limit).status == 414
    assert get(shop, "Products/" + "a" * limit).status == 414


# $apply


def test_apply_that_leaves_entities(shop: Shop) -> None:
    query = "Products?$apply=filter(Price gt 5)/filter(Stock gt 0)&$select=ID&$top=2"
    found = get(shop, query)
    assert found.body["@odata.context"] == f"{ROOT}/$metadata#Products(ID)"
    assert [each["ID"] for each in found.value] == [8, 11]


def test_apply_that_groups(shop: Shop) -> None:
    query = (
        "Products?$apply=groupby((Colour),aggregate($count as N))&$filter=N gt 1&$orderby=N desc"
    )
    found = get(shop, query)
    assert found.body["@odata.context"] == f"{ROOT}/$metadata#Products(Colour,N)"
    assert found.value[0] == {"Colour": None, "N@odata.type": "#Int64", "N": 6}
    assert [each["N"] for each in found.value] == [6, 2, 2, 2]
    assert get(shop, f"{query}&$count=true").body["@odata.count"] == 4


def test_apply_below_a_navigation(shop: Shop) -> None:
    found = get(shop, "Categories(2)/Products?$apply=aggregate($count as N)")
    assert plain(found.value[0]) == {"N": 4}
    assert get(shop, "Categories(99)/Products?$apply=aggregate($count as N)").status == 404


def test_rows_of_apply_are_paged(shop: Shop) -> None:
    headers = {"Prefer": "maxpagesize=2"}
    query = "Products?$apply=groupby((Rating),aggregate($count as N))"
    assert items(shop, query, headers) == get(shop, query).value
