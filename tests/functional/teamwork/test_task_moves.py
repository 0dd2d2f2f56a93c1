"""Moving and copying tasks, tasks of a project without a list, estimates, recurrence, and whom a
task can be given.
"""

from typing import Any

import pytest

from app.services.commands import CompleteTask
from app.services.execute import execute
from tests.api import Api
from tests.builders import World


@pytest.mark.covers("endpoint:PUT /tasks/{id}/move.json")
@pytest.mark.parametrize("spelling", ["taskListId", "tasklistId"])
def test_moving_to_a_list_detaches(spelling: str, world: World, api: Api) -> None:
    first, second = world.project(), world.project()
    home, target = world.list(first), world.list(second)
    parent = world.task(home)
    task = world.task(parent=parent)
    child = world.task(parent=task)
    answer = api.put(f"/tasks/{task}/move.json", {spelling: str(target), "projectId": second})
    assert answer.json == {
        "affectedTaskIds": f"{task},{child}",
        "affectedTaskListIds": f"{home},{target}",
        "affectedProjectIds": f"{first},{second}",
        "STATUS": "OK",
    }
    assert list(answer.json) == [
        "affectedTaskIds",
        "affectedTaskListIds",
        "affectedProjectIds",
        "STATUS",
    ]
    item = api.task(task)
    assert (item["todo-list-id"], item["parentTaskId"]) == (str(target), "")
    assert api.task(child)["parentTaskId"] == str(task)


def test_moving_within_a_list_and_below_a_parent(world: World, api: Api) -> None:
    home, other = world.list(project := world.project()), world.list(project)
    parent = world.task(other)
    task = world.task(parent=world.task(home))
    assert api.put(f"/todo_items/{task}/move.json", {"taskListId": home}).status_code == 200
    assert api.task(task)["parentTaskId"] == ""
    assert api.put(f"/tasks/{task}/move.json", {"parentTaskId": parent}).status_code == 200
    item = api.task(task)
    assert (item["todo-list-id"], item["parentTaskId"]) == (str(other), str(parent))
    waiting = world.task(home, predecessors=((parent, "complete"),))
    body = {"taskListId": other, "removeDependencies": True}
    assert api.put(f"/tasks/{waiting}/move.json", body).status_code == 200
    assert api.task(waiting)["predecessors"] == []


def test_the_inbox(world: World, api: Api) -> None:
    project, other = world.project(), world.project()
    task = world.task(world.list(project))
    for body, expected in (
        ({"taskListId": 0}, project),
        ({"taskListId": "0", "projectId": other}, other),
        ({"projectId": project}, project),
    ):
        assert api.put(f"/tasks/{task}/move.json", body).status_code == 200
        item = api.task(task)
        assert (item["project-id"], item["todo-list-name"]) == (str(expected), "Inbox")
    made = api.get(f"/projects/{project}/tasklists.json", status="all").json["tasklists"]
    assert [each["name"] for each in made] == ["Todos", "Inbox"]


def test_a_completed_task_moves_as_it_is(world: World, api: Api) -> None:
    home, other = world.list(project := world.project()), world.list(project)
    task = world.task(home)
    execute(CompleteTask(task), world.viewer())
    assert api.put(f"/tasks/{task}/move.json", {"taskListId": other}).status_code == 200
    item = api.task(task)
    assert (item["completed"], item["todo-list-id"]) == (True, str(other))


def test_what_cannot_be_moved(world: World, api: Api) -> None:
    editor, viewer = world.person(), world.person()
    project = world.project(editor=(editor,), viewer=(viewer,))
    home, hidden = world.list(project), world.list(world.project())
    secret = world.list(project, private=True)
    task, private = world.task(home), world.task(home, private=True)
    own = Api(api.app, world.key(editor))
    path = f"/tasks/{task}/move.json"
    for body in (
        {},
        {"taskListId": hidden},
        {"taskListId": secret},
        {"taskListId": 999},
        {"parentTaskId": private},
        {"parentTaskId": task},
        {"projectId": 999},
        {"taskListId": "x"},
        {"taskListId": home, "projectId": world.project()},
    ):
        assert own.put(path, body).status_code == 422, body
    body = {"taskListId": home}
    assert own.put(f"/tasks/{private}/move.json", body).status_code == 404
    assert own.put("/tasks/999/move.json", body).status_code == 404
    assert Api(api.app, world.key(viewer)).put(path, body).status_code == 403
    assert world.row(task, "list_id", "parent_id") == (home, None)


