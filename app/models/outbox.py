"""What has to leave the server, written in the same transaction as the change that caused it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Row


class Outgoing(Row):
    """One message to one person about one task; `kind` says which.

    `note_id` is the comment that it is about, `text` what else it says. `due_at` is when it is to
    be sent, or tried again after `attempts`; it is done with when `sent_at` is set: `error` then
    tells why it was given up, if it was.
    """

    __tablename__ = "outbox"

    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    note_id: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="", server_default="")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(Text, default="", server_default="")


Index("ix_outbox_due", Outgoing.sent_at, Outgoing.due_at)
