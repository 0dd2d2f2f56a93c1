"""The document's own samples: its requests run verbatim (with real ids), its responses are what we
answer, type for type.

golden/requests are the sample requests as printed, golden/responses the sample responses (the keys
of boardColumn put in quotes, "[..]" left out).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.clock import clock
from tests.api import Api
from tests.builders import World
from tests.contract.shape import differences, sample_answer, sample_request

OK = {"STATUS": "OK"}
AVATAR = "http://demo1company.teamwork.com/images/avatar.jpg"

# What we answer beyond the members of the samples, and when.
ALWAYS = {"DLM"}
WHEN_COMPLETED = {"completed_on", "completer_id", "completer_firstname", "completer_lastname"}
WITH_FILES = {"attachments"}
WHEN_NESTED = {"subTasks"}
RESPONSIBLE = {
    f"responsible-party-{name}"
    for name in ("id", "ids", "names", "summary", "type", "firstname", "lastname")
}
# Members of the samples that only some tasks have.
ONLY_SUBTASKS = {"parent-task"}

LIST_SAMPLE = sample_answer("tasks")["todo-items"][0]
TASK_SAMPLE = sample_answer("task")["todo-item"]


@dataclass(frozen=True, slots=True)
class Demo:
    """The people and things of the samples; `api` speaks as Demo User."""

    api: Api
    user: int
    project: int
    list: int
    column: int
    parent: int
    other: int

    def send(
        self, method: str, path: str, sample: str, real: Mapping[str, Any] | None = None
    ) -> TestResponse:
        """Send a sample request."""
        return self.api.call(method, path, data=sample_request(sample, real))

    def listed(self, path: str, task: int, **options: Any) -> dict[str, Any]:
        """A task as a list shows it."""
        items = self.api.get(path, **options).json["todo-items"]
        return next(item for item in items if item["id"] == str(task))


@pytest.fixture
def demo(app: Flask, world: World) -> Demo:
    """What the samples take for granted."""
    user = world.person("Demo", "User", avatar_url=AVATAR)
    project = world.project("demo", manager=(user,))
    todos = world.list(project, "test")
    column = world.column(project, "My Inbox Board", 0x99DF72)
    parent = world.task(todos, "sample parent task", by=user)
    other = world.task(todos, "another task", by=user)
    return Demo(Api(app, world.key(user)), user, project, todos, column, parent, other)


@pytest.fixture
def sampled(demo: Demo, world: World) -> int:
    """A task like the one of the list's sample, with all that only some tasks have."""
    item = {
        "content": "a task",
        "start-date": "20140508",
        "due-date": "20140524",
        "responsible-party-id": demo.user,
        "predecessors": [{"id": demo.other, "type": "complete"}],
        "tags": "api,documentation",
        "columnId": demo.column,
    }
    made = demo.api.post(f"/tasks/{demo.parent}.json", {"todo-item": item})
    task = int(made.json["id"])
    world.reminder(task, demo.user)
    return task


# --- responses


def lists_of(demo: Demo) -> tuple[str, ...]:
    """The three addresses of "Retrieve all tasks"."""
    return (
        "/tasks.json",
        f"/projects/{demo.project}/tasks.json",
        f"/tasklists/{demo.list}/tasks.json",
    )


def test_all_three_lists_answer_the_sample(demo: Demo, sampled: int) -> None:
    """Every member of the sample is there in its type, and nothing else but DLM."""
    for path in lists_of(demo):
        body = demo.api.get(path).json
        assert list(body) == ["todo-items", "STATUS"]
        item = demo.listed(path, sampled)
        assert differences(LIST_SAMPLE, item) == []
        assert set(item) - set(LIST_SAMPLE) == ALWAYS


# Ids, stamps and places are each store's own.
OWN = {
    "id",
    "project-id",
    "company-id",
    "todo-list-id",
    "creator-id",
    "parentTaskId",
    "parent-task",
    "tags",
    "predecessors",
    "responsible-party-id",
    "responsible-party-ids",
    "boardColumn",
    "order",
    "position",
    "created-on",
    "last-changed-on",
    "has-predecessors",
    "company-name",
}


