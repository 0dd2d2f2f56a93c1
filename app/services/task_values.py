"""The columns of a task itself that a change sets, checked."""

from html import escape
from math import isfinite
from typing import Any

from app.errors import Invalid
from app.models import Planning, Risk
from app.services.checks import position, whole
from app.services.commands import MAX_NAME, TaskChanges, Unset
from app.services.dates import day_values, instant_values
from app.services.markup import sanitised, text_of
from app.services.references import of_project, status_of_project
from app.services.work import Work

PLAIN = (
    "name",
    "priority",
    "progress",
    "work_hours",
    "status_id",
    "card_position",
    "custom_color",
    "billable",
    "recurrence",
    "planning_id",
    "risk_id",
)
DATES = ("start_on", "due_on", "start_at", "due_at")
COLUMNS = (*PLAIN, *DATES)
MAX_HOURS = 1e6
LAST_RECURRENCE = 7
LEAST_COLOR, MOST_COLOR = -(2**31), 2**31 - 1


def column_values(work: Work, changes: TaskChanges, before: Any) -> dict[str, Any]:
    """The columns that a change sets on a task: a new one (`before` None), or the stored one.

    Raises Invalid for values that cannot be taken. What the values name is not looked up.
    """
    values = changes.given(*COLUMNS)
    dates = {name: values.pop(name) for name in DATES if name in values}
    _check(values)
    _set_description(values, changes)
    if before is not None and (before.is_done or changes.progress == before.progress == 100):
        values.pop("progress", None)  # it is 100, and stays so
    elif not isinstance(changes.progress, Unset) and changes.progress > 90:
        raise Invalid({"progress": "a number from 0 to 90; completing the task makes it 100"})
    if dates:
        zone = work.viewer.account_zone
        values |= day_values(dates, zone, before) | instant_values(dates, zone)
    return values


def _check(values: dict[str, Any]) -> None:
    if len(values.get("name", "")) > MAX_NAME:
        raise Invalid({"name": f"up to {MAX_NAME} characters"})
    if "work_hours" in values:
        hours(values["work_hours"])
    if "recurrence" in values:
        whole(values["recurrence"], "recurrence", 0, LAST_RECURRENCE)
    if values.get("custom_color") is not None:
        whole(values["custom_color"], "custom_color", LEAST_COLOR, MOST_COLOR)
    if "card_position" in values:
        position(values["card_position"], "card_position")


def hours(value: float, field: str = "work_hours") -> float:
    """Hours of work. Raises Invalid unless they are a number from 0 to a million."""
    if not (isfinite(value) and 0 <= value <= MAX_HOURS):
        raise Invalid({field: f"hours from 0 to {MAX_HOURS:.0f}"})
    return value


def _set_description(values: dict[str, Any], changes: TaskChanges) -> None:
    """HTML gives the text beside it, and text the HTML (decision 4)."""
    if not isinstance(changes.description_html, Unset):
        values["description_html"] = sanitised(changes.description_html)
        values["description"] = text_of(values["description_html"])
    elif not isinstance(changes.description, Unset):
        values["description"] = changes.description
        values["description_html"] = text_to_html(changes.description)


def text_to_html(text: str) -> str:
    """Plain text as HTML: escaped, line breaks kept (decision 4)."""
    return escape(text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "<br>\n")


def check_named(work: Work, values: dict[str, Any], project_id: int | None) -> None:
    """Raise Invalid unless the status, planning and risk among the values are the project's. The
    status is held.
    """
    if values.get("status_id") is not None:
        status_of_project(work, values["status_id"], project_id)
    for field, model in (("planning_id", Planning), ("risk_id", Risk)):
        if values.get(field) is not None:
            of_project(work, model, values[field], project_id, field)
