"""Completing, reopening, and what is completed (decisions 6, 19, 21)."""

from datetime import UTC, datetime

import pytest

from app.clock import clock
from tests.api import Api
from tests.builders import World


@pytest.mark.decision(6)
@pytest.mark.covers("endpoint:PUT /tasks/{id}/complete.json", "member:completed", "member:status")
@pytest.mark.covers("member:completed_on", "member:completer_id")
@pytest.mark.covers("member:completer_firstname", "member:completer_lastname")
@pytest.mark.parametrize("data", [None, b"", b"null", b'""', b"{}"])
def test_completing(data: bytes | None, world: World, api: Api) -> None:
    task = world.task()
    before = api.task(task)
    assert (before["completed"], before["status"]) == (False, "new")
    assert "completed_on" not in before
    answer = api.put(f"/tasks/{task}/complete.json", data=data)
    assert (answer.status_code, answer.json) == (200, {"STATUS": "OK"})
    item = api.task(task)
    assert (item["completed"], item["status"], item["progress"]) == (True, "completed", "100")
    assert item["completed_on"] == "2014-05-12T10:00:00Z"
    assert (item["completer_id"], item["completer_firstname"]) == ("1", "Ada")
    assert item["completer_lastname"] == "Admin"


@pytest.mark.decision(6)
def test_completing_again_changes_nothing(world: World, api: Api) -> None:
    task = world.task()
    api.put(f"/tasks/{task}/complete.json")
    before = api.task(task)
    clock.fix(datetime(2014, 5, 13, tzinfo=UTC))
    assert api.put(f"/tasks/{task}/complete.json").status_code == 200
    assert api.task(task) == before


@pytest.mark.decision(6)
def test_completing_takes_open_subtasks_along(world: World, api: Api) -> None:
    parent = world.task()
    child = world.task(parent=parent)
    grandchild = world.task(parent=child)
    api.put(f"/tasks/{parent}/complete.json")
    assert [api.task(each)["completed"] for each in (parent, child, grandchild)] == [True] * 3


@pytest.mark.decision(6)
@pytest.mark.covers("endpoint:PUT /tasks/{id}/uncomplete.json")
def test_reopening_reopens_ancestors_and_leaves_subtasks(world: World, api: Api) -> None:
    parent = world.task()
    child = world.task(parent=parent)
    grandchild = world.task(parent=child)
    api.put(f"/tasks/{parent}/complete.json")
    assert api.put(f"/tasks/{child}/uncomplete.json").json == {"STATUS": "OK"}
    states = [api.task(each)["status"] for each in (parent, child, grandchild)]
    assert states == ["reopened", "reopened", "completed"]
    before = api.task(child)
    assert api.put(f"/tasks/{child}/uncomplete.json").status_code == 200
    assert api.task(child) == before


@pytest.mark.decision(6)
def test_open_predecessors_block(world: World, api: Api) -> None:
    home = world.list()
    first, second = world.task(home), world.task(home)
    task = world.task(home, predecessors=((first, "complete"), (second, "start")))
    refused = api.put(f"/tasks/{task}/complete.json")
    assert refused.status_code == 422
    assert "predecessor" in refused.json["MESSAGE"]
    assert str(first) in refused.json["MESSAGE"]
    assert str(second) in refused.json["MESSAGE"]
    api.put(f"/tasks/{first}/complete.json")
    assert api.put(f"/tasks/{task}/complete.json").status_code == 422
    api.put(f"/tasks/{second}.json", {"todo-item": {"progress": 10}})
    assert api.put(f"/tasks/{task}/complete.json").status_code == 200


@pytest.mark.decision(6)
def test_predecessors_of_subtasks_count_unless_completed_by_the_same_act(
    world: World, api: Api
) -> None:
    home = world.list()
    parent = world.task(home)
    first = world.task(parent=parent)
    world.task(parent=parent, predecessors=((first, "complete"),))
    assert api.put(f"/tasks/{parent}/complete.json").status_code == 200
    other_parent = world.task(home)
    outside = world.task(home)
    world.task(parent=other_parent, predecessors=((outside, "complete"),))
    assert api.put(f"/tasks/{other_parent}/complete.json").status_code == 422
    assert api.task(other_parent)["completed"] is False


@pytest.mark.decision(7)
def test_an_assignee_completes_what_he_may_not_edit(world: World, api: Api) -> None:
    person = world.person()
    task = world.task(world.list(world.project(viewer=(person,))), assignees=(person,))
    own = Api(api.app, world.key(person))
    item = own.task(task)
    assert (item["canEdit"], item["canComplete"], item["canLogTime"]) == (False, True, False)
    body = {"todo-item": {"content": "mine now"}}
    assert own.put(f"/tasks/{task}.json", body).status_code == 403
    assert own.put(f"/tasks/{task}/complete.json").status_code == 200


