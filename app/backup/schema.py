"""The schema of a store, made and unmade on a connection whose transaction the caller ends."""

from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from app.backup.columns import EPOCHS, VERSION, tables_of
from app.config import ROOT

FUNCTIONS = (
    "SELECT oid::regprocedure::text FROM pg_proc"
    " WHERE proname LIKE 'tandem\\_%' AND pronamespace = current_schema()::regnamespace"
)


def revision_of(connection: Connection) -> str | None:
    """The revision of the schema; None: there is no schema."""
    return MigrationContext.configure(connection).get_current_revision()


def revisions() -> list[str]:
    """All revisions that there are, the first one first."""
    return [each.revision for each in reversed([*_scripts().walk_revisions()])]


def upgrade_to(connection: Connection, revision: str) -> None:
    """Run the migrations up to a revision, in the caller's transaction: unlike `flask db upgrade`,
    which has its own.
    """
    scripts = _scripts()

    def steps(now: Any, _: object) -> Any:
        return scripts._upgrade_revs(revision, now)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(
            connection=connection, render_as_batch=connection.dialect.name == "sqlite"
        )
        environment.run_migrations()


def lock(connection: Connection) -> None:
    """Let nobody else write until the transaction ends. SQLite has one writer anyway."""
    names = tables_of(connection)
    if connection.dialect.name == "postgresql" and names:
        connection.execute(text(f"LOCK TABLE {_quoted(names)} IN ACCESS EXCLUSIVE MODE"))


def filled(connection: Connection) -> list[str]:
    """The tables that have rows."""
    return [
        name
        for name in tables_of(connection)
        if name not in EPOCHS
        and connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first()  # noqa: S608
    ]


def remove_schema(connection: Connection) -> None:
    """Remove our tables with all that is in them, and our functions; nothing of others."""
    names = tables_of(connection)
    if inspect(connection).has_table(VERSION):
        names.insert(0, VERSION)
    if not names:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        for name in reversed(names):
            connection.execute(text(f'DROP TABLE "{name}"'))
        return
    connection.execute(text(f"DROP TABLE {_quoted(names)}"))
    for name in connection.execute(text(FUNCTIONS)).scalars().all():
        connection.execute(text(f"DROP FUNCTION {name}"))


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(ROOT / "migrations"))
