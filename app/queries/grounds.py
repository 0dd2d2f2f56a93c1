"""What an answer about the tasks of some lists stands on. The labels are those that triggers leave
(epochs.py): as long as all of them are the same, so is whatever a viewer can be told of the tasks
in these lists, however often others were written to.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, case, select, union_all

from app.access import NOBODY
from app.models import Epoch, ListEpoch
from app.models.epochs import NAMES, RIGHTS
from app.queries.connection import shared_on
from app.queries.prepared import Kept
from app.queries.sql import among_bound, bound_ids

Labels = frozenset[tuple[int, int]]  # epochs by list; names and rights stand at ids below zero

_GLOBAL = select(case((Epoch.name == NAMES, -1), else_=-2), Epoch.value).where(
    Epoch.name.in_((NAMES, RIGHTS))
)
_LABELS = Kept(
    lambda engine, _: union_all(
        select(ListEpoch.list_id, ListEpoch.value).where(among_bound(engine)(ListEpoch.list_id)),
        _GLOBAL,
    )
)


@dataclass(frozen=True, slots=True)
class Ground:
    """Lists, and their labels as they were before the answer was read; None: nobody looked."""

    lists: frozenset[int]
    labels: Labels | None


def labels_of(connection: Connection, lists: Iterable[int]) -> Labels:
    """The labels of these lists now. Where statements see one state each, what is remembered of the
    state that was looked at before is older than the labels: reads that follow look anew.
    """
    engine = connection.dialect.name
    found = _LABELS.rows(connection, NOBODY, {"ids": bound_ids(engine, sorted(lists))})
    shared = shared_on(connection)
    if shared is not None and engine == "postgresql":
        shared.state = None
    return frozenset(map(tuple, found))


def narrowed(labels: Labels, lists: frozenset[int]) -> Labels:
    """Those of some of the lists."""
    return frozenset(each for each in labels if each[0] < 0 or each[0] in lists)
