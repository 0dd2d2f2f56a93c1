"""A private task, and what is in a private list or below a private task, does not exist for those
outside: administrators included, in every list, count and relation (decision 7).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.services.commands import AddTask, CompleteTask, DeleteTask, TaskChanges
from app.services.execute import execute
from tests.api import Api
from tests.builders import World

SECRET = "the-secret"
OUTSIDERS = ("colleague", "admin")


@dataclass(frozen=True, slots=True)
class Office:
    """A project with an owner of private things, somebody he trusts, and people outside."""

    world: World
    project: int
    list_id: int
    people: Mapping[str, int]
    clients: Mapping[str, Api]

    def task(self, name: str, by: str = "colleague", **changes: Any) -> int:
        """A task that one of them makes."""
        where = changes.pop("list_id", self.list_id)
        if "parent" not in changes:
            return self.world.task(where, name, by=self.people[by], **changes)
        return self.world.task(None, name, by=self.people[by], **changes)

    def secret(self, name: str = SECRET, **changes: Any) -> int:
        """A private task of the owner's."""
        return self.task(name, "owner", private=True, **changes)

    def edit(self, who: str, task: int, **members: Any) -> Any:
        """Edit a task; `_` in a member's name is a hyphen."""
        body = {name.replace("_", "-"): value for name, value in members.items()}
        return self.clients[who].put(f"/tasks/{task}.json", {"todo-item": body})

    def sees(self, who: str, task: int) -> bool:
        """Whether a task exists for somebody."""
        response = self.clients[who].get(f"/tasks/{task}.json")
        assert response.status_code in (200, 404)
        return bool(response.status_code == 200)


@pytest.fixture
def office(app: Flask, world: World) -> Office:
    """An owner who manages the project, a friend of his and a colleague who are editors; the
    administrator sees the project.
    """
    people = {name: world.person(name.title()) for name in ("owner", "friend", "colleague")}
    editors = (people["friend"], people["colleague"])
    project = world.project(editor=editors, manager=(people["owner"],))
    people["admin"] = world.admin
    clients = {name: Api(app, world.key(person)) for name, person in people.items()}
    return Office(world, project, world.list(project), people, clients)


outsiders = pytest.mark.parametrize("who", OUTSIDERS)


# --- absent from every list -----------------------------------------------------------------------

SCOPES: tuple[tuple[str, Callable[[Office, int], str]], ...] = (
    ("all", lambda office, _: "/tasks.json"),
    ("project", lambda office, _: f"/projects/{office.project}/tasks.json"),
    ("list", lambda office, _: f"/tasklists/{office.list_id}/tasks.json"),
    ("subtasks", lambda office, parent: f"/tasks/{parent}/subtasks.json"),
    ("completed", lambda office, _: "/completedtasks.json"),
)
WAYS: tuple[Mapping[str, str], ...] = (
    {},
    {"nestSubTasks": "yes"},
    {"getSubTasks": "no"},
    {"showDeleted": "yes"},
    {"filter": "completed"},
    {"filter": "today"},
    {"filter": "overdue", "include": "noduedate,nodate,nostartdate"},
    {"includeCompletedTasks": "true", "includeCompletedSubtasks": "true", "nestSubTasks": "yes"},
    {"startdate": "20000101", "enddate": "20300101", "getFiles": "true"},
    {"tag-ids": "1"},
    {"creator-ids": "2"},
    {"responsible-party-ids": "2"},
    {"responsible-party-ids": "-1"},
    {"updatedAfterDate": "20000101000000"},
    {"completedAfterDate": "20000101000000"},
    {"sort": "dateupdated", "pageSize": "1"},
)


@pytest.mark.parametrize("scope", [name for name, _ in SCOPES])
def test_absent_from_every_list(office: Office, scope: str) -> None:
    """Whatever is asked: not in the items, not in the text, and not in the totals."""
    parent = office.task("parent", due=0)
    hidden = _one_of_each_state(office, parent)
    path = dict(SCOPES)[scope](office, parent)
    assert office.people["owner"] == 2, "creator-ids above means the owner"
    for who in OUTSIDERS:
        for options in WAYS:
            response = office.clients[who].get(path, **options)
            assert response.status_code == 200, response.text
            assert SECRET not in response.text, (who, options)
            ids = set(_ids(response.json["todo-items"]))
            assert not ids & hidden, (who, options)
            total = int(response.headers["X-Records"])
            assert total <= 1, (who, options, "the totals count what is hidden")
    seen = office.clients["owner"].get(path, showDeleted="yes", includeCompletedTasks="yes")
    assert SECRET in seen.text


