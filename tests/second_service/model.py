"""What the shop's $metadata says: at least one of everything that the engine has to do.

Not nullable without a default, besides keys: Product.Name, Product.Modified (read-only),
Category.Name, Order.Customer, OrderLine.Amount, Picture.Title, ShopInfo.Name.
"""

from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    GUID,
    INT16,
    INT32,
    INT64,
    STREAM,
    STRING,
    TIME_OF_DAY,
    CollectionType,
    ComplexType,
    EntitySet,
    EntityType,
    EnumType,
    Model,
    Navigation,
    Operation,
    OperationImport,
    Parameter,
    Property,
    Singleton,
)

TYPES = "Shop"
CHOSEN_BY_BOTH = {"Core.ComputedDefaultValue": True}  # the server chooses a key left out

COLOUR = EnumType(TYPES, "Colour", (("Red", 1), ("Green", 2), ("Blue", 4)))
FEATURES = EnumType(TYPES, "Features", (("Light", 1), ("Strong", 2), ("Waterproof", 4)), flags=True)

POSITION = ComplexType(TYPES, "Position", (Property("Lat", DOUBLE), Property("Long", DOUBLE)))
ADDRESS = ComplexType(
    TYPES,
    "Address",
    (
        Property("Street", STRING),
        Property("City", STRING),
        Property("Zip", STRING, max_length=10),
        Property("Position", POSITION),
    ),
)

CATEGORY = EntityType(
    TYPES,
    "Category",
    ("ID",),
    (
        Property("ID", INT32, nullable=False, annotations=CHOSEN_BY_BOTH),
        Property("Name", STRING, nullable=False, max_length=100),
        Property("ParentID", INT32),
    ),
    (
        Navigation(
            "Parent", "Shop.Category", partner="Children", constraints=(("ParentID", "ID"),)
        ),
        Navigation("Children", "Shop.Category", collection=True, partner="Parent"),
        Navigation("Products", "Shop.Product", collection=True, partner="Category"),
    ),
)

PRODUCT = EntityType(
    TYPES,
    "Product",
    ("ID",),
    (
        Property("ID", INT32, nullable=False, annotations=CHOSEN_BY_BOTH),
        Property("Name", STRING, nullable=False, max_length=100),
        Property("Price", DECIMAL, precision=12, scale=4),
        Property("Stock", INT64),
        Property("Weight", DOUBLE),
        Property("Rating", INT16),
        Property("Released", DATE_TIME_OFFSET, precision=6),
        Property("Available", DATE),
        Property("OpensAt", TIME_OF_DAY, precision=6),
        Property("Runtime", DURATION, precision=6),
        Property("Code", GUID),
        Property("Discontinued", BOOLEAN, nullable=False, default=False),
        Property("Colour", COLOUR),
        Property("Features", FEATURES),
        Property("Origin", ADDRESS),
        Property("Digits", BINARY),
        Property("Thumb", STREAM),
        Property("Modified", DATE_TIME_OFFSET, nullable=False, writable=False, precision=6),
        Property("CategoryID", INT32),
    ),
    (
        Navigation(
            "Category", "Shop.Category", partner="Products", constraints=(("CategoryID", "ID"),)
        ),
        Navigation("Related", "Shop.Product", collection=True, linkable=True),
        Navigation("Lines", "Shop.OrderLine", collection=True, partner="Product"),
    ),
)
BOOK = EntityType(
    TYPES, "Book", (), (Property("Pages", INT32), Property("Author", STRING)), base="Shop.Product"
)
GADGET = EntityType(TYPES, "Gadget", (), (Property("Voltage", INT32),), base="Shop.Product")

