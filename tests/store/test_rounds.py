"""Requests side by side: their commands share a transaction, and each is what it would be alone."""

import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text, update

from app.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from app.extensions import STATEMENT_SECONDS, db
from app.models import Activity, Task
from app.queries.connection import open_connection, reading, sharing
from app.services import execute as door
from app.services import rounds
from app.services.commands import AddTask, EditTask, TaskChanges
from app.services.execute import execute, maintain, side_by_side, together
from app.services.work import Restart, Work
from tests.builders import World
from tests.store.neighbours import UID, Cast, cast, row, rows

Begun = list[Connection]


@pytest.fixture
def engine_name() -> str:
    """PostgreSQL commits the transactions of several sessions at once by itself."""
    return "sqlite"


@pytest.fixture
def here(world: World) -> Cast:
    """A project with people, a list and a task."""
    return cast(world)


@pytest.fixture
def begun(here: Cast, monkeypatch: pytest.MonkeyPatch) -> Begun:
    """The transactions that are begun from now on."""
    made: Begun = []
    real = door._transaction

    @contextmanager
    def counted() -> Iterator[Connection]:
        with real() as connection:
            made.append(connection)
            yield connection

    monkeypatch.setattr(door, "_transaction", counted)
    return made


class Requests:
    """Requests that are run side by side; what became of each, in their order."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], Any]] = []
        self.outcomes: list[Any] = []

    def add(self, *calls: Callable[[], Any]) -> "Requests":
        """More requests."""
        self.calls += calls
        return self

    def run(self) -> list[Any]:
        """What they gave or raised."""
        self.outcomes = [None] * len(self.calls)
        side_by_side(lambda place=place: self._answer(place) for place in range(len(self.calls)))
        return self.outcomes

    def _answer(self, place: int) -> None:
        with sharing():
            try:
                self.outcomes[place] = self.calls[place]()
            except Exception as error:
                self.outcomes[place] = error


def adding(world: World, here: Cast, name: str, **more: Any) -> Callable[[], int]:
    """A request that adds a task."""
    command = AddTask(TaskChanges(name=name, **more), list_id=here.list)
    return lambda: execute(command, world.viewer(here.editor))


def names() -> list[str]:
    """The names of all tasks but the first."""
    return [each["name"] for each in rows(Task)][1:]


def heard_of() -> int:
    """How many things that happened are written down."""
    return len(rows(Activity))


def test_they_share_a_transaction(world: World, here: Cast, begun: Begun) -> None:
    asked = Requests().add(*(adding(world, here, name) for name in "abc"))
    before = heard_of()
    assert asked.run() == [each["id"] for each in rows(Task)][1:]
    assert names() == ["a", "b", "c"]
    assert len(begun) == 1
    assert heard_of() == before + 3
    assert open_connection() is None


def test_each_acts_for_itself(world: World, here: Cast, begun: Begun) -> None:
    def adding_for(person: int, **more: Any) -> Callable[[], Any]:
        viewer = world.viewer(person, **more)
        return lambda: execute(AddTask(TaskChanges(name="x"), list_id=here.list), viewer)

    people = (here.editor, here.viewer, here.stranger, here.manager)
    asked = Requests().add(*map(adding_for, people), adding_for(here.manager, read_only=True))
    made, forbidden, hidden, also_made, refused = asked.run()
    kinds = [type(each) for each in (forbidden, hidden, refused)]
    assert kinds == [Forbidden, NotFound, Forbidden]
    added = {each["id"]: each["creator_id"] for each in rows(Task)[1:]}
    assert added == {made: here.editor, also_made: here.manager}
    assert len(begun) == 1


def test_before_and_after_nothing_of_others_is_seen(world: World, here: Cast, begun: Begun) -> None:
    seen = []

    def asked(name: str) -> None:
        def look() -> None:
            assert open_connection() is None
            with reading() as connection:
                seen.append(list(connection.execute(text("SELECT name FROM task")).scalars())[1:])

        look()
        execute(AddTask(TaskChanges(name=name), list_id=here.list), world.viewer())
        with db.engine.connect() as other:  # what is answered is kept
            assert name in other.execute(text("SELECT name FROM task")).scalars().all()
        look()

    asked_for = Requests().add(lambda: asked("a"), lambda: asked("b"))
    assert asked_for.run() == [None, None]
    assert seen == [[], [], ["a", "b"], ["a", "b"]]
    assert len(begun) == 1


def test_who_is_refused_leaves_the_others(world: World, here: Cast, begun: Begun) -> None:
    def broken(work: Work) -> None:
        work.put(Task, here.task, name="never")
        raise ZeroDivisionError

    viewer = world.viewer(here.editor)
    wrong = EditTask(
        task_id=here.task,
        changes=TaskChanges(name="never", comment_followers=(here.stranger,)),
    )
    asked = Requests().add(
        adding(world, here, "a", uid=UID),
        adding(world, here, "never", uid=UID),
        lambda: execute(wrong, viewer),
        lambda: maintain(broken),
        adding(world, here, "b"),
    )
    made, conflict, invalid, error, also_made = asked.run()
    kinds = [type(each) for each in (conflict, invalid, error)]
    assert kinds == [Conflict, Invalid, ZeroDivisionError]
    assert [each["id"] for each in rows(Task)] == [here.task, made, also_made]
    assert names() == ["a", "b"]
    assert row(Task, here.task)["name"] != "never"
    assert len(begun) == 1


@pytest.mark.parametrize("lives_on", [True, False], ids=["caught", "raised"])
@pytest.mark.parametrize("first", [True, False], ids=["at first", "later"])
def test_several_commands_of_one(
    world: World, here: Cast, begun: Begun, first: bool, lives_on: bool
) -> None:
    """What is refused inside, and what is taken back with it, is of that request alone."""
    viewer = world.viewer(here.editor)
    refused = AddTask(TaskChanges(name="never", uid=UID), list_id=here.list)

    def several() -> None:
        if not first:
            execute(AddTask(TaskChanges(name="mine"), list_id=here.list), viewer)
        if not lives_on:
            execute(refused, viewer)
        with pytest.raises(Conflict):
            execute(refused, viewer)
        execute(AddTask(TaskChanges(name="last"), list_id=here.list), viewer)

    asked = Requests().add(
        adding(world, here, "a", uid=UID),
        lambda: together(several, viewer),
        adding(world, here, "b"),
    )
    outcome = asked.run()[1]
    mine = (["mine"] if not first else []) + ["last"] if lives_on else []
    assert names() == ["a", *mine, "b"]
    assert type(outcome) is (type(None) if lives_on else Conflict)
    assert len(begun) == 1


def test_what_has_to_begin_again_does_so_alone(world: World, here: Cast, begun: Begun) -> None:
    tries = []

    def moved(work: Work) -> str:
        work.put(Task, here.task, name=f"moved {len(tries)}")
        tries.append(work)
        if len(tries) < 3:
            raise Restart
        return "moved"

    asked = Requests().add(
        adding(world, here, "a"), lambda: maintain(moved), adding(world, here, "b")
    )
    assert asked.run()[1] == "moved"
    assert names() == ["a", "b"]
    assert row(Task, here.task)["name"] == "moved 2"
    assert len(begun) == 3


def once(fail: Callable[[Work], None]) -> Callable[[], Any]:
    """A request that fails at its first try after it has written."""
    tries: list[Work] = []

    def task(work: Work) -> int:
        tries.append(work)
        work.put(Task, 1, name=f"try {len(tries)}")
        if len(tries) == 1:
            fail(work)
        return len(tries)

    return lambda: maintain(task)


def rolls_back(work: Work) -> None:
    """As SQLite does itself when the disk is full."""
    work.connection.connection.driver_connection.rollback()


def breaks(_: Work) -> None:
    """The store fails, and the transaction lives."""
    raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.parametrize("fail", [rolls_back, breaks])
def test_when_the_transaction_is_lost_each_goes_alone(
    world: World, here: Cast, begun: Begun, fail: Callable[[Work], None]
) -> None:
    asked = Requests().add(adding(world, here, "a"), once(fail), adding(world, here, "b"))
    made, tries, also_made = asked.run()
    assert tries == 2
    assert [each["id"] for each in rows(Task)] == [here.task, made, also_made]
    assert names() == ["a", "b"]
    assert row(Task, here.task)["name"] == "try 2"
    assert len(begun) == 4


@pytest.mark.parametrize("written", [False, True], ids=["at its beginning", "at its commit"])
@pytest.mark.parametrize("error", [sqlite3.OperationalError("database is locked"), ValueError()])
def test_when_there_is_no_transaction_each_goes_alone(
    world: World,
    here: Cast,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    written: bool,
) -> None:
    real, failed = door._transaction, []

    @contextmanager
    def failing() -> Iterator[Connection]:
        if failed:
            with real() as connection:
                yield connection
            return
        failed.append(error)
        if written:
            with real() as connection:
                yield connection
                raise error
        raise error

    monkeypatch.setattr(door, "_transaction", failing)
    asked = Requests().add(adding(world, here, "a"), adding(world, here, "b"))
    assert asked.run() == [each["id"] for each in rows(Task)][1:]
    assert names() == ["a", "b"]
    assert failed


ENDLESS = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n)"


@pytest.mark.parametrize(
    ("statement", "transactions"),
    [(f"SELECT {ENDLESS}", 1), (f"UPDATE task SET name = {ENDLESS}", 4)],
    ids=["a read", "a write"],
)
def test_who_takes_too_long_is_told_so_and_the_others_are_not(
    world: World, here: Cast, begun: Begun, statement: str, transactions: int
) -> None:
    """A write that is interrupted takes the whole transaction with it; what took so long once goes
    last then.
    """
    order = []

    def slow() -> None:
        token = STATEMENT_SECONDS.set(0.05)
        try:
            maintain(lambda work: work.connection.connection.driver_connection.execute(statement))
        finally:
            order.append("slow")
            STATEMENT_SECONDS.reset(token)

    def quick(name: str) -> None:
        adding(world, here, name)()
        order.append(name)

    asked = Requests().add(partial(quick, "a"), slow, partial(quick, "b"))
    assert isinstance(asked.run()[1], Unavailable)
    assert names() == ["a", "b"]
    assert len(begun) == transactions
    assert order == (["a", "slow", "b"] if transactions == 1 else ["a", "b", "slow"])


@pytest.mark.parametrize("error", [MemoryError(), ZeroDivisionError()])
def test_whatever_goes_wrong_nobody_is_forgotten(
    world: World, here: Cast, begun: Begun, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    real, tries = rounds._saved, []

    def failing(*asked: Any) -> Any:
        tries.append(asked)
        if len(tries) == 2:
            raise error
        return real(*asked)

    monkeypatch.setattr(rounds, "_saved", failing)
    asked = Requests().add(*(adding(world, here, name) for name in "abcd"))
    made = asked.run()
    assert names() == ["a", "c", "d", "b"]
    assert sorted(made) == [each["id"] for each in rows(Task)][1:]
    assert len(begun) == 5


def test_a_request_that_raises_does_not_end_the_others(
    world: World, here: Cast, begun: Begun
) -> None:
    def broken() -> None:
        adding(world, here, "b")()
        raise ZeroDivisionError

    done: list[int] = []
    add = (adding(world, here, name) for name in "ac")
    first, last = (lambda act=act: done.append(act()) for act in add)
    side_by_side([first, broken, last])
    assert names() == ["a", "b", "c"]
    assert len(done) == 2


@pytest.mark.parametrize("together_with_others", [False, True], ids=["alone", "in a round"])
def test_after_a_commit_that_failed_others_can_write(
    world: World, here: Cast, together_with_others: bool
) -> None:
    """Also when SQLAlchemy took part, which keeps its transaction until it is told."""

    def dangling() -> None:
        def task(work: Work) -> None:
            work.connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            work.run(update(Task).where(Task.id == here.task).values(list_id=10**6))

        maintain(task)

    asked = Requests().add(dangling)
    if together_with_others:
        asked.add(adding(world, here, "a"))
    assert isinstance(asked.run()[0], Conflict)
    assert row(Task, here.task)["list_id"] == here.list
    maintain(lambda work: work.run(update(Task).where(Task.id == here.task).values(name="after")))
    assert row(Task, here.task)["name"] == "after"
    assert names() == (["a"] if together_with_others else [])


def test_a_request_joins_once(world: World, here: Cast, begun: Begun) -> None:
    def two() -> list[int]:
        return [adding(world, here, name)() for name in ("b", "c")]

    made, several = Requests().add(adding(world, here, "a"), two).run()
    assert [each["id"] for each in rows(Task)][1:] == [made, *several]
    assert len(begun) == 2


def test_who_is_alone_goes_alone(world: World, here: Cast, begun: Begun) -> None:
    asked = Requests().add(lambda: "nothing", adding(world, here, "a"), lambda: "to write")
    assert asked.run() == ["nothing", row(Task, 2)["id"], "to write"]
    assert len(begun) == 1
    assert Requests().run() == []


def test_contexts_are_kept_apart(world: World, here: Cast, begun: Begun) -> None:
    mine: ContextVar[str] = ContextVar("mine", default="nobody's")

    def asked(name: str) -> tuple[str, str]:
        assert mine.get() == "nobody's"
        token = mine.set(name)
        adding(world, here, name)()
        seen = mine.get()
        mine.reset(token)
        return seen, mine.get()

    outcomes = Requests().add(lambda: asked("a"), lambda: asked("b")).run()
    assert outcomes == [("a", "nobody's"), ("b", "nobody's")]
    assert mine.get() == "nobody's"


def test_nothing_stays_in_memory(world: World, here: Cast) -> None:
    """Without the collector, which runs seldom in a server."""

    kept: list[weakref.ref[Any]] = []

    def asked(name: str) -> None:
        kept.append(weakref.ref(rounds.current()))
        if name:
            adding(world, here, name)()

    Requests().add(*(partial(asked, name) for name in ("a", "b", ""))).run()
    assert [each() for each in kept] == [None] * 3
