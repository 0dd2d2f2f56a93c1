"""What commands did, for the latest activity, the audit trail, the followers and the webhooks:
written down beside each command, in its own transaction.

`told` writes one row for each thing, by one statement for all that happened to things of one kind.
`parting` does so before a command that leaves nothing behind, `noted` for the command line, where
nobody is known to act: such rows are the first administrator's, and say "operator".

What other servers tell of (PUBLIC) is shown by the latest activity and sent to webhooks; all the
rest is for the audit trail alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    String,
    Text,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    update,
)

from app.models import (
    Account,
    Activity,
    ApiKey,
    CheckList,
    CheckListItem,
    Company,
    Field,
    File,
    Follower,
    Note,
    Outgoing,
    Person,
    Planning,
    Project,
    ProjectCategory,
    Risk,
    Status,
    Tag,
    Task,
    TaskList,
    Template,
    TimeEntry,
    Webhook,
)
from app.models.base import Instant, new_uid
from app.queries.prepared import DIALECTS
from app.queries.sql import among, among_bound, bound_ids
from app.services.happenings import ACTOR, HAPPENED, PARTING, Event
from app.services.statements import Change, Look, asked
from app.services.stating import written
from app.services.webhooks import ACTIONS, NAMES
from app.services.work import Work

MAX_NAME: Final = 200  # characters of the name that is kept
CHANGED: Final = "task.changed"  # the kind of message that followers get
TOLD: Final = {"edited", "completed", "reopened", "deleted", "moved"}  # what followers are told of
PUBLIC: Final = frozenset((kind, action) for kind in NAMES for action in ACTIONS)
OPERATOR: Final = "operator"
BATCH: Final = 5000  # rows that are removed by one transaction

_TASK_OF_NOTE = select(Task.project_id).where(Task.id == Note.task_id).scalar_subquery()
_LIST_OF_ITEM = select(CheckList.task_id).where(CheckList.id == CheckListItem.check_list_id)
_PROJECT_OF_ITEM = select(CheckList.project_id).where(CheckList.id == CheckListItem.check_list_id)
_FULL_NAME = Person.first_name + " " + Person.last_name
_PLACE = asked("place", Integer)  # where it happened, as the event says
# For each kind the table, its name, its project and its task.
KINDS: Final[dict[str, tuple[Any, Any, Any, Any]]] = {
    "task": (Task, Task.name, Task.project_id, Task.id),
    "tasklist": (TaskList, TaskList.name, TaskList.project_id, null()),
    "project": (Project, Project.name, Project.id, null()),
    "comment": (Note, Note.text, _TASK_OF_NOTE, Note.task_id),
    "file": (File, File.name, File.project_id, null()),
    "time": (TimeEntry, TimeEntry.description, TimeEntry.project_id, TimeEntry.task_id),
    "person": (Person, _FULL_NAME, null(), null()),
    "company": (Company, Company.name, null(), null()),
    "member": (Person, _FULL_NAME, _PLACE, null()),
    "key": (ApiKey, ApiKey.hint, null(), null()),
    "webhook": (Webhook, Webhook.event, Webhook.project_id, null()),
    "tag": (Tag, Tag.name, null(), null()),
    "status": (Status, Status.name, Status.project_id, null()),
    "field": (Field, Field.name, Field.project_id, null()),
    "category": (ProjectCategory, ProjectCategory.name, null(), null()),
    "template": (Template, Template.name, null(), null()),
    "checklist": (CheckList, CheckList.name, CheckList.project_id, CheckList.task_id),
    "checklistitem": (
        CheckListItem,
        CheckListItem.name,
        _PROJECT_OF_ITEM.scalar_subquery(),
        _LIST_OF_ITEM.scalar_subquery(),
    ),
    "account": (Account, Account.name, null(), null()),
    "planning": (Planning, Planning.name, Planning.project_id, null()),
    "risk": (Risk, Risk.name, Risk.project_id, null()),
}


def told(command: Any, given: Any, work: Work) -> None:
    """Write down what a command did, and put messages for those who follow the changes of its
    tasks into the outbox.
    """
    happened = HAPPENED.get(type(command))
    if happened is None:
        return
    found = happened(command, given)
    for event in found if isinstance(found, tuple) else (found,):
        _tell(event, work)


def parting(command: Any, work: Work) -> None:
    """Write down what a command is about to remove for good."""
    happened = PARTING.get(type(command))
    if happened is None:
        return
    event = happened(command, None)
    assert isinstance(event, Event)
    _tell(event, work)


def noted(
    work: Work,
    kind: str,
    action: str,
    ids: Sequence[int],
    said: Mapping[str, Any] | None = None,
    project_id: int | None = None,
) -> None:
    """Write down what was done at the command line to things of one kind. In a store without
    people nothing is written: there is nobody whose row it could be.
    """
    changes = written({OPERATOR: True} | dict(said or {}))
    _tell(Event(kind, action, ids, changes, project_id), work, _signer(work))


@contextmanager
def noting_keys(work: Work, person_id: int) -> Iterator[None]:
    """Write down what becomes of a person's keys meanwhile, at the command line."""
    before = _keys(work, person_id)
    yield
    changed: dict[str, list[int]] = {"new": [], "edited": [], "revoked": []}
    for key, (revoked_at, expires_at) in _keys(work, person_id).items():
        if key not in before:
            changed["new"].append(key)
        elif before[key] != (revoked_at, expires_at):
            changed["revoked" if before[key][0] != revoked_at else "edited"].append(key)
    for action, ids in changed.items():
        noted(work, "key", action, ids, {"person_id": person_id})


