"""The number of SQL statements of an endpoint does not depend on the number of rows."""

from collections.abc import Callable

import pytest

from app.extensions import db
from app.queries.fragments import FEW
from app.queries.remembered import Memories
from tests.api import Api
from tests.builders import World
from tests.counting import counted


def furnish(world: World, home: int, project: int, number: int) -> None:
    """Tasks with everything that a payload can show."""
    for _ in range(number):
        task, _ = world.full_task(home, project, private=True)
        world.task(parent=task)


READS = {
    "all": ("/tasks.json", 18),
    "list": ("/tasklists/{list}/tasks.json", 19),
    "project": ("/projects/{project}/tasks.json", 19),
    "nested with files": ("/tasks.json?nestSubTasks=yes&getFiles=yes", 18),
    "filtered": ("/tasks.json?filter=within7&tag-ids=1&responsible-party-ids=1&sort=project", 16),
    "one": ("/tasks/{task}.json", 9),
    "projects": ("/projects.json", 6),
    "starred": ("/projects/starred.json", 6),
    "companies of a project": ("/projects/{project}/companies.json", 4),
    "lists of a project": ("/projects/{project}/tasklists.json", 7),
    "people": ("/people.json", 6),
    "logged time": ("/people/1/loggedtime.json", 3),
    "files of a project": ("/projects/{project}/files.json", 8),
    "tags of a project": ("/projects/{project}/tags.json", 4),
    "tags of a list": ("/tasklists/{list}/tags.json", 4),
    "dependencies": ("/tasks/{task}/dependencies.json", 4),
    "lists with such tasks": ("/tasklists.json?filter=overdue&responsible-party-id=1", 6),
    "webhook events": ("/webhooks/events.json", 1),
    "latest activity": ("/latestActivity.json", 8),
    "search": ("/search.json?searchTerm=task", 8),
    "followers": ("/tasks/{task}/followers.json?returnUserInfo=yes", 6),
    "audit": ("/audit.json?fromDate=20140101&pageSize=1", 7),
    "audit of a task": ("/tasks/{task}/audit.json", 7),
}


@pytest.mark.parametrize(("path", "most"), READS.values(), ids=list(READS))
def test_reads(path: str, most: int, world: World, api: Api) -> None:
    project = world.project()
    home = world.list(project)
    furnish(world, home, project, FEW + 1)  # a page of a few rows takes less

    def ask() -> int:
        Memories.forget()
        with counted() as statements:
            response = api.get(path.format(list=home, project=project, task=2))
        assert response.status_code == 200, response.text
        return len(statements)

    few = ask()
    furnish(world, home, project, 8)
    for _ in range(5):
        world.list(world.project())
        world.person()
    assert ask() == few <= most


KNOWN = {
    "all": ("/tasks.json", 10),
    "list": ("/tasklists/{list}/tasks.json", 11),
    "one": ("/tasks/{task}.json", 8),
}


@pytest.mark.parametrize(("path", "most"), KNOWN.values(), ids=list(KNOWN))
def test_reads_of_what_is_known(path: str, most: int, world: World, api: Api) -> None:
    """After a change elsewhere the texts of tasks are still there; only the viewer's facts are
    asked for.
    """
    project = world.project()
    home = world.list(project)
    furnish(world, home, project, 8)
    other = world.task(world.list(world.project()))
    address = path.format(list=home, project=project, task=2)
    api.get(address)
    api.put(f"/tasks/{other}/complete.json")
    with counted() as statements:
        assert api.get(address).status_code == 200
    assert len(statements) <= most
    if db.engine.dialect.name == "sqlite":  # the other has neighbours on its server here
        api.get(address)  # a whole answer is kept when it is asked for again
        with counted() as statements:
            assert api.get(address).status_code == 200
        assert statements == [], "nothing changed since"


WRITES: dict[str, tuple[Callable[[Api, int, int], object], int]] = {
    "create": (lambda api, home, _: api.post(f"/tasklists/{home}/tasks.json", X), 4),
    "edit": (lambda api, _, task: api.put(f"/tasks/{task}.json", X), 5),
    "complete": (lambda api, _, task: api.put(f"/tasks/{task}/complete.json"), 8),
    "announce an upload": (lambda api, *_: api.get(UPLOAD), 3),
    "destroy": (lambda api, _, task: api.delete(f"/tasks/{task}.json"), 8),
}
X = {"todo-item": {"content": "x"}}
UPLOAD = "/pendingfiles/presignedurl.json?fileName=a&fileSize=1"


@pytest.mark.parametrize(("act", "most"), WRITES.values(), ids=list(WRITES))
def test_writes(act: Callable[[Api, int, int], object], most: int, world: World, api: Api) -> None:
    home = world.list()
    counts = []
    for size in (1, 10):
        task = world.task(home)
        for _ in range(size):
            world.task(home)
            world.task(parent=task)
        with counted() as statements:
            act(api, home, task)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= most


def test_unassigning(world: World, api: Api) -> None:
    """Taking a person off all his tasks costs the same however many they are."""
    other = world.person()
    home = world.list(world.project(editor=(other,)))
    counts = []
    for size in (1, 10):
        for _ in range(size):
            world.task(home, assignees=(world.admin, other))
        with counted() as statements:
            api.put("/people/1.json", {"person": {"unassignFromAll": True}})
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


def test_a_task_that_is_kept_is_not_read_whole_again(world: World, api: Api) -> None:
    home = world.list(world.project())
    task, other = world.task(home), world.task(home)
    sent: list[str] = []
    for number in range(3):  # the second time it is kept
        with counted() as statements:
            assert api.task(task)["content"] == "a task"
        sent.append(next(each for each in statements if "FROM task " in each.replace("\n", " ")))
        api.put(f"/tasks/{other}.json", {"todo-item": {"content": f"changed {number}"}})
    assert "description" in sent[0]
    assert "description" not in sent[2]
