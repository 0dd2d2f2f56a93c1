"""/tasks.json and /tasks/{id}… : retrieve, add below, edit, complete, destroy."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.tasks import DEPENDENTS, PREDECESSORS, TASKS
from app.queries.page import fetch_by_id, fetch_page, require
from app.queries.query import Catalogue, Query, parameter
from app.services.commands import DeleteTask
from app.services.execute import execute
from app.teamwork import envelope, filters
from app.teamwork.blueprints import changes
from app.teamwork.nesting import nest
from app.teamwork.options import read_options
from app.teamwork.schemas import related, requests
from app.teamwork.schemas.todo_item import TodoItem
from app.teamwork.views import answer_list, asked_for, live, one_task, task_list, task_plan

tasks = Blueprint("tasks", __name__)

LIST = {"todo-items": [TodoItem]}
DONE: dict[str, Any] = {}
MAX_RELATED = 10_000
OF_PARENT = TASKS.column("parent_id") == parameter("scope")


@tasks.get("/tasks.json")
@operation("Retrieve all tasks", options=filters.LIST_OPTIONS, answer=LIST)
def list_all() -> Response:
    """All tasks across all projects that are not archived."""
    return task_list()


@tasks.get("/tasks/<id:task_id>.json")
@operation("Retrieve a task", options=filters.ONE_OPTIONS, answer={"todo-item": TodoItem})
def retrieve(task_id: int) -> Response:
    """One task."""
    asked = read_options(filters.ONE_OPTIONS, request.args)
    files, deleted, viewer = asked["getFiles"], asked["showDeleted"], current_viewer()
    if not asked["nestSubTasks"]:
        return one_task(task_id, viewer, files=files, with_deleted=deleted)
    plan = task_plan(files)
    below = filters.descendants(asked["includeCompletedSubtasks"])
    page = fetch_by_id(
        TASKS,
        task_id,
        plan.columns,
        viewer,
        facets=plan.facets,
        nested=below,
        with_deleted=deleted,
    )
    items = plan.render(page)
    return envelope.payload("todo-item", nest(items, page)[0])


@tasks.get("/tasks/<id:task_id>/dependencies.json")
@operation("Retrieve Task Dependencies", answer={"dependents": [related.Related]})
def dependencies(task_id: int) -> Response:
    """The tasks that rely on this one."""
    return envelope.payload("dependents", _related(DEPENDENTS, task_id))


@tasks.get("/tasks/<id:task_id>/predecessors.json")
@operation("Predecessors", answer={"predecessors": [related.Related]})
def predecessors(task_id: int) -> Response:
    """The tasks that this one relies on."""
    return envelope.payload("predecessors", _related(PREDECESSORS, task_id))


@tasks.get("/tasks/<id:task_id>/subtasks.json")
@operation("Subtasks", options=filters.SUBTASK_OPTIONS, answer=LIST)
def subtasks(task_id: int) -> Response:
    """The subtasks directly below a task."""
    require(TASKS, task_id, current_viewer())
    return answer_list(asked_for(filters.parse_subtasks, OF_PARENT), task_id)


@tasks.put("/tasks/<id:task_id>/complete.json")
@operation("Mark a task complete", answer=DONE)
def complete(task_id: int) -> Response:
    """Complete a task and its open subtasks."""
    return changes.complete(task_id, current_viewer())


@tasks.put("/tasks/<id:task_id>/uncomplete.json")
@operation("Mark a task uncomplete", answer=DONE)
def uncomplete(task_id: int) -> Response:
    """Reopen a task; has no effect on an open one."""
    return changes.reopen(task_id, current_viewer())


@tasks.post("/tasks/<id:task_id>.json")
@operation(
    "Add a task: adding a sub-task",
    body=requests.NewTodoItemBody,
    wrapper="todo-item",
    answer={"id": "string"},
    status=201,
)
def add_subtask(task_id: int) -> Response:
    """Add a subtask to a task."""
    return changes.add_subtask(task_id, read_object(request), current_viewer())


@tasks.put("/tasks/<id:task_id>.json")
@operation(
    "Edit a task",
    body=requests.EditedTodoItemBody,
    wrapper="todo-item",
    answer={"affectedTaskIds": "string"},
)
def edit(task_id: int) -> Response:
    """Edit or move a task, set its followers, or change the date of its completion."""
    return changes.edit(task_id, read_object(request), current_viewer())


@tasks.delete("/tasks/<id:task_id>.json")
@operation("Destroy a task", answer=DONE)
def destroy(task_id: int) -> Response:
    """Delete a task and its subtasks."""
    execute(DeleteTask(task_id), current_viewer())
    return envelope.ok()


def _related(catalogue: Catalogue, task_id: int) -> list[dict[str, Any]]:
    """The tasks at the other end of a task's dependencies. Raises NotFound for an invisible
    task.
    """
    viewer = current_viewer()
    require(TASKS, task_id, viewer)
    plan = related.plan(live=live())
    query = Query(
        catalogue,
        plan.columns,
        facets=plan.facets,
        criteria=(catalogue.column("other_id") == task_id,),
        limit=MAX_RELATED,
        counted=False,
    )
    return plan.render(fetch_page(query, viewer))