def _keys(work: Work, person_id: int) -> dict[int, tuple[Any, Any]]:
    listed = select(ApiKey.id, ApiKey.revoked_at, ApiKey.expires_at)
    rows = work.all(listed.where(ApiKey.person_id == person_id))
    return {row.id: (row.revoked_at, row.expires_at) for row in rows}


def _signer(work: Work) -> int | None:
    """Whose rows the operator's are: the first administrator's, else the first person's."""
    people = select(Person.id).order_by(
        (Person.is_admin & Person.deleted_at.is_(None)).desc(), Person.id
    )
    return work.scalar(people.limit(1))  # type: ignore[no-any-return]


def _tell(event: Event, work: Work, signer: int | None = None) -> None:
    me = signer or work.viewer.person_id
    ids = (me,) if event.ids is ACTOR else event.ids
    if not me or not (ids or event.uid):
        return
    values: dict[str, Any] = {
        "now": work.now,
        "me": me,
        "action": event.action,
        "changes": event.changes,
        "place": event.project_id,
    }
    if event.uid:
        values["uid"] = event.uid
    else:
        values["ids"] = bound_ids(work.engine, list(ids))
    public = (event.kind, event.action) in PUBLIC
    writing = _writing(work.engine, event.kind, public=public, by_uid=bool(event.uid))
    writing.run(work.connection, values)
    if event.kind == "task" and event.action in TOLD:
        _tell_followers(ids, event.action, work)


@cache
def _writing(engine: str, kind: str, *, public: bool, by_uid: bool) -> Change:
    """The statement that writes down what happened to these things."""
    model, name, project_id, task_id = KINDS[kind]
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
        "spread": _spread(engine) if public else true(),
    }
    chosen = model.uid == asked("uid", Text) if by_uid else among_bound(engine)(model.id)
    found = select(*columns.values()).where(chosen).order_by(model.id)
    return Change(insert(Activity).from_select(list(columns), found).inline(), DIALECTS[engine])


def _spread(engine: str) -> ColumnElement[bool]:
    """There is no webhook that could want to be told."""
    listening = exists().where(Webhook.status == "ACTIVE", Webhook.deleted_at.is_(None))
    return (~listening).cast(Boolean) if engine == "postgresql" else ~listening


def _tell_followers(ids: Sequence[int], action: str, work: Work) -> None:
    following = work.all(_FOLLOWERS, ids=list(ids), me=work.viewer.person_id)
    work.insert_many(
        Outgoing,
        (
            {
                "kind": CHANGED,
                "person_id": row.person_id,
                "task_id": row.task_id,
                "actor_id": work.viewer.person_id,
                "due_at": work.now,
                "text": action,
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


def purged(work: Work, ids: Sequence[int]) -> None:
    """Write down that these tasks are removed for good. What was said of those that not everybody
    in a project could see goes with them: nothing is left to tell who may read it.
    """
    noted(work, "task", "purged", ids)
    closed = select(Task.id).where(
        among(work.connection, Task.id, ids),
        or_(Task.lockdown_id.is_not(None), Task.project_id.is_(None)),
    )
    work.run(update(Activity).where(Activity.task_id.in_(closed)).values(name="", changes=""))


def forget(work: Work, before: datetime) -> int:
    """Remove the oldest rows of the trail, as far as they are from before an instant and webhooks
    were told of them; gives how many. To be called until there are none.
    """
    oldest = select(Activity.id).order_by(Activity.id).limit(BATCH).scalar_subquery()
    old = (Activity.id.in_(oldest), Activity.happened_at < before, Activity.spread)
    gone = work.ids(select(Activity.id).where(*old))
    work.run(delete(Activity).where(among(work.connection, Activity.id, gone)))
    return len(gone)
