"""Requests as libraries of SAP and Microsoft send them: UI5, the Cloud SDK, Simple.OData.Client
(InLoox's own samples) and Microsoft.OData.Client. Those are no packages for Python, and some need
an application around them; the requests are what their sources and issues show.
"""

from typing import Any

import pytest

from tests.clients.agents import CLOUD_SDK, MICROSOFT, SENT, SIMPLE, UI5
from tests.clients.service import Service

API = "InLoox.PM.Domain.Model.Aggregates.Api"
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
    shown = service.call("GET", address, headers={"Accept-Encoding": "identity"})
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
