"""The time that a person has logged on each day of a month, as far as the viewer sees it."""

from calendar import monthrange
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.access import Viewer
from app.queries.catalogues.time import TIME_ENTRIES
from app.queries.connection import reading


class LoggedDay(NamedTuple):
    """A day, and the minutes that were logged on it."""

    day: date
    billable: int
    other: int


def logged_days(
    person_id: int, first: date, project_id: int | None, viewer: Viewer
) -> list[LoggedDay]:
    """Every day of the month that begins on `first`; days are those of the account's zone."""
    zone = ZoneInfo(viewer.account_zone)
    days = [first + timedelta(each) for each in range(monthrange(first.year, first.month)[1])]
    start, end = _midnight(days[0], zone), _midnight(days[-1] + timedelta(1), zone)
    minutes: dict[tuple[date, bool], int] = defaultdict(int)
    for started, billable, spent in _sums(person_id, start, end, project_id, viewer):
        minutes[started.astimezone(zone).date(), bool(billable)] += int(spent)
    return [LoggedDay(day, minutes[day, True], minutes[day, False]) for day in days]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _sums(
    person_id: int, start: datetime, end: datetime, project_id: int | None, viewer: Viewer
) -> list[tuple[datetime, bool, int]]:
    """The minutes by the instant at which they begin, and whether they are billable."""
    names = ("started_at", "billable", "minutes", "person_id", "project_id")
    started, billable, minutes, person, project = map(TIME_ENTRIES.column, names)
    asked = (
        select(started, billable, func.sum(minutes))
        .where(TIME_ENTRIES.visible(viewer, False), person == person_id)
        .where(started >= start, started < end)
        .group_by(started, billable)
    )
    if project_id is not None:
        asked = asked.where(project == project_id)
    with reading() as connection:
        return [tuple(row) for row in connection.execute(asked)]
