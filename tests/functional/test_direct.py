"""What is answered before Flask (app/http/dialects.py) is what Flask would have answered."""

import json
import re
from collections.abc import Mapping
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import Tandem
from app.errors import Unavailable
from app.http.dialects import _Entrance
from app.http.fragments import FragmentedPlan
from app.queries.remembered import Memories
from tests.api import Api
from tests.builders import World

NEVER_ALIKE = {"X-Request-Id", "Date"}


@pytest.fixture
def tasks(world: World) -> dict[str, int]:
    """A task of each kind."""
    project = world.project()
    home = world.list(project)
    full, before = world.full_task(home, project)
    below = world.task(parent=full)
    return {
        "home": home,
        "plain": before,
        "full": full,
        "below": below,
        "none": 10**6,
        "huge": 2**31,
    }


def both(
    app: Flask,
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    headers: Mapping[str, str],
    method: str = "GET",
    data: bytes | None = None,
) -> tuple[Any, Any]:
    """What is answered without Flask, where that can be, and by Flask."""
    answers = []
    for way in (_Entrance._direct, lambda *_: None):
        Memories.forget()
        monkeypatch.setattr(_Entrance, "_direct", way)
        response = api.call(method, path, headers=headers, data=data)
        told = sorted(each for each in response.headers if each[0] not in NEVER_ALIKE)
        answers.append((response.status, told, response.data))
    monkeypatch.undo()
    return answers[0], answers[1]


