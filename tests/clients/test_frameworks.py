"""Requests as libraries of SAP and Microsoft send them: UI5, the Cloud SDK, Simple.OData.Client
(InLoox's own samples) and Microsoft.OData.Client. Those are no packages for Python or cannot be had
without an application around them; the requests are what their sources and issues show.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.clients import multipart
from tests.clients.service import Service

API = "InLoox.PM.Domain.Model.Aggregates.Api"
SLASHES = ("", "/")

UI5 = {
    "Accept": "application/json;odata.metadata=minimal;IEEE754Compatible=true",
    "Accept-Language": "en",
    "Content-Type": "application/json;charset=UTF-8;IEEE754Compatible=true",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "X-CSRF-Token": "Fetch",
    "X-Requested-With": "XMLHttpRequest",
}
CLOUD_SDK = {"Accept": "application/json", "Content-Type": "application/json"}
SIMPLE = {"Accept": "application/json, application/xml, application/text"}
MICROSOFT = {
    "Accept": "application/json;odata.metadata=minimal",
    "Accept-Charset": "UTF-8",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "User-Agent": "Microsoft.OData.Client/7.21.3",
}
SENT = {
    "Content-Type": "application/json;odata.metadata=minimal;odata.streaming=true;"
    "IEEE754Compatible=false;charset=utf-8",
    "OData-Version": "4.0",
}
AGENTS = pytest.mark.parametrize(
    "headers",
    [UI5, CLOUD_SDK, SIMPLE, MICROSOFT],
    ids=["ui5", "cloud-sdk", "simple", "microsoft"],
)


@pytest.mark.parametrize("path", ["", "$metadata", "Task", "Task/", "Task({})", "Task/$count"])
def test_a_token_is_fetched(service: Service, path: str) -> None:
    """UI5 and the Cloud SDK ask by HEAD for a token that nobody needs here: 2xx without a body."""
    address = path.format(service.add("one")[0])
    response = service.call("HEAD", address, headers={"x-csrf-token": "Fetch"})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["OData-Version"] == "4.0"
    shown = service.call("GET", address)
    assert response.headers["Content-Type"] == shown.headers["Content-Type"]
    assert response.headers["Content-Length"] == shown.headers["Content-Length"]


@AGENTS
def test_a_table_is_read(service: Service, headers: dict[str, str]) -> None:
    """Metadata, one page by $skip and $top with the count, one entity."""
    keys = service.add("a", "b", "c")
    document = service.call("GET", "$metadata", headers={**headers, "Accept": "application/xml"})
    assert document.headers["Content-Type"] == "application/xml"
    options = f"$count=true&$filter=ProjectId%20eq%20{service.project}&$orderby=Name&$skip=1&$top=1"
    page = service.call("GET", f"Task?{options}", headers=headers).json()
    assert (int(page["@odata.count"]), page["value"][0]["Name"]) == (3, "b")
    assert isinstance(page["@odata.count"], str) is ("IEEE754Compatible" in headers["Accept"])
    assert service.call("GET", f"Task({keys[2]})", headers=headers).json()["Name"] == "c"


ADDRESSES = {
    "bare": "Task({key})",
    "quoted": "Task('{key}')",
    "encoded": "Task(%27{key}%27)",
    "named": "Task(TaskItemId={key})",
    "lower": "task({key})",
    "slash": "Task({key})/",
    "format": "Task({key})?$format=json",
    "encoded option": "Task({key})?%24format=json&%24select=Name",
    "custom option": "Task({key})?sap-client=100&sap-language=EN",
    "segment": "Task/{key}",
}


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_a_task_by_any_address(service: Service, address: str) -> None:
    (key,) = service.add("found")
    response = service.call("GET", address.format(key=key), headers=CLOUD_SDK)
    assert response.status_code == 200, response.text
    assert response.json()["Name"] == "found"


@pytest.mark.parametrize("prefer", [None, "return=minimal"])
def test_an_entity_is_made_and_changed_by_simple_odata_client(
    service: Service, prefer: str | None
) -> None:
    """It wants results back unless told otherwise, and says `return=minimal` even with a GET."""
    wish = {"Prefer": prefer or "return=representation"}
    entity = {
        "@odata.type": f"#{API}.ApiTask",
        "Name": "made",
        "ProjectId@odata.type": "#Guid",
        "ProjectId": service.project,
        "EndDateTime@odata.type": "#DateTimeOffset",
        "EndDateTime": "2014-05-14T12:00:00+02:00",
    }
    headers = SIMPLE | SENT | wish
    made = service.call("POST", "Task", json=entity, headers=headers)
    assert made.status_code == (204 if prefer else 201)
    (task,) = service.tasks()
    address = f"Task({task['TaskItemId']})"
    assert made.headers["Location"] == f"{service.url}{address}"
    changed = service.call("PATCH", address, json={"Name": "new"}, headers=headers)
    assert changed.status_code == (204 if prefer else 200)
    assert prefer or changed.json()["EndDateTime"] == "2014-05-14T10:00:00Z"
    read = service.call("GET", address, headers=SIMPLE | wish)
    assert (read.status_code, read.json()["Name"]) == (200, "new")
    assert service.call("DELETE", address, headers=SIMPLE).status_code == 204


def test_an_entity_is_saved_by_microsoft_odata_client(service: Service) -> None:
    """Everything unset is null, the type has no `#`, and the ETag of what was read guards it."""
    unset: dict[str, Any] = dict.fromkeys(service.task(service.add("model")[0]))
    entity = unset | {
        "@odata.type": f"{API}.ApiTask",
        "Name": "saved",
        "Project@odata.bind": f"{service.url}Project({service.project})",
    }
    made = service.call("POST", "Task", json=entity, headers=MICROSOFT | SENT)
    assert made.status_code == 201, made.text
    assert made.json()["ProjectId"] == service.project
    address, guard = made.headers["Location"], {"If-Match": made.headers["ETag"]}
    path = address.removeprefix(service.url)
    change = {"@odata.type": f"#{API}.ApiTask", "Name": "again"}
    headers = MICROSOFT | SENT | guard
    assert service.call("PATCH", path, json=change, headers=headers).status_code == 204
    assert service.call("PATCH", path, json=change, headers=headers).status_code == 412
    action = service.call("POST", f"{path}/Default.EnableCalendarSync", headers=MICROSOFT)
    assert action.status_code == 204
    status = service.call("GET", f"{path}/Default.GetCalendarSyncStatus()", headers=MICROSOFT)
    assert status.json()["IsEnabled"] is True


def sent(service: Service, content: str, **headers: str) -> list[multipart.Part]:
    """The answers to a batch whose boundary is `batch_1`."""
    return multipart.parts(service.call("POST", "$batch", data=content.encode(), headers=headers))


def ui5_part(method: str, url: str, content: str = "", number: str = "") -> str:
    """A request in a batch of UI5's, which puts no space behind the colon."""
    head = "Content-Type:application/http\nContent-Transfer-Encoding:binary\n"
    head += f"Content-ID:{number}\n" if number else ""
    lines = [f"{name}:{value}" for name, value in UI5.items() if name.startswith(("A", "C"))]
    return f"{head}\n{method} {url} HTTP/1.1\n" + "\n".join(lines) + f"\n\n{content}"


