"""The entity data model: frozen descriptions of types, operations and the container (CSDL 4.01).

A model is built once, at import, and never changes. Types refer to each other by object where they
can and by qualified name where a circle is possible (navigation targets, base types). Structured
types, operations and what stands in the container are compared by identity.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from types import MappingProxyType
from typing import Any, Final, TypeVar

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PrimitiveType:
    """A type of the Edm namespace, by its full name."""

    name: str

    @property
    def qualified(self) -> str:
        """The full name."""
        return self.name


BINARY = PrimitiveType("Edm.Binary")
BOOLEAN = PrimitiveType("Edm.Boolean")
BYTE = PrimitiveType("Edm.Byte")
DATE = PrimitiveType("Edm.Date")
DATE_TIME_OFFSET = PrimitiveType("Edm.DateTimeOffset")
DECIMAL = PrimitiveType("Edm.Decimal")
DOUBLE = PrimitiveType("Edm.Double")
DURATION = PrimitiveType("Edm.Duration")
GUID = PrimitiveType("Edm.Guid")
INT16 = PrimitiveType("Edm.Int16")
INT32 = PrimitiveType("Edm.Int32")
INT64 = PrimitiveType("Edm.Int64")
SBYTE = PrimitiveType("Edm.SByte")
SINGLE = PrimitiveType("Edm.Single")
STREAM = PrimitiveType("Edm.Stream")
STRING = PrimitiveType("Edm.String")
TIME_OF_DAY = PrimitiveType("Edm.TimeOfDay")
UNTYPED = PrimitiveType("Edm.Untyped")

PRIMITIVES: Final[Mapping[str, PrimitiveType]] = {
    each.name: each
    for each in (
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
        SBYTE,
        SINGLE,
        STREAM,
        STRING,
        TIME_OF_DAY,
        UNTYPED,
    )
}
INTEGERS: Final = (SBYTE, BYTE, INT16, INT32, INT64)
FLOATS: Final = (SINGLE, DOUBLE)
NUMBERS: Final = (*INTEGERS, DECIMAL, *FLOATS)


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enumeration; its values are stored as integers. `flags` allows combinations."""

    namespace: str
    name: str
    members: tuple[tuple[str, int], ...]
    flags: bool = False

    @property
    def qualified(self) -> str:
        """Namespace and name."""
        return f"{self.namespace}.{self.name}"


@dataclass(frozen=True, slots=True)
class Property:
    """A structural property. `writable` False: ignored on write (read-only). `default` is what a
    create without the property stores, for properties that are not nullable. `collection` makes it
    a collection of `type`. `annotations` are further CSDL annotations, term -> value.
    """

    name: str
    type: "PrimitiveType | EnumType | ComplexType"
    nullable: bool = True
    writable: bool = True
    collection: bool = False
    max_length: int | None = None
    precision: int | None = None
    scale: int | str | None = None
    default: Any = None
    annotations: Mapping[str, Any] = field(default_factory=lambda: NOTHING, hash=False)


@dataclass(frozen=True, slots=True)
class Navigation:
    """A navigation property. `target` is the qualified name of an entity type. `constraints` are
    pairs (property here, key property there): binding the target sets the property here.
    `partner` names the way back; for a collection its constraints tell what a deep insert sets.
    `linkable`: $ref of a collection can be added and removed.
    """

    name: str
    target: str
    collection: bool = False
    nullable: bool = True
    partner: str | None = None
    constraints: tuple[tuple[str, str], ...] = ()
    contained: bool = False
    linkable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ComplexType:
    """A structured type without a key. `base` is a qualified name."""

    namespace: str
    name: str
    properties: tuple[Property, ...] = ()
    navigations: tuple[Navigation, ...] = ()
    base: str | None = None
    abstract: bool = False
    open: bool = False

    @property
    def qualified(self) -> str:
        """Namespace and name."""
        return f"{self.namespace}.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class EntityType:
    """A structured type with a key; a derived one has its base's key. `media` makes its entities
    media entities, whose bytes are at `/$value`.
    """

    namespace: str
    name: str
    key: tuple[str, ...]
    properties: tuple[Property, ...] = ()
    navigations: tuple[Navigation, ...] = ()
    base: str | None = None
    abstract: bool = False
    open: bool = False
    media: bool = False

    @property
    def qualified(self) -> str:
        """Namespace and name."""
        return f"{self.namespace}.{self.name}"


