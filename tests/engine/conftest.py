"""The fixtures of the second service, for all tests of the engine on a store. The shop keeps its
plans, as a service does, from one test to the next.

What these modules test is decided before any SQL is stated, so one engine shows it; `make test-all`
runs them on both. What depends on SQL (filters, values, $apply, $expand, paging, hidden rows, deep
inserts, batches) always does.
"""

import os
from pathlib import Path

import pytest

from tests.engine.keeping import keeping
from tests.second_service.fixtures import Shop, shop_connection, shops
from tests.second_service.fixtures import shop as plain_shop

__all__ = ["plain_shop", "shop_connection", "shops"]

ALL = os.environ.get("TANDEM_TEST_ALL") == "1"
BEFORE_SQL = {
    "test_attack_costs.py",
    "test_batch_multipart.py",
    "test_read_formats.py",
    "test_read_paths.py",
    "test_read_special.py",
    "test_write_bodies.py",
    "test_write_conditions.py",
    "test_write_properties.py",
    "test_write_update.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Leave out the second engine where it shows nothing."""
    if ALL:
        return
    again = [
        item
        for item in items
        if item.path.parent == Path(__file__).parent
        and item.path.name in BEFORE_SQL
        and "postgresql" in item.name
    ]
    if again:
        config.hook.pytest_deselected(items=again)
        gone = set(again)
        items[:] = [item for item in items if item not in gone]


@pytest.fixture(scope="session")
def keeping_shops() -> dict[str, Shop]:
    """Shops by engine, made when first asked for."""
    return {}


@pytest.fixture
def shop(plain_shop: Shop, keeping_shops: dict[str, Shop]) -> Shop:
    """The shop with the contents of data.py. The test runs on both engines."""
    name = plain_shop.engine_name
    if name not in keeping_shops:
        keeping_shops[name] = keeping(plain_shop)
    return keeping_shops[name]
