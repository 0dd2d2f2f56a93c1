"""Groups of tasks, which are task lists: as in projects.py, with positions and GUIDs.

A manager of the project changes them, the maker of a personal list that one.
"""

from functools import partial
from typing import Any

from sqlalchemy import select

from app.access import list_manageable, visible_list
from app.errors import Conflict
from app.models import Task, TaskList
from app.services import checks
from app.services.finding import (
    NOT_A_MANAGER,
    change,
    chosen_uid,
    place,
    project_named,
    row_to_change,
    sent,
    unmoved,
)
from app.services.neighbour_commands import AddGroup, DeleteGroup, EditGroup
from app.services.work import Work

MAX_GROUP_NAME = 200
CHECKS = {
    "name": partial(checks.name, most=MAX_GROUP_NAME),
    "description": checks.text,
    "position": checks.position,
}


def add_group(command: AddGroup, work: Work) -> int:
    """Add a group. Raises Invalid, Forbidden, Conflict."""
    project = project_named(work, command.project_id, "manager")
    values = checks.checked(sent(command, "name", "description"), CHECKS)
    values |= chosen_uid(work, TaskList, command.uid)
    values["position"] = place(
        work, command.position, TaskList.position, TaskList.project_id == project.id
    )
    return work.insert(TaskList, project_id=project.id, creator_id=work.viewer.person_id, **values)


def edit_group(command: EditGroup, work: Work) -> None:
    """Change a group. Raises NotFound, Forbidden, Invalid."""
    group = _group(work, command.list_id)
    unmoved(command, group, "project_id")
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    change(work, TaskList, group, values)


def delete_group(command: DeleteGroup, work: Work) -> None:
    """Hide an empty group. Raises NotFound, Forbidden; Conflict while any task is in it."""
    group = _group(work, command.list_id)
    # Adds to a list hold its row, as this does: none can come between the look and the change.
    inside = select(Task.id).where(Task.list_id == group.id, Task.deleted_at.is_(None)).limit(1)
    if work.scalar(inside) is not None:
        raise Conflict("The group is not empty: move or delete its tasks first")
    work.change(TaskList, group.id, deleted_at=work.now)


def _group(work: Work, list_id: int) -> Any:
    viewer = work.viewer
    shown, allowed = visible_list(viewer), list_manageable(viewer)
    return row_to_change(work, TaskList, list_id, shown, allowed, NOT_A_MANAGER)
