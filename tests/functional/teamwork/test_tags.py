"""Tags: the account's list of them, and those of all things that carry some."""

from typing import Any

import pytest
from flask import Flask

from tests.api import Api
from tests.builders import World


def names(api: Api, path: str, **options: Any) -> list[str]:
    """The names of a list of tags."""
    return [each["name"] for each in api.get(path, **options).json["tags"]]


@pytest.mark.covers("endpoint:GET /tags.json", "endpoint:POST /tags.json")
@pytest.mark.covers("endpoint:GET /tags/{id}.json")
def test_the_tags_of_the_account(world: World, api: Api) -> None:
    response = api.post("/tags.json", {"tag": {"name": " Urgent ", "color": "#f78234"}})
    assert (response.status_code, response.json) == (201, {"id": "1", "STATUS": "OK"})
    assert response.headers["id"] == "1"
    assert api.get("/tags/1.json").json["tag"] == {
        "id": "1",
        "name": "Urgent",
        "color": "#F78234",
        "projectId": "0",
        "dateCreated": "2014-05-12T10:00:00Z",
        "dateUpdated": "2014-05-12T10:00:00Z",
    }
    world.task(tags=("api", "Émile"))
    listed = api.get("/tags.json", pageSize=2)
    assert [each["name"] for each in listed.json["tags"]] == ["api", "Urgent"]
    assert (listed.headers["X-Pages"], listed.headers["X-Records"]) == ("2", "3")
    assert names(api, "/tags.json", searchTerm="ÉMI") == ["Émile"]
    assert names(Api(api.app, world.key(world.person())), "/tags.json") == [
        "api",
        "Urgent",
        "Émile",
    ]


@pytest.mark.covers("endpoint:PUT /tags/{id}.json", "endpoint:DELETE /tags/{id}.json")
def test_administrators_rename_and_remove(world: World, api: Api) -> None:
    project = world.project()
    task = world.task(world.list(project), tags=("one", "two"))
    api.put(f"/projects/{project}/tags.json", {"tags": {"content": "one"}})
    other = Api(api.app, world.key(world.person()))
    for call in (
        other.put("/tags/1.json", {"tag": {"name": "mine"}}),
        other.delete("/tags/1.json"),
    ):
        assert call.status_code == 403
    assert api.put("/tags/1.json", {"tag": {"name": "ONE", "color": "00ff00"}}).status_code == 200
    assert api.task(task)["tags"][0] == {"id": 1, "name": "ONE", "color": "#00FF00"}
    assert api.put("/tags/1.json", {"tag": {"name": "Two"}}).status_code == 409
    assert api.post("/tags.json", {"tag": {"name": "TWO"}}).status_code == 409
    assert api.delete("/tags/1.json").json == {"STATUS": "OK"}
    assert [each["name"] for each in api.task(task)["tags"]] == ["two"]
    assert names(api, f"/projects/{project}/tags.json") == []
    for method, body in (("GET", None), ("PUT", {"tag": {"name": "x"}}), ("DELETE", None)):
        assert api.call(method, "/tags/1.json", body).status_code == 404


CHANGES: tuple[tuple[dict[str, Any], list[str]], ...] = (
    ({"tags": {"content": "b,c"}}, ["a", "b", "c"]),
    ({"TAGS": {"Content": " B , new "}}, ["a", "b", "new"]),
    ({"tags": "c"}, ["a", "b", "c"]),
    ({"tags": {"content": "c"}, "replaceExistingTags": "true"}, ["c"]),
    ({"tags": {"content": "c", "replaceExistingTags": True}}, ["c"]),
    ({"tags": {"content": ""}, "replaceExistingTags": "yes"}, []),
    ({"tags": {"content": ""}}, ["a", "b"]),
    ({"tags": {"content": "A,zzz"}, "removeProvidedTags": "true"}, ["b"]),
    ({"tags": {"content": "a"}, "removeProvidedTags": "false"}, ["a", "b"]),
    ({"tagIds": 3}, ["a", "b", "c"]),
    ({"tagIds": "1,3"}, ["a", "b", "c"]),
    ({"tagIds": [3], "replaceExistingTags": True}, ["c"]),
    ({"tagIds": [1, 2], "removeProvidedTags": True}, []),
    ({"tags": {"content": "new"}, "tagIds": 3, "replaceExistingTags": True}, ["c", "new"]),
)


KINDS = ("tasks", "projects", "tasklists", "companys", "companies", "users", "people", "files")


