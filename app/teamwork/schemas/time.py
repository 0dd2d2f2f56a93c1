"""Time entries: the payload (facts 2.1 "Time"), request bodies, and the options of lists and
totals.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from math import isfinite
from typing import Any, ClassVar

from sqlalchemy import ColumnElement

from app.errors import Invalid
from app.http.payload import JsonType, Plan, object_of
from app.queries.catalogues.time import TIME_ENTRIES
from app.queries.catalogues.time_totals import Estimated, Spent
from app.queries.query import Order
from app.services.dates import START_OF_DAY, instant
from app.services.logbook_commands import EditLoggedTime, LogTime
from app.teamwork.options import Option, day, ids, number, word
from app.teamwork.options import instant as instant_option
from app.teamwork.schemas.fields import (
    DIGITS,
    Constant,
    Flag,
    Flag01,
    IdText,
    Minutes,
    Plain,
    ProjectStatus,
    ShapedField,
    Stamp,
    TeamworkSchema,
)
from app.teamwork.schemas.inputs import (
    Bool,
    Day,
    Id,
    InputField,
    RequestSchema,
    Text,
    Texts,
    envelope,
)
from app.teamwork.schemas.listing import Listed
from app.teamwork.schemas.spellings import boolean
from app.teamwork.schemas.task_fields import Tags

MAX_TEXT, MAX_TAG, MOST = 65_536, 100, 1_000_000
DECIMAL: JsonType = {"type": "string", "pattern": r"^\d+(\.\d+)?$"}
CLOCK: JsonType = {"type": "string", "examples": ["09:05"]}

# Names of the core as these bodies spell them.
SPELLED = {
    "description_html": "description",
    "person_id": "person-id",
    "project_id": "project-id",
    "started_at": "date",
    "task_id": "todo-item-id",
}


class WholeHours(ShapedField):
    """The hours in a number of minutes."""

    json_type = DIGITS

    def render(self, value: int) -> str:
        return str(value // 60)


class RestMinutes(ShapedField):
    """The minutes beside the whole hours."""

    json_type = DIGITS

    def render(self, value: int) -> str:
        return str(value % 60)


class DecimalHours(ShapedField):
    """Minutes as hours with two decimals."""

    json_type = DECIMAL
    live_type: JsonType = {"type": "number"}

    def render(self, value: int) -> Any:
        hours = round(value / 60, 2)
        return hours if self.live else f"{hours:g}"


class EstimateText(Minutes):
    """An estimate in minutes, a string in both shapes."""

    live_type = DIGITS

    def render(self, value: float) -> str:
        return str(round(value * 60))


class TimeEntry(TeamworkSchema):
    """A time entry. Ids are strings in both shapes; `date` is UTC, `dateUserPerspective` the same
    instant in the caller's time zone.
    """

    facet_names = frozenset(TIME_ENTRIES.facets)
    added_members: ClassVar[Mapping[str, JsonType]] = {"dateUserPerspective": Stamp.json_type}

    id = IdText("id", "id")
    hours = WholeHours("hours", "minutes")
    minutes = RestMinutes("minutes", "minutes")
    hours_decimal = DecimalHours("hoursDecimal", "minutes")
    date = Stamp("date", "started_at")
    description = Plain("description", "description")
    billable = Flag01("isbillable", "billable")
    billed = Flag01("isbilled", "billed")
    invoice = Constant("invoiceNo", "")
    has_time = Flag01("has-start-time", "has_time")
    person_id = IdText("person-id", "person_id")
    person_first = Plain("person-first-name", "person.first_name", absent="")
    person_last = Plain("person-last-name", "person.last_name", absent="")
    avatar = Plain("avatarUrl", "person.avatar_url", absent="")
    company_id = IdText("company-id", "project.company_id", absent="")
    company_name = Plain("company-name", "project.company_name", absent="")
    project_id = IdText("project-id", "project_id")
    project_name = Plain("project-name", "project.name", absent="")
    project_status = ProjectStatus("project-status", "project.archived_at", absent="active")
    task_id = IdText("todo-item-id", "task.id", absent="")
    task_name = Plain("todo-item-name", "task.name", absent="")
    list_id = IdText("todo-list-id", "list.id", absent="")
    list_name = Plain("todo-list-name", "list.name", absent="")
    tasklist_id = IdText("tasklistId", "list.id", absent="")
    parent_id = IdText("parentTaskId", "parent.id", absent="0")
    parent_name = Plain("parentTaskName", "parent.name", absent="")
    estimate = EstimateText("taskEstimatedTime", "task.work_hours", absent="0")
    task_private = Flag01("taskIsPrivate", "task.privacy", absent="0")
    is_subtask = Flag01("taskIsSubTask", "parent.id", absent="0")
    ticket = Constant("ticket-id", "")
    tags = Tags("tags", "tags", absent=[])
    task_tags = Tags("task-tags", "task_tags", absent=[])
    created_at = Stamp("createdAt", "created_at")
    updated = Stamp("updated-date", "changed_at")
    can_edit = Flag("canEdit", "can_edit")


_KEYS = {name: facet.key for name, facet in TIME_ENTRIES.facets.items()}
ENTRIES = Listed(
    TIME_ENTRIES,
    TimeEntry,
    *(Plan(TimeEntry(live=live), _KEYS) for live in (False, True)),
)


def clock_time(value: Any) -> time:
    """A time of day as HH:MM, also with single digits or with seconds. Raises ValueError."""
    parts = value.strip().split(":") if isinstance(value, str) else []
    digits = all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts)
    if not digits or len(parts) not in (2, 3):
        raise ValueError
    hour, minute, second = map(int, [*parts, "0"][:3])
    return time(hour, minute, second)


class TimeOfDay(InputField):
    """A time of day."""

    expected = "a time of day as HH:MM"
    json_type: Mapping[str, Any] = CLOCK

    def parse(self, value: Any) -> time:
        return clock_time(value)


class Amount(InputField):
    """Hours or minutes: a number, or one written out."""

    expected = f"a number from 0 to {MOST}"
    json_type: Mapping[str, Any] = {"type": ["number", "string"]}

    def parse(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        if isinstance(value, str) and not value.isascii():
            raise ValueError
        found = float(value)
        if not (isfinite(found) and 0 <= found <= MOST):
            raise ValueError
        return found


class TimeEntryBody(RequestSchema):
    """A time entry to change."""

    description = Text(MAX_TEXT)
    person_id = Id(data_key="person-id", aliases=("personId",))
    day = Day(data_key="date")
    at = TimeOfDay(data_key="time", cleared=None)
    hours = Amount()
    minutes = Amount()
    billable = Bool(data_key="isbillable", cleared=False, aliases=("billable",))
    billed = Bool(data_key="isbilled", cleared=False)
    tags = Texts(MAX_TAG)
    list_id = Id(data_key="tasklistId", aliases=("tasklist-id", "todo-list-id"))
    task_id = Id(data_key="todo-item-id", aliases=("taskId",))
    project_id = Id(data_key="project-id", aliases=("projectId",))
    complete = Bool(data_key="markTaskComplete", cleared=False)


class NewTimeEntryBody(TimeEntryBody):
    """A time entry to add; hours or minutes are needed."""

    class Meta(RequestSchema.Meta):
        """What the address says, and what only an edit may."""

        exclude = ("project_id", "task_id", "billed")


def _read(kind: type[RequestSchema], body: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The members of an entry, and whether its task is to be completed: that may also be said
    beside the entry.
    """
    values = kind.read(envelope(body, "time-entry"))
    beside = body.get("marktaskcomplete")
    complete = bool(values.pop("complete", False))
    if beside not in (None, ""):
        try:
            complete = boolean(beside) or complete
        except ValueError:
            raise Invalid({"markTaskComplete": "must be true or false"}) from None
    return values, complete


