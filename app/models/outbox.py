"""What has to leave the server, written in the same transaction as the change that caused it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Row


class Outgoing(Row):
    """One message to one person about one task; `kind` says which."""

    __tablename__ = "outbox"

    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


Index("ix_outbox_due", Outgoing.sent_at, Outgoing.due_at)
