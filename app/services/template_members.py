"""Readers of the members of a template's document: JSON in, checked values out.

A reader takes a value and the path at which it stands, and raises Unfit.
"""

import math
import re
from collections.abc import Callable, Collection, Mapping
from datetime import time
from typing import Any

from app.errors import Invalid
from app.services import checks

Reader = Callable[[Any, str], Any]
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?", re.ASCII)


class Unfit(ValueError):
    """A document that is no template: where, and why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path.lstrip('.')}: {reason}" if path else reason)


def text(least: int, most: int) -> Reader:
    """A reader of texts of `least` to `most` characters, of white space alone only if least is
    0.
    """

    def read(value: Any, path: str) -> str:
        if not isinstance(value, str) or len(value.strip()) < least or len(value) > most:
            raise Unfit(path, f"a text of {least} to {most} characters")
        if "\0" in value:
            raise Unfit(path, "NUL cannot be kept")
        return value

    return read


def whole(least: int, most: int) -> Reader:
    """A reader of whole numbers within bounds."""

    def read(value: Any, path: str) -> int:
        if type(value) is not int or not least <= value <= most:
            raise Unfit(path, f"a whole number from {least} to {most}")
        return value

    return read


def number(least: float, most: float) -> Reader:
    """A reader of numbers within bounds."""

    def read(value: Any, path: str) -> float:
        if type(value) not in (int, float) or not least <= value <= most or math.isnan(value):
            raise Unfit(path, f"a number from {least:g} to {most:g}")
        return float(value)

    return read


def flag(value: Any, path: str) -> bool:
    """A truth value."""
    if not isinstance(value, bool):
        raise Unfit(path, "true or false")
    return value


def clock_time(value: Any, path: str) -> time:
    """A time of day, as HH:MM or HH:MM:SS with up to six decimals."""
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise Unfit(path, "a time of day as HH:MM:SS")
    return time.fromisoformat(value)


def html(value: Any, path: str) -> str:
    """HTML, of which only what is safe is kept."""
    try:
        return checks.html(text(0, checks.MAX_TEXT)(value, path))
    except Invalid as error:
        raise Unfit(path, error.message) from None


def choice(index: Reader, words: Collection[str]) -> Reader:
    """A reader of pairs: an index and one of the words."""

    def read(value: Any, path: str) -> tuple[int, str]:
        if not isinstance(value, list) or len(value) != 2 or value[1] not in tuple(words):
            raise Unfit(path, f"an index and one of {', '.join(words)}")
        return index(value[0], path), str(value[1])

    return read


def items(reader: Reader, most: int) -> Reader:
    """A reader of lists of up to `most` items, each read by the reader."""

    def read(value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise Unfit(path, f"a list of up to {most}")
        return tuple(reader(each, f"{path}[{number}]") for number, each in enumerate(value))

    return read


def record(
    make: Callable[..., Any], members: Mapping[str, Reader], needed: Collection[str]
) -> Reader:
    """A reader of objects with these members; null is as good as absent, unless it is needed."""

    def read(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise Unfit(path, "an object")
        said = {name: each for name, each in value.items() if each is not None}
        for name in said:
            if name not in members:
                raise Unfit(f"{path}.{name[:40]}", "unknown member")
        for name in needed:
            if name not in said:
                raise Unfit(f"{path}.{name}", "is missing")
        return make(**{name: members[name](each, f"{path}.{name}") for name, each in said.items()})

    return read
