"""Board columns and cards (facts 2.1 "Boards")."""

from typing import Any

import pytest

from app.queries.remembered import Memories
from tests.api import Api
from tests.builders import World
from tests.counting import counted


def columns(api: Api, project: int) -> list[str]:
    """The names of a board's columns, in their order."""
    found = api.get(f"/projects/{project}/boards/columns.json").json["columns"]
    return [each["name"] for each in found]


def cards(api: Api, column: int | str) -> list[str]:
    """The names of a column's cards, in their order."""
    found = api.get(f"/boards/columns/{column}/cards.json").json["cards"]
    return [each["name"] for each in found]


def put_card(api: Api, column: int, task: int, after: int | None = None) -> None:
    """Put a task on the board, which must be taken."""
    beside = {} if after is None else {"positionAfterId": after}
    body = {"card": {"taskId": task}} | beside
    response = api.post(f"/boards/columns/{column}/cards.json", body)
    assert response.status_code == 201, response.text


@pytest.mark.covers("endpoint:GET /projects/{id}/boards/columns.json")
@pytest.mark.covers("endpoint:POST /projects/{id}/boards/columns.json")
@pytest.mark.covers("endpoint:GET /boards/columns/{id}.json")
@pytest.mark.covers("endpoint:PUT /boards/columns/{id}.json")
@pytest.mark.covers("endpoint:DELETE /boards/columns/{id}.json")
def test_columns(world: World, api: Api) -> None:
    project = world.project()
    path = f"/projects/{project}/boards/columns.json"
    response = api.post(path, {"column": {"name": "To do", "color": "#99df72"}})
    assert (response.status_code, response.json) == (201, {"id": "1", "STATUS": "OK"})
    assert response.headers["id"] == "1"
    api.post(path, {"column": {"name": "Done"}})
    listed = api.get(path)
    assert listed.headers["X-Records"] == "2"
    first, second = listed.json["columns"]
    stamp = "2014-05-12T10:00:00Z"
    assert first == {
        "id": "1",
        "name": "To do",
        "color": "#99DF72",
        "displayOrder": "0",
        "projectId": str(project),
        "deleted": False,
        "dateCreated": stamp,
        "dateUpdated": stamp,
    }
    assert (second["name"], second["color"], second["displayOrder"]) == ("Done", "", "1")
    body = {"column": {"name": "Open", "color": "FF0000", "displayOrder": 9}}
    assert api.put("/boards/columns/1.json", body).json == {"STATUS": "OK"}
    column = api.get("/boards/columns/1.json").json["column"]
    assert (column["name"], column["color"]) == ("Open", "#FF0000")
    assert columns(api, project) == ["Done", "Open"]
    assert api.delete("/boards/columns/1.json").json == {"STATUS": "OK"}
    assert api.get("/boards/columns/1.json").status_code == 404
    assert columns(api, project) == ["Done"]


def test_a_deleted_column_leaves_its_tasks(world: World, api: Api) -> None:
    project = world.project()
    task, column = world.task(world.list(project)), world.column(project)
    put_card(api, column, task)
    api.delete(f"/boards/columns/{column}.json")
    assert "boardColumn" in api.task(task)
    assert api.get(f"/boards/columns/cards/{task}.json").status_code == 404


@pytest.mark.covers("endpoint:PUT /projects/{id}/boards/columns/reorder.json")
@pytest.mark.parametrize(
    "form",
    [
        lambda ids: ids,
        lambda ids: ",".join(map(str, ids)),
        lambda ids: [{"id": str(each)} for each in ids],
        lambda ids: [{"column": {"id": each}} for each in ids],
    ],
)
def test_columns_in_another_order(form: Any, world: World, api: Api) -> None:
    project = world.project()
    ids = [world.column(project, name) for name in "abcd"]
    path = f"/projects/{project}/boards/columns/reorder.json"
    assert api.put(path, {"columns": form([ids[2], ids[0]])}).json == {"STATUS": "OK"}
    assert columns(api, project) == ["c", "a", "b", "d"]
    assert api.put(path, {}).json == {"STATUS": "OK"}
    other = world.column(world.project())
    response = api.put(path, {"columns": form([ids[1], other])})
    assert (response.status_code, "columns" in response.json["MESSAGE"]) == (422, True)
    assert columns(api, project) == ["c", "a", "b", "d"]


