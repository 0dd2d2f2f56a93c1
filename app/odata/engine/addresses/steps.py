"""What an address becomes: one frozen step for each segment and each key in parentheses.

Every step has a `type`: that of the resource after it, None where the model has no type for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.odata.engine.edm import (
    INT64,
    CollectionType,
    EdmType,
    EntitySet,
    EntityType,
    Navigation,
    Operation,
    OperationImport,
    Parameter,
    Property,
    Singleton,
)


@dataclass(frozen=True, slots=True)
class ServiceDocument:
    """The empty path."""

    type: EdmType | None = None


@dataclass(frozen=True, slots=True)
class MetadataStep:
    """`$metadata`."""

    type: EdmType | None = None


@dataclass(frozen=True, slots=True)
class BatchStep:
    """`$batch`."""

    type: EdmType | None = None


@dataclass(frozen=True, slots=True)
class AllStep:
    """`$all`; a TypeStep may follow (4.15)."""

    type: EdmType | None = None


@dataclass(frozen=True, slots=True)
class EntityStep:
    """`$entity`, whose `$id` names an entity; with the type that it is cast to (4.3.4)."""

    type: EntityType | None = None


@dataclass(frozen=True, slots=True)
class CrossjoinStep:
    """`$crossjoin(A,B)` (4.14)."""

    sets: tuple[EntitySet, ...]
    type: EdmType | None = None


@dataclass(frozen=True, slots=True)
class SetStep:
    """An entity set."""

    entity_set: EntitySet

    @property
    def type(self) -> EdmType:
        """All entities of the set."""
        return CollectionType(self.entity_set.type)


@dataclass(frozen=True, slots=True)
class SingletonStep:
    """A singleton."""

    singleton: Singleton

    @property
    def type(self) -> EdmType:
        """Its entity."""
        return self.singleton.type


@dataclass(frozen=True, slots=True)
class KeyStep:
    """One entity of a collection. `values` are those of the key properties, in their order, as
    primitives.from_text gives them; an AliasKey where the options were not there to look it up.
    """

    values: tuple[Any, ...]
    type: EntityType


@dataclass(frozen=True, slots=True)
class PropertyStep:
    """A structural property."""

    property: Property
    type: EdmType


@dataclass(frozen=True, slots=True)
class DynamicStep:
    """A property of an open type that the model does not name; it may turn out not to exist."""

    name: str
    type: EdmType | None = None


@dataclass(frozen=True, slots=True)
class NavigationStep:
    """A navigation property. `entity_set` is where it leads to, None where that is not said."""

    navigation: Navigation
    type: EdmType
    entity_set: EntitySet | None = None


@dataclass(frozen=True, slots=True)
class TypeStep:
    """A cast to a derived type (4.11)."""

    type: EdmType


@dataclass(frozen=True, slots=True)
class OperationStep:
    """An operation bound to what stands before it. `arguments` maps declared names to the text of
    a literal or `@alias`; `missing` are the parameters of a function without parentheses, whose
    values are query options of their names (Protocol 11.5.4.1.1). Actions have neither.
    """

    operation: Operation
    arguments: Mapping[str, str]
    missing: tuple[Parameter, ...] = ()
    entity_set: EntitySet | None = None

    @property
    def type(self) -> EdmType | None:
        """What the operation returns."""
        return self.operation.returns


@dataclass(frozen=True, slots=True)
class ImportStep:
    """An unbound operation, called by its import; as OperationStep."""

    imported: OperationImport
    operation: Operation
    arguments: Mapping[str, str]
    missing: tuple[Parameter, ...] = ()
    entity_set: EntitySet | None = None

    @property
    def type(self) -> EdmType | None:
        """What the operation returns."""
        return self.operation.returns


@dataclass(frozen=True, slots=True)
class CountStep:
    """`/$count`."""

    type: EdmType = INT64


@dataclass(frozen=True, slots=True)
class ValueStep:
    """`/$value`: of a primitive property, or the bytes of a media entity (type Edm.Stream)."""

    type: EdmType | None


@dataclass(frozen=True, slots=True)
class RefStep:
    """`/$ref`: references to what stands before it."""

    type: EdmType | None


@dataclass(frozen=True, slots=True)
class FilterStep:
    """`/$filter(…)`: `text` is an expression, or the `@alias` of one (4.12)."""

    text: str
    type: EdmType


@dataclass(frozen=True, slots=True)
class EachStep:
    """`/$each`: each member for itself (4.13); `type` is that of one."""

    type: EdmType


@dataclass(frozen=True, slots=True)
class QueryStep:
    """`/$query`: the options are in the body of a POST (5, Passing Query Options)."""

    type: EdmType | None


Step = (
    ServiceDocument
    | MetadataStep
    | BatchStep
    | AllStep
    | EntityStep
    | CrossjoinStep
    | SetStep
    | SingletonStep
    | KeyStep
    | PropertyStep
    | DynamicStep
    | NavigationStep
    | TypeStep
    | OperationStep
    | ImportStep
    | CountStep
    | ValueStep
    | RefStep
    | FilterStep
    | EachStep
    | QueryStep
)
