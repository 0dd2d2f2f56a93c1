"""$expand: related entities inside of an answer (URL Conventions 5.1.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.odata.engine.ast import ExpandItem, Options, Shape
from app.odata.engine.edm import STREAM, ComplexType, EntityType, Navigation
from app.odata.engine.grammar import select
from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.clauses import Fields, Read, assemble
from app.odata.engine.grammar.lexer import Cursor, Excerpt, shown, whole
from app.odata.engine.grammar.members import related
from app.odata.engine.grammar.nested import split
from app.odata.engine.grammar.scope import Scope, type_name, type_named
from app.odata.engine.source import Limits

TARGET: Final = "$expand"
MAX: Final = "max"

_LEVELS: Final = re.compile(r"[1-9][0-9]{0,5}|max", re.IGNORECASE)
_OF_COUNT: Final = frozenset(("$filter", "$search"))
_OF_REFERENCES: Final = _OF_COUNT | {"$orderby", "$skip", "$top", "$count"}
_OF_ONE: Final = frozenset(("$select", "$expand", "$compute", "$levels"))
_OF_MANY: Final = _OF_REFERENCES | _OF_ONE


@dataclass(frozen=True, slots=True)
class _Path:
    """The part of an item before its options. `narrow` is a type behind the navigation."""

    navigation: Navigation
    narrow: EntityType | None = None
    references: bool = False
    count: bool = False

    @property
    def allowed(self) -> frozenset[str]:
        """The options that may follow."""
        if self.count:
            return _OF_COUNT
        if self.references:
            return _OF_REFERENCES if self.navigation.collection else frozenset()
        return _OF_MANY if self.navigation.collection else _OF_ONE


def parse(text: str, scope: Scope, limits: Limits) -> tuple[ExpandItem, ...]:
    """The items of $expand. Raises BadRequest, also beyond limits.expand_depth; NotSupported."""
    return _items(whole(text, TARGET), scope, Budget(limits))


def read(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
    """$expand as a field of an Options."""
    return {"expand": _items(excerpt, scope, budget)}


def _items(excerpt: Excerpt, scope: Scope, budget: Budget) -> tuple[ExpandItem, ...]:
    cursor = excerpt.cursor()
    if isinstance(scope.type, Shape):
        raise cursor.unsupported("$expand behind $apply is")
    if not isinstance(scope.type, EntityType):
        raise cursor.unsupported(f"$expand on {type_name(scope.type)} is")
    budget.expand(cursor)
    named: dict[tuple[str, bool], ExpandItem] = {}
    starred: tuple[ExpandItem, ...] = ()
    while True:
        position = cursor.position
        if cursor.kind == "*":
            starred = _star(cursor, scope, budget)
        else:
            item = _item(cursor, scope, budget)
            key = (item.navigation.name, item.only_count)
            if named.setdefault(key, item) is not item:
                raise cursor.wrong(f"{shown(key[0])} is expanded twice", position)
        if not cursor.accept(","):
            break
    cursor.finish()
    budget.contract()
    taken = {name for name, only_count in named if not only_count}
    return (*named.values(), *(each for each in starred if each.navigation.name not in taken))


def _item(cursor: Cursor, scope: Scope, budget: Budget) -> ExpandItem:
    assert isinstance(scope.type, EntityType)
    path = _path(cursor, scope, scope.type)
    target = path.narrow or scope.model.entity_type(path.navigation.target)
    budget.descend(cursor)
    given = _given(cursor, path, budget)
    levels = _levels(given, scope, target, budget)
    budget.spend(cursor, budget.copies * max(levels, 1))
    outside = budget.copies
    budget.copies *= max(levels, 1)
    inner = _inside(scope, path.navigation, target, given)
    options = assemble(given, inner, budget, _NESTED)
    budget.copies = outside
    budget.ascend()
    narrow = None if path.narrow is None else path.narrow.qualified
    return ExpandItem(
        path.navigation,
        options,
        path.references,
        path.count,
        levels,
        narrow,
        _written(given, scope),
    )


def _inside(
    scope: Scope, way: Navigation, target: EntityType, given: Mapping[str, Excerpt]
) -> Scope:
    """What names mean in the options of a navigation."""
    home = None if scope.home is None else scope.model.target_set(scope.home, way.name)
    aliases = {name: each.value for name, each in given.items() if name.startswith("@")}
    return scope.nested(target, home).with_aliases(aliases)


def _path(cursor: Cursor, scope: Scope, kind: EntityType) -> _Path:
    """Casts, then the navigation, then maybe a cast of the target, /$ref or /$count."""
    source = kind
    while True:
        if cursor.kind == "system" and cursor.value.lower() == "$value":
            raise cursor.unsupported("Expanding the stream of a media entity is")
        if cursor.kind == "at":
            raise cursor.unsupported("Expanding annotations is")
        if cursor.kind != "name":
            raise cursor.unexpected("a navigation property")
        way = scope.model.navigations(source).get(cursor.value)
        if way is not None:
            break
        source = _cast(cursor, scope, source)
        cursor.advance()
        cursor.expect("/")
    if source is not kind and way.name in scope.model.navigations(kind):
        raise cursor.unsupported("Expanding for one derived type only is")
    cursor.advance()
    return _suffix(cursor, scope, _Path(way))


def _cast(cursor: Cursor, scope: Scope, kind: EntityType) -> EntityType:
    """The type that the name at the cursor means. Raises for all that cannot be expanded."""
    found = type_named(scope.model, cursor.value)
    known = scope.model.properties(kind).get(cursor.value)
    if known is not None and (known.type == STREAM or isinstance(known.type, ComplexType)):
        raise cursor.unsupported(f"Expanding {known.type.qualified} is")
    if known is not None or not isinstance(found, EntityType):
        name = shown(cursor.value)
        raise cursor.wrong(f"{name} is not a navigation property of {kind.qualified}")
    if not related(scope.model, kind, found):
        raise cursor.wrong(f"{found.qualified} is not derived from {kind.qualified}")
    return found if scope.model.is_a(found, kind) else kind


def _suffix(cursor: Cursor, scope: Scope, path: _Path) -> _Path:
    target = scope.model.entity_type(path.navigation.target)
    while cursor.accept("/"):
        word = cursor.value.lower() if cursor.kind == "system" else ""
        if path.references or path.count:
            raise cursor.unexpected("the end of the path")
        if word == "$count" and not path.navigation.collection:
            raise cursor.wrong(f"{path.navigation.name} is no collection")
        if word in ("$count", "$ref"):
            path = replace(path, count=word == "$count", references=word == "$ref")
        elif cursor.kind == "name" and cursor.value in scope.model.navigations(target):
            name, nested = path.navigation.name, cursor.value
            raise cursor.wrong(f"To expand what is below, write {name}($expand={nested})")
        elif cursor.kind == "name" and path.narrow is None:
            narrow = _cast(cursor, scope, target)
            path = replace(path, narrow=None if narrow == target else narrow)
        else:
            raise cursor.unexpected("a type, $ref or $count")
        cursor.advance()
    return path


def _given(cursor: Cursor, path: _Path, budget: Budget) -> Mapping[str, Excerpt]:
    """The options behind a path, each of them allowed there."""
    if cursor.kind != "(":
        return {}
    position = cursor.position
    given = split(cursor, budget)
    for name in given:
        if name == "$apply":
            raise cursor.unsupported("$apply inside of $expand is", position)
        if not name.startswith("@") and name not in path.allowed:
            where = "one entity" if not path.navigation.collection else "$ref or $count"
            what = "is not an option" if name not in _OF_MANY else f"does not go with {where}"
            raise cursor.wrong(f"{shown(name)} {what} in $expand", position)
    return given


def _levels(given: Mapping[str, Excerpt], scope: Scope, target: EntityType, budget: Budget) -> int:
    """$levels: how often the same navigation is followed; 0 without it."""
    excerpt = given.get("$levels")
    if excerpt is None:
        return 0
    levels = _number_of_levels(excerpt, budget)
    if not related(scope.model, scope.type, target):
        raise excerpt.wrong(f"$levels needs a navigation back to {type_name(scope.type)}")
    return levels


def _number_of_levels(excerpt: Excerpt, budget: Budget) -> int:
    text = excerpt.value.strip()
    if _LEVELS.fullmatch(text) is None:
        raise excerpt.wrong(f"Expected a number from 1 or max, not {shown(text)}")
    if text.lower() == MAX:
        return budget.levels_left
    if int(text) > budget.levels_left:
        limit = budget.limits.expand_depth
        raise excerpt.wrong(f"At most {limit} levels can be expanded")
    return int(text)


def _written(given: Mapping[str, Excerpt], scope: Scope) -> tuple[tuple[str, str], ...]:
    """The options as they were written, with the parameter aliases that they may use."""
    pairs = {name: each.value.strip() for name, each in given.items()}
    if any("@" in value for value in pairs.values()):
        pairs = {**scope.aliases, **pairs}
    return tuple(pairs.items())


def _star(cursor: Cursor, scope: Scope, budget: Budget) -> tuple[ExpandItem, ...]:
    """`*`, `*/$ref` or `*($levels=n)`: every navigation property."""
    cursor.advance()
    references, levels = False, 1
    if cursor.accept("/"):
        if cursor.kind != "system" or cursor.value.lower() != "$ref":
            raise cursor.unexpected("$ref")
        cursor.advance()
        references = True
    elif cursor.kind == "(":
        position = cursor.position
        given = split(cursor, budget)
        if set(given) != {"$levels"}:
            raise cursor.wrong("Only $levels goes with *", position)
        if given["$levels"].value.strip().lower() == MAX:
            raise cursor.unsupported("* with $levels=max is", position)
        levels = _number_of_levels(given["$levels"], budget)
    assert isinstance(scope.type, EntityType)
    return _every(scope, scope.type, references, levels, cursor, budget)


def _every(
    scope: Scope, kind: EntityType, references: bool, levels: int, cursor: Cursor, budget: Budget
) -> tuple[ExpandItem, ...]:
    """An item for each navigation property, with such items inside; as many levels as asked for,
    which are no more than the limit.
    """
    found: list[ExpandItem] = []
    for way in scope.model.navigations(kind).values():
        budget.spend(cursor, budget.copies)
        target = scope.model.entity_type(way.target)
        below: tuple[ExpandItem, ...] = ()
        if levels > 1:
            below = _every(scope, target, references, levels - 1, cursor, budget)
        found.append(ExpandItem(way, Options(expand=below), only_references=references))
    return tuple(found)


_NESTED: Final[Mapping[str, Read]] = {"$select": select.read, "$expand": read}
