"""Reminders: their payload (facts 2.1), and the bodies that add and change them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import Invalid
from app.queries.catalogues.reminders import REMINDERS
from app.services.commands import UNSET
from app.services.talk_commands import AddReminder, EditReminder
from app.teamwork.schemas.fields import (
    Flag,
    Flag01,
    IdText,
    Plain,
    Stamp,
    TeamworkSchema,
)
from app.teamwork.schemas.inputs import (
    Bool,
    Ids,
    InputField,
    RequestSchema,
    Text,
    Whole,
    Word,
    envelope,
)
from app.teamwork.schemas.listing import listed

MAX_NOTE = 4000
KINDS = {name.lower(): name for name in ("EMAIL", "SMS", "PUSH")}
COMPACT = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M"}


class Reminder(TeamworkSchema):
    """A reminder. A relative one is always counted from the due date."""

    facet_names = frozenset(REMINDERS.facets)

    id = IdText("id", "id")
    task_id = IdText("task-id", "task_id")
    user_id = IdText("user-id", "person_id")
    user_firstname = Plain("user-firstname", "person.first_name")
    user_lastname = Plain("user-lastname", "person.last_name")
    type = Plain("type", "type")
    note = Plain("note", "note")
    date_time_utc = Stamp("date-time-utc", "due_at")
    is_relative = Flag("isRelative", "is_relative")
    relative_days = IdText("relative-number-days", "relative_days")
    from_due_date = Flag("usingOffSetDueDate", "is_relative")
    was_sent = Flag01("was-sent", "is_sent")
    created = Stamp("created-date-time", "created_at")
    creator_id = IdText("created-by-user-id", "creator_id")
    creator_firstname = Plain("created-by-user-firstname", "creator.first_name")
    creator_lastname = Plain("created-by-user-lastname", "creator.last_name")


REMINDER = listed(REMINDERS, Reminder)


class Moment(InputField):
    """An instant as YYYYMMDDHHMMSS, as YYYYMMDDHHMM, or as ISO 8601; without a zone it is left
    naive.
    """

    expected = "a time as YYYYMMDDHHMMSS or as 2014-05-12T10:00:00Z"
    json_type: Mapping[str, Any] = {"type": ["string", "integer"], "examples": ["20140512100000"]}

    def parse(self, value: Any) -> datetime:
        text = str(value).strip() if isinstance(value, str | int) else ""
        if isinstance(value, bool) or not text.isascii():
            raise ValueError
        if text.isdigit() and len(text) in COMPACT:
            found = datetime.strptime(text, COMPACT[len(text)])  # noqa: DTZ007
        else:
            found = datetime.fromisoformat(text)
        if not 1900 <= found.year <= 9998:
            raise ValueError
        return found


class ReminderBody(RequestSchema):
    """A reminder to add or change: `date-time-utc`, or `date-time` in one's own zone, or with
    `isRelative` a number of days before the due date (negative: after it).
    """

    people = Ids(data_key="user-id", aliases=("user-ids",))
    type = Word(KINDS)
    note = Text(MAX_NOTE)
    in_utc = Moment(data_key="date-time-utc")
    in_zone = Moment(data_key="date-time")
    is_relative = Bool(data_key="isRelative")
    days = Whole(-3650, 3650, data_key="relative-number-days")
    from_due_date = Bool(data_key="usingOffSetDueDate")


def add_reminder(body: Mapping[str, Any], task_id: int, zone: str) -> AddReminder:
    """POST /tasks/{id}/reminders.json. Raises Invalid."""
    values = _read(body, zone)
    if "due_at" not in values and values.get("relative_days") is None:
        raise Invalid({"date-time-utc": "is needed, or relative-number-days with isRelative"})
    values["person_ids"] = values.pop("people", ())
    return AddReminder(task_id=task_id, **values)


def edit_reminder(body: Mapping[str, Any], reminder_id: int, zone: str) -> EditReminder:
    """PUT /taskreminders/{id}.json. Raises Invalid."""
    values = _read(body, zone)
    people = values.pop("people", ())
    if len(people) > 1:
        raise Invalid({"user-id": "a reminder is one person's"})
    if people:
        values["person_id"] = people[0]
    return EditReminder(reminder_id=reminder_id, **values)


def _read(body: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """The members of both commands."""
    values = ReminderBody.read(envelope(body, "reminder"))
    due_at = _due_at(values.pop("in_utc", None), values.pop("in_zone", None), zone)
    if due_at is not None:
        values["due_at"] = due_at
    days = values.pop("days", None)
    relative = values.pop("is_relative", None)
    values.pop("from_due_date", None)
    if relative is None and (days is not None or due_at is not None):
        relative = due_at is None
    if relative and days is None:
        raise Invalid({"relative-number-days": "is needed with isRelative"})
    if relative is not None:
        values["relative_days"] = days if relative else None
    return {name: value for name, value in values.items() if value is not UNSET}


def _due_at(in_utc: datetime | None, in_zone: datetime | None, zone: str) -> datetime | None:
    found = in_utc or in_zone
    if found is None:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC if in_utc else ZoneInfo(zone))
    return found.astimezone(UTC)
