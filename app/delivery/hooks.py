"""Webhooks: what happened becomes messages for the addresses that want to know and may (`spread`),
and these are sent (`send_hooks`), in Teamwork's own wire forms.
"""

import hashlib
import hmac
import http.client
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from sqlalchemy import false, select, update

from app import access
from app.access import Viewer
from app.clock import clock
from app.config import Settings
from app.delivery.claims import claimed, ended, next_attempt
from app.delivery.outbound import Refused, post
from app.models import (
    Activity,
    Company,
    Delivery,
    File,
    Note,
    Person,
    Project,
    Task,
    TaskList,
    TimeEntry,
    Webhook,
)
from app.models.base import new_uid
from app.services.execute import maintain
from app.services.webhooks import FORM_TYPE, JSON_TYPE, event_of
from app.services.work import Work

MOST: Final = 100  # things that happened, in one transaction
SENT_AT_ONCE: Final = 10
PAUSES: Final = tuple(timedelta(minutes=each) for each in (1, 5, 10))
PATIENCE: Final = 20  # messages given up one after the other, then the webhook is switched off
SEEN: Final[dict[str, tuple[Any, Any]]] = {
    "task": (Task, access.readable),
    "tasklist": (TaskList, access.visible_list),
    "project": (Project, access.visible_project),
    "comment": (Note, access.visible_note),
    "file": (File, access.visible_file),
    "time": (TimeEntry, access.visible_time_entry),
    "person": (Person, access.visible_person),
    "company": (Company, access.visible_company),
}
# What was deleted is told to who sees the project, and the task, if it is about one.
GONE: Final = {"deleted"}

log = logging.getLogger(__name__)


def spread() -> int:
    """Make messages of what happened; gives how many things that were."""
    return maintain(_spread)


