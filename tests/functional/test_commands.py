"""`flask` commands, run as an operator runs them, and what they leave for HTTP to see."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.clock import clock
from app.extensions import db
from app.models import Task
from app.seeding.bulk import seed_store
from app.seeding.sample import first_start
from tests.api import Api
from tests.builders import World


def run(app: Flask, *arguments: str) -> tuple[int, str, str]:
    """Run a command; gives exit code, stdout, stderr."""
    result = app.test_cli_runner().invoke(args=list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_person_with_a_key(app: Flask) -> None:
    assert run(app, "people", "add", "jo@example.com", "--admin")[0] == 0
    code, key, _ = run(app, "keys", "create", "JO@example.com")
    assert code == 0
    assert key.count("\n") == 1
    api = Api(app, key.strip())
    assert api.get("/me.json").json["person"]["email-address"] == "jo@example.com"
    assert run(app, "keys", "revoke", "jo@example.com")[0] == 0
    assert api.get("/me.json").status_code == 401
    assert run(app, "keys", "revoke", "jo@example.com")[0] == 1


@pytest.mark.decision(9)
def test_one_key_of_several_can_be_revoked(app: Flask, world: World) -> None:
    run(app, "people", "add", "jo@example.com")
    first, second = (run(app, "keys", "create", "jo@example.com")[1].strip() for _ in range(2))
    run(app, "keys", "revoke", "jo@example.com", "--ending", first[-4:])
    assert Api(app, first).get("/me.json").status_code == 401
    assert Api(app, second).get("/me.json").status_code == 200


@pytest.mark.decision(9)
def test_a_read_only_key(app: Flask, world: World) -> None:
    run(app, "people", "add", "bi@example.com", "--admin")
    key = run(app, "keys", "create", "bi@example.com", "--read-only")[1].strip()
    home = world.list()
    api = Api(app, key)
    assert api.get("/tasks.json").status_code == 200
    body = {"todo-item": {"content": "x"}}
    assert api.post(f"/tasklists/{home}/tasks.json", body).status_code == 403


@pytest.mark.decision(9)
def test_keys_are_stored_as_digests_only(app: Flask, world: World) -> None:
    key = world.key(world.admin)
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_key").fetchall()
    assert key not in repr(rows)


@pytest.mark.decision(7)
def test_membership_by_command(app: Flask, world: World) -> None:
    run(app, "people", "add", "jo@example.com")
    project = world.project()
    arguments = ("people", "join", "jo@example.com", str(project), "--role", "viewer")
    assert run(app, *arguments)[0] == 0
    key = run(app, "keys", "create", "jo@example.com")[1].strip()
    assert len(Api(app, key).get("/projects.json").json["projects"]) == 1


def test_commands_that_name_nothing_fail_in_words(app: Flask, world: World) -> None:
    for arguments in (
        ("keys", "create", "nobody@example.com"),
        ("people", "join", "nobody@example.com", "1"),
        ("keys", "revoke", "nobody@example.com"),
    ):
        code, out, err = run(app, *arguments)
        assert (code, out) == (1, "")
        assert "nobody@example.com" in err


def test_the_first_start(app: Flask) -> None:
    code, out, _ = run(app, "start")
    assert code == 0
    key = next(line for line in out.splitlines() if "API key" in line).rpartition(" ")[2]
    assert f"curl -u {key}:x http://127.0.0.1:8000/tasklists/1/tasks.json" in out
    api = Api(app, key)
    for name in ("overdue", "today", "tomorrow", "within7", "within30", "nodate", "completed"):
        assert api.names("/tasks.json", filter=name), name
    assert len(api.names("/tasks.json", includeCompletedTasks="yes")) == 12
    assert len(api.get("/people.json").json["people"]) == 2
    again = run(app, "start")[1]
    assert "API key" not in again


def test_a_first_start_after_another_command(app: Flask) -> None:
    run(app, "people", "add", "jo@example.com")
    assert "API key" in run(app, "start")[1]


@pytest.mark.decision(15)
def test_the_first_day_of_the_week(app: Flask, world: World, api: Api) -> None:
    assert run(app, "account", "--week-start", "sunday")[0] == 0
    assert api.get("/authenticate.json").json["account"]["startonsundays"] is True
    run(app, "account", "--week-start", "monday")
    assert api.get("/authenticate.json").json["account"]["startonsundays"] is False


def test_settings_of_the_first_start(app: Flask) -> None:
    key = "tnd_a_key_of_my_own_choice"
    settings = app.config["TANDEM"]
    fixed = type(settings)(admin_key=key, sample="0")
    made = first_start(fixed)
    assert made is not None
    assert (made.key, made.list_id) == (key, None)
    assert Api(app, key).get("/projects.json").json["projects"] == []


def test_seed_is_deterministic(app: Flask, world: World) -> None:
    def content() -> list[object]:
        with db.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT uid, name, list_id, due_on, position FROM task ORDER BY id"
            )
            return [tuple(row) for row in rows]

    seed_store(300, 7, "UTC", lambda _: None)
    first = content()
    assert len(first) == 300
    code, _, err = run(app, "seed", "--tasks", "10", "--seed", "7")
    assert code == 1
    assert "seed 7" in err
    assert run(app, "seed", "--tasks", "10", "--seed", "8")[0] == 0
    assert content()[:300] == first
    api = Api(app, world.key(world.admin))
    assert api.get("/tasks.json").status_code == 200
    home = api.get("/projects/1/tasklists.json").json["tasklists"][0]["id"]
    body = {"todo-item": {"content": "after the seed"}}
    assert api.post(f"/tasklists/{home}/tasks.json", body).status_code == 201


@pytest.mark.decision(1, 5)
def test_purge(app: Flask, world: World, api: Api) -> None:
    home = world.list()
    parent = world.task(home, tags=("a",), private=True, assignees=(1,))
    world.task(parent=parent, predecessors=((world.task(home), "complete"),))
    world.note(parent, world.admin)
    api.delete(f"/tasks/{parent}.json")
    assert run(app, "purge")[2].startswith("0 ")
    clock.fix(datetime(2014, 5, 12, tzinfo=UTC) + timedelta(days=60))
    assert run(app, "purge", "--older-than", "30")[2].startswith("2 ")
    assert api.get(f"/tasks/{parent}.json", showDeleted="yes").status_code == 404
    assert world.task(home) > parent + 2
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM note").scalar() == 0


@pytest.mark.decision(1)
def test_every_task_has_two_addresses(world: World) -> None:
    uids = {world.row(world.task(), "uid") for _ in range(5)}
    assert len(uids) == 5
    assert all(len(uid) == 36 and uid[14] == "7" for (uid,) in uids)
    assert Task.__table__.c.uid.unique
