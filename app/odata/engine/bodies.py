"""JSON bodies read against the model: typed values, links to existing entities, entities to make.

Numbers keep their digits, names are exact, control information that means nothing to us is skipped
(Protocol, 5.1: what a reader does not know it ignores).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.odata.engine.edm import (
    CollectionType,
    ComplexType,
    EdmType,
    EntityType,
    EnumType,
    Model,
    Navigation,
    PrimitiveType,
    Property,
    Structured,
)
from app.odata.engine.primitives import from_json
from app.odata.engine.problems import BadRequest, NotSupported, TooBig
from app.odata.engine.source import Given, Key, Limits, Link

MAX_DEPTH = 32
Resolve = Callable[[str, EntityType], Key]


def load(body: bytes, limits: Limits) -> Any:
    """A body as JSON: numbers with a point as Decimal. An empty one is None.

    Raises TooBig, BadRequest.
    """
    if len(body) > limits.body:
        raise TooBig(f"The body is longer than {limits.body} bytes")
    if not body.strip():
        return None
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_decimal,
        )
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8") from None
    except RecursionError:
        raise BadRequest(f"The body is nested deeper than {MAX_DEPTH}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(f"The body is not JSON: {error.msg} at {where}") from None
    except ValueError:
        raise BadRequest("The body is not JSON: a number is too long") from None
    _check_depth(value)
    return value


def _decimal(text: str) -> Decimal:
    if len(text) > 400:
        raise ValueError(text[:10])
    number = Decimal(text)
    if abs(number.adjusted()) > 400:
        raise ValueError(text[:10])
    return number


def _no_constant(name: str) -> None:
    raise BadRequest(f"The body is not JSON: {name}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise BadRequest(f"{twice[:100]} is given twice", target=twice[:100])
    return found


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        level = [each for each in below if isinstance(each, dict | list)]
        if not level:
            return
    raise BadRequest(f"The body is nested deeper than {MAX_DEPTH}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads bodies for one request. `resolve` finds the key of an entity from its address.

    `creating` decides what null does to a property that is not nullable: it takes its default on a
    create, and is refused otherwise (decision 24).
    """

    model: Model
    resolve: Resolve
    creating: bool
    path: tuple[str, ...] = field(default=())

    def entity(self, value: Any, kind: EntityType) -> Given:
        """An object as what it gives of an entity. Raises BadRequest naming the member at fault."""
        if not isinstance(value, dict):
            raise self._wrong("a JSON object is expected")
        kind = self._own_type(value, kind)
        values: dict[str, Any] = {}
        dynamic: dict[str, Any] = {}
        links: dict[str, Link] = {}
        is_open = any(each.open for each in self.model.lineage(kind))
        for name, member in value.items():
            if "@" in name:
                self._annotation(name, member, kind, values, links)
            elif (known := self.model.properties(kind).get(name)) is not None:
                self._property(known, member, kind, values)
            elif (way := self.model.navigations(kind).get(name)) is not None:
                self._navigation(way, member, values, links)
            elif is_open:
                dynamic[name] = member
            else:
                raise self._unknown(name, kind)
        return Given(values, dynamic, links, kind)

    def _own_type(self, value: Mapping[str, Any], kind: EntityType) -> EntityType:
        named = value.get("@odata.type", value.get("@type"))
        if named is None:
            return kind
        found = self.model.types.get(str(named).removeprefix("#"))
        if not isinstance(found, EntityType) or not self.model.is_a(found, kind):
            raise self._wrong(f"no {kind.qualified}", "@odata.type")
        return found

    def _property(
        self, known: Property, member: Any, kind: EntityType, values: dict[str, Any]
    ) -> None:
        in_key = known.name in {each.name for each in self.model.key(kind)}
        if not known.writable or (in_key and (member is None or not self.creating)):
            return
        if member is None and not known.nullable:
            if self.creating:
                return
            raise self._wrong("null is not allowed", known.name)
        values[known.name] = self.value(known, member)

    def value(self, known: Property, member: Any) -> Any:
        """The value of a property. Raises BadRequest."""
        if member is None:
            return None
        if known.collection:
            if not isinstance(member, list):
                raise self._wrong("a JSON array is expected", known.name)
            return [self._single(known, each) for each in member]
        return self._single(known, member)

    def _single(self, known: Property, member: Any) -> Any:
        if isinstance(known.type, ComplexType):
            return self._within(known.name).complex(member, known.type)
        value = self._primitive(known.type, member, known.name)
        if known.max_length is not None and len(value) > known.max_length:
            raise self._wrong(f"longer than {known.max_length}", known.name)
        if isinstance(value, Decimal):
            self._check_digits(known, value)
        return value

    def _check_digits(self, known: Property, value: Decimal) -> None:
        _, digits, exponent = value.normalize().as_tuple()
        places = max(0, -int(exponent))
        whole = max(0, len(digits) + int(exponent))
        if isinstance(known.scale, int) and places > known.scale:
            raise self._wrong(f"more than {known.scale} decimal places", known.name)
        if known.precision is not None:
            scale = known.scale if isinstance(known.scale, int) else places
            if whole > known.precision - scale:
                raise self._wrong(f"more than {known.precision} digits", known.name)

    def complex(self, value: Any, kind: ComplexType) -> dict[str, Any]:
        """The members of a complex value; those left out are absent."""
        if not isinstance(value, dict):
            raise self._wrong("a JSON object is expected")
        known = self.model.properties(kind)
        found: dict[str, Any] = {}
        for name, member in value.items():
            if "@" in name:
                continue
            if name not in known:
                raise self._unknown(name, kind)
            if member is None and not known[name].nullable:
                raise self._wrong("null is not allowed", name)
            found[name] = self.value(known[name], member)
        return found

    def _primitive(self, kind: PrimitiveType | EnumType, member: Any, *names: str) -> Any:
        try:
            return from_json(kind, member)
        except ValueError as error:
            raise self._wrong(str(error), *names) from None

    def _annotation(
        self,
        name: str,
        member: Any,
        kind: EntityType,
        values: dict[str, Any],
        links: dict[str, Link],
    ) -> None:
        """`Nav@odata.bind` says what to link; other control information says nothing new."""
        target, _, term = name.partition("@")
        if not target or term not in ("odata.bind", "bind"):
            return
        way = self.model.navigations(kind).get(target)
        if way is None:
            raise self._unknown(target, kind)
        urls = member if isinstance(member, list) else [member]
        if way.collection != isinstance(member, list) and member is not None:
            raise self._wrong("one address, or an array for a collection", name)
        if member is None:
            self._unbind(way, values)
            return
        bound = tuple(self._resolved(url, way, name) for url in urls)
        self._link(way, Link(bound=bound), values, links)

    def _resolved(self, url: Any, way: Navigation, name: str) -> Key:
        if not isinstance(url, str):
            raise self._wrong("an address is expected", name)
        return self.resolve(url, self.model.entity_type(way.target))

    def _navigation(
        self, way: Navigation, member: Any, values: dict[str, Any], links: dict[str, Link]
    ) -> None:
        if member is None and not way.collection:
            self._unbind(way, values)
            return
        if way.collection != isinstance(member, list):
            raise self._wrong("an array" if way.collection else "one object", way.name)
        if not self.creating:
            raise NotSupported("Deep updates are not done", target=way.name)
        target = self.model.entity_type(way.target)
        bound: list[Key] = []
        made: list[Given] = []
        for each in member if isinstance(member, list) else [member]:
            url = each.get("@id", each.get("@odata.id")) if isinstance(each, dict) else None
            if url is not None:
                bound.append(self._resolved(url, way, way.name))
            else:
                made.append(self._within(way.name).entity(each, target))
        self._link(way, Link(tuple(bound), tuple(made)), values, links)

    def _link(
        self, way: Navigation, link: Link, values: dict[str, Any], links: dict[str, Link]
    ) -> None:
        """A bound single navigation sets the properties that its constraints name."""
        if link.bound and not way.collection and way.constraints:
            principal = [each.name for each in self.model.key(self.model.entity_type(way.target))]
            for mine, theirs in way.constraints:
                values[mine] = link.bound[0][principal.index(theirs)]
            return
        known = links.get(way.name, Link())
        links[way.name] = Link(known.bound + link.bound, known.made + link.made)

    def _unbind(self, way: Navigation, values: dict[str, Any]) -> None:
        for mine, _ in way.constraints:
            values[mine] = None

    def _within(self, name: str) -> "Reader":
        return Reader(self.model, self.resolve, self.creating, (*self.path, name))

    def _unknown(self, name: str, kind: Structured) -> BadRequest:
        return self._wrong(f"{kind.name} has no such property", name[:100])

    def _wrong(self, message: str, *names: str) -> BadRequest:
        target = "/".join((*self.path, *names)) or None
        return BadRequest(f"{target}: {message}" if target else message, target=target)

    def argument(self, kind: EdmType, member: Any) -> Any:
        """A parameter of an action. Raises BadRequest naming it, and the item of a collection."""
        if isinstance(kind, CollectionType):
            if not isinstance(member, list):
                raise self._wrong("a JSON array is expected")
            return tuple(
                self._within(str(index)).argument(kind.item, each)
                for index, each in enumerate(member)
            )
        if isinstance(kind, EntityType):
            return self.entity(member, kind)
        if isinstance(kind, ComplexType):
            return self.complex(member, kind)
        if member is None:
            raise self._wrong("null is not allowed")
        return self._primitive(kind, member)

    def within(self, name: str) -> "Reader":
        """A reader of what stands under a member."""
        return self._within(name)


def lower_names(value: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Members by the declared spelling of their names; matched in any case. Raises BadRequest for
    one that is not among the names.
    """
    spelled = {name.lower(): name for name in names}
    found: dict[str, Any] = {}
    for name, member in value.items():
        if name.startswith("@"):
            continue
        known = spelled.get(name.lower())
        if known is None:
            raise BadRequest(f"{name[:100]}: no such parameter", target=name[:100])
        if known in found:
            raise BadRequest(f"{known} is given twice", target=known)
        found[known] = member
    return found
