"""The calendar feed, read back with a parser that is not the writer's (vobject)."""

from datetime import UTC, date, datetime
from io import StringIO
from itertools import islice
from typing import Any

import pytest
import vobject
from dateutil.tz import tzical
from flask import Flask

from tests.api import Api
from tests.builders import World
from tests.odata import OData

HOST = "http://localhost"


class Feed:
    """A person's feed."""

    def __init__(self, app: Flask, key: str) -> None:
        self.client = app.test_client()
        self.odata = OData(app, key)
        self.api = Api(app, key)

    def put(self, task: int) -> None:
        """Put a task into the feed."""
        uid = next(
            each["TaskItemId"]
            for each in self.odata.value("Task")
            if each["Name"] == self.api.task(task)["content"]
        )
        done = self.odata.post(f"Task({uid})/Default.EnableCalendarSync")
        assert done.status_code == 204, done.get_data()

    @property
    def address(self) -> str:
        """Where it is."""
        url: str = self.api.get("/me.json").json["person"]["calendar-feed-url"]
        return url.removeprefix(HOST)

    def read(self) -> Any:
        """What a calendar program makes of it."""
        answer = self.client.get(self.address)
        assert answer.status_code == 200
        assert answer.content_type == "text/calendar; charset=utf-8"
        return vobject.readOne(answer.text)


@pytest.fixture
def feed(app: Flask, world: World) -> Feed:
    """The administrator's."""
    return Feed(app, world.key(world.admin))


@pytest.mark.decision(33)
def test_a_task_is_a_to_do_and_an_event(feed: Feed, world: World) -> None:
    task = world.task(world.list(), name="Plan; the, thing\nwell", start=1, due=3)
    feed.put(task)
    read = feed.read()
    assert read.vtodo.summary.value == "Plan; the, thing\nwell"
    assert read.vtodo.status.value == "NEEDS-ACTION"
    assert read.vtodo.due.value == date(2014, 5, 15)
    assert read.vevent.dtstart.value == date(2014, 5, 13)
    assert read.vevent.dtend.value == date(2014, 5, 16), "the end is the day after"
    feed.api.put(f"/tasks/{task}/complete.json")
    assert feed.read().vtodo.status.value == "COMPLETED"


def test_times_are_in_the_persons_zone(app: Flask, world: World) -> None:
    mia = world.person("Mia", zone="America/New_York", is_admin=True)
    feed = Feed(app, world.key(mia))
    start, due = datetime(2014, 5, 13, 13, tzinfo=UTC), datetime(2014, 5, 13, 15, 30, tzinfo=UTC)
    task = world.task(world.list(), name="Meet")
    uid = feed.odata.value("Task")[0]["TaskItemId"]
    sent = {"StartDateTime": start.isoformat(), "EndDateTime": due.isoformat()}
    assert feed.odata.patch(f"Task({uid})", sent).status_code == 204
    feed.put(task)
    text = feed.client.get(feed.address).text
    assert "DTSTART;TZID=America/New_York:20140513T090000" in text
    assert "BEGIN:VTIMEZONE" in text
    # vobject takes the winter's offset all year; dateutil reads what the feed says of the zone.
    zone, event = tzical(StringIO(text)).get(), feed.read().vevent
    assert event.dtstart.value.replace(tzinfo=zone) == start
    assert event.dtend.value.replace(tzinfo=zone) == due


RULES = {
    1: ("FREQ=DAILY", 1),
    2: ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 1),
    3: ("FREQ=WEEKLY", 7),
    6: ("FREQ=WEEKLY;INTERVAL=2", 14),
    7: ("FREQ=MONTHLY;INTERVAL=3", 92),
}


@pytest.mark.parametrize(("number", "rule", "days"), [(n, *each) for n, each in RULES.items()])
def test_recurrence(number: int, rule: str, days: int, feed: Feed, world: World) -> None:
    task = world.task(world.list(), name="Again", due=0)
    uid = feed.odata.value("Task")[0]["TaskItemId"]
    assert feed.odata.patch(f"Task({uid})", {"Recurrence": number}).status_code == 204
    feed.put(task)
    read = feed.read()
    assert set(read.vevent.rrule.value.split(";")) == set(rule.split(";"))
    first, second = islice(read.vevent.getrruleset(addRDate=True), 2)
    assert (second - first).days == days


def test_who_may_not_see_a_task_any_more_does_not_find_it(
    app: Flask, world: World, api: Api
) -> None:
    mia = world.person("Mia")
    project = world.project(editor=(mia,))
    feed = Feed(app, world.key(mia))
    feed.put(world.task(world.list(project), name="hers"))
    assert feed.read().vtodo.summary.value == "hers"
    address = feed.address
    api.put(f"/projects/{project}/people.json", {"remove": {"userIdList": str(mia)}})
    assert "hers" not in feed.client.get(address).text


@pytest.mark.covers("endpoint:GET /calendar/{id}.ics")
def test_the_secret(feed: Feed, world: World) -> None:
    assert feed.address == ""
    feed.put(world.task(world.list(), name="x"))
    address = feed.address
    answer = feed.client.get(address)
    again = feed.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert feed.client.get(address[:-6] + "XX.ics").status_code == 404
    assert feed.client.post(address).status_code == 405


def test_an_address_is_revoked(app: Flask, world: World) -> None:
    person = world.person("Mia", email="mia.feed@example.com", is_admin=True)
    feed = Feed(app, world.key(person))
    task = world.task(world.list(), name="hers")
    feed.put(task)
    former = feed.address
    done = app.test_cli_runner().invoke(args=["keys", "revoke-feed", "mia.feed@example.com"])
    assert done.exit_code == 0, done.output
    assert feed.client.get(former).status_code == 404
    feed.put(task)
    assert feed.address not in ("", former)
    assert feed.read().vtodo.summary.value == "hers"
    failed = app.test_cli_runner().invoke(args=["keys", "revoke-feed", "nobody@example.com"])
    assert failed.exit_code == 1


@pytest.mark.covers("endpoint:DELETE /me/calendarfeed.json")
def test_one_closes_ones_own_feed(app: Flask, world: World) -> None:
    """The old address is gone at once; the next task makes another, with what was in it."""
    other = world.person()
    home = world.list(world.project(editor=(other,)))
    first, second = world.task(home, name="first"), world.task(home, name="second")
    mine, theirs = (Feed(app, world.key(each)) for each in (world.admin, other))
    mine.put(first)
    theirs.put(first)
    old, kept = mine.address, theirs.address
    reading = Api(app, world.key(world.admin, read_only=True))
    assert reading.delete("/me/calendarfeed.json").status_code == 403
    assert mine.client.get(old).status_code == 200
    assert mine.api.delete("/me/calendarfeed.json").json == {"STATUS": "OK"}
    gone, never = (mine.client.get(each) for each in (old, "/calendar/never.ics"))
    assert (gone.status_code, gone.data) == (404, never.data)
    assert (mine.address, theirs.address) == ("", kept)
    assert mine.client.get(kept).status_code == 200
    assert mine.api.delete("/me/calendarfeed.json").status_code == 200
    mine.put(second)
    assert mine.address not in ("", old)
    assert [each.summary.value for each in mine.read().vtodo_list] == ["second", "first"]
    assert mine.client.get(old).status_code == 404
