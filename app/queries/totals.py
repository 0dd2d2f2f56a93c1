"""How many rows a query has, without counting again what did not change.

A long count is kept list by list. Triggers give a list another epoch whenever one of its tasks
changes (or something on a task, such as its assignees), so the next count looks at those lists
only, whatever the query filters by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.access import Viewer
from app.queries.connection import open_connection
from app.queries.epochs import list_epochs, rights_epoch
from app.queries.query import Query
from app.queries.remembered import Memories
from app.queries.sql import bound_ids
from app.queries.statements import Ask, counted, counted_by_list, counted_in_lists

WORTH = 1_000  # rows; fewer are counted faster than they are looked up
ROOM = 4 * 2**20  # bytes of counts of one store in one process
ITEM = 200  # bytes that the count of one list takes


@dataclass(frozen=True, slots=True)
class _Counts:
    """Counts by list, with the epochs at which they were true."""

    rights: Any
    epochs: Mapping[int, int]
    numbers: Mapping[int, int]


_kept: Memories[_Counts] = Memories(ROOM)


def total_of(
    query: Query, viewer: Viewer, values: Mapping[str, Any], connection: Connection, ask: Ask
) -> int:
    """How many rows the query has for the viewer."""
    if query.catalogue.counted_by is None or query.rooted or open_connection() is not None:
        return int(ask(counted)[0][0])
    kept = _kept.of(connection.engine)
    key = (query, viewer, tuple(values.items()))
    known = kept.get(key)
    if known is None:
        total = int(ask(counted)[0][0])
        if total >= WORTH:
            kept.put(key, _Counts(None, {}, {}), ITEM)
        return total
    counts = _brought_up(known, connection, ask)
    if counts is not known:
        kept.put(key, counts, ITEM * (len(counts.epochs) + 1))
    return sum(counts.numbers.values())


def _brought_up(known: _Counts, connection: Connection, ask: Ask) -> _Counts:
    """The counts as they are now. The epochs are read first, so that none is newer than its
    count.
    """
    rights, epochs = rights_epoch(connection), list_epochs(connection)
    if known.rights != rights:
        return _Counts(rights, epochs, dict(ask(counted_by_list)))
    changed = [each for each, epoch in epochs.items() if known.epochs.get(each) != epoch]
    if not changed:
        return known
    engine = connection.dialect.name
    fresh: dict[int, int] = dict(ask(counted_in_lists(engine), {"ids": bound_ids(engine, changed)}))
    numbers = {**known.numbers, **{each: fresh.get(each, 0) for each in changed}}
    return _Counts(rights, epochs, numbers)
