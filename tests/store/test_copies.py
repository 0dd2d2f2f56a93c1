"""Copies of tasks, and the next occurrences of recurring ones (decision 31)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.access import Viewer
from app.errors import Forbidden, Invalid, NotFound
from app.models import (
    Assignment,
    CheckList,
    CheckListItem,
    Field,
    FieldValue,
    Follower,
    Grant,
    Lockdown,
    Planning,
    Risk,
    Task,
    TaskFile,
    TaskList,
    TaskTag,
)
from app.services.commands import CompleteTask, EditTask, ReopenTask, TaskChanges
from app.services.execute import execute, maintain
from app.services.recurrence import next_day
from app.services.task_commands import CopyTask
from tests.builders import World
from tests.store.neighbours import Cast, cast, check_refusals, row, rows

START, DUE = datetime(2014, 5, 5, 8, tzinfo=UTC), datetime(2014, 5, 9, 17, 30, tzinfo=UTC)
OWN: dict[str, Any] = {
    "name": "original",
    "description": "a <text>",
    "description_html": "a &lt;text&gt;",
    "priority": 2,
    "work_hours": 7.5,
    "billable": True,
    "custom_color": 255,
}


@pytest.fixture
def here(world: World) -> Cast:
    """A project with people, a list and a task."""
    return cast(world)


def make(model: Any, **values: Any) -> int:
    """A row, past all rules."""
    return int(maintain(lambda work: work.insert(model, **values)))


def link(model: Any, **values: Any) -> None:
    """A row of pairs, past all rules."""
    maintain(lambda work: work.insert_links(model, [values]))


def furnished(world: World, here: Cast, **more: Any) -> int:
    """A task with everything that a copy takes along, and what it does not."""
    task = world.task(
        here.list,
        status_id=world.column(here.project),
        assignees=(here.viewer, here.editor),
        tags=("a", "b"),
        comment_followers=(here.manager,),
        predecessors=((here.task, "complete"),),
        **more,
    )
    by = {"project_id": here.project, "name": "x", "creator_id": 1}
    world.set(task, planning_id=make(Planning, **by), risk_id=make(Risk, **by), **OWN)
    world.set(task, progress=40, start_at=START, due_at=DUE)
    world.set(task, start_on=START.date(), due_on=DUE.date())
    (_, contributor) = rows(Assignment, task_id=task)
    maintain(lambda work: work.change(Assignment, contributor["id"], work_hours=1.5, is_done=True))
    check_list = make(CheckList, task_id=task, position=4, **by)
    make(CheckListItem, check_list_id=check_list, name="one", is_done=True, done_at=START)
    make(CheckListItem, check_list_id=check_list, name="gone", deleted_at=START)
    make(CheckList, task_id=task, deleted_at=START, **by)
    for number, project in enumerate((None, here.project)):
        field = make(
            Field,
            column_name=f"cf_{number}",
            name="x",
            table_name="TaskItem",
            type=0,
            project_id=project,
        )
        link(FieldValue, field_id=field, object_id=task, value=str(number))
    world.file(here.project, task=task)
    return task


def people(task: int) -> list[tuple[int, int, float, bool]]:
    """The assignments of a task."""
    found = sorted(rows(Assignment, task_id=task), key=lambda each: each["ordinal"])
    names = ("person_id", "ordinal", "work_hours", "is_done")
    return [tuple(each[name] for name in names) for each in found]  # type: ignore[misc]


def items(task: int) -> list[tuple[Any, ...]]:
    """The items of a task's check lists."""
    return [
        (each["project_id"], each["position"], item["name"], item["is_done"], item["done_at"])
        for each in rows(CheckList, task_id=task)
        for item in rows(CheckListItem, check_list_id=each["id"])
    ]


