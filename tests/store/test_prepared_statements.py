"""What is prepared on a connection to PostgreSQL outlives a refused write, and no change of a table
(app/extensions.py).
"""

from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from app.errors import NotFound
from app.extensions import KEPT_STATEMENTS, db
from app.services.execute import maintain
from app.services.work import Work
from tests.builders import World

COUNT = "SELECT count(*) FROM task WHERE id > %s"


@pytest.fixture
def engine_name() -> str:
    """SQLite's driver keeps its statements whatever happens."""
    return "postgresql"


@pytest.fixture
def driver(world: World) -> Any:
    """A connection of the pool that has a statement prepared, and has committed."""
    with db.engine.connect() as connection:
        found: Any = connection.connection.driver_connection
        for _ in range(7):
            found.execute(COUNT, (0,))
        found.commit()
        assert COUNT.replace("%s", "$1") in prepared(found)
        yield found
        found.rollback()


def prepared(driver: Any) -> list[str]:
    """The statements that the server has prepared for the connection."""
    found = driver.execute("SELECT statement FROM pg_prepared_statements", prepare=False).fetchall()
    driver.commit()
    return [statement for (statement,) in found]


def test_a_rollback_leaves_them(driver: Any) -> None:
    before = prepared(driver)
    driver.execute("SAVEPOINT here")
    driver.execute("ROLLBACK TO SAVEPOINT here")
    with pytest.raises(psycopg.errors.DivisionByZero):
        driver.execute("SELECT 1 / 0")
    driver.rollback()
    assert prepared(driver) == before
    assert driver.execute(COUNT, (0,)).fetchone() == (0,)


def test_a_refused_command_leaves_them(driver: Any) -> None:
    def refuse(work: Work) -> None:
        with pytest.raises(psycopg.errors.DivisionByZero):
            work.connection.connection.driver_connection.execute("SELECT 1 / 0")
        raise NotFound("nothing")

    sessions = set[int]()
    for _ in range(8):
        maintain(lambda work: sessions.add(work.all(text("SELECT pg_backend_pid()"))[0][0]))
        with pytest.raises(NotFound):
            maintain(refuse)
    assert len(sessions) == 1
    kept = maintain(
        lambda work: [
            each[0]
            for each in work.connection.connection.driver_connection.execute(
                "SELECT statement FROM pg_prepared_statements"
            ).fetchall()
        ]
    )
    assert any("pg_backend_pid" in each for each in kept)


def test_a_changed_table_is_planned_anew(driver: Any) -> None:
    """Also one that was changed in a transaction which was undone."""
    select = "SELECT * FROM changing WHERE 1 = %s"
    driver.execute("CREATE TEMPORARY TABLE changing (a integer)")
    driver.commit()
    for _ in range(7):
        driver.execute(select, (1,))
    driver.execute("ALTER TABLE changing ADD COLUMN b integer")
    assert driver.execute(select, (1,)).description[1].name == "b"
    driver.rollback()
    assert len(driver.execute(select, (1,)).description) == 1
    driver.execute("DROP TABLE changing")
    driver.commit()


def test_the_oldest_go_when_there_are_too_many(driver: Any) -> None:
    for number in range(KEPT_STATEMENTS + 20):
        driver.execute(f"SELECT {number} + %s::integer", (1,), prepare=True)
    driver.commit()
    assert len(prepared(driver)) <= KEPT_STATEMENTS
    assert driver.execute(COUNT, (0,)).fetchone() == (0,)
