"""The grammar of CSDL XML: which element may stand where, with which attributes.

Restates the rules of the OASIS schemas edmx.xsd and edm.xsd (4.01) and of the prose where it is
stricter; written without a look at what our service writes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from unicodedata import category
from xml.etree.ElementTree import Element

Lexical = Callable[[str], bool]

EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
EDM = "http://docs.oasis-open.org/odata/ns/edm"
MANY = 10**9

STARTS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"}
CONTINUES = STARTS | {"Nd", "Mn", "Mc", "Pc", "Cf"}
PRIMITIVES = {
    *("Edm.Binary", "Edm.Boolean", "Edm.Byte", "Edm.Date", "Edm.DateTimeOffset", "Edm.Decimal"),
    *("Edm.Double", "Edm.Duration", "Edm.Guid", "Edm.Int16", "Edm.Int32", "Edm.Int64"),
    *("Edm.SByte", "Edm.Single", "Edm.Stream", "Edm.String", "Edm.TimeOfDay"),
}
ABSTRACT = {"Edm.PrimitiveType", "Edm.ComplexType", "Edm.EntityType", "Edm.Untyped"}


def identifier(text: str) -> bool:
    """A SimpleIdentifier: as in ECMAScript, without $, up to 128 characters."""
    return (
        0 < len(text) <= 128
        and (text[0] == "_" or category(text[0]) in STARTS)
        and all(category(each) in CONTINUES for each in text[1:])
    )


def namespace(text: str) -> bool:
    """Identifiers with dots between."""
    return len(text) <= 511 and all(identifier(part) for part in text.split("."))


def qualified(text: str) -> bool:
    """A namespace, a dot and an identifier."""
    return "." in text and all(identifier(part) for part in text.split("."))


def path(text: str) -> bool:
    """Identifiers or qualified names with slashes between."""
    return all(identifier(part) or qualified(part) for part in text.split("/"))


def type_name(text: str) -> bool:
    """A qualified name, or Collection() of one; collections of collections do not exist."""
    inner = re.fullmatch(r"Collection\((.*)\)", text)
    return qualified(inner[1] if inner else text)


def boolean(text: str) -> bool:
    """true or false, and not 1 or 0."""
    return text in ("true", "false")


def matching(pattern: str) -> Lexical:
    """All that the pattern describes."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def anything(_: str) -> bool:
    """Any text."""
    return True


number = matching(r"\d+")
integer = matching(r"[+-]?\d+")
real = matching(r"[+-]?\d+(\.\d+)?([Ee][+-]?\d+)?|-?INF|NaN")
CONSTANTS: Mapping[str, Lexical] = {
    "Binary": matching(r"[A-Za-z0-9_-]*={0,2}"),
    "Bool": boolean,
    "Date": matching(r"\d{4}-\d\d-\d\d"),
    "DateTimeOffset": matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)"),
    "Decimal": real,
    "Duration": matching(r"-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"),
    "EnumMember": lambda text: bool(text) and all(path(each) for each in text.split()),
    "Float": real,
    "Guid": matching(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"),
    "Int": integer,
    "String": anything,
    "TimeOfDay": matching(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,12})?)?"),
    "AnnotationPath": anything,
    "ModelElementPath": anything,
    "NavigationPropertyPath": path,
    "Path": anything,
    "PropertyPath": path,
}
INLINE = {**CONSTANTS, "UrlRef": anything}
EXPRESSIONS = (*CONSTANTS, "Collection", "Record", "Null")  # those that compute are left out
FACETS: Mapping[str, Lexical] = {
    "MaxLength": matching(r"max|[1-9]\d*"),
    "Precision": number,
    "Scale": matching(r"floating|variable|\d+"),
    "SRID": matching(r"variable|\d+"),
    "Unicode": boolean,
}
NAME: Mapping[str, Lexical] = {"Name": identifier}
DERIVED = {"BaseType": qualified, "Abstract": boolean, "OpenType": boolean}