class TestCopy:
    """CopyTask."""

    def test_in_its_project(self, world: World, here: Cast) -> None:
        source = furnished(world, here)
        before = row(Task, source)
        made = execute(CopyTask(source), world.viewer(here.editor))
        found = row(Task, made)
        assert {name: found[name] for name in OWN} == OWN
        same = (
            "list_id",
            "project_id",
            "status_id",
            "planning_id",
            "risk_id",
            "due_at",
            "start_on",
        )
        assert [found[name] for name in same] == [before[name] for name in same]
        assert (found["progress"], found["is_done"], found["version"]) == (0, False, 1)
        assert (found["creator_id"], found["assigned_by_id"]) == (here.editor, here.editor)
        assert found["position"] > before["position"]
        assert found["card_position"] > before["card_position"]
        assert people(made) == [(here.viewer, 0, 0.0, False), (here.editor, 1, 1.5, False)]
        assert len(rows(TaskTag, task_id=made)) == 2
        assert len(rows(TaskFile, task_id=made)) == 1
        assert items(made) == [(here.project, 4, "one", False, None)]
        assert [each["value"] for each in rows(FieldValue, object_id=made)] == ["0", "1"]
        assert rows(Follower, task_id=made) == []
        assert row(Task, source) == before

    def test_into_another_project(self, world: World, here: Cast) -> None:
        other = world.project("other", editor=(here.editor,))
        source = furnished(world, here)
        made = execute(CopyTask(source, other), world.viewer(here.editor))
        found = row(Task, made)
        (home,) = rows(TaskList, project_id=other)
        assert (found["project_id"], found["list_id"]) == (other, home["id"])
        assert (found["project_key"], found["status_id"]) == ("other", None)
        assert (found["planning_id"], found["risk_id"]) == (None, None)
        assert people(made) == [(here.editor, 1, 1.5, False)]
        assert rows(TaskFile, task_id=made) == []
        assert items(made) == [(other, 4, "one", False, None)]
        assert [each["value"] for each in rows(FieldValue, object_id=made)] == ["0"]
        assert len(rows(TaskTag, task_id=made)) == 2

    def test_a_completed_subtask(self, world: World, here: Cast) -> None:
        """The copy is open, so its parent is open again."""
        below = world.task(parent=here.task)
        world.task(parent=below)
        execute(CompleteTask(here.task), world.viewer())
        made = execute(CopyTask(below), world.viewer(here.editor))
        assert world.row(made, "parent_id", "is_done", "done_at") == (here.task, False, None)
        assert world.row(here.task, "is_done") == (False,)
        assert rows(Task, parent_id=made) == []

    def test_private_tasks_stay_private(self, world: World, here: Cast) -> None:
        other = world.project("other", editor=(here.editor,))
        people = (here.editor, here.manager)
        source = world.task(here.list, by=here.editor, private=True, granted=people)
        below = world.task(parent=source, by=here.editor)
        for task, project in ((source, None), (below, None), (source, other), (below, other)):
            made = row(Task, execute(CopyTask(task, project), world.viewer(here.editor)))
            if (task, project) == (below, None):  # it stands below the private one, as before
                assert (made["private"], made["parent_id"]) == (False, source)
                assert made["lockdown_id"] == row(Task, source)["lockdown_id"]
                continue
            assert made["private"] is True
            lockdown = row(Lockdown, made["lockdown_id"])
            assert (lockdown["task_id"], lockdown["creator_id"]) == (made["id"], here.editor)
            granted = [each["person_id"] for each in rows(Grant, lockdown_id=lockdown["id"])]
            assert granted == (sorted(people) if project is None else [here.editor])

    def test_from_a_list_that_the_viewer_cannot_use(self, world: World, here: Cast) -> None:
        """Assigned to a task of a private list, he copies it into the first list that he sees."""
        secret = world.list(here.project, private=True)
        source = world.task(secret, assignees=(here.editor,))
        made = row(Task, execute(CopyTask(source), world.viewer(here.editor)))
        assert (made["list_id"], made["private"]) == (here.list, True)

    def test_a_personal_task(self, world: World, here: Cast) -> None:
        source = world.personal_task(here.editor, here.stranger)
        made = execute(CopyTask(source), world.viewer(here.stranger))
        assert world.row(made, "project_id", "creator_id") == (None, here.stranger)
        assert world.row(made, "list_id") != world.row(source, "list_id")
        made = execute(CopyTask(source), world.viewer(here.editor))
        assert world.row(made, "list_id") == world.row(source, "list_id")

    def test_refused(self, world: World, here: Cast) -> None:
        source = furnished(world, here)
        other = world.project("other", viewer=(here.editor,))
        hidden = world.project("hidden")
        check_refusals(
            world,
            [
                (here.stranger, NotFound, None, CopyTask(source)),
                (here.editor, NotFound, None, CopyTask(99)),
                (here.viewer, Forbidden, None, CopyTask(source)),
                (here.editor, Forbidden, None, CopyTask(source, other)),
                (here.editor, Invalid, "project_id", CopyTask(source, hidden)),
                (here.editor, Invalid, "project_id", CopyTask(source, 99)),
            ],
        )