def test_the_values_of_the_sample_come_back(demo: Demo, sampled: int) -> None:
    """A task made like the sample's reads like it, ids and stamps aside."""
    item = demo.listed("/tasks.json", sampled)
    assert {name: item[name] for name in LIST_SAMPLE if name not in OWN} == {
        name: value for name, value in LIST_SAMPLE.items() if name not in OWN
    }
    assert item["parentTaskId"] == item["parent-task"]["id"] == str(demo.parent)
    assert item["parent-task"]["content"] == "sample parent task"
    assert item["predecessors"] == [{"id": str(demo.other), "type": "complete"}]
    assert item["has-predecessors"] == "1"
    assert item["boardColumn"] == [
        {"id": demo.column, "name": "My Inbox Board", "color": "#99DF72"}
    ]
    assert [tag["name"] for tag in item["tags"]] == ["api", "documentation"]
    assert item["responsible-party-ids"] == item["creator-id"] == str(demo.user)


def test_one_task_answers_the_sample(demo: Demo, sampled: int) -> None:
    """An unassigned task with its files; the sample of one task has no assignee."""
    done = demo.api.put(f"/tasks/{sampled}.json", {"todo-item": {"responsible-party-id": "-1"}})
    assert done.status_code == 200
    body = demo.api.get(f"/tasks/{sampled}.json").json
    assert list(body) == ["todo-item", "STATUS"]
    assert differences(TASK_SAMPLE, body["todo-item"]) == []
    assert set(body["todo-item"]) - set(TASK_SAMPLE) == ALWAYS


def test_one_assigned_task_says_to_whom(demo: Demo, sampled: int) -> None:
    """Then the members of the list's sample about the assignee are there too."""
    item = demo.api.task(sampled)
    assert set(item) - set(TASK_SAMPLE) == ALWAYS | RESPONSIBLE
    expected = {name: LIST_SAMPLE[name] for name in RESPONSIBLE}
    assert differences(expected, item) == []


def test_a_bare_task_has_every_other_member(demo: Demo) -> None:
    """Without parent, assignee, tags, column, predecessors: the members are there but for two
    kinds.
    """
    item = demo.listed("/tasks.json", demo.parent)
    expected = set(LIST_SAMPLE) - ONLY_SUBTASKS - RESPONSIBLE
    assert set(item) == expected | ALWAYS
    empty = {name: item[name] for name in ("tags", "boardColumn", "predecessors")}
    assert empty == {"tags": [], "boardColumn": [], "predecessors": []}
    filled = {name: LIST_SAMPLE[name] for name in expected - set(empty)}
    dates = {"start-date": "", "due-date": "", "due-date-base": "", "parentTaskId": ""}
    assert dates.items() <= item.items()
    assert differences(filled | dates, item) == []


def test_a_completed_task_shows_its_completion(demo: Demo, sampled: int) -> None:
    """Wherever completed tasks are shown; the fields that are "also visible"."""
    for task in (demo.other, sampled):
        assert demo.api.put(f"/tasks/{task}/complete.json").json == OK
    expected = LIST_SAMPLE | sample_answer("completed_task")["todo-items"][0]
    both = {"includeCompletedTasks": "true", "includeCompletedSubtasks": "true"}
    shown = [
        demo.listed("/tasks.json", sampled, filter="completed"),
        demo.listed("/tasks.json", sampled, **both),
        demo.listed("/completedtasks.json", sampled),
    ]
    for item in shown:
        assert differences(expected, item) == []
        assert set(item) - set(LIST_SAMPLE) == ALWAYS | WHEN_COMPLETED
        assert (item["status"], item["completed"]) == ("completed", True)
        assert item["completed_on"] == "2014-05-12T10:00:00Z"
        completer = [item[f"completer_{name}"] for name in ("id", "firstname", "lastname")]
        assert completer == [str(demo.user), "Demo", "User"]
    alone = demo.api.task(sampled, getFiles="false")
    assert alone == shown[0]


