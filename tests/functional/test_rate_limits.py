"""Limits as clients meet them: headers on every answer, refusals in each dialect's words, and wrong
keys that are refused unseen.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from app.clock import clock
from app.extensions import db
from tests.api import Api, basic
from tests.builders import World
from tests.conftest import NOW
from tests.counting import counted
from tests.live import serving
from tests.odata import OData
from tests.torture.processes import until

Make = Callable[..., Flask]
WORDS = "You have exceeded your rate limit. Please try again in a little while."
TRIES = "Too many wrong keys came from your address. Please try again in a little while."
WRONG = "tnd_" + "0" * 64


@pytest.fixture
def make(app: Flask, world: World) -> Iterator[Make]:
    """Makes applications with limits on the store of the test."""
    made = []

    def with_limits(**settings: str) -> Flask:
        made.append(create_app(replace(app.config["TANDEM"], **settings)))
        return made[-1]

    yield with_limits
    for each in made:
        with each.app_context():
            db.engine.dispose()


def later(seconds: int) -> None:
    """Move the clock to so many seconds after the beginning."""
    clock.fix(datetime.fromisoformat(NOW) + timedelta(seconds=seconds))


def told(response: TestResponse) -> tuple[str | None, ...]:
    """What the answer says of the limit, by headers spelled as the clients of old look for them."""
    names = [name for name, _ in response.headers if "ratelimit" in name.lower()]
    if names:
        assert names == ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]
    return tuple(response.headers.get(name) for name in names)


def test_off_unless_set(make: Make, world: World) -> None:
    api = Api(make(), world.key(world.admin))
    assert told(api.get("/me.json")) == ()


def test_a_key_may_ask_so_often(make: Make, world: World) -> None:
    app = make(rate_limit="2/minute")
    api, other = (Api(app, world.key(world.admin)) for _ in range(2))
    assert [told(api.get("/me.json")) for _ in range(2)] == [("2", "1", "60"), ("2", "0", "60")]
    later(18)
    with counted() as statements:
        refused = api.get("/me.json")
    assert statements == [], "the database is not asked"
    assert (refused.status_code, told(refused)) == (429, ("2", "0", "42"))
    assert refused.headers["Retry-After"] == "42"
    assert refused.json == {"MESSAGE": WORDS, "STATUS": "Error"}
    assert told(other.get("/me.json")) == ("2", "1", "60")
    later(60)
    assert told(api.get("/me.json")) == ("2", "1", "60")


def test_a_refused_change_is_not_made(make: Make, world: World) -> None:
    home = world.list()
    api = Api(make(rate_limit="1/minute"), world.key(world.admin))
    api.get("/me.json")
    refused = api.post(f"/tasklists/{home}/tasks.json", {"todo-item": {"content": "x"}})
    assert refused.status_code == 429
    assert api.call("HEAD", "/tasks.json").data == b""
    later(60)
    assert api.names("/tasks.json") == []


ADDRESSES = {
    "Teamwork": ("/tasks.json", {"MESSAGE": WORDS, "STATUS": "Error"}),
    "OData": ("/odata/Task", {"error": {"code": "TooManyRequests", "message": WORDS}}),
    "documentation": ("/openapi.json", {"error": WORDS}),
    "feeds": ("/calendar/none.ics", WORDS),
}


@pytest.mark.parametrize("status", ["429", "400"])
@pytest.mark.parametrize(("path", "said"), ADDRESSES.values(), ids=list(ADDRESSES))
def test_a_refusal_in_the_words_of_its_dialect(
    make: Make, path: str, said: Any, status: str
) -> None:
    """Both contracts: 429, and the older 400 by a setting. Here nobody has a key."""
    api = Api(make(rate_limit="1/minute", rate_status=status), None)
    assert api.get(path).status_code in (200, 401, 404)
    refused = api.get(path)
    assert (refused.status, told(refused)[1]) == (
        {"429": "429 TOO MANY REQUESTS", "400": "400 BAD REQUEST"}[status],
        "0",
    )
    assert (refused.text if isinstance(said, str) else refused.json) == said
    assert refused.headers["Retry-After"] == "60"
    assert ("OData-Version" in refused.headers) == (path == "/odata/Task")


def test_every_answer_tells(make: Make, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors, answers to HEAD, 304, and those that are given before Flask sees the request."""
    home = world.list()
    key = world.key(world.admin)
    api = Api(make(rate_limit="1000/hour"), key)
    answers = [api.get(f"/tasklists/{home}/tasks.json") for _ in range(4)]
    known = {"If-None-Match": answers[0].headers["ETag"]}
    answers += [api.call("GET", f"/tasklists/{home}/tasks.json", headers=known) for _ in range(2)]
    assert [each.status_code for each in answers] == [200, 200, 200, 200, 304, 304]
    more = {
        404: api.get("/tasks/99.json"),
        405: api.delete("/tasks.json"),
        422: api.get("/tasks.json", page="x"),
        413: api.post(f"/tasklists/{home}/tasks.json", data=b"x" * (2**20 + 1)),
        200: api.call("HEAD", "/tasks.json"),
        201: api.post(f"/tasklists/{home}/tasks.json", {"todo-item": {"content": "x"}}),
        400: OData(api.app, key).get("Task?$filter=("),
    }
    monkeypatch.setattr("app.http.fragments.fetch_pieces", lambda *_: 1 / 0)
    more[500] = api.get("/tasks.json")
    assert {status: each.status_code for status, each in more.items()} == {
        status: status for status in more
    }
    left = [told(each)[1] for each in (*answers, *more.values())]
    assert left == [str(1000 - number) for number in range(1, len(left) + 1)]


