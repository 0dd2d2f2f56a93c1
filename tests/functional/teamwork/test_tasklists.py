"""Task lists as a whole: what is shown of them, deleting, order, moving, copying, templates."""

from typing import Any

import pytest
from flask import Flask

from app.services.commands import CompleteTask
from app.services.execute import execute
from app.services.neighbour_commands import SaveTemplate
from tests.api import Api
from tests.builders import World
from tests.functional.teamwork.shapes import in_shape

MEMBERS = {
    "id",
    "name",
    "description",
    "position",
    "projectId",
    "projectName",
    "private",
    "isTemplate",
    "pinned",
    "complete",
    "status",
    "milestone-id",
    "uncompleted-count",
    "tags",
    "lastUpdated",
    "createdAt",
    "notifyTaskAssignee",
    "isBillable",
}


def lists(api: Api, project: int, **options: Any) -> list[Any]:
    """The task lists of a project."""
    response = api.get(f"/projects/{project}/tasklists.json", **options)
    assert response.status_code == 200, response.text
    found: list[Any] = response.json["tasklists"]
    return found


def names(api: Api, project: int, **options: Any) -> list[str]:
    """Their names."""
    return [each["name"] for each in lists(api, project, **options)]


@pytest.mark.parametrize("shape", ["documented", "live"])
def test_the_payload_has_all_members(
    shape: str, world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_shape(api, shape, monkeypatch)
    home = world.list(project := world.project())
    (listed,) = lists(api, project)
    assert set(listed) >= MEMBERS
    assert api.get(f"/tasklists/{home}.json").json["todo-list"] == listed
    assert (listed["complete"], listed["status"], listed["isTemplate"]) == (False, "new", False)


def test_counts_and_states(world: World, api: Api) -> None:
    reader = world.person()
    project = world.project(viewer=(reader,))
    full, done = world.list(project, "full"), world.list(project, "done")
    world.list(project, "empty")
    world.task(full, due=-1)
    world.task(full, due=0)
    world.task(full, due=-2, private=True)
    for home in (full, done):
        execute(CompleteTask(world.task(home, due=-3)), world.viewer())
    assert names(api, project) == ["full", "empty"]
    assert names(api, project, STATUS="Completed") == ["done"]
    found = lists(api, project, status="all", getOverdueCount="true", getCompletedCount=1)
    counts = [(each["overdue-count"], each["completed-count"]) for each in found]
    assert counts == [(2, 1), (0, 1), (0, 0)]
    assert [each["complete"] for each in found] == [False, True, False]
    assert [each["status"] for each in found] == ["new", "completed", "new"]
    own = Api(api.app, world.key(reader))
    one = own.get(f"/tasklists/{full}.json", getOverdueCount="yes").json["todo-list"]
    assert (one["overdue-count"], one["uncompleted-count"]) == (1, 2)
    assert "completed-count" not in one
    assert api.get(f"/projects/{project}/tasklists.json", status="odd").status_code == 422


def test_lists_by_their_tasks(world: World, api: Api) -> None:
    """`filter` and `responsible-party-id` ask for one task that is both; hidden tasks do not
    count.
    """
    mia, leo, reader = (world.person() for _ in range(3))
    project = world.project(viewer=(mia, leo, reader))
    late, soon, done, secret, empty = (
        world.list(project, name) for name in ("late", "soon", "done", "secret", "empty")
    )
    world.task(late, due=-1, assignees=(mia,))
    world.task(late, due=1, assignees=(leo,))
    world.task(soon, due=1, assignees=(mia,))
    execute(CompleteTask(world.task(done, due=-3, assignees=(mia,))), world.viewer())
    world.task(secret, due=-1, private=True, assignees=(mia,))
    world.task(empty)
    asked: dict[str, dict[str, Any]] = {
        "late soon secret empty": {"filter": "anytime"},
        "late secret": {"filter": "overdue", "showMilestones": "yes"},
        "late soon": {"filter": "within7"},
        "late soon secret": {"responsible-party-id": mia},
        "late": {"Responsible-Party-Id": f"{leo},999"},
        "empty": {"responsible-party-id": 0},
        "soon": {"filter": "tomorrow", "responsible-party-id": mia},
        "": {"filter": "today"},
        "done": {"filter": "completed", "status": "all"},
    }
    for expected, options in asked.items():
        assert names(api, project, **options) == expected.split(), options
    own = Api(api.app, world.key(reader))
    assert names(own, project, filter="overdue") == ["late"]
    assert names(own, project, **{"responsible-party-id": mia}) == ["late", "soon"]
    counted = own.get(f"/projects/{project}/tasklists.json", filter="overdue").headers["X-Records"]
    assert counted == "1"
    every = own.get("/tasklists.json", filter="overdue").json["tasklists"]
    assert [each["name"] for each in every] == ["late"]
    for option in ("filter", "responsible-party-id", "showMilestones"):
        response = api.get(f"/projects/{project}/tasklists.json", **{option: "odd"})
        assert (response.status_code, option in response.json["MESSAGE"]) == (422, True)


def followers(api: Api, task: int) -> tuple[str, str]:
    """Who follows the comments and the changes of a task."""
    found = api.get(f"/tasks/{task}/followers.json").json
    return ",".join(found["commentFollowerIds"]), ",".join(found["changeFollowerIds"])


@pytest.mark.parametrize("inside", [False, True], ids=["beside", "inside"])
def test_defaults_for_tasks_that_are_there(inside: bool, world: World, api: Api) -> None:
    """New default followers follow the open tasks, too, beside those who do already."""
    mia, leo, manager = (world.person() for _ in range(3))
    project = world.project(editor=(mia, leo), manager=(manager,))
    home = world.list(project)
    plain = world.task(home, comment_followers=(leo,), change_followers=(mia,))
    private = world.task(home, private=True)
    done = world.task(home)
    execute(CompleteTask(done), world.viewer())
    other = world.task(world.list(project))
    before = {each: followers(api, each) for each in (private, done, other)}
    own = Api(api.app, world.key(manager))
    body: dict[str, Any] = {"todo-list": {"commentFollowerIds": f"{mia}"}}
    assert own.put(f"/tasklists/{home}.json", body).status_code == 200
    assert followers(api, plain) == (str(leo), str(mia))
    (body["todo-list"] if inside else body)["applyDefaultsToExistingTasks"] = "true"
    assert own.put(f"/tasklists/{home}.json", body).status_code == 200
    assert followers(api, plain) == (f"{mia},{leo}", str(mia))
    assert {each: followers(api, each) for each in (private, done, other)} == before
    body = {"todo-list": {"applyDefaultsToExistingTasks": "perhaps"}}
    refused = own.put(f"/tasklists/{home}.json", body)
    assert (refused.status_code, "applyDefaults" in refused.json["MESSAGE"]) == (422, True)


@pytest.mark.covers("endpoint:DELETE /tasklists/{id}.json")
def test_a_deleted_list_takes_its_tasks_with_it(world: World, api: Api) -> None:
    editor, manager = world.person(), world.person()
    project = world.project(editor=(editor,), manager=(manager,))
    home, other = world.list(project), world.list(project)
    task, child = (top := world.task(home)), world.task(parent=top)
    hidden = world.task(home, by=editor, private=True)
    kept = world.task(other)
    secret = world.list(project, private=True)
    path = f"/tasklists/{home}.json"
    assert Api(api.app, world.key(editor)).delete(path).status_code == 403
    assert Api(api.app, world.key(world.person())).delete(path).status_code == 404
    own = Api(api.app, world.key(manager))
    assert own.delete(f"/tasklists/{secret}.json").status_code == 404
    assert own.delete(path).json == {"STATUS": "OK"}
    assert own.get(path).status_code == 404
    for gone in (task, child, hidden):
        assert world.row(gone, "deleted_at") != (None,)
        assert api.get(f"/tasks/{gone}.json").status_code == 404
    assert api.task(kept)["todo-list-id"] == str(other)
    assert own.delete(path).status_code == 404


@pytest.mark.covers("endpoint:PUT /projects/{id}/tasklists/reorder.json")
def test_reordering(world: World, api: Api) -> None:
    editor, manager = world.person(), world.person()
    project = world.project(editor=(editor,), manager=(manager,))
    made = {name: world.list(project, name) for name in "abcd"}
    hidden = world.list(project, "hidden", private=True)
    foreign = world.list(world.project())
    path = f"/projects/{project}/tasklists/reorder.json"

    def body(*ids: int) -> dict[str, Any]:
        return {"todo-lists": [{"todo-list": {"id": str(each)}} for each in ids]}

    own = Api(api.app, world.key(manager))
    assert own.put(path, body(made["c"], made["a"])).json == {"STATUS": "OK"}
    assert names(own, project) == ["c", "a", "b", "d"]
    assert names(api, project) == ["c", "a", "b", "d", "hidden"]
    assert own.put(path, {}).status_code == 200
    for wrong in (foreign, hidden, 999):
        answer = own.put(path, body(made["b"], wrong))
        assert answer.status_code == 422
        assert answer.json["MESSAGE"] == (f"todo-lists: no such task list in this project: {wrong}")
    assert own.put(path, {"todo-lists": "x"}).status_code == 422
    assert own.put(path, {"todo-lists": [{"todo-list": {}}]}).status_code == 422
    assert Api(api.app, world.key(editor)).put(path, body(made["b"])).status_code == 403
    assert Api(api.app, world.key(world.person())).put(path, body()).status_code == 404
    assert names(own, project) == ["c", "a", "b", "d"]


@pytest.mark.covers("endpoint:PUT /tasklists/{id}/move.json")
@pytest.mark.parametrize("alias", ["tasklist", "tasklists", "todo_lists"])
def test_moving_to_another_project(alias: str, world: World, api: Api) -> None:
    here, there = world.person(), world.person()
    manager = world.person()
    first = world.project(editor=(here,), manager=(manager,))
    second = world.project("target", editor=(there,), manager=(manager,))
    home = world.list(first)
    task = world.task(home, status_id=world.column(first), tags=("kept",))
    child = world.task(parent=task)
    private = world.task(home, by=here, private=True)
    world.time(task, first)
    own = Api(api.app, world.key(manager))
    path = f"/{alias}/{home}/move.json"
    assert own.put(path, {"projectId": second}).json == {"STATUS": "OK"}
    assert own.get(f"/tasklists/{home}.json").json["todo-list"]["projectId"] == str(second)
    for moved in (task, child, private):
        assert world.row(moved, "project_id", "project_key", "status_id") == (
            second,
            "target",
            None,
        )
    assert own.task(child)["parentTaskId"] == str(task)
    assert (names(own, first), names(own, second)) == ([], ["Todos"])
    assert Api(api.app, world.key(here)).get(f"/tasks/{task}.json").status_code == 404


def test_what_cannot_move(world: World, api: Api) -> None:
    manager, member = world.person(), world.person()
    first = world.project(manager=(manager,), editor=(member,))
    second = world.project(editor=(manager,))
    hidden, open_one = world.project(), world.project(manager=(manager,))
    home = world.list(first)
    task = world.task(home, assignees=(member,))
    own = Api(api.app, world.key(manager))
    path = f"/tasklists/{home}/move.json"
    assert own.put(path, {"projectId": second}).status_code == 403
    for wrong in (hidden, 999):
        answer = own.put(path, {"projectId": wrong})
        assert (answer.status_code, answer.json["MESSAGE"]) == (
            422,
            f"projectId: no such project: {wrong}",
        )
    assert own.put(path, {}).status_code == 422
    refused = own.put(path, {"projectId": open_one})
    assert (refused.status_code, str(member) in refused.json["MESSAGE"]) == (422, True)
    assert world.row(task, "project_id") == (first,)
    assert Api(api.app, world.key(member)).put(path, {"projectId": second}).status_code == 403
    assert own.put(f"/tasklists/{world.list(hidden)}/move.json", {}).status_code == 422
    stranger = Api(api.app, world.key(world.person()))
    assert stranger.put(path, {"projectId": second}).status_code == 404


@pytest.mark.covers("endpoint:PUT /tasklists/{id}/copy.json")
def test_copying(world: World, api: Api) -> None:
    editor, manager = world.person(), world.person()
    first = world.project(editor=(editor,), manager=(manager,))
    second = world.project(manager=(manager,))
    home = world.list(first, "Plan", description="words")
    top = world.task(home, "top", tags=("t",), assignees=(editor,))
    child = world.task(parent=top, name="child", predecessors=())
    world.task(home, "waits", predecessors=((child, "complete"),))
    world.task(home, "hidden", by=editor, private=True)
    own = Api(api.app, world.key(manager))
    made = own.put(f"/tasklist/{home}/copy.json", {"projectId": str(second)}).json["TASKLISTID"]
    found = own.get(f"/tasklists/{made}.json").json["todo-list"]
    assert (found["name"], found["description"], found["projectId"]) == (
        "Plan",
        "words",
        str(second),
    )
    items = own.get(f"/tasklists/{made}/tasks.json", getSubTasks="yes").json["todo-items"]
    by_name = {item["content"]: item for item in items}
    assert set(by_name) == {"top", "child", "waits"}
    assert by_name["child"]["parentTaskId"] == by_name["top"]["id"]
    assert by_name["waits"]["predecessors"] == [{"id": by_name["child"]["id"], "type": "complete"}]
    assert [tag["name"] for tag in by_name["top"]["tags"]] == ["t"]
    assert "responsible-party-id" not in by_name["top"]
    beside = own.put(f"/tasklists/{home}/copy.json").json["TASKLISTID"]
    (kept,) = [
        item
        for item in own.get(f"/tasklists/{beside}/tasks.json").json["todo-items"]
        if item["content"] == "top"
    ]
    assert kept["responsible-party-id"] == str(editor)
    mine = Api(api.app, world.key(editor))
    assert mine.put(f"/tasklists/{home}/copy.json").status_code == 403
    assert mine.put(f"/tasklists/{made}/copy.json").status_code == 404
    wrong = mine.put(f"/tasklists/{home}/copy.json", {"projectId": second})
    assert wrong.status_code == 422


def test_copies_of_private_things_stay_private(world: World, api: Api) -> None:
    manager, other = world.person(), world.person()
    project = world.project(manager=(manager, other))
    home = world.list(project)
    top = world.task(home, "secret", by=manager, private=True)
    world.task(parent=top, name="below", by=manager)
    own = Api(api.app, world.key(manager))
    made = own.put(f"/tasklists/{home}/copy.json").json["TASKLISTID"]
    path = f"/tasklists/{made}/tasks.json"
    assert sorted(own.names(path, getSubTasks="yes")) == ["below", "secret"]
    assert Api(api.app, world.key(other)).names(path, getSubTasks="yes") == []
    assert api.names(path, getSubTasks="yes") == []


@pytest.mark.covers("endpoint:GET /tasklists/templates.json")
def test_templates(world: World, api: Api) -> None:
    manager = world.person()
    project = world.project(manager=(manager,))
    top = world.task(world.list(project, "One"), "top")
    world.task(parent=top, name="child")
    world.task(world.list(project, "Two"), "other")
    template = execute(SaveTemplate(project, "Plan"), world.viewer())
    own = Api(api.app, world.key(manager))
    (found,) = own.get("/tasklists/templates.json").json["tasklists"]
    assert MEMBERS - {"uncompleted-count"} <= set(found)
    assert (found["id"], found["name"], found["isTemplate"]) == (str(template), "Plan", True)
    body = {"todo-list": {"name": "One", "todo-list-template-id": str(template)}}
    made = own.post(f"/projects/{project}/tasklists.json", body).json["TASKLISTID"]
    items = own.names(f"/tasklists/{made}/tasks.json", getSubTasks="yes")
    assert sorted(items) == ["child", "other", "top"]
    assert names(own, project) == ["One", "Two", "One"]
    body["todo-list"]["todo-list-template-id"] = "99"
    wrong = own.post(f"/projects/{project}/tasklists.json", body)
    assert (wrong.status_code, wrong.json["MESSAGE"]) == (
        422,
        "todo-list-template-id: no such template: 99",
    )
    assert len(names(own, project)) == 3
    top_one = {"todo-list": {"name": "First"}, "addToTop": True}
    own.post(f"/projects/{project}/tasklists.json", top_one)
    assert names(own, project)[0] == "First"


@pytest.mark.covers("endpoint:GET /tasklists.json")
def test_lists_of_all_projects(app: Flask, world: World, api: Api) -> None:
    mia = world.person("Mia")
    own, other = world.project(editor=(mia,)), world.project()
    lists = [world.list(own), world.list(other)]
    found = api.get("/tasklists.json").json["tasklists"]
    assert {int(each["id"]) for each in found} == set(lists)
    hers = Api(app, world.key(mia)).get("/tasklists.json").json["tasklists"]
    assert [int(each["id"]) for each in hers] == lists[:1]
