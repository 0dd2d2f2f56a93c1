"""Search, the latest activity, and access lists."""

from typing import Any

import pytest
from sqlalchemy import insert, update

from app.clock import clock
from app.models import Activity, Grant, Note
from app.services.commands import AddTask, TaskChanges
from app.services.execute import execute, maintain
from app.teamwork.schemas import lookup as schemas
from app.teamwork.schemas.lookup import FOUND
from tests.api import Api
from tests.builders import World

# --- search ---------------------------------------------------------------------------------------


def found(api: Api, kind: str, term: str, **options: Any) -> list[str]:
    """The names of what a search finds."""
    response = api.get("/search.json", searchFor=kind, searchTerm=term, **options)
    assert response.status_code == 200, response.text
    return [each["name"] for each in response.json["searchResult"][kind]]


@pytest.mark.covers("endpoint:GET /search.json")
def test_search_for_tasks(world: World, api: Api) -> None:
    project = world.project("demo")
    home = world.list(project, "Todos")
    parent = world.task(home, "parent")
    task = world.task(
        parent=parent, name="Paint THE wall", tags=("red",), work_hours=1.5, progress=20
    )
    result = api.get("/search.json", searchFor="tasks", searchTerm="the w").json["searchResult"]
    assert result == {
        "moreAvailable": False,
        "tasks": [
            {
                "id": str(task),
                "name": "Paint THE wall",
                "projectId": str(project),
                "projectName": "demo",
                "companyName": "Demo Company",
                "completed": False,
                "tags": [{"id": 1, "name": "red", "color": result["tasks"][0]["tags"][0]["color"]}],
                "taskListId": str(home),
                "taskListName": "Todos",
                "taskDisplayOrder": api.task(task)["order"],
                "taskEstimateMinutes": "90",
                "taskParentTaskId": str(parent),
                "taskProgress": "20",
                "lastUpdated": "2014-05-12T10:00:00Z",
            }
        ],
    }


def test_search_goes_by_pages_and_texts(world: World, api: Api) -> None:
    home = world.list()
    for number in range(5):
        world.task(home, f"Größe {number}", description="50% of_it")
    assert found(api, "tasks", "GRÖSSE") == []
    assert found(api, "tasks", "GRÖ") == [f"Größe {number}" for number in (4, 3, 2, 1, 0)]
    assert found(api, "tasks", "größe", pageSize=2, page=2) == ["Größe 2", "Größe 1"]
    more = [
        api.get("/search.json", searchFor="TASKS", searchTerm="gr", pageSize=2, page=page)
        for page in (1, 2, 3, 4)
    ]
    flags = [each.json["searchResult"]["moreAvailable"] for each in more]
    assert flags == [True, True, False, False]
    assert len(found(api, "tasks", "0% OF_")) == 5
    assert found(api, "tasks", "0%_") == []
    assert found(api, "tasks", " ") == []
    nothing = {"searchResult": {"moreAvailable": False, "tasks": []}, "STATUS": "OK"}
    assert api.get("/search.json").json == nothing


def test_search_for_everything_else(world: World, api: Api) -> None:
    project = world.project("Needle project")
    home = world.list(project, "Needle list")
    task = world.task(home, "hay")
    world.note(task, world.admin, "a needle in it")
    world.file(project, "needle.pdf", task)
    names = {
        kind: found(api, kind, "NEEDLE") for kind in ("projects", "tasklists", "comments", "files")
    }
    assert names == {
        "projects": ["Needle project"],
        "tasklists": ["Needle list"],
        "comments": ["a needle in it"],
        "files": ["needle.pdf"],
    }
    comment = api.get("/search.json", searchFor="comments", searchTerm="needle").json
    (one,) = comment["searchResult"]["comments"]
    assert (one["itemId"], one["itemName"], one["projectId"]) == (str(task), "hay", str(project))
    api.put(f"/projects/{project}.json", {"project": {"status": "archived"}})
    assert found(api, "tasks", "hay") == []
    assert found(api, "tasks", "hay", includeArchivedProjects="yes") == ["hay"]


def test_search_finds_nothing_hidden(world: World, api: Api) -> None:
    member = world.person()
    project = world.project("needle", editor=(member,))
    secret = world.task(world.list(project), "needle", private=True)
    hidden = world.list(project, "needle", private=True)
    world.task(hidden, "needle")
    world.note(secret, world.admin, "needle")
    world.file(project, "needle", secret)
    other = world.project("needle too")
    world.task(world.list(other, "needle"), "needle")
    own = Api(api.app, world.key(member))
    assert found(own, "projects", "needle") == ["needle"]
    for kind in ("tasks", "tasklists", "comments", "files"):
        assert found(own, kind, "needle") == [], kind


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"searchFor": "messages", "searchTerm": "x"}, "tasklists"),
        ({"searchFor": "tasks", "searchTerm": "x", "page": "0"}, "page"),
    ],
)
def test_what_is_no_search(options: dict[str, str], named: str, api: Api) -> None:
    response = api.get("/search.json", **options)
    assert (response.status_code, named in response.json["MESSAGE"]) == (422, True)