@dataclass(frozen=True, slots=True)
class CollectionType:
    """A collection of items of one type."""

    item: "ItemType"

    @property
    def qualified(self) -> str:
        """As CSDL writes it."""
        return f"Collection({self.item.qualified})"


Structured = ComplexType | EntityType
ItemType = PrimitiveType | EnumType | ComplexType | EntityType
EdmType = ItemType | CollectionType


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation. One with a `default`, or nullable, may be left out."""

    name: str
    type: EdmType
    nullable: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A function or action. `bound_to` is what it is called on; None makes it unbound, to be called
    by its import. `writes` marks a function that changes something: never by HEAD, never kept.
    """

    name: str
    namespace: str
    kind: str  # "action" or "function"
    bound_to: "EdmType | None" = None
    parameters: tuple[Parameter, ...] = ()
    returns: EdmType | None = None
    returns_nullable: bool = True
    composable: bool = False
    writes: bool = False
    set_path: str | None = None

    @property
    def qualified(self) -> str:
        """Namespace and name."""
        return f"{self.namespace}.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class EntitySet:
    """An entity set. `bindings` maps navigation properties to the sets of their targets. The flags
    say what may be done to it; they become capability annotations, and 405 where they are False.
    """

    name: str
    type: EntityType
    bindings: Mapping[str, str] = field(default_factory=lambda: NOTHING, hash=False)
    insertable: bool = True
    updatable: bool = True
    deletable: bool = True
    searchable: bool = True
    annotations: Mapping[str, Any] = field(default_factory=lambda: NOTHING, hash=False)


@dataclass(frozen=True, slots=True, eq=False)
class Singleton:
    """One entity with a name of its own."""

    name: str
    type: EntityType
    bindings: Mapping[str, str] = field(default_factory=lambda: NOTHING, hash=False)
    updatable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class OperationImport:
    """An unbound operation, callable at the root of the service under `name`."""

    name: str
    operation: Operation
    entity_set: str | None = None


Kind = TypeVar("Kind", bound=Structured)
T = TypeVar("T")


def _remembered(find: Callable[[Any, Kind], T]) -> Callable[[Any, Kind], T]:
    """What a model has found out of a type is found out once: neither ever changes."""
    place = f"_{find.__name__}_found"

    def remembered(model: Any, kind: Kind) -> T:
        known: dict[Kind, T] = model.__dict__.setdefault(place, {})
        if kind not in known:
            known[kind] = find(model, kind)
        return known[kind]

    return wraps(find)(remembered)