def _spread(work: Work) -> int:
    waiting = (
        select(*Activity.__table__.c)
        .where(Activity.spread.is_(false()))
        .order_by(Activity.id)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    rows = work.all(waiting)
    if not rows:
        return 0
    hooks = work.all(
        select(*Webhook.__table__.c, Person.is_admin)
        .join(Person, Person.id == Webhook.creator_id)
        .where(
            Webhook.status == "ACTIVE", Webhook.deleted_at.is_(None), Person.deleted_at.is_(None)
        )
    )
    messages = [
        message
        for row in rows
        for hook in hooks
        if hook.event == event_of(row.kind, row.action)
        and hook.project_id in (None, row.project_id)
        and _sees(work, row, Viewer(person_id=hook.creator_id, admin=hook.is_admin))
        for message in (_message(work, row, hook),)
    ]
    work.insert_many(Delivery, messages)
    told = update(Activity).where(Activity.id.in_([row.id for row in rows])).values(spread=True)
    work.run(told)
    return len(rows)


def _sees(work: Work, row: Any, viewer: Viewer) -> bool:
    """Who made the webhook may know of the thing."""
    model, rule = SEEN[row.kind]
    if row.action in GONE and row.kind != "task":
        return _sees_place(work, row, viewer)
    found = select(model.id).where(model.id == row.object_id, rule(viewer, model))
    return work.scalar(found, **viewer.values) is not None


def _sees_place(work: Work, row: Any, viewer: Viewer) -> bool:
    if row.kind == "project":
        return viewer.admin
    if row.task_id is not None:
        found = select(Task.id).where(Task.id == row.task_id, access.visible(viewer))
    elif row.project_id is not None:
        sought = Project.id == row.project_id
        found = select(Project.id).where(sought, access.visible_project(viewer))
    else:
        return viewer.admin
    return work.scalar(found, **viewer.values) is not None


def _message(work: Work, row: Any, hook: Any) -> dict[str, Any]:
    plain = {
        "accountId": "1",
        "event": hook.event,
        "objectId": str(row.object_id),
        "userId": str(row.person_id),
    }
    if row.project_id is not None:
        plain["projectId"] = str(row.project_id)
    content_type, body = FORM_TYPE, urlencode(plain)
    if hook.form != "1":
        whole = plain | _objects(work, row)
        in_json = hook.content_type == JSON_TYPE
        content_type = hook.content_type
        text = orjson.dumps(whole).decode()
        body = text if in_json else urlencode(plain | {"payload": text})
    return {
        "webhook_id": hook.id,
        "event": hook.event,
        "object_id": row.object_id,
        "content_type": content_type,
        "body": body,
        "due_at": work.now,
        "uid": new_uid(),
    }


def _objects(work: Work, row: Any) -> dict[str, Any]:
    """What a message of the second form says of those who have to do with it."""
    person = work.first(
        select(Person.first_name, Person.last_name, Person.avatar_url).where(
            Person.id == row.person_id
        )
    )
    assert person is not None
    found: dict[str, Any] = {
        "eventCreator": {
            "id": row.person_id,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "avatar": person.avatar_url,
        },
        row.kind: {"id": row.object_id, "name": row.name, "projectId": row.project_id},
    }
    if row.task_id is not None:
        task = work.first(
            select(Task.name, Task.list_id, Task.is_done).where(Task.id == row.task_id)
        )
        if task is not None:
            found["task"] = {
                "id": row.task_id,
                "name": task.name,
                "projectId": row.project_id,
                "taskListId": task.list_id,
                "status": "completed" if task.is_done else "new",
            }
    if row.project_id is not None and row.kind != "project":
        name = work.scalar(select(Project.name).where(Project.id == row.project_id))
        found["project"] = {"id": row.project_id, "name": name}
    return found


def send_hooks(settings: Settings) -> int:
    """Send what is due; gives how many messages were taken up."""
    rows = claimed(Delivery, Delivery.done_at.is_(None), SENT_AT_ONCE, settings)
    hooks = maintain(lambda work: _hooks(work, [row.webhook_id for row in rows])) if rows else {}
    for row in rows:
        _send(row, hooks[row.webhook_id], private=settings.webhook_allow_private == "1")
    return len(rows)


def _hooks(work: Work, ids: Sequence[int]) -> dict[int, Any]:
    listed = select(*Webhook.__table__.c).where(Webhook.id.in_(set(ids)))
    return {row.id: row for row in work.all(listed)}


def _send(row: Any, hook: Any, *, private: bool) -> None:
    if hook.deleted_at is not None:
        ended(Delivery, row, done_at=clock.now(), failed=True, error="the webhook was deleted")
        return
    body = row.body.encode()
    status: int | None
    try:
        answer = post(hook.url, body, _headers(row, hook, body), private=private)
    except (Refused, OSError, http.client.HTTPException) as error:
        status, said = None, f"{type(error).__name__}: {error}"[:500]
    else:
        status, said = answer, "" if 200 <= answer < 300 else f"the answer was {answer}"
    if not said:
        ended(Delivery, row, done_at=clock.now(), failed=False, response_status=status, error="")
        maintain(lambda work: _count(work, hook.id, failed=False))
        return
    again = next_attempt(row.attempts, PAUSES)
    values: dict[str, Any] = {"response_status": status, "error": said}
    if again is not None:
        ended(Delivery, row, due_at=again, **values)
        return
    ended(Delivery, row, done_at=clock.now(), failed=True, **values)
    maintain(lambda work: _count(work, hook.id, failed=True))


def _headers(row: Any, hook: Any, body: bytes) -> Mapping[str, str]:
    signed = hmac.new(hook.token.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": row.content_type,
        "User-Agent": "Tandem-Webhook",
        "X-Projects-Event": row.event,
        "X-Projects-Delivery": row.uid,
    } | ({"X-Projects-Signature": signed} if hook.token else {})


def _count(work: Work, webhook_id: int, *, failed: bool) -> None:
    """Count messages that were given up one after the other; after many the webhook is off."""
    hook = work.first(select(Webhook.failures).where(Webhook.id == webhook_id).with_for_update())
    assert hook is not None
    failures = hook.failures + 1 if failed else 0
    if failures == hook.failures:
        return
    off = {"status": "INACTIVE"} if failures >= PATIENCE else {}
    if off:
        log.warning("webhook %s is switched off: %s messages were given up", webhook_id, failures)
    work.change(Webhook, webhook_id, failures=failures, **off)
