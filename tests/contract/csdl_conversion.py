"""CSDL XML turned into CSDL JSON by the rules of the two representations (4.01), so that the two
documents of a service can be compared.
"""

from typing import Any
from xml.etree.ElementTree import Element, fromstring

from tests.contract.csdl_shapes import EDM, EDMX, INLINE, tag

NUMBERS = {"MaxLength": int, "Precision": int}
FLAGS = ("Abstract", "OpenType", "HasStream", "IsFlags", "IsBound", "IsComposable")
TEXTS = ("BaseType", "Partner", "EntitySetPath", "EntitySet", "Action", "Function")


def as_json(xml: bytes) -> dict[str, Any]:
    """The same document in JSON."""
    root = fromstring(xml)
    document: dict[str, Any] = {"$Version": root.attrib["Version"]}
    for reference in root.findall(f"{{{EDMX}}}Reference"):
        included = [
            {"$Namespace": each.attrib["Namespace"], "$Alias": each.attrib["Alias"]}
            for each in reference
        ]
        uri = reference.attrib["Uri"].removesuffix(".xml") + ".json"
        document.setdefault("$Reference", {})[uri] = {"$Include": included}
    for schema in root.findall(f".//{{{EDM}}}Schema"):
        scope = schema.attrib["Namespace"]
        document[scope] = _annotations(schema)
        for child in schema:
            if tag(child) == "EntityContainer":
                document["$EntityContainer"] = f"{scope}.{child.attrib['Name']}"
            _add(document[scope], child)
    return document


def _add(scope: dict[str, Any], child: Element) -> None:
    name = child.get("Name", "")
    if tag(child) in ("Action", "Function"):
        scope.setdefault(name, []).append(_operation(child))
    elif tag(child) == "EnumType":
        members = {each.attrib["Name"]: int(each.attrib["Value"]) for each in child}
        scope[name] = {"$Kind": "EnumType", **_plain(child), **members}
    elif tag(child) in ("EntityType", "ComplexType", "EntityContainer"):
        scope[name] = {"$Kind": tag(child), **_plain(child), **_annotations(child)}
        for each in child:
            if tag(each) == "Key":
                scope[name]["$Key"] = [reference.attrib["Name"] for reference in each]
            elif tag(each) != "Annotation":
                scope[name][each.attrib["Name"]] = _child(each)


def _child(element: Element) -> dict[str, Any]:
    found = {**_plain(element), **_typed(element), **_annotations(element)}
    if tag(element) == "EntitySet":
        found |= {"$Collection": True, "$Type": element.attrib["EntityType"]}
    if tag(element) == "NavigationProperty":
        found |= {"$Kind": "NavigationProperty"}
        if element.get("ContainsTarget") == "true":
            found["$ContainsTarget"] = True
    if element.get("IncludeInServiceDocument") == "true":
        found["$IncludeInServiceDocument"] = True
    for each in element:
        if tag(each) == "NavigationPropertyBinding":
            bindings = found.setdefault("$NavigationPropertyBinding", {})
            bindings[each.attrib["Path"]] = each.attrib["Target"]
        if tag(each) == "ReferentialConstraint":
            tied = found.setdefault("$ReferentialConstraint", {})
            tied[each.attrib["Property"]] = each.attrib["ReferencedProperty"]
    return found


def _operation(element: Element) -> dict[str, Any]:
    found = {"$Kind": tag(element), **_plain(element)}
    for each in element:
        if tag(each) == "Parameter":
            said = {"$Name": each.attrib["Name"], **_plain(each), **_typed(each)}
            found.setdefault("$Parameter", []).append(said)
        if tag(each) == "ReturnType":
            found["$ReturnType"] = {**_plain(each), **_typed(each)}
    return found


def _plain(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = {f"${name}": True for name in FLAGS if element.get(name) == "true"}
    found |= {f"${name}": element.attrib[name] for name in TEXTS if name in element.attrib}
    for name, number in NUMBERS.items():
        if name in element.attrib:
            found[f"${name}"] = number(element.attrib[name])
    scale = element.get("Scale")
    if scale is not None:
        found["$Scale"] = int(scale) if scale.isdigit() else scale
    return found


def _typed(element: Element) -> dict[str, Any]:
    """$Type, $Collection, $Nullable and $DefaultValue; what is left out means the opposite in the
    two representations.
    """
    kind = element.get("Type")
    if kind is None:
        return {}
    item = kind.removeprefix("Collection(").removesuffix(")")
    found: dict[str, Any] = {} if item == "Edm.String" else {"$Type": item}
    if kind != item:
        found["$Collection"] = True
    without = tag(element) == "Singleton" or kind != item  # absent here, it does not mean true
    if element.get("Nullable", "false" if without else "true") == "true":
        found["$Nullable"] = True
    default = element.get("DefaultValue")
    if default is not None:
        found["$DefaultValue"] = _default(item, default)
    return found


def _default(kind: str, text: str) -> Any:
    if kind == "Edm.Boolean":
        return text == "true"
    if kind in ("Edm.Double", "Edm.Decimal") and text not in ("INF", "-INF", "NaN"):
        return float(text)
    return int(text) if "Int" in kind or "Byte" in kind else text


def _annotations(element: Element) -> dict[str, Any]:
    found = (each for each in element if tag(each) == "Annotation")
    return {f"@{each.attrib['Term']}": _expression(each) for each in found}


def _expression(element: Element) -> Any:
    for name in INLINE:
        if name in element.attrib:
            return _constant(name, element.attrib[name])
    (inside,) = element
    return _inner(inside)


def _inner(element: Element) -> Any:
    if tag(element) == "Collection":
        return [_inner(each) for each in element]
    if tag(element) == "Record":
        return {each.attrib["Property"]: _expression(each) for each in element}
    return _constant(tag(element), element.text or "")


def _constant(name: str, text: str) -> Any:
    if name == "EnumMember":
        return ",".join(each.rpartition("/")[2] for each in text.split())
    if name == "Bool":
        return text == "true"
    if name == "Int":
        return int(text)
    return float(text) if name == "Float" else text
