"""The board: which column a task stands in, and where. Positions are sparse, as in a list."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select, update

from app.access import visible
from app.errors import Invalid
from app.models import Task
from app.queries.sql import among_bound
from app.services.commands import TOP
from app.services.ordering import GAP, LIMIT
from app.services.references import status_of_project, task_to_edit
from app.services.statements import Look
from app.services.task_commands import MoveOnBoard
from app.services.work import Work


def bottom(work: Work, status_id: int) -> int:
    """The position below all cards of a column, which the caller holds."""
    return bottoms(work, [status_id])[status_id]


def bottoms(work: Work, status_ids: Sequence[int]) -> dict[int, int]:
    """The positions below all cards of some columns, which the caller holds."""
    found: dict[int, int] = {
        row.status_id: row.last + GAP for row in work.all(_LAST, ids=status_ids)
    }
    for status_id, position in found.items():
        if position > LIMIT:
            found[status_id] = _renumber(work, status_id) + GAP
    return {status_id: found.get(status_id, GAP) for status_id in status_ids}


_LAST = Look(
    lambda engine, _: (
        select(Task.status_id, func.max(Task.card_position).label("last"))
        .where(among_bound(engine)(Task.status_id))
        .group_by(Task.status_id)
    )
)


def move_on_board(command: MoveOnBoard, work: Work) -> None:
    """Put a task into a column, behind another one or at the bottom. Raises NotFound, Forbidden,
    Invalid.
    """
    task = task_to_edit(work, command.task_id)
    put_on_board(work, task, command.status_id, command.after_id)


def put_on_board(work: Work, task: Any, status_id: int, after_id: int | None) -> None:
    """Put a task that was found into a column: behind the task `after_id`, at the top (TOP), or at
    the bottom (None). Raises Invalid.
    """
    status_of_project(work, status_id, task.project_id)
    if after_id == task.id:
        raise Invalid({"after_id": "a task cannot stand behind itself"})
    if after_id is None:
        place = bottom(work, status_id)
    elif after_id == TOP:
        place = _top(work, status_id)
    else:
        place = _behind(work, status_id, after_id, task.id)
    work.touch([task.id], status_id=status_id, card_position=place)


def _top(work: Work, status_id: int) -> int:
    """The position above all cards of a column."""
    first = select(func.min(Task.card_position)).where(Task.status_id == status_id)
    found = work.scalar(first)
    if found is not None and found < -LIMIT:
        _renumber(work, status_id)
        found = GAP
    return GAP if found is None else int(found) - GAP


def _behind(work: Work, status_id: int, after_id: int, moved: int) -> int:
    room = _room_behind(work, status_id, after_id, moved)
    if room is None:
        raise Invalid({"after_id": f"no such task in this column: {after_id}"})
    if room[1] - room[0] < 2:
        _renumber(work, status_id)
        room = _room_behind(work, status_id, after_id, moved) or room
    return (room[0] + room[1]) // 2


def _room_behind(work: Work, status_id: int, after_id: int, moved: int) -> tuple[int, int] | None:
    """The positions of a card and of the next one that is not the card that moves; cards in one
    place stand in the order of their ids.
    """
    column = (Task.status_id == status_id, Task.id != moved)
    above = (Task.id == after_id, *column, visible(work.viewer))
    start = work.scalar(select(Task.card_position).where(*above))
    if start is None:
        return None
    behind = or_(Task.card_position > start, and_(Task.card_position == start, Task.id > after_id))
    end = work.scalar(
        select(Task.card_position)
        .where(*column, behind)
        .order_by(Task.card_position, Task.id)
        .limit(1)
    )
    return start, start + 2 * GAP if end is None else end


def _renumber(work: Work, status_id: int) -> int:
    """Spread the cards of a column evenly again, keeping their order. Gives the last position."""
    order = (Task.card_position, Task.id)
    ranked = (
        select(Task.id, func.row_number().over(order_by=order).label("number"))
        .where(Task.status_id == status_id)
        .subquery()
    )
    work.run(
        update(Task)
        .where(Task.id == ranked.c.id)
        .values(card_position=ranked.c.number * GAP, version=Task.version + 1)
    )
    last = select(func.max(Task.card_position)).where(Task.status_id == status_id)
    return int(work.scalar(last) or 0)