@pytest.mark.covers("endpoint:POST /boards/columns/{id}/cards.json")
@pytest.mark.covers("endpoint:GET /boards/columns/{id}/cards.json")
@pytest.mark.covers("endpoint:GET /boards/columns/cards/{id}.json")
def test_cards(world: World, api: Api) -> None:
    project = world.project("Demo")
    home, column = world.list(project, "Inbox"), world.column(project, "Doing")
    task = world.task(
        home, "work", due=2, priority=1, progress=20, tags=("api",), assignees=(world.admin,)
    )
    body = {"card": {"taskId": str(task)}, "positionAfterId": -1}
    response = api.post(f"/boards/columns/{column}/cards.json", body)
    made = {"cardId": str(task), "taskId": str(task), "STATUS": "OK"}
    assert (response.status_code, response.json) == (201, made)
    assert response.headers["id"] == str(task)
    (card,) = api.get(f"/boards/columns/{column}/cards.json").json["cards"]
    assert card == api.get(f"/boards/columns/cards/{task}.json").json["card"]
    expected = {
        "id": str(task),
        "cardId": str(task),
        "taskId": str(task),
        "name": "work",
        "columnId": str(column),
        "columnName": "Doing",
        "status": "new",
        "completed": False,
        "priority": "high",
        "progress": "20",
        "dueDate": "20140514",
        "startDate": "",
        "projectId": str(project),
        "tasklistName": "Inbox",
        "responsible-party-ids": "1",
        "responsible-party-names": "Ada A.",
        "canEdit": True,
    }
    assert {name: card[name] for name in expected} == expected
    assert [tag["name"] for tag in card["tags"]] == ["api"]
    (shown,) = api.task(task)["boardColumn"]
    assert (shown["id"], shown["name"]) == (column, "Doing")


def test_where_a_new_card_goes(world: World, api: Api) -> None:
    project = world.project()
    home, column = world.list(project), world.column(project)
    tasks = {name: world.task(home, name) for name in "abcde"}
    put_card(api, column, tasks["a"])
    put_card(api, column, tasks["b"], 0)
    put_card(api, column, tasks["c"], -1)
    put_card(api, column, tasks["d"], tasks["c"])
    assert cards(api, column) == ["c", "d", "a", "b"]
    inside = {"card": {"taskId": tasks["e"], "positionAfterId": tasks["a"]}}
    assert api.post(f"/boards/columns/{column}/cards.json", inside).status_code == 201
    assert cards(api, column) == ["c", "d", "a", "e", "b"]
    response = api.get(f"/boards/columns/{column}/cards.json", pageSize=2, page=2)
    assert [each["name"] for each in response.json["cards"]] == ["a", "e"]
    assert response.headers["X-Pages"] == "3"


def test_the_top_has_always_room(world: World, api: Api) -> None:
    project = world.project()
    home, column = world.list(project), world.column(project)
    first, second = world.task(home, "first"), world.task(home, "second")
    put_card(api, column, first)
    world.set(first, card_position=-(2**30) - 500)
    put_card(api, column, second, -1)
    assert cards(api, column) == ["second", "first"]
    third = world.task(home, "third")
    put_card(api, column, third, -1)
    assert cards(api, column) == ["third", "second", "first"]


@pytest.mark.covers("endpoint:PUT /boards/columns/cards/{id}/move.json")
@pytest.mark.covers("endpoint:PUT /boards/columns/cards/{id}.json")
@pytest.mark.covers("endpoint:DELETE /boards/columns/cards/{id}.json")
def test_cards_move(world: World, api: Api) -> None:
    project = world.project()
    home = world.list(project)
    left, right = world.column(project, "left"), world.column(project, "right")
    tasks = {name: world.task(home, name, status_id=left) for name in "abc"}
    a, b, c = tasks.values()
    path = f"/boards/columns/cards/{a}/move.json"
    body = {"cardId": a, "columnId": right, "positionAfterId": -1}
    assert api.put(path, body).json == {"STATUS": "OK"}
    assert (cards(api, left), cards(api, right)) == (["b", "c"], ["a"])
    within = {"cardId": str(c), "positionAfterId": "-1"}
    assert api.put(f"/boards/columns/cards/{c}/move.json", within).status_code == 200
    assert cards(api, left) == ["c", "b"]
    inner = {"card": {"columnId": right, "positionAfterId": a}}
    assert api.put(f"/boards/columns/cards/{b}.json", inner).json == {"STATUS": "OK"}
    assert (cards(api, left), cards(api, right)) == (["c"], ["a", "b"])
    assert api.put(f"/boards/columns/cards/{b}.json", {"card": {}}).json == {"STATUS": "OK"}
    assert cards(api, right) == ["a", "b"]
    assert api.delete(f"/boards/columns/cards/{a}.json").json == {"STATUS": "OK"}
    assert cards(api, right) == ["b"]
    assert api.task(a)["content"] == "a"
    for method in ("GET", "DELETE"):
        assert api.call(method, f"/boards/columns/cards/{a}.json").status_code == 404
    assert api.put(path, body).status_code == 404


