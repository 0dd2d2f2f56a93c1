"""The life of a key: what it looks like, where it may stand, when it ends, what is kept of it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.clock import clock
from app.extensions import db
from app.models import ApiKey
from app.queries.keys import digest
from app.services import key_use
from app.services.execute import maintain
from app.services.keys import KEY_PREFIX, new_key
from tests.api import Api
from tests.builders import World
from tests.conftest import NOW
from tests.counting import counted
from tests.functional.test_commands import run

ADA = "person1@example.com"


def later(**span: float) -> None:
    """Move the clock from the beginning."""
    clock.fix(datetime.fromisoformat(NOW) + timedelta(**span))


def made(app: Flask, *options: str) -> str:
    """A key of the administrator's, made by command."""
    code, out, err = run(app, "keys", "create", ADA, *options)
    assert code == 0, err
    return out.strip()


def status(app: Flask, key: str, path: str = "/me.json") -> int:
    """What a key opens."""
    return Api(app, key).get(path).status_code


def stored(key: str, column: Any) -> Any:
    """A column of a key's row."""
    return maintain(lambda work: work.scalar(select(column).where(ApiKey.digest == digest(key))))


def test_a_key_has_256_random_bits(app: Flask, world: World) -> None:
    keys = {made(app) for _ in range(3)}
    assert len(keys) == 3
    for key in keys:
        assert re.fullmatch(KEY_PREFIX + "[0-9a-f]{64}", key)


# --- where a key may stand ------------------------------------------------------------------------

PARAMETERS = ("key", "api_key", "apikey", "apiKey", "x-api-key", "token", "access_token", "auth")
PATHS = ("/me.json", "/tasks.json", "/odata/Task", "/calendar/none.ics", "/docs", "/none.json")


@pytest.mark.decision(9)
@pytest.mark.parametrize("path", PATHS)
def test_a_key_in_a_url_opens_nothing_and_is_not_repeated(
    app: Flask, world: World, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    key = world.key(world.admin)
    nobody, somebody = Api(app, None), Api(app, key)
    for name in PARAMETERS:
        answer = nobody.call("GET", f"{path}?{name}={key}")
        assert answer.status_code == nobody.get(path).status_code
        said = f"{answer.text}{answer.headers}"
        said += nobody.call("POST", f"{path}?{name}={key}", {name: key}).text
        said += somebody.call("GET", f"/tasks.json?filter={key}").text
        assert key not in said
    assert key not in caplog.text


def test_a_key_in_a_cookie_opens_nothing(app: Flask, world: World) -> None:
    key = world.key(world.admin)
    for name in PARAMETERS:
        answer = Api(app, None).call("GET", "/me.json", headers={"Cookie": f"{name}={key}"})
        assert answer.status_code == 401


WRONG = "tnd_" + "0" * 64


def test_keys_that_open_nothing_cannot_be_told_apart(app: Flask, world: World) -> None:
    """Unknown, revoked, expired, or of a deleted person: the same bytes and the same work."""
    gone = world.person()
    revoked, expired, orphan = made(app), made(app, "--expires", "1h"), world.key(gone)
    for key in (revoked, expired, orphan):
        assert status(app, key) == 200
    api = Api(app, made(app))
    assert api.delete(f"/people/{gone}.json").status_code == 200
    assert run(app, "keys", "revoke", ADA, "--ending", revoked[-4:])[0] == 0
    later(hours=1)
    for path in ("/me.json", "/odata/Task", "/tasks/1.json"):
        answers = []
        for key in (WRONG, revoked, expired, orphan):
            with counted() as statements:
                answer = Api(app, key).call("GET", path, headers={"X-Request-Id": "the-same"})
            answers.append((answer.data, answer.status, list(answer.headers), len(statements)))
        assert answers[0][1] == "401 UNAUTHORIZED"
        assert answers[1:] == answers[:1] * 3, path


# --- expiry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/me.json", "/tasks.json", "/odata/Task"])
def test_an_expired_key_opens_nothing_however_often_it_was_used(
    app: Flask, world: World, path: str
) -> None:
    """Whole answers and viewers are remembered: no longer than the key lasts."""
    key = made(app, "--expires", "2h")
    for _ in range(4):
        assert status(app, key, path) == 200
    later(hours=2, seconds=-1)
    assert status(app, key, path) == 200
    later(hours=2)
    assert status(app, key, path) == 401
    home = world.list()
    assert Api(app, key).post(f"/tasklists/{home}/tasks.json", {}).status_code == 401
    later()
    assert status(app, key, path) == 200


@pytest.mark.parametrize("text", ["yesterday", "2014-05-11", "0d", "90", ""])
def test_an_expiry_that_is_none(app: Flask, world: World, text: str) -> None:
    code, out, err = run(app, "keys", "create", ADA, "--expires", text)
    assert (code, out) == (2, "")
    assert "--expires" in err


@pytest.mark.covers("endpoint:POST /people/{id}/keys.json")
@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("90d", "2014-08-10T10:00:00Z"),
        ("2014-05-12", "2014-05-13T00:00:00Z"),
        ("2014-05-12T12:00:00+02:00", None),
        ("2014-05-12T12:00:01+02:00", "2014-05-12T10:00:01Z"),
        ("soon", None),
        (90, None),
        ("", ""),
    ],
)
def test_an_expiry_by_the_api(api: Api, said: Any, end: str | None) -> None:
    response = api.post("/people/1/keys.json", {"key": {"expires": said}})
    if end is None:
        assert response.status_code == 422
        assert "expires" in response.json["MESSAGE"]
        return
    assert response.status_code == 201
    assert api.get("/people/1/keys.json").json["keys"][-1]["expires-at"] == end


