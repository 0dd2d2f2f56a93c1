"""/, /docs and /openapi.json: open to all, complete, and true: answers are as the document says."""

import configparser
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sqlalchemy import select

from app.docs import openapi
from app.extensions import db
from app.http.payload import PayloadField
from app.models import Lockdown, Person
from app.teamwork.schemas.fields import ShapedField
from app.teamwork.schemas.inputs import InputField
from tests.api import Api
from tests.builders import World

ROOT = Path(__file__).resolve().parents[2]
OPEN = (
    "/",
    "/docs",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/calendar/{secret}.ics",
    "/unsubscribe/{message}",
    "/uploads/{ref}",
)
PAGES = ("/", "/docs")
# Keys cannot be shown; an upload is announced with its name and size.
NEEDS_MORE = ("/people/apikeys.json", "/pendingfiles/presignedurl.json")
REFERENCE = re.compile(r"""(?:src|href|data-document)="([^"]*)\"""")

Document = dict[str, Any]


@pytest.fixture(params=("documented", "live"))
def shape(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both shapes of the payloads, set as TANDEM_TEAMWORK_SHAPE would."""
    settings = replace(app.config["TANDEM"], shape=request.param)
    monkeypatch.setitem(app.config, "TANDEM", settings)
    return str(request.param)


@pytest.fixture
def document(app: Flask, shape: str) -> Document:
    """The document as served, in a shape."""
    response = app.test_client().get("/openapi.json")
    assert response.status_code == 200
    assert response.content_type.startswith("application/json")
    found: Document = response.json
    return found


@pytest.fixture
def ids(world: World, api: Api) -> dict[str, int]:
    """A store in which every payload has something to show; ids by the names of path parameters."""
    other = world.person("Olga", "Other")
    project = world.project(editor=(other,))
    task_list = world.list(project)
    task = world.task(task_list, "first", due=1, start=0, assignees=(world.admin, other))
    second = world.task(task_list, "second", due=-1)
    below = world.task(parent=task, name="below")
    done = world.task(task_list, "done")
    file, note = world.file(project, task=task), world.note(task, other)
    entry, reminder = world.time(task, project), world.reminder(task)
    column = world.column(project)
    item = {
        "tags": "api,doc",
        "predecessors": [{"id": second, "type": "complete"}],
        "columnId": column,
        "estimated-minutes": 90,
        "priority": "high",
        "changeFollowerIds": f"{world.admin},{other}",
    }
    edited = api.put(f"/tasks/{task}.json", {"todo-item": item})
    assert edited.status_code == 200, edited.text
    private = api.put(f"/tasks/{below}.json", {"todo-item": {"private": "yes"}})
    assert private.status_code == 200, private.text
    assert api.put(f"/tasks/{done}/complete.json").status_code == 200
    hook = {"event": "TASK.CREATED", "url": "https://example.com/hook"}
    kind = {"name": "Building", "color": "#ff0000"}
    tags = api.get("/tags.json").json["tags"]
    return {
        "task_id": task,
        "list_id": task_list,
        "project_id": project,
        "company_id": 1,
        "person_id": other,
        "card_id": task,
        "category_id": _made(api, "/projectCategories.json", "category", kind),
        "column_id": column,
        "comment_id": note,
        "entry_id": entry,
        "file_id": file,
        "lockdown_id": _lockdown_of(below),
        "reminder_id": reminder,
        "tag_id": int(tags[0]["id"]),
        "webhook_id": _made(api, "/webhooks.json", "webhook", hook),
    }


def _lockdown_of(task: int) -> int:
    with db.engine.connect() as connection:
        chosen = select(Lockdown.id).where(Lockdown.task_id == task)
        return int(connection.execute(chosen).scalar_one())


def _made(api: Api, path: str, wrapper: str, item: dict[str, str]) -> int:
    made = api.post(path, {wrapper: item})
    assert made.status_code == 201, made.text
    return int(made.headers["id"])


def test_document_is_valid(document: Document) -> None:
    assert document["openapi"].startswith("3.1.")
    validate(document)


def test_document_is_made_once_for_each_shape(app: Flask, shape: str) -> None:
    assert openapi.document_text(app) is openapi.document_text(app)


def test_document_can_be_kept_by_clients(app: Flask) -> None:
    client = app.test_client()
    tag = client.get("/openapi.json").headers["ETag"]
    assert client.get("/openapi.json", headers={"If-None-Match": tag}).status_code == 304


def test_version_is_that_of_the_package() -> None:
    package = configparser.ConfigParser()
    package.read(ROOT / "setup.cfg")
    assert package["metadata"]["version"] == openapi.VERSION


def test_every_route_is_documented(app: Flask, document: Document) -> None:
    expected = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith("static")
        and not rule.endpoint.startswith("odata.")  # $metadata describes that dialect
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert expected == {(path, method) for path, method, _ in operations(document)}


def test_every_operation_says_what_it_is(document: Document) -> None:
    seen = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(seen) == len(set(seen))
    for path, method, operation in operations(document):
        assert operation["summary"], (method, path)
        assert (operation.get("security") == []) is (path in OPEN), (method, path)


def test_options_are_parameters_with_words_and_defaults(document: Document) -> None:
    found = {each["name"]: each for each in document["paths"]["/tasks.json"]["get"]["parameters"]}
    assert found["filter"]["schema"]["default"] == "anytime"
    assert "within7" in found["filter"]["schema"]["enum"]
    assert found["sort"]["schema"]["default"] == "duedate"
    assert found["pageSize"]["schema"] == {"type": "integer", "minimum": 1, "default": 250}
    assert found["tag-ids"]["schema"] == {"type": "array", "items": {"type": "integer"}}
    assert found["getSubTasks"]["schema"] == {"type": "boolean", "default": True}
    assert {"overdue", "nodate"} <= set(found["include"]["schema"]["items"]["enum"])
    one = document["paths"]["/tasks/{task_id}.json"]["get"]["parameters"][0]
    assert one["schema"] == {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}


def test_bodies_stand_under_their_wrapper(document: Document) -> None:
    reorder = document["paths"]["/tasklists/{list_id}/tasks/reorder.json"]["put"]
    content = reorder["requestBody"]["content"]["application/json"]
    assert content["example"] == {"todo-items": [{"todo-item": {"id": 1}}]}
    items = content["schema"]["properties"]["todo-items"]["items"]
    reference = {"$ref": "#/components/schemas/OrderedItem"}
    assert items == {"type": "object", "properties": {"todo-item": reference}}


def test_examples_are_valid(document: Document) -> None:
    shown = 0
    for path, method, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            check(document, content["schema"], content["example"], f"{method} {path}")
            shown += 1
    assert shown > 10


def test_a_minimal_body_from_the_document_is_accepted(
    document: Document, api: Api, ids: dict[str, int]
) -> None:
    path = "/tasklists/{list_id}/tasks.json"
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    created = api.post(path.format(**ids), content["example"])
    assert created.status_code == 201
    check(document, answer_schema(document, path, "post", 201), created.json, path)


def test_answers_are_as_documented(
    document: Document, shape: str, api: Api, ids: dict[str, int]
) -> None:
    for path, method, operation in operations(document):
        answers = ".json" in path and path not in NEEDS_MORE
        if method == "get" and operation.get("security") != [] and answers:
            response = api.get(path.format(**ids))
            check_answer(document, path, response)


def test_the_trail_of_a_task_is_as_documented_for_all(
    document: Document, app: Flask, world: World, ids: dict[str, int]
) -> None:
    """`changes` is for administrators, so nobody may count on it."""
    path = "/tasks/{task_id}/audit.json"
    with app.app_context(), db.engine.connect() as connection:
        other = connection.execute(
            select(Person.id).where(Person.first_name == "Olga")
        ).scalar_one()
    response = Api(app, world.key(other)).get(path.format(**ids))
    assert response.json["audit"] and "changes" not in response.json["audit"][0]
    check_answer(document, path, response)


def test_a_download_is_said_to_be_no_json(document: Document) -> None:
    answers = document["paths"]["/files/{file_id}/download"]["get"]["responses"]
    assert {"application/octet-stream", "text/plain"} <= set(answers["200"]["content"])


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/tasks.json", {"nestSubTasks": "yes", "getFiles": "yes"}),
        ("/tasks/{task_id}.json", {"nestSubTasks": "yes"}),
        ("/tasks/{task_id}/followers.json", {"returnUserInfo": "true"}),
        ("/tasks.json", {"filter": "completed"}),
    ],
)
def test_answers_with_options_are_as_documented(
    path: str, options: dict[str, str], document: Document, api: Api, ids: dict[str, int]
) -> None:
    check_answer(document, path, api.get(path.format(**ids), **options))


def test_errors_are_as_documented(document: Document, api: Api, app: Flask) -> None:
    answers = {
        "401": Api(app, None).get("/tasks.json"),
        "404": api.get("/tasks/999999.json"),
        "405": api.delete("/tasks.json"),
        "422": api.get("/tasks.json", filter="nonsense"),
    }
    for code, response in answers.items():
        assert response.status_code == int(code)
        schema = document["components"]["responses"][code]["content"]["application/json"]["schema"]
        check(document, schema, response.json, code)


def test_a_wrong_answer_would_be_noticed(document: Document, api: Api, ids: dict[str, int]) -> None:
    path = "/tasks/{task_id}.json"
    answer = api.get(path.format(**ids)).json
    schema = answer_schema(document, path, "get", 200)
    for change in ({"completed": "yes"}, {"id": None}, {"due-date": "2014-05-12"}, {"tags": {}}):
        wrong = {**answer, "todo-item": {**answer["todo-item"], **change}}
        with pytest.raises(AssertionError):
            check(document, schema, wrong, path)
    with pytest.raises(AssertionError):
        check(document, schema, {"STATUS": "OK"}, path)


@pytest.mark.parametrize("base", [PayloadField, InputField])
def test_every_field_class_has_a_json_type(base: type[Any]) -> None:
    made = [cls for cls in subclasses(base) if cls is not ShapedField]
    assert made
    assert [cls.__name__ for cls in made if not hasattr(cls, "json_type")] == []


@pytest.mark.parametrize("path", [path for path in OPEN if "{" not in path])
def test_served_without_a_key(path: str, app: Flask, world: World) -> None:
    assert Api(app, None).get(path).status_code == 200


def test_nothing_else_is_served_without_a_key(document: Document, app: Flask) -> None:
    for path, method, _ in operations(document):
        if path not in OPEN:
            filled = re.sub(r"{\w+}", "1", path)
            assert Api(app, None).call(method.upper(), filled).status_code == 401, (method, path)


@pytest.mark.parametrize("path", PAGES)
def test_pages_refer_to_this_server_only(path: str, app: Flask, world: World) -> None:
    client = app.test_client()
    page = client.get(path)
    found = REFERENCE.findall(page.text)
    assert len(found) >= 3
    for address in found:
        assert address.startswith("/") and not address.startswith("//"), address
        with client.get(address) as part:
            assert part.status_code == 200, address
    assert "<script>" not in page.text and " style=" not in page.text
    assert "url(" not in (ROOT / "app/docs/static/pages.css").read_text()


@pytest.mark.parametrize("path", PAGES)
def test_pages_forbid_other_origins(path: str, app: Flask) -> None:
    response = app.test_client().get(path)
    policy = response.headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    allowed = {"'self'", "'none'", "'unsafe-inline'", "data:"}
    assert {word for rule in rules.values() for word in rule.split()} <= allowed
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_parts_of_pages_are_kept_long_and_change_their_address(app: Flask) -> None:
    client = app.test_client()
    addresses = [each for each in REFERENCE.findall(client.get("/docs").text) if "/static/" in each]
    assert len(addresses) >= 4
    for address in addresses:
        assert re.search(r"\?v=[0-9a-f]{12}$", address)
        with client.get(address) as part:
            assert "max-age=31536000" in part.headers["Cache-Control"]


def test_landing_page_shows_the_curl_line(app: Flask) -> None:
    text = app.test_client().get("/", base_url="http://tasks.example:8123").text
    assert "curl -u YOUR_KEY:x http://tasks.example:8123/tasks.json" in text


def test_errors_below_docs_are_plain_json(app: Flask) -> None:
    client = app.test_client()
    missing, wrong = client.get("/docs/nothing"), client.post("/docs")
    assert (missing.status_code, list(missing.json)) == (404, ["error"])
    assert (wrong.status_code, list(wrong.json)) == (405, ["error"])
    assert "GET" in wrong.headers["Allow"]
    assert client.get("/docs/static/../openapi.py").status_code == 404


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation, one after the other."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def answer_schema(document: Document, path: str, method: str, status: int) -> dict[str, Any]:
    """The schema of a successful answer."""
    answers = document["paths"][path][method]["responses"]
    schema: dict[str, Any] = answers[str(status)]["content"]["application/json"]["schema"]
    return schema


def check_answer(document: Document, path: str, response: Any) -> None:
    """A reading answers 200 and what its schema says."""
    assert response.status_code == 200, (path, response.text)
    check(document, answer_schema(document, path, "get", 200), response.json, path)


def check(document: Document, schema: dict[str, Any], value: Any, where: str) -> None:
    """The value fits the schema, and has no member that the schema does not know."""
    whole = {**schema, "components": document["components"]}
    found = [error.message for error in Draft202012Validator(whole).iter_errors(value)]
    assert found == [], where
    assert list(unknown(document, schema, value)) == [], where


def unknown(document: Document, schema: dict[str, Any], value: Any) -> Iterator[str]:
    """Members of a value, at any depth, that its schema does not name."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        for each in value:
            yield from unknown(document, schema.get("items", {}), each)
    elif isinstance(value, dict) and "properties" in schema:
        yield from set(value) - set(schema["properties"])
        for name in set(value) & set(schema["properties"]):
            yield from unknown(document, schema["properties"][name], value[name])


def subclasses(base: type[Any]) -> list[type[Any]]:
    """All classes below a class."""
    return [each for direct in base.__subclasses__() for each in (direct, *subclasses(direct))]
