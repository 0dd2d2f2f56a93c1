"""The stopwatch of a task: one a person, resumed after a pause, a time entry in the end."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.clock import clock
from tests.functional.odata.office import Office, refused, unchanged

REPRESENTATION = {"Prefer": "return=representation"}
MEMBERS = {
    "UserStopwatchId",
    "ElapsedSeconds",
    "InitiallyStartedAt",
    "StartedAt",
    "PausedAt",
    "ProjectId",
    "TaskItemId",
    "ProjectName",
    "ProjectNumber",
    "TaskItemName",
}
BEGIN = datetime.fromisoformat("2014-05-12T10:00:00+00:00")


def wait(seconds: int) -> None:
    """Let the clock stand this many seconds later."""
    clock.fix(clock.now() + timedelta(seconds=seconds))


def shown(office: Office, who: str = "editor", on: str = "task") -> Any:
    """What GetStopwatch answers; None for a 204."""
    response = office.as_(who).get(f"Task({office[on]})/GetStopwatch()")
    assert response.status_code in (200, 204), response.text
    return response.json if response.data else None


@pytest.mark.covers("odata:GET Task({key})/GetStopwatch()", "odata:POST Task({key})/StartStopwatch")
@pytest.mark.decision(24, 32)
def test_start(office: Office) -> None:
    assert shown(office) is None
    response = office.act("StartStopwatch")
    assert (response.status_code, response.data) == (204, b"")
    wait(90)
    watch = shown(office)
    assert {name for name in watch if "@" not in name} == MEMBERS
    said = {name: watch[name] for name in MEMBERS - {"UserStopwatchId"}}
    assert said == {
        "ElapsedSeconds": 90,
        "InitiallyStartedAt": "2014-05-12T10:00:00Z",
        "StartedAt": "2014-05-12T10:00:00Z",
        "PausedAt": None,
        "ProjectId": office["project"],
        "TaskItemId": office["task"],
        "ProjectName": "demo",
        "ProjectNumber": None,
        "TaskItemName": "the task",
    }
    (listed,) = office.editor.value("UserStopwatch")
    assert {name: listed[name] for name in MEMBERS} == {name: watch[name] for name in MEMBERS}


@pytest.mark.decision(24, 32)
def test_start_shows_the_stopwatch_on_request(office: Office) -> None:
    for action in ("StartStopwatch", "PauseStopwatch"):
        response = office.act(action, headers=REPRESENTATION)
        assert response.status_code == 200
        assert response.json["TaskItemId"] == office["task"]
        assert (response.json["PausedAt"] is None) == (action == "StartStopwatch")


@pytest.mark.covers("odata:POST Task({key})/PauseStopwatch")
@pytest.mark.decision(32)
def test_pause_and_resume(office: Office) -> None:
    office.act("StartStopwatch")
    wait(60)
    assert office.act("PauseStopwatch").status_code == 204
    wait(1000)
    paused = shown(office)
    assert (paused["ElapsedSeconds"], paused["PausedAt"]) == (60, "2014-05-12T10:01:00Z")
    office.act("StartStopwatch")
    wait(30)
    resumed = shown(office)
    assert resumed["ElapsedSeconds"] == 90
    assert resumed["InitiallyStartedAt"] == "2014-05-12T10:00:00Z"
    assert resumed["StartedAt"] == "2014-05-12T10:17:40Z"
    assert resumed["UserStopwatchId"] == paused["UserStopwatchId"]


@pytest.mark.decision(32)
def test_a_running_one_runs_on(office: Office) -> None:
    office.act("StartStopwatch")
    wait(10)
    with unchanged():
        assert office.act("StartStopwatch").status_code == 204
    assert shown(office)["ElapsedSeconds"] == 10


@pytest.mark.covers(
    "odata:POST Task({key})/StopStopwatch", "stopwatch: a time entry is created when stopped"
)
@pytest.mark.decision(24, 32)
def test_stop_writes_a_time_entry(office: Office) -> None:
    office.editor.patch(f"Task({office['task']})", {"IsBillable": True})
    office.act("StartStopwatch")
    wait(100)
    office.act("PauseStopwatch")
    wait(10_000)
    office.act("StartStopwatch")
    wait(200)
    response = office.act("StopStopwatch")
    assert response.status_code == 200
    assert response.json["ElapsedSeconds"] == 300
    assert response.json["TaskItemId"] == office["task"]
    assert {name for name in response.json if "@" not in name} == MEMBERS
    assert shown(office) is None
    assert office.editor.value("UserStopwatch") == []
    (entry,) = office.editor.value("TimeEntry")
    said = {
        "DurationMinutes": 5,
        "StartDateTime": "2014-05-12T10:00:00Z",
        "TaskItemId": office["task"],
        "ProjectId": office["project"],
        "GroupId": office["list"],
        "PerformedByContactId": office["editor"],
        "IsBillable": True,
        "DisplayName": "the task",
    }
    assert {name: entry[name] for name in said} == said
    assert office.tw().task(office.ids["task"])["timeIsLogged"] == "1"


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (89, 1), (90, 2), (3600, 60)])
@pytest.mark.decision(32)
def test_minutes_are_rounded(office: Office, seconds: int, minutes: int) -> None:
    office.act("StartStopwatch")
    wait(seconds)
    office.act("StopStopwatch")
    assert [each["DurationMinutes"] for each in office.editor.value("TimeEntry")] == [minutes]


@pytest.mark.decision(32)
def test_what_does_not_run_is_neither_paused_nor_stopped(office: Office) -> None:
    with unchanged():
        refused(office.act("PauseStopwatch"), 422)
        refused(office.act("StopStopwatch"), 422)
    office.act("StartStopwatch")
    office.act("PauseStopwatch")
    with unchanged():
        refused(office.act("PauseStopwatch"), 422)
    assert office.act("StopStopwatch").status_code == 200


@pytest.mark.decision(32)
def test_one_a_person_and_task(office: Office) -> None:
    office.act("StartStopwatch")
    wait(30)
    office.act("StartStopwatch", who="worker")
    office.act("StartStopwatch", on="other")
    wait(30)
    assert [shown(office)["ElapsedSeconds"], shown(office, "worker")["ElapsedSeconds"]] == [60, 30]
    assert shown(office, on="other")["ElapsedSeconds"] == 30
    assert len(office.editor.value("UserStopwatch")) == 2
    assert office.admin.value("UserStopwatch") == []
    office.act("StopStopwatch", who="worker")
    assert shown(office)["ElapsedSeconds"] == 60


def test_stopwatches_are_sorted_and_filtered_by_what_they_show(office: Office) -> None:
    office.act("StartStopwatch")
    wait(30)
    office.act("StartStopwatch", on="other")
    wait(30)
    found = office.editor.value("UserStopwatch", orderby="ElapsedSeconds")
    assert [each["TaskItemName"] for each in found] == ["the other", "the task"]
    found = office.editor.value("UserStopwatch", filter="ElapsedSeconds gt 45")
    assert [each["TaskItemName"] for each in found] == ["the task"]
    assert clock.now() - BEGIN == timedelta(seconds=60)


@pytest.mark.decision(24)
def test_stopwatches_are_not_written_as_entities(office: Office) -> None:
    office.act("StartStopwatch")
    uid = shown(office)["UserStopwatchId"]
    with unchanged():
        for method in ("PATCH", "PUT", "DELETE"):
            assert office.editor.call(method, f"UserStopwatch({uid})", {}).status_code == 405
        assert office.editor.post("UserStopwatch", {}).status_code == 405
