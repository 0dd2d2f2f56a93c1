"""Every member of the payload is a fact of the store, none a constant."""

from datetime import UTC, datetime

import pytest

from app.clock import clock
from tests.api import Api
from tests.builders import World

PLACES = (
    "id",
    "project-id",
    "project-name",
    "company-id",
    "company-name",
    "todo-list-id",
    "todo-list-name",
    "order",
    "position",
    "harvest-enabled",
)


def covers_members(*names: str) -> pytest.MarkDecorator:
    """The test shows these members of the payload."""
    return pytest.mark.covers(*(f"member:{name}" for name in names))


@covers_members(*PLACES)
@pytest.mark.covers("endpoint:GET /tasks/{id}.json", "endpoint:GET /tasks.json")
@pytest.mark.covers(
    "endpoint:GET /projects/{id}/tasks.json", "endpoint:GET /tasklists/{id}/tasks.json"
)
def test_where_a_task_is(world: World, api: Api) -> None:
    company = world.company("Acme")
    project = world.project("demo", company_id=company, harvest_enabled=True)
    home = world.list(project, "Todos")
    first, second = world.task(home), world.task(home)
    item = api.task(second)
    assert (item["id"], item["project-id"], item["company-id"]) == (
        str(second),
        str(project),
        str(company),
    )
    assert (item["project-name"], item["company-name"]) == ("demo", "Acme")
    assert (item["todo-list-id"], item["todo-list-name"]) == (str(home), "Todos")
    assert item["harvest-enabled"] is True
    assert item["order"] == item["position"]
    assert int(item["position"]) > int(api.task(first)["position"])
    for path in ("/tasks.json", f"/projects/{project}/tasks.json", f"/tasklists/{home}/tasks.json"):
        listed = api.get(path).json["todo-items"][1]
        assert {**listed, "attachments": []} == item


@covers_members("creator-id", "creator-firstname", "creator-lastname", "creator-avatar-url")
@covers_members("created-on", "last-changed-on", "DLM")
def test_who_made_it_and_when(world: World, api: Api) -> None:
    maker = world.person("Demo", "User", avatar_url="https://example.com/avatar.jpg")
    task = world.task(world.list(world.project(editor=(maker,))), by=maker)
    clock.fix(datetime(2014, 5, 13, 8, 12, 49, tzinfo=UTC))
    api.put(f"/tasks/{task}.json", {"todo-item": {"content": "changed"}})
    item = api.task(task)
    assert (item["creator-id"], item["creator-firstname"]) == (str(maker), "Demo")
    assert item["creator-lastname"] == "User"
    assert item["creator-avatar-url"] == "https://example.com/avatar.jpg"
    assert item["created-on"] == "2014-05-12T10:00:00Z"
    assert item["last-changed-on"] == "2014-05-13T08:12:49Z"
    assert item["DLM"] == 1399968769000


@pytest.mark.decision(19)
@covers_members("responsible-party-id", "responsible-party-ids", "responsible-party-names")
@covers_members("responsible-party-summary", "responsible-party-type")
@covers_members("responsible-party-firstname", "responsible-party-lastname")
@pytest.mark.parametrize(
    ("count", "names", "summary"),
    [
        (1, "Mia M.", "Mia M."),
        (2, "Mia M.|Jo B.", "Mia M. & Jo B."),
        (3, "Mia M.|Jo B.|Ada A.", "Mia M. + 2 others"),
    ],
)
def test_responsible_parties(count: int, names: str, summary: str, world: World, api: Api) -> None:
    people = [world.person("Mia", "Muster"), world.person("Jo", "Bloggs")]
    home = world.list(world.project(editor=tuple(people)))
    chosen = [*people, world.admin][:count]
    item = api.task(world.task(home, assignees=tuple(chosen)))
    ids = ",".join(map(str, chosen))
    assert (item["responsible-party-id"], item["responsible-party-ids"]) == (ids, ids)
    assert (item["responsible-party-names"], item["responsible-party-summary"]) == (names, summary)
    assert item["responsible-party-type"] == "Person"
    assert item["responsible-party-firstname"] == "Mia"
    assert item["responsible-party-lastname"] == "Muster"
    nobody = api.task(world.task(home))
    assert not [name for name in nobody if name.startswith("responsible")]


