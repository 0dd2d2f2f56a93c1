"""What the catalogues say of rows: right values, NULL where there is none, hidden things hidden."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models import (
    CheckList,
    Note,
    Person,
    Planning,
    Project,
    Risk,
    Status,
    Stopwatch,
    Task,
    TaskList,
    TimeEntry,
)
from app.queries.catalogues.account import ACCOUNT
from app.queries.catalogues.checklists import CHECK_ITEMS, CHECK_LISTS
from app.queries.catalogues.contributors import CONTRIBUTORS
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.catalogues.dynamic import DYNAMIC_TASKS
from app.queries.catalogues.notes import NOTES
from app.queries.catalogues.planning import PLANNINGS, RISKS
from app.queries.catalogues.structure import LISTS, PEOPLE
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.templates import TEMPLATES
from app.queries.catalogues.time import STOPWATCHES, TIME_ENTRIES
from app.queries.query import Catalogue
from tests.builders import World
from tests.store.furnished import IMAGE, NOON, Furnished, change, ids, make, read, said, uid

SHIFTED = NOON.replace(microsecond=250_000)


@pytest.fixture
def furnished(world: World) -> Furnished:
    """Rows for every catalogue."""
    return Furnished(world)


def test_a_task_with_everything(furnished: Furnished) -> None:
    mia, ada = uid(Person, furnished.mia), uid(Person, furnished.world.admin)
    expected = {
        "project_uid": uid(Project, furnished.demo),
        "list_uid": uid(TaskList, furnished.list),
        "status_uid": uid(Status, furnished.status),
        "contact_uid": mia,
        "creator_uid": ada,
        "updater_uid": None,
        "assigned_by_uid": ada,
        "planning_uid": uid(Planning, furnished.planning),
        "risk_uid": uid(Risk, furnished.risk),
        "risk_name": "Rain",
        "contact_name": "Mia Miller",
        "contact_image_uid": IMAGE,
        "check_items": 2,
        "check_items_done": 1,
        "check_items_open": 1,
        "contributors": 2,
        "contributors_hours": 2.5,
        "owner_hours": 7.5,
        "note_count": 1,
        "document_count": 1,
        "time_minutes": 90,
        "description_html": "Some text",
    }
    viewer = furnished.viewers["Vic"]
    assert said(TASKS, viewer, furnished.full, *expected) == expected


def test_a_bare_task(furnished: Furnished) -> None:
    """Its planning element and its risk are deleted."""
    names = "status_uid contact_uid assigned_by_uid planning_uid risk_uid risk_name contact_name"
    found = said(TASKS, furnished.viewers["Vic"], furnished.bare, *names.split())
    assert set(found.values()) == {None}
    counts = "check_items check_items_open contributors contributors_hours owner_hours note_count"
    found = said(TASKS, furnished.viewers["Vic"], furnished.bare, *counts.split())
    assert set(found.values()) == {0}
    personal = said(TASKS, furnished.viewers["Mia"], furnished.personal, "project_uid", "list_uid")
    assert personal["project_uid"] is None
    assert personal["list_uid"] is not None


def test_the_hours_of_the_owner_are_not_negative(furnished: Furnished) -> None:
    furnished.world.set(furnished.full, work_hours=1.0)
    found = said(TASKS, furnished.viewers["Ada"], furnished.full, "owner_hours")
    assert found == {"owner_hours": 0.0}


SEEN: list[tuple[Catalogue, str, dict[str, list[str]]]] = [
    (
        TASKS,
        "name",
        {
            "Ada": ["Full", "Bare", "Away"],
            "Mia": ["Full", "Bare", "Private of Mia", "personal"],
            "Vic": ["Full", "Bare", "personal"],
            "Olga": [],
        },
    ),
    (
        NOTES,
        "text",
        {"Ada": ["Hi\nyou"], "Mia": ["Hi\nyou", "secret"], "Vic": ["Hi\nyou"], "Olga": []},
    ),
    (
        DOCUMENTS,
        "name",
        {
            # The administrator sees the secret file because he made it, not its task.
            "Ada": ["Plan.v2.PDF", "secret"],
            "Mia": ["Plan.v2.PDF", "secret"],
            "Vic": ["Plan.v2.PDF"],
            "Olga": [],
        },
    ),
    (CHECK_LISTS, "name", {"Ada": ["List", "P"], "Mia": ["List", "S", "P"], "Olga": []}),
    (
        CHECK_ITEMS,
        "name",
        {"Ada": ["done", "open"], "Mia": ["done", "open"] * 2, "Vic": ["done", "open"]},
    ),
    (PLANNINGS, "name", {"Ada": ["Phase", "Step"], "Vic": ["Phase", "Step"], "Olga": []}),
    (RISKS, "name", {"Ada": ["Rain"], "Vic": ["Rain"], "Olga": []}),
    (TEMPLATES, "name", {"Ada": ["Kit"], "Olga": ["Kit"]}),
    (CONTRIBUTORS, "person_name", {"Mia": ["Vic Viewer", "Ada Admin"], "Olga": []}),
    (STOPWATCHES, "task_name", {"Ada": ["Full"], "Mia": ["Full"], "Vic": [], "Olga": []}),
    (LISTS, "name", {"Mia": ["Todos", "Personal"], "Vic": ["Todos"], "Olga": []}),
    (ACCOUNT, "name", {"Ada": ["Demo Company"], "Olga": ["Demo Company"]}),
    (DYNAMIC_TASKS, "TaskItem_Name", {"Vic": ["Full", "Bare", "personal"], "Olga": []}),
]


@pytest.mark.parametrize(("catalogue", "name", "found"), SEEN, ids=[each[0].name for each in SEEN])
def test_who_sees_what(
    catalogue: Catalogue, name: str, found: dict[str, list[str]], furnished: Furnished
) -> None:
    viewers = furnished.viewers
    for who, values in found.items():
        assert [row[0] for row in read(catalogue, viewers[who], name)] == values, who


def test_who_sees_which_time(furnished: Furnished) -> None:
    """Time on another's private task is hidden; that of a deleted task stays, without the task."""
    viewers = furnished.viewers
    full, private, gone = range(1, 4)
    assert ids(TIME_ENTRIES, viewers["Ada"]) == [full, gone, furnished.free_time]
    assert ids(TIME_ENTRIES, viewers["Mia"]) == [full, private, gone, furnished.free_time]
    assert ids(TIME_ENTRIES, viewers["Olga"]) == [furnished.own_time]
    assert said(TIME_ENTRIES, viewers["Vic"], gone, "task_uid") == {"task_uid": None}
    own = said(TIME_ENTRIES, viewers["Olga"], furnished.own_time, "project_uid", "list_uid")
    assert own == {"project_uid": None, "list_uid": None}


