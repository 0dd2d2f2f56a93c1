"""The suite on a stricter PostgreSQL: TANDEM_TEST_SERIALIZABLE=1 makes every transaction of its
databases SERIALIZABLE, and the server fail a share of the commits of `services.execute` by a
serialization failure (`make test-serializable`).

Only the first try of a transaction fails so, drawn from a fixed seed; what PostgreSQL itself
refuses comes on top.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, active_count, local
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

from app.extensions import db
from app.services import execute

ON: Final = os.environ.get("TANDEM_TEST_SERIALIZABLE", "") == "1"
SHARE: Final = 0.1
SEED: Final = 1
REFUSE: Final = "DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '40001'; END $$"
SERIALIZABLE: Final = "ALTER DATABASE {} SET default_transaction_isolation = 'serializable'"

figures: Counter[str] = Counter()
_draw = random.Random(SEED)
_lock = Lock()
_here = local()  # each thread's transaction
_mark = execute.mark
_passing = execute.passing


@contextmanager
def spared() -> Iterator[None]:
    """Inject nothing on this thread: what runs here counts its own tries."""
    _here.spared = True
    try:
        yield
    finally:
        _here.spared = False


def refuse_commits(engine: Engine) -> None:
    """Let a share of the commits on a PostgreSQL engine fail."""
    event.listen(engine, "commit", _refuse)


def _ending(connection: Connection, person_id: int) -> None:
    """In place of `mark`, the last thing that a transaction of `execute` does: a commit follows."""
    _mark(connection, person_id)
    _here.ending = connection.dialect.name == "postgresql"


def _refuse(connection: Connection) -> None:
    if not getattr(_here, "ending", False):
        return
    _here.ending = False
    if getattr(_here, "refused", False):
        _here.refused = False
        return
    with _lock:
        figures["first commits"] += 1
        chosen = _draw.random() < SHARE and not getattr(_here, "spared", False)
        figures["injected"] += chosen
    if chosen:
        _here.refused = True
        driver: Any = connection.connection.driver_connection
        driver.execute(REFUSE)


def _counted(error: Exception) -> bool:
    again = _passing(error)
    with _lock:
        figures["tried again"] += again
    if getattr(_here, "refused", False) and active_count() == 1:
        _take_back_ids()
    return again


def _take_back_ids() -> None:
    """Let ids go on where they stood: tests with one client count on ids without gaps, which only
    what is undone makes.
    """
    names = [
        table.name
        for table in db.metadata.sorted_tables
        if "id" in table.c and table.c.id.primary_key
    ]
    taken = " UNION ALL ".join(
        f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), coalesce(max(id), 1), "
        f'max(id) IS NOT NULL) FROM "{name}"'
        for name in names
    )
    with db.engine.connect() as connection:
        connection.exec_driver_sql(taken)


def prepare() -> None:
    """Let `execute` tell when a transaction is about to be committed."""
    watched: dict[str, Callable[..., Any]] = {"mark": _ending, "passing": _counted}
    for name, function in watched.items():
        setattr(execute, name, function)
