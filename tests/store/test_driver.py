"""Statements that go straight to the driver: defaults, what the store refuses, lost connections."""

import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from app.errors import Conflict, Unavailable
from app.extensions import db
from app.models import Assignment, Follower, Person, Tag, Task
from app.models.base import Row, new_uid
from app.queries.connection import open_connection
from app.services import loads
from app.services.commands import AddTask, EditTask, TaskChanges
from app.services.execute import TRIES, execute, maintain, together
from app.services.statements import defaults, stamps
from app.services.work import Work
from tests import stricter
from tests.builders import World
from tests.store.neighbours import OTHER_UID, UID, Cast, cast, row, rows

NOW = datetime(2014, 5, 12, 10, 0, tzinfo=UTC)
MODELS = [mapper.class_ for mapper in Row.registry.mappers]


@pytest.fixture
def here(world: World) -> Cast:
    """A project with people, a list and a task."""
    return cast(world)


def locked(engine: str) -> Exception:
    """What the driver raises when another try may succeed."""
    if engine == "sqlite":
        return sqlite3.OperationalError("database is locked")
    return psycopg.errors.DeadlockDetected("deadlock detected")


# --- defaults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model", sorted(MODELS, key=lambda model: model.__name__), ids=lambda model: model.__name__
)
def test_every_default_of_a_model_is_stated(model: Any) -> None:
    """SQLAlchemy, which knows them all, is not there to fill them in."""
    table = model.__table__
    known = {*defaults(table, ()), *stamps(model, NOW)}
    assert {column.name for column in table.columns if column.default is not None} <= known


def test_a_row_has_the_defaults_of_its_model(world: World, here: Cast) -> None:
    made = maintain(
        lambda work: work.insert(Task, name="x", list_id=here.list, creator_id=here.editor)
    )
    stored = row(Task, made)
    assert len(stored["uid"]) == 36
    assert stored["created_at"] == stored["changed_at"] == NOW
    for name, value in defaults(Task.__table__, ()).items():
        if name != "stamp":  # a trigger's
            assert stored[name] == value and type(stored[name]) is type(value), name


def test_a_link_has_them_too(here: Cast) -> None:
    link = {"task_id": here.task, "person_id": here.editor}
    for _ in range(2):  # the second time it is there already
        maintain(lambda work: work.insert_links(Follower, [link]))
    assert rows(Follower) == [{**link, "comments": False, "changes": False}]


def test_tags_made_together_have_guids_of_their_own(here: Cast) -> None:
    names = ("a", "b", "c")
    maintain(
        lambda work: work.insert_links(
            Tag, ({"name": name, "name_key": name, "color": 0} for name in names)
        )
    )
    assert len({each["uid"] for each in rows(Tag)}) == 3


# --- many rows ------------------------------------------------------------------------------------

TEXTS = (
    "plain",
    "tab\there",
    "line\nbreak",
    "back\\slash \\N",
    "\"quoted\", 'twice'",
    "Zoë 漢字",
    "",
)


@pytest.mark.parametrize("number", [1, loads.COPY_FROM - 1, loads.COPY_FROM, 100])
def test_many_rows_as_if_one_by_one(here: Cast, number: int) -> None:
    wanted = [
        {
            "uid": new_uid(),
            "list_id": here.list,
            "creator_id": here.editor,
            "name": TEXTS[n % len(TEXTS)],
            "due_on": None if n % 3 == 0 else date(2014, 5, 1 + n % 28),
            "due_at": None if n % 3 == 0 else NOW + timedelta(microseconds=n),
            "work_hours": n / 4,
            "billable": n % 2 == 0,
            "priority": None if n % 2 else n % 4,
        }
        for n in range(number)
    ]
    maintain(lambda work: work.insert_many(Task, wanted))
    found = {each["uid"]: each for each in rows(Task)}
    for each in wanted:
        stored = found[each["uid"]]
        assert {name: stored[name] for name in each} == each
        assert (stored["version"], stored["progress"], stored["private"]) == (1, 0, False)
        assert stored["created_at"] == stored["changed_at"] == NOW


@pytest.mark.parametrize("number", [1, loads.COPY_FROM - 1, loads.COPY_FROM, 100])
def test_links_that_may_be_there_already(world: World, here: Cast, number: int) -> None:
    """Those that are stay as they were, and one that comes twice is one."""
    tasks = [here.task, *(world.task(here.list, f"task {n}") for n in range(number - 1))]
    follower = {"person_id": here.editor, "changes": False}
    maintain(lambda work: work.insert_links(Follower, [follower | {"task_id": here.task}]))
    links = [{"person_id": here.editor, "task_id": task, "changes": True} for task in tasks]
    maintain(lambda work: work.insert_links(Follower, links + links[:1]))
    found = {each["task_id"]: each for each in rows(Follower)}
    assert len(rows(Follower)) == len(found) == number
    assert [found[task]["changes"] for task in tasks] == [False, *[True] * (number - 1)]
    assert {each["comments"] for each in found.values()} == {False}, "the default of the column"


def test_no_rows(here: Cast) -> None:
    def task(work: Work) -> None:
        work.insert_many(Task, [])
        work.insert_links(Follower, [])
        work.put_each(Task, {}, versioned=True)
        work.touch([])

    maintain(task)
    assert row(Task, here.task)["version"] == 1


# --- what the store refuses -----------------------------------------------------------------------


