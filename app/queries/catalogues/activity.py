"""What happened, as far as it concerns things that the viewer sees now."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.access import (
    Viewer,
    list_readable,
    readable,
    visible_file,
    visible_project,
)
from app.models import Activity, File, Note, Project, Task, TaskList
from app.queries import facets
from app.queries.query import Catalogue, Facet
from app.queries.relationships import value_at

ACT = Activity.__table__.c
PATHS = {
    "task": "tasks/",
    "tasklist": "tasklists/",
    "project": "projects/",
    "file": "files/",
    "comment": "comments/",
    "time": "time_entries/",
}
ACTIONS = (
    *("new", "edited", "moved", "completed", "reopened"),
    *("deleted", "restored", "archived", "activated"),
)


def _there(thing: Any) -> ColumnElement[bool]:
    """The thing is still there, or the row says that it was deleted."""
    return or_(thing.deleted_at.is_(None), Activity.action == "deleted")


def _of_task(viewer: Viewer) -> ColumnElement[bool]:
    """The task is one that the viewer may know of; a comment that was taken back is not shown."""
    task, note = aliased(Task), aliased(Note)
    alive = exists().where(note.id == Activity.object_id, note.deleted_at.is_(None))
    return and_(
        exists().where(task.id == Activity.task_id, readable(viewer, task), _there(task)),
        or_(Activity.kind != "comment", alive),
    )


def _of_project(viewer: Viewer) -> ColumnElement[bool]:
    """What is of no task: lists and files have rules of their own."""
    task_list, file = aliased(TaskList), aliased(File)
    listed = exists().where(
        task_list.id == Activity.object_id, list_readable(viewer, task_list), _there(task_list)
    )
    kept = exists().where(file.id == Activity.object_id, visible_file(viewer, file))
    return or_(
        Activity.kind.in_(("project", "time")),
        and_(Activity.kind == "tasklist", listed),
        and_(Activity.kind == "file", kept),
    )


def seen(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer may know of the place where it happened, and of the thing."""
    project = aliased(Project)
    shown = exists().where(project.id == Activity.project_id, visible_project(viewer, project))
    return and_(
        or_(Activity.project_id.is_(None), shown),
        or_(_of_task(viewer), and_(Activity.task_id.is_(None), _of_project(viewer))),
    )


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    """What Teamwork shows of what happened in projects; the rest is in the audit trail."""
    return and_(
        Activity.project_id.is_not(None),
        Activity.kind.in_(tuple(PATHS)),
        Activity.action.in_(ACTIONS),
        seen(viewer),
    )


def _list_name() -> ColumnElement[str]:
    """The name of the list in which the task is now."""
    task, task_list = Task.__table__.alias().c, TaskList.__table__.alias().c
    chosen = select(task_list.name).where(task.id == ACT.task_id)
    return func.coalesce(chosen.where(task_list.id == task.list_id).scalar_subquery(), "")


ACTIVITY = Catalogue(
    name="Activity",
    source=Activity.__table__,
    columns={
        **{column.name: column for column in ACT},
        "link": case(*((ACT.kind == kind, literal(path)) for kind, path in PATHS.items()), else_="")
        + cast(ACT.object_id, Text),
        "is_private": value_at(Task, ACT.task_id, "lockdown_id").is_not(None),
        "list_name": _list_name(),
    },
    visible=lambda viewer, _: _visible(viewer),
    facets={
        "person": Facet("person_id", facets.PEOPLE),
        "project": Facet("project_id", facets.PROJECTS),
    },
)


def of_project(project_id: int) -> ColumnElement[bool]:
    """What happened in the project."""
    return Activity.project_id == project_id


def starred() -> ColumnElement[bool]:
    """What happened in starred projects: nobody stars any here."""
    return false()
