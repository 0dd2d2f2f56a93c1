"""Rows to JSON objects: which columns an entity needs, and how their values stand in the payload.

Control information follows JSON Format 4.01, chapter 4: minimal by default, none and full on
request.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from sqlalchemy import ColumnElement

from app.odata.engine.ast import Options, SelectItem
from app.odata.engine.edm import (
    BOOLEAN,
    FLOATS,
    NOTHING,
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
from app.odata.engine.keeping import Tuples
from app.odata.engine.messages import Manner
from app.odata.engine.primitives import to_json
from app.odata.engine.problems import NotSupported
from app.odata.engine.source import Rows

Convert = Callable[[Any], Any]
Values = Sequence[Any]  # of one column
Path = tuple[str, ...]
# Types that a reader infers. Double is not among them, since INF and NaN are strings (JSON, 4.6.3).
PLAIN_IN_JSON = (BOOLEAN, STRING)


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of the statement: where its value goes in the object, and as what. One that is not
    `shown` only tells whether the complex value that it belongs to is null.
    """

    path: Path
    type: EdmType | None
    expression: ColumnElement[Any]
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Leaf:
    """A property without members of its own, at the end of a path."""

    path: Path
    property: Property
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which members of an object are asked for: the structural ones by path, in order; dynamic
    ones and streams, which have no value in the object, by name.
    """

    leaves: tuple[Leaf, ...]
    dynamic: tuple[tuple[str, PrimitiveType], ...]
    streams: tuple[str, ...] = ()


def wanted(
    model: Model,
    kind: Structured,
    options: Options,
    dynamic: Mapping[str, PrimitiveType],
) -> Wanted:
    """What $select leaves of a type's properties: all of them without it."""
    names = selected(options)
    leaves: list[Leaf] = []
    streams: list[str] = []
    for each in model.properties(kind).values():
        if names is not None and each.name not in names:
            continue
        if each.type == STREAM:
            streams.append(each.name)
            continue
        leaves += _leaves(model, each, (), () if names is None else names[each.name])
    extra = tuple(
        (name, type_) for name, type_ in dynamic.items() if names is None or name in names
    )
    return Wanted(tuple(leaves), extra, tuple(streams))


def selected(options: Options) -> dict[str, tuple[Path, ...]] | None:
    """Top-level names of $select with the paths below them; () below: all of it. None: everything.

    Raises NotSupported for nested options other than $select.
    """
    if options.select is None or options.select_all:
        return None
    found: dict[str, tuple[Path, ...]] = {}
    for item in options.select:
        tails = tuple(path[1:] for path in paths_of(item))
        known = found.get(item.name)
        found[item.name] = () if () in tails or known == () else (*(known or ()), *tails)
    return found


def paths_of(item: SelectItem) -> list[Path]:
    """The paths that an item of $select names, its nested $select among them (URL, 5.1.4)."""
    head = (item.name, *item.path)
    nested = item.options
    if nested is None:
        return [head]
    if nested != Options(select=nested.select, select_all=nested.select_all):
        raise NotSupported("Only $select is supported inside of $select", target="$select")
    if nested.select is None or nested.select_all:
        return [head]
    return [(*head, *path) for each in nested.select for path in paths_of(each)]


def _leaves(
    model: Model, member: Property, above: Path, tails: Sequence[Path], shown: bool = True
) -> list[Leaf]:
    """The columns of a property: one, or those of a complex type's members, all of which are needed
    to tell whether it is null.
    """
    path = (*above, member.name)
    if not isinstance(member.type, ComplexType) or member.collection:
        return [Leaf(path, member, shown)]
    found: list[Leaf] = []
    for each in model.properties(member.type).values():
        if each.type != STREAM:
            below = [tail[1:] for tail in tails if tail[0] == each.name]
            deeper = () if () in below else below
            found += _leaves(model, each, path, deeper, shown and (not tails or bool(below)))
    return found


def cells(what: Wanted, rows: Rows) -> list[Cell]:
    """The columns to select for what is wanted."""
    found = [
        Cell(each.path, each.property.type, rows.column("/".join(each.path)), each.shown)
        for each in what.leaves
    ]
    found += [Cell((name,), type_, rows.column(name)) for name, type_ in what.dynamic]
    return found


