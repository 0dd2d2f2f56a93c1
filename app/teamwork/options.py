"""Options of a query string: one table row each, which parsing, error messages and /openapi.json
share.

Names match in any case, an option that is not in the table is ignored, an empty one counts as not
given.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import Invalid
from app.teamwork.schemas.inputs import MAX_ID
from app.teamwork.schemas.spellings import boolean, parts, stamp, whole, ymd

MOST_IDS = 500  # they fit into the longest request line that gunicorn takes


@dataclass(frozen=True, slots=True)
class Option:
    """An option: `read` turns its text into a value or raises ValueError; `accepts` says what it
    takes.
    """

    name: str
    read: Callable[[str], Any]
    accepts: str
    default: Any = None
    about: str = ""
    words: tuple[str, ...] = ()


def read_options(options: Iterable[Option], args: Mapping[str, str]) -> dict[str, Any]:
    """The values of the options by name, defaults included. Raises Invalid for all that are
    unreadable.
    """
    sent = {name.lower(): text for name, text in reversed(list(args.items()))}
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for option in options:
        text = sent.get(option.name.lower(), "").strip()
        if not text:
            values[option.name] = option.default
            continue
        try:
            if "\x00" in text:
                raise ValueError
            values[option.name] = option.read(text)
        except (ValueError, OverflowError):
            wrong[option.name] = f"cannot be read; accepted: {option.accepts}"
    if wrong:
        raise Invalid(wrong)
    return values


def flag(name: str, default: bool | None, about: str) -> Option:
    """A boolean option."""
    return Option(name, boolean, "yes, no, true, false, 1, 0", default, about)


def number(name: str, default: int, about: str) -> Option:
    """A whole number from 1."""

    def read(text: str) -> int:
        value = whole(text)
        if value < 1:
            raise ValueError
        return value

    return Option(name, read, "a whole number from 1", default, about)


def day(name: str, about: str) -> Option:
    """A day as YYYYMMDD."""
    return Option(name, ymd, "a day as YYYYMMDD", None, about)


def instant(name: str, about: str) -> Option:
    """An instant as YYYYMMDDHHMMSS, UTC."""
    return Option(name, stamp, "an instant as YYYYMMDDHHMMSS", None, about)


def word(name: str, words: Mapping[str, Any], default: Any, about: str) -> Option:
    """One of some words, in any case."""

    def read(text: str) -> Any:
        if text.lower() not in words:
            raise ValueError
        return words[text.lower()]

    return Option(name, read, ", ".join(words), default, about, tuple(words))


def words(name: str, accepted: tuple[str, ...], about: str) -> Option:
    """A comma list of words, in any case."""

    def read(text: str) -> tuple[str, ...]:
        found = tuple(part.strip().lower() for part in parts(text))
        if not set(found) <= set(accepted):
            raise ValueError
        return found

    return Option(name, read, "a comma list of " + ", ".join(accepted), (), about, accepted)


def ids(name: str, about: str, also: tuple[int, ...] = ()) -> Option:
    """A comma list of ids, and of the special numbers in `also`."""

    def read(text: str) -> tuple[int, ...]:
        found = tuple(dict.fromkeys(whole(part) for part in parts(text)))
        if len(found) > MOST_IDS:
            raise ValueError
        if any(not (1 <= each <= MAX_ID or each in also) for each in found):
            raise ValueError
        return found

    special = "".join(f", or {each}" for each in also)
    return Option(name, read, f"a comma list of ids{special}", (), about)


def one_id(name: str, about: str) -> Option:
    """One id, or none."""

    def read(text: str) -> int:
        found = whole(text)
        if not 1 <= found <= MAX_ID:
            raise ValueError
        return found

    return Option(name, read, "an id", None, about)
