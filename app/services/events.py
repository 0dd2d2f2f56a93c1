"""What commands did, for the latest activity, the audit trail, the followers and the webhooks:
written down after each command, in its own transaction.

HAPPENED says for each type of command what it was about; `told` then writes one row for each thing,
by one statement for all that happened to things of one kind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Integer, String, Text, exists, func, insert, literal, null, select
from sqlalchemy.types import Boolean

from app.models import (
    Activity,
    Company,
    File,
    Follower,
    Note,
    Outgoing,
    Person,
    Project,
    Task,
    TaskList,
    TimeEntry,
    Webhook,
)
from app.models.base import Instant, new_uid
from app.queries.prepared import DIALECTS
from app.queries.sql import among_bound, bound_ids
from app.services import commands, neighbour_commands, task_commands
from app.services.statements import Change, Look, asked
from app.services.work import Work

MAX_NAME: Final = 200  # characters of the name that is kept
CHANGED: Final = "task.changed"  # the kind of message that followers get
TOLD: Final = {"edited", "completed", "reopened", "deleted", "moved"}  # what followers are told of


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to things of one kind."""

    kind: str
    action: str
    ids: Sequence[int]


# For each kind the table, its name, its project and its task.
_TASK_OF_NOTE = select(Task.project_id).where(Task.id == Note.task_id).scalar_subquery()
KINDS: Final[dict[str, tuple[Any, Any, Any, Any]]] = {
    "task": (Task, Task.name, Task.project_id, Task.id),
    "tasklist": (TaskList, TaskList.name, TaskList.project_id, null()),
    "project": (Project, Project.name, Project.id, null()),
    "comment": (Note, Note.text, _TASK_OF_NOTE, Note.task_id),
    "file": (File, File.name, File.project_id, null()),
    "time": (TimeEntry, TimeEntry.description, TimeEntry.project_id, TimeEntry.task_id),
    "person": (Person, Person.first_name + " " + Person.last_name, null(), null()),
    "company": (Company, Company.name, null(), null()),
}

Happened = Callable[[Any, Any], Event]


def _made(kind: str) -> Happened:
    """The command gave the id, or the ids, of what it made."""
    return lambda _, given: Event(kind, "new", given if isinstance(given, tuple) else (given,))


def _given(kind: str, action: str) -> Happened:
    """The command gave the ids of what it touched."""
    return lambda _, given: Event(kind, action, given)


def _named(kind: str, action: str, member: str) -> Happened:
    """A member of the command names the id."""
    return lambda command, _: Event(kind, action, (getattr(command, member),))


def _edited_project(command: commands.EditProject, _: Any) -> Event:
    actions: dict[Any, str] = {True: "archived", False: "activated"}
    return Event("project", actions.get(command.archived, "edited"), (command.project_id,))


HAPPENED: Final[dict[type, Happened]] = {
    commands.AddTask: _made("task"),
    commands.AddTasks: lambda _, given: Event("task", "new", given.ids),
    commands.AddTaskBatch: lambda _, given: Event("task", "new", tuple(given)),
    commands.EditTask: _given("task", "edited"),
    commands.CompleteTask: _given("task", "completed"),
    commands.ReopenTask: _given("task", "reopened"),
    commands.DeleteTask: _given("task", "deleted"),
    commands.DeleteTasks: _given("task", "deleted"),
    commands.AddProject: _made("project"),
    commands.EditProject: _edited_project,
    commands.AddTaskList: _made("tasklist"),
    commands.EditTaskList: _named("tasklist", "edited", "list_id"),
    commands.AddCompany: _made("company"),
    commands.AddPerson: _made("person"),
    task_commands.CopyTask: _made("task"),
    task_commands.MoveOnBoard: _named("task", "moved", "task_id"),
    task_commands.AddNote: _made("comment"),
    task_commands.DeleteNote: _named("comment", "deleted", "note_id"),
    task_commands.AddContributor: _named("task", "edited", "task_id"),
    task_commands.AddFollowers: _named("task", "edited", "task_id"),
    task_commands.LinkFiles: _named("task", "edited", "task_id"),
    task_commands.UnlinkFile: _named("task", "edited", "task_id"),
    neighbour_commands.AddGroup: _made("tasklist"),
    neighbour_commands.EditGroup: _named("tasklist", "edited", "list_id"),
    neighbour_commands.DeleteGroup: _named("tasklist", "deleted", "list_id"),
    neighbour_commands.AddTimeEntry: _made("time"),
    neighbour_commands.EditTimeEntry: _named("time", "edited", "time_entry_id"),
    neighbour_commands.DeleteTimeEntry: _named("time", "deleted", "time_entry_id"),
    neighbour_commands.AddDocument: _made("file"),
    neighbour_commands.EditDocument: _named("file", "edited", "file_id"),
    neighbour_commands.PutDocumentContent: _named("file", "edited", "file_id"),
    neighbour_commands.DeleteDocument: _named("file", "deleted", "file_id"),
    neighbour_commands.EditPerson: _named("person", "edited", "person_id"),
}


def told(command: Any, given: Any, work: Work) -> None:
    """Write down what a command did, and put messages for those who follow the changes of its
    tasks into the outbox.
    """
    happened = HAPPENED.get(type(command))
    if happened is None:
        return
    event = happened(command, given)
    if not event.ids:
        return
    _write(event, work)
    if event.kind == "task" and event.action in TOLD:
        _tell_followers(event, work)


def _write(event: Event, work: Work) -> None:
    values = {
        "now": work.now,
        "me": work.viewer.person_id,
        "action": event.action,
        "ids": bound_ids(work.engine, list(event.ids)),
    }
    _writing(work.engine, event.kind).run(work.connection, values)


@cache
def _writing(engine: str, kind: str) -> Change:
    """The statement that writes down what happened to these things."""
    model, name, project_id, task_id = KINDS[kind]
    listening = exists().where(Webhook.status == "ACTIVE", Webhook.deleted_at.is_(None))
    columns = {
        "happened_at": asked("now", Instant()),
        "person_id": asked("me", Integer),
        "kind": literal(kind, String),
        "action": asked("action", String),
        "object_id": model.id,
        "name": func.substr(name, 1, MAX_NAME, type_=Text),
        "project_id": project_id,
        "task_id": task_id,
        "spread": (~listening).cast(Boolean) if engine == "postgresql" else ~listening,
    }
    found = select(*columns.values()).where(among_bound(engine)(model.id)).order_by(model.id)
    return Change(insert(Activity).from_select(list(columns), found).inline(), DIALECTS[engine])


def _tell_followers(event: Event, work: Work) -> None:
    following = work.all(_FOLLOWERS, ids=list(event.ids), me=work.viewer.person_id)
    work.insert_many(
        Outgoing,
        (
            {
                "kind": CHANGED,
                "person_id": row.person_id,
                "task_id": row.task_id,
                "actor_id": work.viewer.person_id,
                "due_at": work.now,
                "text": event.action,
                "uid": new_uid(),
            }
            for row in following
        ),
    )


_FOLLOWERS = Look(
    lambda engine, _: (
        select(Follower.task_id, Follower.person_id)
        .where(
            among_bound(engine)(Follower.task_id),
            Follower.changes,
            Follower.person_id != asked("me"),
        )
        .order_by(Follower.task_id, Follower.person_id)
    )
)