def test_health_is_not_limited(make: Make) -> None:
    api = Api(make(rate_limit="1/minute"), None)
    for _ in range(3):
        for path in ("/healthz", "/readyz"):
            response = api.get(path)
            assert (response.status_code, told(response)) == (200, ())


def test_a_batch_is_one_request(make: Make, world: World) -> None:
    odata = OData(make(rate_limit="10/minute"), world.key(world.admin))
    inner = [{"id": str(number), "method": "GET", "url": "Task"} for number in range(5)]
    answer = odata.post("$batch", {"requests": inner})
    assert [each["status"] for each in answer.json["responses"]] == [200] * 5
    assert told(answer) == ("10", "9", "60")


def test_a_store_of_the_librarys(make: Make, world: World) -> None:
    api = Api(make(rate_limit="1/hour", rate_store="memory://"), world.key(world.admin))
    clock.fix(None)  # that store looks at the wall
    assert [api.get("/me.json").status_code for _ in range(2)] == [200, 429]


# --- wrong keys -----------------------------------------------------------------------------------


def from_address(api: Api, address: str, path: str = "/me.json") -> TestResponse:
    """GET from an address, as our proxy tells it."""
    return api.call("GET", path, headers={"X-Forwarded-For": address})


@pytest.fixture
def guarded(make: Make) -> Flask:
    """Three wrong keys a minute; addresses come from a proxy."""
    return make(key_tries="3/minute", trusted_proxies="1")


def test_wrong_keys_are_refused_unseen(guarded: Flask) -> None:
    wrong = [Api(guarded, WRONG[:-1] + sign) for sign in "abcdef"]
    assert [from_address(each, "192.0.2.1").status_code for each in wrong[:3]] == [401] * 3
    refused = from_address(wrong[3], "192.0.2.1")
    assert refused.status_code == 429
    assert refused.json == {"MESSAGE": TRIES, "STATUS": "Error"}
    assert refused.headers["Retry-After"] == "60"
    with counted() as statements:
        assert from_address(wrong[4], "192.0.2.1").status_code == 429
        assert from_address(wrong[4], "192.0.2.1", "/odata/Task").status_code == 429
        assert Api(guarded, WRONG).put("/tasks/1.json").status_code == 401  # another address
    assert len(statements) == 1, "one for the other address"
    assert from_address(wrong[4], "192.0.2.2").status_code == 401
    later(60)
    assert from_address(wrong[4], "192.0.2.1").status_code == 401


def test_a_right_key_always_works(guarded: Flask, world: World) -> None:
    """Also one that was never used before, and one that was made after the refusals began; once
    it is revoked it is as wrong as the others.
    """
    used, unused = (Api(guarded, world.key(world.admin)) for _ in range(2))
    assert from_address(used, "192.0.2.1").status_code == 200
    for _ in range(5):
        last = from_address(Api(guarded, WRONG), "192.0.2.1")
    assert last.status_code == 429
    assert from_address(used, "192.0.2.1").status_code == 200
    assert from_address(unused, "192.0.2.1").status_code == 200
    later(1)
    made = Api(guarded, world.key(world.admin))
    password = {"X-Forwarded-For": "192.0.2.1", **basic("somebody", str(made._key))}
    assert from_address(made, "192.0.2.1").status_code == 200
    assert made.call("GET", "/odata/Task", headers=password).status_code == 200
    assert made.call("DELETE", "/people/1/keys/1.json").status_code == 200
    assert from_address(used, "192.0.2.1").status_code == 401
    later(3)
    assert from_address(used, "192.0.2.1").status_code == 429


def test_no_key_is_no_wrong_key(guarded: Flask) -> None:
    assert [Api(guarded, None).get("/me.json").status_code for _ in range(5)] == [401] * 5


def test_a_wrong_key_costs_one_statement_and_is_counted_once(guarded: Flask) -> None:
    with counted() as statements:
        for _ in range(3):
            assert Api(guarded, WRONG).get("/tasks.json").status_code == 401
    assert len(statements) == 3
    assert Api(guarded, WRONG).get("/tasks.json").status_code == 429


def test_the_processes_of_a_server_count_together(tmp_path: Path) -> None:
    """Two workers; what they have counted outlives one that is killed."""
    settings = {"WEB_CONCURRENCY": "2", "TANDEM_RATE_LIMIT": "40/hour"}
    with serving(tmp_path, **settings) as server:
        first = server.call("GET", "/me.json")
        assert first.headers["x-ratelimit-remaining"] == "39"
        parent = psutil.Process(server.pid)
        until(lambda: len(parent.children()) == 2, "both workers")  # one answers before the other
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: server.call("GET", "/me.json"), range(29)))
        left = sorted(int(each.headers["x-ratelimit-remaining"]) for each in answers)
        assert left == list(range(10, 39))
        for worker in parent.children():
            worker.kill()
            worker.wait()
        statuses = [server.call("GET", "/me.json").status_code for _ in range(12)]
        assert statuses == [200] * 10 + [429] * 2
