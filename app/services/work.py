"""One unit of work: the transaction's connection, who acts, and the instant at which he acts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from app.access import Viewer
from app.models import Task
from app.queries.sql import among


class Restart(Exception):
    """What was locked is no longer what is needed: the transaction has to begin again."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler works with. It may read and write, never commit."""

    connection: Connection
    viewer: Viewer
    now: datetime

    def all(self, statement: Executable) -> Sequence[Row[Any]]:
        """All rows of a select."""
        return self.connection.execute(statement).all()

    def first(self, statement: Executable, **values: Any) -> Row[Any] | None:
        """The first row of a select, or None; `values` are the parameters of a kept statement."""
        return self.connection.execute(statement, values).first()

    def scalar(self, statement: Executable) -> Any:
        """The first value of the first row, or None."""
        return self.connection.execute(statement).scalar()

    def ids(self, statement: Executable) -> list[int]:
        """The first column of a select."""
        return list(self.connection.execute(statement).scalars())

    def run(self, statement: Executable) -> None:
        """A statement whose answer does not matter."""
        self.connection.execute(statement)

    def insert(self, model: Any, **values: Any) -> int:
        """Insert a row stamped with the instant of this work; gives its id."""
        values = {"created_at": self.now, "changed_at": self.now} | values
        result = self.connection.execute(insert(model.__table__), values)
        return int(result.inserted_primary_key[0])  # type: ignore[index]

    def insert_links(self, model: Any, rows: Iterable[dict[str, Any]]) -> None:
        """Insert rows without an id of their own; those already there stay as they are."""
        listed = list(rows)
        if not listed:
            return
        make = postgresql.insert if self.on_postgresql else sqlite.insert
        self.connection.execute(make(model).on_conflict_do_nothing(), listed)

    def insert_many(self, model: Any, rows: Iterable[dict[str, Any]]) -> None:
        """Insert stamped rows in one statement."""
        stamped = [{"created_at": self.now, "changed_at": self.now} | row for row in rows]
        if stamped:
            self.connection.execute(insert(model.__table__), stamped)

    def touch(self, ids: Sequence[int], **values: Any) -> None:
        """Set values on tasks and mark them as changed by the viewer now."""
        if not ids:
            return
        values = {"changed_at": self.now, "updater_id": self.viewer.person_id} | values
        self.run(
            update(Task)
            .where(among(self.connection, Task.id, ids))
            .values(version=Task.version + 1, **values)
        )

    @property
    def on_postgresql(self) -> bool:
        """The store is PostgreSQL."""
        return self.connection.dialect.name == "postgresql"
