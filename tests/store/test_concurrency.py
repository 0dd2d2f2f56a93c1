"""Eight clients at once: nobody gets an error, and nothing that was acknowledged is lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Task
from tests.api import Api
from tests.builders import World

THREADS = 8
ROUNDS = 4
Work = Callable[[Api, int], list[TestResponse]]


def together(app: Flask, api: Api, work: Work, threads: int = THREADS) -> list[TestResponse]:
    """Run `work` in threads that start at one moment; gives all answers."""
    start = Barrier(threads)

    def run(number: int) -> list[TestResponse]:
        with app.app_context():
            start.wait(30)
            return work(api, number)

    with ThreadPoolExecutor(threads) as pool:
        return [answer for answers in pool.map(run, range(threads)) for answer in answers]


def assert_all(answers: list[TestResponse], *statuses: int) -> None:
    """Every answer has one of the statuses."""
    found = Counter(answer.status_code for answer in answers)
    assert set(found) <= set(statuses), [
        answer.text[:200] for answer in answers if answer.status_code not in statuses
    ]


def rows(list_id: int) -> list[Any]:
    """The tasks of a list in their order."""
    columns = (Task.id, Task.name, Task.position, Task.is_done)
    with db.engine.connect() as connection:
        chosen = select(*columns).where(Task.list_id == list_id).order_by(Task.position)
        return list(connection.execute(chosen))


def assert_distinct_positions(list_id: int) -> None:
    """No two tasks of a list stand in one place."""
    positions = [row.position for row in rows(list_id)]
    assert len(positions) == len(set(positions)), positions


def order(ids: list[int]) -> dict[str, Any]:
    """The body of a reorder."""
    return {"todo-items": [{"todo-item": {"id": each}} for each in ids]}


def item(**members: Any) -> dict[str, Any]:
    """The body of an edit; `_` in a member's name is a hyphen."""
    return {"todo-item": {name.replace("_", "-"): value for name, value in members.items()}}


@pytest.mark.parametrize("place", [-1, 0, "behind"])
def test_adds_to_one_list(app: Flask, api: Api, world: World, place: int | str) -> None:
    """Every acknowledged task is there, each in a place of its own."""
    list_id = world.list()
    where = world.task(list_id, "anchor") if place == "behind" else place
    world.task(list_id, "last")
    path = f"/tasklists/{list_id}/tasks.json"

    def work(api: Api, number: int) -> list[TestResponse]:
        return [
            api.post(path, item(content=f"{number}.{each}", positionAfterTask=where))
            for each in range(ROUNDS)
        ]

    answers = together(app, api, work)
    assert_all(answers, 201)
    made = {int(answer.headers["id"]) for answer in answers}
    assert len(made) == THREADS * ROUNDS
    assert made <= {row.id for row in rows(list_id)}
    assert_distinct_positions(list_id)


def test_quickadds_and_adds(app: Flask, api: Api, world: World) -> None:
    """Several tasks at once beside single ones."""
    list_id = world.list()

    def work(api: Api, number: int) -> list[TestResponse]:
        if number % 2:
            path, body = f"/tasklists/{list_id}/tasks.json", item(content=f"{number}", tags="t,u")
        else:
            path, body = f"/tasklists/{list_id}/quickadd.json", {"content": "a\nb\nc"}
        return [api.post(path, body) for _ in range(ROUNDS)]

    assert_all(together(app, api, work), 201)
    assert len(rows(list_id)) == THREADS // 2 * ROUNDS * 4
    assert_distinct_positions(list_id)


def test_reorders_beside_everything_else(app: Flask, api: Api, world: World) -> None:
    """Reorders, adds, completions, placements and edits of the tasks of one list."""
    list_id = world.list()
    tasks = [world.task(list_id, f"task {number}") for number in range(THREADS)]

    def work(api: Api, number: int) -> list[TestResponse]:
        mine = tasks[number]
        kinds: tuple[Callable[[int], TestResponse], ...] = (
            lambda turn: api.put(
                f"/tasklists/{list_id}/tasks/reorder.json", order(tasks[turn:] + tasks[:turn])
            ),
            lambda turn: api.post(f"/tasklists/{list_id}/tasks.json", item(content=f"new {turn}")),
            lambda turn: api.put(f"/tasks/{mine}/{'un' * (turn % 2)}complete.json"),
            lambda turn: api.put(f"/tasks/{mine}.json", item(positionAfterTask=tasks[0])),
            lambda turn: api.put(f"/tasks/{mine}.json", item(description=f"turn {turn}")),
        )
        kind = kinds[number % len(kinds)]
        return [kind(turn) for turn in range(ROUNDS)]

    assert_all(together(app, api, work), 200, 201)
    assert set(tasks) <= {row.id for row in rows(list_id)}
    assert_distinct_positions(list_id)


def test_a_reorder_is_kept_whole(app: Flask, api: Api, world: World) -> None:
    """The order that is left is one that somebody sent, not a mixture."""
    list_id = world.list()
    tasks = [world.task(list_id, f"task {number}") for number in range(THREADS)]
    orders = [tasks[number:] + tasks[:number] for number in range(THREADS)]

    def work(api: Api, number: int) -> list[TestResponse]:
        path = f"/tasklists/{list_id}/tasks/reorder.json"
        return [api.put(path, order(orders[number])) for _ in range(ROUNDS)]

    assert_all(together(app, api, work), 200)
    assert [row.id for row in rows(list_id)] in orders


