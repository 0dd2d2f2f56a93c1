"""$expand: related entities inside of answers (URL Conventions 5.1.3)."""

from typing import Any
from urllib.parse import unquote

import pytest

from app.odata.engine.source import Given
from tests.engine.client import ROOT, VERSION_4_01, get, items
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import key_of

NAVIGATIONS = (
    ("Products", "Related", "ID"),
    ("Products", "Category", "ID"),
    ("Categories", "Parent", "ID"),
    ("Categories", "Children", "ID"),
    ("Categories", "Products", "ID"),
    ("OrderLines", "Product", "ID"),
    ("OrderLines", "Order", "Id"),
)


def plain(item: Any) -> Any:
    """An answer without control information, all the way down."""
    if isinstance(item, list):
        return [plain(each) for each in item]
    if not isinstance(item, dict):
        return item
    return {name: plain(value) for name, value in item.items() if "@" not in name}


def names(entity: dict[str, Any], navigation: str) -> list[str]:
    """The names of the entities below one."""
    return [each["Name"] for each in entity[navigation]]


@pytest.mark.parametrize(("home", "navigation", "key"), NAVIGATIONS)
def test_what_is_expanded_is_what_the_navigation_leads_to(
    shop: Shop, home: str, navigation: str, key: str
) -> None:
    found = get(shop, f"{home}?$expand={navigation}($select={key})").value
    entities = data.visible(home, data.ANNA)
    below = {
        key_of(home, each): data.navigated(home, each, navigation, data.ANNA) for each in entities
    }
    for item in found:
        inner = item[navigation]
        shown = [inner] if isinstance(inner, dict) else inner or []
        assert [each[key] for each in shown] == sorted(
            each[key] for each in below[key_of(home, item)]
        )
    assert len(found) == len(entities)


def test_nothing_below_is_null_or_an_empty_list(shop: Shop) -> None:
    found = get(shop, "Products(3)?$expand=Category,Related&$select=ID").body
    assert plain(found) == {"ID": 3, "Category": None, "Related": []}


def test_several_navigations_with_options_of_their_own(shop: Shop) -> None:
    query = "$select=ID&$expand=Category($select=Name),Related($select=Name;$orderby=Name desc)"
    found = get(shop, f"Products(1)?{query}").body
    assert plain(found) == {
        "ID": 1,
        "Category": {"Name": "Tools"},
        "Related": [{"Name": "Ärmelmaß"}, {"Name": "hammer"}, {"Name": "Hidden drill"}],
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("$filter=Price gt 1", ["Hammer", "hammer", "O'Neil's \"best\" \\ rope"]),
        ("$filter=Price gt 1 and Name ne 'Hammer'", ["hammer", "O'Neil's \"best\" \\ rope"]),
        ("$search=hammer", ["Hammer", "hammer"]),
        ("$search=hammer;$filter=ID gt 1", ["hammer"]),
        ("$orderby=Name desc;$top=2", ["hammer", "O'Neil's \"best\" \\ rope"]),
        ("$orderby=ID;$skip=1;$top=2", ["hammer", "O'Neil's \"best\" \\ rope"]),
        ("$skip=3", ["Hidden drill"]),
        ("$skip=9223372036854775807", []),
        ("$top=0", []),
        ("$filter=false", []),
        ("$filter=Category/Name eq 'Tools';$top=1", ["Hammer"]),
        ("$filter=Related/any(r:r/ID eq 1)", ["hammer", "Hidden drill"]),
        ("filter=ID eq 1", ["Hammer"]),
        ("$filter=ID eq @p;@p=1", ["Hammer"]),
        ("$compute=ID mul 2 as Twice;$filter=Twice eq 4", ["hammer"]),
    ],
)
def test_options_hold_for_each_entity(shop: Shop, options: str, expected: list[str]) -> None:
    query = f"$filter=ID in (2,6)&$expand=Products({options})"
    tools, empty = get(shop, f"Categories?{query}").value
    assert names(tools, "Products") == expected
    assert names(empty, "Products") == []


def test_an_alias_of_the_request_counts_inside(shop: Shop) -> None:
    found = get(shop, "Categories(2)?$expand=Products($filter=ID lt @p)&@p=2").body
    assert names(found, "Products") == ["Hammer"]


