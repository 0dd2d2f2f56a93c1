"""A person's tasks as iCalendar (RFC 5545): a to-do for each, and an event for its time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Todo

PRODUCT: Final = "-//Tandem//Tasks//EN"
# The recurrences of decision 31; the second is every working day.
RULES: Final[dict[int, dict[str, Any]]] = {
    1: {"FREQ": "DAILY"},
    2: {"FREQ": "WEEKLY", "BYDAY": ["MO", "TU", "WE", "TH", "FR"]},
    3: {"FREQ": "WEEKLY"},
    4: {"FREQ": "MONTHLY"},
    5: {"FREQ": "YEARLY"},
    6: {"FREQ": "WEEKLY", "INTERVAL": 2},
    7: {"FREQ": "MONTHLY", "INTERVAL": 3},
}
PRIORITIES: Final = {3: 1, 2: 5, 1: 9}  # iCalendar counts from the most urgent one
END_OF_DAY: Final = time(23, 59, 59)


def calendar_text(tasks: Sequence[Any], zone: str, host: str) -> bytes:
    """The feed. Times are given in the person's zone; days without a time as days."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", "Tandem")
    made.add("x-wr-timezone", zone)
    here = ZoneInfo(zone)
    for task in tasks:
        made.add_component(_to_do(task, here, host))
        event = _event(task, here, host)
        if event is not None:
            made.add_component(event)
    made.add_missing_timezones()
    text: bytes = made.to_ical()
    return text


def _to_do(task: Any, zone: ZoneInfo, host: str) -> Todo:
    to_do = Todo()
    _common(to_do, task, f"task-{task.uid}@{host}")
    start, due = _moment(task.start_on, task.start_at, zone), _end(task, zone)
    if start is not None and (due is None or (type(start) is type(due) and start < due)):
        to_do.add("dtstart", start)
    if due is not None:
        to_do.add("due", due)
    to_do.add("status", _status(task))
    to_do.add("percent-complete", 100 if task.is_done else task.progress)
    if task.done_at is not None:
        to_do.add("completed", task.done_at.astimezone(UTC))
    if task.priority in PRIORITIES:
        to_do.add("priority", PRIORITIES[task.priority])
    return to_do


def _event(task: Any, zone: ZoneInfo, host: str) -> Event | None:
    """When it is done: from its start, or on its last day. None for a task without a date."""
    if task.due_on is None and task.start_on is None:
        return None
    event = Event()
    _common(event, task, f"event-{task.uid}@{host}")
    start = _moment(task.start_on or task.due_on, task.start_at, zone)
    due = _end(task, zone)
    if isinstance(start, datetime) and isinstance(due, datetime) and start < due:
        event.add("dtstart", start)
        event.add("dtend", due)
    else:
        first, last = task.start_on or task.due_on, task.due_on or task.start_on
        event.add("dtstart", min(first, last))
        event.add("dtend", max(first, last) + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _common(part: Any, task: Any, uid: str) -> None:
    part.add("uid", uid)
    part.add("summary", task.name)
    part.add("dtstamp", task.changed_at.astimezone(UTC))
    part.add("created", task.created_at.astimezone(UTC))
    part.add("last-modified", task.changed_at.astimezone(UTC))
    part.add("sequence", task.version)
    if task.description:
        part.add("description", task.description)
    if task.project_name:
        part.add("categories", [task.project_name])
    dated = task.start_on or task.due_on
    if task.recurrence in RULES and dated and not task.is_done:
        part.add("rrule", RULES[task.recurrence])


def _status(task: Any) -> str:
    if task.is_done:
        return "COMPLETED"
    return "IN-PROCESS" if task.progress else "NEEDS-ACTION"


def _moment(day: date | None, instant: datetime | None, zone: ZoneInfo) -> date | datetime | None:
    """A day, unless a time of the day is known: midnight is what a day alone becomes."""
    if day is None or instant is None:
        return day
    local = instant.astimezone(zone)
    return day if local.time() == time() else local


def _end(task: Any, zone: ZoneInfo) -> date | datetime | None:
    """As _moment, for the end: there it is the last second of the day."""
    if task.due_on is None or task.due_at is None:
        day: date | None = task.due_on
        return day
    local = task.due_at.astimezone(zone)
    if local.time().replace(microsecond=0) == END_OF_DAY:
        last: date = task.due_on
        return last
    moment: datetime = local
    return moment
