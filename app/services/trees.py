"""Subtrees of tasks. A command reaches only the subtasks that its author can see: one that is
hidden from him stays where it is, with what is below it.

Trees are walked level by level: SQLite reads a whole table to prepare a recursive query.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Row, select

from app.access import Viewer, visible
from app.errors import Invalid
from app.models import Task
from app.queries.sql import among, among_bound, bound_ids
from app.services.work import Work

MAX_DEPTH = 50


def subtree(work: Work, task_id: int, *, only_open: bool = False) -> list[int]:
    """The task and its visible descendants, parents before children; or only the open ones."""
    return [branch.id for branch in branches(work, [task_id], only_open=only_open)]


def branches(work: Work, ids: Sequence[int], *, only_open: bool = False) -> list[Row[Any]]:
    """As `subtree` for several tasks, each one found once, with what decides whether a completed
    task comes again: `recurrence` and `next_id`.
    """
    level = _seen(work, Task.id, list(ids), only_open)
    found = {branch.id: branch for branch in level}
    while level:
        below = _seen(work, Task.parent_id, [branch.id for branch in level], only_open)
        level = [branch for branch in below if branch.id not in found]
        found.update((branch.id, branch) for branch in level)
    return list(found.values())


def _seen(work: Work, column: Any, ids: list[int], only_open: bool) -> list[Row[Any]]:
    """The tasks whose `column` is one of the ids, as far as the viewer sees them."""
    engine = work.connection.dialect.name
    statement = _select(engine, work.viewer.kind, column, only_open)
    values = {"ids": bound_ids(engine, ids), **work.viewer.values}
    return list(work.connection.execute(statement, values).all())


@cache
def _select(engine: str, kind: Viewer, column: Any, only_open: bool) -> Any:
    chosen = select(Task.id, Task.recurrence, Task.next_id)
    chosen = chosen.where(among_bound(engine)(column), visible(kind))
    return (chosen.where(Task.is_done.is_(False)) if only_open else chosen).order_by(Task.id)


def ancestors(work: Work, task_id: int) -> list[int]:
    """The ids above the task, nearest first, whoever may see them."""
    found: list[int] = []
    above = task_id
    while len(found) <= 2 * MAX_DEPTH:
        parent = work.scalar(select(Task.parent_id).where(Task.id == above))
        if parent is None:
            break
        found.append(parent)
        above = parent
    return found


def height(work: Work, task_id: int) -> int:
    """How many levels there are below the task."""
    level, levels = [task_id], 0
    while levels <= 2 * MAX_DEPTH:
        below = select(Task.id).where(among(work.connection, Task.parent_id, level))
        level = work.ids(below)
        if not level:
            break
        levels += 1
    return levels


def check_parent(work: Work, task_id: int | None, parent_id: int) -> None:
    """Raise Invalid when the parent is the task itself, below it, or too deep."""
    above = [parent_id, *ancestors(work, parent_id)]
    if task_id in above:
        raise Invalid({"parent_id": f"task {parent_id} is task {task_id} itself or below it"})
    levels = len(above) + (height(work, task_id) if task_id is not None else 0)
    if levels > MAX_DEPTH:
        raise Invalid({"parent_id": f"subtasks may be nested {MAX_DEPTH} deep"})
