"""Eight writers at once on a task's neighbours: nothing that was acknowledged is lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import orjson
from flask import Flask

from app.errors import DomainError, Invalid
from app.models import CheckListItem, Field, FieldValue, Planning, Status, Task
from app.services.commands import EditTask, TaskChanges
from app.services.execute import execute
from app.services.neighbour_commands import (
    AddCheckList,
    AddCheckListItem,
    AddField,
    AddPlanning,
    DeleteStatus,
    EditPlanning,
    SetProjectField,
)
from tests.builders import World
from tests.store.neighbours import cast, rows

THREADS = 8


def at_once(app: Flask, world: World, command: Callable[[int], Any]) -> Counter[str]:
    """Execute a command per thread, all at one moment; gives how often which outcome came."""
    start = Barrier(THREADS)

    def run(number: int) -> str:
        with app.app_context():
            start.wait(30)
            try:
                execute(command(number), world.viewer())
            except DomainError as error:
                return type(error).__name__
            return "done"

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(run, range(THREADS)))


def test_first_uses_of_one_field(app: Flask, world: World) -> None:
    here = cast(world)
    tasks = [world.task(here.list) for _ in range(THREADS)]
    name = "pf_dt2_0123abcd_Size"
    outcome = at_once(app, world, lambda number: SetProjectField(tasks[number], name, str(number)))
    assert outcome == {"done": THREADS}
    assert len(rows(Field)) == 1
    assert {each["value"] for each in rows(FieldValue)} == set(map(str, range(THREADS)))


def test_new_options_of_one_list(app: Flask, world: World) -> None:
    here = cast(world)
    tasks = [world.task(here.list) for _ in range(THREADS)]
    execute(AddField(name="f", type=5, allow_new=True), world.viewer())
    outcome = at_once(app, world, lambda number: SetProjectField(tasks[number], "f", f"o{number}"))
    assert outcome == {"done": THREADS}
    (field,) = rows(Field)
    assert sorted(orjson.loads(field["options"])) == [f"o{number}" for number in range(THREADS)]


def test_items_of_one_check_list(app: Flask, world: World) -> None:
    here = cast(world)
    listed = execute(AddCheckList(task_id=here.task, name="list"), world.viewer())
    outcome = at_once(
        app, world, lambda number: AddCheckListItem(check_list_id=listed, name=f"{number}")
    )
    assert outcome == {"done": THREADS}
    assert [each["position"] for each in rows(CheckListItem)] == list(range(THREADS))
    assert world.row(here.task, "version") == (2 + THREADS,)


def test_a_circle_of_plannings(app: Flask, world: World) -> None:
    """Each is to hang below the next: the last one of the ring is refused, whichever it is."""
    here = cast(world)
    ring = [
        execute(AddPlanning(project_id=here.project, name=f"{number}"), world.viewer())
        for number in range(THREADS)
    ]
    outcome = at_once(
        app,
        world,
        lambda number: EditPlanning(
            planning_id=ring[number], parent_id=ring[(number + 1) % THREADS]
        ),
    )
    assert outcome == {"done": THREADS - 1, Invalid.__name__: 1}
    assert [each["parent_id"] for each in rows(Planning)].count(None) == 1


def test_a_status_goes_while_tasks_get_it(app: Flask, world: World) -> None:
    here = cast(world)
    column = world.column(here.project)
    tasks = [world.task(here.list) for _ in range(THREADS)]

    def command(number: int) -> Any:
        if number == THREADS // 2:
            return DeleteStatus(column)
        return EditTask(task_id=tasks[number], changes=TaskChanges(status_id=column))

    outcome = at_once(app, world, command)
    assert outcome["done"] >= 1
    assert set(outcome) <= {"done", "Invalid", "Conflict"}
    assert rows(Status) == []
    assert {each["status_id"] for each in rows(Task)} == {None}
