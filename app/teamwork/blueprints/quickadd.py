"""quickadd.json of a task list, a task or a project: several tasks from the lines of one text."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.json import json_response
from app.http.operations import operation
from app.services.commands import AddTasks
from app.services.execute import execute
from app.services.structure_commands import AddToProject
from app.teamwork import envelope
from app.teamwork.schemas import move_requests, requests

quickadd = Blueprint("quickadd", __name__)

ANSWER = {
    "tasklistId": "string",
    "success": "string",
    "failed": "string",
    "taskIds": "string",
}


@quickadd.route("/tasklists/<id:list_id>/quickadd.json", methods=["POST", "PUT"])
@operation("Quickly add multiple tasks", body=requests.QuickAddBody, answer=ANSWER, status=201)
def to_list(list_id: int) -> Response:
    """Add a task per line to a task list."""
    return _added(requests.quick_add(read_object(request), list_id=list_id))


@quickadd.route("/tasks/<id:task_id>/quickadd.json", methods=["POST", "PUT"])
@operation("Quickly add multiple tasks", body=requests.QuickAddBody, answer=ANSWER, status=201)
def to_task(task_id: int) -> Response:
    """Add a subtask per line to a task (decision 20)."""
    return _added(requests.quick_add(read_object(request), parent_id=task_id))


@quickadd.route("/projects/<id:project_id>/tasks/quickadd.json", methods=["POST", "PUT"])
@operation("Quickly add multiple tasks", body=requests.QuickAddBody, answer=ANSWER, status=201)
def to_project(project_id: int) -> Response:
    """Add a task per line to a task list of a project, its Inbox unless one is named."""
    return _added(move_requests.quick_add_to_project(read_object(request), project_id))


def _added(command: AddTasks | AddToProject) -> Response:
    added = execute(command, current_viewer())
    return json_response(
        {
            "tasklistId": str(added.list_id),
            "success": str(len(added.ids)),
            "failed": str(added.failed),
            "taskIds": envelope.csv(added.ids),
            "STATUS": "OK",
        },
        201,
    )
