"""MoveTaskItem, Copy and UpdateProjectDefinedField: a task on the board, twice, and its fields."""

from typing import Any

import pytest

from tests.functional.odata.acts import contributor
from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

REPRESENTATION = {"Prefer": "return=representation"}


def column(office: Office, status: str = "doing") -> list[str]:
    """The names of the tasks in a column, in the board's order."""
    where = f"TaskItemStatusId eq {office[status]}"
    return office.editor.names("Task", filter=where, orderby="CardPositionNumber")


def move(office: Office, on: str = "task", after: str | None = None, **more: Any) -> Any:
    """The response to MoveTaskItem into the column `doing`."""
    body = {"taskItemStatusId": office["doing"]}
    if after is not None:
        body["afterTaskItemId"] = office[after]
    return office.act("MoveTaskItem", body, on=on, **more)


def card(office: Office, name: str) -> str:
    """A further task at the bottom of the column."""
    said = {"ProjectId": office["project"], "TaskItemStatusId": office["doing"]}
    return str(office.editor.make("Task", Name=name, **said)["TaskItemId"])


@pytest.mark.covers(
    "odata:POST Task({key})/MoveTaskItem",
    "MoveTaskItem.taskItemStatusId",
    "MoveTaskItem.afterTaskItemId",
    "Task.CardPositionNumber",
    "Task.TaskItemStatusId",
)
@pytest.mark.decision(2, 24)
def test_move_to_the_bottom_and_behind_another(office: Office) -> None:
    card(office, "a")
    card(office, "b")
    response = move(office, "other")
    assert (response.status_code, response.data) == (204, b"")
    assert column(office) == ["a", "b", "the other"]
    first = office.editor.value("Task", filter="Name eq 'a'")[0]["TaskItemId"]
    body = {"taskItemStatusId": office["doing"], "afterTaskItemId": first}
    assert office.act("MoveTaskItem", body).status_code == 204
    assert column(office) == ["a", "the task", "b", "the other"]
    assert office.act("MoveTaskItem", body | {"afterTaskItemId": None}).status_code == 204
    assert column(office) == ["a", "b", "the other", "the task"]
    (shown,) = office.tw().task(office.ids["task"])["boardColumn"]
    assert (shown["id"], shown["name"]) == (office.ids["doing"], "Doing")


def test_move_many_times_behind_the_same(office: Office) -> None:
    first, last = card(office, "a"), card(office, "z")
    for _ in range(15):
        for mover in (office["task"], last):
            body = {"taskItemStatusId": office["doing"], "afterTaskItemId": first}
            assert office.editor.post(f"Task({mover})/MoveTaskItem", body).status_code == 204
    assert column(office) == ["a", "z", "the task"]


@pytest.mark.decision(24)
def test_move_shows_the_task_on_request(office: Office) -> None:
    response = move(office, headers=REPRESENTATION)
    assert response.status_code == 200
    assert response.json["TaskItemStatusId"] == office["doing"]
    assert response.json == office.one()


def test_what_the_task_cannot_stand_behind(office: Office) -> None:
    with unchanged():
        refused(move(office, after="other"), 422, "afterTaskItemId")  # in no column
        refused(move(office, after="task"), 422, "afterTaskItemId")
        body = {"taskItemStatusId": office["away_status"]}
        refused(office.admin.post(f"Task({office['task']})/MoveTaskItem", body), 422)


@pytest.mark.covers("odata:POST Task({key})/Copy", "Copy.projectId")
@pytest.mark.decision(24)
def test_copy_in_the_same_project(office: Office) -> None:
    said = {"WorkAmount": 5, "DescriptionHTML": "<b>x</b>", "TaskItemStatusId": office["doing"]}
    office.editor.patch(f"Task({office['task']})", {"ContactId": office["editor"], **said})
    contributor(office)
    office.act("AddDocumentToTaskItem", {"documentIds": [office["file"]]})
    office.act("AddNote", {"htmlText": "not copied", "notificationContactIds": []})
    office.editor.patch(f"Task({office['task']})", {"IsDone": True})
    response = office.act("Copy", {})
    assert response.status_code == 201
    made = response.json
    assert response.headers["Location"].endswith(f"/odata/Task({made['TaskItemId']})")
    same = ("Name", "ProjectId", "GroupId", "ContactId", "ContributorsWorkAmount", *said)
    source = office.one()
    assert {name: made[name] for name in same} == {name: source[name] for name in same}
    assert (made["IsDone"], made["DoneDate"]) == (False, None)
    assert len(office.editor.value(f"Task({made['TaskItemId']})/Documents")) == 1
    assert office.editor.value(f"Task({made['TaskItemId']})/Notes") == []


