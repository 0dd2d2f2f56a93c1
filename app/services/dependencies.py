"""Predecessors: the set of a task, without cycles, and without losing what the editor cannot
see.
"""

from collections.abc import Sequence

from sqlalchemy import delete, literal, select

from app.access import visible
from app.errors import Invalid
from app.models import Account, Predecessor, Task
from app.queries.sql import among
from app.services.references import tasks_named
from app.services.work import Work


def set_predecessors(work: Work, task_id: int, wanted: Sequence[tuple[int, str]]) -> None:
    """Replace the predecessors that the viewer sees. Raises Invalid for unknown tasks and
    cycles.
    """
    ids = [predecessor for predecessor, _ in wanted]
    if task_id in ids:
        raise Invalid({"predecessors": "a task cannot wait for itself"})
    # One writer of dependencies at a time: two halves of a cycle must not pass side by side.
    work.run(select(Account.id).with_for_update(key_share=True))
    tasks_named(work, ids, "predecessors")
    if ids and task_id in _all_before(work, ids):
        raise Invalid({"predecessors": f"task {task_id} already precedes one of these: a cycle"})
    seen = select(Task.id).where(visible(work.viewer))
    work.run(
        delete(Predecessor).where(
            Predecessor.task_id == task_id, Predecessor.predecessor_id.in_(seen)
        )
    )
    work.insert_links(
        Predecessor,
        (
            {"task_id": task_id, "predecessor_id": predecessor, "type": kind}
            for predecessor, kind in dict(wanted).items()
        ),
    )


def _all_before(work: Work, ids: Sequence[int]) -> set[int]:
    """Everything that these tasks wait for, directly or not."""
    found: set[int] = set()
    level = list(ids)
    while level:
        before = select(Predecessor.predecessor_id).where(
            among(work.connection, Predecessor.task_id, level)
        )
        level = sorted(set(work.ids(before)) - found)
        found.update(level)
    return found


def blockers(work: Work, ids: Sequence[int]) -> list[int]:
    """Open predecessors that keep these tasks from being completed together (decision 6)."""
    met = Task.is_done | ((Predecessor.type == literal("start")) & (Task.progress > 0))
    return work.ids(
        select(Task.id)
        .join(Predecessor, Predecessor.predecessor_id == Task.id)
        .where(
            among(work.connection, Predecessor.task_id, ids),
            ~among(work.connection, Task.id, ids),
            visible(work.viewer),
            ~met,
        )
        .distinct()
        .order_by(Task.id)
    )
