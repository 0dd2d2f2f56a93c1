"""A read-only key of the administrator, who may do everything, tries to change something: by every
route and every operation of the model, by every verb, and by what looks like one. The whole store
is compared before and after. New routes and operations are tried as soon as they exist.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.odata.blueprint import ROOTS, service
from app.odata.engine.edm import CollectionType, Operation
from app.odata.sets.model import TYPES
from tests.api import Api
from tests.builders import World
from tests.functional.odata import test_matrix as odata_matrix
from tests.functional.odata.test_matrix import Scene
from tests.functional.teamwork.matrix.store import Guard
from tests.functional.teamwork.test_matrix import ROUTES
from tests.odata import OData

scene = odata_matrix.scene
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "MERGE")
OVERRIDES = ("X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "X-Method")
PLACEHOLDER = re.compile(r'"=\w+"')
ARGUMENT = re.compile(r"<(?:\w+:)?\w+>")


class Watched:
    """The store, which nobody may change while he is watched. The use of the keys was noted before:
    that is all a read may write.
    """

    def __init__(self, *clients: Api | OData) -> None:
        for each in clients:
            Api(each.app, each._key if isinstance(each, Api) else each.key).get("/me.json").close()
        self._guard = Guard()

    def check(self, what: object, answer: TestResponse) -> None:
        """The answer is no failure of ours, and nothing has changed."""
        answer.close()
        assert answer.status_code < 500, (what, answer.text)
        assert not self._guard.put_back(), what

    def changed(self) -> bool:
        """Something has changed; it is put back."""
        return self._guard.put_back()

    def close(self) -> None:
        """Look no more."""
        self._guard.close()


@pytest.fixture
def reader(scene: Scene) -> OData:
    """The read-only key of the administrator."""
    return scene.clients["reader"]


@pytest.fixture
def api(reader: OData) -> Api:
    """The same key in Teamwork's dialect."""
    return Api(reader.app, reader.key)


@pytest.fixture
def watched(scene: Scene, reader: OData) -> Iterator[Watched]:
    """The scene, watched."""
    watching = Watched(reader, scene.clients["admin"])
    yield watching
    watching.close()


def routes(app: Flask) -> list[str]:
    """Every path of the URL map but those of OData, with 1 for each argument: most are there."""
    rules = {rule.rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(ROOTS)}
    return sorted(ARGUMENT.sub("1", rule) for rule in rules)


def bodies() -> dict[tuple[str, str], dict[str, Any]]:
    """What a good call sends, by method and path."""
    found = {}
    for row in ROUTES:
        more: dict[str, Any] = {"options": row.options}
        if row.raw is not None:
            more |= {"headers": {"Content-Type": row.raw[0]}, "data": row.raw[1]}
        elif row.body is not None:
            said = PLACEHOLDER.sub("1", json.dumps(row.body)).replace("CALLER", "somebody")
            more["body"] = json.loads(said)
        found[row.method, ARGUMENT.sub("1", row.rule)] = more
    return found


def test_no_route_by_any_verb(app: Flask, api: Api, watched: Watched) -> None:
    known = bodies()
    for path in routes(app):
        for method in METHODS:
            if path.startswith("/unsubscribe"):
                continue  # takes no key
            answer = api.call(method, path, **known.get((method, path), {}))
            watched.check((method, path), answer)
            if method not in ("GET", "HEAD", "OPTIONS"):
                assert answer.status_code in (403, 404, 405), (method, path)


def test_the_same_calls_change_something_with_a_key_that_may(
    app: Flask, scene: Scene, watched: Watched
) -> None:
    """Else the test above would show nothing."""
    api = Api(app, scene.clients["admin"].key)
    changed = 0
    for (method, path), more in bodies().items():
        if method != "GET":
            api.call(method, path, **more).close()
            changed += watched.changed()
    assert changed > 50


@pytest.mark.parametrize("who", ["reader", "admin"])
def test_no_read_becomes_a_write_by_a_header_or_an_option(
    app: Flask, scene: Scene, watched: Watched, who: str
) -> None:
    """No key makes another verb of the one that was sent, whatever a proxy's header says."""
    api = Api(app, scene.clients[who].key)
    known = bodies()
    addresses = [*routes(app), *(f"/odata/{name}{key}" for name, key in scene.keys.items())]
    for path in addresses:
        for verb in ("DELETE", "PUT", "POST"):
            more: Mapping[str, Any] = known.get((verb, path), {})
            sent = dict(more.get("headers", {})) | dict.fromkeys(OVERRIDES, verb)
            said = {name: value for name, value in more.items() if name in ("body", "data")}
            options = {**more.get("options", {}), "_method": verb, "method": verb}
            answer = api.call("GET", path, headers=sent, options=options, **said)
            watched.check((path, verb), answer)


# --- OData ----------------------------------------------------------------------------------------