def _one_of_each_state(office: Office, parent: int) -> set[int]:
    """Private tasks, open, completed and deleted, beside and below an open one."""
    owner = office.people["owner"]
    made = []
    for where in ({}, {"parent": parent}):
        for finish in (None, CompleteTask, DeleteTask):
            task = office.secret(due=0, assignees=(owner,), tags=("hush",), **where)
            office.secret(parent=task)
            if finish:
                execute(finish(task), office.world.viewer(owner))
            made.append(task)
    return set(made)


def _ids(items: list[dict[str, Any]]) -> list[int]:
    found = []
    for item in items:
        found += [int(item["id"]), *_ids(item.get("subTasks", []))]
    return found


@outsiders
def test_absent_from_relations(office: Office, who: str) -> None:
    """Predecessors, dependents, their counts and lists show only what is visible."""
    before, after = office.secret(), office.secret()
    visible_before = office.task("before")
    task = office.task("task")
    viewer = office.world.viewer(office.people["owner"])
    assert office.edit("owner", task, predecessors=[{"id": before}, {"id": visible_before}])
    assert office.edit("owner", after, predecessors=[{"id": task}]).status_code == 200
    assert viewer.person_id == office.people["owner"]
    client = office.clients[who]
    item = client.task(task)
    assert item["predecessors"] == [{"id": str(visible_before), "type": "complete"}]
    assert (item["has-predecessors"], item["has-dependencies"]) == ("1", "0")
    predecessors = client.get(f"/tasks/{task}/predecessors.json").json["predecessors"]
    assert [each["id"] for each in predecessors] == [str(visible_before)]
    assert client.get(f"/tasks/{task}/dependencies.json").json["dependents"] == []
    own = office.clients["owner"].task(task)
    assert (own["has-predecessors"], own["has-dependencies"]) == ("2", "1")


@outsiders
def test_absent_from_counts_of_a_list(office: Office, who: str) -> None:
    """The list's own count of open tasks counts what one sees."""
    office.secret()
    office.task("open")
    path = f"/tasklists/{office.list_id}.json"
    assert office.clients[who].get(path).json["todo-list"]["uncompleted-count"] == 1
    assert office.clients["owner"].get(path).json["todo-list"]["uncompleted-count"] == 2


def test_hidden_parent_of_a_subtask(office: Office) -> None:
    """A subtask assigned to another shows no parent, and stands at the top of a nested list."""
    parent = office.secret()
    subtask = office.task(
        "subtask", "owner", parent=parent, assignees=(office.people["colleague"],)
    )
    item = office.clients["colleague"].task(subtask)
    assert item["parentTaskId"] == ""
    assert "parent-task" not in item
    assert str(parent) not in item["lockdownId"] or item["private"] == "2"
    nested = office.clients["colleague"].get("/tasks.json", nestSubTasks="yes")
    assert _ids(nested.json["todo-items"]) == [subtask]
    assert SECRET not in nested.text
    assert not office.sees("admin", subtask)


def test_one_task_nests_only_what_is_visible(office: Office) -> None:
    """nestSubTasks of one task stops at a hidden subtask, with what is below it."""
    parent = office.task("parent")
    hidden = office.secret(parent=parent)
    office.task("below", "owner", parent=hidden)
    office.task("open", parent=parent)
    client = office.clients["colleague"]
    for options in ({"nestSubTasks": "yes"}, {"nestSubTasks": "1", "showDeleted": "1"}):
        item = client.task(parent, includeCompletedSubtasks="yes", **options)
        assert [each["content"] for each in item["subTasks"]] == ["open"]


@pytest.mark.parametrize("below", [False, True], ids=["itself", "what is below"])
@pytest.mark.parametrize("who", ["owner", "assignee", "grantee"])
def test_who_sees_it(office: Office, who: str, below: bool) -> None:
    """Creator, assignees and grantees see a private task, and what is below it."""
    friend = (office.people["friend"],)
    named = {"assignee": {"assignees": friend}, "grantee": {"granted": friend}}.get(who, {})
    task = office.secret(**named)
    wanted = office.task("below", "owner", parent=task) if below else task
    client = office.clients["owner" if who == "owner" else "friend"]
    assert client.task(wanted)["private"] == ("2" if below else "1")
    assert not office.sees("colleague", wanted)
    assert not office.sees("admin", wanted)