@pytest.mark.decision(21)
@pytest.mark.covers("edit:allow-update", "edit:completed-on", "edit:completer-id")
def test_the_completion_can_be_rewritten(world: World, api: Api) -> None:
    other = world.person("Mia", "Muster")
    task = world.task(world.list(world.project(editor=(other,))))
    api.put(f"/tasks/{task}/complete.json")
    stamp = {"completed-on": "20140501083000", "completer-id": str(other)}
    assert api.put(f"/tasks/{task}.json", {"todo-item": stamp}).status_code == 403
    allowed = {"allow-update": True} | stamp
    assert api.put(f"/tasks/{task}.json", {"todo-item": allowed}).json == {"STATUS": "OK"}
    item = api.task(task)
    assert (item["completed_on"], item["completer_id"]) == ("2014-05-01T08:30:00Z", str(other))
    assert item["completer_firstname"] == "Mia"
    outside = {"allow-update": True, "todo-item": {"completed-on": "20140502083000"}}
    assert api.put(f"/tasks/{task}.json", outside).status_code == 200
    assert api.task(task)["completed_on"] == "2014-05-02T08:30:00Z"


def test_only_a_completed_task_has_a_completion(world: World, api: Api) -> None:
    task = world.task()
    body = {"todo-item": {"allow-update": True, "completed-on": "20140501083000"}}
    assert api.put(f"/tasks/{task}.json", body).status_code == 422


@pytest.mark.decision(21)
def test_a_completed_task_is_edited_only_knowingly(world: World, api: Api) -> None:
    task = world.task(name="old")
    api.put(f"/tasks/{task}/complete.json")
    path, change = f"/tasks/{task}.json", {"content": "new"}
    assert api.put(path, {"todo-item": change}).status_code == 403
    assert api.task(task)["content"] == "old"
    assert api.put(path, {"todo-item": change | {"completed": False}}).status_code == 200
    item = api.task(task)
    assert (item["content"], item["completed"]) == ("new", True)
    assert api.put(path, {"todo-item": change | {"allow-update": True}}).status_code == 200


@pytest.mark.covers("endpoint:GET /completedtasks.json", "completed:startdate", "completed:enddate")
@pytest.mark.decision(19)
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["april", "may"]),
        ({"startdate": "20140301"}, ["march", "april", "may"]),
        ({"statedate": "20140301"}, ["march", "april", "may"]),
        ({"enddate": "20140430"}, ["april"]),
        ({"startdate": "20140310", "enddate": "20140310"}, ["march"]),
        ({"startdate": "20140311", "enddate": "20140412"}, ["april"]),
    ],
)
def test_completed_tasks(
    options: dict[str, str], expected: list[str], world: World, api: Api
) -> None:
    home = world.list()
    for month, day, name in ((3, 10, "march"), (4, 12, "april"), (5, 1, "may")):
        task = world.task(home, name)
        api.put(f"/tasks/{task}/complete.json")
        world.set(task, done_at=datetime(2014, month, day, 23, 30, tzinfo=UTC))
    world.task(home, "open")
    assert api.names("/completedtasks.json", **options) == expected


@pytest.mark.covers("completed:page", "completed:pageSize", "completed:includeArchivedProjects")
def test_completed_tasks_in_pages_and_archives(world: World, api: Api) -> None:
    project = world.project()
    home = world.list(project)
    for name in ("a", "b", "c"):
        api.put(f"/tasks/{world.task(home, name)}/complete.json")
    response = api.get("/completedtasks.json", page=2, pageSize=2)
    assert [item["content"] for item in response.json["todo-items"]] == ["c"]
    assert response.headers["X-Records"] == "3"
    api.put(f"/projects/{project}.json", {"project": {"status": "archived"}})
    assert api.names("/completedtasks.json") == []
    assert api.names("/completedtasks.json", includeArchivedProjects="true") == ["a", "b", "c"]
    active = {"project": {"status": "active"}}
    assert api.put(f"/projects/{project}.json", active).status_code == 200
    assert api.names("/completedtasks.json") == ["a", "b", "c"]


@pytest.mark.covers("endpoint:GET /tasks/{id}/dependencies.json")
@pytest.mark.covers("endpoint:GET /tasks/{id}/predecessors.json")
@pytest.mark.covers("dependent:id", "dependent:name", "dependent:projectId", "dependent:hardness")
@pytest.mark.covers("dependent:responsible-party-id", "dependent:responsible-party-names")
@pytest.mark.covers("dependent:responsible-party-summary", "dependent:predecessorMust")
@pytest.mark.covers("dependent:dependentCant")
def test_dependencies(world: World, api: Api) -> None:
    other = world.person("Daniel", "Muster")
    project = world.project(editor=(other,))
    home = world.list(project)
    task = world.task(home)
    waiting = world.task(home, "my task", predecessors=((task, "complete"),), assignees=(other,))
    answer = api.get(f"/tasks/{task}/dependencies.json").json
    assert answer == {
        "dependents": [
            {
                "id": str(waiting),
                "name": "my task",
                "projectId": str(project),
                "responsible-party-id": str(other),
                "responsible-party-names": "Daniel M.",
                "responsible-party-summary": "Daniel M.",
                "predecessorMust": "complete",
                "dependentCant": "complete",
                "hardness": "strong",
            }
        ],
        "STATUS": "OK",
    }
    assert api.get(f"/tasks/{waiting}/dependencies.json").json["dependents"] == []
    (before,) = api.get(f"/tasks/{waiting}/predecessors.json").json["predecessors"]
    assert (before["id"], before["responsible-party-summary"]) == (str(task), "Anyone")
