"""/search.json, /latestActivity.json and /lockdown/{id}.json."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.operations import operation
from app.queries.catalogues.activity import ACTIVITY, of_project, starred
from app.queries.catalogues.lockdowns import LOCKDOWNS
from app.queries.catalogues.search import holding, newest
from app.queries.catalogues.structure import PROJECTS
from app.queries.catalogues.tasks import in_live_project
from app.queries.page import fetch_by_id, fetch_page, require
from app.queries.query import Order, Query
from app.teamwork import envelope
from app.teamwork.filters import MAX_PAGE_SIZE
from app.teamwork.options import read_options
from app.teamwork.schemas import lookup as schemas
from app.teamwork.schemas.listing import Listed
from app.teamwork.views import live

lookup = Blueprint("lookup", __name__)

SECTION = "Search, activity and trash can"


@lookup.get("/search.json")
@operation(SECTION, options=schemas.SEARCH_OPTIONS, answer={"searchResult": "object"})
def search() -> Response:
    """Tasks, projects, task lists, comments or files with a text in them, the newest first. The
    newest million of each kind is searched.
    """
    asked = read_options(schemas.SEARCH_OPTIONS, request.args)
    kind, size = asked["searchFor"], min(asked["pageSize"], MAX_PAGE_SIZE)
    what = schemas.FOUND[kind]
    catalogue = what.catalogue
    where: list[Any] = [
        holding(catalogue, asked["searchTerm"]),
        newest(catalogue, schemas.MOST_SEARCHED),
    ]
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
    """What happened in one's projects, the latest first: of the last 100,000 things that happened
    at all. X-Records counts to 10,000, and no page is beyond.
    """
    return _activity(newest(ACTIVITY, schemas.MOST_LATEST))


@lookup.get("/projects/<id:project_id>/latestactivity.json")
@operation(SECTION, options=schemas.ACTIVITY_OPTIONS, answer={"activity": [schemas.ActivityItem]})
def latest_activity_of_project(project_id: int) -> Response:
    """What happened in a project, the latest first. X-Records counts to 10,000, and no page is
    beyond.
    """
    require(PROJECTS, project_id, current_viewer())
    return _activity(of_project(project_id))


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
    offset = min((asked["page"] - 1) * size, schemas.MOST_COUNTED)
    plan = schemas.ACTIVITIES.plan(live())
    query = Query(
        ACTIVITY,
        plan.columns,
        facets=plan.facets,
        criteria=(*where, starred()) if asked["onlyStarred"] else where,
        order=(Order("id", descending=True),),
        limit=size,
        offset=offset,
        counted_to=schemas.MOST_COUNTED,
    )
    page = fetch_page(query, current_viewer())
    items, total = plan.render(page)[: schemas.MOST_COUNTED - offset], page.total or 0
    return envelope.page("activity", items, number=asked["page"], size=size, total=total)


def _offset(page: int, size: int) -> int:
    return min((page - 1) * size, 2**62)
