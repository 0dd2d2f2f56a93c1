"""Task: who may change and delete what, in which version, by which key; and completing."""

import pytest

from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

GUID = "0190a5d0-ac96-774b-8cce-b302099a8099"


@pytest.mark.decision(7)
def test_a_task_that_one_may_not_see_does_not_exist(office: Office) -> None:
    with unchanged():
        for uid in (office["secret"], office["away_task"], NOWHERE):
            for method in ("GET", "DELETE"):
                refused(office.editor.call(method, f"Task({uid})"), 404)
            refused(office.editor.patch(f"Task({uid})", {"IsDone": True}), 404)
    shown = {each["TaskItemId"] for each in office.editor.value("Task")}
    assert shown == {office["task"], office["other"]}
    assert office.editor.get("Task/$count").text == "2"


@pytest.mark.decision(7)
def test_who_may_not_change_a_task(office: Office) -> None:
    task = f"Task({office['task']})"
    with unchanged():
        for who in ("viewer", "reader"):
            client = office.as_(who)
            refused(client.patch(task, {"Name": "x"}), 403)
            refused(client.delete(task), 403)
            refused(client.post("Task", {"Name": "x", "ProjectId": office["project"]}), 403)
        refused(office.as_("stranger").patch(task, {"Name": "x"}), 404)
    assert office.as_("viewer").one(task)["Name"] == "the task"


@pytest.mark.decision(6, 7)
def test_who_is_assigned_may_complete(office: Office) -> None:
    task = f"Task({office['task']})"
    office.editor.patch(task, {"ContactId": office["viewer"]})
    assert office.as_("viewer").patch(task, {"IsDone": True}).status_code == 204
    assert office.one()["IsDone"] is True
    refused(office.as_("viewer").patch(task, {"IsDone": False, "Name": "x"}), 403)
    assert office.as_("viewer").patch(task, {"IsDone": False}).status_code == 204
    assert office.one()["IsDone"] is False


@pytest.mark.covers("odata:DELETE Task({key})")
@pytest.mark.decision(5, 24)
def test_delete(office: Office) -> None:
    below = office.world.task(None, "below", parent=office.ids["task"], by=office.ids["editor"])
    response = office.editor.delete(f"Task({office['task']})")
    assert (response.status_code, response.data) == (204, b"")
    for uid in (office["task"], office.uid("task", below)):
        refused(office.editor.get(f"Task({uid})"), 404)
        refused(office.editor.delete(f"Task({uid})"), 404)
        for method in ("PATCH", "PUT"):
            refused(office.editor.call(method, f"Task({uid})", {"Name": "again"}), 404)
    assert office.tw().get(f"/tasks/{office.ids['task']}.json").status_code == 404
    deleted = office.tw().task(office.ids["task"], showDeleted="yes")
    assert deleted["status"] == "deleted"


@pytest.mark.decision(25)
def test_another_version_is_not_changed(office: Office) -> None:
    task = f"Task({office['task']})"
    stale = {"If-Match": office.one()["@odata.etag"]}
    office.editor.patch(task, {"Name": "meanwhile"})
    with unchanged():
        refused(office.editor.patch(task, {"Name": "mine"}, headers=stale), 412)
        refused(office.editor.put(task, {"Name": "mine"}, headers=stale), 412)
        refused(office.editor.delete(task, headers=stale), 412)
        refused(office.editor.patch(f"Task({NOWHERE})", {"Name": "x"}, headers=stale), 412)
    current = {"If-Match": office.one()["@odata.etag"]}
    assert office.editor.patch(task, {"Name": "mine"}, headers=current).status_code == 204
    assert office.editor.delete(task, headers={"If-Match": "*"}).status_code == 204


