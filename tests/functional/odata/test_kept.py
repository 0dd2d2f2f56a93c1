"""What is kept from one request to the next never shows one viewer what another sees, nor what he
saw before his rights changed.
"""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from psycopg import RawCursor
from sqlalchemy import delete, update

from app.extensions import db
from app.models import Membership, Person, Task
from app.queries.prepared import Prepared
from app.queries.remembered import Memories
from app.services.execute import maintain
from tests.builders import World
from tests.counting import counted
from tests.odata import OData

TIMES = 3  # made, made to be kept, kept
LISTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("Task", {}),
    ("Task", {"orderby": "Name", "count": "true"}),
    ("Task", {"select": "Name", "orderby": "Name"}),
    ("Task", {"filter": "not IsDone", "expand": "Project($select=Name)"}),
    ("Task", {"apply": "aggregate($count as N)"}),
    ("Project", {"expand": "Tasks($select=Name)"}),
    ("DynamicTaskItem", {"select": "TaskItem_Name"}),
)


class House:
    """Two projects, three people: an administrator, one of both projects, one of the first."""

    def __init__(self, world: World, app: Flask) -> None:
        self.world = world
        self.mia, self.vic = world.person("Mia"), world.person("Vic")
        self.first = world.project("first", editor=(self.mia, self.vic))
        self.second = world.project("second", editor=(self.mia,))
        world.task(world.list(self.first), name="open to all")
        self.private = world.task(
            world.list(self.first), name="private", private=True, assignees=(self.mia,)
        )
        self.hers = world.task(world.list(self.second), name="hers")
        self.admin = OData(app, world.key(world.admin))
        self.clients = {
            "admin": self.admin,
            "mia": OData(app, world.key(self.mia)),
            "vic": OData(app, world.key(self.vic)),
            "reader": OData(app, world.key(self.mia, read_only=True)),
        }

    def answers(self, path: str, options: dict[str, str]) -> dict[str, Any]:
        """What each of them gets."""
        found = {name: each.get(path, **options) for name, each in self.clients.items()}
        return {name: (each.status_code, each.get_data()) for name, each in found.items()}

    def run(self, statement: Any) -> None:
        """Change the store below everything."""
        maintain(lambda work: work.connection.execute(statement))

    def names(self, client: str) -> set[str]:
        """The names of the tasks that one of them sees."""
        return {each["Name"] for each in self.clients[client].value("Task")}


@pytest.fixture
def house(world: World, app: Flask) -> House:
    """A store with secrets."""
    return House(world, app)


@pytest.mark.parametrize(("path", "options"), LISTS)
def test_everybody_gets_his_own(house: House, path: str, options: dict[str, str]) -> None:
    fresh = {}
    for name, client in house.clients.items():
        Memories.forget()
        client.app.extensions.pop("tandem_odata", None)  # with all plans
        response = client.get(path, **options)
        fresh[name] = (response.status_code, response.get_data())
    assert fresh["vic"] != fresh["mia"]
    for _ in range(TIMES):
        assert house.answers(path, options) == fresh


def test_tasks_by_key(house: House) -> None:
    keys = {each["Name"]: each["TaskItemId"] for each in house.admin.value("Task")}
    sees = {
        "open to all": {"admin", "mia", "vic", "reader"},
        "private": {"admin", "mia", "reader"},
        "hers": {"admin", "mia", "reader"},
    }
    for _ in range(TIMES):
        for name, who in sees.items():
            found = house.answers(f"Task({keys[name]})", {})
            assert {each for each, (status, _) in found.items() if status == 200} == who


WITH_KEYS = (
    "ProjectId eq {0}",
    "ProjectId eq {0} and IsDone eq false",
    "IsDone eq false and ProjectId eq {0}",
    "ProjectId eq {0} and ProjectId eq {1}",
    "ProjectId eq {0} or ProjectId eq {1}",
    "ProjectId eq {0} and IsDone eq false or ProjectId eq {1}",
    "not (ProjectId eq {0})",
    "ProjectId ne {0}",
    "ProjectId in ({0},{1})",
    "ProjectId eq {0} and contains(Name,'{1}') eq false",
    "Name eq {0}",
)


@pytest.mark.parametrize("text", WITH_KEYS)
@pytest.mark.parametrize(
    "more", [{}, {"select": "Name", "top": "1", "count": "true", "orderby": "Name desc"}]
)
def test_one_plan_for_many_keys(house: House, text: str, more: dict[str, str]) -> None:
    one, two = (each["ProjectId"] for each in house.admin.value("Project"))
    pairs = [(one, two), (two, one), (one, one), (two, two), (one.upper(), "0" * 8 + two[8:])]
    asked = [{"filter": text.format(*pair), **more} for pair in pairs]
    fresh = []
    for options in asked:
        Memories.forget()
        house.admin.app.extensions.pop("tandem_odata", None)  # with all plans
        fresh.append(house.answers("Task", options))
    for _ in range(TIMES):
        assert [house.answers("Task", options) for options in asked] == fresh


Change = Callable[[House], Any]
CHANGES: tuple[tuple[Change, str, set[str]], ...] = (
    (
        lambda house: house.run(delete(Membership).where(Membership.person_id == house.vic)),
        "vic",
        set(),
    ),
    (
        lambda house: house.run(update(Person).where(Person.id == house.vic).values(is_admin=True)),
        "vic",
        {"open to all", "hers"},
    ),
    (
        lambda house: house.run(
            update(Task).where(Task.id == house.private).values(lockdown_id=None, private=False)
        ),
        "vic",
        {"open to all", "private"},
    ),
    (
        lambda house: house.run(delete(Membership).where(Membership.project_id == house.second)),
        "mia",
        {"open to all", "private"},
    ),
)


