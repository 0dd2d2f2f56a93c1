"""A model as CSDL JSON (OData CSDL JSON Representation 4.01), `$metadata` for `$format=json`.

Computed once per model and version: the caller keeps the result.
"""

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

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
    split,
)
from app.odata.engine.edm import (
    STRING,
    CollectionType,
    ComplexType,
    EdmType,
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
from app.odata.engine.primitives import Kind, to_text

Json = dict[str, Any]


def to_json(
    model: Model, *, version: str = "4.01", capabilities: Capabilities | None = None
) -> Json:
    """The document of a model, for OData `version` 4.0 or 4.01; plain JSON values throughout."""
    annotated = annotate(model, capabilities or Capabilities())
    document: Json = {
        "$Version": version,
        "$EntityContainer": f"{model.container_namespace}.{model.container}",
    }
    if annotated.vocabularies:
        document["$Reference"] = {
            f"{VOCABULARY_ROOT}{namespace}.json": {
                "$Include": [{"$Namespace": namespace, "$Alias": alias}]
            }
            for alias, namespace in annotated.vocabularies
        }
    for schema in schemas(model):
        document[schema.namespace] = _schema(model, schema, annotated, version)
    return document


def _schema(model: Model, schema: Schema, annotated: Annotated, version: str) -> Json:
    found: Json = {each.name: _enum_type(each) for each in schema.enum_types}
    found |= {each.name: _structured(each, version) for each in schema.complex_types}
    found |= {each.name: _structured(each, version) for each in schema.entity_types}
    for name, overloads in schema.operations.items():
        found[name] = [_operation(each, version) for each in overloads]
    if schema.container:
        found[model.container] = _container(model, annotated)
    return found | _annotations(annotated.schemas.get(schema.namespace, {}))


def _said(**members: object) -> Json:
    """Members whose names get a $ in front; None and False are left out."""
    return {
        f"${name}": value
        for name, value in members.items()
        if value is not None and value is not False
    }


def _typed(kind: EdmType) -> Json:
    """$Type, left out for Edm.String, and $Collection (CSDL 7.1)."""
    item, collection = split(kind)
    return _said(Type=None if item == STRING else item.qualified, Collection=collection)


def _enum_type(described: EnumType) -> Json:
    return _said(Kind="EnumType", IsFlags=described.flags) | dict(described.members)


def _structured(described: ComplexType | EntityType, version: str) -> Json:
    entity = described if isinstance(described, EntityType) else None
    keyed = entity is not None and entity.key and entity.base is None
    found = _said(
        Kind="ComplexType" if entity is None else "EntityType",
        BaseType=described.base,
        Abstract=described.abstract,
        OpenType=described.open,
        HasStream=entity is not None and entity.media,
        Key=list(entity.key) if entity is not None and keyed else None,
    )
    found |= {each.name: _property(each, version) for each in described.properties}
    return found | {each.name: _navigation(each) for each in described.navigations}


def _property(described: Property, version: str) -> Json:
    kind = CollectionType(described.type) if described.collection else described.type
    found = _typed(kind) | _said(Nullable=described.nullable)
    found |= _said(**facets(kind, described, version=version))
    value = default(described)
    if value is not None:
        found["$DefaultValue"] = _plain(*value)
    return found | _annotations(of_property(described))


def _plain(kind: Kind, value: Any) -> Any:
    """A default as a JSON value: numbers and booleans as such, all else as text."""
    if isinstance(kind, EnumType):
        return to_text(kind, value)
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    return to_text(kind, value)


def _navigation(described: Navigation) -> Json:
    constraints = {} if described.collection else dict(described.constraints)
    return _said(
        Kind="NavigationProperty",
        Type=described.target,
        Collection=described.collection,
        Nullable=described.nullable and not described.collection,
        Partner=described.partner,
        ContainsTarget=described.contained,
        ReferentialConstraint=constraints or None,
    )


def _operation(described: Operation, version: str) -> Json:
    listed = [
        {"$Name": each.name}
        | _typed(each.type)
        | _said(Nullable=each.nullable, **facets(each.type, version=version))
        for each in parameters(described)
    ]
    found = _said(
        Kind=described.kind.capitalize(),
        IsBound=described.bound_to is not None,
        EntitySetPath=described.set_path,
        IsComposable=described.composable,
        Parameter=listed or None,
    )
    returned = described.returns
    if returned is not None:
        nullable = described.returns_nullable and says_nullable(returned)
        limits = facets(returned, version=version)
        found["$ReturnType"] = _typed(returned) | _said(Nullable=nullable, **limits)
    return found


def _container(model: Model, annotated: Annotated) -> Json:
    found: Json = {"$Kind": "EntityContainer"}
    resources: tuple[EntitySet | Singleton, ...] = (*model.entity_sets, *model.singletons)
    for each in resources:
        found[each.name] = _resource(each, annotated.resources[each.name])
    for listed in model.imports:
        found[listed.name] = _import(listed)
    return found | _annotations(annotated.container)


def _resource(described: EntitySet | Singleton, said: Annotations) -> Json:
    found = _said(
        Collection=isinstance(described, EntitySet),
        Type=described.type.qualified,
        NavigationPropertyBinding=dict(described.bindings) or None,
    )
    return found | _annotations(said)


def _import(described: OperationImport) -> Json:
    return {f"${described.operation.kind.capitalize()}": described.operation.qualified} | _said(
        EntitySet=described.entity_set,
        IncludeInServiceDocument=in_service_document(described),
    )


def _annotations(said: Annotations) -> Json:
    return {f"@{term}": _expression(value) for term, value in said.items()}


def _expression(value: Any) -> Any:
    """A value of an annotation: enumerations and paths are strings (CSDL 14.3, 14.4)."""
    if isinstance(value, PropertyPath):
        return value.path
    if isinstance(value, EnumMember):
        return ",".join(value.members)
    if isinstance(value, Mapping):
        return {name: _expression(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_expression(each) for each in value]
    return value
