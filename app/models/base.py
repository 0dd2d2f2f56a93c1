"""What every table shares: column types, an integer id beside a GUID, two stamps, a version."""

from datetime import UTC, datetime
from typing import Any, TypeVar

import uuid_utils
from sqlalchemy import DateTime, Dialect, Integer, String, inspect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from app.clock import clock
from app.extensions import db

Uid = String(36)
T = TypeVar("T")


def settled(alias: T) -> T:
    """An alias that several threads may use. SQLAlchemy fills the index of its columns when that is
    first needed, without a lock: another thread would find some of them missing, and what it
    adapts to the alias meanwhile would go on speaking of the table itself.
    """
    rows: Any = getattr(inspect(alias), "selectable", alias)
    rows.corresponding_column(next(iter(rows.element.c)))  # not one of its own: those need no index
    return alias


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, to the microsecond: timestamptz, or sortable ISO 8601 text in
    SQLite.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Text of fixed width in SQLite, so that text order is time order."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive values: a stamp without a zone is a mistake of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs a time zone")
        value = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return value.isoformat(timespec="microseconds")[:26] + "Z"
        return value

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """SQLite's text back to a value; PostgreSQL's driver has done it already."""
        return _parse if dialect.name == "sqlite" else None


def _parse(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def new_uid() -> str:
    """A GUID of version 7 (sorts by time of making), as its canonical text."""
    return str(uuid_utils.uuid7())


class Row(db.Model):  # type: ignore[name-defined,misc]
    """A table whose rows both dialects can name: integer id and GUID, never reused.

    `version` grows with every change: it is the ETag of the row.
    """

    __abstract__ = True
    __table_args__: Any = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    uid: Mapped[str] = mapped_column(Uid, unique=True, default=new_uid)
    created_at: Mapped[datetime] = mapped_column(Instant, default=lambda: clock.now())
    changed_at: Mapped[datetime] = mapped_column(Instant, default=lambda: clock.now())
    version: Mapped[int] = mapped_column(default=1)


class Link(db.Model):  # type: ignore[name-defined,misc]
    """A table of pairs that no client names by itself."""

    __abstract__ = True