def test_a_grantee_who_leaves_the_project_sees_nothing(office: Office) -> None:
    """Being granted access does not outlive the membership."""
    friend = office.people["friend"]
    task = office.secret(granted=(friend,))
    path = f"/projects/{office.project}/people.json"
    answer = office.clients["admin"].put(path, {"remove": {"userIdList": str(friend)}})
    assert answer.status_code == 200
    assert not office.sees("friend", task)


# --- hidden things survive what others do ---------------------------------------------------------


@pytest.mark.parametrize("kind", ["complete", "start"])
def test_hidden_predecessor_does_not_block(office: Office, kind: str) -> None:
    """Who cannot see the predecessor completes the task; who can is refused, and told which."""
    hidden, task = office.secret(), office.task("task")
    office.edit("owner", task, predecessors=[{"id": hidden, "type": kind}])
    path = f"/tasks/{task}/complete.json"
    refused = office.clients["owner"].put(path)
    assert refused.status_code == 422
    assert str(hidden) in refused.json["MESSAGE"]
    assert office.clients["colleague"].put(path).status_code == 200


@pytest.mark.parametrize("sent", [[], "", None, "other"], ids=str)
def test_hidden_predecessor_survives_an_edit(office: Office, sent: Any) -> None:
    """Another's edit of the set replaces only what he sees of it."""
    hidden, seen, other = office.secret(), office.task("seen"), office.task("other")
    task = office.task("task")
    office.edit("owner", task, predecessors=[{"id": hidden, "type": "start"}, {"id": seen}])
    chosen = [{"id": other}] if sent == "other" else sent
    assert office.edit("colleague", task, predecessors=chosen).status_code == 200
    left = office.clients["owner"].task(task)["predecessors"]
    wanted = [{"id": str(hidden), "type": "start"}]
    wanted += [{"id": str(other), "type": "complete"}] if sent == "other" else []
    assert sorted(left, key=str) == sorted(wanted, key=str)