@dataclass(frozen=True, eq=False)
class Model:
    """All that $metadata says. `default_namespace` is the one whose operations need no prefix."""

    container_namespace: str
    container: str
    entity_types: tuple[EntityType, ...] = ()
    complex_types: tuple[ComplexType, ...] = ()
    enum_types: tuple[EnumType, ...] = ()
    operations: tuple[Operation, ...] = ()
    entity_sets: tuple[EntitySet, ...] = ()
    singletons: tuple[Singleton, ...] = ()
    imports: tuple[OperationImport, ...] = ()
    default_namespace: str = "Default"

    @cached_property
    def types(self) -> Mapping[str, ItemType]:
        """Every type of the model and of Edm by qualified name."""
        ours: Iterable[Any] = (*self.entity_types, *self.complex_types, *self.enum_types)
        return {**PRIMITIVES, **{each.qualified: each for each in ours}}

    @cached_property
    def resources(self) -> Mapping[str, "EntitySet | Singleton | OperationImport"]:
        """What stands at the root of the service, by lower-case name."""
        listed: Iterable[Any] = (*self.entity_sets, *self.singletons, *self.imports)
        return {each.name.lower(): each for each in listed}

    def entity_set(self, name: str) -> EntitySet:
        """The set with exactly this name. Raises KeyError."""
        found = self.resources[name.lower()]
        if not isinstance(found, EntitySet) or found.name != name:
            raise KeyError(name)
        return found

    def entity_type(self, qualified: str) -> EntityType:
        """The entity type of a qualified name. Raises KeyError."""
        found = self.types[qualified]
        if not isinstance(found, EntityType):
            raise KeyError(qualified)
        return found

    @_remembered
    def lineage(self, kind: Structured) -> tuple[Structured, ...]:
        """The type and its bases, the root of the family first."""
        chain: list[Structured] = [kind]
        while (base := chain[0].base) is not None:
            above = self.types[base]
            assert isinstance(above, ComplexType | EntityType)
            chain.insert(0, above)
        return tuple(chain)

    def is_a(self, kind: EdmType, other: EdmType) -> bool:
        """`kind` is `other` or derived from it."""
        if isinstance(kind, ComplexType | EntityType):
            return other in self.lineage(kind)
        return kind == other

    @_remembered
    def derived(self, kind: Structured) -> tuple[Structured, ...]:
        """All types derived from this one, itself excepted."""
        every: tuple[Structured, ...] = (*self.entity_types, *self.complex_types)
        return tuple(each for each in every if each != kind and self.is_a(each, kind))

    @_remembered
    def family(self, kind: Structured) -> tuple[Structured, ...]:
        """The type with its bases and all that are derived from it."""
        return (*self.lineage(kind), *self.derived(kind))

    def properties(self, kind: Structured) -> Mapping[str, Property]:
        """The structural properties of a type, inherited ones first, by name."""
        return self._members(kind)[0]

    def navigations(self, kind: Structured) -> Mapping[str, Navigation]:
        """The navigation properties of a type, inherited ones first, by name."""
        return self._members(kind)[1]

    @_remembered
    def _members(self, kind: Structured) -> tuple[dict[str, Property], dict[str, Navigation]]:
        family = self.lineage(kind)
        return (
            {each.name: each for one in family for each in one.properties},
            {each.name: each for one in family for each in one.navigations},
        )

    def is_media(self, kind: EntityType) -> bool:
        """The entities of a type are media entities."""
        return any(isinstance(each, EntityType) and each.media for each in self.lineage(kind))

    @_remembered
    def key(self, kind: EntityType) -> tuple[Property, ...]:
        """The key properties of an entity type, in their order."""
        root = self.lineage(kind)[0]
        assert isinstance(root, EntityType)
        known = self.properties(kind)
        return tuple(known[name] for name in root.key)

    def bound_operations(self, name: str, bound_to: EdmType) -> tuple[Operation, ...]:
        """Operations of this name (qualified, or bare in the default namespace; any case) that can
        be called on a value of the type.
        """
        namespace, _, bare = name.rpartition(".")
        return tuple(
            each
            for each in self._bound.get(bare.lower(), ())
            if (namespace or self.default_namespace).lower() == each.namespace.lower()
            and self._callable_on(each, bound_to)
        )

    @cached_property
    def _bound(self) -> Mapping[str, tuple[Operation, ...]]:
        found: dict[str, tuple[Operation, ...]] = {}
        for each in self.operations:
            if each.bound_to is not None:
                found[each.name.lower()] = (*found.get(each.name.lower(), ()), each)
        return found

    def _callable_on(self, operation: Operation, kind: EdmType) -> bool:
        wanted = operation.bound_to
        if isinstance(wanted, CollectionType) and isinstance(kind, CollectionType):
            return self.is_a(kind.item, wanted.item)
        if isinstance(wanted, CollectionType) or isinstance(kind, CollectionType):
            return False
        return wanted is not None and self.is_a(kind, wanted)

    def target_set(self, source: EntitySet | Singleton, navigation: str) -> EntitySet | None:
        """The set that a navigation from a set leads to; None when it is not said."""
        name = source.bindings.get(navigation)
        return None if name is None else self.entity_set(name)
