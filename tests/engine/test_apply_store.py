"""$apply on the store: what each transformation makes, on both engines."""

from decimal import Decimal
from typing import Any

import pytest

from app.odata.engine.grammar import expressions
from app.odata.engine.problems import NotSupported
from tests.engine.asking import applied, pipelined, scope
from tests.second_service import data
from tests.second_service.fixtures import Shop

Row = tuple[Any, ...]
D = Decimal
PRODUCTS = data.visible("Products", data.ANNA)
LINES = data.visible("OrderLines", data.ANNA)


def rows(shop: Shop, text: str, home: str, *names: str) -> list[Row]:
    """What $apply makes, some columns of it, in its order."""
    found = applied(shop, text, home)
    return [tuple(each.get(name) for name in names) for each in found]


def known(name: str) -> list[Any]:
    """The values of a property that are not null."""
    return [each[name] for each in PRODUCTS if each[name] is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aggregate($count as X)", len(PRODUCTS)),
        ("aggregate(Price with sum as X)", sum(known("Price"))),
        ("aggregate(Price with min as X)", min(known("Price"))),
        ("aggregate(Price with max as X)", max(known("Price"))),
        ("aggregate(Price with countdistinct as X)", len(set(known("Price")))),
        ("aggregate(Stock with sum as X)", sum(known("Stock"))),
        ("aggregate(Rating with average as X)", sum(known("Rating")) / len(known("Rating"))),
        ("aggregate(Rating mul 2 with sum as X)", sum(known("Rating")) * 2),
        ("aggregate(Name with min as X)", ""),
        ("aggregate(Name with max as X)", "日本語 😀 tool"),
        ("aggregate(Released with max as X)", max(known("Released"))),
        ("aggregate(Available with min as X)", min(known("Available"))),
        ("aggregate(Runtime with max as X)", max(known("Runtime"))),
        ("aggregate(Colour with countdistinct as X)", len(set(known("Colour")))),
        ("aggregate(Discontinued with countdistinct as X)", 2),
        ("filter(Weight lt 100)/aggregate(Weight with max as X)", 3.3333333333333335),
        ("filter(ID lt 3)/aggregate(Weight with sum as X)", 1.25),
        ("filter(ID lt 3)/aggregate(Weight with average as X)", 0.625),
        ("filter(ID lt 3)/aggregate(Price with average as X)", D("2.5")),
        ("filter(ID in (1,4,12))/aggregate(Price with average as X)", D("3.22083333333333333333")),
        ("filter(ID in (5,11))/aggregate(Weight with sum as X)", None),
        ("filter(ID in (5,1))/aggregate(Stock with sum as X)", None),
        ("filter(ID lt 0)/aggregate($count as X)", 0),
        ("filter(ID lt 0)/aggregate(Price with sum as X)", None),
        ("filter(ID lt 0)/aggregate(Rating with average as X)", None),
        ("filter(ID lt 0)/aggregate(Colour with countdistinct as X)", 0),
        ("filter(ID lt 0)/aggregate(Name with max as X)", None),
        ("top(5)/aggregate($count as X)", 5),
        ("skip(5)/aggregate($count as X)", len(PRODUCTS) - 5),
        ("search(hammer)/aggregate($count as X)", 2),
        ("compute(Price mul 2 as T)/filter(T gt 5)/aggregate(T with min as X)", D("5.0002")),
        ("topcount(2,Rating)/aggregate(Rating with min as X)", 5),
        ("concat(filter(ID eq 1),filter(ID le 2))/aggregate($count as X)", 3),
        ("groupby((Colour))/aggregate($count as X)", 5),
        ("aggregate(Category/ID with sum as X)", 2 + 3 + 4 + 5),  # each category once
        ("aggregate(Category/ID with average as X)", 3.5),
        ("aggregate(Category/Name with countdistinct as X)", 4),
        ("aggregate(Category with countdistinct as X)", 4),
        ("aggregate(CategoryID with sum as X)", sum(known("CategoryID"))),
        ("compute(Category/ID as C)/aggregate(C with sum as X)", sum(known("CategoryID"))),
    ],
)
def test_aggregates(shop: Shop, text: str, expected: Any) -> None:
    ((found,),) = rows(shop, text, "Products", "X")
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "home", "names", "expected"),
    [
        (
            "groupby((Colour),aggregate($count as N,Price with sum as S))",
            "Products",
            ("Colour", "N", "S"),
            [
                (None, 6, D("35.3025")),
                (1, 2, D("100000002.4999")),
                (2, 2, D("2.8")),
                (3, 1, D("2.5001")),
                (4, 2, D("12.1")),
            ],
        ),
        (
            "groupby((Category/Name),aggregate($count as N))/filter(N gt 2)/orderby(N desc)",
            "Products",
            ("Category/Name", "N"),
            [("Tools", 4), (None, 3)],
        ),
        (
            "groupby((Price))/filter(Price gt 10)",
            "Products",
            ("Price",),
            [(12,), (D("19.99"),), (D("99999999.9999"),)],
        ),
        (
            "groupby((Discontinued),filter(Price gt 100)"
            "/aggregate($count as N,Price with max as M))",
            "Products",
            ("Discontinued", "N", "M"),
            [(False, 1, D("99999999.9999")), (True, 0, None)],  # a group without rows stays
        ),
        (
            "groupby((rollup(Category/Name,Colour)),aggregate($count as N))"
            "/filter(Category/Name eq 'Tools')",
            "Products",
            ("Category/Name", "Colour", "N"),
            [("Tools", 1, 2), ("Tools", 2, 2), ("Tools", None, 4)],
        ),
        (
            "groupby((rollup($all,Discontinued)),aggregate($count as N))",
            "Products",
            ("Discontinued", "N"),
            [(False, 11), (True, 2), (None, 13)],
        ),
        (
            "groupby((rollup($all,Discontinued)))",
            "Products",
            ("Discontinued",),
            [(False,), (True,), (None,)],
        ),
        (
            "groupby((CategoryID),groupby((Colour),aggregate($count as N))"
            "/aggregate(N with max as M))",
            "Products",
            ("CategoryID", "M"),
            [(None, 2), (2, 2), (3, 1), (4, 2), (5, 1)],
        ),
        (
            "groupby((Colour),aggregate(Category/ID with sum as S))",
            "Products",
            ("Colour", "S"),
            [(None, 12), (1, 2), (2, 2), (3, None), (4, 8)],
        ),
        (
            "groupby((Discontinued),topcount(2,Price))",
            "Products",
            ("Discontinued", "ID"),
            [(False, 6), (False, 11), (True, 9), (True, 4)],
        ),
        (
            "groupby((Order/Customer),aggregate(Amount with sum as S))/topcount(2,S)",
            "OrderLines",
            ("Order/Customer", "S"),
            [("Mia", 13), ("mia", 10)],
        ),
        (
            "groupby((Order/Customer),aggregate(Amount mul Product/Price with sum as S))",
            "OrderLines",
            ("Order/Customer", "S"),
            [("Jöran", D("2.50")), ("Mia", D("6.3")), ("mia", D("53.5"))],
        ),
        (
            "groupby((Order/Customer),topcount(1,Amount))",
            "OrderLines",
            ("Order/Customer", "Amount", "Line"),
            [("Mia", 10, 2), ("mia", 7, -1), ("Jöran", 5, 2)],
        ),
        (
            "groupby((Order/Customer),orderby(Amount)/skip(1)/top(1))",
            "OrderLines",
            ("Order/Customer", "Amount"),
            [("Mia", 2), ("Jöran", 5), ("mia", 7)],
        ),
        (
            "groupby((Order/Customer),compute(Amount mul 2 as X)/filter(X gt 4)"
            "/aggregate(X with sum as S,$count as N))",
            "OrderLines",
            ("Order/Customer", "S", "N"),
            [("Jöran", 10, 1), ("Mia", 20, 1), ("mia", 20, 2)],
        ),
        (
            "groupby((Order/Customer),concat(aggregate($count as N),topcount(1,Amount)))"
            "/orderby(Order/Customer)",
            "OrderLines",
            ("Order/Customer", "N", "Amount"),
            [
                ("Jöran", 2, None),
                ("Jöran", None, 5),
                ("Mia", 3, None),
                ("Mia", None, 10),
                ("mia", 2, None),
                ("mia", None, 7),
            ],
        ),
        (
            "groupby((Order/Customer),aggregate(Amount with max as M))/compute(M add 1 as P)"
            "/filter(P gt 6)/orderby(P desc)/top(1)",
            "OrderLines",
            ("Order/Customer", "M", "P"),
            [("Mia", 10, 11)],
        ),
    ],
)
def test_groups(
    shop: Shop, text: str, home: str, names: tuple[str, ...], expected: list[Row]
) -> None:
    assert rows(shop, text, home, *names) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("identity", [each["ID"] for each in PRODUCTS]),
        ("filter(Price gt 10)", [6, 8, 9, 11]),
        ("search(ham)", [1, 2]),
        ("orderby(Name desc)/top(3)", [14, 12, 4]),
        ("orderby(Name desc)/skip(1)/top(2)", [12, 4]),
        ("orderby(Name)/orderby(Discontinued desc)/top(3)", [9, 4, 10]),
        ("top(3)/filter(ID gt 1)", [2, 3]),
        ("top(0)", []),
        ("skip(12)", [14]),
        ("topcount(3,Price)", [6, 11, 8]),
        ("bottomcount(3,Price)", [3, 5, 10]),
        ("topcount(2,Name)", [14, 12]),
        ("topsum(100000000,Price)", [6, 11]),
        ("topsum(0,Price)", []),
        ("topsum(-1,Price)", [6, 11, 8, 9, 12, 14, 1, 2, 7, 4, 10, 5, 3]),
        ("bottomsum(-3.75,Price)", [3, 5]),
        ("bottomsum(1,Price)", [3, 5, 10, 4, 7, 1, 2]),
        ("toppercent(50,Rating)", [5]),
        ("toppercent(0,Rating)", []),
        ("filter(ID le 4)/toppercent(50,Rating)", [4]),
        ("filter(ID le 4)/toppercent(100,Rating)", [4, 1]),  # more than the sum of all
        ("filter(Rating ge 0 and Rating le 5)/toppercent(60,Rating)", [4, 1, 8, 11]),
        ("filter(ID eq 3)/toppercent(50,Rating)", []),
        ("filter(Weight lt 100)/topsum(5.5,Weight)", [11, 7]),
        ("filter(Weight lt 100)/toppercent(40e0,Weight)", [11, 7]),
        ("compute(Price mul 2 as T)/topcount(2,T)", [6, 11]),
        ("compute(Price mul 2 as T)/orderby(T)/skip(11)", [11, 6]),
        ("topcount(5,Price)/bottomcount(2,Price)", [12, 8]),
        ("filter(Category/Name eq 'Tools')/topcount(1,Price)", [6]),
    ],
)
def test_choosing_entities(shop: Shop, text: str, expected: list[int]) -> None:
    assert [each["ID"] for each in applied(shop, text)] == expected
    assert pipelined(shop.service, text)[1].bound is not None


