"""A request with an Idempotency-Key is carried out once, however often it is sent."""

from collections import Counter
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import EnvironBuilder, TestResponse

from app.clock import clock
from app.extensions import db
from app.models import ApiKey, Note, Retry, Task
from app.services import retries
from app.services.commands import AddTask
from app.services.execute import maintain
from app.services.handlers import HANDLERS
from app.services.purging import purge
from app.services.work import Restart
from tests.api import Api, basic
from tests.builders import World
from tests.odata import OData
from tests.store.test_concurrency import together

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
THREADS = 50


def count(model: Any = Task) -> int:
    """How many rows a table has."""
    with db.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(model)).scalar_one())


def same(one: TestResponse, two: TestResponse) -> None:
    """The second answer is the first one, marked as given again."""
    assert one.status_code < 300, one.text
    assert "Idempotency-Replayed" not in one.headers
    assert two.headers["Idempotency-Replayed"] == "true"
    passing = ("Idempotency-Replayed", "X-Request-Id")
    left, right = ([each for each in sent.headers if each[0] not in passing] for sent in (one, two))
    assert (one.status_code, one.data, left) == (two.status_code, two.data, right)


@pytest.fixture
def path(world: World) -> str:
    """Where tasks are added."""
    return f"/tasklists/{world.list()}/tasks.json"


@pytest.fixture
def odata(app: Flask, world: World) -> OData:
    """The other dialect, as the administrator."""
    return OData(app, world.key(world.admin))


def item(name: str = "once", **more: Any) -> dict[str, Any]:
    """The body of a new task."""
    return {"todo-item": {"content": name, **more}}


def test_it_is_done_once(api: Api, path: str) -> None:
    first = api.post(path, item(), headers=KEY)
    same(first, api.post(path, item(), headers=KEY))
    assert first.headers["id"] == "1"
    assert count() == 1


def test_without_a_key_it_is_done_again(api: Api, path: str) -> None:
    assert [api.post(path, item()).status_code for _ in range(2)] == [201, 201]
    assert (count(), count(Retry)) == (2, 0)


def test_keys_are_a_persons_own(app: Flask, world: World, api: Api, path: str) -> None:
    other = Api(app, world.key(world.person(is_admin=True)))
    again = Api(app, world.key(world.admin))
    assert api.post(path, item(), headers=KEY).headers["id"] == "1"
    assert other.post(path, item(), headers=KEY).headers["id"] == "2"
    assert "Idempotency-Replayed" in again.post(path, item(), headers=KEY).headers


@pytest.mark.parametrize(
    "sent",
    [
        {"body": item("another")},
        {"body": item(), "options": {"x": "1"}},
        {"body": item(), "path": "/tasklists/1/quickadd.json"},
        {"body": item(), "headers": {"If-Match": "x"}},
        {"data": b"", "headers": {"Content-Type": "application/json"}},
    ],
)
def test_another_request_is_refused(api: Api, path: str, sent: dict[str, Any]) -> None:
    api.post(path, item(), headers=KEY)
    asked = {"method": "POST", "path": path} | sent | {"headers": KEY | sent.get("headers", {})}
    answer = api.call(**asked)
    assert (answer.status_code, count()) == (422, 1)
    assert "Idempotency-Key" in answer.json["MESSAGE"]
    assert answer.json["STATUS"] == "Error"


def test_another_request_is_refused_in_odata(odata: OData) -> None:
    assert odata.post("Task", {"Name": "a"}, headers=KEY).status_code == 201
    answer = odata.post("Task", {"Name": "b"}, headers=KEY)
    assert (answer.status_code, count()) == (422, 1)
    assert answer.json["error"]["target"] == "Idempotency-Key"


@pytest.mark.parametrize("key", ["", "k" * 256, "\u00e9", "a\tb", "\x7f"])
def test_what_is_no_key(app: Flask, api: Api, odata: OData, path: str, key: str) -> None:
    """Sent past the test client, which would not send all of them."""
    for client, where in ((api, path), (odata, "/odata/Task")):
        secret = client._key if isinstance(client, Api) else client.key
        built = EnvironBuilder(where, method="POST", json=item(), headers=basic(str(secret)))
        environ = built.get_environ() | {"HTTP_IDEMPOTENCY_KEY": key}
        answer = app.test_client().open(environ)
        assert (answer.status_code, count()) == (422, 0)
        assert "255" in answer.text


