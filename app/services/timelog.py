"""Logged time. A task decides in which project and list the time is; without a task the project,
or the list, is named. Everybody logs his own time; managers and administrators that of others, too.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from app.access import project_changeable, visible_time_entry
from app.errors import Forbidden, Invalid, NotFound
from app.models import Project, TimeEntry
from app.queries.catalogues.time import time_changeable
from app.services import checks
from app.services.commands import MAX_NAME
from app.services.finding import change, chosen_uid, row_to_change, sent
from app.services.homes import target_list
from app.services.markup import text_of
from app.services.neighbour_commands import AddTimeEntry, DeleteTimeEntry, EditTimeEntry
from app.services.references import list_to_move_to, people_of_project, task_to_log
from app.services.work import Work

MAX_MINUTES = 1_000_000  # nearly two years
PLACE = ("task_id", "project_id", "list_id")
NOT_YOURS = "Only a manager of the project may do this with the time of others"


def _beginning(value: datetime | None, field: str) -> datetime | None:
    if value is None:
        raise Invalid({field: "must not be empty"})
    return checks.instant(value, field)


CHECKS: dict[str, Any] = {
    "name": partial(checks.text, most=MAX_NAME),
    "description_html": checks.html,
    "started_at": _beginning,
    "billable": checks.anything,
}


@dataclass(frozen=True, slots=True)
class Home:
    """Where time is logged: on a task or not, in a list, in a project unless that is personal."""

    task_id: int | None
    list_id: int | None
    project_id: int | None


def add_time_entry(command: AddTimeEntry, work: Work, **more: Any) -> int:
    """Log time; `more` are further columns. Raises Invalid, Forbidden, Conflict."""
    home = _home(work, command.task_id, command.project_id, command.list_id)
    person = command.person_id or work.viewer.person_id
    _check_person(work, person, home, None)
    started = command.started_at or work.now
    values = checks.checked(sent(command, *CHECKS) | {"started_at": started}, CHECKS)
    values |= _texts(values)
    values["minutes"] = _minutes(started, command.ended_at, command.minutes)
    values |= chosen_uid(work, TimeEntry, command.uid)
    made = work.insert(TimeEntry, person_id=person, **asdict(home), **(values | more))
    _bump(work, home.task_id)
    return made


def edit_time_entry(command: EditTimeEntry, work: Work) -> None:
    """Change a time entry. Raises NotFound, Forbidden, Invalid."""
    change_entry(command, work, entry_to_change(work, command.time_entry_id))


def change_entry(command: EditTimeEntry, work: Work, entry: Any, **more: Any) -> int | None:
    """Change an entry that was found; `more` are further columns. Gives the id of the task that it
    is on then. Raises Forbidden, Invalid.
    """
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    values |= _texts(values)
    times = sent(command, "started_at", "ended_at", "minutes")
    if {"ended_at", "minutes"} & set(times):
        started = times.get("started_at", entry.started_at)
        values["minutes"] = _minutes(started, times.get("ended_at"), times.get("minutes"))
    home = _home_after(work, entry, sent(command, *PLACE))
    person = sent(command, "person_id").get("person_id", entry.person_id)
    if person != entry.person_id or home.project_id != entry.project_id:
        _check_person(work, person, home, entry.person_id)
    places = {name: value for name, value in asdict(home).items() if value != getattr(entry, name)}
    values |= places | ({"person_id": person} if person != entry.person_id else {}) | more
    change(work, TimeEntry, entry, values)
    if values:
        _bump(work, entry.task_id, home.task_id)
    return home.task_id


def delete_time_entry(command: DeleteTimeEntry, work: Work) -> None:
    """Hide a time entry. Raises NotFound, Forbidden."""
    entry = entry_to_change(work, command.time_entry_id)
    work.change(TimeEntry, entry.id, deleted_at=work.now)
    _bump(work, entry.task_id)


def entry_to_change(work: Work, entry_id: int) -> Any:
    """The entry, locked, with all its columns. Raises NotFound, Forbidden."""
    viewer = work.viewer
    allowed = time_changeable(viewer)
    return row_to_change(work, TimeEntry, entry_id, visible_time_entry(viewer), allowed, NOT_YOURS)


def manages(work: Work, project_id: int | None) -> bool:
    """The viewer manages the project, or is an administrator."""
    managed = project_changeable(work.viewer, Project.id, "manager")
    where = (Project.id == project_id, managed)
    return work.viewer.admin or work.scalar(select(Project.id).where(*where)) is not None


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """The plain text beside the HTML (decision 4)."""
    html = values.get("description_html")
    return {} if html is None else {"description": text_of(html)}


def _minutes(started: datetime, ended: datetime | None, minutes: int | None) -> int:
    """How long the work took, to the nearest minute. Raises Invalid when the two disagree."""
    if ended is None:
        if minutes is None:
            raise Invalid({"ended_at": "minutes or ended_at is needed"})
        return checks.whole(minutes, "minutes", 0, MAX_MINUTES)
    seconds = (ended - started).total_seconds()
    if seconds < 0:
        raise Invalid({"ended_at": "must not be before the start"})
    between = checks.whole(int((seconds + 30) // 60), "ended_at", 0, MAX_MINUTES)
    if minutes is not None and minutes != between:
        raise Invalid({"minutes": f"there are {between} minutes from the start to the end"})
    return between


def _home(work: Work, task_id: int | None, project_id: int | None, list_id: int | None) -> Home:
    """Where the viewer may log time, of what he names. Raises Invalid, Forbidden."""
    if task_id is not None:
        home = _on_task(work, task_id)
    elif list_id is not None:
        found = list_to_move_to(work, list_id)
        home = Home(None, found.id, found.project_id)
    elif project_id is not None:
        home = Home(None, target_list(work, project_id), project_id)
    else:
        raise Invalid({"task_id": "time belongs to a task, a list or a project"})
    for name, value in (("project_id", project_id), ("list_id", list_id)):
        if value not in (None, getattr(home, name)):
            raise Invalid({name: "the task or list that was named is elsewhere"})
    return home


def _home_after(work: Work, entry: Any, named: dict[str, Any]) -> Home:
    """Where an entry is once the change is made: a new task decides all, a new list its project."""
    before = {name: getattr(entry, name) for name in PLACE}
    if all(before[name] == value for name, value in named.items()):
        return Home(**before)
    task = named.get("task_id", entry.task_id)
    if task is None and "list_id" not in named and named.get("project_id") is None:
        named = named | {"list_id": entry.list_id}
    home = _home(work, task, named.get("project_id"), named.get("list_id"))
    for name in set(named) & {"project_id", "list_id"}:
        if named[name] != getattr(home, name):
            raise Invalid({name: "time belongs to a task, a list or a project"})
    return home


def _on_task(work: Work, task_id: int) -> Home:
    try:
        task = task_to_log(work, task_id)
    except NotFound:
        raise Invalid({"task_id": f"no such task: {task_id}"}) from None
    return Home(task.id, task.list_id, task.project_id)


def _check_person(work: Work, person: int, home: Home, before: int | None) -> None:
    """Raise Forbidden unless the time is the viewer's own, or he manages the project; Invalid for
    somebody who does not see the project. `before` is whose time it was.
    """
    viewer = work.viewer
    others = not {person, before} <= {viewer.person_id, None}
    if others and not manages(work, home.project_id):
        raise Forbidden(NOT_YOURS)
    if person != viewer.person_id:
        people_of_project(work, [person], home.project_id, "person_id")


def _bump(work: Work, *tasks: int | None) -> None:
    """The next version of tasks whose logged time changed; nobody has edited them."""
    work.bump(sorted({task for task in tasks if task is not None}))