@dataclass(frozen=True)
class Shape:
    """What an element may hold. `children` has the lowest and highest number of each."""

    required: Mapping[str, Lexical] = field(default_factory=dict)
    optional: Mapping[str, Lexical] = field(default_factory=dict)
    children: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    at_least_one_of: tuple[str, ...] = ()
    text: Lexical | None = None


def any_of(*tags: str) -> dict[str, tuple[int, int]]:
    """Any number of each, and of annotations."""
    return dict.fromkeys((*tags, "Annotation"), (0, MANY))


TYPED = Shape(
    {**NAME, "Type": type_name}, {"Nullable": boolean, **FACETS}, any_of()
)  # properties and parameters
IN_CONTAINER = ("EntitySet", "Singleton", "ActionImport", "FunctionImport")
SHAPES: Mapping[str, Shape] = {
    "edmx:Edmx": Shape(
        {"Version": lambda text: text in ("4.0", "4.01")},
        {},
        {"edmx:Reference": (0, MANY), "edmx:DataServices": (1, 1)},
    ),
    "edmx:Reference": Shape(
        {"Uri": matching(r"\S+")},
        {},
        any_of("edmx:Include", "edmx:IncludeAnnotations"),
        ("edmx:Include", "edmx:IncludeAnnotations"),
    ),
    "edmx:Include": Shape({"Namespace": namespace}, {"Alias": identifier}, any_of()),
    "edmx:IncludeAnnotations": Shape(
        {"TermNamespace": namespace}, {"Qualifier": identifier, "TargetNamespace": namespace}
    ),
    "edmx:DataServices": Shape(children={"Schema": (1, MANY)}),
    "Schema": Shape(
        {"Namespace": namespace},
        {"Alias": identifier},
        any_of(
            *("ComplexType", "EntityType", "TypeDefinition", "EnumType", "Action", "Function"),
            *("Term", "Annotations", "EntityContainer"),
        ),
    ),
    "EntityType": Shape(
        NAME,
        {**DERIVED, "HasStream": boolean},
        {**any_of("Property", "NavigationProperty"), "Key": (0, 1)},
    ),
    "ComplexType": Shape(NAME, DERIVED, any_of("Property", "NavigationProperty")),
    "Key": Shape(children={"PropertyRef": (1, MANY)}),
    "PropertyRef": Shape({"Name": path}, {"Alias": identifier}),
    "Property": Shape(TYPED.required, {**TYPED.optional, "DefaultValue": anything}, TYPED.children),
    "NavigationProperty": Shape(
        {**NAME, "Type": type_name},
        {"Nullable": boolean, "Partner": path, "ContainsTarget": boolean},
        {**any_of("ReferentialConstraint"), "OnDelete": (0, 1)},
    ),
    "ReferentialConstraint": Shape({"Property": path, "ReferencedProperty": path}, {}, any_of()),
    "OnDelete": Shape(
        {"Action": lambda text: text in ("Cascade", "None", "SetNull", "SetDefault")}, {}, any_of()
    ),
    "TypeDefinition": Shape(
        {**NAME, "UnderlyingType": lambda text: text in PRIMITIVES}, FACETS, any_of()
    ),
    "EnumType": Shape(
        NAME,
        {"IsFlags": boolean, "UnderlyingType": matching(r"Edm\.(S?Byte|Int(16|32|64))")},
        {**any_of(), "Member": (1, MANY)},
    ),
    "Member": Shape(NAME, {"Value": integer}, any_of()),
    "Action": Shape(
        NAME,
        {"EntitySetPath": path, "IsBound": boolean},
        {**any_of("Parameter"), "ReturnType": (0, 1)},
    ),
    "Function": Shape(
        NAME,
        {"EntitySetPath": path, "IsBound": boolean, "IsComposable": boolean},
        {**any_of("Parameter"), "ReturnType": (1, 1)},
    ),
    "Parameter": TYPED,
    "ReturnType": Shape({"Type": type_name}, TYPED.optional, any_of()),
    "Term": Shape(
        TYPED.required,
        {**TYPED.optional, "BaseTerm": qualified, "DefaultValue": anything, "AppliesTo": anything},
        any_of(),
    ),
    "EntityContainer": Shape(NAME, {"Extends": qualified}, any_of(*IN_CONTAINER), IN_CONTAINER),
    "EntitySet": Shape(
        {**NAME, "EntityType": qualified},
        {"IncludeInServiceDocument": boolean},
        any_of("NavigationPropertyBinding"),
    ),
    "Singleton": Shape(
        {**NAME, "Type": qualified}, {"Nullable": boolean}, any_of("NavigationPropertyBinding")
    ),
    "NavigationPropertyBinding": Shape({"Path": path, "Target": path}),
    "ActionImport": Shape({**NAME, "Action": qualified}, {"EntitySet": path}, any_of()),
    "FunctionImport": Shape(
        {**NAME, "Function": qualified},
        {"EntitySet": path, "IncludeInServiceDocument": boolean},
        any_of(),
    ),
    "Annotations": Shape(
        {"Target": anything}, {"Qualifier": identifier}, {"Annotation": (1, MANY)}
    ),
    "Annotation": Shape(
        {"Term": qualified}, {"Qualifier": identifier, **INLINE}, any_of(*EXPRESSIONS)
    ),
    "Record": Shape({}, {"Type": qualified}, any_of("PropertyValue")),
    "PropertyValue": Shape({"Property": identifier}, INLINE, any_of(*EXPRESSIONS)),
    "Collection": Shape(children=dict.fromkeys(EXPRESSIONS, (0, MANY))),
    "Null": Shape({}, {}, any_of()),
    **{name: Shape(text=lexical) for name, lexical in CONSTANTS.items()},
}


