""" "Add a task", "Edit a task", "Destroy a task": every member of a request."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.clock import clock
from tests.api import Api
from tests.builders import World


def add(api: Api, home: int, **members: Any) -> dict[str, Any]:
    """Add a task; gives its payload."""
    body = {
        "todo-item": {"content": "a task"} | {k.replace("_", "-"): v for k, v in members.items()}
    }
    response = api.post(f"/tasklists/{home}/tasks.json", body)
    assert response.status_code == 201, response.text
    return api.task(int(response.headers["id"]))


def edit(api: Api, task: int, **members: Any) -> dict[str, Any]:
    """Edit a task; gives its payload."""
    body = {"todo-item": {k.replace("_", "-"): v for k, v in members.items()}}
    response = api.put(f"/tasks/{task}.json", body)
    assert response.status_code == 200, response.text
    return api.task(task)


@pytest.mark.decision(11)
@pytest.mark.covers("endpoint:POST /tasklists/{id}/tasks.json")
def test_the_answer_to_a_new_task(world: World, api: Api) -> None:
    response = api.post(f"/tasklists/{world.list()}/tasks.json", {"todo-item": {"content": "x"}})
    assert response.status_code == 201
    assert response.json == {"id": "1", "STATUS": "OK"}
    assert list(response.json)[-1] == "STATUS"
    assert ("id", "1") in list(response.headers)


@pytest.mark.covers("add:content")
def test_content_is_required(world: World, api: Api) -> None:
    home = world.list()
    for item in ({}, {"content": ""}, {"content": None}, {"content": "   "}, {"content": 7}):
        response = api.post(f"/tasklists/{home}/tasks.json", {"todo-item": item})
        assert response.status_code == 422
        assert "content" in response.json["MESSAGE"]
    assert api.names("/tasks.json") == []


VALUES: list[tuple[str, Any, str, Any]] = [
    ("description", "two\nlines <b>", "description", "two\nlines <b>"),
    ("progress", "20", "progress", "20"),
    ("progress", 90, "progress", "90"),
    ("start-date", "20140402", "start-date", "20140402"),
    ("due-date", "20140405", "due-date", "20140405"),
    ("due-date", 20140405, "due-date-base", "20140405"),
    ("priority", "low", "priority", "low"),
    ("priority", "Medium", "priority", "medium"),
    ("priority", "HIGH", "priority", "high"),
    ("priority", "none", "priority", ""),
    ("priority", "not set", "priority", ""),
    ("estimated-minutes", "50", "estimated-minutes", "50"),
    ("estimated-minutes", 125, "estimated-minutes", "125"),
    ("private", 1, "private", "1"),
    ("private", "1", "private", "1"),
    ("private", True, "private", "1"),
    ("private", "no", "private", "0"),
    ("responsible-party-id", "-1", "responsible-party-ids", None),
    ("responsible-party-id", 0, "responsible-party-ids", None),
    ("responsible-party-id", "", "responsible-party-ids", None),
    ("responsible-party-id", 1, "responsible-party-ids", "1"),
    ("responsible-party-id", "2,1", "responsible-party-ids", "2,1"),
    ("responsible-party-id", [1, "2"], "responsible-party-id", "1,2"),
    ("tags", "documentation, api,", "tags", ["api", "documentation"]),
    ("tags", ["b", "A", "a"], "tags", ["A", "b"]),
]


@pytest.mark.parametrize(
    ("member", "value", "shown", "expected"),
    [
        pytest.param(*row, id=f"{row[0]}={row[1]!r}", marks=pytest.mark.covers(f"add:{row[0]}"))
        for row in VALUES
    ],
)
@pytest.mark.parametrize("way", ["add", "edit"])
def test_members(
    way: str, member: str, value: Any, shown: str, expected: Any, world: World, api: Api
) -> None:
    other = world.person()
    home = world.list(world.project(editor=(other,)))
    if way == "add":
        item = add(api, home, **{member: value})
    else:
        item = edit(api, world.task(home), **{member: value})
    found = item.get(shown)
    if shown == "tags":
        found = [tag["name"] for tag in found]
    assert found == expected


@pytest.mark.decision(14)
@pytest.mark.parametrize("empty", ["", None])
def test_an_empty_value_clears(empty: Any, world: World, api: Api) -> None:
    home = world.list()
    before = world.task(home, "before")
    task = world.task(
        home,
        description="text",
        start=1,
        due=2,
        priority=1,
        progress=20,
        work_hours=2.0,
        assignees=(1,),
        tags=("api",),
        predecessors=((before, "complete"),),
        comment_followers=(1,),
    )
    cleared = (
        "description start-date due-date priority progress estimated-minutes",
        "responsible-party-id tags predecessors commentFollowerIds columnId",
    )
    members = " ".join(cleared).split()
    item = edit(api, task, **dict.fromkeys(members, empty))
    assert [item[name] for name in ("description", "start-date", "due-date", "priority")] == [
        ""
    ] * 4
    assert (item["progress"], item["estimated-minutes"]) == ("0", "0")
    assert (item["tags"], item["predecessors"]) == ([], [])
    assert "responsible-party-id" not in item
    assert api.get(f"/tasks/{task}/followers.json").json["commentFollowerIds"] == []


@pytest.mark.decision(21)
@pytest.mark.covers("endpoint:PUT /tasks/{id}.json")
def test_only_what_is_sent_changes(world: World, api: Api) -> None:
    task = world.task(world.list(), "old", due=2, priority=1, tags=("api",), assignees=(1,))
    before = api.task(task)
    clock.fix(datetime(2014, 5, 12, 11, tzinfo=UTC))
    after = edit(api, task, content="new")
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"content", "last-changed-on", "DLM"}


@pytest.mark.decision(11)
def test_answers_to_edits(world: World, api: Api) -> None:
    task = world.task()
    answer = api.put(f"/tasks/{task}.json", {"todo-item": {"content": "new"}})
    assert answer.json == {"affectedTaskIds": str(task), "STATUS": "OK"}
    api.put(f"/tasks/{task}/complete.json")
    stamp = {"allow-update": True, "completed-on": "20140510120000"}
    answer = api.put(f"/tasks/{task}.json", {"todo-item": stamp})
    assert answer.json == {"STATUS": "OK"}


@pytest.mark.decision(3)
def test_days_set_instants_in_the_accounts_zone(world: World) -> None:
    task = world.task(due=0, start=0)
    row = world.row(task, "start_at", "due_at")
    assert row == (
        datetime(2014, 5, 12, tzinfo=UTC),
        datetime(2014, 5, 12, 23, 59, 59, tzinfo=UTC),
    )


@pytest.mark.decision(3)
def test_an_unchanged_day_keeps_its_instant(world: World, api: Api) -> None:
    task = world.task(due=0)
    written = datetime(2014, 5, 12, 17, tzinfo=UTC)
    world.set(task, due_at=written)
    edit(api, task, **{"due-date": "20140512"})
    assert world.row(task, "due_at") == (written,)
    edit(api, task, **{"due-date": "20140513"})
    assert world.row(task, "due_at") == (datetime(2014, 5, 13, 23, 59, 59, tzinfo=UTC),)


@pytest.mark.decision(4)
def test_text_becomes_escaped_html(world: World) -> None:
    task = world.task(description="a < b\n& c")
    assert world.row(task, "description", "description_html") == (
        "a < b\n& c",
        "a &lt; b<br>\n&amp; c",
    )


@pytest.mark.decision(14)
@pytest.mark.covers("add:progress")
def test_progress_ends_at_90(world: World, api: Api) -> None:
    task = world.task()
    for value in (91, "100", 101, -1, 1.5):
        response = api.put(f"/tasks/{task}.json", {"todo-item": {"progress": value}})
        assert response.status_code == 422
        assert "progress" in response.json["MESSAGE"]
    api.put(f"/tasks/{task}/complete.json")
    item = edit(api, task, completed=False, progress=100)
    assert item["progress"] == "100"


@pytest.mark.covers("add:positionAfterTask")
@pytest.mark.decision(21)
def test_places(world: World, api: Api) -> None:
    home = world.list()
    first = add(api, home, content="first")
    add(api, home, content="bottom", positionAfterTask=0)
    add(api, home, content="ignored", positionAfterTask=-2)
    add(api, home, content="top", positionAfterTask=-1)
    add(api, home, content="behind", positionAfterTask=int(first["id"]))
    expected = ["top", "first", "behind", "bottom", "ignored"]
    path = f"/tasklists/{home}/tasks.json"
    assert api.names(path, sort="manual") == expected
    edit(api, int(first["id"]), positionAfterTask="0")
    assert api.names(path, sort="manual")[-1] == "first"


def test_places_never_run_out(world: World, api: Api) -> None:
    home = world.list()
    first = world.task(home, "first")
    last = world.task(home, "last")
    for number in range(25):
        add(api, home, content=f"t{number}", positionAfterTask=first)
    names = api.names(f"/tasklists/{home}/tasks.json", sort="manual")
    assert names == ["first", *(f"t{number}" for number in reversed(range(25))), "last"]
    assert api.task(last)["content"] == "last"


@pytest.mark.covers("add:predecessors", "member:predecessors", "member:has-predecessors")
@pytest.mark.covers("member:has-dependencies")
@pytest.mark.decision(19)
def test_predecessors_are_a_set_and_are_counted(world: World, api: Api) -> None:
    home = world.list()
    one, two = world.task(home, "one"), world.task(home, "two")
    item = add(
        api, home, predecessors=[{"id": one, "type": "complete"}, {"id": str(two), "type": "start"}]
    )
    assert item["predecessors"] == [
        {"id": str(one), "type": "complete"},
        {"id": str(two), "type": "start"},
    ]
    assert item["has-predecessors"] == "2"
    assert api.task(one)["has-dependencies"] == "1"
    item = edit(api, int(item["id"]), predecessors=[{"id": two}])
    assert item["predecessors"] == [{"id": str(two), "type": "complete"}]
    assert api.task(one)["has-dependencies"] == "0"


@pytest.mark.decision(21)
def test_cycles_of_predecessors_are_refused(world: World, api: Api) -> None:
    home = world.list()
    one = world.task(home)
    two = world.task(home, predecessors=((one, "complete"),))
    three = world.task(home, predecessors=((two, "start"),))
    for wrong in (three, two, one):
        body = {"todo-item": {"predecessors": [{"id": wrong}]}}
        assert api.put(f"/tasks/{one}.json", body).status_code == 422
    assert api.task(one)["predecessors"] == []


@pytest.mark.covers("add:parentTaskId", "endpoint:POST /tasks/{id}.json")
def test_subtasks(world: World, api: Api) -> None:
    home = world.list()
    parent = world.task(home, "parent")
    assert add(api, home, parentTaskId=str(parent))["parentTaskId"] == str(parent)
    response = api.post(f"/tasks/{parent}.json", {"todo-item": {"content": "sub"}})
    assert response.status_code == 201
    sub = api.task(int(response.headers["id"]))
    assert (sub["parentTaskId"], sub["todo-list-id"]) == (str(parent), str(home))
    assert edit(api, int(sub["id"]), parentTaskId=0)["parentTaskId"] == ""
    assert edit(api, int(sub["id"]), parentTaskId=parent)["parentTaskId"] == str(parent)


def test_cyclic_and_foreign_parents_are_refused(world: World, api: Api) -> None:
    home, other = world.list(), world.list()
    parent = world.task(home)
    child = world.task(parent=parent)
    stranger = world.task(other)
    for wrong in (parent, child, stranger, 999):
        body = {"todo-item": {"parentTaskId": wrong}}
        response = api.put(f"/tasks/{parent}.json", body)
        assert response.status_code == 422
        assert "parentTaskId" in response.json["MESSAGE"]
    body = {"todo-item": {"content": "x", "parentTaskId": stranger}}
    assert api.post(f"/tasklists/{home}/tasks.json", body).status_code == 422


@pytest.mark.decision(21)
@pytest.mark.covers("edit:tasklistId")
def test_a_move_takes_the_subtree(world: World, api: Api) -> None:
    project = world.project()
    source, target = world.list(project), world.list(project)
    parent = world.task(source, "parent")
    child = world.task(parent=parent, name="child")
    resident = world.task(target, "resident")
    answer = api.put(f"/tasks/{parent}.json", {"todo-item": {"tasklistId": str(target)}})
    assert set(answer.json["affectedTaskIds"].split(",")) == {str(parent), str(child)}
    assert api.names(f"/tasklists/{source}/tasks.json") == []
    names = api.names(f"/tasklists/{target}/tasks.json", sort="manual")
    assert names == ["resident", "parent", "child"]
    assert api.task(child)["parentTaskId"] == str(parent)
    moved = edit(api, child, tasklistId=str(source))
    assert (moved["parentTaskId"], moved["todo-list-id"]) == ("", str(source))
    under = edit(api, child, tasklistId=target, parentTaskId=resident)
    assert under["parentTaskId"] == str(resident)
    assert edit(api, child, tasklistId="")["todo-list-id"] == str(target)


def test_a_move_to_another_project(world: World, api: Api) -> None:
    member = world.person()
    one, two = world.project(editor=(member,)), world.project("two")
    source, target = world.list(one), world.list(two)
    task = world.task(source, status_id=world.column(one), assignees=(member,))
    response = api.put(f"/tasks/{task}.json", {"todo-item": {"tasklistId": target}})
    assert response.status_code == 422
    assert str(member) in response.json["MESSAGE"]
    assert api.task(task)["todo-list-id"] == str(source)
    edit(api, task, **{"responsible-party-id": "0"})
    moved = edit(api, task, tasklistId=target)
    assert (moved["project-id"], moved["project-name"]) == (str(two), "two")
    assert moved["boardColumn"] == []


@pytest.mark.covers("add:columnId", "member:boardColumn")
@pytest.mark.decision(19)
def test_columns(world: World, api: Api) -> None:
    project = world.project()
    home = world.list(project)
    column, foreign = world.column(project), world.column(world.project())
    item = add(api, home, columnId=str(column))
    assert item["boardColumn"] == [{"id": column, "name": "My Inbox Board", "color": "#99DF72"}]
    body = {"todo-item": {"columnId": foreign}}
    assert api.put(f"/tasks/{item['id']}.json", body).status_code == 422
    assert edit(api, int(item["id"]), columnId="")["boardColumn"] == []


@pytest.mark.covers("add:attachments")
def test_attachments(world: World, api: Api) -> None:
    project = world.project()
    file = world.file(project)
    item = add(api, world.list(project), attachments=str(file), pendingFileAttachments="")
    assert [each["id"] for each in item["attachments"]] == [str(file)]
    body = {"todo-item": {"attachments": [999]}}
    assert api.put(f"/tasks/{item['id']}.json", body).status_code == 422


@pytest.mark.covers("add:notify")
@pytest.mark.decision(21)
def test_notify_puts_a_message_to_the_assignees_into_the_outbox(world: World, api: Api) -> None:
    other = world.person()
    home = world.list(world.project(editor=(other,)))
    item = add(api, home, notify=True, **{"responsible-party-id": f"1,{other}"})
    add(api, home, notify=False, **{"responsible-party-id": f"1,{other}"})
    assert world.outbox() == [("task.assigned", other, int(item["id"]))]


@pytest.mark.covers("add:commentFollowerIds", "add:changeFollowerIds")
def test_followers_of_a_new_task(world: World, api: Api) -> None:
    other = world.person()
    home = world.list(world.project(editor=(other,)))
    item = add(api, home, commentFollowerIds=f"1,{other}", changeFollowerIds=str(other))
    answer = api.get(f"/tasks/{item['id']}/followers.json").json
    assert answer["commentFollowerIds"] == ["1", str(other)]
    assert answer["changeFollowerIds"] == [str(other)]


@pytest.mark.covers("endpoint:DELETE /tasks/{id}.json")
@pytest.mark.decision(5)
def test_destroying_takes_the_subtasks_along(world: World, api: Api) -> None:
    home = world.list()
    parent = world.task(home)
    child = world.task(parent=parent)
    kept = world.task(home, "kept")
    assert api.delete(f"/tasks/{parent}.json").json == {"STATUS": "OK"}
    for gone in (parent, child):
        assert api.get(f"/tasks/{gone}.json").status_code == 404
        assert api.delete(f"/tasks/{gone}.json").status_code == 404
    assert api.names("/tasks.json") == [api.task(kept)["content"]]


def test_an_administrator_may_name_another_creator(world: World, api: Api) -> None:
    other = world.person()
    home = world.list(world.project(editor=(other,)))
    assert add(api, home, **{"creator-id": other})["creator-id"] == str(other)
    body = {"todo-item": {"content": "x", "creator-id": "1"}}
    response = Api(api.app, world.key(other)).post(f"/tasklists/{home}/tasks.json", body)
    assert response.status_code == 403


@pytest.mark.decision(7)
def test_echoing_a_payload_leaves_a_hidden_parent(world: World, api: Api) -> None:
    mia, jo = world.person("Mia"), world.person("Jo")
    home = world.list(world.project(editor=(mia, jo)))
    parent = world.task(home, private=True)
    child = world.task(parent=parent, assignees=(mia,))
    own = Api(api.app, world.key(mia))
    assert own.task(child)["parentTaskId"] == ""
    assert edit(own, child, content="echoed", parentTaskId="")["private"] == "2"
    assert Api(api.app, world.key(jo)).get(f"/tasks/{child}.json").status_code == 404
    assert api.task(child)["parentTaskId"] == str(parent)


@pytest.mark.decision(21)
def test_the_files_of_a_completed_task_stay(world: World, api: Api) -> None:
    project = world.project()
    task = world.task(world.list(project))
    world.file(project, task=task)
    api.put(f"/tasks/{task}/complete.json")
    path, removal = f"/tasks/{task}.json", {"removeOtherFiles": True}
    assert api.put(path, {"todo-item": removal}).status_code == 403
    assert len(api.task(task)["attachments"]) == 1
    assert api.put(path, {"todo-item": removal | {"completed": False}}).status_code == 200
    assert api.task(task)["attachments"] == []


@pytest.mark.decision(6, 7)
def test_completing_by_an_edit(world: World, api: Api) -> None:
    reader = world.person()
    home = world.list(world.project(viewer=(reader,)))
    parent = world.task(home, assignees=(reader,))
    child = world.task(parent=parent)
    body = {"todo-item": {"completed": True}}
    answer = Api(api.app, world.key(reader)).put(f"/tasks/{parent}.json", body)
    assert answer.status_code == 200
    assert answer.json["affectedTaskIds"] == f"{parent},{child}"
    other = world.task(home)
    body["todo-item"] |= {"content": "renamed too"}
    assert api.put(f"/tasks/{other}.json", body).json["affectedTaskIds"] == str(other)
    item = api.task(other)
    assert (item["completed"], item["content"], item["progress"]) == (True, "renamed too", "100")


@pytest.mark.decision(3)
def test_instants_follow_the_accounts_zone(world: World, api: Api) -> None:
    settings = api.app.config["TANDEM"]
    api.app.config["TANDEM"] = replace(settings, timezone="Asia/Tokyo")
    try:
        item = add(api, world.list(), **{"due-date": "20140520", "start-date": "20140519"})
    finally:
        api.app.config["TANDEM"] = settings
    assert world.row(int(item["id"]), "start_at", "due_at") == (
        datetime(2014, 5, 18, 15, tzinfo=UTC),
        datetime(2014, 5, 20, 14, 59, 59, tzinfo=UTC),
    )


@pytest.mark.decision(19)
def test_a_person_without_a_surname(world: World, api: Api) -> None:
    jo = world.person("jo", "")
    task = world.task(world.list(world.project(editor=(jo,))), assignees=(jo,))
    item = api.task(task)
    assert (item["responsible-party-names"], item["responsible-party-summary"]) == ("jo", "jo")