def test_top_and_skip_hold_for_each_entity(shop: Shop) -> None:
    found = get(shop, "Products?$expand=Related($top=1;$select=ID)&$filter=ID in (1,7,8)").value
    assert [[each["ID"] for each in item["Related"]] for item in found] == [[2], [1], [9]]


def test_counts_below(shop: Shop) -> None:
    query = "$filter=ID in (2,6)&$expand=Products($count=true;$top=1;$filter=Price gt 1)"
    tools, empty = get(shop, f"Categories?{query}").value
    assert (tools["Products@odata.count"], len(tools["Products"])) == (3, 1)
    assert (empty["Products@odata.count"], empty["Products"]) == (0, [])
    exact = {"Accept": "application/json;IEEE754Compatible=true"}
    assert get(shop, f"Categories?{query}", exact).value[0]["Products@odata.count"] == "3"


def test_only_counts(shop: Shop) -> None:
    found = get(shop, "Categories(2)?$expand=Products/$count,Children/$count&$select=ID").body
    assert found["Products@odata.count"] == 4
    assert found["Children@odata.count"] == 1
    assert "Products" not in found
    filtered = get(shop, "Categories(2)?$expand=Products/$count($filter=Price lt 1)").body
    assert filtered["Products@odata.count"] == 1
    assert (
        get(shop, "Categories(2)?$expand=Products/$count", VERSION_4_01).body["Products@count"] == 4
    )


def test_only_references(shop: Shop) -> None:
    found = get(shop, "Products(1)?$expand=Related/$ref,Category/$ref&$select=ID").body
    assert found["Related"] == [{"@odata.id": f"{ROOT}/Products({each})"} for each in (2, 4, 7)]
    assert found["Category"] == {"@odata.id": f"{ROOT}/Categories(2)"}
    some = get(shop, "Products(1)?$expand=Related/$ref($filter=ID gt 2;$top=1;$count=true)").body
    assert some["Related"] == [{"@odata.id": f"{ROOT}/Products(4)"}]
    assert some["Related@odata.count"] == 2


def test_nested_expansion(shop: Shop) -> None:
    query = (
        "$select=Id&$expand=Lines($select=Line;$orderby=Line;"
        "$expand=Product($select=ID;$expand=Category($select=Name)))"
    )
    found = get(shop, f"Orders({data.ORDER_A})?{query}").body
    assert plain(found)["Lines"] == [
        {"Line": 1, "Product": {"ID": 1, "Category": {"Name": "Tools"}}},
        {"Line": 2, "Product": {"ID": 4, "Category": {"Name": "Ärmel & Maße"}}},
        {"Line": 3, "Product": {"ID": 7, "Category": {"Name": "Tools"}}},
    ]


def test_the_same_entity_below_several_is_shown_each_time(shop: Shop) -> None:
    found = get(shop, "Products?$filter=ID in (2,7)&$expand=Related($expand=Related($select=ID))")
    for item in found.value:
        assert [each["ID"] for each in item["Related"]] == [1]
        assert [each["ID"] for each in item["Related"][0]["Related"]] == [2, 4, 7]


def test_everything_expanded(shop: Shop) -> None:
    found = get(shop, "Products(1)?$expand=*").body
    assert found["Category"]["Name"] == "Tools"
    assert [each["ID"] for each in found["Related"]] == [2, 4, 7]
    assert len(found["Lines"]) == 3
    references = get(shop, "Products(1)?$expand=*/$ref,Category").body
    assert references["Category"]["Name"] == "Tools"
    assert references["Related"][0] == {"@odata.id": f"{ROOT}/Products(2)"}
    levels = get(shop, "Categories(3)?$expand=*($levels=2)").body
    assert levels["Parent"]["Parent"]["Name"] == "Everything"


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("1", [("Tools", None), ("Media", None)]),
        ("2", [("Tools", [("Ärmel & Maße", None)]), ("Media", [("Books", None)])]),
        ("max", [("Tools", [("Ärmel & Maße", [])]), ("Media", [("Books", [])])]),
        ("MAX", [("Tools", [("Ärmel & Maße", [])]), ("Media", [("Books", [])])]),
    ],
)
def test_levels(shop: Shop, levels: str, expected: Any) -> None:
    def tree(items: Any) -> Any:
        if items is None:
            return None
        return [(each["Name"], tree(each.get("Children"))) for each in items]

    found = get(shop, f"Categories(1)?$expand=Children($levels={levels};$orderby=ID)").body
    assert tree(found["Children"]) == expected


