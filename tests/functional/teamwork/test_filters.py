"""The options of "Retrieve all tasks" that choose tasks: windows, ranges, people, tags (decisions
15, 18).
"""

from datetime import UTC, datetime

import pytest

from app.clock import clock
from tests.api import Api
from tests.builders import World

# Monday the 12th of May 2014 is today. Due, start, in days from it; None is no date.
TASKS: dict[str, tuple[int | None, int | None]] = {
    "late": (-3, -9),
    "yesterday": (-1, None),
    "today": (0, -2),
    "tomorrow": (1, None),
    "sunday": (6, None),
    "in7": (7, None),
    "in14": (14, None),
    "in30": (30, 2),
    "in365": (365, 3),
    "far": (366, None),
    "starts today": (None, 0),
    "no date": (None, None),
}
ALL = list(TASKS)
DATED = [name for name, (due, _) in TASKS.items() if due is not None]
UNDATED = ["starts today", "no date"]


@pytest.fixture
def dated(world: World) -> World:
    """One task for every window, in one list, in the order of TASKS."""
    home = world.list()
    for name, (due, start) in TASKS.items():
        changes = {key: days for key, days in (("due", due), ("start", start)) if days is not None}
        world.task(home, name, **changes)
    return world


def case(expected: list[str], covers: str = "", **options: str) -> object:
    """Options, and the names that they choose."""
    named = [covers] if covers else []
    if "filter" in options:
        named.append(f"filter={options['filter'].lower()}")
    sent = {name.replace("_", "-"): value for name, value in options.items()}
    label = "&".join(f"{name}={value}" for name, value in sent.items())
    return pytest.param(sent, expected, id=label, marks=pytest.mark.covers(*named))


WITHIN = {
    "within7": ["today", "tomorrow", "sunday", "in7"],
    "within14": ["today", "tomorrow", "sunday", "in7", "in14"],
    "within30": ["today", "tomorrow", "sunday", "in7", "in14", "in30"],
    "within365": ["today", "tomorrow", "sunday", "in7", "in14", "in30", "in365"],
}
CASES = [
    case(ALL, filter="all"),
    case(ALL, filter="anytime"),
    case(["late", "yesterday"], filter="overdue"),
    case(["today"], filter="today"),
    case(["tomorrow"], filter="tomorrow"),
    case(["today", "tomorrow", "sunday"], filter="thisweek"),
    *(case(names, filter=name) for name, names in WITHIN.items()),
    *(
        case(names[1:], "option:includeToday", filter=name, includeToday="false")
        for name, names in WITHIN.items()
    ),
    case(["no date"], filter="nodate"),
    case([name for name, (_, start) in TASKS.items() if start is None], filter="nostartdate"),
    case(UNDATED, filter="noduedate"),
    case([], filter="completed"),
    case(["today"], filter="TODAY"),
    case(
        ["today", "starts today"],
        "option:ignore-start-dates",
        filter="today",
        ignore_start_dates="false",
    ),
    case(["today"], "option:ignore-start-dates", filter="today", ignore_start_dates="true"),
    case(
        ["late", "yesterday"],
        "option:ignore-start-dates",
        filter="overdue",
        ignore_start_dates="false",
    ),
    case(["today", "no date"], "include=nodate", filter="today", include="nodate"),
    case(["today", *UNDATED], "include=noduedate", filter="today", include="noduedate"),
    case(["late", "yesterday", "today"], "include=overdue", filter="today", include="overdue"),
    case(
        ["yesterday", "today", "tomorrow", "sunday", "in7", "in14", "far", "no date"],
        "include=nostartdate",
        filter="today",
        include="nostartdate",
    ),
    case(["late", "yesterday", "today", "no date"], filter="today", include="overdue,nodate"),
    case(ALL, filter="anytime", include="overdue"),
    case(
        ["today", "tomorrow", "in30", "in365", "starts today"],
        "option:startdate",
        startdate="20140512",
        enddate="20140515",
    ),
    case(
        ["today", "tomorrow"],
        "option:enddate",
        startdate="20140512",
        enddate="20140515",
        ignore_start_dates="true",
    ),
    case(["late"], startdate="20140505", enddate="20140508"),
    case(["late"], startdate="20140505", enddate="20140508", filter="overdue"),
    case([], startdate="20140515", enddate="20140512"),
    case(DATED, includeTasksWithoutDueDates="no"),
]


