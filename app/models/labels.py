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


class ListTag(Link):
    """A task list carries a tag."""

    list_id: Mapped[int] = mapped_column(ForeignKey("task_list.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)


class CompanyTag(Link):
    """A company carries a tag."""

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)


class PersonTag(Link):
    """A person carries a tag."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)


class FileTag(Link):
    """A file carries a tag."""

    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)
