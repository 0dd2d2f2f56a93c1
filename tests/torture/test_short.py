"""The short form of each promise under torture."""

import os
import signal
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import create_engine

from app.queries.freshness import state_of
from tests.cluster.postgres import Postgres, open_folder, system_user, until
from tests.torture.__main__ import PROMISES
from tests.torture.stores import ENGINES

SHORT = (
    *(("crashes", engine) for engine in ENGINES),
    ("concurrency", "postgresql"),  # SQLite has one writer at a time
    ("retries", "sqlite"),
    ("retries", "postgresql"),
    ("networks", "sqlite"),  # connections are the same to both
    ("soak", "postgresql"),
    ("fuzz_openapi", "sqlite"),
    ("fuzz_odata", "postgresql"),
    ("fuzz_replay", "sqlite"),
)


@pytest.mark.parametrize(("name", "engine"), SHORT)
def test_a_promise_is_kept(name: str, engine: str) -> None:
    promise = PROMISES[name]
    report = promise.run(engine, promise.short, **promise.short_more)
    assert report.kept, "\n".join(report.broken[:20])


def test_a_state_of_postgresql_is_never_named_twice() -> None:
    """The death of one of its processes makes a server forget the numbers of transactions that
    were undone; they come again, with other rows.
    """
    with open_folder(user := system_user()) as folder:
        server = Postgres(folder, "primary", user)
        try:
            server.initialise()
            _compare(server)
        finally:
            server.stop()


def _compare(server: Postgres) -> None:
    server.ask("ALTER SYSTEM SET wal_writer_delay = '10s'")  # nothing reaches the disk meanwhile
    server.ask("SELECT pg_reload_conf()")
    server.ask("CREATE TABLE thing (number int)")
    server.ask("CHECKPOINT")
    undone = psycopg.connect(server.url)
    undone.execute("INSERT INTO thing VALUES (1)")
    undone.rollback()
    before = _state(server)
    os.kill(undone.info.backend_pid, signal.SIGKILL)
    with suppress(psycopg.Error):
        undone.execute("SELECT 1")
    undone.close()
    until(lambda: server.ask("SELECT 1"), "the server has recovered")
    server.ask("INSERT INTO thing VALUES (2)")
    assert _state(server) != before


def _state(server: Postgres) -> object:
    engine = create_engine(server.url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect() as connection:
        found = state_of(connection)
    engine.dispose()
    return found
