"""Query string -> Query: date windows, paging, sort, id lists ("Retrieve all tasks", Options;
decisions 15-18).

Pure: today comes in as a value, nothing is read from the store.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, and_, false, or_, true

from app.errors import Invalid
from app.http.fragments import FragmentedPlan
from app.http.payload import Plan
from app.queries.catalogues.tasks import (
    TASKS,
    assigned_to,
    assigned_to_anybody,
    in_live_project,
    tagged,
)
from app.queries.query import Order, Query
from app.teamwork.options import (
    Option,
    day,
    flag,
    ids,
    instant,
    number,
    read_options,
    word,
    words,
)

Condition = ColumnElement[bool]
DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 250, 500
DUE, START = TASKS.column("due_on"), TASKS.column("start_on")


class Window(NamedTuple):
    """Days from `first` to `last`, both included; None is open-ended."""

    first: date | None
    last: date | None

    def holds(self, column: ColumnElement[Any]) -> Condition:
        """The column's day lies in the window."""
        bounds = []
        if self.first is not None:
            bounds.append(column >= self.first)
        if self.last is not None:
            bounds.append(column <= self.last)
        return and_(*bounds)


Frame = Callable[[date, bool, bool], Window]


def _days(first: int, last: int) -> Frame:
    return lambda today, *_: Window(today + timedelta(first), today + timedelta(last))


def _within(days: int) -> Frame:
    """Today to today + N inclusive; includeToday=false starts tomorrow."""
    return lambda today, include_today, _: Window(
        today if include_today else today + timedelta(1), today + timedelta(days)
    )


def _week(today: date, _: bool, sunday_first: bool) -> Window:
    first = today - timedelta((today.weekday() + int(sunday_first)) % 7)
    return Window(first, first + timedelta(6))


WINDOWS: dict[str, Frame] = {
    "overdue": lambda today, *_: Window(None, today - timedelta(1)),
    "today": _days(0, 0),
    "tomorrow": _days(1, 1),
    "thisweek": _week,
    "within7": _within(7),
    "within14": _within(14),
    "within30": _within(30),
    "within365": _within(365),
}
WITHOUT: dict[str, Condition] = {
    "nodate": and_(DUE.is_(None), START.is_(None)),
    "nostartdate": START.is_(None),
    "noduedate": DUE.is_(None),
}
EVERYTHING = ("all", "anytime", "completed")
FILTERS = {name: name for name in (*EVERYTHING, *WINDOWS, *WITHOUT)}
INCLUDABLE = ("nodate", "nostartdate", "noduedate", "overdue")

_SORTS = {
    "duedate": ("due_on", False),
    "startdate": ("start_on", False),
    "dateadded": ("created_at", False),
    "priority": ("priority", False),
    "project": ("project_key", False),
    "company": ("company_key", False),
    "manual": ("position", False),
    "dateupdated": ("changed_at", True),
    "completeddate": ("done_at", False),
}


def _sort_words() -> dict[str, Order]:
    found = {}
    for name, (column, descending) in _SORTS.items():
        found[name] = Order(column, descending)
        found[name + "asc"] = Order(column)
        found[name + "desc"] = Order(column, True)
    return found


SORTS = _sort_words()

PAGE = number("page", 1, "the page to answer, the first is 1")
PAGE_SIZE = number("pageSize", DEFAULT_PAGE_SIZE, "tasks a page; more than 500 are served as 500")
GET_FILES = flag("getFiles", False, "put the files of each task into `attachments`")
NEST = flag("nestSubTasks", False, "put subtasks into `subTasks` of their parent")
COMPLETED_SUBTASKS = flag("includeCompletedSubtasks", False, "completed subtasks too")
START_DATE = day("startdate", "first day of a range; together with enddate")
END_DATE = day("enddate", "last day of a range; together with startdate")
SORT = word("sort", SORTS, SORTS["duedate"], "the order; a suffix DESC or ASC turns it round")
ARCHIVED = flag("includeArchivedProjects", False, "tasks of archived projects too")

