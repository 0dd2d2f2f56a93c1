"""What a service gives the engine for each entity set: rows to read, as SQL, and commands to write.

Values in SQL, by Edm type (types.py has the SQLAlchemy types that do this):

| Edm | PostgreSQL | SQLite |
|---|---|---|
| String, Guid | text (a Guid in its canonical lower-case form) | text |
| Boolean | boolean | integer 0, 1 |
| SByte … Int64, enumerations | integer | integer |
| Single, Double | double precision | real |
| Decimal | numeric | text, as Decimal prints it |
| Date | date | text YYYY-MM-DD |
| TimeOfDay | time | text HH:MM:SS.ffffff |
| DateTimeOffset | timestamptz | text YYYY-MM-DDTHH:MM:SS.ffffffZ |
| Duration | bigint, microseconds | integer, microseconds |
| Binary | bytea | blob |
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from sqlalchemy import ColumnElement, Connection, FromClause

from app.odata.engine.edm import EntityType, Model, Operation, PrimitiveType
from app.odata.engine.keeping import Keeping, Shelf

Key = tuple[Any, ...]  # the values of the key properties, in their order
MOST_PLANS = 256  # kept by a service in one process, of some ten KiB each
Caller = Any  # on whose behalf a request acts; the engine only hands it on


class Rows(ABC):
    """One use of a source in one statement: an alias of a table, and expressions over it."""

    table: FromClause

    @abstractmethod
    def column(self, name: str) -> ColumnElement[Any]:
        """The value of a structural property. A member of a complex property has its path:
        "Address/City".
        """

    @abstractmethod
    def visible(self) -> ColumnElement[bool]:
        """The row exists for the caller. Part of every statement that uses the rows."""

    @abstractmethod
    def joined(self, navigation: str, target: "Rows") -> ColumnElement[bool]:
        """`target` is what the navigation leads to from this row (may be an EXISTS over a table of
        pairs).
        """

    def among(self, name: str, values: Sequence[Any]) -> ColumnElement[bool] | None:
        """The property equals one of the values (expressions, none of them null), said so that an
        index serves it; never null itself. None where comparing the column does.
        """
        return None

    def search(self, term: str) -> ColumnElement[bool]:
        """The row holds the word or phrase, in any case."""
        raise NotImplementedError

    def type_name(self) -> ColumnElement[str] | None:
        """The qualified name of the row's own type, where a source holds derived types."""
        return None

    def etag(self) -> ColumnElement[Any] | None:
        """A value that changes with every change of the entity; None: no ETag."""
        return None

    def stamp(self) -> ColumnElement[Any] | None:
        """A value that is another one after every change of what all callers see alike of the
        entity, but for what changes the epoch (keeping.Texts); None: nobody keeps such a value, or
        callers see different things.
        """
        return None

    def order(self) -> Sequence[tuple[ColumnElement[Any], bool]] | None:
        """The order of a list that asks for none, as (expression that is never null, descending);
        None: by key. The key is added behind it.
        """
        return None


