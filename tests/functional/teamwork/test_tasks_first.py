"""Smoke."""

from tests.api import Api
from tests.builders import World


def test_roundtrip(api: Api, world: World) -> None:
    lst = world.list()
    r = api.post(
        f"/tasklists/{lst}/tasks.json",
        {
            "todo-item": {
                "content": "x",
                "tags": "api,Doc",
                "due-date": "20140512",
                "responsible-party-id": "1",
            }
        },
    )
    assert r.status_code == 201, r.text
    t = int(r.headers["id"])
    item = api.task(t)
    assert item["content"] == "x" and [x["name"] for x in item["tags"]] == ["api", "Doc"]
    assert api.names("/tasks.json", filter="today") == ["x"]
    sub = world.task(parent=t, name="sub")
    assert api.get("/tasks.json", nestSubTasks="yes").json["todo-items"][0]["subTasks"][0][
        "id"
    ] == str(sub)
    assert api.put(f"/tasks/{t}/complete.json").json == {"STATUS": "OK"}
    assert api.names("/tasks.json") == []
    assert (
        api.get("/completedtasks.json").json["todo-items"][0]["completed_on"]
        == "2014-05-12T10:00:00Z"
    )
    assert api.put(f"/tasks/{sub}/uncomplete.json").status_code == 200
    assert api.task(t)["status"] == "reopened"
    assert api.put(
        f"/tasks/{t}.json",
        {"todo-item": {"content": "y", "predecessors": [{"id": sub, "type": "start"}]}},
    ).json == {"affectedTaskIds": str(t), "STATUS": "OK"}
    assert api.delete(f"/tasks/{t}.json").status_code == 200
    assert api.get(f"/tasks/{t}.json").status_code == 404
    assert api.names("/tasks.json", showDeleted="yes") == ["y", "sub"]
    q = api.post(
        f"/tasklists/{lst}/quickadd.json",
        {"content": "a\n b ~|~c\n\n", "todo-item": {"responsible-party-id": "1"}},
    )
    assert q.json["success"] == "3", q.text
    ids = q.json["taskIds"].split(",")
    assert (
        api.put(
            f"/tasklists/{lst}/tasks/reorder.json",
            {"todo-items": [{"todo-item": {"id": ids[2]}}, {"todo-item": {"id": ids[0]}}]},
        ).status_code
        == 200
    )
    assert api.names(f"/tasklists/{lst}/tasks.json", sort="manual") == ["c", "a", "b"]
    for p in (
        "/me.json",
        "/authenticate.json",
        "/projects.json",
        "/people.json",
        "/companies.json",
        f"/tasklists/{lst}.json",
        "/projects/1/tasklists.json",
        "/projects/1/people.json",
        f"/tasks/{ids[0]}/followers.json?returnUserInfo=true",
        f"/tasks/{ids[0]}/dependencies.json",
        f"/tasks/{ids[0]}/predecessors.json",
        f"/tasks/{ids[0]}/subtasks.json",
    ):
        r = api.get(p)
        assert r.status_code == 200, (p, r.text)