WRONG = [
    ("POST", "/projects/{project}/boards/columns.json", {}, "column"),
    ("POST", "/projects/{project}/boards/columns.json", {"column": {}}, "name"),
    ("PUT", "/boards/columns/{column}.json", {"column": {"name": " "}}, "name"),
    ("PUT", "/boards/columns/{column}.json", {"column": {"color": "red"}}, "color"),
    ("PUT", "/boards/columns/{column}.json", {"column": {"displayOrder": "x"}}, "displayOrder"),
    ("PUT", "/projects/{project}/boards/columns/reorder.json", {"columns": [{}]}, "columns"),
    ("POST", "/boards/columns/{column}/cards.json", {"card": {}}, "taskId"),
    ("POST", "/boards/columns/{column}/cards.json", {"card": {"taskId": 99}}, "taskId"),
    ("POST", "/boards/columns/{column}/cards.json", {"card": {"taskId": "{other}"}}, "taskId"),
    (
        "POST",
        "/boards/columns/{column}/cards.json",
        {"card": {"taskId": "{task}"}, "positionAfterId": 99},
        "positionAfterId",
    ),
    ("PUT", "/boards/columns/cards/{card}/move.json", {"cardId": 99}, "cardId"),
    ("PUT", "/boards/columns/cards/{card}/move.json", {"columnId": 99}, "columnId"),
    ("PUT", "/boards/columns/cards/{card}/move.json", {"columnId": "{foreign}"}, "columnId"),
    ("PUT", "/boards/columns/cards/{card}/move.json", {"positionAfterId": -2}, "positionAfterId"),
]


def filled(body: Any, ids: dict[str, int]) -> Any:
    """A body with ids in the places of their names."""
    if isinstance(body, dict):
        return {name: filled(value, ids) for name, value in body.items()}
    return body.format(**ids) if isinstance(body, str) else body


@pytest.mark.parametrize(("method", "path", "body", "member"), WRONG)
def test_bad_bodies_are_named(
    method: str, path: str, body: Any, member: str, world: World, api: Api
) -> None:
    project, elsewhere = world.project(), world.project()
    home, column = world.list(project), world.column(project)
    ids = {
        "project": project,
        "column": column,
        "foreign": world.column(elsewhere),
        "task": world.task(home),
        "card": world.task(home, status_id=column),
        "other": world.task(world.list(elsewhere)),
    }
    response = api.call(method, path.format(**ids), filled(body, ids))
    assert (response.status_code, member in response.json["MESSAGE"]) == (422, True), response.text


