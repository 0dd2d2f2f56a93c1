"""TaskItemNote, AddNote and DeleteNote: comments of both dialects."""

from datetime import datetime
from typing import Any

import pytest

from app.clock import clock
from tests.contract.inloox import NOTE
from tests.functional.odata.office import NOWHERE, Office, refused, unchanged

REPRESENTATION = {"Prefer": "return=representation"}


def add(office: Office, html: str = "<p>Hi <b>you</b></p>", *people: str, **more: Any) -> Any:
    """The response to AddNote."""
    body = {"htmlText": html, "notificationContactIds": [office[who] for who in people]}
    return office.act("AddNote", body, **more)


def note(office: Office, html: str = "<p>Hi <b>you</b></p>", **more: Any) -> dict[str, Any]:
    """A comment that was added."""
    shown = add(office, html, headers=REPRESENTATION, **more)
    assert shown.status_code == 200, shown.text
    made: dict[str, Any] = shown.json
    return made


def delete(office: Office, uid: str, who: str = "editor", method: str = "GET") -> Any:
    """The response to DeleteNote."""
    return office.as_(who).call(method, f"Task/DeleteNote(noteRelationId={uid})")


@pytest.mark.covers(
    "odata:POST Task({key})/AddNote",
    "odata:GET TaskItemNote",
    "odata:GET TaskItemNote({key})",
    "AddNote.htmlText",
    *(f"TaskItemNote.{name}" for name in NOTE),
)
@pytest.mark.decision(2, 4, 24)
def test_a_comment_is_added_and_read(office: Office) -> None:
    response = add(office)
    assert (response.status_code, response.data) == (204, b"")
    (listed,) = office.editor.value("TaskItemNote")
    members = {name: value for name, value in listed.items() if "@" not in name}
    assert set(members) == set(NOTE)
    assert members | {"TaskItemNoteId": ""} == {
        "TaskItemNoteId": "",
        "TaskItemId": office["task"],
        "Note": "Hi you",
        "NoteHtml": "<p>Hi <b>you</b></p>",
        "ShortDescription": "Hi you",
        "CreateDateTime": "2014-05-12T10:00:00Z",
        "CreatedByContactId": office["editor"],
    }
    for key in (listed["TaskItemNoteId"], f"'{listed['TaskItemNoteId']}'"):
        shown = office.editor.one(f"TaskItemNote({key})")
        assert {name: shown[name] for name in NOTE} == members
    assert office.tw().task(office.ids["task"])["comments-count"] == "1"


@pytest.mark.parametrize(
    ("html", "kept", "text"),
    [
        ("plain", "plain", "plain"),
        ("a<br>b", "a<br>b", "a\nb"),
        ("<p>a</p><script>x()</script>", "<p>a</p>", "a"),
        ('<b onclick="x()">a</b>', "<b>a</b>", "a"),
        ('<a href="javascript:x()">a</a>', '<a rel="noopener noreferrer">a</a>', "a"),
    ],
)
@pytest.mark.covers("AddNote.htmlText", "TaskItemNote.NoteHtml", "TaskItemNote.Note")
@pytest.mark.decision(4)
def test_comments_are_made_safe(office: Office, html: str, kept: str, text: str) -> None:
    made = note(office, html)
    assert (made["NoteHtml"], made["Note"]) == (kept, text)


@pytest.mark.covers("TaskItemNote.ShortDescription")
def test_the_short_description_is_one_line(office: Office) -> None:
    made = note(office, "<p>first</p><p>" + "x" * 200 + "</p>")
    assert made["ShortDescription"] == "first " + "x" * 94


@pytest.mark.parametrize("html", ["", "   ", "<p></p>", "<script>x()</script>"])
def test_a_comment_says_something(office: Office, html: str) -> None:
    with unchanged():
        refused(add(office, html), 422, "htmlText")


@pytest.mark.covers("AddNote.notificationContactIds")
def test_people_are_told(office: Office) -> None:
    add(office, "a", "worker", "viewer", "worker", "editor")
    ids = office.ids
    told = {(kind, who, task) for kind, who, task in office.world.outbox()}
    assert told == {
        ("note.added", ids["worker"], ids["task"]),
        ("note.added", ids["viewer"], ids["task"]),
    }
    with unchanged():
        body = {"htmlText": "a", "notificationContactIds": [office["stranger"]]}
        refused(office.act("AddNote", body, who="admin"), 422, "notificationContactIds")


