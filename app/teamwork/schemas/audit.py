"""The audit trail: payload and options. `changes` has neutral names of members, and values."""

from typing import Any

import orjson

from app.http.payload import PayloadField
from app.queries.catalogues.audit import AUDIT, TASK_AUDIT
from app.services.events import KINDS, OPERATOR
from app.teamwork.options import Option, one_id, word
from app.teamwork.schemas.fields import Flag, IdText, Plain, Stamp, TeamworkSchema
from app.teamwork.schemas.listing import listed
from app.teamwork.schemas.lookup import FullName
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.schemas.spellings import stamp, ymd

DAY_DIGITS, ACTION_LENGTH = 8, 20


class Changes(PayloadField):
    """What was said to become of the thing."""

    json_type = {"type": "object"}

    def render(self, value: str) -> Any:
        return orjson.loads(value) if value else {}


class Changed(PayloadField):
    """The names of the members that were said to change."""

    json_type = {"type": "array", "items": {"type": "string"}}

    def render(self, value: str) -> Any:
        found = orjson.loads(value) if value else {}
        named = found.get("members")
        return named if isinstance(named, list) else [each for each in found if each != OPERATOR]


class TaskAuditItem(TeamworkSchema):
    """Something that happened to a task, or to what hangs on it."""

    facet_names = frozenset(TASK_AUDIT.facets)

    id = IdText("id", "id")
    datetime = Stamp("datetime", "happened_at")
    user_id = IdText("userId", "person_id")
    user_name = FullName("userName", "person", absent="")
    by_operator = Flag("byOperator", "by_operator")
    kind = Plain("type", "kind")
    action = Plain("activityType", "action")
    object_id = IdText("itemId", "object_id")
    name = Plain("description", "name")
    project_id = IdText("projectId", "project_id")
    task_id = IdText("taskId", "task_id")
    changed = Changed("changed", "changes")


class AuditItem(TaskAuditItem):
    """Something that happened, with what was said."""

    facet_names = frozenset(AUDIT.facets)

    changes = Changes("changes", "changes")


class AuditItemOfTask(TaskAuditItem):
    """What /openapi.json says of the items of a task's trail: `changes` is for administrators."""

    changes = Changes("changes", "changes", optional=True)


AUDITS = listed(AUDIT, AuditItem)
# Values of members can name what not everybody who sees the task may know of.
AUDITS_OF_TASK = {True: listed(TASK_AUDIT, AuditItem), False: listed(TASK_AUDIT, TaskAuditItem)}


def _moment(text: str) -> Any:
    """A day, or an instant of UTC. Raises ValueError."""
    return ymd(text) if len(text.strip()) == DAY_DIGITS else stamp(text)


def _at(name: str, about: str) -> Option:
    return Option(name, _moment, "a day as YYYYMMDD or an instant as YYYYMMDDHHMMSS", None, about)


def _action(text: str) -> str:
    if len(text) > ACTION_LENGTH:
        raise ValueError
    return text.lower()


AUDIT_OPTIONS: tuple[Option, ...] = (
    _at("fromDate", "only what happened from this day, or instant (UTC), on"),
    _at("toDate", "only what happened until the end of this day, or before this instant (UTC)"),
    one_id("personId", "only what this person did"),
    one_id("projectId", "only what happened in this project"),
    one_id("taskId", "only what happened to this task"),
    word("kind", {name: name for name in KINDS}, None, "only what happened to things of this kind"),
    Option("action", _action, "a word", None, "only what was done so: new, edited, deleted, …"),
    *PAGING,
)
