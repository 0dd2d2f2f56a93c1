"""One unit of work: the transaction's connection, who acts, and the instant at which he acts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    Integer,
    Row,
    Text,
    column,
    func,
    insert,
    select,
    table,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.access import Viewer
from app.models import Task
from app.queries.sql import among

# What SQLite remembers of the ids that it has given out.
SEQUENCES = table("sqlite_sequence", column("name", Text), column("seq", Integer))


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

    def change(self, model: Any, row_id: int, **values: Any) -> None:
        """Set values on one row of a versioned table, stamped, as its next version."""
        self.run(
            update(model)
            .where(model.id == row_id)
            .values(changed_at=self.now, version=model.version + 1, **values)
        )

    def reserve(self, model: Any, count: int) -> list[int]:
        """Ids that nobody else gets, ascending, for rows that are to be inserted with them."""
        name = model.__tablename__
        if self.on_postgresql:
            serial = func.nextval(func.pg_get_serial_sequence(name, "id"))
            return self.ids(select(serial).select_from(func.generate_series(1, count)))
        # This transaction is the only one that writes.
        last = self.scalar(select(SEQUENCES.c.seq).where(SEQUENCES.c.name == name)) or 0
        return list(range(last + 1, last + 1 + count))

    def bump(self, ids: Sequence[int]) -> None:
        """Make the next version of tasks on which something hangs otherwise than before."""
        if ids:
            mine = among(self.connection, Task.id, ids)
            self.run(update(Task).where(mine).values(version=Task.version + 1))

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
