"""Short writes that wait together (app/server/joining.py) are answered as each would be alone, and
through a real server none is lost, doubled or given to somebody else.
"""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from app import Tandem
from app.models import Task
from app.odata import DIALECT as ODATA
from app.server import joining
from app.server.joining import MOST, ShortWrites
from app.services import execute as door
from app.teamwork import DIALECT as TEAMWORK
from tests.api import Api
from tests.builders import World
from tests.conftest import empty_store
from tests.live import Server, serving
from tests.store.neighbours import everything, row, rows

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|W/\"[^\"]*\"")
NEVER_ALIKE = {"X-Request-Id", "Date"}
NO_TASK = "00000000-0000-0000-0000-000000000001"
WRITES: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/tasklists/{home}/tasks.json", {"todo-item": {"content": "new", "tags": "a,b"}}),
    ("POST", "/tasklists/{home}/tasks.json", {"todo-item": {"content": ""}}),
    ("POST", "/tasklists/999/tasks.json", {"todo-item": {"content": "never"}}),
    ("POST", "/tasks/{task}.json", {"todo-item": {"content": "below"}}),
    ("PUT", "/tasks/{task}.json", {"todo-item": {"content": "edited", "progress": "40"}}),
    ("PUT", "/tasks/{task}.json", {"todo-item": {"start-date": "nonsense"}}),
    ("PUT", "/tasks/{other}/complete.json", {}),
    ("PUT", "/tasks/999/complete.json", {}),
    ("PUT", "/tasks/{other}/uncomplete.json", {}),
    ("POST", "/tasks/{task}/comments.json", {"comment": {"body": "hello"}}),
    ("POST", "/tasks/{task}/time_entries.json", {"time-entry": {"date": "20140512", "hours": "1"}}),
    ("POST", "/odata/Task", {"Name": "by OData"}),
    ("POST", "/api/v1/odata/Task", {"Name": 7}),
    ("PATCH", "/odata/Task({guid})", {"Name": "patched", "PercentComplete": 10}),
    ("PATCH", f"/odata/Task({NO_TASK})", {"Name": "never"}),
    ("POST", "/odata/TaskItemNote", {"TaskId": "{guid}", "Text": "noted"}),
)


@pytest.fixture
def engine_name() -> str:
    """On PostgreSQL each goes alone."""
    return "sqlite"


Asked = list[tuple[Callable[[], Any], str, str]]


def asking(app: Flask, world: World) -> Asked:
    """The calls of all writes: by the administrator, by somebody who sees nothing, by nobody."""
    home = world.list()
    places: dict[str, Any] = {"home": home, "task": world.task(home), "other": world.task(home)}
    places["guid"] = row(Task, places["task"])["uid"]
    keys = (world.key(world.admin), world.key(world.person()), None)
    made = []
    for method, path, body in WRITES:
        filled = {
            name: value.format(**places) if isinstance(value, str) else value
            for name, value in body.items()
        }
        for key in keys:
            api = Api(app, key)
            where = path.format(**places)
            made.append((lambda a=api, m=method, w=where, f=filled: a.call(m, w, f), method, where))
    return made


def told(response: Any) -> tuple[int, list[tuple[str, str]], str]:
    """What an answer says, without what never is the same."""
    headers = [each for each in response.headers if each[0] not in NEVER_ALIKE]
    named = sorted((name, GUID.sub("G", value)) for name, value in headers)
    return response.status_code, named, GUID.sub("G", response.text)


