"""The fields of a task that only the OData dialect writes, and where a new or moved task goes."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from app.access import Viewer
from app.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from app.models import Assignment, CheckList, Planning, Risk, Task, TaskList, TimeEntry
from app.services.commands import AddTask, CompleteTask, EditTask, TaskChanges
from app.services.execute import execute, maintain
from tests.builders import World
from tests.store.neighbours import OTHER_UID, UID, Cast, cast, check_refusals, refused, row, rows

BERLIN = "Europe/Berlin"


def add(world: World, by: int | None = None, **changes: Any) -> int:
    """Add a task of which nothing is said but the changes."""
    return int(execute(AddTask(TaskChanges(**changes)), world.viewer(by)))


def edit(world: World, task: int, by: int | None = None, **changes: Any) -> Any:
    """Edit a task as the OData dialect does."""
    done = {"done": changes.pop("done")} if "done" in changes else {}
    command = EditTask(task_id=task, changes=TaskChanges(**changes), allow_update=True, **done)
    return execute(command, world.viewer(by))


def planned(project: int, model: Any = Planning, **more: Any) -> int:
    """A planning or a risk."""
    values = {"project_id": project, "name": "x", "creator_id": 1} | more
    return int(maintain(lambda work: work.insert(model, **values)))


def test_all_fields(world: World) -> None:
    here = cast(world)
    values = {
        "custom_color": -(2**31),
        "billable": True,
        "recurrence": 7,
        "work_hours": 1e6,
        "planning_id": planned(here.project),
        "risk_id": planned(here.project, Risk),
        "name": "named",
    }
    task = add(world, here.editor, uid=UID, project_id=here.project, **values)
    found = row(Task, task)
    assert {name: found[name] for name in values} == values
    assert (found["uid"], found["list_id"], found["version"]) == (UID, here.list, 1)

    cleared: dict[str, Any] = dict.fromkeys(("custom_color", "planning_id", "risk_id"))
    cleared |= {"billable": False, "recurrence": 0, "work_hours": 0.0}
    assert edit(world, task, here.editor, **cleared) == (task,)
    found = row(Task, task)
    assert {name: found[name] for name in cleared} == cleared
    assert (found["version"], found["updater_id"]) == (2, here.editor)


def test_a_task_may_have_no_name(world: World) -> None:
    assert row(Task, add(world))["name"] == ""


@pytest.mark.parametrize("value", [None, datetime(2014, 5, 1, 22, 30, tzinfo=UTC)])
@pytest.mark.parametrize(("at", "day"), [("start_at", "start_on"), ("due_at", "due_on")])
def test_an_instant_sets_the_day_of_the_account(
    world: World, at: str, day: str, value: datetime | None
) -> None:
    """22:30 in UTC is the next day in Berlin; the instant itself stays as it was written."""
    here = cast(world)
    viewer = Viewer(here.editor, account_zone=BERLIN)
    expected = None if value is None else date(2014, 5, 2)
    task = execute(AddTask(TaskChanges(**{at: value}), list_id=here.list), viewer)
    assert (row(Task, task)[at], row(Task, task)[day]) == (value, expected)
    execute(EditTask(task_id=here.task, changes=TaskChanges(**{at: value})), viewer)
    assert (row(Task, here.task)[at], row(Task, here.task)[day]) == (value, expected)


def test_instants_win_over_days(world: World) -> None:
    at = datetime(2014, 5, 1, 12, tzinfo=UTC)
    task = add(world, due_at=at, due_on=date(2015, 1, 1))
    assert world.row(task, "due_on", "due_at") == (date(2014, 5, 1), at)


def test_html_gives_the_text(world: World) -> None:
    here = cast(world)
    html = "<p>a &amp; b</p><script>x()</script><p onclick='x'>c<br>d"
    edit(world, here.task, here.editor, description_html=html, description="not this")
    expected = ("<p>a &amp; b</p><p>c<br>d</p>", "a & b\nc\nd")
    assert world.row(here.task, "description_html", "description") == expected


VALUES: dict[str, Any] = {
    "uid": UID,
    "work_hours": [-1.0, float("nan"), float("inf"), 1e6 + 1],
    "recurrence": [-1, 8],
    "custom_color": [2**31, -(2**31) - 1],
    "description_html": ["x" * 262_145, "<b>" * 101, "a\0b", "\ud800"],
    "name": ["x" * 2001],
    "start_at": [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)],
    "due_at": [datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))],
    "project_id": [99],
    "list_id": [99],
    "contact_id": [99],
    "planning_id": [99],
    "risk_id": [99],
    "status_id": [99],
}
CASES = [
    (name, value)
    for name, values in VALUES.items()
    for value in (values if isinstance(values, list) else [values])
]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_values_that_cannot_be_taken(world: World, name: str, value: Any) -> None:
    here = cast(world)
    with refused(Invalid, name):
        edit(world, here.task, **{name: value})
    if name != "uid":
        where = {} if name in ("project_id", "list_id") else {"project_id": here.project}
        with refused(Invalid, name):
            add(world, **where, **{name: value})


@pytest.mark.parametrize("uid", [UID.upper(), UID[:-1], "", f"{UID}\n"])
def test_a_chosen_uid_is_canonical_and_new(world: World, uid: str) -> None:
    task = add(world, uid=UID)
    for each in (uid, UID):
        with refused(Conflict):
            add(world, uid=each)
    world.set(task, deleted_at=datetime(2014, 1, 1, tzinfo=UTC))
    with refused(Conflict):
        add(world, uid=UID)
    assert row(Task, add(world, uid=OTHER_UID))["uid"] == OTHER_UID


def test_plannings_and_risks_are_the_projects_own_and_visible(world: World) -> None:
    here = cast(world)
    other = world.project("other")
    gone = datetime(2014, 1, 1, tzinfo=UTC)
    personal = world.personal_task(here.editor)
    for field, model in (("planning_id", Planning), ("risk_id", Risk)):
        own = planned(here.project, model)
        for wrong in (planned(other, model), planned(here.project, model, deleted_at=gone)):
            with refused(Invalid, field):
                edit(world, here.task, here.editor, **{field: wrong})
        with refused(Invalid, field):
            edit(world, personal, here.editor, **{field: own})


def test_edits_by_others(world: World) -> None:
    here = cast(world)

    def command(**changes: Any) -> EditTask:
        return EditTask(task_id=here.task, changes=TaskChanges(**changes), allow_update=True)

    other = world.project("other", manager=(here.viewer, here.manager))
    check_refusals(
        world,
        [
            (here.stranger, NotFound, None, command(billable=True)),
            (here.stranger, NotFound, None, command(project_id=here.project)),
            (here.stranger, NotFound, None, command(project_id=99)),
            (here.viewer, Forbidden, None, command(billable=True)),
            (here.viewer, Forbidden, None, command(project_id=other)),
            (here.editor, Invalid, "project_id", command(project_id=other)),
            (here.editor, Forbidden, None, command(project_id=None)),
            (here.editor, Invalid, "contact_id", command(contact_id=here.stranger)),
        ],
    )


class TestContact:
    """ContactId is the first of the assignees (decision 29)."""

    def people(self, task: int) -> list[tuple[int, int, float]]:
        """Person, ordinal and hours of the assignments."""
        found = sorted(rows(Assignment, task_id=task), key=lambda each: each["ordinal"])
        return [(each["person_id"], each["ordinal"], each["work_hours"]) for each in found]

    def test_of_a_new_task(self, world: World) -> None:
        here = cast(world)
        task = add(world, here.editor, project_id=here.project, contact_id=here.viewer)
        assert self.people(task) == [(here.viewer, 0, 0.0)]
        assert world.row(task, "assigned_by_id") == (here.editor,)

    def test_is_replaced_alone(self, world: World) -> None:
        here = cast(world)
        task = world.task(here.list, assignees=(here.viewer, here.editor))
        edit(world, task, here.editor, contact_id=here.manager)
        assert self.people(task) == [(here.manager, 0, 0.0), (here.editor, 1, 0.0)]
        assert world.row(task, "assigned_by_id") == (here.editor,)

    def test_the_same_again_changes_no_assignment(self, world: World) -> None:
        here = cast(world)
        task = world.task(here.list, assignees=(here.viewer,))
        before = rows(Assignment, task_id=task)
        edit(world, task, here.editor, contact_id=here.viewer)
        assert rows(Assignment, task_id=task) == before
        assert world.row(task, "assigned_by_id") == (world.admin,)

    def test_removed_leaves_the_contributors_where_they_are(self, world: World) -> None:
        here = cast(world)
        task = world.task(here.list, assignees=(here.viewer, here.editor))
        edit(world, task, contact_id=None)
        assert self.people(task) == [(here.editor, 1, 0.0)]
        assert world.row(task, "assigned_by_id") == (world.admin,)
        edit(world, task, here.manager, contact_id=here.viewer)
        assert self.people(task) == [(here.viewer, 0, 0.0), (here.editor, 1, 0.0)]

    def test_removed_when_alone(self, world: World) -> None:
        here = cast(world)
        task = world.task(here.list, assignees=(here.viewer,))
        edit(world, task, contact_id=None)
        assert (self.people(task), world.row(task, "assigned_by_id")) == ([], (None,))

    def test_a_contributor_becomes_it_and_keeps_his_hours(self, world: World) -> None:
        here = cast(world)
        task = world.task(here.list, assignees=(here.viewer, here.editor))
        (_, mine) = rows(Assignment, task_id=task)
        maintain(lambda work: work.change(Assignment, mine["id"], work_hours=2.5))
        edit(world, task, contact_id=here.editor)
        assert self.people(task) == [(here.editor, 0, 2.5)]

    def test_teamwork_makes_the_first_one_it(self, world: World) -> None:
        here = cast(world)
        task = world.task(here.list, assignees=(here.viewer, here.editor))
        edit(world, task, contact_id=None)
        edit(world, task, assignees=(here.editor, here.manager))
        assert self.people(task) == [(here.editor, 0, 0.0), (here.manager, 1, 0.0)]


class TestHomes:
    """Where a task goes of which no list is said (decisions 8, 30)."""

    def test_the_first_list_of_the_project_that_the_viewer_sees(self, world: World) -> None:
        here = cast(world)
        project = world.project("new", editor=(here.editor,))
        world.list(project, "secret", private=True)
        deleted = world.list(project, "gone")
        maintain(lambda work: work.change(TaskList, deleted, deleted_at=work.now))
        first, last = world.list(project, "first"), world.list(project, "last")
        assert row(Task, add(world, here.editor, project_id=project))["list_id"] == first
        maintain(lambda work: work.change(TaskList, last, position=0))
        task = row(Task, add(world, here.editor, project_id=project))
        assert (task["list_id"], task["project_key"]) == (last, "new")

    def test_a_list_is_made_on_demand(self, world: World) -> None:
        here = cast(world)
        project = world.project("new", editor=(here.editor,))
        one, two = (add(world, here.editor, project_id=project) for _ in range(2))
        (made,) = rows(TaskList, project_id=project)
        assert (made["name"], made["creator_id"]) == ("Tasks", here.editor)
        assert [row(Task, each)["list_id"] for each in (one, two)] == [made["id"]] * 2

    def test_the_personal_list(self, world: World) -> None:
        here = cast(world)
        one, two = add(world, here.stranger), add(world, here.stranger, project_id=None)
        (made,) = rows(TaskList, creator_id=here.stranger)
        assert (made["name"], made["project_id"]) == ("Personal", None)
        for task in (row(Task, one), row(Task, two)):
            assert (task["list_id"], task["project_id"]) == (made["id"], None)
        add(world, here.editor)
        assert rows(TaskList, creator_id=here.editor) != []

    def test_a_list_named_in_the_changes(self, world: World) -> None:
        here = cast(world)
        task = add(world, here.editor, list_id=here.list, project_id=here.project)
        assert row(Task, task)["list_id"] == here.list
        task = add(world, here.editor, parent_id=here.task, project_id=here.project)
        assert (row(Task, task)["list_id"], row(Task, task)["parent_id"]) == (here.list, here.task)

    def test_refusals(self, world: World) -> None:
        here = cast(world)
        other = world.project("other", editor=(here.editor,))
        hidden = world.list(here.project, "secret", private=True)
        hidden_task = world.task(hidden)

        def named(**changes: Any) -> AddTask:
            return AddTask(TaskChanges(**changes))

        both = TaskChanges(project_id=other)
        check_refusals(
            world,
            [
                (here.stranger, Invalid, "project_id", named(project_id=here.project)),
                (here.viewer, Forbidden, None, named(project_id=here.project)),
                (here.stranger, Invalid, "list_id", named(list_id=here.list)),
                (here.editor, Invalid, "list_id", named(list_id=hidden)),
                (here.viewer, Forbidden, None, named(list_id=here.list)),
                (here.stranger, Invalid, "parent_id", named(parent_id=here.task)),
                (here.editor, Invalid, "parent_id", named(parent_id=hidden_task)),
                (here.viewer, Forbidden, None, named(parent_id=here.task)),
                (here.editor, Invalid, "project_id", named(list_id=here.list, project_id=other)),
                (here.editor, Invalid, "project_id", AddTask(both, list_id=here.list)),
                (here.editor, Invalid, "project_id", AddTask(both, parent_id=here.task)),
                (here.stranger, NotFound, None, AddTask(TaskChanges(), list_id=here.list)),
                (here.stranger, NotFound, None, AddTask(TaskChanges(), parent_id=here.task)),
                (here.editor, Invalid, "contact_id", named(contact_id=99)),
            ],
        )


class TestMoving:
    """ProjectId changes: the task goes to the first list there."""

    def test_to_another_project(self, world: World) -> None:
        here = cast(world)
        other = world.project("other", editor=(here.editor, here.viewer))
        task = world.task(here.list, assignees=(here.viewer,), status_id=world.column(here.project))
        world.set(task, planning_id=planned(here.project), risk_id=planned(here.project, Risk))
        below = world.task(parent=task)
        world.time(task, here.project)
        maintain(lambda work: work.insert(CheckList, task_id=task, name="x", creator_id=1))
        assert set(edit(world, task, here.editor, project_id=other)) == {task, below}
        (made,) = rows(TaskList, project_id=other)
        moved = row(Task, task)
        assert (moved["project_id"], moved["list_id"]) == (other, made["id"])
        assert [moved[name] for name in ("status_id", "planning_id", "risk_id")] == [None] * 3
        assert row(Task, below)["list_id"] == made["id"]
        (booked,) = rows(TimeEntry, task_id=task)
        assert (booked["project_id"], booked["list_id"]) == (other, made["id"])
        assert rows(CheckList, task_id=task)[0]["project_id"] == other

    def test_with_a_status_there(self, world: World) -> None:
        here = cast(world)
        other = world.project("other", editor=(here.editor,))
        status = world.column(other)
        edit(world, here.task, here.editor, project_id=other, status_id=status)
        assert world.row(here.task, "project_id", "status_id") == (other, status)

    def test_its_people_must_see_it_there(self, world: World) -> None:
        here = cast(world)
        other = world.project("other", editor=(here.editor,))
        task = world.task(here.list, assignees=(here.viewer,))
        with refused(Invalid, "assignees"):
            edit(world, task, here.editor, project_id=other)

    def test_the_same_project_is_no_move(self, world: World) -> None:
        here = cast(world)
        task = world.task(world.list(here.project, "second"))
        assert edit(world, task, here.editor, project_id=here.project) == (task,)
        assert edit(world, here.task, list_id=here.list, project_id=here.project) == (here.task,)

    def test_a_list_beside_the_project(self, world: World) -> None:
        here = cast(world)
        other = world.project("other", editor=(here.editor,))
        world.list(other)
        second = world.list(other)
        with refused(Invalid, "project_id"):
            edit(world, here.task, here.editor, project_id=other, list_id=here.list)
        with refused(Invalid, "list_id"):
            edit(world, here.task, here.editor, project_id=other, list_id=99)
        edit(world, here.task, here.editor, project_id=other, list_id=second)
        assert world.row(here.task, "list_id") == (second,)

    def test_out_of_the_project_by_its_creator(self, world: World) -> None:
        here = cast(world)
        task = world.task(here.list, by=here.editor, assignees=(here.viewer,))
        world.time(task, here.project)
        edit(world, task, here.editor, project_id=None)
        (home,) = rows(TaskList, creator_id=here.editor)
        assert world.row(task, "project_id", "list_id") == (None, home["id"])
        (booked,) = rows(TimeEntry, task_id=task)
        assert (booked["project_id"], booked["list_id"]) == (None, home["id"])
        edit(world, task, here.editor, project_id=here.project)
        assert world.row(task, "project_id") == (here.project,)


class TestDone:
    """IsDone, alone and beside other fields."""

    @pytest.fixture
    def here(self, world: World) -> Cast:
        return cast(world)

    def test_completes_and_reopens(self, world: World, here: Cast) -> None:
        edit(world, here.task, here.editor, done=True)
        assert world.row(here.task, "is_done", "progress", "completer_id") == (
            True,
            100,
            here.editor,
        )
        edit(world, here.task, here.editor, done=True)
        assert world.row(here.task, "version") == (2,)
        edit(world, here.task, here.editor, done=False)
        assert world.row(here.task, "is_done", "reopened", "version") == (False, True, 3)
        edit(world, here.task, here.editor, done=False)
        assert world.row(here.task, "version") == (3,)

    def test_beside_other_fields(self, world: World, here: Cast) -> None:
        parent = here.task
        child = world.task(parent=parent)
        changed = edit(world, parent, here.editor, done=True, billable=True, progress=50)
        assert changed == (parent, child)
        assert world.row(parent, "is_done", "billable", "progress") == (True, True, 100)
        assert edit(world, child, here.editor, done=False, name="again", progress=40) == (
            child,
            parent,
        )
        assert world.row(child, "is_done", "name", "progress") == (False, "again", 40)
        assert world.row(parent, "is_done") == (False,)

    def test_beside_a_move(self, world: World, here: Cast) -> None:
        other = world.project("other", editor=(here.editor,))
        edit(world, here.task, here.editor, done=True, project_id=other)
        assert world.row(here.task, "is_done", "project_id") == (True, other)

    def test_a_completed_task_is_edited_freely(self, world: World, here: Cast) -> None:
        execute(CompleteTask(here.task), world.viewer())
        edit(world, here.task, here.editor, billable=True)
        assert world.row(here.task, "is_done", "billable") == (True, True)

    def test_by_somebody_who_may_only_complete(self, world: World, here: Cast) -> None:
        task = world.task(here.list, assignees=(here.viewer,))
        edit(world, task, here.viewer, done=True)
        assert world.row(task, "is_done") == (True,)
        edit(world, task, here.viewer, done=False)
        assert world.row(task, "is_done") == (False,)
        with refused(Forbidden):
            edit(world, task, here.viewer, done=True, billable=True)

    @pytest.mark.parametrize(
        ("who", "error"), [("stranger", NotFound), ("viewer", Forbidden)], ids=str
    )
    def test_refused(self, world: World, here: Cast, who: str, error: type[DomainError]) -> None:
        with refused(error):
            edit(world, here.task, getattr(here, who), done=True)

    def test_a_predecessor_stands_in_the_way(self, world: World, here: Cast) -> None:
        task = world.task(here.list, predecessors=((here.task, "complete"),))
        with refused(Invalid, "predecessors"):
            edit(world, task, here.editor, done=True, billable=True)
