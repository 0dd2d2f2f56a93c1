"""Companies changed and deleted by administrators. Adding one is in people.py."""

from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, exists, false, select, true, update

from app.access import Viewer, visible_company
from app.errors import Conflict
from app.models import Company, Person, Project, Task
from app.services import checks
from app.services.finding import change, row_to_change, sent
from app.services.structure_commands import DeleteCompany, EditCompany
from app.services.work import Work

REFUSAL = "Only an administrator may change companies"
CHECKS: dict[str, Any] = {
    "name": partial(checks.name, most=200),
    "website": partial(checks.text, most=500),
    "phone": partial(checks.text, most=100),
}


def edit_company(command: EditCompany, work: Work) -> None:
    """Change a company. Its tasks keep its folded name for sorting, so a new name is written to
    them, too. Raises NotFound, Forbidden, Invalid.
    """
    company = company_to_change(work, command.company_id)
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    renamed = "name" in values
    if renamed:
        values["name_key"] = values["name"].casefold()
    change(work, Company, company, values)
    if renamed and values["name_key"] != company.name_key:
        of_company = select(Project.id).where(Project.company_id == company.id)
        rename = update(Task).where(Task.project_id.in_(of_company))
        work.run(rename.values(company_key=values["name_key"], version=Task.version + 1))


def delete_company(command: DeleteCompany, work: Work) -> None:
    """Hide a company. Raises NotFound, Forbidden; Conflict for the owner's, and while it has
    projects or people.
    """
    company = company_to_change(work, command.company_id)
    if company.is_owner:
        raise Conflict("The company that owns the account cannot be deleted")
    for model, what in ((Project, "projects"), (Person, "people")):
        alive = exists().where(model.company_id == company.id, model.deleted_at.is_(None))
        if work.scalar(select(alive)):
            raise Conflict(f"The company has {what}: give them to another one first")
    work.change(Company, company.id, deleted_at=work.now)


def company_to_change(work: Work, company_id: int) -> Any:
    """The company, locked, for administrators. Raises NotFound, Forbidden."""
    viewer = work.viewer
    shown = visible_company(viewer, Company)
    return row_to_change(work, Company, company_id, shown, _allowed(viewer), REFUSAL, "Company")


def _allowed(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.may_manage_people else false()