def test_each_is_answered_as_alone(
    app: Tandem, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = [told(call()) for call, _, _ in asking(app, world)]
    stored = {name: len(found) for name, found in everything().items()}
    empty_store("sqlite")
    calls = asking(app, World())
    answers: list[Any] = [None] * len(calls)

    def answer(place: int) -> None:
        answers[place] = calls[place][0]()

    begun = []
    real = door._transaction
    monkeypatch.setattr(door, "_transaction", lambda: begun.append(1) or real())  # type: ignore[func-returns-value]
    for start in range(0, len(calls), MOST):
        places = range(start, min(start + MOST, len(calls)))
        app.side_by_side(lambda place=place: answer(place) for place in places)
    assert list(map(told, answers)) == alone
    assert {name: len(found) for name, found in everything().items()} == stored
    assert len(begun) == len(calls) / MOST
    kinds = Counter(status // 100 for status, _, _ in alone)
    assert kinds[2] == 10
    assert kinds[4] == len(calls) - 10


def test_a_retry_beside_its_first_try_is_given_the_same_answer(app: Tandem, world: World) -> None:
    path, api = f"/tasklists/{world.list()}/tasks.json", Api(app, world.key(world.admin))
    body, headers = {"todo-item": {"content": "once"}}, {"Idempotency-Key": "a-key-of-its-own"}
    answers: list[Any] = [None] * 4

    def answer(place: int) -> None:
        sent = body if place < 3 else {"todo-item": {"content": "another"}}
        answers[place] = api.call("POST", path, sent, headers=headers)

    app.side_by_side(lambda place=place: answer(place) for place in range(4))
    first, *again, other = answers
    assert first.status_code == 201
    for each in again:
        assert (each.status_code, each.data) == (201, first.data)
        assert each.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422
    assert [each["name"] for each in rows(Task)] == ["once"]


def test_which_writes_are_short(app: Tandem, world: World) -> None:
    for _, method, path in asking(app, world):
        assert app.is_short_write(method, path), path
    for request in (
        "GET /tasks/1.json",
        "DELETE /tasks/1.json",
        "POST /tasklists/1/quickadd.json",
        "PUT /tasks/1/complete.json/x",
        "POST /tasks.json",
        "POST /projects.json",
        "POST /odata/$batch",
        "POST /odata/Task/BatchInsert",
        "POST /odata/Task(1)/Copy",
        "POST /odata/Project",
        "DELETE /odata/Task(1)",
    ):
        assert not app.is_short_write(*request.split()), request


def test_there_are_none_without_sqlite() -> None:
    assert ShortWrites.of(Flask("other"), print) is None
    app = Tandem("tandem")
    assert ShortWrites.of(app, print) is None
    assert not app.is_short_write("POST", "/tasklists/1/tasks.json")
    assert TEAMWORK.short_writes
    assert ODATA.short_writes


class Waiting:
    """An application that writes down who goes beside whom."""

    short_writes = re.compile("POST /short.*")

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []
        self.writes = ShortWrites(self, lambda conn: self.rounds.append([conn.asked.path]))

    def is_short_write(self, method: str, path: str) -> bool:
        return self.short_writes.fullmatch(f"{method} {path}") is not None

    def side_by_side(self, requests: Any) -> None:
        before, self.rounds = self.rounds, []
        for request in requests:
            request()
        self.rounds = [*before, [path for (path,) in self.rounds]]

    def take(self, path: str, method: str = "POST") -> bool:
        return self.writes.take(SimpleNamespace(asked=SimpleNamespace(method=method, path=path)))


def test_who_waits_goes_beside_who_waits_longest() -> None:
    app = Waiting()
    paths = [f"/short/{number}" for number in range(MOST + 2)]
    assert all(app.take(path) for path in paths)
    for _ in paths:
        app.writes.carry_out()
    assert app.rounds == [paths[:MOST], paths[MOST:]]
    app.take("/short/last")
    app.writes.carry_out()
    app.writes.carry_out()
    assert app.rounds[2:] == [["/short/last"]]


def test_what_is_no_short_write_does_not_wait() -> None:
    app = Waiting()
    assert not app.take("/long")
    assert not app.take("/short", "GET")
    assert not app.writes.take(SimpleNamespace())  # not a plain request


def test_after_some_time_nobody_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Waiting()
    steps = count(step=joining.SECONDS * 0.7)
    monkeypatch.setattr(joining.time, "monotonic", lambda: next(steps))
    for name in "abcd":
        app.take(f"/short/{name}")
    for _ in range(4):
        app.writes.carry_out()
    assert app.rounds == [["/short/a", "/short/b"], ["/short/c", "/short/d"]]


def test_through_a_server_each_gets_what_is_his(tmp_path: Path) -> None:
    each = 25

    def write(server: Server, key: str, client: int) -> list[tuple[str, str]]:
        made = []
        for number in range(each):
            name = f"client {client}, task {number}"
            body = {"todo-item": {"content": name}}
            done = server.call("POST", "/tasklists/1/tasks.json", json=body, auth=(key, "x"))
            assert done.status_code == 201, done.text
            made.append((done.headers["id"], name))
            again = {"todo-item": {"content": f"{name}, edited"}}
            edited = server.call("PUT", f"/tasks/{done.headers['id']}.json", json=again)
            assert edited.json()["affectedTaskIds"] == done.headers["id"]
            refused = server.call("POST", "/tasklists/1/tasks.json", json={}, auth=(key, "x"))
            assert refused.status_code == 422
            unknown = server.call("PUT", "/tasks/1.json", json=again, auth=("wrong", "x"))
            assert unknown.status_code == 401
        return made

    with (
        serving(tmp_path, WEB_CONCURRENCY="1", TANDEM_SAMPLE="0", TANDEM_KEY_TRIES="0") as server,
        ThreadPoolExecutor(8) as pool,
    ):
        server.call("POST", "/projects.json", json={"project": {"name": "p"}})
        server.call("POST", "/projects/1/tasklists.json", json={"todo-list": {"name": "l"}})
        made = [
            pair
            for found in pool.map(lambda client: write(server, server.key, client), range(8))
            for pair in found
        ]
        assert len(set(made)) == len(dict(made)) == 8 * each
        for page in (1, 2):
            for item in server.get("/tasks.json", page=page, pageSize=100)["todo-items"]:
                assert item["content"] == f"{dict(made).pop(str(item['id']))}, edited"
        shown = server.call("GET", "/tasks.json?pageSize=1").headers["X-Records"]
        assert int(shown) == len(made)
