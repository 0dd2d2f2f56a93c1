"""The audit trail in the Teamwork dialect: the life of a task, who may read it, what it names."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from app.clock import clock
from app.models import Activity
from app.services.commands import AddTask, TaskChanges
from app.services.execute import execute, maintain
from app.services.purging import purge
from tests.api import Api
from tests.builders import World


def trail(api: Api, path: str = "/audit.json", **options: Any) -> list[dict[str, Any]]:
    """What the trail says, the newest first."""
    response = api.get(path, **options)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json["audit"]
    return found


def acts(api: Api, path: str = "/audit.json", **options: Any) -> list[tuple[str, str, str]]:
    """Kind, action and name, the newest first."""
    return [
        (each["type"], each["activityType"], each["description"])
        for each in trail(api, path, **options)
    ]


def live_of_a_task(world: World, api: Api, home: int) -> int:
    """A task is made, changed, said and shown things, completed and deleted."""
    made = api.post(f"/tasklists/{home}/tasks.json", {"todo-item": {"content": "first"}})
    task = int(made.headers["id"])
    item = {"content": "second", "due-date": "20140601", "priority": "high", "tags": "red"}
    for response in (
        api.put(f"/tasks/{task}.json", {"todo-item": item}),
        api.post(f"/tasks/{task}/comments.json", {"comment": {"body": "so"}}),
        api.put(f"/tasks/{task}/complete.json"),
        api.put(f"/tasks/{task}/uncomplete.json"),
        api.delete(f"/tasks/{task}.json"),
        api.put(f"/trashcan/tasks/{task}/restore.json"),
    ):
        assert response.status_code < 300, response.text
    return task


LIFE = [
    ("task", "restored", "second"),
    ("task", "deleted", "second"),
    ("task", "reopened", "second"),
    ("task", "completed", "second"),
    ("comment", "new", "so"),
    ("task", "edited", "second"),
    ("task", "new", "first"),
]


@pytest.mark.covers("endpoint:GET /audit.json")
@pytest.mark.covers("endpoint:GET /tasks/{id}/audit.json")
def test_the_life_of_a_task(world: World, api: Api) -> None:
    project = world.project()
    task = live_of_a_task(world, api, world.list(project))
    path = f"/tasks/{task}/audit.json"
    assert acts(api, path) == acts(api, taskId=task) == LIFE
    edited = trail(api, path)[5]
    assert edited == trail(api, taskId=task)[5]
    assert edited == {
        "id": edited["id"],
        "datetime": "2014-05-12T10:00:00Z",
        "userId": str(world.admin),
        "userName": "Ada Admin",
        "byOperator": False,
        "type": "task",
        "activityType": "edited",
        "itemId": str(task),
        "description": "second",
        "projectId": str(project),
        "taskId": str(task),
        "changed": ["name", "priority", "due_on", "tags"],
        "changes": {"name": "second", "priority": 1, "due_on": "2014-06-01", "tags": ["red"]},
    }


def test_others_see_what_happened_to_their_tasks_but_no_values(world: World, api: Api) -> None:
    mia, strange = world.person("Mia"), world.person("Sam")
    project = world.project(editor=(mia,))
    home = world.list(project)
    task = world.task(home, "shown")
    hidden = world.task(home, "hidden", private=True)
    item = {"predecessors": [{"id": hidden, "type": "complete"}]}
    api.put(f"/tasks/{task}.json", {"todo-item": item})
    own = Api(api.app, world.key(mia))
    edited, made = trail(own, f"/tasks/{task}/audit.json")
    assert (edited["changed"], "changes" in edited) == (["predecessors"], False)
    assert made["activityType"] == "new"
    assert "hidden" not in own.get(f"/tasks/{task}/audit.json").text
    refused = own.get("/audit.json")
    assert (refused.status_code, "dministrator" in refused.json["MESSAGE"]) == (403, True)
    for who in (own, Api(api.app, world.key(strange))):
        missing = who.get("/tasks/99999/audit.json")
        answer = who.get(f"/tasks/{hidden}/audit.json")
        assert (answer.status_code, answer.data) == (404, missing.data)


def test_a_comment_that_was_taken_back_is_for_administrators_alone(world: World, api: Api) -> None:
    mia = world.person("Mia")
    task = world.task(world.list(world.project(editor=(mia,))), "task")
    body = {"comment": {"body": "oh no"}}
    note = api.post(f"/tasks/{task}/comments.json", body).headers["id"]
    api.delete(f"/comments/{note}.json")
    path = f"/tasks/{task}/audit.json"
    assert [kind for kind, _, _ in acts(Api(api.app, world.key(mia)), path)] == ["task"]
    assert [kind for kind, _, _ in acts(api, path)] == ["comment", "comment", "task"]


def test_an_administrator_reads_nothing_of_what_others_keep_to_themselves(
    world: World, api: Api
) -> None:
    """Neither of private tasks and lists, nor of personal tasks (decision 7), alive or purged."""
    mia = world.person("Mia")
    home = world.list(world.project(editor=(mia,)))
    maker = world.viewer(mia)
    private = TaskChanges(name="secret", private=True)
    execute(AddTask(private, list_id=home), maker)
    execute(AddTask(TaskChanges(name="secret")), maker)
    for task in (1, 2):
        api_of_mia = Api(api.app, world.key(mia))
        body = {"comment": {"body": "secret"}}
        assert api_of_mia.post(f"/tasks/{task}/comments.json", body).status_code == 201
    assert "secret" not in api.get("/audit.json").text
    assert api.get("/audit.json").headers["X-Records"] == str(len(trail(api)))
    for task in (1, 2):
        assert api_of_mia.delete(f"/tasks/{task}.json").status_code == 200
    assert "secret" not in api.get("/audit.json").text
    assert purge(clock.now() + timedelta(days=1)) == 2
    assert "secret" not in api.get("/audit.json").text
    purged = [each for each in trail(api) if each["activityType"] == "purged"]
    assert [each["description"] for each in purged] == ["", ""]


def test_what_was_purged_is_still_in_the_trail(world: World, api: Api) -> None:
    task = world.task(world.list(), "gone")
    api.delete(f"/tasks/{task}.json")
    assert purge(clock.now() + timedelta(days=1)) == 1
    assert api.get(f"/tasks/{task}/audit.json").status_code == 404
    said = acts(api, taskId=task)
    assert said == [("task", action, "gone") for action in ("purged", "deleted", "new")]
    assert trail(api, taskId=task)[0]["byOperator"] is True


def happened(number: int, **more: Any) -> None:
    """Rows of the trail, a day each, the first one from the first of May."""
    start = clock.now().replace(day=1, hour=12, minute=0)
    row = {"kind": "tag", "action": "new", "object_id": 1, "person_id": 1} | more
    rows = [
        row | {"happened_at": start + timedelta(days=each), "name": str(each + 1)}
        for each in range(number)
    ]
    maintain(lambda work: work.insert_many(Activity, rows))


@pytest.fixture
def days(world: World) -> None:
    """Something happened on each of the first ten days of May, and nothing else."""
    maintain(lambda work: work.run(Activity.__table__.delete()))
    happened(10)


FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "from a day": ({"fromDate": "20140508"}, ["10", "9", "8"]),
    "to a day": ({"toDate": "20140503"}, ["3", "2", "1"]),
    "one day": ({"fromDate": "20140504", "toDate": "20140504"}, ["4"]),
    "instants": ({"fromDate": "20140508120001", "toDate": "20140510120000"}, ["9"]),
    "before all": ({"toDate": "19990101"}, []),
    "after all": ({"fromDate": "20990101"}, []),
    "since ever": ({"fromDate": "19990101", "pageSize": 2}, ["10", "9"]),
    "kind": ({"kind": "Tag", "pageSize": 1, "page": 10}, ["1"]),
    "another kind": ({"kind": "webhook"}, []),
    "action": ({"action": "NEW", "pageSize": 1}, ["10"]),
    "another action": ({"action": "edited"}, []),
    "somebody": ({"personId": 1, "pageSize": 3, "page": 4}, ["1"]),
    "nobody": ({"personId": 9}, []),
    "project": ({"projectId": 1}, []),
    "behind the end": ({"page": 9}, []),
}


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(("options", "expected"), FILTERS.values(), ids=list(FILTERS))
def test_filters(options: dict[str, Any], expected: list[str], api: Api) -> None:
    assert [each["description"] for each in trail(api, **options)] == expected


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(
    ("options", "records", "pages"),
    [
        ({}, "10", "1"),
        ({"pageSize": 3}, "10", "4"),
        ({"pageSize": 3, "page": 4}, "10", "4"),
        ({"pageSize": 5, "page": 2}, "10", "2"),
        ({"pageSize": 3, "page": 9}, "10", "4"),
        ({"kind": "webhook"}, "0", "0"),
        ({"fromDate": "20140508"}, "3", "1"),
    ],
)
def test_page_headers(options: dict[str, Any], records: str, pages: str, api: Api) -> None:
    headers = api.get("/audit.json", **options).headers
    assert (headers["X-Records"], headers["X-Pages"]) == (records, pages)


@pytest.mark.usefixtures("days")
def test_a_long_trail_is_counted_only_so_far(api: Api) -> None:
    happened(5)
    rows = [
        {"kind": "tag", "action": "new", "object_id": 1, "person_id": 1, "happened_at": clock.now()}
    ] * 1200
    maintain(lambda work: work.connection.execute(insert(Activity), rows))
    headers = api.get("/audit.json", pageSize=10).headers
    assert headers["X-Records"] == "1010"
    assert api.get("/audit.json", pageSize=10, page=50).headers["X-Records"] == "1215"


@pytest.mark.parametrize(
    "options",
    [{"fromDate": "soon"}, {"kind": "elephant"}, {"personId": "0"}, {"action": "x" * 21}],
)
def test_what_cannot_be_read(options: dict[str, str], api: Api) -> None:
    response = api.get("/audit.json", **options)
    assert (response.status_code, next(iter(options)) in response.json["MESSAGE"]) == (422, True)


def test_a_clock_that_went_back_hides_nothing(world: World, api: Api) -> None:
    maintain(lambda work: work.run(Activity.__table__.delete()))
    now = clock.now()
    for minutes in (0, -30, 10):
        row = {"kind": "tag", "action": "new", "object_id": 1, "person_id": 1, "name": str(minutes)}
        row |= {"happened_at": now + timedelta(minutes=minutes)}
        maintain(lambda work, row=row: work.run(insert(Activity).values(**row)))  # type: ignore[misc]
    said = trail(api, fromDate="20140512095900")
    assert [each["description"] for each in said] == ["10", "0"]
    said = trail(api, toDate="20140512100500")
    assert [each["description"] for each in said] == ["-30", "0"]


def test_the_live_shape(world: World, api: Api, app: Flask) -> None:
    task = world.task(world.list(), "task")
    assert api.get(f"/tasks/{task}/audit.json").json["STATUS"] == "OK"
