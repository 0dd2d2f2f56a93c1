"""The schedule of a project: plannings, one below another. Editors of the project change them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import select, update

from app.access import CHANGING_ROLES, visible_planning
from app.errors import Invalid
from app.models import Planning, Task
from app.queries.sql import among
from app.services import checks
from app.services.finding import (
    change,
    chosen_uid,
    detach,
    place,
    project_to_edit,
    row_of_project,
    sent,
    unmoved,
)
from app.services.neighbour_commands import AddPlanning, DeletePlanning, EditPlanning
from app.services.work import Work

MAX_DEPTH = 50
CHECKS: dict[str, Any] = {
    "name": checks.name,
    "parent_id": checks.anything,
    "custom_color": checks.any_color,
    "progress": checks.percent,
    "start_at": checks.instant,
    "end_at": checks.instant,
    "is_milestone": checks.anything,
    "is_grouping": checks.anything,
    "is_collapsed": checks.anything,
    "description_html": checks.html,
    "psp_code": partial(checks.text, most=100),
    "location": partial(checks.text, most=200),
}


def add_planning(command: AddPlanning, work: Work) -> int:
    """Add a planning. Raises Invalid, Forbidden, Conflict."""
    project = project_to_edit(work, command.project_id)
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    _check_span(values)
    if command.parent_id is not None:
        _check_parent(work, None, command.parent_id, project.id)
    values |= chosen_uid(work, Planning, command.uid)
    values["position"] = place(
        work, command.position, Planning.position, Planning.project_id == project.id
    )
    return work.insert(Planning, project_id=project.id, creator_id=work.viewer.person_id, **values)


def edit_planning(command: EditPlanning, work: Work) -> None:
    """Change a planning. Raises NotFound, Forbidden, Invalid."""
    planning = row_of_project(
        work, Planning, visible_planning, command.planning_id, *CHANGING_ROLES
    )
    unmoved(command, planning, "project_id")
    known = CHECKS | {"position": checks.position}
    values = checks.checked(sent(command, *known), known)
    if {"start_at", "end_at"} & set(values):
        _check_span({"start_at": planning.start_at, "end_at": planning.end_at} | values)
    if values.get("parent_id") is not None:
        # One change of the structure at a time: two halves of a cycle must not pass side by side.
        project_to_edit(work, planning.project_id)
        _check_parent(work, planning.id, values["parent_id"], planning.project_id)
    change(work, Planning, planning, values)


def delete_planning(command: DeletePlanning, work: Work) -> None:
    """Hide a planning: what is below it comes to the top, its tasks have none then. Raises
    NotFound, Forbidden.
    """
    planning = row_of_project(
        work, Planning, visible_planning, command.planning_id, *CHANGING_ROLES
    )
    project_to_edit(work, planning.project_id)  # nobody puts another one below meanwhile
    work.change(Planning, planning.id, deleted_at=work.now)
    work.run(
        update(Planning)
        .where(Planning.parent_id == planning.id)
        .values(parent_id=None, changed_at=work.now, version=Planning.version + 1)
    )
    detach(work, Task.planning_id, planning.id)


def _check_span(values: Mapping[str, Any]) -> None:
    start, end = values.get("start_at"), values.get("end_at")
    if start is not None and end is not None and end < start:
        raise Invalid({"end_at": "must not be before the start"})


def _check_parent(work: Work, planning_id: int | None, parent_id: int, project_id: int) -> None:
    """Raise Invalid for a parent elsewhere, one that is the planning itself or below it, and for
    too many levels.
    """
    above = _line(work, parent_id, project_id)
    if not above:
        raise Invalid({"parent_id": f"no such planning in this project: {parent_id}"})
    if planning_id in above:
        raise Invalid({"parent_id": f"planning {parent_id} is the planning itself or below it"})
    if len(above) + _levels_below(work, planning_id) > MAX_DEPTH:
        raise Invalid({"parent_id": f"plannings may be nested {MAX_DEPTH} deep"})


def _line(work: Work, planning_id: int, project_id: int) -> list[int]:
    """A planning of the project and those above it, nearest first; none when it is not there."""
    found: list[int] = []
    step: int | None = planning_id
    while step is not None and len(found) <= 2 * MAX_DEPTH:
        row = work.first(
            select(Planning.id, Planning.parent_id).where(
                Planning.id == step,
                Planning.project_id == project_id,
                Planning.deleted_at.is_(None),
            )
        )
        if row is None:
            break
        found.append(row.id)
        step = row.parent_id
    return found


def _levels_below(work: Work, planning_id: int | None) -> int:
    """How many levels hang below a planning."""
    level, levels = [planning_id] if planning_id is not None else [], 0
    while level and levels <= 2 * MAX_DEPTH:
        level = work.ids(
            select(Planning.id).where(among(work.connection, Planning.parent_id, level))
        )
        levels += 1 if level else 0
    return levels
