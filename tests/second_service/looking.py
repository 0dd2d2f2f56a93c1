"""Short ways to look at the shop in tests: keys, single values, everything that is stored."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.odata.engine.source import Call, Rows
from tests.second_service import data, tables
from tests.second_service.fixtures import Shop
from tests.second_service.layout import LAYOUTS


def key_of(name: str, entity: data.Entity) -> tuple[Any, ...]:
    """The key of an entity of the data."""
    return tuple(entity[each] for each in LAYOUTS[name].type.key)


def keys_of(name: str, entities: list[data.Entity]) -> list[tuple[Any, ...]]:
    """The keys of several, sorted."""
    return sorted(key_of(name, each) for each in entities)


def key_columns(rows: Rows, name: str) -> list[Any]:
    """The columns of a set's key, in its order."""
    return [rows.column(each) for each in LAYOUTS[name].type.key]


def visible_keys(shop: Shop, name: str, caller: str) -> list[tuple[Any, ...]]:
    """The keys of what a caller sees in the store, sorted."""
    rows = shop.rows(name, caller=caller)
    chosen = select(*key_columns(rows, name)).where(rows.visible())
    return sorted(tuple(row) for row in shop.all(chosen, caller))


def value(shop: Shop, name: str, key: tuple[Any, ...], path: str) -> Any:
    """One property of one entity, whoever sees it."""
    rows = shop.rows(name)
    chosen = select(rows.column(path)).where(
        *(column == part for column, part in zip(key_columns(rows, name), key, strict=True))
    )
    return shop.all(chosen)[0][0]


def contents(shop: Shop) -> dict[str, list[Any]]:
    """Everything that is stored, to see that nothing changed."""
    with shop.connection() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in tables.metadata.sorted_tables
        }


def changing(shop: Shop, name: str, caller: str = data.ANNA) -> Callable[..., Any]:
    """Call a method of a source in a transaction: changing(shop, "Products")("delete", (1,))."""
    source = shop.source(name)

    def run(method: str, *given: Any) -> Any:
        return shop.change(lambda: getattr(source, method)(*given, caller), caller)

    return run


def call(shop: Shop, operation: Any, key: Any = None, caller: str = data.ANNA, **given: Any) -> Any:
    """Run an operation in a transaction, with these parameters."""
    handler = shop.service.handlers[operation]
    return shop.change(lambda: handler.run(Call(key, given, caller)), caller)
