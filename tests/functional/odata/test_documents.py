"""Documents: linked to tasks, and as media entities, whose bytes come and go by $value."""

import dataclasses
import hashlib
import io
import json
from typing import Any

import pytest

from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

BYTES = bytes(range(256)) * 10
OTHER_BYTES = b"bytes that no other test sends"


def listed(office: Office, on: str = "task") -> list[str]:
    """The names of the documents of a task."""
    found = office.editor.value(f"Task({office[on]})/Documents", orderby="FileName")
    return [each["FileName"] for each in found]


def document(office: Office, name: str = "plan.txt", **more: Any) -> str:
    """A new document of the project."""
    made = office.editor.make("Document", FileName=name, ProjectId=office["project"], **more)
    return str(made["DocumentId"])


def put(office: Office, uid: str, data: bytes = BYTES, who: str = "editor", **headers: str) -> Any:
    """The response to an upload."""
    said = {"Content-Type": "application/octet-stream"} | headers
    return office.as_(who).call("PUT", f"Document({uid})/$value", data=data, headers=said)


@pytest.mark.covers(
    "odata:POST Task({key})/AddDocumentToTaskItem", "AddDocumentToTaskItem.documentIds"
)
@pytest.mark.decision(2, 24)
def test_documents_are_linked(office: Office) -> None:
    second = document(office, "second.txt")
    body = {"documentIds": [office["file"], second, office["file"]]}
    response = office.act("AddDocumentToTaskItem", body)
    assert (response.status_code, response.data) == (204, b"")
    assert listed(office) == ["plan.pdf", "second.txt"]
    with unchanged():
        assert office.act("AddDocumentToTaskItem", body).status_code == 204
        assert office.act("AddDocumentToTaskItem", {"documentIds": []}).status_code == 204
    item = office.tw().task(office.ids["task"], getFiles="yes")
    assert {each["name"] for each in item["attachments"]} == {"plan.pdf", "second.txt"}


@pytest.mark.covers(
    "odata:POST Task({key})/RemoveDocumentFromTaskItem", "RemoveDocumentFromTaskItem.documentId"
)
@pytest.mark.decision(24)
def test_a_document_is_taken_off(office: Office) -> None:
    office.act("AddDocumentToTaskItem", {"documentIds": [office["file"]]})
    body = {"documentId": office["file"]}
    response = office.act("RemoveDocumentFromTaskItem", body)
    assert (response.status_code, response.data) == (204, b"")
    assert listed(office) == []
    assert office.editor.one(f"Document({office['file']})")["FileName"] == "plan.pdf"
    with unchanged():
        refused(office.act("RemoveDocumentFromTaskItem", body), 422, "documentId")


@pytest.mark.decision(34)
def test_links_by_reference(office: Office) -> None:
    task = f"Task({office['task']})"
    body = {"@odata.id": f"Document({office['file']})"}
    assert office.editor.post(f"{task}/Documents/$ref", body).status_code == 204
    assert listed(office) == ["plan.pdf"]
    (reference,) = office.editor.value(f"{task}/Documents/$ref")
    assert reference["@odata.id"].endswith(f"/odata/Document({office['file']})")
    gone = office.editor.delete(f"{task}/Documents({office['file']})/$ref")
    assert gone.status_code == 204
    assert listed(office) == []
    with unchanged():
        for uid in (office["away_file"], NOWHERE):
            away = {"@odata.id": f"Document({uid})"}
            refused(office.editor.post(f"{task}/Documents/$ref", away), 400, f"Document({uid})")


@pytest.mark.decision(34)
def test_a_document_and_its_bytes(office: Office) -> None:
    made = office.editor.post("Document", {"FileName": "grüße.txt", "ProjectId": office["project"]})
    assert made.status_code == 201
    uid = made.json["DocumentId"]
    assert (made.json["FileSize"], made.json["Revision"]) == (0, 1)
    response = put(office, uid)
    assert (response.status_code, response.data) == (204, b"")
    shown = office.editor.one(f"Document({uid})")
    assert (shown["FileSize"], shown["Revision"]) == (2560, 2)
    assert (shown["FileType"], shown["CreatedByContactId"]) == ("txt", office["editor"])
    response = office.editor.get(f"Document({uid})/$value")
    assert (response.status_code, response.data) == (200, BYTES)
    assert response.headers["Content-Length"] == "2560"
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    said = response.headers["Content-Disposition"]
    assert said.startswith("attachment; ")
    assert "filename*=UTF-8''gr%C3%BC%C3%9Fe.txt" in said


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("page.html", 'filename="page.html"'),
        ('a"b\\c.txt', 'filename="abc.txt"'),
        ("a\r\nX-Evil: 1.txt", 'filename="aX-Evil: 1.txt"'),
        ("日本", 'filename="file"'),
    ],
)
def test_a_name_in_the_header(office: Office, name: str, wanted: str) -> None:
    uid = document(office, name)
    put(office, uid, b"<script>")
    response = office.editor.get(f"Document({uid})/$value")
    assert wanted in response.headers["Content-Disposition"]
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "X-Evil" not in response.headers