FIELDS: tuple[tuple[str, Any], ...] = (
    ("content", "renamed"),
    ("description", "described"),
    ("priority", "high"),
    ("progress", "40"),
    ("due-date", "20140601"),
    ("start-date", "20140501"),
    ("estimated-minutes", "90"),
    ("responsible-party-id", "1"),
)


def test_edits_of_different_members(app: Flask, api: Api, world: World) -> None:
    """Eight people change eight members of one task: all eight changes are kept."""
    task = world.task()

    def work(api: Api, number: int) -> list[TestResponse]:
        name, value = FIELDS[number]
        return [api.put(f"/tasks/{task}.json", {"todo-item": {name: value}}) for _ in range(ROUNDS)]

    assert_all(together(app, api, work), 200)
    shown = api.task(task)
    assert {name: shown[name] for name, _ in FIELDS} == dict(FIELDS)


def test_completions_of_one_task(app: Flask, api: Api, world: World) -> None:
    """All complete it at once, and its subtasks with it: once."""
    task = world.task()
    for number in range(3):
        world.task(parent=task, name=f"subtask {number}")
    answers = together(app, api, lambda api, _: [api.put(f"/tasks/{task}/complete.json")])
    assert_all(answers, 200)
    assert api.task(task)["status"] == "completed"
    assert api.names("/tasks.json") == []
    with db.engine.connect() as connection:
        versions = connection.execute(select(Task.version).where(Task.id == task)).scalar()
    assert versions == 2, "completed more than once"


@pytest.mark.parametrize("turn", range(3))
def test_two_halves_of_a_cycle_of_predecessors(
    app: Flask, api: Api, world: World, turn: int
) -> None:
    """A ring of eight tasks, each to wait for the next: the last link is refused, whichever."""
    list_id = world.list()
    size = (2, 4, THREADS)[turn]
    tasks = [world.task(list_id, f"task {number}") for number in range(size)]

    def work(api: Api, number: int) -> list[TestResponse]:
        wanted = [{"id": tasks[(number + 1) % size]}]
        return [api.put(f"/tasks/{tasks[number]}.json", item(predecessors=wanted))]

    answers = together(app, api, work, size)
    assert_all(answers, 200, 422)
    assert Counter(answer.status_code for answer in answers) == {200: size - 1, 422: 1}


@pytest.mark.parametrize("size", [2, THREADS])
def test_two_halves_of_a_cycle_of_parents(app: Flask, api: Api, world: World, size: int) -> None:
    """The same ring made of parents."""
    list_id = world.list()
    tasks = [world.task(list_id, f"task {number}") for number in range(size)]

    def work(api: Api, number: int) -> list[TestResponse]:
        parent = tasks[(number + 1) % size]
        return [api.put(f"/tasks/{tasks[number]}.json", item(parentTaskId=parent))]

    answers = together(app, api, work, size)
    assert_all(answers, 200, 422)
    assert Counter(answer.status_code for answer in answers) == {200: size - 1, 422: 1}


def test_moves_to_and_fro(app: Flask, api: Api, world: World) -> None:
    """Tasks that change between two lists in both directions, with subtasks, end in one of them."""
    project = world.project()
    lists = [world.list(project, name) for name in ("one", "two")]
    tasks = [world.task(lists[number % 2], f"task {number}") for number in range(THREADS)]
    below = [world.task(parent=task, name="below") for task in tasks]

    def work(api: Api, number: int) -> list[TestResponse]:
        return [
            api.put(f"/tasks/{tasks[number]}.json", item(tasklistId=lists[(number + turn) % 2]))
            for turn in range(1, ROUNDS + 1)
        ]

    assert_all(together(app, api, work), 200)
    for list_id in lists:
        assert_distinct_positions(list_id)
    found = {row.id: list_id for list_id in lists for row in rows(list_id)}
    assert all(found[task] == found[child] for task, child in zip(tasks, below, strict=True))


def test_one_e_mail_address_once(app: Flask, api: Api, world: World) -> None:
    """Of eight people with one address, one is added; the others are a conflict."""
    body = {"person": {"first-name": "A", "last-name": "B", "email-address": "a@example.com"}}
    answers = together(app, api, lambda api, _: [api.post("/people.json", body)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: THREADS - 1}


def test_new_tags_and_readers(app: Flask, api: Api, world: World) -> None:
    """Writers that make the same new tags in different orders, beside readers."""
    list_id = world.list()
    names = [f"tag {number}" for number in range(6)]

    def work(api: Api, number: int) -> list[TestResponse]:
        if number % 2:
            return [api.get("/tasks.json", nestSubTasks="yes") for _ in range(ROUNDS)]
        chosen = ",".join(names[number % 6 :] + names[: number % 6])
        body = item(content=f"{number}", tags=chosen)
        return [api.post(f"/tasklists/{list_id}/tasks.json", body) for _ in range(ROUNDS)]

    assert_all(together(app, api, work), 200, 201)
    items = api.get("/tasks.json").json["todo-items"]
    assert len(items) == THREADS // 2 * ROUNDS
    assert all([tag["name"] for tag in each["tags"]] == names for each in items)
