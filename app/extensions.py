"""The database handle and what a new connection is told. Imports nothing of ours.

SQLite: write-ahead log, foreign keys, a busy timeout, and transactions that we begin ourselves:
BEGIN IMMEDIATE where the execution option `write` is set, so that two writers queue instead of
failing half-way. PostgreSQL: psycopg 3, the session in UTC, told by a statement, since PgBouncer
follows that and refuses it as an option of the connection.
"""

import select
import sqlite3
from typing import Any

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.exc import DisconnectionError

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MS = 10_000
BEGUN = "begun"  # the option of a connection whose owner begins its transactions himself

db = SQLAlchemy(metadata=MetaData(naming_convention=NAMING))
migrate = Migrate()


def engine_options(url: str, threads: int = 2, *, prepare: bool = True) -> dict[str, Any]:
    """Options for create_engine, by kind of database. A thread holds one connection at a time; a
    second one is there so that none can wait for itself.
    """
    # Rows that are joined by an EXISTS over pairs look like a cartesian product to the linter.
    # The connection that was used last is used next: each one has to find out by itself that the
    # store changed (queries/freshness.py), and those of PostgreSQL have statements prepared.
    common = {"enable_from_linting": False}
    if url not in ("sqlite://", "sqlite:///:memory:"):  # those have one connection
        common["pool_use_lifo"] = True
    if url.startswith("sqlite"):
        return common | {
            "connect_args": {
                "isolation_level": None,
                "check_same_thread": False,
                "cached_statements": 1024,
            }
        }
    return common | {
        "connect_args": {} if prepare else {"prepare_threshold": None},
        "pool_size": threads,
        "max_overflow": threads,
    }


def prepare_engine(engine: Engine, synchronous: str) -> None:
    """Listen for new connections, and for transactions of an SQLite engine."""
    if engine.dialect.name != "sqlite":
        prepare_postgresql(engine)
        return

    @event.listens_for(engine, "connect")
    def tell(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "cache_size=-8192",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(BEGUN):
            return
        write = options.get("write")
        # Straight to the driver: through SQLAlchemy it costs more than a small query.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if write else "BEGIN")


def prepare_postgresql(engine: Engine) -> None:
    """Put new sessions into UTC, and replace a pooled connection whose server went away."""

    @event.listens_for(engine, "connect")
    def tell(connection: Any, _record: object) -> None:
        if connection.info.parameter_status("TimeZone") != "UTC":
            connection.autocommit = True
            connection.execute("SET TIME ZONE 'UTC'")
            connection.autocommit = False

    event.listen(engine, "checkout", _refuse_the_dead)


def _refuse_the_dead(connection: Any, _record: object, _proxy: object) -> None:
    """Make the pool open a new connection in place of one that the server has closed: there is
    something to read on it although nothing was asked. Asking the server would cost a round trip
    for every request.
    """
    waiting = select.poll()
    if not connection.closed:
        waiting.register(connection.fileno(), select.POLLIN)
    if connection.closed or waiting.poll(0):
        raise DisconnectionError("the server has closed the connection")
