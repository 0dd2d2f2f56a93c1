"""Where the path of a request has led: a collection of entities, one entity, or a value of one."""

from dataclasses import dataclass
from typing import Any

from app.odata.engine.ast import Node
from app.odata.engine.edm import EntitySet, EntityType, Navigation, Property, Singleton
from app.odata.engine.source import Key

Home = EntitySet | Singleton


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity, of the type that the address says."""

    home: Home
    type: EntityType
    key: Key

    @property
    def name(self) -> str:
        """The set or singleton."""
        return self.home.name


@dataclass(frozen=True, slots=True)
class Origin:
    """A collection is what this navigation of an entity leads to."""

    entity: Entity
    navigation: Navigation


@dataclass(frozen=True, slots=True)
class Entities:
    """A collection of entities of a set: all, those at the end of a navigation (`origin`), those of
    some keys (a function's answer); those of a derived type; those that fulfil path filters.
    """

    home: EntitySet
    type: EntityType
    origin: Origin | None = None
    keys: tuple[Key, ...] | None = None
    filters: tuple[Node, ...] = ()

    @property
    def name(self) -> str:
        """The set."""
        return self.home.name

    @property
    def is_whole(self) -> bool:
        """All entities of the set that are of the type."""
        return self.origin is None and self.keys is None and not self.filters


@dataclass(frozen=True, slots=True)
class Member:
    """A property of an entity, or a path into a complex one. `dynamic`: the model does not name it,
    its type being an open one.
    """

    entity: Entity
    path: tuple[Property, ...]
    dynamic: bool = False

    @property
    def property(self) -> Property:
        """The last step."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Result:
    """What an operation answered, with how it is to be said."""

    value: Any
    type: Any
    status: int


Focus = Entities | Entity | Member | Result
