"""A connection that PostgreSQL has closed is replaced before anybody notices."""

import pytest
from sqlalchemy import text

from app.extensions import db
from tests.api import Api
from tests.builders import World


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_connections_that_the_server_closed(world: World, api: Api) -> None:
    task = world.task()
    assert api.get(f"/tasks/{task}.json").status_code == 200
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    with db.engine.connect() as connection:
        connection.execute(
            text(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
        )
    assert api.put(f"/tasks/{task}.json", {"todo-item": {"content": "x"}}).status_code == 200
    assert api.task(task)["content"] == "x"
