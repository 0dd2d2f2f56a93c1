"""The store as a whole: what is in it, whether a call changed it, and putting it back.

That nothing was written at all is most often seen by one look at a counter of the engine's; the
tables are read only when something wrote.
"""

import sqlite3
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, create_engine, text
from sqlalchemy.pool import NullPool

from app.extensions import db

Row = tuple[Any, ...]
Tables = dict[str, dict[Row, Row]]  # the rows of each table by their keys
# Other values after each change, also one that is undone: triggers write them for caches.
STAMPS = ("epoch", "list_epoch")


def _tables() -> list[Table]:
    return [each for each in db.metadata.sorted_tables if each.name not in STAMPS]


def _columns(table: Table) -> list[str]:
    return [each.name for each in table.columns if (table.name, each.name) != ("task", "stamp")]


def _quoted(names: list[str], between: str = ", ", shape: str = '"{0}"') -> str:
    return between.join(shape.format(name) for name in names)


def _key(table: Table) -> list[str]:
    return [each.name for each in table.primary_key.columns]


def snapshot() -> Tables:
    """Every row of every table, but for the stamps of caches."""
    with db.engine.connect() as connection:
        return {table.name: _rows(connection, table) for table in _tables()}


def _rows(connection: Connection, table: Table) -> dict[Row, Row]:
    columns = _columns(table)
    at = [columns.index(name) for name in _key(table)]
    found = connection.exec_driver_sql(f'SELECT {_quoted(columns)} FROM "{table.name}"')
    return {tuple(row[place] for place in at): tuple(row) for row in found}


def digests() -> dict[str, str]:
    """A digest of each table's rows, in one statement; of SQLite none, where reads cost little."""
    if db.engine.dialect.name == "sqlite":
        return {}
    with db.engine.connect() as connection:
        return dict(connection.exec_driver_sql(_digest_of_all()).mappings().one())


@cache
def _digest_of_all() -> str:
    row = "md5(string_agg(each::text, chr(10) ORDER BY each::text))"
    parts = (
        f'(SELECT {row} FROM (SELECT {_quoted(_columns(table))} FROM "{table.name}") each) '
        f'AS "{table.name}"'
        for table in _tables()
    )
    return f"SELECT {', '.join(parts)}"


def restore(before: Tables, digests_before: dict[str, str]) -> bool:
    """Make every table what it was at a snapshot; gives whether any was another. Only rows that
    differ are written.
    """
    found = digests()
    with db.engine.connect().execution_options(write=True) as connection:
        now = {
            table.name: _rows(connection, table)
            for table in _tables()
            if not found or found[table.name] != digests_before[table.name]
        }
        other = [each for each in _tables() if now.get(each.name) not in (None, before[each.name])]
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for write, tables in ((_insert, other), (_update, other), (_delete, other[::-1])):
            for table in tables:
                write(connection, table, before[table.name], now[table.name])
        connection.commit()
    return bool(other)


def _insert(connection: Connection, table: Table, before: Any, now: Any) -> None:
    columns = _columns(table)
    values = _quoted(columns, shape=":{0}")
    statement = f'INSERT INTO "{table.name}" ({_quoted(columns)}) VALUES ({values})'
    lost = [before[key] for key in sorted(before.keys() - now.keys())]
    _run(connection, statement, [dict(zip(columns, row, strict=True)) for row in lost])


def _update(connection: Connection, table: Table, before: Any, now: Any) -> None:
    columns = _columns(table)
    values = _quoted(columns, shape='"{0}" = :{0}')
    where = _quoted(_key(table), " AND ", '"{0}" = :{0}')
    other = [row for key, row in before.items() if key in now and now[key] != row]
    statement = f'UPDATE "{table.name}" SET {values} WHERE {where}'
    _run(connection, statement, [dict(zip(columns, row, strict=True)) for row in other])


def _delete(connection: Connection, table: Table, before: Any, now: Any) -> None:
    key = _key(table)
    where = _quoted(key, " AND ", '"{0}" = :{0}')
    fresh = sorted(now.keys() - before.keys(), reverse=True)
    statement = f'DELETE FROM "{table.name}" WHERE {where}'
    _run(connection, statement, [dict(zip(key, row, strict=True)) for row in fresh])


def _run(connection: Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(text(statement), rows)


class Guard:
    """The store as it is to stay, for tests that change it."""

    def __init__(self) -> None:
        self._before, self._digests = snapshot(), digests()
        url = db.engine.url
        if db.engine.dialect.name == "sqlite":
            self._lite = sqlite3.connect(str(url.database))
        else:
            self._server = create_engine(url, poolclass=NullPool).connect()
        self._count = self._writes()

    def _writes(self) -> int:
        """Another number whenever a transaction may have written: SQLite counts what was committed,
        PostgreSQL also what was rolled back, and what other databases of the server did.
        """
        if db.engine.dialect.name == "sqlite":
            return int(self._lite.execute("PRAGMA data_version").fetchone()[0])
        look = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
        found = int(self._server.exec_driver_sql(look).scalar_one())
        self._server.rollback()
        return found

    def put_back(self) -> bool:
        """Restore what it was; gives whether it was changed."""
        if self._writes() == self._count:
            return False
        changed = restore(self._before, self._digests)
        self._count = self._writes()
        return changed

    def close(self) -> None:
        """End the connection that looks at the counter."""
        if db.engine.dialect.name == "sqlite":
            self._lite.close()
        else:
            self._server.close()
            self._server.engine.dispose()