@pytest.mark.covers("endpoint:PUT /tasks/{id}/copy.json")
def test_copying(world: World, api: Api) -> None:
    reader = world.person()
    project, other = world.project(viewer=(reader,)), world.project()
    home, target = world.list(project), world.list(other, "target")
    task = world.task(home, "original", description="d")
    answer = api.put(f"/tasks/{task}/copy.json")
    assert list(answer.json) == ["id", "STATUS"]
    assert answer.status_code == 200
    copy = api.task(int(answer.json["id"]))
    assert (copy["content"], copy["description"], copy["todo-list-id"]) == (
        "original",
        "d",
        str(home),
    )
    for body in ({"projectId": other}, {"taskListId": target}):
        made = api.put(f"/tasks/{task}/copy.json", body).json["id"]
        assert api.task(int(made))["todo-list-name"] == "target"
    own = Api(api.app, world.key(reader))
    assert own.put(f"/tasks/{task}/copy.json").status_code == 403
    assert own.put(f"/tasks/{task}/copy.json", {"taskListId": target}).status_code == 422
    hidden = world.task(home, private=True)
    assert own.put(f"/tasks/{hidden}/copy.json").status_code == 404


@pytest.mark.covers("endpoint:PUT /tasks/{id}/estimatedtime.json")
def test_estimates(world: World, api: Api) -> None:
    reader = world.person()
    task = world.task(world.list(world.project(viewer=(reader,))))
    path = f"/tasks/{task}/estimatedtime.json"
    assert api.put(path, {"taskEstimatedMinutes": 125}).json == {"STATUS": "OK"}
    assert api.task(task)["estimated-minutes"] == "125"
    assert api.put(path, {"taskEstimatedMinutes": "0"}).status_code == 200
    assert api.task(task)["estimated-minutes"] == "0"
    for body in ({}, {"taskEstimatedMinutes": -1}, {"taskEstimatedMinutes": "x"}):
        answer = api.put(path, body)
        assert (answer.status_code, "taskEstimatedMinutes" in answer.json["MESSAGE"]) == (422, True)
    own = Api(api.app, world.key(reader))
    assert own.put(path, {"taskEstimatedMinutes": 1}).status_code == 403


@pytest.mark.covers("endpoint:GET /tasks/{id}/recurring.json")
def test_recurrence(world: World, api: Api) -> None:
    home = world.list()
    weekly = world.task(home, due=-10, recurrence=3)
    dates = api.get(f"/tasks/{weekly}/recurring.json").json
    assert dates["dates-set"] == {}
    found = dates["recurring-dates"]
    assert len(found) == 12
    assert found[0] == f"{world.day(4)}T00:00:00Z"
    assert found[1] == f"{world.day(11)}T00:00:00Z"
    own = api.get(f"/tasks/{weekly}/recurring.json", onlyFutureDates="false").json
    assert own["recurring-dates"][0] == f"{world.day(-10)}T00:00:00Z"
    for plain in (world.task(home, due=1), world.task(home, recurrence=1)):
        assert api.get(f"/tasks/{plain}/recurring.json").json["recurring-dates"] == []
    stranger = Api(api.app, world.key(world.person()))
    assert stranger.get(f"/tasks/{weekly}/recurring.json").status_code == 404


