"""Access lists: every private task or list owns one; a task without its own is under its parent's
or list's.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import false, select

from app.access import visible
from app.models import Grant, Lockdown, Task, TaskList
from app.queries.sql import among_bound
from app.services.references import people_of_project
from app.services.statements import Look, asked
from app.services.work import Work


def grant(work: Work, lockdown_id: int, people: Sequence[int]) -> None:
    """Make exactly these people the grantees."""
    work.clear(Grant, lockdown_id=lockdown_id)
    work.insert_links(
        Grant, ({"lockdown_id": lockdown_id, "person_id": person} for person in people)
    )


def set_task_privacy(work: Work, task: Any, private: bool, granted: Sequence[int] | None) -> None:
    """Close a task (to its creator, assignees, grantees) or open it; `granted` None keeps the
    grantees.

    `task` has id, project_id, list_id, parent_id, creator_id, private, lockdown_id.
    """
    people_of_project(work, granted or (), task.project_id, "granted")
    if private:
        lockdown = task.lockdown_id if task.private else None
        if lockdown is None:
            lockdown = work.insert(Lockdown, creator_id=task.creator_id, task_id=task.id)
        if granted is not None:
            grant(work, lockdown, granted)
    else:
        lockdown = inherited(work, task.list_id, task.parent_id)
    work.put(Task, task.id, private=private, lockdown_id=lockdown)
    pass_down(work, [task.id], lockdown)


def inherited(work: Work, list_id: int, parent_id: int | None) -> int | None:
    """The access list that a task gets from its parent, or else from its list."""
    if parent_id is not None:
        return work.scalar(_OF_TASK, row_id=parent_id)  # type: ignore[no-any-return]
    return work.scalar(_OF_LIST, row_id=list_id)  # type: ignore[no-any-return]


_OF_TASK = Look(lambda *_: select(Task.lockdown_id).where(Task.id == asked("row_id")))
_OF_LIST = Look(lambda *_: select(TaskList.lockdown_id).where(TaskList.id == asked("row_id")))


def pass_down(work: Work, ids: Sequence[int], lockdown_id: int | None) -> None:
    """Hand an access list to what is below the tasks and has none of its own, as far as the viewer
    sees it: a subtask under another access list stays under that one.
    """
    level = list(ids)
    while level:
        level = work.ids(_HEIRS, ids=level)
        work.pass_on(level, lockdown_id=lockdown_id)


_HEIRS = Look(
    lambda engine, kind: select(Task.id).where(
        among_bound(engine)(Task.parent_id), Task.private.is_(false()), visible(kind)
    )
)


def set_list_privacy(
    work: Work, task_list: Any, private: bool, granted: Sequence[int] | None
) -> None:
    """Close or open a task list and what is in it. `task_list` has id, project_id, creator_id,
    lockdown_id.
    """
    people_of_project(work, granted or (), task_list.project_id, "granted")
    lockdown = task_list.lockdown_id if private else None
    if private and lockdown is None:
        lockdown = work.insert(Lockdown, creator_id=task_list.creator_id, list_id=task_list.id)
    if lockdown is not None and granted is not None:
        grant(work, lockdown, granted)
    work.change(TaskList, task_list.id, lockdown_id=lockdown)
    top = work.ids(
        select(Task.id).where(
            Task.list_id == task_list.id,
            Task.parent_id.is_(None),
            Task.private.is_(false()),
            visible(work.viewer),
        )
    )
    work.pass_on(top, lockdown_id=lockdown)
    pass_down(work, top, lockdown)
