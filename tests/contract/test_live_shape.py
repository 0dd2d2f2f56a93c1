"""TANDEM_TEAMWORK_SHAPE=live: payloads as the live service was recorded (decision 10; facts 1.1,
1.9, 1.11).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask

from tests.api import Api
from tests.builders import World
from tests.contract.shape import differences, kind

AVATAR = "http://demo1company.teamwork.com/images/avatar.jpg"

# The table of facts 1.1, and the further members of facts 1.9.
NUMBERS = {
    "id",
    "project-id",
    "company-id",
    "creator-id",
    "updater-id",
    "todo-list-id",
    "order",
    "position",
    "decimalOrder",
    "decimal-position",
    "comments-count",
    "attachments-count",
    "estimated-minutes",
    "progress",
    "private",
    "has-dependencies",
    "has-predecessors",
    "DLM",
}
STRINGS = {
    "content",
    "description",
    "descriptionContentType",
    "status",
    "priority",
    "start-date",
    "due-date",
    "due-date-base",
    "created-on",
    "last-changed-on",
    "parentTaskId",
    "timeIsLogged",
    "lockdownId",
    "tasklist-lockdownId",
    "commentFollowerIds",
    "changeFollowerIds",
    "project-name",
    "company-name",
    "todo-list-name",
    "creator-firstname",
    "creator-lastname",
    "creator-avatar-url",
    "updater-firstname",
    "updater-lastname",
}
BOOLEANS = {
    "completed",
    "canComplete",
    "canEdit",
    "canLogTime",
    "viewEstimatedTime",
    "harvest-enabled",
    "has-reminders",
    "has-unread-comments",
    "hasTickets",
    "tasklist-private",
    "tasklist-isTemplate",
    "userFollowingComments",
    "userFollowingChanges",
}
ARRAYS = {"predecessors", "attachments"}
KINDS = {
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys(STRINGS, "string"),
    **dict.fromkeys(BOOLEANS, "boolean"),
    **dict.fromkeys(ARRAYS, "array"),
}
RESPONSIBLE = {
    f"responsible-party-{name}": "string"
    for name in ("id", "ids", "names", "summary", "type", "firstname", "lastname")
}
ON_A_BOARD = {"boardColumn": "object", "cardId": "number"}
WHEN_TAGGED = {"tags": "array"}
ON_A_SUBTASK = {"parent-task": "object"}
WHEN_COMPLETED = dict.fromkeys(
    ("completed_on", "completer_id", "completer_firstname", "completer_lastname"), "string"
)


@dataclass(frozen=True, slots=True)
class Live:
    """An application in the live shape with some rows; `api` speaks as Daniel Meyer."""

    api: Api
    daniel: int
    peter: int
    project: int
    list: int
    column: int
    waited_for: int
    rich: int

    def listed(self, task: int, **options: Any) -> dict[str, Any]:
        """A task as /tasks.json shows it."""
        items = self.api.get("/tasks.json", **options).json["todo-items"]
        return next(item for item in items if item["id"] == task)

    def edit(self, task: int, **changes: Any) -> None:
        """Change members of a task."""
        body = {"todo-item": {name.replace("_", "-"): value for name, value in changes.items()}}
        response = self.api.put(f"/tasks/{task}.json", body)
        assert response.status_code == 200, response.text

    def complete(self, task: int) -> None:
        """Complete a task."""
        assert self.api.put(f"/tasks/{task}/complete.json").status_code == 200


@pytest.fixture
def live_app(app: Flask) -> Iterator[Flask]:
    """The application in the live shape; as it was when the test ends."""
    before = app.config["TANDEM"]
    app.config["TANDEM"] = replace(before, shape="live")
    try:
        yield app
    finally:
        app.config["TANDEM"] = before


@pytest.fixture
def live(live_app: Flask, world: World) -> Live:
    """A subtask with everything that only some tasks have, in a project of two people."""
    daniel = world.person("Daniel", "Meyer", avatar_url=AVATAR)
    peter = world.person("Peter", "Clark")
    project = world.project("demo", manager=(daniel,), editor=(peter,))
    todos = world.list(project)
    column = world.column(project)
    waited_for = world.task(todos, "waited for", by=daniel)
    rich = world.task(
        parent=world.task(todos, "parent", by=daniel),
        name="rich",
        by=daniel,
        start=-4,
        due=12,
        assignees=(daniel,),
        tags=("api", "documentation"),
        predecessors=((waited_for, "complete"),),
        status_id=column,
        work_hours=1.5,
        progress=20,
    )
    world.file(project, "plan.pdf", rich)
    world.note(rich, peter)
    world.time(rich, project)
    world.reminder(rich, daniel)
    api = Api(live_app, world.key(daniel))
    return Live(api, daniel, peter, project, todos, column, waited_for, rich)


def kinds(item: dict[str, Any]) -> dict[str, str]:
    """The JSON type of each member."""
    return {name: kind(value) for name, value in item.items()}


def test_every_member_has_its_type_in_a_list(live: Live) -> None:
    """Exactly the recorded members, numbers and booleans where the document prints strings."""
    item = live.listed(live.rich)
    assert kinds(item) == KINDS | RESPONSIBLE | ON_A_BOARD | WHEN_TAGGED | ON_A_SUBTASK
    values = {
        "id": live.rich,
        "project-id": live.project,
        "todo-list-id": live.list,
        "creator-id": live.daniel,
        "updater-id": 0,
        "updater-firstname": "",
        "descriptionContentType": "TEXT",
        "estimated-minutes": 90,
        "progress": 20,
        "private": 0,
        "comments-count": 1,
        "attachments-count": 1,
        "has-reminders": True,
        "has-unread-comments": True,
        "timeIsLogged": "1",
        "tasklist-private": False,
        "tasklist-isTemplate": False,
        "hasTickets": False,
        "start-date": "20140508",
        "due-date": "20140524",
    }
    assert {name: item[name] for name in values} == values
    assert item["decimalOrder"] == item["decimal-position"] == item["order"] == item["position"]


def test_one_task_is_the_same(live: Live) -> None:
    """But for the files, which one task shows."""
    one = live.api.task(live.rich)
    assert one | {"attachments": []} == live.listed(live.rich)


def test_a_bare_task_leaves_members_out(live: Live) -> None:
    """No responsible-party-*, tags, boardColumn, cardId, parent-task; the others are there."""
    bare = live.listed(live.waited_for)
    assert kinds(bare) == KINDS
    assert bare["predecessors"] == bare["attachments"] == []
    empty = ("parentTaskId", "lockdownId", "start-date", "due-date", "commentFollowerIds")
    assert {name: bare[name] for name in empty} == dict.fromkeys(empty, "")
    assert bare["timeIsLogged"] == "0"


def test_a_column_is_an_object_beside_its_card(live: Live) -> None:
    """boardColumn, with cardId as its sibling; tags keep their shape."""
    item = live.listed(live.rich)
    assert item["boardColumn"] == {
        "id": live.column,
        "name": "My Inbox Board",
        "color": "#99DF72",
    }
    assert [kinds(tag) for tag in item["tags"]] == [
        {"id": "number", "name": "string", "color": "string"}
    ] * 2


def test_a_parent_is_named_by_strings(live: Live) -> None:
    """parentTaskId and parent-task.id stay strings."""
    item = live.listed(live.rich)
    assert item["parent-task"] == {"content": "parent", "id": item["parentTaskId"]}
    assert kind(item["parentTaskId"]) == "string"


def test_a_predecessor_is_named(live: Live) -> None:
    """A number for its id, and its name."""
    assert live.listed(live.rich)["predecessors"] == [
        {"id": live.waited_for, "type": "complete", "name": "waited for"}
    ]


def test_names_are_full_and_oneself_is_you(live: Live, world: World) -> None:
    """One, two and three assignees; the summary says "You" to the viewer."""
    responsible = {
        "id": str(live.daniel),
        "ids": str(live.daniel),
        "names": "Daniel Meyer",
        "summary": "You",
        "type": "Person",
        "firstname": "Daniel",
        "lastname": "Meyer",
    }
    assert said_of(live) == responsible
    live.edit(live.rich, responsible_party_id=f"{live.daniel},{live.peter}")
    both = f"{live.daniel},{live.peter}"
    names = {"names": "Daniel Meyer|Peter Clark", "summary": "You & Peter C."}
    assert said_of(live) == responsible | names | {"id": both, "ids": both}
    live.edit(live.rich, responsible_party_id=f"{live.peter},{live.daniel},{world.admin}")
    said = said_of(live)
    assert (said["firstname"], said["summary"]) == ("Peter", "Peter C. + 2 others")
    assert said["names"] == "Peter Clark|Daniel Meyer|Ada Admin"
    live.edit(live.rich, responsible_party_id=live.peter)
    assert said_of(live)["summary"] == "Peter C."


def said_of(live: Live) -> dict[str, Any]:
    """What the rich task says about its assignees."""
    item = live.listed(live.rich)
    return {name.removeprefix("responsible-party-"): item[name] for name in RESPONSIBLE}


def waits(live: Live, task: int) -> tuple[int, int]:
    """has-dependencies and has-predecessors of a task."""
    item = live.api.task(task)
    return item["has-dependencies"], item["has-predecessors"]


def test_dependencies_are_told_by_0_1_2(live: Live) -> None:
    """has-dependencies tells of what the task itself waits for (2 blocked, 1 not any more),
    has-predecessors of what waits for it.
    """
    assert waits(live, live.rich) == (2, 0)
    assert waits(live, live.waited_for) == (0, 2)
    live.complete(live.waited_for)
    assert waits(live, live.rich) == (1, 0)
    assert waits(live, live.waited_for) == (0, 1)
    live.edit(live.rich, predecessors=[])
    assert waits(live, live.rich) == waits(live, live.waited_for) == (0, 0)


def test_a_started_predecessor_blocks_no_more(live: Live) -> None:
    """Of the type `start`."""
    live.edit(live.rich, predecessors=[{"id": live.waited_for, "type": "start"}])
    assert waits(live, live.rich) == (2, 0)
    live.edit(live.waited_for, progress=10)
    assert waits(live, live.rich) == (1, 0)


def test_files_are_shown_when_asked_for(live: Live) -> None:
    """`attachments` is empty otherwise, whatever attachments-count says."""
    assert live.listed(live.rich)["attachments"] == []
    for item in (live.listed(live.rich, getFiles="true"), live.api.task(live.rich)):
        (file,) = item["attachments"]
        assert kinds(file) == {
            **dict.fromkeys(("id", "fileId", "categoryId"), "number"),
            **dict.fromkeys(("name", "filename", "size", "version", "categoryName"), "string"),
        }


def test_followers_and_the_updater(live: Live) -> None:
    """Comma lists, whether oneself follows, and who edited last."""
    live.edit(
        live.rich,
        commentFollowerIds=f"{live.daniel},{live.peter}",
        changeFollowerIds=str(live.peter),
    )
    item = live.listed(live.rich)
    assert item["commentFollowerIds"] == f"{live.daniel},{live.peter}"
    assert item["changeFollowerIds"] == str(live.peter)
    assert (item["userFollowingComments"], item["userFollowingChanges"]) == (True, False)
    assert item["updater-id"] == live.daniel
    assert (item["updater-firstname"], item["updater-lastname"]) == ("Daniel", "Meyer")


def test_a_private_task_says_1_and_names_its_lockdown(live: Live) -> None:
    """A number for `private`, a string for the access list."""
    live.edit(live.rich, private=1)
    item = live.listed(live.rich)
    assert item["private"] == 1
    assert item["lockdownId"].isdigit()


def test_a_completed_task_adds_its_completion(live: Live) -> None:
    """completer_id is a string."""
    live.complete(live.waited_for)
    item = live.api.task(live.waited_for)
    assert kinds(item) == KINDS | WHEN_COMPLETED
    assert (item["completer_id"], item["completer_lastname"]) == (str(live.daniel), "Meyer")


def test_nested_subtasks_have_the_shape_too(live: Live) -> None:
    """Under `subTasks`, to any depth."""
    items = live.api.get("/tasks.json", nestSubTasks="yes").json["todo-items"]
    parent = next(item for item in items if item["content"] == "parent")
    assert parent["subTasks"] == [live.listed(live.rich) | {"subTasks": []}]


# Facts 1.11.
COMPLETED_KINDS = {
    **dict.fromkeys(
        (
            "id",
            "completerId",
            "creatorId",
            "numEstMins",
            "progress",
            "private",
            "position",
            "parentTaskId",
            "projectId",
            "companyId",
            "tasklistId",
            "totalTimeLogged",
            "totalBillableTimeLogged",
        ),
        "number",
    ),
    **dict.fromkeys(
        (
            "content",
            "description",
            "descriptionContentType",
            "completedOn",
            "completerFirstName",
            "completerLastName",
            "completerAvatarUrl",
            "createdOn",
            "creatorFirstName",
            "creatorLastName",
            "creatorAvatarUrl",
            "lastChangedOn",
            "startDate",
            "dueDate",
            "dueDateBase",
            "priority",
            "projectName",
            "projectDescription",
            "projectStatus",
            "companyName",
            "tasklistName",
            "tasklistDescription",
        ),
        "string",
    ),
    **dict.fromkeys(
        (
            "completed",
            "canComplete",
            "canEdit",
            "canLogTime",
            "canViewEstTime",
            "canViewOthersTime",
            "harvestEnabled",
        ),
        "boolean",
    ),
    "tags": "array",
    "lockdownId": "null",
    "assignedTo": "null",
    "assignedToTeams": "null",
    "assignedToCompanies": "null",
}


def completed(live: Live, task: int) -> dict[str, Any]:
    """A task as /completedtasks.json shows it."""
    response = live.api.get("/completedtasks.json")
    assert list(response.json) == ["tasks", "STATUS"]
    assert response.headers["X-Records"] == str(len(response.json["tasks"]))
    return next(item for item in response.json["tasks"] if item["id"] == task)


def test_completed_tasks_are_camel_case_under_tasks(live: Live) -> None:
    """What is there has the recorded type; null where nobody is assigned or granted."""
    live.complete(live.waited_for)
    item = completed(live, live.waited_for)
    assert {name: COMPLETED_KINDS.get(name) for name in item} == kinds(item)
    values = {
        "content": "waited for",
        "completed": True,
        "completedOn": "2014-05-12T10:00:00Z",
        "completerId": live.daniel,
        "completerLastName": "Meyer",
        "completerAvatarUrl": AVATAR,
        "creatorFirstName": "Daniel",
        "progress": 100,
        "parentTaskId": 0,
        "projectId": live.project,
        "tasklistName": "Todos",
        "tags": [],
    }
    assert {name: item[name] for name in values} == values


def test_completed_tasks_have_all_recorded_members(live: Live) -> None:
    """None of facts 1.11 is missing."""
    live.complete(live.waited_for)
    item = completed(live, live.waited_for)
    assert sorted(set(COMPLETED_KINDS) - set(item)) == []


def test_a_rich_completed_task(live: Live) -> None:
    """Tags, time, estimate, parent and assignees of a completed subtask."""
    live.complete(live.waited_for)
    live.complete(live.rich)
    item = completed(live, live.rich)
    sample = {
        "tags": [{"id": 1, "name": "", "color": "#000000"}],
        "assignedTo": [{"id": 1, "firstName": "", "lastName": ""}],
        "parentTaskId": 1,
        "startDate": "20140508",
        "dueDate": "20140524",
    }
    assert differences(sample, item) == []
    assert (item["numEstMins"], item["totalTimeLogged"]) == (90, 30)
    assert [each["id"] for each in item["assignedTo"]] == [live.daniel]


def test_what_is_not_a_task_keeps_string_ids(live: Live) -> None:
    """Creations, projects, lists, people, dependents; the latter with full names."""
    todos = f"/tasklists/{live.list}/tasks.json"
    made = live.api.post(todos, {"todo-item": {"content": "new"}})
    assert kind(made.json["id"]) == "string"
    edited = live.api.put(f"/tasks/{live.rich}.json", {"todo-item": {"progress": 30}})
    assert edited.json == {"affectedTaskIds": str(live.rich), "STATUS": "OK"}
    for path, name in (
        ("/projects.json", "projects"),
        (f"/projects/{live.project}/tasklists.json", "tasklists"),
        ("/people.json", "people"),
        ("/companies.json", "companies"),
    ):
        assert {kind(each["id"]) for each in live.api.get(path).json[name]} == {"string"}
    (dependent,) = live.api.get(f"/tasks/{live.waited_for}/dependencies.json").json["dependents"]
    assert set(kinds(dependent).values()) == {"string"}
    assert dependent["responsible-party-names"] == "Daniel Meyer"
    assert dependent["responsible-party-summary"] == "You"


def test_the_documented_shape_is_the_default(app: Flask, world: World) -> None:
    """Without the switch: strings, and `todo-items` for completed tasks."""
    task = world.task()
    api = Api(app, world.key(world.admin))
    assert api.task(task)["id"] == str(task)
    assert list(api.get("/completedtasks.json").json) == ["todo-items", "STATUS"]
