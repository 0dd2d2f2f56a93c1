"""Recurring tasks: the completion of one makes its next occurrence, once (decision 31)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from app.models import Task
from app.queries.sql import among_bound
from app.services import copying
from app.services.copying import Copy
from app.services.statements import Look
from app.services.work import Work

WEEKDAYS = 2
# From one occurrence to the next: daily, weekly, monthly, yearly, biweekly, quarterly.
STEPS = {
    1: relativedelta(days=1),
    3: relativedelta(weeks=1),
    4: relativedelta(months=1),
    5: relativedelta(years=1),
    6: relativedelta(weeks=2),
    7: relativedelta(months=3),
}
SATURDAY = 5
KEPT = ("project_id", "list_id", "project_key", "company_key", "creator_id", "assigned_by_id")


def renew(work: Work, ids: Sequence[int], completed: Sequence[int]) -> None:
    """Make the next occurrences of recurring tasks of one list, which the caller holds.

    `completed` are all that were completed in this act, parents before children, as are `ids`. An
    occurrence stands below the nearest parent that is open.
    """
    found = copying.sources(work, ids)
    made = dict(zip(ids, work.reserve(Task, len(ids)), strict=True))
    above = _parents(work, completed)
    zone = work.viewer.account_zone
    copies = []
    for task_id in ids:
        source = found[task_id]
        values = {name: getattr(source, name) for name in (*KEPT, *copying.OF_PROJECT)}
        values |= {"parent_id": _open_parent(source.parent_id, above, made), "lockdown_id": None}
        copies.append(Copy(made[task_id], source, values | next_dates(source, zone)))
    copying.insert_copies(work, copies)
    _equip(work, copies, made)
    following = {old: {"next_id": new} for old, new in made.items()}
    work.put_each(Task, following, versioned=False)


def _equip(work: Work, copies: Sequence[Copy], made: dict[int, int]) -> None:
    project = copies[0].source.project_id
    own = copying.close_copies(work, [copy for copy in copies if copy.source.private], project)
    in_force: dict[int, int | None] = {}
    for copy in copies:
        inherited = in_force.get(copy.values["parent_id"], copy.source.lockdown_id)
        in_force[copy.id] = own.get(copy.id, inherited)
    guarded = {task: {"lockdown_id": guard} for task, guard in in_force.items() if guard}
    work.put_each(Task, guarded, versioned=False)
    copying.copy_people(work, made, project)
    copying.copy_followers(work, made)
    copying.copy_tags(work, made)
    copying.copy_fields(work, made, project)
    copying.copy_check_lists(work, made, project)


def _parents(work: Work, ids: Sequence[int]) -> dict[int, int | None]:
    return {row.id: row.parent_id for row in work.all(_PARENTS, ids=ids)}


_PARENTS = Look(
    lambda engine, _: select(Task.id, Task.parent_id).where(among_bound(engine)(Task.id))
)


def _open_parent(
    parent: int | None, above: dict[int, int | None], made: dict[int, int]
) -> int | None:
    """The nearest parent that was not completed just now, or the next occurrence of one that
    was.
    """
    while parent in above and parent not in made:
        parent = above[parent]
    return made.get(parent, parent) if parent is not None else None


def next_dates(task: Any, zone: str) -> dict[str, Any]:
    """Start and due date of the next occurrence; local times in the zone stay as they are."""
    values: dict[str, Any] = {}
    for day_name, at_name in (("start_on", "start_at"), ("due_on", "due_at")):
        day, at = getattr(task, day_name), getattr(task, at_name)
        try:
            values[day_name] = None if day is None else next_day(day, task.recurrence)
            values[at_name] = None if at is None else _next_instant(at, task.recurrence, zone)
        except (ValueError, OverflowError):  # behind the end of the calendar
            values |= {day_name: day, at_name: at}
    return values


def next_day(day: date, recurrence: int) -> date:
    """The day of the next occurrence. The 31st is followed by the last day of a shorter month."""
    if recurrence != WEEKDAYS:
        return day + STEPS[recurrence]
    day += timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def _next_instant(at: datetime, recurrence: int, zone: str) -> datetime:
    local = at.astimezone(ZoneInfo(zone))
    following = next_day(local.date(), recurrence)
    return datetime.combine(following, local.time(), tzinfo=local.tzinfo).astimezone(UTC)
