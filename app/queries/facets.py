"""Named look-ups by id: what a page of rows needs from other tables, one statement each.

Every function takes the connection, the viewer and the ids, and gives a mapping by id. Tasks that
are reached through another task (parent, predecessor) pass the same visible(viewer) as any task.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, case, exists, func, literal, select, union_all
from sqlalchemy.orm import aliased

from app.access import Viewer, visible
from app.models import (
    Assignment,
    Company,
    File,
    Follower,
    Note,
    NoteRead,
    Person,
    Predecessor,
    Project,
    Reminder,
    Status,
    Tag,
    Task,
    TaskFile,
    TaskList,
    TaskTag,
    TimeEntry,
)
from app.queries.sql import among


class PersonName(NamedTuple):
    """A person as other things show him."""

    id: int
    first_name: str
    last_name: str
    avatar_url: str


class ProjectName(NamedTuple):
    """A project and its company as a task shows them."""

    id: int
    name: str
    harvest_enabled: bool
    company_id: int
    company_name: str
    description: str
    archived_at: datetime | None


class CompanyName(NamedTuple):
    """A company as other things show it."""

    id: int
    name: str
    is_owner: bool


class ListName(NamedTuple):
    """A task list as a task shows it."""

    id: int
    name: str
    lockdown_id: int | None
    description: str


class Assignee(NamedTuple):
    """One assignee of a task; `is_viewer` lets a payload say "You"."""

    id: int
    first_name: str
    last_name: str
    avatar_url: str
    is_viewer: bool


class Label(NamedTuple):
    """A tag or a board column: `color` is 0xRRGGBB."""

    id: int
    name: str
    color: int | None


class Waiting(NamedTuple):
    """One predecessor, as the task that waits for it lists it; `met` when it no longer blocks."""

    id: int
    type: str
    name: str
    met: bool


class Dependents(NamedTuple):
    """How many tasks wait for one, and how many of them it still holds up."""

    total: int
    blocked: int


class TaskName(NamedTuple):
    """A task as its subtasks show it."""

    id: int
    name: str


class Attachment(NamedTuple):
    """A file as the tasks that carry it show it."""

    id: int
    name: str
    size: int
    revision: int


class Tally(NamedTuple):
    """What can be counted on a task. `unread` counts comments of others that the viewer has not
    read.
    """

    notes: int = 0
    unread: int = 0
    files: int = 0
    reminders: int = 0
    logged: int = 0
    billable: int = 0


class Following(NamedTuple):
    """The ids of those who follow a task's comments and its changes."""

    comments: tuple[int, ...] = ()
    changes: tuple[int, ...] = ()
    viewer_comments: bool = False
    viewer_changes: bool = False


def _keyed(connection: Connection, chosen: Any, make: Any) -> dict[int, Any]:
    return {row[0]: make(*row) for row in connection.execute(chosen)}


