"""Many tasks in one act: all or none, the item named that was refused, few statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from app.errors import Conflict, DomainError, Forbidden, Invalid, ItemError, NotFound
from app.models import Assignment, Lockdown, Planning, Predecessor, Risk, Task, TaskList, TaskTag
from app.services.commands import TOP, AddTask, AddTaskBatch, DeleteTasks, TaskChanges
from app.services.execute import execute, maintain
from tests.builders import World
from tests.counting import counted
from tests.store.neighbours import OTHER_UID, UID, Cast, cast, refused, row, rows

AT = datetime(2014, 5, 9, 17, 30, tzinfo=UTC)


@pytest.fixture
def here(world: World) -> Cast:
    """A project with people, a list and a task."""
    return cast(world)


def item(list_id: int | None = None, parent_id: int | None = None, **changes: Any) -> AddTask:
    """One task to add."""
    return AddTask(TaskChanges(**changes), list_id=list_id, parent_id=parent_id)


@contextmanager
def refused_item(index: int, error: type[DomainError], field: str | None = None) -> Iterator[None]:
    """What runs inside is refused for one of its items, and changes nothing."""
    with refused(ItemError):
        with pytest.raises(ItemError) as caught:
            yield
        assert (caught.value.index, type(caught.value.error)) == (index, error)
        if field is not None:
            assert isinstance(caught.value.error, Invalid)
            assert list(caught.value.error.messages) == [field]
        raise caught.value


class TestAdding:
    """AddTaskBatch."""

    def test_the_same_as_one_by_one(self, world: World, here: Cast) -> None:
        status = world.column(here.project)
        changes: dict[str, Any] = {
            "name": "x",
            "description_html": "<b>bold</b>",
            "work_hours": 1.5,
            "due_at": AT,
            "status_id": status,
            "contact_id": here.viewer,
            "recurrence": 3,
        }
        one = row(
            Task, execute(item(project_id=here.project, **changes), world.viewer(here.editor))
        )
        batch = AddTaskBatch((item(project_id=here.project, **changes), item(here.list)))
        first, second = execute(batch, world.viewer(here.editor))
        found = row(Task, first)
        apart = {"id", "uid", "position", "card_position", "stamp"}
        assert {k: v for k, v in found.items() if k not in apart} == {
            k: v for k, v in one.items() if k not in apart
        }
        assert one["card_position"] < found["card_position"]
        assert one["position"] < found["position"] < row(Task, second)["position"]
        (assigned,) = rows(Assignment, task_id=first)
        assert (assigned["person_id"], assigned["ordinal"]) == (here.viewer, 0)
        plain = row(Task, execute(item(here.list), world.viewer(here.editor)))
        apart = {"id", "uid", "position", "stamp"}
        assert {k: v for k, v in row(Task, second).items() if k not in apart} == {
            k: v for k, v in plain.items() if k not in apart
        }
        # Ids given out by the batch are not given out again.
        assert plain["id"] == second + 1

    def test_many_homes(self, world: World, here: Cast) -> None:
        other = world.project("other", editor=(here.editor,))
        second = world.list(here.project)
        parent = world.task(second)
        batch = AddTaskBatch(
            (
                item(second, name="a"),
                item(name="b"),
                item(project_id=other, name="c"),
                item(parent_id=parent, name="d"),
                item(list_id=None, name="e", parent_id=None),
                item(project_id=other, name="f"),
                item(here.list, name="g"),
            )
        )
        ids = execute(batch, world.viewer(here.editor))
        found = [row(Task, each) for each in ids]
        assert [each["name"] for each in found] == list("abcdefg")
        assert [each["project_id"] for each in found] == [
            here.project, None, other, here.project, None, other, here.project
        ]  # fmt: skip
        assert found[3]["parent_id"] == parent
        (made,) = rows(TaskList, project_id=other)
        assert found[2]["list_id"] == found[5]["list_id"] == made["id"]
        assert found[1]["list_id"] == found[4]["list_id"]
        assert ids == tuple(sorted(ids))

    def test_what_tasks_are_given_apart(self, world: World, here: Cast) -> None:
        below = world.task(parent=here.task)
        world.set(here.task, is_done=True)
        batch = AddTaskBatch(
            (
                item(here.list, tags=("a", "b"), predecessors=((here.task, "complete"),)),
                item(here.list, private=True, assignees=(here.viewer, here.editor)),
                item(parent_id=here.task, place=TOP),
                item(here.list, contact_id=here.manager, assignees=(here.viewer, here.editor)),
                item(here.list, contact_id=None, assignees=(here.viewer, here.editor)),
            )
        )
        tagged, private, child, both, none = execute(batch, world.viewer(here.manager))
        assert len(rows(TaskTag, task_id=tagged)) == 2
        assert len(rows(Predecessor, task_id=tagged)) == 1
        (lockdown,) = rows(Lockdown)
        assert row(Task, private)["lockdown_id"] == lockdown["id"]
        assert lockdown["creator_id"] == here.manager
        assert row(Task, here.task)["is_done"] is False
        assert row(Task, child)["position"] < row(Task, below)["position"]
        ordinals = {
            task: {each["person_id"]: each["ordinal"] for each in rows(Assignment, task_id=task)}
            for task in (private, both, none)
        }
        assert ordinals[private] == {here.viewer: 0, here.editor: 1}
        assert ordinals[both] == {here.manager: 0, here.editor: 1}
        assert ordinals[none] == {here.editor: 1}

    def test_nothing(self, world: World) -> None:
        with refused_nothing(world):
            assert execute(AddTaskBatch(()), world.viewer()) == ()

    def test_guids(self, world: World, here: Cast) -> None:
        (made,) = execute(AddTaskBatch((item(here.list, uid=UID),)), world.viewer())
        assert row(Task, made)["uid"] == UID
        for again in (UID, UID.upper(), ""):
            with refused_item(1, Conflict):
                execute(
                    AddTaskBatch((item(here.list, uid=OTHER_UID), item(here.list, uid=again))),
                    world.viewer(),
                )
        with refused_item(1, Conflict):
            twice = (item(here.list, uid=OTHER_UID), item(uid=OTHER_UID))
            execute(AddTaskBatch(twice), world.viewer())

    def test_refused(self, world: World, here: Cast) -> None:
        other = world.project("other")
        hidden = world.list(here.project, private=True)
        hidden_task = world.task(hidden)
        by = {"name": "x", "creator_id": 1}
        planning, risk = (
            int(maintain(lambda work, m=model: work.insert(m, project_id=other, **by)))  # type: ignore[misc]
            for model in (Planning, Risk)
        )
        mine = {"project_id": here.project}
        cases: list[tuple[int, type[DomainError], str | None, AddTask]] = [
            (here.stranger, NotFound, None, item(here.list)),
            (here.stranger, NotFound, None, item(parent_id=here.task)),
            (here.stranger, Invalid, "project_id", item(**mine)),
            (here.viewer, Forbidden, None, item(here.list)),
            (here.viewer, Forbidden, None, item(**mine)),
            (here.viewer, Forbidden, None, item(parent_id=here.task)),
            (here.editor, NotFound, None, item(hidden)),
            (here.editor, NotFound, None, item(parent_id=hidden_task)),
            (here.editor, Invalid, "project_id", item(here.list, project_id=other)),
            (here.editor, Invalid, "status_id", item(status_id=world.column(other), **mine)),
            (here.editor, Invalid, "status_id", item(status_id=99, **mine)),
            (here.editor, Invalid, "planning_id", item(planning_id=planning, **mine)),
            (here.editor, Invalid, "risk_id", item(risk_id=risk, **mine)),
            (here.editor, Invalid, "risk_id", item(risk_id=risk)),
            (here.editor, Invalid, "contact_id", item(contact_id=here.stranger, **mine)),
            (here.editor, Invalid, "contact_id", item(contact_id=99)),
            (here.editor, Invalid, "assignees", item(assignees=(here.stranger,), **mine)),
            (here.editor, Invalid, "name", item(name="x" * 2001)),
            (here.editor, Invalid, "recurrence", item(recurrence=8)),
            (here.editor, Invalid, "description_html", item(description_html="<b>" * 101)),
            (here.editor, Forbidden, None, item(creator_id=here.viewer, **mine)),
            (here.editor, Invalid, "predecessors", item(predecessors=((99, "start"),))),
        ]
        for who, error, field, wrong in cases:
            good = item(name="good")
            with refused_item(2, error, field):
                execute(AddTaskBatch((good, good, wrong, wrong)), world.viewer(who))

    def test_the_number_of_statements(self, world: World, here: Cast) -> None:
        """The same for four tasks and for four hundred."""
        status, other = world.column(here.project), world.project("other", editor=(here.editor,))
        world.list(other)
        counts = []
        for number in (1, 100):
            items = (
                item(here.list, status_id=status, contact_id=here.viewer, due_at=AT),
                item(project_id=other, contact_id=here.editor),
                item(project_id=here.project, description_html="<p>x"),
                item(parent_id=here.task),
            ) * number
            with counted() as statements:
                execute(AddTaskBatch(items), world.viewer(here.editor))
            counts.append(len(statements))
        assert counts[0] == counts[1]


@contextmanager
def refused_nothing(world: World) -> Iterator[None]:
    """What runs inside changes nothing and is not refused."""
    before = rows(Task), rows(TaskList)
    yield
    assert (rows(Task), rows(TaskList)) == before


class TestDeleting:
    """DeleteTasks."""

    def test_tasks_with_their_subtasks(self, world: World, here: Cast) -> None:
        below = world.task(parent=here.task)
        hidden = world.task(parent=here.task, private=True)
        other = world.task(world.list(world.project("other", editor=(here.editor,))))
        stays = world.task(here.list)
        command = DeleteTasks((other, below, here.task, other))
        deleted = execute(command, world.viewer(here.editor))
        assert sorted(deleted) == [here.task, below, other]
        for task in deleted:
            assert world.row(task, "deleted_by_id", "version") == (here.editor, 2)
        for task in (hidden, stays):
            assert world.row(task, "deleted_at", "version") == (None, 1)

    def test_nothing(self, world: World) -> None:
        with refused_nothing(world):
            assert execute(DeleteTasks(()), world.viewer()) == ()

    def test_refused(self, world: World, here: Cast) -> None:
        mine = world.task(here.list, by=here.editor, private=True)
        hidden = world.task(here.list, private=True)
        gone = world.task(here.list)
        world.set(gone, deleted_at=AT)
        cases = [
            (here.stranger, NotFound, 0, (here.task,)),
            (here.viewer, Forbidden, 0, (here.task,)),
            (here.editor, NotFound, 2, (here.task, here.task, hidden)),
            (here.editor, NotFound, 1, (mine, gone)),
            (here.editor, NotFound, 1, (mine, 99)),
        ]
        for who, error, index, ids in cases:
            with refused_item(index, error):
                execute(DeleteTasks(ids), world.viewer(who))

    def test_the_number_of_statements(self, world: World, here: Cast) -> None:
        counts = []
        for number in (1, 20):
            ids = tuple(world.task(here.list) for _ in range(number))
            for task in ids:
                world.task(parent=task)
            with counted() as statements:
                execute(DeleteTasks(ids), world.viewer(here.editor))
            counts.append(len(statements))
        assert counts[0] == counts[1]
