"""Files: uploads that wait to be attached, files of a project, and which task carries which
file.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Link, Row


class PendingFile(Row):
    """An upload that is nobody's attachment yet; `ref` is what the client hands back."""

    ref: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))


class File(Row):
    """A file of a project; the bytes are kept under `digest` (SHA-256). `uploader_id` brought the
    present version, if that is not the creator.
    """

    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    description_html: Mapped[str] = mapped_column(Text, default="")
    # No foreign key: SQLite could not take the column away again.
    uploader_id: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class FileVersion(Row):
    """An earlier state of a file, with the number that it had (`revision`)."""

    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), index=True)
    revision: Mapped[int]
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))


class TaskFile(Link):
    """A task carries a file."""

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True, index=True)
