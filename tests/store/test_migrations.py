"""Migrations: up, down, up again, numbered, and the same schema as the models, on both engines."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Boolean, MetaData, String, Text, inspect, text

from app.backup.columns import EPOCHS, columns_of, dumped_tables, key_of, selection
from app.backup.schema import remove_schema, revisions, upgrade_to
from app.extensions import db
from tests.store.filled import fill

NOON = datetime(2014, 5, 12, 12, tzinfo=UTC)
VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


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


def differences() -> list[Any]:
    """What autogenerate would put into another migration."""
    with db.engine.connect() as connection:
        engine = connection.dialect.name
        options = {
            "compare_type": True,
            "include_object": lambda thing, *_: thing.info.get("engine", engine) == engine,
        }
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, db.metadata))


@pytest.mark.filterwarnings("ignore:autogenerate skipping")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_up_down_up_and_equal_to_the_models(empty_app: Flask) -> None:
    with empty_app.app_context():
        upgrade()
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        assert differences() == []
        migrated = indexes()
        downgrade(revision="base")
        db.create_all()
        assert indexes() == migrated


Rows = dict[str, list[dict[str, Any]]]


def stored() -> Rows:
    """All rows of all tables, but for what caches go by, as dumps have them."""
    found = {}
    with db.engine.connect() as connection:
        for name in dumped_tables(connection):
            columns = columns_of(connection, name)
            key = key_of(connection, name)
            chosen = selection(connection.dialect.name, name, columns, key)
            names = [each.name for each in columns]
            rows = connection.exec_driver_sql(chosen)
            found[name] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def shared(one: Rows, other: Rows) -> Rows:
    """The rows of one in the tables and columns that the other has, too."""
    return {
        name: [{key: row[key] for key in row.keys() & other[name][0].keys()} for row in rows]
        for name, rows in one.items()
        if other.get(name)
    }


def begin_at(revision: str) -> Rows:
    """A store of this revision with rows in every table."""
    with db.engine.connect().execution_options(write=True) as connection:
        remove_schema(connection)
        upgrade_to(connection, revision)
        fill(connection)
        connection.commit()
    found = stored()
    assert all(found.values()), "every table has rows"
    return found


@pytest.mark.filterwarnings("ignore:autogenerate skipping")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_each_step_up_down_and_up_keeps_the_rows(empty_app: Flask) -> None:
    with empty_app.app_context():
        for before, after in pairwise(revisions()):
            rows, made = begin_at(before), indexes()
            upgrade(revision=after)
            assert shared(stored(), rows) == shared(rows, stored()), after
            downgrade(revision=before)
            assert (stored(), indexes()) == (rows, made), after
            upgrade(revision=after)
            assert shared(stored(), rows) == shared(rows, stored()), after


@pytest.mark.filterwarnings("ignore:autogenerate skipping")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")
def test_all_the_way_down_and_up_with_rows_in_every_table(empty_app: Flask) -> None:
    with empty_app.app_context():
        rows = begin_at("head")
        assert rows.keys() == db.metadata.tables.keys() - EPOCHS
        made = indexes()
        for revision in reversed(revisions()[:-1]):
            downgrade(revision=revision)
            assert shared(stored(), rows) == shared(rows, stored()), revision
        upgrade()
        assert (differences(), indexes()) == ([], made)


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
    def found(statement: str) -> list[tuple[Any, ...]]:
        with db.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    entries = "SELECT id, task_id, project_id FROM time_entry ORDER BY id"
    with empty_app.app_context():
        upgrade(revision="0001")
        old_rows()
        upgrade()
        for name in ("person", "project", "task", "time_entry"):
            assert {version for (version,) in found(f"SELECT version FROM {name}")} == {1}
        (pictured,), (none,) = found("SELECT image_uid FROM person ORDER BY id")
        assert (str(UUID(pictured)), none) == (pictured, None)
        assert found("SELECT list_id, name FROM time_entry ORDER BY id") == [(1, ""), (None, "")]
        with db.engine.connect().execution_options(write=True) as connection:
            if connection.dialect.name == "sqlite":
                made = "SELECT sql FROM sqlite_master WHERE name = 'time_entry'"
                assert "AUTOINCREMENT" in str(connection.execute(text(made)).scalar())
            connection.execute(text("UPDATE time_entry SET project_id = NULL WHERE id = 2"))
            connection.commit()
        downgrade(revision="0001")
        assert found(entries) == [(1, 1, 1)]
        assert found("SELECT id FROM person ORDER BY id") == [(1,), (2,)]
