"""Webhooks: who wants to be told of what, and each message that was, or is to be, delivered."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Row


class Webhook(Row):
    """An address that is told of an event ("TASK.CREATED", …) that its maker may see. `form` is the
    version of the messages' form, `status` is ACTIVE or INACTIVE; `failures` counts the messages
    given up one after the other.
    """

    event: Mapped[str] = mapped_column(String(60))
    url: Mapped[str] = mapped_column(String(2000))
    form: Mapped[str] = mapped_column(String(5), default="2")
    content_type: Mapped[str] = mapped_column(String(40), default="application/json")
    token: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(10), default="ACTIVE")
    failures: Mapped[int] = mapped_column(default=0)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class Delivery(Row):
    """A message for a webhook. `uid` is the delivery id that the receiver gets, the same at each
    attempt. Due until `done_at` is set: it was answered with 2xx, or given up (`failed`).
    """

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"), index=True)
    event: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(60))
    body: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    failed: Mapped[bool] = mapped_column(default=False)
    response_status: Mapped[int | None]
    error: Mapped[str] = mapped_column(Text, default="")


Index(
    "ix_delivery_due",
    Delivery.due_at,
    sqlite_where=Delivery.done_at.is_(None),
    postgresql_where=Delivery.done_at.is_(None),
)