@pytest.mark.parametrize("slash", SLASHES)
def test_a_batch_of_ui5(service: Service, slash: str) -> None:
    """A change set whose Content-IDs are `index.set`, then what the screen shows of it."""
    made = f'{{"Name":"made","ProjectId":"{service.project}"}}'
    note = '{"htmlText":"hello","notificationContactIds":[]}'
    changes = multipart.body(
        "changeset_1",
        ui5_part("POST", "Task", made, "0.0"),
        ui5_part("PATCH", "$0.0", '{"Name":"renamed"}', "1.0"),
        ui5_part("POST", "$0.0/Default.AddNote", note, "2.0"),
    )
    shown = f"Task?$count=true&$filter=ProjectId%20eq%20{service.project}&$expand=Notes&$top=100"
    content = multipart.body(
        "batch_1",
        "Content-Type: multipart/mixed;boundary=changeset_1\n\n" + changes.replace("\r\n", "\n"),
        ui5_part("GET", shown),
    )
    response = service.call(
        "POST",
        f"$batch{slash}?sap-client=100",
        data=content,
        headers={
            "Accept": "multipart/mixed",
            "Content-Type": "multipart/mixed; boundary=batch_1",
            "MIME-Version": "1.0",
            "OData-MaxVersion": "4.0",
            "OData-Version": "4.0",
        },
    )
    *done, listed = multipart.parts(response)
    assert [(each.id, each.status, each.changes) for each in done] == [
        ("0.0", 201, True),
        ("1.0", 204, True),
        ("2.0", 204, True),
    ]
    assert done[0].json["Name"] == "made"
    assert (listed.status, listed.json["@odata.count"]) == (200, "1")
    (row,) = listed.json["value"]
    assert (row["Name"], [each["Note"] for each in row["Notes"]]) == ("renamed", ["hello"])
    assert listed.headers["Content-Type"] == UI5["Accept"]