@pytest.mark.parametrize(
    "key", ["{0}", "'{0}'", "TaskItemId={0}", "taskitemid='{0}'", "{1}", " {0} "]
)
@pytest.mark.decision(22)
def test_keys_come_in_many_forms(office: Office, key: str) -> None:
    uid = office["task"]
    address = f"Task({key.format(uid, uid.upper())})"
    assert office.editor.one(address)["Name"] == "the task"
    assert office.editor.patch(address, {"Name": "renamed"}).status_code == 204
    assert office.one()["Name"] == "renamed"


def test_a_key_as_a_segment(office: Office) -> None:
    assert office.editor.one(f"Task/{office['task']}")["Name"] == "the task"
    assert office.editor.one(f"task/{office['task']}/")["Name"] == "the task"


@pytest.mark.decision(24)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_key_that_never_was_is_made(office: Office, method: str) -> None:
    body = {"Name": "chosen", "ProjectId": office["project"], "IsDone": True}
    response = office.editor.call(method, f"Task({GUID})", body)
    assert response.status_code == 201, response.text
    assert response.headers["Location"] == f"http://localhost/odata/Task({GUID})"
    assert (response.json["TaskItemId"], response.json["IsDone"]) == (GUID, True)
    with unchanged():
        body = {"ProjectId": office["project"]}
        refused(office.editor.call("PATCH", f"Task({NOWHERE})", body), 404)


@pytest.mark.decision(24)
def test_put_replaces(office: Office) -> None:
    said = {"WorkAmount": 3, "CustomColor": 5, "IsBillable": True}
    made = office.editor.make("Task", Name="before", ProjectId=office["project"], **said)
    address = f"Task({made['TaskItemId']})"
    body = {"Name": "after", "ProjectId": office["project"]}
    assert office.editor.put(address, body).status_code == 204
    after = office.editor.one(address)
    wanted = {"WorkAmount": 0.0, "CustomColor": None, "IsBillable": False, "Name": "after"}
    assert {name: after[name] for name in wanted} == wanted
    assert after["GroupId"] == made["GroupId"]


@pytest.mark.decision(24)
def test_preferences_about_the_answer(office: Office) -> None:
    task = f"Task({office['task']})"
    shown = office.editor.patch(
        task, {"Name": "shown"}, headers={"Prefer": "return=representation"}
    )
    assert (shown.status_code, shown.json["Name"]) == (200, "shown")
    assert shown.headers["Preference-Applied"] == "return=representation"
    body = {"Name": "unseen", "ProjectId": office["project"]}
    unseen = office.editor.post("Task", body, headers={"Prefer": "return=minimal"})
    assert (unseen.status_code, unseen.data) == (204, b"")
    assert unseen.headers["OData-EntityId"] == unseen.headers["Location"]


@pytest.mark.covers("Task.DoneDate", "Task.IsDone")
@pytest.mark.decision(6)
def test_the_date_of_completion_follows(office: Office) -> None:
    task = f"Task({office['task']})"
    office.editor.patch(task, {"IsDone": True, "Name": "done"})
    done = office.one()
    assert (done["IsDone"], done["DoneDate"]) == (True, "2014-05-12T10:00:00Z")
    assert office.tw().task(office.ids["task"])["completed"] is True
    office.editor.patch(task, {"IsDone": True})
    assert office.one() == done
    office.editor.patch(task, {"Name": "a done task may be changed"})
    office.editor.patch(task, {"IsDone": False})
    assert (office.one()["IsDone"], office.one()["DoneDate"]) == (False, None)
    assert office.tw().task(office.ids["task"])["status"] == "reopened"


@pytest.mark.decision(6)
def test_completing_waits_for_predecessors(office: Office) -> None:
    body = {"todo-item": {"predecessors": [{"id": office.ids["other"], "type": "complete"}]}}
    assert office.tw().put(f"/tasks/{office.ids['task']}.json", body).status_code == 200
    task = f"Task({office['task']})"
    with unchanged():
        refused(office.editor.patch(task, {"IsDone": True}), 422, "IsDone")
    office.editor.patch(f"Task({office['other']})", {"IsDone": True})
    assert office.editor.patch(task, {"IsDone": True}).status_code == 204
