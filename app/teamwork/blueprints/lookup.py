"""/search.json, /latestActivity.json, /trashcan/… and /lockdown/{id}.json."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.operations import operation
from app.queries.catalogues.activity import ACTIVITY, of_project, starred
from app.queries.catalogues.lockdowns import LOCKDOWNS
from app.queries.catalogues.search import holding
from app.queries.catalogues.structure import PROJECTS
from app.queries.catalogues.tasks import in_live_project
from app.queries.catalogues.trash import in_project
from app.queries.page import fetch_by_id, fetch_page, require
from app.queries.query import Order, Query
from app.services.execute import execute
from app.services.talk_commands import RestoreComment, RestoreTask, RestoreTaskList
from app.teamwork import envelope
from app.teamwork.filters import MAX_PAGE_SIZE
from app.teamwork.options import read_options
from app.teamwork.schemas import lookup as schemas
from app.teamwork.schemas.listing import Listed
from app.teamwork.views import live

lookup = Blueprint("lookup", __name__)

SECTION = "Search, activity and trash can"
RESTORED = {"restoredItems": "array"}


@lookup.get("/search.json")
@operation(SECTION, options=schemas.SEARCH_OPTIONS, answer={"searchResult": "object"})
def search() -> Response:
    """Tasks, projects, task lists, comments or files with a text in them, the newest first."""
    asked = read_options(schemas.SEARCH_OPTIONS, request.args)
    kind, size = asked["searchFor"], min(asked["pageSize"], MAX_PAGE_SIZE)
    what = schemas.FOUND[kind]
    where: list[Any] = [holding(what.catalogue, asked["searchTerm"])]
    if kind == "tasks" and not asked["includeArchivedProjects"]:
        where.append(in_live_project())
    offset = _offset(asked["page"], size)
    items = _newest(what, where, size + 1, offset) if asked["searchTerm"] else []
    return envelope.payload(
        "searchResult", {"moreAvailable": len(items) > size, kind: items[:size]}
    )


@lookup.get("/latestactivity.json")
@operation(SECTION, options=schemas.ACTIVITY_OPTIONS, answer={"activity": [schemas.ActivityItem]})
def latest_activity() -> Response:
    """What happened in one's projects, the latest first."""
    return _activity()


@lookup.get("/projects/<id:project_id>/latestactivity.json")
@operation(SECTION, options=schemas.ACTIVITY_OPTIONS, answer={"activity": [schemas.ActivityItem]})
def latest_activity_of_project(project_id: int) -> Response:
    """What happened in a project, the latest first."""
    require(PROJECTS, project_id, current_viewer())
    return _activity(of_project(project_id))


@lookup.get("/trashcan/projects/<id:project_id>.json")
@operation(
    SECTION,
    answer={
        "tasks": [schemas.TrashedTask],
        "tasklists": [schemas.TrashedTaskList],
        "comments": [schemas.TrashedComment],
    },
)
def trash_can(project_id: int) -> Response:
    """What was deleted in a project and can be restored, the newest 500 of each kind."""
    require(PROJECTS, project_id, current_viewer())
    found = {
        name: _newest(what, [in_project(what.catalogue, project_id)], MAX_PAGE_SIZE)
        for name, what in schemas.TRASH.items()
    }
    return envelope.ok(**found)


@lookup.put("/trashcan/tasks/<id:task_id>/restore.json")
@operation(SECTION, answer=RESTORED)
def restore_task(task_id: int) -> Response:
    """Restore a task, with the subtasks that were deleted by the same act."""
    return _restored(RestoreTask(task_id))


@lookup.put("/trashcan/tasklists/<id:list_id>/restore.json")
@operation(SECTION, answer=RESTORED)
def restore_list(list_id: int) -> Response:
    """Restore a task list, with the tasks that were deleted by the same act."""
    return _restored(RestoreTaskList(list_id))


@lookup.put("/trashcan/comments/<id:comment_id>/restore.json")
@operation(SECTION, answer=RESTORED)
def restore_comment(comment_id: int) -> Response:
    """Restore a comment; who may delete it, may."""
    return _restored(RestoreComment(comment_id))


@lookup.get("/lockdown/<id:lockdown_id>.json")
@operation(SECTION, answer={"lockdown": schemas.LockdownPayload})
def retrieve_lockdown(lockdown_id: int) -> Response:
    """The access list of a private task or list, for who sees that."""
    plan, viewer = schemas.LOCKDOWN.plan(live()), current_viewer()
    page = fetch_by_id(LOCKDOWNS, lockdown_id, plan.columns, viewer, facets=plan.facets)
    return envelope.payload("lockdown", plan.render(page)[0])


def _newest(what: Listed, where: list[Any], limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """Rows of a kind that fulfil the conditions, the newest first."""
    plan = what.plan(live())
    query = Query(
        what.catalogue,
        plan.columns,
        facets=plan.facets,
        criteria=tuple(where),
        order=(Order("id", descending=True),),
        limit=limit,
        offset=offset,
        counted=False,
    )
    return plan.render(fetch_page(query, current_viewer()))


def _activity(*where: Any) -> Response:
    """A page of what happened."""
    asked = read_options(schemas.ACTIVITY_OPTIONS, request.args)
    size = min(asked["pageSize"] or asked["maxItems"], schemas.MOST_ACTIVITIES)
    plan = schemas.ACTIVITIES.plan(live())
    query = Query(
        ACTIVITY,
        plan.columns,
        facets=plan.facets,
        criteria=(*where, starred()) if asked["onlyStarred"] else where,
        order=(Order("id", descending=True),),
        limit=size,
        offset=_offset(asked["page"], size),
    )
    page = fetch_page(query, current_viewer())
    items, total = plan.render(page), page.total or 0
    return envelope.page("activity", items, number=asked["page"], size=size, total=total)


def _offset(page: int, size: int) -> int:
    return min((page - 1) * size, 2**62)


def _restored(command: Any) -> Response:
    ids = execute(command, current_viewer())
    return envelope.ok(restoredItems=[str(each) for each in ids])
