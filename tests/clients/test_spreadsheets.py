"""Requests exactly as spreadsheet tools send them: Excel and Power BI (Power Query), Tableau.

The headers of Power Query are those that a server of somebody else logged (NLstn/go-odata, issue
874): with two OData-Version headers, or with Atom for its first `application/json`, it fails.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
import requests

from tests.clients.multipart import HEAD, send
from tests.clients.service import Service

POWER_QUERY = {
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
    "MaxDataServiceVersion": "3.0",
    "OData-MaxVersion": "4.0",
    "Accept": "application/json;odata.metadata=minimal;q=1.0,"
    "application/json;odata=minimalmetadata;q=0.9,application/atomsvc+xml;q=0.8,"
    "application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7",
}
JSON = "application/json;odata.metadata=minimal"
EDM = {"edm": "http://docs.oasis-open.org/odata/ns/edm"}
MANY = 230


def ask(
    service: Service, path: str, headers: Mapping[str, str] = POWER_QUERY, **options: Any
) -> requests.Response:
    """GET as the tool sends it: the key is the password, the name whatever was typed."""
    query = "&".join(f"${name}={quote(str(value), safe='')}" for name, value in options.items())
    address = f"{path}?{query}" if query else path
    auth = ("ada@example.com", service.key)
    response = service.call("GET", address, auth=auth, headers=headers)
    assert response.status_code == 200, response.text
    assert response.raw.headers.getlist("OData-Version") == ["4.0"]
    return response


def mine(service: Service) -> str:
    """The condition for the tasks of the test's own project."""
    return f"ProjectId eq {service.project}"


@pytest.mark.parametrize("path", ["", "?"], ids=["root", "root with an empty query"])
def test_the_service_document_is_json(service: Service, path: str) -> None:
    """With the context by which the tool knows that it is at a service."""
    response = ask(service, path)
    assert response.headers["Content-Type"] == JSON
    body = response.json()
    assert body["@odata.context"] == f"{service.url}$metadata"
    assert {"name": "Task", "kind": "EntitySet", "url": "Task"} in body["value"]


def test_the_metadata_is_xml(service: Service) -> None:
    """Though the tool puts JSON first in its list."""
    response = ask(service, "$metadata")
    assert response.headers["Content-Type"] == "application/xml"
    document = ElementTree.fromstring(response.content)
    assert document.attrib["Version"] == "4.0"
    sets = {each.attrib["Name"] for each in document.iterfind(".//edm:EntitySet", EDM)}
    assert sets == {each["name"] for each in ask(service, "").json()["value"]}


@pytest.mark.parametrize("prefer", [{}, {"Prefer": 'odata.include-annotations="*"'}], ids=str)
def test_the_first_rows_of_a_table(service: Service, prefer: dict[str, str]) -> None:
    """For the preview, with and without the option `IncludeAnnotations`."""
    (key,) = service.add("first")
    response = ask(service, "Task", POWER_QUERY | prefer, top=1000)
    assert response.headers["Content-Type"] == JSON
    assert response.json()["@odata.context"] == f"{service.url}$metadata#Task"
    properties = {name for name in service.task(key) if not name.startswith("@")}
    assert set(response.json()["value"][0]) - {"@odata.etag"} == properties


def test_steps_of_a_query_are_folded_into_the_request(service: Service) -> None:
    """Columns, rows, order and the first few, as the tool writes them."""
    service.add("a", "b", "c")
    condition = f"({mine(service)}) and (Name ne 'a' and Name ne null)"
    columns = "TaskItemId,Name,EndDateTime"
    body = ask(service, "Task", filter=condition, select=columns, orderby="Name desc", top=1).json()
    assert body["@odata.context"].endswith("#Task(TaskItemId,Name,EndDateTime)")
    (row,) = body["value"]
    assert (row["Name"], row["EndDateTime"]) == ("c", None)
    assert set(row) - {"@odata.etag"} == set(columns.split(","))
    counted = ask(service, "Task/$count", filter=mine(service))
    assert (counted.text, counted.headers["Content-Type"]) == ("3", "text/plain")
    assert ask(service, "Task", filter=mine(service), count="true", top=0).json() == {
        "@odata.context": f"{service.url}$metadata#Task",
        "@odata.count": 3,
        "value": [],
    }


