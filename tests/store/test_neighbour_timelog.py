"""Logged time: where it is, whose it is, how long it took."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.models import TaskList, TimeEntry
from app.services.execute import execute, maintain
from app.services.neighbour_commands import (
    AddTimeEntry,
    DeleteGroup,
    DeleteTimeEntry,
    EditTimeEntry,
)
from tests.builders import World
from tests.store.neighbours import UID, cast, check_refusals, refused, row, rows

START = datetime(2014, 5, 12, 9, 0, tzinfo=UTC)
PLACE = ("task_id", "list_id", "project_id")


def place(entry: int) -> tuple[Any, ...]:
    """Where an entry is: task, list, project."""
    return tuple(row(TimeEntry, entry)[name] for name in PLACE)


def log(world: World, who: int, **values: Any) -> int:
    """An entry of ten minutes."""
    command = AddTimeEntry(**({"started_at": START, "minutes": 10} | values))
    return int(execute(command, world.viewer(who)))


def test_time_on_a_task(world: World) -> None:
    here = cast(world)
    entry = log(
        world,
        here.editor,
        task_id=here.task,
        name="work",
        description_html="<p>one</p><p>two</p>",
        billable=True,
        uid=UID,
    )
    made = row(TimeEntry, entry)
    assert place(entry) == (here.task, here.list, here.project)
    assert (made["person_id"], made["minutes"], made["billable"]) == (here.editor, 10, True)
    assert (made["name"], made["started_at"], made["uid"]) == ("work", START, UID)
    assert made["description"] == "one\ntwo"
    assert world.row(here.task, "version", "updater_id") == (2, None)
    log(world, here.editor, task_id=here.task, project_id=here.project, list_id=here.list)
    with refused(Conflict):
        log(world, here.editor, task_id=here.task, uid=UID)


def test_time_without_a_task(world: World) -> None:
    """The project's first list, made if there is none; or the list that is named."""
    here = cast(world)
    second = world.list(here.project, "second")
    assert place(log(world, here.editor, project_id=here.project)) == (
        None,
        here.list,
        here.project,
    )
    assert place(log(world, here.editor, list_id=second)) == (None, second, here.project)
    empty = world.project("empty", editor=(here.editor,))
    entry = log(world, here.editor, project_id=empty)
    (made,) = rows(TaskList, project_id=empty)
    assert place(entry) == (None, made["id"], empty)


def test_time_on_a_personal_task(world: World) -> None:
    here = cast(world)
    task = world.personal_task(here.editor)
    entry = log(world, here.editor, task_id=task)
    assert place(entry)[::2] == (task, None)
    assert place(entry)[1] is not None
    execute(EditTimeEntry(time_entry_id=entry, minutes=20), world.viewer(here.editor))
    with refused(NotFound):
        execute(EditTimeEntry(time_entry_id=entry, minutes=30), world.viewer())


@pytest.mark.parametrize(
    ("times", "minutes"),
    [
        ({"minutes": 0}, 0),
        ({"minutes": 95}, 95),
        ({"ended_at": START}, 0),
        ({"ended_at": START + timedelta(seconds=29)}, 0),
        ({"ended_at": START + timedelta(seconds=30)}, 1),
        ({"ended_at": START + timedelta(hours=2)}, 120),
        ({"ended_at": START + timedelta(hours=2), "minutes": 120}, 120),
        ({"ended_at": START - timedelta(seconds=1)}, "ended_at"),
        ({"ended_at": START + timedelta(days=900)}, "ended_at"),
        ({"ended_at": START + timedelta(hours=2), "minutes": 119}, "minutes"),
        ({"minutes": -1}, "minutes"),
        ({"minutes": 2**31}, "minutes"),
        ({"minutes": None}, "ended_at"),
    ],
)
def test_how_long_it_took(world: World, times: dict[str, Any], minutes: int | str) -> None:
    here = cast(world)
    values = {"minutes": None, "task_id": here.task} | times
    if isinstance(minutes, str):
        with refused(Invalid, minutes):
            log(world, here.editor, **values)
    else:
        assert row(TimeEntry, log(world, here.editor, **values))["minutes"] == minutes


def test_time_begins_now_unless_said(world: World) -> None:
    here = cast(world)
    entry = log(world, here.editor, task_id=here.task, started_at=None)
    assert row(TimeEntry, entry)["started_at"] == datetime(2014, 5, 12, 10, 0, tzinfo=UTC)


def test_edits(world: World) -> None:
    here = cast(world)
    editor = world.viewer(here.editor)
    entry = log(world, here.editor, task_id=here.task, description_html="<b>x</b>")

    def edit(**values: Any) -> dict[str, Any]:
        execute(EditTimeEntry(time_entry_id=entry, **values), editor)
        return row(TimeEntry, entry)

    later = START + timedelta(hours=1)
    assert edit(started_at=later)["minutes"] == 10
    assert edit(ended_at=later + timedelta(minutes=5))["minutes"] == 5
    assert edit(started_at=START, ended_at=later)["minutes"] == 60
    assert edit(minutes=7, name="n", billable=True)["minutes"] == 7
    changed = edit(description_html="a &amp; b")
    assert (changed["description_html"], changed["description"]) == ("a &amp; b", "a & b")
    assert (changed["version"], changed["billable"]) == (6, True)
    assert edit(task_id=here.task, project_id=here.project, list_id=here.list)["version"] == 6
    execute(DeleteTimeEntry(entry), editor)
    assert row(TimeEntry, entry)["deleted_at"] is not None
    assert world.row(here.task, "version") == (8,)
    with refused(NotFound):
        edit(minutes=1)


