"""The shop's tables, apart from everything else, on both engines.

Values have the representation of the table in app/odata/engine/source.py. Complex members are
columns of their own (`origin_position_lat`); `folded` holds what a search looks at, casefolded.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

from app.odata.engine.sql.types import (
    DateType,
    DecimalType,
    DurationType,
    InstantType,
    TimeType,
)

metadata = MetaData()


def _number_key(name: str) -> Column[Any]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


CATEGORY = Table(
    "category",
    metadata,
    _number_key("id"),
    Column("name", Text, nullable=False),
    Column("parent_id", ForeignKey("category.id"), index=True),
    Column("folded", Text, nullable=False),
)

PRODUCT = Table(
    "product",
    metadata,
    _number_key("id"),
    Column("kind", Text, nullable=False),  # the qualified name of its type
    Column("name", Text, nullable=False),
    Column("price", DecimalType),
    Column("stock", BigInteger),
    Column("weight", Double),
    Column("rating", SmallInteger),
    Column("released", InstantType),
    Column("available", DateType),
    Column("opens_at", TimeType),
    Column("runtime", DurationType),
    Column("code", String(36)),
    Column("discontinued", Boolean, nullable=False),
    Column("colour", Integer),
    Column("features", Integer),
    Column("origin_street", Text),
    Column("origin_city", Text),
    Column("origin_zip", Text),
    Column("origin_position_lat", Double),
    Column("origin_position_long", Double),
    Column("digits", LargeBinary),
    Column("modified", InstantType, nullable=False),
    Column("category_id", ForeignKey("category.id"), index=True),
    Column("pages", Integer),  # of books
    Column("author", Text),  # of books
    Column("voltage", Integer),  # of gadgets
    Column("thumb", LargeBinary),
    Column("thumb_type", Text),
    Column("hidden", Boolean, nullable=False),
    Column("owner", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("folded", Text, nullable=False),
)

RELATED = Table(
    "product_related",
    metadata,
    Column("product_id", ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "related_id", ForeignKey("product.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
)

ORDER = Table(
    "customer_order",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("customer", Text, nullable=False),
    Column("placed_at", InstantType),
    Column("version", Integer, nullable=False),
    Column("folded", Text, nullable=False),
)

ORDER_LINE = Table(
    "order_line",
    metadata,
    Column("order_id", ForeignKey("customer_order.id", ondelete="CASCADE"), primary_key=True),
    _number_key("line"),
    Column("amount", Integer, nullable=False),
    Column("note", Text),
    Column("product_id", ForeignKey("product.id", ondelete="SET NULL"), index=True),
    Column("folded", Text, nullable=False),
)

PICTURE = Table(
    "picture",
    metadata,
    _number_key("id"),
    Column("title", Text, nullable=False),
    Column("body", LargeBinary),
    Column("body_type", Text),
    Column("folded", Text, nullable=False),
)

SHOP = Table(
    "shop_info",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("motto", Text),
    Column("folded", Text, nullable=False),
)

SETTING = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("dynamic", JSON(none_as_null=True), nullable=False),
    Column("folded", Text, nullable=False),
)

USED_KEY = Table(  # keys of what was deleted: they never come back
    "used_key",
    metadata,
    Column("set_name", Text, primary_key=True),
    Column("key", Text, primary_key=True),
)
