"""BatchInsert and BatchDelete: many tasks, all or none, in few statements."""

from typing import Any

import pytest

from tests.counting import counted
from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

ARRAYS = ("items", "ids", "taskItemIds", "keys", "ITEMS", "TaskItemIds")


def numbered(office: Office, count: int, **more: Any) -> list[dict[str, Any]]:
    """Bodies of new tasks of the project."""
    shared = {"ProjectId": office["project"], **more}
    return [{"Name": f"number {n}", "WorkAmount": n, **shared} for n in range(count)]


def insert(office: Office, items: Any, who: str = "editor") -> Any:
    """The response to a BatchInsert."""
    return office.as_(who).post("Task/BatchInsert", {"items": items})


@pytest.mark.covers("odata:POST Task/BatchInsert")
@pytest.mark.decision(24, 28)
def test_the_answer_is_what_was_made_in_order(office: Office) -> None:
    response = insert(office, numbered(office, 3, ContactId=office["worker"]))
    assert response.status_code == 200
    assert response.json["@odata.context"] == "http://localhost/odata/$metadata#Task"
    made = response.json["value"]
    assert [each["Name"] for each in made] == ["number 0", "number 1", "number 2"]
    assert [each["WorkAmount"] for each in made] == [0.0, 1.0, 2.0]
    assert {each["ContactId"] for each in made} == {office["worker"]}
    assert [office.editor.one(f"Task({each['TaskItemId']})") for each in made] == [
        {k: v for k, v in each.items() if k != "@odata.context"}
        | {"@odata.context": "http://localhost/odata/$metadata#Task/$entity"}
        for each in made
    ]
    listed = office.tw().names(f"/tasklists/{office.ids['list']}/tasks.json", sort="manual")
    assert listed[-3:] == ["number 0", "number 1", "number 2"]


@pytest.mark.covers("odata:POST Task/BatchInsert")
def test_a_thousand_in_one(office: Office) -> None:
    items = numbered(office, 1000, ContactId=office["worker"])
    with counted() as statements:
        response = insert(office, items)
    assert response.status_code == 200
    assert len(response.json["value"]) == 1000
    assert office.editor.get("Task/$count").text == "1002"
    assert len(statements) < 60
    keys = [each["TaskItemId"] for each in response.json["value"]]
    with counted() as statements:
        response = office.editor.post("Task/BatchDelete", {"items": keys})
    assert response.status_code == 204
    assert office.editor.get("Task/$count").text == "2"
    assert len(statements) < 30


@pytest.mark.covers("odata:POST Task/BatchInsert")
def test_an_option_that_is_refused_undoes_all_of_it(office: Office) -> None:
    body = {"items": numbered(office, 3)}
    with unchanged():
        refused(office.editor.post("Task/BatchInsert?$select=Nothing", body), 400)


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.covers("odata:POST Task/BatchInsert", "odata:POST Task/BatchDelete")
@pytest.mark.decision(28)
def test_names_of_the_array(office: Office, name: str) -> None:
    made = office.editor.post("Task/BatchInsert", {name: numbered(office, 2)}).json["value"]
    keys = [each["TaskItemId"] for each in made]
    assert office.editor.post("Task/BatchDelete", {name: keys}).status_code == 204
    assert office.editor.get("Task/$count").text == "2"


@pytest.mark.decision(28)
def test_a_bare_array(office: Office) -> None:
    response = office.editor.post("Task/BatchInsert", numbered(office, 2))
    keys = [each["TaskItemId"] for each in response.json["value"]]
    assert office.editor.post("Task/Default.BatchDelete", keys).status_code == 204
    assert office.editor.get("Task/$count").text == "2"


def test_no_items_at_all(office: Office) -> None:
    with unchanged():
        assert insert(office, []).json["value"] == []
        assert office.editor.post("Task/BatchDelete", []).status_code == 204


@pytest.mark.parametrize(
    ("wrong", "status", "target"),
    [
        ({"WorkAmount": "x"}, 400, "items/2/WorkAmount"),
        ({"Surprise": 1}, 400, "items/2/Surprise"),
        ({"WorkAmount": -1}, 422, "items/2/WorkAmount"),
        ({"ContactId": NOWHERE}, 422, "items/2/ContactId"),
        ({"ProjectId": NOWHERE}, 422, "items/2/ProjectId"),
        ({"TaskItemStatusId": NOWHERE}, 422, "items/2/TaskItemStatusId"),
        ({"Recurrence": 8}, 422, "items/2/Recurrence"),
        ({"DescriptionHTML": "<b>" * 101}, 422, "items/2/DescriptionHTML"),
    ],
)
@pytest.mark.decision(28)
def test_one_wrong_item_refuses_all(
    office: Office, wrong: dict[str, Any], status: int, target: str
) -> None:
    items = numbered(office, 4)
    items[2] |= wrong
    with unchanged():
        refused(insert(office, items), status, target)


