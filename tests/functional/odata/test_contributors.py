"""Contributors: who works on a task beside its contact, and how much (decision 29)."""

from typing import Any

import pytest

from tests.functional.odata.acts import contributor
from tests.functional.odata.office import Office, refused, unchanged

MEMBERS = ("Id", "ContactId", "ContactDisplayName", "WorkAmount", "IsDone")


def listed(office: Office, on: str = "task") -> list[dict[str, Any]]:
    """The contributors of a task."""
    return office.editor.value(f"Task({office[on]})/GetContributors()")


def hours(office: Office) -> list[float]:
    """Number and work of the contributors, the owner's and the whole task's work."""
    names = ("ContributorsCount", "ContributorsWorkAmount", "WorkAmountOwner", "WorkAmount")
    return [office.one()[name] for name in names]


@pytest.mark.covers(
    "odata:GET Task({key})/GetContributors()",
    "odata:POST Task({key})/AddContributor",
    "AddContributor.contactId",
    "AddContributor.workAmount",
    "AddContributor.isDone",
)
@pytest.mark.decision(24, 29)
def test_a_contributor_is_added(office: Office) -> None:
    assert listed(office) == []
    body = {"contactId": office["worker"], "workAmount": 2.5, "isDone": True}
    response = office.act("AddContributor", body)
    assert response.status_code == 200
    made = {name: response.json[name] for name in MEMBERS}
    assert made | {"Id": ""} == {
        "Id": "",
        "ContactId": office["worker"],
        "ContactDisplayName": "Worker Person",
        "WorkAmount": 2.5,
        "IsDone": True,
    }
    (row,) = listed(office)
    assert {name: row[name] for name in MEMBERS} == made
    item = office.tw().task(office.ids["task"])
    assert item["responsible-party-ids"] == str(office.ids["worker"])


@pytest.mark.covers("AddContributor.workAmount", "AddContributor.isDone")
def test_what_may_be_left_out(office: Office) -> None:
    for body in ({}, {"workAmount": None, "isDone": None}):
        made = office.act("AddContributor", {"contactId": office["worker"], **body}).json
        assert (made["WorkAmount"], made["IsDone"]) == (0.0, False)
        office.act("RemoveContributor", {"id": made["Id"]})


@pytest.mark.covers("Task.ContributorsCount", "Task.ContributorsWorkAmount", "Task.WorkAmountOwner")
@pytest.mark.decision(29)
def test_the_work_of_contributors_and_owner(office: Office) -> None:
    said = {"WorkAmount": 10, "ContactId": office["editor"]}
    office.editor.patch(f"Task({office['task']})", said)
    assert hours(office) == [0, 0.0, 10.0, 10.0]
    first = contributor(office)
    body = {"contactId": office["viewer"], "workAmount": 3.5}
    office.act("AddContributor", body)
    assert hours(office) == [2, 5.5, 4.5, 10.0]
    office.act("UpdateContributor", {"id": first, "workAmount": 100})
    assert hours(office) == [2, 103.5, 0.0, 10.0]
    office.act("RemoveContributor", {"id": first})
    assert hours(office) == [1, 3.5, 6.5, 10.0]


@pytest.mark.covers(
    "odata:POST Task({key})/UpdateContributor",
    "UpdateContributor.id",
    "UpdateContributor.workAmount",
    "UpdateContributor.isDone",
)
@pytest.mark.decision(24, 29)
def test_a_contributor_is_changed(office: Office) -> None:
    row = contributor(office)
    response = office.act("UpdateContributor", {"id": row, "workAmount": 7.25})
    assert (response.status_code, response.data) == (204, b"")
    assert [(each["WorkAmount"], each["IsDone"]) for each in listed(office)] == [(7.25, False)]
    preferred = {"Prefer": "return=representation"}
    shown = office.act("UpdateContributor", {"id": row, "isDone": True}, headers=preferred)
    assert shown.status_code == 200
    assert (shown.json["WorkAmount"], shown.json["IsDone"]) == (7.25, True)
    office.act("UpdateContributor", {"id": row, "workAmount": None, "isDone": None})
    assert [(each["WorkAmount"], each["IsDone"]) for each in listed(office)] == [(7.25, True)]


@pytest.mark.covers("odata:POST Task({key})/RemoveContributor", "RemoveContributor.id")
@pytest.mark.decision(29)
def test_a_contributor_is_removed(office: Office) -> None:
    row = contributor(office)
    response = office.act("RemoveContributor", {"id": row})
    assert (response.status_code, response.data) == (204, b"")
    assert listed(office) == []
    with unchanged():
        refused(office.act("RemoveContributor", {"id": row}), 422, "id")
        refused(office.act("UpdateContributor", {"id": row, "isDone": True}), 422, "id")


@pytest.mark.decision(29)
def test_the_row_of_another_task_is_as_if_it_were_not(office: Office) -> None:
    row = contributor(office)
    with unchanged():
        for uid in (row, office["worker"]):
            response = office.act("RemoveContributor", {"id": uid}, on="other")
            refused(response, 422, "id")
            response = office.act("UpdateContributor", {"id": uid, "isDone": True}, on="other")
            refused(response, 422, "id")


@pytest.mark.decision(29)
def test_who_is_no_contributor(office: Office) -> None:
    office.editor.patch(f"Task({office['task']})", {"ContactId": office["editor"]})
    contributor(office)
    with unchanged():
        for who in ("editor", "worker"):  # the contact, and one who is a contributor already
            response = office.act("AddContributor", {"contactId": office[who]})
            refused(response, 422, "contactId")
        body = {"contactId": office["stranger"]}
        refused(office.act("AddContributor", body, who="admin"), 422, "contactId")


@pytest.mark.parametrize("hours", [-1, 1e7])
def test_hours_have_bounds(office: Office, hours: float) -> None:
    row = contributor(office)
    with unchanged():
        body = {"contactId": office["viewer"], "workAmount": hours}
        refused(office.act("AddContributor", body), 422, "workAmount")
        refused(office.act("UpdateContributor", {"id": row, "workAmount": hours}), 422)


@pytest.mark.covers("Task.ContactId")
@pytest.mark.decision(2, 29)
def test_the_contact_is_the_first_responsible_party(office: Office) -> None:
    path = f"/tasks/{office.ids['task']}.json"
    ids = [office.ids[who] for who in ("manager", "editor", "worker")]
    people = ",".join(map(str, ids))
    office.tw().put(path, {"todo-item": {"responsible-party-id": people}})
    assert office.one()["ContactId"] == office["manager"]
    assert [each["ContactId"] for each in listed(office)] == [office["editor"], office["worker"]]
    office.editor.patch(f"Task({office['task']})", {"ContactId": office["worker"]})
    assert [each["ContactId"] for each in listed(office)] == [office["editor"]]
    office.editor.patch(f"Task({office['task']})", {"ContactId": None})
    assert office.one()["ContactId"] is None
    assert [each["ContactId"] for each in listed(office)] == [office["editor"]]


@pytest.mark.decision(7)
def test_a_contributor_sees_and_completes(office: Office) -> None:
    manager = office.as_("manager")
    secret = f"Task({office['secret']})"
    manager.post(f"{secret}/AddContributor", {"contactId": office["viewer"]})
    assert office.as_("viewer").one(secret)["Name"] == "the secret"
    assert office.as_("viewer").patch(secret, {"IsDone": True}).status_code == 204