# --- latest activity ------------------------------------------------------------------------------


def happened(kind: str, object_id: int, **more: Any) -> None:
    """Write down that something happened; by the administrator, unless said."""
    row = {"kind": kind, "object_id": object_id, "person_id": 1, "action": "new"}
    row |= {"name": f"{kind} {object_id}", "happened_at": clock.now()} | more
    maintain(lambda work: work.run(insert(Activity).values(**row)))


def forget() -> None:
    """As if nothing had happened so far."""
    maintain(lambda work: work.run(Activity.__table__.delete()))


def acts(api: Api, path: str = "/latestActivity.json", **options: Any) -> list[str]:
    """What the latest activity tells, the latest first."""
    response = api.get(path, **options)
    assert response.status_code == 200, response.text
    return [each["description"] for each in response.json["activity"]]


@pytest.mark.covers("endpoint:GET /latestactivity.json")
@pytest.mark.covers("endpoint:GET /projects/{id}/latestactivity.json")
def test_the_latest_activity(world: World, api: Api) -> None:
    project = world.project("demo")
    home = world.list(project, "Todos")
    task = world.task(home)
    other = world.project("other")
    elsewhere = world.task(world.list(other, "Elsewhere"))
    forget()
    happened("task", task, action="completed", name="Paint", project_id=project, task_id=task)
    (one,) = api.get("/latestActivity.json").json["activity"]
    assert one == {
        "id": one["id"],
        "type": "task",
        "activitytype": "completed",
        "description": "Paint",
        "extradescription": "",
        "itemid": str(task),
        "link": f"tasks/{task}",
        "datetime": "2014-05-12T10:00:00Z",
        "userid": "1",
        "fromusername": "Ada Admin",
        "forusername": "Ada Admin",
        "from-user-avatar-url": "",
        "project-id": str(project),
        "project-name": "demo",
        "company-id": "1",
        "company-name": "Demo Company",
        "todo-list-name": "Todos",
        "task-id": str(task),
        "isprivate": "0",
    }
    happened("tasklist", home, project_id=project)
    happened("project", other, project_id=other)
    path = f"/projects/{project}/latestActivity.json"
    assert acts(api, path) == [f"tasklist {home}", "Paint"]
    assert acts(api, path, maxItems=1) == [f"tasklist {home}"]
    second = api.get(path, pageSize=1, page=2)
    assert [each["description"] for each in second.json["activity"]] == ["Paint"]
    assert (second.headers["X-Pages"], second.headers["X-Records"]) == ("2", "2")
    happened("task", elsewhere, project_id=other, task_id=elsewhere)
    lists = [each["todo-list-name"] for each in api.get("/latestActivity.json").json["activity"]]
    assert lists == ["Elsewhere", "", "", "Todos"]
    assert acts(api)[:2] == [f"task {elsewhere}", f"project {other}"]
    assert acts(api, path, onlyStarred="true") == []


def test_activity_tells_only_what_one_sees(world: World, api: Api) -> None:
    member = world.person()
    project = world.project(viewer=(member,))
    home = world.list(project)
    closed = world.list(project, private=True)
    task, secret = world.task(home), world.task(home, private=True)
    note, other = world.note(task, world.admin), world.note(secret, world.admin)
    kept = world.file(project, task=secret)
    foreign = world.project()
    forget()
    for which in (task, secret):
        happened("task", which, project_id=project, task_id=which)
    happened("comment", note, project_id=project, task_id=task)
    happened("comment", other, project_id=project, task_id=secret)
    happened("tasklist", home, project_id=project)
    happened("tasklist", closed, project_id=project)
    happened("file", kept, project_id=project)
    happened("project", foreign, project_id=foreign)
    happened("person", member)
    happened("task", 987, project_id=project, task_id=987)
    own = Api(api.app, world.key(member))
    assert acts(own) == [f"tasklist {home}", f"comment {note}", f"task {task}"]
    assert len(acts(api, f"/projects/{project}/latestActivity.json")) == 7
    answers = [own.get(f"/projects/{each}/latestActivity.json") for each in (foreign, 999)]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].data == answers[1].data


