"""Time entries and their totals (facts 2.1 "Time")."""

import dataclasses
from typing import Any

import pytest
from flask import Flask

from app.models import TimeEntry
from app.queries.remembered import Memories
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World
from tests.counting import counted

MEMBERS = {
    "id",
    "hours",
    "minutes",
    "hoursDecimal",
    "date",
    "dateUserPerspective",
    "description",
    "isbillable",
    "isbilled",
    "invoiceNo",
    "has-start-time",
    "person-id",
    "person-first-name",
    "person-last-name",
    "company-id",
    "company-name",
    "project-id",
    "project-name",
    "project-status",
    "todo-item-id",
    "todo-item-name",
    "todo-list-id",
    "todo-list-name",
    "tasklistId",
    "parentTaskId",
    "parentTaskName",
    "taskEstimatedTime",
    "taskIsPrivate",
    "taskIsSubTask",
    "ticket-id",
    "tags",
    "task-tags",
    "createdAt",
    "updated-date",
    "canEdit",
    "avatarUrl",
}


def log(api: Api, path: str, beside: dict[str, Any] | None = None, **entry: Any) -> str:
    """Log time that must be taken; gives its id."""
    said = {name.replace("_", "-"): value for name, value in ({"hours": 1} | entry).items()}
    response = api.post(path, {"time-entry": said} | (beside or {}))
    assert response.status_code == 201, response.text
    return str(response.json["timeLogId"])


def one(api: Api, entry: str) -> dict[str, Any]:
    """A time entry that must be there."""
    response = api.get(f"/time_entries/{entry}.json")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json["time-entry"]
    return found


def listed(api: Api, path: str = "/time_entries.json", **options: Any) -> list[str]:
    """The descriptions of entries, in their order."""
    response = api.get(path, **options)
    assert response.status_code == 200, response.text
    return [each["description"] for each in response.json["time-entries"]]


@pytest.mark.covers("endpoint:POST /tasks/{id}/time_entries.json")
@pytest.mark.covers("endpoint:GET /time_entries/{id}.json")
def test_time_on_a_task(world: World, api: Api) -> None:
    project = world.project("Demo")
    home = world.list(project, "Inbox")
    parent = world.task(home, "above")
    task = world.task(parent=parent, name="work", work_hours=1.5, tags=("api",))
    body = {
        "description": "did <it>\nand more",
        "person-id": str(world.admin),
        "date": "20140510",
        "time": "9:5",
        "hours": "1",
        "minutes": 30,
        "isbillable": "1",
        "tags": "b, a",
    }
    response = api.post(f"/tasks/{task}/time_entries.json", {"time-entry": body})
    assert (response.status_code, response.json) == (201, {"timeLogId": "1", "STATUS": "OK"})
    assert response.headers["id"] == "1"
    entry = one(api, "1")
    assert set(entry) == MEMBERS
    assert [tag["name"] for tag in entry.pop("tags")] == ["a", "b"]
    assert [tag["name"] for tag in entry.pop("task-tags")] == ["api"]
    stamp = "2014-05-12T10:00:00Z"
    assert entry == {
        "id": "1",
        "hours": "1",
        "minutes": "30",
        "hoursDecimal": "1.5",
        "date": "2014-05-10T09:05:00Z",
        "dateUserPerspective": "2014-05-10T09:05:00Z",
        "description": "did <it>\nand more",
        "isbillable": "1",
        "isbilled": "0",
        "invoiceNo": "",
        "has-start-time": "1",
        "person-id": "1",
        "person-first-name": "Ada",
        "person-last-name": "Admin",
        "company-id": "1",
        "company-name": "Demo Company",
        "project-id": str(project),
        "project-name": "Demo",
        "project-status": "active",
        "todo-item-id": str(task),
        "todo-item-name": "work",
        "todo-list-id": str(home),
        "todo-list-name": "Inbox",
        "tasklistId": str(home),
        "parentTaskId": str(parent),
        "parentTaskName": "above",
        "taskEstimatedTime": "90",
        "taskIsPrivate": "0",
        "taskIsSubTask": "1",
        "ticket-id": "",
        "createdAt": stamp,
        "updated-date": stamp,
        "canEdit": True,
        "avatarUrl": "",
    }
    assert api.task(task)["timeIsLogged"] == "1"


