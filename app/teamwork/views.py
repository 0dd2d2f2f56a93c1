"""What several views of this dialect share: the viewer's day, the shape, and lists of tasks."""

from typing import Any

from flask import Response, current_app, request

from app.access import Viewer
from app.clock import clock
from app.http.auth import current_viewer
from app.http.payload import Plan
from app.queries.page import fetch_page
from app.queries.query import Order, Page, Query
from app.teamwork import envelope
from app.teamwork.filters import MAX_PAGE_SIZE, ListRequest, Today, parse_task_list
from app.teamwork.nesting import nest
from app.teamwork.options import read_options
from app.teamwork.schemas import todo_item
from app.teamwork.schemas.neighbours import PAGING, Listed


def live() -> bool:
    """The payloads are those of the live service (TANDEM_TEAMWORK_SHAPE)."""
    return bool(current_app.config["TANDEM"].shape == "live")


def today_of(viewer: Viewer) -> Today:
    """The viewer's day and week."""
    return Today(clock.today(viewer.zone), viewer.zone, viewer.weeks_start_on_sunday)


def task_plan(files: bool) -> Plan:
    """The plan of a task in the shape that is set."""
    return todo_item.plan(live=live(), files=files)


def task_list(scope: Any = None) -> Response:
    """A list of tasks with all options of the request."""
    today = today_of(current_viewer())
    return answer_list(parse_task_list(request.args, scope, today, task_plan))


def answer_list(asked: ListRequest) -> Response:
    """The tasks that were asked for, nested if asked for."""
    page = fetch_page(asked.query, current_viewer())
    items = task_plan(asked.files).render(page)
    return paged("todo-items", nest(items, page) if asked.nest else items, asked, page)


def paged(name: str, items: list[Any], asked: ListRequest, page: Page) -> Response:
    """A list of tasks with its page headers."""
    return envelope.page(
        name, items, number=asked.page, size=asked.page_size, total=page.total or 0
    )


def neighbour_list(name: str, what: Listed, *where: Any, order: str | None = None) -> Response:
    """A paged list of projects, people and the like."""
    asked = read_options(PAGING, request.args)
    size = min(asked["pageSize"], MAX_PAGE_SIZE)
    plan = what.plan(live())
    query = Query(
        what.catalogue,
        plan.columns,
        facets=plan.facets,
        criteria=where,
        order=(Order(order),) if order else (),
        limit=size,
        offset=min((asked["page"] - 1) * size, 2**62),
    )
    page = fetch_page(query, current_viewer())
    items = plan.render(page)
    return envelope.page(name, items, number=asked["page"], size=size, total=page.total or 0)
