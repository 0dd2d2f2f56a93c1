"""Reminders: one's own, and those that one made for others."""

from typing import Any

import pytest
from sqlalchemy import update

from app.models import Person, Reminder
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World

AT = {"date-time-utc": "20140601083000"}


def reminder(**more: Any) -> dict[str, Any]:
    """A body that adds or changes a reminder."""
    return {"reminder": more}


@pytest.mark.covers("endpoint:GET /tasks/{id}/reminders.json")
@pytest.mark.covers("endpoint:POST /tasks/{id}/reminders.json")
def test_a_reminder_and_its_payload(world: World, api: Api) -> None:
    member = world.person("Mia", "Muster")
    task = world.task(world.list(world.project(viewer=(member,))))
    path = f"/tasks/{task}/reminders.json"
    body = reminder(**AT, **{"user-id": member, "type": "email", "note": "Call them"})
    response = api.post(path, body)
    assert (response.status_code, response.json) == (201, {"id": "1", "STATUS": "OK"})
    assert api.get(path).json["reminders"] == [
        {
            "id": "1",
            "task-id": str(task),
            "user-id": str(member),
            "user-firstname": "Mia",
            "user-lastname": "Muster",
            "type": "EMAIL",
            "note": "Call them",
            "date-time-utc": "2014-06-01T08:30:00Z",
            "isRelative": False,
            "relative-number-days": "",
            "usingOffSetDueDate": False,
            "was-sent": "0",
            "created-date-time": "2014-05-12T10:00:00Z",
            "created-by-user-id": "1",
            "created-by-user-firstname": "Ada",
            "created-by-user-lastname": "Admin",
        }
    ]
    assert api.get(path).headers["X-Records"] == "1"
    assert api.task(task)["has-reminders"] is True


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        ({"date-time-utc": "201406010830"}, "2014-06-01T08:30:00Z"),
        ({"date-time-utc": "2014-06-01T08:30:00Z"}, "2014-06-01T08:30:00Z"),
        ({"date-time-utc": "2014-06-01T10:30:00+02:00"}, "2014-06-01T08:30:00Z"),
        ({"date-time": "2014-06-01 10:30"}, "2014-06-01T08:30:00Z"),
        ({"isRelative": True, "relative-number-days": 2}, "2014-05-20T07:00:00Z"),
        ({"relative-number-days": "0", "usingOffSetDueDate": True}, "2014-05-22T07:00:00Z"),
        (
            {"isRelative": "true", "relative-number-days": "-1", "date-time": "2014-01-01T15:00"},
            "2014-05-23T13:00:00Z",
        ),
    ],
)
def test_when(times: dict[str, Any], wanted: str, world: World, api: Api) -> None:
    """In UTC, in one's own zone, or so many days before the task is due on 22 May."""
    berlin = update(Person).where(Person.id == world.admin).values(zone="Europe/Berlin")
    maintain(lambda work: work.run(berlin))
    task = world.task(due=10)
    path = f"/tasks/{task}/reminders.json"
    assert api.post(path, reminder(**times)).status_code == 201
    (found,) = api.get(path).json["reminders"]
    assert found["date-time-utc"] == wanted
    relative = "relative-number-days" in times
    assert (found["isRelative"], found["usingOffSetDueDate"]) == (relative, relative)


@pytest.mark.covers("endpoint:PUT /taskreminders/{id}.json")
@pytest.mark.covers("endpoint:DELETE /taskreminders/{id}.json")
def test_changing_and_removing(world: World, api: Api) -> None:
    task = world.task(due=10)
    path = f"/tasks/{task}/reminders.json"
    api.post(path, reminder(**AT))
    maintain(lambda work: work.run(update(Reminder).values(sent_at=work.now)))
    assert api.get(path).json["reminders"][0]["was-sent"] == "1"
    assert api.put("/taskreminders/1.json", reminder(note="n", type="SMS")).status_code == 200
    (found,) = api.get(path).json["reminders"]
    assert (found["note"], found["type"], found["was-sent"]) == ("n", "SMS", "1")
    days = reminder(isRelative=True, **{"relative-number-days": 1})
    assert api.put("/taskreminders/1.json", days).json == {"STATUS": "OK"}
    (found,) = api.get(path).json["reminders"]
    assert (found["date-time-utc"], found["relative-number-days"], found["was-sent"]) == (
        "2014-05-21T08:30:00Z",
        "1",
        "0",
    )
    api.put("/taskreminders/1.json", reminder(**AT))
    (found,) = api.get(path).json["reminders"]
    assert (found["date-time-utc"], found["isRelative"]) == ("2014-06-01T08:30:00Z", False)
    assert api.delete("/taskreminders/1.json").json == {"STATUS": "OK"}
    assert api.get(path).json["reminders"] == []
    assert api.delete("/taskreminders/1.json").status_code == 404


