"""Ids that come from outside, resolved: no function here finds what the viewer may not see.

The thing a command is about answers NotFound or Forbidden; a thing it merely names answers Invalid
with the id, the same for one that does not exist and one that is not his to know.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, select, true

from app.access import (
    Viewer,
    completable,
    editable,
    list_editable,
    sees_project,
    time_loggable,
    visible,
    visible_file,
    visible_list,
    visible_project,
)
from app.errors import Forbidden, Invalid, NotFound
from app.models import Company, File, Person, Project, Status, Tag, Task, TaskList
from app.queries.sql import among
from app.services.work import Restart, Work

Rule = Callable[[Viewer], ColumnElement[bool]]
TASK_COLUMNS = (
    Task.id,
    Task.project_id,
    Task.list_id,
    Task.parent_id,
    Task.lockdown_id,
    Task.private,
    Task.is_done,
    Task.progress,
    Task.start_on,
    Task.due_on,
    Task.creator_id,
    Task.position,
    Task.status_id,
)


def task_to_edit(work: Work, task_id: int) -> Row[Any]:
    """The task, locked, with the columns that rules look at. Raises NotFound, Forbidden."""
    return _task(work, task_id, editable, "You may not change this task")


def task_to_complete(work: Work, task_id: int) -> Row[Any]:
    """The task, locked, that the viewer may complete or reopen. Raises NotFound, Forbidden."""
    return _task(work, task_id, completable, "You may not complete this task")


def task_to_log(work: Work, task_id: int) -> Row[Any]:
    """The task, locked, on which the viewer may log time. Raises NotFound, Forbidden."""
    return _task(work, task_id, time_loggable, "You may not log time on this task")


def task_to_see(work: Work, task_id: int) -> Row[Any]:
    """The task, locked, for whoever sees it. Raises NotFound."""
    return _task(work, task_id, _seen, "")


def _seen(_viewer: Viewer) -> ColumnElement[bool]:
    return true()


def _task(work: Work, task_id: int, rule: Rule, refusal: str) -> Row[Any]:
    statement = _task_select(rule, work.viewer.kind)
    found = work.first(statement, row_id=task_id, **work.viewer.values)
    if found is None:
        raise NotFound("Task not found")
    if not found.allowed:
        raise Forbidden(refusal)
    return found


@cache
def _task_select(rule: Rule, kind: Viewer) -> Any:
    return (
        select(*TASK_COLUMNS, rule(kind).label("allowed"))
        .where(Task.id == bindparam("row_id"), visible(kind))
        .with_for_update(of=Task, key_share=True)
    )


def list_to_change(work: Work, list_id: int) -> Row[Any]:
    """The task list, locked so that orders within it are serial. Raises NotFound, Forbidden."""
    found = _list(work, list_id)
    if found is None:
        raise NotFound("Task list not found")
    if not found.allowed:
        raise Forbidden("You may not change tasks in this list")
    return found


def list_to_move_to(work: Work, list_id: int) -> Row[Any]:
    """A task list that a command names as a target. Raises Invalid."""
    found = _list(work, list_id)
    if found is None:
        raise Invalid({"list_id": f"no such task list: {list_id}"})
    if not found.allowed:
        raise Forbidden("You may not change tasks in the list they are moved to")
    return found


def _list(work: Work, list_id: int) -> Row[Any] | None:
    statement = _list_select(work.viewer.kind)
    return work.first(statement, row_id=list_id, **work.viewer.values)


@cache
def _list_select(kind: Viewer) -> Any:
    return (
        list_columns()
        .add_columns(list_editable(kind).label("allowed"))
        .where(TaskList.id == bindparam("row_id"), visible_list(kind))
        .with_for_update(of=TaskList, key_share=True)
    )


def list_columns() -> Any:
    """What tasks take over from their list, its project and company: a select to narrow."""
    return (
        select(
            TaskList.id,
            TaskList.project_id,
            TaskList.creator_id,
            TaskList.lockdown_id,
            Project.name_key.label("project_key"),
            Company.name_key.label("company_key"),
        )
        .outerjoin(Project, Project.id == TaskList.project_id)
        .outerjoin(Company, Company.id == Project.company_id)
    )


def lock_lists_of(work: Work, task_id: int, target: int | None = None) -> None:
    """Hold the list of a task, and the list that the task is to move to.

    Whoever holds a list keeps others from changing its order and structure. To be called before the
    task itself is locked, and lists are locked by id: so commands wait for each other, but not in a
    circle. In SQLite the write transaction holds everything already. Raises Restart when the task
    was moved while we waited.
    """
    if not work.on_postgresql:
        return
    home = select(Task.list_id).where(Task.id == task_id)
    list_id = work.scalar(home)
    held = sorted({each for each in (list_id, target) if each is not None})
    for each in held:
        work.run(select(TaskList.id).where(TaskList.id == each).with_for_update(key_share=True))
    if work.scalar(home) != list_id:
        raise Restart


def lock_lists(work: Work, list_ids: Iterable[int]) -> None:
    """Hold lists in the order in which everybody does, before any task is locked."""
    if work.on_postgresql:
        wanted = among(work.connection, TaskList.id, sorted(set(list_ids)))
        held = select(TaskList.id).where(wanted).order_by(TaskList.id)
        work.run(held.with_for_update(key_share=True))


def tasks_named(work: Work, ids: Sequence[int], field: str) -> dict[int, Row[Any]]:
    """The tasks that a command names, by id. Raises Invalid for those that the viewer does not
    see.
    """
    if not ids:
        return {}
    rows = work.all(
        select(*TASK_COLUMNS).where(among(work.connection, Task.id, ids), visible(work.viewer))
    )
    found = {row.id: row for row in rows}
    _refuse_missing(ids, found, field, "task")
    return found


def people_of_project(work: Work, ids: Sequence[int], project_id: int | None, field: str) -> None:
    """Raise Invalid unless all these people can see the project (decision 7)."""
    if not ids:
        return
    found = work.ids(
        select(Person.id).where(among(work.connection, Person.id, ids), sees_project(project_id))
    )
    _refuse_missing(ids, found, field, "person in this project")


def status_of_project(work: Work, status_id: int, project_id: int | None) -> None:
    """Hold a board column, so that orders within it are serial. Raises Invalid unless it belongs to
    the project.
    """
    where = and_(Status.id == status_id, Status.project_id == project_id)
    held = select(Status.id).where(where).with_for_update(key_share=True)
    if project_id is None or work.scalar(held) is None:
        raise Invalid({"status_id": f"no such column in this project: {status_id}"})


def of_project(work: Work, model: Any, row_id: int, project_id: int | None, field: str) -> None:
    """Raise Invalid unless the planning or risk belongs to the project, which the viewer sees."""
    seen = exists().where(Project.id == model.project_id, visible_project(work.viewer))
    where = (model.id == row_id, model.project_id == project_id, model.deleted_at.is_(None), seen)
    if project_id is None or work.scalar(select(model.id).where(*where)) is None:
        raise Invalid({field: f"no such {model.__tablename__} in this project: {row_id}"})


def files_named(work: Work, ids: Sequence[int]) -> None:
    """Raise Invalid unless the viewer sees all these files."""
    if ids:
        where = (among(work.connection, File.id, ids), visible_file(work.viewer))
        _refuse_missing(ids, work.ids(select(File.id).where(*where)), "files", "file")


def tags_named(work: Work, ids: Sequence[int]) -> None:
    """Raise Invalid unless all these tags exist."""
    if ids:
        found = work.ids(select(Tag.id).where(among(work.connection, Tag.id, ids)))
        _refuse_missing(ids, found, "tag_ids", "tag")


def _refuse_missing(ids: Sequence[int], found: Any, field: str, kind: str) -> None:
    missing = [str(each) for each in ids if each not in set(found)]
    if missing:
        raise Invalid({field: f"no such {kind}: {', '.join(missing)}"})