ATTACHMENT = {
    "id": "1",
    "fileId": "1",
    "name": "",
    "filename": "",
    "size": "1",
    "version": "1",
    "categoryId": "0",
    "categoryName": "",
}


def test_options_add_members(demo: Demo, sampled: int, world: World) -> None:
    """getFiles adds `attachments`, nestSubTasks adds `subTasks`; the rest stays as it was."""
    world.file(demo.project, "plan.pdf", sampled)
    plain = demo.listed("/tasks.json", sampled)
    assert plain["attachments-count"] == "1"
    files = demo.listed("/tasks.json", sampled, getFiles="true")
    assert set(files) - set(plain) == WITH_FILES
    assert differences([ATTACHMENT], files["attachments"]) == []
    assert [each["name"] for each in files["attachments"]] == ["plan.pdf"]
    nested = demo.listed("/tasks.json", demo.parent, nestSubTasks="yes")
    assert set(nested) - set(LIST_SAMPLE) == ALWAYS | WHEN_NESTED
    assert nested["subTasks"] == [plain | {"subTasks": []}]
    one = demo.api.task(demo.parent, nestSubTasks="true", getFiles="false")
    assert one["subTasks"] == nested["subTasks"]


def test_dependencies_answer_the_sample(demo: Demo, sampled: int, world: World) -> None:
    """The tasks that rely on a task, all members strings."""
    daniel = world.person("Daniel", "Meyer")
    joined = demo.api.put(
        f"/projects/{demo.project}/people.json", {"add": {"userIdList": str(daniel)}}
    )
    assert joined.status_code == 200, joined.text
    item = {"content": "my task", "responsible-party-id": str(daniel)}
    assert demo.api.put(f"/tasks/{sampled}.json", {"todo-item": item}).status_code == 200
    sample = sample_answer("dependencies")
    body = demo.api.get(f"/tasks/{demo.other}/dependencies.json").json
    assert list(body) == ["dependents", "STATUS"]
    assert differences(sample, body) == []
    (dependent,) = body["dependents"]
    ids = {
        "id": str(sampled),
        "projectId": str(demo.project),
        "responsible-party-id": str(daniel),
    }
    assert dependent == sample["dependents"][0] | ids


def test_followers_answer_the_samples(demo: Demo, world: World) -> None:
    """With and without returnUserInfo=true."""
    joe = world.person("Joe", "Bloggs", avatar_url="https://path/to/person.jpg", is_admin=True)
    body = {"todo-item": {"commentFollowerIds": str(joe), "changeFollowerIds": str(joe)}}
    assert demo.api.put(f"/tasks/{demo.parent}.json", body).status_code == 200
    path = f"/tasks/{demo.parent}/followers.json"
    ids = demo.api.get(path).json
    assert differences(sample_answer("followers"), ids) == []
    assert ids == {"commentFollowerIds": [str(joe)], "changeFollowerIds": [str(joe)], **OK}
    assert list(ids)[-1] == "STATUS"
    people = demo.api.call("GET", path + "?returnUserInfo=true").json
    sample = sample_answer("followers_as_people")
    assert differences(sample, people) == []
    own = {"id": str(joe), "companyId": "1", "companyName": "Demo Company"}
    assert people == {"followers": [sample["followers"][0] | own], **OK}


# --- requests


