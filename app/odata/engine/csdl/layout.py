"""What both metadata documents say, before it is XML or JSON: schemas, facets, parameters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from app.odata.engine.edm import (
    BINARY,
    DATE_TIME_OFFSET,
    DECIMAL,
    DURATION,
    STREAM,
    STRING,
    TIME_OF_DAY,
    CollectionType,
    ComplexType,
    EdmType,
    EntityType,
    EnumType,
    ItemType,
    Model,
    Operation,
    OperationImport,
    Parameter,
    PrimitiveType,
    Property,
)

BINDING_PARAMETER: Final = "bindingParameter"

# The engine keeps microseconds; a document that says nothing would promise whole seconds.
DEFAULT_PRECISION: Final[Mapping[PrimitiveType, int]] = dict.fromkeys(
    (DATE_TIME_OFFSET, DURATION, TIME_OF_DAY), 6
)
_LIMITS: Final = attrgetter("max_length", "precision", "scale")


@dataclass(frozen=True, slots=True)
class Schema:
    """The elements of one namespace. `container`: the entity container is among them."""

    namespace: str
    enum_types: tuple[EnumType, ...]
    complex_types: tuple[ComplexType, ...]
    entity_types: tuple[EntityType, ...]
    operations: Mapping[str, tuple[Operation, ...]]  # overloads by name
    container: bool


def schemas(model: Model) -> tuple[Schema, ...]:
    """The model by namespace: those of types first, in the order of the model; each once."""
    listed = [each.namespace for each in model.entity_types]
    listed += [each.namespace for each in model.complex_types]
    listed += [each.namespace for each in model.enum_types]
    listed += [each.namespace for each in model.operations]
    namespaces = dict.fromkeys([*listed, model.container_namespace])
    return tuple(_schema(model, namespace) for namespace in namespaces)


def _schema(model: Model, namespace: str) -> Schema:
    overloads: dict[str, tuple[Operation, ...]] = {}
    for each in model.operations:
        if each.namespace == namespace:
            overloads[each.name] = (*overloads.get(each.name, ()), each)
    return Schema(
        namespace,
        tuple(each for each in model.enum_types if each.namespace == namespace),
        tuple(each for each in model.complex_types if each.namespace == namespace),
        tuple(each for each in model.entity_types if each.namespace == namespace),
        overloads,
        namespace == model.container_namespace,
    )


def split(kind: EdmType) -> tuple[ItemType, bool]:
    """The type of one item, and whether there is a collection of them."""
    return (kind.item, True) if isinstance(kind, CollectionType) else (kind, False)


def parameters(operation: Operation) -> Iterator[Parameter]:
    """The parameters as the document lists them: the binding parameter first (CSDL 12.9)."""
    if operation.bound_to is not None:
        yield Parameter(BINDING_PARAMETER, operation.bound_to, nullable=False)
    yield from operation.parameters


def says_nullable(kind: EdmType) -> bool:
    """Whether a return type may say if it is nullable: not a collection of entities (CSDL 12.8)."""
    item, collection = split(kind)
    return not (collection and isinstance(item, EntityType))


def facets(
    kind: EdmType, described: Property | None = None, *, version: str
) -> dict[str, int | str]:
    """MaxLength, Precision and Scale of a property, or of a parameter or return type of this type,
    by CSDL name (CSDL 7.2). `version` is that of the document: 4.0 knows no floating scale.
    """
    item, _ = split(kind)
    if not isinstance(item, PrimitiveType):
        return {}
    length, precision, scale = _LIMITS(described) if described is not None else (None, None, None)
    precision = DEFAULT_PRECISION.get(item) if precision is None else precision
    if item == DECIMAL:
        variable = scale is None or (scale == "floating" and version == "4.0")
        scale = "variable" if variable else scale
    said = {
        "MaxLength": length if item in (STRING, BINARY) else None,
        "Precision": precision if item in (DECIMAL, *DEFAULT_PRECISION) else None,
        "Scale": scale if item == DECIMAL else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def default(described: Property) -> tuple[PrimitiveType | EnumType, Any] | None:
    """The type and the value of a property's default; None: there is none to tell (CSDL 7.2.7)."""
    kind = described.type
    if described.default is None or described.collection or kind == STREAM:
        return None
    return (kind, described.default) if isinstance(kind, PrimitiveType | EnumType) else None


def in_service_document(listed: OperationImport) -> bool:
    """A function that can be called by its bare name (CSDL 13.6, IncludeInServiceDocument)."""
    return listed.operation.kind == "function" and not listed.operation.parameters