def log_time(body: Mapping[str, Any], **where: Any) -> tuple[LogTime, bool]:
    """POST …/time_entries.json; `where` is task_id or project_id. Also says whether the task is to
    be completed. Raises Invalid.
    """
    values, complete = _read(NewTimeEntryBody, body)
    if "hours" not in values and "minutes" not in values:
        raise Invalid({"hours": "hours or minutes are needed"})
    minutes = round(values.pop("hours", 0) * 60 + values.pop("minutes", 0))
    if "task_id" in where:
        values.pop("list_id", None)  # the task knows its list
    return LogTime(minutes=minutes, **where, **values), complete


def edit_time(body: Mapping[str, Any], entry_id: int) -> tuple[EditLoggedTime, bool]:
    """PUT /time_entries/{id}.json. Raises Invalid."""
    values, complete = _read(TimeEntryBody, body)
    return EditLoggedTime(time_entry_id=entry_id, **values), complete


def _clock_option(name: str, about: str) -> Option:
    return Option(name, clock_time, "a time of day as HH:MM", None, about)


BILLABLE = {"all": None, "billable": True, "non-billable": False, "nonbillable": False}
INVOICED = {"all": None, "invoiced": True, "noninvoiced": False, "non-invoiced": False}
SORTS = {
    "date": "started_at",
    "user": "person_key",
    "task": "task_key",
    "tasklist": "list_key",
    "project": "project_key",
    "company": "company_key",
    "description": "description",
    "billed": "billed",
    "billable": "billable",
    "time": "minutes",
    "dateupdated": "changed_at",
}
WHICH = (
    day("fromdate", "only time from this day on, in the account's time zone"),
    day("todate", "only time up to this day"),
    _clock_option("fromtime", "the time of the first day from which on"),
    _clock_option("totime", "the time of the last day up to which"),
    ids("userId", "only the time of these people"),
    ids("projectId", "only time in these projects"),
    word("billableType", BILLABLE, None, "billable time, other time, or all (the default)"),
    word("invoicedType", INVOICED, None, "billed time, other time, or all (the default)"),
    instant_option("updatedAfterDate", "only entries that were changed after this instant"),
)
LIST_OPTIONS = (
    number("page", 1, "the page to answer, the first is 1"),
    number("pageSize", 100, "entries a page; more than 500 are served as 500"),
    *WHICH,
    word("sortby", SORTS, "started_at", "what the entries are sorted by"),
    word("sortorder", {"asc": False, "desc": True}, False, "upwards (the default) or downwards"),
)

