"""Context URLs: what an answer is about, as a fragment of $metadata (Protocol, chapter 10)."""

from collections.abc import Iterable
from urllib.parse import unquote

from app.odata.engine.ast import ExpandItem, Options, SelectItem, Shape
from app.odata.engine.edm import EntityType, Model, Singleton
from app.odata.engine.focus import Entities, Entity
from app.odata.engine.messages import Manner
from app.odata.engine.rendering import paths_of

REFERENCE = "$ref"
REFERENCES = "Collection($ref)"
ANY_ENTITIES = "Collection(Edm.EntityType)"
ANY_OBJECTS = "Collection(Edm.ComplexType)"


def context(manner: Manner, fragment: str = "") -> str:
    """The URL of $metadata with a fragment, which is not percent-encoded (JSON, 4.6.1)."""
    base = f"{manner.root}/$metadata"
    return f"{base}#{unquote(fragment)}" if fragment else base


def of_entities(model: Model, focus: Entities | Entity, options: Options, manner: Manner) -> str:
    """The fragment of entities, or of one, with what was selected and expanded of them."""
    name = focus.name
    if focus.type != focus.home.type:
        name = f"{name}/{focus.type.qualified}"
    listed = select_list(model, focus.type, options, manner)
    single = isinstance(focus, Entity) and not isinstance(focus.home, Singleton)
    return f"{name}{listed}/$entity" if single else f"{name}{listed}"


def select_list(model: Model, kind: EntityType, options: Options, manner: Manner) -> str:
    """`(Name,Project(Name))`, or "" when all properties are there and nothing is expanded."""
    if options.shape is not None and options.select is None:
        return f"({','.join(_shape_names(options.shape))})"
    named = list(_selected(model, kind, options))
    named += [shown for item in options.expand if (shown := _expanded(model, item, manner))]
    return f"({','.join(dict.fromkeys(named))})" if named else ""


def property_list(items: Iterable[SelectItem]) -> str:
    """What was selected of a complex value, as paths."""
    named = ["/".join(path) for item in items for path in paths_of(item)]
    return f"({','.join(named)})" if named else ""


def _selected(model: Model, kind: EntityType, options: Options) -> Iterable[str]:
    """The names of $select: nested ones as paths, those of derived types with their type."""
    if options.select_all:
        yield "*"
    for item in options.select or ():
        if options.select_all and item.name in model.properties(kind):
            continue
        for path in paths_of(item):
            yield "/".join([*_cast(model, kind, options, item.name), *path])


def _cast(model: Model, kind: EntityType, options: Options, name: str) -> Iterable[str]:
    if name in model.properties(kind) or name in model.navigations(kind):
        return ()
    owners = (each for each in model.derived(kind) if name in model.properties(each))
    return [each.qualified for each in owners][:1]


def _expanded(model: Model, item: ExpandItem, manner: Manner) -> str:
    """An expanded navigation; 4.0 names it only for what is selected of it."""
    if item.only_references or item.only_count:
        return ""
    kind = model.entity_type(item.narrow or item.navigation.target)
    below = select_list(model, kind, item.options, manner)
    name = f"{item.navigation.name}+" if item.levels > 1 else item.navigation.name
    if below:
        return f"{name}{below}"
    return f"{name}()" if manner.version == "4.01" else ""


def _shape_names(shape: Shape) -> list[str]:
    nested: dict[str, list[str]] = {}
    for path, _ in shape.paths:
        head, _, tail = path.partition("/")
        nested.setdefault(head, []).append(tail)
    below = [f"{head}({','.join(tails)})" for head, tails in nested.items()]
    return [name for name, _ in shape.properties] + below
