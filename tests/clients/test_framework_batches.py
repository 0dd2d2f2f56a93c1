"""Batches as libraries of SAP and Microsoft write them, in multipart/mixed and in JSON."""

from typing import Any
from uuid import uuid4

import pytest

from tests.clients.agents import SENT, SIMPLE, UI5
from tests.clients.multipart import HEAD, change_set, send
from tests.clients.service import Service

OF_UI5 = {
    "Accept": "multipart/mixed",
    "MIME-Version": "1.0",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
}
JSON = "Content-Type: application/json\nAccept: application/json\n"


def ui5(method: str, url: str, body: str = "", number: str = "") -> str:
    """A request in a batch of UI5's, which puts no space behind the colon."""
    head = HEAD.replace(": ", ":") + (f"Content-ID:{number}\n" if number else "")
    lines = [f"{name}:{value}\n" for name, value in UI5.items() if name.startswith(("A", "C"))]
    return f"{head}\n{method} {url} HTTP/1.1\n{''.join(lines)}\n{body}"


@pytest.mark.parametrize("path", ["$batch", "$batch/?sap-client=100"])
def test_a_batch_of_ui5(service: Service, path: str) -> None:
    """A change set whose Content-IDs are `index.set`, then what the screen shows of it."""
    made = f'{{"Name":"made","ProjectId":"{service.project}"}}'
    note = '{"htmlText":"hello","notificationContactIds":[]}'
    changes = change_set(
        ui5("POST", "Task", made, "0.0"),
        ui5("PATCH", "$0.0", '{"Name":"renamed"}', "1.0"),
        ui5("POST", "$0.0/Default.AddNote", note, "2.0"),
    )
    shown = f"Task?$count=true&$filter=ProjectId%20eq%20{service.project}&$expand=Notes&$top=100"
    *done, listed = send(service, changes, ui5("GET", shown), path=path, **OF_UI5)
    assert [(each.id, each.status, each.changes) for each in done] == [
        ("0.0", 201, True),
        ("1.0", 204, True),
        ("2.0", 204, True),
    ]
    assert done[0].json["Name"] == "made"
    (row,) = listed.json["value"]
    assert (row["Name"], [each["Note"] for each in row["Notes"]]) == ("renamed", ["hello"])
    assert listed.json["@odata.count"] == "1"
    assert listed.headers["Content-Type"] == UI5["Accept"]


@pytest.mark.parametrize("address", ["{root}Task", "/odata/Task", "/Task", "Task"])
def test_a_batch_of_the_cloud_sdk(service: Service, address: str) -> None:
    """Addresses of every kind; an empty line behind each payload, even behind that of a DELETE."""
    (old,) = service.add("old")
    tasks, number = address.format(root=service.url), uuid4()
    shown = f"{tasks}?$format=json&$filter=(ProjectId%20eq%20{service.project})"
    read = f"{HEAD}\nGET {shown} HTTP/1.1\n{JSON}\n\n"
    changes = change_set(
        f"{HEAD}Content-Id: {number}\n\nPOST {tasks} HTTP/1.1\n{JSON}\n"
        f'{{"Name":"new","ProjectId":"{service.project}"}}\n',
        f"{HEAD}Content-Id: {uuid4()}\n\nPATCH ${number} HTTP/1.1\n{JSON}If-Match: *\n\n"
        '{"Name":"newer"}\n',
        f"{HEAD}Content-Id: {uuid4()}\n\nDELETE {tasks}({old}) HTTP/1.1\n{JSON}\n\n",
    )
    before, *done, after = send(service, read, changes, read)
    assert [each["Name"] for each in before.json["value"]] == ["old"]
    assert [each.status for each in done] == [201, 204, 204]
    assert [each["Name"] for each in after.json["value"]] == ["newer"]


