"""Bulk data on both engines: its proportions, and a store that is whole again afterwards."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.seeding import bulk
from app.seeding.bulk import seed_store
from app.services.execute import maintain
from tests.conftest import empty_store

TASKS = 2000
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER seen AFTER INSERT ON note"
        " BEGIN UPDATE task SET version = version + 1 WHERE id = NEW.task_id; END"
    ],
    "postgresql": [
        "CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN UPDATE task SET version = version + 1 WHERE id = NEW.task_id;"
        " RETURN NULL; END $$",
        "CREATE TRIGGER seen AFTER INSERT ON note FOR EACH ROW EXECUTE FUNCTION seen()",
    ],
}
REMOVED = {
    "sqlite": ["DROP TRIGGER seen"],
    "postgresql": ["DROP TRIGGER seen ON note", "DROP FUNCTION seen()"],
}
NOTE = (
    "INSERT INTO note (uid, created_at, changed_at, version, task_id, author_id, text, html)"
    " SELECT '0', created_at, changed_at, 1, task_id, author_id, text, html FROM note LIMIT 1"
)


def scalar(sql: str) -> Any:
    """The one value of a statement."""
    with db.engine.connect() as connection:
        return connection.execute(text(sql)).scalar_one()


def run(*statements: str) -> None:
    """Change the store."""
    for statement in statements:
        maintain(lambda work, sql=statement: work.run(text(sql.replace(":", r"\:"))))


DEFINED = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master",
    "postgresql": "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    " UNION ALL SELECT 'key', conname, conrelid || pg_get_constraintdef(oid) FROM pg_constraint",
}


def shape() -> set[tuple[str, ...]]:
    """All indexes and constraints, as the database defines them."""
    with db.engine.connect() as connection:
        rows = connection.execute(text(DEFINED[connection.dialect.name]))
        return {tuple(map(str, row)) for row in rows}


def test_the_proportions(app: Flask) -> None:
    seed_store(TASKS, 1, "UTC", lambda _: None)
    assert scalar("SELECT count(*) FROM task_list") == 1000
    assert scalar("SELECT count(DISTINCT list_id) FROM task") == TASKS // 100
    for sql, wanted in (
        ("SELECT count(*) FROM task WHERE is_done", 0.3),
        ("SELECT count(*) FROM task WHERE reopened", 0.7 / 3),
        ("SELECT count(*) FROM task WHERE due_on IS NULL", 0.05),
        ("SELECT count(*) FROM task WHERE parent_id IS NOT NULL", 0.2),
        ("SELECT count(*) FROM task WHERE status_id IS NOT NULL", 0.3),
        ("SELECT count(*) FROM task WHERE lockdown_id IS NOT NULL", 0.05),
        ("SELECT count(*) FROM assignment", 4 / 3),
        ("SELECT count(*) FROM task_tag", 7 / 6),
        ("SELECT count(*) FROM predecessor", 0.1),
        ("SELECT count(*) FROM note", 0.8),
        ("SELECT count(*) FROM task_file", 0.25),
    ):
        assert abs(scalar(sql) / TASKS - wanted) < 0.05, sql


def test_a_big_load_gives_the_same_and_leaves_the_schema_as_it_was(
    app: Flask, monkeypatch: pytest.MonkeyPatch, engine_name: str
) -> None:
    before = shape()
    found: list[list[Any]] = []
    for big in (TASKS, TASKS + 1):
        monkeypatch.setattr(bulk, "BIG", big)
        seed_store(TASKS, 3, "UTC", lambda _: None)
        with db.engine.connect() as connection:
            rows = connection.execute(text("SELECT uid, name, due_at FROM task ORDER BY uid"))
            found.append([tuple(row) for row in rows])
        empty_store(engine_name)
    assert found[0] == found[1]
    assert len({uid for uid, *_ in found[0]}) == TASKS
    assert shape() == before


def test_triggers_wait_and_work_afterwards(app: Flask, engine_name: str) -> None:
    run(*TRIGGERS[engine_name])
    try:
        seed_store(TASKS, 1, "UTC", lambda _: None)
        assert scalar("SELECT max(version) FROM task") == 1
        run(NOTE)
        assert scalar("SELECT max(version) FROM task") == 2
    finally:
        run(*REMOVED[engine_name])


def test_a_load_that_fails_leaves_everything(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shape()
    monkeypatch.setattr(bulk, "BIG", TASKS)

    def fail(_: int) -> None:
        raise RuntimeError("no more paper")

    with pytest.raises(RuntimeError):
        seed_store(TASKS, 1, "UTC", fail)
    assert shape() == before
    assert scalar("SELECT count(*) FROM task") == 0