@pytest.mark.covers("endpoint:POST /projects/{id}/time_entries.json")
@pytest.mark.covers("endpoint:GET /projects/{id}/time_entries.json")
@pytest.mark.covers("endpoint:GET /tasklists/{id}/time_entries.json")
@pytest.mark.covers("endpoint:GET /tasks/{id}/time_entries.json")
@pytest.mark.covers("endpoint:GET /time_entries.json")
def test_the_four_lists(world: World, api: Api) -> None:
    project = world.project()
    first, second = world.list(project), world.list(project)
    task = world.task(first)
    log(api, f"/tasks/{task}/time_entries.json", description="task")
    log(api, f"/projects/{project}/time_entries.json", description="list", tasklistId=second)
    log(api, f"/projects/{project}/time_entries.json", description="project")
    log(api, f"/tasks/{world.task()}/time_entries.json", description="elsewhere")
    assert set(listed(api)) == {"task", "list", "project", "elsewhere"}
    assert set(listed(api, f"/projects/{project}/time_entries.json")) == {"task", "list", "project"}
    assert listed(api, f"/tasklists/{second}/time_entries.json") == ["list"]
    assert listed(api, f"/tasks/{task}/time_entries.json") == ["task"]
    assert listed(api, f"/todo_items/{task}/time_entries.json") == ["task"]
    response = api.get("/time_entries.json", pageSize=3, page=2)
    assert len(response.json["time-entries"]) == 1
    names = ("X-Page", "X-Pages", "X-Records", "X-Page-Size")
    assert [response.headers[name] for name in names] == ["2", "2", "4", "3"]
    assert api.get("/time_entries.json").headers["X-Page-Size"] == "100"
    assert api.get("/time_entries.json", pageSize=900).headers["X-Page-Size"] == "500"


@pytest.mark.parametrize("where", ["in the entry", "beside it"])
def test_the_task_is_completed_with_it(where: str, world: World, api: Api) -> None:
    task, path = world.task(), "/tasks/1/time_entries.json"
    if where == "in the entry":
        log(api, path, markTaskComplete=True)
    else:
        log(api, path, {"markTaskComplete": "yes"})
    assert api.task(task)["completed"] is True
    assert len(listed(api)) == 1


def test_nothing_is_logged_when_the_task_cannot_be_completed(world: World, api: Api) -> None:
    home = world.list()
    before = world.task(home)
    task = world.task(home, predecessors=((before, "complete"),))
    body = {"time-entry": {"hours": 1, "markTaskComplete": True}}
    response = api.post(f"/tasks/{task}/time_entries.json", body)
    assert response.status_code == 422
    assert listed(api) == []


DURATIONS = [
    ({"hours": 2}, 120),
    ({"minutes": "90"}, 90),
    ({"hours": "1.5"}, 90),
    ({"hours": 1, "minutes": 15}, 75),
    ({"hours": 0, "minutes": 0}, 0),
]


@pytest.mark.parametrize(("said", "minutes"), DURATIONS)
def test_how_long_it_took(said: dict[str, Any], minutes: int, world: World, api: Api) -> None:
    task = world.task()
    api.post(f"/tasks/{task}/time_entries.json", {"time-entry": said})
    entry = one(api, "1")
    assert int(entry["hours"]) * 60 + int(entry["minutes"]) == minutes
    assert (entry["date"], entry["has-start-time"]) == ("2014-05-12T00:00:00Z", "0")


WRONG = [
    ({}, "hours"),
    ({"hours": "x"}, "hours"),
    ({"hours": -1}, "hours"),
    ({"hours": "NaN"}, "hours"),
    ({"minutes": True}, "minutes"),
    ({"minutes": 10_000_000}, "minutes"),
    ({"hours": 1_000_000}, "minutes"),
    ({"hours": 1, "date": "2014-05-10"}, "date"),
    ({"hours": 1, "time": "25:00"}, "time"),
    ({"hours": 1, "time": "9"}, "time"),
    ({"hours": 1, "person-id": 99}, "person-id"),
    ({"hours": 1, "isbillable": "perhaps"}, "isbillable"),
    ({"hours": 1, "markTaskComplete": "perhaps"}, "markTaskComplete"),
]


@pytest.mark.parametrize(("entry", "member"), WRONG)
def test_bad_members_are_named(entry: Any, member: str, world: World, api: Api) -> None:
    task = world.task()
    response = api.post(f"/tasks/{task}/time_entries.json", {"time-entry": entry})
    assert response.status_code == 422
    assert member in response.json["MESSAGE"]
    assert listed(api) == []