@pytest.mark.decision(7)
def test_who_sees_a_task_comments_on_it(office: Office) -> None:
    assert note(office, who="viewer")["CreatedByContactId"] == office["viewer"]
    with unchanged():
        refused(add(office, who="reader"), 403)
        refused(add(office, who="stranger"), 404)


@pytest.mark.covers("odata:GET TaskItemNote", "example: notes of a task, newest first")
def test_comments_of_a_task_newest_first(office: Office) -> None:
    for hour, text in ((10, "first"), (12, "third"), (11, "second")):
        clock.fix(datetime.fromisoformat(f"2014-05-12T{hour}:00:00+00:00"))
        add(office, text)
    add(office, "elsewhere", on="other")
    where = f"TaskItemId eq {office['task']}"
    found = office.editor.value("TaskItemNote", filter=where, orderby="CreateDateTime desc")
    assert [each["Note"] for each in found] == ["third", "second", "first"]
    assert len(office.editor.value("TaskItemNote")) == 4


@pytest.mark.decision(7)
def test_comments_on_what_one_may_not_see(office: Office) -> None:
    hidden = note(office, who="manager", on="secret")["TaskItemNoteId"]
    assert office.editor.value("TaskItemNote") == []
    for uid in (hidden, NOWHERE):
        refused(office.editor.get(f"TaskItemNote({uid})"), 404)
        with unchanged():
            refused(delete(office, uid), 404)
    assert len(office.as_("manager").value("TaskItemNote")) == 1


@pytest.mark.covers("odata:GET Task/DeleteNote(noteRelationId={noteRelationId})")
@pytest.mark.decision(26)
def test_a_comment_is_deleted(office: Office) -> None:
    kept, gone = note(office, "kept"), note(office, "gone")["TaskItemNoteId"]
    response = delete(office, gone)
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Cache-Control"] == "no-store"
    assert [each["Note"] for each in office.editor.value("TaskItemNote")] == ["kept"]
    refused(office.editor.get(f"TaskItemNote({gone})"), 404)
    refused(delete(office, gone), 404)
    assert office.tw().task(office.ids["task"])["comments-count"] == "1"
    delete(office, f"'{kept['TaskItemNoteId']}'")
    assert office.editor.value("TaskItemNote") == []


@pytest.mark.parametrize(
    "call",
    [
        "Task/Default.DeleteNote(noteRelationId={})",
        "task/deletenote(NOTERELATIONID={})",
        "Task/DeleteNote(noteRelationId=@p)?@p={}",
        "Task/DeleteNote?noteRelationId={}",
    ],
)
@pytest.mark.decision(34)
def test_forms_of_the_call(office: Office, call: str) -> None:
    uid = note(office)["TaskItemNoteId"]
    response = office.editor.get(call.format(uid))
    assert response.status_code == 204, response.text
    assert office.editor.value("TaskItemNote") == []


@pytest.mark.decision(24, 26)
def test_parameters_of_the_call(office: Office) -> None:
    note(office)
    with unchanged():
        for call in ("DeleteNote()", "DeleteNote", "DeleteNote(noteRelationId=null)"):
            error = refused(office.editor.get(f"Task/{call}"), 400)
            assert "noteRelationId" in error["message"] or "noterelationid" in error["message"]
        refused(office.editor.get("Task/DeleteNote(noteRelationId=x)"), 400)
        refused(office.editor.get(f"Task/DeleteNote(id={NOWHERE})"), 400)


@pytest.mark.decision(26)
def test_nothing_is_deleted_in_passing(office: Office) -> None:
    uid = note(office)["TaskItemNoteId"]
    with unchanged():
        assert delete(office, uid, method="HEAD").status_code == 405
        assert delete(office, uid, method="POST").status_code == 405
        refused(delete(office, uid, "reader"), 403)


@pytest.mark.decision(7, 26)
def test_who_deletes_a_comment(office: Office) -> None:
    uid = note(office, who="viewer")["TaskItemNoteId"]
    with unchanged():
        refused(delete(office, uid, "worker"), 403)
        refused(delete(office, uid, "stranger"), 404)
    assert delete(office, uid, "manager").status_code == 204
    uid = note(office, who="viewer")["TaskItemNoteId"]
    assert delete(office, uid, "viewer").status_code == 204


@pytest.mark.decision(24)
def test_comments_are_not_written_as_entities(office: Office) -> None:
    uid = note(office)["TaskItemNoteId"]
    with unchanged():
        for method in ("PATCH", "PUT", "DELETE"):
            assert office.editor.call(method, f"TaskItemNote({uid})", {}).status_code == 405
        assert office.editor.post("TaskItemNote", {"Note": "x"}).status_code == 405
