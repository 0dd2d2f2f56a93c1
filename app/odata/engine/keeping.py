"""What a service keeps from one request to the next: statements as they were compiled, and texts of
entities. How is said by the service (`Keeping`); a service without one states everything anew.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import BindParameter, Connection, Select, bindparam, literal
from sqlalchemy.types import TypeEngine

Tuples = Sequence[Sequence[Any]]
Stamps = Sequence[tuple[Any, Any]]  # of entities with a key of one property: its value, the stamp
T = TypeVar("T")


class Statement(Protocol):
    """A SELECT that was compiled. `names` are those of its parameters."""

    names: frozenset[str]

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Tuples:
        """All rows. `values` are those of its parameters; names that it does not have are passed
        over.
        """


class Texts(Protocol):
    """Texts of entities, as far as they are remembered. One holds as long as its entity has the
    stamp, and the store the epoch, with which it was made.
    """

    def known(self, form: str, stamps: Stamps) -> dict[Any, bytes]:
        """Those of the texts in a form, by key, that are known and hold."""

    def put(self, form: str, key: Any, stamp: Any, text: bytes) -> None:
        """Remember a text, or not."""


class Keeping(ABC):
    """How a service keeps things. What is kept is the same for all callers of one kind."""

    @abstractmethod
    def kind(self, caller: Any) -> Any:
        """A caller who stands for all callers whose statements have the same text: hashable, and
        with nothing in him that is one caller's own, which has to come as a parameter.
        """

    @abstractmethod
    def prepared(self, statement: Select[Any], connection: Connection) -> Statement | None:
        """A statement for executions on connections like this one; None where it cannot be kept."""

    def texts(self, connection: Connection) -> Texts | None:
        """The texts that are remembered, those of the store's present epoch. Asked for before what
        is filed under it is read. None: no entity of the service has a stamp.
        """
        return None


@dataclass(frozen=True, slots=True)
class Slot:
    """Stands for a value that each execution of a statement gives by this name. `wide`: an integer,
    whatever the column's size.
    """

    name: str
    wide: bool = False


def parameter(value: Any, kind: TypeEngine[Any]) -> BindParameter[Any]:
    """A value as a parameter; that of a slot comes later."""
    if isinstance(value, Slot):
        return bindparam(value.name, None, kind)
    return literal(value, kind)


def slots(prefix: str, values: Sequence[Any]) -> tuple[Slot, ...]:
    """A slot for each value."""
    return tuple(Slot(f"{prefix}_{number}") for number, _ in enumerate(values))


def filled(prefix: str, values: Sequence[Any]) -> dict[str, Any]:
    """The values of these slots."""
    return {f"{prefix}_{number}": value for number, value in enumerate(values)}


@dataclass(slots=True)
class _Place(Generic[T]):
    """What is known of a key: whether it was asked for, and what was kept."""

    asked: bool = False
    found: T | None = None


class Shelf(Generic[T]):
    """Things by key, made when they are first asked for and kept from the second time on; of more
    than `most` keys those go that were not asked for the longest time.
    """

    def __init__(self, most: int) -> None:
        self._place: Callable[[Hashable], _Place[T]] = lru_cache(most)(lambda _: _Place())

    def get(self, key: Hashable, make: Callable[[bool], tuple[T, bool]]) -> T:
        """The thing. `make` is told whether it was asked for before; it gives the thing, and
        whether it may be kept.
        """
        place = self._place(key)
        if place.found is not None:
            return place.found
        made, lasting = make(place.asked)
        if place.asked and lasting:
            place.found = made
        place.asked = True
        return made
