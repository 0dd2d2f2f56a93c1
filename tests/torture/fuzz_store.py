"""The store that is fired at: a furnished office with private things in it, put back after every
period, and looked through for damage before.
"""

import re
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
from app.queries.remembered import Memories
from app.services.execute import maintain
from tests.api import Api
from tests.cluster.postgres import Postgres, open_folder, system_user
from tests.functional.teamwork.matrix.scene import CALLERS, set_scene
from tests.functional.teamwork.matrix.store import Guard, Tables, snapshot
from tests.odata import OData
from tests.torture.stores import OFFENDERS, orphans_of

NOW: Final = "2014-05-12T10:00:00+00:00"
ADMINISTRATOR: Final = "administrator"
VIEWER: Final = "viewer"
# Tasks that no caller of a fuzz sees: an administrator does not see what is private of others.
HIDDEN: Final = ("secret_task", "listed_task", "secret_trashed_task")
# What nobody else may write. Other columns follow what happens around a task: its place in a list,
# the name of its project, a board column that is gone.
KEPT: Final = frozenset(
    re.findall(
        r"\S+",
        "id uid creator_id list_id parent_id name description description_html is_done done_at "
        "completer_id progress priority start_on due_on start_at due_at work_hours billable "
        "private recurrence lockdown_id custom_color deleted_at",
    )
)
# What is written when a task goes with what holds it.
DELETED: Final = "deleted_at"
TABLES: Final = {"project": "project", "list": "task_list"}
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
        """Tasks that the caller may not write to. What holds them can still be deleted by who may
        do that, and then they are, too.
        """
        columns = [each.name for each in db.metadata.tables["task"].columns if each.name != "stamp"]
        gone = {name: _deleted(now, name) for name in ("project", "list")}
        for key, row in self._out_of_reach(caller).items():
            after = now["task"].get(key)
            other = ["gone"] if after is None else _differing(columns, row, after)
            above = dict(zip(columns, row, strict=True))
            if any(above[f"{name}_id"] in gone[name] for name in gone):
                other = [each for each in other if not each.startswith(DELETED)]
            if other:
                yield f"task {key[0]} was changed by {caller}: {other}"

    def _out_of_reach(self, caller: str) -> Mapping[Any, Any]:
        if caller == VIEWER:
            return self.before["task"]
        return {(self.ids[name],): self.before["task"][self.ids[name],] for name in HIDDEN}


def _deleted(now: Tables, table: str) -> set[int]:
    name = TABLES[table]
    columns = [each.name for each in db.metadata.tables[name].columns]
    at = columns.index("deleted_at")
    return {int(row[columns.index("id")]) for row in now[name].values() if row[at] is not None}


def _differing(columns: list[str], before: tuple[Any, ...], after: tuple[Any, ...]) -> list[str]:
    pairs = zip(columns, before, after, strict=True)
    return [f"{name}: {a!r} {b!r}" for name, a, b in pairs if a != b and name in KEPT]


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
        return [each for table in db.metadata.sorted_tables for each in orphans_of(table, line)]


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
    _of_odata(OData(app, str(scene.clients[ADMINISTRATOR]._key)))
    keys = {name: str(scene.clients[name]._key) for name in CALLERS if scene.clients[name]._key}
    ids = {name: each for name, each in scene.ids.items() if isinstance(each, int)}
    uids = _uids(app, keys)
    return Stage(app, engine, ids, uids, keys, Guard(), snapshot(), scene)


def _of_odata(odata: OData) -> None:
    """What only that dialect can make."""
    task = odata.value("DynamicTaskItem")[0]
    uid, project = task["TaskItem_TaskItemId"], task["TaskItem_ProjectId"]
    in_project, on_task = {"ProjectId": project}, {"TaskItemId": uid}
    days = {"StartDateTime": "2014-05-01T00:00:00Z", "EndDateTime": "2014-05-02T00:00:00Z"}
    odata.make("TaskStatus", Name="matter", **in_project)
    odata.make("Planning", DisplayName="matter", **in_project, **days)
    odata.make("Risk", Name="matter", **in_project)
    odata.make("TaskItemTemplate", Name="matter")
    check_list = odata.make("CheckList", Name="matter", **on_task)["CheckListId"]
    odata.make("CheckListItem", CheckListId=check_list, Name="matter")
    odata.make("TimeEntry", DurationMinutes=5, DisplayName="matter", **on_task)
    odata.post(f"Task({uid})/StartStopwatch")
    field = {"fieldName": "pf_dt0_x", "value": "matter"}
    odata.post(f"Task({uid})/UpdateProjectDefinedField", field)
    other = odata.value("Task", filter=f"TaskItemId ne {uid}")[0]["TaskItemId"]
    odata.post(f"Task({uid})/AddRelation", {"itemId": other})


def _uids(app: Flask, keys: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Keys of entities as an address has them: what the administrator sees, and others."""
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
