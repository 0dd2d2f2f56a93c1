"""Positions within a list: sparse numbers, so that a placement writes one row and a reorder the
named rows.

Callers hold the list (references.list_to_change), so adds and reorders of one list are serial.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, literal_column, select, union_all, update

from app.access import visible
from app.errors import Invalid
from app.models import Task
from app.queries.sql import among_bound
from app.services.commands import BOTTOM, TOP, ReorderTasks
from app.services.references import list_to_change
from app.services.statements import Look, asked
from app.services.work import Work

GAP = 1000
LIMIT = 2**30


def positions(work: Work, list_id: int, place: int, count: int = 1) -> list[int]:
    """Positions for `count` tasks at TOP, BOTTOM or behind a task of the list. Raises Invalid."""
    if place == BOTTOM:
        last = work.scalar(_LAST, list_id=list_id)
        return [last + GAP * (number + 1) for number in range(count)]
    if place == TOP:
        first = work.scalar(_FIRST, list_id=list_id)
        first = GAP * (count + 1) if first is None else first
        return [first - GAP * (count - number) for number in range(count)]
    return _behind(work, list_id, place, count)


def at_bottom() -> Mapping[str, ColumnElement[Any]]:
    """The position of one more task at the end of the list, the parameter `list_id`, for the
    statement that inserts it.
    """
    return {"position": _edge(func.max, "0") + literal_column(str(GAP))}


def _edge(extreme: Any, empty: str) -> ColumnElement[Any]:
    """The first or last position of a list: a step into the index for open, one for done tasks."""
    table = Task.__table__
    edges = union_all(
        *(
            select(extreme(table.c.position).label("edge")).where(
                table.c.list_id == asked("list_id"), table.c.is_done.is_(done)
            )
            for done in (False, True)
        )
    ).subquery()
    found = select(extreme(edges.c.edge)).scalar_subquery()
    return func.coalesce(found, literal_column(empty))


_LAST = Look(lambda *_: select(_edge(func.max, "0")))
_FIRST = Look(lambda *_: select(_edge(func.min, "NULL")))


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
    start = work.scalar(_PLACE, row_id=task_id, list_id=list_id)
    if start is None:
        return None
    end = work.scalar(_FOLLOWING, list_id=list_id, start=start)
    return start, start + 2 * GAP if end is None else end


_PLACE = Look(
    lambda _, kind: select(Task.position).where(
        Task.id == asked("row_id"), Task.list_id == asked("list_id"), visible(kind)
    )
)
_FOLLOWING = Look(
    lambda *_: select(func.min(Task.position)).where(
        Task.list_id == asked("list_id"), Task.position > asked("start", BigInteger)
    )
)


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
    others = {"list_id": command.list_id, "ids": open_ids}
    base = work.scalar(_FIRST_OTHER, **others)
    base = GAP * (len(open_ids) + 1) if base is None else base
    if base - GAP * len(open_ids) < -LIMIT:
        renumber(work, command.list_id)
        base = work.scalar(_FIRST_OTHER, **others) or GAP
    start = base - GAP * len(open_ids)
    moved = {task: {"position": start + GAP * n} for n, task in enumerate(open_ids)}
    work.put_each(Task, moved, versioned=True)
    return tuple(open_ids)


_FIRST_OTHER = Look(
    lambda engine, _: select(func.min(Task.position)).where(
        Task.list_id == asked("list_id"), ~among_bound(engine)(Task.id)
    )
)


def _open_of_list(work: Work, list_id: int, listed: Sequence[int]) -> list[int]:
    done = {row.id: row.is_done for row in work.all(_OF_LIST, ids=listed, list_id=list_id)}
    foreign = [str(task) for task in listed if task not in done]
    if foreign:
        raise Invalid({"task_ids": f"no such task in this list: {', '.join(foreign)}"})
    return [task for task in listed if not done[task]]


_OF_LIST = Look(
    lambda engine, kind: select(Task.id, Task.is_done).where(
        among_bound(engine)(Task.id), Task.list_id == asked("list_id"), visible(kind)
    )
)
