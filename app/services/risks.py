"""Risks of a project. Editors of the project change them."""

from app.access import CHANGING_ROLES, visible_risk
from app.models import Risk, Task
from app.services import checks
from app.services.finding import (
    change,
    chosen_uid,
    detach,
    project_to_edit,
    row_of_project,
    sent,
    unmoved,
)
from app.services.neighbour_commands import AddRisk, DeleteRisk, EditRisk
from app.services.work import Work

CHECKS = {
    "name": checks.name,
    "description_html": checks.html,
    "probability": checks.percent,
    "impact": checks.percent,
}


def add_risk(command: AddRisk, work: Work) -> int:
    """Add a risk. Raises Invalid, Forbidden, Conflict."""
    project = project_to_edit(work, command.project_id)
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    values |= chosen_uid(work, Risk, command.uid)
    return work.insert(Risk, project_id=project.id, creator_id=work.viewer.person_id, **values)


def edit_risk(command: EditRisk, work: Work) -> None:
    """Change a risk. Raises NotFound, Forbidden, Invalid."""
    risk = row_of_project(work, Risk, visible_risk, command.risk_id, *CHANGING_ROLES)
    unmoved(command, risk, "project_id")
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    change(work, Risk, risk, values)


def delete_risk(command: DeleteRisk, work: Work) -> None:
    """Hide a risk; its tasks have none then. Raises NotFound, Forbidden."""
    risk = row_of_project(work, Risk, visible_risk, command.risk_id, *CHANGING_ROLES)
    work.change(Risk, risk.id, deleted_at=work.now)
    detach(work, Task.risk_id, risk.id)
