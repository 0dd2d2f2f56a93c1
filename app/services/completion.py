"""Completing and reopening (decision 6)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from app.access import visible
from app.errors import Invalid
from app.models import Task
from app.queries.sql import among
from app.services.commands import CompleteTask, ReopenTask
from app.services.dependencies import blockers
from app.services.recurrence import renew
from app.services.references import lock_lists_of, task_to_complete
from app.services.trees import ancestors, branches
from app.services.work import Work


def complete_task(command: CompleteTask, work: Work) -> tuple[int, ...]:
    """Complete a task and its open subtasks; gives the ids of what was completed, none if it
    was.
    """
    lock_lists_of(work, command.task_id)
    task_to_complete(work, command.task_id)
    return complete(work, command.task_id)


def complete(work: Work, task_id: int) -> tuple[int, ...]:
    """As complete_task, for a caller who has checked the right and holds the list. Recurring tasks
    make their next occurrence (decision 31).
    """
    found = branches(work, [task_id], only_open=True)
    if not found:
        return ()
    ids = [branch.id for branch in found]
    waiting_for = blockers(work, ids)
    if waiting_for:
        named = ", ".join(map(str, waiting_for))
        raise Invalid({"predecessors": f"these predecessors must be completed first: {named}"})
    work.touch(
        ids,
        is_done=True,
        done_at=work.now,
        completer_id=work.viewer.person_id,
        progress=100,
    )
    again = [branch.id for branch in found if branch.recurrence and branch.next_id is None]
    if again:
        renew(work, again, ids)
    return tuple(ids)


def reopen_task(command: ReopenTask, work: Work) -> tuple[int, ...]:
    """Reopen a task and its completed ancestors; gives the ids of what was reopened."""
    lock_lists_of(work, command.task_id)
    task = task_to_complete(work, command.task_id)
    if not task.is_done:
        return ()
    return reopen(work, [task.id, *ancestors(work, task.id)])


def reopen(work: Work, ids: Sequence[int]) -> tuple[int, ...]:
    """Reopen those of the tasks that are completed and that the viewer sees."""
    done = work.ids(
        select(Task.id).where(
            among(work.connection, Task.id, ids), Task.is_done, visible(work.viewer)
        )
    )
    work.touch(done, is_done=False, done_at=None, completer_id=None, reopened=True)
    return tuple(done)


def rewrite_completion(
    work: Work, task_id: int, done_at: datetime | None, completer_id: int | None
) -> None:
    """Change when, and by whom, a completed task was completed."""
    values = {"done_at": done_at, "completer_id": completer_id}
    given = {name: value for name, value in values.items() if value is not None}
    work.run(
        update(Task)
        .where(Task.id == task_id)
        .values(
            version=Task.version + 1,
            changed_at=work.now,
            updater_id=work.viewer.person_id,
            **given,
        )
    )