def behind(shop: Shop, text: str, condition: str, *names: str) -> list[Row]:
    """Columns of what $apply makes, of the rows that fulfil a condition: $filter comes later."""
    service = shop.service
    found, result, shape = pipelined(service, text)
    products = scope(service, "Products", data.ANNA)
    names_mean = products if shape is None else products.shaped(shape)
    node = expressions.parse_condition(condition, names_mean, service.limits)
    chosen = result.select(*(result.columns[name] for name in names))
    chosen = chosen.where(found.condition(node, result.environment))
    return sorted(tuple(row) for row in shop.all(chosen))


def test_entities_that_were_chosen_are_still_entities(shop: Shop) -> None:
    """Their navigations can be used behind $apply."""
    condition = "Category/Name eq 'Tools' or Lines/any(l:l/Amount eq 3)"
    found = behind(shop, "topcount(8,Price)/filter(ID gt 1)", condition, "ID", "Origin/City")
    assert found == [(2, "Köln"), (6, "Dublin"), (8, None)]


def test_options_behind_apply_see_its_columns(shop: Shop) -> None:
    text = "groupby((Category/Name),aggregate($count as N))"
    condition = "Category/Name ne null and N gt 2"
    assert behind(shop, text, condition, "Category/Name", "N") == [("Tools", 4)]