@pytest.mark.decision(7, 28)
def test_what_an_item_names_and_one_may_not_see(office: Office) -> None:
    for name, hidden in (
        ("ProjectId", "away"),
        ("TaskItemStatusId", "away_status"),
        ("ContactId", "stranger"),
    ):
        texts = []
        with unchanged():
            for uid in (office[hidden], NOWHERE):
                response = insert(
                    office, [*numbered(office, 1), numbered(office, 1)[0] | {name: uid}]
                )
                refused(response, 422, f"items/1/{name}")
                texts.append(response.text.replace(uid, "GUID"))
        assert texts[0] == texts[1]


@pytest.mark.decision(28)
def test_a_project_where_one_may_only_read(office: Office) -> None:
    project = office.world.project("theirs", viewer=(office.ids["editor"],))
    theirs = {"ProjectId": office.uid("project", project)}
    with unchanged():
        response = insert(office, [*numbered(office, 1), {"Name": "x", **theirs}])
        refused(response, 403, "items/1")


@pytest.mark.decision(1, 28)
def test_chosen_guids(office: Office) -> None:
    items = numbered(office, 2)
    items[1]["TaskItemId"] = NOWHERE
    assert insert(office, items).json["value"][1]["TaskItemId"] == NOWHERE
    with unchanged():
        refused(insert(office, items), 409, "items/1")
        fresh = NOWHERE[:-1] + "8"
        twice = [each | {"TaskItemId": fresh} for each in numbered(office, 2)]
        refused(insert(office, twice), 409, "items/1")


def test_done_ones_and_ones_with_a_column(office: Office) -> None:
    items = numbered(office, 3, TaskItemStatusId=office["doing"])
    items[1] |= {"IsDone": True, "Recurrence": 1, "EndDateTime": "2014-05-12T08:00:00Z"}
    made = insert(office, items).json["value"]
    assert [each["IsDone"] for each in made] == [False, True, False]
    assert made[1]["DoneDate"] == "2014-05-12T10:00:00Z"
    order = [each["CardPositionNumber"] for each in made]
    assert order == sorted(set(order))
    assert len(office.editor.value("Task", filter="Recurrence eq 1 and not IsDone")) == 1


def test_into_several_projects_and_none(office: Office) -> None:
    other = office.uid("project", office.world.project("x", editor=(office.ids["editor"],)))
    items = numbered(office, 3)
    items[1]["ProjectId"] = other
    items[2]["ProjectId"] = None
    made = insert(office, items).json["value"]
    assert [each["ProjectId"] for each in made] == [office["project"], other, None]


def test_items_with_annotations(office: Office) -> None:
    kind = "InLoox.PM.Domain.Model.Aggregates.Api.ApiTask"
    items = [{"@odata.type": kind, "Name": "typed", "ProjectId@odata.type": "#Guid"}]
    assert insert(office, items).json["value"][0]["Name"] == "typed"


def test_items_make_nothing_below_them(office: Office) -> None:
    items = numbered(office, 2)
    items[1]["CheckLists"] = [{"Name": "list"}]
    with unchanged():
        refused(insert(office, items), 501, "items/1/CheckLists")
    items[1] = {"Name": "bound", "Project@odata.bind": f"Project({office['project']})"}
    assert insert(office, items).json["value"][1]["ProjectId"] == office["project"]


@pytest.mark.covers("odata:POST Task/BatchDelete")
@pytest.mark.decision(5, 28)
def test_delete_takes_the_subtasks_along(office: Office) -> None:
    below = office.world.task(None, "below", parent=office.ids["task"], by=office.ids["editor"])
    keys = [office["task"], office["other"], office["task"], office.uid("task", below)]
    response = office.editor.post("Task/BatchDelete", {"items": keys})
    assert (response.status_code, response.data) == (204, b"")
    assert office.editor.value("Task") == []
    assert office.tw().task(below, showDeleted="yes")["status"] == "deleted"


@pytest.mark.decision(7, 28)
def test_one_key_that_one_may_not_see_refuses_all(office: Office) -> None:
    texts = []
    with unchanged():
        for uid in (office["secret"], office["away_task"], NOWHERE):
            response = office.editor.post("Task/BatchDelete", {"items": [office["task"], uid]})
            refused(response, 404, "items/1")
            texts.append(response.text.replace(uid, "GUID"))
        refused(office.as_("viewer").post("Task/BatchDelete", [office["task"]]), 403, "items/0")
    assert len(set(texts)) == 1


def test_there_is_an_end(office: Office) -> None:
    with unchanged():
        too_many = [NOWHERE] * 10_001
        refused(office.editor.post("Task/BatchDelete", {"items": too_many}), 422, "items")


def test_a_batch_seen_through_select(office: Office) -> None:
    made = office.editor.post("Task/BatchInsert?$select=Name", {"items": numbered(office, 2)})
    shown = [set(each) - {"@odata.etag", "@odata.id"} for each in made.json["value"]]
    assert shown == [{"Name"}, {"Name"}]