def test_time(furnished: Furnished) -> None:
    expected = {
        "name": "Work",
        "started_at": SHIFTED,
        "ended_at": SHIFTED + timedelta(minutes=90),
        "minutes": 90,
        "project_uid": uid(Project, furnished.demo),
        "task_uid": uid(Task, furnished.full),
        "list_uid": uid(TaskList, furnished.list),
        "person_uid": uid(Person, furnished.mia),
        "person_name": "Mia Miller",
    }
    assert said(TIME_ENTRIES, furnished.viewers["Vic"], 1, *expected) == expected


@pytest.mark.parametrize(
    ("started", "minutes", "ended"),
    [
        ("2014-12-31T23:59:59.999999", 1, "2015-01-01T00:00:59.999999"),
        ("2016-02-28T12:00:00.000001", 1440, "2016-02-29T12:00:00.000001"),
        ("2014-05-12T12:00:00.000000", 0, "2014-05-12T12:00:00.000000"),
        ("9999-12-31T23:59:00.000000", 10, "9999-12-31T23:59:59.999999"),
    ],
)
def test_the_end_of_time_is_exact(
    started: str, minutes: int, ended: str, furnished: Furnished
) -> None:
    begin, end = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (started, ended))
    change(TimeEntry, 1, started_at=begin, minutes=minutes)
    assert said(TIME_ENTRIES, furnished.viewers["Ada"], 1, "ended_at") == {"ended_at": end}


