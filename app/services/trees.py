"""Subtrees of tasks. A command reaches only the subtasks that its author can see: one that is
hidden from him stays where it is, with what is below it.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import aliased

from app.access import visible
from app.errors import Invalid
from app.models import Task
from app.services.work import Work

MAX_DEPTH = 50


def subtree(work: Work, task_id: int, *where: ColumnElement[bool]) -> list[int]:
    """The task and its visible descendants that fulfil the conditions, parents before children."""
    seen = (visible(work.viewer), *where)
    tree = select(Task.id, literal(0).label("level")).where(Task.id == task_id, *seen)
    found = tree.cte("tree", recursive=True)
    below = select(Task.id, found.c.level + 1).join(found, Task.parent_id == found.c.id)
    found = found.union_all(below.where(*seen))
    return work.ids(select(found.c.id).order_by(found.c.level, found.c.id))


def ancestors(work: Work, task_id: int) -> list[int]:
    """The ids above the task, nearest first, whoever may see them."""
    start = select(Task.parent_id.label("id"), literal(1).label("level"))
    found = start.where(Task.id == task_id).cte("above", recursive=True)
    above = select(Task.parent_id, found.c.level + 1).join(found, Task.id == found.c.id)
    found = found.union_all(above.where(found.c.level <= 2 * MAX_DEPTH))
    return work.ids(select(found.c.id).where(found.c.id.is_not(None)).order_by(found.c.level))


def height(work: Work, task_id: int) -> int:
    """How many levels there are below the task."""
    found = select(literal(task_id).label("id"), literal(0).label("level")).cte(
        "tree", recursive=True
    )
    child = aliased(Task)
    below = select(child.id, found.c.level + 1).join(found, child.parent_id == found.c.id)
    found = found.union_all(below.where(found.c.level <= 2 * MAX_DEPTH))
    return int(work.scalar(select(func.max(found.c.level))) or 0)


def check_parent(work: Work, task_id: int | None, parent_id: int) -> None:
    """Raise Invalid when the parent is the task itself, below it, or too deep."""
    above = [parent_id, *ancestors(work, parent_id)]
    if task_id in above:
        raise Invalid({"parent_id": f"task {parent_id} is task {task_id} itself or below it"})
    levels = len(above) + (height(work, task_id) if task_id is not None else 0)
    if levels > MAX_DEPTH:
        raise Invalid({"parent_id": f"subtasks may be nested {MAX_DEPTH} deep"})


def visible_parent_ids(work: Work, ids: Sequence[int]) -> set[int]:
    """Which of the tasks the viewer sees."""
    return set(work.ids(select(Task.id).where(Task.id.in_(ids), visible(work.viewer))))