@pytest.fixture(params=("{root}Task", "/odata/Task", "/Task", "Task"))
def tasks(request: pytest.FixtureRequest, service: Service) -> Iterator[str]:
    """The address of the tasks: absolute, from the host, from the service, relative."""
    yield request.param.format(root=service.url)


def test_a_batch_of_the_cloud_sdk(service: Service, tasks: str) -> None:
    """Each payload ends in an empty line before the boundary; a DELETE has one for its body."""
    (old,) = service.add("old")
    head = "Content-Type: application/http\nContent-Transfer-Encoding: binary\n"
    said = "Content-Type: application/json\nAccept: application/json\n"
    number = uuid4()
    changes = multipart.body(
        "cs",
        f"{head}Content-Id: {number}\n\nPOST {tasks} HTTP/1.1\n{said}\n"
        f'{{"Name":"new","ProjectId":"{service.project}"}}\n',
        f"{head}Content-Id: {uuid4()}\n\nPATCH ${number} HTTP/1.1\n{said}If-Match: *\n\n"
        '{"Name":"newer"}\n',
        f"{head}Content-Id: {uuid4()}\n\nDELETE {tasks}({old}) HTTP/1.1\n{said}\n\n",
    )
    filtered = f"{tasks}?$format=json&$filter=(ProjectId%20eq%20{service.project})"
    content = multipart.body(
        "batch_1",
        f"{head}\nGET {filtered} HTTP/1.1\n{said}\n\n",
        "Content-Type: multipart/mixed; boundary=cs\n\n" + changes.replace("\r\n", "\n"),
        f"{head}\nGET {filtered} HTTP/1.1\n{said}\n\n",
    )
    before, *done, after = sent(
        service, content, **{"Content-Type": "multipart/mixed; boundary=batch_1"}
    )
    assert [each["Name"] for each in before.json["value"]] == ["old"]
    assert [each.status for each in done] == [201, 204, 204]
    assert [each["Name"] for each in after.json["value"]] == ["newer"]


