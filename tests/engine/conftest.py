"""The fixtures of the second service, for all tests of the engine on a store."""

from tests.second_service.fixtures import shop, shop_connection, shops

__all__ = ["shop", "shop_connection", "shops"]
