"""/time_entries… and …/time_entries.json: time that was logged; …/time/total.json: its sums."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.structure import LISTS, PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.time import TIME_ENTRIES
from app.queries.catalogues.time_totals import estimated, spent
from app.queries.page import fetch_by_id, fetch_page, require
from app.queries.query import Page, Query
from app.services.commands import CompleteTask
from app.services.execute import execute, together
from app.services.neighbour_commands import DeleteTimeEntry
from app.teamwork import envelope
from app.teamwork.carrying import carried
from app.teamwork.filters import MAX_PAGE_SIZE
from app.teamwork.options import read_options
from app.teamwork.schemas import time as schemas
from app.teamwork.views import live

time = Blueprint("time", __name__)

SECTION = "Time"
LIST: dict[str, Any] = {"time-entries": [schemas.TimeEntry]}
MADE: dict[str, Any] = {"timeLogId": "string"}
TOTAL: dict[str, Any] = {"projects": "array"}


@time.get("/time_entries.json")
@operation(SECTION, options=schemas.LIST_OPTIONS, answer=LIST)
def all_entries() -> Response:
    """All logged time that one sees."""
    return _entries()


@time.get("/projects/<id:project_id>/time_entries.json")
@operation(SECTION, options=schemas.LIST_OPTIONS, answer=LIST)
def entries_of_project(project_id: int) -> Response:
    """The time logged in a project."""
    require(PROJECTS, project_id, current_viewer())
    return _entries(TIME_ENTRIES.column("project_id") == project_id)


@time.get("/tasklists/<id:list_id>/time_entries.json")
@operation(SECTION, options=schemas.LIST_OPTIONS, answer=LIST)
def entries_of_list(list_id: int) -> Response:
    """The time logged in a task list."""
    require(LISTS, list_id, current_viewer())
    return _entries(TIME_ENTRIES.column("list_id") == list_id)


@time.get("/tasks/<id:task_id>/time_entries.json")
@operation(SECTION, options=schemas.LIST_OPTIONS, answer=LIST)
def entries_of_task(task_id: int) -> Response:
    """The time logged on a task, without that of its subtasks."""
    require(TASKS, task_id, current_viewer())
    return _entries(TIME_ENTRIES.column("task_id") == task_id)


@time.post("/projects/<id:project_id>/time_entries.json")
@operation(SECTION, body=schemas.NewTimeEntryBody, wrapper="time-entry", answer=MADE, status=201)
def log_in_project(project_id: int) -> Response:
    """Log time in a project, and in one of its task lists if `tasklistId` says so."""
    command, _ = schemas.log_time(read_object(request), project_id=project_id)
    viewer = current_viewer()
    return _made(carried(lambda: execute(command, viewer), schemas.SPELLED))


@time.post("/tasks/<id:task_id>/time_entries.json")
@operation(SECTION, body=schemas.NewTimeEntryBody, wrapper="time-entry", answer=MADE, status=201)
def log_on_task(task_id: int) -> Response:
    """Log time on a task. `markTaskComplete`, in the entry or beside it, completes the task in the
    same transaction.
    """
    command, done = schemas.log_time(read_object(request), task_id=task_id)
    return _made(_completing(command, done, lambda _: task_id))


@time.get("/time_entries/<id:entry_id>.json")
@operation(SECTION, answer={"time-entry": schemas.TimeEntry})
def retrieve_entry(entry_id: int) -> Response:
    """One time entry."""
    plan = schemas.ENTRIES.plan(live())
    viewer = current_viewer()
    page = fetch_by_id(TIME_ENTRIES, entry_id, plan.columns, viewer, facets=plan.facets)
    return envelope.payload("time-entry", _rendered(page)[0])


@time.put("/time_entries/<id:entry_id>.json")
@operation(SECTION, body=schemas.TimeEntryBody, wrapper="time-entry")
def edit_entry(entry_id: int) -> Response:
    """Change a time entry. Of `hours` and `minutes` each is kept unless sent. `isbilled` is for
    managers of the project.
    """
    command, done = schemas.edit_time(read_object(request), entry_id)
    _completing(command, done, lambda task_id: task_id)
    return envelope.ok()


@time.delete("/time_entries/<id:entry_id>.json")
@operation(SECTION)
def delete_entry(entry_id: int) -> Response:
    """Delete a time entry."""
    execute(DeleteTimeEntry(entry_id), current_viewer())
    return envelope.ok()


@time.get("/time/total.json")
@operation(SECTION, options=schemas.WHICH, answer={"time-totals": "object"})
def total() -> Response:
    """The sums of all logged time that one sees."""
    asked = read_options(schemas.WHICH, request.args)
    viewer = current_viewer()
    found = spent(viewer, schemas.criteria_of(asked, viewer.account_zone))
    return envelope.payload("time-totals", schemas.time_totals(found))


@time.get("/projects/<id:project_id>/time/total.json")
@operation(SECTION, options=schemas.WHICH, answer=TOTAL)
def total_of_project(project_id: int) -> Response:
    """The sums of the time logged in a project, and of its estimates."""
    columns = ("id", "name", "company_id")
    page = fetch_by_id(PROJECTS, project_id, columns, current_viewer(), facets=("company",))
    ((_, name, company_id),) = page.rows
    company = {"id": company_id, "name": page.facets["company"][company_id].name}
    return _projects(project_id, name, company, _sums("project_id", "project_id", project_id))


@time.get("/tasklists/<id:list_id>/time/total.json")
@operation(SECTION, options=schemas.WHICH, answer=TOTAL)
def total_of_list(list_id: int) -> Response:
    """The sums of the time logged in a task list, and of its estimates."""
    columns = ("id", "name", "project_id")
    page = fetch_by_id(LISTS, list_id, columns, current_viewer(), facets=("project",))
    named = {"id": str(list_id), "name": page.rows[0][1]}
    return _in_project(page, {"tasklist": named | _sums("list_id", "list_id", list_id)})


@time.get("/tasks/<id:task_id>/time/total.json")
@operation(SECTION, options=schemas.WHICH, answer=TOTAL)
def total_of_task(task_id: int) -> Response:
    """The sums of the time logged on a task, and its estimate."""
    columns = ("id", "name", "project_id", "list_id")
    page = fetch_by_id(TASKS, task_id, columns, current_viewer(), facets=("project", "list"))
    _, name, _, list_id = page.rows[0]
    task = {"id": str(task_id), "name": name} | _sums("task_id", "id", task_id)
    task_list = {"id": str(list_id), "name": page.facets["list"][list_id].name, "task": task}
    return _in_project(page, {"tasklist": task_list})


def _entries(*where: Any) -> Response:
    """A page of the entries that the options ask for."""
    asked = read_options(schemas.LIST_OPTIONS, request.args)
    viewer, plan = current_viewer(), schemas.ENTRIES.plan(live())
    size = min(asked["pageSize"], MAX_PAGE_SIZE)
    query = Query(
        TIME_ENTRIES,
        plan.columns,
        facets=plan.facets,
        criteria=(*where, *schemas.criteria_of(asked, viewer.account_zone)),
        order=schemas.order_of(asked),
        limit=size,
        offset=min((asked["page"] - 1) * size, 2**62),
    )
    page = fetch_page(query, viewer)
    items = _rendered(page)
    number, records = asked["page"], page.total or 0
    return envelope.page("time-entries", items, number=number, size=size, total=records)


def _rendered(page: Page) -> list[dict[str, Any]]:
    """Entries as payloads, with their beginning in the viewer's zone."""
    items = schemas.ENTRIES.plan(live()).render(page)
    zone = ZoneInfo(current_viewer().zone)
    for item, started in zip(items, page.column("started_at"), strict=True):
        item["dateUserPerspective"] = _local(started, zone)
    return items