def test_concat_keeps_the_order_of_branches(shop: Shop) -> None:
    text = "concat(topcount(2,Price),aggregate(Price with sum as Price,$count as N))"
    found = rows(shop, text, "Products", "ID", "Price", "N", "Name", "Origin/City")
    total = sum(known("Price"))
    assert [row[0] for row in found] == [6, 11, None]
    assert found[0][4] == "Dublin"
    assert found[2] == (None, total, len(PRODUCTS), None, None)


def test_numbers_of_branches_meet_in_the_larger_type(shop: Shop) -> None:
    text = "concat(aggregate(Rating with sum as X),aggregate(Price with max as X))"
    found = rows(shop, text, "Products", "X")
    assert found == [(sum(known("Rating")),), (max(known("Price")),)]
    assert {type(row[0]) for row in found} == {Decimal}


@pytest.mark.parametrize(
    ("text", "problem"),
    [("groupby((Colour))/search(a)", NotSupported)],
)
def test_what_is_refused(shop: Shop, text: str, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        applied(shop, text)


def test_hidden_rows_are_not_aggregated(shop: Shop) -> None:
    text = "groupby((Category/Name),aggregate($count as N))"
    for caller in (data.ANNA, data.BEN):
        found = applied(shop, text, "Products", caller)
        assert sum(each["N"] for each in found) == len(data.visible("Products", caller))


def test_long_pipelines_run(shop: Shop) -> None:
    text = "/".join(["top(12)", "skip(0)", "filter(ID gt 0)"] * 12 + ["aggregate($count as X)"])
    assert rows(shop, text, "Products", "X") == [(12,)]


def test_statements_of_lines_agree_with_python(shop: Shop) -> None:
    totals: dict[Any, int] = {}
    for each in LINES:
        totals[each["ProductID"]] = totals.get(each["ProductID"], 0) + each["Amount"]
    text = "groupby((ProductID),aggregate(Amount with sum as S))"
    assert dict(rows(shop, text, "OrderLines", "ProductID", "S")) == totals  # type: ignore[arg-type]
