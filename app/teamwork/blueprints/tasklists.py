"""/tasklists/{id}… and /projects/{id}/tasklists.json: tasks of a list, and the lists themselves."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.structure import LISTS, PROJECTS, holding_task
from app.queries.catalogues.tasks import TASKS
from app.queries.page import require
from app.queries.query import parameter
from app.services.execute import execute
from app.services.structure_commands import DeleteTaskList
from app.teamwork import completing, envelope, filters
from app.teamwork.blueprints import changes
from app.teamwork.options import flag, read_options, word
from app.teamwork.schemas import neighbours, requests, structure
from app.teamwork.schemas import structure_requests as bodies
from app.teamwork.schemas.todo_item import TodoItem
from app.teamwork.views import neighbour_list, one_neighbour, task_list, today_of

tasklists = Blueprint("tasklists", __name__)

SECTION = "Task lists"
STATUSES = {each: each for each in ("active", "completed", "all")}
OF_LIST = TASKS.column("list_id") == parameter("scope")


@tasklists.get("/tasklists/<id:list_id>/tasks.json")
@operation(
    "Retrieve all tasks on a task list",
    options=filters.LIST_OPTIONS,
    answer={"todo-items": [TodoItem]},
)
def tasks_of_list(list_id: int) -> Response:
    """All tasks on a task list."""
    require(LISTS, list_id, current_viewer())
    return task_list(OF_LIST, list_id, lists=(list_id,))


@tasklists.post("/tasklists/<id:list_id>/tasks.json")
@operation(
    "Add a task",
    body=requests.NewTodoItemBody,
    wrapper="todo-item",
    answer={"id": "string"},
    status=201,
)
def add_task(list_id: int) -> Response:
    """Add a task to a task list."""
    return changes.add(list_id, read_object(request), current_viewer())


LIST_OPTIONS = (
    *neighbours.PAGING,
    word("status", STATUSES, "active", "active ones (the default), completed ones, or all"),
    *filters.TASKS_OF_LISTS,
    flag("showMilestones", False, "accepted; there are no milestones here to be shown"),
    flag("getOverdueCount", False, "add how many tasks are overdue"),
    flag("getCompletedCount", False, "add how many tasks are completed"),
)


@tasklists.get("/tasklists.json")
@operation(SECTION, options=LIST_OPTIONS, answer={"tasklists": [neighbours.TaskList]})
def all_lists() -> Response:
    """The task lists of all projects."""
    return _lists(LISTS.column("project_id").is_not(None))


@tasklists.get("/projects/<id:project_id>/tasklists.json")
@operation(SECTION, options=LIST_OPTIONS, answer={"tasklists": [neighbours.TaskList]})
def lists_of_project(project_id: int) -> Response:
    """The task lists of a project, in their order. One is completed when all its tasks are."""
    require(PROJECTS, project_id, current_viewer())
    return _lists(LISTS.column("project_id") == project_id)


def _lists(of: Any) -> Response:
    asked, viewer = read_options(LIST_OPTIONS, request.args), current_viewer()
    where = [of]
    if asked["status"] != "all":
        complete = LISTS.column("is_complete", viewer.kind)
        where.append(complete if asked["status"] == "completed" else ~complete)
    tasks = filters.parse_list_tasks(request.args, today_of(viewer))
    if tasks:
        where.append(holding_task(viewer.kind, *tasks))
    return neighbour_list("tasklists", neighbours.TASK_LISTS, *where, complete=_counting(asked))


def _counting(asked: dict[str, Any]) -> Callable[[list[dict[str, Any]]], None]:
    viewer = current_viewer()
    return lambda items: completing.complete_lists(
        items,
        today_of(viewer).date,
        viewer,
        overdue=asked["getOverdueCount"],
        completed=asked["getCompletedCount"],
    )


@tasklists.post("/projects/<id:project_id>/tasklists.json")
@operation(
    SECTION,
    body=bodies.NewTaskListBody,
    wrapper="todo-list",
    answer={"TASKLISTID": "string"},
    status=201,
)
def add_list(project_id: int) -> Response:
    """Add a task list to a project, with the tasks of a template if one is named."""
    command = bodies.add_task_list(read_object(request), project_id)
    return envelope.created(execute(command, current_viewer()), "TASKLISTID")


@tasklists.put("/projects/<id:project_id>/tasklists/reorder.json")
@operation(SECTION, body=bodies.OrderedList, wrapper="todo-lists[].todo-list")
def reorder_lists(project_id: int) -> Response:
    """Put the named task lists of a project first, in the given order; for its managers."""
    execute(bodies.reorder_lists(read_object(request), project_id), current_viewer())
    return envelope.ok()


@tasklists.get("/tasklists/templates.json")
@operation(SECTION, options=neighbours.PAGING, answer={"tasklists": [structure.ListTemplate]})
def list_templates() -> Response:
    """The templates of the account, whose ids new task lists take as `todo-list-template-id`."""
    return neighbour_list("tasklists", structure.LIST_TEMPLATE)


COUNTS = LIST_OPTIONS[-2:]


@tasklists.get("/tasklists/<id:list_id>.json")
@operation(SECTION, options=COUNTS, answer={"todo-list": neighbours.TaskList})
def retrieve_list(list_id: int) -> Response:
    """One task list."""
    asked = read_options(COUNTS, request.args)
    found = one_neighbour(neighbours.TASK_LISTS, list_id)
    _counting(asked)([found])
    return envelope.payload("todo-list", found)


@tasklists.put("/tasklists/<id:list_id>.json")
@operation(SECTION, body=bodies.ChangedTaskListBody, wrapper="todo-list")
def edit_list(list_id: int) -> Response:
    """Change a task list: its name, privacy, or default followers. With
    `applyDefaultsToExistingTasks` its open tasks get the default followers, too.
    """
    execute(bodies.edit_task_list(read_object(request), list_id), current_viewer())
    return envelope.ok()


@tasklists.delete("/tasklists/<id:list_id>.json")
@operation(SECTION)
def delete_list(list_id: int) -> Response:
    """Hide a task list and its tasks; for managers of the project."""
    execute(DeleteTaskList(list_id), current_viewer())
    return envelope.ok()


@tasklists.put("/tasklists/<id:list_id>/move.json")
@operation(SECTION, body=bodies.ListTargetBody)
def move_list(list_id: int) -> Response:
    """Move a task list with its tasks into another project; for managers of both."""
    execute(bodies.move_list(read_object(request), list_id), current_viewer())
    return envelope.ok()


@tasklists.put("/tasklists/<id:list_id>/copy.json")
@operation(SECTION, body=bodies.ListTargetBody, answer={"TASKLISTID": "string"})
def copy_list(list_id: int) -> Response:
    """Copy a task list with the tasks that one sees, into its own project or into another."""
    made = execute(bodies.copy_list(read_object(request), list_id), current_viewer())
    return envelope.ok(TASKLISTID=str(made))
