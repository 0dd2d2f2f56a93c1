"""Removing deleted tasks for good takes along what hangs on them."""

from datetime import timedelta
from typing import Any

from app.clock import clock
from app.models import (
    CalendarSync,
    CheckList,
    CheckListItem,
    Field,
    FieldValue,
    Relation,
    Stopwatch,
    Task,
    TimeEntry,
)
from app.services.commands import CompleteTask, DeleteTask
from app.services.execute import execute, maintain
from app.services.purging import purge
from app.services.task_commands import AddRelation, StartStopwatch, SyncCalendar
from tests.builders import World
from tests.store.neighbours import cast, row, rows


def make(model: Any, **values: Any) -> int:
    """A row, past all rules."""
    return int(maintain(lambda work: work.insert(model, **values)))


def furnish(world: World, project: int, task: int) -> None:
    """What can hang on a task besides what the Teamwork dialect knows."""
    viewer = world.viewer()
    execute(SyncCalendar(task, True), viewer)
    execute(StartStopwatch(task), viewer)
    check_list = make(CheckList, task_id=task, project_id=project, name="x", creator_id=1)
    make(CheckListItem, check_list_id=check_list, name="x")
    for table in ("TaskItem", "Project"):
        column = f"cf_{task}_{table}"
        field = make(Field, column_name=column, name="x", table_name=table, type=0)
        pair = {"field_id": field, "object_id": task, "value": "x"}
        maintain(lambda work, pair=pair: work.insert_links(FieldValue, [pair]))
    world.time(task, project)


def test_what_hangs_on_a_task(world: World) -> None:
    here = cast(world)
    gone, kept = here.task, world.task(here.list)
    for task in (gone, kept):
        furnish(world, here.project, task)
    third = world.task(here.list)
    for one, two in ((gone, kept), (third, gone), (kept, third)):
        execute(AddRelation(one, two), world.viewer())
    execute(DeleteTask(gone), world.viewer())
    assert purge(clock.now() + timedelta(days=1)) == 1
    assert {each["id"] for each in rows(Task)} == {kept, third}
    for model in (CalendarSync, Stopwatch, CheckList):
        assert [each["task_id"] for each in rows(model)] == [kept]
    assert len(rows(CheckListItem)) == 1
    assert rows(Relation) == [{"task_id": kept, "other_id": third}]
    # A project may have the same number as the task: its values stay.
    values = [
        (each["object_id"], row(Field, each["field_id"])["table_name"]) for each in rows(FieldValue)
    ]
    assert sorted(values) == [(gone, "Project"), (kept, "Project"), (kept, "TaskItem")]
    assert [each["task_id"] for each in rows(TimeEntry)] == [None, kept]


def test_the_next_occurrence_of_a_task(world: World) -> None:
    here = cast(world)
    task = world.task(here.list, recurrence=1)
    execute(CompleteTask(task), world.viewer())
    following = row(Task, task)["next_id"]
    execute(DeleteTask(following), world.viewer())
    assert purge(clock.now() + timedelta(days=1)) == 1
    assert row(Task, task)["next_id"] is None
