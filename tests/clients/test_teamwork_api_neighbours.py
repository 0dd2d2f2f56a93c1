"""npm `teamwork-api`, unmodified, against a running Tandem: every call that it has about
projects, people, lists, comments, tags, reminders, search, activity, webhooks, time, files, boards.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.npm_teamwork import (
    FOLDER,
    IGNORED,
    NOT_SERVED,
    OK,
    OTHER_CALLS,
    OTHER_RESOURCES,
    Answers,
    Said,
    drive,
    each,
)
from tests.clients.test_teamwork_api import CALLS
from tests.live import KEY, Server


def refused(said: Answers, *steps: str) -> None:
    """What was deleted is not there any more."""
    for step in steps:
        assert said[step]["refused"] == 404, step
        assert said[step]["body"]["STATUS"] == "Error"


def within(wanted: dict[str, Any], found: dict[str, Any]) -> None:
    """The wanted members of what was found; the difference is shown."""
    assert {name: found.get(name) for name in wanted} == wanted


def account_and_companies(said: Answers) -> None:
    """The account; companies from adding to deleting."""
    ids = said["ids"]
    assert said["account"]["account"]["companyid"] == "1"
    assert said["company added"] == {"id": ids["company"], **OK}
    assert said["company edited"] == said["company deleted"] == OK
    company = {"name": "Pier", "website": "https://example.com", "phone": "12", "isowner": "0"}
    within(company, said["company"]["company"])
    listed = each(said["companies"]["companies"], "id")
    assert ids["company"] in listed
    assert ids["spareCompany"] not in listed
    refused(said, "deleted company")


def people(said: Answers) -> None:
    """People from adding to deleting."""
    ids = said["ids"]
    assert said["person added"] == {"id": ids["nina"], **OK}
    assert said["person edited"] == said["person deleted"] == OK
    nina = {"id": ids["nina"], "full-name": "Nina Muster", "title": "Captain"}
    within({**nina, "company-name": "Pier", "administrator": False}, said["person"]["person"])
    for step in ("people found", "people of company"):
        assert each(said[step]["people"], "first-name") == ["Nina", "Otto"], step
    keys = said["keys"]["APIKeys"]
    assert {"id", "user-id", "hint", "read-only", "created-at"} <= keys[0].keys()
    assert not any(KEY in each["hint"] for each in keys)
    refused(said, "deleted person")


def categories(said: Answers) -> None:
    """Categories of projects from adding to deleting."""
    ids = said["ids"]
    assert said["category added"] == {"categoryId": ids["category"], **OK}
    assert said["category edited"] == said["category deleted"] == OK
    ships = {"id": ids["category"], "name": "Ships", "color": "#123456"}
    within(ships, said["category"]["category"])
    assert ids["category"] in each(said["categories"]["categories"], "id")
    refused(said, "deleted category")


def projects(said: Answers) -> None:
    """Projects from adding to deleting."""
    ids = said["ids"]
    project = said["project"]["project"]
    within({"name": "Refit 2", "startDate": "20140501", "endDate": "20141001"}, project)
    assert project["company"] == {"id": ids["company"], "name": "Pier", "is-owner": "0"}
    assert project["category"] == {"id": ids["category"], "name": "Ships", "color": "#123456"}
    assert each(project["tags"], "name") == ["dock", "ship"]
    assert project["starred"] is True
    assert each(said["starred projects"]["projects"], "id") == [ids["project"]]
    assert said["no starred projects"]["projects"] == []
    assert said["starred"] == said["star taken off"] == OK
    assert each(said["projects of category"]["projects"], "id") == [ids["project"]]
    assert each(said["projects of company"]["projects"], "id") == [ids["project"]]
    for step in ("project edited", "project archived", "project deleted"):
        assert said[step] == OK, step
    assert said["archived project"]["project"]["status"] == "archived"
    refused(said, "deleted project")


def members(said: Answers) -> None:
    """Members of a project, added and removed."""
    ids = said["ids"]
    added = {"added": [ids["nina"], ids["otto"]], "removed": [], "failed": []}
    assert said["members added"] == {"details": added, **OK}
    assert each(said["members"]["people"], "first-name") == ["Ada", "Nina", "Otto"]
    permissions = said["permissions"]["person"]["permissions"]
    within({"project-administrator": False, "role": "editor"}, permissions)
    assert ids["company"] in each(said["companies of project"]["companies"], "id")
    assert said["member removed"]["details"]["removed"] == [ids["otto"]]
    assert each(said["members left"]["people"], "first-name") == ["Ada", "Nina"]
    assert said["member added"] == said["permissions given"] == OK
    given = said["permissions now"]["person"]["permissions"]
    within({"project-administrator": True, "role": "manager"}, given)


def lists(said: Answers) -> None:
    """Task lists in their order, copied and moved with their tasks."""
    ids = said["ids"]
    assert said["list hull"] == {"TASKLISTID": ids["hull"], **OK}
    hull = {"name": "Hull", "description": "below the water", "pinned": True, "position": 1}
    within({**hull, "projectId": ids["project"]}, said["list"]["todo-list"])
    in_order = each(said["lists in order"]["tasklists"], "id")
    assert in_order[:2] == [ids["deck"], ids["hull"]]
    assert {*in_order} <= {*each(said["lists of all"]["tasklists"], "id")}
    for step in ("list edited", "lists reordered", "list deleted", "list moved"):
        assert said[step] == OK, step
    refused(said, "deleted list")
    (copied,) = said["copied tasks"]["todo-items"]
    within({"content": "Scrub", "todo-list-id": ids["copy"]}, copied)
    assert copied["id"] != ids["task"]
    there = each(said["lists of other"]["tasklists"], "id")
    assert sorted(there, key=int) == sorted([ids["copy"], ids["deck"]], key=int)
    moved = {item["id"]: item for item in said["moved tasks"]["todo-items"]}
    within({"project-id": ids["other"], "todo-list-id": ids["deck"]}, moved[ids["task"]])
    assert isinstance(said["templates"]["tasklists"], list)


def estimates(said: Answers) -> None:
    """The time that a task is expected to take, and taking a person off his tasks."""
    assert said["estimated"] == OK
    paint = {"estimated-minutes": "120", "responsible-party-id": said["ids"]["nina"]}
    within(paint, said["estimated task"]["todo-item"])
    assert said["unassigned"] == OK
    assert "responsible-party-id" not in said["task of nobody"]["todo-item"]


def ignored(said: Answers) -> None:
    """Members of a body that Tandem does not know change nothing, and are no error (facts 1.3)."""
    for step in IGNORED:
        assert said[step] == OK, step


def comments(said: Answers) -> None:
    """Comments from adding to deleting."""
    ids = said["ids"]
    assert said["comment added"] == {"id": ids["first"], **OK}
    assert said["no body"]["refused"] == 422
    assert said["comment edited"] == said["comment deleted"] == said["read"] == OK
    comment = said["comment"]["comment"]
    within({"body": "Is it lit now?", "commentable-id": ids["task"], "isRead": "1"}, comment)
    within({"author-id": ids["me"], "author-firstname": "Ada", "commentNo": "1"}, comment)
    assert each(said["comments"]["comments"], "id") == [ids["first"]]
    _, second = said["all comments"]["comments"]
    within({"content-type": "HTML", "html-body": "<p>It <b>is</b>.</p>"}, second)
    refused(said, "deleted comment")


def tags(said: Answers) -> None:
    """Tags, and how they come onto tasks and all the rest and off them."""
    ids = said["ids"]
    assert said["tag added"] == {"id": ids["tag"], **OK}
    assert said["tag again"]["refused"] == 409
    within({"name": "ocean", "color": "#2F8DE4", "projectId": "0"}, said["tag"]["tag"])
    assert each(said["tags found"]["tags"], "id") == [ids["tag"]]
    assert each(said["tags of task"]["tags"], "name") == ["ocean", "rock"]
    assert each(said["tags left"]["tags"], "name") == ["ocean"]
    assert each(said["tagged task"]["todo-item"]["tags"], "name") == ["light"]
    assert each(said["tags of project"]["tags"], "name") == ["ocean"]
    assert said["tags of project now"]["tags"] == []
    for owner in ("list", "company", "person"):
        assert each(said[f"tags of {owner}"]["tags"], "name") == ["ocean", "reef"], owner
        assert said[f"{owner} tagged"] == OK, owner
    assert each(said["tagged list"]["todo-list"]["tags"], "name") == ["ocean", "reef"]
    assert each(said["tagged person"]["person"]["tags"], "name") == ["ocean", "reef"]
    assert each(said["tags of list now"]["tags"], "name") == ["reef"]
    changes = ("tag edited", "task tagged", "tag taken off", "tags replaced", "project tagged")
    for step in (*changes, "tag deleted"):
        assert said[step] == OK, step


def reminders(said: Answers) -> None:
    """Reminders from adding to deleting; the task says that it has one."""
    ids = said["ids"]
    assert said["reminder added"] == {"id": ids["reminder"], **OK}
    (first,) = said["reminders"]["reminders"]
    within({"task-id": ids["task"], "user-id": ids["me"], "type": "EMAIL"}, first)
    within({"date-time-utc": "2014-05-19T08:00:00Z", "note": "Matches", "was-sent": "0"}, first)
    (edited,) = said["reminders now"]["reminders"]
    within({"date-time-utc": "2014-05-19T09:30:00Z", "note": "Oil"}, edited)
    assert said["reminded task"]["todo-item"]["has-reminders"] is True
    assert said["reminder edited"] == said["reminder deleted"] == OK
    assert said["no reminders"]["reminders"] == []


def lookup(said: Answers) -> None:
    """Search, the trash can, what happened, and what happened to a task."""
    ids = said["ids"]
    (found,) = said["found"]["searchResult"]["tasks"]
    within({"id": ids["task"], "name": "Lighthouse", "taskListName": "Topics"}, found)
    assert said["not found"]["searchResult"] == {"moreAvailable": False, "tasks": []}
    (thrown,) = said["trash"]["tasks"]
    within({"id": ids["spare"], "name": "Fog", "username": "Ada Admin", "days": 0}, thrown)
    assert each(said["trash"]["comments"], "id") == [ids["second"]]
    for step in ("activity", "activity of project"):
        latest, before = said[step]["activity"][:2]
        done = {"type": "task", "itemid": ids["task"], "project-id": ids["project"]}
        within({**done, "activitytype": "completed", "fromusername": "Ada Admin"}, latest)
        within({"activitytype": "deleted", "itemid": ids["spare"]}, before)
    latest = said["audit"]["audit"][0]
    done = {"type": "task", "itemId": ids["task"], "activityType": "completed"}
    within({**done, "userId": ids["me"], "taskId": ids["task"]}, latest)
    assert {"2014-05-12"} == {item["datetime"][:10] for item in said["activity"]["activity"]}


def webhooks(said: Answers) -> None:
    """Webhooks from adding to deleting, paused and resumed, one and all."""
    ids = said["ids"]
    events = each(said["events"]["events"], "event")
    assert {"TASK.CREATED", "TASK.COMPLETED", "COMMENT.CREATED", "PROJECT.UPDATED"} <= {*events}
    assert said["webhook added"] == {"id": ids["webhook"], **OK}
    assert said["unknown event"]["refused"] == 422
    hook = {"event": "TASK.COMPLETED", "url": "https://example.com/hook", "version": "2"}
    within({**hook, "status": "ACTIVE", "projectId": ids["project"]}, said["webhook"]["webhook"])
    assert "secret" not in json.dumps(said["webhook"])
    assert said["paused webhook"]["webhook"]["status"] == "INACTIVE"
    assert said["resumed webhook"]["webhook"]["status"] == "ACTIVE"
    for step, status in (("disabled webhooks", "INACTIVE"), ("enabled webhooks", "ACTIVE")):
        assert each(said[step]["webhooks"], "status") == [status], step
    changes = ("webhook edited", "paused", "resumed", "disabled", "enabled", "webhook deleted")
    for step in changes:
        assert said[step] == OK, step
    assert said["no webhooks"]["webhooks"] == []


def time(said: Answers) -> None:
    """Logged time from adding to deleting, in its lists."""
    ids = said["ids"]
    assert said["time on task"] == {"timeLogId": ids["first"], **OK}
    assert said["time edited"] == said["time deleted"] == OK
    assert said["no duration"]["refused"] == 422
    assert said["time tagged"] == OK
    assert "night" in each(said["tags of time"]["tags"], "name")
    entry = said["entry"]["time-entry"]
    within({"hours": "0", "minutes": "55", "isbillable": "1", "description": "Lookout"}, entry)
    within({"date": "2014-05-12T09:05:00Z", "has-start-time": "1"}, entry)
    within({"todo-item-id": ids["task"], "todo-list-name": "Watches"}, entry)
    assert each(entry["tags"], "name") == ["night"]
    refused(said, "deleted entry")
    both = [ids["second"], ids["first"]]
    assert each(said["entries"]["time-entries"], "id") == both
    assert sorted(each(said["entries of project"]["time-entries"], "id")) == sorted(both)
    assert each(said["entries of task"]["time-entries"], "id") == [ids["first"]]
    assert said["entries of another day"]["time-entries"] == []


def days(said: Answers) -> None:
    """What somebody logged in the project on each day of a month."""
    user = said["days"]["user"]
    within({"id": said["ids"]["me"], "firstname": "Ada"}, user)
    logged = {
        name: [(hours, minutes) for _, hours, minutes in user[name] if minutes != "0"]
        for name in ("billable", "nonbillable")
    }
    assert logged == {"billable": [("0.92", "55")], "nonbillable": [("1.67", "100")]}


def totals(said: Answers) -> None:
    """Sums of logged time and of estimates."""
    whole = {"total-mins-sum": "155", "total-hours-sum": "2.58", "billable-mins-sum": "55"}
    within({**whole, "non-billable-mins-sum": "100"}, said["total"]["time-totals"])
    (of_project,) = said["total of project"]["projects"]
    within(whole, of_project["time-totals"])
    assert of_project["time-estimates"]["total-mins-estimated"] == "60"
    (of_list,) = said["total of list"]["projects"]
    assert of_list["id"] == said["ids"]["project"]
    (of_task,) = said["total of task"]["projects"]
    assert of_task["tasklist"]["task"]["time-totals"]["total-mins-sum"] == "55"
    within({"id": said["ids"]["list"], "name": "Watches"}, of_list["tasklist"])


def files(said: Answers) -> None:
    """Files of a project and of a task, and a second version."""
    ids = said["ids"]
    assert said["uploaded"]["pendingFile"]["ref"].startswith("tf_")
    assert said["file added"]["id"] == ids["file"]
    there = {item["id"]: item for item in said["files of project"]["project"]["files"]}
    assert there.keys() == {ids["file"], ids["attached"]}
    size = str((FOLDER / "logbook.js").stat().st_size)
    within({"name": "chart.txt", "description": "Deep", "size": size}, there[ids["file"]])
    (attached,) = said["files of task"]["project"]["files"]
    within({"id": ids["attached"], "name": "logbook.js", "version": "1"}, attached)
    within({"id": ids["file"], "version": "2"}, said["version added"])
    shown = said["file"]["file"]
    assert shown["download-URL"] == f"http://tw.tandem.test/files/{ids['file']}/download"
    assert each(shown["versions"], "name") == ["chart.txt"]
    assert said["file deleted"] == OK
    refused(said, "deleted file")
    assert said["files of task now"]["project"]["files"] == []


def file_moves(said: Answers) -> None:
    """Tags of a file; a copy of it in another project, and then in a third one."""
    ids = said["ids"]
    assert said["file tagged"] == said["file moved"] == OK
    assert each(said["tags of file"]["tags"], "name") == ["sea"]
    assert said["file copied"] == {"id": ids["copy"], **OK}
    copied = said["copied file"]["file"]
    within({"project-id": ids["archive"], "version": "1", "description": "Deep"}, copied)
    assert each(copied["tags"], "name") == ["sea"]
    assert said["files of archive"]["project"]["files"] == []
    assert each(said["files of cellar"]["project"]["files"], "id") == [ids["copy"]]


def board(said: Answers) -> None:
    """Columns of a board, and cards that are added, moved and removed."""
    ids = said["ids"]
    first, second = said["columns"]["columns"]
    within({"id": ids["todo"], "name": "todo", "color": "#FF0000"}, first)
    within({"id": ids["done"], "name": "done", "projectId": ids["project"]}, second)
    within({"cardId": ids["card"], "taskId": ids["task"]}, said["card added"])
    for step in ("column deleted", "card moved", "card edited", "card removed"):
        assert said[step] == OK, step
    assert each(said["cards"]["cards"], "id") == [ids["otherCard"], ids["card"]]
    assert each(said["cards done"]["cards"], "id") == [ids["card"]]
    assert each(said["cards back"]["cards"], "id") == [ids["otherCard"], ids["card"]]
    assert each(said["cards left"]["cards"], "id") == [ids["otherCard"]]
    assert each(said["task on board"]["todo-item"]["boardColumn"], "name") == ["todo"]
    assert said["task off board"]["todo-item"]["boardColumn"] == []


def not_served(said: Answers) -> None:
    """Each call that is not served is refused as the table says, with an error body."""
    answered = {step: said[step] for step in said if step != "ids"}
    statuses = {step: answer["refused"] for step, answer in answered.items()}
    assert statuses == {call: status for call, (status, _) in NOT_SERVED.items()}
    for answer in answered.values():
        within({"STATUS": "Error"}, answer["body"])
        assert answer["body"]["MESSAGE"]


CHECKS: dict[str, tuple[Callable[[Answers], None], ...]] = {
    "structure": (
        account_and_companies,
        people,
        categories,
        projects,
        members,
        lists,
        estimates,
        ignored,
    ),
    "talk": (comments, tags, reminders, lookup, webhooks),
    "logbook": (time, days, totals, files, file_moves, board),
    "missing": (not_served,),
}


def left_behind(server: Server, said: Answers) -> None:
    """Plain HTTP tells of the files and the time what the client was told."""
    ids = said["ids"]
    sent = (FOLDER / "logbook.js").read_bytes()
    for version in ("1", "2"):
        path = f"/files/{ids['file']}/download"
        assert server.call("GET", path, params={"version": version}).content == sent
    entry = server.get(f"/time_entries/{ids['first']}.json")["time-entry"]
    assert entry == said["entry"]["time-entry"]


def test_every_call_of_the_public_client(server: Server, subtests: pytest.Subtests) -> None:
    """The package drives the server; each part of what it was answered is a subtest."""
    said = {name: drive(name, server) for name in CHECKS}
    for name, checks in CHECKS.items():
        for check in checks:
            with subtests.test(check.__name__):
                check(said[name].answers)
    with subtests.test("left behind"):
        left_behind(server, said["logbook"].answers)
    with subtests.test("no call is left out"):
        complete(said)


def complete(said: dict[str, Said]) -> None:
    """No call of the package is left that was neither made nor named above."""
    served = CALLS.union(*(one.served for one in said.values()))
    missing, known = said["missing"], said["missing"].known
    others = {call for call in known if call.partition(".")[0] in OTHER_RESOURCES.split()}
    others.update(OTHER_CALLS.split())
    not_served = {step.partition(" ")[0] for step in NOT_SERVED}
    partly = {step.partition(" ")[0] for step in NOT_SERVED if " " in step}
    assert missing.refused == not_served
    assert served & (others | not_served) == partly
    assert known == served | others | not_served
