"""One consistent state of a store, read while others write to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, text

from app.backup.columns import dumped_tables

AT_A_TIME: Final = 1000
# Each part is read quickly, but the whole may take minutes.
PATIENT: Final = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")
SEQUENCE: Final = {
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = :name",
    "postgresql": "SELECT pg_sequence_last_value("
    "pg_get_serial_sequence(quote_ident(:name), 'id')::regclass)",
}


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the store as it is at its first statement, however long it reads: a
    read transaction of SQLite's write-ahead log, REPEATABLE READ of PostgreSQL.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            be_patient(connection)
        yield connection


def be_patient(connection: Connection) -> None:
    """Lift, for this transaction, the limits that hold for requests."""
    if connection.dialect.name == "postgresql":
        for name in PATIENT:
            connection.execute(text(f"SET LOCAL {name} = 0"))


def count_rows(connection: Connection) -> int:
    """How many rows a dump will have."""
    return sum(
        connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()  # noqa: S608
        for name in dumped_tables(connection)
    )


def last_id(connection: Connection, table: str) -> int | None:
    """The greatest id that the table ever gave out, also of rows that are gone."""
    statement = SEQUENCE[connection.dialect.name]
    found: int | None = connection.execute(text(statement), {"name": table}).scalar()
    return found


def batches(connection: Connection, statement: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a statement, a thousand at a time, straight from the driver."""
    driver: Any = connection.connection.driver_connection
    named = {"name": "dump"} if connection.dialect.name == "postgresql" else {}
    cursor = driver.cursor(**named)
    try:
        cursor.execute(statement)
        while rows := cursor.fetchmany(AT_A_TIME):
            yield rows
    finally:
        cursor.close()
