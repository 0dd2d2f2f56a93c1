"""What commands did is written down in their own transaction, and followers are told."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Activity, Outgoing
from app.services.handlers import HANDLERS
from app.services.happenings import HAPPENED
from tests.api import Api
from tests.builders import World

# Commands that change nothing that others are told of, or that are told of by another one.
SILENT = {
    "AddCheckList", "AddCheckListItem", "AddField", "AddFollowers", "AddKey",
    "AddPendingFile", "AddPlanning", "AddProjectCategory", "AddRelation", "AddReminder",
    "AddRisk", "AddStatus", "AddTag", "AddTemplate", "AddWebhook", "ChangeProjectPeople",
    "DeleteCheckList", "DeleteCheckListItem", "DeleteField", "DeletePlanning",
    "DeleteProjectCategory", "DeleteReminder", "DeleteRisk", "DeleteStatus", "DeleteTag",
    "DeleteTemplate", "DeleteWebhook", "EditCheckList", "EditCheckListItem",
    "EditContributor", "EditField", "EditPlanning", "EditProjectCategory", "EditReminder",
    "EditRisk", "EditStatus", "EditTag", "EditTemplate", "EditWebhook", "LoadTemplate",
    "OrderStatuses", "PauseStopwatch", "ProbeWebhook", "ReadComment", "Redeliver",
    "RemoveContributor", "RemoveFollower", "RemoveRelation", "ReorderTaskLists",
    "ReorderTasks", "RevokeFeed", "RevokeKey", "SaveTemplate", "SetFieldValue",
    "SetProjectField", "StartStopwatch", "StopStopwatch", "SwitchWebhooks", "SyncCalendar",
    "Unsubscribe", "UploadTemplate",
}  # fmt: skip


def happened() -> list[tuple[str, str, int, str]]:
    """Kind, action, id and name of all that was written down."""
    listed = select(Activity.kind, Activity.action, Activity.object_id, Activity.name)
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(listed.order_by(Activity.id))]


def test_every_command_is_told_of_or_silent() -> None:
    unknown = {each.__name__ for each in HANDLERS} - {each.__name__ for each in HAPPENED}
    assert unknown == SILENT


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
