"""A plan made into the tasks of a project: a constant number of statements for each list and each
level of subtasks, however many tasks there are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from app.access import list_editable, project_changeable, visible_list
from app.models import (
    CheckList,
    CheckListItem,
    Predecessor,
    Project,
    Status,
    Tag,
    Task,
    TaskList,
    TaskTag,
)
from app.models.base import new_uid
from app.queries.sql import among
from app.services import labels
from app.services.board import bottoms
from app.services.commands import BOTTOM
from app.services.dates import END_OF_DAY, START_OF_DAY, instant
from app.services.homes import target_list
from app.services.markup import text_of
from app.services.ordering import GAP, positions
from app.services.references import list_columns, list_to_change, status_of_project
from app.services.template_plans import Plan, PlannedList, PlannedStatus, PlannedTask
from app.services.work import Work

Pairs = Sequence[tuple[int, PlannedTask]]  # tasks with their ids


def make_tasks(work: Work, plan: Plan, project_id: int, into: int | None = None) -> tuple[int, ...]:
    """Make all tasks of a plan, each in the list that the plan says, or all `into` one; gives their
    ids in the plan's order. The caller has checked that the viewer may edit tasks in the project,
    and holds it.
    """
    manages = project_changeable(work.viewer, Project.id, "manager")
    where = (Project.id == project_id, manages)
    manager = work.scalar(select(Project.id).where(*where)) is not None
    if into is not None:
        homes = [list_to_change(work, into)] * len(plan.lists)
    else:
        homes = _lists(work, plan.lists, project_id, manager) if plan.lists else []
    statuses = _statuses(work, plan.statuses, project_id, manager)
    ids = work.reserve(Task, len(plan.tasks))
    work.insert_many(Task, _rows(work, plan.tasks, ids, homes, statuses))
    _hang(work, plan.tasks, ids, project_id)
    return tuple(ids)


def _lists(work: Work, planned: Sequence[PlannedList], project_id: int, manager: bool) -> list[Any]:
    """For each planned list the one of that name, or a new one; or, for who may not make one, the
    first of the project. Held by id, as all who add to several lists hold them.
    """
    by_name = _lists_by_name(work, project_id)
    for each in planned:
        if each.name.casefold() not in by_name:
            new = _new_list(work, each, project_id) if manager else target_list(work, project_id)
            by_name[each.name.casefold()] = new
    wanted = sorted({by_name[each.name.casefold()] for each in planned})
    for list_id in wanted:
        list_to_change(work, list_id)
    rows = work.all(list_columns().where(among(work.connection, TaskList.id, wanted)))
    by_id = {row.id: row for row in rows}
    return [by_id[by_name[each.name.casefold()]] for each in planned]


def _lists_by_name(work: Work, project_id: int) -> dict[str, int]:
    """The lists of a project that the viewer may add to; of those with one name the first."""
    viewer = work.viewer
    mine = (TaskList.project_id == project_id, visible_list(viewer), list_editable(viewer))
    found = work.all(
        select(TaskList.id, TaskList.name)
        .where(*mine)
        .order_by(TaskList.position.desc(), TaskList.id.desc())
    )
    return {row.name.casefold(): row.id for row in found}


def _new_list(work: Work, planned: PlannedList, project_id: int) -> int:
    return work.insert(
        TaskList,
        project_id=project_id,
        creator_id=work.viewer.person_id,
        name=planned.name,
        description=planned.description,
        position=_behind(work, TaskList.position, TaskList.project_id == project_id),
    )


def _statuses(
    work: Work, planned: Sequence[PlannedStatus], project_id: int, manager: bool
) -> dict[str, int]:
    """Ids of the project's statuses by folded name; a manager's missing ones are made."""
    found = work.all(
        select(Status.id, Status.name)
        .where(Status.project_id == project_id)
        .order_by(Status.position.desc(), Status.id.desc())
    )
    by_name = {row.name.casefold(): int(row.id) for row in found}
    for each in planned:
        if manager and each.name.casefold() not in by_name:
            by_name[each.name.casefold()] = work.insert(
                Status,
                project_id=project_id,
                name=each.name,
                color=each.color,
                position=_behind(work, Status.position, Status.project_id == project_id),
            )
    return by_name


def _behind(work: Work, column: Any, among_these: ColumnElement[bool]) -> int:
    last = work.scalar(select(func.max(column)).where(among_these))
    return 0 if last is None else int(last) + 1


def _rows(
    work: Work,
    tasks: Sequence[PlannedTask],
    ids: Sequence[int],
    homes: Sequence[Any],
    statuses: Mapping[str, int],
) -> Iterator[dict[str, Any]]:
    """The columns of all tasks, parents before their subtasks."""
    status_ids = [statuses.get((task.status or "").casefold()) for task in tasks]
    places = _places(work, [homes[task.list].id for task in tasks])
    cards = _cards(work, status_ids, homes)
    today = work.now.astimezone(ZoneInfo(work.viewer.zone)).date()
    for task_id, task, status_id in zip(ids, tasks, status_ids, strict=True):
        yield {
            "id": task_id,
            "uid": new_uid(),
            "parent_id": None if task.parent is None else ids[task.parent],
            "status_id": status_id,
            "card_position": 0 if status_id is None else next(cards[status_id]),
            "position": next(places[homes[task.list].id]),
            "creator_id": work.viewer.person_id,
            **_own(task),
            **_home(homes[task.list]),
            **_dates(task, today, work.viewer.account_zone),
        }


def _own(task: PlannedTask) -> dict[str, Any]:
    """The columns that a plan says as they are stored."""
    return {
        "name": task.name,
        "description": text_of(task.html),
        "description_html": task.html,
        "priority": task.priority,
        "work_hours": task.hours,
        "custom_color": task.color,
        "billable": task.billable,
        "recurrence": task.recurrence,
    }


def _home(home: Any) -> dict[str, Any]:
    """What a task takes over from its list."""
    names = ("project_id", "lockdown_id", "project_key", "company_key")
    return {"list_id": home.id} | {name: getattr(home, name) for name in names}


def _dates(task: PlannedTask, today: date, zone: str) -> dict[str, Any]:
    """The days and their instants, counted from today."""
    days = {
        "start_on": None if task.start is None else today + timedelta(task.start),
        "due_on": None if task.due is None else today + timedelta(task.due),
    }
    return days | {
        "start_at": instant(days["start_on"], task.start_time or START_OF_DAY, zone),
        "due_at": instant(days["due_on"], task.due_time or END_OF_DAY, zone),
    }


def _places(work: Work, lists: Sequence[int]) -> dict[int, Iterator[int]]:
    """New places at the bottom of each list."""
    counts = sorted(Counter(lists).items())
    return {list_id: iter(positions(work, list_id, BOTTOM, number)) for list_id, number in counts}


def _cards(
    work: Work, statuses: Sequence[int | None], homes: Sequence[Any]
) -> dict[int, Iterator[int]]:
    """New places at the bottom of each column of the board."""
    wanted = sorted({status for status in statuses if status is not None})
    for status in wanted:
        status_of_project(work, status, homes[0].project_id)  # held
    return {status: count(first, GAP) for status, first in bottoms(work, wanted).items()}


def _hang(work: Work, tasks: Sequence[PlannedTask], ids: Sequence[int], project_id: int) -> None:
    """Tags, predecessors and check lists of the new tasks."""
    pairs = list(zip(ids, tasks, strict=True))
    _tag(work, pairs)
    _add_check_lists(work, pairs, project_id)
    work.insert_links(
        Predecessor,
        (
            {"task_id": task_id, "predecessor_id": ids[before], "type": kind}
            for task_id, task in pairs
            for before, kind in task.predecessors
        ),
    )


def _add_check_lists(work: Work, pairs: Pairs, project_id: int) -> None:
    planned = [
        (task_id, position, each)
        for task_id, task in pairs
        for position, each in enumerate(task.check_lists)
    ]
    lists = list(zip(work.reserve(CheckList, len(planned)), planned, strict=True))
    owner = {"project_id": project_id, "creator_id": work.viewer.person_id}
    work.insert_many(
        CheckList,
        (
            owner | {"id": made, "task_id": task_id, "name": each.name, "position": position}
            for made, (task_id, position, each) in lists
        ),
    )
    work.insert_many(
        CheckListItem,
        (
            {"check_list_id": made, "name": name, "position": position}
            for made, (_, _, each) in lists
            for position, name in enumerate(each.items)
        ),
    )


def _tag(work: Work, pairs: Pairs) -> None:
    names = list(dict.fromkeys(tag for _, task in pairs for tag in task.tags))
    used = among(work.connection, Tag.id, labels.tag_ids(work, names))
    tags = {row.name_key: row.id for row in work.all(select(Tag.name_key, Tag.id).where(used))}
    work.insert_links(
        TaskTag,
        (
            {"task_id": task_id, "tag_id": tag}
            for task_id, task in pairs
            for tag in {tags[name.casefold()] for name in task.tags}
        ),
    )
