"""Removing deleted tasks for good. Ids and GUIDs are not given out again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from app.models import (
    Assignment,
    CalendarSync,
    CheckList,
    CheckListItem,
    Field,
    FieldValue,
    Follower,
    Grant,
    Lockdown,
    Note,
    NoteFile,
    NoteRead,
    Outgoing,
    Predecessor,
    Relation,
    Reminder,
    Stopwatch,
    Task,
    TaskFile,
    TaskTag,
    TimeEntry,
)
from app.queries.sql import among
from app.services.events import purged
from app.services.execute import maintain
from app.services.retries import forget_retries
from app.services.work import Work

BATCH = 500
HANGING = (
    Assignment,
    CalendarSync,
    Follower,
    Outgoing,
    Reminder,
    Stopwatch,
    TaskFile,
    TaskTag,
)


def purge(before: datetime) -> int:
    """Remove tasks deleted before an instant, in batches of a transaction each. Gives how many.
    Answers that are not to be given again any more go as well.
    """
    total = 0
    while maintain(forget_retries):
        pass
    while number := maintain(lambda work: _batch(work, before)):
        total += number
    return total


def _batch(work: Work, before: datetime) -> int:
    ids = work.ids(select(Task.id).where(Task.deleted_at < before).order_by(Task.id).limit(BATCH))
    if not ids:
        return 0

    def of(column: Any) -> ColumnElement[bool]:
        return among(work.connection, column, ids)

    purged(work, ids)
    _drop_hanging(work, of)
    # Time that was spent stays booked on the project.
    loose = {"task_id": None, "version": TimeEntry.version + 1}
    work.run(update(TimeEntry).where(of(TimeEntry.task_id)).values(**loose))
    work.run(update(Task).where(of(Task.parent_id)).values(parent_id=None))
    work.run(update(Task).where(of(Task.next_id)).values(next_id=None))
    _drop_lockdowns(work, ids)
    work.run(delete(Task).where(of(Task.id)))
    return len(ids)


def _drop_hanging(work: Work, of: Callable[[Any], ColumnElement[bool]]) -> None:
    """What hangs on the tasks; `of` says that a column is one of their ids."""
    notes = select(Note.id).where(of(Note.task_id))
    for link in (NoteRead, NoteFile):
        work.run(delete(link).where(link.note_id.in_(notes)))
    work.run(delete(Note).where(of(Note.task_id)))
    for model in HANGING:
        work.run(delete(model).where(of(model.task_id)))
    both = or_(of(Predecessor.task_id), of(Predecessor.predecessor_id))
    work.run(delete(Predecessor).where(both))
    work.run(delete(Relation).where(or_(of(Relation.task_id), of(Relation.other_id))))
    lists = select(CheckList.id).where(of(CheckList.task_id))
    work.run(delete(CheckListItem).where(CheckListItem.check_list_id.in_(lists)))
    work.run(delete(CheckList).where(of(CheckList.task_id)))
    fields = select(Field.id).where(Field.table_name == "TaskItem")
    values = (of(FieldValue.object_id), FieldValue.field_id.in_(fields))
    work.run(delete(FieldValue).where(*values))


def _drop_lockdowns(work: Work, ids: list[int]) -> None:
    """The access lists of the tasks; whoever inherited one from there keeps it, without grants."""
    gone = work.ids(select(Lockdown.id).where(among(work.connection, Lockdown.task_id, ids)))
    if not gone:
        return
    work.run(delete(Grant).where(Grant.lockdown_id.in_(gone)))
    own = and_(Task.lockdown_id.in_(gone), among(work.connection, Task.id, ids))
    work.run(update(Task).where(own).values(lockdown_id=None, private=False))
    kept = work.ids(select(Task.lockdown_id).where(Task.lockdown_id.in_(gone)).distinct())
    work.run(update(Lockdown).where(Lockdown.id.in_(kept)).values(task_id=None))
    work.run(delete(Lockdown).where(Lockdown.id.in_(set(gone) - set(kept))))
