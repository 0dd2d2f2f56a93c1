"""The compiled payload plans render what their marshmallow schemas dump, byte for byte."""

from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from marshmallow import Schema

from app.access import Viewer
from app.http.payload import Plan, Record
from app.queries.catalogues.tasks import DEPENDENTS, PREDECESSORS, TASKS
from app.queries.page import fetch_page
from app.queries.query import Catalogue, Page, Query
from app.services.commands import CompleteTask, DeleteTask, ReopenTask
from app.services.execute import execute
from app.services.structure_commands import AddProjectCategory
from app.services.talk_commands import ChangeListTags, ChangePersonTags
from app.teamwork.schemas import completed_task, neighbours, related, todo_item
from app.teamwork.schemas.listing import Listed
from tests.builders import World

NEIGHBOURS = {
    "project": neighbours.PROJECT,
    "task list": neighbours.TASK_LISTS,
    "company": neighbours.COMPANY,
    "person": neighbours.PERSON,
    "follower": neighbours.FOLLOWERS,
}


@dataclass(frozen=True, slots=True)
class Data:
    """Rows in which every facet has something for some rows and nothing for others."""

    viewers: tuple[Viewer, ...]


@pytest.fixture
def data(world: World) -> Data:
    """Tasks of every kind, and the neighbours that they need."""
    mia = world.person("Mia", "Muster", avatar_url="https://example.com/mia.png", zone="Asia/Tokyo")
    joe = world.person("Joe", "", can_add_projects=True, company_id=world.company())
    kind = execute(AddProjectCategory(name="Internal", color=0xFF0000), world.viewer())
    about = {"description": "Text", "category_id": kind}
    project = world.project("demo", manager=(mia,), viewer=(joe,), **about)
    world.tag_project(project, "urgent", "later")
    todos = world.list(project)
    secret = world.list(project, "Secret", private=True, granted=(mia,), pinned=True)
    execute(ChangeListTags(list_id=todos, names=("urgent", "later")), world.viewer())
    execute(ChangePersonTags(person_id=mia, names=("later",)), world.viewer())
    plain = world.task(todos, "plain")
    _assigned(world, todos, (mia, joe, world.admin))
    _linked(world, todos, plain)
    _filled(world, project, todos, mia)
    _hidden(world, todos, secret, mia)
    reopened = world.task(todos, "reopened")
    for task in (world.task(todos, "completed", start=0, due=0), reopened):
        execute(CompleteTask(task), world.viewer(mia))
    execute(ReopenTask(reopened), world.viewer(mia))
    execute(DeleteTask(world.task(todos, "deleted")), world.viewer())
    world.list(world.project("empty"), "Empty")
    return Data((world.viewer(), world.viewer(mia), world.viewer(joe)))


def _assigned(world: World, todos: int, people: tuple[int, ...]) -> None:
    """Tasks of one, two and three people."""
    for number in range(1, 4):
        world.task(todos, f"assigned to {number}", assignees=people[:number], priority=number)


def _linked(world: World, todos: int, plain: int) -> None:
    """Subtasks, and predecessors of both types, met and not met."""
    started = world.task(todos, "started", progress=10)
    below = world.task(parent=plain, name="subtask")
    world.task(parent=below, name="subtask of a subtask")
    waits = ((plain, "complete"), (started, "start"))
    world.task(todos, "waits for two", predecessors=waits, place=-1)
    world.task(todos, "waits no more", predecessors=((started, "start"),))


def _filled(world: World, project: int, todos: int, mia: int) -> None:
    """A task with all that can hang on one."""
    full = world.task(
        todos,
        "full <&> \u20ac",
        by=mia,
        description="Two\nlines",
        tags=("api", "Documentation"),
        status_id=world.column(project),
        work_hours=0.75,
        comment_followers=(mia, world.admin),
        change_followers=(mia,),
        due=3,
    )
    world.file(project, "plan.pdf", full)
    world.file(project, "other.pdf", full)
    world.read(world.note(full, mia), world.admin)
    world.note(full, mia)
    world.time(full, project)
    world.reminder(full, mia)


def _hidden(world: World, todos: int, secret: int, mia: int) -> None:
    """Private tasks, a private list, and a predecessor that not everybody sees."""
    private = world.task(todos, "private", by=mia, private=True, tags=("secret",))
    world.task(parent=private, name="below a private task", by=mia)
    world.task(todos, "waits for a hidden one", by=mia, predecessors=((private, "complete"),))
    world.task(secret, "in a private list", by=mia)


def pages(data: Data, plan: Plan, catalogue: Catalogue, **more: Any) -> list[Page]:
    """All rows of a catalogue as each viewer sees them, with what the plan needs."""
    query = Query(catalogue, plan.columns, facets=plan.facets, **more)
    found = [fetch_page(query, viewer) for viewer in data.viewers]
    for facet in plan.facets:
        assert any(page.facets[facet] for page in found), f"no row has {facet}"
    return found


def strictly(value: Any) -> bytes:
    """A value as JSON, in which 1, true and "1" differ."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


def agree(plan: Plan, schema: Schema, found: list[Page]) -> None:
    """The plan and the schema give the same for every row of every page."""
    assert any(page.rows for page in found)
    for page in found:
        rendered = plan.render(page)
        assert len(rendered) == len(page.rows)
        for item, row in zip(rendered, page.rows, strict=True):
            assert strictly(item) == strictly(schema.dump(Record(page, row)))


@pytest.mark.parametrize("files", [True, False], ids=["files", "no files"])
@pytest.mark.parametrize("live", [False, True], ids=["documented", "live"])
def test_todo_item(data: Data, live: bool, files: bool) -> None:
    """A task, in both shapes, with and without its files."""
    plan = todo_item.plan(live=live, files=files)
    schema = todo_item.schema(live=live, files=files)
    found = pages(data, plan, TASKS, with_deleted=True)
    everything = found[1]
    assert set(everything.column("state")) == {"new", "completed", "reopened", "deleted"}
    assert set(everything.column("privacy")) == {0, 1, 2}
    agree(plan, schema, found)


def test_completed_task(data: Data) -> None:
    """The live service's payload of /completedtasks.json."""
    plan = completed_task.plan()
    agree(plan, completed_task.LiveCompletedTask(live=True), pages(data, plan, TASKS))


@pytest.mark.parametrize("catalogue", [DEPENDENTS, PREDECESSORS], ids=lambda each: each.name)
@pytest.mark.parametrize("live", [False, True], ids=["documented", "live"])
def test_related(data: Data, catalogue: Catalogue, live: bool) -> None:
    """Dependents and predecessors of tasks."""
    plan = related.plan(live=live)
    query = Query(catalogue, plan.columns, facets=plan.facets)
    found = [fetch_page(query, viewer) for viewer in data.viewers]
    agree(plan, related.Related(live=live), found)


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_neighbours(data: Data, name: str) -> None:
    """Projects, lists, companies, people, followers."""
    what = NEIGHBOURS[name]
    for live in (False, True):
        plan = what.plan(live)
        agree(plan, what.schema(live=live), pages(data, plan, what.catalogue))


def test_every_plan_is_held_against_its_schema() -> None:
    """A plan that is added to the neighbours is added here."""
    listed = {name for name, value in vars(neighbours).items() if _is_listed(value)}
    assert len(listed) == len(NEIGHBOURS)


def _is_listed(value: Any) -> bool:
    return isinstance(value, Listed)
