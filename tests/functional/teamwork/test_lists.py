"""Order, pages and nesting of task lists (decisions 16 to 18)."""

from datetime import UTC, datetime

import pytest

from app.clock import clock
from tests.api import Api
from tests.builders import World


@pytest.fixture
def sorted_tasks(world: World) -> World:
    """Five tasks whose orders all differ; `plain` has no value to sort by."""
    beta, alpha = world.project("beta", company_id=world.company("Zeta")), world.project("Alpha")
    first, second = world.list(beta), world.list(alpha)
    world.task(first, "b1", due=3, start=1, priority=3)
    clock.fix(datetime(2014, 5, 12, 11, tzinfo=UTC))
    world.task(second, "a1", due=1, start=2, priority=1)
    world.task(second, "plain")
    clock.fix(datetime(2014, 5, 12, 12, tzinfo=UTC))
    world.task(first, "b2", due=1, start=3, priority=2)
    return world


SORTS = {
    "duedate": "a1 b2 b1 plain",
    "duedateDESC": "b1 a1 b2 plain",
    "startdate": "b1 a1 b2 plain",
    "startdatedesc": "b2 a1 b1 plain",
    "dateadded": "b1 a1 plain b2",
    "dateaddedDESC": "b2 a1 plain b1",
    "priority": "a1 b2 b1 plain",
    "priorityDESC": "b1 b2 a1 plain",
    "project": "a1 plain b1 b2",
    "projectDESC": "b1 b2 a1 plain",
    "company": "a1 plain b1 b2",
    "companyDESC": "b1 b2 a1 plain",
    "manual": "b1 a1 plain b2",
    "dateupdated": "b2 a1 plain b1",
    "dateupdatedASC": "b1 a1 plain b2",
}


@pytest.mark.decision(16)
@pytest.mark.parametrize(
    "sort",
    [pytest.param(name, marks=pytest.mark.covers(f"sort={name}")) for name in SORTS],
)
def test_sorts(sort: str, sorted_tasks: World, api: Api) -> None:
    assert api.names("/tasks.json", sort=sort) == SORTS[sort].split()


@pytest.mark.decision(16)
@pytest.mark.covers("option:sort")
def test_the_default_order_is_by_due_date(sorted_tasks: World, api: Api) -> None:
    assert api.names("/tasks.json") == SORTS["duedate"].split()


@pytest.mark.decision(16)
def test_completed_tasks_by_completion(world: World, api: Api) -> None:
    home = world.list()
    for hour, name in ((15, "last"), (11, "first")):
        clock.fix(datetime(2014, 5, 12, 10, tzinfo=UTC))
        task = world.task(home, name)
        clock.fix(datetime(2014, 5, 12, hour, tzinfo=UTC))
        api.put(f"/tasks/{task}/complete.json")
    options = {"filter": "completed", "sort": "completeddate"}
    assert api.names("/tasks.json", **options) == ["first", "last"]
    options["sort"] = "completeddateDESC"
    assert api.names("/tasks.json", **options) == ["last", "first"]


@pytest.mark.decision(17)
@pytest.mark.covers("option:page", "option:pageSize")
def test_pages(world: World, api: Api) -> None:
    home = world.list()
    for number in range(25):
        world.task(home, f"t{number:02d}")
    response = api.get("/tasks.json", page=2, pageSize=10)
    names = [item["content"] for item in response.json["todo-items"]]
    assert names == [f"t{number:02d}" for number in range(10, 20)]
    headers = response.headers
    assert (headers["X-Page"], headers["X-Pages"], headers["X-Records"]) == ("2", "3", "25")
    assert headers["X-Page-Size"] == "10"
    assert len(api.names("/tasks.json", page=3, pageSize=10)) == 5
    for page in (4, 10**9, 10**17):
        beyond = api.get("/tasks.json", page=page, pageSize=10)
        assert (beyond.status_code, beyond.json["todo-items"]) == (200, [])
        assert beyond.headers["X-Records"] == "25"


@pytest.mark.decision(17)
@pytest.mark.covers("option:pageSize")
def test_a_page_holds_250_and_never_more_than_500(world: World, api: Api) -> None:
    home = world.list()
    api.post(f"/tasklists/{home}/quickadd.json", {"content": "\n".join("x" * 600)})
    assert len(api.names("/tasks.json")) == 250
    response = api.get("/tasks.json", pageSize=10_000)
    assert len(response.json["todo-items"]) == 500
    assert response.headers["X-Page-Size"] == "500"
    assert response.headers["X-Pages"] == "2"


@pytest.mark.decision(17)
@pytest.mark.parametrize(
    "path", ["/projects.json", "/people.json", "/companies.json", "/projects/1/tasklists.json"]
)
def test_every_list_has_page_headers(path: str, world: World, api: Api) -> None:
    world.list()
    response = api.get(path, pageSize=1)
    assert (response.headers["X-Page"], response.headers["X-Page-Size"]) == ("1", "1")
    assert int(response.headers["X-Pages"]) == int(response.headers["X-Records"]) >= 1


@pytest.fixture
def family(world: World) -> dict[str, int]:
    """parent > child > grandchild, and a completed child."""
    home = world.list()
    parent = world.task(home, "parent")
    child = world.task(parent=parent, name="child", due=1)
    grandchild = world.task(parent=child, name="grandchild", due=2)
    return {"home": home, "parent": parent, "child": child, "grandchild": grandchild}


