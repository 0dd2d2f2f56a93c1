"""Comments on tasks (InLoox: notes), and who has read them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Link, Row


class Note(Row):
    """A comment on a task: sanitised HTML and the plain text derived from it. `content_type` is
    what it was written as, TEXT or HTML; `notified` how many people were told of it.
    """

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    content_type: Mapped[str] = mapped_column(String(10), default="HTML", server_default="HTML")
    notified: Mapped[int] = mapped_column(default=0, server_default="0")


class NoteFile(Link):
    """A comment carries a file."""

    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True, index=True)


class NoteRead(Link):
    """A person has read a comment."""

    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


Index("ix_note_task_id", Note.task_id, Note.id)
