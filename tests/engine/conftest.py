"""The fixtures of the second service, for all tests of the engine on a store. The shop keeps its
plans, as a service does, from one test to the next.
"""

import pytest

from tests.engine.keeping import keeping
from tests.second_service.fixtures import Shop, shop_connection, shops
from tests.second_service.fixtures import shop as plain_shop

__all__ = ["plain_shop", "shop_connection", "shops"]


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
