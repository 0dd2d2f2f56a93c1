"""The answer of a task list outlives what is written elsewhere, and nothing that it tells of."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update

from app.clock import clock
from app.http import answers
from app.models import (
    Assignment,
    Grant,
    Membership,
    NoteRead,
    Person,
    Predecessor,
    TaskList,
)
from tests.api import Api
from tests.builders import World
from tests.conftest import NOW
from tests.counting import counted
from tests.functional.kept_place import Place
from tests.functional.teamwork.shapes import in_shape

LABELS = 1  # statements that an answer from memory takes, beside the one that finds the viewer


@pytest.fixture
def place(app: Flask, world: World) -> Place:
    return Place(app, world)


ELSEWHERE: dict[str, Callable[[Place], Any]] = {
    "another task is edited": lambda p: p.put(p.far, content="still far away"),
    "a task is added elsewhere": lambda p: p.world.task(p.third, "new"),
    "a comment elsewhere": lambda p: p.world.note(p.far, p.world.admin),
    "a list is added": lambda p: p.world.list(p.project, "d"),
    "a key is made": lambda p: p.world.key(p.world.admin),
}


@pytest.mark.parametrize("change", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_is_written_elsewhere_costs_one_statement(
    place: Place, change: Callable[[Place], Any], engine_name: str
) -> None:
    before = place.warm()
    change(place)
    with counted() as statements:
        after = place.get()
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
    assert len(statements) <= LABELS + 1
    assert sum("list_epoch" in each for each in statements) == LABELS
    with counted() as statements:
        assert place.get().data == before.data
    # The state is known again; a transaction anywhere on PostgreSQL's server makes another one.
    most = 0 if engine_name == "sqlite" else LABELS
    assert sum("list_epoch" in each for each in statements) <= most


def test_who_has_the_answer_is_told_so_after_writes_elsewhere(place: Place) -> None:
    known = {"If-None-Match": place.warm().headers["ETag"]}
    place.put(place.far, content="still far away")
    with counted() as statements:
        assert place.get(headers=known).status_code == 304
    assert len(statements) <= LABELS + 1
    place.put(place.alone, content="not so alone")
    assert place.get(headers=known).status_code == 200


CHANGES: dict[str, Callable[[Place], Any]] = {
    "a task": lambda p: p.put(p.alone, content="renamed"),
    "a new task": lambda p: p.world.task(p.mine, "new"),
    "a task comes": lambda p: p.put(p.far, tasklistId=p.mine),
    "a task goes": lambda p: p.put(p.alone, tasklistId=p.third),
    "what a task of another list waits for is hidden": lambda p: p.put(p.waited, private="1"),
    "it is deleted": lambda p: p.admin.delete(f"/tasks/{p.waited}.json"),
    "it moves, and is hidden there": lambda p: (
        p.put(p.waited, tasklistId=p.third),
        [p.get() for _ in range(3)],
        p.put(p.waited, private="1"),
    ),
    "a task of another list waits": lambda p: p.put(
        p.far, predecessors=[{"id": str(p.alone), "type": "complete"}]
    ),
    "nothing is waited for": lambda p: p.sql(delete(Predecessor)),
    "a comment is read": lambda p: p.world.read(p.note, p.person),
    "a person's name": lambda p: p.sql(update(Person).values(first_name="Maja")),
    "the list's name": lambda p: p.sql(update(TaskList).values(name="z")),
    "a role": lambda p: p.sql(update(Membership).values(role="viewer")),
    "the list is hidden": lambda p: p.admin.put(
        f"/tasklists/{p.mine}.json", {"todo-list": {"private": True}}
    ),
    "the membership ends": lambda p: p.sql(
        delete(Membership).where(Membership.person_id == p.person)
    ),
    "the list is deleted": lambda p: p.admin.delete(f"/tasklists/{p.mine}.json"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_it_tells_of_is_seen_at_once(place: Place, change: Callable[[Place], Any]) -> None:
    before = place.warm()
    change(place)
    after = place.get()
    assert (after.status_code, after.data) != (before.status_code, before.data)


def test_in_the_live_shape_a_task_tells_whether_it_still_waits(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shape(place.api, "live", monkeypatch)
    before = place.warm()
    assert place.admin.put(f"/tasks/{place.waited}/complete.json").status_code == 200
    assert place.get().data != before.data


def test_a_comment_that_is_unread_again(place: Place) -> None:
    place.world.read(place.note, place.person)
    before = place.warm()
    place.sql(delete(NoteRead))
    assert place.get().data != before.data


def test_another_day_is_another_answer(place: Place) -> None:
    place.path += "?filter=within7"
    before = place.warm()
    assert before.json["todo-items"]
    place.put(place.far, content="still far away")
    clock.fix(datetime.fromisoformat(NOW) + timedelta(days=30))
    assert place.get().json["todo-items"] == []


def test_each_viewer_has_his_own(place: Place, app: Flask) -> None:
    place.put(place.waited, private="1")
    place.warm()
    for _ in range(3):
        place.put(place.far, content="still far away")
        seen = place.admin.get(place.path).json["todo-items"]
        hidden = place.get().json["todo-items"]
        assert [len(each["predecessors"]) for each in seen] == [1, 0]
        assert [len(each["predecessors"]) for each in hidden] == [0, 0]


# --- below the commands ---------------------------------------------------------------------------


def test_a_grant_becomes_another_ones(place: Place, app: Flask) -> None:
    place.put(place.alone, private="1", **{"grant-access-to": str(place.person)})
    other = place.world.person("Vic", "Viewer")
    before = place.warm()
    place.sql(update(Grant).where(Grant.person_id == place.person).values(person_id=other))
    assert len(place.settled().json["todo-items"]) < len(before.json["todo-items"])


def test_a_membership_becomes_another_ones(place: Place) -> None:
    other = place.world.person("Vic", "Viewer")
    assert place.warm().status_code == 200
    mine = Membership.person_id == place.person
    place.sql(update(Membership).where(mine).values(person_id=other))
    assert place.settled().status_code == 404


def test_a_membership_becomes_that_of_another_project(place: Place) -> None:
    elsewhere = place.world.project("elsewhere")
    assert place.warm().status_code == 200
    mine = Membership.person_id == place.person
    place.sql(update(Membership).where(mine).values(project_id=elsewhere))
    assert place.settled().status_code == 404


def test_an_empty_list_is_removed(place: Place) -> None:
    empty = place.world.list(place.project, "empty")
    place.path = f"/tasklists/{empty}/tasks.json"
    assert place.warm().status_code == 200
    place.sql(delete(TaskList).where(TaskList.id == empty))
    assert place.settled().status_code == 404


def test_another_one_works_on_what_is_private(place: Place, app: Flask) -> None:
    """An heir of a task's privacy stands in another list than the task."""
    vic = place.world.person("Vic", "Viewer")
    new = {"person_id": vic, "project_id": place.project, "role": "viewer"}
    place.sql(insert(Membership).values(new))
    guarded = place.world.task(place.other, private=True, assignees=(place.person,))
    heir = place.world.task(place.other, "an heir", parent=guarded)
    place.world.set(heir, list_id=place.third, parent_id=None)
    place.path = f"/tasklists/{place.third}/tasks.json"
    place.api = Api(app, place.world.key(vic))
    before = place.warm()
    mine = Assignment.task_id == guarded
    place.sql(update(Assignment).where(mine).values(person_id=vic))
    assert len(place.settled().json["todo-items"]) == len(before.json["todo-items"]) + 1


def test_what_hangs_together_with_very_many_lists_is_kept_by_the_state_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_LISTS", 1)
    place.warm()
    place.put(place.far, content="still far away")
    with counted() as statements:
        place.settled()
    assert not any("list_epoch" in each for each in statements)
