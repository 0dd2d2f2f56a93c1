"""Query string -> Query, as compiled SQL: no application, no database (decisions 15 to 17)."""

from datetime import date

import pytest
from sqlalchemy import and_
from sqlalchemy.dialects import sqlite

from app.errors import Invalid
from app.queries.query import Order, Query
from app.teamwork.filters import Today, parse_completed, parse_task_list
from app.teamwork.schemas import todo_item

TODAY = Today(date(2014, 5, 12))


def query(**options: str) -> Query:
    """The Query of a list of tasks."""
    args = {name.replace("_", "-"): value for name, value in options.items()}
    plan = todo_item.plan(live=False, files=False)
    return parse_task_list(args, None, TODAY, lambda _: plan).query


def condition(asked: Query) -> str:
    """The WHERE of a query with its values, archived projects aside."""
    kept = [each for each in asked.criteria if "archived_at" not in str(each)]
    compiled = and_(*kept).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    return " ".join(str(compiled).split()).replace("task.", "")


OPEN = "is_done IS 0"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, OPEN),
        ({"filter": "overdue"}, f"{OPEN} AND due_on <= '2014-05-11'"),
        ({"filter": "today"}, f"{OPEN} AND due_on >= '2014-05-12' AND due_on <= '2014-05-12'"),
        ({"filter": "within7"}, f"{OPEN} AND due_on >= '2014-05-12' AND due_on <= '2014-05-19'"),
        (
            {"filter": "within7", "includeToday": "no"},
            f"{OPEN} AND due_on >= '2014-05-13' AND due_on <= '2014-05-19'",
        ),
        ({"filter": "nodate"}, f"{OPEN} AND due_on IS NULL AND start_on IS NULL"),
        (
            {"filter": "overdue", "include": "nostartdate"},
            f"{OPEN} AND (due_on <= '2014-05-11' OR start_on IS NULL)",
        ),
        ({"filter": "completed"}, "is_done IS 1"),
        (
            {"completedAfterDate": "20141123201022"},
            "is_done IS 1 AND done_at > '2014-11-23T20:10:22.000000Z'",
        ),
        ({"includeCompletedTasks": "yes"}, f"{OPEN} OR parent_id IS NULL"),
        ({"getSubTasks": "no"}, f"{OPEN} AND parent_id IS NULL"),
        ({"creator-ids": "44,45"}, f"{OPEN} AND creator_id IN (44, 45)"),
        ({"creator-ids": "0"}, OPEN),
        (
            {"updatedAfterDate": "20131123201022"},
            f"{OPEN} AND changed_at > '2013-11-23T20:10:22.000000Z'",
        ),
    ],
)
def test_conditions(options: dict[str, str], expected: str) -> None:
    assert condition(query(**options)) == expected


@pytest.mark.parametrize(
    ("options", "limit", "offset"),
    [
        ({}, 250, 0),
        ({"page": "2", "pageSize": "10"}, 10, 10),
        ({"PAGESIZE": "100000"}, 500, 0),
        ({"page": "9" * 18, "pageSize": "500"}, 500, 2**62),
    ],
)
def test_pages(options: dict[str, str], limit: int, offset: int) -> None:
    plan = todo_item.plan(live=False, files=False)
    asked = parse_task_list(options, None, TODAY, lambda _: plan)
    assert (asked.query.limit, asked.offset) == (limit, offset)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", Order("due_on")),
        ("DueDate", Order("due_on")),
        ("duedateDESC", Order("due_on", True)),
        ("dateupdated", Order("changed_at", True)),
        ("dateupdatedasc", Order("changed_at")),
        ("priority", Order("priority")),
        ("prioritydesc", Order("priority", True)),
    ],
)
def test_orders(sort: str, expected: Order) -> None:
    assert query(sort=sort).order == (expected,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("filter", "upcoming"),
        ("page", "0"),
        ("page", "-1"),
        ("pageSize", "ten"),
        ("startdate", "2014-05-12"),
        ("startdate", "20140231"),
        ("updatedAfterDate", "20140512"),
        ("completedBeforeDate", "20149999999999"),
        ("showDeleted", "maybe"),
        ("creator-ids", "me"),
        ("creator-ids", "-1"),
        ("responsible-party-ids", "-2"),
        ("responsible-party-ids", "t5"),
        ("tag-ids", "9999999999"),
        ("include", "nodate,later"),
        ("sort", "name"),
        ("sort", "duedatedown"),
    ],
)
def test_unreadable_values_are_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        query(**{name: value})
    assert list(refused.value.messages) == [name]


def test_all_unreadable_values_are_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        query(filter="x", page="x", sort="x")
    assert set(refused.value.messages) == {"filter", "page", "sort"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ("2014-04-12T00", "2014-05-13T00")),
        ({"startdate": "20140101"}, ("2014-01-01T00", "2014-05-13T00")),
        ({"enddate": "20140331"}, ("2014-02-28T00", "2014-04-01T00")),
    ],
)
def test_completed_window(options: dict[str, str], expected: tuple[str, str]) -> None:
    plan = todo_item.plan(live=False, files=False)
    text = condition(parse_completed(options, TODAY, lambda _: plan).query)
    assert [part in text for part in expected] == [True, True], text


def test_the_window_follows_the_viewers_zone() -> None:
    plan = todo_item.plan(live=False, files=False)
    today = Today(date(2014, 5, 12), "Europe/Berlin")
    text = condition(parse_completed({}, today, lambda _: plan).query)
    assert "2014-04-11T22:00:00" in text
    assert "2014-05-12T22:00:00" in text
