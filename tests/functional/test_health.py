"""/healthz and /readyz, with databases that go away, do not answer, and come back."""

import socket
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app
from app.config import Settings
from app.docs.health import HEAD, readiness
from app.extensions import db
from app.queries.monitoring import Readiness
from tests.builders import World
from tests.cluster.postgres import Postgres, open_folder, system_user, until
from tests.conftest import empty_store
from tests.live import serving

SOON = 10.0  # seconds in which readiness follows the database


def ready(app: Flask) -> int:
    """The status of /readyz, asked anew."""
    readiness().forget()
    answer = app.test_client().get("/readyz")
    assert answer.json == {"status": "ok" if answer.status_code == 200 else "unavailable"}
    return answer.status_code


def say(statement: str) -> None:
    """Run a statement on the store."""
    with db.engine.connect().execution_options(write=True) as connection:
        connection.execute(text(statement))
        connection.commit()


def test_a_store_that_is_set_up_is_ready(app: Flask, world: World) -> None:
    assert ready(app) == 200
    assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_an_empty_store_is_not_ready(app: Flask, engine_name: str) -> None:
    empty_store(engine_name)
    assert ready(app) == 503


@pytest.mark.parametrize(("version", "status"), [("0001", 503), ("", 503), ("9999", 200)])
def test_an_older_schema_is_not_ready(version: str, status: int, app: Flask, world: World) -> None:
    """A newer one is: servers are replaced one by one after the store was migrated."""
    say(f"UPDATE alembic_version SET version_num = '{version}'")
    try:
        assert ready(app) == status
    finally:
        say(f"UPDATE alembic_version SET version_num = '{HEAD}'")


def test_the_database_is_asked_once_a_second(app: Flask, world: World, engine_name: str) -> None:
    now = [0.0]
    asked = Readiness(HEAD, lambda: now[0])
    assert asked.ready()
    empty_store(engine_name)
    now[0] = 0.9
    assert asked.ready()
    now[0] = 1.1
    assert not asked.ready()


def test_a_database_that_does_not_answer_is_not_waited_for() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        url = f"postgresql://postgres@127.0.0.1:{silent.getsockname()[1]}/tandem"
        client = create_app(Settings(database_url=url)).test_client()
        begun = time.monotonic()
        assert client.get("/readyz").status_code == 503
        assert time.monotonic() - begun < SOON
        assert client.get("/healthz").status_code == 200


def test_readiness_follows_the_database(tmp_path: Path) -> None:
    user = system_user()
    with open_folder(user) as folder:
        postgres = Postgres(folder, "primary", user)
        postgres.initialise()
        try:
            with serving(tmp_path, database_url=postgres.url, TANDEM_SAMPLE="0") as server:

                def status(path: str = "/readyz") -> int:
                    return server.call("GET", path).status_code

                postgres.control("-m", "fast", "stop")
                until(lambda: status() == 503, "not ready", SOON)
                assert status("/healthz") == 200
                assert status("/tasks.json") in (500, 503)
                postgres.start()
                until(lambda: status() == 200, "ready again", SOON)
                assert status("/tasks.json") == 200
        finally:
            postgres.control("-m", "fast", "stop")
