"""What lies in the trash can of a project: what can be restored by itself, not what was deleted
along with a task or list above it.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.access import Viewer, list_readable, readable, visible
from app.models import Note, Task, TaskList
from app.queries import facets
from app.queries.catalogues.comments import COMMENTS, comment_deletable
from app.queries.query import Catalogue, Facet
from app.queries.relationships import living, number_of

TASK, LIST, NOTE = (model.__table__.c for model in (Task, TaskList, Note))
_SHARED = ("id", "name", "project_id", "deleted_at")


def _with_it(table: Any, owner: str, own: Any) -> ColumnElement[int]:
    """How many tasks were deleted by the same act."""
    other = Task.__table__.alias().c
    same = and_(other[owner] == table.id, other.deleted_at == own)
    return select(func.count()).where(same).scalar_subquery()


def _deleted_task(viewer: Viewer) -> ColumnElement[bool]:
    """Deleted by itself: neither the parent nor the list went by the same act."""
    parent, home = aliased(Task), aliased(TaskList)
    along = or_(
        exists().where(parent.id == Task.parent_id, parent.deleted_at == Task.deleted_at),
        exists().where(home.id == Task.list_id, home.deleted_at == Task.deleted_at),
    )
    return and_(Task.deleted_at.is_not(None), ~along, readable(viewer))


def _deleted_note(viewer: Viewer) -> ColumnElement[bool]:
    """What was said and taken back is for those who may take it back."""
    task = aliased(Task)
    seen = exists().where(task.id == Note.task_id, visible(viewer, task))
    return and_(Note.deleted_at.is_not(None), seen, comment_deletable(viewer))


TRASHED_TASKS = Catalogue(
    name="Task",
    source=Task.__table__,
    columns={
        **{name: TASK[name] for name in (*_SHARED, "deleted_by_id")},
        "notes": number_of(Note, "task_id", TASK.id, living),
        "has_subtasks": _with_it(TASK, "parent_id", TASK.deleted_at) > 0,
    },
    visible=lambda viewer, _: _deleted_task(viewer),
    facets={"deleter": Facet("deleted_by_id", facets.PEOPLE)},
)
TRASHED_LISTS = Catalogue(
    name="Task list",
    source=TaskList.__table__,
    columns={
        **{name: LIST[name] for name in _SHARED},
        "tasks": _with_it(LIST, "list_id", LIST.deleted_at),
    },
    visible=lambda viewer, _: and_(TaskList.deleted_at.is_not(None), list_readable(viewer)),
)
TRASHED_NOTES = Catalogue(
    name="Comment",
    source=Note.__table__,
    columns={**COMMENTS.columns, "deleted_at": NOTE.deleted_at},
    visible=lambda viewer, _: _deleted_note(viewer),
)


def in_project(catalogue: Catalogue, project_id: int) -> ColumnElement[bool]:
    """Rows of one of these catalogues that are of the project."""
    return catalogue.column("project_id") == project_id