def test_the_list_has_to_be_one_of_the_project(world: World, api: Api) -> None:
    project, other = world.project(), world.list(world.project())
    body = {"time-entry": {"hours": 1, "tasklistId": other}}
    response = api.post(f"/projects/{project}/time_entries.json", body)
    assert (response.status_code, "tasklistId" in response.json["MESSAGE"]) == (422, True)
    assert api.post(f"/projects/{project}/time_entries.json", {}).status_code == 422


@pytest.mark.covers("endpoint:PUT /time_entries/{id}.json")
def test_only_what_is_sent_changes(world: World, api: Api) -> None:
    first, second = world.task(), world.task()
    entry = log(
        api,
        f"/tasks/{first}/time_entries.json",
        date="20140510",
        time="09:30",
        hours=1,
        minutes=30,
        tags="a",
        description="x",
    )
    path = f"/time_entries/{entry}.json"

    def edited(**said: Any) -> dict[str, Any]:
        named = {name.replace("_", "-"): value for name, value in said.items()}
        response = api.put(path, {"time-entry": named})
        assert (response.status_code, response.json) == (200, {"STATUS": "OK"})
        return one(api, entry)

    assert edited(hours=2)["hoursDecimal"] == "2.5"
    assert edited(minutes=0)["hoursDecimal"] == "2"
    assert edited(date="20140511")["date"] == "2014-05-11T09:30:00Z"
    assert edited(time="7:00")["date"] == "2014-05-11T07:00:00Z"
    bare = edited(time="")
    assert (bare["date"], bare["has-start-time"]) == ("2014-05-11T00:00:00Z", "0")
    assert edited(description="y", isbillable=True)["isbillable"] == "1"
    assert [tag["name"] for tag in edited(tags="b,c")["tags"]] == ["b", "c"]
    assert edited(tags="")["tags"] == []
    moved = edited(todo_item_id=second)
    assert (moved["todo-item-id"], moved["description"]) == (str(second), "y")
    assert api.task(first)["timeIsLogged"] == "0"
    assert api.put(path, {"time-entry": {"hours": "x"}}).status_code == 422
    assert api.put(path, {"time-entry": {}, "markTaskComplete": True}).status_code == 200
    assert api.task(second)["completed"] is True


def test_what_was_billed_is_said_by_managers(world: World, api: Api) -> None:
    editor, manager = world.person(), world.person()
    project = world.project(editor=(editor,), manager=(manager,))
    own = Api(api.app, world.key(editor))
    entry = log(own, f"/tasks/{world.task(world.list(project))}/time_entries.json")
    path, billed = f"/time_entries/{entry}.json", {"time-entry": {"isbilled": "1"}}
    assert own.put(path, billed).status_code == 403
    assert own.put(path, {"time-entry": {"isbilled": 0, "minutes": 5}}).status_code == 200
    assert one(own, entry)["isbilled"] == "0"
    assert Api(api.app, world.key(manager)).put(path, billed).status_code == 200
    assert one(own, entry)["isbilled"] == "1"


@pytest.mark.covers("endpoint:DELETE /time_entries/{id}.json")
def test_an_entry_is_deleted(world: World, api: Api) -> None:
    task = world.task()
    entry = log(api, f"/tasks/{task}/time_entries.json")
    assert api.delete(f"/time_entries/{entry}.json").json == {"STATUS": "OK"}
    assert api.get(f"/time_entries/{entry}.json").status_code == 404
    assert api.delete(f"/time_entries/{entry}.json").status_code == 404
    assert listed(api) == []


@pytest.fixture
def furnished(world: World, api: Api) -> dict[str, int]:
    """Three entries by two people in two projects."""
    mia = world.person("Mia", "M")
    one_, two = world.project("One", editor=(mia,)), world.project("Two")
    first, second = world.task(world.list(one_, "L"), "zeta"), world.task(world.list(two), "alpha")
    path = "/tasks/{}/time_entries.json".format
    log(api, path(first), description="a", date="20140501", time="10:00", isbillable=1)
    log(api, path(second), description="b", date="20140502", time="11:00", hours=3)
    own = Api(api.app, world.key(mia))
    log(own, path(first), description="c", date="20140503", hours=2, isbillable=1)
    api.put("/time_entries/3.json", {"time-entry": {"isbilled": True}})
    return {"mia": mia, "one": one_, "two": two, "first": first, "second": second}


