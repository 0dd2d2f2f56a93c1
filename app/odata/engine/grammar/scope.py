"""What the names in an expression mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from app.odata.engine.ast import NodeType, Shape, Variable
from app.odata.engine.edm import (
    NOTHING,
    ComplexType,
    EntitySet,
    EntityType,
    ItemType,
    Model,
    PrimitiveType,
    Singleton,
)

IT: Final = "$it"
THIS: Final = "$this"


@dataclass(frozen=True, slots=True)
class Computed:
    """A property that $compute adds. Its use costs as much as its expression: `nodes`, `items` of
    lists, a tree of `height`; so computed properties of computed ones cannot grow without limit.
    """

    type: NodeType
    nodes: int = 1
    items: int = 0
    height: int = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for. `type` is what the instance is whose properties need no prefix: an item
    of the collection for a collection, a Shape after $apply, None where there are only `variables`
    ($crossjoin: one for each set).

    `home` is the set or singleton of the instance. `dynamic` are the dynamic properties of an open
    `type`; None: not known here. `aliases` are parameter aliases with their texts, names with the
    `@`. `outer` is `$it` inside nested options, where unprefixed names belong to `$this`; elsewhere
    both are the same, and called `$it`. `origin` is the structured type that a Shape came from.
    """

    model: Model
    type: NodeType = None
    home: EntitySet | Singleton | None = None
    dynamic: Mapping[str, PrimitiveType] | None = field(default_factory=lambda: NOTHING)
    aliases: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    computed: Mapping[str, Computed] = field(default_factory=lambda: NOTHING)
    variables: Mapping[str, Variable] = field(default_factory=lambda: NOTHING)
    outer: Variable | None = None
    origin: NodeType = None

    def instance(self, position: int) -> Variable:
        """The instance whose properties need no prefix."""
        return Variable(IT if self.outer is None else THIS, self.type, position)

    def it(self, position: int) -> Variable:
        """`$it`: the instance that the resource path leads to (URL Conventions 5.1.1.14.4)."""
        return self.instance(position) if self.outer is None else self.outer

    def with_variable(self, name: str, type_: NodeType) -> "Scope":
        """Inside a lambda."""
        return replace(self, variables={**self.variables, name: Variable(name, type_)})

    def with_computed(self, name: str, computed: Computed) -> "Scope":
        """Behind `… as name`."""
        return replace(self, computed={**self.computed, name: computed})

    def with_aliases(self, aliases: Mapping[str, str]) -> "Scope":
        """With more parameter aliases."""
        return replace(self, aliases={**self.aliases, **aliases}) if aliases else self

    def nested(self, type_: NodeType, home: EntitySet | Singleton | None = None) -> "Scope":
        """Inside the options of a property: unprefixed names belong to an item of its value."""
        return Scope(
            model=self.model,
            type=type_,
            home=home,
            dynamic=None,
            aliases=self.aliases,
            variables=self.variables,
            outer=self.it(0),
        )

    def shaped(self, shape: Shape) -> "Scope":
        """Behind a transformation that made instances of another structure."""
        origin = self.origin if isinstance(self.type, Shape) else self.type
        return replace(self, type=shape, origin=origin, computed={}, dynamic={})


def type_named(model: Model, name: str) -> ItemType | None:
    """The type of a qualified name, or of an unqualified one that only one type has (URL
    Conventions 4.11 allows leaving the namespace away).
    """
    found = model.types.get(name)
    if found is not None or "." in name:
        return found
    mine = [each for each in _own_types(model) if each.name == name]
    return mine[0] if len(mine) == 1 else None


def _own_types(model: Model) -> Iterator[ItemType]:
    yield from model.entity_types
    yield from model.complex_types
    yield from model.enum_types


def type_name(type_: NodeType) -> str:
    """A type as messages name it."""
    if type_ is None:
        return "null"
    return "the result of $apply" if isinstance(type_, Shape) else type_.qualified


def is_structured(type_: NodeType) -> bool:
    """Has properties."""
    return isinstance(type_, ComplexType | EntityType | Shape)
