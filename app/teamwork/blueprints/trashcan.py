"""/trashcan/…: what was deleted in a project, and how it comes back."""

from typing import Any

from flask import Blueprint, Response

from app.http.auth import current_viewer
from app.http.operations import operation
from app.queries.catalogues.structure import PROJECTS
from app.queries.catalogues.trash import in_project
from app.queries.page import fetch_page, require
from app.queries.query import Order, Query
from app.services.execute import execute
from app.services.talk_commands import RestoreComment, RestoreTask, RestoreTaskList
from app.teamwork import envelope
from app.teamwork.schemas import lookup as schemas
from app.teamwork.schemas.listing import Listed
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.views import asked_page, live

trashcan = Blueprint("trashcan", __name__)

SECTION = "Search, activity and trash can"
RESTORED = {"restoredItems": "array"}


@trashcan.get("/trashcan/projects/<id:project_id>.json")
@operation(
    SECTION,
    options=PAGING,
    answer={
        "tasks": [schemas.TrashedTask],
        "tasklists": [schemas.TrashedTaskList],
        "comments": [schemas.TrashedComment],
    },
)
def trash_can(project_id: int) -> Response:
    """What was deleted in a project and can be restored, the newest first. A page holds up to
    `pageSize` of each kind; X-Records counts all kinds, X-Pages the pages of the longest list.
    """
    require(PROJECTS, project_id, current_viewer())
    number, size, offset = asked_page()
    found, totals = {}, []
    for name, what in schemas.TRASH.items():
        found[name], total = _thrown_away(what, project_id, size, offset)
        totals.append(total)
    return envelope.paged(envelope.ok(**found), number=number, size=size, totals=totals)


@trashcan.put("/trashcan/tasks/<id:task_id>/restore.json")
@operation(SECTION, answer=RESTORED)
def restore_task(task_id: int) -> Response:
    """Restore a task, with the subtasks that were deleted by the same act."""
    return _restored(RestoreTask(task_id))


@trashcan.put("/trashcan/tasklists/<id:list_id>/restore.json")
@operation(SECTION, answer=RESTORED)
def restore_list(list_id: int) -> Response:
    """Restore a task list, with the tasks that were deleted by the same act."""
    return _restored(RestoreTaskList(list_id))


@trashcan.put("/trashcan/comments/<id:comment_id>/restore.json")
@operation(SECTION, answer=RESTORED)
def restore_comment(comment_id: int) -> Response:
    """Restore a comment; who may delete it, may."""
    return _restored(RestoreComment(comment_id))


def _thrown_away(
    what: Listed, project_id: int, size: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of what lies in the trash can of a kind, and how much there is of it."""
    plan = what.plan(live())
    query = Query(
        what.catalogue,
        plan.columns,
        facets=plan.facets,
        criteria=(in_project(what.catalogue, project_id),),
        order=(Order("id", descending=True),),
        limit=size,
        offset=offset,
    )
    page = fetch_page(query, current_viewer())
    return plan.render(page), page.total or 0


def _restored(command: Any) -> Response:
    ids = execute(command, current_viewer())
    return envelope.ok(restoredItems=[str(each) for each in ids])