@pytest.mark.parametrize("below", ["list", "task"])
def test_add_a_task(demo: Demo, below: str) -> None:
    """ "Add a task", and "Adding a sub-task" with the same body."""
    last = demo.api.names(f"/tasklists/{demo.list}/tasks.json", sort="manual")[-1]
    path = f"/tasklists/{demo.list}/tasks.json" if below == "list" else f"/tasks/{demo.parent}.json"
    response = demo.send("POST", path, "add_task", {"439492": demo.other})
    assert response.status_code == 201, response.text
    assert response.json == {"id": response.headers["id"], **OK}
    item = demo.api.task(int(response.headers["id"]))
    assert differences(TASK_SAMPLE | {"parentTaskId": ""}, item | EMPTY_MEMBERS) == []
    written = {
        "content": "Test Task",
        "description": "Test Task Sub Item",
        "due-date": "20140405",
        "start-date": "20140402",
        "estimated-minutes": "0",
        "private": "0",
        "priority": "low",
        "progress": "20",
        "attachments": [],
        "predecessors": [{"id": str(demo.other), "type": "complete"}],
        "parentTaskId": "" if below == "list" else str(demo.parent),
    }
    assert written.items() <= item.items()
    assert [tag["name"] for tag in item["tags"]] == ["api", "documentation"]
    assert not RESPONSIBLE & set(item)
    names = demo.api.names(f"/tasklists/{demo.list}/tasks.json", sort="manual")
    assert names[-1] == last
    if below == "list":
        assert names[0] == "Test Task"


# The sample request of "Add a task" makes no board column and, on a list, no parent.
EMPTY_MEMBERS = {name: TASK_SAMPLE[name] for name in ("boardColumn", "parent-task", "predecessors")}


def test_edit_a_task(demo: Demo, sampled: int) -> None:
    """ "Edit a task": what is sent changes, the list stays, an empty tasklistId moves nothing."""
    real = {'"999"': f'"{demo.user}"', '"123"': f'"{demo.column}"'}
    response = demo.send("PUT", f"/tasks/{sampled}.json", "edit_task", real)
    assert response.status_code == 200, response.text
    assert response.json == {"affectedTaskIds": str(sampled), **OK}
    item = demo.api.task(sampled)
    assert differences(TASK_SAMPLE, item | {"predecessors": []}) == []
    written = {
        "content": "Task Item",
        "description": "Task Item Description",
        "due-date": "20140405",
        "start-date": "20140402",
        "private": "0",
        "priority": "high",
        "progress": "20",
        "estimated-minutes": "0",
        "responsible-party-id": str(demo.user),
        "attachments": [],
        "todo-list-id": str(demo.list),
        "predecessors": [{"id": str(demo.other), "type": "complete"}],
    }
    assert written.items() <= item.items()
    assert [tag["name"] for tag in item["tags"]] == ["api", "documentation"]
    assert [column["id"] for column in item["boardColumn"]] == [demo.column]


def test_reorder_the_tasks(demo: Demo, world: World) -> None:
    """ "Reorder the tasks": the named ones first, the others behind."""
    real = {"1000": world.task(demo.list, "1000"), '"999"': f'"{world.task(demo.list, "999")}"'}
    path = f"/tasklists/{demo.list}/tasks/reorder.json"
    response = demo.send("PUT", path, "reorder", real)
    assert (response.status_code, response.json) == (200, OK)
    names = demo.api.names(f"/tasklists/{demo.list}/tasks.json", sort="manual")
    assert names == ["1000", "999", "sample parent task", "another task"]


def test_change_the_completed_date(demo: Demo, world: World) -> None:
    """ "Change the completed date on close tasks": STATUS alone, stamp and person rewritten."""
    assert demo.api.put(f"/tasks/{demo.other}/complete.json").json == OK
    real = {"yyyymmddhhmmss": "20131123201022", "{userId}": world.admin}
    response = demo.send("PUT", f"/tasks/{demo.other}.json", "completed_date", real)
    assert (response.status_code, response.json) == (200, sample_answer("completed_date"))
    item = demo.api.task(demo.other)
    assert (item["status"], item["completed_on"]) == ("completed", "2013-11-23T20:10:22Z")
    assert item["completer_id"] == str(world.admin)


def test_complete_and_uncomplete(demo: Demo) -> None:
    """Neither needs a body; uncompleting an open task has no effect."""
    before = demo.api.task(demo.other)
    assert demo.api.put(f"/tasks/{demo.other}/uncomplete.json").json == OK
    assert demo.api.task(demo.other) == before
    assert demo.api.put(f"/tasks/{demo.other}/complete.json").json == OK
    assert demo.api.task(demo.other)["status"] == "completed"
    assert demo.api.put(f"/tasks/{demo.other}/uncomplete.json").json == OK
    assert demo.api.task(demo.other)["status"] == "reopened"


