"""$select: which properties an answer shows (URL Conventions 5.1.3).

Names of operations are taken and ignored, as the standard asks for those that cannot be bound;
names that an open type does not know are left out of the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.odata.engine.ast import NodeType, Options, SelectItem, Shape
from app.odata.engine.edm import CollectionType, ComplexType, EntityType
from app.odata.engine.grammar.budget import Budget
from app.odata.engine.grammar.clauses import Fields, Read, assemble
from app.odata.engine.grammar.lexer import Cursor, Excerpt, shown, whole
from app.odata.engine.grammar.members import is_open, property_type, related
from app.odata.engine.grammar.nested import split
from app.odata.engine.grammar.scope import Scope, is_structured, type_name, type_named
from app.odata.engine.source import Limits

TARGET: Final = "$select"

_OF_OBJECTS: Final = frozenset(("$select", "$compute"))
_OF_COLLECTIONS: Final = frozenset(
    ("$filter", "$search", "$count", "$orderby", "$skip", "$top", *_OF_OBJECTS)
)


@dataclass(frozen=True, slots=True)
class _Step:
    """What a segment means. A cast has no `name`; what is `unseen` is taken but not shown; nothing
    goes on behind a `last` one.
    """

    name: str | None
    type: NodeType
    last: bool = False
    unseen: bool = False


def parse(text: str, scope: Scope, limits: Limits) -> tuple[tuple[SelectItem, ...], bool]:
    """The items of $select, and whether `*` is among them. Raises BadRequest, NotSupported."""
    return _items(whole(text, TARGET), scope, Budget(limits))


def read(excerpt: Excerpt, scope: Scope, budget: Budget) -> Fields:
    """$select as fields of an Options."""
    items, everything = _items(excerpt, scope, budget)
    return {"select": items, "select_all": everything}


def _items(excerpt: Excerpt, scope: Scope, budget: Budget) -> tuple[tuple[SelectItem, ...], bool]:
    cursor, everything = excerpt.cursor(), False
    found: dict[tuple[str, ...], SelectItem] = {}
    while True:
        budget.spend(cursor)
        if cursor.accept("*"):
            everything = True
        elif not cursor.accept("wild"):
            item = _item(cursor, scope, budget)
            if item is not None:
                _add(found, item, cursor)
        if not cursor.accept(","):
            break
    cursor.finish()
    return tuple(found.values()), everything


def _add(found: dict[tuple[str, ...], SelectItem], item: SelectItem, cursor: Cursor) -> None:
    """Items named twice are one; but options may be given in one place only."""
    path = (item.name, *item.path)
    known = found.setdefault(path, item)
    if known is not item and (known.options is not None or item.options is not None):
        raise cursor.wrong(f"{shown('/'.join(path))} is selected twice")


def _item(cursor: Cursor, scope: Scope, budget: Budget) -> SelectItem | None:
    """The item at the cursor; None for one that shows nothing."""
    kind, names = scope.type, list[str]()
    while True:
        step = _segment(cursor, scope, kind, first=not names)
        cursor.advance()
        kind = step.type
        if step.name is not None:
            names.append(step.name)
        if step.last or not cursor.accept("/"):
            break
    if step.name is None and not names:
        raise cursor.unexpected("'/' and a property")
    if step.unseen:
        _skip_parameters(cursor)
        return None
    options = _options(cursor, scope, kind, budget) if cursor.kind == "(" else None
    return SelectItem(names[0], tuple(names[1:]), options)


def _segment(cursor: Cursor, scope: Scope, kind: NodeType, *, first: bool) -> _Step:
    if cursor.kind == "at":
        raise cursor.unsupported("Selecting annotations is")
    if cursor.kind != "name":
        raise cursor.unexpected("a property")
    name = cursor.value
    if first and name in scope.computed:
        return _Step(name, scope.computed[name].type)
    found = None
    if isinstance(kind, Shape):
        found = _of_shape(kind, name)
    elif isinstance(kind, CollectionType):
        found = _of_structured(cursor, scope, kind.item, first)
    else:
        found = _of_structured(cursor, scope, kind, first)
    if found is None and _is_operation(scope, name):
        return _Step(name, None, last=True, unseen=True)
    if found is None:
        raise cursor.wrong(f"{shown(name)} is not a property of {type_name(kind)}")
    return found


def _of_shape(shape: Shape, name: str) -> _Step | None:
    """A column of what $apply made; or the columns below a navigation."""
    for known, kind in shape.properties:
        if known == name:
            return _Step(name, kind)
    below = tuple(
        (path.partition("/")[2], kind)
        for path, kind in shape.paths
        if path.partition("/")[0] == name
    )
    if not below:
        return None
    direct = tuple(each for each in below if "/" not in each[0])
    return _Step(name, Shape(direct, tuple(each for each in below if "/" in each[0])))


def _of_structured(cursor: Cursor, scope: Scope, kind: NodeType, first: bool) -> _Step | None:
    if not isinstance(kind, ComplexType | EntityType):
        return None
    name, model = cursor.value, scope.model
    known = model.properties(kind).get(name)
    if known is not None:
        return _Step(name, property_type(known))
    if name in model.navigations(kind):
        return _Step(name, None, last=True)
    cast = type_named(model, name)
    if isinstance(cast, ComplexType | EntityType):
        if not related(model, kind, cast):
            raise cursor.wrong(f"{cast.qualified} is not derived from {kind.qualified}")
        return _Step(None, cast if model.is_a(cast, kind) else kind)
    if is_open(model, kind) and "." not in name:
        return _dynamic(scope, name, first)
    return None


def _dynamic(scope: Scope, name: str, first: bool) -> _Step:
    """A dynamic property. One that no instance has is not shown; it may be there where it is not
    known which ones there are.
    """
    if not first or scope.dynamic is None:
        return _Step(name, None, last=True)
    return _Step(name, scope.dynamic.get(name), last=True, unseen=name not in scope.dynamic)


def _is_operation(scope: Scope, name: str) -> bool:
    """An operation of the model, in any case, with its namespace or in the default one."""
    namespace, _, bare = name.lower().rpartition(".")
    return any(
        each.name.lower() == bare
        and each.namespace.lower() == (namespace or scope.model.default_namespace.lower())
        for each in scope.model.operations
    )


def _skip_parameters(cursor: Cursor) -> None:
    """The names of an overload's parameters, `(a,b)`."""
    if cursor.accept("("):
        while cursor.accept("name"):
            cursor.accept(",")
        cursor.expect(")")


def _options(cursor: Cursor, scope: Scope, kind: NodeType, budget: Budget) -> Options:
    """Options for the value of a property, which has to be a collection or a complex value."""
    position = cursor.position
    item = kind.item if isinstance(kind, CollectionType) else kind
    if isinstance(item, Shape) or not (isinstance(kind, CollectionType) or is_structured(item)):
        raise cursor.wrong("Options are for collections and complex values", position)
    allowed = _OF_COLLECTIONS if isinstance(kind, CollectionType) else _OF_OBJECTS
    if not is_structured(item):
        allowed -= _OF_OBJECTS
    budget.descend(cursor)
    given = split(cursor, budget)
    for name in given:
        if not name.startswith("@") and name not in allowed:
            raise cursor.wrong(f"{shown(name)} is not an option here", position)
    aliases = {name: each.value for name, each in given.items() if name.startswith("@")}
    found = assemble(given, scope.nested(item).with_aliases(aliases), budget, NESTED)
    budget.ascend()
    return found


NESTED: Final[Mapping[str, Read]] = {"$select": read}
