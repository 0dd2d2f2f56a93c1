"""The requests that InLoox's document prints, as printed, with ids put in for the x's."""

import json
from collections.abc import Callable

import pytest

from tests.builders import World
from tests.odata import OData

Uid = Callable[[str, int], str]
X = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"


def ask(odata: OData, line: str, body: str | None = None) -> object:
    """A request line of the document, with the lines of its body."""
    method, path = line.split(" ", 1)
    data = None if body is None else body.encode()
    headers = {} if body is None else {"Content-Type": "application/json"}
    response = odata.call(method, path.removeprefix("/odata/"), data=data, headers=headers)
    assert response.status_code < 300, response.text
    return response.json if response.data else None


@pytest.mark.covers("example: Retrieve open tasks of a project", "odata:GET Task")
def test_retrieve_open_tasks_of_a_project(odata: OData, world: World, uid: Uid) -> None:
    project = world.project()
    home = world.list(project)
    world.task(home, "open")
    world.task(world.list(), "elsewhere")
    done = world.task(home, "done")
    odata.patch(f"Task({uid('task', done)})", {"IsDone": True})
    line = f"GET /odata/Task?$filter=ProjectId eq '{X}' and IsDone eq false"
    found = ask(odata, line.replace(X, uid("project", project)))
    assert [each["Name"] for each in found["value"]] == ["open"]


@pytest.mark.covers("example: Tasks of a specific contact")
def test_tasks_of_a_specific_contact(odata: OData, world: World, uid: Uid) -> None:
    home = world.list()
    world.task(home, "mine", assignees=(world.admin,))
    world.task(home, "nobody's")
    line = f"GET /odata/Task?$filter=ContactId eq '{X}'".replace(X, uid("person", world.admin))
    assert [each["Name"] for each in ask(odata, line)["value"]] == ["mine"]


@pytest.mark.covers("example: Overdue tasks")
def test_overdue_tasks(odata: OData, world: World) -> None:
    home = world.list()
    world.task(home, "late", due=-1)
    world.task(home, "later", due=5000)
    line = "GET /odata/Task?$filter=EndDateTime lt 2025-01-01T00:00:00Z and IsDone eq false"
    assert [each["Name"] for each in ask(odata, line)["value"]] == ["late"]


@pytest.mark.covers("example: Create a task", "odata:POST Task")
def test_create_a_task(odata: OData, world: World, uid: Uid) -> None:
    project = uid("project", world.project())
    body = f"""
{{
"Name": "Test API integration",
"ProjectId": "{project}",
"ContactId": "{uid("person", world.admin)}",
"StartDateTime": "2025-02-01T09:00:00Z",
"EndDateTime": "2025-02-15T17:00:00Z",
"WorkAmount": 16.0
}}"""
    made = ask(odata, "POST /odata/Task", body)
    for name, value in json.loads(body).items():
        assert made[name] == value


@pytest.mark.covers("example: Mark a task as done", "odata:PATCH Task({key})")
def test_mark_a_task_as_done(odata: OData, world: World, uid: Uid) -> None:
    task = uid("task", world.task())
    ask(odata, f"PATCH /odata/Task('{X}')".replace(X, task), '{\n"IsDone": true\n}')
    assert odata.one(f"Task({task})")["IsDone"] is True


@pytest.mark.covers("example: Create multiple tasks at once", "odata:POST Task/BatchInsert")
def test_create_multiple_tasks_at_once(odata: OData, world: World, uid: Uid) -> None:
    project = uid("project", world.project())
    body = """
{
"items": [
{ "Name": "Task 1", "ProjectId": "..." },
{ "Name": "Task 2", "ProjectId": "..." }
]
}""".replace("...", project)
    made = ask(odata, "POST /odata/Task/BatchInsert", body)
    assert [each["Name"] for each in made["value"]] == ["Task 1", "Task 2"]
    assert odata.names(orderby="Name") == ["Task 1", "Task 2"]


@pytest.mark.covers("example: $filter with $select")
def test_filter_with_select(odata: OData, world: World, uid: Uid) -> None:
    project = world.project()
    world.task(world.list(project), "one")
    found = odata.value(
        "Task",
        filter=f"ProjectId eq {uid('project', project)} and IsDone eq false",
        select="Name,EndDateTime",
    )
    members = [{name for name in each if "@" not in name} for each in found]
    assert members == [{"Name", "EndDateTime"}]


@pytest.mark.covers("example: notes of a task, newest first", "odata:GET TaskItemNote")
def test_notes_of_a_task(odata: OData, world: World, uid: Uid) -> None:
    task, other = world.task(), world.task()
    for text, on in (("first", task), ("second", task), ("other", other)):
        world.note(on, world.admin, text)
    line = f"GET /odata/TaskItemNote?$filter=TaskItemId eq {X}&$orderby=CreateDateTime desc"
    found = ask(odata, line.replace(X, uid("task", task)))
    assert {each["Note"] for each in found["value"]} == {"first", "second"}


@pytest.mark.covers("example: statuses of a project in board order", "odata:GET TaskStatus")
def test_statuses_of_a_project(odata: OData, world: World, uid: Uid) -> None:
    project = uid("project", world.project())
    for name, position in (("Done", 3), ("New", 1), ("Doing", 2)):
        odata.make("TaskStatus", Name=name, ProjectId=project, OrdinalPosition=position)
    odata.make("TaskStatus", Name="x", ProjectId=uid("project", world.project("other")))
    line = f"GET /odata/TaskStatus?$filter=ProjectId eq {X}&$orderby=OrdinalPosition"
    found = ask(odata, line.replace(X, project))
    assert [each["Name"] for each in found["value"]] == ["New", "Doing", "Done"]
