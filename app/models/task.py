"""The task and what hangs on it by reference: assignments, predecessors, relations, followers.

A task keeps days (`start_on`, `due_on`) and instants (`start_at`, `due_at`) side by side; decision
3 says how a write of one sets the other. `lockdown_id` is the access list in force, its own or an
inherited one; `next_id` the occurrence that the completion of a recurring task made.
`project_key` and `company_key` repeat folded names so that an index serves those two orders.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    and_,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Link, Row


class Task(Row):
    """A task or subtask."""

    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("task_list.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    description_html: Mapped[str] = mapped_column(Text, default="")
    priority: Mapped[int | None] = mapped_column(SmallInteger)
    progress: Mapped[int] = mapped_column(SmallInteger, default=0)
    work_hours: Mapped[float] = mapped_column(default=0.0)
    start_on: Mapped[date | None]
    due_on: Mapped[date | None]
    start_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    status_id: Mapped[int | None] = mapped_column(ForeignKey("status.id"))
    card_position: Mapped[int] = mapped_column(default=0)
    private: Mapped[bool] = mapped_column(default=False)
    lockdown_id: Mapped[int | None] = mapped_column(ForeignKey("lockdown.id"), index=True)
    is_done: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    completer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reopened: Mapped[bool] = mapped_column(default=False)
    billable: Mapped[bool] = mapped_column(default=False)
    recurrence: Mapped[int] = mapped_column(SmallInteger, default=0)
    custom_color: Mapped[int | None]
    planning_id: Mapped[int | None] = mapped_column(ForeignKey("planning.id"))
    risk_id: Mapped[int | None] = mapped_column(ForeignKey("risk.id"))
    next_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    updater_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stamp: Mapped[int] = mapped_column(BigInteger, default=1, server_default="1")
    project_key: Mapped[str | None] = mapped_column(Text)
    company_key: Mapped[str | None] = mapped_column(Text)


class Assignment(Row):
    """A person works on a task; ordinal 0 is the contact, the others are contributors."""

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ordinal: Mapped[int] = mapped_column(SmallInteger, default=0)
    work_hours: Mapped[float] = mapped_column(default=0.0)
    is_done: Mapped[bool] = mapped_column(default=False)


class Predecessor(Link):
    """`task_id` waits for `predecessor_id`: for its completion, or (type start) its first
    progress.
    """

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    predecessor_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True, index=True)
    type: Mapped[str] = mapped_column(String(10), default="complete")

    __table_args__ = (
        CheckConstraint("type IN ('complete', 'start')", name="type"),
        CheckConstraint("task_id <> predecessor_id", name="not_itself"),
    )


class Relation(Link):
    """Two tasks have to do with each other; the smaller id stands first, so a pair is one row."""

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True, index=True)

    __table_args__ = (CheckConstraint("task_id < other_id", name="order"),)


class Follower(Link):
    """A person is told of a task's comments, its changes, or both."""

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    comments: Mapped[bool] = mapped_column(default=False)
    changes: Mapped[bool] = mapped_column(default=False)


class CalendarSync(Link):
    """A person has a task in his calendar feed."""

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


ALIVE = Task.deleted_at.is_(None)
OPEN = and_(ALIVE, Task.is_done.is_(false()))


def _partial(name: str, where: Any, *columns: Any, **more: Any) -> Index:
    """An index over the rows that a filter can want: SQLite and PostgreSQL both keep it small."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where, **more)


# One for each order of an open list; tie-breakers included, so that a page is read without sorting.
# The first two also hold what the access rule and their own predicate look at, so that the total of
# a page is counted in the index alone.
_JUDGED = (
    Task.project_id,
    Task.lockdown_id,
    Task.creator_id,
    Task.parent_id,
    Task.is_done,
    Task.deleted_at,
)
_partial("ix_task_open_due", OPEN, Task.due_on, Task.position, Task.id, Task.list_id, *_JUDGED)
_partial("ix_task_open_list", OPEN, Task.list_id, Task.due_on, Task.position, Task.id, *_JUDGED)
_partial("ix_task_open_start", OPEN, Task.start_on, Task.position, Task.id)
_partial("ix_task_open_created", OPEN, Task.created_at, Task.position, Task.id)
_partial("ix_task_open_priority", OPEN, Task.priority, Task.position, Task.id)
_partial("ix_task_open_position", OPEN, Task.position, Task.id)
_partial("ix_task_open_project", OPEN, Task.project_key, Task.position, Task.id)
_partial("ix_task_open_company", OPEN, Task.company_key, Task.position, Task.id)
_partial("ix_task_done", Task.is_done.is_(true()), Task.done_at, Task.position, Task.id)
# SQLite reads an index backwards for a descending order, with nulls last; but a priority has too
# many tasks to sort them behind it. PostgreSQL wants indexes whose nulls come last.
_partial(
    "ix_task_open_priority_desc",
    OPEN,
    Task.priority.desc(),
    Task.position,
    Task.id,
    info={"engine": "sqlite"},
).ddl_if(dialect="sqlite")
_partial(
    "ix_task_open_due_desc",
    OPEN,
    Task.due_on.desc().nulls_last(),
    Task.position,
    Task.id,
    info={"engine": "postgresql"},
).ddl_if(dialect="postgresql")
# For the filters, and for the lists of one list, project or parent.
Index("ix_task_changed_at", Task.changed_at, Task.id)
Index("ix_task_due_on", Task.due_on, Task.position, Task.id)
Index("ix_task_list_id", Task.list_id, Task.is_done, Task.position, Task.id)
Index("ix_task_project_id", Task.project_id, Task.is_done, Task.due_on)
# For OData: a project's open or completed tasks by key, and by their end with nulls first.
Index("ix_task_project_uid", Task.project_id, Task.is_done, Task.uid)
Index(
    "ix_task_project_due_at",
    Task.project_id,
    Task.is_done,
    Task.due_at,
    Task.uid,
    info={"engine": "sqlite"},
).ddl_if(dialect="sqlite")
Index(
    "ix_task_project_due_at_pg",
    Task.project_id,
    Task.is_done,
    Task.due_at.asc().nulls_first(),
    Task.uid,
    info={"engine": "postgresql"},
).ddl_if(dialect="postgresql")
Index("ix_task_creator_id", Task.creator_id)
Index("ix_task_status_id", Task.status_id, Task.card_position)
# Not for NULL, which most tasks have there: the planner would take it for choosy.
for _column in (Task.parent_id, Task.planning_id, Task.risk_id, Task.next_id):
    _partial(f"ix_task_{_column.key}", _column.is_not(None), _column)
Index("ix_assignment_task_id", Assignment.task_id, Assignment.person_id, unique=True)
Index("ix_assignment_person_id", Assignment.person_id, Assignment.task_id)
