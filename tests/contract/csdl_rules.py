"""Checking a CSDL XML document: against its grammar (csdl_shapes.py), and whether all that it
refers to exists and fits together (CSDL XML 4.01, sections 4 to 15). Aliases of the document's own
schemas are not followed: references have to be spelled out.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring

from tests.contract.csdl_shapes import EDM, EDMX, shape_complaints, shown, tag
from tests.contract.csdl_types import (
    TYPE_RULES,
    Document,
    facets,
    is_collection,
    item,
    known_type,
    twice,
)

RESOURCES = ("EntitySet", "Singleton")


def check(xml: bytes) -> list[str]:
    """What is wrong with a document; nothing, if it is a good one."""
    try:
        root = fromstring(xml)
    except ParseError as error:
        return [f"not well-formed: {error}"]
    if root.tag != f"{{{EDMX}}}Edmx":
        return [f"{root.tag}: a document is an edmx:Edmx"]
    complaints = list(shape_complaints(root))
    return complaints or list(_meanings(root))


def _meanings(root: Element) -> Iterator[str]:
    document = Document(root.get("Version", ""))
    schemas = root.findall(f".//{{{EDM}}}Schema")
    yield from _names(root, schemas, document)
    if len(document.containers) != 1:
        yield f"{len(document.containers)} entity containers"
    for name, kind in document.types.items():
        yield from TYPE_RULES[tag(kind)](document, name, kind)
    for name, overloads in document.operations.items():
        yield from _overloads(document, name, overloads)
    for container in document.containers:
        yield from _container(document, container)
    for element in root.iter():
        yield from _annotations(document, element)


def _names(root: Element, schemas: list[Element], document: Document) -> Iterator[str]:
    """Fills the document; names that are there twice."""
    scopes = [each.get("Namespace", "") for each in schemas]
    includes = root.findall(f".//{{{EDMX}}}Include")
    scopes += [each.get("Namespace", "") for each in includes]
    scopes += [each.get("Alias", "") for each in (*includes, *schemas) if each.get("Alias")]
    yield from (f"namespace or alias {name} twice" for name in twice(scopes))
    for each in includes:
        document.included |= {each.get("Namespace", ""), each.get("Alias", "")}
    for schema in schemas:
        yield from _schema_names(schema, document)


def _schema_names(schema: Element, document: Document) -> Iterator[str]:
    prefix = schema.get("Namespace", "")
    single: list[str] = []
    for child in schema:
        name = f"{prefix}.{child.get('Name')}"
        if tag(child) in ("Action", "Function"):
            document.operations.setdefault(name, []).append(child)
        elif child.get("Name") is not None:
            single.append(name)
            if tag(child) in TYPE_RULES:
                document.types[name] = child
            if tag(child) == "EntityContainer":
                document.containers.append(child)
    yield from (f"{name} twice" for name in twice(single))
    for name in document.operations.keys() & set(single):
        yield f"{name}: an operation and something else"


def _overloads(document: Document, name: str, overloads: list[Element]) -> Iterator[str]:
    seen: list[tuple[object, ...]] = []
    for each in overloads:
        yield from _operation(document, name, each)
        bound = each.get("IsBound") == "true"
        given = [part for part in each if tag(part) == "Parameter"]
        binding = given[0].get("Type") if bound and given else None
        rest = given[1:] if bound else given
        function = tag(each) == "Function"
        names = frozenset(part.get("Name") for part in rest) if function else None
        seen.append((tag(each), bound, binding, names))
        if function:
            seen.append((bound, binding, tuple(part.get("Type") for part in rest)))
    if len(set(seen)) < len(seen):
        yield f"{name}: overloads that cannot be told apart"


def _operation(document: Document, name: str, operation: Element) -> Iterator[str]:
    given = [each for each in operation if tag(each) == "Parameter"]
    yield from (f"{name}: {each} twice" for each in twice(p.get("Name", "") for p in given))
    for each in operation:
        if tag(each) in ("Parameter", "ReturnType"):
            yield from known_type(document, each, each.get("Type", ""))
            yield from facets(document, each)
        kind = document.types.get(item(each.get("Type", "")))
        entities = kind is not None and tag(kind) == "EntityType" and is_collection(each)
        if tag(each) == "ReturnType" and entities and each.get("Nullable") is not None:
            yield f"{name}: Nullable of a collection of entities"
    if operation.get("IsBound") == "true" and not given:
        yield f"{name}: bound to nothing"
    set_path = operation.get("EntitySetPath")
    if set_path is not None:
        first = given[0].get("Name") if given else None
        if operation.get("IsBound") != "true" or set_path.split("/")[0] != first:
            yield f"{name}: a set path that does not start at the binding parameter"


def _container(document: Document, container: Element) -> Iterator[str]:
    children = [each for each in container if tag(each) != "Annotation"]
    yield from (
        f"{shown(container)}: {each} twice" for each in twice(c.get("Name", "") for c in children)
    )
    for each in children:
        if tag(each) in RESOURCES:
            yield from _resource(document, container, each)
        else:
            yield from _import(document, container, each)


def _resource(document: Document, container: Element, resource: Element) -> Iterator[str]:
    kind = _type_of(resource)
    if kind not in document.types or tag(document.types[kind]) != "EntityType":
        yield f"{shown(resource)}: no entity type {kind}"
        return
    if not any(tag(each) == "Key" for one in document.family(kind) for each in one):
        yield f"{shown(resource)}: entities without a key"
    bindings = [each for each in resource if tag(each) == "NavigationPropertyBinding"]
    paths = [each.get("Path", "") for each in bindings]
    yield from (f"{shown(resource)}: {path} bound twice" for path in twice(paths))
    for each in bindings:
        yield from _binding(document, container, resource, each)


def _binding(
    document: Document, container: Element, resource: Element, binding: Element
) -> Iterator[str]:
    path, name = binding.get("Path", ""), binding.get("Target", "")
    navigation = document.member(_type_of(resource), path)
    if navigation is None or tag(navigation) != "NavigationProperty":
        yield f"{shown(resource)}: no navigation property {path}"
        return
    target = _resource_named(container, name)
    if target is None:
        yield f"{shown(resource)}: {path} bound to {name}, which is no set"
    elif not document.is_a(_type_of(target), item(navigation.get("Type", ""))):
        yield f"{shown(resource)}: {path} bound to {name}, a set of {_type_of(target)}"


def _type_of(resource: Element) -> str:
    return resource.get("EntityType") or resource.get("Type") or ""


def _resource_named(container: Element, name: str) -> Element | None:
    return next((e for e in container if tag(e) in RESOURCES and e.get("Name") == name), None)


def _import(document: Document, container: Element, element: Element) -> Iterator[str]:
    kind = tag(element).removesuffix("Import")
    name = element.get(kind, "")
    unbound = [
        each
        for each in document.operations.get(name, ())
        if tag(each) == kind and each.get("IsBound") != "true"
    ]
    if not unbound:
        yield f"{shown(element)}: no unbound {kind} {name}"
    listed = element.get("IncludeInServiceDocument") == "true"
    if listed and all(any(tag(p) == "Parameter" for p in each) for each in unbound):
        yield f"{shown(element)}: in the service document, with parameters"
    target = element.get("EntitySet")
    if target is not None and _resource_named(container, target) is None:
        yield f"{shown(element)}: no set {target}"


def _annotations(document: Document, element: Element) -> Iterator[str]:
    found = [each for each in element if tag(each) == "Annotation"]
    terms = [f"{each.get('Term')}#{each.get('Qualifier', '')}" for each in found]
    yield from (f"{shown(element)}: {term} twice" for term in twice(terms))
    for each in found:
        scope = each.get("Term", "").rpartition(".")[0]
        if scope not in document.included:
            yield f"{shown(element)}: no vocabulary for {each.get('Term')}"
