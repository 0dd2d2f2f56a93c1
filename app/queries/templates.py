"""The content of a template."""

from sqlalchemy import select

from app.access import Viewer, visible_template
from app.errors import NotFound
from app.models import Template
from app.queries.connection import reading


def template_body(template_id: int, viewer: Viewer) -> tuple[str, str]:
    """Name and body of a template. Raises NotFound."""
    with reading() as connection:
        statement = select(Template.name, Template.body).where(
            Template.id == template_id, visible_template(viewer)
        )
        row = connection.execute(statement).first()
    if row is None:
        raise NotFound("Template not found")
    return row[0], row[1]