@pytest.mark.covers("endpoint:GET /tasks/{id}/tags.json", "endpoint:PUT /tasks/{id}/tags.json")
@pytest.mark.covers("endpoint:GET /projects/{id}/tags.json")
@pytest.mark.covers("endpoint:PUT /projects/{id}/tags.json")
@pytest.mark.covers("endpoint:GET /tasklists/{id}/tags.json")
@pytest.mark.covers("endpoint:PUT /tasklists/{id}/tags.json")
@pytest.mark.covers("endpoint:GET /companies/{id}/tags.json")
@pytest.mark.covers("endpoint:PUT /companies/{id}/tags.json")
@pytest.mark.covers("endpoint:GET /people/{id}/tags.json")
@pytest.mark.covers("endpoint:PUT /people/{id}/tags.json")
@pytest.mark.covers("endpoint:GET /files/{id}/tags.json")
@pytest.mark.covers("endpoint:PUT /files/{id}/tags.json")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("body", "wanted"), CHANGES)
def test_tags_of_a_thing(
    body: dict[str, Any], wanted: list[str], kind: str, world: World, api: Api
) -> None:
    project = world.project()
    home = world.list(project)
    world.task(home, tags=("a",))
    world.task(home, tags=("b",))
    world.task(home, tags=("c",))
    things = {"projects": project, "tasklists": home, "tasks": 4, "files": 1}
    world.task(home)
    world.file(project)
    path = f"/{kind}/{things.get(kind, 1)}/tags.json"
    assert api.put(path, {"tags": {"content": "a,b"}}).json == {"STATUS": "OK"}
    assert api.put(path, body).json == {"STATUS": "OK"}
    assert names(api, path) == wanted
    assert ("zzz" in names(api, "/tags.json")) is False


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "tags"),
        ({"tags": 5}, "tags"),
        ({"tags": {}}, "tags"),
        ({"tags": {"content": 5}}, "content"),
        ({"tags": {"content": "x" * 101}}, "content"),
        ({"tagIds": "none"}, "tagIds"),
        ({"tagIds": "987654"}, "987654"),
        ({"tags": {"content": "a"}, "replaceExistingTags": "perhaps"}, "replaceExistingTags"),
        (
            {"tagIds": 1, "replaceExistingTags": True, "removeProvidedTags": True},
            "removeProvidedTags",
        ),
    ],
)
def test_what_is_refused(body: dict[str, Any], named: str, world: World, api: Api) -> None:
    task = world.task(tags=("a",))
    response = api.put(f"/tasks/{task}/tags.json", body)
    assert (response.status_code, named in response.json["MESSAGE"]) == (422, True)
    assert names(api, f"/tasks/{task}/tags.json") == ["a"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "tag"),
        ({"tag": {"color": "#ffffff"}}, "name"),
        ({"tag": {"name": " "}}, "name"),
        ({"tag": {"name": "x" * 101}}, "name"),
        ({"tag": {"name": "x", "color": "red"}}, "color"),
        ({"tag": {"name": "x", "color": 255}}, "color"),
    ],
)
def test_what_is_no_tag(body: dict[str, Any], named: str, api: Api) -> None:
    response = api.post("/tags.json", body)
    assert (response.status_code, named in response.json["MESSAGE"]) == (422, True)


def test_who_may_tag(world: World, api: Api) -> None:
    """Editors tag tasks, managers projects; what one does not see is not there."""
    viewer, editor = world.person(), world.person()
    project = world.project(viewer=(viewer,), editor=(editor,))
    home = world.list(project)
    task, secret, foreign = world.task(home), world.task(home, private=True), world.task()
    body = {"tags": {"content": "x"}}
    reads, edits = Api(api.app, world.key(viewer)), Api(api.app, world.key(editor))
    assert reads.get(f"/tasks/{task}/tags.json").status_code == 200
    assert reads.put(f"/tasks/{task}/tags.json", body).status_code == 403
    assert edits.put(f"/tasks/{task}/tags.json", body).status_code == 200
    assert edits.put(f"/projects/{project}/tags.json", body).status_code == 403
    for method, sent in (("GET", None), ("PUT", body)):
        paths = [f"/tasks/{each}/tags.json" for each in (secret, foreign, 999)]
        answers = [edits.call(method, path, sent) for path in paths]
        assert {each.status_code for each in answers} == {404}
        assert len({each.data for each in answers}) == 1
        assert edits.call(method, "/projects/2/tags.json", sent).status_code == 404


