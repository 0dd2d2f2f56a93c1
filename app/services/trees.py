"""Subtrees of tasks. A command reaches only the subtasks that its author can see: one that is
hidden from him stays where it is, with what is below it.

Trees are walked down level by level: SQLite reads a whole table to prepare a recursive query.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import and_, exists, literal_column, select, true
from sqlalchemy.orm import aliased

from app.access import visible
from app.errors import Invalid
from app.models import Task
from app.models.base import settled
from app.queries.sql import among_bound
from app.services.statements import Look, asked
from app.services.work import Work

MAX_DEPTH = 50
MOST_ABOVE: Any = literal_column(str(2 * MAX_DEPTH))
_CHILD = settled(aliased(Task))


def subtree(work: Work, task_id: int, *, only_open: bool = False) -> list[int]:
    """The task and its visible descendants, parents before children; or only the open ones."""
    return [branch.id for branch in branches(work, [task_id], only_open=only_open)]


def branches(work: Work, ids: Sequence[int], *, only_open: bool = False) -> list[Any]:
    """As `subtree` for several tasks, each one found once, with what decides whether a completed
    task comes again: `recurrence` and `next_id`.
    """
    level = work.all(_level("id", only_open), ids=ids)
    found = {branch.id: branch for branch in level}
    while above := [branch.id for branch in level if branch.has_more]:
        below = work.all(_level("parent_id", only_open), ids=above)
        level = [branch for branch in below if branch.id not in found]
        found.update((branch.id, branch) for branch in level)
    return list(found.values())


@cache
def _level(column: str, only_open: bool) -> Look:
    """The tasks whose `column` is one of the ids, as far as the viewer sees them, and whether there
    is anything below them, whoever sees that.
    """
    child = and_(_CHILD.parent_id == Task.id, _CHILD.deleted_at.is_(None))
    wanted = and_(Task.is_done.is_(False)) if only_open else true()
    more = and_(child, _CHILD.is_done.is_(False)) if only_open else child
    return Look(
        lambda engine, kind: (
            select(Task.id, Task.recurrence, Task.next_id, exists().where(more).label("has_more"))
            .where(among_bound(engine)(getattr(Task, column)), visible(kind), wanted)
            .order_by(Task.id)
        )
    )


def ancestors(work: Work, task_id: int) -> list[int]:
    """The ids above the task, nearest first, whoever may see them."""
    return work.ids(_ANCESTORS, row_id=task_id)


def _ancestors() -> Any:
    level: Any = literal_column("0")
    more: Any = literal_column("1")
    parent = select(Task.parent_id, level.label("level")).where(Task.id == asked("row_id"))
    up = parent.cte("up", recursive=True)
    next_one = select(Task.parent_id, up.c.level + more)
    up = up.union_all(next_one.where(Task.id == up.c.parent_id, up.c.level < MOST_ABOVE))
    return select(up.c.parent_id).where(up.c.parent_id.is_not(None)).order_by(up.c.level)


_ANCESTORS = Look(lambda *_: _ancestors())


def height(work: Work, task_id: int) -> int:
    """How many levels there are below the task."""
    level, levels = [task_id], 0
    while levels <= 2 * MAX_DEPTH:
        level = work.ids(_BELOW, ids=level)
        if not level:
            break
        levels += 1
    return levels


_BELOW = Look(lambda engine, _: select(Task.id).where(among_bound(engine)(Task.parent_id)))


def check_parent(work: Work, task_id: int | None, parent_id: int) -> list[int]:
    """Raise Invalid when the parent is the task itself, below it, or too deep. Gives the parent and
    all above it.
    """
    above = [parent_id, *ancestors(work, parent_id)]
    if task_id in above:
        raise Invalid({"parent_id": f"task {parent_id} is task {task_id} itself or below it"})
    levels = len(above) + (height(work, task_id) if task_id is not None else 0)
    if levels > MAX_DEPTH:
        raise Invalid({"parent_id": f"subtasks may be nested {MAX_DEPTH} deep"})
    return above