@pytest.mark.decision(18)
@pytest.mark.covers("option:getSubTasks", "member:parentTaskId", "member:parent-task")
def test_flat_lists_hold_subtasks(family: dict[str, int], api: Api) -> None:
    items = api.get("/tasks.json", getSubTasks="yes").json["todo-items"]
    assert {item["content"] for item in items} == {"parent", "child", "grandchild"}
    by_name = {item["content"]: item for item in items}
    assert by_name["child"]["parentTaskId"] == str(family["parent"])
    assert by_name["child"]["parent-task"] == {"content": "parent", "id": str(family["parent"])}
    assert by_name["parent"]["parentTaskId"] == ""
    assert "parent-task" not in by_name["parent"]
    assert api.names("/tasks.json", getSubTasks="no") == ["parent"]


@pytest.mark.decision(18)
@pytest.mark.covers("option:nestSubTasks", "member:subTasks")
@pytest.mark.parametrize("options", [{}, {"getSubTasks": "no"}, {"pageSize": 2}])
def test_nested_lists(options: dict[str, str], family: dict[str, int], api: Api) -> None:
    (top,) = api.get("/tasks.json", nestSubTasks="yes", sort="manual", **options).json["todo-items"]
    (child,) = top["subTasks"]
    (grandchild,) = child["subTasks"]
    assert (top["content"], child["content"], grandchild["content"]) == (
        "parent",
        "child",
        "grandchild",
    )


@pytest.mark.decision(18)
def test_nesting_keeps_what_the_filter_keeps(family: dict[str, int], api: Api) -> None:
    items = api.get("/tasks.json", nestSubTasks="yes", filter="tomorrow").json["todo-items"]
    assert [item["content"] for item in items] == ["child"]
    assert items[0]["subTasks"] == []


@pytest.mark.covers("one:nestSubTasks", "one:includeCompletedSubtasks")
def test_one_task_with_its_subtasks(family: dict[str, int], world: World, api: Api) -> None:
    done = world.task(parent=family["parent"], name="done")
    api.put(f"/tasks/{done}/complete.json")
    assert "subTasks" not in api.task(family["parent"])
    nested = api.task(family["parent"], nestSubTasks="true")
    assert [item["content"] for item in nested["subTasks"]] == ["child"]
    assert nested["subTasks"][0]["subTasks"][0]["content"] == "grandchild"
    both = api.task(family["parent"], nestSubTasks="true", includeCompletedSubtasks="true")
    assert [item["content"] for item in both["subTasks"]] == ["child", "done"]


@pytest.mark.covers("endpoint:GET /tasks/{id}/subtasks.json")
def test_subtasks_of_a_task(family: dict[str, int], api: Api) -> None:
    assert api.names(f"/tasks/{family['parent']}/subtasks.json") == ["child"]
    assert api.names(f"/tasks/{family['grandchild']}/subtasks.json") == []


@pytest.mark.decision(19)
@pytest.mark.covers(
    "option:getFiles", "one:getFiles", "member:attachments", "member:attachments-count"
)
def test_files_on_request(world: World, api: Api) -> None:
    project = world.project()
    task = world.task(world.list(project))
    file = world.file(project, "plan.pdf", task)
    (item,) = api.get("/tasks.json").json["todo-items"]
    assert "attachments" not in item
    assert item["attachments-count"] == "1"
    (item,) = api.get("/tasks.json", getFiles="true").json["todo-items"]
    expected = {
        "id": str(file),
        "fileId": str(file),
        "name": "plan.pdf",
        "filename": "plan.pdf",
        "size": "123",
        "version": "1",
        "categoryId": "0",
        "categoryName": "",
    }
    assert item["attachments"] == [expected]
    assert api.task(task)["attachments"] == [expected]
    assert "attachments" not in api.task(task, getFiles="false")


@pytest.mark.decision(17, 18)
def test_nested_pages_hold_whole_families_once(world: World, api: Api) -> None:
    home = world.list()
    for name in ("first", "second", "third"):
        parent = world.task(home, name, due=1)
        for number in range(3):
            world.task(parent=parent, name=f"{name} {number}", due=1)
    shown = []
    for page in (1, 2):
        response = api.get(
            "/tasks.json", nestSubTasks="yes", pageSize=2, page=page, filter="within7"
        )
        assert response.headers["X-Records"] == "3"
        for item in response.json["todo-items"]:
            shown += [item["content"], *(each["content"] for each in item["subTasks"])]
    assert len(shown) == len(set(shown)) == 12


def test_a_subtask_whose_parent_is_filtered_out_stands_at_the_top(world: World, api: Api) -> None:
    parent = world.task(world.list(), "parent", due=40)
    world.task(parent=parent, name="child", due=1)
    items = api.get("/tasks.json", nestSubTasks="yes", filter="within7").json["todo-items"]
    assert [item["content"] for item in items] == ["child"]


@pytest.mark.parametrize("scope", ["tasklists/{home}", "projects/{project}"])
def test_nesting_in_a_scope(scope: str, world: World, api: Api) -> None:
    project = world.project()
    home = world.list(project)
    parent = world.task(home, "parent")
    world.task(parent=parent, name="child")
    path = f"/{scope.format(home=home, project=project)}/tasks.json"
    for _ in range(2):  # as stated, and as compiled
        (item,) = api.get(path, nestSubTasks="yes").json["todo-items"]
        assert [each["content"] for each in item["subTasks"]] == ["child"]
        world.task()  # the answer is made anew
