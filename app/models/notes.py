"""Comments on tasks (InLoox: notes), and who has read them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Link, Row


class Note(Row):
    """A comment on a task: sanitised HTML and the plain text derived from it."""

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class NoteRead(Link):
    """A person has read a comment."""

    note_id: Mapped[int] = mapped_column(ForeignKey("note.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


Index("ix_note_task_id", Note.task_id, Note.id)
