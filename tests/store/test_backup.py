"""`flask dump` and `flask restore` on both engines: what comes back."""

import stat
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from app.backup.columns import STAMP, columns_of, dumped_tables, kind_of
from app.backup.reading import Dump
from app.backup.schema import revisions
from app.backup.snapshot import count_rows, snapshot
from app.backup.writing import write_dump
from app.clock import clock
from app.extensions import db
from app.models.base import Instant
from app.services.execute import maintain
from app.storage import FileStore
from tests.api import Api
from tests.builders import World
from tests.dumps.making import FOLDER
from tests.store.backups import ALL, NEWEST, altered, content, names, run
from tests.store.filled import CONTENT, DIGEST, GONE, KEY


@pytest.mark.parametrize("revision", revisions())
def test_a_dump_of_every_released_schema_is_read_in_both_dialects(
    empty_app: Flask, revision: str
) -> None:
    code, said = run(empty_app, "restore", str(FOLDER / f"{revision}.zip"))
    assert code == 0, said
    assert names(empty_app) == (ALL, ALL)
    files = FileStore(empty_app.config["TANDEM"].files_path)
    with files.open(DIGEST) as stream:
        assert stream.read() == CONTENT
    added = Api(empty_app, KEY).post("/tasklists/1/tasks.json", {"todo-item": {"content": "New"}})
    assert added.headers["id"] == str(GONE + 1), "ids go on behind the greatest one ever used"
    with empty_app.app_context(), db.engine.connect() as connection:
        stamps = connection.exec_driver_sql("SELECT stamp FROM task").scalars().all()
        assert len(set(stamps) - {1}) == len(stamps)
        plans = {"sqlite": "sqlite_stat1", "postgresql": "pg_stats WHERE schemaname = 'public'"}
        known = plans[connection.dialect.name]
        assert connection.exec_driver_sql(f"SELECT count(*) FROM {known}").scalar()


def test_every_schema_has_a_dump() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.zip")) == revisions()


def test_every_table_has_rows_in_the_newest_dump() -> None:
    with NEWEST.open("rb") as source:
        manifest = Dump(source).manifest
    assert all(table.part.count for table in manifest.tables)
    dumped = {table.name for table in manifest.tables}
    assert dumped == set(db.metadata.tables) - {"epoch", "list_epoch"}


def test_the_database_says_of_every_column_what_the_models_say(app: Flask) -> None:
    """A dump goes by what the database says; in SQLite an instant is a text of a certain width."""
    with db.engine.connect() as connection:
        for name in dumped_tables(connection):
            said = {each.name: each.kind for each in columns_of(connection, name)}
            known = {
                each.name: "instant" if isinstance(each.type, Instant) else kind_of(each.type)
                for each in db.metadata.tables[name].columns
                if (name, each.name) != STAMP
            }
            assert said == known, name


def test_a_dump_is_private_whole_and_of_the_same_rows(empty_app: Flask, tmp_path: Path) -> None:
    assert run(empty_app, "restore", str(NEWEST))[0] == 0
    target = tmp_path / "a.zip"
    target.write_text("what was there before")
    code, said = run(empty_app, "dump", str(target))
    assert (code, "files are not in" in said) == (0, True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob(".a.zip*")] == []
    with target.open("rb") as source, NEWEST.open("rb") as former:
        made, was = Dump(source).manifest, Dump(former).manifest
    assert made.missing == 1
    assert made.parts == was.parts
    assert KEY.encode() not in target.read_bytes()
    runner = empty_app.test_cli_runner()
    piped = runner.invoke(args=["dump", "-"]).stdout_bytes
    assert Dump(BytesIO(piped)).manifest.parts == was.parts
    assert runner.invoke(args=["restore", "--check", "-"], input=piped).exit_code == 0
    assert runner.invoke(args=["restore", "--check", "-"], input=piped[:-9]).exit_code == 1
    code, said = run(empty_app, "dump", "--without-files", str(target))
    assert (code, "0 files" in said) == (0, True)
    before = content(empty_app)
    assert run(empty_app, "restore", "--replace", "--yes", str(target))[0] == 0
    assert content(empty_app) == before


def test_caches_do_not_take_what_was_restored_for_what_was_there(
    empty_app: Flask, tmp_path: Path
) -> None:
    assert run(empty_app, "restore", str(NEWEST))[0] == 0
    for _ in range(3):
        assert names(empty_app) == (ALL, ALL)

    def rename(rows: list[Any]) -> None:
        for row in rows:
            row[3] = row[3].replace("Child", "Another")

    other = altered(tmp_path, "task", rename)
    assert run(empty_app, "restore", "--replace", "--yes", str(other))[0] == 0
    for _ in range(3):
        assert names(empty_app) == ((ALL - {"Child"}) | {"Another"},) * 2


def test_a_dump_is_one_state_while_others_write(app: Flask, world: World, tmp_path: Path) -> None:
    """At every table that is read, another thread commits a task with a comment."""
    home = world.list()
    for _ in range(3):
        world.note(world.task(home), world.admin)
    written: list[int] = []

    def write() -> None:
        with app.app_context():
            task = world.task(home)
            written.append(world.note(task, world.admin))

    def meanwhile(_: int) -> None:
        writer = Thread(target=write)
        writer.start()
        writer.join()

    target = BytesIO()
    with snapshot(db.engine) as connection:
        expected = count_rows(connection)
        manifest = write_dump(target, connection, FileStore(tmp_path), clock.now(), meanwhile)
    assert len(written) > 5
    assert manifest.rows == expected
    counts = {table.name: table.part.count for table in manifest.tables}
    assert (counts["task"], counts["note"]) == (3, 3)
    assert maintain(lambda work: work.scalar(_count())) == 3 + len(written)


def _count() -> Any:
    return db.select(db.func.count()).select_from(db.metadata.tables["note"])
