"""Functions of strings as SQLite runs them. Positions and lengths are in code points.

Upper and lower case are Unicode's simple mapping, as PostgreSQL's collation pg_c_utf8 has it: each
character by itself, and never more than one for one.
"""

from collections.abc import Callable, Mapping
from typing import Final

WHITE: Final = (  # what trim removes: all that has the property White_Space in Unicode
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
DOTTED_CAPITAL_I: Final = "\u0130"  # its full mapping has two characters, its simple one is i
CAPITAL_SIGMA: Final = "\u03a3"  # its full mapping depends on what is beside it


class _Cases:
    """What str.translate asks for each character."""

    def __init__(self, *mappings: Callable[[str], str], special: Mapping[int, str]) -> None:
        self._mappings = mappings
        self._special = special

    def __getitem__(self, code: int) -> str:
        if code in self._special:
            return self._special[code]
        character = chr(code)
        for mapping in self._mappings:
            mapped = mapping(character)
            if len(mapped) == 1:
                return mapped
        return character


# The title case of a Greek letter with iota is its simple upper case.
_UPPER: Final = _Cases(str.upper, str.title, special={})
_LOWER: Final = _Cases(str.lower, special={ord(DOTTED_CAPITAL_I): "i"})


def lower(text: str) -> str:
    """In lower case."""
    if text.isascii() or not (DOTTED_CAPITAL_I in text or CAPITAL_SIGMA in text):
        return text.lower()
    return text.translate(_LOWER)


def upper(text: str) -> str:
    """In upper case."""
    whole = text.upper()
    return whole if len(whole) == len(text) else text.translate(_UPPER)


def trim(text: str, characters: str) -> str:
    """Without these characters at both ends."""
    return text.strip(characters)


def concat(a: str, b: str) -> str:
    """One behind the other."""
    return a + b


def contains(text: str, part: str) -> bool:
    """The part occurs."""
    return part in text


def starts(text: str, part: str) -> bool:
    """The part is at the beginning."""
    return text.startswith(part)


def ends(text: str, part: str) -> bool:
    """The part is at the end."""
    return text.endswith(part)


def index(text: str, part: str) -> int:
    """Where the part begins first; -1: nowhere."""
    return text.find(part)


def length(text: str) -> int:
    """The number of code points."""
    return len(text)


def rest(text: str, start: int) -> str:
    """From a place on; a negative one counts from the end (URL Conventions 5.1.1.7.7)."""
    return text[max(start, -len(text)) :] if start < 0 else text[start:]


def left(text: str, size: int) -> str:
    """The first characters."""
    return text[: max(size, 0)]
