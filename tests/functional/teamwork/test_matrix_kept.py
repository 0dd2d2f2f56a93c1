"""What is kept is given to nobody else, and not beyond the right to it: answers to GET
(http/answers.py), answers to retries (Idempotency-Key), secrets in addresses.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from app.http.answers import Answers
from app.services.commands import ChangeProjectPeople
from app.services.execute import execute
from tests.builders import World
from tests.functional.teamwork.matrix.rows import Row
from tests.functional.teamwork.matrix.scene import CALLERS, NO_ACCESS, Scene
from tests.functional.teamwork.matrix.stage import guard, scene
from tests.functional.teamwork.matrix.store import Guard
from tests.functional.teamwork.matrix.targets import READ
from tests.functional.teamwork.test_matrix import CALLER_OF, ROUTES, answer

__all__ = ["guard", "scene"]  # the fixtures that these tests run on

READING = tuple(row for row in ROUTES if row.reads)
# What hangs on the project: a person, a company or a tag is seen without belonging to it.
OF_PROJECT = ("task", "list", "project", "comment", "entry", "file", "column", "card")
# Uploads are told apart by their own secrets.
WRITING = tuple(row for row in ROUTES if not row.reads and row.raw is None)
SECRET_ADDRESSES = (
    ("GET", "/calendar/{}.ics"),
    ("GET", "/unsubscribe/{}"),
    ("POST", "/unsubscribe/{}"),
    ("PUT", "/uploads/{}"),
)
MOST_TURNS = 10
IN_TURN = ("editor", "viewer", "assignee", "grantee", "stranger", "read-only", "administrator")


def asked(scene: Scene, caller: str, row: Row) -> tuple[Any, ...]:
    """The answer to a GET of what everybody in the project sees."""
    return answer(row.call(scene, caller, row.ids(scene, row.usual)), ())


def test_a_kept_answer_is_its_viewers(
    scene: Scene, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody asks three times, in turns: each gets what he gets in an empty memory, though the
    third answer is a kept one; and nobody gets any when his right has ended.
    """
    given = _watched(monkeypatch)
    for row in READING:
        first = {caller: asked(scene, caller, row) for caller in IN_TURN}
        for _ in _until_given(given, 2):
            for caller in IN_TURN:
                assert asked(scene, caller, row) == first[caller], (row, caller)
        for caller in NO_ACCESS:
            assert asked(scene, caller, row)[0] == 401, (row, caller)
    assert len(given) > len(READING), "nothing was given from the memory"


def _watched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A mark for each answer that is given from the memory."""
    given: list[int] = []
    recall = Answers.recall

    def watched(self: Answers, environ: Any) -> Any:
        found = recall(self, environ)
        if found is not None:
            given.append(1)
        return found

    monkeypatch.setattr(Answers, "recall", watched)
    return given


def _until_given(given: list[int], times: int) -> Iterator[None]:
    """So many turns, and more until an answer came from the memory: on PostgreSQL any write of
    another test's database on the same server ends what is kept (queries/freshness.py).
    """
    before = len(given)
    for turn in range(MOST_TURNS):
        if turn >= times and len(given) > before:
            return
        yield


def test_a_kept_answer_goes_with_the_membership(
    scene: Scene, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the very next request what he was given from the memory is as what never was."""
    given = _watched(monkeypatch)
    rows = [row for row in READING if row.kind in OF_PROJECT and row.needs == READ]
    for row in rows:
        for _ in _until_given(given, 3):
            assert asked(scene, "viewer", row)[0] == 200, row
    assert len(given) >= len(rows) // 2
    ids, viewer = scene.ids, World.__new__(World)
    viewer.admin = ids["administrator"]
    execute(ChangeProjectPeople(ids["project"], remove=(ids["viewer"],)), viewer.viewer())
    for row in rows:
        target, missing = row.ids(scene, row.usual), row.ids(scene, "missing")
        found = answer(row.call(scene, "viewer", target), target)
        assert found[0] == 404, row
        assert found == answer(row.call(scene, "viewer", missing), missing), row
    assert guard.put_back()


@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)  # test_retries.py has both engines
def test_an_idempotency_key_is_its_persons(scene: Scene, guard: Guard) -> None:
    """Nobody is given another's answer by his key, and none of those whose own key ended."""
    for row in WRITING:
        caller = CALLER_OF.get(row.needs, "editor")
        ids, body = row.ids(scene, row.usual), row.good_body(scene, caller, row.usual)
        first = _retried(scene, caller, row, ids, body)
        if first.status_code >= 300:
            assert row.other, (row, first.text)
            continue
        again = _retried(scene, caller, row, ids, body)
        shown_once = row.rule.endswith("/keys.json")
        assert again.status_code == (409 if shown_once else first.status_code), (row, again.text)
        for other in CALLERS:
            if other == caller:
                continue
            got = _retried(scene, other, row, ids, body)
            assert "Idempotency-Replayed" not in got.headers, (row, other)
            if other in NO_ACCESS:
                assert got.status_code == 401, (row, other)
            elif other == "read-only":
                # His person may be gone with the first call.
                assert got.status_code in (401, 403), (row, other)
        guard.put_back()


def _retried(scene: Scene, caller: str, row: Row, ids: tuple[int, ...], body: Any) -> Any:
    """A call with a key, the same one whoever calls."""
    api = scene.clients[caller]
    headers = {"Idempotency-Key": "the-same"}
    return api.call(row.method, row.path(ids), body, options=row.options, headers=headers)


@pytest.mark.parametrize(("method", "path"), SECRET_ADDRESSES)
def test_a_secret_that_ended_is_as_one_that_never_was(
    scene: Scene, guard: Guard, method: str, path: str
) -> None:
    """Nobody is asked for a key there: a wrong secret, one of another kind, and an id answer alike,
    with and without a key.
    """
    ids = scene.ids
    wrong = ("0" * 64, str(ids["open_task"]), "tf_missing", str(ids["secret_ref"]))
    found = {
        answer(scene.clients[caller].call(method, path.format(each)), (each,))[:2]
        for caller in ("no key", "editor", "administrator")
        for each in wrong
    }
    assert len(found) == 1, found
    assert next(iter(found))[0] == 404
    assert not guard.put_back()


def test_a_feed_that_was_deleted(scene: Scene, guard: Guard) -> None:
    """By his own wish only, and nothing else of him."""
    for caller in ("editor", "stranger"):
        assert scene.clients[caller].call("DELETE", "/me/calendarfeed.json").status_code == 200
    assert scene.clients["read-only"].call("DELETE", "/me/calendarfeed.json").status_code == 403
    guard.put_back()


@pytest.mark.parametrize("caller", CALLERS)
def test_figures_are_for_nobody_unless_set(scene: Scene, caller: str) -> None:
    """No key of Tandem's opens /metrics, which has a token of its own (test_metrics.py)."""
    assert scene.clients[caller].get("/metrics").status_code in (401, 404)
