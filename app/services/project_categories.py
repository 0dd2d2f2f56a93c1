"""Categories of projects: everybody sees them, administrators change them."""

from functools import partial
from typing import Any

from sqlalchemy import false, select, true, update

from app.errors import Forbidden, Invalid
from app.models import Project, ProjectCategory
from app.services import checks
from app.services.finding import change, row_to_change, sent
from app.services.structure_commands import (
    AddProjectCategory,
    DeleteProjectCategory,
    EditProjectCategory,
)
from app.services.work import Work

REFUSAL = "Only an administrator may change the categories of projects"
MAX_COLOR = 0xFFFFFF
CHECKS: dict[str, Any] = {
    "name": partial(checks.name, most=200),
    "color": partial(checks.whole, least=0, most=MAX_COLOR),
}


def add_category(command: AddProjectCategory, work: Work) -> int:
    """Add a category; gives its id. Raises Forbidden, Invalid."""
    if not work.viewer.admin:
        raise Forbidden(REFUSAL)
    return work.insert(ProjectCategory, **checks.checked(sent(command, *CHECKS), CHECKS))


def edit_category(command: EditProjectCategory, work: Work) -> None:
    """Change a category. Raises NotFound, Forbidden, Invalid."""
    found = _category(work, command.category_id)
    change(work, ProjectCategory, found, checks.checked(sent(command, *CHECKS), CHECKS))


def delete_category(command: DeleteProjectCategory, work: Work) -> None:
    """Hide a category, and take its projects out of it. Raises NotFound, Forbidden."""
    found = _category(work, command.category_id)
    work.change(ProjectCategory, found.id, deleted_at=work.now)
    work.run(
        update(Project)
        .where(Project.category_id == found.id)
        .values(category_id=None, changed_at=work.now, version=Project.version + 1)
    )


def check_category(work: Work, category_id: int | None) -> None:
    """Raise Invalid unless there is such a category, or none is named. It is held."""
    alive = (ProjectCategory.id == category_id, ProjectCategory.deleted_at.is_(None))
    found = select(ProjectCategory.id).where(*alive).with_for_update(key_share=True)
    if category_id is not None and work.scalar(found) is None:
        raise Invalid({"category_id": f"no such category: {category_id}"})


def _category(work: Work, category_id: int) -> Any:
    shown = ProjectCategory.deleted_at.is_(None)
    allowed = true() if work.viewer.admin else false()
    return row_to_change(
        work, ProjectCategory, category_id, shown, allowed, REFUSAL, "Project category"
    )
