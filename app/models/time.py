"""Time spent on tasks, watches that measure it, and reminders."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Link, Row


class TimeEntry(Row):
    """A stretch of work on a task, in a list or a project; personal lists have no project.
    `has_time`: it is known at which time of the day it began.
    """

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
    billed: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_time: Mapped[bool] = mapped_column(default=True, server_default=true())
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class TimeTag(Link):
    """A stretch of work carries a tag."""

    entry_id: Mapped[int] = mapped_column(ForeignKey("time_entry.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)


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
    """A person wants to be reminded of a task at an instant; or (`relative_days`) so many days
    before it is due, at the time of day of `due_at`.
    """

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    type: Mapped[str] = mapped_column(String(10), default="EMAIL")
    note: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    relative_days: Mapped[int | None]


Index("ix_time_entry_task_id", TimeEntry.task_id, TimeEntry.id)
Index("ix_stopwatch_person_id", Stopwatch.person_id, Stopwatch.task_id, unique=True)
Index("ix_reminder_task_id", Reminder.task_id, Reminder.id)
Index("ix_reminder_due_at", Reminder.due_at)
