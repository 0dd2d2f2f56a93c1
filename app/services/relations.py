"""Tasks that have to do with each other: one row a pair, the same from both sides."""

from sqlalchemy import delete, select

from app.access import visible
from app.errors import Invalid, NotFound
from app.models import Relation, Task
from app.services.references import task_to_edit, tasks_named
from app.services.task_commands import AddRelation, RemoveRelation
from app.services.work import Work


def add_relation(command: AddRelation, work: Work) -> tuple[int, ...]:
    """Relate two tasks; once is enough: gives the id of the first, if they were not. The other one
    must be visible only. Raises NotFound, Forbidden, Invalid.
    """
    _hold(work, command.task_id, command.other_id)
    task = task_to_edit(work, command.task_id)
    if command.other_id == task.id:
        raise Invalid({"other_id": "a task has no relation to itself"})
    tasks_named(work, [command.other_id], "other_id")
    if _related(work, task.id, command.other_id):
        return ()
    first, second = sorted((task.id, command.other_id))
    work.insert_links(Relation, [{"task_id": first, "other_id": second}])
    _changed(work, task.id, command.other_id)
    return (task.id,)


def remove_relation(command: RemoveRelation, work: Work) -> None:
    """Part two tasks. Raises NotFound, also when they are not related, and Forbidden."""
    _hold(work, command.task_id, command.other_id)
    task = task_to_edit(work, command.task_id)
    seen = select(Task.id).where(Task.id == command.other_id, visible(work.viewer))
    if work.scalar(seen) is None or not _related(work, task.id, command.other_id):
        raise NotFound("Relation not found")
    first, second = sorted((task.id, command.other_id))
    work.run(delete(Relation).where(Relation.task_id == first, Relation.other_id == second))
    _changed(work, task.id, command.other_id)


def _hold(work: Work, *ids: int) -> None:
    """Lock both tasks in the order of their ids, so that nobody waits in a circle."""
    both = select(Task.id).where(Task.id.in_(ids)).order_by(Task.id)
    if work.on_postgresql:
        work.run(both.with_for_update(key_share=True))


def _related(work: Work, task_id: int, other_id: int) -> bool:
    first, second = sorted((task_id, other_id))
    pair = (Relation.task_id == first, Relation.other_id == second)
    return work.scalar(select(Relation.task_id).where(*pair)) is not None


def _changed(work: Work, task_id: int, other_id: int) -> None:
    work.touch([task_id])
    work.bump([other_id])