def test_activity_of_deleted_things(world: World, api: Api) -> None:
    """Of a deleted task its deletion is told, to whoever could see it; a comment taken back is
    not.
    """
    member = world.person()
    project = world.project(viewer=(member,))
    home = world.list(project)
    task, secret = world.task(home), world.task(home, private=True)
    note = world.note(task, world.admin)
    forget()
    for which in (task, secret):
        happened("task", which, name="added", project_id=project, task_id=which)
        happened("task", which, action="deleted", name="gone", project_id=project, task_id=which)
    happened("comment", note, project_id=project, task_id=task)
    gone = {"deleted_at": clock.now()}
    world.set(task, **gone)
    world.set(secret, **gone)
    own = Api(api.app, world.key(member))
    assert acts(own) == ["gone"]
    world.set(task, deleted_at=None)
    assert acts(own) == [f"comment {note}", "gone", "added"]
    maintain(lambda work: work.run(update(Note).values(**gone)))
    assert acts(own) == ["gone", "added"]


def test_activity_is_counted_so_far_only(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond that there is no page; of all projects the last things that happened are shown."""
    project = world.project()
    forget()
    for number in range(8):
        happened("project", project, project_id=project, name=str(number))
    monkeypatch.setattr(schemas, "MOST_COUNTED", 5)
    for path in ("/latestActivity.json", f"/projects/{project}/latestActivity.json"):
        pages = [api.get(path, pageSize=2, page=page) for page in (1, 2, 3, 4, 999)]
        said = {(each.headers["X-Records"], each.headers["X-Pages"]) for each in pages}
        assert said == {("5", "3")}, path
        shown = [[act["description"] for act in each.json["activity"]] for each in pages]
        assert shown == [["7", "6"], ["5", "4"], ["3"], [], []], path
    monkeypatch.setattr(schemas, "MOST_LATEST", 3)
    assert acts(api) == ["7", "6", "5"]
    assert api.get("/latestActivity.json").headers["X-Records"] == "3"
    assert len(acts(api, f"/projects/{project}/latestActivity.json")) == 5


@pytest.mark.parametrize("kind", FOUND)
def test_search_looks_at_so_many_only(
    kind: str, world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest ones of the kind, whoever sees them."""
    for _ in range(3):
        project = world.project("needle")
        task = world.task(world.list(project, "needle"), "needle")
        world.note(task, world.admin, "needle")
        world.file(project, "needle", task)
    assert len(found(api, kind, "needle")) == 3
    monkeypatch.setattr(schemas, "MOST_SEARCHED", 2)
    assert len(found(api, kind, "needle")) == 2


# --- access lists ---------------------------------------------------------------------------------


@pytest.mark.covers("endpoint:GET /lockdown/{id}.json")
def test_access_lists(world: World, api: Api) -> None:
    owner, works, granted, other = (world.person() for _ in range(4))
    project = world.project(manager=(owner,), editor=(works, granted, other))
    home = world.list(project)
    task = world.task(home, by=owner, private=True, assignees=(works,), granted=(granted,))
    lockdown = Api(api.app, world.key(owner)).task(task)["lockdownId"]
    path = f"/lockdown/{lockdown}.json"
    for person in (owner, works, granted):
        assert Api(api.app, world.key(person)).get(path).json == {
            "lockdown": {
                "id": lockdown,
                "userIds": f"{owner},{works},{granted}",
                "grant-access-to": str(granted),
                "itemId": str(task),
                "itemType": "task",
            },
            "STATUS": "OK",
        }
    hidden, missing = (
        Api(api.app, world.key(other)).get(each) for each in (path, "/lockdown/9.json")
    )
    assert (hidden.status_code, hidden.data) == (404, missing.data)
    assert api.get(path).status_code == 404


def test_the_access_list_of_a_list(world: World, api: Api) -> None:
    member = world.person()
    home = world.list(world.project(editor=(member,)), private=True)
    task = execute(AddTask(TaskChanges(name="x"), list_id=home), world.viewer())
    lockdown = int(api.task(task)["lockdownId"])
    shown = api.get(f"/lockdown/{lockdown}.json").json["lockdown"]
    assert (shown["itemId"], shown["itemType"], shown["grant-access-to"]) == (
        str(home),
        "tasklist",
        "",
    )
    own = Api(api.app, world.key(member))
    assert own.get(f"/lockdown/{lockdown}.json").status_code == 404
    grant = {"lockdown_id": lockdown, "person_id": member}
    maintain(lambda work: work.run(insert(Grant).values(**grant)))
    assert own.get(f"/lockdown/{lockdown}.json").json["lockdown"]["userIds"] == f"1,{member}"
