"""One unit of work: the transaction's connection, who acts, and the instant at which he acts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Integer, Text, column, func, select, table

from app.access import Viewer
from app.models import Task
from app.queries.sql import bound_ids
from app.services import loads, statements
from app.services.statements import Computed, Look, Values, asked

# What SQLite remembers of the ids that it has given out.
SEQUENCES = table("sqlite_sequence", column("name", Text), column("seq", Integer))


class Restart(Exception):
    """What was locked is no longer what is needed: the transaction has to begin again."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler works with. It may read and write, never commit.

    Statements that run often are kept (Look) and go straight to the driver; any other may be given,
    too, and goes through SQLAlchemy.
    """

    connection: Connection
    viewer: Viewer
    now: datetime

    def all(self, statement: Executable | Look, **values: Any) -> Sequence[Any]:
        """All rows of a select; `values` are the parameters of a kept statement."""
        if isinstance(statement, Look):
            return statement.rows(self.connection, self.viewer, values)
        return self.connection.execute(statement, values).all()

    def first(self, statement: Executable | Look, **values: Any) -> Any | None:
        """The first row of a select, or None."""
        if isinstance(statement, Look):
            found = statement.rows(self.connection, self.viewer, values)
            return found[0] if found else None
        return self.connection.execute(statement, values).first()

    def scalar(self, statement: Executable | Look, **values: Any) -> Any:
        """The first value of the first row, or None."""
        if isinstance(statement, Look):
            found = statement.tuples(self.connection, self.viewer, values)
            return found[0][0] if found else None
        return self.connection.execute(statement, values).scalar()

    def ids(self, statement: Executable | Look, **values: Any) -> list[int]:
        """The first column of a select."""
        if isinstance(statement, Look):
            return [row[0] for row in statement.tuples(self.connection, self.viewer, values)]
        return list(self.connection.execute(statement, values).scalars())

    def run(self, statement: Executable) -> None:
        """A statement whose answer does not matter."""
        self.connection.execute(statement)

    def insert(self, model: Any, **values: Any) -> int:
        """Insert a row stamped with the instant of this work; gives its id."""
        return self.insert_computed(model, None, values)

    def insert_computed(self, model: Any, computed: Computed | None, values: Values) -> int:
        """As insert; `computed` is a function that states further columns, in SQL over the
        values.
        """
        values = {**statements.stamps(model, self.now), **values}
        change = statements.insertion(self.engine, model, tuple(values), computed)
        cursor = change.run(self.connection, values)
        return int(cursor.fetchone()[0] if self.on_postgresql else cursor.lastrowid)

    def insert_links(self, model: Any, rows: Iterable[dict[str, Any]]) -> None:
        """Insert rows; those already there stay as they are."""
        listed = [statements.stamps(model, self.now) | row for row in rows]
        loads.link(self.connection, model, listed)

    def insert_many(self, model: Any, rows: Iterable[dict[str, Any]]) -> None:
        """Insert stamped rows of one shape."""
        listed = list(rows)
        if listed and "uid" in listed[0]:
            stamps = {"created_at": self.now, "changed_at": self.now}
            listed = [stamps | row for row in listed]
        else:
            listed = [statements.stamps(model, self.now) | row for row in listed]
        loads.load(self.connection, model, listed)

    def change(self, model: Any, row_id: int, **values: Any) -> None:
        """Set values on one row of a versioned table, stamped, as its next version."""
        self._set(model, row_id, {"changed_at": self.now} | values, versioned=True)

    def put(self, model: Any, row_id: int, **values: Any) -> None:
        """Set values on one row that gets its next version elsewhere."""
        self._set(model, row_id, values, versioned=False)

    def put_each(self, model: Any, values: dict[int, dict[str, Any]], versioned: bool) -> None:
        """Set values on several rows, the same columns on each; `values` is by id."""
        rows = [{"row_id": row_id} | each for row_id, each in values.items()]
        if rows:
            names = tuple(rows[0])[1:]
            change = statements.changing(
                self.engine, model, names, versioned=versioned, several=False
            )
            change.run_many(self.connection, rows)

    def _set(self, model: Any, row_id: int, values: dict[str, Any], *, versioned: bool) -> None:
        change = statements.changing(
            self.engine, model, tuple(values), versioned=versioned, several=False
        )
        change.run(self.connection, values | {"row_id": row_id})

    def bump(self, ids: Sequence[int]) -> None:
        """Make the next version of tasks on which something hangs otherwise than before."""
        self._set_all(ids, {})

    def pass_on(self, ids: Sequence[int], **values: Any) -> None:
        """Set values on tasks, as their next version, that nobody has edited."""
        self._set_all(ids, values)

    def touch(self, ids: Sequence[int], **values: Any) -> None:
        """Set values on tasks and mark them as changed by the viewer now."""
        self._set_all(ids, self.touched() | values)

    def touched(self) -> dict[str, Any]:
        """What marks a task as changed by the viewer now."""
        return {"changed_at": self.now, "updater_id": self.viewer.person_id}

    def _set_all(self, ids: Sequence[int], values: dict[str, Any]) -> None:
        if len(ids) == 1:
            self._set(Task, ids[0], values, versioned=True)
        elif ids:
            change = statements.changing(
                self.engine, Task, tuple(values), versioned=True, several=True
            )
            packed = {"ids": bound_ids(self.engine, ids)}
            change.run(self.connection, values | packed)

    def clear(self, model: Any, **values: Any) -> None:
        """Delete the rows whose columns have these values."""
        change = statements.clearing(self.engine, model, tuple(values))
        change.run(self.connection, values)

    def reserve(self, model: Any, count: int) -> list[int]:
        """Ids that nobody else gets, ascending, for rows that are to be inserted with them."""
        name = model.__tablename__
        if self.on_postgresql:
            return self.ids(_NEXT, name=name, count=count)
        # This transaction is the only one that writes.
        last = self.scalar(_LAST, name=name) or 0
        return list(range(last + 1, last + 1 + count))

    @property
    def engine(self) -> str:
        """The kind of store: sqlite or postgresql."""
        return self.connection.dialect.name

    @property
    def on_postgresql(self) -> bool:
        """The store is PostgreSQL."""
        return self.connection.dialect.name == "postgresql"


_NEXT = Look(
    lambda *_: select(
        func.nextval(func.pg_get_serial_sequence(asked("name", Text), "id"))
    ).select_from(func.generate_series(1, asked("count")))
)
_LAST = Look(lambda *_: select(SEQUENCES.c.seq).where(SEQUENCES.c.name == asked("name", Text)))
