"""What a project plans: the elements of its schedule, and its risks."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Row


class Planning(Row):
    """An element of a project's schedule: an activity, a milestone, or a group of them.

    `progress` is in percent, `custom_color` 0xRRGGBB.
    """

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("planning.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
    custom_color: Mapped[int | None]
    progress: Mapped[int] = mapped_column(default=0)
    start_at: Mapped[datetime | None] = mapped_column(Instant)
    end_at: Mapped[datetime | None] = mapped_column(Instant)
    is_milestone: Mapped[bool] = mapped_column(default=False)
    is_grouping: Mapped[bool] = mapped_column(default=False)
    is_collapsed: Mapped[bool] = mapped_column(default=False)
    description_html: Mapped[str] = mapped_column(Text, default="")
    psp_code: Mapped[str] = mapped_column(String(100), default="")
    location: Mapped[str] = mapped_column(String(200), default="")
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class Risk(Row):
    """What may go wrong in a project; `probability` and `impact` are in percent."""

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    description_html: Mapped[str] = mapped_column(Text, default="")
    probability: Mapped[int] = mapped_column(default=0)
    impact: Mapped[int] = mapped_column(default=0)
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


Index("ix_planning_project_id_position", Planning.project_id, Planning.position)