def addresses(scene: Scene) -> Iterator[str]:
    """Every set, every entity of the scene with what hangs on it, and their references."""
    for name, key in scene.keys.items():
        yield name
        yield f"{name}{key}"
        yield f"{name}{key}/$value"
        yield f"{name}/$query"
        for prop in list(TYPES[name].properties)[:3]:
            yield f"{name}{key}/{prop.name}"
        for way in TYPES[name].navigations:
            yield f"{name}{key}/{way.name}"
            yield f"{name}{key}/{way.name}/$ref"


def test_no_set_or_entity_by_any_verb(scene: Scene, reader: OData, watched: Watched) -> None:
    for path in addresses(scene):
        for method in METHODS:
            body = {"Name": "x"} if method in ("POST", "PUT", "PATCH", "MERGE") else None
            watched.check((method, path), reader.call(method, path, body))


def operation_path(operation: Operation, scene: Scene) -> str:
    """Where an operation is called."""
    bound = operation.bound_to
    if bound is None:
        return operation.name
    many = isinstance(bound, CollectionType)
    kind = bound.item if isinstance(bound, CollectionType) else bound
    name = next(name for name, each in TYPES.items() if each is kind)
    return f"{name if many else name + scene.keys.get(name, '')}/{operation.name}"


def arguments(operation: Operation, scene: Scene) -> str:
    """The parameters of a function in its address."""
    given = odata_matrix.body_for(operation, scene)
    if any(each.name == "noteRelationId" for each in operation.parameters):
        given["noteRelationId"] = scene.keys["TaskItemNote"].strip("()")
    return ",".join(f"{name}={value}" for name, value in given.items())


def test_no_operation_of_the_model(scene: Scene, reader: OData, watched: Watched) -> None:
    for operation in service().model.operations:
        path = operation_path(operation, scene)
        body = odata_matrix.body_for(operation, scene)
        for method in METHODS:
            sent = body if method in ("POST", "PUT", "PATCH", "MERGE") else None
            for address in (path, f"{path}({arguments(operation, scene)})"):
                answer = reader.call(method, address, sent)
                watched.check((method, address), answer)
                if operation.writes and method == "GET":
                    assert not answer.status_code < 400


def test_the_function_that_deletes_does_so_with_a_key_that_may(
    scene: Scene, watched: Watched
) -> None:
    """DeleteNote, a GET because the document says so; any other such function fails here."""
    writing = [each for each in service().model.operations if each.writes]
    assert [each.name for each in writing if each.kind == "function"] == ["DeleteNote"]
    address = f"{operation_path(writing[0], scene)}({arguments(writing[0], scene)})"
    assert scene.clients["admin"].get(address).status_code < 300
    assert watched.changed()


def inner(scene: Scene) -> list[dict[str, Any]]:
    """Requests of a batch that would each change something."""
    task = scene.keys["Task"]
    note = scene.keys["TaskItemNote"].strip("()")
    requests = [
        ("POST", "Task", {"Name": "x"}),
        ("PATCH", f"Task{task}", {"Name": "x"}),
        ("PUT", f"Task{task}", {"Name": "x"}),
        ("DELETE", f"Task{task}", None),
        ("POST", f"Task{task}/Copy", {}),
        ("POST", "Task/BatchDelete", {"items": [task.strip("()")]}),
        ("GET", f"Task/DeleteNote(noteRelationId={note})", None),
    ]
    head = {"content-type": "application/json"}
    return [
        {"id": str(number), "method": method, "url": url, "headers": head}
        | ({"body": body} if body is not None else {})
        for number, (method, url, body) in enumerate(requests)
    ]


@pytest.mark.parametrize("grouped", [False, True])
def test_no_request_inside_a_batch(
    scene: Scene, reader: OData, watched: Watched, grouped: bool
) -> None:
    requests = inner(scene)[: -1 if grouped else None]  # no GET in a change set
    group = {"atomicityGroup": "all"} if grouped else {}
    answer = reader.post("$batch", {"requests": [each | group for each in requests]})
    statuses = [each["status"] for each in answer.json["responses"]]
    assert len(statuses) == len(requests)
    assert min(statuses) >= 400
    assert 403 in statuses
    watched.check("batch", answer)


def test_no_change_set_of_a_multipart_batch(scene: Scene, reader: OData, watched: Watched) -> None:
    lines = ["--b", "Content-Type: multipart/mixed; boundary=c", ""]
    for number, (method, path) in enumerate(
        [("DELETE", f"Task{scene.keys['Task']}"), ("POST", "Task")]
    ):
        lines += ["--c", "Content-Type: application/http", "Content-Transfer-Encoding: binary"]
        lines += [f"Content-ID: {number}", "", f"{method} {path} HTTP/1.1"]
        lines += ["Content-Type: application/json", "", "{}" if method == "POST" else ""]
    lines += ["--c--", "--b--", ""]
    headers = {"Content-Type": "multipart/mixed; boundary=b"}
    answer = reader.call("POST", "$batch", headers=headers, data="\r\n".join(lines).encode())
    assert answer.status_code == 200
    assert "HTTP/1.1 403" in answer.text
    watched.check("multipart batch", answer)


def test_the_guard_sees_a_change(scene: Scene, world: World, watched: Watched) -> None:
    assert not watched.changed()
    world.person()
    assert watched.changed()
