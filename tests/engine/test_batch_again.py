"""Transactions that the database refuses run again: nothing is made twice, nothing is lost."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.engine.client import get
from tests.engine.sending import Part, json_batch, multipart_batch, send, streamed
from tests.second_service.fixtures import Shop
from tests.second_service.looking import contents, value


class Refused(Exception):
    """What a database says when two transactions could not both be."""


class Again:
    """Runs every outermost task several times: all but the last end with a serialization failure
    after all of it was done, so that it is undone.
    """

    def __init__(self, shop: Shop, times: int) -> None:
        self.shop = shop
        self.times = times
        self.runs = 0
        self._inside = False

    def atomically(self, caller: str, task: Callable[[], Any]) -> Any:
        """As Service has it."""
        inner = self.shop.store.atomically
        if self._inside:
            return inner(caller, task)
        self._inside = True
        try:
            for _ in range(self.times - 1):
                with pytest.raises(Refused):
                    inner(caller, lambda: self._fails(task))
            self.runs += 1
            return inner(caller, task)
        finally:
            self._inside = False

    def _fails(self, task: Callable[[], Any]) -> None:
        self.runs += 1
        writes = self.shop.store.writes
        task()
        self.shop.store.writes = writes  # The shop's clock, which no transaction turns back.
        raise Refused


@pytest.fixture(params=[2, 3])
def again(shop: Shop, request: pytest.FixtureRequest) -> tuple[Shop, Again]:
    """The shop, whose transactions run several times."""
    repeating = Again(shop, request.param)
    return replace(shop, service=replace(shop.service, atomically=repeating.atomically)), repeating


def parts(group: str | None) -> list[Part]:
    """Requests that depend on each other."""
    return [
        Part("POST", "Categories", {"Name": "c"}, id="1", group=group),
        Part("POST", "$1/Products", {"Name": "p", "Stock": 1}, id="2", group=group),
        Part("POST", "Products/Restock", {"amount": 5, "ids": [15, 1]}, id="3", group=group),
        Part("PATCH", "$2", {"Category@odata.bind": "$1", "Price": 2}, id="4", group=group),
        Part("POST", "$2/Discount", {"percent": 50}, id="5", group=group),
    ]


def check(shop: Shop) -> None:
    """All of it was done once."""
    assert get(shop, "Categories/$count").text == "7"
    assert get(shop, "Products/$count").text == "14"
    read = get(shop, "Products(15)").body
    assert (read["Stock"], read["Price"], read["CategoryID"]) == (6, 1, 7)
    assert value(shop, "Products", (1,), "Stock") == 15


@pytest.mark.parametrize("group", ["set", None])
def test_a_change_set_runs_again(again: tuple[Shop, Again], group: str | None) -> None:
    shop, repeating = again
    found = multipart_batch(shop, *parts(group))
    assert [each.status for each in found] == [201, 201, 200, 204, 200]
    check(shop)
    assert repeating.runs == repeating.times * (1 if group else 5)


def test_a_group_runs_again(again: tuple[Shop, Again]) -> None:
    shop, repeating = again
    found = json_batch(shop, *parts("g"), Part("GET", "$2", id="6", depends_on=("g",)))
    assert [each["status"] for each in found] == [201, 201, 200, 204, 200, 200]
    check(shop)
    assert repeating.runs == repeating.times


def test_a_change_set_that_fails_at_last(shop: Shop) -> None:
    """What the first run knew of new entities is not there for the second."""
    runs = 0

    def atomically(caller: str, task: Callable[[], Any]) -> Any:
        nonlocal runs
        if runs:
            return shop.store.atomically(caller, task)
        runs += 1
        with pytest.raises(Refused):
            shop.store.atomically(caller, lambda: [task(), raising()])
        # Meanwhile somebody else has made the key that the first run was given.
        shop.create("Products", ID=15, Name="theirs")
        return shop.store.atomically(caller, task)

    def raising() -> None:
        raise Refused

    other = replace(shop, service=replace(shop.service, atomically=atomically))
    found = multipart_batch(
        other,
        Part("POST", "Products", {"Name": "mine"}, id="1", group="set"),
        Part("PATCH", "$1", {"Name": "mine still"}, id="2", group="set"),
    )
    assert [each.status for each in found] == [201, 204]
    assert value(shop, "Products", (15,), "Name") == "theirs"
    assert value(shop, "Products", (16,), "Name") == "mine still"


@pytest.mark.parametrize(
    ("method", "address", "sent"),
    [
        ("POST", "Products", {"Name": "x", "Related": [{"Name": "y"}]}),
        ("PUT", "Products(50)", {"Name": "x"}),
        ("PATCH", "Products(1)", {"Name": "x"}),
        ("POST", "Products/Restock", {"amount": 5, "ids": [1]}),
        ("POST", "Products(1)/Related/$ref", {"@odata.id": "Products(3)"}),
        ("DELETE", "Products(1)", None),
    ],
)
def test_a_single_change_runs_again(
    again: tuple[Shop, Again], method: str, address: str, sent: Any
) -> None:
    shop, _ = again
    done = send(shop, method, address, sent)
    assert done.status < 300, done.text
    twice = contents(shop)
    shop.change(shop.store.fill)
    assert send(again[1].shop, method, address, sent).status == done.status
    assert contents(shop) == twice


@pytest.mark.parametrize("address", ["Pictures(2)/$value", "Products(2)/Thumb"])
@pytest.mark.parametrize("size", [100, 2**21])
def test_bytes_are_there_again(again: tuple[Shop, Again], address: str, size: int) -> None:
    shop, _ = again
    body = b"0123456789" * (size // 10)
    assert streamed(shop, address, body, "image/png").status == 204
    assert get(shop, address).raw == body


def test_json_is_there_again(again: tuple[Shop, Again]) -> None:
    shop, _ = again
    assert streamed(shop, "Products(1)", b'{"Name":"s"}', "application/json").status == 204
    assert value(shop, "Products", (1,), "Name") == "s"
