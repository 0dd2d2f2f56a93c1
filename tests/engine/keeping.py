"""What the shop keeps: its statements, run through the driver as the real service's are."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select

from app.odata.engine.keeping import Keeping, Shelf, Statement
from app.odata.keeping import StoreKeeping
from tests.second_service.fixtures import Shop

ANYBODY = "anybody"  # a caller who owns nothing


class ShopKeeping(Keeping):
    """All callers are of one kind: who they are is a parameter."""

    def kind(self, caller: Any) -> str:
        """Not the caller himself."""
        return ANYBODY

    def prepared(self, statement: Select[Any], connection: Connection) -> Statement | None:
        """As the real service does it."""
        return StoreKeeping().prepared(statement, connection)


def keeping(shop: Shop) -> Shop:
    """The shop, keeping plans; none are kept yet."""
    return replace(shop, service=replace(shop.service, keeping=ShopKeeping(), plans=Shelf(1000)))
