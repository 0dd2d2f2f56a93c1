"""Key predicates: read in every form that clients send, and written in the canonical one (4.3)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from app.odata.engine import primitives
from app.odata.engine.addresses.segments import MAX_SHOWN, parts
from app.odata.engine.edm import (
    BINARY,
    DURATION,
    GUID,
    INTEGERS,
    STRING,
    EntityType,
    EnumType,
    Model,
    Property,
)
from app.odata.engine.primitives import Kind
from app.odata.engine.problems import BadRequest, NoSuchResource
from app.odata.engine.source import Key

# A prefix, the content with its quotes doubled. The content may be anything, line ends too.
_QUOTED: Final = re.compile(r"([A-Za-z_][\w.]*+)?'((?:[^']|'')*+)'")
_NAMED: Final = re.compile(r"([^\W\d]\w*+)\s*=(?!=)\s*(.*)", re.DOTALL)
_BARE: Final = (GUID, *INTEGERS)  # values are in their canonical text, which needs no escapes
_ALIAS: Final = re.compile(r"@[^\W\d]\w*+")


@dataclass(frozen=True, slots=True)
class AliasKey:
    """A key value that stands in the query string under `name` ("@p")."""

    name: str
    property: Property


class KeyReader:
    """Reads keys of one entity type. `known` are key values that the address has given already,
    by property: those of the entity navigated from (4.3.3). `aliases` are the query options by
    name; None where they are not at hand, so that aliases stay AliasKeys.

    `every` are the key properties, `asked` those that the address still has to give; all, where it
    has given all already.
    """

    def __init__(
        self,
        model: Model,
        kind: EntityType,
        known: Mapping[str, Any],
        aliases: Mapping[str, str] | None,
    ) -> None:
        self.every = model.key(kind)
        self.asked = tuple(each for each in self.every if each.name not in known) or self.every
        self._name = kind.name
        self._known = known
        self._aliases = aliases

    def in_parentheses(self, text: str) -> tuple[Any, ...]:
        """The key that a parenthesis gives: named values in any order, or the one value asked for.

        Raises BadRequest for a wrong form, NoSuchResource for a value that no entity can have.
        """
        pieces = parts(text)
        matches = [_NAMED.fullmatch(piece) for piece in pieces]
        named = [(match[1], match[2]) for match in matches if match is not None]
        if not named and len(pieces) == 1 == len(self.asked):
            return self._whole({self.asked[0].name: self._value(self.asked[0], pieces[0])})
        if len(named) != len(pieces):
            raise BadRequest(f"{self._name} has the key {self._form()}", target=text[:MAX_SHOWN])
        return self._named(named)

    def in_segment(self, text: str) -> tuple[Any, ...] | None:
        """The key that a segment `Name=n,ObjectId=guid` gives; None for one of another form."""
        names = {each.name.lower() for each in self.every}
        first = _NAMED.fullmatch(text)
        if first is None or first[1].lower() not in names:
            return None
        matches = [_NAMED.fullmatch(piece) for piece in parts(text)]
        named = [(match[1], match[2]) for match in matches if match is not None]
        if len(named) != len(matches) or not names.issuperset(name.lower() for name, _ in named):
            return None
        return self._named(named)

    def in_segments(self, texts: Sequence[str]) -> tuple[Any, ...]:
        """The key that segments give, one for each property asked for (4.3.6)."""
        pairs = zip(self.asked, texts, strict=True)
        return self._whole({each.name: self._bare(each, text) for each, text in pairs})

    def _named(self, named: Sequence[tuple[str, str]]) -> tuple[Any, ...]:
        every = {each.name.lower(): each for each in self.every}
        given: dict[str, Any] = {}
        for name, text in named:
            each = every.get(name.lower())
            if each is None or each.name in given:
                raise BadRequest(
                    f"{self._name} has the key {self._form()}", target=name[:MAX_SHOWN]
                )
            given[each.name] = self._value(each, text, bare_string=True)
        return self._whole(given)

    def _whole(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values in the order of the key, those already known filled in."""
        whole = {**self._known, **given}
        for each in self.every:
            if each.name not in whole:
                raise BadRequest(f"The key lacks {each.name}", target=each.name)
            if each.name in self._known and whole[each.name] != self._known[each.name]:
                raise NoSuchResource(f"{each.name} is another one there", target=each.name)
        return tuple(whole[each.name] for each in self.every)

    def _value(self, each: Property, text: str, *, bare_string: bool = False) -> Any:
        """A value from a literal. `bare_string`: a string may lack its quotes, as clients write
        `Name=n`.
        """
        if _ALIAS.fullmatch(text):
            return self._alias(each, text)
        if text == "null":
            raise NoSuchResource(f"{each.name} is never null", target=each.name)
        kind = _kind(each)
        match = _QUOTED.fullmatch(text)
        if match is not None and match[1] in _prefixes(kind):
            return self._read(each, match[2].replace("''", "'"))
        if "'" in text or not text or (kind == STRING and not bare_string):
            raise BadRequest(f"{each.name}: {text[:MAX_SHOWN]} is no literal", target=each.name)
        return self._read(each, text)

    def _alias(self, each: Property, name: str) -> Any:
        if self._aliases is None:
            return AliasKey(name, each)
        text = self._aliases.get(name, "null").strip()
        if _ALIAS.fullmatch(text):
            raise BadRequest("An alias stands for another alias", target=name[:MAX_SHOWN])
        return self._value(each, text)

    def _bare(self, each: Property, text: str) -> Any:
        """A value that is a segment of its own; quotes around it are taken off."""
        match = _QUOTED.fullmatch(text)
        if match is not None and match[1] in _prefixes(_kind(each)):
            return self._read(each, match[2].replace("''", "'"))
        if text.startswith("'") and _kind(each) != STRING:
            raise BadRequest("Quotes do not match", target=each.name)
        return self._read(each, text)

    def _read(self, each: Property, text: str) -> Any:
        try:
            return primitives.from_text(_kind(each), text)
        except ValueError as error:
            raise NoSuchResource(f"{each.name}: {error}", target=each.name) from None

    def _form(self) -> str:
        names = [each.name for each in self.every]
        return f"({','.join(f'{name}=…' for name in names)})"


def key_text(model: Model, kind: EntityType, key: Key) -> str:
    """The canonical key predicate `(…)` of an entity, percent-encoded: values by themselves for a
    key of one property, with names for others (4.3.1). `key` has the values in key order.
    """
    every = model.key(kind)
    if len(every) == 1 and every[0].type in _BARE:
        return f"({key[0]})"
    literals = [
        quote(primitives.to_literal(_kind(each), value), safe="'")
        for each, value in zip(every, key, strict=True)
    ]
    if len(literals) == 1:
        return f"({literals[0]})"
    named = (f"{each.name}={text}" for each, text in zip(every, literals, strict=True))
    return f"({','.join(named)})"


def _kind(each: Property) -> Kind:
    kind = each.type
    assert isinstance(kind, Kind), f"{each.name} is a key property"
    return kind


def _prefixes(kind: Kind) -> tuple[str | None, ...]:
    """What may stand before the quotes; the content of plain quotes is cast (5.1.1.14.1)."""
    if isinstance(kind, EnumType):
        return (None, kind.qualified)
    return (None, {DURATION: "duration", BINARY: "binary"}.get(kind))
