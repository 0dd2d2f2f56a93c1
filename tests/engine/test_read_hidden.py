"""What a caller does not see is not there, in any form of request; and what a request costs.

Product 7 is Anna's alone, product 13 Ben's.
"""

from typing import Any

import pytest

from tests.engine.client import counted, get, items
from tests.second_service import data
from tests.second_service.fixtures import Shop

CALLERS = (data.ANNA, data.BEN, data.GUEST)
HIDDEN = {data.ANNA: {13}, data.BEN: {7}, data.GUEST: {7, 13}}
EVERYTHING = tuple(each["ID"] for each in data.PRODUCTS)


def seen(caller: str, *keys: int) -> list[int]:
    """Those of some products that a caller sees; all without keys."""
    return [each for each in keys or EVERYTHING if each not in HIDDEN[caller]]


def ids(found: Any) -> list[int]:
    """The keys of products."""
    return [each["ID"] for each in found]


@pytest.mark.parametrize("caller", CALLERS)
def test_lists_and_counts(shop: Shop, caller: str) -> None:
    own = seen(caller)
    whole = get(shop, "Products?$count=true", caller=caller)
    assert (ids(whole.value), whole.body["@odata.count"]) == (own, len(own))
    assert get(shop, "Products/$count", caller=caller).text == str(len(own))
    assert ids(items(shop, "Products", {"Prefer": "maxpagesize=3"}, caller)) == own
    references = get(shop, "Products/$ref", caller=caller).value
    assert len(references) == len(own)
    assert get(shop, "Products/$filter(ID in (7,13))/$count", caller=caller).text == str(
        len(seen(caller, 7, 13))
    )


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(
    ("address", "candidates"),
    [
        ("Categories(2)/Products", (1, 2, 6, 7)),
        ("Categories(6)/Products", (13,)),
        ("Products(1)/Related", (2, 4, 7)),
        ("Products?$search=hidden", (7, 13)),
        ("Products?$filter=ID in (7,13,1)", (1, 7, 13)),
        ("Products/Shop.Gadget", (11, 12, 13)),
        ("Products/Cheapest(count=5)", ()),
        ("Best(minimum=3)", ()),
        ("Products/$filter(contains(Name,'idden'))", (7, 13)),
        ("Products?$apply=filter(contains(Name,'idden'))", (7, 13)),
        ("$all/Shop.Product?$search=hidden", (7, 13)),
    ],
)
def test_collections(shop: Shop, caller: str, address: str, candidates: tuple[int, ...]) -> None:
    found = ids(get(shop, address, caller=caller).value)
    assert not set(found) & HIDDEN[caller]
    if candidates:
        assert found == seen(caller, *candidates)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("hidden", [7, 13])
@pytest.mark.parametrize(
    "form",
    [
        "Products({0})",
        "Products(ID={0})",
        "Products/{0}",
        "Products({0})?$select=ID",
        "Products({0})?$expand=Category",
        "Products({0})/Name",
        "Products({0})/Name/$value",
        "Products({0})/Origin",
        "Products({0})/Origin/City",
        "Products({0})/Category",
        "Products({0})/Category/$ref",
        "Products({0})/Category/Name",
        "Products({0})/Related",
        "Products({0})/Related/$count",
        "Products({0})/Related/$ref",
        "Products({0})/Related?$apply=aggregate($count as N)",
        "Products({0})/Related(1)",
        "Products({0})/Lines",
        "Products({0})/Label()",
        "Products({0})/Thumb",
        "Products({0})/$ref",
        "Products({0})/Shop.Gadget",
        "Products/Shop.Gadget({0})",
        "$entity?$id=Products({0})",
        "Products(1)/Related({0})",
        "Categories(6)/Products({0})",
        "Products/$filter(true)({0})",
        "Products/Cheapest(count=99)({0})",
    ],
)
def test_a_hidden_entity_answers_like_one_that_never_was(
    shop: Shop, caller: str, hidden: int, form: str
) -> None:
    found = get(shop, form.format(hidden), caller=caller)
    missing = get(shop, form.format(999), caller=caller)
    assert missing.status == 404
    if hidden in HIDDEN[caller]:
        assert (found.status, found.headers, found.raw) == (404, missing.headers, missing.raw)


@pytest.mark.parametrize("caller", CALLERS)
def test_expanded_entities(shop: Shop, caller: str) -> None:
    found = get(shop, "Products(1)?$expand=Related($count=true)", caller=caller).body
    own = seen(caller, 2, 4, 7)
    assert (ids(found["Related"]), found["Related@odata.count"]) == (own, len(own))
    only = get(shop, "Products(1)?$expand=Related/$count,Lines/$ref", caller=caller).body
    assert only["Related@odata.count"] == len(own)
    references = get(shop, "Products(1)?$expand=Related/$ref", caller=caller).body["Related"]
    assert len(references) == len(own)
    line = f"OrderLines(OrderId={data.ORDER_A},Line=3)"
    product = get(shop, f"{line}?$expand=Product", caller=caller).body["Product"]
    assert (product is None) == (7 in HIDDEN[caller])
    assert get(shop, f"{line}/Product", caller=caller).status == (204 if product is None else 200)
    deep = get(shop, "Categories(1)?$expand=Children($expand=Products)", caller=caller).body
    assert ids(deep["Children"][0]["Products"]) == seen(caller, 1, 2, 6, 7)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(
    ("address", "visible", "hidden"),
    [
        ("Categories?$filter=Products/any(p:p/ID eq 7)", [2], []),
        ("Categories?$filter=Products/any(p:contains(p/Name,'Hidden'))", [2], []),
        ("Categories?$filter=Products/$count eq 4", [2], []),
        ("Categories?$filter=ID eq 2 and Products/all(p:p/ID ne 7)", [], [2]),
        ("Products?$filter=Related/any(r:r/ID eq 7)", [1], []),
        ("Products?$filter=Related/$count eq 3", [1], []),
        ("Products?$filter=Related/$count($filter=Price lt 1) eq 2", [1], []),
    ],
)
def test_conditions_over_hidden_entities(
    shop: Shop, caller: str, address: str, visible: list[int], hidden: list[int]
) -> None:
    expected = hidden if 7 in HIDDEN[caller] else visible
    assert ids(get(shop, address, caller=caller).value) == expected