FILTERS = [
    ({"fromdate": "20140502"}, "bc"),
    ({"toDate": "20140502"}, "ab"),
    ({"fromdate": "20140501", "fromtime": "10:01"}, "bc"),
    ({"todate": "20140502", "totime": "10:59"}, "a"),
    ({"todate": "20140502", "totime": "11:00"}, "ab"),
    ({"userId": "2"}, "c"),
    ({"userId": "1,2"}, "abc"),
    ({"projectId": "2"}, "b"),
    ({"projectId": "99"}, ""),
    ({"billableType": "billable"}, "ac"),
    ({"billabletype": "Non-Billable"}, "b"),
    ({"billableType": "all", "invoicedType": "all"}, "abc"),
    ({"invoicedType": "invoiced"}, "c"),
    ({"invoicedType": "noninvoiced"}, "ab"),
    ({"updatedAfterDate": "20140512095959"}, "abc"),
    ({"updatedAfterDate": "20140512100000"}, ""),
]


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize(("options", "found"), FILTERS)
def test_which_entries(options: dict[str, str], found: str, api: Api) -> None:
    assert "".join(listed(api, **options)) == found


SORTS = [
    ("date", "abc"),
    ("user", "abc"),
    ("task", "bac"),
    ("project", "acb"),
    ("tasklist", "acb"),
    ("company", "abc"),
    ("time", "acb"),
    ("billed", "abc"),
    ("description", "abc"),
]


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize(("name", "upwards"), SORTS)
def test_in_which_order(name: str, upwards: str, api: Api) -> None:
    assert "".join(listed(api, sortby=name, sortorder="asc")) == upwards
    assert "".join(listed(api, sortby=name.upper(), sortorder="DESC")) == upwards[::-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fromdate", "yesterday"),
        ("fromtime", "10:00"),
        ("totime", "x"),
        ("sortby", "colour"),
        ("billableType", "some"),
        ("userId", "me"),
    ],
)
def test_bad_options_are_named(name: str, value: str, api: Api) -> None:
    for path in ("/time_entries.json", "/time/total.json"):
        if name != "sortby" or path == "/time_entries.json":
            response = api.get(path, **{name: value})
            assert (response.status_code, name in response.json["MESSAGE"]) == (422, True)


def sums(total: int, billable: int, billed: int, unbilled: int) -> dict[str, str]:
    """The members of time-totals, given minutes."""
    parts = {
        "total": total,
        "billable": billable,
        "non-billable": total - billable,
        "billed": billed,
        "non-billed": unbilled,
    }
    minutes = {f"{name}-mins-sum": str(value) for name, value in parts.items()}
    return minutes | {f"{name}-hours-sum": f"{value / 60:.2f}" for name, value in parts.items()}


@pytest.mark.covers("endpoint:GET /time/total.json")
@pytest.mark.covers("endpoint:GET /projects/{id}/time/total.json")
@pytest.mark.covers("endpoint:GET /tasklists/{id}/time/total.json")
@pytest.mark.covers("endpoint:GET /tasks/{id}/time/total.json")
def test_totals(furnished: dict[str, int], world: World, api: Api) -> None:
    project, task = furnished["one"], furnished["first"]
    home = world.row(task, "list_id")[0]
    done = world.task(home, work_hours=0.5)
    world.set(task, work_hours=1.25)
    world.set(done, is_done=True)
    assert api.get("/time/total.json").json == {
        "time-totals": sums(360, 180, 120, 60),
        "STATUS": "OK",
    }
    estimates = {
        "total-mins-estimated": "105",
        "total-hours-estimated": "1.75",
        "active-mins-estimated": "75",
        "active-hours-estimated": "1.25",
        "completed-mins-estimated": "30",
        "completed-hours-estimated": "0.50",
    }
    both = {"time-estimates": estimates, "time-totals": sums(180, 180, 120, 60)}
    company = {"id": "1", "name": "Demo Company"}
    shown = {"id": str(project), "name": "One", "company": company}
    (found,) = api.get(f"/projects/{project}/time/total.json").json["projects"]
    assert found == shown | both
    (found,) = api.get(f"/tasklists/{home}/time/total.json").json["projects"]
    assert found == shown | {"tasklist": {"id": str(home), "name": "L"} | both}
    (found,) = api.get(f"/tasks/{task}/time/total.json", userId=world.admin).json["projects"]
    of_task = found["tasklist"].pop("task")
    assert found == shown | {"tasklist": {"id": str(home), "name": "L"}}
    assert (of_task["id"], of_task["name"]) == (str(task), "zeta")
    assert of_task["time-totals"] == sums(60, 60, 0, 60)
    assert of_task["time-estimates"]["total-mins-estimated"] == "75"


