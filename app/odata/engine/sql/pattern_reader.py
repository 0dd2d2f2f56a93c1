"""The reader of patterns.py: one pass over a client's pattern, with a limit on everything.

Characters are escaped by number, so that nothing of a client's text means anything else here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.odata.engine.problems import BadRequest

LARGEST: Final = 1000  # atoms, repetitions written out
MOST: Final = 255  # repetitions that PostgreSQL counts
DEEPEST: Final = 20  # groups inside one another

_WORD: Final = ((48, 57), (65, 90), (95, 95), (97, 122))
_DIGIT: Final = ((48, 57),)
_SPACE: Final = (
    (9, 13),
    (32, 32),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
_LINE_ENDS: Final = ((10, 10), (13, 13), (0x2028, 0x2029))
_LAST: Final = 0x10FFFF
Ranges = tuple[tuple[int, int], ...]
_CLASSES: Final[Mapping[str, Ranges]] = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_SYNTAX: Final = "^$\\.*+?()[]{}|/-"
_HEX: Final = {"x": 2, "u": 4}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece in the two dialects, and how many atoms it has, repetitions written out."""

    re2: str
    postgresql: str
    size: int = 1


def _is_one(ranges: Ranges) -> bool:
    """A single character."""
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _sound(ranges: Ranges) -> Ranges:
    return tuple((max(low, 1), high) for low, high in ranges if high)


def _complement(ranges: Ranges) -> Ranges:
    found, start = [], 1  # no text holds the character 0
    for low, high in sorted(ranges):
        if low > start:
            found.append((start, low - 1))
        start = max(start, high + 1)
    return (*found, (start, _LAST)) if start <= _LAST else tuple(found)


def _postgresql_character(code: int) -> str:
    character = chr(code)
    if character.isascii() and character.isalnum():
        return character
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _class(ranges: Ranges, negated: bool = False) -> Part:
    """A bracket expression. Negation is worked out here: both dialects then see plain ranges."""
    chosen = _complement(ranges) if negated else _sound(ranges)
    if not chosen:
        raise BadRequest("A pattern has a class without characters")
    linear = "".join(f"\\x{{{low:X}}}-\\x{{{high:X}}}" for low, high in chosen)
    other = "".join(
        f"{_postgresql_character(low)}-{_postgresql_character(high)}" for low, high in chosen
    )
    return Part(f"[{linear}]", f"[{other}]")


_ANY: Final = _class(_LINE_ENDS, negated=True)
_IN_WORD: Final = _class(_WORD).postgresql
_AT_EDGE: Final = (
    f"(?:(?<={_IN_WORD})(?!{_IN_WORD})|(?<!{_IN_WORD})(?={_IN_WORD}))",
    f"(?:(?<={_IN_WORD})(?={_IN_WORD})|(?<!{_IN_WORD})(?!{_IN_WORD}))",
)
_EDGES: Final = {"b": Part("\\b", _AT_EDGE[0]), "B": Part("\\B", _AT_EDGE[1])}
_ANCHORS: Final = {"^": Part("\\A", "^"), "$": Part("\\z", "$")}


