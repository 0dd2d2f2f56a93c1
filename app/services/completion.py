"""Completing and reopening (decision 6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, false, literal_column, null, true, update

from app.access import Viewer, visible
from app.errors import Invalid
from app.models import Task
from app.queries.sql import among_bound
from app.services.commands import CompleteTask, ReopenTask
from app.services.dependencies import blockers, open_before
from app.services.recurrence import renew
from app.services.references import lock_lists_of, task_to_complete
from app.services.statements import Look, asked
from app.services.trees import ancestors, branches
from app.services.work import Work


def complete_task(command: CompleteTask, work: Work) -> tuple[int, ...]:
    """Complete a task and its open subtasks; gives the ids of what was completed, none if it
    was.
    """
    held = lock_lists_of(work, command.task_id)
    task = task_to_complete(work, command.task_id, held)
    if task.is_done:
        return ()
    return complete(work, open_branches(work, task.id) if task.has_open else [task])


def open_branches(work: Work, task_id: int) -> list[Any]:
    """A task and what is below it, as far as it is open and the viewer sees it."""
    return branches(work, [task_id], only_open=True)


def complete(work: Work, found: Sequence[Any]) -> tuple[int, ...]:
    """Complete these tasks, parents before children, for a caller who has checked the right and
    holds the list. Recurring tasks make their next occurrence (decision 31).
    """
    if not found:
        return ()
    ids = [branch.id for branch in found]
    if not _unblocked(work, ids):
        named = ", ".join(map(str, blockers(work, ids)))
        raise Invalid({"predecessors": f"these predecessors must be completed first: {named}"})
    again = [branch.id for branch in found if branch.recurrence and branch.next_id is None]
    if again:
        renew(work, again, ids)
    return tuple(ids)


def _unblocked(work: Work, ids: Sequence[int]) -> bool:
    """Mark the tasks as completed, unless they wait for others; gives whether it was done."""
    me = work.viewer.person_id
    values = work.touched() | {"done_at": work.now, "completer_id": me}
    return bool(work.ids(_COMPLETE, ids=ids, **values))


def _completing(engine: str, kind: Viewer) -> Any:
    named = ("changed_at", "updater_id", "done_at", "completer_id")
    return (
        update(Task)
        .where(among_bound(engine)(Task.id), ~exists(open_before(engine, kind)))
        .values({name: asked(name, Task.__table__.c[name].type) for name in named})
        .values(is_done=true(), progress=literal_column("100"), version=Task.version + 1)
        .returning(Task.id)
    )


_COMPLETE = Look(_completing)


def reopen_task(command: ReopenTask, work: Work) -> tuple[int, ...]:
    """Reopen a task and its completed ancestors; gives the ids of what was reopened."""
    held = lock_lists_of(work, command.task_id)
    task = task_to_complete(work, command.task_id, held)
    return reopen_with(work, task) if task.is_done else ()


def reopen_with(work: Work, task: Any) -> tuple[int, ...]:
    """Reopen a task and what is above it, as far as that is completed."""
    above = [] if task.parent_id is None else ancestors(work, task.id)
    return reopen(work, [task.id, *above])


def reopen(work: Work, ids: Sequence[int]) -> tuple[int, ...]:
    """Reopen those of the tasks that are completed and that the viewer sees."""
    return tuple(sorted(work.ids(_REOPEN, ids=ids, **work.touched())))


def _reopening(engine: str, kind: Viewer) -> Any:
    named = ("changed_at", "updater_id")
    return (
        update(Task)
        .where(among_bound(engine)(Task.id), Task.is_done, visible(kind))
        .values({name: asked(name, Task.__table__.c[name].type) for name in named})
        .values(is_done=false(), done_at=null(), completer_id=null(), reopened=true())
        .values(version=Task.version + 1)
        .returning(Task.id)
    )


_REOPEN = Look(_reopening)


def rewrite_completion(
    work: Work, task_id: int, done_at: datetime | None, completer_id: int | None
) -> None:
    """Change when, and by whom, a completed task was completed."""
    values = {"done_at": done_at, "completer_id": completer_id}
    given = {name: value for name, value in values.items() if value is not None}
    work.touch([task_id], **given)