def one_uid_twice(work: Work) -> None:
    """Rows that cannot both be."""
    person = {"task_id": 1, "person_id": 1}
    work.insert(Assignment, uid=UID, **person)
    work.insert(Assignment, uid=OTHER_UID, **person)


def no_such_list(work: Work) -> None:
    """A row that names another one that is not there."""
    work.insert(Task, name="x", list_id=99, creator_id=1)


def one_twice_among_many(work: Work) -> None:
    """As one_uid_twice, in one load."""
    rows = [{"task_id": 1, "person_id": 1, "uid": new_uid()} for _ in range(20)]
    work.insert_many(Assignment, rows)


REFUSED = [one_uid_twice, no_such_list, one_twice_among_many]


@pytest.mark.parametrize("task", REFUSED, ids=lambda task: task.__name__)
def test_a_constraint_is_a_conflict(here: Cast, task: Any) -> None:
    with pytest.raises(Conflict, match="contradicts what is stored"):
        maintain(task)
    assert rows(Assignment) == []
    assert len(rows(Task)) == 1


@pytest.mark.parametrize("task", REFUSED, ids=lambda task: task.__name__)
@pytest.mark.parametrize("before", [False, True], ids=["first", "second"])
def test_the_caller_lives_on(world: World, here: Cast, task: Any, before: bool) -> None:
    """What was refused is gone; what was done before and after it stays."""
    viewer = world.viewer()
    rename = EditTask(task_id=here.task, changes=TaskChanges(name="before"))

    def work() -> None:
        if before:
            execute(rename, viewer)
        with pytest.raises(Conflict):
            maintain(task)
        execute(AddTask(TaskChanges(name="after"), list_id=here.list), viewer)

    together(work, viewer)
    names = [each["name"] for each in rows(Task)]
    assert names == ["before" if before else "a task", "after"]
    assert rows(Assignment) == []


def test_the_caller_of_several_lives_on(world: World, here: Cast) -> None:
    """A group within the transaction goes away as a whole, with what it had done."""
    viewer = world.viewer()

    def add(name: str) -> None:
        execute(AddTask(TaskChanges(name=name), list_id=here.list), viewer)

    def group() -> None:
        add("in the group")
        maintain(no_such_list)

    def work() -> None:
        for _ in range(2):
            with pytest.raises(Conflict):
                together(group, viewer)
        add("first")
        with pytest.raises(Conflict):
            together(group, viewer)
        add("second")

    together(work, viewer)
    assert [each["name"] for each in rows(Task)] == ["a task", "first", "second"]


# --- what passes, what does not -------------------------------------------------------------------


def test_it_is_tried_again(here: Cast, engine_name: str) -> None:
    tries = []

    def task(work: Work) -> int:
        work.put(Task, here.task, name=f"try {len(tries)}")
        tries.append(work)
        if len(tries) < 3:
            raise locked(engine_name)
        return work.insert(Task, name="made", list_id=here.list, creator_id=here.editor)

    with stricter.spared():
        maintain(task)
    assert [each["name"] for each in rows(Task)] == ["try 2", "made"]


def test_not_for_ever(here: Cast, engine_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.execute.time.sleep", lambda _: None)
    tries = []

    def task(work: Work) -> None:
        tries.append(work)
        raise locked(engine_name)

    with pytest.raises(Unavailable) as caught:
        maintain(task)
    assert isinstance(caught.value.__cause__, type(locked(engine_name)))
    assert len(tries) == TRIES


def test_a_mistake_is_not_tried_again(here: Cast) -> None:
    tries = []

    def task(work: Work) -> None:
        tries.append(work)
        work.connection.connection.driver_connection.execute("SELECT nothing FROM nowhere")

    with pytest.raises((sqlite3.OperationalError, psycopg.errors.UndefinedTable)):
        maintain(task)
    assert len(tries) == 1
    assert rows(Task, id=here.task)


def lose(work: Work) -> None:
    """Let the server end the session that works."""
    with db.engine.connect() as other:
        pid = work.connection.connection.driver_connection.info.backend_pid
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


@pytest.mark.parametrize("joined", [False, True], ids=["alone", "joined"])
@pytest.mark.parametrize("untouched", [False, True], ids=["later", "first"])
def test_a_lost_connection_is_not_used_again(
    world: World, here: Cast, engine_name: str, joined: bool, untouched: bool
) -> None:
    if engine_name == "sqlite":
        pytest.skip("there is no server that could close it")
    viewer, thrown_away = world.viewer(), []

    def task(work: Work) -> None:
        if not untouched:
            work.put(Task, here.task, name="lost")
        lose(work)
        work.put(Task, here.task, name="never")

    def remember(connection: Any, _record: object, _cause: object) -> None:
        thrown_away.append(connection)

    event.listen(db.engine, "invalidate", remember)
    try:
        with pytest.raises((psycopg.OperationalError, DBAPIError)):
            together(lambda: maintain(task), viewer) if joined else maintain(task)
    finally:
        event.remove(db.engine, "invalidate", remember)
    assert [connection.closed for connection in thrown_away] == [True]
    assert open_connection() is None
    assert row(Task, here.task)["name"] == "a task"
    execute(EditTask(task_id=here.task, changes=TaskChanges(name="after")), viewer)
    assert row(Task, here.task)["name"] == "after"
    with db.engine.connect() as connection:
        assert connection.execute(select(Person.id)).first() is not None
