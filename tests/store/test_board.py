"""Places in the columns of a board."""

from typing import Any

import pytest

from app.errors import Forbidden, Invalid, NotFound
from app.models import Task
from app.services.commands import EditTask, TaskChanges
from app.services.execute import execute
from app.services.ordering import LIMIT
from app.services.task_commands import MoveOnBoard
from tests.builders import World
from tests.store.neighbours import Cast, cast, check_refusals, rows


@pytest.fixture
def here(world: World) -> Cast:
    """A project with people, a list and a task."""
    return cast(world)


def cards(status: int) -> list[int]:
    """The tasks of a column from top to bottom."""
    found = sorted(
        rows(Task, status_id=status), key=lambda each: (each["card_position"], each["id"])
    )
    return [each["id"] for each in found]


def column(world: World, here: Cast, number: int = 3) -> tuple[int, list[int]]:
    """A column with some cards."""
    status = world.column(here.project)
    return status, [world.task(here.list, status_id=status) for _ in range(number)]


def test_new_and_changed_tasks_go_to_the_bottom(world: World, here: Cast) -> None:
    status, tasks = column(world, here)
    assert cards(status) == tasks
    assert len({each["card_position"] for each in rows(Task, status_id=status)}) == 3
    world.set(here.task, card_position=-5)
    execute(EditTask(task_id=here.task, changes=TaskChanges(status_id=status)), world.viewer())
    assert cards(status) == [*tasks, here.task]
    place = world.row(tasks[0], "card_position")
    execute(EditTask(task_id=tasks[0], changes=TaskChanges(status_id=status)), world.viewer())
    assert world.row(tasks[0], "card_position") == place


def test_moves(world: World, here: Cast) -> None:
    status, (one, two, three) = column(world, here)
    editor = world.viewer(here.editor)
    execute(MoveOnBoard(here.task, status, one), editor)
    assert cards(status) == [one, here.task, two, three]
    assert world.row(here.task, "version", "updater_id") == (2, here.editor)
    execute(MoveOnBoard(one, status, three), editor)
    assert cards(status) == [here.task, two, three, one]
    execute(MoveOnBoard(here.task, status), editor)
    assert cards(status) == [two, three, one, here.task]
    other = world.column(here.project)
    execute(MoveOnBoard(two, other), editor)
    assert (cards(status), cards(other)) == ([three, one, here.task], [two])


@pytest.mark.parametrize("places", [(0, 0, 0), (1, 2, 3), (LIMIT, LIMIT, LIMIT + 1)])
def test_cards_without_room_between_them(world: World, here: Cast, places: tuple[int, ...]) -> None:
    status, tasks = column(world, here)
    for task, place in zip(tasks, places, strict=True):
        world.set(task, card_position=place)
    execute(MoveOnBoard(here.task, status, tasks[0]), world.viewer())
    assert cards(status) == [tasks[0], here.task, *tasks[1:]]
    execute(MoveOnBoard(here.task, status), world.viewer())
    assert cards(status) == [*tasks, here.task]


def test_many_cards_behind_one(world: World, here: Cast) -> None:
    status, (first, *_) = column(world, here)
    made = [world.task(here.list) for _ in range(15)]
    for task in made:
        execute(MoveOnBoard(task, status, first), world.viewer())
    assert cards(status)[:16] == [first, *reversed(made)]


def test_refused(world: World, here: Cast) -> None:
    status, (one, *_) = column(world, here)
    other = world.project("other")
    elsewhere, foreign = world.column(here.project), world.column(other)
    hidden = world.task(here.list, private=True, status_id=status)
    personal = world.personal_task(here.editor)

    def move(task: int = here.task, to: int = status, after: Any = None) -> MoveOnBoard:
        return MoveOnBoard(task, to, after)

    check_refusals(
        world,
        [
            (here.stranger, NotFound, None, move()),
            (here.viewer, Forbidden, None, move()),
            (here.editor, NotFound, None, move(99)),
            (here.editor, Invalid, "status_id", move(to=foreign)),
            (here.editor, Invalid, "status_id", move(to=99)),
            (here.editor, Invalid, "status_id", move(personal)),
            (here.editor, Invalid, "after_id", move(after=here.task)),
            (here.editor, Invalid, "after_id", move(after=hidden)),
            (here.editor, Invalid, "after_id", move(after=99)),
            (here.editor, Invalid, "after_id", move(to=elsewhere, after=one)),
        ],
    )
