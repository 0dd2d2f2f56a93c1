"""`flask undelete`: both dialects show again what had gone, with what had gone with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import clock
from app.extensions import db
from app.models import Activity, File, Note, Project, Task, TaskList
from app.services.purging import purge
from tests.api import Api
from tests.builders import World
from tests.functional.test_commands import run
from tests.odata import OData


def uid(model: Any, row_id: int) -> str:
    """The GUID of a row."""
    with db.engine.connect() as connection:
        return str(connection.scalar(select(model.uid).where(model.id == row_id)))


def shown(api: Api, odata: OData) -> tuple[list[str], list[str]]:
    """The names of all tasks in either dialect."""
    answer = odata.get("Task")
    return sorted(api.names("/tasks.json")), sorted(each["Name"] for each in answer.json["value"])


def trail() -> list[tuple[str, str, int, str]]:
    """What the audit trail says came back."""
    columns = (Activity.kind, Activity.action, Activity.object_id, Activity.changes)
    with db.engine.connect() as connection:
        listed = select(*columns).where(Activity.action == "restored").order_by(Activity.id)
        return [tuple(row) for row in connection.execute(listed)]


@pytest.fixture
def odata(app: Flask, world: World) -> OData:
    """The administrator, in the other dialect."""
    return OData(app, world.key(world.admin))


@pytest.mark.parametrize("named", [lambda task: str(task), lambda task: uid(Task, task).upper()])
def test_a_task_with_its_subtasks(
    app: Flask, world: World, api: Api, odata: OData, named: Callable[[int], str]
) -> None:
    parent = world.task(world.list(), "Parent")
    child = world.task(parent=parent, name="Child")
    grandchild = world.task(parent=child, name="Grandchild")
    world.task(world.list(), "Other")
    before = shown(api, odata)
    api.delete(f"/tasks/{parent}.json")
    assert shown(api, odata) == (["Other"], ["Other"])
    code, out, err = run(app, "undelete", "task", named(parent))
    assert (code, err) == (0, "")
    assert out == f"task {parent}: Parent\ntask {child}: Child\ntask {grandchild}: Grandchild\n"
    assert shown(api, odata) == before
    assert [row[:3] for row in trail()] == [
        ("task", "restored", each) for each in (parent, child, grandchild)
    ]
    assert "operator" in trail()[0][3]


def test_what_only_others_see(app: Flask, world: World) -> None:
    """A private task that no administrator sees, and a personal one, come back for their people."""
    mia, vic = world.person("Mia"), world.person("Vic")
    home = world.list(world.project(editor=(mia, vic)))
    private = world.task(home, "Secret", by=mia, private=True)
    personal = world.personal_task(mia)
    for task in (private, personal):
        world.set(task, deleted_at=clock.now())
    assert run(app, "undelete", "task", str(private), str(personal))[0] == 0
    mine = Api(app, world.key(mia)).names("/tasks.json")
    assert sorted(mine) == ["Secret", "personal"]
    assert Api(app, world.key(vic)).names("/tasks.json") == []
    assert Api(app, world.key(world.admin)).names("/tasks.json") == []


def test_a_project_with_all_that_went_with_it(
    app: Flask, world: World, api: Api, odata: OData
) -> None:
    project = world.project("demo")
    home = world.list(project)
    task = world.task(home, "Kept", tags=("a",))
    gone = world.task(home, "Gone before")
    world.file(project, task=task)
    world.time(task, project)
    api.delete(f"/tasks/{gone}.json")
    before = shown(api, odata)
    clock.fix(clock.now() + timedelta(minutes=1))
    assert api.delete(f"/projects/{project}.json").status_code == 200
    assert shown(api, odata) == ([], [])
    code, _, err = run(app, "undelete", "task", str(task))
    assert (code, "undelete that first" in err) == (1, True)
    code, out, _ = run(app, "undelete", "project", uid(Project, project))
    assert (code, out) == (0, f"project {project}: demo\n")
    assert shown(api, odata) == before
    assert len(api.get(f"/projects/{project}/tasklists.json").json["tasklists"]) == 1
    assert len(odata.get("TimeEntry").json["value"]) == 1
    assert len(odata.get("Document").json["value"]) == 1


KINDS: dict[str, tuple[Any, Callable[[World], int], Callable[[int], str]]] = {
    "list": (TaskList, lambda world: world.list(), lambda i: f"/tasklists/{i}.json"),
    "comment": (
        Note,
        lambda world: world.note(world.task(), world.admin),
        lambda i: f"/comments/{i}.json",
    ),
    "file": (
        File,
        lambda world: world.file(world.project()),
        lambda i: f"/files/{i}.json",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds(app: Flask, world: World, api: Api, kind: str) -> None:
    model, make, path = KINDS[kind]
    row = make(world)
    assert api.get(path(row)).status_code == 200
    assert api.delete(path(row)).status_code == 200
    assert api.get(path(row)).status_code == 404
    code, out, err = run(app, "undelete", kind, uid(model, row))
    assert (code, err) == (0, "")
    assert out.startswith(f"{kind} {row}: ")
    assert api.get(path(row)).status_code == 200


def test_what_cannot_come_back(app: Flask, world: World, api: Api, odata: OData) -> None:
    home = world.list()
    purged, kept, gone = (world.task(home, name) for name in ("Purged", "Kept", "Gone"))
    api.delete(f"/tasks/{purged}.json")
    assert purge(clock.now() + timedelta(days=1)) == 1
    api.delete(f"/tasks/{gone}.json")
    for wrong, said in (
        (str(purged), "was purged"),
        (str(kept), "is not deleted"),
        ("9" * 30, "was purged"),
        ("no-such-guid", "was purged"),
    ):
        code, out, err = run(app, "undelete", "task", str(gone), wrong)
        assert (code, out) == (1, "")
        assert said in err
    assert shown(api, odata) == (["Kept"], ["Kept"]), "one that cannot holds back all"
    assert trail() == []
