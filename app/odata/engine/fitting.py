"""Which system query options go with which resource (URL Conventions 5; Protocol 11.2)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.odata.engine import addresses as at
from app.odata.engine.edm import (
    STREAM,
    CollectionType,
    ComplexType,
    EdmType,
    EntityType,
)
from app.odata.engine.grammar.options import NAMES
from app.odata.engine.problems import BadRequest, NoSuchResource, NotSupported

ANY: Final = frozenset({"$format", "$schemaversion"})
OF_ONE: Final = ANY | {"$select", "$expand", "$compute"}
PAGED: Final = frozenset({"$top", "$skip", "$count", "$skiptoken", "$deltatoken"})
OF_MANY: Final = OF_ONE | PAGED | {"$filter", "$search", "$orderby", "$apply"}
OF_REFERENCES: Final = ANY | PAGED | {"$filter", "$search", "$orderby"}

TAKEN: Final[Mapping[str, frozenset[str]]] = {
    "document": ANY,
    "value": ANY,
    "reference": ANY,
    "entity": OF_ONE,
    "named entity": OF_ONE | {"$id"},
    "complex value": OF_ONE,
    "collection": OF_MANY,
    "references": OF_REFERENCES,
    # What shapes a page says nothing of a number; clients send it nevertheless (URL, 4.8).
    "count": OF_MANY,
    "all": OF_MANY,
    "values": OF_MANY,
    "combinations": OF_MANY,
}
"""What the standard allows, by kind of resource."""

NOT_DONE: Final[Mapping[str, frozenset[str]]] = {
    "complex value": frozenset({"$expand", "$compute"}),
    "result": frozenset({"$select", "$expand", "$compute"}),
    "all": OF_MANY - ANY - PAGED - {"$search"},
    "values": OF_MANY - ANY - {"$top", "$skip", "$count"},
    "combinations": frozenset({"$expand", "$select", "$search", "$apply", "$compute"}),
    "count": frozenset({"$apply"}),
}
"""What of that is not done."""


def check(pairs: Iterable[tuple[str, str]], steps: Sequence[at.Step]) -> None:
    """Raise BadRequest for options that do not go with the resource, or that are none; NotSupported
    for those that would; NoSuchResource for another version of the schema.
    """
    kind = _kind(steps)
    for name, value in pairs:
        if not name.startswith("$"):
            continue
        if name.removeprefix("$") not in NAMES:
            raise BadRequest(f"{name[:100]} is not a system query option", target=name[:100])
        if name in NOT_DONE.get(kind, ()) or name == "$deltatoken":
            raise NotSupported(f"{name} is not supported here", target=name)
        if name not in TAKEN["complex value" if kind == "result" else kind]:
            raise BadRequest(f"{name} does not go with this resource", target=name)
        if name == "$schemaversion" and value.strip() != "*":
            raise NoSuchResource("The schema has no versions", target=name)


_SPECIAL: Final[Mapping[type, str]] = {
    at.ServiceDocument: "document",
    at.MetadataStep: "document",
    at.EntityStep: "named entity",
    at.AllStep: "all",
    at.CrossjoinStep: "combinations",
    at.CountStep: "count",
    at.ValueStep: "value",
    at.DynamicStep: "value",
}


def _kind(steps: Sequence[at.Step]) -> str:
    first, last = steps[0], steps[-1]
    if type(first) in _SPECIAL:
        return _SPECIAL[type(first)]
    if type(last) in _SPECIAL:
        return _SPECIAL[type(last)]
    if isinstance(last, at.RefStep):
        return "references" if isinstance(last.type, CollectionType) else "reference"
    return _of_type(last.type, called=isinstance(last, at.OperationStep | at.ImportStep))


def _of_type(kind: EdmType | None, *, called: bool) -> str:
    if isinstance(kind, CollectionType):
        return "collection" if isinstance(kind.item, EntityType) else "values"
    if isinstance(kind, EntityType):
        return "entity"
    if isinstance(kind, ComplexType):
        return "result" if called else "complex value"
    return "value"


def is_bytes(step: at.Step) -> bool:
    """The step leads to a stream, whose form is its own."""
    return step.type == STREAM
