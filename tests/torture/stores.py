"""Stores to torture: SQLite, and a PostgreSQL server of one's own with fsync on. Each keeps a
furnished template, of which every run gets a fresh copy.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
from flask_migrate import upgrade
from sqlalchemy import Table, select

from app import create_app
from app.config import Settings
from app.extensions import db
from app.models import Project
from app.services.execute import maintain
from tests.builders import World
from tests.cluster.postgres import Postgres, open_folder, system_user
from tests.torture.processes import until

Connection = psycopg.Connection[Any]
ENGINES = ("sqlite", "postgresql")
PEOPLE = 8
TEMPLATE, COPY = "tandem", "torture"
TASKS_OF_ALL = 16
# What has to be the same as ever at the end of every round, as statements that find offenders.
OFFENDERS = {
    "two tasks in one place of a list": (
        "SELECT list_id, position, count(*) FROM task GROUP BY 1, 2 HAVING count(*) > 1"
    ),
    "a task whose making was not written down": (
        "SELECT id FROM task WHERE id > {first} AND NOT EXISTS (SELECT 1 FROM activity WHERE kind "
        "= 'task' AND action IN ('new', 'completed') AND object_id = task.id)"
    ),
    "a subtask in another list than its parent": (
        "SELECT t.id FROM task t JOIN task p ON p.id = t.parent_id WHERE p.list_id <> t.list_id"
    ),
    "a done task without the instant": (
        "SELECT id FROM task WHERE is_done AND done_at IS NULL OR NOT is_done AND done_at "
        "IS NOT NULL AND NOT reopened"
    ),
}


@dataclass(frozen=True, slots=True)
class Office:
    """What is in a fresh store: keys of people, a list of each and one of all, tasks of all."""

    keys: tuple[str, ...]
    people: tuple[int, ...]
    project: int
    project_uid: str
    lists: tuple[int, ...]
    shared: tuple[int, ...]
    tasks: tuple[int, ...]
    uids: tuple[str, ...]

    @property
    def first(self) -> int:
        """The last id of a task that was there in the beginning."""
        return self.tasks[-1]


def _furnish(url: str) -> Office:
    """Make the schema and the office in an empty store."""
    application = create_app(Settings(database_url=url))
    with application.app_context():
        upgrade()
        world = World()
        people = tuple(world.person(is_admin=True) for _ in range(PEOPLE))
        keys = tuple(world.key(each) for each in people)
        project = world.project()
        lists = tuple(world.list(project, f"list {each}") for each in range(PEOPLE))
        shared = tuple(world.list(project, f"shared {each}") for each in range(2))
        tasks = tuple(world.task(shared[0], f"task {each}") for each in range(TASKS_OF_ALL))
        uids = tuple(str(world.row(each, "uid")[0]) for each in tasks)
        uid = str(maintain(lambda work: work.scalar(select(Project.uid))))
        db.engine.dispose()
    return Office(keys, people, project, uid, lists, shared, tasks, uids)


class Store(Protocol):
    """A store of either kind."""

    name: str
    office: Office

    @property
    def url(self) -> str:
        """Its address for Tandem."""

    def renew(self) -> None:
        """Be as the template again. Nobody may be using it."""

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement."""

    def damage(self) -> list[str]:
        """What the engine's own checks and the foreign keys find."""


class SqliteStore:
    """An SQLite file."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._template, self._file = folder / "template.db", folder / "tandem.db"
        self.office = _furnish(f"sqlite:///{self._template}")
        self.renew()

    @property
    def url(self) -> str:
        """Its address for Tandem."""
        return f"sqlite:///{self._file}"

    def renew(self) -> None:
        """Be as the template again."""
        for each in self._file.parent.glob(self._file.name + "*"):
            each.unlink()
        with closing(sqlite3.connect(self._template)) as source:
            source.execute("VACUUM INTO ?", (str(self._file),))

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        with closing(sqlite3.connect(self._file, timeout=30)) as connection:
            return connection.execute(statement).fetchall()

    def damage(self) -> list[str]:
        """What SQLite's checks find."""
        found = [f"integrity_check: {row[0]}" for row in self.ask("PRAGMA integrity_check")]
        broken = [f"foreign_key_check: {row}" for row in self.ask("PRAGMA foreign_key_check")]
        return [each for each in found if each != "integrity_check: ok"] + broken


