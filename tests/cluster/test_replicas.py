"""Which reads go to a replica. The replica here is the same PostgreSQL seen through another search
path, where a schema shadows what a real one would have of its own: its state of `last_write` and
`task`, and the process that receives the primary's log.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from app import create_app, replicas
from app.clock import clock
from app.config import BadSetting, Settings, read
from app.extensions import db, prepare_postgresql
from app.queries import keys
from tests.api import Api
from tests.builders import World
from tests.conftest import NOW, empty_store
from tests.odata import OData

SHADOW = """
DROP SCHEMA IF EXISTS shadow CASCADE;
CREATE SCHEMA shadow;
CREATE TABLE shadow.pg_stat_wal_receiver AS SELECT 1 AS pid;
CREATE TABLE shadow.last_write AS SELECT 0 AS person_id, 0 AS stamp WHERE false;
CREATE TABLE shadow.task AS TABLE public.task;
"""


def say(statement: str) -> None:
    """Run a statement on the primary."""
    with db.engine.connect().execution_options(write=True) as connection:
        connection.execute(text(statement))
        connection.commit()


@pytest.fixture
def app(postgresql_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application with one replica that works."""
    mark = "&" if "?" in postgresql_url else "?"
    shadowed = f"{postgresql_url}{mark}options=-csearch_path%3Dshadow%2Cpg_catalog%2Cpublic"
    application = create_app(
        Settings(database_url=postgresql_url, read_url=shadowed, clock=NOW, files=str(tmp_path))
    )
    clock.fix(datetime.fromisoformat(NOW))
    with application.app_context():
        upgrade()
        empty_store("postgresql")
        yield application
        say("DROP SCHEMA IF EXISTS shadow CASCADE")
        for engine in (db.engine, *replicas.engines()):
            engine.dispose()


@pytest.fixture
def task(world: World) -> int:
    """A task that the replica knows by another name."""
    made = world.task(world.list(world.project()), "primary")
    say(SHADOW)
    say("UPDATE shadow.task SET name = 'replica'")
    say("INSERT INTO shadow.last_write TABLE public.last_write")
    return made


def source(api: Api, task: int) -> str:
    """Where a read was answered, by the name that the task has there."""
    return str(api.task(task)["content"])


@pytest.mark.parametrize(
    ("written", "there", "receives", "expected"),
    [
        (0, 0, True, "replica"),
        (0, 7, True, "replica"),
        (3, 3, True, "replica"),
        (3, 4, True, "replica"),
        (3, 2, True, "primary"),
        (3, 0, True, "primary"),
        (0, 0, False, "primary"),
        (3, 3, False, "primary"),
    ],
)
def test_a_replica_that_is_far_enough_answers(
    api: Api, task: int, written: int, there: int, receives: bool, expected: str
) -> None:
    say("DELETE FROM public.last_write")
    say("DELETE FROM shadow.last_write")
    for table, stamp in (("public", written), ("shadow", there)):
        if stamp:
            say(f"INSERT INTO {table}.last_write VALUES (1, {stamp})")
    if not receives:
        say("DELETE FROM shadow.pg_stat_wal_receiver")
    assert source(api, task) == expected


@pytest.mark.parametrize("dialect", ["teamwork", "odata"])
def test_a_write_is_read_back(app: Flask, world: World, task: int, dialect: str) -> None:
    key = world.key(world.admin)
    api, odata = Api(app, key), OData(app, key)
    other = Api(app, world.key(world.person(is_admin=True)))
    uid = odata.value("DynamicTaskItem", select="TaskItem_TaskItemId")[0]["TaskItem_TaskItemId"]
    assert source(api, task) == "replica"
    if dialect == "teamwork":
        assert api.put(f"/tasks/{task}.json", {"todo-item": {"content": "new"}}).status_code == 200
    else:
        assert odata.patch(f"Task({uid})", {"Name": "new"}).status_code == 204
    assert source(api, task) == "new"
    assert odata.names() == ["new"]
    assert source(other, task) == "replica"
    say("DELETE FROM shadow.last_write")
    say("INSERT INTO shadow.last_write TABLE public.last_write")
    assert source(api, task) == "replica"


def test_a_changing_request_reads_from_the_primary(app: Flask, world: World, task: int) -> None:
    odata = OData(app, world.key(world.admin))
    uid = odata.value("DynamicTaskItem", select="TaskItem_TaskItemId")[0]["TaskItem_TaskItemId"]
    changed = odata.patch(
        f"Task({uid})", {"WorkAmount": 1}, headers={"Prefer": "return=representation"}
    )
    assert changed.json.get("Name") == "primary", changed.text


