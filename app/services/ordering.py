"""Positions within a list: sparse numbers, so that a placement writes one row and a reorder the
named rows.

Callers hold the list (references.list_to_change), so adds and reorders of one list are serial.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update

from app.access import visible
from app.errors import Invalid
from app.models import Task
from app.queries.sql import among
from app.services.commands import BOTTOM, TOP, ReorderTasks
from app.services.references import list_to_change
from app.services.work import Work

GAP = 1000
LIMIT = 2**30


def positions(work: Work, list_id: int, place: int, count: int = 1) -> list[int]:
    """Positions for `count` tasks at TOP, BOTTOM or behind a task of the list. Raises Invalid."""
    if place == BOTTOM:
        last = _edge(work, list_id, last=True) or 0
        return [last + GAP * (number + 1) for number in range(count)]
    if place == TOP:
        first = _edge(work, list_id, last=False)
        first = GAP * (count + 1) if first is None else first
        return [first - GAP * (count - number) for number in range(count)]
    return _behind(work, list_id, place, count)


def _edge(work: Work, list_id: int, last: bool) -> int | None:
    """The first or last position of a list: a step into the index for open, one for done tasks."""
    edges = work.first(_edges(last), list_id=list_id)
    found = [edge for edge in edges or () if edge is not None]
    if not found:
        return None
    return int(max(found) if last else min(found))


@cache
def _edges(last: bool) -> Select[Any]:
    extreme = func.max if last else func.min
    edges = (
        select(extreme(Task.position))
        .where(Task.list_id == bindparam("list_id"), Task.is_done.is_(done))
        .scalar_subquery()
        for done in (False, True)
    )
    return select(*edges)


def _behind(work: Work, list_id: int, task_id: int, count: int) -> list[int]:
    room = _room_behind(work, list_id, task_id)
    if room is None:
        raise Invalid({"place": f"no such task in this list: {task_id}"})
    start, end = room
    if end - start <= count:
        renumber(work, list_id)
        start, end = _room_behind(work, list_id, task_id) or room
    step = (end - start) // (count + 1)
    return [start + step * (number + 1) for number in range(count)]


def _room_behind(work: Work, list_id: int, task_id: int) -> tuple[int, int] | None:
    start = work.scalar(
        select(Task.position).where(
            Task.id == task_id, Task.list_id == list_id, visible(work.viewer)
        )
    )
    if start is None:
        return None
    following = select(func.min(Task.position)).where(
        Task.list_id == list_id, Task.position > start
    )
    end = work.scalar(following)
    return start, start + 2 * GAP if end is None else end


def renumber(work: Work, list_id: int) -> None:
    """Spread the positions of a list evenly again, keeping its order."""
    ranked = (
        select(Task.id, func.row_number().over(order_by=(Task.position, Task.id)).label("number"))
        .where(Task.list_id == list_id)
        .subquery()
    )
    work.run(
        update(Task)
        .where(Task.id == ranked.c.id)
        .values(position=ranked.c.number * GAP, version=Task.version + 1)
    )


def reorder_tasks(command: ReorderTasks, work: Work) -> tuple[int, ...]:
    """The listed open tasks first, in the given order; completed ones are skipped (decision 21)."""
    list_to_change(work, command.list_id)
    listed = tuple(dict.fromkeys(command.task_ids))
    open_ids = _open_of_list(work, command.list_id, listed)
    if not open_ids:
        return ()
    first_other = select(func.min(Task.position)).where(
        Task.list_id == command.list_id, ~among(work.connection, Task.id, open_ids)
    )
    base = work.scalar(first_other)
    base = GAP * (len(open_ids) + 1) if base is None else base
    if base - GAP * len(open_ids) < -LIMIT:
        renumber(work, command.list_id)
        base = work.scalar(first_other) or GAP
    start = base - GAP * len(open_ids)
    moved = (
        update(Task)
        .where(Task.id == bindparam("task"))
        .values(position=bindparam("place"), version=Task.version + 1)
    )
    work.connection.execute(
        moved,
        [{"task": task, "place": start + GAP * n} for n, task in enumerate(open_ids)],
    )
    return tuple(open_ids)


def _open_of_list(work: Work, list_id: int, listed: Sequence[int]) -> list[int]:
    rows = work.all(
        select(Task.id, Task.is_done).where(
            among(work.connection, Task.id, listed),
            Task.list_id == list_id,
            visible(work.viewer),
        )
    )
    done = {row.id: row.is_done for row in rows}
    foreign = [str(task) for task in listed if task not in done]
    if foreign:
        raise Invalid({"task_ids": f"no such task in this list: {', '.join(foreign)}"})
    return [task for task in listed if not done[task]]