@pytest.mark.parametrize(
    ("now", "paused", "seconds"),
    [
        (NOON, None, 130),
        (NOON + timedelta(seconds=1, microseconds=-1), None, 130),
        (NOON + timedelta(days=1), None, 130 + 86_400),
        (NOON + timedelta(days=1), NOON, 100),
    ],
)
def test_a_stopwatch_counts_the_present_run(
    now: datetime, paused: datetime | None, seconds: int, furnished: Furnished
) -> None:
    change(Stopwatch, furnished.watch, paused_at=paused)
    expected = {
        "elapsed_seconds": seconds,
        "finished_seconds": 100,
        "paused_at": paused,
        "task_uid": uid(Task, furnished.full),
        "task_name": "Full",
        "project_uid": uid(Project, furnished.demo),
        "project_name": "demo",
        "project_number": "P-7",
    }
    viewer = furnished.viewers["Mia"]
    assert said(STOPWATCHES, viewer, furnished.watch, *expected, now=now) == expected


def test_a_note(furnished: Furnished) -> None:
    long = make(
        Note, task_id=furnished.full, author_id=furnished.mia, text="a\r\n" + "b" * 200, html=""
    )
    viewer = furnished.viewers["Vic"]
    expected = {
        "short": "Hi you",
        "html": "Hi",
        "task_uid": uid(Task, furnished.full),
        "author_uid": uid(Person, furnished.mia),
        "author_name": "Mia Miller",
    }
    assert said(NOTES, viewer, furnished.note, *expected) == expected
    assert said(NOTES, viewer, long, "short") == {"short": "a " + "b" * 98}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Plan.v2.PDF", "pdf"),
        ("none", ""),
        ("a.b.a.b", "b"),
        (".profile", "profile"),
        ("dot.", ""),
        ("...", ""),
        ("50%.x_y", "x_y"),
    ],
)
def test_the_type_of_a_document(name: str, kind: str, furnished: Furnished) -> None:
    file = furnished.world.file(furnished.demo, name)
    found = said(DOCUMENTS, furnished.viewers["Ada"], file, "name", "file_type", "project_uid")
    assert list(found.values()) == [name, kind, uid(Project, furnished.demo)]


def test_neighbours(furnished: Furnished) -> None:
    viewer, demo = furnished.viewers["Mia"], uid(Project, furnished.demo)
    step = said(PLANNINGS, viewer, furnished.step, "project_uid", "parent_uid")
    assert step == {"project_uid": demo, "parent_uid": uid(Planning, furnished.planning)}
    change(Planning, furnished.planning, deleted_at=NOON)
    assert said(PLANNINGS, viewer, furnished.step, "parent_uid") == {"parent_uid": None}
    names = ("project_uid", "task_uid", "items", "items_done")
    found = said(CHECK_LISTS, viewer, furnished.check_list, *names)
    assert list(found.values()) == [demo, uid(Task, furnished.full), 2, 1]
    found = said(CHECK_LISTS, viewer, furnished.project_check_list, *names)
    assert list(found.values()) == [demo, None, 0, 0]
    (item, *_) = read(CHECK_ITEMS, viewer, "check_list_uid", "is_done", "done_at")
    assert item == (uid(CheckList, furnished.check_list), True, NOON)


def test_people(furnished: Furnished) -> None:
    furnished.world.key(furnished.mia)
    names = ("display_name", "image_uid", "company_name", "has_key", "is_deleted")
    viewer = furnished.viewers["Ada"]
    mia = said(PEOPLE, viewer, furnished.mia, *names)
    assert list(mia.values()) == ["Mia Miller", IMAGE, "Demo Company", True, False]
    olga = said(PEOPLE, viewer, furnished.olga, *names)
    assert list(olga.values()) == ["Olga Out", None, "Other Company", False, False]
    change(Person, furnished.olga, first_name="")
    assert said(PEOPLE, viewer, furnished.olga, "display_name") == {"display_name": "Out"}
