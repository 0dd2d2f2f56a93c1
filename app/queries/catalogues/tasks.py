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
from app.models import (
    Assignment,
    Follower,
    Predecessor,
    Project,
    Relation,
    Task,
    TaskFile,
    TaskTag,
)
from app.queries import facets
from app.queries.catalogues import task_facts
from app.queries.query import Catalogue, Facet, LinkTo
from app.queries.relationships import either_side, paired, to_many, to_one

_PLAIN = (
    "id uid project_id list_id parent_id name description description_html priority progress "
    "work_hours start_on due_on start_at due_at position status_id card_position private "
    "lockdown_id is_done done_at completer_id reopened billable recurrence custom_color creator_id "
    "updater_id assigned_by_id deleted_at version stamp project_key company_key created_at "
    "changed_at"
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


_FACTS: dict[str, ColumnElement[Any]] = {
    **{name: column for name, (column, _) in task_facts.UIDS.items()},
    "contact_name": task_facts.CONTACT_NAME,
    "contact_image_uid": task_facts.CONTACT_IMAGE,
    "risk_name": task_facts.RISK_NAME,
    "check_items": task_facts.CHECK_ITEMS,
    "check_items_done": task_facts.CHECK_ITEMS_DONE,
    "check_items_open": task_facts.CHECK_ITEMS_OPEN,
    "contributors": task_facts.CONTRIBUTORS,
    "contributors_hours": task_facts.CONTRIBUTORS_HOURS,
    "owner_hours": task_facts.OWNER_HOURS,
    "note_count": task_facts.NOTES,
    "document_count": task_facts.DOCUMENTS,
    "time_minutes": task_facts.MINUTES,
}

_LINKS: dict[str, LinkTo] = {
    "project": to_one("Project", "project_id"),
    "list": to_one("Task list", "list_id"),
    "status": to_one("Status", "status_id"),
    "planning": to_one("Planning", "planning_id"),
    "risk": to_one("Risk", "risk_id"),
    "creator": to_one("Person", "creator_id"),
    "assigner": to_one("Person", "assigned_by_id"),
    "contact": task_facts.TO_CONTACT,
    "contributors": to_many("Contributor", "task_id"),
    "followers": paired("Person", Follower, "task_id", "person_id"),
    "notes": to_many("Note", "task_id"),
    "check_lists": to_many("Check list", "task_id"),
    "time_entries": to_many("Time entry", "task_id"),
    "stopwatches": to_many("Stopwatch", "task_id"),
    "documents": paired("Document", TaskFile, "task_id", "file_id"),
    "relations": either_side("Task", Relation, "task_id", "other_id"),
}


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
        **_FACTS,
    },
    visible=_visible,
    facets={
        "creator": Facet("creator_id", facets.PEOPLE),
        "completer": Facet("completer_id", facets.PEOPLE),
        "updater": Facet("updater_id", facets.PEOPLE),
        "project": Facet("project_id", facets.PROJECTS),
        "list": Facet("list_id", facets.LISTS),
        "status": Facet("status_id", facets.STATUSES),
        "parent": Facet("parent_id", facets.PARENTS, personal=True, leads=True),
        "assignees": Facet("id", facets.ASSIGNEES, seen=facets.assigned_for),
        "tags": Facet("id", facets.TAGS),
        "linked": Facet("id", facets.LINKED),
        "predecessors": Facet(
            "id", facets.PREDECESSORS, personal=True, held=("linked", "waits"), leads=True
        ),
        "dependents": Facet(
            "id", facets.DEPENDENTS, personal=True, held=("linked", "holds"), leads=True
        ),
        "tally": Facet("id", facets.TALLIES),
        "unread": Facet("id", facets.UNREAD, personal=True, held=("tally", "notes")),
        "attachments": Facet("id", facets.ATTACHMENTS),
        "following": Facet("id", facets.FOLLOWING, seen=facets.followed_by),
    },
    ties=("position", "id"),
    parent="parent_id",
    references={name: reference for name, (_, reference) in task_facts.UIDS.items()},
    links=_LINKS,
    searched=("name", "description"),
    stamp="stamp",
    counted_by="list_id",
    around=facets.AROUND,
    personal=frozenset(
        ("can_edit", "can_complete", "can_log_time", "can_see_estimate", "can_see_time")
    ),
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
