"""Task: every property of the data model, written, read, cleared and refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from app.models import Person
from app.services.execute import maintain
from tests.contract.inloox import TASK
from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

Value = Callable[[Office], Any]
GUID = "0190a5d0-ac96-774b-8cce-b302099a8099"
TYPES = {
    "TaskItemId": str,
    "Name": str,
    "GroupId": str,
    "IsDone": bool,
    "WorkAmount": float,
    "CardPositionNumber": int,
    "IsBillable": bool,
    "Recurrence": int,
    "CreatedByContactId": str,
    "ChecklistItemsCount": int,
    "CheckListItemsDoneCount": int,
    "CheckListItemsOpenCount": int,
    "ContributorsCount": int,
    "ContributorsWorkAmount": float,
    "WorkAmountOwner": float,
}
NULL = (
    "TaskItemStatusId",
    "ContactId",
    "PlanningId",
    "StartDateTime",
    "EndDateTime",
    "DoneDate",
    "CustomColor",
    "DescriptionHTML",
    "AssignedByContactId",
    "ContactDisplayName",
    "ContactImageId",
    "RiskId",
    "RiskName",
)


def planning(office: Office) -> str:
    """A planning element of the project."""
    made = office.editor.make("Planning", DisplayName="Phase", ProjectId=office["project"])
    return str(made["PlanningId"])


def risk(office: Office) -> str:
    """A risk of the project."""
    made = office.editor.make("Risk", Name="Rain", ProjectId=office["project"])
    return str(made["RiskId"])


def group(office: Office) -> str:
    """Another list of the project."""
    return office.uid("list", office.world.list(office.ids["project"], "Other list"))


WRITABLE: dict[str, Value] = {
    "Name": lambda _: "Ünïcode \U0001f600 name",
    "TaskItemStatusId": lambda office: office["doing"],
    "ContactId": lambda office: office["worker"],
    "ProjectId": lambda office: office["project"],
    "PlanningId": planning,
    "GroupId": group,
    "StartDateTime": lambda _: "2025-02-01T09:00:00Z",
    "EndDateTime": lambda _: "2025-02-15T17:00:00.123456Z",
    "IsDone": lambda _: True,
    "WorkAmount": lambda _: 16.25,
    "CustomColor": lambda _: -16711936,
    "CardPositionNumber": lambda _: 7,
    "DescriptionHTML": lambda _: "<p>Some <b>bold</b> text</p>",
    "IsBillable": lambda _: True,
    "Recurrence": lambda _: 3,
    "RiskId": risk,
}
CLEARED = (
    "TaskItemStatusId",
    "ContactId",
    "PlanningId",
    "StartDateTime",
    "EndDateTime",
    "CustomColor",
    "DescriptionHTML",
    "RiskId",
)
SOLID = ("GroupId", "IsDone", "WorkAmount", "CardPositionNumber", "IsBillable", "Recurrence")
READ_ONLY: dict[str, Any] = {
    "DoneDate": "2001-01-01T00:00:00Z",
    "AssignedByContactId": NOWHERE,
    "CreatedByContactId": NOWHERE,
    "ContactDisplayName": "Somebody Else",
    "ContactImageId": NOWHERE,
    "RiskName": "Snow",
    "ChecklistItemsCount": 70,
    "CheckListItemsDoneCount": 70,
    "CheckListItemsOpenCount": 70,
    "ContributorsCount": 70,
    "ContributorsWorkAmount": 70.5,
    "WorkAmountOwner": 70.5,
}
UNREADABLE: dict[str, Any] = {
    "Name": 5,
    "TaskItemStatusId": "new",
    "ContactId": 7,
    "StartDateTime": "2025-02-30T00:00:00Z",
    "EndDateTime": "tomorrow",
    "IsDone": "yes",
    "WorkAmount": "much",
    "CustomColor": 1.5,
    "CardPositionNumber": 2**31,
    "DescriptionHTML": {},
    "IsBillable": 1,
    "Recurrence": "daily",
}
BEYOND: dict[str, Any] = {
    "WorkAmount": -1,
    "Recurrence": 8,
    "StartDateTime": "0001-01-01T00:00:00Z",
    "CardPositionNumber": 2**31 - 1,
}
HIDDEN: dict[str, Value] = {
    "TaskItemStatusId": lambda office: office["away_status"],
    "ContactId": lambda office: office["stranger"],
    "ProjectId": lambda office: office["away"],
    "GroupId": lambda office: office.admin.one(f"Task({office['away_task']})")["GroupId"],
    "PlanningId": lambda office: away(office, "Planning", DisplayName="x")["PlanningId"],
    "RiskId": lambda office: away(office, "Risk", Name="x")["RiskId"],
}


def away(office: Office, kind: str, **said: str) -> dict[str, Any]:
    """Something of the project that only the administrator sees."""
    return office.admin.make(kind, ProjectId=office["away"], **said)


def make(office: Office, **more: Any) -> dict[str, Any]:
    """A task of the project, as the answer to the POST says it."""
    return office.editor.make("Task", **({"Name": "made", "ProjectId": office["project"]} | more))


@pytest.mark.covers("odata:POST Task", "odata:GET Task({key})", *(f"Task.{n}" for n in TYPES))
@pytest.mark.decision(24, 30)
def test_a_new_task_has_every_member(office: Office) -> None:
    response = office.editor.post("Task", {"Name": "bare", "ProjectId": office["project"]})
    assert response.status_code == 201
    made = response.json
    address = f"http://localhost/odata/Task({made['TaskItemId']})"
    assert response.headers["Location"] == address
    assert response.headers["ETag"] == made["@odata.etag"]
    assert made["@odata.context"] == "http://localhost/odata/$metadata#Task/$entity"
    members = {name: value for name, value in made.items() if "@" not in name}
    assert set(members) == {*TYPES, *NULL, "ProjectId"}
    assert {name: type(members[name]) for name in TYPES} == TYPES
    assert {name: members[name] for name in NULL} == dict.fromkeys(NULL)
    assert members["GroupId"] == office["list"]
    assert members["ProjectId"] == office["project"]
    assert members["CreatedByContactId"] == office["editor"]
    assert not any(members[name] for name, kind in TYPES.items() if kind in (bool, int, float))
    assert office.editor.one(f"Task({made['TaskItemId']})") == made


@pytest.mark.parametrize("name", WRITABLE)
@pytest.mark.covers(*(f"Task.{name}" for name in WRITABLE))
def test_a_property_is_written_by_post_and_by_patch(office: Office, name: str) -> None:
    value = WRITABLE[name](office)
    made = make(office, **{name: value})
    assert made[name] == value
    plain = make(office)
    address = f"Task({plain['TaskItemId']})"
    response = office.editor.patch(address, {name: value})
    assert (response.status_code, response.data) == (204, b"")
    changed = office.editor.one(address)
    assert changed[name] == value
    assert changed["@odata.etag"] != plain["@odata.etag"] or name == "ProjectId"
    own = {name, "@odata.etag", *DERIVED.get(name, ())}
    assert {key: each for key, each in changed.items() if key not in own} == {
        key: each for key, each in plain.items() if key not in own
    }


DERIVED = {
    "ContactId": ("AssignedByContactId", "ContactDisplayName", "ContactImageId"),
    "IsDone": ("DoneDate",),
    "RiskId": ("RiskName",),
    "WorkAmount": ("WorkAmountOwner",),
    "TaskItemStatusId": ("CardPositionNumber",),
}


@pytest.mark.covers("Task.TaskItemId")
@pytest.mark.decision(1)
def test_the_client_may_choose_the_guid_of_a_new_task(office: Office) -> None:
    assert make(office, TaskItemId=GUID.upper())["TaskItemId"] == GUID
    with unchanged():
        again = {"Name": "again", "ProjectId": office["project"], "TaskItemId": GUID}
        refused(office.editor.post("Task", again), 409)
    office.editor.patch(f"Task({GUID})", {"TaskItemId": NOWHERE, "Name": "kept"})
    assert office.editor.one(f"Task({GUID})")["Name"] == "kept"


@pytest.mark.parametrize("name", CLEARED)
@pytest.mark.decision(24)
def test_null_clears(office: Office, name: str) -> None:
    made = make(office, **{name: WRITABLE[name](office)})
    office.editor.patch(f"Task({made['TaskItemId']})", {name: None})
    assert office.editor.one(f"Task({made['TaskItemId']})")[name] is None


@pytest.mark.parametrize("name", SOLID)
@pytest.mark.decision(24)
def test_null_for_what_is_never_null(office: Office, name: str) -> None:
    plain = make(office)
    assert make(office, **{name: None})[name] == plain[name]
    with unchanged():
        refused(office.editor.patch(f"Task({plain['TaskItemId']})", {name: None}), 400, name)


@pytest.mark.parametrize("name", READ_ONLY)
@pytest.mark.covers(*(f"Task.{name}" for name in READ_ONLY))
@pytest.mark.decision(24)
def test_a_read_only_property_is_ignored(office: Office, name: str) -> None:
    made, plain = make(office, **{name: READ_ONLY[name]}), make(office)
    assert made[name] == plain[name]
    response = office.editor.patch(f"Task({made['TaskItemId']})", {name: READ_ONLY[name]})
    assert response.status_code == 204
    assert office.editor.one(f"Task({made['TaskItemId']})")[name] == plain[name]


def test_a_body_read_before_can_be_sent_back(office: Office) -> None:
    whole = make(office, ContactId=office["worker"], RiskId=risk(office), WorkAmount=2)
    address = f"Task({whole['TaskItemId']})"
    for method in ("PATCH", "PUT"):
        assert office.editor.call(method, address, whole).status_code == 204
        again = office.editor.one(address)
        assert again | {"@odata.etag": whole["@odata.etag"]} == whole, method


def test_a_body_of_a_generated_client_names_everything(office: Office) -> None:
    kind = "InLoox.PM.Domain.Model.Aggregates.Api.ApiTask"
    body = {"@odata.type": kind, **dict.fromkeys(TASK), "Name": "generated"}
    for name in (kind, f"#{kind}"):
        made = office.editor.post("Task", body | {"@odata.type": name})
        assert made.status_code == 201, made.text
    refused(office.editor.post("Task", body | {"@odata.type": f"{kind}Note"}), 400)


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_text_that_no_store_can_keep(office: Office, text: str) -> None:
    task = f"Task({office['task']})"
    data = json.dumps({"Name": text, "DescriptionHTML": text}).encode()
    with unchanged():
        said = {"Content-Type": "application/json"}
        assert office.editor.call("POST", "Task", data=data, headers=said).status_code in (400, 422)
        assert office.editor.call("PATCH", task, data=data, headers=said).status_code in (400, 422)
        for option in ("filter", "search"):
            quoted = json.dumps(text).strip('"')
            asked = office.editor.get("Task", **{option: f"Name eq '{quoted}'"})
            assert asked.status_code in (200, 400)


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.decision(24)
def test_a_value_of_another_type_is_named(office: Office, name: str) -> None:
    body = {"Name": "x", "ProjectId": office["project"], name: UNREADABLE[name]}
    with unchanged():
        refused(office.editor.post("Task", body), 400, name)
        refused(office.editor.patch(f"Task({office['task']})", {name: UNREADABLE[name]}), 400, name)


@pytest.mark.parametrize("name", BEYOND)
def test_a_value_out_of_bounds_is_named(office: Office, name: str) -> None:
    body = {"Name": "x", "ProjectId": office["project"], name: BEYOND[name]}
    with unchanged():
        refused(office.editor.post("Task", body), 422, name)
        refused(office.editor.patch(f"Task({office['task']})", {name: BEYOND[name]}), 422, name)


def test_a_name_has_an_end(office: Office) -> None:
    with unchanged():
        refused(office.editor.patch(f"Task({office['task']})", {"Name": "x" * 2001}), 400, "Name")
    assert make(office, Name="x" * 2000)["Name"] == "x" * 2000


@pytest.mark.decision(24)
def test_an_unknown_property_is_named(office: Office) -> None:
    with unchanged():
        for body in ({"Nmae": "x"}, {"name": "x"}, {"Name": "x", "parentTaskId": 1}):
            target = next(name for name in body if name != "Name")
            refused(office.editor.post("Task", body), 400, target)
            refused(office.editor.patch(f"Task({office['task']})", body), 400, target)


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.decision(7)
def test_what_a_body_names_and_one_may_not_see_is_as_if_it_were_not(
    office: Office, name: str
) -> None:
    texts, hidden = [], HIDDEN[name](office)
    with unchanged():
        for uid in (hidden, NOWHERE):
            body = {"ProjectId": office["project"], "Name": "x", name: uid}
            response = office.editor.post("Task", body)
            refused(response, 422, name)
            texts.append(response.text.replace(uid, "GUID"))
            refused(office.editor.patch(f"Task({office['task']})", {name: uid}), 422, name)
    assert texts[0] == texts[1]


@pytest.mark.decision(7)
def test_things_of_another_project_do_not_fit(office: Office) -> None:
    task = f"Task({office['task']})"
    plan = away(office, "Planning", DisplayName="x")["PlanningId"]
    rain = away(office, "Risk", Name="x")["RiskId"]
    named = {"TaskItemStatusId": office["away_status"], "PlanningId": plan, "RiskId": rain}
    with unchanged():
        for name, uid in named.items():
            refused(office.admin.patch(task, {name: uid}), 422, name)
        refused(office.admin.patch(task, {"ContactId": office["stranger"]}), 422, "ContactId")


@pytest.mark.covers("Task.ContactImageId", "Task.ContactDisplayName", "Task.AssignedByContactId")
@pytest.mark.decision(2, 29)
def test_facts_of_the_contact(office: Office) -> None:
    image = "11111111-2222-4333-8444-555555555555"
    chosen = update(Person).where(Person.id == office.ids["worker"])
    maintain(lambda work: work.run(chosen.values(image_uid=image, last_name="Bee")))
    office.editor.patch(f"Task({office['task']})", {"ContactId": office["worker"]})
    task = office.one()
    assert task["ContactDisplayName"] == "Worker Bee"
    assert task["ContactImageId"] == image
    assert task["AssignedByContactId"] == office["editor"]
    item = office.tw().task(office.ids["task"])
    assert item["responsible-party-id"] == str(office.ids["worker"])


@pytest.mark.covers("Task.RiskName", "Task.RiskId")
def test_the_name_of_the_risk(office: Office) -> None:
    rain = risk(office)
    made = make(office, RiskId=rain)
    assert (made["RiskId"], made["RiskName"]) == (rain, "Rain")
    office.editor.patch(f"Risk({rain})", {"Name": "Storm"})
    assert office.editor.one(f"Task({made['TaskItemId']})")["RiskName"] == "Storm"
    office.editor.delete(f"Risk({rain})")
    assert office.editor.one(f"Task({made['TaskItemId']})")["RiskName"] is None


@pytest.mark.covers(
    "Task.ChecklistItemsCount", "Task.CheckListItemsDoneCount", "Task.CheckListItemsOpenCount"
)
def test_counts_of_check_list_items(office: Office) -> None:
    listed = office.editor.make("CheckList", Name="list", TaskItemId=office["task"])
    of = {"CheckListId": listed["CheckListId"]}
    items = [office.editor.make("CheckListItem", Name=name, **of) for name in ("a", "b", "c")]
    office.editor.patch(f"CheckListItem({items[0]['CheckListItemId']})", {"IsDone": True})
    office.editor.delete(f"CheckListItem({items[1]['CheckListItemId']})")
    names = ("ChecklistItemsCount", "CheckListItemsDoneCount", "CheckListItemsOpenCount")
    assert [office.one()[name] for name in names] == [2, 1, 1]
    office.editor.delete(f"CheckList({listed['CheckListId']})")
    assert [office.one()[name] for name in names] == [0, 0, 0]
