"""Commands on webhooks and their messages."""

from dataclasses import dataclass

from app.services.commands import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWebhook:
    """Let an address be told of an event that one may see. Gives its id."""

    event: str
    url: str
    form: str = "2"
    content_type: str = "application/json"
    token: str = ""
    status: str = "ACTIVE"
    project_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditWebhook:
    """Change a webhook. To make it active again forgets its failures."""

    webhook_id: int
    event: str | Unset = UNSET
    url: str | Unset = UNSET
    form: str | Unset = UNSET
    content_type: str | Unset = UNSET
    token: str | Unset = UNSET
    status: str | Unset = UNSET
    project_id: int | None | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteWebhook:
    """Remove a webhook; nothing that waits for it is sent any more."""

    webhook_id: int


@dataclass(frozen=True, slots=True)
class SwitchWebhooks:
    """Switch all of one's own webhooks on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class ProbeWebhook:
    """Send a test message. Gives the id of the delivery."""

    webhook_id: int


@dataclass(frozen=True, slots=True)
class Redeliver:
    """Send a message once more, under the same delivery id."""

    webhook_id: int
    delivery_id: int