def test_destroy_a_task(demo: Demo) -> None:
    """200, and gone."""
    response = demo.api.delete(f"/tasks/{demo.other}.json")
    assert (response.status_code, response.json) == (200, OK)
    assert demo.api.get(f"/tasks/{demo.other}.json").status_code == 404


def test_set_and_remove_followers(demo: Demo, world: World) -> None:
    """ "Set Task Followers" and "Remove Task Followers"."""
    path = f"/tasks/{demo.other}.json"
    real = {"12345": demo.user, "34567": world.admin}
    response = demo.send("PUT", path, "set_followers", real)
    assert (response.status_code, list(response.json)) == (200, ["affectedTaskIds", "STATUS"])
    assert differences(sample_answer("set_followers"), response.json) == []
    following = demo.api.get(f"/tasks/{demo.other}/followers.json").json
    assert set(following["commentFollowerIds"]) == {str(demo.user), str(world.admin)}
    assert following["changeFollowerIds"] == [str(demo.user)]
    response = demo.send("PUT", path, "remove_followers")
    assert differences(sample_answer("remove_followers"), response.json) == []
    assert response.json == {"affectedTaskIds": str(demo.other), **OK}
    following = demo.api.get(f"/tasks/{demo.other}/followers.json").json
    assert following == {"commentFollowerIds": [], "changeFollowerIds": [], **OK}


def test_quickly_add_multiple_tasks(demo: Demo) -> None:
    """ "Quickly add multiple tasks": true counts, where the sample's `success` is a slip."""
    real = {"{task_list_id}": demo.list, "{user_id}": demo.user}
    path = f"/tasklists/{demo.list}/quickadd.json"
    response = demo.send("POST", path, "quickadd", real)
    assert response.status_code == 201, response.text
    sample = sample_answer("quickadd") | {"tasklistId": str(demo.list)}
    assert differences(sample, response.json) == []
    assert set(response.json) == set(sample)
    assert (response.json["success"], response.json["failed"]) == ("3", "0")
    items = [demo.api.task(int(each)) for each in response.json["taskIds"].split(",")]
    assert [item["content"] for item in items] == [
        "this is task one",
        "this is task two",
        "this is task three",
    ]
    assert {item["creator-id"] for item in items} == {str(demo.user)}
    assert {item["private"] for item in items} == {"0"}


# --- sample URLs


def names_at(demo: Demo, path: str, name: str = "todo-items") -> list[str]:
    """What a sample URL lists; the query string is part of it."""
    response = demo.api.call("GET", path)
    assert response.status_code == 200, response.text
    return [item["content"] for item in response.json[name]]


def completed_at(demo: Demo, world: World, name: str, instant: str) -> int:
    """A task that was completed at an instant."""
    task = world.task(demo.list, name, by=demo.user)
    clock.fix(datetime.fromisoformat(instant))
    assert demo.api.put(f"/tasks/{task}/complete.json").json == OK
    return task


def test_page_2_of_size_10(demo: Demo, world: World) -> None:
    """?page=2&pageSize=10 on the lists and on the completed tasks."""
    todos = world.list(demo.project)
    made = [world.task(todos, f"task {number:02}", by=demo.user, due=1) for number in range(25)]
    path = f"/tasklists/{todos}/tasks.json"
    assert names_at(demo, f"{path}?page=2&pageSize=10") == [f"task {n}" for n in range(10, 20)]
    headers = demo.api.call("GET", f"{path}?page=2&pageSize=10").headers
    assert [headers[f"X-{name}"] for name in ("Page", "Pages", "Records")] == ["2", "3", "25"]
    for task in made:
        demo.api.put(f"/tasks/{task}/complete.json")
    second = names_at(demo, "/completedtasks.json?page=2&pageSize=10")
    assert second == [f"task {n}" for n in range(10, 20)]


