"""Quickadd, reorder, followers (decisions 20, 21)."""

import pytest
from flask import Flask

from tests.api import Api
from tests.builders import World
from tests.functional.teamwork.test_uploads import upload


@pytest.mark.decision(20)
@pytest.mark.covers("endpoint:POST /tasklists/{id}/quickadd.json", "quickadd:content")
@pytest.mark.covers("endpoint:PUT /tasklists/{id}/quickadd.json")
@pytest.mark.covers("quickadd-answer:tasklistId", "quickadd-answer:success")
@pytest.mark.covers("quickadd-answer:taskIds", "quickadd-answer:failed")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_quickadd(method: str, world: World, api: Api) -> None:
    home = world.list()
    lines = "this is task one\n  this is task two  \n\nthis is task three~|~four"
    response = api.call(method, f"/tasklists/{home}/quickadd.json", {"content": lines})
    assert response.status_code == 201
    answer = response.json
    ids = answer.pop("taskIds").split(",")
    assert answer == {"tasklistId": str(home), "success": "4", "failed": "0", "STATUS": "OK"}
    expected = ["this is task one", "this is task two", "this is task three", "four"]
    assert [api.task(int(each))["content"] for each in ids] == expected
    assert api.names(f"/tasklists/{home}/tasks.json", sort="manual") == expected


@pytest.mark.decision(20)
@pytest.mark.covers(
    "quickadd:todo-item", "quickadd:private", "quickadd:notify", "quickadd:creator-id"
)
@pytest.mark.covers("quickadd:tasklistId")
def test_quickadd_shares_its_members(world: World, api: Api) -> None:
    other = world.person()
    home = world.list(world.project(editor=(other,)))
    body = {
        "content": "one\ntwo",
        "tasklistId": home,
        "creator-id": "1",
        "notify": True,
        "private": True,
        "todo-item": {
            "responsible-party-id": str(other),
            "start-date": "20140512",
            "due-date": "20140513",
        },
    }
    ids = api.post(f"/tasklists/{home}/quickadd.json", body).json["taskIds"].split(",")
    for each in ids:
        item = api.task(int(each))
        assert (item["start-date"], item["due-date"]) == ("20140512", "20140513")
        assert (item["responsible-party-id"], item["private"]) == (str(other), "1")
    assert world.outbox() == [("task.assigned", other, int(each)) for each in ids]


@pytest.mark.decision(20)
def test_each_line_succeeds_or_fails_alone(world: World, api: Api) -> None:
    home = world.list()
    lines = "good\n" + "x" * 2001 + "\nalso good"
    answer = api.post(f"/tasklists/{home}/quickadd.json", {"content": lines}).json
    assert (answer["success"], answer["failed"]) == ("2", "1")
    assert api.names(f"/tasklists/{home}/tasks.json", sort="manual") == ["good", "also good"]


@pytest.mark.decision(20)
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"todo-item": {"content": "in the wrong place"}},
        {"content": " \n "},
        {"content": "x", "todo-item": {"due-date": "tomorrow"}},
        {"content": "x", "todo-item": {"responsible-party-id": "999"}},
        {"content": "x", "tasklistId": 999},
        {"content": ["x"]},
    ],
)
def test_a_bad_shared_member_refuses_all(body: object, world: World, api: Api) -> None:
    home = world.list()
    assert api.post(f"/tasklists/{home}/quickadd.json", body).status_code == 422
    assert api.names("/tasks.json") == []


@pytest.mark.decision(20)
@pytest.mark.covers("endpoint:POST /tasks/{id}/quickadd.json")
@pytest.mark.covers("endpoint:PUT /tasks/{id}/quickadd.json")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_quickadd_of_subtasks(method: str, world: World, api: Api) -> None:
    parent = world.task()
    answer = api.call(method, f"/tasks/{parent}/quickadd.json", {"content": "a\nb"})
    assert answer.status_code == 201
    assert api.names(f"/tasks/{parent}/subtasks.json", sort="manual") == ["a", "b"]