def test_time_moves(world: World) -> None:
    here = cast(world)
    editor = world.viewer(here.editor)
    second = world.list(here.project, "second")
    other = world.project("other", editor=(here.editor,))
    far = world.list(other)
    task = world.task(far)
    entry = log(world, here.editor, task_id=here.task)

    def move(**values: Any) -> tuple[Any, ...]:
        execute(EditTimeEntry(time_entry_id=entry, **values), editor)
        return place(entry)

    assert move(task_id=None) == (None, here.list, here.project)
    assert move(list_id=second) == (None, second, here.project)
    assert move(project_id=other) == (None, far, other)
    assert move(task_id=here.task) == (here.task, here.list, here.project)
    assert move(task_id=task) == (task, far, other)
    assert world.row(here.task, "version") == (5,)
    assert world.row(task, "version") == (2,)
    for field, values in (
        ("project_id", {"project_id": here.project}),
        ("project_id", {"project_id": None}),
        ("list_id", {"list_id": second}),
        ("list_id", {"list_id": None}),
    ):
        with refused(Invalid, field):
            move(**values)


def test_time_of_others(world: World) -> None:
    here = cast(world)
    entry = log(world, here.manager, task_id=here.task, person_id=here.viewer)
    assert row(TimeEntry, entry)["person_id"] == here.viewer
    execute(EditTimeEntry(time_entry_id=entry, minutes=1), world.viewer(here.viewer))
    execute(EditTimeEntry(time_entry_id=entry, person_id=here.editor), world.viewer(here.manager))
    assert row(TimeEntry, entry)["person_id"] == here.editor
    execute(EditTimeEntry(time_entry_id=entry, minutes=2), world.viewer(world.admin))
    execute(DeleteTimeEntry(entry), world.viewer(here.manager))
    other = world.project("other", editor=(here.manager,))
    mine = log(world, here.manager, project_id=here.project, person_id=here.editor)
    check_refusals(
        world,
        [
            (here.manager, Forbidden, None, EditTimeEntry(time_entry_id=mine, project_id=other)),
            (
                world.admin,
                Invalid,
                "person_id",
                EditTimeEntry(time_entry_id=mine, project_id=other),
            ),
        ],
    )


def test_a_viewer_changes_what_was_his_before(world: World) -> None:
    """But moves it nowhere that he may not log time."""
    here = cast(world)
    entry = log(world, here.manager, project_id=here.project, person_id=here.viewer)
    execute(EditTimeEntry(time_entry_id=entry, name="mine"), world.viewer(here.viewer))
    with refused(Forbidden):
        execute(EditTimeEntry(time_entry_id=entry, task_id=here.task), world.viewer(here.viewer))


def test_refused_changes(world: World) -> None:
    here = cast(world)
    other = world.project("other")
    far = world.list(other)
    private = world.task(here.list, by=here.editor, private=True)
    entry = log(world, here.editor, task_id=here.task)
    secret = log(world, here.editor, task_id=private)
    add = AddTimeEntry(task_id=here.task, started_at=START, minutes=5)

    def adding(**values: Any) -> AddTimeEntry:
        return replace(add, **({"task_id": None} | values))

    check_refusals(
        world,
        [
            (here.stranger, Invalid, "task_id", add),
            (here.stranger, Invalid, "project_id", adding(project_id=here.project)),
            (here.stranger, Invalid, "list_id", adding(list_id=here.list)),
            (here.stranger, NotFound, None, EditTimeEntry(time_entry_id=entry, minutes=1)),
            (here.stranger, NotFound, None, DeleteTimeEntry(entry)),
            (world.admin, Invalid, "task_id", adding(task_id=private)),
            (world.admin, NotFound, None, EditTimeEntry(time_entry_id=secret, minutes=1)),
            (here.viewer, Forbidden, None, add),
            (here.viewer, Forbidden, None, adding(project_id=here.project)),
            (here.viewer, Forbidden, None, adding(list_id=here.list)),
            (here.viewer, Forbidden, None, EditTimeEntry(time_entry_id=entry, minutes=1)),
            (here.viewer, Forbidden, None, DeleteTimeEntry(entry)),
            (here.editor, Forbidden, None, replace(add, person_id=here.manager)),
            (here.editor, Forbidden, None, EditTimeEntry(time_entry_id=entry, person_id=1)),
            (here.manager, Invalid, "person_id", replace(add, person_id=here.stranger)),
            (here.editor, Invalid, "task_id", adding()),
            (here.editor, Invalid, "name", replace(add, name="x" * 2001)),
            (world.admin, Invalid, "project_id", replace(add, project_id=other)),
            (world.admin, Invalid, "list_id", replace(add, list_id=far)),
            (world.admin, Invalid, "project_id", adding(list_id=far, project_id=here.project)),
        ],
    )


def test_time_of_before_is_changed_where_it_is(world: World) -> None:
    """Entries without a list, and of a list that is no more, take other changes."""
    here = cast(world)
    second = world.list(here.project, "second")
    entry = log(world, here.editor, list_id=second)
    execute(DeleteGroup(second), world.viewer())
    execute(EditTimeEntry(time_entry_id=entry, minutes=3), world.viewer(here.editor))
    maintain(lambda work: work.run(update(TimeEntry).values(list_id=None)))
    execute(EditTimeEntry(time_entry_id=entry, minutes=4), world.viewer(here.editor))
    assert row(TimeEntry, entry)["minutes"] == 4
