"""What comes back out of the trash can. A task, or a list, takes along what was deleted by the same
act, which has the same instant of deletion.
"""

from typing import Any

from sqlalchemy import exists, or_, select

from app.access import (
    Viewer,
    editable,
    list_editable,
    list_readable,
    readable,
    visible,
    visible_list,
    visible_project,
)
from app.errors import Conflict, Forbidden, NotFound
from app.models import Grant, Lockdown, Note, Project, Task, TaskList
from app.models.base import Instant
from app.queries.catalogues.comments import comment_deletable
from app.queries.sql import among_bound
from app.services import privacy
from app.services.completion import reopen
from app.services.finding import NOT_AN_EDITOR, row_to_change
from app.services.notes import WHAT
from app.services.references import list_columns, lock_lists_of, task_to_edit, who_see
from app.services.statements import Look, asked
from app.services.talk_commands import RestoreComment, RestoreTask, RestoreTaskList
from app.services.trees import ancestors
from app.services.work import Work

NOT_RESTORABLE = "You may not restore another's comment"
LIST_GONE = "The list of this task was deleted: restore the list first"
DONE = {"deleted_at": None, "deleted_by_id": None}


def restore_task(command: RestoreTask, work: Work) -> tuple[int, ...]:
    """Take a task and the subtasks deleted with it out of the trash can; one whose parent is gone,
    or is in another list now, comes to the top level. Gives the ids of what came back. Raises
    NotFound, Forbidden; Conflict when its list is gone.
    """
    lock_lists_of(work, command.task_id)
    task = _deleted_task(work, command.task_id)
    home = work.first(_LIST, row_id=task.list_id)
    if home is None:
        raise Conflict(LIST_GONE)
    parent = _parent(work, task)
    ids = _branch(work, task)
    place = {name: getattr(home, name) for name in ("project_id", "project_key", "company_key")}
    work.touch(ids, **DONE, **place)
    work.put(Task, task.id, parent_id=parent)
    _guard_again(work, task, parent)
    if parent is not None and not task.is_done:
        reopen(work, [parent, *ancestors(work, parent)])
    return tuple(ids)


def restore_task_list(command: RestoreTaskList, work: Work) -> tuple[int, ...]:
    """Take a task list and the tasks deleted with it out of the trash can. Gives its id. Raises
    NotFound, Forbidden.
    """
    viewer = work.viewer
    shown = TaskList.deleted_at.is_not(None) & list_readable(viewer)
    shown &= _in_project(viewer, TaskList.project_id)
    allowed = list_editable(viewer)
    found = row_to_change(
        work, TaskList, command.list_id, shown, allowed, NOT_AN_EDITOR, "Task list"
    )
    with_it = (Task.list_id == found.id, Task.deleted_at == found.deleted_at)
    ids = work.ids(select(Task.id).where(*with_it))
    work.change(TaskList, found.id, deleted_at=None)
    work.touch(ids, **DONE)
    return (found.id,)


def restore_comment(command: RestoreComment, work: Work) -> tuple[int, ...]:
    """Take a comment out of the trash can: who may delete it, may. Gives its id. Raises NotFound,
    Forbidden.
    """
    viewer = work.viewer
    of_task = exists().where(Task.id == Note.task_id, visible(viewer))
    shown = Note.deleted_at.is_not(None) & of_task
    allowed = comment_deletable(viewer)
    found = row_to_change(work, Note, command.note_id, shown, allowed, NOT_RESTORABLE, WHAT)
    work.change(Note, found.id, deleted_at=None)
    work.bump([found.task_id])
    return (found.id,)


def _in_project(viewer: Viewer, project_id: Any) -> Any:
    """The project, if there is one, was not deleted itself."""
    return or_(
        project_id.is_(None), exists().where(Project.id == project_id, visible_project(viewer))
    )


def _deleted_task(work: Work, task_id: int) -> Any:
    found = work.first(_DELETED, row_id=task_id)
    if found is None:
        raise NotFound("Task not found")
    if not found.allowed:
        raise Forbidden("You may not change this task")
    return found


_DELETED = Look(
    lambda _, kind: (
        select(
            Task.id,
            Task.list_id,
            Task.parent_id,
            Task.private,
            Task.lockdown_id,
            Task.is_done,
            Task.deleted_at,
            editable(kind).label("allowed"),
        )
        .where(
            Task.id == asked("row_id"),
            Task.deleted_at.is_not(None),
            readable(kind),
            _in_project(kind, Task.project_id),
        )
        .with_for_update(of=Task, key_share=True)
    )
)
_LIST = Look(
    lambda _, kind: list_columns().where(TaskList.id == asked("row_id"), visible_list(kind))
)
_BELOW = Look(
    lambda engine, kind: select(Task.id).where(
        among_bound(engine)(Task.parent_id),
        Task.deleted_at == asked("deleted_at", Instant()),
        readable(kind),
    )
)


def _parent(work: Work, task: Any) -> int | None:
    """The parent below which the task comes back; None for the top level."""
    if task.parent_id is None:
        return None
    where = (Task.id == task.parent_id, Task.deleted_at.is_(None), Task.list_id == task.list_id)
    return work.scalar(select(Task.id).where(*where))  # type: ignore[no-any-return]


def _branch(work: Work, task: Any) -> list[int]:
    """The task and what was deleted with it below, level by level."""
    level, found = [task.id], [task.id]
    while level := work.ids(_BELOW, ids=level, deleted_at=task.deleted_at):
        found += level
    return found


def _guard_again(work: Work, task: Any, parent: int | None) -> None:
    """Put the task under the access list that is in force now where it stands: its list or parent
    may have been closed or opened while it was away. One that comes to the top level from below a
    private task is private itself from now on.
    """
    if task.private:
        return
    lockdown = privacy.inherited(work, task.list_id, parent)
    if parent is None and task.lockdown_id not in (None, lockdown):
        owner = work.first(_OWNER, row_id=task.lockdown_id)
        if owner is not None and owner.task_id is not None:
            _close(work, task, owner.creator_id)
            return
    work.put(Task, task.id, lockdown_id=lockdown)
    privacy.pass_down(work, [task.id], lockdown)


_OWNER = Look(
    lambda *_: select(Lockdown.creator_id, Lockdown.task_id).where(Lockdown.id == asked("row_id"))
)


def _close(work: Work, task: Any, owner: int) -> None:
    """Make a task private for those who could see it by the access list that it was under."""
    granted = work.ids(select(Grant.person_id).where(Grant.lockdown_id == task.lockdown_id))
    people = dict.fromkeys((*granted, owner, work.viewer.person_id))
    fresh = task_to_edit(work, task.id)
    privacy.set_task_privacy(work, fresh, True, who_see(work, list(people), fresh.project_id))
