"""Webhooks: one's own; administrators see everybody's."""

from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select, update

from app.access import visible_project, visible_webhook
from app.errors import Forbidden, Invalid, NotFound
from app.models import Delivery, Project, Webhook
from app.models.base import new_uid
from app.services.finding import sent
from app.services.webhook_commands import (
    AddWebhook,
    DeleteWebhook,
    EditWebhook,
    ProbeWebhook,
    Redeliver,
    SwitchWebhooks,
)
from app.services.work import Work

ACTIONS: Final = {
    "new": "CREATED",
    "edited": "UPDATED",
    "moved": "MOVED",
    "completed": "COMPLETED",
    "reopened": "REOPENED",
    "deleted": "DELETED",
    "restored": "RESTORED",
    "archived": "ARCHIVED",
    "activated": "REOPENED",
}
NAMES: Final = {
    "task": "TASK",
    "tasklist": "TASKLIST",
    "project": "PROJECT",
    "comment": "COMMENT",
    "file": "FILE",
    "time": "TIME",
    "person": "USER",
    "company": "COMPANY",
}
_OF_ALL = ("CREATED", "UPDATED", "DELETED")
_MORE = {
    "TASK": ("COMPLETED", "REOPENED", "MOVED", "RESTORED"),
    "PROJECT": ("ARCHIVED", "REOPENED"),
    "TASKLIST": ("RESTORED",),
    "COMMENT": ("RESTORED",),
}
EVENTS: Final = tuple(
    f"{name}.{action}" for name in NAMES.values() for action in (*_OF_ALL, *_MORE.get(name, ()))
)
TEST: Final = "WEBHOOK.TEST"
JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"
FORMS: Final = ("1", "2", "3")
STATES: Final = ("ACTIVE", "INACTIVE")
MAX_URL, MAX_TOKEN = 2000, 200
CHANGEABLE = ("event", "url", "form", "content_type", "token", "status", "project_id")


def event_of(kind: str, action: str) -> str:
    """The event's name for what happened."""
    return f"{NAMES[kind]}.{ACTIONS.get(action, 'UPDATED')}"


def add_webhook(command: AddWebhook, work: Work) -> int:
    """Add a webhook. Raises Invalid, Forbidden."""
    values = {name: getattr(command, name) for name in CHANGEABLE}
    return work.insert(Webhook, creator_id=work.viewer.person_id, **_checked(values, work))


def edit_webhook(command: EditWebhook, work: Work) -> None:
    """Change a webhook. Raises NotFound, Forbidden, Invalid."""
    hook = _mine(work, command.webhook_id)
    values = _checked(sent(command, *CHANGEABLE), work)
    again = {"failures": 0} if values.get("status") == "ACTIVE" else {}
    if values:
        work.change(Webhook, hook.id, **values, **again)


def delete_webhook(command: DeleteWebhook, work: Work) -> None:
    """Remove a webhook. Raises NotFound, Forbidden."""
    work.change(Webhook, _mine(work, command.webhook_id).id, deleted_at=work.now, status="INACTIVE")


def switch_webhooks(command: SwitchWebhooks, work: Work) -> None:
    """Switch all of one's own webhooks on or off."""
    mine = (Webhook.creator_id == work.viewer.person_id, Webhook.deleted_at.is_(None))
    status = "ACTIVE" if command.on else "INACTIVE"
    values = {"status": status, "failures": 0, "changed_at": work.now}
    work.run(update(Webhook).where(*mine).values(version=Webhook.version + 1, **values))


def probe_webhook(command: ProbeWebhook, work: Work) -> int:
    """Put a test message beside the others. Raises NotFound, Forbidden."""
    hook = _mine(work, command.webhook_id)
    in_json = hook.form != "1" and hook.content_type == JSON_TYPE
    person = work.viewer.person_id
    body = f"accountId=1&event={TEST}&objectId={hook.id}&userId={person}"
    if in_json:
        body = f'{{"accountId":"1","event":"{TEST}","objectId":"{hook.id}","userId":"{person}"}}'
    return work.insert(
        Delivery,
        uid=new_uid(),
        webhook_id=hook.id,
        event=TEST,
        object_id=hook.id,
        content_type=JSON_TYPE if in_json else FORM_TYPE,
        body=body,
        due_at=work.now,
    )


def redeliver(command: Redeliver, work: Work) -> None:
    """Make a message due again, under its delivery id. Raises NotFound, Forbidden."""
    hook = _mine(work, command.webhook_id)
    sought = (Delivery.id == command.delivery_id, Delivery.webhook_id == hook.id)
    found = work.scalar(select(Delivery.id).where(*sought))
    if found is None:
        raise NotFound("Delivery not found")
    work.change(Delivery, found, due_at=work.now, attempts=0, done_at=None, failed=False, error="")


def _mine(work: Work, webhook_id: int) -> Any:
    """The webhook, to be changed: by who made it, or an administrator."""
    found = work.first(
        select(*Webhook.__table__.c)
        .where(Webhook.id == webhook_id, visible_webhook(work.viewer))
        .with_for_update(key_share=True),
        **work.viewer.values,
    )
    if found is None:
        raise NotFound("Webhook not found")
    if work.viewer.read_only:
        raise Forbidden("This key may only read")
    return found


def _checked(values: dict[str, Any], work: Work) -> dict[str, Any]:
    """The values, if they can be. Raises Invalid."""
    wrong = {
        name: said
        for name, check in _CHECKS.items()
        if name in values and (said := check(values[name]))
    }
    project = values.get("project_id")
    if project is not None:
        seen = (Project.id == project, visible_project(work.viewer))
        if work.scalar(select(Project.id).where(*seen), **work.viewer.values) is None:
            wrong["project_id"] = f"no such project: {project}"
    if wrong:
        raise Invalid(wrong)
    return values


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return "must be an http or https address without a user"
    good = len(value) <= MAX_URL and value.isascii() and value.isprintable() and " " not in value
    return "" if good else f"must be printable ASCII, {MAX_URL} characters at most"


def _one_of(*values: str) -> Any:
    return lambda value: "" if value in values else f"one of {', '.join(values)}"


_CHECKS: dict[str, Any] = {
    "event": _one_of(*EVENTS),
    "url": _url,
    "form": _one_of(*FORMS),
    "content_type": _one_of(JSON_TYPE, FORM_TYPE),
    "token": lambda value: "" if len(value) <= MAX_TOKEN else f"at most {MAX_TOKEN} characters",
    "status": _one_of(*STATES),
}
