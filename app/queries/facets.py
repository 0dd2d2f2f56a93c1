"""Named look-ups by id: what a page of rows needs from other tables, one statement each.

Tasks that are reached through another task (parent, predecessor) pass the same visible(viewer) as
any task. Each look-up states its SELECT once; `Lookup` keeps it by engine and kind of viewer.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, case, exists, func, literal, select, union, union_all
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
from app.queries.lookup import Among, Lookup, Statement, keyed, listed
from app.queries.values import (
    Assignee,
    Attachment,
    CompanyName,
    Dependents,
    Following,
    Label,
    Linked,
    ListName,
    PersonName,
    ProjectName,
    Tally,
    TaskName,
    Waiting,
)

REMEMBERED = 1024  # people


def _people(among: Among, _: Viewer) -> Statement:
    columns = (Person.id, Person.first_name, Person.last_name, Person.avatar_url)
    return select(*columns).where(among(Person.id))


def _projects(among: Among, _: Viewer) -> Statement:
    columns = (
        Project.id,
        Project.name,
        Project.harvest_enabled,
        Company.id,
        Company.name,
        Project.description,
        Project.archived_at,
    )
    return select(*columns).join(Company, Company.id == Project.company_id).where(among(Project.id))


def _companies(among: Among, _: Viewer) -> Statement:
    return select(Company.id, Company.name, Company.is_owner).where(among(Company.id))


def _lists(among: Among, _: Viewer) -> Statement:
    columns = (TaskList.id, TaskList.name, TaskList.lockdown_id, TaskList.description)
    return select(*columns).where(among(TaskList.id))


def _statuses(among: Among, _: Viewer) -> Statement:
    return select(Status.id, Status.name, Status.color).where(among(Status.id))


def _parents(among: Among, viewer: Viewer) -> Statement:
    return select(Task.id, Task.name).where(among(Task.id), visible(viewer))


def _assignees(among: Among, _: Viewer) -> Statement:
    return (
        select(
            Assignment.task_id,
            Person.id,
            Person.first_name,
            Person.last_name,
            Person.avatar_url,
        )
        .join(Person, Person.id == Assignment.person_id)
        .where(among(Assignment.task_id))
        .order_by(Assignment.task_id, Assignment.ordinal, Assignment.id)
    )


def _tags(among: Among, _: Viewer) -> Statement:
    return (
        select(TaskTag.task_id, Tag.id, Tag.name, Tag.color)
        .join(Tag, Tag.id == TaskTag.tag_id)
        .where(among(TaskTag.task_id))
        .order_by(TaskTag.task_id, Tag.name_key)
    )


def _predecessors(among: Among, viewer: Viewer) -> Statement:
    met = Task.is_done | and_(Predecessor.type == "start", Task.progress > 0)
    return (
        select(Predecessor.task_id, Task.id, Predecessor.type, Task.name, met)
        .join(Task, Task.id == Predecessor.predecessor_id)
        .where(among(Predecessor.task_id), visible(viewer))
        .order_by(Predecessor.task_id, Task.id)
    )


def _dependents(among: Among, viewer: Viewer) -> Statement:
    waited_for = aliased(Task)
    met = waited_for.is_done | and_(Predecessor.type == "start", waited_for.progress > 0)
    return (
        select(Predecessor.predecessor_id, func.count(), func.sum(case((met, 0), else_=1)))
        .join(Task, Task.id == Predecessor.task_id)
        .join(waited_for, waited_for.id == Predecessor.predecessor_id)
        .where(among(Predecessor.predecessor_id), visible(viewer))
        .group_by(Predecessor.predecessor_id)
    )


def _linked(among: Among, _: Viewer) -> Statement:
    """Which tasks stand at which end of a dependency."""

    def ends(column: Any, kind: str) -> Any:
        return select(literal(kind), column).where(among(column)).distinct()

    return union_all(ends(Predecessor.task_id, "waits"), ends(Predecessor.predecessor_id, "holds"))


def _ends(rows: Iterable[Any], _: Viewer) -> dict[int, Linked]:
    found: dict[int, set[str]] = defaultdict(set)
    for kind, task_id in rows:
        found[task_id].add(kind)
    return {task_id: Linked("waits" in kinds, "holds" in kinds) for task_id, kinds in found.items()}


def _around(among: Among, _: Viewer) -> Statement:
    """The lists of tasks and of those at the other ends of their dependencies, whoever may see
    these.
    """

    def across(mine: Any, other: Any) -> Any:
        return select(Task.list_id).join(Predecessor, other == Task.id).where(among(mine))

    return union(
        select(Task.list_id).where(among(Task.id)),
        across(Predecessor.task_id, Predecessor.predecessor_id),
        across(Predecessor.predecessor_id, Predecessor.task_id),
    )


def _unread(among: Among, viewer: Viewer) -> Statement:
    """How many comments of others the viewer has not read."""
    read = exists().where(NoteRead.note_id == Note.id, NoteRead.person_id == viewer.me)
    return (
        select(Note.task_id, func.count())
        .where(among(Note.task_id), Note.deleted_at.is_(None), Note.author_id != viewer.me, ~read)
        .group_by(Note.task_id)
    )


def _tallies(among: Among, _: Viewer) -> Statement:
    """Five counts in one statement: kind, task, number."""

    def counted(kind: str, table: Any, *where: Any, value: Any = None) -> Any:
        number = func.count() if value is None else func.sum(value)
        owner = table.task_id
        chosen = select(literal(kind), owner, number).select_from(table)
        return chosen.where(among(owner), *where).group_by(owner)

    alive, spent = Note.deleted_at.is_(None), TimeEntry.deleted_at.is_(None)
    kept = exists().where(File.id == TaskFile.file_id, File.deleted_at.is_(None))
    minutes = TimeEntry.minutes
    return union_all(
        counted("notes", Note, alive),
        counted("files", TaskFile, kept),
        counted("reminders", Reminder, Reminder.sent_at.is_(None)),
        counted("logged", TimeEntry, spent, value=minutes),
        counted("billable", TimeEntry, spent, TimeEntry.billable, value=minutes),
    )


def _tallied(rows: Iterable[Any], _: Viewer) -> dict[int, Tally]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for kind, task_id, number in rows:
        found[task_id][kind] = int(number)
    return {task_id: Tally(**counts) for task_id, counts in found.items()}


def _attachments(among: Among, _: Viewer) -> Statement:
    return (
        select(TaskFile.task_id, File.id, File.name, File.size, File.revision)
        .join(File, File.id == TaskFile.file_id)
        .where(among(TaskFile.task_id), File.deleted_at.is_(None))
        .order_by(TaskFile.task_id, File.id)
    )


def _following(among: Among, _: Viewer) -> Statement:
    return (
        select(Follower.task_id, Follower.person_id, Follower.comments, Follower.changes)
        .join(Person, Person.id == Follower.person_id)
        .where(among(Follower.task_id), Person.deleted_at.is_(None))
        .order_by(Follower.task_id, Follower.person_id)
    )


def followed_by(value: Following, viewer: Viewer) -> Following:
    """The same, said for another viewer."""
    me = viewer.person_id
    return value._replace(viewer_comments=me in value.comments, viewer_changes=me in value.changes)


def assigned_for(value: tuple[Assignee, ...], viewer: Viewer) -> tuple[Assignee, ...]:
    """The same, said for another viewer."""
    me = viewer.person_id
    if not any(each.is_viewer or each.id == me for each in value):
        return value
    return tuple(each._replace(is_viewer=each.id == me) for each in value)


@lru_cache(REMEMBERED)
def _assignee(*columns: Any) -> Assignee:
    """One value for all the tasks that a person works on: kept texts hold it."""
    return Assignee(*columns)


def _assigned(rows: Iterable[Any], viewer: Viewer) -> dict[int, tuple[Assignee, ...]]:
    by_task: dict[int, list[Assignee]] = defaultdict(list)
    for row in rows:
        by_task[row[0]].append(_assignee(*row[1:]))
    return {task_id: assigned_for(tuple(people), viewer) for task_id, people in by_task.items()}


def _followed(rows: Iterable[Any], viewer: Viewer) -> dict[int, Following]:
    by_task: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_task[row[0]].append(row[1:])
    found = {}
    for task_id, people in by_task.items():
        comments = tuple(person for person, comment, _ in people if comment)
        changes = tuple(person for person, _, change in people if change)
        found[task_id] = followed_by(Following(comments, changes), viewer)
    return found


def _held_up(rows: Iterable[Any], _: Viewer) -> dict[int, Dependents]:
    return {row[0]: Dependents(row[1], int(row[2])) for row in rows}


PEOPLE = Lookup(_people, keyed(PersonName), names=True)
PROJECTS = Lookup(_projects, keyed(ProjectName), names=True)
COMPANIES = Lookup(_companies, keyed(CompanyName), names=True)
LISTS = Lookup(_lists, keyed(ListName), names=True)
STATUSES = Lookup(_statuses, keyed(Label), names=True)
PARENTS = Lookup(_parents, keyed(TaskName))
ASSIGNEES = Lookup(_assignees, _assigned)
TAGS = Lookup(_tags, listed(Label))
PREDECESSORS = Lookup(_predecessors, listed(Waiting))
DEPENDENTS = Lookup(_dependents, _held_up)
LINKED = Lookup(_linked, _ends)
AROUND = Lookup(_around, lambda rows, _: {row[0]: True for row in rows})
UNREAD = Lookup(_unread, lambda rows, _: dict(rows))
TALLIES = Lookup(_tallies, _tallied)
ATTACHMENTS = Lookup(_attachments, listed(Attachment))
FOLLOWING = Lookup(_following, _followed)
