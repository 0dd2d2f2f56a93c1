"""Tasks: every column that a dialect may read, and the criteria that need other tables."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select

from app.access import (
    Viewer,
    completable,
    editable,
    estimate_readable,
    readable,
    time_loggable,
    time_readable,
    visible,
)
from app.models import Assignment, Predecessor, Project, Task, TaskTag
from app.queries import facets
from app.queries.query import Catalogue, Facet

_PLAIN = (
    "id uid project_id list_id parent_id name description description_html priority progress "
    "work_hours start_on due_on start_at due_at position status_id card_position private "
    "lockdown_id is_done done_at completer_id reopened billable recurrence custom_color creator_id "
    "updater_id assigned_by_id deleted_at version project_key company_key created_at changed_at"
)


_ALIVE = Task.deleted_at.is_(None)
_STATE = case(
    (Task.deleted_at.is_not(None), "deleted"),
    (Task.is_done, "completed"),
    (Task.reopened, "reopened"),
    else_="new",
)


def _visible(viewer: Viewer, with_deleted: bool) -> ColumnElement[bool]:
    return readable(viewer) if with_deleted else visible(viewer)


TASKS = Catalogue(
    name="Task",
    source=Task.__table__,
    columns={
        **{name: getattr(Task, name) for name in _PLAIN.split()},
        "state": _STATE,
        "privacy": case((Task.private, 1), (Task.lockdown_id.is_not(None), 2), else_=0),
        "card_id": case((Task.status_id.is_not(None), Task.id)),
        "can_edit": lambda viewer: and_(_ALIVE, editable(viewer)),
        "can_complete": lambda viewer: and_(_ALIVE, completable(viewer)),
        "can_log_time": lambda viewer: and_(_ALIVE, time_loggable(viewer)),
        "can_see_estimate": lambda viewer: estimate_readable(viewer),
        "can_see_time": lambda viewer: time_readable(viewer),
    },
    visible=_visible,
    facets={
        "creator": Facet("creator_id", facets.PEOPLE),
        "completer": Facet("completer_id", facets.PEOPLE),
        "updater": Facet("updater_id", facets.PEOPLE),
        "project": Facet("project_id", facets.PROJECTS),
        "list": Facet("list_id", facets.LISTS),
        "status": Facet("status_id", facets.STATUSES),
        "parent": Facet("parent_id", facets.PARENTS),
        "assignees": Facet("id", facets.ASSIGNEES),
        "tags": Facet("id", facets.TAGS),
        "predecessors": Facet("id", facets.PREDECESSORS),
        "dependents": Facet("id", facets.DEPENDENTS),
        "tally": Facet("id", facets.TALLIES),
        "attachments": Facet("id", facets.ATTACHMENTS),
        "following": Facet("id", facets.FOLLOWING),
    },
    ties=("position", "id"),
    parent="parent_id",
)


def assigned_to(ids: Sequence[int]) -> ColumnElement[bool]:
    """One of these people works on the task."""
    return exists().where(Assignment.task_id == Task.id, Assignment.person_id.in_(ids))


def assigned_to_anybody() -> ColumnElement[bool]:
    """Somebody works on the task."""
    return exists().where(Assignment.task_id == Task.id)


def tagged(ids: Sequence[int]) -> ColumnElement[bool]:
    """The task carries one of these tags."""
    return exists().where(TaskTag.task_id == Task.id, TaskTag.tag_id.in_(ids))


def in_live_project() -> ColumnElement[bool]:
    """The task's project is not archived (a task without a project counts as live)."""
    archived = select(Project.id).where(Project.archived_at.is_not(None))
    return or_(Task.project_id.is_(None), Task.project_id.not_in(archived))


def _linked(name: str, mine: Any, other: Any) -> Catalogue:
    """Tasks at one end of a dependency, by the task at its other end (`other_id`)."""
    kind: Any = Predecessor.type
    return Catalogue(
        name=name,
        source=Task.__table__.join(Predecessor.__table__, mine == Task.id),
        columns={**TASKS.columns, "type": kind, "other_id": other},
        visible=_visible,
        facets=TASKS.facets,
    )


DEPENDENTS = _linked("Dependent", Predecessor.task_id, Predecessor.predecessor_id)
PREDECESSORS = _linked("Predecessor", Predecessor.predecessor_id, Predecessor.task_id)
