"""npm `teamwork-api`, unmodified, against a running Tandem: what it was answered, and what
happened. Here its calls about tasks; the others: test_teamwork_api_neighbours.py.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.npm_teamwork import FOLDER, OK, Answers, drive
from tests.live import Server, fresh_database, serving

SETTINGS = {"TANDEM_CLOCK": "2014-05-12T10:00:00+00:00", "TANDEM_SAMPLE": "0"}
# The calls that are shown to work here, and nowhere else.
CALLS = frozenset(
    {
        "tasks.completed",
        "tasks.completedDate",
        "tasks.dependencies",
        "tasks.getFollowers",
        "tasks.incomplete",
        "tasks.quickadd",
        "tasks.removeFollowers",
        "tasks.reorder",
        "tasks.setFollowers",
        "tasks.subtask",
        "tasks.update",
        "teamwork.authenticate",
    }
)


@pytest.fixture(params=("sqlite", "postgresql"))
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server without a sample, on either engine."""
    if request.param == "sqlite":
        with serving(tmp_path, **SETTINGS) as running:
            yield running
        return
    with (
        fresh_database(request.getfixturevalue("postgresql_url")) as url,
        serving(tmp_path, database_url=url, **SETTINGS) as running,
    ):
        yield running


def names(items: list[dict[str, Any]]) -> list[str]:
    """What tasks are called."""
    return [item["content"] for item in items]


def account(said: Answers) -> None:
    """The account, people and companies."""
    assert said["authenticate"]["account"]["URL"] == "http://tw.tandem.test/"
    assert said["authenticate"]["account"]["userId"] == said["ids"]["me"]
    assert said["me"]["person"]["administrator"] is True
    assert said["wrong key"]["refused"] == 401
    assert said["wrong key"]["body"]["STATUS"] == "Error"
    assert said["person added"] == {"id": said["ids"]["mia"], **OK}
    assert said["person"]["person"]["email-address"] == "mia@example.com"
    assert {each["first-name"] for each in said["people"]["people"]} == {"Ada", "Mia"}
    company = {"id": said["company added"]["id"], "name": "Client Ltd", "isowner": "0"}
    assert any(company.items() <= each.items() for each in said["companies"]["companies"])


def structure(said: Answers) -> None:
    """Projects and task lists."""
    assert said["project edited"] == said["list edited"] == OK
    assert said["members"]["details"]["added"] == [said["ids"]["mia"]]
    assert {each["first-name"] for each in said["people of project"]["people"]} == {"Ada", "Mia"}
    assert [each["name"] for each in said["projects"]["projects"]] == ["demo"]
    assert said["project"]["project"]["id"] == said["ids"]["project"]
    assert said["list"]["todo-list"]["name"] == "Todos"
    listed = [each["id"] for each in said["lists of project"]["tasklists"]]
    assert listed == [said["ids"]["list"]]


def adding_and_listing(said: Answers) -> None:
    """Lists of tasks in their three scopes, one task, an edit, a refusal."""
    ids = said["ids"]
    assert said["task added"] == {"id": ids["first"], **OK}
    assert said["subtask added"] == {"id": ids["sub"], **OK}
    assert said["no content"]["refused"] == 422
    assert "content" in said["no content"]["body"]["MESSAGE"]
    assert names(said["all tasks"]["todo-items"]) == ["Order", "Ask for quotes", "Compare"]
    assert names(said["tasks of project"]["todo-items"]) == ["Order", "Ask for quotes"]
    nested = {item["id"]: item["subTasks"] for item in said["tasks of list"]["todo-items"]}
    assert {parent: names(below) for parent, below in nested.items()} == {
        ids["second"]: [],
        ids["first"]: ["Compare"],
    }
    assert names(said["tomorrow"]["todo-items"]) == ["Order"]
    assert [tag["name"] for tag in said["one task"]["todo-item"]["tags"]] == [
        "api",
        "documentation",
    ]
    assert said["task edited"] == {"affectedTaskIds": ids["first"], **OK}
    edited = said["edited task"]["todo-item"]
    assert (edited["content"], edited["progress"]) == ("Ask for three quotes", "20")
    assert (edited["estimated-minutes"], edited["due-date"]) == ("90", "20140514")


