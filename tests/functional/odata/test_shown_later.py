"""On SQLite, where all writers wait for each other, bodies are read before a transaction, and what
an action made is shown after it.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from app.errors import Unavailable
from app.odata.engine.bodies import Reader
from app.odata.engine.changes import actions, ahead
from app.odata.engine.changes.later import MadeMany
from app.odata.sets.task_source import TaskSource
from app.queries.connection import open_connection
from tests.functional.odata.office import Office, between_commit_and_answer
from tests.functional.odata.test_task_batches import insert, numbered


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.mark.covers("odata:POST Task/BatchInsert")
def test_others_may_write_while_it_is_read_and_answered(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def noting(what: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any) -> Any:
            seen.append((what, open_connection() is not None))
            return run(*arguments)

        return noted

    monkeypatch.setattr(ahead, "arguments_of", noting("read", ahead.arguments_of))
    monkeypatch.setattr(actions, "arguments_of", noting("read again", actions.arguments_of))
    monkeypatch.setattr(TaskSource, "create_all", noting("made", TaskSource.create_all))
    monkeypatch.setattr(MadeMany, "shown", noting("shown", MadeMany.shown))
    assert insert(office, numbered(office, 3)).status_code == 200
    assert seen == [("read", False), ("made", True), ("shown", False)]


@pytest.mark.covers("odata:POST Task", "odata:PATCH Task({key})")
def test_others_may_write_while_a_body_is_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for addresses in it, which are looked up in the transaction."""
    seen: list[bool] = []
    read = Reader.entity

    def noted(reader: Reader, *arguments: Any) -> Any:
        seen.append(open_connection() is not None)
        return read(reader, *arguments)

    monkeypatch.setattr(Reader, "entity", noted)
    key = office.editor.post("Task", {"Name": "one"}).json["TaskItemId"]
    assert office.editor.patch(f"Task({key})", {"Name": "two"}).status_code == 204
    assert seen == [False, False]
    seen.clear()
    unknown = f"Project({uuid4()})"
    refused = office.editor.patch(f"Task({key})", {"Project@odata.bind": unknown})
    assert (refused.status_code, seen) == (400, [False, True])
    assert office.editor.get(f"Task({key})").json["Name"] == "two"


@pytest.mark.covers("odata:PATCH Task({key})")
@pytest.mark.parametrize("verb", ["patch", "put"])
def test_what_is_wrong_is_said_in_its_turn(office: Office, verb: str) -> None:
    wrong = {"Progress": "much"}
    change = getattr(office.editor, verb)
    key = office.editor.post("Task", {"Name": "one"}).json["TaskItemId"]
    assert change(f"Task({key})", wrong).status_code == 400
    assert change(f"Task({uuid4()})", wrong).status_code == 400
    assert change(f"Task({key})/Nothing", wrong).status_code == 404
    assert office.editor.get(f"Task({key})").json["Name"] == "one"


@pytest.mark.covers("odata:POST Task/BatchInsert")
@pytest.mark.parametrize("error", [Unavailable(), ZeroDivisionError()])
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "once"}], ids=["plain", "with a key"])
def test_what_cannot_be_shown_was_made(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: Exception, key: dict[str, str]
) -> None:
    def fail(*_: Any) -> None:
        raise error

    items = {"items": numbered(office, 3)}
    asked = key | {"Prefer": "return=representation"}
    with monkeypatch.context() as patched:
        patched.setattr(MadeMany, "shown", fail)
        made = office.editor.post("Task/BatchInsert", items, headers=asked)
    assert "Preference-Applied" not in made.headers
    after = office.editor.get("Task/$count").text
    assert (made.status_code == 204, after) == ((False, "2") if key else (True, "5"))


@pytest.mark.covers("odata:POST Task/BatchInsert")
def test_what_is_gone_before_the_answer_is_left_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_deleted(made: Any) -> None:
        office.editor.delete(f"Task({made.entities.keys[1][0]})")

    between_commit_and_answer(monkeypatch, one_deleted)
    response = insert(office, numbered(office, 3))
    assert [each["Name"] for each in response.json["value"]] == ["number 0", "number 2"]