@pytest.mark.decision(15)
@pytest.mark.covers("option:filter", "option:include")
@pytest.mark.parametrize(("options", "expected"), CASES)
def test_dates(options: dict[str, str], expected: list[str], dated: World, api: Api) -> None:
    assert sorted(api.names("/tasks.json", **options)) == sorted(expected)


@pytest.mark.decision(15)
@pytest.mark.covers("filter=thisweek")
@pytest.mark.parametrize(
    ("day", "sunday_first", "expected"),
    [
        ("2014-05-12", False, ["mon", "sun"]),
        ("2014-05-18", False, ["mon", "sun"]),
        ("2014-05-12", True, ["before", "mon"]),
        ("2014-05-18", True, ["sun", "after"]),
    ],
)
def test_weeks(day: str, sunday_first: bool, expected: list[str], world: World, api: Api) -> None:
    home = world.list()
    for name, days in (("before", -1), ("mon", 0), ("sun", 6), ("after", 7)):
        world.task(home, name, due=days)
    world.weeks_start_on_sunday(sunday_first)
    clock.fix(datetime.fromisoformat(f"{day}T12:00:00+00:00"))
    assert api.names("/tasks.json", filter="thisweek") == expected


@pytest.mark.parametrize(
    "options",
    [{"startdate": "20140512"}, {"enddate": "20140512"}],
    ids=["startdate alone", "enddate alone"],
)
@pytest.mark.covers("option:startdate", "option:enddate")
def test_one_end_of_a_range_is_refused(options: dict[str, str], api: Api) -> None:
    response = api.get("/tasks.json", **options)
    assert response.status_code == 422
    assert "go together" in response.json["MESSAGE"]


@pytest.mark.covers("option:updatedAfterDate")
def test_updated_after(world: World, api: Api) -> None:
    home = world.list()
    world.task(home, "old")
    clock.fix(datetime(2014, 5, 13, 8, 30, 1, 200, tzinfo=UTC))
    world.task(home, "new")
    assert api.names("/tasks.json", updatedAfterDate="20140512100000") == ["new"]
    assert api.names("/tasks.json", updatedAfterDate="20140513083001") == ["new"]
    assert api.names("/tasks.json", updatedAfterDate="20140513083002") == []


@pytest.fixture
def completed(world: World, api: Api) -> World:
    """A completed top-level task, one with a completed and an open subtask, an open one."""
    home = world.list()
    done = world.task(home, "done")
    parent = world.task(home, "parent")
    sub = world.task(parent=parent, name="done sub")
    world.task(parent=parent, name="open sub")
    clock.fix(datetime(2014, 5, 13, 9, tzinfo=UTC))
    api.put(f"/tasks/{done}/complete.json")
    clock.fix(datetime(2014, 5, 14, 9, tzinfo=UTC))
    api.put(f"/tasks/{sub}/complete.json")
    return world


@pytest.mark.decision(15)
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        case(["open sub", "parent"]),
        case(
            ["done", "open sub", "parent"],
            "option:includeCompletedTasks",
            includeCompletedTasks="true",
        ),
        case(
            ["done sub", "open sub", "parent"],
            "option:includeCompletedSubtasks",
            includeCompletedSubtasks="true",
        ),
        case(
            ["done", "done sub", "open sub", "parent"],
            includeCompletedTasks="1",
            includeCompletedSubtasks="yes",
        ),
        case(["done", "done sub"], filter="completed"),
        case(["done"], "option:getSubTasks", filter="completed", getSubTasks="no"),
        case(["parent"], "option:getSubTasks", getSubTasks="no"),
        case(["done sub"], "option:completedAfterDate", completedAfterDate="20140513090000"),
        case(["done"], "option:completedBeforeDate", completedBeforeDate="20140514090000"),
        case(
            ["done", "done sub"],
            completedAfterDate="20140512000000",
            completedBeforeDate="20150101235959",
        ),
    ],
)
def test_completed(
    options: dict[str, str], expected: list[str], completed: World, api: Api
) -> None:
    assert sorted(api.names("/tasks.json", **options)) == expected


@pytest.mark.covers("option:creator-ids")
def test_creators(world: World, api: Api) -> None:
    other = world.person()
    home = world.list(world.project(editor=(other,)))
    world.task(home, "mine")
    world.task(home, "theirs", by=other)
    assert api.names("/tasks.json", **{"creator-ids": str(other)}) == ["theirs"]
    assert api.names("/tasks.json", **{"creator-ids": f"{other},{world.admin}"}) == [
        "mine",
        "theirs",
    ]
    assert api.names("/tasks.json", **{"creator-ids": "0"}) == ["mine", "theirs"]
    assert api.names("/tasks.json", **{"creator-ids": "999"}) == []


