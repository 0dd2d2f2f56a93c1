"""/tasklists/{id}… and /projects/{id}/tasklists.json: tasks of a list, and the lists themselves."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.structure import LISTS, PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_by_id, require
from app.queries.query import parameter
from app.services.execute import execute
from app.teamwork import envelope, filters
from app.teamwork.schemas import neighbours, requests
from app.teamwork.schemas.todo_item import TodoItem
from app.teamwork.views import live, neighbour_list, task_list

tasklists = Blueprint("tasklists", __name__)

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
    return task_list(OF_LIST, list_id)


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
    command = requests.add_task(read_object(request), list_id=list_id)
    return envelope.created(execute(command, current_viewer()))


@tasklists.get("/projects/<id:project_id>/tasklists.json")
@operation(
    "Neighbours",
    options=neighbours.PAGING,
    answer={"tasklists": [neighbours.TaskList]},
)
def lists_of_project(project_id: int) -> Response:
    """The task lists of a project, in their order."""
    require(PROJECTS, project_id, current_viewer())
    where = LISTS.column("project_id") == project_id
    return neighbour_list("tasklists", neighbours.TASK_LISTS, where)


@tasklists.post("/projects/<id:project_id>/tasklists.json")
@operation(
    "Neighbours",
    body=neighbours.NewTaskListBody,
    wrapper="todo-list",
    answer={"TASKLISTID": "string"},
    status=201,
)
def add_list(project_id: int) -> Response:
    """Add a task list to a project."""
    command = neighbours.add_task_list(read_object(request), project_id)
    return envelope.created(execute(command, current_viewer()), "TASKLISTID")


@tasklists.get("/tasklists/<id:list_id>.json")
@operation("Neighbours", answer={"todo-list": neighbours.TaskList})
def retrieve_list(list_id: int) -> Response:
    """One task list."""
    plan = neighbours.TASK_LISTS.plan(live())
    page = fetch_by_id(LISTS, list_id, plan.columns, current_viewer(), facets=plan.facets)
    return envelope.payload("todo-list", plan.render(page)[0])


@tasklists.put("/tasklists/<id:list_id>.json")
@operation("Neighbours", body=neighbours.TaskListBody, wrapper="todo-list")
def edit_list(list_id: int) -> Response:
    """Change a task list: its name, privacy, or default followers."""
    execute(neighbours.edit_task_list(read_object(request), list_id), current_viewer())
    return envelope.ok()
