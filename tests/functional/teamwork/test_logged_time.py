"""The time that people have logged, day by day."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.models import TimeEntry
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World

FIRST_OF_MAY, LAST_OF_MAY = "1398902400000", "1401494400000"
TWELFTH = "1399852800000"


def log(person: int, started: str, minutes: int, project: int, **more: Any) -> None:
    """Log time of somebody in a project."""
    values = {
        "person_id": person,
        "project_id": project,
        "started_at": datetime.fromisoformat(started).replace(tzinfo=UTC),
        "minutes": minutes,
        "description": "",
        **more,
    }
    maintain(lambda work: work.insert(TimeEntry, **values))


def days(series: list[list[str]]) -> dict[str, tuple[str, str]]:
    """Hours and minutes of the days on which something was logged."""
    return {at: (hours, minutes) for at, hours, minutes in series if minutes != "0"}


@pytest.mark.covers("endpoint:GET /people/{id}/loggedtime.json")
def test_a_month_of_a_person(world: World, api: Api) -> None:
    mia = world.person("Mia", "Muster")
    project, other = world.project(), world.project()
    log(mia, "2014-05-12T09:00:00", 90, project, billable=True)
    log(mia, "2014-05-12T13:00:00", 30, other, billable=True)
    log(mia, "2014-05-12T09:00:00", 20, project, billable=False)
    log(mia, "2014-05-31T23:59:59", 5, project, billable=False)
    log(mia, "2014-06-01T00:00:00", 7, project, billable=False)
    log(world.admin, "2014-05-12T09:00:00", 400, project)
    path = f"/people/{mia}/loggedtime.json"
    user = api.get(path).json["user"]
    assert {name: user[name] for name in ("id", "firstname", "lastname")} == {
        "id": str(mia),
        "firstname": "Mia",
        "lastname": "Muster",
    }
    assert (user["startepoch"], user["endepoch"]) == (FIRST_OF_MAY, LAST_OF_MAY)
    assert len(user["billable"]) == len(user["nonbillable"]) == 31
    assert user["billable"][0] == [FIRST_OF_MAY, "0.00", "0"]
    assert days(user["billable"]) == {TWELFTH: ("2.00", "120")}
    assert days(user["nonbillable"]) == {TWELFTH: ("0.33", "20"), LAST_OF_MAY: ("0.08", "5")}
    june = api.get(path, M="6", Y="2014").json["user"]
    assert days(june["nonbillable"]) == {june["startepoch"]: ("0.12", "7")}
    assert len(june["billable"]) == 30
    assert len(api.get(path, m="2", y="2016").json["user"]["billable"]) == 29
    of_other = api.get(path, projectId=other).json["user"]
    assert days(of_other["billable"]) == {TWELFTH: ("0.50", "30")}
    for y in ("2", "9998"):
        assert api.get(path, y=y, m="12").status_code == 200


def test_one_sees_the_time_that_one_sees(app: Flask, world: World, api: Api) -> None:
    mia, colleague = world.person("Mia"), world.person()
    shared, own = world.project(editor=(mia, colleague)), world.project(editor=(mia,))
    secret = world.task(world.list(shared), by=mia, private=True)
    log(mia, "2014-05-12T09:00:00", 10, shared)
    log(mia, "2014-05-12T09:00:00", 200, own)
    log(mia, "2014-05-12T09:00:00", 3000, shared, task_id=secret)
    path = f"/people/{mia}/loggedtime.json"
    for client, minutes in ((Api(app, world.key(mia)), 3210), (Api(app, world.key(colleague)), 10)):
        user = client.get(path).json["user"]
        found = [int(each[2]) for each in (*user["billable"], *user["nonbillable"])]
        assert sum(found) == minutes
    stranger = Api(app, world.key(world.person(company_id=world.company())))
    missing = stranger.get("/people/4711/loggedtime.json")
    got = stranger.get(path)
    assert (got.status_code, got.data) == (404, missing.data)


@pytest.mark.parametrize(
    ("name", "value"),
    [("m", "0"), ("m", "13"), ("m", "May"), ("y", "1"), ("y", "9999"), ("projectId", "0")],
)
def test_what_is_no_month(name: str, value: str, api: Api) -> None:
    response = api.get("/people/1/loggedtime.json", **{name: value})
    assert (response.status_code, name in response.json["MESSAGE"]) == (422, True)
