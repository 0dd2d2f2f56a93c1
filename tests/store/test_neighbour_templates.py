"""Templates: what is kept of a project's tasks, and what becomes of it in another project."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.clock import clock
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import (
    Assignment,
    CheckList,
    CheckListItem,
    Predecessor,
    Status,
    Tag,
    Task,
    TaskList,
    TaskTag,
    Template,
)
from app.services.execute import execute, maintain
from app.services.neighbour_commands import (
    AddCheckList,
    AddCheckListItem,
    AddTemplate,
    DeleteCheckList,
    DeleteTemplate,
    EditTemplate,
    LoadTemplate,
    SaveTemplate,
    UploadTemplate,
)
from app.services.template_plans import MAX_TASKS, Plan, PlannedList, PlannedTask, write_plan
from app.services.templates import TemplateFile, download_template
from tests.builders import World
from tests.counting import counted
from tests.store.neighbours import UID, Cast, cast, check_refusals, refused, row, rows

EMPTY = write_plan(Plan())


def body(world: World, template: int) -> dict[str, Any]:
    """The document of a template."""
    return dict(orjson.loads(download_template(template, world.viewer()).body))


def furnish(world: World, here: Cast) -> dict[str, int]:
    """Tasks with all that a template keeps, and with what it does not keep."""
    editor = world.viewer(here.editor)
    other = world.list(here.project, "Other")
    column = world.column(here.project, "Doing", 0xFF0000)
    world.set(here.task, deleted_at=datetime(2014, 5, 12, tzinfo=UTC))
    first = world.task(here.list, "first", start=2, tags=("Urgent", "a"))
    second = world.task(
        parent=first,
        name="second",
        due=5,
        priority=1,
        work_hours=2.5,
        status_id=column,
        assignees=(here.editor,),
        predecessors=((first, "start"),),
        tags=("a",),
        description="a < b",
    )
    world.set(second, custom_color=-5, billable=True, recurrence=3)
    at = datetime(2014, 5, 14, 7, 30, tzinfo=UTC)
    world.set(first, start_at=at, is_done=True, progress=100)
    third = world.task(other, "third", predecessors=((second, "complete"),))
    hidden = world.task(here.list, "hidden", by=here.editor, private=True)
    below = world.task(parent=hidden, name="below hidden", by=here.editor)
    gone = world.task(here.list, "deleted")
    world.set(gone, deleted_at=at)
    world.task(world.list(here.project, "closed", private=True), "in a private list")
    listed = execute(AddCheckList(task_id=second, name="Before"), editor)
    for name in ("one", "two"):
        execute(AddCheckListItem(check_list_id=listed, name=name, is_done=True), editor)
    execute(DeleteCheckList(execute(AddCheckList(task_id=second, name="gone"), editor)), editor)
    return {"first": first, "second": second, "third": third, "hidden": hidden, "below": below}


def test_what_is_kept(world: World) -> None:
    here = cast(world)
    furnish(world, here)
    template = execute(SaveTemplate(here.project, "Release"), world.viewer(here.editor))
    assert row(Template, template)["name"] == "Release"
    assert row(Template, template)["creator_id"] == here.editor
    assert body(world, template) == {
        "format": "tandem-task-template",
        "version": 1,
        "name": "Release",
        "lists": [{"name": "Todos"}, {"name": "Other"}],
        "statuses": [{"name": "Doing", "color": 0xFF0000}],
        "tasks": [
            {
                "name": "first",
                "list": 0,
                "start": 0,
                "start_time": "07:30:00",
                "tags": ["a", "Urgent"],
            },
            {"name": "third", "list": 1, "predecessors": [[2, "complete"]]},
            {
                "name": "second",
                "list": 0,
                "parent": 0,
                "html": "a &lt; b",
                "hours": 2.5,
                "due": 3,
                "due_time": "23:59:59",
                "priority": 1,
                "status": "Doing",
                "color": -5,
                "billable": True,
                "recurrence": 3,
                "tags": ["a"],
                "check_lists": [{"name": "Before", "items": ["one", "two"]}],
                "predecessors": [[0, "start"]],
            },
        ],
    }


def test_what_becomes_of_it(world: World) -> None:
    here = cast(world)
    furnish(world, here)
    template = execute(SaveTemplate(here.project, "Release"), world.viewer(here.editor))
    target = world.project("target", manager=(here.editor,), company_id=1)
    lists = [world.list(target, name) for name in ("other", "mine")]
    bottom = world.task(lists[0], "there before")
    viewer = replace(world.viewer(here.editor), zone="Pacific/Auckland")
    clock.fix(datetime(2014, 6, 1, 13, 0, tzinfo=UTC))  # June 2 over there
    ids = execute(LoadTemplate(template, target), viewer)
    first, third, second = (row(Task, each) for each in ids)
    assert [each["name"] for each in (first, second, third)] == ["first", "second", "third"]
    (todos,) = rows(TaskList, project_id=target, name="Todos")
    assert todos["position"] > row(TaskList, lists[1])["position"]
    assert (first["list_id"], third["list_id"]) == (todos["id"], lists[0])
    assert third["position"] > row(Task, bottom)["position"]
    assert (second["parent_id"], second["list_id"]) == (first["id"], todos["id"])
    assert (first["start_on"], first["due_on"]) == (date(2014, 6, 2), None)
    assert first["start_at"] == datetime(2014, 6, 2, 7, 30, tzinfo=UTC)
    assert (second["due_on"], second["start_at"]) == (date(2014, 6, 5), None)
    assert second["due_at"] == datetime(2014, 6, 5, 23, 59, 59, tzinfo=UTC)
    (status,) = rows(Status, project_id=target)
    assert (status["name"], status["color"]) == ("Doing", 0xFF0000)
    kept = ("priority", "work_hours", "status_id", "custom_color", "billable", "recurrence")
    assert [second[name] for name in kept] == [1, 2.5, status["id"], -5, True, 3]
    assert (second["description"], second["description_html"]) == ("a < b", "a &lt; b")
    assert second["card_position"] > 0
    for each in (first, second, third):
        assert (each["project_id"], each["creator_id"]) == (target, here.editor)
        assert (each["is_done"], each["progress"], each["version"]) == (False, 0, 1)
        assert (each["project_key"], each["company_key"]) == ("target", "demo company")
        assert each["lockdown_id"] is None
    assert {
        (each["task_id"], each["predecessor_id"], each["type"]) for each in rows(Predecessor)
    } >= {
        (second["id"], first["id"], "start"),
        (third["id"], second["id"], "complete"),
    }
    names = {each["id"]: each["name"] for each in rows(Tag)}
    tags = {(each["task_id"], names[each["tag_id"]]) for each in rows(TaskTag)}
    assert {(task, tag) for task, tag in tags if task in ids} == {
        (first["id"], "Urgent"),
        (first["id"], "a"),
        (second["id"], "a"),
    }
    (listed,) = rows(CheckList, task_id=second["id"])
    assert (listed["name"], listed["project_id"]) == ("Before", target)
    items = rows(CheckListItem, check_list_id=listed["id"])
    assert [(item["name"], item["is_done"]) for item in items] == [("one", False), ("two", False)]
    assert not [each for each in rows(Assignment) if each["task_id"] in ids]


def test_loading_without_managing_the_project(world: World) -> None:
    """Known lists and statuses are used, the rest goes to the first list, without a status."""
    here = cast(world)
    furnish(world, here)
    template = execute(SaveTemplate(here.project, "Release"), world.viewer(here.editor))
    target = world.project("target", editor=(here.editor,))
    empty = world.project("empty", editor=(here.editor,))
    start = world.list(target, "Start")
    other = world.list(target, "OTHER")
    ids = execute(LoadTemplate(template, target), world.viewer(here.editor))
    assert [row(Task, each)["list_id"] for each in ids] == [start, other, start]
    assert {row(Task, each)["status_id"] for each in ids} == {None}
    assert rows(Status, project_id=target) == []
    column = world.column(target, "doing")
    ids = execute(LoadTemplate(template, target), world.viewer(here.editor))
    assert row(Task, ids[2])["status_id"] == column
    ids = execute(LoadTemplate(template, empty), world.viewer(here.editor))
    (made,) = rows(TaskList, project_id=empty)
    assert {row(Task, each)["list_id"] for each in ids} == {made["id"]}


def test_tasks_in_a_private_list_are_private(world: World) -> None:
    here = cast(world)
    template = execute(
        AddTemplate(
            name="t",
            body=write_plan(
                Plan(
                    lists=(PlannedList(name="Secret"),),
                    tasks=(PlannedTask(name="x", list=0), PlannedTask(name="y", list=0, parent=0)),
                )
            ),
        ),
        world.viewer(),
    )
    private = world.list(here.project, "secret", private=True)
    lockdown = row(TaskList, private)["lockdown_id"]
    ids = execute(LoadTemplate(template, here.project), world.viewer())
    assert {row(Task, each)["lockdown_id"] for each in ids} == {lockdown}
    # Who does not see that list gets one of his own.
    ids = execute(LoadTemplate(template, here.project), world.viewer(here.manager))
    assert {row(Task, each)["lockdown_id"] for each in ids} == {None}


def test_a_template_comes_back(world: World) -> None:
    here = cast(world)
    furnish(world, here)
    template = execute(SaveTemplate(here.project, "Release"), world.viewer(here.editor))
    execute(EditTemplate(template_id=template, name="Größe"), world.viewer(here.editor))
    file = download_template(template, world.viewer(here.stranger))
    again = execute(UploadTemplate(file.body), world.viewer(here.stranger))
    assert download_template(again, world.viewer()) == file
    assert file.name == "Größe"
    assert row(Template, again)["creator_id"] == here.stranger
    execute(DeleteTemplate(again), world.viewer())
    with pytest.raises(NotFound):
        download_template(again, world.viewer())


def test_an_empty_template(world: World) -> None:
    here = cast(world)
    template = execute(AddTemplate(name="empty", uid=UID), world.viewer(here.stranger))
    assert row(Template, template)["uid"] == UID
    assert download_template(template, world.viewer()) == TemplateFile(
        "empty", '{"format":"tandem-task-template","version":1,"name":"empty"}'
    )
    before = rows(Task)
    assert execute(LoadTemplate(template, here.project), world.viewer(here.editor)) == ()
    assert rows(Task) == before


def test_refused_changes(world: World) -> None:
    here = cast(world)
    template = execute(AddTemplate(name="t"), world.viewer(here.editor))
    gone = execute(AddTemplate(name="t"), world.viewer(here.editor))
    execute(DeleteTemplate(gone), world.viewer())
    check_refusals(
        world,
        [
            (here.manager, Forbidden, None, EditTemplate(template_id=template, name="x")),
            (here.stranger, Forbidden, None, DeleteTemplate(template)),
            (here.editor, NotFound, None, EditTemplate(template_id=gone, name="x")),
            (here.editor, NotFound, None, DeleteTemplate(gone)),
            (here.editor, NotFound, None, LoadTemplate(gone, here.project)),
            (here.editor, Invalid, "name", EditTemplate(template_id=template, name="")),
            (here.editor, Invalid, "name", AddTemplate(name="x" * 2001)),
            (here.editor, Invalid, "body", AddTemplate(name="x", body="{}")),
            (here.editor, Conflict, None, AddTemplate(name="x", uid="x")),
            (here.editor, Invalid, "name", SaveTemplate(here.project, " ")),
            (here.stranger, Invalid, "project_id", SaveTemplate(here.project, "x")),
            (here.viewer, Forbidden, None, SaveTemplate(here.project, "x")),
            (here.stranger, Invalid, "project_id", LoadTemplate(template, here.project)),
            (here.viewer, Forbidden, None, LoadTemplate(template, here.project)),
            (here.editor, Invalid, "content", UploadTemplate(EMPTY)),
            (here.editor, Invalid, "content", UploadTemplate("<xml/>")),
            (here.editor, Invalid, "content", UploadTemplate(" " * 2**20 + EMPTY)),
            (here.editor, Invalid, "content", UploadTemplate("\ud800")),
        ],
    )


def big(world: World, number: int) -> Plan:
    """A plan of so many tasks, every tenth the parent of nine, with something on each."""
    return Plan(
        lists=(PlannedList(name="one"), PlannedList(name="two")),
        tasks=tuple(
            PlannedTask(
                name=f"task {index}",
                list=index // 10 % 2,
                parent=index // 10 * 10 if index % 10 else None,
                start=index % 300,
                due_time=time(12),
                tags=("a", "b"),
                predecessors=((index - 1, "complete"),) if index % 10 else (),
            )
            for index in range(number)
        ),
    )


def test_the_number_of_statements(world: World) -> None:
    """It does not grow with the number of tasks."""
    here = cast(world)
    counts = []
    for number in (20, 200):
        plan = write_plan(big(world, number))
        template = execute(AddTemplate(name="t", body=plan), world.viewer())
        execute(LoadTemplate(template, here.project), world.viewer())  # makes lists and tags
        with counted() as loading:
            ids = execute(LoadTemplate(template, here.project), world.viewer())
        assert len(ids) == number
        with counted() as saving:
            execute(SaveTemplate(here.project, "t"), world.viewer())
        counts.append((len(loading), len(saving)))
    assert counts[0] == counts[1]
    assert max(counts[0]) < 40


def test_as_many_tasks_as_there_may_be(world: World) -> None:
    """Ten thousand are loaded in their order, and one more cannot be saved."""
    here = cast(world)
    plan = write_plan(big(world, MAX_TASKS))
    body_of = {"name": "big", "body": plan, "creator_id": world.admin}
    template = maintain(lambda work: work.insert(Template, **body_of))
    ids = execute(LoadTemplate(template, here.project), world.viewer())
    with db.engine.connect() as connection:
        chosen = select(Task.id, Task.name).where(Task.name.like("task %"))
        names = dict(map(tuple, connection.execute(chosen)))
    assert set(ids) == set(names)
    assert [names[each] for each in ids] == [f"task {index}" for index in range(MAX_TASKS)]
    with pytest.raises(Invalid, match=r"project_id"):
        execute(SaveTemplate(here.project, "too many"), world.viewer())
    world.set(here.task, deleted_at=datetime(2014, 5, 12, tzinfo=UTC))
    saved = execute(SaveTemplate(here.project, "just enough"), world.viewer())
    assert len(body(world, saved)["tasks"]) == MAX_TASKS


def test_days_too_far_apart(world: World) -> None:
    here = cast(world)
    world.set(here.task, start_on=date(1, 1, 1), due_on=date(9998, 1, 1))
    with refused(Invalid, "project_id"):
        execute(SaveTemplate(here.project, "x"), world.viewer())
    world.set(here.task, start_on=date(2, 1, 1), due_on=date(2, 1, 1) + timedelta(365_000))
    template = execute(SaveTemplate(here.project, "x"), world.viewer())
    (loaded,) = execute(LoadTemplate(template, here.project), world.viewer())
    assert row(Task, loaded)["due_on"] == date(2014, 5, 12) + timedelta(365_000)


def test_the_template_of_a_task_whose_parent_is_hidden(world: World) -> None:
    """It comes to the top; so does one whose parent is in another list."""
    here = cast(world)
    parent = world.task(here.list, "parent", by=here.editor)
    world.task(parent=parent, name="child", by=here.editor)
    world.set(parent, deleted_at=datetime(2014, 5, 12, tzinfo=UTC))
    elsewhere = world.task(parent=here.task, name="elsewhere")
    world.set(elsewhere, list_id=world.list(here.project, "far"))
    template = execute(SaveTemplate(here.project, "x"), world.viewer())
    tasks = {task["name"]: task for task in body(world, template)["tasks"]}
    assert set(tasks) == {"a task", "child", "elsewhere"}
    assert not any("parent" in task for task in tasks.values())
