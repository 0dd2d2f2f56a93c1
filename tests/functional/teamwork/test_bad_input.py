"""What cannot be read is refused in the dialect's own words, and nothing changes (decisions 11, 12,
14; issue 2, "Bad input").

Every case answers a JSON error of the one shape, with the documented status, naming the member;
never a 400, never HTML.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.errors import Invalid
from app.http.bodies import MAX_BODY, MAX_DEPTH
from app.services.commands import UNSET
from app.teamwork.schemas.inputs import REFUSED, RequestSchema
from tests.api import Api
from tests.builders import World
from tests.functional.teamwork.matrix.store import Guard
from tests.functional.teamwork.matrix.targets import MISSING

TASK, LIST, PROJECT = "/tasks/{task}.json", "/tasklists/{list}/tasks.json", "/projects/{project}"
NEW = ("POST", LIST)
EDIT = ("PUT", TASK)
SUBTASK = ("POST", TASK)
QUICK = ("POST", "/tasklists/{list}/quickadd.json")
REORDER = ("PUT", "/tasklists/{list}/tasks/reorder.json")


class Desk:
    """A store with names for its ids, and a client that must be refused."""

    def __init__(self, api: Api, world: World) -> None:
        self.api = api
        project, foreign = world.project(), world.project("foreign")
        self.ids = {
            "project": project,
            "list": (own := world.list(project)),
            "task": (task := world.task(own, "task")),
            "child": (child := world.task(parent=task, name="child")),
            "grandchild": world.task(parent=child, name="grandchild"),
            "after": (after := world.task(own, "after", predecessors=((task, "complete"),))),
            "last": world.task(own, "last", predecessors=((after, "start"),)),
            "other list": (other := world.list(project, "Other")),
            "elsewhere": world.task(other, "elsewhere"),
            "foreign column": world.column(foreign),
            "stranger": world.person("Stranger"),
            "missing": MISSING,
        }
        self.guard = Guard()

    def path(self, template: str) -> str:
        """A path with {task} and the like filled in."""
        return template.format_map(self.ids)

    def fill(self, value: Any) -> Any:
        """A body with "{task}" and the like replaced by the numbers."""
        if isinstance(value, str) and value[:1] + value[-1:] == "{}":
            return self.ids[value[1:-1]]
        if isinstance(value, dict):
            return {name: self.fill(each) for name, each in value.items()}
        return [self.fill(each) for each in value] if isinstance(value, list) else value

    def look_again(self) -> None:
        """Take the store as it is for what calls must not change."""
        self.guard.close()
        self.guard = Guard()

    def refuse(
        self, method: str, template: str, status: int, member: str = "", **sent: Any
    ) -> TestResponse:
        """A call that must be refused: the shape, the status, the member, and nothing changed."""
        if "body" in sent:  # the standard library's JSON takes numbers that the server's does not
            sent["data"] = json.dumps(sent.pop("body")).encode()
        response = self.api.call(method, self.path(template), **sent)
        assert response.status_code == status, (response.status, response.text[:300])
        assert_error(response)
        assert member.lower() in response.json["MESSAGE"].lower(), response.json["MESSAGE"]
        assert not self.guard.put_back()
        return response


def assert_error(response: TestResponse) -> None:
    """The one shape of an error."""
    assert response.content_type == "application/json; charset=utf-8"
    assert list(response.json) == ["MESSAGE", "STATUS"], response.text
    assert response.json["STATUS"] == "Error"
    assert isinstance(response.json["MESSAGE"], str) and response.json["MESSAGE"]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No logging: a report that quotes a lone surrogate ends the worker of pytest-xdist."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def desk(api: Api, world: World) -> Iterator[Desk]:
    """Tasks with a child, a grandchild and two that wait; a foreign list, column and person."""
    made = Desk(api, world)
    yield made
    made.guard.close()


def all_bodies(kind: type[RequestSchema] = RequestSchema) -> Iterator[type[RequestSchema]]:
    """The schema of every body that some route reads."""
    for each in kind.__subclasses__():
        yield each
        yield from all_bodies(each)


@pytest.mark.parametrize("empty", [None, ""])
def test_what_is_needed_may_not_be_null(empty: str | None) -> None:
    """A member that is sent as null or "" counts as one that is not there, if it is needed."""
    needed = [
        (kind, field.data_key or name)
        for kind in all_bodies()
        for name, field in kind().load_fields.items()
        if field.required and getattr(field, "cleared", None) in (UNSET, REFUSED)
    ]
    assert len(needed) > 10
    for kind, key in needed:
        with pytest.raises(Invalid) as caught:
            kind.read({key.lower(): empty})
        assert key in caught.value.messages, (kind, key)


# --- members of a todo-item -----------------------------------------------------------------------

HUGE = 10**25
NOT_TEXT = (5, 1.5, True, [], ["x"], {}, {"a": 1})
NOT_FLAG = (2, -1, 0.5, "maybe", "2", [], [True], {}, HUGE)
NOT_NUMBER = (1.5, "1.5", "x", "1e3", "٣", True, [], [1], {}, 2**63, -(2**63), HUGE, "9" * 400)
NOT_ID = (*NOT_NUMBER, -1, "-5", 2**31, str(2**31), 2**64)
NOT_IDS = (True, {}, {"id": 1}, "a", "1,b", "1;2", [[1]], [{}], 1.5, [1.5], -7, 2**31, HUGE, "1,-7")
NOT_DAY = (
    "20140230",
    "19000229",
    "99991231",
    "18991231",
    "00000101",
    "20141301",
    "20140100",
    "2014-05-12",
    "2014051",
    "201405120",
    "٢٠١٤٠٥١٢",
    "tomorrow",
    20140230,
    2014.5,
    True,
    [],
    {},
    "20140512T00",
)
NOT_PREDECESSORS = (
    "x",
    5,
    {},
    {"id": 5},
    True,
    [5],
    ["5"],
    [None],
    [{}],
    [{"type": "start"}],
    [{"id": None}],
    [{"id": "x"}],
    [{"id": 0}],
    [{"id": -1}],
    [{"id": 2**31}],
    [{"id": 1.5}],
    [{"id": True}],
    [{"id": "{after}", "type": "finish"}],
    [{"id": "{after}", "type": 5}],
    [{"id": "{after}", "type": {"a": 1}}],
)
TODO_ITEM: Mapping[str, tuple[Any, ...]] = {
    "content": (*NOT_TEXT, "", "   ", None, "x" * 2001),
    "description": (*NOT_TEXT, "x" * 65_537),
    "parentTaskId": NOT_ID,
    "progress": (*NOT_NUMBER, -1, 91, 100, 101, "95"),
    "notify": NOT_FLAG,
    "responsible-party-id": NOT_IDS,
    "start-date": NOT_DAY,
    "due-date": NOT_DAY,
    "priority": ("urgent", "1", 1, True, [], {}, "high low"),
    "attachments": NOT_IDS,
    "pendingFileAttachments": (5, True, {}, [5], "no-such-upload", "x" * 101),
    "removeOtherFiles": NOT_FLAG,
    "predecessors": NOT_PREDECESSORS,
    "estimated-minutes": (*NOT_NUMBER, -1, 10_000_001),
    "positionAfterTask": (*NOT_NUMBER, -3, 2**31),
    "tags": (5, True, {}, [5], [["x"]], "x" * 101, ["x"] * 201),
    "tagIds": NOT_IDS,
    "commentFollowerIds": NOT_IDS,
    "changeFollowerIds": NOT_IDS,
    "use-defaults": NOT_FLAG,
    "private": NOT_FLAG,
    "grant-access-to": NOT_IDS,
    "columnId": NOT_ID,
    "creator-id": (*NOT_ID, 0),
}
EDITED: Mapping[str, tuple[Any, ...]] = {
    "tasklistId": NOT_ID,
    "completed": NOT_FLAG,
    "allow-update": NOT_FLAG,
    "completed-on": ("20140512", "20140230000000", "20140512250000", "x", 5, True, [], {}),
    "completer-id": (*NOT_ID, 0),
}


# A task keeps its creator: an edit does not take `creator-id`.
MEMBERS = [
    pytest.param(route, member, id=f"{name}-{member}")
    for name, route in (("new", NEW), ("edit", EDIT), ("subtask", SUBTASK))
    for member in TODO_ITEM
    if (name, member) != ("edit", "creator-id")
]


@pytest.mark.parametrize(("route", "member"), MEMBERS)
def test_members_of_a_todo_item(desk: Desk, route: tuple[str, str], member: str) -> None:
    """Each value of a wrong type, out of range or unreadable: 422 naming the member."""
    wrong = []
    for value in TODO_ITEM[member]:
        body = {"todo-item": {"content": "x"} | {member: desk.fill(value)}}
        wrong += _accepted(desk, route, body, member, value)
    assert wrong == []


@pytest.mark.parametrize("member", EDITED)
def test_members_of_an_edited_todo_item(desk: Desk, member: str) -> None:
    """The members that only an edit takes."""
    wrong = []
    for value in EDITED[member]:
        wrong += _accepted(desk, EDIT, {"todo-item": {member: value}}, member, value)
    assert wrong == []


@pytest.mark.parametrize("member", [name for name in TODO_ITEM if name != "content"])
def test_members_shared_by_a_quickadd(desk: Desk, member: str) -> None:
    """A bad shared field is a 422 for all (decision 20)."""
    wrong = []
    for value in TODO_ITEM[member]:
        body = {"content": "one\ntwo", "todo-item": {member: desk.fill(value)}}
        wrong += _accepted(desk, QUICK, body, member, value)
    assert wrong == []


def _accepted(
    desk: Desk, route: tuple[str, str], body: Any, member: str, value: Any
) -> list[tuple[Any, ...]]:
    """What is wrong with the answer to a bad body; nothing when it is refused as it should be."""
    try:
        desk.refuse(*route, 422, member, body=body)
    except AssertionError as error:
        return [(member, str(value)[:60], str(error)[:160])]
    return []


# --- other bodies ---------------------------------------------------------------------------------

PEOPLE = ("PUT", f"{PROJECT}/people.json")
NEW_LIST, EDIT_LIST = ("POST", f"{PROJECT}/tasklists.json"), ("PUT", "/tasklists/{list}.json")
NEW_PROJECT, EDIT_PROJECT = ("POST", "/projects.json"), ("PUT", f"{PROJECT}.json")
NEW_COMPANY, NEW_PERSON = ("POST", "/companies.json"), ("POST", "/people.json")
PERSON = {"first-name": "A", "last-name": "B", "email-address": "a@example.com"}
WRAPPED: tuple[tuple[tuple[str, str], str, Mapping[str, Any], Mapping[str, Any]], ...] = (
    (
        NEW_LIST,
        "todo-list",
        {"name": "x"},
        {
            "name": (*NOT_TEXT, "", " ", None, "x" * 201),
            "description": NOT_TEXT,
            "private": NOT_FLAG,
            "pinned": NOT_FLAG,
            "grant-access-to": (*NOT_IDS, MISSING),
            "commentFollowerIds": (*NOT_IDS, MISSING),
            "changeFollowerIds": (*NOT_IDS, MISSING),
        },
    ),
    (
        EDIT_LIST,
        "todo-list",
        {},
        {
            "name": (*NOT_TEXT, "", " ", None),
            "private": NOT_FLAG,
            "grant-access-to": (*NOT_IDS, MISSING),
            "changeFollowerIds": (*NOT_IDS, MISSING),
        },
    ),
    (
        NEW_PROJECT,
        "project",
        {"name": "x"},
        {
            "name": (*NOT_TEXT, "", None, "x" * 201),
            "description": NOT_TEXT,
            "companyId": (*NOT_ID, 0, MISSING),
            "startDate": NOT_DAY,
            "endDate": NOT_DAY,
            "harvest-timers-enabled": NOT_FLAG,
        },
    ),
    (
        EDIT_PROJECT,
        "project",
        {},
        {
            "name": (*NOT_TEXT, "", None, "x" * 201),
            "companyId": (*NOT_ID, 0, MISSING),
            "status": ("gone", 5, True, [], {}),
        },
    ),
    (NEW_COMPANY, "company", {"name": "x"}, {"name": (*NOT_TEXT, "", None), "website": NOT_TEXT}),
    (
        NEW_PERSON,
        "person",
        PERSON,
        {
            "first-name": (*NOT_TEXT, "", None),
            "last-name": NOT_TEXT,
            "email-address": (*NOT_TEXT, "", None, "x", "@x", "x@", "a b@c", "x" * 320 + "@x"),
            "company-id": (*NOT_ID, 0, MISSING),
            "timezone": ("Mars/Base", 5, [], "UTC\n"),
            "administrator": NOT_FLAG,
        },
    ),
    (
        PEOPLE,
        "add",
        {"userIdList": "1"},
        {"userIdList": (*NOT_IDS, "", None), "role": ("owner", 5, [])},
    ),
)


@pytest.mark.parametrize(
    ("route", "wrapper", "good", "members"),
    WRAPPED,
    ids=[f"{route[0]} {route[1]}" for route, *_ in WRAPPED],
)
def test_members_of_other_bodies(
    desk: Desk, route: tuple[str, str], wrapper: str, good: Any, members: Any
) -> None:
    """Projects, lists, companies and people."""
    wrong = []
    for member, values in members.items():
        named = "add" if (wrapper, member) == ("add", "userIdList") else member
        for value in values:
            shown = named if value in ("", None) else member
            wrong += _accepted(desk, route, {wrapper: {**good, member: value}}, shown, value)
    assert wrong == []


# Bodies that are wrong as a whole: route, body, member.
BODIES: tuple[tuple[tuple[str, str], Any, str], ...] = (
    *((route, {}, "todo-item") for route in (NEW, EDIT, SUBTASK)),
    *((route, {"content": "x"}, "todo-item") for route in (NEW, EDIT, SUBTASK)),
    *(
        (route, {"todo-item": value}, "todo-item")
        for route in (NEW, EDIT)
        for value in (None, "", "x", 5, True, [], [{"content": "x"}])
    ),
    *((route, {"todo-item": {}}, "content") for route in (NEW, SUBTASK)),
    (NEW, {"todo-item": {"description": "no content"}}, "content"),
    (QUICK, {}, "content"),
    *((QUICK, {"content": value}, "content") for value in (None, "", " ", "\n~|~\n", 5, [], {})),
    (QUICK, {"content": "\n".join("x" * 1001)}, "content"),
    *((QUICK, {"content": "x", "todo-item": value}, "todo-item") for value in (5, "x", [], True)),
    (QUICK, {"content": "x", "tasklistId": "{other list}"}, "tasklistId"),
    (QUICK, {"content": "x", "tasklistId": "x"}, "tasklistId"),
    (QUICK, {"content": "x", "creator-id": "{stranger}"}, "creator-id"),
    (QUICK, {"content": "x", "notify": "maybe"}, "notify"),
    (QUICK, {"content": "x", "private": 2}, "private"),
    *(
        (REORDER, {"todo-items": value}, "todo-items")
        for value in (5, "x", True, False, 0, {}, [5], ["5"], [None], [[]], {"todo-item": {}})
    ),
    *(
        (REORDER, {"todo-items": [{"todo-item": value}]}, "todo-items")
        for value in (5, "x", None, [], {}, {"name": "x"})
    ),
    *(
        (REORDER, {"todo-items": [{"todo-item": {"id": value}}]}, "id")
        for value in (None, "", "x", 0, -1, 1.5, True, [], 2**31)
    ),
    *(
        (REORDER, {"todo-items": [{"todo-item": {"id": value}}]}, "todo-items")
        for value in ("{missing}", "{elsewhere}")
    ),
    *((PEOPLE, body, "add") for body in ({}, {"add": {}}, {"add": 5}, {"add": [1]}, {"add": "1"})),
    (PEOPLE, {"remove": 5}, "remove"),
    (PEOPLE, {"add": {"userIdList": "1"}, "remove": False}, "remove"),
    *(
        (route, {wrapper: value}, wrapper)
        for route, wrapper, *_ in WRAPPED
        if wrapper != "add"
        for value in (None, 5, "x", [])
    ),
    *((route, {}, wrapper) for route, wrapper, *_ in WRAPPED),
    # Relations that cannot be.
    (EDIT, {"todo-item": {"parentTaskId": "{task}"}}, "parentTaskId"),
    (EDIT, {"todo-item": {"parentTaskId": "{child}"}}, "parentTaskId"),
    (EDIT, {"todo-item": {"parentTaskId": "{grandchild}"}}, "parentTaskId"),
    (EDIT, {"todo-item": {"parentTaskId": "{missing}"}}, "parentTaskId"),
    (EDIT, {"todo-item": {"parentTaskId": "{elsewhere}"}}, "parentTaskId"),
    (NEW, {"todo-item": {"content": "x", "parentTaskId": "{missing}"}}, "parentTaskId"),
    (NEW, {"todo-item": {"content": "x", "parentTaskId": "{elsewhere}"}}, "parentTaskId"),
    (EDIT, {"todo-item": {"predecessors": [{"id": "{task}"}]}}, "predecessors"),
    (EDIT, {"todo-item": {"predecessors": [{"id": "{after}"}]}}, "predecessors"),
    (EDIT, {"todo-item": {"predecessors": [{"id": "{last}", "type": "start"}]}}, "predecessors"),
    (EDIT, {"todo-item": {"predecessors": [{"id": "{missing}"}]}}, "predecessors"),
    (EDIT, {"todo-item": {"tasklistId": "{missing}"}}, "tasklistId"),
    (EDIT, {"todo-item": {"columnId": "{foreign column}"}}, "columnId"),
    (NEW, {"todo-item": {"content": "x", "columnId": "{foreign column}"}}, "columnId"),
    (EDIT, {"todo-item": {"columnId": "{missing}"}}, "columnId"),
    (EDIT, {"todo-item": {"positionAfterTask": "{task}"}}, "positionAfterTask"),
    (EDIT, {"todo-item": {"positionAfterTask": "{missing}"}}, "positionAfterTask"),
    (EDIT, {"todo-item": {"positionAfterTask": "{elsewhere}"}}, "positionAfterTask"),
    (NEW, {"todo-item": {"content": "x", "positionAfterTask": "{elsewhere}"}}, "positionAfter"),
    *(
        (EDIT, {"todo-item": {"content": "y", name: "{stranger}"}}, name)
        for name in ("responsible-party-id", "commentFollowerIds", "changeFollowerIds")
    ),
    (EDIT, {"todo-item": {"content": "y", "grant-access-to": "{stranger}"}}, "grant-access-to"),
    (EDIT, {"todo-item": {"content": "y", "attachments": "{missing}"}}, "attachments"),
    (EDIT, {"todo-item": {"content": "y", "tagIds": "{missing}"}}, "tagIds"),
    (EDIT, {"todo-item": {"completed-on": "20140101000000"}}, "completed-on"),
    (EDIT, {"todo-item": {"allow-update": 1, "completer-id": "{stranger}"}}, "complete"),
    (EDIT, {"todo-item": {"content": "", "description": 5}}, "description"),
)


@pytest.mark.parametrize(
    ("route", "body", "member"),
    BODIES,
    ids=[f"{n}-{route[0]} {member}" for n, (route, _, member) in enumerate(BODIES)],
)
def test_bodies(desk: Desk, route: tuple[str, str], body: Any, member: str) -> None:
    """Missing envelopes and members, unknown ids, cycles, foreign lists: 422 naming the member."""
    desk.refuse(*route, 422, member, body=desk.fill(body))


def test_all_bad_members_are_named_at_once(desk: Desk) -> None:
    """One answer names every member that is wrong."""
    body = {"todo-item": {"content": 5, "due-date": "x", "priority": "x", "progress": "x"}}
    message = desk.refuse(*NEW, 422, body=body).json["MESSAGE"]
    assert all(name in message for name in body["todo-item"])


def test_nothing_of_a_bad_edit_is_kept(desk: Desk) -> None:
    """An edit with many good members and one unknown id at its end changes nothing."""
    good = {
        "content": "renamed",
        "tags": "new-tag",
        "responsible-party-id": "1",
        "tasklistId": "{other list}",
        "predecessors": [{"id": "{elsewhere}"}],
        "private": 1,
    }
    for bad in ({"changeFollowerIds": "{stranger}"}, {"attachments": "{missing}"}):
        body = desk.fill({"todo-item": good | bad})
        desk.refuse(*EDIT, 422, next(iter(bad)), body=body)


# --- the text of a body ---------------------------------------------------------------------------


def wrapped(value: str) -> bytes:
    """A todo-item whose content is this JSON text."""
    return b'{"todo-item": {"content": %s}}' % value.encode("utf-8", "surrogatepass")


def deep(levels: int, *, array: bool = False) -> bytes:
    """A body nested this deep."""
    opened, closed = ("[", "]") if array else ('{"a":', "}")
    return wrapped('"x", "deep": ' + opened * levels + "1" + closed * levels)


TEXTS: Mapping[str, tuple[bytes, int]] = {
    "array": (b'[{"todo-item": {"content": "x"}}]', 422),
    "string": (b'"todo-item"', 422),
    "number": (b"5", 422),
    "true": (b"true", 422),
    "null": (b"null", 422),
    "nothing": (b"", 422),
    "blank": (b" \n ", 422),
    "cut off": (b'{"todo-item": {"content": "x"', 422),
    "trailing": (b'{"todo-item": {"content": "x"}} x', 422),
    "trailing comma": (b'{"todo-item": {"content": "x",}}', 422),
    "single quotes": (b"{'todo-item': {'content': 'x'}}", 422),
    "form": (b"content=x&todo-item=y", 422),
    "xml": (b"<todo-item><content>x</content></todo-item>", 422),
    "NaN": (wrapped("NaN"), 422),
    "Infinity": (wrapped("Infinity"), 422),
    "-Infinity": (wrapped("-Infinity"), 422),
    "NaN where nobody looks": (wrapped('"x", "unknown": NaN'), 422),
    "1e400 as a number": (wrapped('"x", "progress": 1e400'), 422),
    "-1e400 as an id": (wrapped('"x", "parentTaskId": -1e400'), 422),
    "1e308 as an id": (wrapped('"x", "parentTaskId": 1e308'), 422),
    "1e400 as a flag": (wrapped('"x", "private": 1e400'), 422),
    "1e400 as a day": (wrapped('"x", "due-date": 1e400'), 422),
    "1e400 as ids": (wrapped('"x", "attachments": [1e400]'), 422),
    "2**63": (wrapped('"x", "progress": 9223372036854775808'), 422),
    "5000 digits": (wrapped('"x", "progress": ' + "9" * 5000), 422),
    "5000 digits as text": (wrapped('"x", "progress": "' + "9" * 5000 + '"'), 422),
    "100000 digits": (wrapped('"x", "progress": ' + "9" * 100_000), 422),
    "NUL": (wrapped('"a\\u0000b"'), 422),
    "raw NUL": (wrapped('"a\x00b"'), 422),
    "NUL where nobody looks": (wrapped('"x", "unknown": ["\\u0000"]'), 422),
    "NUL in a key": (wrapped('"x", "a\\u0000": 1'), 422),
    "lone high surrogate": (wrapped('"a\\ud800b"'), 422),
    "lone low surrogate": (wrapped('"\\udfff"'), 422),
    "swapped surrogates": (wrapped('"\\ude00\\ud83d"'), 422),
    "lone surrogate in a key": (wrapped('"x", "\\ud800": 1'), 422),
    "lone surrogate in a repeated key": (wrapped('"x", "\\ud800": 1, "\\ud800": 2'), 422),
    "lone surrogate in a tag": (wrapped('"x", "tags": ["\\ud800"]'), 422),
    "raw surrogate": (wrapped('"\ud800"'), 422),
    "invalid UTF-8": (b'{"todo-item": {"content": "\xff\xfe"}}', 422),
    "overlong UTF-8": (b'{"todo-item": {"content": "\xc0\x80"}}', 422),
    "Latin-1": ('{"todo-item": {"content": "é"}}'.encode("latin-1"), 422),
    "UTF-16": ('{"todo-item": {"content": "x"}}'.encode("utf-16"), 422),
    "duplicate key": (b'{"todo-item": {"content": "a", "content": "b"}}', 422),
    "duplicate key in another case": (b'{"todo-item": {"content": "a", "CONTENT": "b"}}', 422),
    "duplicate envelope": (b'{"todo-item": {"content":"a"}, "Todo-Item": {"content":"b"}}', 422),
    "duplicate key deep below": (wrapped('"x", "unknown": [{"a": 1, "A": 2}]'), 422),
    "too deep": (deep(MAX_DEPTH + 1), 422),
    "too deep arrays": (deep(MAX_DEPTH + 1, array=True), 422),
    "very deep": (deep(50_000), 422),
    "very deep arrays": (deep(200_000, array=True), 422),
    "never closed": (b'{"todo-item":' + b"[" * 300_000, 422),
    "too large": (wrapped('"' + "x" * MAX_BODY + '"'), 413),
    "too large by one": (wrapped('"x"') + b" " * (MAX_BODY - len(wrapped('"x"')) + 1), 413),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts(desk: Desk, name: str) -> None:
    """What is not a JSON object within the limits."""
    data, status = TEXTS[name]
    for route in (NEW, EDIT) if status == 422 else (NEW,):
        desk.refuse(*route, status, data=data)


ROUTES_WITH_BODIES = (NEW, EDIT, SUBTASK, QUICK, REORDER, PEOPLE, *(row[0] for row in WRAPPED))


@pytest.mark.parametrize("route", ROUTES_WITH_BODIES, ids=" ".join)
def test_every_route_reads_its_body_the_same_way(desk: Desk, route: tuple[str, str]) -> None:
    """Too large is 413; an array, broken JSON, NUL, a lone surrogate and a repeated key are 422."""
    desk.refuse(*route, 413, data=b" " * (MAX_BODY + 1))
    for data in (
        b"[]",
        b"{",
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b'{"a": 1, "A": 2}',
        b'{"\\udc00": 1, "\\udc00": 2}',
        b"\xff",
        b'{"a": ' + b"[" * 50_000,
    ):
        desk.refuse(*route, 422, data=data)


# What looks odd and is taken.
ACCEPTED: Mapping[str, bytes] = {
    "control characters": b'{"todo-item": {"content": "a\tb\nc\x01d\x1fe"}}',
    "escaped control characters": wrapped('"a\\u0001b\\u007f"'),
    "byte order mark": b"\xef\xbb\xbf" + wrapped('"x"'),
    "surrogate pair": wrapped('"\\ud83d\\ude00"'),
    "beyond the BMP": wrapped('"\U0001f600"'),
    "right-to-left": wrapped('"\u202eabc\u05d0"'),
    "other case": b'{"TODO-ITEM": {"Content": "x", "DUE-DATE": "20140512"}}',
    "unknown keys": b'{"todo-item": {"content": "x", "nobody": {"knows": [1e400]}}, "more": 1}',
    "deep, but not too deep": deep(MAX_DEPTH - 4),
    "as large as may be": wrapped('"x"') + b" " * (MAX_BODY - len(wrapped('"x"'))),
    "leap day": wrapped('"x", "due-date": "20160229", "start-date": 20000229'),
    "folds to thrice its length": wrapped('"x", "tags": "' + "ΐ" * 100 + '"'),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(desk: Desk, name: str) -> None:
    """What real clients send, and what is no mistake of theirs."""
    response = desk.api.call(*_at(desk, NEW), data=ACCEPTED[name])
    assert response.status_code == 201, response.text


def test_control_characters_are_kept(desk: Desk) -> None:
    """Control characters inside strings are accepted (decision 12) and come back as sent."""
    text = "a\tb\x01c\x0bd\x1ce\x7ff"
    for route, body in (
        (NEW, {"todo-item": {"content": text, "description": text + "\n" + text}}),
        (QUICK, {"content": text}),
    ):
        raw = json.dumps(body).replace("\\t", "\t").replace("\\u0001", "\x01").encode()
        answer = desk.api.call(*_at(desk, route), data=raw)
        assert answer.status_code == 201, answer.text
        ids = answer.json.get("taskIds") or answer.json["id"]
        assert ids.isdigit(), "one line of text is one task"
        assert desk.api.task(int(ids))["content"] == text


def _at(desk: Desk, route: tuple[str, str]) -> tuple[str, str]:
    return route[0], desk.path(route[1])


LONG = "ΐ" * 200  # three times as long when its case is folded
FOLDED: Mapping[str, tuple[tuple[str, str], Any]] = {
    "project": (NEW_PROJECT, {"project": {"name": LONG}}),
    "project renamed": (EDIT_PROJECT, {"project": {"name": LONG}}),
    "company": (NEW_COMPANY, {"company": {"name": LONG}}),
    "person": (NEW_PERSON, {"person": PERSON | {"email-address": "ΐ" * 316 + "@x.y"}}),
    "tag": (NEW, {"todo-item": {"content": "x", "tags": ["ΐ" * 100]}}),
}


@pytest.mark.parametrize("name", FOLDED)
def test_names_that_grow_when_folded(desk: Desk, name: str) -> None:
    """A name of the greatest length is taken, or refused with a 422, whatever its letters."""
    route, body = FOLDED[name]
    response = desk.api.call(*_at(desk, route), body)
    assert response.status_code in (200, 201, 422), response.text


CONTENT_TYPES = (
    "",
    "text/plain",
    "text/html",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json; charset=latin-1",
    "no/such; thing=\u00e9",
    "nonsense",
)


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_any_content_type(desk: Desk, kind: str) -> None:
    """A body is JSON whatever its Content-Type says (decision 12)."""
    response = desk.api.call(
        *_at(desk, NEW), data=wrapped('"typed"'), headers={"Content-Type": kind}
    )
    assert response.status_code == 201, response.text


# --- options --------------------------------------------------------------------------------------

NUMBERS = ("0", "-1", "1.5", "x", "1e3", "٣", "9" * 30, "--1", "+1", "1 2", "\x00", "true")
FLAGS = ("2", "maybe", "yess", "-1", "1.0", "\x00", "y")
IDS = ("x", "1,x", "1;2", "-7", "1.5", "9" * 30, str(2**31), "1,\x00", "--1", "null")
DAYS = tuple(str(each) for each in NOT_DAY if isinstance(each, str)) + ("\x00", "20140512\x00")
INSTANTS = ("20140512", "20140230000000", "20140512240000", "20140512006000", "x", "\x00")
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "filter": ("x", "todayy", "overdue,today", "\x00", "ALLE"),
    "page": NUMBERS,
    "pageSize": NUMBERS,
    "updatedAfterDate": INSTANTS,
    "completedAfterDate": INSTANTS,
    "completedBeforeDate": INSTANTS,
    "showDeleted": FLAGS,
    "includeCompletedTasks": FLAGS,
    "includeCompletedSubtasks": FLAGS,
    "creator-ids": (*IDS, "-1"),
    "include": ("x", "nodate,x", "\x00", "today"),
    "responsible-party-ids": (*IDS, "-2"),
    "sort": ("x", "duedate,", "duedate desc", "\x00", "position"),
    "getSubTasks": FLAGS,
    "nestSubTasks": FLAGS,
    "getFiles": FLAGS,
    "includeToday": FLAGS,
    "ignore-start-dates": FLAGS,
    "tag-ids": (*IDS, "0", "-1"),
    "projectIds": (*IDS, "0", "-1"),
    "includeArchivedProjects": FLAGS,
    "includeTasksWithoutDueDates": FLAGS,
}
LISTS = ("/tasks.json", "/completedtasks.json", f"{PROJECT}/tasks.json", LIST)


@pytest.mark.parametrize("path", LISTS)
def test_options_of_lists(desk: Desk, path: str) -> None:
    """An option with a value that cannot be read is a 422 naming it and what is accepted."""
    wrong = []
    for name, values in {**OPTIONS, "startdate": DAYS, "enddate": DAYS}.items():
        for value in values:
            try:
                desk.refuse("GET", path, 422, name, options={name: value})
            except AssertionError as error:
                wrong.append((name, value, str(error)[:160]))
    assert wrong == []


@pytest.mark.parametrize(
    ("path", "options", "member"),
    [
        ("/tasks.json", {"startdate": "20140101"}, "enddate"),
        ("/tasks.json", {"enddate": "20140101"}, "startdate"),
        (TASK, {"nestSubTasks": "maybe"}, "nestSubTasks"),
        (TASK, {"getFiles": "2"}, "getFiles"),
        (TASK, {"showDeleted": "x"}, "showDeleted"),
        ("/tasks/{task}/followers.json", {"returnUserInfo": "x"}, "returnUserInfo"),
        ("/tasks/{task}/subtasks.json", {"sort": "x"}, "sort"),
        ("/projects.json", {"status": "x"}, "status"),
        ("/projects.json", {"page": "-1"}, "page"),
        ("/projects.json", {"searchTerm": "\x00"}, "searchTerm"),
        ("/people.json", {"pageSize": "0"}, "pageSize"),
        (f"{PROJECT}/people.json", {"page": "x"}, "page"),
        (f"{PROJECT}/tasklists.json", {"page": "x"}, "page"),
        ("/companies.json", {"page": "1.5"}, "page"),
        ("/completedtasks.json", {"statedate": "20140230"}, "statedate"),
    ],
)
def test_options_elsewhere(desk: Desk, path: str, options: dict[str, str], member: str) -> None:
    """The options of the other endpoints."""
    desk.refuse("GET", path, 422, member, options=options)


def test_all_bad_options_are_named_at_once(desk: Desk) -> None:
    """One answer names every option that is wrong, and says what it takes."""
    message = desk.refuse(
        "GET", "/tasks.json", 422, options={"page": "x", "filter": "x", "sort": "x"}
    ).json["MESSAGE"]
    assert all(word in message for word in ("page", "filter", "sort", "within365", "duedate"))


@pytest.mark.parametrize(
    "query", ["page=%ff", "filter=%c3%28", "%ff=%ff&&==&;", "page", "&" * 2000]
)
def test_broken_query_strings(desk: Desk, query: str) -> None:
    """Bytes that are no UTF-8, and separators without options."""
    response = desk.api.get(f"/tasks.json?{query}")
    assert response.status_code in (200, 422), response.text
    assert response.is_json


@pytest.mark.parametrize("page", ["2", "999999", "999999999999999999"])
def test_pages_beyond_the_end(desk: Desk, page: str) -> None:
    """An empty list (decision 17)."""
    for path in (*LISTS, "/projects.json", "/people.json"):
        response = desk.api.get(desk.path(path), page=page, pageSize="500")
        assert response.status_code == 200, response.text
        assert response.headers["X-Page"] == page


# --- addresses ------------------------------------------------------------------------------------

UNKNOWN = (
    "/tasks",
    "/tasks.xml",
    "/tasks/{task}",
    "/tasks/{task}.xml",
    "/tasks/{task}/nothing.json",
    "/nothing.json",
    "/tasks/abc.json",
    "/tasks/1.5.json",
    "/tasks/%00.json",
    "/tasks/%ff.json",
    "/tasks/{task}%00.json",
    "/tasks/{task}.json.json",
    "/projects/{project}/tasks",
    "/projects/api/v1/nothing.json",
    "/projects/api/v2/tasks.json",
    "/../tasks.json",
    "/<script>.json",
    "/" + "x" * 5000 + ".json",
    "/tasks/" + "9" * 5000 + ".json",
    *(f"/tasks/{each}.json" for each in (0, -1, "+1", 2**31, 2**63, 2**64, 10**30, "0x1", "1e1")),
    *(f"/tasklists/{each}/tasks.json" for each in (0, -1, 2**31, 2**64)),
    *(f"/projects/{each}.json" for each in (0, -1, 2**31, 2**64)),
)


@pytest.mark.parametrize("path", UNKNOWN, ids=lambda path: path[:40])
def test_unknown_addresses(desk: Desk, path: str) -> None:
    """404 in the one shape, with and without a key; nothing of the address is echoed as HTML.

    A method that no id has there is refused as such (405), whatever the id.
    """
    known = {"/tasklists/": ("GET", "POST"), "/projects/": ("GET", "PUT")}
    methods = next((known[each] for each in known if path.startswith(each)), None)
    for method in methods or ("GET", "PUT", "POST", "DELETE"):
        response = desk.refuse(method, path, 404)
        assert "<" not in response.text
    stranger = Api(desk.api.app, None).get(desk.path(path))
    assert stranger.status_code in (401, 404)
    assert_error(stranger)


METHODS: Mapping[tuple[str, str], set[str]] = {
    ("DELETE", "/tasks.json"): {"GET"},
    ("POST", "/tasks.json"): {"GET"},
    ("PATCH", TASK): {"GET", "PUT", "POST", "DELETE"},
    ("GET", "/tasks/{task}/complete.json"): {"PUT"},
    ("POST", "/tasks/{task}/uncomplete.json"): {"PUT"},
    ("POST", "/tasklists/{list}/tasks/reorder.json"): {"PUT"},
    ("GET", "/tasklists/{list}/quickadd.json"): {"POST", "PUT"},
    ("PUT", "/tasklists/{list}/tasks.json"): {"GET", "POST"},
    ("PUT", "/completedtasks.json"): {"GET"},
    ("DELETE", "/projects.json"): {"GET", "POST"},
    ("POST", "/me.json"): {"GET"},
    ("TRACE", "/tasks.json"): {"GET"},
    ("PROPFIND", "/tasks.json"): {"GET"},
}


@pytest.mark.parametrize(("route", "allowed"), METHODS.items(), ids=map(" ".join, METHODS))
def test_wrong_methods(desk: Desk, route: tuple[str, str], allowed: set[str]) -> None:
    """405 with Allow."""
    response = desk.refuse(*route, 405)
    assert set(response.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


AUTHORIZATIONS = (
    "",
    "Basic",
    "Basic ",
    "Basic !!!!",
    "Basic /w==",
    "Basic " + "A" * 5000,
    "Bearer",
    "Bearer \u00e9",
    "Digest x",
    "x" * 5000,
)


@pytest.mark.parametrize("header", AUTHORIZATIONS, ids=lambda header: header[:12])
def test_unreadable_credentials(desk: Desk, header: str) -> None:
    """401 in the one shape, with WWW-Authenticate."""
    client = Api(desk.api.app, None)
    for headers in ({"Authorization": header}, {"x-api-key": header}):
        response = client.call("GET", "/tasks.json", headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
        assert_error(response)


def test_missing_rows(desk: Desk) -> None:
    """404 for the thing that a path names."""
    for method, path in (
        ("GET", "/tasks/{missing}.json"),
        ("PUT", "/tasks/{missing}/complete.json"),
        ("DELETE", "/tasks/{missing}.json"),
        ("GET", "/tasklists/{missing}/tasks.json"),
        ("GET", "/projects/{missing}/tasks.json"),
        ("GET", "/people/{missing}.json"),
        ("GET", "/companies/{missing}.json"),
    ):
        desk.refuse(method, path, 404)


# --- failures of our own --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "route"),
    [
        ("app.http.fragments.fetch_pieces", ("GET", "/tasks.json")),
        ("app.http.fragments.fetch_pieces", ("GET", TASK)),
        ("app.services.tasks.creator_of", NEW),
        ("app.services.tasks.move", EDIT),
        ("app.services.tasks.equip", NEW),
        ("app.http.auth.viewer_of", ("GET", "/me.json")),
    ],
)
def test_an_internal_failure(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    route: tuple[str, str],
) -> None:
    """500 in the one shape, without a word of what went wrong; a half-done write is undone."""

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(target, fail)
    body = {"body": {"todo-item": {"content": "x"}}} if route[0] != "GET" else {}
    response = desk.refuse(*route, 500, **body)
    for secret in ("swordfish", "RuntimeError", "Traceback", "app."):
        assert secret not in response.text


def test_a_conflict(desk: Desk, app: Flask) -> None:
    """A second person with one e-mail address is a 409."""
    assert desk.api.post("/people.json", {"person": PERSON}).status_code == 201
    desk.look_again()
    other = PERSON | {"email-address": PERSON["email-address"].upper()}
    desk.refuse(*NEW_PERSON, 409, "email-address", body={"person": other})
