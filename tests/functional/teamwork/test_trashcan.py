"""The trash can: what lies in it, for whom, and how it comes back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.clock import clock
from app.models import TaskList
from app.queries.remembered import Memories
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World
from tests.counting import counted


def trash(api: Api, project: int) -> dict[str, list[str]]:
    """The names of what lies in the trash can of a project, by kind."""
    can = api.get(f"/trashcan/projects/{project}.json").json
    assert can.pop("STATUS") == "OK"
    return {kind: [each["name"] for each in items] for kind, items in can.items()}


def restore(api: Api, kind: str, row_id: int) -> Any:
    """The answer to a restore that must be done."""
    response = api.put(f"/trashcan/{kind}/{row_id}/restore.json")
    assert response.status_code == 200, response.text
    return response.json


def later(hours: int = 1) -> None:
    """Let time pass."""
    clock.fix(clock.now() + timedelta(hours=hours))


@pytest.mark.covers("endpoint:GET /trashcan/projects/{id}.json")
@pytest.mark.covers("endpoint:PUT /trashcan/tasks/{id}/restore.json")
def test_a_task_out_of_the_trash_can(world: World, api: Api) -> None:
    """With the subtasks of the same act, not with one that was deleted before."""
    project = world.project()
    task = world.task(world.list(project), "top")
    child, before = world.task(parent=task, name="child"), world.task(parent=task, name="before")
    below = world.task(parent=child, name="below")
    world.note(task, world.admin)
    api.delete(f"/tasks/{before}.json")
    later()
    api.delete(f"/tasks/{task}.json")
    clock.fix(clock.now() + timedelta(days=3))
    can = api.get(f"/trashcan/projects/{project}.json").json
    assert can["tasks"] == [
        {
            "id": str(before),
            "name": "before",
            "date": "2014-05-12T10:00:00Z",
            "username": "Ada Admin",
            "days": 3,
            "commentCount": "0",
            "hasSubtasks": False,
        },
        {
            "id": str(task),
            "name": "top",
            "date": "2014-05-12T11:00:00Z",
            "username": "Ada Admin",
            "days": 3,
            "commentCount": "1",
            "hasSubtasks": True,
        },
    ]
    assert (can["tasklists"], can["comments"]) == ([], [])
    ids = [str(each) for each in (task, child, below)]
    answer = api.put(f"/trashcan/tasks/{task}/restore.json")
    assert answer.json == {"restoredItems": ids, "STATUS": "OK"}
    assert api.task(below)["parentTaskId"] == str(child)
    assert api.task(child)["status"] == "new"
    assert trash(api, project)["tasks"] == ["before"]
    assert restore(api, "tasks", before)["restoredItems"] == [str(before)]
    assert api.task(before)["parentTaskId"] == str(task)
    assert trash(api, project)["tasks"] == []
    assert api.put(f"/trashcan/tasks/{task}/restore.json").status_code == 404


def test_the_trash_can_is_paged(world: World, api: Api) -> None:
    """Each kind by itself; the longest list says how many pages there are."""
    project = world.project()
    home = world.list(project)
    kept = world.task(home, "kept")
    for number in range(5):
        api.delete(f"/tasks/{world.task(home, str(number))}.json")
    for number in range(3):
        api.delete(f"/comments/{world.note(kept, world.admin, str(number))}.json")
    path = f"/trashcan/projects/{project}.json"
    pages = [api.get(path, page=number, pageSize=2) for number in (1, 2, 3, 4)]
    for number, each in enumerate(pages, 1):
        said = [each.headers[name] for name in ("X-Page", "X-Pages", "X-Records")]
        assert said == [str(number), "3", "8"]
    shown = [
        ([task["name"] for task in each["tasks"]], [note["name"] for note in each["comments"]])
        for each in (page.json for page in pages)
    ]
    assert shown == [
        (["4", "3"], ["2", "1"]),
        (["2", "1"], ["0"]),
        (["0"], []),
        ([], []),
    ]
    assert api.get(path, page="none").status_code == 422


READS = {"trash can": ("/trashcan/projects/{project}.json", 10)}


@pytest.mark.parametrize(("path", "most"), READS.values(), ids=list(READS))
def test_statements_do_not_grow_with_the_rows(path: str, most: int, world: World, api: Api) -> None:
    project = world.project()
    home = world.list(project)

    def ask() -> int:
        Memories.forget()
        with counted() as statements:
            assert api.get(path.format(project=project)).status_code == 200
        return len(statements)

    api.delete(f"/tasks/{world.task(home)}.json")
    few = ask()
    for _ in range(6):
        task = world.task(home)
        api.delete(f"/comments/{world.note(task, world.admin)}.json")
        api.delete(f"/tasks/{world.task(home)}.json")
    assert ask() == few <= most


def test_a_subtask_without_its_parent(world: World, api: Api) -> None:
    """It comes to the top level; below a completed parent it reopens that."""
    home = world.list()
    parent = world.task(home, "parent")
    child, other = world.task(parent=parent), world.task(parent=parent)
    for each in (child, other):
        api.delete(f"/tasks/{each}.json")
    api.put(f"/tasks/{parent}/complete.json")
    restore(api, "tasks", child)
    assert (api.task(child)["parentTaskId"], api.task(parent)["completed"]) == (str(parent), False)
    later()
    api.delete(f"/tasks/{parent}.json")
    restore(api, "tasks", other)
    assert api.task(other)["parentTaskId"] == ""


def test_a_restored_task_is_no_less_private(world: World, api: Api) -> None:
    """It is under what its list or parent has become; what stood below a private task stays
    private without it.
    """
    member, granted = world.person(), world.person()
    home = world.list(world.project(editor=(member, granted)))
    parent = world.task(home, private=True, granted=(granted,))
    child, listed = world.task(parent=parent), world.task(home)
    below = world.task(parent=listed)
    for each in (child, listed):
        api.delete(f"/tasks/{each}.json")
    own, let_in = Api(api.app, world.key(member)), Api(api.app, world.key(granted))
    assert own.put(f"/trashcan/tasks/{child}/restore.json").status_code == 404
    later()
    api.delete(f"/tasks/{parent}.json")
    restore(let_in, "tasks", child)
    assert let_in.task(child)["private"] == "1"
    assert own.get(f"/tasks/{child}.json").status_code == 404
    api.put(f"/tasklists/{home}.json", {"todo-list": {"private": True}})
    restore(api, "tasks", listed)
    for each in (listed, below):
        assert own.get(f"/tasks/{each}.json").status_code == 404
        assert api.task(each)["private"] == "2"


@pytest.mark.covers("endpoint:PUT /trashcan/tasklists/{id}/restore.json")
def test_a_list_out_of_the_trash_can(world: World, api: Api) -> None:
    """With the tasks of the same act; a task by itself waits for its list."""
    project = world.project()
    home = world.list(project, "Doomed")
    first, second = world.task(home, "first"), world.task(home, "second")
    api.delete(f"/tasks/{first}.json")
    later()
    gone = {"deleted_at": clock.now()}
    maintain(lambda work: work.run(update(TaskList).where(TaskList.id == home).values(**gone)))
    world.set(second, **gone, deleted_by_id=1)
    assert trash(api, project) == {"tasks": ["first"], "tasklists": ["Doomed"], "comments": []}
    (shown,) = api.get(f"/trashcan/projects/{project}.json").json["tasklists"]
    assert (shown["taskCount"], shown["date"]) == ("1", "2014-05-12T11:00:00Z")
    refused = api.put(f"/trashcan/tasks/{first}/restore.json")
    assert (refused.status_code, "list" in refused.json["MESSAGE"]) == (409, True)
    assert restore(api, "tasklists", home) == {"restoredItems": [str(home)], "STATUS": "OK"}
    assert api.names(f"/tasklists/{home}/tasks.json") == ["second"]
    restore(api, "tasks", first)
    assert sorted(api.names(f"/tasklists/{home}/tasks.json")) == ["first", "second"]
    assert api.put(f"/trashcan/tasklists/{home}/restore.json").status_code == 404


@pytest.mark.covers("endpoint:PUT /trashcan/comments/{id}/restore.json")
def test_a_comment_out_of_the_trash_can(world: World, api: Api) -> None:
    """What was taken back is shown to those who may take it back, and restored by them."""
    author, manager, editor = (world.person() for _ in range(3))
    project = world.project(viewer=(author,), manager=(manager,), editor=(editor,))
    task = world.task(world.list(project), "talk")
    note = world.note(task, author, "said too much")
    mine, boss, other = (Api(api.app, world.key(each)) for each in (author, manager, editor))
    assert mine.delete(f"/comments/{note}.json").status_code == 200
    seen = [len(trash(each, project)["comments"]) for each in (mine, boss, other)]
    assert seen == [1, 1, 0]
    (shown,) = mine.get(f"/trashcan/projects/{project}.json").json["comments"]
    assert (shown["name"], shown["taskId"]) == ("said too much", str(task))
    assert other.put(f"/trashcan/comments/{note}/restore.json").status_code == 403
    assert restore(boss, "comments", note) == {"restoredItems": [str(note)], "STATUS": "OK"}
    assert mine.get(f"/comments/{note}.json").status_code == 200
    assert api.task(task)["comments-count"] == "1"


def test_the_trash_can_is_as_private_as_what_was_in_it(world: World, api: Api) -> None:
    member, viewer = world.person(), world.person()
    project = world.project(editor=(member,), viewer=(viewer,))
    home = world.list(project)
    closed = world.list(project, private=True)
    secret, plain = world.task(home, "secret", private=True), world.task(home, "plain")
    alive, foreign = world.task(home), world.task()
    for each in (secret, plain, foreign):
        api.delete(f"/tasks/{each}.json")
    gone = {"deleted_at": clock.now() + timedelta(hours=1)}
    maintain(lambda work: work.run(update(TaskList).where(TaskList.id == closed).values(**gone)))
    own, reads = Api(api.app, world.key(member)), Api(api.app, world.key(viewer))
    assert trash(own, project) == {"tasks": ["plain"], "tasklists": [], "comments": []}
    answers = [
        own.put(f"/trashcan/tasks/{each}/restore.json") for each in (999, secret, foreign, alive)
    ]
    answers += [own.put(f"/trashcan/tasklists/{each}/restore.json") for each in (closed, home)]
    assert {each.status_code for each in answers} == {404}
    assert len({each.data for each in answers[:4]}) == 1
    assert own.get("/trashcan/projects/2.json").status_code == 404
    assert reads.put(f"/trashcan/tasks/{plain}/restore.json").status_code == 403
    restore(own, "tasks", plain)
