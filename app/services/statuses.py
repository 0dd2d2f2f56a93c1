"""Statuses of a project: the columns of its board. A manager of the project changes them."""

from functools import partial

from sqlalchemy import delete

from app.access import visible_status
from app.models import Status, Task
from app.services import checks
from app.services.finding import (
    change,
    chosen_uid,
    detach,
    place,
    project_named,
    row_of_project,
    sent,
    unmoved,
)
from app.services.neighbour_commands import AddStatus, DeleteStatus, EditStatus
from app.services.work import Work

MAX_STATUS_NAME = 200
CHECKS = {
    "name": partial(checks.name, most=MAX_STATUS_NAME),
    "position": checks.position,
    "color": checks.any_color,
}


def add_status(command: AddStatus, work: Work) -> int:
    """Add a status. Raises Invalid, Forbidden, Conflict."""
    project = project_named(work, command.project_id, "manager")
    values = checks.checked(sent(command, "name", "color"), CHECKS)
    values |= chosen_uid(work, Status, command.uid)
    values["position"] = place(
        work, command.position, Status.position, Status.project_id == project.id
    )
    return work.insert(Status, project_id=project.id, **values)


def edit_status(command: EditStatus, work: Work) -> None:
    """Change a status. Raises NotFound, Forbidden, Invalid."""
    status = row_of_project(work, Status, visible_status, command.status_id, "manager")
    unmoved(command, status, "project_id")
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    change(work, Status, status, values)


def delete_status(command: DeleteStatus, work: Work) -> None:
    """Remove a status for good; its tasks have none then. Raises NotFound, Forbidden."""
    status = row_of_project(work, Status, visible_status, command.status_id, "manager")
    detach(work, Task.status_id, status.id)
    work.run(delete(Status).where(Status.id == status.id))