LIST_OPTIONS: tuple[Option, ...] = (
    word("filter", FILTERS, "anytime", "a window of due dates; `completed`: completed tasks only"),
    PAGE,
    PAGE_SIZE,
    START_DATE,
    END_DATE,
    instant("updatedAfterDate", "only tasks updated after this instant (UTC)"),
    instant("completedAfterDate", "only tasks completed after this instant (UTC)"),
    instant("completedBeforeDate", "only tasks completed before this instant (UTC)"),
    flag("showDeleted", False, "deleted tasks too, with the status `deleted`"),
    flag("includeCompletedTasks", False, "completed tasks of the top level too"),
    COMPLETED_SUBTASKS,
    ids("creator-ids", "only tasks made by these people; 0: by anybody", also=(0,)),
    words("include", INCLUDABLE, "sets that are added to what the filter finds"),
    ids(
        "responsible-party-ids",
        "only tasks assigned to these people; -1: to somebody, 0: to nobody",
        also=(-1, 0),
    ),
    SORT,
    flag("getSubTasks", True, "`no` leaves subtasks out"),
    NEST,
    GET_FILES,
    flag("includeToday", True, "`no` lets a within… filter start tomorrow"),
    flag(
        "ignore-start-dates",
        None,
        "`false`: a start date in the window counts too; `true`: a range looks at due dates only",
    ),
    ids("tag-ids", "only tasks with one of these tags"),
    ids("projectIds", "only tasks of these projects"),
    ARCHIVED,
    flag("includeTasksWithoutDueDates", True, "`no` leaves tasks without a due date out"),
)
ONE_OPTIONS = (
    flag("getFiles", True, "put the files of the task into `attachments`"),
    NEST,
    COMPLETED_SUBTASKS,
    flag("showDeleted", False, "answer a deleted task too"),
)
SUBTASK_OPTIONS = (PAGE, PAGE_SIZE, SORT, NEST, GET_FILES, COMPLETED_SUBTASKS)
COMPLETED_OPTIONS = (
    *LIST_OPTIONS,
    day("statedate", "a misprint of startdate in the document, accepted"),
)

TASKS_OF_LISTS = (
    word("filter", FILTERS, "anytime", "only lists with such a task; `completed`: a completed one"),
    ids(
        "responsible-party-id",
        "only lists with a task of these people; -1: of somebody, 0: of nobody",
        also=(-1, 0),
    ),
)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A list as asked for: its Query, the same with the columns of the plan's pieces unless
    subtasks are to be nested, and how to answer it.
    """

    query: Query
    pieces: Query | None
    page: int
    page_size: int
    files: bool
    nest: bool

    @property
    def offset(self) -> int:
        """How many rows stand on the pages before."""
        return min((self.page - 1) * self.page_size, 2**62)


@dataclass(frozen=True, slots=True)
class Today:
    """The viewer's day, his zone, and when his weeks start."""

    date: date
    zone: str = "UTC"
    sunday_first: bool = False


MakePlan = Callable[[bool], Plan]


def parse_task_list(
    args: Mapping[str, str], scope: Condition | None, today: Today, make_plan: MakePlan
) -> ListRequest:
    """A list of tasks: of a project or list when a scope is given, else of all live projects.

    `make_plan` gives the payload's plan, with files or without. Raises Invalid.
    """
    asked = read_options(LIST_OPTIONS, args)
    criteria = [_completion(asked), _named_filter(asked, today), *_common(asked, scope)]
    if asked["startdate"] or asked["enddate"]:
        criteria.append(_range(asked))
    return _request(asked, criteria, make_plan)


def parse_subtasks(args: Mapping[str, str], scope: Condition, make_plan: MakePlan) -> ListRequest:
    """The subtasks of one task: open ones, and completed ones if asked for. Raises Invalid."""
    asked = read_options(LIST_OPTIONS, {}) | read_options(SUBTASK_OPTIONS, args)
    return _request(asked, [_completion(asked), *_common(asked, scope)], make_plan)


def parse_completed(args: Mapping[str, str], today: Today, make_plan: MakePlan) -> ListRequest:
    """ "Completed tasks": those of the last month, or completed from startdate to enddate."""
    asked = read_options(COMPLETED_OPTIONS, args)
    completed = _completion(asked | {"filter": "completed"})
    between = _completed_between(asked, today)
    criteria = [completed, between, _named_filter(asked, today), *_common(asked, None)]
    return _request(asked, criteria, make_plan)


def parse_list_tasks(args: Mapping[str, str], today: Today) -> tuple[Condition, ...]:
    """What a task must be for its task list to be listed; nothing when any list will do. Raises
    Invalid.
    """
    asked = read_options(LIST_OPTIONS, {}) | read_options(TASKS_OF_LISTS, args)
    people = asked["responsible-party-id"]
    if not people and asked["filter"] in ("all", "anytime"):
        return ()
    found = (_completion(asked), _named_filter(asked, today))
    return (*found, _assigned(people)) if people else found


@cache
def descendants(include_completed: bool) -> tuple[Condition, ...]:
    """Which subtasks a single task shows."""
    return () if include_completed else (TASKS.column("is_done").is_(false()),)


def _request(asked: dict[str, Any], criteria: list[Condition], make_plan: MakePlan) -> ListRequest:
    plan = make_plan(asked["getFiles"])
    size = min(asked["pageSize"], MAX_PAGE_SIZE)
    whole = tuple(each for each in criteria if each is not None)
    top = () if asked["getSubTasks"] else (TASKS.column("parent_id").is_(None),)
    query = Query(
        catalogue=TASKS,
        columns=plan.columns,
        facets=plan.facets,
        criteria=whole + top,
        order=(asked["sort"],),
        limit=size,
        with_deleted=asked["showDeleted"],
        nested=whole if asked["nestSubTasks"] else None,
        rooted=asked["nestSubTasks"],
    )
    in_pieces = None
    if isinstance(plan, FragmentedPlan) and not asked["nestSubTasks"]:
        in_pieces = replace(query, columns=plan.pieces.columns, facets=(), uses=count())
    return ListRequest(
        query, in_pieces, asked["page"], size, asked["getFiles"], asked["nestSubTasks"]
    )


