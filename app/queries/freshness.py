"""Whether anything at all changed in the store, told by the database itself for next to nothing.

A state is a label: as long as it is the same, the store holds the same. It must be read before
what is filed under it, so that it is never newer than that.
"""

from collections.abc import Hashable
from itertools import count
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from app.queries.connection import open_connection, shared_on

# The transactions that are visible. Their numbers can come again after a crash or a promotion; what
# stands beside them cannot: the start of the server, the name of its log, which begins with the
# timeline, and the instant of the last reset of its statistics, which is also that of a recovery
# that the server lived through, as after the death of one of its processes.
_SNAPSHOT = """
SELECT CASE WHEN NOT pg_is_in_recovery() THEN concat_ws(' ', pg_current_snapshot(),
    pg_postmaster_start_time(), pg_walfile_name(pg_current_wal_lsn()),
    pg_stat_get_bgwriter_stat_reset_time()) END
"""


class _Generations:
    """The states of an SQLite file as one process sees them, numbered.

    `PRAGMA data_version` tells a connection that another one has committed, of whatever process;
    what it changed itself it counts in `total_changes`. A connection that finds one of them
    different makes a new generation; several that find the same change make more than one, which
    costs, but never hides a change.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers = count(1)
        self._current = 0

    def seen_by(self, connection: Connection) -> int:
        """The generation that the connection sees."""
        driver: Any = connection.connection.driver_connection
        info = connection.info
        with self._lock:  # or another one's newer number would be given to what this one sees
            seen = (driver.execute("PRAGMA data_version").fetchone(), driver.total_changes)
            if info.get("state") != seen:
                info["state"] = seen
                self._current = next(self._numbers)
            return self._current


_generations: WeakKeyDictionary[Engine, _Generations] = WeakKeyDictionary()


def state_of(connection: Connection) -> Hashable | None:
    """The label of what a read on this connection will find; None inside a write transaction,
    which may yet be undone, and on a replica, whose snapshots have no such name. The reads that
    share a connection have the label of the first that asked.
    """
    if open_connection() is not None:
        return None
    shared = shared_on(connection)
    if shared is not None and shared.state is not None:
        return shared.state
    state = _read(connection)
    if shared is not None:
        shared.state = state
    return state


def _read(connection: Connection) -> Hashable | None:
    if connection.dialect.name == "sqlite":
        return _generations.setdefault(connection.engine, _Generations()).seen_by(connection)
    driver: Any = connection.connection.driver_connection
    return driver.execute(_SNAPSHOT).fetchone()[0]  # type: ignore[no-any-return]
