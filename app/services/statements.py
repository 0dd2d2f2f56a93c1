"""Statements of the write path: stated in SQLAlchemy Core once, compiled once, run through the
driver in the transaction of SQLAlchemy's connection (as app/queries/prepared.py does for reads).

What the driver raises is its own; `execute` sees to that. SQLAlchemy fills in no defaults here, so
they are stated in this module: constants are written into the statement, the rest is `stamps`.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

from app.access import Viewer
from app.models.base import Row as RowModel
from app.models.base import new_uid
from app.queries.prepared import DIALECTS, Prepared
from app.queries.sql import among_bound, bound_ids

Names = tuple[str, ...]
Values = Mapping[str, Any]
Computed = Callable[[], Mapping[str, ColumnElement[Any]]]


class Change(Prepared):
    """An INSERT, UPDATE or DELETE for one dialect of SQL."""

    def run(self, connection: Connection, values: Values) -> Any:
        """Carry it out; gives the driver's cursor."""
        return self.cursor(connection).execute(self.sql, self._arguments(values))

    def run_many(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Carry it out for each row."""
        if len(rows) == 1:
            self.cursor(connection).execute(self.sql, self._arguments(rows[0]))
        elif rows:
            arguments = [self._arguments(row) for row in rows]
            self.cursor(connection).executemany(self.sql, arguments)


def _shape(statement: Any) -> Any:
    """A function that makes a named tuple of a row."""
    columns = statement.selected_columns.keys() if isinstance(statement, Select) else ()
    made: Any = namedtuple  # its type wants the names written out
    return made("Found", columns, rename=True)._make


class Look:
    """A statement that gives rows, stated when it is first used, once for each engine and kind of
    viewer: `build` gets the engine's name and the kind. Its rows are named tuples.

    The parameters `ids` and `texts` take sequences; the viewer's id need not be given.
    """

    def __init__(self, build: Callable[[str, Viewer], Any]) -> None:
        self._build = build
        self._made: dict[tuple[str, Viewer], tuple[Prepared, Any]] = {}

    def tuples(self, connection: Connection, viewer: Viewer, values: Values) -> list[Any]:
        """The rows as plain tuples."""
        prepared, _ = self._for(connection.dialect.name, viewer.kind)
        return prepared.rows(connection, self._given(connection, viewer, values))

    def rows(self, connection: Connection, viewer: Viewer, values: Values) -> list[Any]:
        """The rows."""
        prepared, make = self._for(connection.dialect.name, viewer.kind)
        found = prepared.rows(connection, self._given(connection, viewer, values))
        return [make(row) for row in found]

    def _for(self, engine: str, kind: Viewer) -> tuple[Prepared, Any]:
        made = self._made.get((engine, kind))
        if made is None:
            statement = self._build(engine, kind)
            made = self._made[engine, kind] = (
                Prepared(statement, DIALECTS[engine]),
                _shape(statement),
            )
        return made

    def _given(self, connection: Connection, viewer: Viewer, values: Values) -> Values:
        given = {**viewer.values, **values}
        for name in ("ids", "texts"):
            if name in given:
                given[name] = bound_ids(connection.dialect.name, given[name])
        return given


def among_texts_bound(engine: str) -> Callable[[Any], ColumnElement[bool]]:
    """As app.queries.sql.among_bound, for texts: they come with the execution, as `texts`."""
    if engine == "postgresql":
        return lambda column: column == any_(asked("texts", ARRAY(Text)))
    listed = func.json_each(asked("texts", Text)).table_valued("value")
    return lambda column: column.in_(select(listed.c.value))


def asked(name: str, kind: Any = Integer) -> Any:
    """A parameter of a kept statement."""
    return bindparam(name, None, kind)


def stamps(model: Any, now: datetime) -> dict[str, Any]:
    """What every new row of a table with ids of its own gets, unless it is said: GUID and
    instants.
    """
    if not issubclass(model, RowModel):
        return {}
    return {"uid": new_uid(), "created_at": now, "changed_at": now}


def defaults(table: Table, names: Sequence[str]) -> dict[str, Any]:
    """The defaults of the columns that nobody names, as far as they are constants."""
    chosen: Any = (column for column in table.columns if column.name not in names)
    return {
        column.name: column.default.arg
        for column in chosen
        if column.default is not None and column.default.is_scalar
    }


def constants(engine: str, table: Table, names: Sequence[str]) -> dict[str, ColumnElement[Any]]:
    """As `defaults`, written out in SQL. SQLite draws the stamp of a new task here: its trigger
    would write the row a second time (migration 0003).
    """
    found: dict[str, ColumnElement[Any]] = {}
    for name, value in defaults(table, names).items():
        kind = table.c[name].type
        written = literal(value, kind).compile(
            dialect=DIALECTS[engine], compile_kwargs={"literal_binds": True}
        )
        drawn = engine == "sqlite" and name == "stamp"
        found[name] = literal_column("random()" if drawn else str(written), type_=kind)
    return found


def _named(table: Table, names: Sequence[str]) -> dict[str, Any]:
    return {name: asked(name, table.c[name].type) for name in names}


@cache
def insertion(engine: str, model: Any, names: Names, computed: Computed | None = None) -> Change:
    """Insert one row with these columns, and those that `computed` states over the others. On
    PostgreSQL it gives the id, in SQLite the cursor knows it.
    """
    table = model.__table__
    more = dict(computed()) if computed else {}
    values = _named(table, names) | more
    made = insert(table).values(constants(engine, table, [*values]) | values)
    told = made.returning(table.c.id) if engine == "postgresql" else made.inline()
    return Change(told, DIALECTS[engine])


@cache
def linking(engine: str, model: Any, names: Names) -> Change:
    """Insert a row unless it is there already."""
    table = model.__table__
    make = postgresql.insert if engine == "postgresql" else sqlite.insert
    values = constants(engine, table, names) | _named(table, names)
    return Change(make(table).values(values).inline().on_conflict_do_nothing(), DIALECTS[engine])


@cache
def loading(engine: str, model: Any, names: Names) -> Change:
    """Insert a row; nothing is told of it."""
    table = model.__table__
    values = constants(engine, table, names) | _named(table, names)
    return Change(insert(table).values(values).inline(), DIALECTS[engine])


@cache
def changing(engine: str, model: Any, names: Names, *, versioned: bool, several: bool) -> Change:
    """Set these columns on the row `row_id`, or on the rows `ids`; as the next version, or not.
    As with `constants`, SQLite draws a task's stamp here.
    """
    table = model.__table__
    mine = among_bound(engine)(table.c.id) if several else table.c.id == asked("row_id")
    values = _named(table, names)
    if versioned:
        values["version"] = table.c.version + literal_column("1")
    if engine == "sqlite" and "stamp" in table.c and "stamp" not in values:
        values["stamp"] = literal_column("random()", type_=table.c.stamp.type)
    return Change(update(table).where(mine).values(values), DIALECTS[engine])


@cache
def clearing(engine: str, model: Any, names: Names) -> Change:
    """Delete the rows whose columns have these values."""
    table = model.__table__
    mine = (table.c[name] == asked(name, table.c[name].type) for name in names)
    return Change(delete(table).where(*mine), DIALECTS[engine])
