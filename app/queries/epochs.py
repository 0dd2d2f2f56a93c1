"""What triggers leave for caches: the epoch of names and rights, and those of the lists."""

from typing import Any

from sqlalchemy import Connection, select

from app.access import NOBODY
from app.models import Epoch, ListEpoch
from app.models.epochs import NAMES, RIGHTS
from app.queries.prepared import Kept

_NAMES = Kept(lambda *_: select(Epoch.value).where(Epoch.name == NAMES))
_RIGHTS = Kept(lambda *_: select(Epoch.value).where(Epoch.name == RIGHTS))
_LISTS = Kept(lambda *_: select(ListEpoch.list_id, ListEpoch.value))


def names_epoch(connection: Connection) -> Any:
    """Another value whenever a name that many rows show changed."""
    return _NAMES.rows(connection, NOBODY)


def rights_epoch(connection: Connection) -> Any:
    """Another value whenever it changed who may see which tasks, but for changes of the tasks."""
    return _RIGHTS.rows(connection, NOBODY)


def list_epochs(connection: Connection) -> dict[int, int]:
    """For each list another value whenever one of its tasks changed. A list without one has not
    been written to since the triggers are there.
    """
    return dict(_LISTS.rows(connection, NOBODY))
