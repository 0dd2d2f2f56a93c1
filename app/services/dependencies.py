"""Predecessors: the set of a task, without cycles, and without losing what the editor cannot
see.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, literal, select, text
from sqlalchemy.orm import aliased

from app.access import Viewer, visible
from app.errors import Invalid
from app.models import Account, Predecessor, Task
from app.queries.sql import among_bound
from app.services.references import tasks_named
from app.services.statements import Look, asked
from app.services.work import Work


def set_predecessors(
    work: Work, task_id: int, wanted: Sequence[tuple[int, str]], *, fresh: bool = False
) -> None:
    """Replace the predecessors that the viewer sees; a fresh task has none.
    Raises Invalid for unknown tasks and cycles.
    """
    ids = [predecessor for predecessor, _ in wanted]
    if task_id in ids:
        raise Invalid({"predecessors": "a task cannot wait for itself"})
    # One writer of dependencies at a time: two halves of a cycle must not pass side by side.
    work.ids(_ACCOUNT)
    tasks_named(work, ids, "predecessors")
    if ids and task_id in _all_before(work, ids):
        raise Invalid({"predecessors": f"task {task_id} already precedes one of these: a cycle"})
    if not fresh:
        work.ids(_REMOVE_SEEN, row_id=task_id)
    work.insert_links(
        Predecessor,
        (
            {"task_id": task_id, "predecessor_id": predecessor, "type": kind}
            for predecessor, kind in dict(wanted).items()
        ),
    )


_ACCOUNT = Look(lambda *_: select(Account.id).with_for_update(key_share=True))
_REMOVE_SEEN = Look(
    lambda _, kind: (
        delete(Predecessor)
        .where(
            Predecessor.task_id == asked("row_id"),
            Predecessor.predecessor_id.in_(select(Task.id).where(visible(kind))),
        )
        .returning(Predecessor.predecessor_id)
    )
)


def _all_before(work: Work, ids: Sequence[int]) -> set[int]:
    """Everything that these tasks wait for, directly or not."""
    found: set[int] = set()
    level = list(ids)
    while level:
        level = sorted(set(work.ids(_BEFORE, ids=level)) - found)
        found.update(level)
    return found


_BEFORE = Look(
    lambda engine, _: select(Predecessor.predecessor_id).where(
        among_bound(engine)(Predecessor.task_id)
    )
)


def blockers(work: Work, ids: Sequence[int]) -> list[int]:
    """Open predecessors that keep these tasks from being completed together (decision 6)."""
    return work.ids(_BLOCKERS, ids=ids)


def open_before(engine: str, kind: Viewer) -> Any:
    """A select of the ids of such predecessors, of a kept statement with the parameter `ids`."""
    before, mine = aliased(Task, name="before"), among_bound(engine)
    met = before.is_done | ((Predecessor.type == literal("start")) & (before.progress > 0))
    return (
        select(before.id)
        .join(Predecessor, Predecessor.predecessor_id == before.id)
        .where(mine(Predecessor.task_id), ~mine(before.id), visible(kind, before), ~met)
    )


_BLOCKERS = Look(lambda engine, kind: open_before(engine, kind).distinct().order_by(text("1")))