def _completion(asked: dict[str, Any]) -> Condition:
    """Open tasks, and completed ones as far as asked for (decision 15)."""
    done, parent = TASKS.column("is_done"), TASKS.column("parent_id")
    after, before = asked["completedAfterDate"], asked["completedBeforeDate"]
    if asked["filter"] == "completed" or after or before:
        bounds = [done.is_(true())]
        if after:
            bounds.append(TASKS.column("done_at") > after)
        if before:
            bounds.append(TASKS.column("done_at") < before)
        return and_(*bounds)
    top, sub = asked["includeCompletedTasks"], asked["includeCompletedSubtasks"]
    if top and sub:
        return true()
    chosen: Condition = done.is_(false())
    if top:
        chosen = or_(chosen, parent.is_(None))
    if sub:
        chosen = or_(chosen, parent.is_not(None))
    return chosen


def _named_filter(asked: dict[str, Any], today: Today) -> Condition:
    name = asked["filter"]
    if name in EVERYTHING:
        return true()
    sets = [_set(each, asked, today) for each in (name, *asked["include"])]
    return or_(*sets)


def _set(name: str, asked: dict[str, Any], today: Today) -> Condition:
    if name in WITHOUT:
        return WITHOUT[name]
    window = WINDOWS[name](today.date, asked["includeToday"], today.sunday_first)
    if asked["ignore-start-dates"] is False and name != "overdue":
        return or_(window.holds(DUE), window.holds(START))
    return window.holds(DUE)


def _range(asked: dict[str, Any]) -> Condition:
    """Tasks whose span overlaps the range; with ignore-start-dates, whose due date lies in it."""
    first, last = asked["startdate"], asked["enddate"]
    if not (first and last):
        missing = "enddate" if first else "startdate"
        raise Invalid({missing: "is missing: startdate and enddate go together"})
    window = Window(first, last)
    if asked["ignore-start-dates"]:
        return window.holds(DUE)
    return or_(
        and_(last >= START, first <= DUE),
        and_(START.is_(None), window.holds(DUE)),
        and_(DUE.is_(None), window.holds(START)),
    )


def _completed_between(asked: dict[str, Any], today: Today) -> Condition:
    """A lone startdate runs to today, a lone enddate from a month before; neither: the last
    month.
    """
    last = asked["enddate"] or today.date
    first = asked["startdate"] or asked["statedate"] or last - relativedelta(months=1)
    done_at = TASKS.column("done_at")
    return and_(done_at >= _midnight(first, today), done_at < _midnight(last, today, 1))


def _midnight(day: date, today: Today, later: int = 0) -> datetime:
    """The start of a day in the viewer's zone, in UTC; the last day of the calendar stays in it."""
    day = day if day == date.max else day + timedelta(later)
    local = datetime.combine(day, time.min, tzinfo=ZoneInfo(today.zone))
    return local.replace(tzinfo=UTC) - (local.utcoffset() or timedelta())


def _common(asked: dict[str, Any], scope: Condition | None) -> list[Condition]:
    """What the other options add."""
    criteria = []
    if scope is not None:
        criteria.append(scope)
    elif not asked["includeArchivedProjects"]:
        criteria.append(in_live_project())
    if asked["updatedAfterDate"]:
        criteria.append(TASKS.column("changed_at") > asked["updatedAfterDate"])
    creators = [each for each in asked["creator-ids"] if each]
    if creators and 0 not in asked["creator-ids"]:
        criteria.append(TASKS.column("creator_id").in_(creators))
    if asked["responsible-party-ids"]:
        criteria.append(_assigned(asked["responsible-party-ids"]))
    if asked["tag-ids"]:
        criteria.append(tagged(asked["tag-ids"]))
    if asked["projectIds"]:
        criteria.append(TASKS.column("project_id").in_(asked["projectIds"]))
    if not asked["includeTasksWithoutDueDates"]:
        criteria.append(DUE.is_not(None))
    return criteria


def _assigned(people: tuple[int, ...]) -> Condition:
    """-1: to anybody, 0: to nobody, else to one of these; several: any of them."""
    found: list[Condition] = []
    if -1 in people:
        found.append(assigned_to_anybody())
    if 0 in people:
        found.append(~assigned_to_anybody())
    named = [each for each in people if each > 0]
    if named:
        found.append(assigned_to(named))
    return or_(*found)