def test_a_batch_of_simple_odata_client(service: Service) -> None:
    """Absolute addresses, Content-ID in both heads, `return-content`, and a body announced."""
    (key,) = service.add("old")
    head = "Content-Type: application/http\nContent-Transfer-Encoding: binary\n"
    task = f"{service.url}Task({key})"
    changes = multipart.body(
        "changeset_1",
        f"{head}Content-ID: 2\n\nPATCH {task} HTTP/1.1\nContent-ID: 2\nPrefer: return-content\n"
        f'OData-Version: 4.0\nContent-Type: {SENT["Content-Type"]}\n\n{{"Name":"new"}}',
        f"{head}Content-ID: 3\n\nPOST {service.url}CheckList HTTP/1.1\nContent-ID: 3\n"
        f"Prefer: return=representation\nContent-Type: {SENT['Content-Type']}\n\n"
        '{"Name":"steps","Task@odata.bind":"$2"}',
    )
    content = multipart.body(
        "batch_1",
        f"{head}\nGET {task} HTTP/1.1\nAccept: application/json\n\n",
        "Content-Type: multipart/mixed; boundary=changeset_1\n\n" + changes.replace("\r\n", "\n"),
    )
    wishes = {"Content-Type": "multipart/mixed; boundary=batch_1", "Expect": "100-continue"}
    read, changed, made = sent(service, content, **SIMPLE | wishes)
    assert (read.status, read.json["Name"]) == (200, "old")
    assert (changed.id, changed.status, changed.json["Name"]) == ("2", 200, "new")
    assert (made.status, made.json["TaskItemId"]) == (201, key)


def test_a_change_set_that_fails_is_undone(service: Service) -> None:
    """One answer stands for the whole set, and what follows it is not done (Protocol 11.7.4)."""
    changes = multipart.body(
        "changeset_1",
        ui5_part("POST", "Task", f'{{"Name":"x","ProjectId":"{service.project}"}}', "0.0"),
        ui5_part("PATCH", f"Task({uuid4()})", '{"Nope":1}', "1.0"),
    )
    content = multipart.body(
        "batch_1",
        "Content-Type: multipart/mixed;boundary=changeset_1\n\n" + changes.replace("\r\n", "\n"),
        ui5_part("GET", "Task"),
    )
    kind = {"Content-Type": "multipart/mixed; boundary=batch_1"}
    (failed,) = sent(service, content, **kind)
    assert (failed.status, failed.changes, failed.json["error"]["target"]) == (400, False, "Nope")
    failed, listed = sent(service, content, **kind, Prefer="odata.continue-on-error")
    assert (failed.status, listed.status) == (400, 200)
    assert service.names() == []


def in_json(service: Service, *requests: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers to a batch in JSON, by id."""
    headers = {"OData-MaxVersion": "4.01", "Accept": "application/json"}
    response = service.call("POST", "$batch", json={"requests": requests}, headers=headers)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    return {each["id"]: each for each in response.json()["responses"]}


def test_a_batch_in_json(service: Service) -> None:
    """Groups that are done whole, requests that wait for others and name what those have made."""
    made = {"Name": "made", "ProjectId": service.project}
    lost = {"Name": "lost", "ProjectId": service.project}
    said = {"content-type": "application/json"}
    answers = in_json(
        service,
        {"id": "a", "atomicityGroup": "g", "method": "post", "url": "Task", "body": made},
        {
            "id": "b",
            "atomicityGroup": "g",
            "dependsOn": ["a"],
            "method": "PATCH",
            "url": "$a",
            "headers": said,
            "body": {"Name": "renamed"},
        },
        {"id": "c", "dependsOn": ["g"], "method": "get", "url": "/odata/Project"},
        {"id": "d", "atomicityGroup": "h", "method": "post", "url": "/Task", "body": lost},
        {"id": "e", "atomicityGroup": "h", "method": "delete", "url": f"Task({uuid4()})"},
        {"id": "f", "dependsOn": ["h"], "method": "get", "url": "Task"},
        {"id": "g2", "method": "get", "url": f"{service.url}Task/$count"},
    )
    statuses = {name: each["status"] for name, each in answers.items()}
    assert {name: statuses[name] for name in "abcef"} == {
        "a": 201,
        "b": 204,
        "c": 200,
        "e": 404,
        "f": 424,
    }
    assert answers["a"]["atomicityGroup"] == answers["b"]["atomicityGroup"] == "g"
    assert answers["a"]["headers"]["location"].endswith(
        f"Task({answers['a']['body']['TaskItemId']})"
    )
    assert service.names() == ["renamed"]
    assert int(answers["g2"]["body"]) >= 1
