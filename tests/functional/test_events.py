"""What commands did is written down in their own transaction, with what they said, and followers
are told. The trail's two dialects are in teamwork/test_audit.py and odata/test_audit.py.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clock import clock
from app.errors import Forbidden, NotFound
from app.extensions import db
from app.models import Activity, Outgoing
from app.queries import identities
from app.queries.catalogues.activity import ACTIONS as SHOWN
from app.queries.catalogues.activity import PATHS
from app.queries.catalogues.structure import PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.services.commands import (
    AddTask,
    ChangeProjectPeople,
    DeleteTask,
    EditTask,
    TaskChanges,
)
from app.services.events import KINDS, forget, noted
from app.services.execute import execute, maintain, together
from app.services.handlers import HANDLERS
from app.services.happenings import HAPPENED, PARTING, SILENT
from app.services.neighbour_commands import (
    AddField,
    AddStatus,
    DeleteStatus,
    EditPerson,
    SetFieldValue,
)
from app.services.purging import purge
from app.services.stating import MOST, written
from app.services.structure_commands import AddKey, ManagePerson, RevokeKey
from app.services.talk_commands import AddTag, DeleteTag
from app.services.task_commands import AddFollowers, AddRelation
from app.services.webhook_commands import AddWebhook, EditWebhook
from app.services.webhooks import ACTIONS, NAMES
from tests.api import Api
from tests.builders import World


def happened() -> list[tuple[str, str, int, str]]:
    """Kind, action, id and name of all that was written down."""
    listed = select(Activity.kind, Activity.action, Activity.object_id, Activity.name)
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(listed.order_by(Activity.id))]


def test_every_command_is_told_of_or_silent_for_a_reason() -> None:
    told = [*HAPPENED, *PARTING, *SILENT]
    assert len(told) == len(set(told)), "a command is told of in one way"
    assert set(told) == set(HANDLERS)
    assert all(SILENT.values())


def test_what_the_latest_activity_shows_is_what_webhooks_know() -> None:
    assert set(SHOWN) == set(ACTIONS)
    assert set(PATHS) < set(NAMES) < set(KINDS)


def test_every_event_is_of_a_kind_that_can_be_written(app: Flask) -> None:
    """The statements of all kinds run, whatever the engine."""
    for kind in KINDS:
        maintain(lambda work, kind=kind: noted(work, kind, "new", (1,)))  # type: ignore[misc]


ACTS: dict[str, tuple[Callable[[Api, int, int], Any], list[tuple[str, str]]]] = {
    "add": (
        lambda api, home, _: api.post(
            f"/tasklists/{home}/tasks.json", {"todo-item": {"content": "N"}}
        ),
        [("new", "N")],
    ),
    "quickadd": (
        lambda api, home, _: api.post(f"/tasklists/{home}/quickadd.json", {"content": "A\nB"}),
        [("new", "A"), ("new", "B")],
    ),
    "edit": (
        lambda api, _, task: api.put(f"/tasks/{task}.json", {"todo-item": {"content": "R"}}),
        [("edited", "R")],
    ),
    "complete": (
        lambda api, _, task: api.put(f"/tasks/{task}/complete.json"),
        [("completed", "T"), ("completed", "S")],
    ),
    "delete": (
        lambda api, _, task: api.delete(f"/tasks/{task}.json"),
        [("deleted", "T"), ("deleted", "S")],
    ),
    "refused": (
        lambda api, _, task: api.put(f"/tasks/{task}.json", {"todo-item": {"progress": 7000}}),
        [],
    ),
}


@pytest.mark.parametrize(("act", "expected"), ACTS.values(), ids=list(ACTS))
def test_tasks(
    act: Callable[[Api, int, int], Any],
    expected: list[tuple[str, str]],
    world: World,
    api: Api,
) -> None:
    home = world.list()
    task = world.task(home, name="T")
    world.task(parent=task, name="S")
    before = len(happened())
    act(api, home, task)
    found = happened()[before:]
    assert [(kind, action, name) for kind, action, _, name in found] == [
        ("task", *each) for each in expected
    ]


def test_followers_of_changes_are_told_but_not_who_acts(app: Flask, world: World, api: Api) -> None:
    mia = world.person("Mia")
    project = world.project(editor=(mia,))
    task = world.task(
        world.list(project), change_followers=(mia, world.admin), comment_followers=(mia,)
    )
    api.put(f"/tasks/{task}.json", {"todo-item": {"content": "R"}})
    api.put(f"/tasks/{task}/complete.json")
    listed = select(Outgoing.kind, Outgoing.person_id, Outgoing.text).order_by(Outgoing.id)
    with db.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(listed)]
    assert found == [("task.changed", mia, "edited"), ("task.changed", mia, "completed")]


# --- what was said --------------------------------------------------------------------------------


def changes() -> list[tuple[str, str, str, Any]]:
    """Kind, action, name and what was said, of all that was written down."""
    columns = (Activity.kind, Activity.action, Activity.name, Activity.changes)
    with db.engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(Activity.id)).all()
    return [(*row[:3], orjson.loads(row.changes) if row.changes else None) for row in rows]


def test_an_edit_keeps_what_was_said(world: World) -> None:
    task = world.task(world.list(), name="T")
    edit = TaskChanges(name="x" * 1000, private=True, tags=("a",), due_on=date(2014, 6, 1))
    execute(EditTask(task_id=task, changes=edit), world.viewer())
    assert changes()[-1][3] == {
        "name": "x" * 200 + "…",
        "private": True,
        "tags": ["a"],
        "due_on": "2014-06-01",
    }


@pytest.mark.parametrize(
    "members",
    [
        {"ids": tuple(range(10**9, 10**9 + 10_000))},
        {f"member {number}": "€" * 5000 for number in range(9)},
        {f"member {number}": ("€" * 500,) * 300 for number in range(30)},
        {"name": "\ud800"},
        {"number": 2**70},
    ],
)
def test_what_is_kept_is_short(members: dict[str, Any]) -> None:
    found = written(members)
    assert 0 < len(found.encode()) <= MOST
    kept = orjson.loads(found)
    assert set(kept) == set(members) or kept["members"] == sorted(members)


def test_nothing_that_opens_a_door_is_kept(world: World) -> None:
    viewer = world.viewer()
    url = "https://hooks.example.com/services/SECRET?key=SECRET"
    hook = execute(AddWebhook(event="TASK.CREATED", url=url, token="SECRET"), viewer)
    execute(EditWebhook(webhook_id=hook, url=url, token=""), viewer)
    key = execute(AddKey(world.admin, read_only=True), viewer)
    execute(RevokeKey(world.admin, key.id), viewer)
    said = changes()[-4:]
    assert [(kind, action) for kind, action, _, _ in said] == [
        ("webhook", "new"),
        ("webhook", "edited"),
        ("key", "new"),
        ("key", "revoked"),
    ]
    assert said[0][3]["signed"] and not said[1][3]["signed"]
    assert said[1][3]["url"] == "https://hooks.example.com"
    assert said[2][3] == {"person_id": world.admin, "read_only": True}
    assert "SECRET" not in str(said) and key.text not in str(said)


def test_rights_and_memberships(world: World) -> None:
    viewer, mia = world.viewer(), world.person("Mia", "M")
    project = world.project()
    execute(ManagePerson(edit=EditPerson(person_id=mia), is_admin=True), viewer)
    execute(ChangeProjectPeople(project, add=(mia,), role="manager"), viewer)
    execute(ChangeProjectPeople(project, remove=(mia,)), viewer)
    assert changes()[-3:] == [
        ("person", "edited", "Mia M", {"is_admin": True}),
        ("member", "new", "Mia M", {"role": "manager"}),
        ("member", "deleted", "Mia M", None),
    ]


def test_what_is_removed_for_good_was_written_down_before(world: World) -> None:
    viewer, project = world.viewer(), world.project()
    world.task(world.list(project), tags=("red",))
    status = execute(AddStatus(project_id=project, name="Doing"), viewer)
    execute(DeleteStatus(status), viewer)
    execute(DeleteTag(1), viewer)
    assert [each[:3] for each in changes()[-3:]] == [
        ("status", "new", "Doing"),
        ("status", "deleted", "Doing"),
        ("tag", "deleted", "red"),
    ]


def test_values_of_fields_of_tasks_and_projects(world: World) -> None:
    viewer, project = world.viewer(), world.project("P")
    task = world.task(world.list(project), name="T")
    uids = {
        kind: identities.uid_of(catalogue, row_id, viewer)
        for kind, catalogue, row_id in (("TaskItem", TASKS, task), ("Project", PROJECTS, project))
    }
    for table, uid in uids.items():
        execute(AddField(name=f"of {table}", table_name=table), viewer)
        execute(SetFieldValue(f"of {table}", uid, "7"), viewer)
    said = [each for each in changes() if each[1] == "set"]
    assert said == [
        ("task", "set", "T", {"name": "of TaskItem", "value": "7"}),
        ("project", "set", "P", {"name": "of Project", "value": "7"}),
    ]


# --- who hears of it ------------------------------------------------------------------------------


def test_what_is_for_the_trail_alone_is_neither_shown_nor_sent(world: World, api: Api) -> None:
    viewer = world.viewer()
    task, other = (world.task(world.list(), name=name) for name in "TO")
    execute(AddWebhook(event="TASK.UPDATED", url="https://example.com"), viewer)
    before = len(api.get("/latestActivity.json").json["activity"])
    execute(AddRelation(task, other), viewer)
    execute(AddFollowers(task, (world.admin,)), viewer)
    assert [each[:2] for each in changes()[-2:]] == [("task", "related"), ("task", "followed")]
    assert len(api.get("/latestActivity.json").json["activity"]) == before
    waiting = select(Activity.id).where(Activity.spread.is_(False))
    with db.engine.connect() as connection:
        assert connection.execute(waiting).all() == []
    execute(EditTask(task_id=task, changes=TaskChanges(name="N")), viewer)
    assert len(api.get("/latestActivity.json").json["activity"]) == before + 1
    with db.engine.connect() as connection:
        assert len(connection.execute(waiting).all()) == 1


# --- refusals -------------------------------------------------------------------------------------


def test_who_may_not_leaves_no_trace(world: World) -> None:
    mia = world.person("Mia")
    world.task(world.list(world.project(editor=(mia,))), tags=("red",))
    own, before = world.viewer(mia), changes()
    for command in (DeleteTag(1), AddKey(world.admin), AddStatus(project_id=1, name="x")):
        with pytest.raises((Forbidden, NotFound)):
            execute(command, own)
    assert changes() == before


@pytest.mark.parametrize("command", [AddTag("blue"), DeleteTag(1)])
def test_what_fails_after_it_was_written_leaves_no_trace(command: Any, world: World) -> None:
    world.task(world.list(), tags=("red",))
    viewer, before = world.viewer(), changes()

    def failing() -> None:
        execute(command, viewer)
        raise RuntimeError("after all")

    with pytest.raises(RuntimeError):
        together(failing, viewer)
    assert changes() == before


def test_a_refused_command_among_others_leaves_theirs(world: World) -> None:
    viewer = world.viewer()

    def some() -> None:
        execute(AddTag("blue"), viewer)
        with pytest.raises(NotFound):
            execute(DeleteTag(999), viewer)
        execute(AddTag("green"), viewer)

    before = len(changes())
    together(some, viewer)
    assert [each[:3] for each in changes()[before:]] == [
        ("tag", "new", "blue"),
        ("tag", "new", "green"),
    ]


# --- the command line -----------------------------------------------------------------------------


def run(app: Flask, *words: str) -> str:
    """A flask command; gives what it printed."""
    result = app.test_cli_runner().invoke(args=list(words))
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def test_the_operator_is_in_the_trail(app: Flask, world: World) -> None:
    project = world.project("demo")
    before = len(changes())
    run(app, "people", "add", "mia@example.com", "--first-name", "Mia", "--can-add-projects")
    run(app, "people", "join", "mia@example.com", str(project), "--role", "viewer")
    key = run(app, "keys", "create", "mia@example.com").strip()
    run(app, "keys", "revoke", "mia@example.com", "--ending", key[-4:])
    run(app, "keys", "revoke-feed", "mia@example.com")
    run(app, "account", "--week-start", "sunday")
    found = changes()[before:]
    assert [each[:2] for each in found] == [
        ("person", "new"),
        ("member", "new"),
        ("key", "new"),
        ("key", "revoked"),
        ("person", "feed-revoked"),
        ("account", "edited"),
    ]
    assert all(said["operator"] for *_, said in found)
    assert found[0][3]["can_add_projects"] and found[1][3]["role"] == "viewer"
    assert key not in str(found)


def test_flask_audit(app: Flask, world: World, api: Api) -> None:
    mia = world.person("Mia", "M", email="mia@example.com")
    home = world.list(world.project(editor=(mia,)))
    execute(AddTask(TaskChanges(name="T\nT", private=True), list_id=home), world.viewer(mia))
    run(app, "account", "--week-start", "sunday")
    lines = run(app, "audit").splitlines()
    assert len(lines) == len(changes())
    assert lines[0].split("\t")[:4] == ["2014-05-12 10:00:00", "operator", "edited", "account 1"]
    assert lines[1].split("\t")[1:5] == ["Mia M", "new", "task 1", "T T"]
    (one,) = run(app, "audit", "--json", "--person", "MIA@example.com").splitlines()
    said = orjson.loads(one)
    assert (said["task_id"], said["by_operator"], said["changes"]) == (1, False, {})
    assert run(app, "audit", "--task", "1", "--since", "2014-05-12").count("\n") == 1
    assert run(app, "audit", "--since", "2014-05-13") == ""
    assert run(app, "audit", "--limit", "2").splitlines() == lines[:2]


def test_the_trail_is_kept_until_it_is_shortened(app: Flask, world: World) -> None:
    task = world.task(world.list(), name="T")
    execute(DeleteTask(task), world.viewer())
    purge(clock.now() + timedelta(days=1))
    kept = changes()
    assert [each[1] for each in kept if each[0] == "task"] == ["new", "deleted", "purged"]
    run(app, "purge", "--older-than", "1")
    run(app, "purge", "--audit-older-than", "1")
    assert changes() == kept
    waiting = update(Activity).where(Activity.action == "deleted").values(spread=False)
    maintain(lambda work: work.run(waiting))
    assert maintain(lambda work: forget(work, clock.now() + timedelta(days=1))) == len(kept) - 1
    assert [each[1] for each in changes()] == ["deleted"], "webhooks wait for it"
