"""Task: descriptions as HTML, instants with offsets, where a task stands, and recurrence."""

from typing import Any

import pytest

from tests.functional.odata.office import Office, refused, unchanged

HTML = [
    ("<p>Hi <b>you</b></p>", "<p>Hi <b>you</b></p>", "Hi you"),
    ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>", "ab"),
    ('<p onclick="x()">a</p>', "<p>a</p>", "a"),
    ('<img src="x.png" onerror="x()">', '<img src="x.png">', ""),
    ('<a href="javascript:x()">a</a>', '<a rel="noopener noreferrer">a</a>', "a"),
    ('<a href=" JaVaScript&#58;x()">a</a>', '<a rel="noopener noreferrer">a</a>', "a"),
    ('<iframe src="//evil"></iframe>ok', "ok", "ok"),
    ("<svg><a onload=x()></svg>ok", "ok", "ok"),
    ("a<br>b<p>c", "a<br>b<p>c</p>", "a\nb\nc"),
    ("<ul><li>one<li>two</ul>", "<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
    ("1 &lt; 2 &amp; ok", "1 &lt; 2 &amp; ok", "1 < 2 & ok"),
    ("plain", "plain", "plain"),
]
OFFSETS = [
    ("2025-02-01T09:00:00Z", "2025-02-01T09:00:00Z"),
    ("2025-02-01T09:00:00+02:00", "2025-02-01T07:00:00Z"),
    ("2025-02-01T01:30:00-11:30", "2025-02-01T13:00:00Z"),
    ("2025-02-01T00:30:00+01:00", "2025-01-31T23:30:00Z"),
    ("2024-02-29T23:59:59.999999Z", "2024-02-29T23:59:59.999999Z"),
    ("2025-02-01T09:00Z", "2025-02-01T09:00:00Z"),
]
START, END = "2014-01-31T09:00:00Z", "2014-01-31T17:30:00Z"
NEXT = {
    1: ("2014-02-01T09:00:00Z", "2014-02-01T17:30:00Z"),
    2: ("2014-02-03T09:00:00Z", "2014-02-03T17:30:00Z"),
    3: ("2014-02-07T09:00:00Z", "2014-02-07T17:30:00Z"),
    4: ("2014-02-28T09:00:00Z", "2014-02-28T17:30:00Z"),
    5: ("2015-01-31T09:00:00Z", "2015-01-31T17:30:00Z"),
    6: ("2014-02-14T09:00:00Z", "2014-02-14T17:30:00Z"),
    7: ("2014-04-30T09:00:00Z", "2014-04-30T17:30:00Z"),
}


def make(office: Office, **more: Any) -> dict[str, Any]:
    """A task of the project."""
    return office.editor.make("Task", **({"Name": "made", "ProjectId": office["project"]} | more))


@pytest.mark.parametrize(("sent", "kept", "text"), HTML)
@pytest.mark.covers("Task.DescriptionHTML")
@pytest.mark.decision(4)
def test_descriptions_are_made_safe(office: Office, sent: str, kept: str, text: str) -> None:
    made = make(office, DescriptionHTML=sent)
    assert made["DescriptionHTML"] == kept
    office.editor.patch(f"Task({office['task']})", {"DescriptionHTML": sent})
    assert office.one()["DescriptionHTML"] == kept
    assert office.tw().task(office.ids["task"])["description"] == text


@pytest.mark.decision(4)
def test_text_of_the_other_dialect_is_shown_as_html(office: Office) -> None:
    body = {"todo-item": {"description": "a <b>\nb & c"}}
    office.tw().put(f"/tasks/{office.ids['task']}.json", body)
    assert office.one()["DescriptionHTML"] == "a &lt;b&gt;<br>\nb &amp; c"


def test_html_has_an_end(office: Office) -> None:
    with unchanged():
        for html in ("x" * 262_145, "<b>" * 101):
            body = {"DescriptionHTML": html}
            refused(office.editor.patch(f"Task({office['task']})", body), 422, "DescriptionHTML")


@pytest.mark.parametrize(("sent", "kept"), OFFSETS)
@pytest.mark.covers("Task.StartDateTime", "Task.EndDateTime")
@pytest.mark.decision(3)
def test_instants_are_kept_in_utc(office: Office, sent: str, kept: str) -> None:
    made = make(office, StartDateTime=sent, EndDateTime=sent)
    assert (made["StartDateTime"], made["EndDateTime"]) == (kept, kept)
    literal = sent.replace("+", "%2B")
    listed = office.editor.get(f"Task?$filter=StartDateTime eq {literal}")
    assert [each["TaskItemId"] for each in listed.json["value"]] == [made["TaskItemId"]]


@pytest.mark.decision(3)
def test_an_instant_and_the_day_of_the_other_dialect(office: Office) -> None:
    task = f"Task({office['task']})"
    instant = "2025-02-15T17:00:00Z"
    office.editor.patch(task, {"EndDateTime": instant})
    path = f"/tasks/{office.ids['task']}.json"
    assert office.tw().task(office.ids["task"])["due-date"] == "20250215"
    office.tw().put(path, {"todo-item": {"due-date": "20250215"}})
    assert office.one()["EndDateTime"] == instant
    office.tw().put(path, {"todo-item": {"due-date": "20250216", "start-date": "20250201"}})
    assert office.one()["EndDateTime"] == "2025-02-16T23:59:59Z"
    assert office.one()["StartDateTime"] == "2025-02-01T00:00:00Z"


@pytest.mark.decision(30)
def test_a_project_without_a_list_gets_one(office: Office) -> None:
    empty = office.uid("project", office.world.project("empty", editor=(office.ids["editor"],)))
    first, second = make(office, ProjectId=empty), make(office, ProjectId=empty)
    assert first["GroupId"] == second["GroupId"]
    groups = office.editor.value("Group", filter=f"ProjectId eq {empty}")
    assert [each["GroupId"] for each in groups] == [first["GroupId"]]


@pytest.mark.covers("Task.GroupId", "Task.ProjectId")
@pytest.mark.decision(30)
def test_a_task_moves_with_its_project(office: Office) -> None:
    other = office.world.project("other", editor=(office.ids["editor"],))
    home = office.world.list(other)
    made = make(office, TaskItemStatusId=office["doing"])
    address = f"Task({made['TaskItemId']})"
    office.editor.patch(address, {"ProjectId": office.uid("project", other)})
    moved = office.editor.one(address)
    assert moved["ProjectId"] == office.uid("project", other)
    assert moved["GroupId"] == office.uid("list", home)
    assert moved["TaskItemStatusId"] is None
    with unchanged():
        body = {"ProjectId": office["project"], "GroupId": office.uid("list", home)}
        refused(office.editor.patch(address, body), 422)
        refused(office.editor.post("Task", {"Name": "x", **body}), 422)
    assert office.editor.patch(address, {"GroupId": office["list"]}).status_code == 204
    assert office.editor.one(address)["ProjectId"] == office["project"]


@pytest.mark.decision(8)
def test_a_task_without_a_project_is_its_makers(office: Office) -> None:
    made = office.editor.make("Task", Name="mine")
    assert made["ProjectId"] is None
    address = f"Task({made['TaskItemId']})"
    for who in ("admin", "manager", "stranger"):
        refused(office.as_(who).get(address), 404)
    office.editor.patch(address, {"ContactId": office["manager"]})
    assert office.as_("manager").one(address)["Name"] == "mine"
    assert office.editor.one(f"Group({made['GroupId']})")["ProjectId"] is None


def _next(office: Office, number: int) -> list[tuple[str, str]]:
    """Dates of the open task that followed the one that was completed."""
    rows = office.editor.value("Task", filter=f"Recurrence eq {number} and not IsDone")
    return [(each["StartDateTime"], each["EndDateTime"]) for each in rows]


@pytest.mark.parametrize("number", NEXT)
@pytest.mark.covers("Task.Recurrence", *(f"Recurrence={number}" for number in NEXT))
@pytest.mark.decision(31)
def test_the_next_occurrence_is_made_once(office: Office, number: int) -> None:
    said = {"StartDateTime": START, "EndDateTime": END, "ContactId": office["worker"]}
    made = make(office, Recurrence=number, WorkAmount=2, **said)
    address = f"Task({made['TaskItemId']})"
    office.editor.patch(address, {"IsDone": True})
    assert _next(office, number) == [NEXT[number]]
    office.editor.patch(address, {"IsDone": False})
    office.editor.patch(address, {"IsDone": True})
    assert _next(office, number) == [NEXT[number]]
    (following,) = office.editor.value("Task", filter=f"Recurrence eq {number} and not IsDone")
    assert following["ContactId"] == office["worker"]
    assert following["WorkAmount"] == 2.0


@pytest.mark.covers("Recurrence=0")
@pytest.mark.decision(31)
def test_without_recurrence_nothing_follows(office: Office) -> None:
    made = make(office, Recurrence=0, EndDateTime=END)
    before = office.editor.get("Task/$count").text
    office.editor.patch(f"Task({made['TaskItemId']})", {"IsDone": True})
    assert office.editor.get("Task/$count").text == before


@pytest.mark.decision(31)
def test_a_recurring_task_completed_in_the_other_dialect(office: Office) -> None:
    office.editor.patch(f"Task({office['task']})", {"Recurrence": 1, "EndDateTime": END})
    office.tw().put(f"/tasks/{office.ids['task']}/complete.json")
    assert len(_next(office, 1)) == 1