# --- rotation, listing, purging -------------------------------------------------------------------


@pytest.mark.parametrize(("grace", "works"), [((), 401), (("--grace", "24h"), 200)])
def test_rotation(app: Flask, world: World, grace: tuple[str, ...], works: int) -> None:
    old = made(app, "--read-only", "--expires", "90d")
    later(days=1)
    code, out, _ = run(app, "keys", "rotate", ADA, "--ending", old[-4:], *grace)
    new = out.strip()
    assert (code, status(app, new), status(app, old)) == (0, 200, works)
    assert Api(app, new).post("/projects.json", {}).status_code == 403, "as the old one"
    later(days=2)
    assert (status(app, new), status(app, old)) == (200, 401)
    later(days=91)
    assert status(app, new) == 401, "it lasts as long as the old one was to"


def test_a_grace_does_not_prolong_a_key(app: Flask, world: World) -> None:
    old = made(app, "--expires", "1h")
    assert run(app, "keys", "rotate", ADA, "--ending", old[-4:], "--grace", "7d")[0] == 0
    later(hours=1)
    assert status(app, old) == 401


def test_rotation_wants_one_key(app: Flask, world: World) -> None:
    maintain(lambda work: new_key(work, world.admin, fixed="one fixed key of ours abcd"))
    code, out, err = run(app, "keys", "rotate", ADA, "--ending", "abcd", "--grace", "1y")
    assert (code, out, "--grace" in err) == (2, "", True)
    code, out, err = run(app, "keys", "rotate", ADA, "--ending", "none")
    assert (code, out, "none" in err) == (1, "", True)
    maintain(lambda work: new_key(work, world.admin, fixed="another fixed key of ours abcd"))
    code, out, err = run(app, "keys", "rotate", ADA, "--ending", "abcd")
    assert (code, out, "2 keys" in err) == (1, "", True)


def test_the_list_of_a_persons_keys(app: Flask, world: World) -> None:
    key, other = made(app, "--expires", "2h"), made(app, "--read-only")
    run(app, "keys", "revoke", ADA, "--ending", other[-4:])
    Api(app, key).get("/me.json").close()
    code, out, _ = run(app, "keys", "list", ADA)
    assert code == 0
    assert [line.split("\t") for line in out.splitlines()[1:]] == [
        [f"tnd_…{key[-4:]}", "write", *(["2014-05-12 10:00"] * 2), "2014-05-12 12:00", "never"],
        [f"tnd_…{other[-4:]}", "read", "2014-05-12 10:00", *["never"] * 2, "2014-05-12 10:00"],
    ]
    assert key not in out
    assert digest(key) not in out


def test_old_keys_are_purged(app: Flask, world: World) -> None:
    revoked, expired, good = made(app), made(app, "--expires", "1h"), made(app, "--expires", "900d")
    run(app, "keys", "revoke", ADA, "--ending", revoked[-4:])
    later(days=300)
    assert "0 removed" in run(app, "keys", "purge")[2]
    later(days=366)
    assert "2 removed" in run(app, "keys", "purge")[2]
    assert [stored(key, ApiKey.id) is None for key in (revoked, expired, good)] == [
        True,
        True,
        False,
    ]
    assert status(app, good) == 200


# --- last use -------------------------------------------------------------------------------------


@pytest.mark.covers("endpoint:GET /people/{id}/keys.json")
def test_the_last_use_is_known_to_the_hour(app: Flask, world: World) -> None:
    key = made(app)
    api = Api(app, key)
    shown = []
    for minutes in (0, 30, 59.9, 60, 119.9, 121):
        later(minutes=minutes)
        api.get("/tasks.json").close()
        shown.append(api.get("/people/1/keys.json").json["keys"][-1]["last-used-at"][11:16])
    assert shown == ["10:00", "10:00", "10:00", "11:00", "11:00", "12:01"]


def test_one_write_an_hour_after_the_answer(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[int] = []
    write = key_use.maintain_unless_held

    def noting(task: Any, milliseconds: int) -> None:
        noted.append(1)
        write(task, milliseconds)

    monkeypatch.setattr(key_use, "maintain_unless_held", noting)
    api = Api(app, made(app))
    answers = [api.get("/tasks.json") for _ in range(2)]
    assert noted == [], "not before the answer was sent"
    for each in answers:
        each.close()
    for call in (api.get, api.delete):
        call("/tasks.json").close()
    assert len(noted) == 2, "two had begun before the first was noted"


def test_a_use_that_cannot_be_noted_hurts_nobody(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def failing(*_: Any) -> None:
        tries.append(1)
        raise OperationalError("UPDATE", {}, Exception("locked"))

    monkeypatch.setattr(key_use, "maintain_unless_held", failing)
    key = made(app)
    for minutes in (0, 1, 4, 5):
        later(minutes=minutes)
        answer = Api(app, key).get("/tasks.json")
        answer.close()
        assert answer.status_code == 200
    assert len(tries) == 2, "five minutes later it is tried again"
    assert stored(key, ApiKey.last_used_at) is None


def test_a_writer_at_work_is_not_waited_for(app: Flask, world: World) -> None:
    """The row is held by another transaction: the use is not noted, and nothing hangs."""
    key = made(app)
    answer = Api(app, key).get("/me.json")
    with db.engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE api_key SET read_only = read_only")
        answer.close()
    assert stored(key, ApiKey.last_used_at) is None
    assert status(app, key) == 200
