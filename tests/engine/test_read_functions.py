"""Functions with every kind of answer, and those that change something although they are read
(Protocol 11.5.4; decision 26).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.odata.engine.edm import (
    DECIMAL,
    INT32,
    INT64,
    STREAM,
    STRING,
    CollectionType,
    EdmType,
    Operation,
    OperationImport,
    Parameter,
)
from app.odata.engine.source import Call, Entities, Given, Handler, Stream
from tests.engine.client import ROOT, VERSION_4_01, ask, get
from tests.second_service import data
from tests.second_service.fixtures import Shop
from tests.second_service.looking import value
from tests.second_service.model import (
    ADDRESS,
    COLOUR,
    MODEL,
    PRODUCT,
    PRODUCT_LIST,
    SHOP_INFO,
    TYPES,
)

BYTES = b"<template/>"


def function(
    name: str, returns: EdmType | None, bound_to: EdmType | None = None, **more: Any
) -> Operation:
    """A function of the shop's namespace."""
    return Operation(name, TYPES, "function", bound_to=bound_to, returns=returns, **more)


PAGE = (Parameter("skip", INT32), Parameter("top", INT32), Parameter("filter", STRING))
FUNCTIONS: dict[Operation, Callable[[Call], Any]] = {
    function("Amounts", CollectionType(INT64)): lambda _: [1, 9007199254740993, None],
    function("Names", CollectionType(STRING)): lambda _: ["b", "a", "ü"],
    function("Nobody", CollectionType(STRING)): lambda _: [],
    function("Place", ADDRESS): lambda _: {"City": "Köln", "Street": None},
    function("Places", CollectionType(ADDRESS)): lambda _: [{"City": "Köln"}, {"City": "Bonn"}],
    function("Nowhere", ADDRESS): lambda _: None,
    function("Shade", COLOUR): lambda _: 4,
    function("Sum", DECIMAL): lambda _: 3,
    function("Favourite", PRODUCT): lambda _: Entities("Products", ((8,),)),
    function("Loved", PRODUCT): lambda _: Entities("Products", ()),
    function("Void", PRODUCT_LIST): lambda _: Entities("Products", ()),
    function("Twin", PRODUCT, PRODUCT): lambda call: Entities("Products", (call.key or (0,),)),
    function("File", STREAM, PRODUCT): lambda _: Stream(
        iter([BYTES]), "application/xml", len(BYTES), 'attachment; filename="t.json"', 'W/"f"'
    ),
    function("Feed", CollectionType(STRING), PRODUCT, parameters=PAGE): lambda call: [
        f"{name}={given}" for name, given in sorted(call.parameters.items())
    ],
    function("Undone", STRING): lambda _: None,
}
FORGET = function("Forget", STRING, PRODUCT, writes=True)


@pytest.fixture
def bigger(shop: Shop) -> Shop:
    """The shop with more functions; Forget empties the name of a product."""

    def forget(call: Call) -> str:
        assert call.key is not None
        shop.source("Products").update(call.key, Given({"Name": "forgotten"}), call.caller)
        return "done"

    handlers = {each: Handler(run) for each, run in FUNCTIONS.items()}
    unbound = [each for each in FUNCTIONS if each.bound_to is None]
    model = replace(
        MODEL,
        operations=(*MODEL.operations, *FUNCTIONS, FORGET),
        imports=(*MODEL.imports, *(OperationImport(each.name, each) for each in unbound)),
    )
    more = {**shop.service.handlers, **handlers, FORGET: Handler(forget)}
    without = {each: run for each, run in more.items() if each.name != "Undone"}
    return replace(shop, service=replace(shop.service, model=model, handlers=without))


@pytest.mark.parametrize(
    ("address", "context", "value_"),
    [
        ("Amounts", "Collection(Edm.Int64)", [1, 9007199254740993, None]),
        ("Names()", "Collection(Edm.String)", ["b", "a", "ü"]),
        ("Nobody", "Collection(Edm.String)", []),
        ("Names?$skip=1&$top=1", "Collection(Edm.String)", ["a"]),
        ("Names?$skip=5", "Collection(Edm.String)", []),
        ("Places", "Collection(Shop.Address)", [{"City": "Köln"}, {"City": "Bonn"}]),
        ("Shade", "Shop.Colour", "Blue"),
        ("Sum", "Edm.Decimal", 3),
    ],
)
def test_values(bigger: Shop, address: str, context: str, value_: Any) -> None:
    found = get(bigger, address)
    assert found.body == {"@odata.context": f"{ROOT}/$metadata#{context}", "value": value_}


def test_values_are_counted(bigger: Shop) -> None:
    assert get(bigger, "Names?$count=true&$top=0").body["@odata.count"] == 3
    exact = {"Accept": "application/json;IEEE754Compatible=true"}
    assert get(bigger, "Amounts?$count=true", exact).body["@odata.count"] == "3"
    assert get(bigger, "Amounts", exact).value == ["1", "9007199254740993", None]
    assert get(bigger, "Names?$orderby=$it").status == 501


