"""Ids that come from outside, resolved: no function here finds what the viewer may not see.

The thing a command is about answers NotFound or Forbidden; a thing it merely names answers Invalid
with the id, the same for one that does not exist and one that is not his to know.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import aliased

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
from app.models.base import settled
from app.queries.sql import among_bound
from app.services.statements import Look, asked
from app.services.work import Restart, Work

Rule = Callable[[Viewer], ColumnElement[bool]]
Held = frozenset[int] | None  # ids of the lists that a command holds; None for all
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
    Task.recurrence,
    Task.next_id,
)
_CHILD = settled(aliased(Task))
# Whether anything open is below, whoever sees it: true of most tasks never.
_BELOW = exists().where(
    _CHILD.parent_id == Task.id, _CHILD.deleted_at.is_(None), _CHILD.is_done.is_(False)
)


def task_to_edit(work: Work, task_id: int, held: Held = None) -> Any:
    """The task, locked, with the columns that rules look at. `held` are the lists that the caller
    holds, among which its own has to be. Raises NotFound, Forbidden, Restart.
    """
    return _task(work, task_id, editable, "You may not change this task", held)


def task_to_complete(work: Work, task_id: int, held: Held = None) -> Any:
    """The task, locked, that the viewer may complete or reopen, as in task_to_edit. Raises
    NotFound, Forbidden, Restart.
    """
    return _task(work, task_id, completable, "You may not complete this task", held)


def task_to_log(work: Work, task_id: int) -> Any:
    """The task, locked, on which the viewer may log time. Raises NotFound, Forbidden."""
    return _task(work, task_id, time_loggable, "You may not log time on this task")


def task_to_see(work: Work, task_id: int) -> Any:
    """The task, locked, for whoever sees it. Raises NotFound."""
    return _task(work, task_id, _seen, "")


def _seen(_viewer: Viewer) -> ColumnElement[bool]:
    return true()


def _task(work: Work, task_id: int, rule: Rule, refusal: str, held: Held = None) -> Any:
    found = work.first(_task_look(rule), row_id=task_id)
    if found is None:
        raise NotFound("Task not found")
    if held is not None and found.list_id not in held:
        raise Restart
    if not found.allowed:
        raise Forbidden(refusal)
    return found


@cache
def _task_look(rule: Rule) -> Look:
    return Look(
        lambda _, kind: (
            select(*TASK_COLUMNS, _BELOW.label("has_open"), rule(kind).label("allowed"))
            .where(Task.id == asked("row_id"), visible(kind))
            .with_for_update(of=Task, key_share=True)
        )
    )


def list_to_change(work: Work, list_id: int) -> Any:
    """The task list, locked so that orders within it are serial. Raises NotFound, Forbidden."""
    found = work.first(_LIST, row_id=list_id)
    if found is None:
        raise NotFound("Task list not found")
    if not found.allowed:
        raise Forbidden("You may not change tasks in this list")
    return found


def list_to_move_to(work: Work, list_id: int) -> Any:
    """A task list that a command names as a target. Raises Invalid."""
    found = work.first(_LIST, row_id=list_id)
    if found is None:
        raise Invalid({"list_id": f"no such task list: {list_id}"})
    if not found.allowed:
        raise Forbidden("You may not change tasks in the list they are moved to")
    return found


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


_LIST = Look(
    lambda _, kind: (
        list_columns()
        .add_columns(list_editable(kind).label("allowed"))
        .where(TaskList.id == asked("row_id"), visible_list(kind))
        .with_for_update(of=TaskList, key_share=True)
    )
)


def lock_lists_of(work: Work, task_id: int, target: int | None = None) -> Held:
    """Hold the list of a task, and the list that the task is to move to.

    Whoever holds a list keeps others from changing its order and structure. To be called before the
    task itself is locked, and lists are locked by id: so commands wait for each other, but not in a
    circle. In SQLite the write transaction holds everything already, and this gives None. Whoever
    locks the task then, sees by what is held whether it was moved while we waited.
    """
    if not work.on_postgresql:
        return None
    return frozenset(work.ids(_LISTS_OF, row_id=task_id, target=target))


_LISTS_OF = Look(
    lambda *_: (
        select(TaskList.id)
        .where(
            or_(
                TaskList.id
                == select(Task.list_id).where(Task.id == asked("row_id")).scalar_subquery(),
                TaskList.id == asked("target"),
            )
        )
        .order_by(TaskList.id)
        .with_for_update(key_share=True)
    )
)


def lock_lists(work: Work, list_ids: Iterable[int]) -> None:
    """Hold lists in the order in which everybody does, before any task is locked."""
    if work.on_postgresql:
        work.ids(_LISTS, ids=sorted(set(list_ids)))


_LISTS = Look(
    lambda engine, _: (
        select(TaskList.id)
        .where(among_bound(engine)(TaskList.id))
        .order_by(TaskList.id)
        .with_for_update(key_share=True)
    )
)


def tasks_named(work: Work, ids: Sequence[int], field: str) -> dict[int, Any]:
    """The tasks that a command names, by id. Raises Invalid for those that the viewer does not
    see.
    """
    if not ids:
        return {}
    found = {row.id: row for row in work.all(_NAMED, ids=ids)}
    _refuse_missing(ids, found, field, "task")
    return found


_NAMED = Look(
    lambda engine, kind: select(*TASK_COLUMNS).where(among_bound(engine)(Task.id), visible(kind))
)


def people_of_project(work: Work, ids: Sequence[int], project_id: int | None, field: str) -> None:
    """Raise Invalid unless all these people can see the project (decision 7)."""
    if ids:
        found = who_see(work, ids, project_id)
        _refuse_missing(ids, found, field, "person in this project")


def who_see(work: Work, ids: Sequence[int], project_id: int | None) -> list[int]:
    """Those of the people who can see the project."""
    if project_id is None:
        return work.ids(_PEOPLE, ids=ids)
    return work.ids(_PEOPLE_OF, ids=ids, project_id=project_id)


_PEOPLE = Look(
    lambda engine, _: select(Person.id).where(among_bound(engine)(Person.id), sees_project(None))
)
_PEOPLE_OF = Look(
    lambda engine, _: select(Person.id).where(
        among_bound(engine)(Person.id), sees_project(asked("project_id"))
    )
)


def status_of_project(work: Work, status_id: int, project_id: int | None) -> None:
    """Hold a board column, so that orders within it are serial. Raises Invalid unless it belongs to
    the project.
    """
    if project_id is None or not work.ids(_STATUS, row_id=status_id, project_id=project_id):
        raise Invalid({"status_id": f"no such column in this project: {status_id}"})


_STATUS = Look(
    lambda *_: (
        select(Status.id)
        .where(Status.id == asked("row_id"), Status.project_id == asked("project_id"))
        .with_for_update(key_share=True)
    )
)


def of_project(work: Work, model: Any, row_id: int, project_id: int | None, field: str) -> None:
    """Raise Invalid unless the planning or risk belongs to the project, which the viewer sees."""
    of = _of_project(model)
    if project_id is None or not work.ids(of, row_id=row_id, project_id=project_id):
        raise Invalid({field: f"no such {model.__tablename__} in this project: {row_id}"})


@cache
def _of_project(model: Any) -> Look:
    return Look(
        lambda _, kind: select(model.id).where(
            model.id == asked("row_id"),
            model.project_id == asked("project_id"),
            model.deleted_at.is_(None),
            exists().where(Project.id == model.project_id, visible_project(kind)),
        )
    )


def files_named(work: Work, ids: Sequence[int]) -> None:
    """Raise Invalid unless the viewer sees all these files."""
    if ids:
        _refuse_missing(ids, work.ids(_FILES, ids=ids), "files", "file")


_FILES = Look(
    lambda engine, kind: select(File.id).where(among_bound(engine)(File.id), visible_file(kind))
)


def tags_named(work: Work, ids: Sequence[int]) -> None:
    """Raise Invalid unless all these tags exist."""
    if ids:
        _refuse_missing(ids, work.ids(_TAGS, ids=ids), "tag_ids", "tag")


_TAGS = Look(lambda engine, _: select(Tag.id).where(among_bound(engine)(Tag.id)))


def _refuse_missing(ids: Sequence[int], found: Any, field: str, kind: str) -> None:
    known = set(found)
    missing = [str(each) for each in ids if each not in known]
    if missing:
        raise Invalid({field: f"no such {kind}: {', '.join(missing)}"})
