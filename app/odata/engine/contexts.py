"""Context URLs: what an answer is about, as a fragment of $metadata (Protocol, chapter 10)."""

from app.odata.engine.ast import ExpandItem, Options, Shape
from app.odata.engine.edm import EdmType
from app.odata.engine.messages import Manner


def context(manner: Manner, fragment: str = "") -> str:
    """The URL of $metadata with a fragment."""
    base = f"{manner.root}/$metadata"
    return f"{base}#{fragment}" if fragment else base


def of_entities(name: str, options: Options, manner: Manner, *, single: bool = False) -> str:
    """The fragment of entities of a set, with what was selected and expanded of them."""
    listed = select_list(options, manner)
    return f"{name}{listed}/$entity" if single else f"{name}{listed}"


def select_list(options: Options, manner: Manner) -> str:
    """`(Name,Project(Name))`, or "" when all properties are there and nothing is expanded."""
    if options.shape is not None and options.select is None:
        return f"({','.join(_shape_names(options.shape))})"
    named: list[str] = []
    if options.select_all:
        named.append("*")
    elif options.select is not None:
        named += ["/".join((item.name, *item.path)) for item in options.select]
    named += [item.alias for item in options.compute if options.select is None]
    named += [shown for item in options.expand if (shown := _expanded(item, manner))]
    return f"({','.join(dict.fromkeys(named))})" if named else ""


def _expanded(item: ExpandItem, manner: Manner) -> str:
    """An expanded navigation; 4.0 names it only for what is selected of it."""
    if item.only_references or item.only_count:
        return ""
    below = select_list(item.options, manner)
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


def of_type(kind: EdmType) -> str:
    """The fragment of a value that no set holds."""
    return kind.qualified


REFERENCE = "$ref"
REFERENCES = "Collection($ref)"
