"""Rows to JSON objects: which columns an entity needs, and how their values stand in the payload.

Control information follows JSON Format 4.01, chapter 4: minimal by default, none and full on
request.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.engine import Row

from app.odata.engine.ast import Options, Shape
from app.odata.engine.edm import (
    BOOLEAN,
    DOUBLE,
    STREAM,
    STRING,
    ComplexType,
    EdmType,
    EntityType,
    EnumType,
    Model,
    PrimitiveType,
    Property,
    Structured,
)
from app.odata.engine.messages import Manner
from app.odata.engine.primitives import to_json
from app.odata.engine.source import Rows

Convert = Callable[[Any], Any]
PLAIN_IN_JSON = (BOOLEAN, DOUBLE, STRING)  # types that a reader infers (JSON, 4.6.3)


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of the statement: where its value goes in the object, and as what."""

    path: tuple[str, ...]
    type: EdmType | None
    expression: ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which members of an object are asked for: the structural ones by path, in order."""

    paths: tuple[tuple[tuple[str, ...], Property], ...]
    dynamic: tuple[tuple[str, PrimitiveType], ...]


def wanted(
    model: Model,
    kind: Structured,
    options: Options,
    dynamic: Mapping[str, PrimitiveType],
) -> Wanted:
    """What $select leaves of a type's properties: all of them without it."""
    names = _selected(options)
    paths: list[tuple[tuple[str, ...], Property]] = []
    for each in model.properties(kind).values():
        if names is None or each.name in names:
            tails = () if names is None else names.get(each.name, ())
            paths += _leaves(model, each, (), tails)
    extra = tuple(
        (name, type_) for name, type_ in dynamic.items() if names is None or name in names
    )
    return Wanted(tuple(paths), extra)


def _selected(options: Options) -> dict[str, tuple[tuple[str, ...], ...]] | None:
    """Top-level names of $select with the paths below them; () below: all of it."""
    if options.select is None or options.select_all:
        return None
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for item in options.select:
        tails = [item.path] if item.path else _nested(item.options)
        known = found.get(item.name)
        if not tails or known == ():
            found[item.name] = ()
        else:
            found[item.name] = (*(known or ()), *tails)
    return found


def _nested(options: Options | None) -> list[tuple[str, ...]]:
    if options is None or options.select is None or options.select_all:
        return []
    return [(item.name, *item.path) for item in options.select]


def _leaves(
    model: Model, member: Property, above: tuple[str, ...], tails: Sequence[tuple[str, ...]]
) -> list[tuple[tuple[str, ...], Property]]:
    """The columns of a property: one, or those of a complex type's members."""
    path = (*above, member.name)
    if member.type == STREAM:
        return []
    if not isinstance(member.type, ComplexType) or member.collection:
        return [(path, member)]
    found: list[tuple[tuple[str, ...], Property]] = []
    for each in model.properties(member.type).values():
        below = [tail[1:] for tail in tails if tail and tail[0] == each.name]
        if not tails or below:
            found += _leaves(model, each, path, [tail for tail in below if tail])
    return found


def cells(what: Wanted, rows: Rows) -> list[Cell]:
    """The columns to select for what is wanted."""
    found = [Cell(path, each.type, rows.column("/".join(path))) for path, each in what.paths]
    found += [Cell((name,), type_, rows.column(name)) for name, type_ in what.dynamic]
    return found


def objects(cells_: Sequence[Cell], rows: Sequence[Row[Any]], manner: Manner) -> list[Any]:
    """An object per row, members in the order of the cells; further columns are left alone."""
    columns = [
        _converted(cell.type, [row[index] for row in rows], manner)
        for index, cell in enumerate(cells_)
    ]
    if all(len(cell.path) == 1 for cell in cells_):
        names = [cell.path[0] for cell in cells_]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)] or [
            {} for _ in rows
        ]
    return [_nest(cells_, [column[number] for column in columns]) for number, _ in enumerate(rows)]


def _converted(kind: EdmType | None, values: list[Any], manner: Manner) -> list[Any]:
    convert = converter(kind, manner)
    if convert is None:
        return values
    return [None if value is None else convert(value) for value in values]


def converter(kind: Any, manner: Manner) -> Convert | None:
    """How a value of a type is written; None: as it is."""
    if isinstance(kind, PrimitiveType | EnumType):
        return to_json(kind, ieee754=manner.format.ieee754)
    return None


def _nest(cells_: Sequence[Cell], values: Sequence[Any]) -> dict[str, Any]:
    """An object with complex members. One whose members are all null is null itself."""
    item: dict[str, Any] = {}
    for cell, value in zip(cells_, values, strict=True):
        place = item
        for name in cell.path[:-1]:
            place = place.setdefault(name, {})
        place[cell.path[-1]] = value
    return {name: _or_null(value) for name, value in item.items()}


def _or_null(value: Any) -> Any:
    """Complex types nest as deep as the model does, which is a few levels."""
    if not isinstance(value, dict):
        return value
    below = {name: _or_null(each) for name, each in value.items()}
    return None if all(each is None for each in below.values()) else below


def type_annotations(
    model: Model, kind: Structured, what: Wanted, manner: Manner
) -> dict[str, str]:
    """`Name@odata.type` of what a reader cannot infer, for full metadata."""
    found = {}
    for path, _ in what.paths:
        top = model.properties(kind)[path[0]]
        shown = top.type
        if shown in PLAIN_IN_JSON and not top.collection:
            continue
        found[f"{path[0]}{manner.prefix}type"] = fragment(shown, top.collection)
    for name, type_ in what.dynamic:
        if type_ not in PLAIN_IN_JSON:
            found[f"{name}{manner.prefix}type"] = fragment(type_, False)
    return found


def fragment(kind: EdmType, collection: bool) -> str:
    """A type as control information names it: Edm. is left away (JSON, 4.6.3)."""
    name = kind.qualified.removeprefix("Edm.")
    return f"#Collection({name})" if collection else f"#{name}"


def plain_value(model: Model, kind: EdmType | None, value: Any, manner: Manner) -> Any:
    """A Python value (of an operation's answer) as it stands in JSON. Mappings are objects of a
    complex type: only its members, in its order.
    """
    if value is None:
        return None
    if isinstance(kind, ComplexType | EntityType) and isinstance(value, Mapping):
        known = model.properties(kind)
        return {
            name: plain_value(model, each.type, value.get(name), manner)
            for name, each in known.items()
            if name in value
        }
    convert = converter(kind, manner)
    return value if convert is None else convert(value)


def shaped(paths: Mapping[str, EdmType | None], rows: Sequence[Row[Any]], manner: Manner) -> Any:
    """Objects of a Shape, whose columns are named by path ("Project/Name")."""
    split = [
        Cell(tuple(path.split("/")), kind, None)  # type: ignore[arg-type]
        for path, kind in paths.items()
    ]
    return objects(split, rows, manner)


def shape_paths(shape: Shape) -> dict[str, EdmType | None]:
    """All columns of a Shape, by path, with their types."""
    return {**dict(shape.properties), **dict(shape.paths)}