def test_bytes_that_look_like_json_stay_as_they_are(office: Office) -> None:
    uid = document(office)
    data = json.dumps({"a": 1}, indent=4).encode()
    assert put(office, uid, data, **{"Content-Type": "application/json"}).status_code == 204
    assert office.editor.get(f"Document({uid})/$value").data == data
    assert put(office, uid, b"").status_code == 204
    assert office.editor.one(f"Document({uid})")["FileSize"] == 0


def test_a_document_without_bytes(office: Office) -> None:
    uid = document(office)
    response = office.editor.get(f"Document({uid})/$value")
    assert (response.status_code, response.data) == (200, b"")


def test_the_same_bytes_are_kept_once(office: Office) -> None:
    store = office.app.config["TANDEM"].files_path
    first, second = document(office, "a"), document(office, "b")
    data = b"the same bytes"
    put(office, first, data)
    put(office, second, data)
    digest = hashlib.sha256(data).hexdigest()
    assert (store / digest[:2] / digest).read_bytes() == data
    put(office, first, b"other bytes")
    assert office.editor.get(f"Document({second})/$value").data == data


@pytest.mark.decision(7, 34)
def test_who_may_put_and_get_bytes(office: Office) -> None:
    uid = document(office)
    put(office, uid)
    with unchanged():
        refused(put(office, uid, OTHER_BYTES, "viewer"), 403)
        refused(put(office, uid, OTHER_BYTES, "reader"), 403)
        refused(put(office, uid, OTHER_BYTES, "stranger"), 404)
        refused(put(office, NOWHERE, OTHER_BYTES), 404)
        refused(office.as_("stranger").get(f"Document({uid})/$value"), 404)
    digest = hashlib.sha256(OTHER_BYTES).hexdigest()
    assert not (office.app.config["TANDEM"].files_path / digest[:2] / digest).exists()
    assert office.as_("viewer").get(f"Document({uid})/$value").data == BYTES


@pytest.mark.decision(25)
def test_bytes_of_another_version(office: Office) -> None:
    uid = document(office)
    stale = office.editor.one(f"Document({uid})")["@odata.etag"]
    put(office, uid)
    with unchanged():
        refused(put(office, uid, OTHER_BYTES, **{"If-Match": stale}), 412)
    shown = office.editor.get(f"Document({uid})/$value")
    current = shown.headers["ETag"]
    assert current == office.editor.one(f"Document({uid})")["@odata.etag"]
    asked = {"If-None-Match": current}
    again = office.editor.call("GET", f"Document({uid})/$value", headers=asked)
    assert (again.status_code, again.data) == (304, b"")
    assert put(office, uid, OTHER_BYTES, **{"If-Match": current}).status_code == 204


@pytest.mark.parametrize(
    "length",
    [{"CONTENT_LENGTH": "1000000000000"}, {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}],
)
def test_too_many_bytes(
    office: Office, length: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = document(office)
    settings = dataclasses.replace(office.app.config["TANDEM"], max_upload=100)
    monkeypatch.setitem(office.app.config, "TANDEM", settings)
    with unchanged():
        response = office.app.test_client().open(
            f"/odata/Document({uid})/$value",
            method="PUT",
            input_stream=io.BytesIO(b"x" * 200),
            headers={"x-api-key": office.keys["editor"], "Content-Type": "text/plain"},
            environ_overrides=length,
        )
        refused(response, 413)


@pytest.mark.decision(7)
def test_documents_of_what_one_may_not_see(office: Office) -> None:
    body = {"documentIds": [office["file"]]}
    office.as_("manager").post(f"Task({office['secret']})/AddDocumentToTaskItem", body)
    refused(office.editor.get(f"Document({office['file']})"), 404)
    assert office.as_("manager").one(f"Document({office['file']})")["FileName"] == "plan.pdf"
    assert office.editor.value("Document") == []


@pytest.mark.decision(24)
def test_a_document_is_renamed_and_deleted(office: Office) -> None:
    office.act("AddDocumentToTaskItem", {"documentIds": [office["file"]]})
    address = f"Document({office['file']})"
    body = {"FileName": "new.md", "DescriptionHTML": "<b>x</b><script>y</script>"}
    assert office.admin.patch(address, body).status_code == 204
    shown = office.editor.one(address)
    assert (shown["FileName"], shown["FileType"]) == ("new.md", "md")
    assert shown["DescriptionHTML"] == "<b>x</b>"
    assert listed(office) == ["new.md"]
    assert office.editor.delete(address).status_code == 204
    assert listed(office) == []
    refused(office.editor.get(address), 404)


def test_a_document_needs_a_name(office: Office) -> None:
    with unchanged():
        refused(office.editor.post("Document", {"ProjectId": office["project"]}), 422, "FileName")
        refused(office.editor.post("Document", {"FileName": " "}), 422, "FileName")
        body = {"FileName": "x", "ProjectId": office["away"]}
        refused(office.editor.post("Document", body), 422, "ProjectId")
