"""The audit trail in OData: AuditEntry, for administrators, who only read it."""

from typing import Any

import pytest
from flask import Flask

from app.services.execute import execute
from app.services.structure_commands import AddKey
from tests.api import Api
from tests.builders import World
from tests.functional.teamwork.test_audit import LIFE, live_of_a_task
from tests.odata import OData


@pytest.fixture
def odata(app: Flask, world: World) -> OData:
    """The administrator's client."""
    return OData(app, world.key(world.admin))


def acts(odata: OData, **options: Any) -> list[tuple[str, str, str]]:
    """Kind, action and name."""
    return [
        (each["Kind"], each["Action"], each["Name"])
        for each in odata.value("AuditEntry", **options)
    ]


def test_the_life_of_a_task(world: World, api: Api, odata: OData) -> None:
    project = world.project()
    live_of_a_task(world, api, world.list(project))
    (task,) = odata.value("Task")
    (person,) = odata.value("Contact")
    uid = task["TaskItemId"]
    entries = odata.value("AuditEntry", filter=f"TaskItemId eq {uid}")
    assert [(each["Kind"], each["Action"], each["Name"]) for each in entries] == LIFE
    edited = entries[5]
    number = edited["TaskNumber"]
    assert edited == {
        "Id": edited["Id"],
        "HappenedAt": "2014-05-12T10:00:00Z",
        "PersonId": person["ContactId"],
        "PersonName": "Ada Admin",
        "IsOperator": False,
        "Kind": "task",
        "Action": "edited",
        "ObjectNumber": number,
        "Name": "second",
        "ProjectId": task["ProjectId"],
        "TaskItemId": uid,
        "TaskNumber": number,
        "Changes": '{"name":"second","priority":1,"due_on":"2014-06-01","tags":["red"]}',
    }
    assert odata.one(f"AuditEntry({edited['Id']})")["Changes"] == edited["Changes"]


FILTERS: dict[str, tuple[str, int]] = {
    "by action": ("Action eq 'completed'", 1),
    "by kind": ("Kind eq 'comment'", 1),
    "by instant": ("HappenedAt ge 2014-05-12T10:00:00Z and Kind eq 'task'", 6),
    "before": ("HappenedAt lt 2014-05-12T10:00:00Z", 0),
    "by the text of changes": ("contains(Changes,'due_on')", 1),
    "without changes": ("Changes eq null and Action eq 'deleted'", 1),
    "by number": ("TaskNumber eq 1 and Action in ('new','edited') and Kind eq 'task'", 2),
}


@pytest.mark.parametrize(("where", "number"), FILTERS.values(), ids=list(FILTERS))
def test_filters(where: str, number: int, world: World, api: Api, odata: OData) -> None:
    live_of_a_task(world, api, world.list())
    assert len(acts(odata, filter=where)) == number
    assert odata.get("AuditEntry/$count", filter=where).text == str(number)


def test_order_and_pages(world: World, api: Api, odata: OData) -> None:
    live_of_a_task(world, api, world.list())
    whole = acts(odata)
    assert whole[: len(LIFE)] == LIFE
    assert acts(odata, orderby="Id") == whole[::-1]
    assert acts(odata, orderby="HappenedAt desc,Id desc") == whole
    paged: list[tuple[str, str, str]] = []
    response = odata.get("AuditEntry", headers={"Prefer": "odata.maxpagesize=3"})
    while True:
        paged += [(each["Kind"], each["Action"], each["Name"]) for each in response.json["value"]]
        link = response.json.get("@odata.nextLink")
        if link is None:
            break
        sent = {"x-api-key": str(odata.key), "Prefer": "odata.maxpagesize=3"}
        response = odata.app.test_client().get(link, headers=sent)
    assert paged == whole
    assert acts(odata, top=2, skip=1) == whole[1:3]
    assert odata.value("AuditEntry", apply="groupby((Action),aggregate($count as N))")


def test_it_is_for_administrators_and_changes_by_no_request(
    world: World, api: Api, app: Flask
) -> None:
    mia = world.person("Mia")
    live_of_a_task(world, api, world.list(world.project(editor=(mia,))))
    own, admin = OData(app, world.key(mia)), OData(app, world.key(world.admin))
    entry = admin.value("AuditEntry")[0]["Id"]
    assert own.value("AuditEntry") == []
    assert own.get("AuditEntry/$count").text == "0"
    missing, hidden = own.get("AuditEntry(99999)"), own.get(f"AuditEntry({entry})")
    assert (hidden.status_code, hidden.data) == (404, missing.data)
    for method in ("PATCH", "PUT", "DELETE"):
        body = None if method == "DELETE" else {"Name": "x"}
        assert admin.call(method, f"AuditEntry({entry})", body).status_code == 405
    assert admin.post("AuditEntry", {"Name": "x"}).status_code == 405


def test_private_things_of_others_are_not_in_it(world: World, api: Api, odata: OData) -> None:
    mia = world.person("Mia")
    home = world.list(world.project(editor=(mia,)))
    body = {"todo-item": {"content": "secret", "private": "yes"}}
    own = Api(api.app, world.key(mia))
    assert own.post(f"/tasklists/{home}/tasks.json", body).status_code == 201
    for options in ({}, {"search": "secret"}, {"filter": "TaskNumber eq 1"}):
        assert "secret" not in odata.get("AuditEntry", **options).text, options


def test_keys_are_in_it_but_never_their_text(world: World, odata: OData) -> None:
    made = execute(AddKey(world.admin), world.viewer())
    answer = odata.get("AuditEntry", filter="Kind eq 'key'")
    assert len(answer.json["value"]) == 1
    assert made.text not in answer.text
