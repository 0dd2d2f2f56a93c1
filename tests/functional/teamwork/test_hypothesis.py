"""Generated queries and bodies against every endpoint: no 5xx, no 400, always JSON (issue 2, "Bad
input").

TANDEM_EXAMPLES raises the number of examples of each test; the examples are the same in every run.
"""

import json
import logging
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.teamwork.filters import COMPLETED_OPTIONS, LIST_OPTIONS
from app.teamwork.schemas.inputs import (
    Bool,
    Day,
    Hours,
    Id,
    Ids,
    Instant,
    Place,
    PredecessorList,
    Texts,
    Whole,
    Word,
)
from tests.functional.teamwork.matrix.rows import Row
from tests.functional.teamwork.matrix.scene import Scene
from tests.functional.teamwork.matrix.stage import guard, scene
from tests.functional.teamwork.matrix.store import Guard
from tests.functional.teamwork.test_matrix import ROUTES

__all__ = ["guard", "scene"]  # the fixtures that this module's tests run on

EXAMPLES = int(os.environ.get("TANDEM_EXAMPLES", "60"))
thorough = settings(
    deadline=None,
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No logging: a report that quotes a lone surrogate ends the worker of pytest-xdist."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def check(response: TestResponse) -> None:
    """What holds of every answer, whatever was asked."""
    assert response.status_code in (200, 201, 401, 403, 404, 405, 409, 413, 422), response.text
    assert response.content_type == "application/json; charset=utf-8"
    body = json.loads(response.data)
    assert isinstance(body, dict)
    assert list(body)[-1] == "STATUS"
    if response.status_code >= 400:
        assert list(body) == ["MESSAGE", "STATUS"]
        assert body["STATUS"] == "Error" and isinstance(body["MESSAGE"], str)
    else:
        assert body["STATUS"] == "OK"


# --- values ---------------------------------------------------------------------------------------

NASTY = ("", " ", "\x00", "a\x00b", "\ufffe", "%", "_", "'", "\\", "ΐ" * 200, "x" * 3000, "null")
anything = st.one_of(st.text(max_size=20), st.text(max_size=20), st.sampled_from(NASTY))
numbers = st.one_of(
    st.integers(-3, 12),
    st.sampled_from([0, 2**31 - 1, 2**31, 2**63 - 1, 2**63, -(2**63), 10**18, 10**19]),
    st.integers(),
)
days = st.one_of(
    st.dates().map(lambda day: day.isoformat().replace("-", "")),
    st.sampled_from(["20140512", "20160229", "19000229", "19000101", "99981231", "99991231"]),
)
instants = st.one_of(
    st.datetimes().map(lambda at: at.strftime("%Y%m%d%H%M%S")),
    st.sampled_from(["20140512100000", "19000101000000", "99981231235959", "20140512246060"]),
)
id_lists = st.lists(st.one_of(st.integers(-2, 12), numbers), max_size=4).map(
    lambda ids: ",".join(map(str, ids))
)
flags = st.sampled_from(["yes", "no", "true", "false", "1", "0", "YES", "maybe", ""])


def valid_ish(option: Any) -> st.SearchStrategy[str]:
    """Values that an option could mean, going by what it says it accepts."""
    if option.words:
        word = st.sampled_from(option.words)
        return st.one_of(word, word.map(str.upper), st.lists(word, max_size=3).map(",".join))
    for start, values in (
        ("yes", flags),
        ("a whole number", numbers.map(str)),
        ("a day", days),
        ("an instant", instants),
        ("a comma list of ids", id_lists),
    ):
        if option.accepts.startswith(start):
            return values
    return anything


def queries(options: Any) -> st.SearchStrategy[dict[str, str]]:
    """Some of the options, each with a value that it could mean or with any text."""
    each = {
        option.name: st.one_of(valid_ish(option), valid_ish(option), anything) for option in options
    }
    return st.fixed_dictionaries({}, optional=each)


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        numbers,
        st.floats(),
        anything,
        st.sampled_from(["\x00", "\ud800", "", "1,2", "20140512", "yes"]),
    ),
    lambda below: st.one_of(
        st.lists(below, max_size=4), st.dictionaries(st.text(max_size=8), below, max_size=4)
    ),
    max_leaves=12,
)
ids = st.one_of(st.integers(1, 12), numbers)
MEANT: tuple[tuple[Any, st.SearchStrategy[Any]], ...] = (
    (PredecessorList, st.lists(st.fixed_dictionaries({"id": ids}), max_size=3)),
    (Place, st.one_of(st.integers(-3, 12), numbers)),
    (Hours, numbers),
    (Id, ids),
    (Whole, st.integers(-5, 105)),
    (Bool, st.one_of(st.booleans(), flags)),
    (Day, st.one_of(days, st.just(""))),
    (Instant, instants),
    (Ids, st.one_of(id_lists, st.lists(ids, max_size=3), ids)),
    (Texts, st.one_of(anything, st.lists(anything, max_size=3))),
)


def members(schema: Any) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some members of a request schema, most of them readable."""
    return st.fixed_dictionaries(
        {}, optional={field.data_key or name: _member(field) for name, field in _fields(schema)}
    )


def _fields(schema: Any) -> list[tuple[str, Any]]:
    return list(schema().load_fields.items()) if schema else []


def _member(field: Any) -> st.SearchStrategy[Any]:
    if isinstance(field, Word):
        meant: st.SearchStrategy[Any] = st.sampled_from(sorted(field.words))
    else:
        meant = next((values for kind, values in MEANT if isinstance(field, kind)), anything)
    return st.one_of(meant, meant, meant, meant, st.sampled_from([None, "", [], {}]), json_values)


def bodies(operation: Any) -> st.SearchStrategy[Any]:
    """Bodies made after the operation's schema, in its wrapper, or anything that is JSON."""
    inner = members(operation.body)
    if operation.wrapper and "[]." in operation.wrapper:
        several, one = operation.wrapper.split("[].")
        items = st.lists(st.fixed_dictionaries({one: inner}), max_size=3)
        made: st.SearchStrategy[Any] = st.fixed_dictionaries({several: items})
    elif operation.wrapper:
        made = st.fixed_dictionaries({operation.wrapper: inner})
    else:
        made = st.one_of(
            inner, st.builds(lambda top, item: top | {"todo-item": item}, inner, inner)
        )
    loose = st.dictionaries(st.sampled_from([operation.wrapper or "content", "x"]), json_values)
    return st.one_of(made, made, made, loose, json_values)