@pytest.mark.parametrize("caller", CALLERS)
def test_paths_to_hidden_entities_are_null(shop: Shop, caller: str) -> None:
    lines = get(shop, "OrderLines?$filter=Product/Name eq 'Hidden drill'", caller=caller).value
    assert len(lines) == (0 if 7 in HIDDEN[caller] else 1)
    empty = get(shop, "OrderLines/$count?$filter=Product eq null", caller=caller).text
    assert empty == ("2" if 7 in HIDDEN[caller] else "1")
    ordered = get(shop, "OrderLines?$orderby=Product/Name&$select=ProductID", caller=caller).value
    place = [each["ProductID"] for each in ordered].index(7)
    assert (place <= 1) == (7 in HIDDEN[caller])
    query = "$compute=Product/Name as Shown&$select=Shown&$filter=ProductID eq 7"
    shown = get(shop, f"OrderLines?{query}", caller=caller).value[0]["Shown"]
    assert shown == (None if 7 in HIDDEN[caller] else "Hidden drill")


@pytest.mark.parametrize("caller", CALLERS)
def test_combinations_and_aggregates(shop: Shop, caller: str) -> None:
    own = len(seen(caller))
    crossed = get(shop, "$crossjoin(Products,Orders)?$count=true&$top=1", caller=caller)
    assert crossed.body["@odata.count"] == own * 4
    lines = "$crossjoin(OrderLines,Products)?$filter=OrderLines/ProductID eq Products/ID"
    links = [
        each["Products@odata.navigationLink"] for each in get(shop, lines, caller=caller).value
    ]
    assert ("Products(7)" in links) == (7 not in HIDDEN[caller])
    total = get(shop, "Products?$apply=aggregate($count as N)", caller=caller).value[0]["N"]
    assert total == own
    grouped = "OrderLines?$apply=groupby((Product/Name))"
    names = [each["Product"] for each in get(shop, grouped, caller=caller).value]
    assert ({"Name": "Hidden drill"} in names) == (7 not in HIDDEN[caller])
    everything = get(shop, "$all?$count=true&$top=0", caller=caller).body["@odata.count"]
    assert everything == own + sum(
        len(each) for name, each in data.ENTITIES.items() if name != "Products"
    )


# What a request costs


@pytest.mark.parametrize(
    ("address", "statements"),
    [
        ("Products", 1),
        ("Products?$count=true", 2),
        ("Products?$filter=Category/Name eq 'Tools' or Related/any()", 1),
        ("Products?$search=a&$orderby=Category/Name", 1),
        ("Products?$expand=Category", 2),
        ("Products?$expand=Related,Category,Lines", 4),
        ("Products?$expand=Related($count=true)", 3),
        ("Products?$expand=Related/$count", 2),
        ("Products?$expand=Related($expand=Category)", 3),
        ("Categories?$expand=Children($levels=3)", 4),
        ("Products(1)", 1),
        ("Products(1)?$expand=Related", 2),
        ("Products(1)/Name", 1),
        ("Products(1)/Name/$value", 1),
        ("Products(1)/Related", 1),
        ("Products(1)/Related/$count", 1),
        ("Products(1)/Related/$ref", 1),
        ("Products(1)/Category", 2),
        ("Products(1)/Category/Name", 2),
        ("Products(2)/Related(1)/Name", 2),
        ("Products/$count", 1),
        ("Products?$apply=groupby((Category/Name),aggregate($count as N))", 1),
        ("$crossjoin(Products,Orders)", 1),
        ("Products?$compute=Price mul 2 as Twice&$filter=Twice gt 1", 1),
        ("$metadata", 0),
        ("", 0),
    ],
)
def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(
    shop: Shop, address: str, statements: int
) -> None:
    def number() -> int:
        with counted(shop) as seen_:
            found = get(shop, address)
        assert found.status == 200
        return len(seen_)

    assert number() == statements
    for each in range(100, 140):
        shop.create("Categories", ID=each, Name=f"Category {each}", ParentID=1)
        shop.create("Products", ID=each, Name=f"Product {each}", CategoryID=each, Price=1)
    assert number() == statements


def test_no_statement_holds_what_a_client_wrote(shop: Shop) -> None:
    sign = "canary7341"
    query = (
        f"$filter=contains(Name,'{sign}') or Price eq 7341.5&$search={sign}"
        f"&$compute=concat(Name,'{sign}') as X&$orderby=concat(Name,'{sign}')&$skip=7341"
    )
    with counted(shop) as statements:
        assert get(shop, f"Products?{query}").status == 200
        assert get(shop, f"Settings('{sign}')").status == 404
    assert statements
    assert not [each for each in statements if sign in each or "7341" in each]
