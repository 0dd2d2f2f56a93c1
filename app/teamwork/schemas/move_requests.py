"""Request bodies that say where a task goes -> commands."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.errors import Invalid
from app.services.commands import AddTask, EditTask, TaskChanges
from app.services.structure_commands import AddToProject, CopyTaskInto, MoveTask
from app.services.task_commands import CopyTask
from app.teamwork.schemas import requests
from app.teamwork.schemas.inputs import Bool, Hours, Id, RequestSchema, envelope

INBOX = 0


class MoveBody(RequestSchema):
    """Where a task goes: the task list 0 is the Inbox of the project."""

    project_id = Id(data_key="projectId", zero=None, cleared=None)
    list_id = Id(data_key="taskListId", zero=INBOX, cleared=None)
    parent_id = Id(data_key="parentTaskId", zero=None, cleared=None)
    free = Bool(data_key="removeDependencies", cleared=False)


class EstimateBody(RequestSchema):
    """The time that a task is expected to take."""

    work_hours = Hours(data_key="taskEstimatedMinutes", required=True)


class InboxTaskBody(requests.NewTodoItemBody):
    """A `todo-item` to add to a project: in its Inbox, unless a task list or parent is named."""


class QuickProjectBody(RequestSchema):
    """The task list of a quickadd in a project."""

    list_id = Id(data_key="tasklistId", zero=None, cleared=None)


def move_task(body: Mapping[str, Any], task_id: int) -> MoveTask:
    """PUT /tasks/{id}/move.json. Raises Invalid."""
    values = MoveBody.read(_inner(body))
    if not {"project_id", "list_id", "parent_id"} & values.keys():
        raise Invalid({"taskListId": "is missing: where the task is to go"})
    inbox = values.get("list_id") == INBOX
    if inbox:
        del values["list_id"]
    return MoveTask(task_id=task_id, inbox=inbox, **values)


def copy_task(body: Mapping[str, Any], task_id: int) -> CopyTask | CopyTaskInto:
    """PUT /tasks/{id}/copy.json: into the list or project that is named, else beside the task.
    Raises Invalid.
    """
    values = MoveBody.read(_inner(body))
    if values.get("list_id"):
        return CopyTaskInto(task_id, values["list_id"])
    return CopyTask(task_id, values.get("project_id"))


def estimate(body: Mapping[str, Any], task_id: int) -> EditTask:
    """PUT /tasks/{id}/estimatedtime.json. Raises Invalid."""
    values = EstimateBody.read(_inner(body))
    return EditTask(task_id=task_id, changes=TaskChanges(**values))


def add_to_project(body: Mapping[str, Any], project_id: int) -> AddToProject:
    """POST /projects/{id}/tasks.json. Raises Invalid."""
    values = InboxTaskBody.read(envelope(body, "todo-item"))
    if values.get("list_id", 1) is None:
        del values["list_id"]
    return AddToProject(project_id, AddTask(TaskChanges(**values)))


def quick_add_to_project(body: Mapping[str, Any], project_id: int) -> AddToProject:
    """POST /projects/{id}/tasks/quickadd.json. Raises Invalid."""
    command = requests.quick_add(body)
    item = body.get("todo-item")
    sent = QuickProjectBody.read(body) | QuickProjectBody.read(item or {})
    if sent.get("list_id") is not None:
        command = replace(command, changes=replace(command.changes, list_id=sent["list_id"]))
    return AddToProject(project_id, command)


def _inner(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The members may stand at the top, or under `todo-item` or `task`."""
    for name in ("todo-item", "task"):
        inner = body.get(name)
        if isinstance(inner, Mapping):
            return inner
    return body
