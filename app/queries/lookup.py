"""A look-up by ids: a SELECT, built once per engine and kind of viewer, and what its rows make."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, literal_column, select

from app.access import NOBODY, Viewer
from app.queries.connection import open_connection
from app.queries.prepared import Kept
from app.queries.remembered import Memories
from app.queries.sql import among_bound, bound_ids, rows_as_json

ROOM = 4 * 2**20  # bytes of names of one store in one process
ITEM = 600  # bytes that a name takes with its key

_names: Memories[tuple[Any, Any]] = Memories(ROOM)

Among = Callable[[Any], ColumnElement[bool]]
Statement = Any  # a select, of whatever row type
Build = Callable[[Among, Viewer], Statement]
Shape = Callable[[Iterable[Any], Viewer], Mapping[int, Any]]


class Lookup:
    """`build` states the SELECT, given the condition "among the ids"; `shape` maps ids to rows.

    `names`: what it finds is the same for everybody and changes only together with the epoch of
    names, so it is remembered as long as that stands.
    """

    def __init__(self, build: Build, shape: Shape, *, names: bool = False) -> None:
        self._build = build
        self._kept = Kept(lambda engine, kind: build(among_bound(engine), kind))
        self._shape = shape
        self.names = names

    def fetch(
        self, connection: Connection, viewer: Viewer, ids: Sequence[int]
    ) -> Mapping[int, Any]:
        """What there is for these ids."""
        values = {"ids": bound_ids(connection.dialect.name, ids)}
        return self._shape(self._kept.rows(connection, viewer, values), viewer)

    def column(self, owner: ColumnElement[int]) -> ColumnElement[str]:
        """What there is for the id in a column of another statement, as a text that `read` reads:
        for one row or a few it costs less than a statement of its own.
        """
        id_of_row: Any = literal_column(f"{owner.table.name}.{owner.name}")
        found = self._build(lambda mine: mine == id_of_row, NOBODY).subquery()
        return select(rows_as_json(*found.c)).scalar_subquery()

    def read(self, viewer: Viewer, texts: Iterable[str | None]) -> Mapping[int, Any]:
        """What `fetch` would have found, from the column's texts."""
        rows = [row for text in texts if text for row in orjson.loads(text)]
        return self._shape(rows, viewer)

    def fetch_names(
        self, connection: Connection, ids: Sequence[int], epoch: Any
    ) -> Mapping[int, Any]:
        """As `fetch`, for names: those that are known are not asked for. `epoch` was read before
        on this connection.
        """
        known = _names.of(connection.engine)
        found = {}
        for each in ids:
            kept = known.get((self, each))
            if kept is not None and kept[0] == epoch:
                found[each] = kept[1]
        missing = [each for each in ids if each not in found]
        if missing:
            fresh = self.fetch(connection, NOBODY, missing)
            found |= fresh
            if open_connection() is None:
                for each, value in fresh.items():
                    known.put((self, each), (epoch, value), ITEM)
        return found


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