@pytest.mark.parametrize("options", [{}, {"select": "Name"}, {"expand": "Project"}], ids=str)
def test_every_page_is_fetched(service: Service, options: dict[str, str]) -> None:
    """By the links as they are, until there is none."""
    expected = [f"task {number:03}" for number in range(MANY)]
    service.add(*expected)
    body = ask(service, "Task", filter=mine(service), orderby="Name", **options).json()
    names = [each["Name"] for each in body["value"]]
    while "@odata.nextLink" in body:
        link = body["@odata.nextLink"]
        assert link.startswith(service.url)
        body = ask(service, link.removeprefix(service.url)).json()
        names += [each["Name"] for each in body["value"]]
    assert names == expected


def test_a_related_table(service: Service) -> None:
    """The navigation columns that the tool shows as `Record` and `Table`."""
    (key,) = service.add("one")
    assert ask(service, f"Task({key})/Project").json()["Name"] == service.name
    (row,) = ask(service, f"Project({service.project})/Tasks").json()["value"]
    assert row["TaskItemId"] == key
    expanded = ask(service, "Task", filter=mine(service), expand="Project($select=Name),Notes")
    (row,) = expanded.json()["value"]
    assert (row["Project"]["Name"], row["Notes"]) == (service.name, [])


def test_a_long_address_goes_as_a_batch(service: Service) -> None:
    """What `EnableBatch` makes of an address that is longer than `MaxUriLength`."""
    service.add("a", "b")
    names = [f"Name eq 'a task of a rather long name, no. {number}'" for number in range(40)]
    condition = quote(f"{mine(service)} and ({' or '.join(names)} or Name eq 'b')", safe="")
    assert len(condition) > 2048
    address = f"{service.url}Task?$filter={condition}&$select=Name"
    accept = f"Accept: {POWER_QUERY['Accept']}\nOData-MaxVersion: 4.0\n"
    (answer,) = send(service, f"{HEAD}\nGET {address} HTTP/1.1\n{accept}\n", **POWER_QUERY)
    assert (answer.status, answer.headers["Content-Type"]) == (200, JSON)
    assert [each["Name"] for each in answer.json["value"]] == ["b"]


def test_errors_are_json_too(service: Service) -> None:
    """A wrong key asks for another one by Basic, the only way that these tools know."""
    refused = service.call("GET", "Task", headers=POWER_QUERY, auth=("ada@example.com", "wrong"))
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert refused.json()["error"]["code"] == "Unauthorized"
    assert refused.raw.headers.getlist("OData-Version") == ["4.0"]
    wrong = service.call("GET", "Nothing", headers=POWER_QUERY)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (404, "NotFound")
    assert wrong.raw.headers.getlist("OData-Version") == ["4.0"]


TABLEAU = {"User-Agent": "Tableau", "Accept": "application/json", "OData-MaxVersion": "4.0"}


@pytest.mark.parametrize("path", ["Task", "task/", "Task?$format=json", "Task?%24format=json"])
def test_a_feed_that_was_typed_in(service: Service, path: str) -> None:
    """Tableau and SSIS take the address of a service or of one feed, with the options typed."""
    assert ask(service, path, TABLEAU).json()["@odata.context"] == f"{service.url}$metadata#Task"


@pytest.mark.parametrize("root", ["/odata", "/api/odata", "/api/v1/odata"])
def test_every_root_names_itself(service: Service, root: str) -> None:
    """Links lead back to where the tool is, whichever root it was given."""
    service.add(*(f"task {number}" for number in range(101)))
    auth = ("ada@example.com", service.key)
    response = service.server.call("GET", f"{root}/Task", headers=POWER_QUERY, auth=auth)
    here = f"{service.server.url}{root}/"
    assert response.json()["@odata.context"] == f"{here}$metadata#Task"
    assert response.json()["@odata.nextLink"].startswith(f"{here}Task?")
