"""A look-up by ids: a SELECT, built once per engine and kind of viewer, and what its rows make."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection

from app.access import Viewer
from app.queries.prepared import Kept
from app.queries.sql import among_bound, bound_ids

Among = Callable[[Any], ColumnElement[bool]]
Statement = Any  # a select, of whatever row type
Build = Callable[[Among, Viewer], Statement]
Shape = Callable[[Iterable[Any], Viewer], Mapping[int, Any]]


class Lookup:
    """`build` states the SELECT, given the condition "among the ids"; `shape` maps ids to rows."""

    def __init__(self, build: Build, shape: Shape) -> None:
        self._kept = Kept(lambda engine, kind: build(among_bound(engine), kind))
        self._shape = shape

    def fetch(
        self, connection: Connection, viewer: Viewer, ids: Sequence[int]
    ) -> Mapping[int, Any]:
        """What there is for these ids."""
        values = {"ids": bound_ids(connection.dialect.name, ids)}
        return self._shape(self._kept.rows(connection, viewer, values), viewer)


def keyed(make: Any) -> Shape:
    """One value an id; rows begin with the id, which is part of the value."""
    return lambda rows, _: {row[0]: make._make(row) for row in rows}


def listed(make: Any) -> Shape:
    """A tuple of values an id, in the order of the rows, which begin with the id of the owner."""

    def shape(rows: Iterable[Any], _: Viewer) -> Mapping[int, tuple[Any, ...]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            found[row[0]].append(make._make(row[1:]))
        return {owner: tuple(values) for owner, values in found.items()}

    return shape
