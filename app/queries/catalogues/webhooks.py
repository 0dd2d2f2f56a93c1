"""Webhooks, and the messages that they were or will be sent."""

from typing import Any

from sqlalchemy import ColumnElement, exists

from app.access import Viewer, visible_webhook
from app.models import Delivery, Webhook
from app.queries.query import Catalogue
from app.queries.relationships import columns_of

WEBHOOKS = Catalogue(
    name="Webhook",
    source=Webhook.__table__,
    columns={
        **columns_of(Webhook, "event url form content_type status failures project_id creator_id"),
        "has_token": Webhook.token != "",
    },
    visible=lambda viewer, _: visible_webhook(viewer),
)


def _of_visible_webhook(viewer: Viewer, _deleted: bool) -> ColumnElement[bool]:
    return exists().where(Webhook.id == Delivery.webhook_id, visible_webhook(viewer))


DELIVERIES = Catalogue(
    name="Delivery",
    source=Delivery.__table__,
    columns=columns_of(
        Delivery,
        "webhook_id event object_id content_type body due_at attempts done_at failed "
        "response_status error",
    ),
    visible=_of_visible_webhook,
)


def of_webhook(webhook_id: int) -> Any:
    """The messages of one webhook."""
    return Delivery.webhook_id == webhook_id