def test_levels_upward(shop: Shop) -> None:
    found = get(shop, "Categories(3)?$expand=Parent($levels=3;$select=Name)&$select=Name").body
    assert plain(found)["Parent"] == {
        "Name": "Tools",
        "Parent": {"Name": "Everything", "Parent": None},
    }


def test_options_hold_on_every_level(shop: Shop) -> None:
    query = "$expand=Children($levels=2;$filter=contains(Name,'o'))"
    found = get(shop, f"Categories(1)?{query}").body
    assert names(found, "Children") == ["Tools"]
    assert found["Children"][0]["Children"] == []


def test_types_of_what_is_expanded(shop: Shop) -> None:
    found = get(shop, "Categories(4)?$expand=Products/Shop.Gadget").body
    assert [(each["ID"], each["Voltage"]) for each in found["Products"]] == [(11, 230)]
    assert found["Products"][0]["@odata.type"] == "#Shop.Gadget"
    line = f"OrderLines(OrderId={data.ORDER_C},Line=1)"
    assert get(shop, f"{line}?$expand=Product/Shop.Book").body["Product"]["Pages"] == 320
    assert get(shop, f"{line}?$expand=Product/Shop.Gadget").body["Product"] is None
    own = get(shop, "Categories(5)?$expand=Products($select=ID,Shop.Book/Author)").body
    assert [each["Author"] for each in own["Products"]] == ["Ann Öl", "Ben"]


def test_the_outer_entity_is_it(shop: Shop) -> None:
    query = "$filter=ID in (1,2)&$expand=Related($filter=Price lt $it/Price;$orderby=ID;$select=ID)"
    found = get(shop, f"Products?{query}").value
    assert [[each["ID"] for each in item["Related"]] for item in found] == [[4, 7], []]
    deep = get(shop, "Products(1)?$expand=Related($expand=Related($filter=ID eq $it/ID))")
    assert deep.status == 501


@pytest.mark.parametrize(
    ("query", "old", "new"),
    [
        ("$expand=Related", "", "(Related())"),
        ("$expand=Related($select=Name)", "(Related(Name))", "(Related(Name))"),
        (
            "$select=ID&$expand=Category($select=Name)",
            "(ID,Category(Name))",
            "(ID,Category(Name))",
        ),
        ("$select=ID,Category&$expand=Category", "(ID,Category)", "(ID,Category,Category())"),
        ("$expand=Related/$ref", "", ""),
        ("$expand=Related/$count", "", ""),
        (
            "$expand=Related($expand=Category($select=Name))",
            "(Related(Category(Name)))",
            "(Related(Category(Name)))",
        ),
        (
            "$expand=Related($levels=2;$select=Name)",
            "(Related+(Name))",
            "(Related+(Name))",
        ),
        ("$expand=Related($levels=2)", "", "(Related+())"),
    ],
)
def test_the_context_names_what_is_expanded(shop: Shop, query: str, old: str, new: str) -> None:
    start = f"{ROOT}/$metadata#Products"
    assert get(shop, f"Products?{query}").body["@odata.context"] == start + old
    assert get(shop, f"Products?{query}", VERSION_4_01).body["@context"] == start + new


@pytest.mark.parametrize(
    ("expand", "status"),
    [
        ("Nope", 400),
        ("Name", 400),
        ("Origin", 501),
        ("Related/Category", 400),
        ("Related,Related", 400),
        ("Category($top=1)", 400),
        ("Category/$count", 400),
        ("Related($nope=1)", 400),
        ("Related($levels=99)", 400),
        ("Related($levels=0)", 400),
        ("Category($levels=2)", 400),
        ("Related($filter=)", 400),
        ("Related($apply=identity)", 501),
        (
            "Related($expand=Related($expand=Related($expand=Related($expand=Related($expand=Related)))))",
            400,
        ),
        ("Thumb", 501),
        ("", 400),
    ],
)
def test_what_cannot_be_expanded(shop: Shop, expand: str, status: int) -> None:
    found = get(shop, f"Products?$expand={expand}")
    assert (found.status, found.error["target"]) == (status, "$expand")


# Collections that are cut


