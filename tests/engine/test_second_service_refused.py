"""The second service by itself, without HTTP: what it refuses, and that nothing changes then."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from app.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from app.odata.engine.problems import NoSuchResource
from app.odata.engine.source import Given
from tests.second_service import data, model
from tests.second_service.fixtures import Shop
from tests.second_service.looking import call, changing, contents

NOBODY = "55555555-5555-4555-8555-555555555555"
BIG = "x" * 100

REFUSED: list[tuple[str, str, tuple[Any, ...], str, type[DomainError], str]] = [
    # set, method, arguments, caller, error, what it says
    ("Products", "create", (Given({}),), data.ANNA, Invalid, "Name"),
    ("Products", "create", (Given({"ID": 1, "Name": "x"}),), data.ANNA, Conflict, "in use"),
    ("Products", "create", (Given({"ID": 13, "Name": "x"}),), data.ANNA, Conflict, "in use"),
    ("Products", "create", (Given({"Name": BIG}),), data.GUEST, Forbidden, "only read"),
    (
        "Products",
        "create",
        (Given({"Name": "x", "Price": Decimal("-0.01")}),),
        data.ANNA,
        Invalid,
        "Price",
    ),
    (
        "Products",
        "create",
        (Given({"Name": "x", "CategoryID": 99}),),
        data.ANNA,
        Invalid,
        "CategoryID",
    ),
    ("Products", "update", ((1,), Given({"Name": None})), data.ANNA, Invalid, "Name"),
    ("Products", "update", ((1,), Given({"Price": Decimal(-1)})), data.ANNA, Invalid, "Price"),
    ("Products", "update", ((1,), Given({"CategoryID": 99})), data.ANNA, Invalid, "CategoryID"),
    ("Products", "update", ((13,), Given({"Name": "x"})), data.ANNA, NotFound, "no such"),
    ("Products", "update", ((7,), Given({"Name": "x"})), data.BEN, NotFound, "no such"),
    ("Products", "update", ((99,), Given({"Name": "x"})), data.ANNA, NotFound, "no such"),
    ("Products", "update", ((1,), Given({"Name": "x"})), data.GUEST, Forbidden, "only read"),
    ("Products", "delete", ((13,),), data.ANNA, NotFound, "no such"),
    ("Products", "delete", ((1,),), data.GUEST, Forbidden, "only read"),
    ("Products", "upsert", ((1,), Given({"Name": "x"})), data.ANNA, NoSuchResource, "no such"),
    ("Products", "upsert", ((13,), Given({"Name": "x"})), data.ANNA, NoSuchResource, "no such"),
    ("Products", "upsert", ((50,), Given({})), data.ANNA, Invalid, "Name"),
    ("Products", "upsert", ((50,), Given({"Name": "x"})), data.GUEST, Forbidden, "only read"),
    ("Products", "link", ((1,), "Related", (99,)), data.ANNA, NotFound, "no such"),
    ("Products", "link", ((1,), "Related", (13,)), data.ANNA, NotFound, "no such"),
    ("Products", "link", ((13,), "Related", (1,)), data.ANNA, NotFound, "no such"),
    ("Products", "link", ((1,), "Related", (3,)), data.GUEST, Forbidden, "only read"),
    ("Products", "unlink", ((1,), "Related", (3,)), data.ANNA, NotFound, "no such reference"),
    ("Products", "unlink", ((1,), "Related", (2,)), data.GUEST, Forbidden, "only read"),
    ("Products", "stream", ((13,), "Thumb"), data.ANNA, NotFound, "no such"),
    (
        "Products",
        "put_stream",
        ((1,), "Thumb", BytesIO(b"x"), "image/png"),
        data.GUEST,
        Forbidden,
        "only read",
    ),
    (
        "Products",
        "put_stream",
        ((13,), "Thumb", BytesIO(b"x"), "image/png"),
        data.ANNA,
        NotFound,
        "no such",
    ),
    ("Categories", "delete", ((2,),), data.ANNA, Conflict, "not empty"),
    ("Categories", "delete", ((6,),), data.ANNA, Conflict, "not empty"),
    ("Orders", "create", (Given({"Customer": None}),), data.ANNA, Invalid, "Customer"),
    ("OrderLines", "create", (Given({"Amount": 1}),), data.ANNA, Invalid, "OrderId"),
    (
        "OrderLines",
        "create",
        (Given({"OrderId": NOBODY, "Amount": 1}),),
        data.ANNA,
        Invalid,
        "OrderId",
    ),
    (
        "OrderLines",
        "create",
        (Given({"OrderId": data.ORDER_A, "Line": 9, "Amount": 1, "ProductID": 13}),),
        data.ANNA,
        Invalid,
        "ProductID",
    ),
    (
        "OrderLines",
        "update",
        ((data.ORDER_A, 1), Given({"Amount": 0})),
        data.ANNA,
        Invalid,
        "Amount",
    ),
    (
        "OrderLines",
        "update",
        ((data.ORDER_A, 1), Given({"OrderId": data.ORDER_D})),
        data.ANNA,
        Invalid,
        "OrderId: is part of the key",
    ),
    ("Pictures", "upsert", ((9,), Given({"Title": "x"})), data.ANNA, NoSuchResource, "no such"),
    ("Settings", "create", (Given({"Name": "x"}, {"Other": 1}),), data.ANNA, Invalid, "Other"),
    (
        "Settings",
        "create",
        (Given({"Name": "x"}, {"Level": "1"}),),
        data.ANNA,
        Invalid,
        "Level: must be Edm.Int32",
    ),
    ("Settings", "create", (Given({}, {"Level": 1}),), data.ANNA, Invalid, "Name"),
]


@pytest.mark.parametrize(
    ("name", "method", "given", "caller", "error", "said"),
    REFUSED,
    ids=[f"{row[0]}-{row[1]}-{number}" for number, row in enumerate(REFUSED)],
)
def test_what_is_refused_changes_nothing(
    shop: Shop,
    name: str,
    method: str,
    given: tuple[Any, ...],
    caller: str,
    error: type[DomainError],
    said: str,
) -> None:
    before = contents(shop)
    with pytest.raises(error, match=said):
        changing(shop, name, caller)(method, *given)
    assert contents(shop) == before


@pytest.mark.parametrize(
    ("operation", "key", "given", "error"),
    [
        (model.DISCOUNT, (3,), {"percent": Decimal(1)}, Conflict),
        (model.DISCOUNT, (1,), {"percent": Decimal(101)}, Invalid),
        (model.DISCOUNT, (13,), {"percent": Decimal(1)}, NotFound),
        (model.RESTOCK, None, {"amount": 1, "ids": [1, 13]}, Invalid),
        (model.RESTOCK, None, {"amount": 1, "ids": [1, 5]}, Invalid),
        (model.TOUCH, (99,), {}, NotFound),
        (model.CHEAPEST, None, {"count": -1}, Invalid),
        (model.LABEL, (13,), {}, NotFound),
    ],
)
def test_operations_that_are_refused_change_nothing(
    shop: Shop, operation: Any, key: Any, given: dict[str, Any], error: type[DomainError]
) -> None:
    before = contents(shop)
    with pytest.raises(error):
        call(shop, operation, key, **given)
    assert contents(shop) == before
