"""PUT: what a body leaves out takes its default (Protocol 11.4.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from app.odata.engine.edm import STREAM, ComplexType, EntityType, Model, Property, Structured
from app.odata.engine.problems import BadRequest
from app.odata.engine.source import Given

GENERATED: Final = "Core.ComputedDefaultValue"  # the service finds a value for what is left out


def replaced(model: Model, kind: EntityType, given: Given, dynamic: Iterable[str]) -> Given:
    """What is given of an entity, completed. The key stays, and so do properties that say where
    a navigation leads. `dynamic` are the names of dynamic properties that exist. Raises BadRequest
    for what has no default.
    """
    ways = model.navigations(kind).values()
    kept = {mine for way in ways for mine, _ in way.constraints}
    kept |= {each.name for each in model.key(kind)}
    values = _completed(model, kind, given.values, kept)
    return replace(given, values=values, dynamic={**dict.fromkeys(dynamic), **given.dynamic})


def whole(
    model: Model, kind: ComplexType, value: Mapping[str, Any], path: str = ""
) -> dict[str, Any]:
    """A complex value, completed. Raises BadRequest naming what has no default below `path`."""
    return _completed(model, kind, value, set(), path)


def _completed(
    model: Model, kind: Structured, values: Mapping[str, Any], kept: set[str], path: str = ""
) -> dict[str, Any]:
    """Complex types nest as deep as the model does, which is a few levels."""
    found = dict(values)
    for name, each in model.properties(kind).items():
        if name not in values:
            if name not in kept and each.writable and each.type != STREAM:
                found |= _default(each, f"{path}{name}")
        elif isinstance(each.type, ComplexType) and isinstance(values[name], Mapping):
            found[name] = whole(model, each.type, values[name], f"{path}{name}/")
    return found


def _default(known: Property, path: str) -> dict[str, Any]:
    if known.collection:
        return {known.name: []}
    if known.default is not None or known.nullable:
        return {known.name: known.default}
    if GENERATED in known.annotations:
        return {}
    raise BadRequest(f"{path}: a value is needed", target=path)
