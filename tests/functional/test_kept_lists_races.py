"""On PostgreSQL, where each statement sees a state of its own: changes at the moments in which a
kept answer of a task list could be filed under labels that it does not belong to.
"""

from collections.abc import Callable
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, insert, select, update

from app.extensions import db
from app.http import answers
from app.models import File, NoteRead, Person, Task, TaskFile
from app.queries import anchors
from tests.builders import World
from tests.functional.kept_place import Place

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


@pytest.fixture
def place(app: Flask, world: World) -> Place:
    return Place(app, world)


def in_a_thread(act: Callable[[], Any]) -> Thread:
    thread = Thread(target=act)
    thread.start()
    return thread


def committed(statement: Any) -> None:
    """A change by somebody else, who knows nothing of this request."""
    engine = db.engine

    def run() -> None:
        with engine.connect() as connection, connection.begin():
            connection.execute(statement)

    in_a_thread(run).join()


@contextmanager
def open_change(statement: Any) -> Any:
    """A change by somebody else that is committed at the end."""
    with db.engine.connect() as connection, connection.begin():
        connection.execute(statement)
        yield


class Waiter:
    """Makes a change in a thread, which may have to wait for others, and commits it `at_once` or
    when told.
    """

    def __init__(self, statement: Any, *, at_once: bool = False) -> None:
        self._engine = db.engine
        self._done, self._may_end = Event(), Event()
        if at_once:
            self._may_end.set()
        self._thread = in_a_thread(lambda: self._run(statement))

    def _run(self, statement: Any) -> None:
        with self._engine.connect() as connection, connection.begin():
            connection.execute(statement)
            self._done.set()
            assert self._may_end.wait(20)

    def wait(self) -> None:
        """Until it is done, or waits for a lock."""
        with self._engine.connect() as connection:
            while not self._done.wait(0.01) and not _waiting(connection):
                connection.rollback()
        if self._done.is_set() and self._may_end.is_set():
            self._thread.join()

    def end(self) -> None:
        """Commit it."""
        assert self._done.wait(20)
        self._may_end.set()
        self._thread.join()


def _waiting(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql(WAITING).scalar())


def change_before_labels(monkeypatch: pytest.MonkeyPatch, statement: Any) -> list[int]:
    """Make a change once, between the state that a request looks at and the labels."""
    real, made = answers.labels_of, []

    def changed(*arguments: Any) -> Any:
        if not made:
            made.append(1)
            committed(statement)
        return real(*arguments)

    monkeypatch.setattr(answers, "labels_of", changed)
    return made


def test_a_name_changes_before_the_labels_are_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.warm()
    place.put(place.alone, content="so that it is read again")
    place.api.get(f"/tasklists/{place.third}/tasks.json")  # remembers the names' epoch
    made = change_before_labels(monkeypatch, update(Person).values(first_name="Renamed"))
    place.get()
    assert made
    for number in range(3):
        place.put(place.far, content=f"again {number}")
        assert b"Renamed" in place.settled().data


def test_a_task_moves_before_the_labels_are_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deep pages begin where the one before them ended."""
    monkeypatch.setattr(anchors, "DEEP", 1)
    for number in range(4):
        place.world.task(place.mine, f"task {number}", due=10 + number)
    first, second, place.path = (f"{place.path}?pageSize=1&page={page}" for page in (1, 2, 3))
    place.warm()
    place.put(place.alone, content="so that it is read again")
    place.api.get(first)
    place.api.get(second)
    earlier = update(Task).where(Task.id == place.alone).values(due_on=place.world.day(-9))
    made = change_before_labels(monkeypatch, earlier)
    place.get()
    assert made
    place.settled()


def test_a_comment_is_read_while_its_task_moves(place: Place) -> None:
    place.path = f"/tasklists/{place.third}/tasks.json"
    moved = update(Task).where(Task.id == place.task).values(list_id=place.third)
    with open_change(moved):
        reading = Waiter(insert(NoteRead).values(note_id=place.note, person_id=place.person))
        reading.wait()
    place.warm()
    reading.end()
    shown = {each["id"]: each for each in place.settled().json["todo-items"]}
    assert shown[str(place.task)]["has-unread-comments"] is False


def test_a_file_is_renamed_while_it_is_attached(place: Place) -> None:
    place.path += "?getFiles=yes"
    file_id = place.world.file(place.project, "old.pdf")
    with open_change(update(File).where(File.id == file_id).values(name="new.pdf")):
        attaching = Waiter(
            insert(TaskFile).values(task_id=place.alone, file_id=file_id), at_once=True
        )
        attaching.wait()
        place.warm()
    attaching.end()
    place.warm()
    shown = {each["id"]: each["attachments"] for each in place.settled().json["todo-items"]}
    assert [each["name"] for each in shown[str(place.alone)]] == ["new.pdf"]
    with db.engine.connect() as connection:
        assert connection.execute(select(TaskFile)).all()