def cut_short(shop: Shop, query: str, navigation: str, size: int) -> list[Any]:
    """All entities below the only one of an answer, by its next links."""
    headers = {"Prefer": f"maxpagesize={size}"}
    entity = get(shop, query, headers).body
    found = list(entity[navigation])
    assert len(found) <= size
    link = entity.get(f"{navigation}@odata.nextLink")
    return found + (items(shop, link, headers) if link else [])


@pytest.mark.parametrize(
    "options",
    [
        "",
        "$orderby=Name desc",
        "$orderby=Rating desc",
        "$orderby=Rating,Price",
        "$filter=ID ge @p;@p=1",
        "$select=Name",
        "$skip=1",
        "$top=3",
        "$skip=1;$top=3;$orderby=Price",
        "$count=true",
        "$search=hammer OR drill",
        "$expand=Category($select=Name)",
        "$compute=ID mul 2 as Twice;$orderby=Twice desc",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_rest_of_a_collection_is_behind_its_next_link(
    shop: Shop, options: str, size: int
) -> None:
    inner = f"({options})" if options else ""
    query = f"Categories(2)?$expand=Products{inner}"
    whole = get(shop, query).body["Products"]
    assert len(whole) >= 2
    assert cut_short(shop, query, "Products", size) == whole


def test_references_and_derived_types_go_on_as_such(shop: Shop) -> None:
    query = "Products(1)?$expand=Related/$ref($orderby=ID desc)"
    assert cut_short(shop, query, "Related", 1) == get(shop, query).body["Related"]
    query = "Categories(5)?$expand=Products/Shop.Book($orderby=Pages)"
    assert [each["ID"] for each in cut_short(shop, query, "Products", 1)] == [9, 8]


@pytest.mark.parametrize("query", ["$expand=Children($levels=2)", "$expand=*($levels=2)"])
def test_levels_go_on_behind_a_next_link(shop: Shop, query: str) -> None:
    whole = get(shop, f"Categories(1)?{query}").body["Children"]
    one = {"Prefer": "maxpagesize=1"}
    link = get(shop, f"Categories(1)?{query}", one).body["Children@odata.nextLink"]
    assert "$levels=1" in unquote(link)
    found = get(shop, link).value
    assert [each["Name"] for each in found] == ["Media"]
    assert names(found[0], "Children") == names(whole[1], "Children") == ["Books"]


def test_a_cut_collection_of_a_hidden_outer_entity_is_not_guessed(shop: Shop) -> None:
    query = "Products(1)?$expand=Related($filter=Price lt $it/Price)"
    found = get(shop, query, {"Prefer": "maxpagesize=1"})
    assert found.status == 501


def test_pages_of_expanded_collections_keep_their_place(shop: Shop) -> None:
    one = {"Prefer": "maxpagesize=1"}
    link = get(shop, "Categories(2)?$expand=Products($orderby=ID)", one).body[
        "Products@odata.nextLink"
    ]
    shop.create("Products", ID=0, Name="before", CategoryID=2)
    shop.update("Products", (1,), CategoryID=None)
    assert [each["ID"] for each in items(shop, link, one)] == [2, 6, 7]


def test_an_answer_has_a_limit_of_entities(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = get(shop, "Categories?$expand=Products($select=ID;$orderby=ID)").value
    monkeypatch.setattr("app.odata.engine.expanding.MOST", 3)
    found = get(shop, "Categories?$expand=Products($select=ID;$orderby=ID)").value
    assert sum(len(each["Products"]) for each in found) == 3
    for short, full in zip(found, whole, strict=True):
        link = short.get("Products@odata.nextLink")
        rest = items(shop, link) if link else []
        shown = [each["ID"] for each in (*short["Products"], *rest)]
        assert shown == [each["ID"] for each in full["Products"]]


def test_an_answer_that_repeats_itself_has_an_end(shop: Shop) -> None:
    """Each of a circle of products is below each other, level after level."""
    circle = range(100, 116)

    def connect() -> None:
        source = shop.source("Products")
        for each in circle:
            source.create(Given({"ID": each, "Name": "x"}), data.ANNA)
        for one in circle:
            for other in circle:
                source.link((one,), "Related", (other,), data.ANNA)

    shop.change(connect)
    nested = "Related($levels={0};$select=ID)"
    assert get(shop, f"Products(100)?$select=ID&$expand={nested.format(3)}").status == 200
    found = get(shop, f"Products(100)?$select=ID&$expand={nested.format(5)}")
    assert (found.status, found.error["target"]) == (400, "$expand")
