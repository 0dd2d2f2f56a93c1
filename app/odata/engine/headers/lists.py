"""Comma lists with parameters, the common form of many headers (RFC 9110, 5.6)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

Parameters = tuple[tuple[str, str], ...]  # names in lower case, values without their quotes

REMEMBERED: Final = 256  # headers that were read: clients send the same ones again and again
MAX_MEMBERS: Final = 100  # of one list, and parameters of one member: those behind do not count

# A quoted string that never ends reaches to the end of the header.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.?)*+"?|[,;=]|[^",;=]++', re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a list: `name`, `name=value` or `name="value"`, with its parameters."""

    name: str
    value: str = ""
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type in lower case ("application/json") with its parameters."""

    name: str
    parameters: Parameters = ()

    def parameter(self, name: str) -> str | None:
        """The value of a parameter, its name in lower case."""
        return dict(self.parameters).get(name)


def members(text: str) -> Iterator[Member]:
    """The members of a comma list, up to MAX_MEMBERS; empty ones are left out."""
    for part in islice(_split(_TOKEN.findall(text), ","), MAX_MEMBERS):
        pieces = islice(_split(part, ";"), MAX_MEMBERS)
        (name, value), *rest = [_pair(piece) for piece in pieces]
        if name:
            parameters = tuple((each.lower(), said) for each, said in rest if each)
            yield Member(name, value, parameters)


def _split(tokens: Sequence[str], separator: str) -> Iterator[list[str]]:
    part: list[str] = []
    for token in tokens:
        if token == separator:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _pair(tokens: list[str]) -> tuple[str, str]:
    if "=" not in tokens:
        return "".join(tokens).strip(), ""
    at = tokens.index("=")
    value = "".join(tokens[at + 1 :]).strip()
    if value.startswith('"'):
        value = _ESCAPE.sub(r"\1", value[1:].removesuffix('"'))
    return "".join(tokens[:at]).strip(), value