def test_a_batch_of_simple_odata_client(service: Service) -> None:
    """Absolute addresses, Content-ID in both heads, `return-content`, and a body announced."""
    (key,) = service.add("old")
    task = f"{service.url}Task({key})"
    said = "".join(f"{name}: {value}\n" for name, value in SENT.items())
    changes = change_set(
        f"{HEAD}Content-ID: 2\n\nPATCH {task} HTTP/1.1\nContent-ID: 2\nPrefer: return-content\n"
        f'{said}\n{{"Name":"new"}}',
        f"{HEAD}Content-ID: 3\n\nPOST {service.url}CheckList HTTP/1.1\nContent-ID: 3\n"
        f'Prefer: return=representation\n{said}\n{{"Name":"steps","Task@odata.bind":"$2"}}',
    )
    read = f"{HEAD}\nGET {task} HTTP/1.1\nAccept: application/json\n\n"
    before, changed, made = send(service, read, changes, **SIMPLE, Expect="100-continue")
    assert (before.status, before.json["Name"]) == (200, "old")
    assert (changed.id, changed.status, changed.json["Name"]) == ("2", 200, "new")
    assert (made.status, made.json["TaskItemId"]) == (201, key)


def test_a_change_set_that_fails_is_undone(service: Service) -> None:
    """One answer stands for the whole set, and what follows it is not done (Protocol 11.7.4)."""
    changes = change_set(
        ui5("POST", "Task", f'{{"Name":"x","ProjectId":"{service.project}"}}', "0.0"),
        ui5("PATCH", f"Task({uuid4()})", '{"Nope":1}', "1.0"),
    )
    read = ui5("GET", "Task")
    (failed,) = send(service, changes, read, **OF_UI5)
    assert (failed.status, failed.changes, failed.json["error"]["target"]) == (400, False, "Nope")
    wish = {"Prefer": "odata.continue-on-error"}
    failed, listed = send(service, changes, read, **OF_UI5, **wish)
    assert (failed.status, listed.status) == (400, 200)
    assert service.names() == []


def in_json(service: Service, *requests: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers to a batch in JSON, by id."""
    headers = {"OData-MaxVersion": "4.01", "Accept": "application/json"}
    response = service.call("POST", "$batch", json={"requests": requests}, headers=headers)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    return {each["id"]: each for each in response.json()["responses"]}


def request(name: str, method: str, url: str, **more: Any) -> dict[str, Any]:
    """A request of a batch in JSON."""
    return {"id": name, "method": method, "url": url, **more}


def test_groups_and_dependencies_in_json(service: Service) -> None:
    """A group is done whole, what waits for it can name what it has made, by any address."""
    made = {"Name": "made", "ProjectId": service.project}
    answers = in_json(
        service,
        request("a", "post", "Task", atomicityGroup="g", body=made),
        request("b", "PATCH", "$a", atomicityGroup="g", dependsOn=["a"], body={"Name": "renamed"}),
        request("c", "get", "/odata/Project", dependsOn=["g"]),
        request("d", "GET", f"{service.url}Task/$count"),
        request("e", "post", "$a/Default.EnableCalendarSync", dependsOn=["g"]),
    )
    assert {name: each["status"] for name, each in answers.items()} == {
        "a": 201,
        "b": 204,
        "c": 200,
        "d": 200,
        "e": 204,
    }
    assert answers["a"]["atomicityGroup"] == answers["b"]["atomicityGroup"] == "g"
    key = answers["a"]["body"]["TaskItemId"]
    assert answers["a"]["headers"]["location"] == f"{service.url}Task({key})"
    assert service.names() == ["renamed"]
    assert int(answers["d"]["body"]) >= 1


def test_what_depends_on_a_failure_in_json(service: Service) -> None:
    """A group that fails is undone, and so is not even tried what waits for it."""
    lost = {"Name": "lost", "ProjectId": service.project}
    answers = in_json(
        service,
        request("a", "post", "/Task", atomicityGroup="g", body=lost),
        request("b", "delete", f"Task({uuid4()})", atomicityGroup="g"),
        request("c", "post", "Task", dependsOn=["g"], body=lost),
        request("d", "get", "Project"),
    )
    statuses = {name: each["status"] for name, each in answers.items()}
    # Whether the undone request has an answer of its own is left to the service.
    assert statuses.pop("a", 424) == 424
    assert statuses == {"b": 404, "c": 424, "d": 200}
    assert service.names() == []