def test_each_write_counts_one(app: Flask, world: World, api: Api, task: int) -> None:
    def stamps() -> list[tuple[int, int]]:
        with db.engine.connect() as connection:
            rows = connection.execute(text("SELECT person_id, stamp FROM last_write ORDER BY 1"))
            return [(row.person_id, row.stamp) for row in rows]

    other = world.person(is_admin=True)
    before = dict(stamps()).get(1, 0)
    for name in ("one", "two"):
        api.put(f"/tasks/{task}.json", {"todo-item": {"content": name}})
    Api(app, world.key(other)).put(f"/tasks/{task}.json", {"todo-item": {"content": "three"}})
    refused = api.put(f"/tasks/{task}.json", {"todo-item": {"content": ""}})
    assert refused.status_code >= 400
    assert stamps() == [(1, before + 2), (other, 1)]


def test_a_read_that_fails_on_a_replica_is_answered_by_the_primary(api: Api, task: int) -> None:
    assert source(api, task) == "replica"
    say("ALTER TABLE shadow.task RENAME COLUMN stamp TO gone")
    assert source(api, task) == "primary"
    say("ALTER TABLE shadow.task RENAME COLUMN gone TO stamp")
    assert source(api, task) == "primary"  # it rests


def test_an_answer_of_a_replica_is_not_kept_for_the_state_of_the_primary(
    api: Api, task: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests on the same server would change the state between the two requests.
    monkeypatch.setattr(keys, "state_of", lambda _: "one state")
    assert source(api, task) == "replica"
    monkeypatch.setattr(replicas, "chosen", lambda *_: None)
    assert source(api, task) == "primary"


def test_an_error_of_the_primary_stays_an_error(api: Api, task: int) -> None:
    say("DELETE FROM shadow.pg_stat_wal_receiver")
    say("ALTER TABLE public.task RENAME COLUMN stamp TO gone")
    try:
        assert api.get(f"/tasks/{task}.json").status_code == 500
    finally:
        say("ALTER TABLE public.task RENAME COLUMN gone TO stamp")


def test_a_replica_that_cannot_be_reached_rests() -> None:
    seconds = [100.0]
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    replica = replicas.Replica(nowhere, lambda: seconds[0])
    assert not replica.resting
    assert replica.connect(1, 0) is None
    assert replica.resting
    seconds[0] += replicas.REST_SECONDS - 0.1
    assert replica.resting
    seconds[0] += 0.2
    assert not replica.resting
    nowhere.dispose()


def test_a_person_keeps_to_one_replica_until_it_rests() -> None:
    engines = [create_engine(f"postgresql+psycopg://127.0.0.1:{port}/x") for port in (1, 2, 3)]
    each = tuple(map(replicas.Replica, engines))
    assert [replicas.chosen(each, person) for person in (1, 4, 5)] == [each[1], each[1], each[2]]
    each[1].rest("test")
    assert replicas.chosen(each, 4) is each[2]
    each[0].rest("test")
    each[2].rest("test")
    assert replicas.chosen(each, 4) is None
    assert replicas.chosen((), 4) is None


def test_what_one_request_expects_ends_with_it(app: Flask, api: Api, task: int) -> None:
    assert source(api, task) == "replica"
    assert replicas.reader() is None


def test_a_connection_whose_server_went_away_is_replaced(postgresql_url: str) -> None:
    url = postgresql_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine, other = (create_engine(url, pool_size=1, max_overflow=0) for _ in range(2))
    prepare_postgresql(engine)
    with engine.connect() as connection:
        first = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with other.connect() as connection:
        # Waits until the session is gone.
        connection.execute(text(f"SELECT pg_terminate_backend({first}, 10000)"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != first
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"
    engine.dispose()
    other.dispose()


@pytest.mark.parametrize(
    "setting",
    [
        {"DATABASE_READ_URL": "postgresql://r/d"},
        {"DATABASE_URL": "postgresql://p/d", "DATABASE_READ_URL": "sqlite:///x"},
        {"DATABASE_URL": "postgresql://p/d", "DATABASE_READ_URL": "postgresql://r/d,mysql://r/d"},
    ],
)
def test_replicas_are_postgresql_as_the_primary(setting: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match="DATABASE_READ_URL"):
        read(setting)


def test_several_replicas_in_one_setting() -> None:
    setting = {
        "DATABASE_URL": "postgresql://p/d",
        "DATABASE_READ_URL": " postgres://a/d, postgresql://b/d ",
    }
    assert read(setting).sqlalchemy_read_urls == (
        "postgresql+psycopg://a/d",
        "postgresql+psycopg://b/d",
    )