COMMANDS: Mapping[str, Callable[[Office, Api, int, int], Any]] = {
    "complete": lambda office, client, task, _: client.put(f"/tasks/{task}/complete.json"),
    "complete by edit": lambda office, client, task, _: client.put(
        f"/tasks/{task}.json", {"todo-item": {"completed": True}}
    ),
    "delete": lambda office, client, task, _: client.delete(f"/tasks/{task}.json"),
    "move": lambda office, client, task, other: client.put(
        f"/tasks/{task}.json", {"todo-item": {"tasklistId": other}}
    ),
    "make private and open again": lambda office, client, task, _: [
        client.put(f"/tasks/{task}.json", {"todo-item": {"private": flag}}) for flag in (1, 0)
    ][-1],
    "make private": lambda office, client, task, _: client.put(
        f"/tasks/{task}.json", {"todo-item": {"private": 1}}
    ),
    "reorder": lambda office, client, task, _: client.put(
        f"/tasklists/{office.list_id}/tasks/reorder.json",
        {"todo-items": [{"todo-item": {"id": task}}]},
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_hidden_subtask_stays_as_it_was(office: Office, name: str) -> None:
    """A command on a visible parent reaches only the subtasks that its author can see."""
    other = office.world.list(office.project, "Other")
    parent = office.task("parent")
    hidden = office.secret(parent=parent)
    below = office.task("below", "owner", parent=hidden)
    owner = office.clients["owner"]
    before = [owner.task(each) for each in (hidden, below)]
    response = COMMANDS[name](office, office.clients["colleague"], parent, other)
    assert response.status_code == 200, response.text
    assert SECRET not in response.text
    ids = response.json.get("affectedTaskIds", "").split(",")
    assert str(hidden) not in ids
    after = [owner.task(each) for each in (hidden, below)]
    for old, new in zip(before, after, strict=True):
        for member in ("parentTaskId", "parent-task"):  # a deleted parent is not shown
            old.pop(member, None), new.pop(member, None)
        assert new == old
    assert not office.sees("colleague", hidden)
    assert not office.sees("colleague", below)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_below_in_a_private_list_stays_hidden(office: Office, name: str) -> None:
    """The assignee of one task of a private list opens none of its subtasks by what he does."""
    other = office.world.list(office.project, "Other")
    private = _private_list(office)
    colleague = office.people["colleague"]
    parent = office.task("parent", "owner", list_id=private, assignees=(colleague,))
    hidden = office.task(SECRET, "owner", parent=parent)
    client = office.clients["colleague"]
    assert office.sees("colleague", parent) and not office.sees("colleague", hidden)
    COMMANDS[name](office, client, parent, other)
    for who in OUTSIDERS:
        assert not office.sees(who, hidden), who
        assert SECRET not in office.clients[who].get("/tasks.json", showDeleted="yes").text, who
    item = office.clients["owner"].task(hidden)
    assert (item["private"], item["status"], item["todo-list-id"]) == ("2", "new", str(private))


def test_positions_beside_hidden_tasks(office: Office) -> None:
    """Reordering and placing work as if the hidden tasks were not there; they keep their order."""
    first, hidden, last = office.task("first"), office.secret(), office.task("last")
    client = office.clients["colleague"]
    path = f"/tasklists/{office.list_id}/tasks"
    for refused in (
        client.put(f"{path}/reorder.json", {"todo-items": [{"todo-item": {"id": hidden}}]}),
        office.edit("colleague", last, positionAfterTask=hidden),
    ):
        assert refused.status_code == 422
        assert str(hidden) in refused.json["MESSAGE"]
    order = {"todo-items": [{"todo-item": {"id": each}} for each in (last, first)]}
    assert client.put(f"{path}/reorder.json", order).status_code == 200
    assert client.names(f"{path}.json", sort="manual") == ["last", "first"]
    assert office.edit("colleague", last, positionAfterTask=first).status_code == 200
    assert client.names(f"{path}.json", sort="manual") == ["first", "last"]
    assert sorted(office.clients["owner"].names(f"{path}.json")) == ["first", "last", SECRET]


@outsiders
def test_no_way_in_by_a_body(office: Office, who: str) -> None:
    """Neither a parent, a predecessor nor a move reaches into what is hidden."""
    hidden, task, private = office.secret(), office.task("task"), _private_list(office)
    for members in (
        {"parentTaskId": hidden},
        {"predecessors": [{"id": hidden}]},
        {"tasklistId": private},
        {"positionAfterTask": hidden},
    ):
        refused = office.edit(who, task, **members)
        assert refused.status_code == 422, members
        assert SECRET not in refused.text
        assert office.clients[who].post(f"/tasks/{hidden}.json", {"todo-item": {"content": "x"}})
    assert office.clients[who].task(task)["parentTaskId"] == ""


# --- making tasks private and open ----------------------------------------------------------------


def test_a_private_parent_closes_its_subtasks(office: Office) -> None:
    """Private 1 above is 2 below, to any depth, and 0 again when the parent is opened."""
    parent = office.task("parent", "owner")
    child = office.task("child", "owner", parent=parent)
    grandchild = office.task("grandchild", "owner", parent=child)
    owner = office.clients["owner"]
    tasks = (parent, child, grandchild)
    assert office.edit("owner", parent, private=1).status_code == 200
    assert [owner.task(each)["private"] for each in tasks] == ["1", "2", "2"]
    assert len({owner.task(each)["lockdownId"] for each in tasks}) == 1
    assert not any(office.sees(who, each) for who in OUTSIDERS for each in tasks)
    assert office.edit("owner", parent, private="0").status_code == 200
    assert [owner.task(each)["private"] for each in tasks] == ["0", "0", "0"]
    assert all(office.sees(who, each) for who in OUTSIDERS for each in tasks)


def test_grant_access_to_replaces_the_grantees(office: Office) -> None:
    """grant-access-to lets people in; another set replaces it; without it nothing changes."""
    task = office.secret()
    friend = str(office.people["friend"])
    assert office.edit("owner", task, private=1, grant_access_to=friend).status_code == 200
    assert office.sees("friend", task) and not office.sees("colleague", task)
    assert office.edit("owner", task, content="renamed").status_code == 200
    assert office.sees("friend", task)
    assert office.edit("owner", task, grant_access_to=str(office.people["colleague"]))
    assert office.sees("colleague", task) and not office.sees("friend", task)


def test_grants_of_an_open_task_are_checked(office: Office) -> None:
    """A grantee must see the project, whether the task is private or not (decision 7)."""
    task, nobody = office.task("task"), office.world.person("Nobody")
    for members in ({"private": 1}, {"private": 0}, {}):
        refused = office.edit("colleague", task, grant_access_to=str(nobody), **members)
        assert refused.status_code == 422, members
        assert str(nobody) in refused.json["MESSAGE"]
        assert "grant-access-to" in refused.json["MESSAGE"]


def test_own_privacy_survives_that_of_the_parent(office: Office) -> None:
    """A private subtask keeps its own access list when the parent is closed and opened."""
    parent = office.task("parent", "owner")
    child = office.secret(parent=parent)
    lockdown = office.clients["owner"].task(child)["lockdownId"]
    for flag in (1, 0):
        office.edit("owner", parent, private=flag)
        item = office.clients["owner"].task(child)
        assert (item["private"], item["lockdownId"]) == ("1", lockdown)
    assert not office.sees("colleague", child)


def test_moving_between_a_private_and_an_open_list(office: Office) -> None:
    """A task takes over the privacy of the list that it is moved to, with its subtasks."""
    private, task = _private_list(office), office.task("task", "owner")
    below = office.task("below", "owner", parent=task)
    for where, mark in ((private, "2"), (office.list_id, "0")):
        assert office.edit("owner", task, tasklistId=where).status_code == 200
        marks = [office.clients["owner"].task(each)["private"] for each in (task, below)]
        assert marks == [mark, mark]
        assert office.sees("colleague", below) is (mark == "0")


# --- private lists --------------------------------------------------------------------------------


def _private_list(office: Office, **members: Any) -> int:
    body = {"todo-list": {"name": "a private list", "private": True} | members}
    answer = office.clients["owner"].post(f"/projects/{office.project}/tasklists.json", body)
    assert answer.status_code == 201, answer.text
    return int(answer.headers["id"])


@outsiders
def test_a_private_list_is_hidden(office: Office, who: str) -> None:
    """The list, its tasks and all that is below them."""
    private = _private_list(office)
    task = office.task(SECRET, "owner", list_id=private)
    below = office.task(SECRET, "owner", parent=task)
    client = office.clients[who]
    for path in (f"/tasklists/{private}.json", f"/tasklists/{private}/tasks.json"):
        assert client.get(path).status_code == 404
    lists = client.get(f"/projects/{office.project}/tasklists.json")
    assert "a private list" not in lists.text and lists.headers["X-Records"] == "1"
    assert not office.sees(who, task) and not office.sees(who, below)
    assert SECRET not in client.get("/tasks.json", nestSubTasks="yes").text
    owner = office.clients["owner"]
    assert [owner.task(each)["private"] for each in (task, below)] == ["2", "2"]
    assert owner.task(task)["tasklist-private"] == "1"
    assert owner.task(task)["tasklist-lockdownId"] == owner.task(task)["lockdownId"] != ""


def test_grant_access_to_a_list(office: Office) -> None:
    """Those granted access see the list and its tasks; another set, other people."""
    friend = str(office.people["friend"])
    private = _private_list(office, **{"grant-access-to": friend})
    task = office.task("task", "owner", list_id=private)
    assert office.sees("friend", task) and not office.sees("colleague", task)
    names = office.clients["friend"].names(f"/tasklists/{private}/tasks.json")
    assert names == ["task"]
    body = {"todo-list": {"grant-access-to": str(office.people["colleague"])}}
    assert office.clients["owner"].put(f"/tasklists/{private}.json", body).status_code == 200
    assert office.sees("colleague", task) and not office.sees("friend", task)


def test_a_private_list_is_opened_again(office: Office) -> None:
    """Its tasks are open again, but for those that are private themselves."""
    private = _private_list(office)
    task = office.task("task", "owner", list_id=private)
    below = office.task("below", "owner", parent=task)
    own = office.secret(list_id=private)
    body = {"todo-list": {"private": False}}
    assert office.clients["owner"].put(f"/tasklists/{private}.json", body).status_code == 200
    owner = office.clients["owner"]
    assert [owner.task(each)["private"] for each in (task, below, own)] == ["0", "0", "1"]
    assert office.sees("colleague", task) and office.sees("admin", below)
    assert not office.sees("colleague", own) and not office.sees("admin", own)
    assert office.clients["admin"].get(f"/tasklists/{private}.json").status_code == 200


def test_an_open_list_is_closed(office: Office) -> None:
    """Closing a list by an edit reaches the tasks that are in it."""
    mine = office.clients["owner"].post(
        f"/projects/{office.project}/tasklists.json", {"todo-list": {"name": "mine"}}
    )
    mine_id = int(mine.headers["id"])
    task = office.task("task", "owner", list_id=mine_id)
    body = {"todo-list": {"private": "yes"}}
    assert office.clients["owner"].put(f"/tasklists/{mine_id}.json", body).status_code == 200
    assert not office.sees("colleague", task) and not office.sees("admin", task)
    assert office.clients["owner"].task(task)["private"] == "2"


def test_an_assignee_sees_his_task_in_a_private_list(office: Office) -> None:
    """He sees, edits and completes this one task; the list and its other tasks stay hidden."""
    private = _private_list(office)
    colleague = office.people["colleague"]
    his = office.task("his", "owner", list_id=private, assignees=(colleague,))
    others = office.task(SECRET, "owner", list_id=private)
    client = office.clients["colleague"]
    assert client.task(his)["private"] == "2"
    assert client.names("/tasks.json") == ["his"]
    assert client.get(f"/tasklists/{private}.json").status_code == 404
    assert not office.sees("colleague", others) and not office.sees("admin", his)
    assert office.edit("colleague", his, content="renamed").status_code == 200
    assert client.put(f"/tasks/{his}/complete.json").status_code == 200


@pytest.mark.parametrize("member", ["grant-access-to", "commentFollowerIds", "changeFollowerIds"])
@pytest.mark.parametrize("private", [True, False])
def test_people_of_a_list_are_checked(office: Office, member: str, private: bool) -> None:
    """People named by a list must see the project; the message spells the member (decision 11)."""
    nobody = office.world.person("Nobody")
    body = {"todo-list": {"name": "x", "private": private, member: str(nobody)}}
    refused = office.clients["owner"].post(f"/projects/{office.project}/tasklists.json", body)
    assert refused.status_code == 422, refused.text
    message = refused.json["MESSAGE"]
    assert member in message and str(nobody) in message


def test_quickadd_makes_private_tasks(office: Office) -> None:
    """`private` of a quickadd makes every one of its tasks private."""
    body = {"content": "one\ntwo", "private": True}
    answer = office.clients["owner"].post(f"/tasklists/{office.list_id}/quickadd.json", body)
    tasks = [int(each) for each in answer.json["taskIds"].split(",")]
    assert len(tasks) == 2
    assert not any(office.sees(who, each) for who in OUTSIDERS for each in tasks)


def test_files_of_a_private_task_cannot_be_taken(office: Office) -> None:
    """An attachment of a hidden task is not attached elsewhere by guessing its id."""
    answer = _upload(office.clients["owner"])
    hidden = office.secret()
    office.edit("owner", hidden, pendingFileAttachments=answer)
    (file,) = office.clients["owner"].task(hidden)["attachments"]
    task = office.task("task")
    for who in OUTSIDERS:
        refused = office.edit(who, task, attachments=[file["id"]])
        assert refused.status_code == 422
    assert office.clients["colleague"].task(task)["attachments"] == []


def _upload(client: Api) -> str:
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nx\r\n--b--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = client.call("POST", "/pendingfiles.json", data=form, headers=kind)
    return str(json.loads(answer.text)["pendingFile"]["ref"])


def test_an_administrator_makes_a_task_in_anothers_name(office: Office) -> None:
    """Private in another's name is his alone: the administrator who made it is outside."""
    body = {"todo-item": {"content": SECRET, "private": 1, "creator-id": office.people["owner"]}}
    made = office.clients["admin"].post(f"/tasklists/{office.list_id}/tasks.json", body)
    assert made.status_code == 201
    task = int(made.headers["id"])
    assert office.sees("owner", task) and not office.sees("admin", task)
    viewer = office.world.viewer(office.people["owner"])
    assert execute(AddTask(TaskChanges(name="below"), parent_id=task), viewer)
