"""Tags: the account's, so everybody knows all of them; and what carries them."""

from sqlalchemy import ColumnElement, exists, true

from app.models import ProjectTag, Tag, TaskTag, TimeTag
from app.queries.query import Catalogue
from app.queries.relationships import columns_of

TAGS = Catalogue(
    name="Tag",
    source=Tag.__table__,
    columns=columns_of(Tag, "name name_key color"),
    visible=lambda *_: true(),
    ties=("name_key", "id"),
)


def tags_of_task(task_id: int) -> ColumnElement[bool]:
    """Tags that the task carries."""
    return exists().where(TaskTag.tag_id == Tag.id, TaskTag.task_id == task_id)


def tags_of_project(project_id: int) -> ColumnElement[bool]:
    """Tags that the project carries."""
    return exists().where(ProjectTag.tag_id == Tag.id, ProjectTag.project_id == project_id)


def tags_of_time(entry_id: int) -> ColumnElement[bool]:
    """Tags that the time entry carries."""
    return exists().where(TimeTag.tag_id == Tag.id, TimeTag.entry_id == entry_id)


def tags_named_like(term: str) -> ColumnElement[bool]:
    """Tags whose name contains the text, in any case."""
    return Tag.name_key.contains(term.casefold(), autoescape=True)