Criteria = tuple[ColumnElement[bool], ...]


def criteria_of(asked: Mapping[str, Any], zone: str) -> Criteria:
    """Which entries the options ask for; days are those of the zone. Raises Invalid."""
    column = TIME_ENTRIES.column
    found: list[Any] = _between(asked, zone)
    for name, key in (("userId", "person_id"), ("projectId", "project_id")):
        if asked[name]:
            found.append(column(key).in_(asked[name]))
    for name, key in (("billableType", "billable"), ("invoicedType", "billed")):
        if asked[name] is not None:
            found.append(column(key).is_(asked[name]))
    if asked["updatedAfterDate"] is not None:
        found.append(column("changed_at") > asked["updatedAfterDate"])
    return tuple(found)


def _between(asked: Mapping[str, Any], zone: str) -> list[Any]:
    started = TIME_ENTRIES.column("started_at")
    for hour, of_day in (("fromtime", "fromdate"), ("totime", "todate")):
        if asked[hour] is not None and asked[of_day] is None:
            raise Invalid({hour: f"needs {of_day}"})
    found: list[Any] = []
    if asked["fromdate"] is not None:
        found.append(started >= instant(asked["fromdate"], asked["fromtime"] or START_OF_DAY, zone))
    if asked["todate"] is not None:
        found.append(started < _end(asked, zone))
    return found


def _end(asked: Mapping[str, Any], zone: str) -> datetime:
    """The first instant behind the last day, or behind the last minute of it."""
    if asked["totime"] is None:
        last, at, more = asked["todate"] + timedelta(1), START_OF_DAY, timedelta()
    else:
        last, at, more = asked["todate"], asked["totime"], timedelta(minutes=1)
    end = instant(last, at, zone)
    assert end is not None
    return end + more


def order_of(asked: Mapping[str, Any]) -> tuple[Order, ...]:
    """The order that the options ask for; entries in one place stand as they were logged."""
    return (Order(asked["sortby"], asked["sortorder"]), Order("id", asked["sortorder"]))


_SUMS = ("total", "billable", "non-billable", "billed", "non-billed")
_ESTIMATES = ("total", "active", "completed")
TIME_TOTALS = object_of(
    **{f"{name}-mins-sum": DIGITS for name in _SUMS},
    **{f"{name}-hours-sum": DECIMAL for name in _SUMS},
)


def time_totals(time_spent: Spent) -> dict[str, str]:
    """Sums of time in minutes and in hours; `non-billed` is billable time that was not billed."""
    other = time_spent.total - time_spent.billable
    minutes = (
        time_spent.total,
        time_spent.billable,
        other,
        time_spent.billed,
        time_spent.unbilled,
    )
    found: dict[str, str] = {}
    for name, value in zip(_SUMS, minutes, strict=True):
        found |= {f"{name}-mins-sum": str(value), f"{name}-hours-sum": f"{value / 60:.2f}"}
    return found


def time_estimates(estimates: Estimated) -> dict[str, str]:
    """Sums of estimates in minutes and in hours."""
    hours = (estimates.active + estimates.completed, estimates.active, estimates.completed)
    found: dict[str, str] = {}
    for name, value in zip(_ESTIMATES, hours, strict=True):
        found |= {
            f"{name}-mins-estimated": str(round(value * 60)),
            f"{name}-hours-estimated": f"{value:.2f}",
        }
    return found
