"""What a CSDL document defines, and the rules of its types (CSDL XML 4.01, sections 5 to 10)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tests.contract.csdl_shapes import ABSTRACT, PRIMITIVES, shown, tag

KEY_TYPES = PRIMITIVES - {"Edm.Binary", "Edm.Double", "Edm.Single", "Edm.Stream"}
TEMPORAL = {"Edm.DateTimeOffset", "Edm.Duration", "Edm.TimeOfDay"}
FACET_TYPES = {
    "MaxLength": {"Edm.String", "Edm.Binary", "Edm.Stream"},
    "Precision": {"Edm.Decimal", *TEMPORAL},
    "Scale": {"Edm.Decimal"},
    "Unicode": {"Edm.String"},
}
STRUCTURED = ("EntityType", "ComplexType")
MEMBERS = ("Property", "NavigationProperty")


@dataclass
class Document:
    """What a document defines, by qualified name."""

    version: str
    types: dict[str, Element] = field(default_factory=dict)
    operations: dict[str, list[Element]] = field(default_factory=dict)
    included: set[str] = field(default_factory=set)  # namespaces and aliases of other documents
    containers: list[Element] = field(default_factory=list)

    def family(self, name: str) -> list[Element]:
        """The structured type of this name and its bases; circles end."""
        found: list[Element] = []
        step = self.types.get(name)
        while step is not None and step not in found:
            found.append(step)
            step = self.types.get(step.get("BaseType", ""))
        return found

    def member(self, kind: str, path: str) -> Element | None:
        """The property at the end of a path from a type, through complex types and casts."""
        found: Element | None = None
        for name in path.split("/"):
            if "." in name:
                kind = name
                continue
            found = next((each for each in self.members(kind) if each.get("Name") == name), None)
            if found is None:
                return None
            kind = item(found.get("Type", ""))
        return found

    def members(self, kind: str) -> list[Element]:
        """The properties of a type, with the inherited ones."""
        return [each for one in self.family(kind) for each in one if tag(each) in MEMBERS]

    def is_a(self, kind: str, other: str) -> bool:
        """A type is another one or derived from it."""
        return kind == other or self.types.get(other) in self.family(kind)


def item(type_name: str) -> str:
    """The type of one item."""
    return type_name.removeprefix("Collection(").removesuffix(")")


def is_collection(element: Element) -> bool:
    """Whether an element is typed as a collection."""
    return element.get("Type", "").startswith("Collection(")


def twice(names: Iterable[str]) -> list[str]:
    """The names that are there more than once."""
    return [name for name, number in Counter(names).items() if number > 1]


def known_type(document: Document, element: Element, name: str) -> Iterator[str]:
    """The type, or the type of the items, is one of Edm, of the document or of another one."""
    inner = item(name)
    scope = inner.rpartition(".")[0]
    if inner in PRIMITIVES | ABSTRACT | document.types.keys() or scope in document.included:
        return
    yield f"{shown(element)}: no type {inner}"


def _structured(document: Document, name: str, kind: Element) -> Iterator[str]:
    base = kind.get("BaseType")
    if base is not None and (base not in document.types or tag(document.types[base]) != tag(kind)):
        yield f"{name}: no {tag(kind)} {base} to derive from"
    if any(each.get("BaseType") == name for each in document.family(name)):
        yield f"{name}: derived from itself"
        return
    members = [each.get("Name", "") for each in document.members(name)]
    yield from (f"{name}: {each} twice" for each in twice(members))
    for each in kind:
        if tag(each) == "Property":
            yield from _property(document, name, each)
        if tag(each) == "NavigationProperty":
            yield from _navigation(document, name, each)


def _entity_type(document: Document, name: str, kind: Element) -> Iterator[str]:
    yield from _structured(document, name, kind)
    keys = [key for each in document.family(name) for key in each if tag(key) == "Key"]
    if len(keys) > 1:
        yield f"{name}: a key beside the one of its base"
    if not keys and kind.get("Abstract") != "true":
        yield f"{name}: no key"
    own = [key for key in kind if tag(key) == "Key"]
    for reference in (each for key in own for each in key):
        yield from _key_property(document, name, reference)


def _key_property(document: Document, name: str, reference: Element) -> Iterator[str]:
    path = reference.get("Name", "")
    found = document.member(name, path)
    if found is None or tag(found) != "Property":
        yield f"{name}: no key property {path}"
        return
    kind = found.get("Type", "")
    enumerated = kind in document.types and tag(document.types[kind]) == "EnumType"
    if kind not in KEY_TYPES and not enumerated:
        yield f"{name}: {path} of type {kind} as a key"
    if found.get("Nullable") != "false":
        yield f"{name}: key property {path} is nullable"
    if "/" in path and reference.get("Alias") is None:
        yield f"{name}: key property {path} without an alias"


def _property(document: Document, name: str, element: Element) -> Iterator[str]:
    yield from known_type(document, element, element.get("Type", ""))
    yield from facets(document, element)
    kind = item(element.get("Type", ""))
    if kind in document.types and tag(document.types[kind]) == "EntityType":
        yield f"{name}/{shown(element)}: entities are for navigation properties"
    enumerated = kind in document.types and tag(document.types[kind]) == "EnumType"
    simple = kind in PRIMITIVES - {"Edm.Stream"} or enumerated
    if element.get("DefaultValue") is not None and (not simple or is_collection(element)):
        yield f"{name}/{shown(element)}: cannot have a default"
    if is_collection(element) and element.get("Nullable") is None:
        yield f"{name}/{shown(element)}: a collection says whether its items are nullable"


def facets(document: Document, element: Element) -> Iterator[str]:
    """MaxLength, Precision and Scale fit the type and each other."""
    kind = item(element.get("Type", ""))
    for facet, types in FACET_TYPES.items():
        if element.get(facet) is not None and kind not in types:
            yield f"{shown(element)}: {facet} for {kind}"
    precision, scale = element.get("Precision", ""), element.get("Scale", "")
    if scale.isdigit() and precision.isdigit() and int(scale) > int(precision):
        yield f"{shown(element)}: more digits behind the point than there are"
    if kind in TEMPORAL and precision.isdigit() and int(precision) > 12:
        yield f"{shown(element)}: more than 12 digits of a second"
    if scale == "floating" and document.version == "4.0":
        yield f"{shown(element)}: a floating scale in 4.0"


def _navigation(document: Document, name: str, element: Element) -> Iterator[str]:
    at = f"{name}/{shown(element)}"
    target = item(element.get("Type", ""))
    if target not in document.types or tag(document.types[target]) != "EntityType":
        yield f"{at}: no entity type {target}"
        return
    if is_collection(element) and element.get("Nullable") is not None:
        yield f"{at}: Nullable of a collection"
    partner = element.get("Partner")
    if partner is not None:
        yield from _partner(document, name, element, document.member(target, partner))
    for constraint in element:
        if tag(constraint) == "ReferentialConstraint":
            yield from _constraint(document, name, element, constraint)


def _partner(
    document: Document, name: str, element: Element, back: Element | None
) -> Iterator[str]:
    at = f"{name}/{shown(element)}"
    if back is None or tag(back) != "NavigationProperty":
        yield f"{at}: no partner {element.get('Partner')}"
        return
    if back.get("Partner") != element.get("Name"):
        yield f"{at}: its partner's partner is {back.get('Partner')}"
    if not (document.is_a(name, item(back.get("Type", "")))):
        yield f"{at}: its partner leads to {item(back.get('Type', ''))}"


def _constraint(
    document: Document, name: str, element: Element, constraint: Element
) -> Iterator[str]:
    at = f"{name}/{shown(element)}"
    here = document.member(name, constraint.get("Property", ""))
    there = document.member(item(element.get("Type", "")), constraint.get("ReferencedProperty", ""))
    if here is None or tag(here) != "Property":
        yield f"{at}: no property {constraint.get('Property')}"
    elif there is None or tag(there) != "Property":
        yield f"{at}: no property {constraint.get('ReferencedProperty')} there"
    elif here.get("Type") != there.get("Type"):
        yield f"{at}: {here.get('Type')} tied to {there.get('Type')}"
    if is_collection(element):
        yield f"{at}: a constraint of a collection"


def _enum_type(_: Document, name: str, kind: Element) -> Iterator[str]:
    members = [each for each in kind if tag(each) == "Member"]
    yield from (f"{name}: {each} twice" for each in twice(m.get("Name", "") for m in members))
    values = [each.get("Value") for each in members]
    if None in values and set(values) != {None}:
        yield f"{name}: values for some members only"
    if kind.get("IsFlags") == "true" and any(value is None or int(value) < 0 for value in values):
        yield f"{name}: flags have values of 0 or more"


def _type_definition(_: Document, name: str, kind: Element) -> Iterator[str]:
    if kind.get("UnderlyingType") in ABSTRACT:
        yield f"{name}: an abstract type underneath"


TYPE_RULES = {
    "EntityType": _entity_type,
    "ComplexType": _structured,
    "EnumType": _enum_type,
    "TypeDefinition": _type_definition,
}