@pytest.mark.parametrize("body", [None, {"projectId": None}])
def test_copy_without_a_project(office: Office, body: Any) -> None:
    made = office.act("Copy", body).json
    assert (made["Name"], made["ProjectId"]) == ("the task", office["project"])


@pytest.mark.covers("Copy.projectId")
def test_copy_into_another_project(office: Office) -> None:
    other = office.world.project("other", editor=(office.ids["editor"],))
    target = {"projectId": office.uid("project", other)}
    office.editor.patch(
        f"Task({office['task']})",
        {"ContactId": office["worker"], "TaskItemStatusId": office["doing"]},
    )
    made = office.act("Copy", target).json
    assert made["ProjectId"] == target["projectId"]
    assert (made["ContactId"], made["TaskItemStatusId"]) == (None, None)
    assert office.one()["ProjectId"] == office["project"]
    project = office.world.project("theirs", viewer=(office.ids["editor"],))
    with unchanged():
        refused(office.act("Copy", {"projectId": office.uid("project", project)}), 403)


def test_a_viewer_copies_into_a_project_of_his_own(office: Office) -> None:
    own = office.world.project("own", manager=(office.ids["viewer"],))
    body = {"projectId": office.uid("project", own)}
    made = office.act("Copy", body, who="viewer")
    assert made.status_code == 201
    assert made.json["CreatedByContactId"] == office["viewer"]


FIELDS = [
    ("pf_dt0_0a0b0c0d_Text", "Ünïcode", "Ünïcode"),
    ("pf_dt1_0a0b0c0d_Date", "2025-02-01T09:00:00+01:00", "2025-02-01T08:00:00Z"),
    ("pf_dt2_0a0b0c0d_Number", "9007199254740993", 9007199254740993),
    ("pf_dt3_0a0b0c0d_Part", "1.50", 1.5),
    ("pf_dt4_0a0b0c0d_Yes", "true", True),
    ("pf_dt5_0a0b0c0d_List", "red", "red"),
    ("pf_dt6_0a0b0c0d_Money", "-2.5", -2.5),
]


@pytest.mark.parametrize(("name", "sent", "kept"), FIELDS)
@pytest.mark.covers(
    "odata:POST Task({key})/UpdateProjectDefinedField",
    "UpdateProjectDefinedField.fieldName",
    "UpdateProjectDefinedField.value",
)
@pytest.mark.decision(35)
def test_a_field_of_the_project(office: Office, name: str, sent: str, kept: Any) -> None:
    body = {"fieldName": name, "value": sent}
    response = office.act("UpdateProjectDefinedField", body)
    assert (response.status_code, response.data) == (204, b"")
    row = f"DynamicTaskItem({office['task']})"
    assert office.editor.one(row)[f"TaskItem_{name}"] == kept
    assert office.editor.one(f"DynamicTaskItem({office['other']})")[f"TaskItem_{name}"] is None
    for cleared in ({"value": None}, {"value": ""}, {}):
        office.act("UpdateProjectDefinedField", body)
        office.act("UpdateProjectDefinedField", {"fieldName": name, **cleared})
        assert office.editor.one(row)[f"TaskItem_{name}"] is None


@pytest.mark.decision(24, 35)
def test_what_is_no_field(office: Office) -> None:
    with unchanged():
        for name in ("", "Text", "pf_dt7_0a0b0c0d_X", "pf_dt0_short_X", "pf_dt0_0a0b0c0d_"):
            response = office.act("UpdateProjectDefinedField", {"fieldName": name, "value": "x"})
            refused(response, 400, "fieldName")
        body = {"fieldName": "pf_dt2_0a0b0c0d_N", "value": "many"}
        refused(office.act("UpdateProjectDefinedField", body), 422, "value")
        refused(office.editor.post(f"Task({NOWHERE})/UpdateProjectDefinedField", body), 404)


@pytest.mark.decision(24)
def test_a_field_shows_the_task_on_request(office: Office) -> None:
    body = {"fieldName": "pf_dt0_0a0b0c0d_Text", "value": "x"}
    shown = office.act("UpdateProjectDefinedField", body, headers=REPRESENTATION)
    assert (shown.status_code, shown.json["TaskItemId"]) == (200, office["task"])
