"""The metadata documents of a small model that has every feature, and the checker of documents."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.odata.engine.csdl.capabilities import Capabilities, EnumMember, PropertyPath
from app.odata.engine.csdl.json import to_json
from app.odata.engine.csdl.xml import to_xml
from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    GUID,
    INT32,
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
from app.odata.engine.service_document import service_document
from tests.contract.csdl_conversion import as_json
from tests.contract.csdl_rules import check

COLOURS = EnumType("Shop.Types", "Colours", (("Red", 1), ("Green", 2), ("Blue", 4)), flags=True)
MOOD = EnumType("Shop.Types", "Mood", (("Glum", -1), ("Gay", 1)))
POINT = ComplexType("Shop", "Point", (Property("Lat", DOUBLE, nullable=False),), abstract=True)
PLACE = ComplexType(
    "Shop",
    "Place",
    (Property("Street", STRING, max_length=80),),
    (Navigation("Keeper", "Shop.Customer"),),
    base="Shop.Point",
    open=True,
)
THING = EntityType(
    "Shop",
    "Thing",
    ("ID", "Part"),
    (
        Property("ID", GUID, nullable=False, writable=False),
        Property("Part", INT32, nullable=False),
    ),
    abstract=True,
)
PRODUCT = EntityType(
    "Shop",
    "Product",
    ("ID", "Part"),
    (
        Property(
            "Name",
            STRING,
            nullable=False,
            max_length=40,
            default='"new" & <bare>',
            annotations={"Core.Description": "What it is called, in Überlingen"},
        ),
        Property("Price", DECIMAL, precision=10, scale=2, default=Decimal("1.50")),
        Property("Weight", DECIMAL),
        Property("Sold", DATE_TIME_OFFSET, precision=0),
        Property("Made", DATE_TIME_OFFSET, default=None),
        Property("Lasts", DURATION),
        Property("Opens", TIME_OF_DAY),
        Property("Colours", COLOURS, default=5),
        Property("Mood", MOOD, nullable=False, default=-1),
        Property("InStock", BOOLEAN, nullable=False, default=False),
        Property("Rating", DOUBLE, nullable=False, default=float("inf")),
        Property("Tags", STRING, collection=True, nullable=False, max_length=20),
        Property("Places", PLACE, collection=True),
        Property("Origin", PLACE),
        Property("Picture", STREAM),
        Property("Digest", BINARY, max_length=32),
        Property("CustomerID", INT32),
    ),
    (
        Navigation(
            "Customer",
            "Shop.Customer",
            partner="Products",
            constraints=(("CustomerID", "Number"),),
        ),
        Navigation("Owner", "Shop.Customer", nullable=False),
        Navigation("Reviews", "Shop.Review", collection=True, contained=True),
    ),
    base="Shop.Thing",
    open=True,
    media=True,
)
REVIEW = EntityType("Shop", "Review", ("No",), (Property("No", INT32, nullable=False),))
CUSTOMER = EntityType(
    "Shop",
    "Customer",
    ("Number",),
    (Property("Number", INT32, nullable=False), Property("Age", INT32)),
    (Navigation("Products", "Shop.Product", collection=True, partner="Customer", linkable=True),),
)
DISCOUNT = Operation(
    "Discount", "Default", "action", PRODUCT, (Parameter("Percent", DECIMAL, nullable=False),)
)
DISCOUNT_ALL = Operation(
    "Discount",
    "Default",
    "action",
    CollectionType(PRODUCT),
    (Parameter("Percent", DECIMAL), Parameter("From", DATE_TIME_OFFSET)),
    returns=CollectionType(PRODUCT),
    set_path="bindingParameter",
)
CHEAPEST = Operation(
    "Cheapest", "Default", "function", CollectionType(PRODUCT), (), PRODUCT, composable=True
)
NEAR = Operation(
    "Near",
    "Shop.Calls",
    "function",
    parameters=(Parameter("Names", CollectionType(STRING), nullable=False),),
    returns=CollectionType(STRING),
    returns_nullable=False,
)
BEST = Operation("Best", "Shop.Calls", "function", returns=PRODUCT, returns_nullable=False)
RESET = Operation("Reset", "Shop.Calls", "action")
MODEL = Model(
    "Default",
    "Container",
    (THING, PRODUCT, REVIEW, CUSTOMER),
    (POINT, PLACE),
    (COLOURS, MOOD),
    (DISCOUNT, DISCOUNT_ALL, CHEAPEST, NEAR, BEST, RESET),
    (
        EntitySet(
            "Products",
            PRODUCT,
            {"Customer": "Customers", "Origin/Keeper": "Customers", "Owner": "Boss"},
            deletable=False,
            annotations={
                "Core.Description": "All that is sold",
                "Core.OptimisticConcurrency": [PropertyPath("Sold")],
                "Capabilities.SearchRestrictions": {
                    "Searchable": True,
                    "UnsupportedExpressions": EnumMember(
                        "Capabilities.SearchExpressions", ("AND", "OR")
                    ),
                },
            },
        ),
        EntitySet("Customers", CUSTOMER, {"Products": "Products"}, searchable=False),
        EntitySet("Reviews", REVIEW, insertable=False, updatable=False),
    ),
    (Singleton("Boss", CUSTOMER, {"Products": "Products"}, updatable=True),),
    (
        OperationImport("Best", BEST, "Products"),
        OperationImport("Near", NEAR),
        OperationImport("Reset", RESET),
    ),
)
CAPABILITIES = Capabilities(("contains", "eq"), ("aggregate",), expand_levels=3)
XML = to_xml(MODEL, capabilities=CAPABILITIES)
JSON = to_json(MODEL, capabilities=CAPABILITIES)


@pytest.mark.parametrize("version", ["4.0", "4.01"])
@pytest.mark.parametrize("capabilities", [None, CAPABILITIES, Capabilities(batch=False)])
def test_document_keeps_the_rules(version: str, capabilities: Capabilities | None) -> None:
    assert check(to_xml(MODEL, version=version, capabilities=capabilities)) == []


@pytest.mark.parametrize("version", ["4.0", "4.01"])
def test_xml_and_json_say_the_same(version: str) -> None:
    written = to_json(MODEL, version=version, capabilities=CAPABILITIES)
    assert written == as_json(to_xml(MODEL, version=version, capabilities=CAPABILITIES))
    assert json.loads(json.dumps(written, allow_nan=False)) == written


def test_same_bytes_each_time() -> None:
    assert to_xml(MODEL, capabilities=CAPABILITIES) == XML
    assert XML.startswith(b"<?xml version='1.0' encoding='utf-8'?>")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("$EntityContainer",), "Default.Container"),
        (("Shop", "Thing", "$Key"), ["ID", "Part"]),
        (("Shop", "Thing", "$Abstract"), True),
        (("Shop", "Thing", "ID"), {"$Type": "Edm.Guid", "@Core.Computed": True}),
        (("Shop", "Product", "$BaseType"), "Shop.Thing"),
        (("Shop", "Product", "$HasStream"), True),
        (("Shop", "Product", "$OpenType"), True),
        (("Shop", "Product", "Name", "$MaxLength"), 40),
        (("Shop", "Product", "Name", "$DefaultValue"), '"new" & <bare>'),
        (("Shop", "Product", "Name", "@Core.Description"), "What it is called, in Überlingen"),
        (("Shop", "Product", "Price", "$Scale"), 2),
        (("Shop", "Product", "Price", "$DefaultValue"), 1.5),
        (("Shop", "Product", "Weight", "$Scale"), "variable"),
        (("Shop", "Product", "Sold", "$Precision"), 0),
        (("Shop", "Product", "Made", "$Precision"), 6),
        (("Shop", "Product", "Colours", "$DefaultValue"), "Red,Blue"),
        (("Shop", "Product", "InStock", "$DefaultValue"), False),
        (("Shop", "Product", "Rating", "$DefaultValue"), "INF"),
        (("Shop", "Product", "Tags"), {"$Collection": True, "$MaxLength": 20}),
        (("Shop", "Product", "Customer", "$Partner"), "Products"),
        (("Shop", "Product", "Customer", "$ReferentialConstraint"), {"CustomerID": "Number"}),
        (
            ("Shop", "Product", "Owner"),
            {"$Kind": "NavigationProperty", "$Type": "Shop.Customer"},
        ),
        (("Shop", "Product", "Reviews", "$ContainsTarget"), True),
        (
            ("Shop.Types", "Colours"),
            {"$Kind": "EnumType", "$IsFlags": True} | dict(COLOURS.members),
        ),
        (("Default", "Cheapest", 0, "$IsComposable"), True),
        (("Default", "Discount", 1, "$EntitySetPath"), "bindingParameter"),
        (("Default", "Discount", 1, "$ReturnType"), {"$Type": "Shop.Product", "$Collection": True}),
        (("Default", "@Core.DefaultNamespace"), True),
        (("Shop.Calls", "Near", 0, "$ReturnType"), {"$Collection": True}),
        (("Default", "Container", "Best", "$IncludeInServiceDocument"), True),
        (("Default", "Container", "Reset"), {"$Action": "Shop.Calls.Reset"}),
        (
            ("Default", "Container", "Products", "@Capabilities.DeleteRestrictions"),
            {"Deletable": False},
        ),
        (
            ("Default", "Container", "Products", "@Capabilities.ExpandRestrictions"),
            {"Expandable": True, "MaxLevels": 3},
        ),
        (
            ("Default", "Container", "Reviews", "@Capabilities.ExpandRestrictions"),
            {"Expandable": False},
        ),
        (
            ("Default", "Container", "Reviews", "@Capabilities.DeepInsertSupport", "Supported"),
            False,
        ),
        (("Default", "Container", "@Capabilities.ConformanceLevel"), "Advanced"),
        (("Default", "Container", "@Capabilities.FilterFunctions"), ["contains", "eq"]),
        (("Default", "Container", "@Core.ODataVersions"), "4.0 4.01"),
    ],
)
def test_json_says(path: tuple[str | int, ...], said: Any) -> None:
    found: Any = JSON
    for step in path:
        found = found[step]
    assert found == said


def test_only_vocabularies_in_use_are_referred_to() -> None:
    used = [each["$Include"][0]["$Alias"] for each in JSON["$Reference"].values()]
    assert used == ["Core", "Capabilities", "Aggregation"]
    without = to_json(MODEL)["$Reference"].values()
    assert [each["$Include"][0]["$Alias"] for each in without] == ["Core", "Capabilities"]


def test_a_term_of_an_unknown_vocabulary_fails_at_once() -> None:
    odd = replace(REVIEW, properties=(Property("No", INT32, annotations={"Odd.Term": 1}),))
    with pytest.raises(KeyError, match="Odd"):
        to_xml(Model("Default", "Container", (odd,), entity_sets=(EntitySet("Reviews", odd),)))


def test_floating_scale_is_said_in_4_01_only() -> None:
    kind = replace(
        REVIEW, properties=(*REVIEW.properties, Property("X", DECIMAL, scale="floating"))
    )
    model = Model("Default", "Container", (kind,), entity_sets=(EntitySet("Reviews", kind),))
    assert to_json(model)["Shop"]["Review"]["X"]["$Scale"] == "floating"
    assert to_json(model, version="4.0")["Shop"]["Review"]["X"]["$Scale"] == "variable"


def test_service_document() -> None:
    assert service_document(MODEL) == [
        {"name": "Products", "kind": "EntitySet", "url": "Products"},
        {"name": "Customers", "kind": "EntitySet", "url": "Customers"},
        {"name": "Reviews", "kind": "EntitySet", "url": "Reviews"},
        {"name": "Boss", "kind": "Singleton", "url": "Boss"},
        {"name": "Best", "kind": "FunctionImport", "url": "Best"},
    ]


# What is changed in the good document, and a part of what the checker says to it.
SPOILED = [
    ("<edmx:DataServices>", "<edmx:DataServices", "not well-formed"),
    ('Version="4.01"', 'Version="5.0"', "Version cannot be"),
    ('Version="4.01"', "", "Version is missing"),
    ("edmx:Edmx", "edmx:Model", "a document is an edmx:Edmx"),
    ('<Key><PropertyRef Name="ID" /><PropertyRef Name="Part" /></Key>', "", "Shop.Product: no key"),
    ('<PropertyRef Name="ID" />', '<PropertyRef Name="Id" />', "no key property Id"),
    ('<PropertyRef Name="ID" />', "<PropertyRef />", "Name is missing"),
    ('Name="Part" Type="Edm.Int32" Nullable="false"', 'Name="Part" Type="Edm.Int32"', "nullable"),
    ('Name="Part" Type="Edm.Int32"', 'Name="Part" Type="Edm.Double"', "as a key"),
    ('<PropertyRef Name="No" />', "", "0 times PropertyRef"),
    ('BaseType="Shop.Thing"', 'BaseType="Shop.Place"', "to derive from"),
    ('BaseType="Shop.Thing"', 'BaseType="Shop.Product"', "derived from itself"),
    ('BaseType="Shop.Thing"', 'BaseType="Thing"', "BaseType cannot be"),
    ('Name="Weight"', 'Name="9lives"', "Name cannot be"),
    ('Name="Weight"', 'Name="Price"', "Price twice"),
    ('Name="Weight"', 'Name="ID"', "ID twice"),
    ('Name="Weight"', 'Title="Weight" Name="Weight"', "unknown attribute Title"),
    ('Type="Edm.Double"', 'Type="Edm.Real"', "no type Edm.Real"),
    ('Type="Collection(Edm.String)"', 'Type="Collection(Edm.String"', "Type cannot be"),
    (
        'Type="Collection(Edm.String)"',
        'Type="Collection(Collection(Edm.String))"',
        "Type cannot be",
    ),
    ('Type="Shop.Types.Mood"', 'Type="Shop.Types.Moods"', "no type Shop.Types.Moods"),
    ('Type="Shop.Types.Mood"', 'Type="Shop.Review"', "entities are for navigation"),
    ('Scale="2"', 'Scale="12"', "more digits behind the point"),
    ('Scale="2"', 'Scale="two"', "Scale cannot be"),
    (
        'Name="Lasts" Type="Edm.Duration"',
        'Name="Lasts" Type="Edm.Int32"',
        "Precision for Edm.Int32",
    ),
    ('OpenType="true"', 'OpenType="yes"', "OpenType cannot be"),
    ('Partner="Products"', 'Partner="Product"', "no partner Product"),
    ('Partner="Customer"', "", "its partner's partner is None"),
    ('Property="CustomerID"', 'Property="Customers"', "no property Customers"),
    ('Property="CustomerID"', 'Property="Price"', "tied to"),
    ('ReferencedProperty="Number"', 'ReferencedProperty="No"', "no property No there"),
    (
        'Type="Collection(Shop.Review)"',
        'Type="Collection(Shop.Place)"',
        "no entity type Shop.Place",
    ),
    ('Type="Collection(Shop.Review)"', 'Type="Shop.Revue"', "no entity type Shop.Revue"),
    ('ContainsTarget="true"', 'ContainsTarget="true" Nullable="true"', "Nullable of a collection"),
    ('Value="4"', 'Value="four"', "Value cannot be"),
    ('Value="4"', 'Value="-4"', "values of 0 or more"),
    ('Name="Blue" Value="4"', 'Name="Red" Value="4"', "Red twice"),
    ('<Member Name="Glum" Value="-1" />', '<Member Name="Glum" />', "values for some members"),
    ('EntityType Name="Review"', 'EntityType Name="Customer"', "Shop.Customer twice"),
    ('Action Name="Reset"', 'Action Name="Near"', "no unbound Action"),
    ('EntityContainer Name="Container"', 'EntityContainer Name="Discount"', "and something else"),
    ('EntitySetPath="bindingParameter"', 'EntitySetPath="Products"', "does not start at"),
    ('Name="From"', 'Name="Percent"', "Percent twice"),
    (
        'IsBound="true" IsComposable="true"',
        'IsBound="true" IsGood="true"',
        "unknown attribute IsGood",
    ),
    (
        '<ReturnType Type="Collection(Shop.Product)" />',
        '<ReturnType Type="Collection(Shop.Product)" Nullable="true" />',
        "a collection of entities",
    ),
    ('<ReturnType Type="Shop.Product" Nullable="false" />', "", "0 times ReturnType"),
    ('Type="Collection(Shop.Product)" Nullable', 'Type="Shop.Product" Nullable', "told apart"),
    ('Path="Customer"', 'Path="Buyer"', "no navigation property Buyer"),
    ('Path="Origin/Keeper"', 'Path="Customer"', "Customer bound twice"),
    ('Path="Customer" Target="Customers"', 'Path="Customer" Target="Nobody"', "which is no set"),
    (
        'Path="Customer" Target="Customers"',
        'Path="Customer" Target="Reviews"',
        "set of Shop.Review",
    ),
    (
        'EntitySet Name="Reviews" EntityType="Shop.Review"',
        'EntitySet Name="Reviews" EntityType="Shop.Revue"',
        "no entity type Shop.Revue",
    ),
    ('EntitySet Name="Reviews"', 'EntitySet Name="Customers"', "Customers twice"),
    ('Function="Shop.Calls.Best"', 'Function="Default.Cheapest"', "no unbound Function"),
    (
        'Function="Shop.Calls.Near"',
        'Function="Shop.Calls.Near" IncludeInServiceDocument="true"',
        "with parameters",
    ),
    ('EntitySet="Products"', 'EntitySet="Goods"', "no set Goods"),
    ('Alias="Core"', 'Alias="Kernel"', "no vocabulary for Core."),
    ('Alias="Core"', 'Alias="Capabilities"', "Capabilities twice"),
    (
        'Term="Capabilities.SkipSupported"',
        'Term="Capabilities.TopSupported"',
        "TopSupported# twice",
    ),
    (
        'Term="Capabilities.TopSupported" Bool="true"',
        'Term="Capabilities.TopSupported" Bool="1"',
        "Bool cannot be",
    ),
    ('Bool="false"', 'Bool="false" Int="1"', "more than one value"),
    ('Property="Insertable" Bool="true"', 'Property="Insertable"', "has no value"),
    ("<String>contains</String>", "<Text>contains</Text>", "Text does not belong"),
    ("<String>contains</String>", "<Int>contains</Int>", "cannot be 'contains'"),
    ("<Schema ", "<Schema Kind='x' ", "unknown attribute Kind"),
    ("<edmx:DataServices>", "<edmx:DataServices>text", "has text"),
]


@pytest.mark.parametrize(("before", "after", "said"), SPOILED)
def test_checker_finds(before: str, after: str, said: str) -> None:
    document = XML.decode()
    assert before in document
    complaints = check(document.replace(before, after).encode())
    assert any(said in each for each in complaints), complaints


def test_checker_wants_one_container() -> None:
    model = replace(MODEL, operations=(), imports=())
    document = to_xml(model).decode()
    start, end = document.index("<EntityContainer"), document.index("</EntityContainer>")
    without = document[:start] + document[end + len("</EntityContainer>") :]
    assert check(without.encode()) == ["0 entity containers"]
