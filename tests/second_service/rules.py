"""What the shop refuses, and the keys that it gives: by set, apart from how rows are written."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Integer, cast, func, select, union_all

from app.errors import Conflict, Invalid
from app.odata.engine.edm import INT32, STRING, PrimitiveType
from tests.second_service import tables
from tests.second_service.store import Store

Values = Mapping[str, Any]
NewKey = Callable[[Store, Values], Any]


def check_product(values: Values) -> None:
    """Raises Invalid for a price below 0."""
    price = values.get("Price")
    if price is not None and price < Decimal(0):
        raise Invalid({"Price": "must not be below 0"})


def check_line(values: Values) -> None:
    """Raises Invalid for an amount below 1."""
    if values.get("Amount", 1) < 1:
        raise Invalid({"Amount": "must be at least 1"})


CHECKS: Final[Mapping[str, Callable[[Values], None]]] = {
    "Products": check_product,
    "OrderLines": check_line,
}


def check_empty(store: Store, key: tuple[Any, ...]) -> None:
    """A category goes only when nothing is in it. Raises Conflict."""
    below = (tables.CATEGORY.c.parent_id, tables.PRODUCT.c.category_id)
    held = union_all(*(select(column).where(column == key[0]) for column in below))
    if store.connection.execute(held.limit(1)).first() is not None:
        raise Conflict("The category is not empty")


BEFORE_DELETE: Final[Mapping[str, Callable[[Store, tuple[Any, ...]], None]]] = {
    "Categories": check_empty
}


def _next_number(name: str, column: Any) -> NewKey:
    """One above the highest number ever used."""

    def number(store: Store, _values: Values) -> int:
        used = select(cast(tables.USED_KEY.c.key, Integer).label("number"))
        used = used.where(tables.USED_KEY.c.set_name == name)
        both = union_all(select(column.label("number")), used).subquery()
        highest = store.connection.execute(select(func.max(both.c.number))).scalar()
        return int(highest or 0) + 1

    return number


def _next_line(store: Store, values: Values) -> int:
    lines = tables.ORDER_LINE.c
    highest = select(func.max(lines.line)).where(lines.order_id == values.get("OrderId"))
    return int(store.connection.execute(highest).scalar() or 0) + 1


NEW_KEYS: Final[Mapping[tuple[str, str], NewKey]] = {
    ("Products", "ID"): _next_number("Products", tables.PRODUCT.c.id),
    ("Categories", "ID"): _next_number("Categories", tables.CATEGORY.c.id),
    ("Pictures", "Id"): _next_number("Pictures", tables.PICTURE.c.id),
    ("Orders", "Id"): lambda _store, _values: str(uuid4()),
    ("OrderLines", "Line"): _next_line,
}


def _is_int32(value: Any) -> bool:
    return type(value) is int and -(2**31) <= value < 2**31


_FITS: Final[Mapping[PrimitiveType, Callable[[Any], bool]]] = {
    STRING: lambda value: isinstance(value, str),
    INT32: _is_int32,
}


def check_dynamic(known: Mapping[str, PrimitiveType], given: Values) -> None:
    """The dynamic properties that a setting takes. Raises Invalid for others and other types."""
    for name, value in given.items():
        if name not in known:
            raise Invalid({name: "settings have no such property"})
        if value is not None and not _FITS[known[name]](value):
            raise Invalid({name: f"must be {known[name].qualified}"})
