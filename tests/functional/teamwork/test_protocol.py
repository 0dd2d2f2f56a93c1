"""Keys, spellings, paths and errors: what surrounds every call (decisions 9, 11 to 13)."""

import base64

import pytest
from flask import Flask

from tests.api import Api, basic
from tests.builders import World


def get(app: Flask, path: str, **headers: str) -> tuple[int, dict[str, object]]:
    """GET with headers only; gives status and body."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response = app.test_client().get(path, headers=sent)
    return response.status_code, response.json


@pytest.mark.decision(9)
@pytest.mark.covers("auth:Basic", "auth:Bearer", "auth:x-api-key")
def test_ways_to_send_a_key(app: Flask, world: World) -> None:
    key = world.key(world.admin)
    for password in ("x", "", "xxx", "a:b"):
        assert get(app, "/me.json", **basic(key, password))[0] == 200
    encoded = base64.b64encode(key.encode()).decode()
    for scheme in ("BASIC", "basic", "Basic"):
        assert get(app, "/me.json", Authorization=f"{scheme} {encoded}")[0] == 200
    for header in ({"Authorization": f"bearer {key}"}, {"x_api_key": key}):
        assert get(app, "/me.json", **header)[0] == 200


@pytest.mark.decision(9, 11)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("wrong"),
        {"Authorization": "Basic ???"},
        {"Authorization": "Basic"},
        {"Authorization": "Basic /////w=="},
        {"Authorization": "Bearer "},
        {"Authorization": "Digest username=x"},
        {"x-api-key": "x" * 5000},
        {"x-api-key": "ключ"},
    ],
)
def test_without_a_good_key(headers: dict[str, str], app: Flask, world: World) -> None:
    for path in ("/tasks.json", "/tasks/1.json", "/me.json"):
        encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
        response = app.test_client().get(path, headers=encoded)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic")
        assert response.json["STATUS"] == "Error"
        assert list(response.json) == ["MESSAGE", "STATUS"]


@pytest.mark.decision(9)
def test_never_a_key_in_a_url(app: Flask, world: World) -> None:
    key = world.key(world.admin)
    for name in ("key", "api_key", "apikey", "x-api-key", "token"):
        assert get(app, f"/me.json?{name}={key}")[0] == 401


@pytest.mark.decision(13)
@pytest.mark.parametrize(
    "path",
    [
        "/tasks.json",
        "/TASKS.JSON",
        "/todo_items.json",
        "/tasklists//{list}//tasks.json",
        "/projects/api/v1/tasks.json",
        "/projects/api/v1//Tasks.json",
        "/todo_lists/{list}/todo_items.json",
        "/tasklist/{list}/tasks.json",
        "/projects/api/v1/todo_lists/{list}/tasks.json",
    ],
)
def test_aliases_of_paths(path: str, world: World, api: Api) -> None:
    home = world.list()
    world.task(home, "here")
    assert api.names(path.format(list=home)) == ["here"]


@pytest.mark.decision(12)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "", "image/png"])
def test_bodies_are_read_whatever_their_type(content_type: str, world: World, api: Api) -> None:
    data = b'\xef\xbb\xbf{"TODO-ITEM": {"Content": "raw\nnewline\tand tab", "junk": [1]}}'
    headers = {"Content-Type": content_type}
    path = f"/tasklists/{world.list()}/tasks.json"
    response = api.call("POST", path, data=data, headers=headers)
    assert response.status_code == 201
    assert api.task(int(response.json["id"]))["content"] == "raw\nnewline\tand tab"


@pytest.mark.decision(12)
def test_unknown_options_and_keys_are_ignored_and_known_ones_are_read(api: Api) -> None:
    assert api.get("/tasks.json", colour="blue", filter="").status_code == 200
    response = api.get("/tasks.json", filter="someday", pageSize="many", getFiles="perhaps")
    assert response.status_code == 422
    message = response.json["MESSAGE"]
    assert all(name in message for name in ("filter", "pageSize", "getFiles"))
    assert "within365" in message


@pytest.mark.decision(11)
def test_errors_speak_the_dialect(world: World, api: Api) -> None:
    cases = [
        (api.get("/nowhere"), 404),
        (api.get("/tasks.xml"), 404),
        (api.get("/tasks/99.json"), 404),
        (api.get("/tasks/0.json"), 404),
        (api.get("/tasks/99999999999999999999.json"), 404),
        (api.delete("/tasks.json"), 405),
        (api.post("/tasks/1/complete.json"), 405),
        (api.post(f"/tasklists/{world.list()}/tasks.json", {"content": "no envelope"}), 422),
        (api.post("/people.json", {"person": person("jo@example.com")}), 201),
        (api.post("/people.json", {"person": person("JO@example.com")}), 409),
        (api.call("PUT", "/tasks/1.json", data=b"x" * (1 << 20) + b"x"), 413),
    ]
    for response, code in cases:
        assert response.status_code == code, response.text
        assert response.is_json
        if code >= 400:
            assert list(response.json) == ["MESSAGE", "STATUS"]
            assert response.json["STATUS"] == "Error"
    assert "GET" in cases[5][0].headers["Allow"]


def person(email: str) -> dict[str, str]:
    """A person as the API takes him."""
    return {"first-name": "Jo", "last-name": "Bloggs", "email-address": email}


@pytest.mark.decision(11)
def test_an_internal_failure_says_nothing_of_itself(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("app.http.fragments.fetch_pieces", fail)
    response = api.get("/tasks.json")
    assert (response.status_code, list(response.json)) == (500, ["MESSAGE", "STATUS"])
    assert "secret" not in response.text


@pytest.mark.decision(7, 11)
def test_what_one_sees_but_may_not_do(world: World, api: Api) -> None:
    reader = world.person()
    project = world.project(viewer=(reader,))
    home = world.list(project)
    task = world.task(home)
    own = Api(api.app, world.key(reader))
    calls = [
        own.put(f"/tasks/{task}.json", {"todo-item": {"content": "x"}}),
        own.delete(f"/tasks/{task}.json"),
        own.put(f"/tasks/{task}/complete.json"),
        own.post(f"/tasklists/{home}/tasks.json", {"todo-item": {"content": "x"}}),
        own.put(f"/projects/{project}.json", {"project": {"name": "x"}}),
        own.put(f"/projects/{project}/people.json", {"add": {"userIdList": "1"}}),
        own.post("/projects.json", {"project": {"name": "x"}}),
        own.post("/people.json", {"person": person("x@example.com")}),
        own.post("/companies.json", {"company": {"name": "x"}}),
    ]
    assert [call.status_code for call in calls] == [403] * len(calls)


@pytest.mark.decision(7)
def test_people_of_other_projects_cannot_be_named(world: World, api: Api) -> None:
    outsider = world.person()
    home = world.list()
    for member in (
        "responsible-party-id",
        "commentFollowerIds",
        "changeFollowerIds",
        "grant-access-to",
    ):
        item = {"content": "x", "private": 1, member: str(outsider)}
        response = api.post(f"/tasklists/{home}/tasks.json", {"todo-item": item})
        assert response.status_code == 422
        assert member in response.json["MESSAGE"]
        assert str(outsider) in response.json["MESSAGE"]
    assert api.names("/tasks.json") == []


@pytest.mark.decision(25)
@pytest.mark.parametrize("path", ["/tasks.json", "/tasks/1.json", "/projects.json", "/me.json"])
def test_what_a_client_has_is_not_sent_again(path: str, api: Api, world: World) -> None:
    world.task()
    first = api.get(path)
    tag = first.headers["ETag"]
    again = api.call("GET", path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    api.put("/tasks/1.json", {"todo-item": {"content": "other"}})
    api.put("/projects/1.json", {"project": {"name": "other"}})
    if path != "/me.json":
        assert api.call("GET", path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.decision(25)
def test_errors_and_changes_have_no_etag(api: Api, world: World) -> None:
    world.task()
    assert "ETag" not in api.get("/tasks/99.json").headers
    assert "ETag" not in api.put("/tasks/1/complete.json").headers
