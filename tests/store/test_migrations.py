"""Migrations: up, down, up again, numbered, and the same schema as the models, on both engines."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Boolean, MetaData, String, Text, create_engine, inspect, text

from app import create_app
from app.config import Settings
from app.extensions import db

NOON = datetime(2014, 5, 12, 12, tzinfo=UTC)
VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


@pytest.fixture
def empty_app(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """An application on a database of its own, without a schema."""
    if engine_name == "sqlite":
        return create_app(Settings(database_url=f"sqlite:///{tmp_path / 'm.db'}"))
    server = request.getfixturevalue("postgresql_url")
    name = f"migrations_{crc32(request.node.nodeid.encode()):08x}"
    engine = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return create_app(Settings(database_url=re.sub(r"/tandem_\w+(\?|$)", rf"/{name}\1", server)))


def indexes() -> dict[str, str]:
    """The indexes of the database by name, as it describes them."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL")
            )
        else:
            rows = connection.execute(
                text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
            )
        found = {name: re.sub(r"\s|\(|\)", "", sql).lower() for name, sql in rows}
    return {name: sql for name, sql in found.items() if "alembic" not in name}


@pytest.mark.filterwarnings("ignore:autogenerate skipping")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_up_down_up_and_equal_to_the_models(empty_app: Flask) -> None:
    with empty_app.app_context():
        upgrade()
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        with db.engine.connect() as connection:
            engine = connection.dialect.name
            options = {
                "compare_type": True,
                "include_object": lambda thing, *_: thing.info.get("engine", engine) == engine,
            }
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, db.metadata) == []
        migrated = indexes()
        downgrade(revision="base")
        db.create_all()
        assert indexes() == migrated
        db.engine.dispose()


def test_versions_are_numbered_and_the_head_is_recorded() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    numbers = [name[:4] for name in names]
    assert numbers == [f"{number:04d}" for number in range(1, len(names) + 1)]
    head = (VERSIONS.parent / "CURRENT_HEAD").read_text().strip()
    assert head == numbers[-1]
    assert f'revision = "{head}"' in (VERSIONS / names[-1]).read_text()


def old_rows() -> None:
    """A person with a picture and one without, and time on a task, in the schema of 0001."""
    with db.engine.connect().execution_options(write=True) as connection:
        at = NOON.isoformat() if connection.dialect.name == "sqlite" else NOON
        tables = MetaData()
        tables.reflect(connection)

        def add(name: str, row_id: int, **values: Any) -> None:
            table = tables.tables[name]
            known = {"id": row_id, "uid": f"{name}-{row_id}", "created_at": at, "changed_at": at}
            empty = {
                column.name: "" if isinstance(column.type, String | Text) else 0
                for column in table.columns
                if not column.nullable
            }
            for column in table.columns:
                if isinstance(column.type, Boolean) and column.name in empty:
                    empty[column.name] = False
            connection.execute(table.insert().values(empty | known | values))

        add("company", 1)
        add("person", 1, company_id=1, email_key="a", avatar_url="https://example.test/a.jpg")
        add("person", 2, company_id=1, email_key="b")
        add("project", 1, company_id=1, creator_id=1)
        add("task_list", 1, project_id=1, creator_id=1)
        add("task", 1, project_id=1, list_id=1, creator_id=1, version=1)
        add("time_entry", 1, project_id=1, task_id=1, person_id=1, started_at=at)
        add("time_entry", 2, project_id=1, person_id=1, started_at=at)
        connection.commit()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_0002_with_rows(empty_app: Flask) -> None:
    def stored(statement: str) -> list[tuple[Any, ...]]:
        with db.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    entries = "SELECT id, task_id, project_id FROM time_entry ORDER BY id"
    with empty_app.app_context():
        upgrade(revision="0001")
        old_rows()
        upgrade()
        for name in ("person", "project", "task", "time_entry"):
            assert {version for (version,) in stored(f"SELECT version FROM {name}")} == {1}
        (pictured,), (none,) = stored("SELECT image_uid FROM person ORDER BY id")
        assert (str(UUID(pictured)), none) == (pictured, None)
        assert stored("SELECT list_id, name FROM time_entry ORDER BY id") == [(1, ""), (None, "")]
        with db.engine.connect().execution_options(write=True) as connection:
            if connection.dialect.name == "sqlite":
                made = "SELECT sql FROM sqlite_master WHERE name = 'time_entry'"
                assert "AUTOINCREMENT" in str(connection.execute(text(made)).scalar())
            connection.execute(text("UPDATE time_entry SET project_id = NULL WHERE id = 2"))
            connection.commit()
        downgrade(revision="0001")
        assert stored(entries) == [(1, 1, 1)]
        assert stored("SELECT id FROM person ORDER BY id") == [(1,), (2,)]
        db.engine.dispose()