def test_a_range_of_dates(demo: Demo, world: World) -> None:
    """?startdate=20140512&enddate=20140513: the 12th and 13th of May 2014, both included."""
    days = {"before": -1, "first": 0, "last": 1, "after": 2}
    made = {name: world.task(demo.list, name, by=demo.user, due=due) for name, due in days.items()}
    for path in lists_of(demo):
        assert names_at(demo, f"{path}?startdate=20140512&enddate=20140513") == ["first", "last"]
    for days_later, task in enumerate(made.values()):
        clock.fix(datetime.fromisoformat(f"2014-05-{11 + days_later}T10:00:00+00:00"))
        demo.api.put(f"/tasks/{task}/complete.json")
    path = "/completedtasks.json?startdate=20140512&enddate=20140513"
    assert names_at(demo, path) == ["first", "last"]


def test_updated_after_a_date(demo: Demo, world: World) -> None:
    """?updatedAfterDate=20131123201022: after, not at, 20:10:22 UTC."""
    for name, second in (("at", 22), ("after", 23)):
        clock.fix(datetime.fromisoformat(f"2013-11-23T20:10:{second}+00:00"))
        world.task(demo.list, name, by=demo.user)
    shown = names_at(demo, f"/tasklists/{demo.list}/tasks.json?updatedAfterDate=20131123201022")
    assert "after" in shown
    assert "at" not in shown


def test_completed_after_and_before_a_date(demo: Demo, world: World) -> None:
    """?completedAfterDate=20141123201022 and ?completedBeforeDate=20150101235959."""
    completed_at(demo, world, "at the first", "2014-11-23T20:10:22+00:00")
    completed_at(demo, world, "between", "2014-12-24T12:00:00+00:00")
    completed_at(demo, world, "at the last", "2015-01-01T23:59:59+00:00")
    after = names_at(demo, "/tasks.json?completedAfterDate=20141123201022")
    assert after == ["between", "at the last"]
    before = names_at(demo, "/tasks.json?completedBeforeDate=20150101235959")
    assert before == ["at the first", "between"]


def test_people_in_a_query(demo: Demo, world: World) -> None:
    """creator-ids=44, 44,45 and responsible-party-ids=-1, 0, 32, 32,55."""
    admin, user = world.admin, demo.user
    world.task(demo.list, "for one", by=admin, assignees=(user,))
    world.task(demo.list, "for the other", by=admin, assignees=(admin,))
    bare = ["sample parent task", "another task"]
    found = {
        f"creator-ids={user}": bare,
        f"creator-ids={user},{admin}": [*bare, "for one", "for the other"],
        "creator-ids=0": [*bare, "for one", "for the other"],
        "responsible-party-ids=-1": ["for one", "for the other"],
        "responsible-party-ids=0": bare,
        f"responsible-party-ids={user}": ["for one"],
        f"responsible-party-ids={user},{admin}": ["for one", "for the other"],
    }
    for path in lists_of(demo):
        assert {query: names_at(demo, f"{path}?{query}") for query in found} == found


FILTERS = "all anytime overdue today tomorrow thisweek within7 within14 within30 within365"
SORTS = "duedate startdate dateadded priority project company"


def test_every_printed_word_of_an_option_is_taken(demo: Demo, sampled: int) -> None:
    """Each value that the document prints, on each of the three lists, in the shape of the
    sample.
    """
    printed = {
        "filter": f"{FILTERS} nodate nostartdate completed",
        "include": "nodate nostartdate noduedate overdue",
        "sort": SORTS,
        "showDeleted": "yes no",
        "includeCompletedTasks": "true false",
        "includeCompletedSubtasks": "true false",
        "getSubTasks": "yes no",
        "nestSubTasks": "yes no",
        "getFiles": "true false",
        "includeToday": "true false",
        "ignore-start-dates": "true false",
    }
    for path in lists_of(demo):
        for name, words in printed.items():
            for word in words.split():
                response = demo.api.get(path, **{name: word})
                assert response.status_code == 200, f"{name}={word}: {response.text}"
                assert list(response.json) == ["todo-items", "STATUS"]
    assert sampled
