"""What triggers leave for caches: the epoch of names and rights, and those of the lists."""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Connection, select

from app.access import NOBODY
from app.models import Epoch, ListEpoch
from app.models.epochs import NAMES, RIGHTS
from app.queries.connection import shared_on
from app.queries.prepared import Kept
from app.queries.remembered import Memories

ROOM, ITEM = 1_000, 200  # bytes

_known: Memories[tuple[Hashable, Any]] = Memories(ROOM)
_NAMES = Kept(lambda *_: select(Epoch.value).where(Epoch.name == NAMES))
_RIGHTS = Kept(lambda *_: select(Epoch.value).where(Epoch.name == RIGHTS))
_LISTS = Kept(lambda *_: select(ListEpoch.list_id, ListEpoch.value))


def names_epoch(connection: Connection) -> Any:
    """Another value whenever a name that many rows show changed. It is asked for once in each state
    of the store, where that was read.
    """
    shared = shared_on(connection)
    if shared is None or shared.state is None:
        return _NAMES.rows(connection, NOBODY)
    memory = _known.of(connection.engine)
    known = memory.get(NAMES)
    if known is not None and known[0] == shared.state:
        return known[1]
    epoch = _NAMES.rows(connection, NOBODY)
    memory.put(NAMES, (shared.state, epoch), ITEM)
    return epoch


def rights_epoch(connection: Connection) -> Any:
    """Another value whenever it changed who may see which tasks, but for changes of the tasks."""
    return _RIGHTS.rows(connection, NOBODY)


def list_epochs(connection: Connection) -> dict[int, int]:
    """For each list another value whenever one of its tasks changed. A list without one has not
    been written to since the triggers are there.
    """
    return dict(_LISTS.rows(connection, NOBODY))
