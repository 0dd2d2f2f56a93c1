"""Eight writers at once on tasks as the OData dialect writes them: nothing lost or made twice."""

from flask import Flask

from app.models import Assignment, Note, Person, Relation, Stopwatch, Task, TaskList, TimeEntry
from app.services.commands import (
    AddTask,
    AddTaskBatch,
    CompleteTask,
    DeleteTasks,
    EditTask,
    TaskChanges,
)
from app.services.task_commands import (
    AddContributor,
    AddNote,
    AddRelation,
    MoveOnBoard,
    StartStopwatch,
    StopStopwatch,
    SyncCalendar,
)
from tests.builders import World
from tests.store.neighbours import cast, row, rows
from tests.store.test_neighbour_concurrency import THREADS, at_once


def test_first_tasks_of_a_project_make_one_list(app: Flask, world: World) -> None:
    project = world.project()
    changes = TaskChanges(project_id=project)
    assert at_once(app, world, lambda _: AddTask(changes)) == {"done": THREADS}
    assert len(rows(TaskList, project_id=project)) == 1
    places = {each["position"] for each in rows(Task, project_id=project)}
    assert len(places) == THREADS


def test_first_personal_tasks_make_one_list(app: Flask, world: World) -> None:
    assert at_once(app, world, lambda _: AddTask(TaskChanges())) == {"done": THREADS}
    assert len(rows(TaskList)) == 1


def test_batches_into_the_same_lists_in_any_order(app: Flask, world: World) -> None:
    here = cast(world)
    lists = [here.list, *(world.list(here.project) for _ in range(3))]
    parents = [world.task(each) for each in lists]
    status = world.column(here.project)

    def batch(number: int) -> AddTaskBatch:
        turned = lists[number % 4 :] + lists[: number % 4]
        above = parents[number % 3 :] + parents[: number % 3]
        changes = TaskChanges(name=str(number), status_id=status)
        items = [AddTask(changes, list_id=each) for each in turned]
        items += [AddTask(changes, parent_id=each) for each in above]
        return AddTaskBatch(tuple(items))

    assert at_once(app, world, batch) == {"done": THREADS}
    made = [each for each in rows(Task) if each["status_id"] == status]
    assert len(made) == THREADS * 8
    for list_id in lists:
        places = [each["position"] for each in rows(Task, list_id=list_id)]
        assert len(places) == len(set(places))
    cards = [each["card_position"] for each in made]
    assert len(cards) == len(set(cards))


def test_batches_beside_deletions_and_moves(app: Flask, world: World) -> None:
    here = cast(world)
    other = world.project("other")
    second = world.list(other)
    tasks = [world.task(here.list) for _ in range(THREADS * 2)]

    def command(number: int) -> AddTaskBatch | DeleteTasks | EditTask:
        mine = tasks[2 * number : 2 * number + 2]
        if number % 3 == 0:
            return DeleteTasks(tuple(reversed(mine)))
        if number % 3 == 1:
            return EditTask(task_id=mine[0], changes=TaskChanges(project_id=other))
        lists = (second, here.list) if number % 2 else (here.list, second)
        return AddTaskBatch(tuple(AddTask(TaskChanges(), list_id=each) for each in lists))

    assert at_once(app, world, command) == {"done": THREADS}
    assert sum(each["deleted_at"] is not None for each in rows(Task)) == 6


def test_moves_to_one_column(app: Flask, world: World) -> None:
    here = cast(world)
    status = world.column(here.project)
    tasks = [world.task(here.list) for _ in range(THREADS)]
    anchor = world.task(here.list, status_id=status)

    def move(number: int) -> MoveOnBoard:
        return MoveOnBoard(tasks[number], status, anchor if number % 2 else None)

    assert at_once(app, world, move) == {"done": THREADS}
    cards = [each["card_position"] for each in rows(Task, status_id=status)]
    assert len(cards) == len(set(cards)) == THREADS + 1


def test_one_completion_one_occurrence(app: Flask, world: World) -> None:
    here = cast(world)
    task = world.task(here.list, recurrence=1)
    assert at_once(app, world, lambda _: CompleteTask(task)) == {"done": THREADS}
    assert len(rows(Task)) == 3


def test_one_contributor_once(app: Flask, world: World) -> None:
    here = cast(world)
    command = AddContributor(task_id=here.task, person_id=here.viewer)
    assert at_once(app, world, lambda _: command) == {"done": 1, "Invalid": THREADS - 1}
    assert len(rows(Assignment)) == 1


def test_contributors_have_ordinals_of_their_own(app: Flask, world: World) -> None:
    here = cast(world)
    people = [world.person(is_admin=True) for _ in range(THREADS)]

    def add(number: int) -> AddContributor:
        return AddContributor(task_id=here.task, person_id=people[number])

    assert at_once(app, world, add) == {"done": THREADS}
    assert sorted(each["ordinal"] for each in rows(Assignment)) == list(range(1, THREADS + 1))


def test_one_stopwatch(app: Flask, world: World) -> None:
    here = cast(world)
    assert at_once(app, world, lambda _: StartStopwatch(here.task)) == {"done": THREADS}
    assert len(rows(Stopwatch)) == 1
    outcome = at_once(app, world, lambda _: StopStopwatch(here.task))
    assert outcome == {"done": 1, "Invalid": THREADS - 1}
    assert len(rows(TimeEntry)) == 1


def test_relations_from_both_sides(app: Flask, world: World) -> None:
    here = cast(world)
    other = world.task(here.list)

    def relate(number: int) -> AddRelation:
        return AddRelation(here.task, other) if number % 2 else AddRelation(other, here.task)

    assert at_once(app, world, relate) == {"done": THREADS}
    assert len(rows(Relation)) == 1
    assert world.row(other, "version") == (2,)


def test_every_comment_counts(app: Flask, world: World) -> None:
    here = cast(world)
    assert at_once(app, world, lambda _: AddNote(here.task, "x")) == {"done": THREADS}
    assert len(rows(Note)) == THREADS
    assert world.row(here.task, "version") == (THREADS + 1,)


def test_one_feed(app: Flask, world: World) -> None:
    here = cast(world)
    assert at_once(app, world, lambda _: SyncCalendar(here.task, True)) == {"done": THREADS}
    assert row(Person, world.admin)["version"] == 2
