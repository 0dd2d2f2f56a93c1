"""One request on its way: what was negotiated, its options, and the readings made for it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote_plus

from app.odata.engine import headers
from app.odata.engine.addresses import Step
from app.odata.engine.ast import Options
from app.odata.engine.edm import CollectionType, EdmType
from app.odata.engine.focus import Home
from app.odata.engine.grammar import options as grammar
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.messages import Manner, Request
from app.odata.engine.problems import BadRequest
from app.odata.engine.reading import Reading
from app.odata.engine.source import Service
from app.odata.engine.sql.expressions import Translator
from app.odata.engine.writing import Conditions

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Exchange:
    """What all parts of the engine need of a request."""

    service: Service
    request: Request
    manner: Manner
    steps: tuple[Step, ...]
    pairs: Pairs = field(default=())

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A reading on one snapshot; inside a transaction, on that."""
        caller = self.request.caller
        translator = Translator(self.service, caller, self.service.clock)
        with self.service.reading(caller) as connection:
            yield Reading(self.service, caller, connection, self.manner, translator)

    def options(self, reading: Reading, kind: EdmType | None, home: Home | None) -> Options:
        """The query options, read against the type that they are about."""
        return grammar.read(
            self.pairs,
            self.scope(reading, kind, home),
            model=self.service.model,
            limits=self.service.limits,
        )

    def scope(self, reading: Reading, kind: EdmType | None, home: Home | None) -> Scope:
        """What names mean in expressions about this type."""
        item = kind.item if isinstance(kind, CollectionType) else kind
        dynamic: Mapping[str, Any] = {}
        if home is not None:
            dynamic = reading.source(home).dynamic(reading.caller)
        return Scope(
            model=self.service.model,
            type=item,
            home=home,
            dynamic=dynamic,
            aliases={name: value for name, value in self.pairs if name.startswith("@")},
        )

    @property
    def conditions(self) -> Conditions:
        """If-Match and If-None-Match."""
        asked = self.request.headers
        match, none_match = asked.get("if-match"), asked.get("if-none-match")
        return Conditions(
            headers.etags(match) if match is not None else None,
            headers.etags(none_match) if none_match is not None else None,
        )

    @property
    def purpose(self) -> str:
        """What a page token belongs to: the address and the options that decide its order."""
        loose = ("$skiptoken", "$skip", "$count", "$format")
        kept = [f"{name}={value}" for name, value in self.pairs if name not in loose]
        return "&".join([self.request.path.strip("/").lower(), *sorted(kept)])

    def with_steps(self, steps: tuple[Step, ...]) -> "Exchange":
        """The same request on another address."""
        return replace(self, steps=steps)


def query_pairs(query: str) -> Pairs:
    """The options of a query string, decoded, in order; names with `$` get their usual case.

    Raises BadRequest for bytes that are not UTF-8.
    """
    found = []
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        try:
            found.append((_decoded(name), _decoded(value)))
        except UnicodeDecodeError:
            raise BadRequest("The query string is not UTF-8") from None
    return tuple((_canonical(name), value) for name, value in found)


def _decoded(text: str) -> str:
    plain = unquote_plus(text, errors="strict")
    if "\x00" in plain:
        raise BadRequest("A NUL character is in the query string")
    plain.encode()
    return plain


def _canonical(name: str) -> str:
    """System options in lower case with their `$`, also where the client left it away (4.01)."""
    lowered = name.lower()
    bare = lowered.removeprefix("$")
    return f"${bare}" if bare in grammar.NAMES else name
