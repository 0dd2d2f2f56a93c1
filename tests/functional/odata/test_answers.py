"""The protocol as our service speaks it over the tasks: roots, versions, pages, errors, keys."""

import base64
from typing import Any

import pytest

from app.errors import Unavailable
from app.odata.engine.changes.later import Made
from app.services.execute import maintain
from app.services.keys import revoke_keys
from tests.contract.inloox import TASK
from tests.functional.odata.office import (
    NOWHERE,
    Office,
    between_commit_and_answer,
    refused,
    unchanged,
)
from tests.functional.odata.test_metadata import SETS, SPREADSHEET
from tests.odata import OData

ROOTS = ("/odata", "/api/odata", "/api/v1/odata")


def many(office: Office, count: int) -> None:
    """Further tasks of the project."""
    named = ({"Name": f"n{n:04}", "ProjectId": office["project"]} for n in range(count))
    assert office.editor.post("Task/BatchInsert", list(named)).status_code == 200


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.decision(22)
def test_three_roots_are_one_service(office: Office, root: str) -> None:
    client = OData(office.app, office.keys["editor"], root)
    where = f"http://localhost{root}"
    document = client.get("").json
    assert document["@odata.context"] == f"{where}/$metadata"
    assert [each["name"] for each in document["value"]] == SETS
    many(office, 3)
    page = client.call("GET", "Task", headers={"Prefer": "odata.maxpagesize=2"}).json
    assert page["@odata.context"] == f"{where}/$metadata#Task"
    assert page["@odata.nextLink"].startswith(f"{where}/Task?$skiptoken=")
    made = client.post("Task", {"Name": "x", "ProjectId": office["project"]})
    assert made.headers["Location"] == f"{where}/Task({made.json['TaskItemId']})"
    assert made.json["@odata.context"] == f"{where}/$metadata#Task/$entity"


