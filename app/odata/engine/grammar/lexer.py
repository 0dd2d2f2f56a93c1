"""Tokens of expressions and of the other query options, cut one at a time (OData ABNF, 4 to 7)."""

import re
from dataclasses import dataclass
from typing import Final

from app.odata.engine.problems import BadRequest, NotSupported

END: Final = "end"
UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")  # no database takes these in a text
SHOWN: Final = 60  # characters of a client's text that a message repeats

_IDENTIFIER = r"[^\W\d]\w*+"
_QUALIFIED = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*+"
_QUOTED = r"'[^']*+(?:''[^']*+)*+'"
_DAY = r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"

# A plus sign that a client forgot to encode has become a space: nothing else fits before an offset.
_GROUPS: Final = {
    "guid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-])",
    "typed": rf"{_QUALIFIED}{_QUOTED}",
    "wild": rf"{_QUALIFIED}\.\*",
    "name": _QUALIFIED,
    "instant": rf"{_DAY}[Tt]{_CLOCK}(?:[Zz]|[+ -][0-9]{{2}}:[0-9]{{2}})(?![\w:])",
    "date": rf"{_DAY}(?![\w-])",
    "time": rf"{_CLOCK}(?![\w.:])",
    "number": r"[+-]?[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+(?![\w.])|-INF(?!\w)",
    "string": _QUOTED,
    "json": r'"(?:[^"\\]|\\.)*+"',
    "system": rf"\${_IDENTIFIER}",
    "at": rf"@{_QUALIFIED}(?:#{_IDENTIFIER})?",
    "mark": r"[()\[\]{},:;/*=-]",
    "end": r"\Z",
    "bad": r".",
}
_TOKEN: Final = re.compile(
    r"[ \t\r\n]*+(?:" + "|".join(f"(?P<{name}>{each})" for name, each in _GROUPS.items()) + ")",
    re.DOTALL,
)


def shown(text: str) -> str:
    """A client's text as a message repeats it: quoted, and not too long."""
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of an option's text that is an option itself, or the whole of one; not yet read."""

    text: str
    target: str
    start: int
    end: int

    @property
    def value(self) -> str:
        """The part."""
        return self.text[self.start : self.end]

    def cursor(self) -> "Cursor":
        """At its first token. Raises BadRequest where no token begins."""
        return Cursor(self.text, self.target, self.start, self.end)

    def wrong(self, message: str) -> BadRequest:
        """An error of the client, here."""
        return BadRequest(message, target=self.target, position=self.start)


def whole(text: str, target: str) -> Excerpt:
    """All of an option's text. Raises BadRequest for characters that no database can hold."""
    bad = None if text.isascii() and "\x00" not in text else UNSTORABLE.search(text)
    if bad is not None:
        message = "A character in the text is not allowed"
        raise BadRequest(message, target=target, position=bad.start())
    return Excerpt(text, target, 0, len(text))


class Cursor:
    """A place in the text of an option, from `position` to `end`; it knows the token that stands
    there. `kind` is the name of a group above, or the character itself for punctuation.

    Positions count characters from the start of the whole text, also for a part of it (the nested
    options of $expand). `target` names the option in errors.
    """

    __slots__ = ("_next", "end", "kind", "position", "target", "text", "value")

    def __init__(self, text: str, target: str, start: int, end: int) -> None:
        self.text = text
        self.target = target
        self.end = end
        self.kind = ""
        self.value = ""
        self.position = start
        self._next = start
        self.advance()

    def advance(self) -> None:
        """Go to the next token. Raises BadRequest where no token begins."""
        found = _TOKEN.match(self.text, self._next, self.end)
        assert found is not None and found.lastgroup is not None
        kind = found.lastgroup
        value = found[kind]
        self.position = found.start(kind)
        self._next = found.end()
        self.value = value
        self.kind = value if kind == "mark" else kind
        if kind == "bad":
            raise self._unreadable(value)

    def jump(self, position: int) -> None:
        """Go to the token at or behind a position."""
        self._next = position
        self.advance()

    @property
    def follows(self) -> str:
        """The character right behind the token; empty at the end."""
        return self.text[self._next : self._next + 1] if self._next < self.end else ""

    @property
    def token_end(self) -> int:
        """Where the token ends."""
        return self._next

    def is_word(self, word: str) -> bool:
        """The token is this lower-case word, in any case."""
        return self.kind == "name" and self.value.lower() == word

    def accept(self, kind: str) -> bool:
        """Go on if the token is of this kind."""
        if self.kind != kind:
            return False
        self.advance()
        return True

    def expect(self, kind: str, what: str | None = None) -> str:
        """Go on behind a token of this kind; gives its text. Raises BadRequest if it is none."""
        if self.kind != kind:
            raise self.unexpected(what or f"'{kind}'")
        value = self.value
        self.advance()
        return value

    def finish(self) -> None:
        """Raises BadRequest unless everything was read."""
        if self.kind != END:
            raise self.unexpected("the end")

    def unexpected(self, expected: str) -> BadRequest:
        """The error that something else than the token was expected."""
        if self.kind == END:
            return self.wrong(f"Expected {expected} where the text ends")
        return self.wrong(f"Expected {expected}, not {shown(self.value)}")

    def wrong(self, message: str, position: int | None = None) -> BadRequest:
        """An error of the client, at the token or at another position."""
        where = self.position if position is None else position
        return BadRequest(message, target=self.target, position=where)

    def unsupported(self, what: str, position: int | None = None) -> NotSupported:
        """The refusal of legal OData that this service does not do."""
        where = self.position if position is None else position
        return NotSupported(f"{what} not supported", target=self.target, position=where)

    def _unreadable(self, value: str) -> BadRequest:
        if value in "'\"":
            return self.wrong(f"The text that begins with {value} does not end")
        if value.isdigit() or value in "+.":
            rest = self.text[self.position : min(self.end, self.position + SHOWN)]
            return self.wrong(f"{shown(rest.split(' ')[0])} is not a number or another literal")
        return self.wrong(f"The character {shown(value)} is not expected here")
