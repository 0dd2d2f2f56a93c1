"""One request on its way: what was negotiated, its options, and the readings made for it."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote_plus

from app.errors import DomainError
from app.odata.engine import headers
from app.odata.engine.addresses import ImportStep, OperationStep, Step
from app.odata.engine.asked_keys import AskedKeys
from app.odata.engine.ast import Options
from app.odata.engine.edm import CollectionType, EdmType
from app.odata.engine.focus import Entities, Entity, Home
from app.odata.engine.following import purpose_of
from app.odata.engine.grammar import options as grammar
from app.odata.engine.grammar.scope import Scope
from app.odata.engine.messages import Manner, Request
from app.odata.engine.pages import Page, page_size
from app.odata.engine.paging import unreadable
from app.odata.engine.plans import Plan, Values, plan_of
from app.odata.engine.preconditions import Conditions
from app.odata.engine.problems import BadRequest
from app.odata.engine.reading import Reading, Stating
from app.odata.engine.source import Given, Service
from app.odata.engine.sql.expressions import Translator
from app.odata.engine.tokens import read as token_read

Pairs = tuple[tuple[str, str], ...]
UNREAD: Final = object()
REMEMBERED = 256  # query strings that were taken apart


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was read of a changing request's body before its transaction began: all of it as JSON,
    the parameters of an action, or what it gives of an entity. An error is what is wrong with it;
    None, or UNREAD: it is to be read in the transaction.
    """

    body: Any = UNREAD
    arguments: Mapping[str, Any] | DomainError | None = None
    entity: Given | None = None


@dataclass(frozen=True)
class Exchange:
    """What all parts of the engine need of a request. `pairs` are the query options, decoded, in
    their order; system options by their usual names ("$top"). `ahead` is what was read of the body
    before the transaction.
    """

    service: Service
    request: Request
    manner: Manner
    steps: tuple[Step, ...]
    pairs: Pairs = field(default=())
    ahead: Ahead = Ahead()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A reading on one snapshot; inside a transaction, on that."""
        caller = self.request.caller
        translator = Translator(self.service, caller, self.service.clock)
        with self.service.reading(caller) as connection:
            yield Reading(self.service, caller, translator, connection, self.manner)

    def plan(self, reading: Reading, focus: Entities | Entity) -> tuple[Plan, Values]:
        """How what the address leads to is read with the query options, and the parameters."""
        many = isinstance(focus, Entities)
        kind = CollectionType(focus.type) if many else focus.type
        keys = AskedKeys(tuple(each for each in self.system if each[0] != "$skiptoken"))

        def options(stating: Stating) -> Options:
            return keys.slotted(self.options(stating, kind, focus.home))

        plan, given = plan_of(reading, focus, keys.asked, options)
        return plan, {**given, **keys.given}

    def page(self, reading: Reading, options: Options) -> Page:
        """How much to read for the options of a list. Raises BadRequest for a token of another
        list.
        """
        size = page_size(reading, options)
        token = next((value for name, value in self.pairs if name == "$skiptoken"), None)
        if token is None:
            return Page(size, options.top, options.skip)
        position = token_read(token, self.purpose)
        if (position.left is None) != (options.top is None):
            raise unreadable()
        return Page(size, position.left, 0, position)

    def options(self, reading: Stating, kind: EdmType | None, home: Home | None) -> Options:
        """The query options, read against the type that they are about."""
        return grammar.read(
            self.system,
            self.scope(reading, kind, home),
            model=self.service.model,
            limits=self.service.limits,
        )

    def plain_options(self) -> Options:
        """The query options where none of them is about properties."""
        scope = Scope(model=self.service.model)
        return grammar.read(
            self.system, scope, model=self.service.model, limits=self.service.limits
        )

    def scope(self, reading: Stating, kind: EdmType | None, home: Home | None) -> Scope:
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
    def system(self) -> Pairs:
        """The system query options and parameter aliases."""
        return tuple(each for each in self.pairs if each[0][:1] in ("$", "@"))

    @property
    def transforms(self) -> bool:
        """The options make something else of a collection ($apply)."""
        return any(name == "$apply" for name, _ in self.pairs)

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
    def is_read(self) -> bool:
        """The request is one that reads."""
        return self.request.method in ("GET", "HEAD")

    @property
    def purpose(self) -> str:
        """What a page token belongs to."""
        return purpose_of(self.request.path, self.pairs)


@lru_cache(REMEMBERED)
def query_pairs(query: str) -> Pairs:
    """The options of a query string, decoded, in order, by the names that they were given. Raises
    BadRequest for what is not UTF-8.
    """
    parts = (part.partition("=") for part in query.split("&") if part)
    return tuple((_decoded(name), _decoded(value)) for name, _, value in parts)


def canonical(pairs: Pairs, steps: Collection[Step]) -> Pairs:
    """The pairs with system options in lower case and with their `$`, also where the client left it
    away (4.01). The parameters of a function that is called without parentheses keep their names.
    """
    taken = frozenset(
        each.name.lower()
        for step in steps
        if isinstance(step, OperationStep | ImportStep)
        for each in step.missing
    )
    return _spelled(pairs, taken) if pairs else pairs


@lru_cache(REMEMBERED)
def _spelled(pairs: Pairs, taken: frozenset[str]) -> Pairs:
    return tuple((_canonical(name, taken), value) for name, value in pairs)


def _canonical(name: str, taken: Collection[str]) -> str:
    bare = name.lower().removeprefix("$")
    if bare not in grammar.NAMES or name.lower() in taken:
        return name
    return f"${bare}"


def _decoded(text: str) -> str:
    try:
        plain = unquote_plus(text, errors="strict")
        plain.encode()
    except UnicodeError:
        raise BadRequest("The query string is not UTF-8") from None
    if "\x00" in plain:
        raise BadRequest("A NUL character is in the query string")
    return plain