HEADERS: tuple[Mapping[str, str], ...] = (
    {},
    {"Accept-Encoding": "gzip"},
    {"If-None-Match": '"x"'},
    {"If-None-Match": "*"},
    {"Host": "tasks.example:8000"},
    {"Host": "no host/"},
    {"X-Api-Key": "wrong"},
    {"Accept": "application/xml"},
    {"OData-MaxVersion": "3.0"},
    {"Prefer": "odata.maxpagesize=1"},
)
ADDRESSES = (
    "/tasks/{plain}.json",
    "/tasks/{full}.json",
    "/tasks/{below}.json",
    "/tasks/{none}.json",
    "/tasks/{huge}.json",
    "/tasks/{full}.json?",
    "/tasks/{full}.json?getFiles=yes",
    "/tasks/{full}.json?nestSubTasks=yes",
    "/tasks/{full}",
    "/tasks/{full}.json/",
    "//tasks/{full}.json",
    "/tasks/0{full}.json",
    "/odata",
    "/odata/Task?$top=1",
    "/odata/Task?$filter=Nam eq",
    "/api/v1/odata/Task/$count",
    "/api/odata/$metadata",
    "/odata/$batch",
    "/odata/Nothing",
    "/odata/%54ask?$select=Name",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_answer_is_the_same(
    app: Flask,
    api: Api,
    tasks: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    path = address.format(**tasks)
    for headers in HEADERS:
        direct, by_flask = both(app, api, monkeypatch, path, headers)
        assert direct == by_flask, headers


def test_a_key_that_sees_nothing_gets_the_same(
    app: Flask, world: World, tasks: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Api(app, world.key(world.person()))
    for address in ADDRESSES:
        path = address.format(**tasks)
        direct, by_flask = both(app, stranger, monkeypatch, path, {})
        assert direct == by_flask, path


NO_TASK = "00000000-0000-0000-0000-000000000001"
REFUSED = (
    ("POST", "/odata/Task", b"{"),
    ("POST", "/odata/Task", b'{"Name": 7}'),
    ("POST", "/odata/Task", b"x" * 2_000_000),
    ("POST", "/odata/Nothing", b"{}"),
    ("PATCH", f"/odata/Task({NO_TASK})", b'{"Name": 7}'),
    ("PUT", f"/odata/Task({NO_TASK})", b'{"Name": 7}'),
    ("DELETE", f"/odata/Task({NO_TASK})", None),
    ("DELETE", "/odata/Task", None),
    ("MERGE", f"/odata/Task({NO_TASK})", b"{}"),
    ("POST", "/odata/$batch", b"--x"),
    ("POST", "/odata/$batch", b'{"requests": [{"id": "1", "method": "GET", "url": "Task"}]}'),
    ("OPTIONS", "/odata/Task", None),
    ("HEAD", "/odata/Task", None),
    ("HEAD", "/tasks/{full}.json", None),
    ("PUT", "/tasks/{none}.json", b"{}"),
    ("PUT", "/tasks/{full}.json", b"{"),
    ("PUT", "/tasks/{full}.json", b'{"todo-item": {"due-date": "soon"}}'),
    ("PUT", "/tasks/{huge}.json", b"{}"),
    ("PUT", "/tasks/{none}/complete.json", b"{}"),
    ("PUT", "/tasks/{none}/uncomplete.json", None),
    ("PUT", "/tasks/0{none}/complete.json", b"{}"),
    ("POST", "/tasks/{none}.json", b'{"todo-item": {"content": "x"}}'),
    ("POST", "/tasks/{none}/complete.json", b"{}"),
    ("POST", "/tasklists/{none}/tasks.json", b'{"todo-item": {"content": "x"}}'),
    ("POST", "/tasklists/{home}/tasks.json", b'{"todo-item": {"content": ""}}'),
    ("POST", "/tasklists/{home}/tasks.json", b'{"todo-item": {"content": "\\u0000"}}'),
    ("POST", "/tasklists/{home}/tasks.json", b"x" * 2_000_000),
    ("POST", "/tasklists/{home}/tasks.json", None),
)


@pytest.mark.parametrize(("method", "path", "data"), REFUSED)
def test_what_is_refused_is_refused_alike(
    app: Flask,
    api: Api,
    world: World,
    tasks: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    data: bytes | None,
) -> None:
    reader = Api(app, world.key(world.person(), read_only=True))
    for caller in (api, reader, Api(app, None)):
        for headers in (
            {"Content-Type": "application/json"},
            {"Content-Type": "text/plain", "Accept-Encoding": "gzip"},
            {"Content-Type": "application/json", "Prefer": "respond-async"},
            {"Content-Type": "application/json", "Idempotency-Key": ""},
            {"Content-Type": "application/json", "Host": "no host/"},
        ):
            address = path.format(**tasks)
            direct, by_flask = both(app, caller, monkeypatch, address, headers, method, data)
            assert direct == by_flask, headers


DONE = (
    ("POST", "/tasklists/{home}/tasks.json", {"todo-item": {"content": "new"}}),
    ("POST", "/tasks/{plain}.json", {"todo-item": {"content": "below"}}),
    ("PUT", "/tasks/{plain}.json", {"todo-item": {"content": "edited"}}),
    ("PUT", "/tasks/{full}.json", {"todo-item": {"progress": "10"}, "allow-update": "true"}),
    ("PUT", "/tasks/{plain}/complete.json", {}),
    ("PUT", "/tasks/{plain}/uncomplete.json", {}),
    ("POST", "/odata/Task", {"Name": "new"}),
)
ID = re.compile(r"\b[0-9]+\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


Change = tuple[str, str, Any]


@pytest.fixture(params=DONE, ids=lambda each: f"{each[0]} {each[1]}")
def change(request: pytest.FixtureRequest, tasks: dict[str, int]) -> Change:
    """A change that is allowed: its method, path and body."""
    method, path, body = request.param
    return method, path.format(**tasks), body


@pytest.fixture
def without_flask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flask refuses to answer."""

    def refuse(*_: Any) -> None:
        raise AssertionError("Flask was asked")

    monkeypatch.setattr(Tandem, "full_dispatch_request", refuse, raising=False)


def test_what_is_done_is_answered_alike(
    app: Flask, api: Api, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    method, path, body = change
    data, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
    (code, *told), (flask_code, *by_flask) = both(
        app, api, monkeypatch, path, headers, method, data
    )
    assert ID.sub("0", str(told)) == ID.sub("0", str(by_flask))
    assert code == flask_code
    assert code.startswith("2")


@pytest.mark.usefixtures("without_flask")
def test_flask_is_not_asked_for_changes(api: Api, change: Change) -> None:
    assert api.call(*change).status_code < 300


@pytest.mark.parametrize(
    ("place", "path", "told"),
    [
        ("odata.blueprint.answer", "/odata/Task", ("error", "code", "InternalError")),
        ("http.bodies.read_object", "/tasks/1.json", ("STATUS", "Error")),
    ],
)
def test_a_write_that_failed_in_the_store_is_not_done_again(
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    path: str,
    told: tuple[str, ...],
) -> None:
    """Nobody knows whether it was committed."""
    attempts = []

    def failing_commit(*_: Any) -> None:
        attempts.append(1)
        raise OperationalError("COMMIT", {}, Exception("the server closed the connection"))

    monkeypatch.setattr(f"app.{place}", failing_commit)
    headers = {"Content-Type": "application/json"}
    response = api.call("POST", path, headers=headers, data=b'{"Name": "x"}')
    assert response.status_code == 500
    *members, said = told
    assert reduce(getitem, members, response.json) == said
    assert len(attempts) == 1


@pytest.mark.usefixtures("without_flask")
@pytest.mark.parametrize("path", ["/tasks/{full}.json", "/odata/Task?$top=1", "/odata/$metadata"])
def test_flask_is_not_asked(api: Api, tasks: dict[str, int], path: str) -> None:
    assert api.get(path.format(**tasks)).status_code == 200


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, times: int) -> list[int]:
    """Let reading a task fail so many times; gives where attempts are noted."""
    attempts: list[int] = []
    fetch = FragmentedPlan.fetch

    def sometimes(self: Any, *asked: Any) -> Any:
        attempts.append(1)
        if len(attempts) <= times:
            raise error
        return fetch(self, *asked)

    monkeypatch.setattr(FragmentedPlan, "fetch", sometimes)
    return attempts


def test_a_failure_that_passes_is_tried_again(
    api: Api, tasks: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = OperationalError("SELECT", {}, Exception("database is locked"))
    attempts = failing(monkeypatch, locked, 2)
    assert api.get(f"/tasks/{tasks['full']}.json").status_code == 200
    assert len(attempts) == 3


@pytest.mark.parametrize(("error", "status"), [(Unavailable("no"), 503), (RuntimeError("!"), 500)])
def test_any_other_failure_is_told_once(
    api: Api,
    tasks: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
) -> None:
    attempts = failing(monkeypatch, error, 9)
    response = api.get(f"/tasks/{tasks['full']}.json")
    assert response.status_code == status
    assert response.json["STATUS"] == "Error"
    assert len(attempts) == 1