@pytest.mark.parametrize(("change", "who", "after"), CHANGES)
def test_rights_that_change_between_two_requests(
    house: House, change: Change, who: str, after: set[str]
) -> None:
    for _ in range(TIMES):
        before = house.names(who)
    change(house)
    assert house.names(who) == after != before
    assert house.names("admin") == {"open to all", "private", "hers"}


def test_a_read_only_key_reads_what_is_kept_and_changes_nothing(house: House) -> None:
    for _ in range(TIMES):
        assert house.names("reader") == house.names("mia")
    key = house.clients["mia"].value("Task", filter="Name eq 'hers'")[0]["TaskItemId"]
    assert house.clients["reader"].patch(f"Task({key})", {"Name": "taken"}).status_code == 403
    assert house.clients["mia"].patch(f"Task({key})", {"Name": "renamed"}).status_code == 204
    assert "renamed" in house.names("reader")


def test_a_task_is_written_anew_when_a_name_changes(house: House) -> None:
    """Also one that is only shown in it."""
    mine = house.clients["mia"]
    for _ in range(TIMES):
        shown = {each["ContactDisplayName"] for each in mine.value("Task")}
    assert "Mia Person" in shown
    house.run(update(Person).where(Person.id == house.mia).values(first_name="Maria"))
    assert "Maria Person" in {each["ContactDisplayName"] for each in mine.value("Task")}


def test_what_a_write_undoes_is_not_kept(house: House) -> None:
    """The answer inside of a change set that fails is of a store that never was."""
    key = house.clients["mia"].value("Task", filter="Name eq 'hers'")[0]["TaskItemId"]
    change = {"id": "1", "atomicityGroup": "g", "method": "patch", "url": f"Task({key})"}
    headers = {"Prefer": "return=representation", "content-type": "application/json"}
    broken = {"id": "2", "atomicityGroup": "g", "method": "patch", "url": f"Task({key})"}
    batch = {
        "requests": [
            change | {"body": {"Name": "undone"}, "headers": headers},
            broken | {"body": {"nonsense": 1}, "headers": headers},
        ]
    }
    for _ in range(TIMES):
        assert house.clients["mia"].post("$batch", batch).status_code == 200
        assert house.names("mia") == {"open to all", "private", "hers"}


def test_a_list_of_what_is_known_reads_no_entity(house: House) -> None:
    """Key and state, epoch, page; the last not even these."""
    house.names("mia")
    house.names("mia")
    house.admin.patch(f"Project({house.admin.value('Project')[0]['ProjectId']})", {"Number": "7"})
    with counted() as statements:
        house.names("mia")
    assert not [each for each in statements if "description" in each]


def test_if_none_match_of_what_is_kept(house: House) -> None:
    for _ in range(TIMES):
        first = house.admin.get("Task")
    etag = first.headers["ETag"]
    same = house.admin.call("GET", "Task", headers={"If-None-Match": etag})
    assert (same.status_code, same.get_data(), same.headers["ETag"]) == (304, b"", etag)
    assert same.headers["Vary"] in first.headers["Vary"]
    for other in ("*", f'"x", {etag}'):
        assert house.admin.call("GET", "Task", headers={"If-None-Match": other}).status_code == 304
    assert house.admin.call("GET", "Task", headers={"If-None-Match": "x"}).status_code == 400
    house.world.task(house.world.list(house.first))
    changed = house.admin.call("GET", "Task", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_addresses_are_told_apart_as_they_were_sent(house: House) -> None:
    """An encoded slash is part of a key, a plain one is not."""
    for _ in range(TIMES):
        assert house.admin.get("Task/$count").get_data() == b"3"
        assert house.admin.get("Task%2F$count").status_code == 404


def test_what_depends_on_the_instant_is_asked_again(house: House, app: Flask) -> None:
    ask = {"filter": "EndDateTime gt now() or EndDateTime eq null", "select": "Name"}
    for _ in range(TIMES):
        assert house.admin.get("Task", **ask).status_code == 200
    with counted() as statements:
        house.admin.get("Task", **ask)
    assert any("FROM task" in each for each in statements)
    plain = {"filter": "EndDateTime eq null", "select": "Name"}
    for _ in range(TIMES):
        assert house.admin.get("Task", **plain).status_code == 200
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        with counted() as statements:
            house.admin.get("Task", **plain)
        assert not any("FROM task" in each for each in statements)


def test_the_next_page_is_sought_in_an_index(house: House) -> None:
    """However deep it is, it costs what the first one does."""
    sent: list[tuple[str, Any]] = []
    run = Prepared.rows

    def rows(self: Prepared, connection: Any, values: Any) -> Any:
        sent.append((self.sql, self._arguments(values)))
        return run(self, connection, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Prepared, "rows", rows)
        for _ in range(TIMES):
            Memories.forget()
            first = house.admin.call("GET", "Task", headers={"Prefer": "maxpagesize=1"}).json
            house.admin.value(first["@odata.nextLink"].partition("/odata/")[2])
    page = next(each for each in reversed(sent) if "t0.uid > " in each[0])
    plan = "; ".join(planned(*page))
    assert SOUGHT[db.engine.dialect.name] in plan
    assert "ORDER BY" not in plan
    assert "Sort" not in plan


SOUGHT = {"sqlite": "(uid>?)", "postgresql": "Index Cond: ((uid)::text > "}


def planned(statement: str, values: Any) -> list[str]:
    """How the database would run a statement on a large table."""
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if db.engine.dialect.name == "sqlite":
            return [each[3] for each in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
        for way in ("seqscan", "bitmapscan", "sort"):
            driver.execute(f"SET LOCAL enable_{way} = off")
        explained = RawCursor(driver).execute(f"EXPLAIN {statement}", values)  # type: ignore[arg-type]
        return [each[0] for each in explained]
