"""The changes of single tasks, for the views and for requests that take none (direct.py)."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from app.access import Viewer
from app.services.commands import CompleteTask, ReopenTask
from app.services.execute import execute
from app.teamwork import envelope
from app.teamwork.schemas import requests

Body = Mapping[str, Any]


def add(list_id: int, body: Body, viewer: Viewer) -> Response:
    """ "Add a task" to a list."""
    return envelope.created(execute(requests.add_task(body, list_id=list_id), viewer))


def add_subtask(task_id: int, body: Body, viewer: Viewer) -> Response:
    """ "Add a task: adding a sub-task"."""
    return envelope.created(execute(requests.add_task(body, parent_id=task_id), viewer))


def edit(task_id: int, body: Body, viewer: Viewer) -> Response:
    """ "Edit a task", or "Change the completed date on close tasks"."""
    command = requests.edit_task(body, task_id)
    affected = execute(command, viewer)
    if requests.only_rewrites_completion(command):
        return envelope.ok()
    return envelope.ok(affectedTaskIds=envelope.csv(affected))


def complete(task_id: int, viewer: Viewer) -> Response:
    """ "Mark a task complete"."""
    execute(CompleteTask(task_id), viewer)
    return envelope.ok()


def reopen(task_id: int, viewer: Viewer) -> Response:
    """ "Mark a task uncomplete"."""
    execute(ReopenTask(task_id), viewer)
    return envelope.ok()
