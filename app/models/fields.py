"""Custom fields: their definitions, and the values that tasks and projects have for them."""

from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Instant, Link, Row


class Field(Row):
    """A custom field of the account, or (`project_id`) one that a project defined for itself.

    `type`: 0 string, 1 date, 2 integer, 3 decimal, 4 boolean, 5 list, 6 currency. `table_name` is
    "TaskItem" or "Project"; `options` a JSON list of the texts that a list offers.
    """

    __tablename__ = "custom_field"

    column_name: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(Text)
    table_name: Mapped[str] = mapped_column(String(40))
    type: Mapped[int] = mapped_column(SmallInteger)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    options: Mapped[str] = mapped_column(Text, default="[]")
    allow_empty: Mapped[bool] = mapped_column(default=True)
    allow_new: Mapped[bool] = mapped_column(default=False)
    currency_symbol: Mapped[str] = mapped_column(String(10), default="")
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class FieldValue(Link):
    """What a task or a project (`object_id`, by the field's table) has for a field.

    `value` is canonical text: an instant as YYYY-MM-DDTHH:MM:SS.ffffffZ, a number without an
    exponent, "true" or "false".
    """

    __tablename__ = "custom_value"

    field_id: Mapped[int] = mapped_column(ForeignKey("custom_field.id"), primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True, index=True, autoincrement=False)
    value: Mapped[str] = mapped_column(Text)