@dataclass(frozen=True, slots=True)
class Link:
    """Entities that a body binds or makes below a navigation: `bound` are keys of existing ones,
    `made` the values of new ones (deep insert).
    """

    bound: tuple[Key, ...] = ()
    made: tuple["Given", ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What a body gives: typed values by property name (read-only ones are gone already), dynamic
    ones of an open type in `dynamic`, links by navigation name.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    dynamic: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    type: EntityType | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """Bytes to hand out. `disposition` is a complete Content-Disposition, or None."""

    chunks: Iterable[bytes]
    media_type: str
    length: int | None = None
    disposition: str | None = None
    etag: str | None = None


class Source(ABC):
    """An entity set, or the entity of a singleton, as the engine meets it."""

    type: EntityType
    # `update` looks the entity up before it does anything, and raises NotFound for one that the
    # caller does not see: the engine need not ask before.
    seeks_what_it_updates = False

    @abstractmethod
    def rows(self, name: str, caller: Caller) -> Rows:
        """A new use of the source, its table under this alias."""

    def dynamic(self, caller: Caller) -> Mapping[str, PrimitiveType]:
        """The dynamic properties of an open type that exist now; `Rows.column` knows them."""
        return {}

    def hold(self, key: Key, caller: Caller) -> None:  # noqa: B027 - many stores need nothing
        """Keep an entity, if there is one, in its version until the transaction ends: the version
        is about to be compared with that of the client. Where all writers wait for each other
        there is nothing to do.
        """

    def create(self, given: Given, caller: Caller) -> Key:
        """Make an entity; gives its key. Raises domain errors, which name properties."""
        raise NotImplementedError

    def update(self, key: Key, given: Given, caller: Caller) -> None:
        """Change what is given of an entity that the caller sees."""
        raise NotImplementedError

    def delete(self, key: Key, caller: Caller) -> None:
        """Delete an entity that the caller sees."""
        raise NotImplementedError

    def upsert(self, key: Key, given: Given, caller: Caller) -> Key:
        """Make an entity under a key that the client chose. Raises NoSuchResource where the key
        was used before or the service gives keys itself.
        """
        raise NotImplementedError

    def link(self, key: Key, navigation: str, target: Key, caller: Caller) -> None:
        """Add a reference to a collection that is `linkable`."""
        raise NotImplementedError

    def unlink(self, key: Key, navigation: str, target: Key, caller: Caller) -> None:
        """Remove a reference from a collection that is `linkable`."""
        raise NotImplementedError

    def stream(self, key: Key, name: str | None, caller: Caller) -> Stream | None:
        """The bytes of a media entity (name None) or of a stream property; None: there are none."""
        raise NotImplementedError

    def put_stream(
        self, key: Key, name: str | None, body: IO[bytes], media_type: str, caller: Caller
    ) -> None:
        """Replace these bytes."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Entities:
    """What an operation made, as keys of a set: the engine reads and renders them."""

    entity_set: str
    keys: tuple[Key, ...]


Answer = Entities | Stream | Mapping[str, Any] | Sequence[Any] | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an operation: the key it is bound to (None: a collection, or unbound), and its
    parameters, typed, by their declared names; those left out are absent. One of an entity type is
    a Given. They are not to be changed: the call may be tried again. `root` is the service root as
    the client addressed it.
    """

    key: Key | None
    parameters: Mapping[str, Any]
    caller: Caller
    root: str = ""


@dataclass(frozen=True, slots=True)
class Handler:
    """What runs an operation. `status` is what a success answers: 200, 201 with Location, 204.
    `on_request`: answers 204 unless `Prefer: return=representation` asks for what it made.
    `spelled` may rename members of an action's body before they are matched with the parameters.
    """

    run: Callable[[Call], Answer]
    status: int = 200
    on_request: bool = False
    spelled: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda body: body


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may cost. Lengths in characters."""

    url: int = 8192
    nodes: int = 200
    depth: int = 32
    in_items: int = 1000
    page: int = 100
    max_page: int = 1000
    batch: int = 100
    expand_depth: int = 5
    body: int = 1 << 20


@dataclass(frozen=True, eq=False)
class Service:
    """A model with the sources and handlers behind it.

    `reading(caller)` opens a connection on one snapshot. `atomically(caller, task)` runs a function
    in one write transaction that the commands of sources and handlers join; all or nothing.
    `joined` tells whether one is open that began before the request, as with a change set.
    `keeping` says how statements and texts are kept, `plans` are what was made with it (plans.py).
    """

    model: Model
    sources: Mapping[str, Source]  # by name of entity set or singleton
    handlers: Mapping[Operation, Handler]
    reading: Callable[[Caller], AbstractContextManager[Connection]]
    atomically: Callable[[Caller, Callable[[], Any]], Any]
    clock: Callable[[], datetime]  # the present instant, aware
    joined: Callable[[], bool] = lambda: False
    # Of every statement: values, or functions that are asked where a statement needs the value.
    parameters: Callable[[Caller], Mapping[str, Any]] = lambda _: {}
    spell: Callable[[str], str] = str  # a field of a domain error as the model spells it
    limits: Limits = field(default_factory=Limits)
    keeping: Keeping | None = None
    plans: Shelf[Any] = field(default_factory=lambda: Shelf(MOST_PLANS))