def test_the_longest_key(api: Api, path: str) -> None:
    key = {"Idempotency-Key": '"' + "k" * 253 + '"'}
    same(api.post(path, item(), headers=key), api.post(path, item(), headers=key))


@pytest.mark.parametrize("status", [422, 404])
def test_a_refusal_keeps_the_key_free(api: Api, path: str, status: int) -> None:
    bad = {422: (path, {"todo-item": {}}), 404: ("/tasklists/99/tasks.json", item())}
    where, body = bad[status]
    for _ in range(2):
        answer = api.post(where, body, headers=KEY)
        assert answer.status_code == status
        assert "Idempotency-Replayed" not in answer.headers
    assert count(Retry) == 0
    assert api.post(path, item(), headers=KEY).status_code == 201


def test_a_refusal_of_odata_keeps_the_key_free(odata: OData) -> None:
    assert odata.post("Task", {"Nmae": "a"}, headers=KEY).status_code == 400
    assert (count(), count(Retry)) == (0, 0)
    assert odata.post("Task", {"Name": "a"}, headers=KEY).status_code == 201


def test_a_read_only_key(app: Flask, world: World, path: str) -> None:
    """Refused as ever; and it may still ask by POST."""
    secret = world.key(world.admin, read_only=True)
    assert Api(app, secret).post(path, item(), headers=KEY).status_code == 403
    reader = OData(app, secret)
    assert reader.post("Task", {"Name": "a"}, headers=KEY).status_code == 403
    query = reader.call(
        "POST", "Task/$query", data=b"$top=1", headers=KEY | {"Content-Type": "text/plain"}
    )
    assert query.status_code == 200
    assert count(Retry) == 0


def test_nobody(app: Flask, world: World, path: str) -> None:
    assert Api(app, None).post(path, item(), headers=KEY).status_code == 401


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_other_methods(api: Api, world: World, method: str) -> None:
    where = f"/tasks/{world.task()}.json"
    body = item("new") if method == "PUT" else None
    same(*(api.call(method, where, body, headers=KEY) for _ in range(2)))


def test_a_get_has_no_key(api: Api, world: World) -> None:
    for _ in range(2):
        assert api.call("GET", f"/tasks/{world.task()}.json", headers=KEY).status_code == 200
    assert count(Retry) == 0


def test_quickadd(api: Api, path: str) -> None:
    body = {"content": "a\nb\n", "tasklistId": 1}
    where = path.replace("tasks.json", "quickadd.json")
    same(*(api.post(where, body, headers=KEY) for _ in range(2)))
    assert count() == 2


def test_actions_of_odata(odata: OData, world: World) -> None:
    task = odata.make("Task", Name="a")["TaskItemId"]
    where, body = f"Task({task})/AddNote", {"htmlText": "said", "notificationContactIds": []}
    same(*(odata.post(where, body, headers=KEY) for _ in range(2)))
    assert count(Note) == 1


def test_the_headers_of_odata(odata: OData) -> None:
    """Location, ETag and the version are those of the first answer."""
    one, two = (odata.post("Task", {"Name": "a"}, headers=KEY) for _ in range(2))
    same(one, two)
    assert {"Location", "ETag", "OData-Version"} <= set(two.headers.keys())
    patched = [
        odata.patch(
            f"Task({one.json['TaskItemId']})", {"Name": "b"}, headers={"Idempotency-Key": "p"}
        )
        for _ in range(2)
    ]
    same(*patched)
    assert patched[0].status_code == 204