@covers_members("comments-count", "has-unread-comments")
def test_comments_are_counted_and_read(world: World, api: Api) -> None:
    other = world.person()
    task = world.task(world.list(world.project(editor=(other,))))
    assert (api.task(task)["comments-count"], api.task(task)["has-unread-comments"]) == ("0", False)
    world.note(task, world.admin)
    assert (api.task(task)["comments-count"], api.task(task)["has-unread-comments"]) == ("1", False)
    theirs = world.note(task, other)
    assert (api.task(task)["comments-count"], api.task(task)["has-unread-comments"]) == ("2", True)
    world.read(theirs, world.admin)
    assert api.task(task)["has-unread-comments"] is False


@covers_members("timeIsLogged", "has-reminders", "attachments-count")
def test_what_hangs_on_a_task(world: World, api: Api) -> None:
    project = world.project()
    task = world.task(world.list(project))
    item = api.task(task)
    assert (item["timeIsLogged"], item["has-reminders"], item["attachments-count"]) == (
        "0",
        False,
        "0",
    )
    world.time(task, project)
    world.reminder(task)
    world.file(project, task=task)
    item = api.task(task)
    assert (item["timeIsLogged"], item["has-reminders"], item["attachments-count"]) == (
        "1",
        True,
        "1",
    )


@covers_members("canEdit", "canComplete", "canLogTime", "viewEstimatedTime")
@pytest.mark.parametrize(
    ("role", "edit", "complete"),
    [("viewer", False, False), ("editor", True, True), ("manager", True, True)],
)
@pytest.mark.decision(7)
def test_what_a_role_may(role: str, edit: bool, complete: bool, world: World, api: Api) -> None:
    person = world.person()
    task = world.task(world.list(world.project(**{role: (person,)})))
    item = Api(api.app, world.key(person)).task(task)
    assert (item["canEdit"], item["canLogTime"], item["canComplete"]) == (edit, edit, complete)
    assert item["viewEstimatedTime"] is True
    reading = Api(api.app, world.key(person, read_only=True)).task(task)
    assert (reading["canEdit"], reading["canLogTime"], reading["canComplete"]) == (False,) * 3


@covers_members("private", "lockdownId", "tasklist-private", "tasklist-lockdownId")
@pytest.mark.covers("add:private", "add:grant-access-to")
@pytest.mark.decision(7)
def test_privacy_is_shown(world: World, api: Api) -> None:
    home = world.list()
    closed = world.list(private=True)
    plain, own = api.task(world.task(home)), api.task(world.task(home, private=True))
    inherited = api.task(world.task(closed))
    below = api.task(world.task(parent=int(own["id"])))
    assert [item["private"] for item in (plain, own, inherited, below)] == ["0", "1", "2", "2"]
    assert (plain["lockdownId"], plain["tasklist-private"]) == ("", "0")
    assert plain["tasklist-lockdownId"] == ""
    assert own["lockdownId"] == below["lockdownId"] != ""
    assert inherited["tasklist-private"] == "1"
    assert inherited["tasklist-lockdownId"] == inherited["lockdownId"] != ""


@covers_members("content", "description", "start-date", "due-date", "due-date-base", "progress")
@covers_members("priority", "estimated-minutes", "tags")
def test_what_was_written(world: World, api: Api) -> None:
    task = world.task(
        name="a task",
        description="text",
        start=-4,
        due=12,
        progress=20,
        priority=1,
        work_hours=1.25,
        tags=("api",),
    )
    item = api.task(task)
    assert (item["content"], item["description"]) == ("a task", "text")
    assert (item["start-date"], item["due-date"]) == ("20140508", "20140524")
    assert item["due-date-base"] == "20140524"
    assert (item["progress"], item["priority"], item["estimated-minutes"]) == ("20", "high", "75")
    (tag,) = item["tags"]
    assert (tag["name"], type(tag["id"]), tag["color"][0]) == ("api", int, "#")


@pytest.mark.decision(10, 11)
def test_the_payload_comes_first_and_status_last(world: World, api: Api) -> None:
    world.task()
    assert list(api.get("/tasks.json").json) == ["todo-items", "STATUS"]
    assert list(api.get("/tasks/1.json").json) == ["todo-item", "STATUS"]
    assert api.get("/tasks.json").content_type.startswith("application/json")


@pytest.mark.decision(8)
def test_a_task_without_a_project(world: World, api: Api) -> None:
    maker, worker, outsider = world.person(), world.person(), world.person()
    task = world.personal_task(maker, worker)
    for person in (maker, worker):
        item = Api(api.app, world.key(person)).task(task)
        assert (item["project-id"], item["project-name"], item["company-id"]) == ("", "", "")
    for key in (world.key(outsider), world.key(world.admin)):
        assert Api(api.app, key).get(f"/tasks/{task}.json").status_code == 404
        assert Api(api.app, key).names("/tasks.json") == []
