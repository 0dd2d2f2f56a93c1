"""Puts the reminders that are due into the outbox, each once."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.config import Settings
from app.models import Outgoing, Reminder, Task
from app.models.base import new_uid
from app.services.execute import maintain
from app.services.work import Work

MOST: Final = 200  # reminders of one transaction
_WAITING = (Reminder.sent_at.is_(None), Task.deleted_at.is_(None))


def remind() -> int:
    """Put reminders that are due into the outbox; gives how many."""
    return maintain(_remind)


def _remind(work: Work) -> int:
    due = (
        select(*Reminder.__table__.c)
        .join(Task, Task.id == Reminder.task_id)
        .where(*_WAITING, Reminder.due_at <= work.now)
        .order_by(Reminder.due_at, Reminder.id)
        .limit(MOST)
        .with_for_update(of=Reminder, skip_locked=True)
    )
    rows = work.all(due)
    messages = (
        {
            "kind": "reminder",
            "person_id": row.person_id,
            "task_id": row.task_id,
            "actor_id": row.creator_id,
            "due_at": work.now,
            "text": row.note,
            "uid": new_uid(),
        }
        for row in rows
    )
    work.insert_many(Outgoing, messages)
    for row in rows:
        work.change(Reminder, row.id, sent_at=work.now)
    return len(rows)


def realign(settings: Settings) -> int:
    """Move the reminders that are so many days before a task is due to where it is due now; gives
    how many.
    """
    zone = ZoneInfo(settings.timezone)

    def move(work: Work) -> int:
        relative = (
            select(Reminder.id, Reminder.due_at, Reminder.relative_days, Task.due_on)
            .join(Task, Task.id == Reminder.task_id)
            .where(*_WAITING, Reminder.relative_days.is_not(None), Task.due_on.is_not(None))
            .with_for_update(of=Reminder, skip_locked=True)
        )
        found = ((row, _when(row, zone)) for row in work.all(relative))
        moved = {row.id: when for row, when in found if when != row.due_at}
        for row_id, when in moved.items():
            work.change(Reminder, row_id, due_at=when)
        return len(moved)

    return maintain(move)


def _when(row: Any, zone: ZoneInfo) -> datetime:
    """So many days before, at the reminder's own time of the day."""
    at: time = row.due_at.astimezone(zone).time()
    day = row.due_on - timedelta(days=row.relative_days)
    return datetime.combine(day, at, zone).astimezone(UTC)