def _listed(connection: Connection, chosen: Any, make: Any) -> dict[int, list[Any]]:
    """Rows whose first column is the owner's id, gathered by it in the order given."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(chosen):
        found[row[0]].append(make(*row[1:]))
    return found


def people(connection: Connection, _: Viewer, ids: Sequence[int]) -> Mapping[int, PersonName]:
    """Names of people, also of those who have left."""
    columns = (Person.id, Person.first_name, Person.last_name, Person.avatar_url)
    return _keyed(connection, select(*columns).where(among(connection, Person.id, ids)), PersonName)


def projects(connection: Connection, _: Viewer, ids: Sequence[int]) -> Mapping[int, ProjectName]:
    """Names of projects with their companies."""
    columns = (
        Project.id,
        Project.name,
        Project.harvest_enabled,
        Company.id,
        Company.name,
        Project.description,
        Project.archived_at,
    )
    chosen = select(*columns).join(Company, Company.id == Project.company_id)
    return _keyed(connection, chosen.where(among(connection, Project.id, ids)), ProjectName)


def companies(connection: Connection, _: Viewer, ids: Sequence[int]) -> Mapping[int, CompanyName]:
    """Names of companies."""
    chosen = select(Company.id, Company.name, Company.is_owner)
    return _keyed(connection, chosen.where(among(connection, Company.id, ids)), CompanyName)


def lists(connection: Connection, _: Viewer, ids: Sequence[int]) -> Mapping[int, ListName]:
    """Names of task lists."""
    columns = (TaskList.id, TaskList.name, TaskList.lockdown_id, TaskList.description)
    return _keyed(connection, select(*columns).where(among(connection, TaskList.id, ids)), ListName)


def statuses(connection: Connection, _: Viewer, ids: Sequence[int]) -> Mapping[int, Label]:
    """Board columns."""
    columns = (Status.id, Status.name, Status.color)
    return _keyed(connection, select(*columns).where(among(connection, Status.id, ids)), Label)


def parents(connection: Connection, viewer: Viewer, ids: Sequence[int]) -> Mapping[int, TaskName]:
    """Parent tasks, those that the viewer sees."""
    chosen = select(Task.id, Task.name).where(among(connection, Task.id, ids), visible(viewer))
    return _keyed(connection, chosen, TaskName)


def assignees(
    connection: Connection, viewer: Viewer, ids: Sequence[int]
) -> Mapping[int, list[Assignee]]:
    """Who is assigned, the contact first."""
    chosen = (
        select(
            Assignment.task_id,
            Person.id,
            Person.first_name,
            Person.last_name,
            Person.avatar_url,
            Person.id == viewer.person_id,
        )
        .join(Person, Person.id == Assignment.person_id)
        .where(among(connection, Assignment.task_id, ids))
        .order_by(Assignment.task_id, Assignment.ordinal, Assignment.id)
    )
    return _listed(connection, chosen, Assignee)


def tags(connection: Connection, _: Viewer, ids: Sequence[int]) -> Mapping[int, list[Label]]:
    """Tags of tasks, by name."""
    chosen = (
        select(TaskTag.task_id, Tag.id, Tag.name, Tag.color)
        .join(Tag, Tag.id == TaskTag.tag_id)
        .where(among(connection, TaskTag.task_id, ids))
        .order_by(TaskTag.task_id, Tag.name_key)
    )
    return _listed(connection, chosen, Label)


def predecessors(
    connection: Connection, viewer: Viewer, ids: Sequence[int]
) -> Mapping[int, list[Waiting]]:
    """What tasks wait for, as far as the viewer sees it."""
    met = Task.is_done | and_(Predecessor.type == "start", Task.progress > 0)
    chosen = (
        select(Predecessor.task_id, Task.id, Predecessor.type, Task.name, met)
        .join(Task, Task.id == Predecessor.predecessor_id)
        .where(among(connection, Predecessor.task_id, ids), visible(viewer))
        .order_by(Predecessor.task_id, Task.id)
    )
    return _listed(connection, chosen, Waiting)


def dependents(
    connection: Connection, viewer: Viewer, ids: Sequence[int]
) -> Mapping[int, Dependents]:
    """How many tasks wait for each, as far as the viewer sees them."""
    waited_for = aliased(Task)
    met = waited_for.is_done | and_(Predecessor.type == "start", waited_for.progress > 0)
    chosen = (
        select(
            Predecessor.predecessor_id,
            func.count(),
            func.sum(case((met, 0), else_=1)),
        )
        .join(Task, Task.id == Predecessor.task_id)
        .join(waited_for, waited_for.id == Predecessor.predecessor_id)
        .where(among(connection, Predecessor.predecessor_id, ids), visible(viewer))
        .group_by(Predecessor.predecessor_id)
    )
    return {row[0]: Dependents(row[1], int(row[2])) for row in connection.execute(chosen)}


def tallies(connection: Connection, viewer: Viewer, ids: Sequence[int]) -> Mapping[int, Tally]:
    """Counts of comments, unread ones, files, reminders of the viewer's reach, and logged
    minutes.
    """

    def counted(kind: str, table: Any, owner: Any, *where: Any, value: Any = None) -> Select[Any]:
        number = func.count() if value is None else func.sum(value)
        return (
            select(literal(kind), owner, number)
            .select_from(table)
            .where(among(connection, owner, ids), *where)
            .group_by(owner)
        )

    alive = Note.deleted_at.is_(None)
    spent = TimeEntry.deleted_at.is_(None)
    other = aliased(File)
    unread = ~exists().where(NoteRead.note_id == Note.id, NoteRead.person_id == viewer.person_id)
    attached = exists().where(other.id == TaskFile.file_id, other.deleted_at.is_(None))
    counting = union_all(
        counted("notes", Note, Note.task_id, alive),
        counted("unread", Note, Note.task_id, alive, Note.author_id != viewer.person_id, unread),
        counted("files", TaskFile, TaskFile.task_id, attached),
        counted("reminders", Reminder, Reminder.task_id, Reminder.sent_at.is_(None)),
        counted("logged", TimeEntry, TimeEntry.task_id, spent, value=TimeEntry.minutes),
        counted(
            "billable",
            TimeEntry,
            TimeEntry.task_id,
            spent,
            TimeEntry.billable,
            value=TimeEntry.minutes,
        ),
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for kind, task_id, number in connection.execute(counting):
        found[task_id][kind] = int(number)
    return {task_id: Tally(**counts) for task_id, counts in found.items()}


def attachments(
    connection: Connection, _: Viewer, ids: Sequence[int]
) -> Mapping[int, list[Attachment]]:
    """The files that tasks carry."""
    chosen = (
        select(TaskFile.task_id, File.id, File.name, File.size, File.revision)
        .join(File, File.id == TaskFile.file_id)
        .where(among(connection, TaskFile.task_id, ids), File.deleted_at.is_(None))
        .order_by(TaskFile.task_id, File.id)
    )
    return _listed(connection, chosen, Attachment)


def following(
    connection: Connection, viewer: Viewer, ids: Sequence[int]
) -> Mapping[int, Following]:
    """Who follows tasks."""
    chosen = (
        select(Follower.task_id, Follower.person_id, Follower.comments, Follower.changes)
        .join(Person, Person.id == Follower.person_id)
        .where(among(connection, Follower.task_id, ids), Person.deleted_at.is_(None))
        .order_by(Follower.task_id, Follower.person_id)
    )
    found: dict[int, Following] = {}
    for task_id, rows in _listed(connection, chosen, lambda *row: row).items():
        comments = tuple(person for person, comment, _ in rows if comment)
        changes = tuple(person for person, _, change in rows if change)
        me = viewer.person_id
        found[task_id] = Following(comments, changes, me in comments, me in changes)
    return found
