"""Plans that are kept give the same answers as those made anew, to every caller his own."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.odata.engine.keeping import Shelf
from app.odata.engine.sql.translating import NOW
from tests.engine.client import VERSION_4_01, ask, counted, get, pages
from tests.engine.keeping import keeping
from tests.engine.test_read_paging import LISTS, paged
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import changing

OWNERS = (data.ANNA, data.BEN)
CALLERS = (data.ANNA, data.BEN, data.GUEST)
LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)
TIMES = 3  # made, made to be kept, kept
OTHERS = (
    "Products(1)",
    "Products(7)",
    "Products(13)?$select=Name",
    "Products(2)?$expand=Category($select=Name),Related($top=1;$count=true)",
    "Products(2)?$compute=Price mul 2 as Twice",
    "Products(1)/Related?$filter=Price gt 1",
    "Products(1)/Related/$count",
    "Products(1)/Category",
    "Products(7)/Category",
    "Products(1)/Origin",
    "Products(1)/Name/$value",
    "Products/$count?$filter=Released lt now()",
    "Products?$filter=Released lt now()&$orderby=ID",
    "Products?$filter=Modified ge now() sub duration'P1D'&$select=ID",
    "Products?$filter=Price in (1,2.5,null)",
    "Products?$filter=Name eq 'nobody has this name'",
    "Products?$filter=Category/Name eq 'Books' or Related/any(r: r/Price gt 1)",
    "Products?$select=ID,Origin/City&$top=3",
    "Products(999)",
    "Categories(999)/Products",
    "Products?$filter=nonsense",
    "Products/Shop.Book(8)",
    "Products/Shop.Book?$filter=ID in (8,9) and Modified lt now()",
    "Settings?$filter=Level gt 1",
    "Shop",
    "OrderLines(OrderId=11111111-1111-1111-1111-111111111111,Line=1)",
)


def answer(shop: Shop, address: str, caller: str, headers: Any = None) -> tuple[Any, ...]:
    """All that a caller sees of an answer."""
    found = get(shop, address, headers, caller)
    return found.status, dict(found.headers), found.raw


@pytest.mark.parametrize("address", [*LISTS, *OTHERS])
def test_the_same_answers(plain_shop: Shop, address: str) -> None:
    kept = keeping(plain_shop)
    for headers in ({}, {"Accept": "application/json;odata.metadata=full", **VERSION_4_01}):
        wanted = {each: answer(plain_shop, address, each, headers) for each in OWNERS}
        for _ in range(TIMES):
            assert {each: answer(kept, address, each, headers) for each in OWNERS} == wanted


@pytest.mark.parametrize("address", LISTS)
def test_the_same_pages(plain_shop: Shop, address: str) -> None:
    kept = keeping(plain_shop)
    for size in (3, 3, 4):
        wanted = [page.raw for page in pages(plain_shop, address, paged(size))]
        assert [page.raw for page in pages(kept, address, paged(size))] == wanted


def test_a_kept_plan_is_run_by_the_driver(plain_shop: Shop) -> None:
    """From the second time on; with whatever key, and for whatever caller."""
    kept = keeping(plain_shop)
    with counted(kept) as first:
        get(kept, "Products(1)")
    get(kept, "Products(2)", caller=data.BEN)
    with counted(kept) as third:
        assert get(kept, "Products(3)", caller=data.GUEST).body["ID"] == 3
    assert len(first) == len(third) == 1
    assert "POSTCOMPILE" not in third[0]


def test_one_caller_never_gets_what_another_sees(plain_shop: Shop) -> None:
    """Product 7 is Anna's alone, product 13 Ben's; the plan is the same."""
    kept = keeping(plain_shop)
    for _ in range(TIMES):
        for caller in CALLERS:
            found = [get(kept, f"Products({key})", caller=caller).status for key in (7, 13)]
            assert found == [
                200 if caller == data.ANNA else 404,
                200 if caller == data.BEN else 404,
            ]


def test_the_instant_is_that_of_each_request(plain_shop: Shop) -> None:
    kept = keeping(plain_shop)
    wanted = "Products?$filter=Modified lt now()&$select=ID"
    early = replace(kept, service=replace(kept.service, clock=lambda: LONG_AGO))
    for _ in range(TIMES):
        assert len(get(kept, wanted).value) > len(get(early, wanted).value)
    assert NOW not in str(get(kept, wanted).body)


def test_changes_are_seen(plain_shop: Shop) -> None:
    kept = keeping(plain_shop)
    for number in range(TIMES + 1):
        name = f"Name {number}"
        assert ask(kept, "PATCH", "Products(1)", body=f'{{"Name":"{name}"}}'.encode()).status == 204
        assert get(kept, "Products(1)").body["Name"] == name
        assert name in {each["Name"] for each in get(kept, "Products?$select=Name").value}
    changing(kept, "Products")("delete", (1,))
    assert get(kept, "Products(1)").status == 404


def test_only_so_many_are_kept() -> None:
    shelf: Shelf[int] = Shelf(2)
    made: list[tuple[int, bool]] = []

    def want(key: int) -> int:
        def make(again: bool) -> tuple[int, bool]:
            made.append((key, again))
            return key * 10, True

        return shelf.get(key, make)

    assert [want(each) for each in (1, 1, 1, 2, 3, 1)] == [10, 10, 10, 20, 30, 10]
    assert made == [(1, False), (1, True), (2, False), (3, False), (1, False)]
