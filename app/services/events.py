"""What commands did, for the latest activity, the audit trail, the followers and the webhooks:
written down after each command, in its own transaction.

`told` writes one row for each thing, by one statement for all that happened to things of one kind.
"""

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
from app.services.happenings import HAPPENED, Event
from app.services.statements import Change, Look, asked
from app.services.work import Work

MAX_NAME: Final = 200  # characters of the name that is kept
CHANGED: Final = "task.changed"  # the kind of message that followers get
TOLD: Final = {"edited", "completed", "reopened", "deleted", "moved"}  # what followers are told of


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
        "changes": event.changes,
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
        "changes": asked("changes", Text),
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
