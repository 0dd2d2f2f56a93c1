"""Migrations: up, down, up again, numbered, and the same schema as the models, on both engines."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

from app import create_app
from app.config import Settings
from app.extensions import db

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


@pytest.fixture
def empty_app(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """An application on a database of its own, without a schema."""
    if engine_name == "sqlite":
        return create_app(Settings(database_url=f"sqlite:///{tmp_path / 'm.db'}"))
    server = request.getfixturevalue("postgresql_url")
    name = "migrations_" + request.node.nodeid.encode().hex()[-12:]
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
