"""What the operator takes out of the trash can, whoever deleted it: `flask undelete`.

It comes back as if its maker had restored it, who may see it even if it is private; the audit trail
says that it was the operator.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select, update

from app.access import Viewer
from app.errors import Conflict, NotFound
from app.models import File, Note, Project, Task, TaskList, TimeEntry
from app.services.documents import bump_carriers
from app.services.events import noted
from app.services.restoring import restore_comment, restore_task, restore_task_list
from app.services.talk_commands import RestoreComment, RestoreTask, RestoreTaskList
from app.services.work import Work

ID_DIGITS: Final = 11  # more than any id has


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: its table, the columns of its name and its maker, what it is called in the
    audit trail, and how a deleted row comes back: that gives the ids of what did.
    """

    model: Any
    name: Any
    maker: Any
    trail: str
    project: Any
    restore: Callable[[Work, Any], Sequence[int]]


def undelete(work: Work, kind: str, addresses: Sequence[str]) -> list[tuple[int, str]]:
    """Take things of one kind, named by id or GUID, out of the trash can. Gives id and name of what
    came back. Raises NotFound for what was purged; Conflict for what is not deleted, or stands in
    something that is.
    """
    known = KINDS[kind]
    found: list[tuple[int, str]] = []
    for address in addresses:
        row = _deleted(work, known, kind, address)
        acting = replace(work, viewer=Viewer(row.maker, admin=True))
        ids = list(known.restore(acting, row))
        noted(work, known.trail, "restored", ids)
        columns = select(known.model.id, known.name).where(known.model.id.in_(ids))
        found += [tuple(each) for each in work.all(columns.order_by(known.model.id))]
    return found


def _deleted(work: Work, known: Kind, kind: str, address: str) -> Any:
    """The row, which has to be in the trash can."""
    model = known.model
    is_id = address.isdecimal() and len(address) < ID_DIGITS
    named = model.id == int(address) if is_id else model.uid == address.lower()
    row = work.first(
        select(
            model.id,
            model.deleted_at,
            known.maker.label("maker"),
            known.project.label("project_id"),
        ).where(named)
    )
    if row is None:
        raise NotFound(f"{kind} {address} is not in the store: it was purged, or never there")
    if row.deleted_at is None:
        raise Conflict(f"{kind} {address} is not deleted")
    gone = (Project.id == row.project_id, Project.deleted_at.is_not(None))
    if kind != "project" and work.first(select(Project.id).where(*gone)) is not None:
        raise Conflict(f"{kind} {address} is in project {row.project_id}: undelete that first")
    return row


def _project(work: Work, row: Any) -> Sequence[int]:
    """A project with what was deleted by the same act, at the same instant."""
    work.change(Project, row.id, deleted_at=None)
    for model in (TaskList, File, TimeEntry):
        with_it = (model.project_id == row.id, model.deleted_at == row.deleted_at)
        back = {"deleted_at": None, "changed_at": work.now, "version": model.version + 1}
        work.run(update(model).where(*with_it).values(**back))
    of_project = (Task.project_id == row.id, Task.deleted_at == row.deleted_at)
    work.touch(work.ids(select(Task.id).where(*of_project)), deleted_at=None, deleted_by_id=None)
    return (row.id,)


def _file(work: Work, row: Any) -> Sequence[int]:
    work.change(File, row.id, deleted_at=None)
    bump_carriers(work, row.id)
    return (row.id,)


def _task(work: Work, row: Any) -> Sequence[int]:
    return restore_task(RestoreTask(row.id), work)


def _list(work: Work, row: Any) -> Sequence[int]:
    return restore_task_list(RestoreTaskList(row.id), work)


def _comment(work: Work, row: Any) -> Sequence[int]:
    return restore_comment(RestoreComment(row.id), work)


_OF_NOTE = select(Task.project_id).where(Task.id == Note.task_id).scalar_subquery()
KINDS: Final[dict[str, Kind]] = {
    "task": Kind(Task, Task.name, Task.creator_id, "task", Task.project_id, _task),
    "list": Kind(
        TaskList, TaskList.name, TaskList.creator_id, "tasklist", TaskList.project_id, _list
    ),
    "project": Kind(Project, Project.name, Project.creator_id, "project", Project.id, _project),
    "comment": Kind(Note, Note.text, Note.author_id, "comment", _OF_NOTE, _comment),
    "file": Kind(File, File.name, File.creator_id, "file", File.project_id, _file),
}
