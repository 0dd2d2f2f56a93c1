"""Rows that commands on a task's neighbours are about, and rows that they name.

The row a command is about answers NotFound or Forbidden; one that it merely names answers Invalid
with its id, the same for one that does not exist and one that is not the viewer's to know.
"""

import re
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Text, func, select, update

from app.access import CHANGING_ROLES, project_changeable, visible_project
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.models import (
    CheckList,
    Field,
    File,
    Person,
    Planning,
    Project,
    Risk,
    Status,
    Task,
    TaskList,
    Template,
    TimeEntry,
)
from app.services.checks import MAX_POSITION, whole
from app.services.commands import NewUid, Unset
from app.services.references import Rule, task_to_edit
from app.services.statements import Look, asked
from app.services.work import Work

CANONICAL = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAMES: dict[Any, str] = {
    CheckList: "Check list",
    Field: "Custom field",
    File: "Document",
    Person: "Person",
    Planning: "Planning element",
    Risk: "Risk",
    Status: "Status",
    TaskList: "Group",
    Template: "Template",
    TimeEntry: "Time entry",
}
NOT_AN_EDITOR = "Only an editor or manager of the project may do this"
NOT_A_MANAGER = "Only a manager of the project may do this"


def sent(command: Any, *names: str) -> dict[str, Any]:
    """Those of the named members of a command that were sent."""
    pairs = ((name, getattr(command, name)) for name in names)
    return {name: value for name, value in pairs if not isinstance(value, Unset)}


def unmoved(command: Any, row: Any, *names: str) -> None:
    """Raise Invalid when a command names another owner than the row has."""
    for name, value in sent(command, *names).items():
        if value != getattr(row, name):
            raise Invalid({name: "this cannot be changed"})


def row_to_change(
    work: Work,
    model: Any,
    row_id: int,
    shown: ColumnElement[bool],
    allowed: ColumnElement[bool],
    refusal: str,
    what: str = "",
) -> Any:
    """A row with all its columns, locked. Raises NotFound saying what, Forbidden with the
    refusal.
    """
    found = work.first(
        select(model.__table__, allowed.label("allowed"))
        .where(model.id == row_id, shown)
        .with_for_update(of=model, key_share=True)
    )
    if found is None:
        raise NotFound(f"{what or NAMES[model]} not found")
    if not found.allowed:
        raise Forbidden(refusal)
    return found


def row_of_project(work: Work, model: Any, rule: Rule, row_id: int, *roles: str) -> Any:
    """A row that exists for the viewer by the rule, for one who holds one of the roles in its
    project. Raises NotFound, Forbidden.
    """
    allowed = project_changeable(work.viewer, model.project_id, *roles)
    refusal = NOT_AN_EDITOR if "editor" in roles else NOT_A_MANAGER
    return row_to_change(work, model, row_id, rule(work.viewer), allowed, refusal)


def project_named(work: Work, project_id: int, *roles: str) -> Any:
    """The project that a command names, locked: adds to it are serial. Raises Invalid,
    Forbidden.
    """
    found = work.first(_project(roles), project_id=project_id)
    if found is None:
        raise Invalid({"project_id": f"no such project: {project_id}"})
    if not found.allowed:
        raise Forbidden(NOT_AN_EDITOR if "editor" in roles else NOT_A_MANAGER)
    return found


@cache
def _project(roles: tuple[str, ...]) -> Look:
    return Look(
        lambda _, kind: (
            select(Project.id, project_changeable(kind, Project.id, *roles).label("allowed"))
            .where(Project.id == asked("project_id"), visible_project(kind))
            .with_for_update(of=Project, key_share=True)
        )
    )


def project_to_edit(work: Work, project_id: int) -> Any:
    """The project that a command names, for its editors and managers. Raises Invalid, Forbidden."""
    return project_named(work, project_id, *CHANGING_ROLES)


def task_named(work: Work, task_id: int) -> Any:
    """The task that a command names, locked, for who may edit it. Raises Invalid, Forbidden."""
    try:
        return task_to_edit(work, task_id)
    except NotFound:
        raise Invalid({"task_id": f"no such task: {task_id}"}) from None


def chosen_uid(work: Work, model: Any, uid: str | None) -> dict[str, str]:
    """The GUID that a client chose for a new row, as a column to set. Raises Conflict unless it is
    canonical and no row has or had it.
    """
    if uid is None:
        return {}
    if isinstance(uid, NewUid):
        return {"uid": str(uid)}
    if not CANONICAL.fullmatch(uid):
        raise Conflict("uid: not a GUID in its canonical form")
    if work.ids(_with_uid(model), uid=uid):
        raise Conflict(f"uid: {uid} is in use already")
    return {"uid": uid}


@cache
def _with_uid(model: Any) -> Look:
    return Look(lambda *_: select(model.id).where(model.uid == asked("uid", Text)))


def place(work: Work, position: int | Unset, column: Any, among: ColumnElement[bool]) -> int:
    """The position that was sent, or one behind the last of the rows."""
    if not isinstance(position, Unset):
        return whole(position, "position", -MAX_POSITION, MAX_POSITION)
    last = work.scalar(select(func.max(column)).where(among))
    return 0 if last is None else int(last) + 1


def change(work: Work, model: Any, row: Any, values: dict[str, Any]) -> None:
    """Set values on a row as its next version; without values it stays as it is."""
    if values:
        work.change(model, row.id, **values)


def detach(work: Work, column: Any, row_id: int) -> None:
    """Take a row that goes away off all tasks that have it."""
    work.run(
        update(Task)
        .where(column == row_id)
        .values({column.key: None, "changed_at": work.now, "version": Task.version + 1})
    )
