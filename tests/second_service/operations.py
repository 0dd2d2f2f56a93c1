"""What runs the shop's operations, and the whole service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, select

from app.errors import Conflict, Invalid, NotFound
from app.odata.engine.edm import Operation
from app.odata.engine.source import Call, Entities, Given, Handler, Service
from tests.second_service import model
from tests.second_service.layout import LAYOUTS
from tests.second_service.sources import TableSource
from tests.second_service.store import Store

CENT_OF_CENT = Decimal("0.0001")  # the scale of prices
MOST = 2**63 - 1
GOOD_RATING = 4  # what Best() without a minimum means

NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Operations:
    """The handlers, over the products."""

    store: Store
    products: TableSource

    def discount(self, call: Call) -> Entities:
        """Take some per cent off the price; four decimals. Raises Invalid, Conflict, NotFound."""
        assert call.key is not None
        percent = call.parameters["percent"]
        if not 0 <= percent <= 100:
            raise Invalid({"percent": "must be from 0 to 100"})
        price = self.products.stored(call.key, call.caller).price
        if price is None:
            raise Conflict("The product has no price")
        reduced = (price * (100 - percent) / 100).quantize(CENT_OF_CENT)
        self.products.update(call.key, Given({"Price": reduced}), call.caller)
        return Entities("Products", (call.key,))

    def restock(self, call: Call) -> Entities:
        """Add to the stock of each product, all or none. Raises Invalid."""
        keys = tuple((each,) for each in call.parameters["ids"])
        for key in keys:
            try:
                before = self.products.stored(key, call.caller).stock or 0
            except NotFound:
                raise Invalid({"ids": f"there is no product {key[0]}"}) from None
            after = before + call.parameters["amount"]
            if abs(after) > MOST:
                raise Invalid({"amount": "more than a stock can hold"})
            self.products.update(key, Given({"Stock": after}), call.caller)
        return Entities("Products", keys)

    def touch(self, call: Call) -> Entities:
        """A new version of the product, and a later Modified."""
        assert call.key is not None
        self.products.update(call.key, Given(), call.caller)
        return Entities("Products", (call.key,))

    def cheapest(self, call: Call) -> Entities:
        """The `count` cheapest products that have a price. Raises Invalid for a count below 0."""
        count = call.parameters["count"]
        if count < 0:
            raise Invalid({"count": "must not be below 0"})
        priced = [row for row in self._seen(call) if row.price is not None]
        priced.sort(key=lambda row: (row.price, row.id))
        return Entities("Products", tuple((row.id,) for row in priced[:count]))

    def label(self, call: Call) -> str | None:
        """A text for the shelf; none for what is discontinued."""
        assert call.key is not None
        row = self.products.stored(call.key, call.caller)
        return None if row.discontinued else f"{row.id}: {row.name}"

    def version(self, _call: Call) -> str:
        """A constant."""
        return "1.0"

    def best(self, call: Call) -> Entities:
        """Products rated `minimum` or better, best first."""
        minimum = call.parameters.get("minimum")
        least = GOOD_RATING if minimum is None else minimum
        rated = [row for row in self._seen(call) if row.rating is not None and row.rating >= least]
        rated.sort(key=lambda row: (-row.rating, row.id))
        return Entities("Products", tuple((row.id,) for row in rated))

    def reset(self, _call: Call) -> None:
        """Everything as data.py has it."""
        self.store.fill()

    def _seen(self, call: Call) -> list[Row[Any]]:
        rows = self.products.rows("seen", call.caller)
        return list(self.store.rows(select(rows.table).where(rows.visible()), call.caller))

    def handlers(self) -> Mapping[Operation, Handler]:
        """By operation."""
        return {
            model.DISCOUNT: Handler(self.discount),
            model.RESTOCK: Handler(self.restock),
            model.TOUCH: Handler(self.touch, on_request=True),
            model.CHEAPEST: Handler(self.cheapest),
            model.LABEL: Handler(self.label),
            model.VERSION: Handler(self.version),
            model.BEST: Handler(self.best),
            model.RESET: Handler(self.reset, status=204),
        }


PARAMETER: Final = "caller"


def service(store: Store) -> Service:
    """The shop as the engine serves it. Callers are the texts data.ANNA, data.BEN, data.GUEST."""
    sources = {name: TableSource(name, store) for name in LAYOUTS}
    return Service(
        model=model.MODEL,
        sources=sources,
        handlers=Operations(store, sources["Products"]).handlers(),
        reading=store.reading,
        atomically=store.atomically,
        clock=lambda: NOW,
        parameters=lambda caller: {PARAMETER: caller},
    )