DAYS = [
    (1, date(2014, 5, 9), date(2014, 5, 10)),
    (2, date(2014, 5, 8), date(2014, 5, 9)),
    (2, date(2014, 5, 9), date(2014, 5, 12)),
    (2, date(2014, 5, 10), date(2014, 5, 12)),
    (3, date(2014, 5, 9), date(2014, 5, 16)),
    (4, date(2014, 1, 31), date(2014, 2, 28)),
    (4, date(2014, 2, 28), date(2014, 3, 28)),
    (5, date(2012, 2, 29), date(2013, 2, 28)),
    (6, date(2014, 5, 9), date(2014, 5, 23)),
    (7, date(2014, 11, 30), date(2015, 2, 28)),
]


@pytest.mark.parametrize(("recurrence", "day", "following"), DAYS)
def test_days_of_occurrences(recurrence: int, day: date, following: date) -> None:
    assert next_day(day, recurrence) == following


class TestRecurrence:
    """The completion of a recurring task."""

    def next_of(self, task: int) -> dict[str, Any]:
        """The occurrence that a completion made."""
        return row(Task, row(Task, task)["next_id"])

    def test_makes_the_next_occurrence_once(self, world: World, here: Cast) -> None:
        source = furnished(world, here, by=here.manager)
        execute(CompleteTask(here.task), world.viewer())
        world.set(source, recurrence=3)
        before = row(Task, source)
        execute(CompleteTask(source), world.viewer(here.viewer))
        found = self.next_of(source)
        assert {name: found[name] for name in OWN} == OWN
        same = ("list_id", "project_id", "status_id", "planning_id", "risk_id", "recurrence")
        assert [found[name] for name in same] == [before[name] for name in same]
        assert (found["start_on"], found["due_on"]) == (date(2014, 5, 12), date(2014, 5, 16))
        assert found["start_at"] == datetime(2014, 5, 12, 8, tzinfo=UTC)
        assert found["due_at"] == datetime(2014, 5, 16, 17, 30, tzinfo=UTC)
        assert (found["progress"], found["is_done"], found["next_id"]) == (0, False, None)
        assert (found["creator_id"], found["assigned_by_id"]) == (here.manager, here.manager)
        assert people(found["id"]) == [(here.viewer, 0, 0.0, False), (here.editor, 1, 1.5, False)]
        assert [each["person_id"] for each in rows(Follower, task_id=found["id"])] == [here.manager]
        assert len(rows(TaskTag, task_id=found["id"])) == 2
        assert items(found["id"]) == [(here.project, 4, "one", False, None)]
        assert len(rows(FieldValue, object_id=found["id"])) == 2

        execute(ReopenTask(source), world.viewer())
        number = len(rows(Task))
        execute(CompleteTask(source), world.viewer())
        assert len(rows(Task)) == number
        execute(CompleteTask(found["id"]), world.viewer())
        assert self.next_of(found["id"])["due_on"] == date(2014, 5, 23)

    def test_by_an_edit_of_either_dialect(self, world: World, here: Cast) -> None:
        for way in ({"completed": True}, {"done": True}):
            task = world.task(here.list, recurrence=1)
            command = EditTask(task_id=task, changes=TaskChanges(name="renamed"), **way)
            execute(command, world.viewer(here.editor))
            assert self.next_of(task)["name"] == "renamed"

    def test_without_dates(self, world: World, here: Cast) -> None:
        task = world.task(here.list, recurrence=4)
        execute(CompleteTask(task), world.viewer())
        found = self.next_of(task)
        names = ("start_on", "start_at", "due_on", "due_at")
        assert [found[name] for name in names] == [None] * 4

    def test_none_makes_none(self, world: World, here: Cast) -> None:
        execute(CompleteTask(here.task), world.viewer())
        assert world.row(here.task, "next_id") == (None,)
        assert len(rows(Task)) == 1

    def test_local_times_stay_over_a_change_of_the_clocks(self, world: World, here: Cast) -> None:
        viewer = Viewer(here.editor, account_zone="Europe/Berlin")
        task = world.task(here.list, recurrence=3)
        at = datetime(2014, 3, 27, 23, 30, tzinfo=UTC)  # half past midnight of the 28th
        execute(EditTask(task_id=task, changes=TaskChanges(due_at=at)), viewer)
        execute(CompleteTask(task), viewer)
        found = self.next_of(task)
        assert found["due_on"] == date(2014, 4, 4)
        assert found["due_at"] == datetime(2014, 4, 3, 22, 30, tzinfo=UTC)

    def test_at_the_end_of_the_calendar(self, world: World, here: Cast) -> None:
        day = date(9999, 12, 31)
        task = world.task(here.list, recurrence=5, due_on=day)
        execute(CompleteTask(task), world.viewer())
        assert self.next_of(task)["due_on"] == day

    def test_subtasks(self, world: World, here: Cast) -> None:
        """Below the next occurrence of the nearest parent, or the nearest open one."""
        top = world.task(here.list, "top")
        first = world.task(parent=top, name="first", recurrence=1)
        plain = world.task(parent=first, name="plain")
        deep = world.task(parent=plain, name="deep", recurrence=1)
        execute(CompleteTask(deep), world.viewer())
        assert self.next_of(deep)["parent_id"] == plain
        execute(CompleteTask(first), world.viewer())
        again = self.next_of(first)
        assert again["parent_id"] == top
        below = self.next_of(row(Task, deep)["next_id"])
        assert (below["parent_id"], below["name"]) == (again["id"], "deep")
        execute(CompleteTask(top), world.viewer())
        found = self.next_of(again["id"])
        assert (found["parent_id"], found["is_done"]) == (None, False)
        for task in rows(Task, is_done=False):
            if task["parent_id"] is not None:
                assert row(Task, task["parent_id"])["is_done"] is False

    def test_private_ones(self, world: World, here: Cast) -> None:
        granted = (here.viewer,)
        top = world.task(here.list, by=here.editor, private=True, granted=granted, recurrence=1)
        below = world.task(parent=top, by=here.editor, recurrence=1)
        execute(CompleteTask(top), world.viewer(here.editor))
        found = self.next_of(top)
        lockdown = row(Lockdown, found["lockdown_id"])
        assert (lockdown["task_id"], lockdown["creator_id"]) == (found["id"], here.editor)
        assert [each["person_id"] for each in rows(Grant, lockdown_id=lockdown["id"])] == [
            here.viewer
        ]
        assert (found["private"], found["lockdown_id"]) != (True, row(Task, top)["lockdown_id"])
        assert self.next_of(below)["lockdown_id"] == lockdown["id"]

    def test_a_subtask_that_loses_its_private_parent_stays_hidden(
        self, world: World, here: Cast
    ) -> None:
        top = world.task(here.list, by=here.editor, private=True)
        below = world.task(parent=top, by=here.editor, recurrence=1)
        execute(CompleteTask(top), world.viewer(here.editor))
        found = self.next_of(below)
        assert (found["parent_id"], found["lockdown_id"]) == (
            None,
            row(Task, top)["lockdown_id"],
        )

    def test_people_who_left_are_left_out(self, world: World, here: Cast) -> None:
        task = world.task(here.list, recurrence=1, assignees=(here.viewer, here.editor))
        maintain(lambda work: work.run(Assignment.__table__.update().values(person_id=here.stranger)
                                       .where(Assignment.person_id == here.viewer)))  # fmt: skip
        execute(CompleteTask(task), world.viewer())
        assert people(self.next_of(task)["id"]) == [(here.editor, 1, 0.0, False)]