class PostgresStore:
    """A database of a PostgreSQL server of one's own."""

    name = "postgresql"

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.office = _furnish(server.url)
        self._tables = tuple(db.metadata.sorted_tables)
        self.renew()

    @property
    def url(self) -> str:
        """Its address for Tandem."""
        return f"postgresql://postgres@127.0.0.1:{self.server.port}/{COPY}"

    def renew(self) -> None:
        """Be as the template again."""
        self.server.ask(f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)", database="postgres")
        # The other strategy copies sequences with numbers that count as logged and are not, in the
        # copy: after a crash they come again (seen with PostgreSQL 18).
        copied = f"CREATE DATABASE {COPY} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY"
        self.server.ask(copied, database="postgres")

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement, once the server answers."""

        def answered() -> list[list[tuple[Any, ...]]]:
            with suppress(psycopg.OperationalError):
                return [[tuple(row) for row in self.server.ask(statement, database=COPY)]]
            return []

        found: list[list[tuple[Any, ...]]] = until(answered, "PostgreSQL answers")
        return found[0]

    def damage(self) -> list[str]:
        """Foreign keys that lead nowhere, and indexes that have not what their table has: reading
        all of both also checks the checksums of every page.
        """
        with psycopg.connect(self.url) as line:
            # One look at all of it: the worker may be writing meanwhile.
            line.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            orphans = [found for table in self._tables for found in orphans_of(table, line)]
            line.execute("SET enable_seqscan = off")
            through_index = _counts(self._tables, line)
            line.execute("SET enable_seqscan = on")
            for scan in ("indexscan", "bitmapscan", "indexonlyscan"):
                line.execute(f"SET enable_{scan} = off")
            read_through = _counts(self._tables, line)
        torn = read_through.items() ^ through_index.items()
        return orphans + [f"{name} and its index differ" for name, _ in torn]


def orphans_of(table: Table, line: Connection) -> Iterator[str]:
    for key in table.foreign_keys:
        there, here = key.column, key.parent
        asked = (
            f'SELECT 1 FROM "{table.name}" a WHERE a."{here.name}" IS NOT NULL AND NOT EXISTS '
            f'(SELECT FROM "{there.table.name}" b WHERE b."{there.name}" = a."{here.name}") LIMIT 1'
        )
        if line.execute(asked).fetchone():
            yield f"{table.name}.{here.name} leads nowhere"


def _counts(tables: Iterable[Table], line: Connection) -> dict[str, int]:
    """How many rows each table has, by way of its primary key."""
    found = {}
    for table in tables:
        first = next(iter(table.primary_key)).name
        asked = f'SELECT count(*) FROM "{table.name}" WHERE "{first}" IS NOT NULL'
        found[table.name] = (line.execute(asked).fetchone() or (0,))[0]
    return found


def offenders(store: Store) -> list[str]:
    """What contradicts the rules of the data."""
    first = store.office.first
    return [
        f"{what}: {found[:3]}"
        for what, statement in OFFENDERS.items()
        if (found := store.ask(statement.format(first=first)))
    ]


@contextmanager
def opened(engine: str) -> Iterator[Store]:
    """A furnished store of this engine; it goes away in the end."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="tandem-torture-") as folder:
            yield SqliteStore(Path(folder))
        return
    with open_folder(user := system_user()) as place:
        server = Postgres(place, "primary", user)
        try:
            server.initialise()
            yield PostgresStore(server)
        finally:
            server.stop()
