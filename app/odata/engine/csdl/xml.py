"""A model as CSDL XML (OData CSDL XML Representation 4.01), the answer of `$metadata`.

Computed once per model and version: the caller keeps the result.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from app.odata.engine.csdl.capabilities import (
    VOCABULARY_ROOT,
    Annotated,
    Annotations,
    Capabilities,
    EnumMember,
    PropertyPath,
    annotate,
    of_property,
)
from app.odata.engine.csdl.layout import (
    Schema,
    default,
    facets,
    in_service_document,
    parameters,
    says_nullable,
    schemas,
)
from app.odata.engine.edm import (
    CollectionType,
    ComplexType,
    EntitySet,
    EntityType,
    EnumType,
    Model,
    Navigation,
    Operation,
    OperationImport,
    Property,
    Singleton,
)
from app.odata.engine.primitives import to_text

EDMX: Final = "http://docs.oasis-open.org/odata/ns/edmx"
EDM: Final = "http://docs.oasis-open.org/odata/ns/edm"

_CONSTANTS: Final[Mapping[type, str]] = {str: "String", bool: "Bool", int: "Int", float: "Float"}


def to_xml(
    model: Model, *, version: str = "4.01", capabilities: Capabilities | None = None
) -> bytes:
    """The document of a model in UTF-8, for OData `version` 4.0 or 4.01."""
    annotated = annotate(model, capabilities or Capabilities())
    # Prefixes are written out here: ElementTree's own would be ns0 and ns1.
    root = Element("edmx:Edmx", {"xmlns:edmx": EDMX, "Version": version})
    for alias, namespace in annotated.vocabularies:
        uri = f"{VOCABULARY_ROOT}{namespace}.xml"
        reference = SubElement(root, "edmx:Reference", Uri=uri)
        SubElement(reference, "edmx:Include", Namespace=namespace, Alias=alias)
    services = SubElement(root, "edmx:DataServices")
    for schema in schemas(model):
        _schema(services, model, schema, annotated, version)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _schema(
    parent: Element, model: Model, schema: Schema, annotated: Annotated, version: str
) -> None:
    element = SubElement(parent, "Schema", xmlns=EDM, Namespace=schema.namespace)
    for enum_type in schema.enum_types:
        _enum_type(element, enum_type)
    for complex_type in schema.complex_types:
        _structured(element, "ComplexType", complex_type, version)
    for entity_type in schema.entity_types:
        _structured(element, "EntityType", entity_type, version)
    for overloads in schema.operations.values():
        for operation in overloads:
            _operation(element, operation, version)
    if schema.container:
        _container(element, model, annotated)
    _annotations(element, annotated.schemas.get(schema.namespace, {}))


def _flags(**said: object) -> dict[str, str]:
    """Attributes: texts and numbers as they are, True as "true"; None and False are left out."""
    return {
        name: "true" if value is True else str(value)
        for name, value in said.items()
        if value is not None and value is not False
    }


def _enum_type(parent: Element, described: EnumType) -> None:
    attributes = _flags(Name=described.name, IsFlags=described.flags)
    element = SubElement(parent, "EnumType", attributes)
    for name, value in described.members:
        SubElement(element, "Member", Name=name, Value=str(value))


def _structured(
    parent: Element, tag: str, described: ComplexType | EntityType, version: str
) -> None:
    attributes = _flags(
        Name=described.name,
        BaseType=described.base,
        Abstract=described.abstract,
        OpenType=described.open,
        HasStream=isinstance(described, EntityType) and described.media,
    )
    element = SubElement(parent, tag, attributes)
    if isinstance(described, EntityType) and described.key and described.base is None:
        key = SubElement(element, "Key")
        for name in described.key:
            SubElement(key, "PropertyRef", Name=name)
    for each in described.properties:
        _property(element, each, version)
    for navigation in described.navigations:
        _navigation(element, navigation)


def _property(parent: Element, described: Property, version: str) -> None:
    kind = CollectionType(described.type) if described.collection else described.type
    attributes = {"Name": described.name, "Type": kind.qualified}
    if described.collection or not described.nullable:
        attributes["Nullable"] = "true" if described.nullable else "false"
    attributes |= _flags(**facets(kind, described, version=version))
    value = default(described)
    if value is not None:
        attributes["DefaultValue"] = to_text(*value)
    element = SubElement(parent, "Property", attributes)
    _annotations(element, of_property(described))


def _navigation(parent: Element, described: Navigation) -> None:
    target = f"Collection({described.target})" if described.collection else described.target
    attributes = {"Name": described.name, "Type": target}
    if not described.collection and not described.nullable:
        attributes["Nullable"] = "false"
    attributes |= _flags(Partner=described.partner, ContainsTarget=described.contained)
    element = SubElement(parent, "NavigationProperty", attributes)
    if not described.collection:
        for here, there in described.constraints:
            SubElement(element, "ReferentialConstraint", Property=here, ReferencedProperty=there)


def _operation(parent: Element, described: Operation, version: str) -> None:
    attributes = _flags(
        Name=described.name,
        IsBound=described.bound_to is not None,
        EntitySetPath=described.set_path,
        IsComposable=described.composable,
    )
    element = SubElement(parent, described.kind.capitalize(), attributes)
    for each in parameters(described):
        known = {"Name": each.name, "Type": each.type.qualified}
        nullable = "true" if each.nullable else "false"
        limits = _flags(**facets(each.type, version=version))
        SubElement(element, "Parameter", known, Nullable=nullable, **limits)
    returned = described.returns
    if returned is not None:
        known = {"Type": returned.qualified} | _flags(**facets(returned, version=version))
        if says_nullable(returned):
            known["Nullable"] = "true" if described.returns_nullable else "false"
        SubElement(element, "ReturnType", known)


def _container(parent: Element, model: Model, annotated: Annotated) -> None:
    element = SubElement(parent, "EntityContainer", Name=model.container)
    _annotations(element, annotated.container)
    resources: tuple[EntitySet | Singleton, ...] = (*model.entity_sets, *model.singletons)
    for each in resources:
        _resource(element, each, annotated.resources[each.name])
    for listed in model.imports:
        _import(element, listed)


def _resource(parent: Element, described: EntitySet | Singleton, said: Annotations) -> None:
    tag, named = ("EntitySet", "EntityType")
    if isinstance(described, Singleton):
        tag, named = ("Singleton", "Type")
    attributes = {"Name": described.name, named: described.type.qualified}
    element = SubElement(parent, tag, attributes)
    for path, target in described.bindings.items():
        SubElement(element, "NavigationPropertyBinding", Path=path, Target=target)
    _annotations(element, said)


def _import(parent: Element, described: OperationImport) -> None:
    kind = described.operation.kind.capitalize()
    attributes = {"Name": described.name, kind: described.operation.qualified}
    attributes |= _flags(
        EntitySet=described.entity_set,
        IncludeInServiceDocument=in_service_document(described),
    )
    SubElement(parent, f"{kind}Import", attributes)


def _annotations(parent: Element, said: Annotations) -> None:
    for term, value in said.items():
        _expression(SubElement(parent, "Annotation", Term=term), value)


def _expression(parent: Element, value: Any) -> None:
    """A value inside an Annotation or PropertyValue: a constant is an attribute."""
    constant = _constant(value)
    if constant is not None:
        name, text = constant
        parent.set(name, text)
    elif isinstance(value, Mapping):
        record = SubElement(parent, "Record")
        for name, each in value.items():
            _expression(SubElement(record, "PropertyValue", Property=name), each)
    else:
        _collection(SubElement(parent, "Collection"), value)


def _collection(parent: Element, values: Iterable[Any]) -> None:
    for each in values:
        constant = _constant(each)
        if constant is None:
            _expression(parent, each)
        else:
            name, text = constant
            SubElement(parent, name).text = text


def _constant(value: Any) -> tuple[str, str] | None:
    """The name and text of a constant expression or path (CSDL 14.3); None: neither."""
    if isinstance(value, PropertyPath):
        return "PropertyPath", value.path
    if isinstance(value, EnumMember):
        return "EnumMember", " ".join(f"{value.type}/{name}" for name in value.members)
    name = _CONSTANTS.get(type(value))
    text = str(value)
    return None if name is None else (name, text.lower() if name == "Bool" else text)
