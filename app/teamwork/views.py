"""What several views of this dialect share: the viewer's day, the shape, and lists of tasks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from flask import Response, current_app, request

from app.access import Viewer
from app.clock import clock
from app.errors import Invalid
from app.http.answers import is_awaited, tells_of
from app.http.auth import current_viewer
from app.http.fragments import FragmentedPlan
from app.queries.page import fetch_by_id, fetch_page
from app.queries.query import Order, Page, Query
from app.teamwork import envelope
from app.teamwork.filters import MAX_PAGE_SIZE, PAGE, ListRequest, MakePlan, Today, parse_task_list
from app.teamwork.nesting import nest
from app.teamwork.options import read_options
from app.teamwork.schemas import todo_item
from app.teamwork.schemas.listing import Listed
from app.teamwork.schemas.neighbours import PAGING

REMEMBERED = 256  # readings of query strings
Pairs = tuple[tuple[str, str], ...]
Parse = Callable[..., ListRequest]


def live() -> bool:
    """The payloads are those of the live service (TANDEM_TEAMWORK_SHAPE)."""
    return bool(current_app.config["TANDEM"].shape == "live")


def today_of(viewer: Viewer) -> Today:
    """The viewer's day and week."""
    return Today(clock.today(viewer.zone), viewer.zone, viewer.weeks_start_on_sunday)


def task_plan(files: bool) -> FragmentedPlan:
    """The plan of a task in the shape that is set."""
    return todo_item.plan(live=live(), files=files)


@cache
def task_plans(in_live_shape: bool) -> MakePlan:
    """The plans of a task in a shape, with files or without."""
    return lambda files: todo_item.plan(live=in_live_shape, files=files)


def asked_for(parse: Parse, *more: Any) -> ListRequest:
    """What the options of the request ask for, read by one of the functions of filters.py. The
    same options on the same day are read once, whatever the page.
    """
    other = tuple(pair for pair in request.args.items() if pair[0].lower() != "page")
    plans = task_plans(live())
    try:
        page = read_options((PAGE,), request.args)["page"]
        return replace(_asked_for(parse, other, *more, plans), page=page)
    except Invalid:
        parse(request.args, *more, plans)  # names all that is wrong at once
        raise


@lru_cache(REMEMBERED)
def _asked_for(parse: Parse, pairs: Pairs, *more: Any) -> ListRequest:
    return parse(dict(pairs), *more)


def task_list(
    scope: Any = None, scope_id: int | None = None, *, lists: Sequence[int] = ()
) -> Response:
    """A list of tasks with all options of the request; of the project or list with this id, when a
    scope is given. `lists`: all of its tasks are in these, if that is known.
    """
    asked = asked_for(parse_task_list, scope, today_of(current_viewer()))
    return answer_list(asked, scope_id, lists=lists)


def one_task(task_id: int, viewer: Viewer, *, files: bool, with_deleted: bool) -> Response:
    """One task, without those below it. Raises NotFound when the viewer sees none."""
    item = task_plan(files).fetch_by_id(task_id, viewer, with_deleted=with_deleted)
    return envelope.payload("todo-item", item)


def answer_list(
    asked: ListRequest, scope_id: int | None = None, *, lists: Sequence[int] = ()
) -> Response:
    """The tasks that were asked for, nested if asked for; all in the same lists, if any are
    named.
    """
    viewer, values, plan = (
        current_viewer(),
        {"scope": scope_id, "offset": asked.offset},
        task_plan(asked.files),
    )
    if asked.pieces is not None:
        grounded = bool(lists) and is_awaited()
        texts, page = plan.fetch(asked.pieces, viewer, values, around=grounded)
        if grounded:
            tells_of({*lists, *page.around})
        return paged("todo-items", texts, asked, page)
    page = fetch_page(asked.query, viewer, values)
    items = plan.render(page)
    return paged("todo-items", nest(items, page) if asked.nest else items, asked, page)


def paged(name: str, items: list[Any], asked: ListRequest, page: Page) -> Response:
    """A list of tasks with its page headers."""
    return envelope.page(
        name, items, number=asked.page, size=asked.page_size, total=page.total or 0
    )


def neighbour_list(
    name: str,
    what: Listed,
    *where: Any,
    order: str | Order | None = None,
    complete: Callable[[list[dict[str, Any]]], None] | None = None,
) -> Response:
    """A paged list of projects, people and the like. `complete` adds to the items what their plan
    does not know.
    """
    number, size, offset = asked_page()
    plan = what.plan(live())
    query = Query(
        what.catalogue,
        plan.columns,
        facets=plan.facets,
        criteria=where,
        order=_order(order),
        limit=size,
        offset=offset,
    )
    page = fetch_page(query, current_viewer())
    items = plan.render(page)
    if complete is not None:
        complete(items)
    return envelope.page(name, items, number=number, size=size, total=page.total or 0)


def asked_page() -> tuple[int, int, int]:
    """The number and the size of the page that the request asks for, and how many rows lie before
    it.
    """
    asked = read_options(PAGING, request.args)
    size = min(asked["pageSize"], MAX_PAGE_SIZE)
    return asked["page"], size, min((asked["page"] - 1) * size, 2**62)


def _order(order: str | Order | None) -> tuple[Order, ...]:
    if order is None:
        return ()
    return (Order(order) if isinstance(order, str) else order,)


def one_neighbour(what: Listed, row_id: int) -> dict[str, Any]:
    """One project, person and the like as a payload. Raises NotFound when the viewer sees none."""
    plan = what.plan(live())
    page = fetch_by_id(what.catalogue, row_id, plan.columns, current_viewer(), facets=plan.facets)
    return plan.render(page)[0]
