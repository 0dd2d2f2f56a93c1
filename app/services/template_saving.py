"""The tasks of a project as a plan: what the saver sees, and nothing of what is private."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.access import visible, visible_list
from app.errors import Invalid
from app.models import CheckList, CheckListItem, Predecessor, Status, Tag, Task, TaskList, TaskTag
from app.queries.sql import among
from app.services.template_plans import (
    MAX_TASKS,
    Plan,
    PlannedCheckList,
    PlannedList,
    PlannedStatus,
    PlannedTask,
)
from app.services.work import Work

COLUMNS = (
    Task.id,
    Task.list_id,
    Task.parent_id,
    Task.name,
    Task.description_html,
    Task.work_hours,
    Task.start_on,
    Task.start_at,
    Task.due_on,
    Task.due_at,
    Task.priority,
    Task.status_id,
    Task.custom_color,
    Task.billable,
    Task.recurrence,
)


Hanging = Mapping[int, Sequence[Any]]
Arranged = list[tuple[Any, int | None]]


def plan_of(work: Work, project_id: int) -> Plan:
    """The plan of a project's tasks, completed ones as if open. Raises Invalid when they are more
    than a template holds.
    """
    lists = _lists(work, project_id)
    statuses = _statuses(work, project_id)
    arranged = _arranged(_tasks(work, project_id, [each.id for each in lists]))
    return Plan(
        lists=tuple(PlannedList(name=each.name, description=each.description) for each in lists),
        statuses=tuple(PlannedStatus(name=each.name, color=each.color) for each in statuses),
        tasks=_planned(work, arranged, lists, {each.id: each.name for each in statuses}),
    )


def _planned(
    work: Work, arranged: Arranged, lists: Sequence[Any], statuses: Mapping[int, str]
) -> tuple[PlannedTask, ...]:
    ids = [task.id for task, _ in arranged]
    hanging: dict[str, Hanging] = {
        "tags": _tags(work, ids),
        "check_lists": _check_lists(work, ids),
        "predecessors": _predecessors(work, ids),
    }
    index_of_list = {each.id: index for index, each in enumerate(lists)}
    days = _Days([task for task, _ in arranged], work.viewer.account_zone)
    return tuple(
        PlannedTask(
            list=index_of_list[task.list_id],
            parent=parent,
            status=statuses.get(task.status_id),
            **_own(task),
            **days.of(task),
            **_of(task.id, hanging),
        )
        for task, parent in arranged
    )


def _own(task: Any) -> dict[str, Any]:
    """The columns that a plan says as they are stored."""
    return {
        "name": task.name,
        "html": task.description_html,
        "hours": task.work_hours,
        "priority": task.priority,
        "color": task.custom_color,
        "billable": task.billable,
        "recurrence": task.recurrence,
    }


def _of(task_id: int, hanging: Mapping[str, Hanging]) -> dict[str, Any]:
    return {name: tuple(of.get(task_id, ())) for name, of in hanging.items()}


def _lists(work: Work, project_id: int) -> Sequence[Any]:
    return work.all(
        select(TaskList.id, TaskList.name, TaskList.description)
        .where(
            TaskList.project_id == project_id,
            TaskList.lockdown_id.is_(None),
            visible_list(work.viewer),
        )
        .order_by(TaskList.position, TaskList.id)
    )


def _statuses(work: Work, project_id: int) -> Sequence[Any]:
    return work.all(
        select(Status.id, Status.name, Status.color)
        .where(Status.project_id == project_id)
        .order_by(Status.position, Status.id)
    )


def _tasks(work: Work, project_id: int, lists: Sequence[int]) -> Sequence[Any]:
    rows = work.all(
        select(*COLUMNS)
        .join(TaskList, TaskList.id == Task.list_id)
        .where(
            Task.project_id == project_id,
            among(work.connection, Task.list_id, lists),
            Task.lockdown_id.is_(None),
            visible(work.viewer),
        )
        .order_by(TaskList.position, TaskList.id, Task.position, Task.id)
        .limit(MAX_TASKS + 1)
    )
    if len(rows) > MAX_TASKS:
        raise Invalid({"project_id": f"a template holds up to {MAX_TASKS} tasks"})
    return rows


def _arranged(rows: Iterable[Any]) -> Arranged:
    """The tasks, parents before their subtasks, each with the index of its parent. A subtask whose
    parent is not among them comes to the top.
    """
    by_id = {row.id: row for row in rows}
    below: dict[int, list[Any]] = defaultdict(list)
    arranged: Arranged = []
    for row in by_id.values():
        above = by_id.get(row.parent_id)
        if above is not None and above.list_id == row.list_id:
            below[row.parent_id].append(row)
        else:
            arranged.append((row, None))
    for index, (row, _) in enumerate(arranged):  # it grows while it is walked
        arranged.extend((child, index) for child in below[row.id])
    return arranged


class _Days:
    """Days counted from the first one that any task has, with the time of day in a zone."""

    def __init__(self, tasks: Sequence[Any], zone: str) -> None:
        days = [day for task in tasks for day in (task.start_on, task.due_on) if day is not None]
        self._first = min(days, default=date.min)
        self._zone = ZoneInfo(zone)

    def of(self, task: Any) -> dict[str, Any]:
        """The members of a planned task that say when."""
        return {
            "start": self._number(task.start_on),
            "start_time": self._time(task.start_at),
            "due": self._number(task.due_on),
            "due_time": self._time(task.due_at),
        }

    def _number(self, day: date | None) -> int | None:
        return None if day is None else (day - self._first).days

    def _time(self, instant: datetime | None) -> time | None:
        return None if instant is None else instant.astimezone(self._zone).time()


def _tags(work: Work, ids: Sequence[int]) -> Hanging:
    rows = work.all(
        select(TaskTag.task_id, Tag.name)
        .join(Tag, Tag.id == TaskTag.tag_id)
        .where(among(work.connection, TaskTag.task_id, ids))
        .order_by(Tag.name_key)
    )
    return _grouped((row.task_id, row.name) for row in rows)


def _check_lists(work: Work, ids: Sequence[int]) -> Hanging:
    lists = work.all(
        select(CheckList.id, CheckList.task_id, CheckList.name)
        .where(among(work.connection, CheckList.task_id, ids), CheckList.deleted_at.is_(None))
        .order_by(CheckList.position, CheckList.id)
    )
    items = work.all(
        select(CheckListItem.check_list_id, CheckListItem.name)
        .where(
            among(work.connection, CheckListItem.check_list_id, [each.id for each in lists]),
            CheckListItem.deleted_at.is_(None),
        )
        .order_by(CheckListItem.position, CheckListItem.id)
    )
    of = _grouped((item.check_list_id, item.name) for item in items)
    return _grouped(
        (each.task_id, PlannedCheckList(name=each.name, items=tuple(of.get(each.id, ()))))
        for each in lists
    )


def _predecessors(work: Work, ids: Sequence[int]) -> Hanging:
    index_of = {task_id: index for index, task_id in enumerate(ids)}
    rows = work.all(
        select(Predecessor.task_id, Predecessor.predecessor_id, Predecessor.type)
        .where(among(work.connection, Predecessor.task_id, ids))
        .order_by(Predecessor.task_id, Predecessor.predecessor_id)
    )
    return _grouped(
        (row.task_id, (index_of[row.predecessor_id], row.type))
        for row in rows
        if row.predecessor_id in index_of  # else it is hidden, deleted, or in another project
    )


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
