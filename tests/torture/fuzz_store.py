"""The store that is fired at: a furnished office with private things in it, put back after every
period, and looked through for damage before.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.clock import clock
from app.config import Settings
from app.extensions import db
from app.odata.blueprint import service
from app.odata.engine.edm import Model
from app.services.execute import maintain
from app.queries.remembered import Memories
from tests.api import Api
from tests.cluster.postgres import Postgres, open_folder, system_user
from tests.functional.teamwork.matrix.scene import CALLERS, set_scene
from tests.functional.teamwork.matrix.store import Guard, Tables, snapshot
from tests.torture.stores import OFFENDERS, _orphans

NOW: Final = "2014-05-12T10:00:00+00:00"
ADMINISTRATOR: Final = "administrator"
VIEWER: Final = "viewer"
# Tasks that no caller of a fuzz sees: an administrator does not see what is private of others.
HIDDEN: Final = ("secret_task", "listed_task", "secret_trashed_task")
# What others do may show in the row of a task: its place among those that one may move.
MOVED: Final = ("position", "stamp", "card_position")
QUIET: Final = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True, slots=True)
class Stage:
    """The application and what its store holds: ids by name, the keys of OData's entities by set,
    the keys of callers.
    """

    app: Flask
    engine: str
    ids: Mapping[str, int]
    uids: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, str]
    guard: Guard
    before: Tables
    scene: Any

    @property
    def model(self) -> Model:
        """What OData's $metadata says."""
        return service().model

    def end_of_period(self, caller: str) -> list[str]:
        """What is damaged, or was changed by somebody who may not. The store is put back."""
        found = [*_offenders(), *_damage(self.engine)]
        now = snapshot()
        found += self._changed(now, caller)
        self.guard.put_back()
        Memories.forget()
        return found

    def _changed(self, now: Tables, caller: str) -> Iterator[str]:
        """Tasks that the caller may not write to."""
        hidden = {(self.ids[name],) for name in HIDDEN}
        columns = [each.name for each in db.metadata.tables["task"].columns if each.name != "stamp"]
        for key, row in self.before["task"].items():
            if caller != ADMINISTRATOR or key in hidden:
                after = now["task"].get(key)
                other = None if after is None else _differing(columns, row, after)
                if other is None or other:
                    yield f"task {key[0]} was changed by {caller}: {other}"


def _differing(columns: list[str], before: tuple[Any, ...], after: tuple[Any, ...]) -> list[str]:
    pairs = zip(columns, before, after, strict=True)
    return [f"{name}: {a!r} {b!r}" for name, a, b in pairs if a != b and name not in MOVED]


def _offenders() -> Iterator[str]:
    with db.engine.connect() as connection:
        for what, statement in OFFENDERS.items():
            rows = connection.exec_driver_sql(statement.format(first=10**6)).fetchall()
            if rows:
                yield f"{what}: {rows[:3]}"


def _damage(engine: str) -> list[str]:
    url = db.engine.url
    if engine == "sqlite":
        with closing(sqlite3.connect(str(url.database))) as line:
            found = line.execute("PRAGMA integrity_check").fetchall()
            broken = line.execute("PRAGMA foreign_key_check").fetchall()
        return [f"{row}" for row in (*found, *broken) if row != ("ok",)]
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as line:
        return [each for table in db.metadata.sorted_tables for each in _orphans(table, line)]


@contextmanager
def stage(engine: str) -> Iterator[Stage]:
    """An application of this engine with a furnished store."""
    with (
        tempfile.TemporaryDirectory(prefix="tandem-fuzz-") as folder,
        _address(engine, Path(folder)) as url,
    ):
        app = create_app(
            Settings(
                database_url=url,
                clock=NOW,
                files=str(Path(folder) / "files"),
                synchronous="NORMAL",
                key_tries="0",
            )
        )
        clock.fix(datetime.fromisoformat(NOW))
        with app.app_context():
            upgrade()
            yield _furnished(app, engine)
            db.engine.dispose()
        clock.fix(None)


@contextmanager
def _address(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'tandem.db'}"
        return
    with open_folder(user := system_user()) as place:
        server = Postgres(place, "primary", user)
        try:
            server.initialise()
            for setting in QUIET:  # the machine does not crash meanwhile
                server.ask(f"ALTER SYSTEM SET {setting} = off")
            server.ask("SELECT pg_reload_conf()")
            yield server.url
        finally:
            server.stop()


def _furnished(app: Flask, engine: str) -> Stage:
    scene = maintain(lambda _: set_scene(app))
    keys = {name: str(scene.clients[name]._key) for name in CALLERS if scene.clients[name]._key}
    ids = {name: each for name, each in scene.ids.items() if isinstance(each, int)}
    uids = _uids(app, keys)
    return Stage(app, engine, ids, uids, keys, Guard(), snapshot(), scene)


def _uids(app: Flask, keys: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Keys of entities as an address has them: what the administrator sees, and what he does not."""
    found: dict[str, tuple[str, ...]] = {}
    model = service().model
    for each in model.entity_sets:
        name = model.key(each.type)[0].name
        seen: dict[str, None] = {}
        for caller in (ADMINISTRATOR, "grantee", "stranger"):
            answer = Api(app, keys[caller]).get(f"/odata/{each.name}?$top=20&$select={name}")
            seen |= dict.fromkeys(str(row[name]) for row in (answer.json or {}).get("value", ()))
        found[each.name] = tuple(seen)[:30]
    return found
