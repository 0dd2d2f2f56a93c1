"""The second service by itself, without HTTP: what its commands and operations do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from app.errors import Conflict, NotFound
from app.odata.engine.problems import NoSuchResource
from app.odata.engine.source import Call, Entities, Given
from tests.second_service import data, model, tables
from tests.second_service.fixtures import Shop
from tests.second_service.looking import call, changing, contents, value, visible_keys

NEW_PRODUCT: dict[str, Any] = {
    "Name": "Saw",
    "Price": Decimal("9.90"),
    "Colour": data.RED,
    "CategoryID": 2,
}


def test_create_takes_the_key_of_the_client_or_gives_the_next(shop: Shop) -> None:
    assert shop.create("Products", **NEW_PRODUCT) == (15,)
    assert shop.create("Products", ID=40, **NEW_PRODUCT) == (40,)
    assert shop.create("Products", **NEW_PRODUCT) == (41,)
    assert shop.create("Pictures", Title="New") == (3,)
    assert shop.create("OrderLines", OrderId=data.ORDER_A, Amount=1) == (data.ORDER_A, 4)
    assert shop.create("OrderLines", OrderId=data.ORDER_D, Amount=1) == (data.ORDER_D, 1)
    assert len(shop.create("Orders", Customer="Zoë")[0]) == 36


def test_what_is_created_is_complete(shop: Shop) -> None:
    key = shop.create("Products", **NEW_PRODUCT)
    row = shop.source("Products").stored(key, data.GUEST)
    assert (row.name, row.price, row.colour, row.category_id) == ("Saw", Decimal("9.90"), 1, 2)
    assert (row.discontinued, row.stock, row.kind, row.version) == (False, None, "Shop.Product", 1)
    assert (row.modified, row.owner, row.hidden) == (data.NOW, data.ANNA, False)
    rows = shop.rows("Products")
    assert [each[0] for each in shop.all(select(rows.column("ID")).where(rows.search("saw")))] == [
        key[0]
    ]


def test_create_a_derived_product_with_a_complex_value(shop: Shop) -> None:
    origin = {"City": "Ulm", "Position": {"Lat": 48.4}}
    given = Given({"Name": "Atlas", "Pages": 7, "Origin": origin}, type=model.BOOK)
    key = changing(shop, "Products")("create", given)
    paths = ("Pages", "Author", "Origin/City", "Origin/Zip", "Origin/Position/Lat")
    assert [value(shop, "Products", key, path) for path in paths] == [7, None, "Ulm", None, 48.4]
    assert shop.source("Products").stored(key, data.ANNA).kind == "Shop.Book"


def test_create_a_setting_with_dynamic_properties(shop: Shop) -> None:
    given = Given({"Name": "Tax"}, {"Extra": "ja", "Level": 19})
    assert changing(shop, "Settings")("create", given) == ("Tax",)
    assert value(shop, "Settings", ("Tax",), "Extra") == "ja"
    changing(shop, "Settings")("update", ("Tax",), Given({}, {"Extra": None}))
    assert value(shop, "Settings", ("Tax",), "Extra") is None
    assert value(shop, "Settings", ("Tax",), "Level") == 19


def test_update_changes_what_is_given_and_the_version(shop: Shop) -> None:
    before = shop.source("Products").stored((1,), data.ANNA)
    shop.update("Products", (1,), Name="Mallet", Price=None)
    shop.update("Products", (1,), Stock=11)
    after = shop.source("Products").stored((1,), data.ANNA)
    assert (after.name, after.price, after.stock) == ("Mallet", None, 11)
    assert after.weight == before.weight
    assert after.version == before.version + 2
    assert after.modified == before.modified + timedelta(seconds=1)
    assert (after.folded, after.origin_city) == ("mallet", "Köln")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"Origin": {"City": "Bonn"}}, ("Hauptstraße 1", "Bonn", "50667", 50.94)),
        ({"Origin": {"Position": None}}, ("Hauptstraße 1", "Köln", "50667", None)),
        ({"Origin": {"Position": {"Lat": 1.0}}}, ("Hauptstraße 1", "Köln", "50667", 1.0)),
        ({"Origin/City": None}, ("Hauptstraße 1", None, "50667", 50.94)),
        ({"Origin": None}, (None, None, None, None)),
    ],
)
def test_update_merges_complex_values(shop: Shop, given: Any, expected: tuple[Any, ...]) -> None:
    shop.update("Products", (1,), **given)
    paths = ("Origin/Street", "Origin/City", "Origin/Zip", "Origin/Position/Lat")
    assert tuple(value(shop, "Products", (1,), path) for path in paths) == expected
    assert value(shop, "Products", (4,), "Origin/City") == "Öhringen"


def test_update_reaches_composite_keys_and_the_singleton(shop: Shop) -> None:
    shop.update("OrderLines", (data.ORDER_C, -1), Note="front")
    shop.update("Shop", ("main",), Motto="Ä")
    assert value(shop, "OrderLines", (data.ORDER_C, -1), "Note") == "front"
    assert value(shop, "OrderLines", (data.ORDER_C, 1), "Note") is None
    assert value(shop, "Shop", ("main",), "Motto") == "Ä"


def test_an_order_line_names_a_product_that_only_others_hide(shop: Shop) -> None:
    line = (data.ORDER_A, 3)
    assert line in visible_keys(shop, "OrderLines", data.BEN)
    shop.update("OrderLines", line, caller=data.BEN, Note="seen")
    assert value(shop, "OrderLines", line, "ProductID") == 7


def test_delete_takes_what_hangs_on_it(shop: Shop) -> None:
    changing(shop, "Orders")("delete", (data.ORDER_A,))
    changing(shop, "Products")("delete", (1,))
    assert visible_keys(shop, "Orders", data.ANNA) == [
        (data.ORDER_B,),
        (data.ORDER_C,),
        (data.ORDER_D,),
    ]
    lines = visible_keys(shop, "OrderLines", data.ANNA)
    assert lines == [(data.ORDER_B, 1), (data.ORDER_B, 2), (data.ORDER_C, -1), (data.ORDER_C, 1)]
    assert value(shop, "OrderLines", (data.ORDER_B, 1), "ProductID") is None
    assert shop.all(select(func.count()).select_from(tables.RELATED))[0][0] == 2


def test_upsert_makes_an_entity_under_a_fresh_key(shop: Shop) -> None:
    assert changing(shop, "Products")("upsert", (77,), Given({"Name": "Nail"})) == (77,)
    assert value(shop, "Products", (77,), "Name") == "Nail"
    key = (data.ORDER_D, 5)
    assert changing(shop, "OrderLines")("upsert", key, Given({"Amount": 2})) == key
    assert changing(shop, "Settings")("upsert", ("New",), Given({}, {"Level": 1})) == ("New",)


def test_keys_of_what_was_deleted_never_come_back(shop: Shop) -> None:
    products = changing(shop, "Products")
    products("delete", (14,))
    with pytest.raises(NoSuchResource):
        products("upsert", (14,), Given({"Name": "Again"}))
    with pytest.raises(Conflict):
        shop.create("Products", ID=14, Name="Again")
    assert shop.create("Products", Name="Next") == (15,)
    products("delete", (15,))
    assert shop.create("Products", Name="Next") == (16,)


def related(shop: Shop) -> list[tuple[int, int]]:
    return sorted((row.product_id, row.related_id) for row in shop.all(tables.RELATED.select()))


def test_references_are_added_and_removed(shop: Shop) -> None:
    products = changing(shop, "Products")
    products("link", (3,), "Related", (5,))
    products("link", (3,), "Related", (5,))
    products("unlink", (1,), "Related", (2,))
    assert related(shop) == sorted([*(p for p in data.RELATED if p != (1, 2)), (3, 5)])


def test_streams_are_read_in_pieces(shop: Shop) -> None:
    picture = shop.source("Pictures").stream((1,), None, data.GUEST)
    assert picture is not None
    pieces = list(picture.chunks)
    body, media_type = data.PICTURE_BODIES[1]
    assert (b"".join(pieces), picture.media_type, picture.length) == (body, media_type, len(body))
    assert len(pieces) > 1
    assert picture.disposition == 'attachment; filename="1.png"'
    assert shop.source("Pictures").stream((2,), None, data.ANNA) is None
    thumb = shop.source("Products").stream((1,), "Thumb", data.ANNA)
    assert thumb is not None
    assert (b"".join(thumb.chunks), thumb.media_type) == data.THUMBS[1]
    assert shop.source("Products").stream((2,), "Thumb", data.ANNA) is None


def test_streams_are_replaced(shop: Shop) -> None:
    changing(shop, "Pictures")("put_stream", (2,), None, BytesIO(b""), "text/plain")
    changing(shop, "Products")("put_stream", (2,), "Thumb", BytesIO(b"new"), "image/png")
    empty = shop.source("Pictures").stream((2,), None, data.ANNA)
    assert empty is not None
    assert (list(empty.chunks), empty.length, empty.media_type) == ([], 0, "text/plain")
    thumb = shop.source("Products").stream((2,), "Thumb", data.ANNA)
    assert thumb is not None
    assert list(thumb.chunks) == [b"new"]
    assert shop.source("Products").stored((2,), data.ANNA).version == 2


# Transactions


def names(shop: Shop) -> list[str]:
    rows = shop.rows("Categories")
    return [row[0] for row in shop.all(select(rows.column("Name")).order_by("id"))]


def add_category(shop: Shop, name: str) -> None:
    shop.source("Categories").create(Given({"Name": name}), data.ANNA)


def test_a_transaction_is_all_or_nothing(shop: Shop) -> None:
    before = names(shop)

    def task() -> None:
        add_category(shop, "Lost")
        assert "Lost" in names(shop), "reads inside share the transaction"
        shop.source("Products").delete((99,), data.ANNA)

    with pytest.raises(NotFound):
        shop.change(task)
    assert names(shop) == before


def test_a_transaction_inside_one_is_undone_alone(shop: Shop) -> None:
    before = names(shop)

    def inner() -> None:
        add_category(shop, "Lost")
        raise Conflict("no")

    def outer() -> str:
        add_category(shop, "First")
        with pytest.raises(Conflict):
            shop.change(inner)
        shop.change(lambda: add_category(shop, "Second"))
        return "done"

    assert shop.change(outer) == "done"
    assert names(shop) == [*before, "First", "Second"]


def test_a_reader_sees_one_snapshot(shop: Shop) -> None:
    rows = shop.rows("Categories")
    counting = select(func.count()).select_from(rows.table)
    with shop.connection() as connection:
        assert connection.execute(counting).scalar_one() == 6
        shop.create("Categories", Name="Later")
        assert connection.execute(counting).scalar_one() == 6
    assert shop.all(counting)[0][0] == 7


def test_of_two_writers_with_one_key_one_is_refused(shop: Shop) -> None:
    together = Barrier(2)

    def write(number: int) -> str:
        together.wait(10)
        try:
            shop.create("Products", ID=500, Name=f"writer {number}")
        except Conflict:
            return "refused"
        return "made"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(write, range(2))) == ["made", "refused"]


def test_commands_run_inside_of_a_transaction_only(shop: Shop) -> None:
    with pytest.raises(RuntimeError, match="atomically"):
        shop.source("Products").create(Given({"Name": "x"}), data.ANNA)


# Operations


def test_discount_takes_off_the_price(shop: Shop) -> None:
    answer = call(shop, model.DISCOUNT, (11,), percent=Decimal("12.5"))
    assert (answer.entity_set, answer.keys) == ("Products", ((11,),))
    assert value(shop, "Products", (11,), "Price") == Decimal("17.4912")


def test_restock_adds_to_every_stock(shop: Shop) -> None:
    answer = call(shop, model.RESTOCK, amount=5, ids=[1, 3])
    assert answer.keys == ((1,), (3,))
    assert [value(shop, "Products", (each,), "Stock") for each in (1, 3)] == [15, 5]


def test_touch_makes_a_new_version(shop: Shop) -> None:
    shop.update("Products", (1,), Name="x")
    assert call(shop, model.TOUCH, (2,)).keys == ((2,),)
    row = shop.source("Products").stored((2,), data.ANNA)
    assert (row.version, row.modified) == (2, data.NOW + timedelta(seconds=1))
    assert shop.service.handlers[model.TOUCH].on_request


def test_functions_answer_what_the_caller_sees(shop: Shop) -> None:
    assert call(shop, model.CHEAPEST, count=4).keys == ((5,), (10,), (4,), (7,))
    assert call(shop, model.CHEAPEST, caller=data.BEN, count=4).keys == ((5,), (10,), (4,), (13,))
    assert call(shop, model.BEST).keys == ((5,), (4,), (1,), (8,), (11,), (14,))
    assert call(shop, model.BEST, minimum=5).keys == ((5,), (4,))
    assert call(shop, model.LABEL, (1,)) == "1: Hammer"
    assert call(shop, model.LABEL, (4,)) is None
    assert call(shop, model.VERSION) == "1.0"


def test_functions_need_no_transaction(shop: Shop) -> None:
    run = shop.service.handlers[model.CHEAPEST].run
    assert run(Call(None, {"count": 1}, data.ANNA)) == Entities("Products", ((5,),))


def test_reset_restores_everything(shop: Shop) -> None:
    before = contents(shop)
    shop.create("Products", Name="x")
    changing(shop, "Orders")("delete", (data.ORDER_A,))
    assert contents(shop) != before
    assert call(shop, model.RESET) is None
    assert contents(shop) == before
    assert shop.service.handlers[model.RESET].status == 204