def _local(instant: datetime, zone: ZoneInfo) -> str:
    """What the clock on the wall said, in the form of an instant."""
    return instant.astimezone(zone).isoformat()[:19] + "Z"


def _completing(command: Any, done: bool, task_of: Callable[[Any], int | None]) -> Any:
    """What a command gives; the task is completed with it, if asked for."""
    viewer = current_viewer()

    def act() -> Any:
        given = execute(command, viewer)
        task_id = task_of(given)
        if task_id is not None:
            execute(CompleteTask(task_id), viewer)
        return given

    run = (lambda: together(act, viewer)) if done else (lambda: execute(command, viewer))
    return carried(run, schemas.SPELLED)


def _made(entry_id: int) -> Response:
    return envelope.created(entry_id, "timeLogId")


def _sums(of_entry: str, of_task: str, value: int) -> dict[str, Any]:
    """Estimates and logged time of what has the value in these columns."""
    asked = read_options(schemas.WHICH, request.args)
    viewer = current_viewer()
    chosen = schemas.criteria_of(asked, viewer.account_zone)
    found = spent(viewer, (TIME_ENTRIES.column(of_entry) == value, *chosen))
    estimates = estimated(viewer, (TASKS.column(of_task) == value,))
    return {
        "time-estimates": schemas.time_estimates(estimates),
        "time-totals": schemas.time_totals(found),
    }


def _in_project(page: Page, inner: dict[str, Any]) -> Response:
    """Sums within the project of a row; a personal list is in none."""
    project_id = page.column("project_id")[0]
    project = page.facets["project"].get(project_id)
    if project is None:
        return _projects("", "", {"id": "", "name": ""}, inner)
    company = {"id": project.company_id, "name": project.company_name}
    return _projects(project_id, project.name, company, inner)


def _projects(project_id: Any, name: str, company: dict[str, Any], inner: Any) -> Response:
    shown = {"id": str(company["id"]), "name": company["name"]}
    found = {"id": str(project_id), "name": name, "company": shown, **inner}
    return envelope.payload("projects", [found])
