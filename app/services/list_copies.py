"""Copying a task list with the tasks that the viewer sees in it, completed ones as if open."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.access import visible, visible_list
from app.errors import Invalid, NotFound
from app.models import Grant, Predecessor, Task, TaskList
from app.queries.sql import among
from app.services import copying
from app.services.commands import AddTaskList
from app.services.copying import Copy
from app.services.finding import project_named
from app.services.projects import add_task_list
from app.services.references import list_to_change, who_see
from app.services.structure_commands import CopyTaskList
from app.services.work import Work


def copy_task_list(command: CopyTaskList, work: Work) -> int:
    """Copy a list into a project that the viewer manages; gives the new list's id. Raises NotFound,
    Forbidden, Invalid.
    """
    seen = (TaskList.id == command.list_id, visible_list(work.viewer))
    source = work.first(select(TaskList.__table__).where(*seen))
    if source is None:
        raise NotFound("Task list not found")
    project_id = source.project_id if command.project_id is None else command.project_id
    if project_id is None:
        raise Invalid({"project_id": "the list is in no project: name one"})
    project_named(work, project_id, "manager")
    granted = work.ids(select(Grant.person_id).where(Grant.lockdown_id == source.lockdown_id))
    add = AddTaskList(
        project_id=project_id,
        name=command.name or source.name,
        description=source.description,
        pinned=source.pinned,
        private=source.lockdown_id is not None,
        granted=tuple(who_see(work, granted, project_id)),
    )
    made = add_task_list(add, work)
    _copy_tasks(work, source, list_to_change(work, made))
    return made


def _copy_tasks(work: Work, source: Any, target: Any) -> None:
    mine = (Task.list_id == source.id, visible(work.viewer))
    order = (Task.position, Task.id)
    rows = _by_level(work.all(select(Task.__table__).where(*mine).order_by(*order)))
    made = dict(zip((row.id for row in rows), work.reserve(Task, len(rows)), strict=True))
    stays = source.project_id == target.project_id
    copies = [
        Copy(made[row.id], row, _values(work, row, target, made, source, stays)) for row in rows
    ]
    copying.insert_copies(work, copies)
    _guard(work, copies, target)
    copying.copy_people(work, made, target.project_id)
    copying.copy_tags(work, made)
    copying.copy_fields(work, made, target.project_id)
    copying.copy_check_lists(work, made, target.project_id)
    if stays:
        copying.copy_files(work, made)
    _copy_predecessors(work, made)


def _by_level(rows: Sequence[Any]) -> list[Any]:
    """Parents before children, the order of siblings kept. A parent that is not among the rows
    counts as none.
    """
    there = {row.id for row in rows}
    below: dict[int | None, list[Any]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in there else None, []).append(row)
    found: list[Any] = []
    level = below.get(None, [])
    while level:
        found += level
        level = [child for row in level for child in below.get(row.id, [])]
    return found


def _values(
    work: Work, row: Any, target: Any, made: dict[int, int], source: Any, stays: bool
) -> dict[str, Any]:
    """The place of a copy. One whose source is hidden by an access list that is not copied, is
    private itself.
    """
    parent = made.get(row.parent_id)
    hidden = parent is None and row.lockdown_id not in (None, source.lockdown_id)
    kept = {name: getattr(row, name) for name in copying.OF_PROJECT} if stays else {}
    return kept | {
        "list_id": target.id,
        "project_id": target.project_id,
        "project_key": target.project_key,
        "company_key": target.company_key,
        "creator_id": work.viewer.person_id,
        "parent_id": parent,
        "private": row.private or hidden,
        "lockdown_id": target.lockdown_id,
    }


def _guard(work: Work, copies: Sequence[Copy], target: Any) -> None:
    """Give private copies their access lists, and those to what is below them."""
    private = [copy for copy in copies if copy.values["private"]]
    own = copying.close_copies(work, private, target.project_id)
    in_force: dict[int, int | None] = {}
    for copy in copies:
        inherited = in_force.get(copy.values["parent_id"], target.lockdown_id)
        in_force[copy.id] = own.get(copy.id, inherited)
    changed = {
        task: {"lockdown_id": guard}
        for task, guard in in_force.items()
        if guard != target.lockdown_id
    }
    work.put_each(Task, changed, versioned=False)


def _copy_predecessors(work: Work, made: dict[int, int]) -> None:
    ids = list(made)
    rows = work.all(
        select(Predecessor.task_id, Predecessor.predecessor_id, Predecessor.type).where(
            among(work.connection, Predecessor.task_id, ids),
            among(work.connection, Predecessor.predecessor_id, ids),
        )
    )
    work.insert_links(
        Predecessor,
        (
            {
                "task_id": made[row.task_id],
                "predecessor_id": made[row.predecessor_id],
                "type": row.type,
            }
            for row in rows
        ),
    )
