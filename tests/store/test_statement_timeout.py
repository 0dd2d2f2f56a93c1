"""A statement of a request that takes too long is ended, and the client told so by 503."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.errors import Unavailable
from app.extensions import STATEMENT_SECONDS, db
from app.queries.connection import open_connection, reading, sharing
from app.services.commands import AddTask
from app.services.execute import maintain
from app.services.handlers import HANDLERS
from tests.api import Api
from tests.builders import World
from tests.odata import OData

SECONDS = 0.2
# Minutes of work on either engine.
ENDLESS = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) "
    "SELECT count(*) FROM n"
)
# Some tenths of a second.
LONG = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
    "SELECT count(*) FROM n"
)


@pytest.fixture
def hurried(app: Flask) -> Iterator[Flask]:
    """The application, its requests in a hurry."""
    before, app.statement_seconds = app.statement_seconds, SECONDS  # type: ignore[attr-defined]
    yield app
    app.statement_seconds = before  # type: ignore[attr-defined]


@pytest.fixture
def in_time() -> Iterator[None]:
    """As in a request, for what is called directly."""
    token = STATEMENT_SECONDS.set(SECONDS)
    yield
    STATEMENT_SECONDS.reset(token)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding a task writes it, and then takes very long."""
    add = HANDLERS[AddTask]

    def adding(command: Any, work: Any) -> Any:
        made = add(command, work)
        work.connection.execute(ENDLESS)
        return made

    monkeypatch.setitem(HANDLERS, AddTask, adding)


def tasks() -> int:
    """How many there are."""
    return int(maintain(lambda work: work.scalar(text("SELECT count(*) FROM task"))))


@pytest.mark.parametrize("key", [None, "k"])
def test_a_write(
    hurried: Flask, api: Api, world: World, request: pytest.FixtureRequest, key: str | None
) -> None:
    path = f"/tasklists/{world.list()}/tasks.json"
    request.getfixturevalue("slow")
    headers = {"Idempotency-Key": key} if key else {}
    answer = api.post(path, {"todo-item": {"content": "x"}}, headers=headers)
    assert (answer.status_code, answer.json["STATUS"]) == (503, "Error")
    assert int(answer.headers["Retry-After"]) > 0
    assert tasks() == 0


@pytest.mark.parametrize("key", [None, "k"])
def test_a_write_of_odata(
    hurried: Flask, world: World, request: pytest.FixtureRequest, key: str | None
) -> None:
    odata = OData(hurried, world.key(world.admin))
    request.getfixturevalue("slow")
    answer = odata.post("Task", {"Name": "x"}, headers={"Idempotency-Key": key} if key else {})
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "ServiceUnavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert tasks() == 0


def test_one_of_a_batch(hurried: Flask, world: World, request: pytest.FixtureRequest) -> None:
    """The others are done; with a key for the whole, nothing is."""
    odata, project = OData(hurried, world.key(world.admin)), "Project"
    request.getfixturevalue("slow")
    members = [
        {"id": "1", "method": "POST", "url": project, "body": {"Name": "done"}},
        {"id": "2", "method": "POST", "url": "Task", "body": {"Name": "x"}},
        {"id": "3", "method": "POST", "url": project, "body": {"Name": "done too"}},
    ]
    answer = odata.post("$batch", {"requests": members})
    assert [each["status"] for each in answer.json["responses"]] == [201, 503, 201]
    answer = odata.post("$batch", {"requests": members}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 503
    assert odata.names("Project") == ["done", "done too"]
    assert tasks() == 0


@pytest.mark.parametrize("shared", [False, True])
def test_a_read(app: Flask, in_time: None, shared: bool) -> None:
    """What was read on may be read on again."""

    def read() -> None:
        with reading() as connection:
            connection.execute(ENDLESS)

    def look() -> None:
        with pytest.raises(Unavailable):
            read()
        with reading() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1

    if shared:
        with sharing():
            look()
    else:
        look()


def test_a_read_of_a_client(hurried: Flask, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def view() -> None:
        with reading() as connection:
            connection.execute(ENDLESS)

    monkeypatch.setitem(hurried.view_functions, "projects.list_projects", view)
    answer = api.get("/projects.json")
    assert (answer.status_code, answer.json["STATUS"]) == (503, "Error")
    assert "Retry-After" in answer.headers


def test_the_command_line_takes_its_time(hurried: Flask, api: Api) -> None:
    """After a request of the same connections, too."""
    assert api.get("/projects.json").status_code == 200
    maintain(lambda work: work.run(LONG))


def test_every_transaction_has_its_own_time(app: Flask, in_time: None) -> None:
    begun = time.monotonic()
    while time.monotonic() < begun + 2 * SECONDS:
        with reading() as connection:
            connection.execute(text("SELECT 1"))
    maintain(lambda work: work.run(text("SELECT 1")))
    assert open_connection() is None


def test_none(hurried: Flask, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """By 0."""
    hurried.statement_seconds = 0  # type: ignore[attr-defined]

    def view() -> Any:
        with reading() as connection:
            return {"found": connection.execute(LONG).scalar()}

    monkeypatch.setitem(hurried.view_functions, "projects.list_projects", view)
    assert api.get("/projects.json").json == {"found": 300_000}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_who_waits_for_another(hurried: Flask, api: Api, world: World) -> None:
    """Waiting is time as well."""
    task = world.task()
    with db.engine.connect() as other:
        other.execute(text("SELECT 1 FROM task FOR UPDATE"))
        answer = api.put(f"/tasks/{task}.json", {"todo-item": {"content": "x"}})
    assert answer.status_code == 503
    assert world.row(task, "name") == ("a task",)
