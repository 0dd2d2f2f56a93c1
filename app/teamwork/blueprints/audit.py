"""/audit.json, the audit trail for administrators, and that of a task for whoever sees it."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from app.access import Viewer
from app.errors import Forbidden
from app.http.auth import current_viewer
from app.http.operations import operation
from app.queries.catalogues import audit as trail
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_page, require
from app.queries.query import Order, Query
from app.teamwork import envelope
from app.teamwork.options import read_options
from app.teamwork.schemas import audit as schemas
from app.teamwork.schemas.listing import Listed
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.views import asked_page, live

audit = Blueprint("audit", __name__)

SECTION = "Audit trail"
REFUSAL = "Only an administrator may read the audit trail"
NEWEST = (Order("id", descending=True),)
# Rows behind the page that are counted; where there are more, the headers say so many at least.
COUNTED, MOST_COUNTED = 1_000, 100_000
OF_OPTIONS = {
    "personId": "person_id",
    "projectId": "project_id",
    "taskId": "task_id",
    "kind": "kind",
    "action": "action",
}


@audit.get("/audit.json")
@operation(SECTION, options=schemas.AUDIT_OPTIONS, answer={"audit": [schemas.AuditItem]})
def audit_trail() -> Response:
    """Who did what, and when, the newest first; for administrators."""
    viewer = current_viewer()
    if not viewer.admin:
        raise Forbidden(REFUSAL)
    return _trail(schemas.AUDITS, _asked(viewer))


@audit.get("/tasks/<id:task_id>/audit.json")
@operation(SECTION, options=PAGING, answer={"audit": [schemas.AuditItemOfTask]})
def audit_of_task(task_id: int) -> Response:
    """What happened to a task, the newest first. Administrators read the values, too, in
    `changes`.
    """
    viewer = current_viewer()
    require(TASKS, task_id, viewer)
    return _trail(schemas.AUDITS_OF_TASK[viewer.admin], [trail.of_task(task_id)])


def _asked(viewer: Viewer) -> list[Any]:
    """The conditions that the options name."""
    asked = read_options(schemas.AUDIT_OPTIONS, request.args)
    found: list[Any] = [
        trail.sought(column, asked[option])
        for option, column in OF_OPTIONS.items()
        if asked[option] is not None
    ]
    if asked["fromDate"] is not None:
        found.append(trail.since(_instant(asked["fromDate"], viewer)))
    if asked["toDate"] is not None:
        found.append(trail.until(_instant(asked["toDate"], viewer, days=1)))
    return found


def _instant(value: date, viewer: Viewer, days: int = 0) -> datetime:
    """An instant as it is, or the start of a day in the viewer's zone, or of one of the next."""
    if isinstance(value, datetime):
        return value
    day = value + timedelta(days)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(viewer.zone))


def _trail(what: Listed, where: list[Any]) -> Response:
    """A page of the trail. What is behind it is counted only so far, lest a page of a long trail
    costs a walk along all of it.
    """
    number, size, offset = asked_page()
    viewer, plan = current_viewer(), what.plan(live())
    shared: dict[str, Any] = {"criteria": tuple(where), "order": NEWEST, "counted": False}
    catalogue = what.catalogue
    query = Query(catalogue, plan.columns, plan.facets, limit=size, offset=offset, **shared)
    page = fetch_page(query, viewer)

    def counted(start: int, most: int) -> int:
        return fetch_page(Query(catalogue, ("id",), limit=most, offset=start, **shared), viewer).own

    total = offset + page.own
    if page.own == size:
        total += counted(total, COUNTED)
    elif not page.own:
        total = counted(0, min(offset, MOST_COUNTED)) if offset else 0
    return envelope.page("audit", plan.render(page), number=number, size=size, total=total)