def test_a_compressed_answer(odata: OData) -> None:
    """Each time in the coding that the client takes."""
    body = {"Name": "a", "DescriptionHTML": "long " * 5000}
    plain = odata.post("Task", body, headers=KEY)
    packed = odata.post("Task", body, headers=KEY | {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 10
    same(plain, odata.post("Task", body, headers=KEY))
    with db.engine.connect() as connection:
        assert len(bytes(connection.execute(select(Retry.body)).scalar_one())) < 4000


def batch(*names: str) -> dict[str, Any]:
    """A batch that makes tasks, each on its own."""
    return {
        "requests": [
            {
                "id": str(number),
                "method": "POST",
                "url": "Task",
                "headers": {"Content-Type": "application/json"},
                "body": {"Name": name} if name else {"Nmae": "x"},
            }
            for number, name in enumerate(names)
        ]
    }


def test_a_batch_as_a_whole(odata: OData) -> None:
    """What was refused in it is not done, what was done is done once."""
    one, two = (odata.post("$batch", batch("a", "", "b"), headers=KEY) for _ in range(2))
    same(one, two)
    assert [each["status"] for each in one.json["responses"]] == [201, 400, 201]
    assert count() == 2


def test_a_batch_in_parts(odata: OData) -> None:
    """The boundary may be another one."""
    made = 'POST Task HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"Name": "a"}'

    def send(boundary: str) -> TestResponse:
        text = f"--part\r\nContent-Type: application/http\r\n\r\n{made}\r\n--part--\r\n"
        data = text.replace("part", boundary).encode()
        kind = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
        return odata.call("POST", "$batch", data=data, headers=KEY | kind)

    same(send("b1"), send("boundary_2"))
    assert count() == 1


def test_an_upload(app: Flask, api: Api, world: World) -> None:
    """A form that is made anew has another boundary; other bytes are another request."""

    def send(content: bytes) -> TestResponse:
        return app.test_client().post(
            "/pendingfiles.json",
            data={"file": (BytesIO(content), "plan.pdf")},
            headers=basic(str(api._key)) | KEY,
        )

    content = bytes(range(256)) * 9000
    same(send(content), send(content))
    assert send(content + b"!").status_code == 422


def test_a_body_beyond_all_limits(app: Flask, api: Api, path: str) -> None:
    app.config["TANDEM"], kept = _small_uploads(app), app.config["TANDEM"]
    try:
        answer = api.post(path, data=b"x" * (17 << 20), headers=KEY)
    finally:
        app.config["TANDEM"] = kept
    assert (answer.status_code, count(Retry)) == (413, 0)


def _small_uploads(app: Flask) -> Any:
    """The settings with uploads of a byte."""
    settings = app.config["TANDEM"]
    values = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    return type(settings)(**values | {"max_upload": "1"})


def test_the_body_is_read_again(api: Api, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that begins again runs the view again, with the whole request."""
    tries: list[int] = []
    add = HANDLERS[AddTask]

    def stumbling(command: Any, work: Any) -> Any:
        made = add(command, work)
        tries.append(made)
        if len(tries) < 3:
            raise Restart
        return made

    monkeypatch.setitem(HANDLERS, AddTask, stumbling)
    assert api.post(path, item(), headers=KEY).status_code == 201
    assert (len(tries), count(), count(Retry)) == (3, 1, 1)


def test_a_new_key_is_shown_once(api: Api, world: World) -> None:
    """What is a secret is not stored to be given again."""
    where, before = f"/people/{world.admin}/keys.json", count(ApiKey)
    first = api.post(where, {}, headers=KEY)
    assert first.status_code == 201
    again = api.post(where, {}, headers=KEY)
    assert (again.status_code, count(ApiKey)) == (409, before + 1)
    with db.engine.connect() as connection:
        row = connection.execute(select(Retry.headers, Retry.body)).one()
    assert first.json["key"] not in row.headers + bytes(row.body).decode()


@pytest.mark.parametrize(("hours", "left"), [(23, 1), (25, 0)])
@pytest.mark.parametrize("by", ["purge", "worker"])
def test_old_keys_may_be_used_again(api: Api, path: str, hours: int, left: int, by: str) -> None:
    api.post(path, item(), headers=KEY)
    clock.fix(clock.now() + timedelta(hours=hours))
    if by == "purge":
        purge(clock.now() - timedelta(days=30))
    else:
        maintain(retries.forget_retries)
    assert count(Retry) == left
    api.post(path, item("another"), headers=KEY)
    assert count() == 2 - left


@pytest.mark.parametrize("dialect", ["teamwork", "odata"])
def test_fifty_at_once(app: Flask, api: Api, odata: OData, path: str, dialect: str) -> None:
    """One task; everybody gets the same answer."""

    def work(api: Api, _: int) -> list[TestResponse]:
        if dialect == "odata":
            return [odata.post("Task", {"Name": "a"}, headers=KEY)]
        return [api.post(path, item(), headers=KEY)]

    answers = together(app, api, work, THREADS)
    assert Counter(each.status_code for each in answers) == {201: THREADS}
    assert len({each.data for each in answers}) == 1
    replayed = sum("Idempotency-Replayed" in each.headers for each in answers)
    assert (replayed, count(), count(Retry)) == (THREADS - 1, 1, 1)
