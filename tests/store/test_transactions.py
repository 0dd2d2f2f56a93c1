"""Several commands and reads in one transaction."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import Task
from app.queries.catalogues.tasks import TASKS
from app.queries.connection import open_connection, reading
from app.queries.page import fetch_by_id
from app.services.commands import AddTask, DeleteTask, EditTask, TaskChanges
from app.services.execute import execute, maintain, together
from app.services.task_commands import AddNote
from app.services.work import Restart
from tests import stricter
from tests.builders import World
from tests.store.neighbours import OTHER_UID, UID, Cast, cast, refused, row, rows


@pytest.fixture
def here(world: World) -> Cast:
    """A project with people, a list and a task."""
    return cast(world)


def rename(task: int, name: str) -> EditTask:
    """A change that can be seen."""
    return EditTask(task_id=task, changes=TaskChanges(name=name))


def name_read(world: World, task: int) -> str:
    """The name of a task as the read path finds it."""
    page = fetch_by_id(TASKS, task, ("name",), world.viewer())
    return str(page.column("name")[0])


def test_commands_and_reads_share_it(world: World, here: Cast) -> None:
    viewer = world.viewer(here.editor)

    def work() -> str:
        execute(rename(here.task, "first"), viewer)
        made = execute(AddTask(TaskChanges(name="second"), list_id=here.list), viewer)
        with reading() as connection:
            assert connection is open_connection()
            assert connection.execute(select(Task.name).where(Task.id == made)).scalar() == "second"
        with db.engine.connect() as other:
            assert other.execute(select(Task.name).where(Task.id == made)).scalar() is None
        return name_read(world, here.task)

    assert together(work, viewer) == "first"
    assert open_connection() is None
    assert [each["name"] for each in rows(Task)] == ["first", "second"]


def test_what_it_raises_undoes_everything(world: World, here: Cast) -> None:
    viewer = world.viewer(here.editor)

    def work() -> None:
        execute(rename(here.task, "first"), viewer)
        execute(DeleteTask(99), viewer)

    with refused(NotFound):
        together(work, viewer)
    assert open_connection() is None


def test_a_refused_command_leaves_the_others(world: World, here: Cast) -> None:
    """A caller who goes on keeps what was done before and after, and nothing of the refused."""
    viewer = world.viewer(here.editor)
    execute(AddTask(TaskChanges(uid=UID), list_id=here.list), viewer)

    def work() -> None:
        execute(rename(here.task, "first"), viewer)
        with pytest.raises(Invalid):
            execute(
                EditTask(
                    task_id=here.task,
                    changes=TaskChanges(name="no", comment_followers=(here.stranger,)),
                ),
                viewer,
            )
        with pytest.raises(Conflict):
            execute(AddTask(TaskChanges(uid=UID), list_id=here.list), viewer)
        execute(AddNote(here.task, "third"), viewer)

    together(work, viewer)
    assert (row(Task, here.task)["name"], row(Task, here.task)["version"]) == ("first", 3)


def test_the_store_refuses_only_the_command(world: World, here: Cast) -> None:
    """A constraint is a Conflict inside, too, and the transaction lives on."""
    viewer = world.viewer()

    def work() -> None:
        with pytest.raises(Conflict):
            maintain(lambda work: [work.insert(Task, uid=UID) for _ in range(2)])
        execute(AddTask(TaskChanges(uid=OTHER_UID), list_id=here.list), viewer)

    together(work, viewer)
    assert [each["uid"] for each in rows(Task)][1:] == [OTHER_UID]


def test_it_begins_again_as_a_whole(world: World, here: Cast) -> None:
    viewer, tries = world.viewer(), []

    def work() -> int:
        made = execute(AddTask(TaskChanges(name="x"), list_id=here.list), viewer)
        tries.append(made)
        if len(tries) < 3:
            raise Restart
        return int(made)

    with stricter.spared():
        assert together(work, viewer) == tries[-1]
    assert len(tries) == 3
    assert len(rows(Task)) == 2


def test_one_inside_another(world: World, here: Cast) -> None:
    viewer = world.viewer()

    def inner() -> None:
        execute(rename(here.task, "inner"), viewer)

    def outer() -> None:
        together(inner, viewer)
        raise NotFound

    with refused(NotFound):
        together(outer, viewer)


def test_read_only_keys(world: World, here: Cast) -> None:
    with refused(Forbidden):
        together(lambda: None, world.viewer(here.editor, read_only=True))


def test_each_viewer_is_himself_inside(world: World, here: Cast) -> None:
    def work() -> None:
        with pytest.raises(Forbidden):
            execute(rename(here.task, "x"), world.viewer(here.viewer))
        with pytest.raises(Forbidden):
            execute(rename(here.task, "x"), world.viewer(here.editor, read_only=True))

    together(work, world.viewer())
    assert row(Task, here.task)["name"] == "a task"


def test_a_read_alone_has_a_connection_of_its_own(app: Flask) -> None:
    with reading() as one, reading() as two:
        assert one is not two
        assert open_connection() is None
