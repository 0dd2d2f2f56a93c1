"""Reminders of tasks: whoever sees a task may have himself, or others who see it, reminded of it.

A relative one counts the days before the task is due; its instant is kept beside, so that what
sends reminders looks at one column.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.errors import Invalid
from app.models import Reminder, Task
from app.queries.catalogues.reminders import visible_reminder
from app.services import checks
from app.services.finding import row_to_change, sent
from app.services.references import task_to_see
from app.services.talk_commands import AddReminder, DeleteReminder, EditReminder
from app.services.telling import check_seeing
from app.services.work import Work

MAX_NOTE = 4000  # characters
MORNING: Final = time(9)  # when a relative reminder comes that names no time of day


def add_reminder(command: AddReminder, work: Work) -> int:
    """Remind people of a task; gives the id of the first one's reminder. Raises NotFound,
    Invalid.
    """
    task = task_to_see(work, command.task_id)
    people = command.person_ids or (work.viewer.person_id,)
    check_seeing(work, people, task.id, "person_ids")
    shared = {
        "type": command.type,
        "note": checks.text(command.note, "note", MAX_NOTE),
        "relative_days": command.relative_days,
        "due_at": _instant(work, task.due_on, command.due_at, command.relative_days),
    }
    me = work.viewer.person_id
    made = [
        work.insert(Reminder, task_id=task.id, person_id=person, creator_id=me, **shared)
        for person in people
    ]
    work.bump([task.id])
    return made[0]


def edit_reminder(command: EditReminder, work: Work) -> None:
    """Change a reminder of one's own, or that one made. Raises NotFound, Invalid."""
    found = _own(work, command.reminder_id)
    values: dict[str, Any] = sent(command, "type", "note", "person_id", "relative_days")
    if "note" in values:
        checks.text(values["note"], "note", MAX_NOTE)
    if "person_id" in values:
        check_seeing(work, [values["person_id"]], found.task_id, "person_ids")
    due_at = _moved(work, found, sent(command, "due_at", "relative_days"))
    if due_at != found.due_at:
        values |= {"due_at": due_at, "sent_at": None}
    if values:
        work.change(Reminder, found.id, **values)
        work.bump([found.task_id])


def delete_reminder(command: DeleteReminder, work: Work) -> None:
    """Remove a reminder of one's own, or that one made. Raises NotFound."""
    found = _own(work, command.reminder_id)
    work.clear(Reminder, id=found.id)
    work.bump([found.task_id])


def _own(work: Work, reminder_id: int) -> Any:
    seen = visible_reminder(work.viewer)
    return row_to_change(work, Reminder, reminder_id, seen, seen, "", "Reminder")


def _moved(work: Work, found: Any, sent_times: dict[str, Any]) -> datetime:
    """The instant of a reminder whose times may have changed."""
    if not sent_times:
        return found.due_at  # type: ignore[no-any-return]
    due_at = sent_times.get("due_at", found.due_at)
    days = sent_times.get("relative_days", found.relative_days)
    due_on = work.scalar(select(Task.due_on).where(Task.id == found.task_id))
    return _instant(work, due_on, due_at, days)


def _instant(work: Work, due_on: Any, due_at: datetime | None, days: int | None) -> datetime:
    """When to remind: at an instant, or so many days before the due date in the viewer's zone."""
    if days is None:
        if due_at is None:
            raise Invalid({"due_at": "is needed, or relative-number-days with isRelative"})
        return due_at
    if due_on is None:
        raise Invalid({"relative_days": "the task has no due date"})
    zone = ZoneInfo(work.viewer.zone)
    at = MORNING if due_at is None else due_at.astimezone(zone).time()
    try:
        return datetime.combine(due_on - timedelta(days), at, zone).astimezone(UTC)
    except OverflowError:
        raise Invalid({"relative_days": "this is no day of the calendar"}) from None
