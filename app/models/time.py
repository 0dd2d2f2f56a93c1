"""Time spent on tasks, watches that measure it, and reminders."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Row


class TimeEntry(Row):
    """A stretch of work on a task, in a list or a project; personal lists have no project."""

    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    list_id: Mapped[int | None] = mapped_column(ForeignKey("task_list.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    description_html: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime] = mapped_column(Instant)
    minutes: Mapped[int]
    billable: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class Stopwatch(Row):
    """A person measures his work on a task, until he stops: then the row makes way for an entry.

    `started_at` begins the present run, `elapsed_seconds` sums the finished ones; while
    `paused_at` is set there is no present run.
    """

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    first_started_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    elapsed_seconds: Mapped[int] = mapped_column(default=0)


class Reminder(Row):
    """A person wants to be reminded of a task at an instant."""

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    type: Mapped[str] = mapped_column(String(10), default="EMAIL")
    note: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


Index("ix_time_entry_task_id", TimeEntry.task_id, TimeEntry.id)
Index("ix_stopwatch_person_id", Stopwatch.person_id, Stopwatch.task_id, unique=True)
Index("ix_reminder_task_id", Reminder.task_id, Reminder.id)
Index("ix_reminder_due_at", Reminder.due_at)