class Reader:
    """One pass over a pattern."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def pattern(self) -> Part:
        """The whole pattern."""
        found = self._alternatives()
        if self._at < len(self._text):
            raise self._wrong("a parenthesis too many")
        return found

    def _wrong(self, what: str) -> BadRequest:
        return BadRequest(f"The pattern has {what} at {self._at}")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _takes(self, token: str) -> bool:
        found = self._text.startswith(token, self._at)
        self._at += len(token) if found else 0
        return found

    def _next(self) -> str:
        if self._at >= len(self._text):
            raise self._wrong("its end too early")
        self._at += 1
        return self._text[self._at - 1]

    def _alternatives(self) -> Part:
        branches = [self._branch()]
        while self._takes("|"):
            branches.append(self._branch())
        size = sum(each.size for each in branches)
        if size > LARGEST:
            raise BadRequest("The pattern is too large with its repetitions written out")
        return Part(
            "|".join(each.re2 for each in branches),
            "|".join(each.postgresql for each in branches),
            size,
        )

    def _branch(self) -> Part:
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated())
        if not parts:  # PostgreSQL takes an empty branch only as a group of nothing
            return Part("(?:)", "(?:)")
        return Part(
            "".join(each.re2 for each in parts),
            "".join(each.postgresql for each in parts),
            sum(each.size for each in parts),
        )

    def _repeated(self) -> Part:
        if self._peek() in _ANCHORS:
            return _ANCHORS[self._next()]
        atom = self._atom()
        if self._peek() not in ("*", "+", "?", "{"):
            return atom
        if atom in _EDGES.values():
            raise self._wrong("a repetition of a word's edge")
        sign, times = self._quantifier()
        self._takes("?")  # lazy or not, the same texts match
        if self._peek() in ("*", "+", "?", "{"):
            raise self._wrong("a repetition of a repetition")
        size = atom.size * times
        if size > LARGEST:
            raise BadRequest("The pattern is too large with its repetitions written out")
        return Part(f"(?:{atom.re2}){sign}", f"(?:{atom.postgresql}){sign}", size)

    def _quantifier(self) -> tuple[str, int]:
        sign = self._next()
        if sign != "{":
            return sign, 1
        low = self._digits()
        high: int | None = low
        if self._takes(","):
            high = None if self._peek() == "}" else self._digits()
        if not self._takes("}") or (high is not None and high < low):
            raise self._wrong("no sound repetition")
        bounds = f"{low}" if high == low else f"{low}," + ("" if high is None else str(high))
        return f"{{{bounds}}}", max(low, high or 1, 1)

    def _digits(self) -> int:
        start = self._at
        while self._peek() in tuple("0123456789"):
            self._at += 1
        digits = self._text[start : self._at]
        if not digits or len(digits) > 4 or int(digits) > MOST:
            raise self._wrong(f"no number up to {MOST}")
        return int(digits)

    def _atom(self) -> Part:
        character = self._next()
        read: Callable[[], Part] | None = {
            "(": self._group,
            "[": self._bracket,
            "\\": self._escape,
            ".": lambda: _ANY,
        }.get(character)
        if read is not None:
            return read()
        if character in "*+?{":
            self._at -= 1
            raise self._wrong("nothing before a repetition")
        return self._single(ord(character))

    def _single(self, code: int) -> Part:
        if code == 0 or 0xD800 <= code <= 0xDFFF or code > _LAST:
            raise self._wrong("a character that no text has")
        return Part(f"\\x{{{code:X}}}", _postgresql_character(code))

    def _group(self) -> Part:
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadRequest(f"The pattern has more than {DEEPEST} groups inside one another")
        if not self._takes("?:") and self._peek() == "?":
            raise self._wrong("a kind of group that is not supported")
        inner = self._alternatives()
        if not self._takes(")"):
            raise self._wrong("a parenthesis too few")
        self._depth -= 1
        return Part(f"(?:{inner.re2})", f"(?:{inner.postgresql})", inner.size)

    def _escape(self) -> Part:
        letter = self._next()
        if letter in _EDGES:
            return _EDGES[letter]
        if letter.lower() in _CLASSES:
            return _class(_CLASSES[letter.lower()], negated=letter.isupper())
        return self._single(self._code(letter))

    def _code(self, letter: str) -> int:
        """The character of an escape, its letter read already."""
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter == "c":
            control = self._next()
            if not (control.isascii() and control.isalpha()):
                raise self._wrong("no control letter")
            return ord(control) & 31
        if letter in _HEX:
            digits = self._text[self._at : self._at + _HEX[letter]]
            if len(digits) < _HEX[letter] or any(
                each not in "0123456789abcdefABCDEF" for each in digits
            ):
                raise self._wrong("no hexadecimal digits")
            self._at += len(digits)
            return int(digits, 16)
        if letter not in _SYNTAX:
            raise self._wrong("an escape that is not supported")
        return ord(letter)

    def _bracket(self) -> Part:
        negated = self._takes("^")
        ranges: Ranges = ()
        while not self._takes("]"):
            low = self._member()
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                high = self._member()
                if not (_is_one(low) and _is_one(high) and low <= high):
                    raise self._wrong("no sound range")
                low = ((low[0][0], high[0][1]),)
            ranges += low
        return _class(ranges, negated)

    def _member(self) -> Ranges:
        """A character of a class, or a class inside of it."""
        character = self._next()
        if character != "\\":
            code = ord(character)
        else:
            letter = self._next()
            if letter.lower() in _CLASSES:
                inner = _CLASSES[letter.lower()]
                return _complement(inner) if letter.isupper() else inner
            code = 8 if letter == "b" else self._code(letter)
        if code:  # 0 is in no text, but begins ranges such as \x00-\x7F
            self._single(code)
        return ((code, code),)
