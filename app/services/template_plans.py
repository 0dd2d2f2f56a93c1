"""What a template holds, and its JSON document {"format": "tandem-task-template", "version": 1, …}.

Days are counted from the first day that any task of the template has. Members that have their
default are left out of the document. Reading is strict: an unknown member, a wrong type, an index
that points nowhere are refused, with the place where they stand.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import time
from typing import Any, TypeVar

import orjson

from app.errors import Invalid
from app.services.template_members import (
    Reader,
    Unfit,
    choice,
    clock_time,
    flag,
    html,
    items,
    number,
    record,
    text,
    whole,
)

FORMAT, VERSION = "tandem-task-template", 1
MAX_TASKS = 10_000
MAX_BODY = 2**24  # bytes of a document that the server made
MAX_UPLOAD = 2**20  # bytes of one that a client sends
MAX_DAYS = 365_000  # a thousand years: no date that follows leaves the calendar
MAX_LISTS = 500
MAX_TAGS = 1000  # different ones
MAX_PARENTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedList:
    """A task list, matched by its name or made."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStatus:
    """A status of the board, matched by its name or made; `color` is 0xRRGGBB."""

    name: str
    color: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCheckList:
    """A check list and the names of its items."""

    name: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTask:
    """A task. `list`, `parent` and `predecessors` are indexes, `status` is a name, `start` and
    `due` are days with a time of day in the account's zone, `hours` its work.
    """

    name: str
    list: int
    parent: int | None = None
    html: str = ""
    hours: float = 0.0
    start: int | None = None
    start_time: time | None = None
    due: int | None = None
    due_time: time | None = None
    priority: int | None = None
    status: str | None = None
    color: int | None = None
    billable: bool = False
    recurrence: int = 0
    tags: tuple[str, ...] = ()
    check_lists: tuple[PlannedCheckList, ...] = ()
    predecessors: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of a template. A parent stands before its subtasks. `name` is only in a download."""

    name: str = ""
    lists: tuple[PlannedList, ...] = ()
    statuses: tuple[PlannedStatus, ...] = ()
    tasks: tuple[PlannedTask, ...] = ()


T = TypeVar("T")


def _object(kind: Callable[..., T], members: Mapping[str, Reader]) -> Reader:
    """A reader of objects: each member by its reader, those without a default required."""
    needed = [
        spec.name
        for spec in fields(kind)  # type: ignore[arg-type]
        if spec.default is MISSING
    ]
    return record(kind, members, needed)


_color = whole(-(2**31), 2**31 - 1)
_day = whole(0, MAX_DAYS)
_index = whole(0, MAX_TASKS)
_list = _object(PlannedList, {"name": text(1, 200), "description": text(0, 2**18)})
_status = _object(PlannedStatus, {"name": text(1, 200), "color": _color})
_check_list = _object(
    PlannedCheckList, {"name": text(1, 2000), "items": items(text(1, 2000), 10_000)}
)
_task = _object(
    PlannedTask,
    {
        "name": text(1, 2000),
        "list": _index,
        "parent": _index,
        "html": html,
        "hours": number(0, 1e6),
        "start": _day,
        "start_time": clock_time,
        "due": _day,
        "due_time": clock_time,
        "priority": whole(1, 3),
        "status": text(1, 200),
        "color": whole(-(2**31), 2**31 - 1),
        "billable": flag,
        "recurrence": whole(0, 7),
        "tags": items(text(1, 100), MAX_TAGS),
        "check_lists": items(_check_list, 1000),
        "predecessors": items(choice(_index, ("complete", "start")), MAX_TASKS),
    },
)
_plan = _object(
    Plan,
    {
        "name": text(1, 2000),
        "lists": items(_list, MAX_LISTS),
        "statuses": items(_status, MAX_LISTS),
        "tasks": items(_task, MAX_TASKS),
    },
)


def read_plan(content: str, field: str, most: int = MAX_BODY) -> Plan:
    """The plan that a document of up to `most` bytes says. Raises Invalid under the name of the
    field.
    """
    try:
        return _read(content, most)
    except Unfit as error:
        raise Invalid({field: str(error)}) from None


def write_plan(plan: Plan) -> str:
    """The document of a plan."""
    said = {"format": FORMAT, "version": VERSION} | _said(plan)
    return orjson.dumps(said, default=_said, option=orjson.OPT_PASSTHROUGH_DATACLASS).decode()


def _read(content: str, most: int) -> Plan:
    try:
        encoded = content.encode()
        if len(encoded) > most:
            raise Unfit("", f"up to {most} bytes")
        said = orjson.loads(encoded)
    except (UnicodeEncodeError, orjson.JSONDecodeError):
        raise Unfit("", "not JSON") from None
    if not isinstance(said, dict) or said.pop("format", None) != FORMAT:
        raise Unfit("format", f"must be {FORMAT!r}")
    if said.pop("version", None) != VERSION:
        raise Unfit("version", f"must be {VERSION}")
    plan: Plan = _plan(said, "")
    _check_references(plan)
    _check_waiting([[before for before, _ in task.predecessors] for task in plan.tasks])
    if len({tag.casefold() for task in plan.tasks for tag in task.tags}) > MAX_TAGS:
        raise Unfit("tasks", f"up to {MAX_TAGS} different tags")
    return plan


def _said(thing: Any) -> dict[str, Any]:
    """The members of a planned thing that do not have their default."""
    pairs = ((spec.name, getattr(thing, spec.name), spec.default) for spec in fields(thing))
    return {name: value for name, value, default in pairs if value != default}


def _check_references(plan: Plan) -> None:
    """Every index points to something that can stand there. Raises Unfit."""
    statuses = {status.name for status in plan.statuses}
    parents: list[int] = []  # how many are above each task
    for index, task in enumerate(plan.tasks):
        at = f"tasks[{index}]"
        if task.list >= len(plan.lists):
            raise Unfit(f"{at}.list", "no such list")
        if task.status is not None and task.status not in statuses:
            raise Unfit(f"{at}.status", "no such status")
        if any(before >= len(plan.tasks) for before, _ in task.predecessors):
            raise Unfit(f"{at}.predecessors", "no such task")
        above = 0
        if task.parent is not None:
            if task.parent >= index or plan.tasks[task.parent].list != task.list:
                raise Unfit(f"{at}.parent", "must be a task before this one, in the same list")
            above = parents[task.parent] + 1
        if above > MAX_PARENTS:
            raise Unfit(f"{at}.parent", f"tasks may be nested {MAX_PARENTS} deep")
        parents.append(above)


def _check_waiting(before: Sequence[Sequence[int]]) -> None:
    """No task waits for itself, be it by way of others. Raises Unfit."""
    after: list[list[int]] = [[] for _ in before]
    waiting = [len(set(each)) for each in before]
    for index, each in enumerate(before):
        for predecessor in set(each):
            after[predecessor].append(index)
    free = [index for index, count in enumerate(waiting) if not count]
    for index in free:  # it grows while it is walked
        for follower in after[index]:
            waiting[follower] -= 1
            if not waiting[follower]:
                free.append(follower)
    if len(free) < len(before):
        raise Unfit("tasks", "predecessors wait for each other in a circle")
