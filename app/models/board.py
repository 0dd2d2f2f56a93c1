"""The board: a Status is a Teamwork board column and an InLoox task status."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Row


class Status(Row):
    """A column of a project's board; `color` is 0xRRGGBB in its lower 24 bits, the others are the
    client's.
    """

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(200))
    color: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)


Index("ix_status_project_id_position", Status.project_id, Status.position)
