"""Where tasks live: projects with their members, task lists, and the access lists of private
things.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Link, Row

ROLES = ("viewer", "editor", "manager")


class Project(Row):
    """A project of a company."""

    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(String(50), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    description_html: Mapped[str] = mapped_column(Text, default="")
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]
    harvest_enabled: Mapped[bool] = mapped_column(default=False)
    # No foreign key: SQLite could not take the column away again.
    category_id: Mapped[int | None]
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class ProjectCategory(Row):
    """What kind of project it is; `color` is 0xRRGGBB."""

    name: Mapped[str] = mapped_column(String(200))
    color: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class Star(Link):
    """A person has marked a project with a star."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True, index=True)


class Membership(Link):
    """A person belongs to a project, in a role: viewer, editor or manager."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(10), default="editor")

    __table_args__ = (CheckConstraint(f"role IN {ROLES!r}", name="role"),)


class TaskList(Row):
    """A task list of a project; one without a project is its creator's personal list."""

    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    pinned: Mapped[bool] = mapped_column(default=False)
    lockdown_id: Mapped[int | None] = mapped_column(ForeignKey("lockdown.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class ListFollower(Link):
    """Who follows, by default, the tasks that are added to a list."""

    list_id: Mapped[int] = mapped_column(ForeignKey("task_list.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    comments: Mapped[bool] = mapped_column(default=False)
    changes: Mapped[bool] = mapped_column(default=False)


class Lockdown(Row):
    """The access list of one private task or list: that thing's creator, assignees and grantees.

    The owner's id is no foreign key: the owner names its access list, and a circle of keys cannot
    be made.
    """

    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(index=True)
    list_id: Mapped[int | None] = mapped_column(index=True)


class Grant(Link):
    """A person to whom a private thing was opened."""

    lockdown_id: Mapped[int] = mapped_column(ForeignKey("lockdown.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


Index("ix_project_name_key", Project.name_key)
Index("ix_task_list_project_id_position", TaskList.project_id, TaskList.position)
