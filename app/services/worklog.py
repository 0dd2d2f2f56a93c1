"""Time as Teamwork's clients log it: a day, perhaps a time of it, hours and minutes, tags. What is
stored is an instant and minutes, as timelog.py has it; days are the account's (decision 3).
"""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import Forbidden, Invalid, NotFound
from app.models import TimeTag
from app.services.commands import Unset
from app.services.dates import START_OF_DAY, day_of, instant
from app.services.finding import project_to_edit, sent
from app.services.labels import tag_ids
from app.services.logbook_commands import EditLoggedTime, LogTime
from app.services.neighbour_commands import AddTimeEntry, EditTimeEntry
from app.services.references import list_to_move_to, task_to_log
from app.services.task_values import text_to_html
from app.services.timelog import add_time_entry, change_entry, entry_to_change, manages
from app.services.work import Work

PLACES = ("project_id", "task_id", "list_id", "person_id", "billable")
BILLING = "Only a manager of the project may say what was billed"


def log_time(command: LogTime, work: Work) -> int:
    """Log time on a task or in a project. Raises NotFound, Forbidden, Invalid."""
    if command.task_id is not None:
        task_to_log(work, command.task_id)
    else:
        _check_list(work, project_in_path(work, command.project_id).id, command.list_id)
    zone = work.viewer.account_zone
    day = command.day or day_of(work.now, zone)
    entry = AddTimeEntry(
        task_id=command.task_id,
        project_id=command.project_id,
        list_id=command.list_id,
        person_id=command.person_id,
        description_html=text_to_html(command.description),
        started_at=instant(day, command.at or START_OF_DAY, zone),
        minutes=command.minutes,
        billable=command.billable,
    )
    known = {"description": command.description, "has_time": command.at is not None}
    made = add_time_entry(entry, work, **known)
    _set_tags(work, made, command.tags)
    return made


def edit_logged_time(command: EditLoggedTime, work: Work) -> int | None:
    """Change a time entry; gives the id of its task. Raises NotFound, Forbidden, Invalid."""
    entry = entry_to_change(work, command.time_entry_id)
    more: dict[str, Any] = sent(command, "description", "billed")
    if more.get("billed", entry.billed) != entry.billed and not manages(work, entry.project_id):
        raise Forbidden(BILLING)
    changes = sent(command, *PLACES) | _times(command, entry, work.viewer.account_zone)
    if "description" in more:
        changes["description_html"] = text_to_html(more["description"])
    if not isinstance(command.at, Unset):
        more["has_time"] = command.at is not None
    if not isinstance(command.tags, Unset):
        more["changed_at"] = work.now  # tags are part of what the entry shows
        work.clear(TimeTag, entry_id=entry.id)
        _set_tags(work, entry.id, command.tags)
    edited = EditTimeEntry(time_entry_id=entry.id, **changes)
    return change_entry(edited, work, entry, **more)


def project_in_path(work: Work, project_id: int | None) -> Any:
    """The project that a command is about, for its editors and managers. Raises NotFound,
    Forbidden.
    """
    try:
        return project_to_edit(work, project_id or 0)
    except Invalid:
        raise NotFound("Project not found") from None


def _check_list(work: Work, project_id: int, list_id: int | None) -> None:
    if list_id is not None and list_to_move_to(work, list_id).project_id != project_id:
        raise Invalid({"list_id": f"no such task list in this project: {list_id}"})


def _times(command: EditLoggedTime, entry: Any, zone: str) -> dict[str, Any]:
    """When the entry begins and how long it took, as far as either is changed."""
    values: dict[str, Any] = {}
    if sent(command, "day", "at"):
        values["started_at"] = _beginning(command, entry.started_at.astimezone(ZoneInfo(zone)))
    parts = sent(command, "hours", "minutes")
    if parts:
        hours = parts.get("hours", entry.minutes // 60)
        values["minutes"] = round(hours * 60 + parts.get("minutes", entry.minutes % 60))
    return values


def _beginning(command: EditLoggedTime, before: datetime) -> datetime:
    day = before.date() if isinstance(command.day, Unset) else command.day
    at = before.time() if isinstance(command.at, Unset) else command.at or START_OF_DAY
    return datetime.combine(day, at, tzinfo=before.tzinfo).astimezone(UTC)


def _set_tags(work: Work, entry_id: int, names: tuple[str, ...]) -> None:
    tags = tag_ids(work, names)
    work.insert_links(TimeTag, ({"entry_id": entry_id, "tag_id": tag} for tag in tags))
