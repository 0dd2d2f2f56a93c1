"""The database handle and what a new connection is told. Imports nothing of ours.

SQLite: write-ahead log, foreign keys, a busy timeout, and transactions that we begin ourselves:
BEGIN IMMEDIATE where the execution option `write` is set, so that two writers queue instead of
failing half-way. PostgreSQL: psycopg 3, the session in UTC, told by a statement, since PgBouncer
follows that and refuses it as an option of the connection.

What a request asks for may take STATEMENT_SECONDS; what the command line and the worker do takes
what it takes. PostgreSQL watches the time itself. In SQLite it begins with the transaction, and is
looked at every so many instructions of a statement.
"""

import re
import select
import sqlite3
import time
from contextvars import ContextVar
from threading import local
from typing import Any, Final

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from psycopg import Error as DriverError
from psycopg._preparing import PrepareManager
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MS = 10_000
BEGUN = "begun"  # the option of a connection whose owner begins its transactions himself
# Pages of the write-ahead log (80 MiB) after which a commit brings what they hold into the store,
# if nobody else has (services/checkpoints.py).
CHECKPOINT_PAGES: Final = 20_000
INSTRUCTIONS: Final = 100_000  # of SQLite, a millisecond or two of work
ENDS_PLANS: Final = re.compile(rb"(?:DROP|ALTER|DISCARD|DEALLOCATE) ")
KEPT_STATEMENTS: Final = 200  # that a connection to PostgreSQL has prepared at most
# PostgreSQL's words for a statement that took too long, one that waited too long for a lock, and a
# transaction in which nothing was asked for too long.
OUT_OF_TIME: Final = {"57014", "55P03", "25P03"}
PASSING: Final = {"40001", "40P01"}  # serialization failure, deadlock
FAILED: Final = (SQLAlchemyError, sqlite3.Error, DriverError)

STATEMENT_SECONDS: ContextVar[float] = ContextVar("statement_seconds", default=0)  # 0: no end
_watch = local()

db = SQLAlchemy(metadata=MetaData(naming_convention=NAMING))
migrate = Migrate()


def engine_options(url: str, threads: int = 2, *, prepare: bool = True) -> dict[str, Any]:
    """Options for create_engine, by kind of database. A thread holds one connection at a time; a
    second one is there so that none can wait for itself.
    """
    # Rows that are joined by an EXISTS over pairs look like a cartesian product to the linter.
    # The connection that was used last is used next: each one has to find out by itself that the
    # store changed (queries/freshness.py), and those of PostgreSQL have statements prepared.
    # What goes to the log of an error must not hold digests of keys, nor what people wrote.
    common: dict[str, Any] = {"enable_from_linting": False, "hide_parameters": True}
    if url not in ("sqlite://", "sqlite:///:memory:"):  # those have one connection
        common["pool_use_lifo"] = True
    if url.startswith("sqlite"):
        if "pool_use_lifo" in common:
            # Each thread keeps one for itself (queries/connection.py), however many there are.
            common["max_overflow"] = -1
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
    event.listen(engine, "connect", _watched)

    @event.listens_for(engine, "connect")
    def tell(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "cache_size=-4096",
            "temp_store=MEMORY",
            f"wal_autocheckpoint={CHECKPOINT_PAGES}",
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
        start_watch()


def prepare_postgresql(engine: Engine) -> None:
    """Put new sessions into UTC, and replace a pooled connection whose server went away."""

    @event.listens_for(engine, "connect")
    def tell(connection: Any, _record: object) -> None:
        _keep_prepared(connection)
        if connection.info.parameter_status("TimeZone") != "UTC":
            tell_session(connection, "SET TIME ZONE 'UTC'")

    event.listen(engine, "checkout", _refuse_the_dead)
    event.listen(engine, "checkout", _limit)


class _Prepared(PrepareManager):
    """What is prepared on a connection outlives a rollback: on the server it does so anyway.

    psycopg lets all of it go, for fear of tables that were made in the transaction; here only
    migrations make tables. After each refused write the next requests of the connection would have
    their statements planned again, which takes longer than carrying them out.
    """

    def clear(self) -> bool:
        """A transaction was rolled back."""
        return False

    def _should_discard(self, prep: Any, results: Any, *_: Any) -> bool:
        changed = any(ENDS_PLANS.match(each.command_status or b"") for each in results)
        return super().clear() if changed else False


def _keep_prepared(connection: Any) -> None:
    """Let a new connection keep what it has prepared."""
    kept = _Prepared()
    kept.prepare_threshold = connection.prepare_threshold
    kept.prepared_max = KEPT_STATEMENTS
    connection._prepared = kept


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


def tell_session(connection: Any, settings: str) -> None:
    """Run SET statements on a connection of PostgreSQL, outside of any transaction."""
    before = connection.autocommit
    connection.autocommit = True
    connection.execute(settings)
    connection.autocommit = before


def _limit(connection: Any, record: Any, _proxy: object) -> None:
    """Tell a session how long a statement may take, if that is not what it was told before. Between
    the statements of a transaction twice the time may pass: Python is at work there.
    """
    seconds = STATEMENT_SECONDS.get()
    if record.info.get("seconds", 0) == seconds:
        return
    milliseconds = int(seconds * 1000)
    tell_session(
        connection,
        f"SET statement_timeout = {milliseconds}; "
        f"SET idle_in_transaction_session_timeout = {2 * milliseconds}",
    )
    record.info["seconds"] = seconds


def _watched(connection: sqlite3.Connection, _record: object) -> None:
    """Let SQLite ask every so often whether the time is over."""
    connection.set_progress_handler(_is_over, INSTRUCTIONS)


def start_watch() -> None:
    """A transaction of this thread begins: its statements have STATEMENT_SECONDS from now on."""
    seconds = STATEMENT_SECONDS.get()
    _watch.end = time.monotonic() + seconds if seconds else None


def _is_over() -> bool:
    end = getattr(_watch, "end", None)
    return end is not None and time.monotonic() > end


def out_of_time(error: Exception) -> bool:
    """The database ended a statement that took too long, or no connection became free."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    return getattr(cause, "sqlstate", None) in OUT_OF_TIME or isinstance(cause, PoolTimeout)


def passing(error: Exception) -> bool:
    """The database says that the same transaction may succeed at another time."""
    cause = getattr(error, "orig", None) or error
    return getattr(cause, "sqlstate", None) in PASSING or "database is locked" in str(cause)