@pytest.mark.covers("option:responsible-party-ids")
@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ("-1", ["both", "one", "two"]),
        ("0", ["nobody"]),
        ("1", ["both", "one"]),
        ("2", ["both", "two"]),
        ("1,2", ["both", "one", "two"]),
        ("0,2", ["both", "nobody", "two"]),
        ("77", []),
    ],
)
def test_responsible_parties(people: str, expected: list[str], world: World, api: Api) -> None:
    other = world.person()
    home = world.list(world.project(editor=(other,)))
    for name, assigned in (("nobody", ()), ("one", (1,)), ("two", (other,)), ("both", (1, other))):
        world.task(home, name, assignees=assigned)
    options = {"responsible-party-ids": people}
    assert sorted(api.names("/tasks.json", **options)) == expected


@pytest.mark.covers("option:tag-ids")
def test_tags_any_of_them(world: World, api: Api) -> None:
    home = world.list()
    world.task(home, "plain")
    api_task = world.task(home, "api", tags=("api",))
    world.task(home, "doc", tags=("documentation", "later"))
    ids = {tag["name"]: tag["id"] for tag in api.task(api_task)["tags"]}
    assert api.names("/tasks.json", **{"tag-ids": str(ids["api"])}) == ["api"]
    assert api.names("/tasks.json", **{"tag-ids": f"{ids['api']},{ids['api'] + 1}"}) == [
        "api",
        "doc",
    ]


@pytest.mark.covers("option:showDeleted")
@pytest.mark.decision(5)
def test_deleted_tasks_are_shown_on_request(world: World, api: Api) -> None:
    home = world.list()
    kept, gone = world.task(home, "kept"), world.task(home, "gone")
    api.delete(f"/tasks/{gone}.json")
    assert api.names("/tasks.json") == ["kept"]
    assert api.names("/tasks.json", showDeleted="yes") == ["kept", "gone"]
    assert api.names(f"/tasklists/{home}/tasks.json", showDeleted="1") == ["kept", "gone"]
    assert api.get(f"/tasks/{gone}.json").status_code == 404
    assert api.task(gone, showDeleted="yes")["status"] == "deleted"
    assert api.task(kept)["status"] == "new"


@pytest.mark.decision(3)
def test_today_is_the_viewers_day(world: World, api: Api) -> None:
    home = world.list()
    world.task(home, "monday", due=0)
    world.task(home, "tuesday", due=1)
    clock.fix(datetime(2014, 5, 12, 20, tzinfo=UTC))
    far_east = world.person(zone="Asia/Tokyo", is_admin=True)
    assert api.names("/tasks.json", filter="today") == ["monday"]
    eastern = Api(api.app, world.key(far_east))
    assert eastern.names("/tasks.json", filter="today") == ["tuesday"]


@pytest.mark.decision(12)
@pytest.mark.parametrize("spelling", ["yes", "true", "True", "1", "YES"])
def test_booleans_and_names_in_any_spelling(spelling: str, completed: World, api: Api) -> None:
    assert "done" in api.names("/tasks.json", INCLUDECOMPLETEDTASKS=spelling)


@pytest.mark.covers("scope:all", "scope:project", "scope:tasklist")
def test_scopes(world: World, api: Api) -> None:
    one, two = world.project("one"), world.project("two")
    first, second, third = world.list(one), world.list(one), world.list(two)
    for name, home in (("a", first), ("b", second), ("c", third)):
        world.task(home, name)
    assert sorted(api.names("/tasks.json")) == ["a", "b", "c"]
    assert sorted(api.names(f"/projects/{one}/tasks.json")) == ["a", "b"]
    assert api.names(f"/tasklists/{third}/tasks.json") == ["c"]
    assert api.names("/tasks.json", projectIds=str(two)) == ["c"]


def test_archived_projects_are_left_out_unless_named(world: World, api: Api) -> None:
    project = world.project("old")
    world.task(world.list(project), "archived task")
    archive = {"project": {"status": "inactive"}}
    assert api.put(f"/projects/{project}.json", archive).status_code == 200
    assert api.names("/tasks.json") == []
    assert api.names("/tasks.json", includeArchivedProjects="true") == ["archived task"]
    assert api.names(f"/projects/{project}/tasks.json") == ["archived task"]