CALLS = [
    ("GET", "/projects/{project}/boards/columns.json", None),
    ("POST", "/projects/{project}/boards/columns.json", {"column": {"name": "x"}}),
    ("PUT", "/projects/{project}/boards/columns/reorder.json", {"columns": "1"}),
    ("GET", "/boards/columns/{column}.json", None),
    ("PUT", "/boards/columns/{column}.json", {"column": {"name": "x"}}),
    ("DELETE", "/boards/columns/{column}.json", None),
    ("GET", "/boards/columns/{column}/cards.json", None),
    ("POST", "/boards/columns/{column}/cards.json", {"card": {"taskId": 1}}),
    ("GET", "/boards/columns/cards/{card}.json", None),
    ("PUT", "/boards/columns/cards/{card}/move.json", {"positionAfterId": 0}),
    ("PUT", "/boards/columns/cards/{card}.json", {"card": {}}),
    ("DELETE", "/boards/columns/cards/{card}.json", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_another_projects_board_does_not_exist(
    method: str, path: str, body: Any, world: World, api: Api
) -> None:
    project = world.project()
    column = world.column(project, "kept")
    card = world.task(world.list(project), "card", status_id=column)
    stranger = Api(api.app, world.key(world.person()))
    found = stranger.call(method, path.format(project=project, column=column, card=card), body)
    nowhere = stranger.call(method, path.format(project=999, column=999, card=999), body)
    assert (found.status_code, found.data) == (404, nowhere.data)
    assert (columns(api, project), cards(api, column)) == (["kept"], ["card"])


def test_a_private_card_is_seen_by_nobody_else(world: World, api: Api) -> None:
    member = world.person()
    project = world.project(manager=(member,))
    home, column = world.list(project), world.column(project)
    private = world.task(home, "private", private=True, status_id=column)
    world.task(home, "open", status_id=column)
    own = Api(api.app, world.key(member))
    assert (cards(own, column), cards(api, column)) == (["open"], ["private", "open"])
    path = f"/boards/columns/cards/{private}"
    assert own.get(f"{path}.json").status_code == 404
    assert own.put(f"{path}/move.json", {"positionAfterId": 0}).status_code == 404
    assert own.delete(f"{path}.json").status_code == 404
    body = {"card": {"taskId": private}}
    response = own.post(f"/boards/columns/{column}/cards.json", body)
    assert (response.status_code, "taskId" in response.json["MESSAGE"]) == (422, True)
    assert own.get(f"/boards/columns/{column}/cards.json").headers["X-Records"] == "1"


REFUSED = [
    ("POST", "/projects/{project}/boards/columns.json", {"column": {"name": "x"}}, "editor"),
    ("PUT", "/projects/{project}/boards/columns/reorder.json", {"columns": "1"}, "editor"),
    ("PUT", "/boards/columns/{column}.json", {"column": {"name": "x"}}, "editor"),
    ("DELETE", "/boards/columns/{column}.json", None, "editor"),
    ("POST", "/boards/columns/{column}/cards.json", {"card": {"taskId": 1}}, "viewer"),
    ("PUT", "/boards/columns/cards/{card}/move.json", {"positionAfterId": 0}, "viewer"),
    ("PUT", "/boards/columns/cards/{card}/move.json", {}, "viewer"),
    ("PUT", "/boards/columns/cards/{card}.json", {}, "viewer"),
    ("DELETE", "/boards/columns/cards/{card}.json", None, "viewer"),
]


@pytest.mark.parametrize(("method", "path", "body", "role"), REFUSED)
def test_who_may_not(method: str, path: str, body: Any, role: str, world: World, api: Api) -> None:
    person = world.person()
    project = world.project(**{role: (person,)})
    column = world.column(project, "kept")
    card = world.task(world.list(project), "card", status_id=column)
    own = Api(api.app, world.key(person))
    address = path.format(project=project, column=column, card=card)
    assert own.call(method, address, body).status_code == 403
    assert (columns(api, project), cards(api, column)) == (["kept"], ["card"])


def test_paths_in_any_case(world: World, api: Api) -> None:
    project = world.project()
    world.column(project, "x")
    path = f"/projects/api/v1/projects/{project}/Boards/Columns.json"
    assert [each["name"] for each in api.get(path).json["columns"]] == ["x"]


READS = {
    "columns": ("/projects/{project}/boards/columns.json", 4),
    "cards": ("/boards/columns/{column}/cards.json", 11),
    "card": ("/boards/columns/cards/1.json", 9),
}


@pytest.mark.parametrize(("path", "most"), READS.values(), ids=list(READS))
def test_statements_do_not_grow_with_the_rows(path: str, most: int, world: World, api: Api) -> None:
    project = world.project()
    home, column = world.list(project), world.column(project)

    def ask() -> int:
        Memories.forget()
        with counted() as statements:
            response = api.get(path.format(project=project, column=column))
        assert response.status_code == 200, response.text
        return len(statements)

    world.task(home, status_id=column, tags=("x",), assignees=(1,))
    few = ask()
    for _ in range(5):
        world.task(home, status_id=column, tags=("x", "y"), assignees=(1,))
        world.column(project)
    assert ask() == few <= most
