"""Where tasks are: move and copy, tasks of a project without a list; and what goes with a task's
plan: its estimate, its further occurrences, whom it can be given to.
"""

from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from app.errors import NotFound
from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.json import json_response
from app.http.operations import operation
from app.queries.catalogues.structure import PROJECTS, assignable_in
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_by_id, require
from app.queries.values import Following
from app.services.execute import execute
from app.services.recurrence import next_day
from app.teamwork import envelope
from app.teamwork.options import flag, one_id, read_options
from app.teamwork.schemas import move_requests as bodies
from app.teamwork.schemas import neighbours, structure
from app.teamwork.views import neighbour_list, today_of

task_moves = Blueprint("task_moves", __name__)

SECTION = "Moving and copying tasks"
OCCURRENCES = 12
MOST_STEPS = 400_000  # from any year that can be written down to today, day by day
FUTURE = (flag("onlyFutureDates", True, "begin after today; else with the task's own day"),)
AFFECTED = dict.fromkeys(("affectedTaskIds", "affectedTaskListIds", "affectedProjectIds"), "string")


@task_moves.put("/tasks/<id:task_id>/move.json")
@operation(SECTION, body=bodies.MoveBody, answer=AFFECTED)
def move_task(task_id: int) -> Response:
    """Move a task with its subtasks into a list, a project's Inbox (list 0), or below a parent.
    Without a parent it comes to the top.
    """
    moved = execute(bodies.move_task(read_object(request), task_id), current_viewer())
    return envelope.ok(
        affectedTaskIds=envelope.csv(moved.tasks),
        affectedTaskListIds=envelope.csv(moved.lists),
        affectedProjectIds=envelope.csv(moved.projects),
    )


@task_moves.put("/tasks/<id:task_id>/copy.json")
@operation(SECTION, body=bodies.MoveBody, answer={"id": "string"})
def copy_task(task_id: int) -> Response:
    """Copy a task without its subtasks, beside it or into the list or project that is named."""
    made = execute(bodies.copy_task(read_object(request), task_id), current_viewer())
    return envelope.ok(id=str(made))


@task_moves.put("/tasks/<id:task_id>/estimatedtime.json")
@operation(SECTION, body=bodies.EstimateBody)
def estimate(task_id: int) -> Response:
    """Set how many minutes a task is expected to take."""
    execute(bodies.estimate(read_object(request), task_id), current_viewer())
    return envelope.ok()


@task_moves.get("/tasks/<id:task_id>/recurring.json")
@operation(SECTION, options=FUTURE, answer={"dates-set": "object", "recurring-dates": "array"})
def recurring(task_id: int) -> Response:
    """The next days of a recurring task, twelve at most; none for a task that comes once."""
    asked, viewer = read_options(FUTURE, request.args), current_viewer()
    page = fetch_by_id(TASKS, task_id, ("id", "recurrence", "start_on", "due_on"), viewer)
    (_, recurrence, start_on, due_on) = page.rows[0]
    first = due_on or start_on
    days: list[date] = []
    if recurrence and first is not None:
        after = today_of(viewer).date if asked["onlyFutureDates"] else None
        days = _days(first, recurrence, after)
    dates = [f"{day.isoformat()}T00:00:00Z" for day in days]
    return json_response({"dates-set": {}, "recurring-dates": dates, "STATUS": "OK"})


def _days(day: date, recurrence: int, after: date | None) -> list[date]:
    """The days from the given one on, or those of them behind `after`."""
    found: list[date] = []
    try:
        for _ in range(MOST_STEPS):
            if after is None or day > after:
                found.append(day)
            if len(found) == OCCURRENCES:
                break
            day = next_day(day, recurrence)
    except (ValueError, OverflowError):
        pass  # behind the end of the calendar
    return found


@task_moves.post("/projects/<id:project_id>/tasks.json")
@operation(
    SECTION,
    body=bodies.InboxTaskBody,
    wrapper="todo-item",
    answer={"id": "string", "affectedTaskIds": "string"},
    status=201,
)
def add_task(project_id: int) -> Response:
    """Add a task to a project: to its Inbox, made when it is needed, unless a list is named."""
    made = execute(bodies.add_to_project(read_object(request), project_id), current_viewer())
    response = json_response({"id": str(made), "affectedTaskIds": str(made), "STATUS": "OK"}, 201)
    response.headers["id"] = str(made)
    return response


AVAILABLE_OPTIONS = (
    *neighbours.PAGING,
    one_id("taskId", "say who works on this task of the project and who follows it"),
)
SCOPED_OPTIONS = (*AVAILABLE_OPTIONS, one_id("projectId", "the project of the tasks"))
AVAILABLE = {"people": [structure.AvailablePerson]}


@task_moves.get("/projects/<id:project_id>/tasks/availablepeople.json")
@operation(SECTION, options=AVAILABLE_OPTIONS, answer=AVAILABLE)
def available_in_project(project_id: int) -> Response:
    """Who can be given tasks of a project."""
    return _available(project_id, read_options(AVAILABLE_OPTIONS, request.args)["taskId"])


@task_moves.get("/tasks/availablepeople.json")
@operation(SECTION, options=SCOPED_OPTIONS, answer=AVAILABLE)
def available() -> Response:
    """The same, the project named by `projectId`; without one, who can be given a task of no
    project: everybody whom one knows (decision 8).
    """
    asked = read_options(SCOPED_OPTIONS, request.args)
    return _available(asked["projectId"], asked["taskId"])


def _available(project_id: int | None, task_id: int | None) -> Response:
    viewer = current_viewer()
    if project_id is not None:
        require(PROJECTS, project_id, viewer)
    working: frozenset[int] = frozenset()
    following = Following()
    if task_id is not None:
        page = fetch_by_id(
            TASKS, task_id, ("id", "project_id"), viewer, facets=("assignees", "following")
        )
        if page.rows[0][1] != project_id:
            raise NotFound("Task not found")
        assignees = page.facets["assignees"].get(task_id, ())
        working = frozenset(each.id for each in assignees)
        following = page.facets["following"].get(task_id, Following())

    def complete(items: list[dict[str, Any]]) -> None:
        for item in items:
            person = int(item["id"])
            item["isResponsible"] = person in working
            item["isFollowingChanges"] = person in following.changes
            item["isFollowingComments"] = person in following.comments

    where = assignable_in(project_id)
    return neighbour_list("people", structure.AVAILABLE, where, complete=complete)
