"""Copying a task into its own project or into another."""

from typing import Any

from sqlalchemy import Row, select, update

from app.access import list_editable, visible, visible_list
from app.errors import NotFound
from app.models import Task, TaskList
from app.services import copying
from app.services.completion import reopen
from app.services.copying import Copy
from app.services.homes import target_list
from app.services.references import list_to_move_to
from app.services.structure_commands import CopyTaskInto
from app.services.task_commands import CopyTask
from app.services.trees import ancestors
from app.services.work import Work


def copy_task(command: CopyTask, work: Work) -> int:
    """Copy a task without its subtasks; gives the id. In its own project the copy stands in the
    same list, if the viewer can use it, and below the same parent.

    A task that is hidden by another one's access list is private itself as a copy that leaves it.
    Raises NotFound, Forbidden, Invalid.
    """
    source = _source(work, command.task_id)
    stays = command.project_id in (None, source.project_id)
    same_list = stays and _usable(work, source.list_id)
    project = source.project_id if stays else command.project_id
    held = list_to_move_to(work, source.list_id if same_list else target_list(work, project))
    return _copy(work, source, held)


def copy_task_into(command: CopyTaskInto, work: Work) -> int:
    """As copy_task, into the list that is named. Raises NotFound, Forbidden, Invalid."""
    source = _source(work, command.task_id)
    return _copy(work, source, list_to_move_to(work, command.list_id))


def _source(work: Work, task_id: int) -> Any:
    seen = (Task.id == task_id, visible(work.viewer))
    source = work.first(select(Task.__table__).where(*seen))
    if source is None:
        raise NotFound("Task not found")
    return source


def _copy(work: Work, source: Any, held: Any) -> int:
    """Copy a task into a list that is held; below its parent if that is there."""
    stays = held.project_id == source.project_id
    parent = _parent(work, source) if held.id == source.list_id else None
    guard = held.lockdown_id if parent is None else parent.lockdown_id
    values = _values(work, source, held, stays) | {
        "parent_id": parent.id if parent else None,
        "private": source.private or (source.lockdown_id not in (None, guard)),
        "lockdown_id": guard,
    }
    if parent is not None:
        reopen(work, [parent.id, *ancestors(work, parent.id)])
    (made,) = work.reserve(Task, 1)
    copy = Copy(made, source, values)
    copying.insert_copies(work, [copy])
    _equip(work, copy, held.project_id, stays)
    return made


def _usable(work: Work, list_id: int) -> bool:
    mine = (visible_list(work.viewer), list_editable(work.viewer))
    return work.scalar(select(TaskList.id).where(TaskList.id == list_id, *mine)) is not None


def _parent(work: Work, source: Any) -> Row[Any] | None:
    """The parent, if the viewer sees it."""
    seen = (Task.id == source.parent_id, visible(work.viewer))
    return work.first(select(Task.id, Task.lockdown_id).where(*seen))


def _values(work: Work, source: Any, held: Any, stays: bool) -> dict[str, Any]:
    values = {
        "list_id": held.id,
        "project_id": held.project_id,
        "project_key": held.project_key,
        "company_key": held.company_key,
        "creator_id": work.viewer.person_id,
    }
    named = {name: getattr(source, name) for name in copying.OF_PROJECT}
    return values | named if stays else values


def _equip(work: Work, copy: Copy, project_id: int | None, stays: bool) -> None:
    made = {copy.source.id: copy.id}
    values: dict[str, Any] = {}
    if copy.values["private"]:
        values["lockdown_id"] = copying.close_copies(work, [copy], project_id)[copy.id]
    if copying.copy_people(work, made, project_id):
        values["assigned_by_id"] = work.viewer.person_id
    if values:
        work.run(update(Task).where(Task.id == copy.id).values(**values))
    copying.copy_tags(work, made)
    copying.copy_fields(work, made, project_id)
    copying.copy_check_lists(work, made, project_id)
    if stays:
        copying.copy_files(work, made)
