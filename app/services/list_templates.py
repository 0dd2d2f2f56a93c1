"""A task list filled with the tasks of a template."""

from sqlalchemy import select

from app.access import visible_template
from app.errors import Invalid
from app.models import Template
from app.services.template_loading import make_tasks
from app.services.template_plans import read_plan
from app.services.work import Work


def fill(work: Work, list_id: int, template_id: int, project_id: int) -> None:
    """Make all tasks of a template in one list of a project that the caller holds. Raises
    Invalid.
    """
    shown = (Template.id == template_id, visible_template(work.viewer))
    body = work.scalar(select(Template.body).where(*shown))
    if body is None:
        raise Invalid({"template_id": f"no such template: {template_id}"})
    make_tasks(work, read_plan(body, "template"), project_id, into=list_id)