@pytest.mark.covers(
    "endpoint:GET /timelogs/{id}/tags.json", "endpoint:PUT /timelogs/{id}/tags.json"
)
def test_tags_of_time(app: Flask, world: World, api: Api) -> None:
    project = world.project()
    entry = world.time(world.task(world.list(project)), project)
    path = f"/timelogs/{entry}/tags.json"
    assert api.put(path, {"tags": {"content": "night,late"}}).status_code == 200
    assert {each["name"] for each in api.get(path).json["tags"]} == {"night", "late"}
    api.put(path, {"tags": {"content": "night"}, "removeProvidedTags": "true"})
    assert [each["name"] for each in api.get(path).json["tags"]] == ["late"]
    shown = api.get(f"/time_entries/{entry}.json").json["time-entry"]
    assert [each["name"] for each in shown["tags"]] == ["late"]
    stranger = Api(app, world.key(world.person("Eve")))
    assert stranger.get(path).status_code == 404
    assert stranger.put(path, {"tags": {"content": "x"}}).status_code == 404


SHOWN: dict[str, tuple[str, str]] = {
    "lists": ("/tasklists/{list}.json", "todo-list"),
    "people": ("/people/{person}.json", "person"),
    "files": ("/files/{file}.json", "file"),
    "projects": ("/projects/{project}.json", "project"),
}


@pytest.mark.parametrize(("path", "member"), SHOWN.values(), ids=list(SHOWN))
def test_payloads_show_the_tags(path: str, member: str, world: World, api: Api) -> None:
    """A change of the tags is one of the thing; without a change it stays as it was."""
    project = world.project()
    ids = {
        "project": project,
        "list": world.list(project),
        "person": world.person(),
        "file": world.file(project),
    }
    shown = path.format(**ids)
    tags = shown.replace(".json", "/tags.json")
    assert api.get(shown).json[member]["tags"] == []
    api.put(tags, {"tags": {"content": "zoo,Ape"}})
    found = [each["name"] for each in api.get(shown).json[member]["tags"]]
    assert found == ["Ape", "zoo"]
    tag = api.get("/tags.json", searchTerm="zoo").json["tags"][0]["id"]
    assert api.delete(f"/tags/{tag}.json").status_code == 200
    assert [each["name"] for each in api.get(shown).json[member]["tags"]] == ["Ape"]
    tag = api.get("/tags.json").json["tags"][0]["id"]
    assert api.delete(f"/tags/{tag}.json").status_code == 200
    assert api.get(shown).json[member]["tags"] == []


def test_who_may_tag_what_tasks_stand_on(world: World, api: Api) -> None:
    """As with editing: managers lists, administrators companies, oneself people, editors files;
    what one does not see answers as what is not there.
    """
    viewer, editor, manager = world.person(), world.person(), world.person()
    project = world.project(viewer=(viewer,), editor=(editor,), manager=(manager,))
    home, file = world.list(project), world.file(project)
    foreign = world.project("foreign")
    hidden = {
        "tasklists": world.list(foreign),
        "companies": world.company(),
        "files": world.file(foreign),
    }
    hidden["people"] = world.person(company_id=hidden["companies"])
    body = {"tags": {"content": "x"}}
    shown = {"tasklists": home, "companies": 1, "people": editor, "files": file}
    allowed = {
        "tasklists": (403, 403, 200, 200),
        "companies": (403, 403, 403, 200),
        "people": (403, 200, 403, 200),
        "files": (403, 200, 200, 200),
    }
    callers = [Api(api.app, world.key(each)) for each in (viewer, editor, manager, world.admin)]
    reader = Api(api.app, world.key(manager, read_only=True))
    for kind, thing in shown.items():
        path = f"/{kind}/{thing}/tags.json"
        assert reader.put(path, body).status_code == 403, kind
        assert reader.get(path).json["tags"] == [], kind
        for caller, status in zip(callers, allowed[kind], strict=True):
            assert caller.get(path).status_code == 200, kind
            assert caller.put(path, body).status_code == status, kind
        for method, sent in (("GET", None), ("PUT", body)):
            paths = [f"/{kind}/{each}/tags.json" for each in (hidden[kind], 4711)]
            answers = [callers[2].call(method, each, sent) for each in paths]
            assert {each.status_code for each in answers} == {404}, kind
            assert answers[0].data == answers[1].data, kind
        assert names(api, f"/{kind}/{hidden[kind]}/tags.json") == [], kind


def test_tags_of_private_things(world: World, api: Api) -> None:
    editor = world.person()
    project = world.project(editor=(editor,), manager=(manager := world.person(),))
    secret = world.list(project, private=True)
    file = world.file(project, task=world.task(world.list(project), by=manager, private=True))
    for kind, thing, who in (("tasklists", secret, manager), ("files", file, editor)):
        caller = Api(api.app, world.key(who))
        for method, sent in (("GET", None), ("PUT", {"tags": {"content": "x"}})):
            paths = [f"/{kind}/{each}/tags.json" for each in (thing, 4711)]
            hidden, missing = (caller.call(method, each, sent) for each in paths)
            assert (hidden.status_code, hidden.data) == (404, missing.data), kind
    assert names(api, "/tags.json") == []
