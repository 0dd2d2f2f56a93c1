"""A task by itself is read in one statement, a page of many by look-ups: both show the same."""

import pytest
from flask import Flask

from app.queries.fragments import FEW
from app.queries.remembered import Memories
from tests.api import Api
from tests.builders import World
from tests.functional.teamwork.shapes import in_shape

NAMES = ('"quoted" {a}', "zebra", "Ärger", "b,c", "back\\slash", "line\nbreak", "😀", "a'b")


@pytest.mark.parametrize("shape", ["documented", "live"])
def test_one_task_shows_what_a_list_shows(
    app: Flask, api: Api, world: World, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shape(api, shape, monkeypatch)
    people = [world.person(name, name) for name in NAMES]
    project = world.project(viewer=tuple(people))
    home = world.list(project)
    made = [world.task(home)]
    for number in range(FEW + 4):
        task = world.task(
            home,
            name=NAMES[number % len(NAMES)],
            assignees=tuple(people[number % 3 :: 2][::-1]),
            tags=NAMES[number % 4 :: 2],
            predecessors=((made[-1], "complete"),) if number % 3 else (),
            status_id=world.column(project),
            comment_followers=tuple(people[number % 5 :]),
            change_followers=(world.admin,),
        )
        for each in range(number % 3):
            world.note(task, people[each], "a comment")
            world.time(task, project, minutes=7 * each)
            world.file(project, NAMES[each], task=task)
        if number % 4:
            world.reminder(task)
        made.append(task)
    keys = [world.key(each) for each in (*people[:2], world.person())]
    for caller in (api, *(Api(app, key) for key in keys)):
        listed = caller.get("/tasks.json", getFiles="yes").json["todo-items"]
        for item in listed:
            Memories.forget()
            assert caller.task(int(item["id"]), getFiles="yes") == item
    assert len(api.get("/tasks.json").json["todo-items"]) == len(made) > FEW