def tag(element: Element) -> str:
    """The name of an element, with the prefix edmx: for those of that namespace."""
    return element.tag.replace(f"{{{EDMX}}}", "edmx:").replace(f"{{{EDM}}}", "")


def shown(element: Element) -> str:
    """An element as complaints call it."""
    name = next(
        (
            element.get(each)
            for each in ("Name", "Term", "Property", "Path", "Namespace")
            if element.get(each) is not None
        ),
        None,
    )
    return tag(element) if name is None else f"{tag(element)} {name}"


def shape_complaints(element: Element) -> Iterator[str]:
    """What is wrong with the elements and attributes below, whatever they mean."""
    shape = SHAPES.get(tag(element))
    if shape is None:
        yield f"{tag(element)}: no such element"
        return
    yield from _attributes(element, shape)
    yield from _children(element, shape)
    if tag(element) in ("Annotation", "PropertyValue"):
        yield from _one_expression(element)
    for child in element:
        yield from shape_complaints(child)


def _attributes(element: Element, shape: Shape) -> Iterator[str]:
    known = {**shape.required, **shape.optional}
    for name in shape.required.keys() - element.keys():
        yield f"{shown(element)}: {name} is missing"
    for name, value in element.items():
        if name not in known:
            yield f"{shown(element)}: unknown attribute {name}"
        elif not known[name](value):
            yield f"{shown(element)}: {name} cannot be {value!r}"


def _children(element: Element, shape: Shape) -> Iterator[str]:
    found = Counter(tag(child) for child in element)
    for name in found.keys() - shape.children.keys():
        yield f"{shown(element)}: {name} does not belong here"
    for name, (low, high) in shape.children.items():
        if not low <= found[name] <= high:
            yield f"{shown(element)}: {found[name]} times {name}"
    if shape.at_least_one_of and not any(found[name] for name in shape.at_least_one_of):
        yield f"{shown(element)}: is empty"
    text = element.text or ""
    if shape.text is None and text.strip():
        yield f"{shown(element)}: has text"
    if shape.text is not None and not shape.text(text):
        yield f"{shown(element)}: cannot be {text!r}"


def _one_expression(element: Element) -> Iterator[str]:
    inside = [tag(child) for child in element if tag(child) != "Annotation"]
    inline = element.keys() & INLINE.keys()
    if len(inside) + len(inline) > 1:
        yield f"{shown(element)}: more than one value"
    if not inside and not inline and tag(element) == "PropertyValue":
        yield f"{shown(element)}: has no value"