def test_a_complex_value_is_an_object(bigger: Shop) -> None:
    found = get(bigger, "Place", VERSION_4_01).body
    assert found == {
        "@context": f"{ROOT}/$metadata#Shop.Address",
        "Street": None,
        "City": "Köln",
    }
    assert get(bigger, "Place?$select=City").status == 501


@pytest.mark.parametrize("address", ["Nowhere", "Loved"])
def test_nothing(bigger: Shop, address: str) -> None:
    found = get(bigger, address)
    assert (found.status, found.raw) == (204, b"")


def test_entities(bigger: Shop) -> None:
    found = get(bigger, "Favourite?$select=Name&$expand=Category($select=Name)").body
    assert found["@odata.context"].endswith("#Products(Name,Category(Name))/$entity")
    assert found["Category"]["Name"] == "Books"
    assert get(bigger, "Void?$count=true").body["value"] == []
    twin = get(bigger, "Products(2)/Twin()")
    assert (twin.body["ID"], twin.headers["ETag"]) == (2, 'W/"1"')
    assert get(bigger, "Products(7)/Twin", caller=data.GUEST).status == 404


@pytest.mark.parametrize("accept", ["application/xml", "application/json", "*/*", "text/html"])
def test_a_stream_has_its_own_form(bigger: Shop, accept: str) -> None:
    found = get(bigger, "Products(1)/File", {"Accept": accept})
    assert (found.status, found.raw) == (200, BYTES)
    assert found.headers["Content-Type"] == "application/xml"
    assert found.headers["Content-Disposition"] == 'attachment; filename="t.json"'
    again = get(bigger, "Products(1)/File", {"If-None-Match": found.headers["ETag"]})
    assert (again.status, again.raw) == (304, b"")
    head = ask(bigger, "HEAD", "Products(1)/File")
    assert (head.status, head.raw, head.headers["Content-Length"]) == (200, b"", str(len(BYTES)))


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("Products(1)/Feed", []),
        ("Products(1)/Feed?skip=1&top=2", ["skip=1", "top=2"]),
        ("Products(1)/Feed?Skip=1&@top=2", ["skip=1", "top=2"]),
        ("Products(1)/Feed(skip=3,filter='x')", ["filter=x", "skip=3"]),
        ("Products(1)/Feed(skip=@s)?@s=4", ["skip=4"]),
        ("Products(1)/Feed?skip=1&top=2&$top=1", ["skip=1"]),
    ],
)
def test_parameters_may_be_named_like_options(bigger: Shop, address: str, given: list[str]) -> None:
    assert get(bigger, address).value == given


def test_a_function_that_is_only_declared(bigger: Shop) -> None:
    assert get(bigger, "Undone").status == 501


def test_a_function_may_change_something(bigger: Shop) -> None:
    found = get(bigger, "Products(1)/Forget()")
    assert (found.status, found.value) == (200, "done")
    assert found.headers["Cache-Control"] == "no-store"
    assert value(bigger, "Products", (1,), "Name") == "forgotten"


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("HEAD", "Products(1)/Forget", 405),
        ("HEAD", "Products(1)/Shop.Forget()", 405),
        ("POST", "Products(1)/Forget", 405),
        ("GET", "$entity?$id=Products(1)/Forget()", 400),
        ("GET", "Products(1)/Forget?$top=1", 400),
        ("GET", "Products(1)/Forget(x=1)", 400),
        ("GET", "Products(999)/Forget", 404),
    ],
)
def test_but_only_when_it_is_meant(bigger: Shop, method: str, address: str, status: int) -> None:
    assert ask(bigger, method, address).status == status
    assert value(bigger, "Products", (1,), "Name") == "Hammer"


def test_what_failed_changed_nothing(bigger: Shop) -> None:
    found = get(bigger, "Products(1)/Forget", caller=data.GUEST)
    assert found.status == 403
    assert value(bigger, "Products", (1,), "Name") == "Hammer"


def test_a_set_may_be_declared_not_searchable(shop: Shop) -> None:
    sets = tuple(
        replace(each, searchable=False) if each.name == "Orders" else each
        for each in MODEL.entity_sets
    )
    closed = replace(shop, service=replace(shop.service, model=replace(MODEL, entity_sets=sets)))
    found = get(closed, "Orders?$search=mia")
    assert (found.status, found.error["target"]) == (501, "$search")
    assert [each["Name"] for each in get(closed, "$all?$search=hammer").value] == [
        "Hammer",
        "hammer",
    ]
    assert get(closed, "$all?$search=mia").value == []


def test_what_cannot_be_changed_has_a_read_link(shop: Shop) -> None:
    sets = tuple(replace(each, updatable=False, deletable=False) for each in MODEL.entity_sets)
    fixed = replace(shop, service=replace(shop.service, model=replace(MODEL, entity_sets=sets)))
    headers = {"Accept": "application/json;metadata=full"}
    found = get(fixed, "Products(1)", headers).body
    assert found["@odata.readLink"] == "Products(1)"
    assert "@odata.editLink" not in found
    assert SHOP_INFO.qualified in get(fixed, "Shop", headers).body["@odata.type"]
