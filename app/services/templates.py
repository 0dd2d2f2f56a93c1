"""Templates: everybody sees them, their creator and administrators change them."""

from dataclasses import replace
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, select, true

from app.access import CHANGING_ROLES, Viewer, visible_template
from app.errors import Invalid, NotFound
from app.models import Template
from app.queries.connection import reading
from app.services import checks
from app.services.finding import (
    change,
    chosen_uid,
    project_named,
    project_to_edit,
    row_to_change,
    sent,
)
from app.services.neighbour_commands import (
    AddTemplate,
    DeleteTemplate,
    EditTemplate,
    LoadTemplate,
    SaveTemplate,
    UploadTemplate,
)
from app.services.template_loading import make_tasks
from app.services.template_plans import MAX_UPLOAD, Plan, read_plan, write_plan
from app.services.template_saving import plan_of
from app.services.work import Work

REFUSAL = "Only its creator or an administrator may change a template"
CHECKS = {"name": checks.name}


class TemplateFile(NamedTuple):
    """A template as it is downloaded: its name, and its JSON document, which says the name, too."""

    name: str
    body: str


def add_template(command: AddTemplate, work: Work) -> int:
    """Add a template. Raises Invalid, Conflict."""
    plan = Plan() if command.body is None else read_plan(command.body, "body", MAX_UPLOAD)
    return _insert(work, command.name, plan, command.uid)


def edit_template(command: EditTemplate, work: Work) -> None:
    """Rename a template. Raises NotFound, Forbidden, Invalid."""
    template = _template(work, command.template_id)
    change(work, Template, template, checks.checked(sent(command, *CHECKS), CHECKS))


def delete_template(command: DeleteTemplate, work: Work) -> None:
    """Hide a template. Raises NotFound, Forbidden."""
    template = _template(work, command.template_id)
    work.change(Template, template.id, deleted_at=work.now)


def save_template(command: SaveTemplate, work: Work) -> int:
    """Keep the tasks of a project. Raises Invalid, Forbidden."""
    project = project_named(work, command.project_id, *CHANGING_ROLES)
    return _insert(work, command.name, plan_of(work, project.id), None)


def load_template(command: LoadTemplate, work: Work) -> tuple[int, ...]:
    """Make the tasks of a template in a project. Raises NotFound, Invalid, Forbidden."""
    shown = (Template.id == command.template_id, visible_template(work.viewer))
    body = work.scalar(select(Template.body).where(*shown))
    if body is None:
        raise NotFound("Template not found")
    project = project_to_edit(work, command.project_id)
    return make_tasks(work, read_plan(body, "template"), project.id)


def upload_template(command: UploadTemplate, work: Work) -> int:
    """Take a downloaded template back. Raises Invalid for anything else."""
    plan = read_plan(command.content, "content", MAX_UPLOAD)
    if not plan.name:
        raise Invalid({"content": "name: is missing"})
    return _insert(work, plan.name, plan, None)


def download_template(template_id: int, viewer: Viewer) -> TemplateFile:
    """A template to keep elsewhere. Raises NotFound."""
    shown = (Template.id == template_id, visible_template(viewer))
    with reading() as connection:
        found = connection.execute(select(Template.name, Template.body).where(*shown)).first()
    if found is None:
        raise NotFound("Template not found")
    said = orjson.loads(found.body)
    head = {"format": said.pop("format"), "version": said.pop("version"), "name": found.name}
    return TemplateFile(found.name, orjson.dumps(head | said).decode())


def _insert(work: Work, name: str, plan: Plan, uid: str | None) -> int:
    values: dict[str, Any] = {"name": checks.name(name)} | chosen_uid(work, Template, uid)
    body = write_plan(replace(plan, name=""))  # the row holds the name
    # What is stored can be read again: all limits hold for what was saved, too.
    read_plan(body, "project_id")
    return work.insert(Template, body=body, creator_id=work.viewer.person_id, **values)


def _template(work: Work, template_id: int) -> Any:
    viewer = work.viewer
    allowed: ColumnElement[bool] = true() if viewer.admin else Template.creator_id == viewer.me
    return row_to_change(work, Template, template_id, visible_template(viewer), allowed, REFUSAL)