ORDER = EntityType(
    TYPES,
    "Order",
    ("Id",),
    (
        Property("Id", GUID, nullable=False, annotations=CHOSEN_BY_BOTH),
        Property("Customer", STRING, nullable=False),
        Property("PlacedAt", DATE_TIME_OFFSET, precision=6),
    ),
    (Navigation("Lines", "Shop.OrderLine", collection=True, partner="Order"),),
)
ORDER_LINE = EntityType(
    TYPES,
    "OrderLine",
    ("OrderId", "Line"),
    (
        Property("OrderId", GUID, nullable=False),
        Property("Line", INT32, nullable=False, annotations=CHOSEN_BY_BOTH),
        Property("Amount", INT32, nullable=False),
        Property("Note", STRING),
        Property("ProductID", INT32),
    ),
    (
        Navigation(
            "Order",
            "Shop.Order",
            nullable=False,
            partner="Lines",
            constraints=(("OrderId", "Id"),),
        ),
        Navigation("Product", "Shop.Product", partner="Lines", constraints=(("ProductID", "ID"),)),
    ),
)
PICTURE = EntityType(
    TYPES,
    "Picture",
    ("Id",),
    (
        Property("Id", INT32, nullable=False, writable=False),
        Property("Title", STRING, nullable=False),
    ),
    media=True,
)
SHOP_INFO = EntityType(
    TYPES,
    "ShopInfo",
    ("Id",),
    (
        Property("Id", STRING, nullable=False, writable=False),
        Property("Name", STRING, nullable=False),
        Property("Motto", STRING),
    ),
)
SETTING = EntityType(
    TYPES, "Setting", ("Name",), (Property("Name", STRING, nullable=False),), open=True
)

PRODUCT_LIST = CollectionType(PRODUCT)

DISCOUNT = Operation(
    "Discount",
    TYPES,
    "action",
    bound_to=PRODUCT,
    parameters=(Parameter("percent", DECIMAL, nullable=False),),
    returns=PRODUCT,
    returns_nullable=False,
)
RESTOCK = Operation(
    "Restock",
    TYPES,
    "action",
    bound_to=PRODUCT_LIST,
    parameters=(
        Parameter("amount", INT64, nullable=False),
        Parameter("ids", CollectionType(INT32), nullable=False),
    ),
    returns=PRODUCT_LIST,
)
TOUCH = Operation("Touch", TYPES, "action", bound_to=PRODUCT, returns=PRODUCT)
CHEAPEST = Operation(
    "Cheapest",
    TYPES,
    "function",
    bound_to=PRODUCT_LIST,
    parameters=(Parameter("count", INT32, nullable=False),),
    returns=PRODUCT_LIST,
    composable=True,
)
LABEL = Operation("Label", TYPES, "function", bound_to=PRODUCT, returns=STRING)
VERSION = Operation("Version", TYPES, "function", returns=STRING, returns_nullable=False)
BEST = Operation(
    "Best",
    TYPES,
    "function",
    parameters=(Parameter("minimum", INT32),),
    returns=PRODUCT_LIST,
)
RESET = Operation("Reset", TYPES, "action")

SETS = (
    EntitySet(
        "Products",
        PRODUCT,
        {"Category": "Categories", "Related": "Products", "Lines": "OrderLines"},
    ),
    EntitySet(
        "Categories",
        CATEGORY,
        {"Parent": "Categories", "Children": "Categories", "Products": "Products"},
    ),
    EntitySet("Orders", ORDER, {"Lines": "OrderLines"}),
    EntitySet("OrderLines", ORDER_LINE, {"Order": "Orders", "Product": "Products"}),
    EntitySet("Pictures", PICTURE),
    EntitySet("Settings", SETTING),
)

MODEL = Model(
    container_namespace="ShopService",
    container="Container",
    entity_types=(
        CATEGORY,
        PRODUCT,
        BOOK,
        GADGET,
        ORDER,
        ORDER_LINE,
        PICTURE,
        SHOP_INFO,
        SETTING,
    ),
    complex_types=(POSITION, ADDRESS),
    enum_types=(COLOUR, FEATURES),
    operations=(DISCOUNT, RESTOCK, TOUCH, CHEAPEST, LABEL, VERSION, BEST, RESET),
    entity_sets=SETS,
    singletons=(Singleton("Shop", SHOP_INFO, updatable=True),),
    imports=(
        OperationImport("Version", VERSION),
        OperationImport("Best", BEST, "Products"),
        OperationImport("Reset", RESET),
    ),
    default_namespace=TYPES,
)
