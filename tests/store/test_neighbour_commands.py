"""Statuses, groups, plannings, risks and check lists: who may change them, and what follows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.models import (
    CheckList,
    CheckListItem,
    Planning,
    Risk,
    Status,
    TaskList,
)
from app.services.execute import execute
from app.services.neighbour_commands import (
    AddCheckList,
    AddCheckListItem,
    AddGroup,
    AddPlanning,
    AddRisk,
    AddStatus,
    DeleteCheckList,
    DeleteCheckListItem,
    DeleteGroup,
    DeletePlanning,
    DeleteRisk,
    DeleteStatus,
    EditCheckList,
    EditCheckListItem,
    EditGroup,
    EditPlanning,
    EditRisk,
    EditStatus,
)
from tests.builders import World
from tests.store.neighbours import OTHER_UID, UID, cast, check_refusals, refused, row, rows

START = datetime(2014, 5, 12, 9, 0, tzinfo=UTC)
LONG = "x" * 2001


def test_statuses(world: World) -> None:
    here = cast(world)
    manager = world.viewer(here.manager)
    first = execute(AddStatus(project_id=here.project, name="Open", color=0xFF0000), manager)
    second = execute(AddStatus(project_id=here.project, name="Done", uid=UID), manager)
    third = execute(AddStatus(project_id=here.project, name="Top", position=-3), manager)
    assert [row(Status, each)["position"] for each in (first, second, third)] == [0, 1, -3]
    assert row(Status, first)["color"] == 0xFF0000
    assert row(Status, second)["uid"] == UID

    execute(EditStatus(status_id=first, name="To do", color=None, position=7), manager)
    changed = row(Status, first)
    assert (changed["name"], changed["color"], changed["position"]) == ("To do", None, 7)
    assert changed["version"] == 2
    execute(EditStatus(status_id=first, project_id=here.project), manager)
    assert row(Status, first)["version"] == 2

    world.set(here.task, status_id=first)
    hidden = world.task(here.list, "private", private=True)
    world.set(hidden, status_id=first)
    execute(DeleteStatus(first), manager)
    assert rows(Status, id=first) == []
    assert world.row(here.task, "status_id", "version") == (None, 2)
    assert world.row(hidden, "status_id") == (None,)


def test_refused_changes_of_statuses(world: World) -> None:
    here = cast(world)
    status, other = world.column(here.project), world.project("other")
    add = AddStatus(project_id=here.project, name="x")
    check_refusals(
        world,
        [
            (here.stranger, Invalid, "project_id", add),
            (here.stranger, NotFound, None, EditStatus(status_id=status, name="x")),
            (here.stranger, NotFound, None, DeleteStatus(status)),
            (here.viewer, Forbidden, None, add),
            (here.editor, Forbidden, None, add),
            (here.editor, Forbidden, None, EditStatus(status_id=status, name="x")),
            (here.editor, Forbidden, None, DeleteStatus(status)),
            (here.manager, NotFound, None, DeleteStatus(status + 1)),
            (here.manager, Invalid, "name", AddStatus(project_id=here.project, name=" ")),
            (here.manager, Invalid, "name", AddStatus(project_id=here.project, name="x" * 201)),
            (here.manager, Invalid, "name", EditStatus(status_id=status, name="a\0b")),
            (here.manager, Invalid, "name", EditStatus(status_id=status, name="\ud800")),
            (here.manager, Invalid, "color", EditStatus(status_id=status, color=2**31)),
            (here.manager, Invalid, "position", EditStatus(status_id=status, position=2**31)),
            (here.manager, Invalid, "project_id", EditStatus(status_id=status, project_id=other)),
            (world.admin, Invalid, "project_id", EditStatus(status_id=status, project_id=other)),
        ],
    )


@pytest.mark.parametrize("uid", ["x", UID.upper(), UID[:-1], f"{UID}\n", ""])
def test_a_chosen_uid_is_canonical_and_new(world: World, uid: str) -> None:
    here = cast(world)
    execute(AddRisk(project_id=here.project, name="risk", uid=UID), world.viewer())
    with refused(Conflict):
        execute(AddRisk(project_id=here.project, name="risk", uid=UID), world.viewer())
    with refused(Conflict):
        execute(AddRisk(project_id=here.project, name="risk", uid=uid), world.viewer())


def test_a_uid_of_something_deleted_stays_taken(world: World) -> None:
    here = cast(world)
    risk = execute(AddRisk(project_id=here.project, name="risk", uid=UID), world.viewer())
    execute(DeleteRisk(risk), world.viewer())
    with refused(Conflict):
        execute(AddRisk(project_id=here.project, name="risk", uid=UID), world.viewer())


def test_groups(world: World) -> None:
    here = cast(world)
    manager = world.viewer(here.manager)
    group = execute(
        AddGroup(project_id=here.project, name="Later", description="some day", uid=UID), manager
    )
    made = row(TaskList, group)
    assert (made["name"], made["description"], made["uid"]) == ("Later", "some day", UID)
    assert made["position"] > row(TaskList, here.list)["position"]
    assert made["creator_id"] == here.manager
    execute(EditGroup(list_id=group, name="Sooner", position=-5), manager)
    changed = row(TaskList, group)
    assert (changed["name"], changed["position"], changed["version"]) == ("Sooner", -5, 2)
    execute(DeleteGroup(group), manager)
    assert row(TaskList, group)["deleted_at"] is not None


def test_a_group_with_tasks_is_kept(world: World) -> None:
    """Also with tasks that who deletes it does not see; deleted ones do not count."""
    here = cast(world)
    group = world.list(here.project, "secrets")
    task = world.task(group, private=True)
    with refused(Conflict):
        execute(DeleteGroup(group), world.viewer(here.manager))
    world.set(task, deleted_at=START)
    execute(DeleteGroup(group), world.viewer(here.manager))
    assert row(TaskList, group)["deleted_at"] is not None


def test_a_personal_group_is_its_makers(world: World) -> None:
    here = cast(world)
    task = world.personal_task(here.viewer)
    (group,) = world.row(task, "list_id")
    with refused(NotFound):
        execute(EditGroup(list_id=group, name="mine"), world.viewer(here.manager))
    execute(EditGroup(list_id=group, name="mine"), world.viewer(here.viewer))
    assert row(TaskList, group)["name"] == "mine"


def test_refused_changes_of_groups(world: World) -> None:
    here = cast(world)
    empty, other = world.list(here.project, "empty"), world.project("other")
    private = world.list(here.project, "private", private=True)
    add = AddGroup(project_id=here.project, name="x")
    check_refusals(
        world,
        [
            (here.stranger, Invalid, "project_id", add),
            (here.stranger, NotFound, None, EditGroup(list_id=empty, name="x")),
            (here.stranger, NotFound, None, DeleteGroup(empty)),
            (here.manager, NotFound, None, DeleteGroup(private)),
            (here.editor, Forbidden, None, add),
            (here.editor, Forbidden, None, EditGroup(list_id=empty, name="x")),
            (here.viewer, Forbidden, None, DeleteGroup(empty)),
            (here.manager, Invalid, "name", AddGroup(project_id=here.project, name="")),
            (here.manager, Invalid, "name", EditGroup(list_id=empty, name="x" * 201)),
            (here.manager, Invalid, "project_id", EditGroup(list_id=empty, project_id=other)),
            (here.manager, Invalid, "project_id", EditGroup(list_id=empty, project_id=None)),
        ],
    )


def test_plannings(world: World) -> None:
    here = cast(world)
    editor = world.viewer(here.editor)
    parent = execute(AddPlanning(project_id=here.project, name="Phase 1"), editor)
    child = execute(
        AddPlanning(
            project_id=here.project,
            name="Milestone",
            parent_id=parent,
            uid=UID,
            start_at=START,
            end_at=START + timedelta(days=1),
            progress=40,
            custom_color=-65536,
            is_milestone=True,
            description_html="<b>b</b><script>alert(1)</script>",
            psp_code="1.2",
            location="here",
        ),
        editor,
    )
    made = row(Planning, child)
    assert made["description_html"] == "<b>b</b>"
    assert (made["parent_id"], made["position"], made["uid"]) == (parent, 1, UID)
    assert (made["start_at"], made["is_milestone"]) == (START, True)
    assert (made["custom_color"], made["creator_id"]) == (-65536, here.editor)
    execute(EditPlanning(planning_id=child, end_at=None, is_milestone=False), editor)
    execute(EditPlanning(planning_id=child, start_at=START + timedelta(days=9)), editor)
    assert row(Planning, child)["version"] == 3

    world.set(here.task, planning_id=parent)
    execute(DeletePlanning(parent), editor)
    assert row(Planning, parent)["deleted_at"] is not None
    assert row(Planning, child)["parent_id"] is None
    assert row(Planning, child)["version"] == 4
    assert world.row(here.task, "planning_id", "version") == (None, 2)
    with refused(NotFound):
        execute(DeletePlanning(parent), editor)


def test_plannings_form_no_circle_and_are_not_too_deep(world: World) -> None:
    here = cast(world)
    editor = world.viewer(here.editor)

    def add(parent: int | None) -> int:
        command = AddPlanning(project_id=here.project, name="step", parent_id=parent)
        return int(execute(command, editor))

    chain = [add(None)]
    for _ in range(50):
        chain.append(add(chain[-1]))
    for parent in (chain[0], chain[1], chain[50]):
        with refused(Invalid, "parent_id"):
            execute(EditPlanning(planning_id=chain[0], parent_id=parent), editor)
    with refused(Invalid, "parent_id"):
        add(chain[-1])
    top = add(None)
    with refused(Invalid, "parent_id"):
        execute(EditPlanning(planning_id=chain[0], parent_id=top), editor)
    execute(EditPlanning(planning_id=chain[1], parent_id=top), editor)
    assert row(Planning, chain[1])["parent_id"] == top


def test_refused_changes_of_plannings(world: World) -> None:
    here = cast(world)
    other = world.project("other")
    foreign = execute(AddPlanning(project_id=other, name="foreign"), world.viewer())
    planning = execute(
        AddPlanning(project_id=here.project, name="p", start_at=START, end_at=START),
        world.viewer(),
    )
    before = START - timedelta(seconds=1)
    add = AddPlanning(project_id=here.project, name="x")

    def edit(**values: Any) -> EditPlanning:
        return EditPlanning(planning_id=planning, **values)

    check_refusals(
        world,
        [
            (here.stranger, Invalid, "project_id", add),
            (here.stranger, NotFound, None, edit(name="x")),
            (here.stranger, NotFound, None, DeletePlanning(planning)),
            (here.viewer, Forbidden, None, add),
            (here.viewer, Forbidden, None, edit(name="x")),
            (here.viewer, Forbidden, None, DeletePlanning(planning)),
            (here.editor, NotFound, None, EditPlanning(planning_id=foreign, name="x")),
            (here.editor, Invalid, "parent_id", edit(parent_id=foreign)),
            (world.admin, Invalid, "parent_id", edit(parent_id=foreign)),
            (here.editor, Invalid, "parent_id", edit(parent_id=foreign + 99)),
            (here.editor, Invalid, "end_at", edit(end_at=before)),
            (here.editor, Invalid, "end_at", edit(start_at=START + timedelta(days=1))),
            (here.editor, Invalid, "start_at", edit(start_at=datetime.min.replace(tzinfo=UTC))),
            (here.editor, Invalid, "progress", edit(progress=101)),
            (here.editor, Invalid, "name", edit(name=LONG)),
            (here.editor, Invalid, "psp_code", edit(psp_code="x" * 101)),
            (here.editor, Invalid, "location", edit(location="x" * 201)),
            (here.editor, Invalid, "description_html", edit(description_html="<b>" * 200)),
            (world.admin, Invalid, "project_id", edit(project_id=other)),
        ],
    )


def test_risks(world: World) -> None:
    here = cast(world)
    editor = world.viewer(here.editor)
    risk = execute(AddRisk(project_id=here.project, name="Rain", probability=30, impact=90), editor)
    world.set(here.task, risk_id=risk)
    execute(EditRisk(risk_id=risk, name="Snow", description_html="<i>cold</i>"), editor)
    changed = row(Risk, risk)
    assert (changed["name"], changed["probability"], changed["impact"]) == ("Snow", 30, 90)
    assert (changed["description_html"], changed["version"]) == ("<i>cold</i>", 2)
    execute(DeleteRisk(risk), editor)
    assert row(Risk, risk)["deleted_at"] is not None
    assert world.row(here.task, "risk_id", "version") == (None, 2)


def test_refused_changes_of_risks(world: World) -> None:
    here = cast(world)
    other = world.project("other")
    risk = execute(AddRisk(project_id=here.project, name="risk"), world.viewer())
    add = AddRisk(project_id=here.project, name="x")
    check_refusals(
        world,
        [
            (here.stranger, Invalid, "project_id", add),
            (here.stranger, NotFound, None, EditRisk(risk_id=risk, name="x")),
            (here.stranger, NotFound, None, DeleteRisk(risk)),
            (here.viewer, Forbidden, None, add),
            (here.viewer, Forbidden, None, EditRisk(risk_id=risk, name="x")),
            (here.viewer, Forbidden, None, DeleteRisk(risk)),
            (here.editor, Invalid, "probability", EditRisk(risk_id=risk, probability=-1)),
            (here.editor, Invalid, "impact", EditRisk(risk_id=risk, impact=101)),
            (here.editor, Invalid, "name", EditRisk(risk_id=risk, name="")),
            (world.admin, Invalid, "project_id", EditRisk(risk_id=risk, project_id=other)),
        ],
    )


def test_check_lists_of_a_task(world: World) -> None:
    here = cast(world)
    editor = world.viewer(here.editor)
    listed = execute(AddCheckList(task_id=here.task, name="Before", uid=UID), editor)
    made = row(CheckList, listed)
    assert (made["project_id"], made["task_id"]) == (here.project, here.task)
    assert (made["uid"], made["creator_id"]) == (UID, here.editor)
    item = execute(AddCheckListItem(check_list_id=listed, name="one"), editor)
    done = execute(
        AddCheckListItem(check_list_id=listed, name="two", is_done=True, uid=OTHER_UID), editor
    )
    assert [row(CheckListItem, each)["position"] for each in (item, done)] == [0, 1]
    assert row(CheckListItem, done)["done_at"] is not None
    execute(EditCheckListItem(item_id=item, is_done=True), editor)
    assert row(CheckListItem, item)["done_at"] is not None
    execute(EditCheckListItem(item_id=item, is_done=False, name="uno", position=5), editor)
    changed = row(CheckListItem, item)
    assert (changed["name"], changed["is_done"], changed["done_at"]) == ("uno", False, None)
    assert (changed["position"], changed["version"]) == (5, 3)
    execute(EditCheckList(check_list_id=listed, name="After", position=3), editor)
    assert row(CheckList, listed)["name"] == "After"
    assert world.row(here.task, "version", "updater_id") == (7, here.editor)
    execute(EditCheckListItem(item_id=item, is_done=False), editor)  # nothing changes
    assert world.row(here.task, "version") == (7,)
    execute(DeleteCheckListItem(done), editor)
    execute(DeleteCheckList(listed), editor)
    assert world.row(here.task, "version") == (9,)
    assert all(each["deleted_at"] for each in rows(CheckListItem) + rows(CheckList))
    with refused(NotFound):
        execute(EditCheckListItem(item_id=item, name="x"), editor)


def test_check_lists_of_a_project(world: World) -> None:
    here = cast(world)
    editor = world.viewer(here.editor)
    first = execute(AddCheckList(project_id=here.project, name="one"), editor)
    second = execute(AddCheckList(project_id=here.project, name="two"), editor)
    of_task = execute(
        AddCheckList(project_id=here.project, task_id=here.task, name="three"), editor
    )
    assert [row(CheckList, each)["position"] for each in (first, second, of_task)] == [0, 1, 0]
    item = execute(AddCheckListItem(check_list_id=first, name="item"), editor)
    execute(EditCheckListItem(item_id=item, is_done=True), editor)
    assert world.row(here.task, "version") == (2,)


def test_a_check_list_follows_its_task(world: World) -> None:
    """That of a private task is seen by those who see the task, the administrator not among
    them.
    """
    here = cast(world)
    task = world.task(here.list, by=here.editor, private=True)
    editor = world.viewer(here.editor)
    listed = execute(AddCheckList(task_id=task, name="secret"), editor)
    item = execute(AddCheckListItem(check_list_id=listed, name="item"), editor)
    for who in (world.admin, here.manager):
        check_refusals(
            world,
            [
                (who, Invalid, "task_id", AddCheckList(task_id=task, name="x")),
                (who, NotFound, None, EditCheckList(check_list_id=listed, name="x")),
                (who, NotFound, None, DeleteCheckListItem(item)),
                (who, Invalid, "check_list_id", AddCheckListItem(check_list_id=listed, name="x")),
            ],
        )
    personal = world.personal_task(here.stranger)
    mine = execute(AddCheckList(task_id=personal, name="mine"), world.viewer(here.stranger))
    assert row(CheckList, mine)["project_id"] is None


def test_refused_changes_of_check_lists(world: World) -> None:
    here = cast(world)
    other = world.project("other")
    listed = execute(AddCheckList(task_id=here.task, name="list"), world.viewer())
    of_project = execute(AddCheckList(project_id=here.project, name="list"), world.viewer())
    item = execute(AddCheckListItem(check_list_id=of_project, name="item"), world.viewer())
    hidden = EditCheckListItem(item_id=item, name="x")
    never = EditCheckListItem(item_id=item + 99, name="x")
    both = AddCheckList(project_id=other, task_id=here.task, name="x")
    check_refusals(
        world,
        [
            (here.stranger, Invalid, "task_id", AddCheckList(task_id=here.task, name="x")),
            (here.stranger, Invalid, "project_id", AddCheckList(project_id=other, name="x")),
            (here.stranger, NotFound, None, DeleteCheckList(of_project)),
            (here.viewer, Forbidden, None, AddCheckList(task_id=here.task, name="x")),
            (here.viewer, Forbidden, None, AddCheckList(project_id=here.project, name="x")),
            (here.viewer, Forbidden, None, AddCheckListItem(check_list_id=listed, name="x")),
            (here.viewer, Forbidden, None, EditCheckList(check_list_id=of_project, name="x")),
            (here.viewer, Forbidden, None, DeleteCheckList(listed)),
            (here.viewer, Forbidden, None, hidden),
            (here.viewer, Forbidden, None, DeleteCheckListItem(item)),
            (here.editor, Invalid, "project_id", AddCheckList(name="x")),
            (world.admin, Invalid, "project_id", both),
            (here.editor, Invalid, "name", AddCheckList(task_id=here.task, name="")),
            (here.editor, Invalid, "name", EditCheckListItem(item_id=item, name=LONG)),
            (here.editor, Invalid, "task_id", EditCheckList(check_list_id=listed, task_id=None)),
            (
                here.editor,
                Invalid,
                "check_list_id",
                EditCheckListItem(item_id=item, check_list_id=listed),
            ),
        ],
    )
    messages = []
    for command in (hidden, never):
        with pytest.raises(NotFound) as caught:
            execute(command, world.viewer(here.stranger))
        messages.append(caught.value.message)
    assert messages[0] == messages[1], "hidden and absent are not to be told apart"


def test_a_read_only_key_changes_nothing(world: World) -> None:
    here = cast(world)
    with refused(Forbidden):
        execute(
            AddRisk(project_id=here.project, name="x"),
            world.viewer(here.editor, read_only=True),
        )
