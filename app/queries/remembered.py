"""Bounded memories of a process for what can be made again."""

from collections.abc import Hashable
from typing import Any, ClassVar, Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class Remembered(Generic[T]):
    """Values by key, up to a number of bytes; what was not used for long goes first.

    Two generations: what is used or put is young; when the young ones fill half of the room, they
    become the old ones and the former old ones go. So a hit costs a dictionary's look-up, and
    threads need no lock: at worst one of them puts or loses a value in vain.
    """

    def __init__(self, most_bytes: int) -> None:
        self._half = most_bytes // 2
        self._young: dict[Hashable, tuple[T, int]] = {}
        self._old: dict[Hashable, tuple[T, int]] = {}
        self._size = 0

    def get(self, key: Hashable) -> T | None:
        """The value, or None."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return None
            self.put(key, *found)
        return found[0]

    def put(self, key: Hashable, value: T, size: int) -> None:
        """Remember a value of `size` bytes, in place of an earlier one."""
        if size > self._half:
            return
        replaced = self._young.pop(key, None)
        if replaced is not None:
            self._size -= replaced[1]
        if self._size + size > self._half:
            self._old, self._young, self._size = self._young, {}, 0
        self._young[key] = (value, size)
        self._size += size


class Memories(Generic[T]):
    """A memory for each owner, an application or its engine, which goes away with it."""

    _all: ClassVar[list["Memories[Any]"]] = []

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._of: WeakKeyDictionary[Any, Remembered[T]] = WeakKeyDictionary()
        self._all.append(self)

    def of(self, owner: Any) -> Remembered[T]:
        """The owner's memory."""
        found = self._of.get(owner)
        return self._of.setdefault(owner, Remembered(self._most)) if found is None else found

    @classmethod
    def forget(cls) -> None:
        """Forget everything."""
        for each in cls._all:
            each._of.clear()