def test_totals_of_nothing(world: World, api: Api) -> None:
    assert api.get("/time/total.json").json["time-totals"] == sums(0, 0, 0, 0)
    personal = world.personal_task(world.admin)
    (found,) = api.get(f"/tasks/{personal}/time/total.json").json["projects"]
    assert (found["id"], found["tasklist"]["task"]["name"]) == ("", "personal")


@pytest.mark.decision(3)
def test_days_are_the_accounts_and_one_sees_them_in_ones_own_zone(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written and filtered in the account's zone, shown in UTC and in the viewer's."""
    account = dataclasses.replace(app.config["TANDEM"], timezone="America/New_York")
    monkeypatch.setitem(app.config, "TANDEM", account)
    person = world.person(zone="Asia/Tokyo")
    task = world.task(world.list(world.project(editor=(person,))))
    own = Api(app, world.key(person))
    entry = log(own, f"/tasks/{task}/time_entries.json", date="20140510", time="22:00")
    shown = one(own, entry)
    assert shown["date"] == "2014-05-11T02:00:00Z"
    assert shown["dateUserPerspective"] == "2014-05-11T11:00:00Z"
    on_the_day = {"fromdate": "20140510", "todate": "20140510"}
    assert len(listed(own, **on_the_day)) == 1
    assert listed(own, fromdate="20140511") == []
    own.put(f"/time_entries/{entry}.json", {"time-entry": {"date": "20140101"}})
    assert one(own, entry)["date"] == "2014-01-02T03:00:00Z"


PATHS = (
    "/projects/{project}/time_entries.json",
    "/tasklists/{list}/time_entries.json",
    "/tasks/{task}/time_entries.json",
    "/projects/{project}/time/total.json",
    "/tasklists/{list}/time/total.json",
    "/tasks/{task}/time/total.json",
)


def test_another_projects_time_does_not_exist(world: World, api: Api) -> None:
    stranger = Api(api.app, world.key(world.person()))
    project = world.project()
    home = world.list(project)
    task = world.task(home)
    entry = log(api, f"/tasks/{task}/time_entries.json")
    hidden = {"project": project, "list": home, "task": task}
    for path in PATHS:
        response = stranger.get(path.format(**hidden))
        nowhere = stranger.get(path.format(project=999, list=999, task=999))
        assert (response.status_code, response.data) == (404, nowhere.data), path
    body = {"time-entry": {"hours": 1}}
    for path in (PATHS[0], PATHS[2]):
        response = stranger.post(path.format(**hidden), body)
        nowhere = stranger.post(path.format(project=999, task=999), body)
        assert (response.status_code, response.data) == (404, nowhere.data), path
    for method in ("GET", "PUT", "DELETE"):
        sent = body if method == "PUT" else None
        response = stranger.call(method, f"/time_entries/{entry}.json", sent)
        nowhere = stranger.call(method, "/time_entries/999.json", sent)
        assert (response.status_code, response.data) == (404, nowhere.data), method
    assert listed(stranger) == []
    assert stranger.get("/time/total.json").json["time-totals"]["total-mins-sum"] == "0"
    assert one(api, entry)["hours"] == "1"


def test_a_private_tasks_time_is_in_no_sum(world: World, api: Api) -> None:
    member = world.person()
    project = world.project(manager=(member,))
    home = world.list(project)
    private = world.task(home, private=True, work_hours=5)
    open_ = world.task(home, work_hours=1)
    log(api, f"/tasks/{private}/time_entries.json", description="hidden", hours=4)
    log(api, f"/tasks/{open_}/time_entries.json", description="seen", hours=2)
    own = Api(api.app, world.key(member))
    assert listed(own) == listed(own, f"/projects/{project}/time_entries.json") == ["seen"]
    assert own.get(f"/tasks/{private}/time_entries.json").status_code == 404
    assert own.get(f"/tasks/{private}/time/total.json").status_code == 404
    (found,) = own.get(f"/projects/{project}/time/total.json").json["projects"]
    assert found["time-totals"]["total-mins-sum"] == "120"
    assert found["time-estimates"]["total-mins-estimated"] == "60"
    assert own.get("/time/total.json").json["time-totals"]["total-mins-sum"] == "120"


def test_a_hidden_parent_and_a_hidden_list_are_not_named(world: World, api: Api) -> None:
    member = world.person()
    project = world.project(editor=(member,))
    home, closed = world.list(project), world.list(project, "Secret", private=True)
    above = world.task(home, "secret")
    task = world.task(parent=above)
    world.set(above, private=True, lockdown_id=world.row(world.task(closed), "lockdown_id")[0])
    own = Api(api.app, world.key(member))
    on_task = log(api, f"/tasks/{task}/time_entries.json")
    on_list = log(api, f"/projects/{project}/time_entries.json", tasklistId=closed)
    entry = one(own, on_task)
    assert (entry["parentTaskId"], entry["taskIsSubTask"]) == ("0", "0")
    entry = one(own, on_list)
    assert (entry["todo-list-id"], entry["todo-list-name"], entry["tasklistId"]) == ("", "", "")
    assert one(api, on_list)["todo-list-name"] == "Secret"


def test_who_may_log_and_change(world: World, api: Api) -> None:
    viewer, editor, manager = world.person(), world.person(), world.person()
    project = world.project(viewer=(viewer,), editor=(editor,), manager=(manager,))
    task = world.task(world.list(project))
    clients = {each: Api(api.app, world.key(each)) for each in (viewer, editor, manager)}
    path, body = f"/tasks/{task}/time_entries.json", {"time-entry": {"hours": 1}}
    assert clients[viewer].post(path, body).status_code == 403
    assert clients[viewer].post(f"/projects/{project}/time_entries.json", body).status_code == 403
    others = {"time-entry": {"hours": 1, "person-id": manager}}
    assert clients[editor].post(path, others).status_code == 403
    entry = log(clients[manager], path, person_id=editor)
    assert one(clients[viewer], entry)["canEdit"] is False
    assert one(clients[editor], entry)["canEdit"] is True
    own = log(clients[manager], path)
    assert one(clients[editor], own)["canEdit"] is False
    assert clients[editor].put(f"/time_entries/{own}.json", body).status_code == 403
    assert clients[editor].delete(f"/time_entries/{own}.json").status_code == 403
    reading = Api(api.app, world.key(editor, read_only=True))
    assert one(reading, entry)["canEdit"] is False
    assert reading.put(f"/time_entries/{entry}.json", body).status_code == 403
    assert one(api, own)["hours"] == "1"


def test_time_of_a_deleted_task_stays_without_its_name(world: World, api: Api) -> None:
    task = world.task(name="gone")
    entry = log(api, f"/tasks/{task}/time_entries.json")
    api.delete(f"/tasks/{task}.json")
    shown = one(api, entry)
    assert (shown["todo-item-id"], shown["todo-item-name"]) == ("", "")
    assert api.get(f"/tasks/{task}/time_entries.json").status_code == 404


def test_as_odata_logs_it(world: World, api: Api) -> None:
    """An entry that was made elsewhere has a time of day, and one of nobody's project is shown."""
    task = world.personal_task(world.admin)

    def make(work: Any) -> int:
        home = world.row(task, "list_id")[0]
        values = {"task_id": task, "list_id": home, "person_id": world.admin, "minutes": 61}
        return int(work.insert(TimeEntry, started_at=work.now, **values))

    entry = one(api, str(maintain(make)))
    assert (entry["hours"], entry["minutes"], entry["has-start-time"]) == ("1", "1", "1")
    assert (entry["project-id"], entry["company-name"]) == ("", "")
    assert entry["todo-list-name"] == "Personal"


READS = {
    "all": ("/time_entries.json", 11),
    "task": ("/tasks/{task}/time_entries.json", 12),
    "project": ("/projects/{project}/time_entries.json?sortby=tasklist&userId=1", 12),
    "total": ("/time/total.json", 3),
    "total of a task": ("/tasks/{task}/time/total.json", 7),
    "total of a project": ("/projects/{project}/time/total.json", 6),
}


@pytest.mark.parametrize(("path", "most"), READS.values(), ids=list(READS))
def test_statements_do_not_grow_with_the_rows(path: str, most: int, world: World, api: Api) -> None:
    project = world.project()
    home = world.list(project)
    task = world.task(parent=world.task(home), tags=("x",))

    def ask() -> int:
        Memories.forget()
        with counted() as statements:
            response = api.get(path.format(task=task, project=project))
        assert response.status_code == 200, response.text
        return len(statements)

    log(api, f"/tasks/{task}/time_entries.json", tags="a,b")
    few = ask()
    for _ in range(6):
        other = world.task(parent=world.task(home), tags=("y", "z"))
        log(api, f"/tasks/{task}/time_entries.json", tags="c,d", person_id=world.admin)
        log(api, f"/tasks/{other}/time_entries.json")
    assert ask() == few <= most
