"""A small model for the tests of the grammar, and nodes written short so that tables can name them.

A literal is `value:Type`, a member its path, an operator `(op left right)`, a call `name(…)`; types
stand behind a colon without their namespace.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.odata.engine import ast
from app.odata.engine.edm import (
    BINARY,
    BOOLEAN,
    BYTE,
    DATE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    DURATION,
    GUID,
    INT16,
    INT32,
    INT64,
    SINGLE,
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
    Property,
)
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.primitives import to_text
from app.odata.engine.problems import Problem
from app.odata.engine.source import Limits

LIMITS = Limits()

COLOR = EnumType("Ns", "Color", (("Red", 1), ("Green", 2), ("Blue", 4)))
STYLE = EnumType("Ns", "Style", (("Bold", 1), ("Wide", 2), ("Slim", 4)), flags=True)
PLACE = ComplexType("Ns", "Place", (Property("Lat", DOUBLE), Property("Lon", DOUBLE)))
ADDRESS = ComplexType(
    "Ns",
    "Address",
    (Property("Street", STRING), Property("City", STRING), Property("Place", PLACE)),
    (Navigation("Country", "Ns.Category"),),
)
POST_BOX = ComplexType("Ns", "PostBox", (Property("Number", INT32),), base="Ns.Address")
CATEGORY = EntityType(
    "Ns",
    "Category",
    ("Id",),
    (Property("Id", INT32, nullable=False), Property("Name", STRING)),
    (
        Navigation("Parent", "Ns.Category"),
        Navigation("Children", "Ns.Category", collection=True),
        Navigation("Items", "Ns.Item", collection=True),
    ),
)
ITEM = EntityType(
    "Ns",
    "Item",
    ("Id",),
    (
        Property("Id", GUID, nullable=False),
        Property("Name", STRING),
        Property("Title", STRING),
        Property("Done", BOOLEAN),
        Property("Count", INT32),
        Property("Big", INT64),
        Property("Small", INT16),
        Property("Tiny", BYTE),
        Property("Price", DECIMAL),
        Property("Weight", DOUBLE),
        Property("Ratio", SINGLE),
        Property("Day", DATE),
        Property("At", DATE_TIME_OFFSET),
        Property("Until", DATE_TIME_OFFSET),
        Property("Clock", TIME_OF_DAY),
        Property("Span", DURATION),
        Property("Bytes", BINARY),
        Property("Photo", STREAM),
        Property("Color", COLOR),
        Property("Style", STYLE),
        Property("Address", ADDRESS),
        Property("Addresses", ADDRESS, collection=True),
        Property("Tags", STRING, collection=True),
        Property("nullable", STRING),
        Property("allocated", INT32),
        Property("not_x", BOOLEAN),
        Property("anything", STRING),
        Property("eq", INT32),
        Property("Größe", INT32),
    ),
    (
        Navigation("Category", "Ns.Category"),
        Navigation("Lines", "Ns.Line", collection=True),
        Navigation("Parts", "Ns.Item", collection=True),
        Navigation("Whole", "Ns.Item"),
    ),
)
BOOK = EntityType(
    "Ns",
    "Book",
    (),
    (Property("Pages", INT32),),
    (Navigation("Chapters", "Ns.Line", collection=True),),
    base="Ns.Item",
)
LINE = EntityType(
    "Ns",
    "Line",
    ("Order", "Number"),
    (
        Property("Order", INT32, nullable=False),
        Property("Number", INT32, nullable=False),
        Property("Amount", INT32),
    ),
    (Navigation("Item", "Ns.Item"),),
)
NOTE = EntityType("Ns", "Note", ("Id",), (Property("Id", INT32, nullable=False),), open=True)

ITEMS = EntitySet(
    "Items", ITEM, {"Category": "Categories", "Lines": "Lines", "Parts": "Items", "Whole": "Items"}
)
MODEL = Model(
    container_namespace="Ns",
    container="Container",
    entity_types=(CATEGORY, ITEM, BOOK, LINE, NOTE),
    complex_types=(PLACE, ADDRESS, POST_BOX),
    enum_types=(COLOR, STYLE),
    operations=(
        Operation("Rename", "Ns", "action", bound_to=ITEM),
        Operation("Cheapest", "Ns", "function", bound_to=CollectionType(ITEM), returns=ITEM),
    ),
    entity_sets=(
        ITEMS,
        EntitySet("Categories", CATEGORY, {"Items": "Items", "Children": "Categories"}),
        EntitySet("Lines", LINE, {"Item": "Items"}),
        EntitySet("Notes", NOTE),
    ),
    default_namespace="Ns",
)
SCOPE = Scope(
    model=MODEL,
    type=ITEM,
    home=ITEMS,
    aliases={
        "@text": "'abc'",
        "@price": "Price gt 5",
        "@list": "['a','b']",
        "@pair": '["a","b"]',
        "@one": "@two",
        "@two": "@one",
        "@me": "$it",
    },
)
NOTES = Scope(model=MODEL, type=NOTE, dynamic={"Extra": STRING, "Level": INT32})


def refusal(read: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, ...]:
    """Kind, message, target and position of the error that a reader raises."""
    try:
        read(*arguments, **options)
    except Problem as error:
        return type(error).__name__, error.message, error.target, error.position
    raise AssertionError("Nothing was refused")


def shown(node: Any) -> str:
    """A node, or what else the grammar makes, written short."""
    if node is None:
        return "-"
    if isinstance(node, tuple):
        return "; ".join(shown(each) for each in node)
    return _WRITERS[type(node)](node)


def type_text(kind: Any) -> str:
    """A type without its namespace."""
    if kind is None:
        return "null"
    if isinstance(kind, ast.Shape):
        return f"{{{shape_text(kind)}}}"
    if isinstance(kind, CollectionType):
        return f"[{type_text(kind.item)}]"
    return str(kind.qualified.rpartition(".")[2])


def shape_text(shape: ast.Shape | None) -> str:
    """The columns of a shape."""
    if shape is None:
        return "-"
    return ", ".join(
        f"{name}:{type_text(kind)}" for name, kind in (*shape.properties, *shape.paths)
    )


def _literal(node: ast.Literal) -> str:
    if node.type is None:
        return "null"
    assert not isinstance(node.type, CollectionType | ast.Shape | ComplexType | EntityType)
    return f"{to_text(node.type, node.value)}:{type_text(node.type)}"


def _path(node: Any) -> str:
    before = "" if node.source == ast.Variable("$it", ITEM, node.source.position) else None
    start = shown(node.source) + "/" if before is None else ""
    if isinstance(node, ast.Narrow):
        return f"{start}<{type_text(node.type)}>"
    name = node.navigation.name if isinstance(node, ast.Navigate) else node.name
    mark = "!" if getattr(node, "dynamic", False) else ""
    return f"{start}{name}{mark}:{type_text(node.type)}"


def _list(nodes: tuple[Any, ...]) -> str:
    return ", ".join(shown(each) for each in nodes)


def _lambda(node: ast.Lambda) -> str:
    body = "" if node.variable is None else f"{node.variable}: {shown(node.predicate)}"
    return f"{shown(node.source)}/{node.kind}({body})"


def _call(node: ast.Call) -> str:
    target = f"->{type_text(node.target)}" if node.target is not None else ""
    return f"{node.name}{target}({_list(node.arguments)}):{type_text(node.type)}"


def _ordered(node: ast.OrderItem) -> str:
    return shown(node.expression) + (" desc" if node.descending else "")


def _aggregated(node: ast.AggregateItem) -> str:
    return f"{shown(node.expression)} {node.method} {node.alias}:{type_text(node.type)}"


def _grouped(node: ast.GroupBy) -> str:
    rollup = f" rollup{list(node.rollup)}" if node.rollup else ""
    total = " total" if node.total else ""
    return f"groupby({_list(node.paths)}{rollup}{total} | {_list(node.then)})"


def _selected(node: ast.SelectItem) -> str:
    options = f"({shown(node.options)})" if node.options is not None else ""
    return "/".join((node.name, *node.path)) + options


def _expanded(node: ast.ExpandItem) -> str:
    marks = [
        f"<{node.narrow}>" if node.narrow else "",
        "/$ref" if node.only_references else "",
        "/$count" if node.only_count else "",
        f"*{node.levels}" if node.levels else "",
    ]
    options = shown(node.options)
    return node.navigation.name + "".join(marks) + (f"({options})" if options else "")


def _options(node: ast.Options) -> str:
    """Only what differs from no options at all."""
    plain = ast.Options()
    parts = []
    for name in ast.Options.__slots__:
        value = getattr(node, name)
        if value == getattr(plain, name):
            continue
        if isinstance(value, ast.Shape):
            parts.append(f"shape={shape_text(value)}")
        elif type(value) in _WRITERS or (isinstance(value, tuple) and value):
            parts.append(f"{name}={shown(value)}")
        else:
            parts.append(f"{name}={value}")
    return " ".join(parts)


_WRITERS: Mapping[type, Callable[[Any], str]] = {
    ast.Literal: _literal,
    ast.Variable: lambda node: f"{node.name}:{type_text(node.type)}",
    ast.Member: _path,
    ast.Navigate: _path,
    ast.Narrow: _path,
    ast.Logical: lambda node: f"({node.operator} {_list(node.operands)})",
    ast.Not: lambda node: f"(not {shown(node.operand)})",
    ast.Compare: lambda node: f"({node.operator} {shown(node.left)}, {shown(node.right)})",
    ast.In: lambda node: f"({shown(node.operand)} in {_list(node.items)})",
    ast.Arithmetic: lambda node: (
        f"({node.operator} {shown(node.left)}, {shown(node.right)}):{type_text(node.type)}"
    ),
    ast.Negate: lambda node: f"(- {shown(node.operand)}):{type_text(node.type)}",
    ast.Call: _call,
    ast.Lambda: _lambda,
    ast.Count: lambda node: (
        f"{shown(node.source)}/$count({shown(node.filter)}, {shown(node.search)})"
    ),
    ast.Term: lambda node: f"'{node.text}'",
    ast.SearchNot: lambda node: f"NOT({shown(node.operand)})",
    ast.SearchAll: lambda node: f"AND({_list(node.operands)})",
    ast.SearchAny: lambda node: f"OR({_list(node.operands)})",
    ast.OrderItem: _ordered,
    ast.ComputeItem: lambda node: f"{shown(node.expression)} as {node.alias}",
    ast.AggregateItem: _aggregated,
    ast.Identity: lambda node: "identity",
    ast.Filtered: lambda node: f"filter({shown(node.predicate)})",
    ast.Searched: lambda node: f"search({shown(node.search)})",
    ast.Computed: lambda node: f"compute({_list(node.items)})",
    ast.Aggregate: lambda node: f"aggregate({_list(node.items)})",
    ast.GroupBy: _grouped,
    ast.Ordered: lambda node: f"orderby({_list(node.items)})",
    ast.Skipped: lambda node: f"skip({node.number})",
    ast.Limited: lambda node: f"top({node.number})",
    ast.Ranked: lambda node: f"{node.kind}({node.amount}, {shown(node.value)})",
    ast.Concat: lambda node: f"concat({' | '.join(_list(each) for each in node.branches)})",
    ast.SelectItem: _selected,
    ast.ExpandItem: _expanded,
    ast.Options: _options,
}