def completion(said: Answers) -> None:
    """Dependencies hold a task up; a completion can be dated anew and taken back."""
    ids = said["ids"]
    (dependent,) = said["dependencies"]["dependents"]
    assert (dependent["id"], dependent["responsible-party-summary"]) == (ids["second"], "Mia M.")
    assert said["blocked"]["refused"] == 422
    assert "predecessor" in said["blocked"]["body"]["MESSAGE"].lower()
    assert said["completed"] == said["date rewritten"] == said["uncompleted"] == OK
    assert ids["first"] in {item["id"] for item in said["completed tasks"]["todo-items"]}
    rewritten = said["rewritten task"]["todo-item"]
    assert (rewritten["status"], rewritten["completed_on"]) == ("completed", "2014-05-10T08:00:00Z")
    assert rewritten["completer_id"] == ids["me"]
    again = said["uncompleted task"]["todo-item"]
    assert (again["status"], again["completed"]) == ("reopened", False)
    assert "completed_on" not in again


def followers(said: Answers) -> None:
    """Followers set and removed."""
    ids = said["ids"]
    done = {"affectedTaskIds": ids["first"], **OK}
    assert said["followers set"] == said["followers removed"] == done
    assert said["followers"] == {
        "commentFollowerIds": [ids["me"], ids["mia"]],
        "changeFollowerIds": [ids["me"]],
        **OK,
    }
    assert said["no followers"] == {"commentFollowerIds": [], "changeFollowerIds": [], **OK}


def order(said: Answers) -> None:
    """Quickadd (which the package sends as PUT), reordering, deleting."""
    added = said["quickly added"]
    assert (added["success"], added["failed"]) == ("3", "0")
    assert added["tasklistId"] == said["ids"]["list"]
    assert said["reordered"] == said["deleted"] == OK
    left = ["this is task three", "Order", "Ask for three quotes", "this is task two"]
    assert names(said["after deleting"]["todo-items"]) == left
    assert sorted(names(said["in order"]["todo-items"])) == sorted([*left, "this is task one"])
    assert names(said["in order"]["todo-items"])[:3] == left[:3]
    assert said["deleted task"]["refused"] == 404


CHECKS: tuple[Callable[[Answers], None], ...] = (
    account,
    structure,
    adding_and_listing,
    completion,
    followers,
    order,
)


def left_behind(server: Server, said: Answers) -> None:
    """The store says over plain HTTP what the client was told."""
    ids = said["ids"]
    path = f"/tasklists/{ids['list']}/tasks.json"
    shown = server.get(path, sort="manual", getSubTasks="no")["todo-items"]
    assert names(shown) == names(said["after deleting"]["todo-items"])
    first = server.get(f"/tasks/{ids['first']}.json")["todo-item"]
    assert first == said["uncompleted task"]["todo-item"]
    waiting = server.get(f"/tasks/{ids['second']}.json")["todo-item"]
    assert waiting["predecessors"] == [{"id": ids["first"], "type": "complete"}]
    assert waiting["responsible-party-ids"] == ids["mia"]
    assert server.get("/completedtasks.json")["todo-items"] == [
        server.get(f"/tasks/{ids['sub']}.json", getFiles="no")["todo-item"]
    ]


def test_the_public_client_runs_unmodified(server: Server, subtests: pytest.Subtests) -> None:
    """The package drives the server; each part of what it was answered is a subtest."""
    said = drive("drive", server)
    for check in CHECKS:
        with subtests.test(check.__name__):
            check(said.answers)
    with subtests.test("left behind"):
        left_behind(server, said.answers)
    with subtests.test("calls"):
        assert said.served >= CALLS
        assert not said.refused


def test_the_lock_file_names_no_registry() -> None:
    """Packages come from whatever registry npm is set to use, checked by their digests."""
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    packages = {name: spec for name, spec in lock["packages"].items() if name}
    assert packages["node_modules/teamwork-api"]["version"] == "1.3.0"
    assert all(spec["integrity"].startswith("sha512-") for spec in packages.values())
    assert not any("resolved" in spec for spec in packages.values())
