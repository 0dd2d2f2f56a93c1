"""What happened: one row for each thing that a command made, changed or removed, written in the
command's own transaction. The latest activity and the audit trail show it, webhooks are fed by it.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Link


class Activity(Link):
    """`kind` is what it happened to ("task", "comment", …), `action` what ("new", "edited", …).
    The name is the one that it had then, `changes` what was said to become of it, as JSON. No
    foreign keys but the person's: what happened stays, also to what was purged. `spread`: webhooks
    have been told, or there was none.
    """

    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    happened_at: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    name: Mapped[str] = mapped_column(Text, default="")
    project_id: Mapped[int | None]
    task_id: Mapped[int | None]
    changes: Mapped[str] = mapped_column(Text, default="", server_default="")
    spread: Mapped[bool] = mapped_column(default=True, server_default=true())


Index("ix_activity_project_id", Activity.project_id, Activity.id)
Index(
    "ix_activity_task_id",
    Activity.task_id,
    Activity.id,
    sqlite_where=Activity.task_id.is_not(None),
    postgresql_where=Activity.task_id.is_not(None),
)
Index(
    "ix_activity_waiting",
    Activity.id,
    sqlite_where=Activity.spread.is_(false()),
    postgresql_where=Activity.spread.is_(false()),
)