@pytest.mark.decision(21)
@pytest.mark.covers("endpoint:PUT /tasklists/{id}/tasks/reorder.json")
def test_reorder(world: World, api: Api) -> None:
    home = world.list()
    ids = {name: world.task(home, name) for name in "abcd"}
    done = world.task(home, "done")
    api.put(f"/tasks/{done}/complete.json")
    wanted = [done, ids["c"], ids["a"]]
    body = {"todo-items": [{"todo-item": {"id": str(each)}} for each in wanted]}
    answer = api.put(f"/tasklists/{home}/tasks/reorder.json", body)
    assert (answer.status_code, answer.json) == (200, {"STATUS": "OK"})
    path = f"/tasklists/{home}/tasks.json"
    assert api.names(path, sort="manual") == ["c", "a", "b", "d"]
    everything = api.names(path, sort="manual", includeCompletedTasks="true")
    assert everything == ["c", "a", "b", "d", "done"]
    assert world.task(home, "new") and api.names(path, sort="manual")[-1] == "new"


@pytest.mark.decision(21)
def test_reorder_of_nothing_and_of_foreign_tasks(world: World, api: Api) -> None:
    home = world.list()
    first, second = world.task(home, "first"), world.task(home, "second")
    foreign = world.task(world.list())
    path = f"/tasklists/{home}/tasks/reorder.json"
    for nothing in ({}, {"todo-items": []}):
        assert api.put(path, nothing).status_code == 200
    for wrong in (foreign, 999):
        body = {"todo-items": [{"todo-item": {"id": second}}, {"todo-item": {"id": wrong}}]}
        response = api.put(path, body)
        assert response.status_code == 422
        assert str(wrong) in response.json["MESSAGE"]
    names = api.names(f"/tasklists/{home}/tasks.json", sort="manual")
    assert names == [api.task(first)["content"], "second"]


def test_reordering_for_ever(world: World, api: Api) -> None:
    home = world.list()
    ids = [world.task(home, f"t{number}") for number in range(4)]
    for _ in range(6):
        world.set(ids[0], position=-(2**30))
        ids = ids[1:] + ids[:1]
        body = {"todo-items": [{"todo-item": {"id": each}} for each in ids]}
        assert api.put(f"/tasklists/{home}/tasks/reorder.json", body).status_code == 200
        items = api.get(f"/tasklists/{home}/tasks.json", sort="manual").json["todo-items"]
        assert [int(item["id"]) for item in items] == ids
        assert all(abs(int(item["position"])) < 2**31 for item in items)


FOLLOWERS = "/tasks/{}/followers.json"
FOLLOWER_MEMBERS = (
    "avatarUrl",
    "firstName",
    "companyName",
    "followingChanges",
    "followingComments",
    "id",
    "companyId",
    "lastName",
)


@pytest.mark.covers("endpoint:GET /tasks/{id}/followers.json", "followers:commentFollowerIds")
@pytest.mark.covers("followers:changeFollowerIds", "followers:use-defaults")
@pytest.mark.decision(11)
def test_followers_are_set_and_removed(world: World, api: Api) -> None:
    other = world.person()
    task = world.task(world.list(world.project(editor=(other,))))
    body = {
        "use-defaults": False,
        "commentFollowerIds": f"1,{other}",
        "changeFollowerIds": str(other),
    }
    answer = api.put(f"/tasks/{task}.json", {"todo-item": body})
    assert answer.json == {"affectedTaskIds": str(task), "STATUS": "OK"}
    assert api.get(FOLLOWERS.format(task)).json == {
        "commentFollowerIds": ["1", str(other)],
        "changeFollowerIds": [str(other)],
        "STATUS": "OK",
    }
    only_comments = {"commentFollowerIds": "1"}
    api.put(f"/tasks/{task}.json", {"todo-item": only_comments})
    assert api.get(FOLLOWERS.format(task)).json["changeFollowerIds"] == [str(other)]
    nobody = {"use-defaults": False, "commentFollowerIds": "", "changeFollowerIds": ""}
    answer = api.put(f"/tasks/{task}.json", {"todo-item": nobody})
    assert answer.json == {"affectedTaskIds": str(task), "STATUS": "OK"}
    assert api.get(FOLLOWERS.format(task)).json == {
        "commentFollowerIds": [],
        "changeFollowerIds": [],
        "STATUS": "OK",
    }


