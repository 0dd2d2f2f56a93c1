"""What the shop holds, as plain Python values by property name, for the tables and for an
independent evaluator of expressions.

Every entity has all properties of its type, None where there is no value; a complex value is a dict
or None (never one of which all members are None: the tables cannot tell that from None).
`@type` is the qualified type of a product. Enumerations are integers, Guids lower-case text,
instants aware and in UTC. The price of product 5 is one that the shop takes from nobody any more.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

Entity = dict[str, Any]

ANNA, BEN, GUEST = "anna", "ben", "guest"  # callers; a guest may only read
OWNERS: Final = {7: ANNA, 13: BEN}  # of products hidden from all others
RED, GREEN, BLUE = 1, 2, 4
LIGHT, STRONG, WATERPROOF = 1, 2, 4
NOW: Final = datetime(2024, 5, 12, 10, 0, tzinfo=UTC)  # where the shop's clock begins

CATEGORIES: Final[tuple[Entity, ...]] = (
    {"ID": 1, "Name": "Everything", "ParentID": None},
    {"ID": 2, "Name": "Tools", "ParentID": 1},
    {"ID": 3, "Name": "Ärmel & Maße", "ParentID": 2},
    {"ID": 4, "Name": "Media", "ParentID": 1},
    {"ID": 5, "Name": "Books", "ParentID": 4},
    {"ID": 6, "Name": "Empty", "ParentID": None},
)

_NO_PRODUCT: Final[Mapping[str, Any]] = {
    "@type": "Shop.Product",
    "ID": None,
    "Name": None,
    "Price": None,
    "Stock": None,
    "Weight": None,
    "Rating": None,
    "Released": None,
    "Available": None,
    "OpensAt": None,
    "Runtime": None,
    "Code": None,
    "Discontinued": False,
    "Colour": None,
    "Features": None,
    "Origin": None,
    "Digits": None,
    "Modified": NOW,
    "CategoryID": None,
}
_MORE: Final[Mapping[str, Mapping[str, Any]]] = {
    "Shop.Product": {},
    "Shop.Book": {"Pages": None, "Author": None},
    "Shop.Gadget": {"Voltage": None},
}


def _product(number: int, name: str, kind: str = "Product", **values: Any) -> Entity:
    named = f"Shop.{kind}"
    whole = {**_NO_PRODUCT, **_MORE[named]}
    given = {"@type": named, "ID": number, "Name": name, **values}
    assert given.keys() <= whole.keys()
    return {**whole, **given}


def _address(
    street: str | None, city: str | None, code: str | None, *place: float | None
) -> Entity:
    position = {"Lat": place[0], "Long": place[1]} if place else None
    return {"Street": street, "City": city, "Zip": code, "Position": position}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


PRODUCTS: Final[tuple[Entity, ...]] = (
    _product(
        1,
        "Hammer",
        Price=Decimal("2.50"),
        Stock=10,
        Weight=1.5,
        Rating=4,
        Released=_at("2020-02-29T12:30:45.500000+00:00"),
        Available=date(2020, 2, 29),
        OpensAt=time(8, 30),
        Runtime=timedelta(hours=1, minutes=30),
        Code="0a1b2c3d-0000-4000-8000-000000000001",
        Colour=RED,
        Features=STRONG,
        Origin=_address("Hauptstraße 1", "Köln", "50667", 50.94, 6.96),
        Digits=b"\x00\x01\xff",
        CategoryID=2,
    ),
    _product(
        2,
        "hammer",
        Price=Decimal("2.5"),
        Stock=-10,
        Weight=-0.25,
        Rating=-1,
        Released=_at("1969-12-31T23:59:59.999999+00:00"),
        Available=date(1969, 12, 31),
        OpensAt=time(23, 59, 59, 999999),
        Runtime=timedelta(seconds=-90, microseconds=-1),
        Code="0a1b2c3d-0000-4000-8000-000000000002",
        Colour=GREEN,
        Features=LIGHT | STRONG,
        Origin=_address(None, "Köln", None),
        CategoryID=2,
    ),
    _product(3, "Nothing"),
    _product(
        4,
        "Ärmelmaß",
        Price=Decimal("0.1"),
        Stock=9007199254740993,
        Weight=0.1,
        Rating=5,
        Released=_at("2024-03-31T01:30:00+00:00"),
        Available=date(2024, 3, 31),
        OpensAt=time(0, 0),
        Runtime=timedelta(0),
        Code="ffffffff-ffff-4fff-bfff-ffffffffffff",
        Discontinued=True,
        Colour=BLUE,
        Features=LIGHT | STRONG | WATERPROOF,
        Origin=_address("Ä-Weg 2", "Öhringen", "74613", -33.5, -70.25),
        Digits=b"",
        CategoryID=3,
    ),
    _product(
        5,
        "100% wool_shirt",
        Price=Decimal("-3.75"),
        Stock=9223372036854775807,
        Weight=1e300,
        Rating=32767,
        Released=_at("9999-12-31T23:59:59.999999+00:00"),
        Available=date(9999, 12, 31),
        Features=0,
        Origin=_address(None, None, None, 0.0, 0.0),
        CategoryID=3,
    ),
    _product(
        6,
        "O'Neil's \"best\" \\ rope",
        Price=Decimal("99999999.9999"),
        Stock=-9223372036854775808,
        Weight=0.0,
        Rating=0,
        Released=_at("0001-01-01T00:00:00+00:00"),
        Available=date(1, 1, 1),
        Colour=RED,
        Features=WATERPROOF,
        Origin=_address("O'Connell St", "Dublin", "D01"),
        Digits=b"%_'\\",
        CategoryID=2,
    ),
    _product(
        7,
        "Hidden drill",
        Price=Decimal("0.3"),
        Stock=3,
        Rating=3,
        Weight=2.75,
        Released=_at("2024-05-01T10:00:00+00:00"),
        Code="0a1b2c3d-0000-4000-8000-000000000007",
        Colour=GREEN,
        CategoryID=2,
    ),
    _product(
        8,
        "Straße nach İstanbul",
        "Book",
        Price=Decimal("12"),
        Stock=7,
        Rating=4,
        Weight=0.5,
        Released=_at("2019-07-01T00:00:00+00:00"),
        Available=date(2019, 7, 1),
        Colour=BLUE,
        Pages=320,
        Author="Ann Öl",
        CategoryID=5,
    ),
    _product(
        9,
        "",
        "Book",
        Price=Decimal("12.0000"),
        Stock=0,
        Rating=2,
        Discontinued=True,
        Runtime=timedelta(days=3, microseconds=500000),
        Author="Ben",
        CategoryID=5,
    ),
    _product(
        10,
        "  padded\u00a0",
        "Book",
        Price=Decimal("0"),
        Stock=7,
        Available=date(2024, 2, 29),
        OpensAt=time(12, 0, 0, 250000),
        Pages=-1,
        CategoryID=4,
    ),
    _product(
        11,
        "Lamp",
        "Gadget",
        Price=Decimal("19.99"),
        Stock=42,
        Weight=3.3333333333333335,
        Rating=4,
        Released=_at("2024-05-12T10:00:00+00:00"),
        Available=date(2024, 5, 12),
        OpensAt=time(10, 0),
        Runtime=timedelta(days=400),
        Code="0a1b2c3d-0000-4000-8000-00000000000b",
        Features=LIGHT,
        Origin=_address("Main St", "London", "N1", 51.5, -0.125),
        Digits=b"lamp",
        Voltage=230,
        CategoryID=4,
    ),
    _product(12, "ß", "Gadget", Price=Decimal("7.0625"), Stock=-7, Weight=-1e-9, Voltage=-12),
    _product(13, "Ben's hidden radio", "Gadget", Price=Decimal("1"), Voltage=9, CategoryID=6),
    _product(
        14,
        "日本語 😀 tool",
        Price=Decimal("2.5001"),
        Stock=10,
        Rating=4,
        Weight=1.5,
        Released=_at("2020-02-29T12:30:45.500001+00:00"),
        Runtime=timedelta(hours=1, minutes=30),
        Colour=RED | GREEN,
        Origin=_address("東京", "東京", None),
        CategoryID=None,
    ),
)

RELATED: Final = ((1, 2), (1, 4), (2, 1), (4, 4), (1, 7), (7, 1), (8, 9), (13, 1))

ORDER_A = "11111111-1111-4111-8111-111111111111"
ORDER_B = "22222222-2222-4222-8222-222222222222"
ORDER_C = "33333333-3333-4333-8333-333333333333"
ORDER_D = "44444444-4444-4444-8444-444444444444"

ORDERS: Final[tuple[Entity, ...]] = (
    {"Id": ORDER_A, "Customer": "Mia", "PlacedAt": _at("2024-01-31T08:00:00+00:00")},
    {"Id": ORDER_B, "Customer": "Jöran", "PlacedAt": _at("2024-02-29T23:59:59.123456+00:00")},
    {"Id": ORDER_C, "Customer": "mia", "PlacedAt": None},
    {"Id": ORDER_D, "Customer": "Nobody", "PlacedAt": _at("2024-01-31T08:00:00+00:00")},
)


def _line(order: str, number: int, amount: int, product: int | None, note: str | None) -> Entity:
    return {
        "OrderId": order,
        "Line": number,
        "Amount": amount,
        "Note": note,
        "ProductID": product,
    }


ORDER_LINES: Final[tuple[Entity, ...]] = (
    _line(ORDER_A, 1, 2, 1, None),
    _line(ORDER_A, 2, 10, 4, "gift, 100%"),
    _line(ORDER_A, 3, 1, 7, "Hidden product"),
    _line(ORDER_B, 1, 1, 1, "ÄRGER"),
    _line(ORDER_B, 2, 5, None, ""),
    _line(ORDER_C, 1, 3, 8, None),
    _line(ORDER_C, -1, 7, 1, "back"),
)

PICTURES: Final[tuple[Entity, ...]] = ({"Id": 1, "Title": "Front"}, {"Id": 2, "Title": "Blank"})
PICTURE_BODIES: Final = {1: (b"\x89PNG\r\n\x1a\n picture", "image/png")}
THUMBS: Final = {1: (b"GIF89a thumb", "image/gif")}  # by ID of the product
SHOP: Final[Entity] = {"Id": "main", "Name": "Corner Shop", "Motto": None}
SETTINGS: Final[tuple[Entity, ...]] = (
    {"Name": "Currency", "Extra": "EUR", "Level": None},
    {"Name": "Depth", "Extra": None, "Level": 3},
    {"Name": "Plain/one two", "Extra": None, "Level": None},
    {"Name": "Greeting", "Extra": "Grüß 'Gott'", "Level": -2147483648},
)

ENTITIES: Final[Mapping[str, tuple[Entity, ...]]] = {
    "Products": PRODUCTS,
    "Categories": CATEGORIES,
    "Orders": ORDERS,
    "OrderLines": ORDER_LINES,
    "Pictures": PICTURES,
    "Settings": SETTINGS,
    "Shop": (SHOP,),
}


def visible(name: str, caller: str) -> list[Entity]:
    """The entities of a set or singleton that a caller sees, in the order of their keys."""
    return [each for each in ENTITIES[name] if name != "Products" or _sees(each, caller)]


def _sees(product: Entity, caller: str) -> bool:
    return OWNERS.get(product["ID"], caller) == caller


def navigated(name: str, entity: Entity, navigation: str, caller: str) -> list[Entity]:
    """What a navigation of an entity of a set leads to, as far as the caller sees it; at most one
    for a navigation that is no collection.
    """
    target, matches = NAVIGATIONS[name, navigation]
    return [each for each in visible(target, caller) if matches(entity, each)]


def _equal(here: str, there: str) -> Any:
    return lambda mine, theirs: mine[here] is not None and mine[here] == theirs[there]


NAVIGATIONS: Final[Mapping[tuple[str, str], tuple[str, Any]]] = {
    ("Products", "Category"): ("Categories", _equal("CategoryID", "ID")),
    ("Products", "Related"): (
        "Products",
        lambda mine, theirs: (mine["ID"], theirs["ID"]) in RELATED,
    ),
    ("Products", "Lines"): ("OrderLines", _equal("ID", "ProductID")),
    ("Categories", "Parent"): ("Categories", _equal("ParentID", "ID")),
    ("Categories", "Children"): ("Categories", _equal("ID", "ParentID")),
    ("Categories", "Products"): ("Products", _equal("ID", "CategoryID")),
    ("Orders", "Lines"): ("OrderLines", _equal("Id", "OrderId")),
    ("OrderLines", "Order"): ("Orders", _equal("OrderId", "Id")),
    ("OrderLines", "Product"): ("Products", _equal("ProductID", "ID")),
}


def keys(entities: Iterable[Entity], *names: str) -> list[Any]:
    """One property of each entity, or tuples of several: short comparisons in tests."""
    if len(names) == 1:
        return [each[names[0]] for each in entities]
    return [tuple(each[name] for name in names) for each in entities]