@pytest.mark.covers("endpoint:POST /projects/{id}/tasks.json")
def test_adding_to_a_project(world: World, api: Api) -> None:
    editor, viewer = world.person(), world.person()
    project = world.project(editor=(editor,), viewer=(viewer,))
    listed = world.list(project, "Listed")
    own = Api(api.app, world.key(editor))
    path = f"/projects/{project}/tasks.json"
    answer = own.post(path, {"todo-item": {"content": "first"}})
    made = answer.json["id"]
    assert (answer.status_code, answer.headers["id"]) == (201, made)
    assert answer.json == {"id": made, "affectedTaskIds": made, "STATUS": "OK"}
    item = own.task(int(made))
    assert (item["todo-list-name"], item["project-id"]) == ("Inbox", str(project))
    again = own.post(path, {"todo-item": {"content": "second"}}).json["id"]
    assert own.task(int(again))["todo-list-id"] == item["todo-list-id"]
    named = own.post(path, {"todo-item": {"content": "x", "tasklistId": listed}}).json["id"]
    assert own.task(int(named))["todo-list-name"] == "Listed"
    below = own.post(path, {"todo-item": {"content": "x", "parentTaskId": named}}).json["id"]
    assert own.task(int(below))["parentTaskId"] == named
    foreign = world.list(world.project(editor=(editor,)))
    for wrong in ({"content": "x", "tasklistId": foreign}, {"description": "x"}):
        assert own.post(path, {"todo-item": wrong}).status_code == 422
    body = {"todo-item": {"content": "x"}}
    assert Api(api.app, world.key(viewer)).post(path, body).status_code == 403
    assert Api(api.app, world.key(world.person())).post(path, body).status_code == 404
    assert api.post("/projects/999/tasks.json", body).status_code == 404


@pytest.mark.decision(20)
@pytest.mark.covers("endpoint:POST /projects/{id}/tasks/quickadd.json")
@pytest.mark.covers("endpoint:PUT /projects/{id}/tasks/quickadd.json")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_quickadd_in_a_project(method: str, world: World, api: Api) -> None:
    project = world.project()
    home = world.list(project)
    path = f"/projects/{project}/tasks/quickadd.json"
    answer = api.call(method, path, {"content": "a~|~b", "tasklistId": str(home)})
    assert (answer.status_code, answer.json["success"]) == (201, "2")
    assert answer.json["tasklistId"] == str(home)
    item: dict[str, Any] = {"content": "c", "todo-item": {"priority": "high"}}
    made = api.call(method, path, item).json["taskIds"]
    task = api.task(int(made))
    assert (task["todo-list-name"], task["priority"]) == ("Inbox", "high")
    foreign = world.list()
    assert api.call(method, path, {"content": "x", "tasklistId": foreign}).status_code == 422
    stranger = Api(api.app, world.key(world.person()))
    assert stranger.call(method, path, {"content": "x"}).status_code == 404


@pytest.mark.covers("endpoint:GET /projects/{id}/tasks/availablepeople.json")
@pytest.mark.covers("endpoint:GET /tasks/availablepeople.json")
def test_available_people(world: World, api: Api) -> None:
    member = world.person("Mia", "Muster")
    world.person()
    project = world.project(viewer=(member,))
    task = world.task(world.list(project), assignees=(member,), change_followers=(member,))
    path = f"/projects/{project}/tasks/availablepeople.json"
    ada, mia = api.get(path).json["people"]
    assert (ada["id"], mia["id"]) == ("1", str(member))
    assert mia == {
        "id": str(member),
        "firstName": "Mia",
        "lastName": "Muster",
        "companyId": "1",
        "companyName": "Demo Company",
        "avatarUrl": "",
        "isResponsible": False,
        "isFollowingChanges": False,
        "isFollowingComments": False,
    }
    _, about = api.get("/tasks/availablepeople.json", projectId=project, taskId=task).json["people"]
    assert (about["isResponsible"], about["isFollowingChanges"]) == (True, True)
    assert about["isFollowingComments"] is False
    assert len(api.get("/tasks/availablepeople.json").json["people"]) == 3
    assert api.get("/tasks/availablepeople.json", projectId="x").status_code == 422
    assert api.get(path, taskId=world.task()).status_code == 404
    stranger = Api(api.app, world.key(world.person()))
    assert stranger.get(path).status_code == 404
    assert stranger.get("/tasks/availablepeople.json", projectId=project).status_code == 404
