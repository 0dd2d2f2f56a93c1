"""How a set is described: property by property, where it is read and what it changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement

from app.access import Viewer
from app.odata.engine.edm import (
    EntityType,
    EnumType,
    Navigation,
    PrimitiveType,
    Property,
)
from app.queries.query import Catalogue

NAMESPACE = "InLoox.PM.Domain.Model.Aggregates.Api"
Column = str | Callable[[Viewer], ColumnElement[Any]]
Values = dict[str, Any]
# A key, a position, a group: what is never null, and yet need not be sent.
FOUND = {"Core.ComputedDefaultValue": True}


@dataclass(frozen=True, slots=True)
class Member:
    """A property of a set. `column` is its name in the catalogue. `change` is the field of the
    commands that it sets; None: read-only. `refers` is the catalogue in which its GUID is looked
    up. `empty` is what null means to the command, `blank` shows "" as null, `adapt` brings a value
    to the command's form.
    """

    property: Property
    column: Column
    change: str | None = None
    refers: Catalogue | None = None
    empty: Any = None
    blank: bool = False
    adapt: Callable[[Any], Any] | None = None


def member(
    name: str,
    kind: PrimitiveType | EnumType,
    column: Column,
    change: str | None = None,
    *,
    nullable: bool = True,
    refers: Catalogue | None = None,
    default: Any = None,
    empty: Any = None,
    blank: bool = False,
    max_length: int | None = None,
    adapt: Callable[[Any], Any] | None = None,
) -> Member:
    """A property and where it comes from; writable when it names a `change`."""
    known = Property(
        name,
        kind,
        nullable=nullable,
        writable=change is not None,
        default=default,
        max_length=max_length,
    )
    return Member(known, column, change, refers, empty, blank, adapt)


@dataclass(frozen=True, slots=True)
class Way:
    """A navigation property, and the link of the catalogue that it follows. `link` and `unlink`
    make commands of two ids, for a collection of pairs.
    """

    navigation: Navigation
    link: str
    add: Callable[[int, int], Any] | None = None
    remove: Callable[[int, int], Any] | None = None


Add = Callable[[Values], Any]
Edit = Callable[[int, Values], Any]
Drop = Callable[[int], Any]
Then = Callable[[int, Values], Any]


@dataclass(frozen=True, eq=False)
class SetSpec:
    """An entity set. `add`, `edit` and `drop` make commands of neutral values and ids; without one,
    the set does not take the method. `then` may make a second command for what was just added.
    `required` are the properties without which nothing can be made; `said_of` names the property
    that an error is about whose field no property changes.
    """

    name: str
    type_name: str
    key: tuple[str, ...]
    catalogue: Catalogue
    members: tuple[Member, ...]
    ways: tuple[Way, ...] = ()
    add: Add | None = None
    edit: Edit | None = None
    drop: Drop | None = None
    then: Then = lambda _, __: None
    required: tuple[str, ...] = ()
    upsert_needs: tuple[str, ...] = ()
    media: bool = False
    open: bool = False
    bindings: Mapping[str, str] = field(default_factory=dict)
    said_of: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Fields of the set's commands -> properties, for errors."""
        changed = {each.change: each.property.name for each in self.members if each.change}
        return {**changed, **self.said_of}

    @cached_property
    def by_name(self) -> dict[str, Member]:
        """Members by the names of their properties."""
        return {each.property.name: each for each in self.members}

    @cached_property
    def is_personal(self) -> bool:
        """Viewers may see different values of one entity."""
        personal = self.catalogue.personal
        return any(callable(each.column) or each.column in personal for each in self.members)

    def entity_type(self) -> EntityType:
        """The entity type of the set."""
        return EntityType(
            NAMESPACE,
            self.type_name,
            self.key,
            tuple(self._declared(each.property) for each in self.members),
            tuple(each.navigation for each in self.ways),
            media=self.media,
            open=self.open,
        )

    def _declared(self, known: Property) -> Property:
        """With the annotation that a value is found for it when a client leaves it out."""
        has_default = known.nullable or known.default is not None
        if has_default or not known.writable or known.name in self.required:
            return known
        return replace(known, annotations=FOUND)


def to_one(name: str, target: str, link: str, *constraints: str, partner: str = "") -> Way:
    """A navigation to one entity; `constraints` are a property here and the target's key."""
    pairs = tuple(zip(constraints[::2], constraints[1::2], strict=True))
    way = Navigation(name, f"{NAMESPACE}.{target}", partner=partner or None, constraints=pairs)
    return Way(way, link)


def to_many(name: str, target: str, link: str, *, partner: str = "") -> Way:
    """A navigation to a collection."""
    way = Navigation(name, f"{NAMESPACE}.{target}", collection=True, partner=partner or None)
    return Way(way, link)


def pairs(
    name: str,
    target: str,
    link: str,
    add: Callable[[int, int], Any],
    remove: Callable[[int, int], Any],
    *,
    partner: str = "",
) -> Way:
    """A navigation to a collection whose references can be added and removed."""
    way = Navigation(
        name, f"{NAMESPACE}.{target}", collection=True, partner=partner or None, linkable=True
    )
    return Way(way, link, add, remove)
