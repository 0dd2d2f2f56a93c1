"""Categories of projects, which everybody sees, and what projects show of categories and tags."""

from typing import Any

from sqlalchemy import func, select

from app.access import Viewer, visible_project
from app.models import Project, ProjectCategory, ProjectTag, Tag
from app.queries.lookup import Among, Lookup, Statement, keyed, listed
from app.queries.query import Catalogue
from app.queries.relationships import columns_of
from app.queries.values import Label


def _projects_of(viewer: Viewer) -> Any:
    """How many projects of the category the viewer sees."""
    counting = select(func.count()).where(
        Project.category_id == ProjectCategory.id, visible_project(viewer)
    )
    return counting.correlate(ProjectCategory).scalar_subquery()


PROJECT_CATEGORIES = Catalogue(
    name="Project category",
    source=ProjectCategory.__table__,
    columns={**columns_of(ProjectCategory, "name color"), "projects": _projects_of},
    visible=lambda _, __: ProjectCategory.__table__.c.deleted_at.is_(None),
    searched=("name",),
)


def _categories(among: Among, _: Viewer) -> Statement:
    columns = (ProjectCategory.id, ProjectCategory.name, ProjectCategory.color)
    return select(*columns).where(among(ProjectCategory.id))


def _tags(among: Among, _: Viewer) -> Statement:
    return (
        select(ProjectTag.project_id, Tag.id, Tag.name, Tag.color)
        .join(Tag, Tag.id == ProjectTag.tag_id)
        .where(among(ProjectTag.project_id))
        .order_by(ProjectTag.project_id, Tag.name_key)
    )


CATEGORIES = Lookup(_categories, keyed(Label))
TAGS = Lookup(_tags, listed(Label))
