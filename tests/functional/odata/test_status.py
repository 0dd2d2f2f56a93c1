"""TaskStatus: the columns of a project's board."""

from typing import Any

import pytest

from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

MEMBERS = ("TaskItemStatusId", "Name", "ProjectId", "OrdinalPosition", "Color")
GUID = "0190a5d0-ac96-774b-8cce-b302099a8099"


def make(office: Office, who: str = "manager", **more: Any) -> Any:
    """The response to the POST of a status."""
    body = {"Name": "Review", "ProjectId": office["project"]} | more
    return office.as_(who).post("TaskStatus", body)


@pytest.mark.covers("odata:POST TaskStatus", *(f"TaskStatus.{name}" for name in MEMBERS))
@pytest.mark.decision(24)
def test_a_status_is_made(office: Office) -> None:
    response = make(office, OrdinalPosition=7, Color=-65536)
    assert response.status_code == 201
    made = response.json
    assert response.headers["Location"].endswith(f"TaskStatus({made['TaskItemStatusId']})")
    assert {name for name in made if "@" not in name} == set(MEMBERS)
    said = {
        "Name": "Review",
        "ProjectId": office["project"],
        "OrdinalPosition": 7,
        "Color": -65536,
    }
    assert {name: made[name] for name in said} == said
    assert office.editor.one(f"TaskStatus({made['TaskItemStatusId']})") == made


@pytest.mark.covers("TaskStatus.OrdinalPosition", "TaskStatus.Color", "TaskStatus.TaskItemStatusId")
def test_what_may_be_left_out(office: Office) -> None:
    first, second = make(office).json, make(office, TaskItemStatusId=GUID).json
    assert second["OrdinalPosition"] == first["OrdinalPosition"] + 1
    assert (first["Color"], second["TaskItemStatusId"]) == (None, GUID)
    with unchanged():
        refused(make(office, TaskItemStatusId=GUID), 409)


@pytest.mark.covers("odata:GET TaskStatus", "odata:GET TaskStatus({key})")
@pytest.mark.decision(7)
def test_statuses_are_read(office: Office) -> None:
    found = office.editor.value("TaskStatus", orderby="OrdinalPosition,Name")
    assert {each["Name"] for each in found} == {"New", "Doing"}
    assert office.as_("viewer").one(f"TaskStatus({office['new']})")["Name"] == "New"
    assert office.editor.one(f"TaskStatus('{office['new']}')")["Name"] == "New"
    for uid in (office["away_status"], NOWHERE):
        refused(office.editor.get(f"TaskStatus({uid})"), 404)
    assert office.as_("stranger").value("TaskStatus") == []


@pytest.mark.covers("odata:PATCH TaskStatus({key})")
@pytest.mark.decision(24)
def test_a_status_is_changed(office: Office) -> None:
    address = f"TaskStatus({office['new']})"
    for body in ({"Name": "Fresh"}, {"OrdinalPosition": 9}, {"Color": 255}, {"Color": None}):
        response = office.as_("manager").patch(address, body)
        assert (response.status_code, response.data) == (204, b"")
        shown = office.editor.one(address)
        assert {name: shown[name] for name in body} == body
    assert office.as_("manager").patch(address, {"ProjectId": office["project"]}).status_code == 204
    office.act("MoveTaskItem", {"taskItemStatusId": office["new"]})
    assert office.tw().task(office.ids["task"])["boardColumn"][0]["name"] == "Fresh"


@pytest.mark.covers("odata:DELETE TaskStatus({key})", "TaskStatus: deleted")
@pytest.mark.decision(24, 30)
def test_deleting_a_status_leaves_its_tasks_with_none(office: Office) -> None:
    for on, status in (("task", "new"), ("other", "doing")):
        office.act("MoveTaskItem", {"taskItemStatusId": office[status]}, on=on)
    before = office.one()["@odata.etag"]
    response = office.as_("manager").delete(f"TaskStatus({office['new']})")
    assert (response.status_code, response.data) == (204, b"")
    gone = office["task"], office["other"]
    shown = [office.editor.one(f"Task({uid})")["TaskItemStatusId"] for uid in gone]
    assert shown == [None, office["doing"]]
    assert office.one()["@odata.etag"] != before
    assert office.tw().task(office.ids["task"])["boardColumn"] == []
    assert [each["Name"] for each in office.editor.value("TaskStatus")] == ["Doing"]


@pytest.mark.parametrize(
    ("body", "status", "target"),
    [
        ({"Name": None}, 422, "Name"),
        ({"Name": ""}, 422, "Name"),
        ({"Name": "x" * 201}, 400, "Name"),
        ({"ProjectId": None}, 422, "ProjectId"),
        ({"ProjectId": NOWHERE}, 422, "ProjectId"),
        ({"ProjectId": "demo"}, 400, "ProjectId"),
        ({"OrdinalPosition": "first"}, 400, "OrdinalPosition"),
        ({"OrdinalPosition": 2**31 - 1}, 422, "OrdinalPosition"),
        ({"Color": 2**31}, 400, "Color"),
        ({"Colour": 1}, 400, "Colour"),
    ],
)
def test_what_makes_no_status(
    office: Office, body: dict[str, Any], status: int, target: str
) -> None:
    with unchanged():
        refused(make(office, **body), status, target)


@pytest.mark.decision(24)
def test_what_changes_no_status(office: Office) -> None:
    address = f"TaskStatus({office['new']})"
    manager = office.as_("manager")
    with unchanged():
        for name in ("ProjectId", "OrdinalPosition"):
            refused(manager.patch(address, {name: None}), 400, name)
        refused(office.admin.patch(address, {"ProjectId": office["away"]}), 422, "ProjectId")
        refused(manager.patch(address, {"Name": " "}), 422, "Name")


@pytest.mark.decision(7)
def test_a_manager_keeps_the_board(office: Office) -> None:
    address = f"TaskStatus({office['new']})"
    with unchanged():
        for who in ("editor", "viewer", "reader"):
            refused(make(office, who), 403)
            refused(office.as_(who).patch(address, {"Name": "x"}), 403)
            refused(office.as_(who).delete(address), 403)
        for uid in (office["away_status"], NOWHERE):
            refused(office.editor.patch(f"TaskStatus({uid})", {"Color": 1}), 404)
            refused(office.editor.delete(f"TaskStatus({uid})"), 404)
        refused(make(office, ProjectId=office["away"]), 422, "ProjectId")


@pytest.mark.decision(25)
def test_another_version_is_not_changed(office: Office) -> None:
    address, manager = f"TaskStatus({office['new']})", office.as_("manager")
    stale = {"If-Match": manager.one(address)["@odata.etag"]}
    manager.patch(address, {"Name": "meanwhile"})
    with unchanged():
        refused(manager.patch(address, {"Name": "mine"}, headers=stale), 412)
        refused(manager.delete(address, headers=stale), 412)
    current = {"If-Match": manager.one(address)["@odata.etag"]}
    assert manager.delete(address, headers=current).status_code == 204


@pytest.mark.decision(24)
def test_a_status_under_a_chosen_key(office: Office) -> None:
    manager = office.as_("manager")
    body = {"Name": "chosen", "ProjectId": office["project"]}
    assert manager.put(f"TaskStatus({GUID})", body).status_code == 201
    assert manager.put(f"TaskStatus({GUID})", {**body, "Color": 5}).status_code == 204
    assert manager.one(f"TaskStatus({GUID})")["Color"] == 5
    assert manager.delete(f"TaskStatus({GUID})").status_code == 204
    with unchanged():
        refused(manager.patch(f"TaskStatus({NOWHERE})", {"Color": 5}), 404)