@pytest.mark.covers("followers:returnUserInfo")
@pytest.mark.covers(*(f"follower:{name}" for name in FOLLOWER_MEMBERS))
def test_followers_as_people(world: World, api: Api) -> None:
    other = world.person("Joe", "Bloggs", avatar_url="https://example.com/person.jpg")
    task = world.task(
        world.list(world.project(editor=(other,))),
        comment_followers=(other,),
        change_followers=(other,),
    )
    answer = api.get(FOLLOWERS.format(task), returnUserInfo="true").json
    assert answer == {
        "followers": [
            {
                "avatarUrl": "https://example.com/person.jpg",
                "firstName": "Joe",
                "lastName": "Bloggs",
                "companyId": "1",
                "companyName": "Demo Company",
                "followingChanges": True,
                "followingComments": True,
                "id": str(other),
            }
        ],
        "STATUS": "OK",
    }


@pytest.mark.decision(21)
@pytest.mark.covers("followers:use-defaults")
def test_the_lists_default_followers(world: World, api: Api) -> None:
    other = world.person()
    project = world.project(editor=(other,))
    response = api.post(
        f"/projects/{project}/tasklists.json",
        {"todo-list": {"name": "L", "commentFollowerIds": str(other), "changeFollowerIds": "1"}},
    )
    home = int(response.json["TASKLISTID"])
    task = world.task(home)
    assert api.get(FOLLOWERS.format(task)).json["commentFollowerIds"] == []
    api.put(f"/tasks/{task}.json", {"todo-item": {"use-defaults": True}})
    answer = api.get(FOLLOWERS.format(task)).json
    assert answer["commentFollowerIds"] == [str(other)]
    assert answer["changeFollowerIds"] == ["1"]


@pytest.mark.decision(20)
def test_quickadd_shares_an_upload(app: Flask, world: World) -> None:
    key = world.key(world.admin)
    home, api = world.list(), Api(app, key)
    ref = upload(app, key, b"shared")
    body = {"content": "a\nb", "todo-item": {"pendingFileAttachments": ref}}
    ids = api.post(f"/tasklists/{home}/quickadd.json", body).json["taskIds"].split(",")
    files = [api.task(int(each))["attachments"][0]["id"] for each in ids]
    assert len(files) == 2
    assert len(set(files)) == 1


@pytest.mark.decision(20)
def test_quickadd_of_bad_lines_leaves_all_as_it_was(world: World, api: Api) -> None:
    parent = world.task()
    api.put(f"/tasks/{parent}/complete.json")
    answer = api.post(f"/tasks/{parent}/quickadd.json", {"content": "x" * 2001})
    assert (answer.status_code, answer.json["failed"]) == (201, "1")
    assert api.task(parent)["completed"] is True
    shared = {"content": "x" * 2001, "todo-item": {"responsible-party-id": "999"}}
    assert api.post(f"/tasks/{parent}/quickadd.json", shared).status_code == 422


@pytest.mark.decision(21)
def test_default_followers_who_left_stay_away(world: World, api: Api) -> None:
    other = world.person()
    project = world.project(editor=(other,))
    home = world.list(project, comment_followers=(other,))
    api.put(f"/projects/{project}/people.json", {"remove": {"userIdList": str(other)}})
    task = world.task(home, default_followers=True)
    assert api.get(FOLLOWERS.format(task)).json["commentFollowerIds"] == []


def test_a_quickadd_into_a_project_of_which_nothing_can_be_made(api: Api, world: World) -> None:
    path = f"/projects/{world.project()}/tasks/quickadd.json"
    answer = api.post(path, {"content": "x" * 2001})
    assert answer.status_code < 500, answer.text
    assert api.names("/tasks.json") == []
