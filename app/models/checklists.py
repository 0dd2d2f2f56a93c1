"""Check lists of tasks and of projects, and their items."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Row


class CheckList(Row):
    """A list of small things to do, of a task or of a project as a whole."""

    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class CheckListItem(Row):
    """One thing to do; `done_at` is set while it is done."""

    check_list_id: Mapped[int] = mapped_column(ForeignKey("check_list.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    is_done: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    position: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