# --- the tests ------------------------------------------------------------------------------------

LISTS = [row for row in ROUTES if row.method == "GET" and not row.rule.endswith("/download")]
WRITES = [row for row in ROUTES if row.method != "GET" and not row.raw]
# Every list of tasks reads the same options by the same code: two of them stand for all.
TASK_LISTS = ("/tasks.json", "/completedtasks.json")


def operation_of(app: Flask, row: Row) -> Any:
    """What the view of a row says of itself."""
    for rule in app.url_map.iter_rules():
        if rule.rule == row.rule and row.method in rule.methods:
            return app.view_functions[rule.endpoint].operation
    raise AssertionError(row)


@pytest.mark.parametrize("path", TASK_LISTS)
@thorough
@given(data=st.data())
def test_queries_of_task_lists(scene: Scene, path: str, data: st.DataObject) -> None:
    """Any combination of the options of lists."""
    options = COMPLETED_OPTIONS if path == "/completedtasks.json" else LIST_OPTIONS
    query = data.draw(queries(options))
    check(scene.clients["editor"].get(path, **query))


@thorough
@given(data=st.data())
def test_queries_elsewhere(scene: Scene, data: st.DataObject) -> None:
    """Every GET with its own options, and with names and values that are none."""
    row = data.draw(st.sampled_from(LISTS))
    query = data.draw(
        st.one_of(
            queries(operation_of(scene.app, row).options),
            st.dictionaries(anything, anything, max_size=3),
        )
    )
    check(row.call(scene, "editor", row.ids(scene, row.usual), options=encodable(query)))


def encodable(query: dict[str, str]) -> dict[str, Any]:
    """Lone surrogates have no bytes of their own in a URL."""
    return {
        name.encode("utf-8", "replace").decode(): value.encode("utf-8", "replace").decode()
        for name, value in query.items()
    }


@pytest.mark.parametrize("row", WRITES, ids=[f"{row.method} {row.rule}" for row in WRITES])
@settings(thorough, max_examples=max(EXAMPLES // 10, 1))
@given(data=st.data())
def test_bodies(scene: Scene, guard: Guard, row: Row, data: st.DataObject) -> None:
    """Every write with bodies after its schema, and with any other JSON."""
    body = data.draw(bodies(operation_of(scene.app, row)))
    _write(scene, guard, row, json.dumps(body).encode())


@thorough
@given(row=st.sampled_from(WRITES), raw=st.binary(max_size=60))
def test_bytes(scene: Scene, guard: Guard, row: Row, raw: bytes) -> None:
    """Every write with bytes that are seldom JSON."""
    _write(scene, guard, row, raw)


def _write(scene: Scene, guard: Guard, row: Row, raw: bytes) -> None:
    """Refused or carried out; what was refused has changed nothing."""
    client = scene.clients["administrator" if row.needs in ("administer", "manage") else "editor"]
    response = client.call(row.method, row.path(row.ids(scene, row.usual)), data=raw)
    changed = guard.put_back()
    check(response)
    assert response.status_code < 400 or not changed


@thorough
@given(
    method=st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"]),
    parts=st.lists(
        st.one_of(
            anything,
            st.sampled_from(["tasks", "tasklists", "projects", "1", "0", "-1", "tasks.json"]),
            numbers.map(str),
        ),
        min_size=1,
        max_size=5,
    ),
    ending=st.sampled_from(["", ".json", ".xml", "/"]),
)
def test_addresses(scene: Scene, method: str, parts: list[str], ending: str) -> None:
    """Any path with any method."""
    joined = "/".join(quote(part, safe="", errors="replace") for part in parts)
    path = "/" + joined.lstrip("/") + ending  # two slashes would begin a host
    response = scene.clients["viewer"].call(method, path)
    if method in ("HEAD", "OPTIONS") or response.request.path.strip("/") in ("", "docs"):
        assert response.status_code < 500 and response.status_code != 400
    else:
        check(response)


@thorough
@given(header=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60))
def test_credentials(scene: Scene, header: str) -> None:
    """Any Authorization or x-api-key: 401."""
    for name, start in (("Authorization", ""), ("Authorization", "Basic "), ("x-api-key", "")):
        response = scene.clients["no key"].call("GET", "/me.json", headers={name: start + header})
        assert response.status_code == 401
        check(response)


def test_the_values_reach_the_store(scene: Scene, guard: Guard) -> None:
    """A generated-looking good query and body are not all refused: the tests above test much."""
    client = scene.clients["editor"]
    assert client.get("/tasks.json", filter="within365", sort="PRIORITYDESC").status_code == 200
    body = {"todo-item": {"content": "x", "due-date": "20160229", "tags": ["a"], "private": "yes"}}
    row = next(row for row in ROUTES if row.rule == "/tasklists/<id:list_id>/tasks.json" and row.ok)
    assert row.kind == "list"
    path = row.path(row.ids(scene, row.usual))
    assert client.call("POST", path, data=json.dumps(body).encode()).status_code == 201
    assert guard.put_back()
