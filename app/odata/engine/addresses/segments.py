"""The segments of a path: cut at slashes, decoded once, with what stands in parentheses apart.

A slash inside parentheses does not cut, so that clients may leave it unencoded in a quoted key.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from app.odata.engine.problems import BadRequest, TooLong
from app.odata.engine.source import Limits

MAX_SEGMENTS: Final = 32
MAX_SHOWN: Final = 100  # characters of a segment in a message

_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CUT: Final = "\0"  # what an unencoded slash is while the path is decoded
_BOUNDS: Final = re.compile(r"""[()'"]""")
_STOPS: Final = re.compile(rf"[({_CUT}]")
_PARTS: Final = re.compile(r"""[,'"()\[\]{}]""")
_JSON_STRING: Final = re.compile(r'"(?:[^"\\]|\\.?)*+"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Segment:
    """A decoded segment. `text` is all of it, `name` what stands before parentheses, `groups` what
    stands in each pair of them; None where quotes or parentheses do not match.
    """

    text: str
    name: str
    groups: tuple[str, ...] | None = ()

    @property
    def shown(self) -> str:
        """The text as messages quote it."""
        return self.text if len(self.text) <= MAX_SHOWN else f"{self.text[:MAX_SHOWN]}…"


def read_segments(path: str, limits: Limits) -> tuple[Segment, ...]:
    """The segments of a path below the service root, percent-encoded; a slash at either end does
    not count. Raises TooLong beyond `limits.url` characters, BadRequest for what cannot be decoded
    and for too many segments.
    """
    if len(path) > limits.url:
        raise TooLong(f"An address may have {limits.url} characters")
    inner = path.lstrip("/").removesuffix("/")
    if not inner:
        return ()
    pieces = _pieces(_decoded(inner))
    if len(pieces) > MAX_SEGMENTS:
        raise BadRequest(f"An address may have {MAX_SEGMENTS} segments")
    return tuple(_segment(piece.replace(_CUT, "/")) for piece in pieces)


def parts(text: str) -> tuple[str, ...]:
    """What stands between the commas of a parenthesis, trimmed; () for an empty one. Commas inside
    quotes and brackets do not part. Raises BadRequest for quotes that do not match.
    """
    if not text.strip():
        return ()
    found: list[str] = []
    start = place = depth = 0
    while (mark := _PARTS.search(text, place)) is not None:
        place = mark.end()
        if mark[0] in "'\"":
            place = _past_quotes(text, mark.start())
            if not place:
                raise BadRequest("Quotes do not match", position=mark.start())
        elif mark[0] == "," and depth <= 0:
            found.append(text[start : mark.start()].strip())
            start = place
        else:
            depth += {"(": 1, "[": 1, "{": 1, ",": 0}.get(mark[0], -1)
    return (*found, text[start:].strip())


def _decoded(path: str) -> str:
    """The path decoded once, its slashes replaced by NUL. Raises BadRequest."""
    if _BAD_ESCAPE.search(path):
        raise BadRequest("A percent sign is not followed by two hexadecimal digits")
    if _CUT in path or "%00" in path:
        raise BadRequest("A NUL character is in the address")
    try:
        return unquote_to_bytes(path.replace("/", _CUT)).decode()
    except UnicodeError:
        raise BadRequest("The address is not UTF-8") from None


def _pieces(text: str) -> list[str]:
    """The text between the cuts; where a parenthesis never ends, every cut counts."""
    pieces: list[str] = []
    start = place = 0
    while (mark := _STOPS.search(text, place)) is not None:
        place = mark.end()
        if mark[0] == _CUT:
            pieces.append(text[start : mark.start()])
            start = place
            continue
        place = _past_parenthesis(text, mark.start())
        if not place:
            return text.split(_CUT)
    return [*pieces, text[start:]]


def _segment(text: str) -> Segment:
    at = text.find("(")
    if at < 0:
        return Segment(text, text)
    groups: list[str] = []
    place = at
    while place < len(text):
        end = _past_parenthesis(text, place) if text[place] == "(" else 0
        if not end:
            return Segment(text, text[:at], None)
        groups.append(text[place + 1 : end - 1])
        place = end
    return Segment(text, text[:at], tuple(groups))


def _past_parenthesis(text: str, at: int) -> int:
    """The place behind the parenthesis that opens at `at`; 0 where it does not close."""
    depth = 0
    place = at
    while (mark := _BOUNDS.search(text, place)) is not None:
        place = mark.end()
        if mark[0] in "'\"":
            place = _past_quotes(text, mark.start())
            if not place:
                return 0
            continue
        depth += 1 if mark[0] == "(" else -1
        if not depth:
            return place
    return 0


def _past_quotes(text: str, at: int) -> int:
    """The place behind what a quote at `at` opens: a string, or one of JSON; 0 where it does not
    close. A doubled quote is the end of one string and the beginning of another, which does here.
    """
    if text[at] == "'":
        return text.find("'", at + 1) + 1
    match = _JSON_STRING.match(text, at)
    return match.end() if match is not None else 0