@pytest.mark.covers("endpoint:PUT /tasks/{id}/reminders/{id}.json")
@pytest.mark.covers("endpoint:DELETE /tasks/{id}/reminders/{id}.json")
def test_a_reminder_below_its_task(world: World, api: Api) -> None:
    """The same reminder by another path; not below another task, though both are one's own."""
    home = world.list(project := world.project(editor=(member := world.person(),)))
    task, other = world.task(home), world.task(home)
    api.post(f"/tasks/{task}/reminders.json", reminder(**AT))
    path, wrong = (f"/tasks/{each}/reminders/1.json" for each in (task, other))
    assert api.put(path, reminder(note="n")).json == {"STATUS": "OK"}
    (found,) = api.get(f"/tasks/{task}/reminders.json").json["reminders"]
    assert found["note"] == "n"
    own = Api(api.app, world.key(member))
    for method in ("PUT", "DELETE"):
        body = reminder(note="x")
        nowhere = api.call(method, "/tasks/999/reminders/999.json", body)
        assert nowhere.status_code == 404
        for client, each in ((api, wrong), (own, path)):
            assert client.call(method, each, body).data == nowhere.data, (method, each, project)
    assert api.delete(path).json == {"STATUS": "OK"}
    assert api.delete(path).status_code == 404


def test_several_people(world: World, api: Api) -> None:
    one, two = world.person(), world.person()
    task = world.task(world.list(world.project(viewer=(one, two))))
    path = f"/tasks/{task}/reminders.json"
    api.post(path, reminder(**AT, **{"user-id": [one, two]}))
    assert [each["user-id"] for each in api.get(path).json["reminders"]] == [str(one), str(two)]
    assert (
        api.put("/taskreminders/1.json", reminder(**{"user-id": f"{one},{two}"})).status_code == 422
    )


def test_one_sees_ones_own_and_those_one_made(world: World, api: Api) -> None:
    maker, reminded, other = (world.person() for _ in range(3))
    task = world.task(world.list(world.project(editor=(maker, reminded, other))))
    clients = {each: Api(api.app, world.key(each)) for each in (maker, reminded, other)}
    path = f"/tasks/{task}/reminders.json"
    clients[maker].post(path, reminder(**AT, **{"user-id": reminded}))
    counts = {each: len(client.get(path).json["reminders"]) for each, client in clients.items()}
    assert counts == {maker: 1, reminded: 1, other: 0}
    assert api.get(path).json["reminders"] == []
    for client in (clients[other], api):
        for method, body in (("PUT", reminder(note="x")), ("DELETE", None)):
            answers = [
                client.call(method, f"/taskreminders/{each}.json", body) for each in (1, 999)
            ]
            assert [each.status_code for each in answers] == [404, 404]
            assert answers[0].data == answers[1].data
    assert clients[reminded].put("/taskreminders/1.json", reminder(note="x")).status_code == 200


def test_reminders_are_as_private_as_their_task(world: World, api: Api) -> None:
    """A task that one does not see has none; nobody is reminded of what he cannot see."""
    member = world.person()
    home = world.list(world.project(editor=(member,)))
    task, secret = world.task(home), world.task(home, private=True)
    own = Api(api.app, world.key(member))
    body = reminder(**AT)
    assert own.post(f"/tasks/{task}/reminders.json", body).status_code == 201
    api.put(f"/tasks/{task}.json", {"todo-item": {"private": True}})
    for each in (task, secret, world.task(), 999):
        for method, sent in (("GET", None), ("POST", body)):
            assert own.call(method, f"/tasks/{each}/reminders.json", sent).status_code == 404
    assert own.put("/taskreminders/1.json", reminder(note="x")).status_code == 404
    named = reminder(**AT, **{"user-id": member})
    refused = api.post(f"/tasks/{secret}/reminders.json", named)
    assert (refused.status_code, "user-id" in refused.json["MESSAGE"]) == (422, True)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "reminder"),
        (reminder(), "date-time-utc"),
        (reminder(note="x"), "date-time-utc"),
        (reminder(**{"date-time-utc": "tomorrow"}), "date-time-utc"),
        (reminder(**{"date-time-utc": "20141301000000"}), "date-time-utc"),
        (reminder(**{"date-time": "00010101000000"}), "date-time"),
        (reminder(**AT, type="FAX"), "type"),
        (reminder(**AT, **{"user-id": 987654}), "987654"),
        (reminder(isRelative=True), "relative-number-days"),
        (reminder(**{"relative-number-days": 1}), "relative-number-days"),
        (reminder(**{"relative-number-days": 9999}), "relative-number-days"),
    ],
)
def test_what_is_no_reminder(body: Any, named: str, world: World, api: Api) -> None:
    task = world.task()
    response = api.post(f"/tasks/{task}/reminders.json", body)
    assert (response.status_code, named in response.json["MESSAGE"]) == (422, True)
    assert api.task(task)["has-reminders"] is False