def test_what_is_gone_before_it_is_shown_was_made(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others may delete it between the commit and the answer."""

    def deleted(made: Any) -> None:
        office.editor.delete(made.headers["Location"].partition("/odata/")[2])

    between_commit_and_answer(monkeypatch, deleted)
    asked = {"Prefer": "return=representation"}
    made = office.editor.post("Task", {"Name": "x", "ProjectId": office["project"]}, headers=asked)
    assert (made.status_code, made.data) == (204, b"")
    assert "Preference-Applied" not in made.headers
    address = made.headers["Location"]
    assert made.headers["OData-EntityId"] == address
    assert office.editor.get(address.partition("/odata/")[2]).status_code == 404


@pytest.mark.parametrize("error", [Unavailable(), ZeroDivisionError()])
@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "once"}], ids=["plain", "with a key"])
def test_what_cannot_be_shown_was_made(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: Exception, key: dict[str, str]
) -> None:
    """Whoever reads that it failed would make it again. With a key all is one transaction: there
    it is undone.
    """

    def fail(*_: Any) -> None:
        raise error

    before = office.editor.get("Task/$count").text
    with monkeypatch.context() as patched:
        patched.setattr(Made, "shown", fail)
        body = {"Name": "x", "ProjectId": office["project"]}
        made = office.editor.post("Task", body, headers=key)
    after = office.editor.get("Task/$count").text
    if key:
        assert made.status_code >= 500
        assert after == before
    else:
        assert made.status_code == 204
        shown = office.editor.get(made.headers["Location"].partition("/odata/")[2])
        assert shown.json["Name"] == "x"
        assert int(after) == int(before) + 1


@pytest.mark.parametrize(
    ("sent", "version"),
    [
        ({}, "4.0"),
        ({"OData-MaxVersion": "4.0"}, "4.0"),
        ({"OData-MaxVersion": "4.01"}, "4.01"),
        ({"OData-MaxVersion": "4.0", "MaxDataServiceVersion": "3.0"}, "4.0"),
    ],
)
@pytest.mark.decision(22)
def test_one_version_on_every_answer(office: Office, sent: dict[str, str], version: str) -> None:
    for method, path in (
        ("GET", ""),
        ("GET", "$metadata"),
        ("GET", "Task"),
        ("GET", "Task/$count"),
        ("GET", f"Task({NOWHERE})"),
        ("DELETE", f"Task({NOWHERE})"),
        ("POST", f"Task({office['task']})/StartStopwatch"),
    ):
        response = office.editor.call(method, path, headers=sent)
        assert response.headers.getlist("OData-Version") == [version], path
    anonymous = OData(office.app, None).call("GET", "Task", headers=sent)
    assert anonymous.headers.getlist("OData-Version") == ["4.0"]


@pytest.mark.decision(22)
def test_literals_bare_and_quoted(office: Office) -> None:
    uid = office["task"]
    for literal in (uid, f"'{uid}'", uid.upper(), f"'{uid.upper()}'"):
        for where in (f"TaskItemId eq {literal}", f"TaskItemId in ({literal})"):
            assert office.editor.names("Task", filter=where) == ["the task"], where
    assert office.editor.get("Task", filter="TaskItemId eq 'the task'").status_code == 400


@pytest.mark.parametrize("level", ["minimal", "none", "full"])
@pytest.mark.decision(22)
def test_levels_of_control_information(office: Office, level: str) -> None:
    asked = {"Accept": f"application/json;odata.metadata={level}"}
    response = office.editor.call("GET", f"Task({office['task']})", headers=asked)
    assert f"odata.metadata={level}" in response.headers["Content-Type"]
    control = {name for name in response.json if "@" in name}
    assert ("@odata.context" in control) == (level != "none")
    assert ("@odata.editLink" in control) == (level == "full")
    members = {name for name in response.json if "@" not in name and name[0] != "#"}
    assert members == set(TASK)


@pytest.mark.parametrize("accept", ["application/xml", "text/html", "application/atom+xml"])
@pytest.mark.decision(22)
def test_json_only(office: Office, accept: str) -> None:
    refused(office.editor.call("GET", "Task", headers={"Accept": accept}), 406)
    shown = office.editor.call("GET", "Task?$format=json", headers={"Accept": accept})
    assert shown.status_code == 200
    listed = office.editor.call("GET", "Task", headers={"Accept": SPREADSHEET})
    assert listed.headers["Content-Type"].startswith("application/json")


@pytest.mark.decision(23)
def test_pages_of_a_hundred(office: Office) -> None:
    many(office, 250)
    path, names, pages = "Task?$orderby=Name", [], []
    while path:
        page = office.editor.get(path).json
        pages.append(len(page["value"]))
        names += [each["Name"] for each in page["value"]]
        path = page.get("@odata.nextLink", "").partition("/odata/")[2]
        if len(pages) == 1:  # others write meanwhile: nothing twice, nothing left out
            office.editor.make("Task", Name="a", ProjectId=office["project"])
            done = office.editor.value("Task", filter="Name eq 'n0001'")[0]["TaskItemId"]
            office.editor.delete(f"Task({done})")
    assert pages == [100, 100, 52]
    assert names == sorted(names)
    assert len(set(names)) == 252


@pytest.mark.parametrize(("asked", "size"), [(1, 1), (7, 7), (1000, 252), (100_000, 252)])
@pytest.mark.decision(23)
def test_the_size_of_pages(office: Office, asked: int, size: int) -> None:
    many(office, 250)
    response = office.editor.call("GET", "Task", headers={"Prefer": f"odata.maxpagesize={asked}"})
    assert len(response.json["value"]) == size
    assert response.headers["Preference-Applied"].partition("=")[0] in (
        "odata.maxpagesize",
        "maxpagesize",
    )


@pytest.mark.decision(24)
def test_errors_have_one_form(office: Office) -> None:
    cases: list[tuple[int, Any]] = [
        (400, office.editor.get("Task", filter="Nmae eq 'x'")),
        (401, OData(office.app, None).get("Task")),
        (403, office.as_("viewer").delete(f"Task({office['task']})")),
        (404, office.editor.get("Nothing")),
        (404, office.editor.get(f"Task({NOWHERE})")),
        (405, office.editor.delete("Task")),
        (405, office.editor.call("TRACE", "Task")),
        (406, office.editor.call("GET", "Task", headers={"Accept": "image/png"})),
        (415, office.editor.call("POST", "Task", data=b"x", headers={"Content-Type": "text/csv"})),
        (422, office.editor.post("Task", {"ProjectId": NOWHERE})),
    ]
    for status, response in cases:
        error = refused(response, status)
        assert response.headers["Content-Type"].startswith("application/json")
        assert set(error) <= {"code", "message", "target", "details"}
    assert cases[1][1].headers["WWW-Authenticate"].startswith("Basic ")
    assert "POST" in cases[5][1].headers["Allow"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"Name": "x"} x', b"\xff", b"null", b'"x"'])
@pytest.mark.decision(24)
def test_bodies_that_are_no_task(office: Office, body: bytes) -> None:
    said = {"Content-Type": "application/json"}
    with unchanged():
        refused(office.editor.call("POST", "Task", data=body, headers=said), 400)
        refused(
            office.editor.call("PATCH", f"Task({office['task']})", data=body, headers=said), 400
        )


@pytest.mark.decision(24)
def test_a_body_has_an_end(office: Office) -> None:
    with unchanged():
        body = {"Name": "x", "DescriptionHTML": "x" * (1 << 20)}
        refused(office.editor.post("Task", body), 413)
        nested: Any = {}
        for _ in range(40):
            nested = {"Contact": nested}
        refused(office.editor.post("Task", nested), 400)


@pytest.mark.decision(25)
def test_who_has_an_answer_is_not_sent_it_again(office: Office) -> None:
    for path in (f"Task({office['task']})", "Task", f"Task({office['task']})/GetContributors()"):
        response = office.editor.get(path)
        if "ETag" not in response.headers:
            assert "GetContributors" in path
            continue
        asked = {"If-None-Match": response.headers["ETag"]}
        again = office.editor.call("GET", path, headers=asked)
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["ETag"] == response.headers["ETag"]
    asked = {"If-None-Match": office.one()["@odata.etag"]}
    office.editor.patch(f"Task({office['task']})", {"Name": "changed"})
    task = f"Task({office['task']})"
    assert office.editor.call("GET", task, headers=asked).status_code == 200


def test_head_is_get_without_a_body(office: Office) -> None:
    for path in ("", "Task", f"Task({office['task']})", "Task/$count", "$metadata"):
        head, get = office.editor.call("HEAD", path), office.editor.get(path)
        assert (head.status_code, head.data) == (get.status_code, b"")
        assert head.headers["Content-Type"] == get.headers["Content-Type"]


def credentials(user: str, password: str, scheme: str = "Basic") -> dict[str, str]:
    """The Authorization header of Basic authentication."""
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"{scheme} {encoded}"}


@pytest.mark.decision(9)
def test_ways_to_send_the_key(office: Office) -> None:
    key = office.keys["editor"]
    anonymous = OData(office.app, None)
    for headers in (
        {"x-api-key": key},
        {"X-API-KEY": key},
        {"Authorization": f"Bearer {key}"},
        credentials(key, "x"),
        credentials(key, ""),
        credentials("editor@example.com", key),
        credentials("", key, "bAsIc"),
    ):
        assert anonymous.call("GET", "Task", headers=headers).status_code == 200, headers
    for headers in ({}, credentials("a", "b"), {"x-api-key": ""}, {"Authorization": "Basic !"}):
        refused(anonymous.call("GET", "Task", headers=headers), 401)
    refused(anonymous.get(f"Task?x-api-key={key}&key={key}&apikey={key}"), 401)
    maintain(lambda work: revoke_keys(work, office.ids["editor"]))
    refused(anonymous.call("GET", "Task", headers={"x-api-key": key}), 401)


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("CustomColor gt 5", ["bright"]),
        ("not (CustomColor gt 5)", ["bare", "dark"]),
        ("CustomColor eq null", ["bare"]),
        ("CustomColor ne null", ["bright", "dark"]),
        ("CustomColor ne 1", ["bare", "bright"]),
        ("not (CustomColor eq 1)", ["bare", "bright"]),
        ("null eq CustomColor", ["bare"]),
        ("CustomColor in (1, null)", ["bare", "dark"]),
        ("not (CustomColor in (1, null))", ["bright"]),
        ("CustomColor gt null", []),
        ("CustomColor le null", []),
        ("not null", []),
        ("length(ContactDisplayName) gt 0", []),
        ("length(ContactDisplayName) eq null", ["bare", "bright", "dark"]),
        ("CustomColor mod 2 eq 1", ["dark"]),
        ("-7 mod 2 eq -1 and CustomColor eq 1", ["dark"]),
        ("Contact/LastName ne 'x'", ["bare", "bright", "dark"]),
        ("Contact eq null", ["bare", "bright", "dark"]),
    ],
)
@pytest.mark.decision(37)
def test_null_logic(office: Office, where: str, wanted: list[str]) -> None:
    office.editor.post("Task/BatchDelete", [office["task"], office["other"]])
    for name, color in (("bare", None), ("dark", 1), ("bright", 10)):
        office.editor.make("Task", Name=name, CustomColor=color, ProjectId=office["project"])
    assert office.editor.names("Task", filter=where, orderby="Name") == wanted


@pytest.mark.decision(37)
def test_items_of_in_are_no_nodes(office: Office) -> None:
    listed = ",".join([NOWHERE] * 50 + [office["task"]])
    found = office.editor.names("Task", filter=f"TaskItemId in ({listed})")
    assert found == ["the task"]
    numbers = ",".join(str(n) for n in range(999))
    assert len(office.editor.value("Task", filter=f"CustomColor in ({numbers},null)")) == 2
    refused(office.editor.get("Task", filter=f"CustomColor in ({numbers},1,2)"), 400, "$filter")
