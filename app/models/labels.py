"""Tags, shared by the whole account."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Link, Row


class Tag(Row):
    """A tag; `name_key` is the folded name, so that "API" and "api" are one. `color` is
    0xRRGGBB.
    """

    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(Text, unique=True)
    color: Mapped[int]


class ProjectTag(Link):
    """A project carries a tag."""

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)


class TaskTag(Link):
    """A task carries a tag."""

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)