class Layout:
    """How the values of rows become objects, in one manner: found out once for all rows."""

    def __init__(self, cells_: Sequence[Cell], manner: Manner) -> None:
        self._cells = cells_
        self._flat = all(len(cell.path) == 1 for cell in cells_)
        self._names = tuple(cell.path[0] for cell in cells_)
        writers = ((place, _writer(cell.type, manner)) for place, cell in enumerate(cells_))
        self._writers = tuple((place, write) for place, write in writers if write is not None)

    def objects(self, rows: Tuples, head: Mapping[str, Sequence[Any]] = NOTHING) -> list[Any]:
        """An object per row, members in the order of the cells; further columns are left alone.
        `head` are members in front of them, each with a value for every row.
        """
        if not rows:
            return []
        every: list[Values] = [*zip(*rows, strict=True)]
        columns = every[: len(self._cells)]
        for place, write in self._writers:
            columns[place] = write(columns[place])
        if not self._flat:
            items = [self._nested(values) for values in zip(*columns, strict=True)]
            return items if not head else [*map(_joined, _objects(head), items)]
        if not columns and not head:
            return [{} for _ in rows]
        names = (*head, *self._names)
        columns[:0] = head.values()
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]

    def _nested(self, values: Sequence[Any]) -> dict[str, Any]:
        """An object with complex members. One whose members are all null is null itself."""
        item: dict[str, Any] = {}
        given: set[Path] = set()
        for cell, value in zip(self._cells, values, strict=True):
            if cell.shown:
                place = item
                for name in cell.path[:-1]:
                    place = place.setdefault(name, {})
                place[cell.path[-1]] = value
            if value is not None:
                given.update(cell.path[:length] for length in range(1, len(cell.path)))
        return {name: _or_null(value, (name,), given) for name, value in item.items()}


def _objects(head: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(head, values, strict=True)) for values in zip(*head.values(), strict=True)]


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {**one, **other}


def _writer(
    kind: EdmType | None, manner: Manner
) -> Callable[[Sequence[Any]], Sequence[Any]] | None:
    """How a column of values of a type is written; None: as it is."""
    convert = converter(kind, manner)
    if convert is None:
        return None

    def write(values: Values) -> Values:
        return [None if value is None else convert(value) for value in values]

    if kind not in FLOATS:
        return write
    return lambda values: values if _are_plain_reals(values) else write(values)


def _are_plain_reals(values: Sequence[Any]) -> bool:
    """All of them are numbers that JSON writes as they are; asked of the column as a whole."""
    return set(map(type, values)) == {float} and isfinite(sum(values))


def converter(kind: Any, manner: Manner) -> Convert | None:
    """How a value of a type is written; None: as it is."""
    if isinstance(kind, PrimitiveType | EnumType):
        return to_json(kind, ieee754=manner.format.ieee754)
    return None


def _or_null(value: Any, path: Path, given: set[Path]) -> Any:
    """A value, or null for a complex one without any member that is `given`. Complex types nest as
    deep as the model does, which is a few levels.
    """
    if not isinstance(value, dict):
        return value
    if path not in given:
        return None
    return {name: _or_null(each, (*path, name), given) for name, each in value.items()}


def fragment(kind: EdmType, manner: Manner, *, collection: bool = False) -> str:
    """A type as control information names it: Edm. is left away, and in 4.01 the hash sign of types
    of Edm (JSON, 4.6.3).
    """
    name = kind.qualified.removeprefix("Edm.")
    name = f"Collection({name})" if collection else name
    plain = isinstance(kind, PrimitiveType) and manner.version != "4.0"
    return name if plain else f"#{name}"


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


def shaped(
    paths: Mapping[str, EdmType | None],
    rows: Tuples,
    manner: Manner,
    declared: Collection[str],
) -> list[Any]:
    """Objects of a Shape, whose columns are named by path ("Project/Name"). `declared` are the
    members that $metadata names; the types of others are told with them.
    """
    split = [
        Cell(tuple(path.split("/")), kind, None)  # type: ignore[arg-type]
        for path, kind in paths.items()
    ]
    items = Layout(split, manner).objects(rows)
    notes = {
        path: (f"{path}{manner.prefix}type", fragment(kind, manner))
        for path, kind in paths.items()
        if "/" not in path and path not in declared and kind not in (None, *PLAIN_IN_JSON)
    }
    return items if manner.bare or not notes else [annotated(item, notes) for item in items]


def annotated(item: dict[str, Any], notes: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """An object with annotations in front of the members that have some; null needs none."""
    found: dict[str, Any] = {}
    for name, value in item.items():
        if value is not None and name in notes:
            found[notes[name][0]] = notes[name][1]
        found[name] = value
    return found
