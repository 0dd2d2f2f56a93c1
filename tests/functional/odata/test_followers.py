"""Followers of notifications: of comments and of changes alike (decision 30)."""

import pytest

from tests.functional.odata.office import Office, refused, unchanged


def followers(office: Office, on: str = "task") -> set[str]:
    """The GUIDs of who follows a task."""
    found = office.editor.value(f"Task({office[on]})/GetNotificationFollowerContacts()")
    return {each["ContactId"] for each in found}


@pytest.mark.covers(
    "odata:GET Task({key})/GetNotificationFollowerContacts()",
    "odata:POST Task({key})/AddNotificationFollowers",
    "AddNotificationFollowers.contactIds",
    "AddNotificationFollowers.projectId",
)
@pytest.mark.decision(24, 30)
def test_followers_are_added(office: Office) -> None:
    assert followers(office) == set()
    people = [office[who] for who in ("worker", "viewer", "worker")]
    body = {"contactIds": people, "projectId": office["project"]}
    response = office.act("AddNotificationFollowers", body)
    assert (response.status_code, response.data) == (204, b"")
    assert followers(office) == set(people)
    assert followers(office, "other") == set()
    with unchanged():
        for again in ({"contactIds": people[:1]}, {"contactIds": [], "projectId": None}):
            assert office.act("AddNotificationFollowers", again).status_code == 204


def test_a_follower_is_shown_as_a_contact(office: Office) -> None:
    office.act("AddNotificationFollowers", {"contactIds": [office["worker"]]})
    path = f"Task({office['task']})/GetNotificationFollowerContacts()"
    response = office.editor.get(path)
    assert response.json["@odata.context"] == "http://localhost/odata/$metadata#Contact"
    (shown,) = response.json["value"]
    whole = office.editor.one(f"Contact({office['worker']})")
    assert shown | {"@odata.context": ""} == whole | {"@odata.context": ""}
    (narrow,) = office.editor.value(path, select="DisplayName")
    assert narrow["DisplayName"] == "Worker Person"


@pytest.mark.decision(30)
def test_followers_in_the_other_dialect(office: Office) -> None:
    office.act("AddNotificationFollowers", {"contactIds": [office["worker"]]})
    path = f"/tasks/{office.ids['task']}/followers.json"
    said = office.tw().get(path).json
    assert said["commentFollowerIds"] == said["changeFollowerIds"] == [str(office.ids["worker"])]
    body = {"todo-item": {"commentFollowerIds": str(office.ids["viewer"])}}
    office.tw().put(f"/tasks/{office.ids['task']}.json", body)
    assert followers(office) == {office["worker"], office["viewer"]}


@pytest.mark.covers(
    "odata:POST Task({key})/RemoveNotificationFollower", "RemoveNotificationFollower.contactId"
)
@pytest.mark.decision(24, 30)
def test_a_follower_is_removed(office: Office) -> None:
    people = [office["worker"], office["viewer"]]
    office.act("AddNotificationFollowers", {"contactIds": people})
    response = office.act("RemoveNotificationFollower", {"contactId": people[0]})
    assert (response.status_code, response.data) == (204, b"")
    assert followers(office) == {people[1]}
    with unchanged():
        again = office.act("RemoveNotificationFollower", {"contactId": people[0]})
        refused(again, 422, "contactId")


@pytest.mark.decision(7)
def test_who_cannot_follow(office: Office) -> None:
    with unchanged():
        body = {"contactIds": [office["worker"], office["stranger"]]}
        refused(office.act("AddNotificationFollowers", body, who="admin"), 422, "contactIds")
        mine = {"contactIds": [office["viewer"]]}
        refused(office.act("AddNotificationFollowers", mine, who="viewer"), 403)


def test_the_project_is_the_tasks(office: Office) -> None:
    body = {"contactIds": [office["admin"]], "projectId": office["away"]}
    with unchanged():
        refused(office.act("AddNotificationFollowers", body, who="admin"), 422, "projectId")
