"""Webhooks and their messages (facts 2.1)."""

from collections.abc import Mapping
from typing import Any

from app.queries.catalogues.webhooks import DELIVERIES, WEBHOOKS
from app.services.webhook_commands import AddWebhook, EditWebhook
from app.services.webhooks import EVENTS, FORM_TYPE, FORMS, JSON_TYPE, MAX_TOKEN, MAX_URL, STATES
from app.teamwork.schemas.fields import (
    Flag,
    IdText,
    Plain,
    PlainNumber,
    Stamp,
    TeamworkSchema,
)
from app.teamwork.schemas.inputs import REFUSED, Id, RequestSchema, Text, Word, envelope
from app.teamwork.schemas.listing import listed


class Webhook(TeamworkSchema):
    """A webhook. Its token is never shown, only whether there is one."""

    id = IdText("id", "id")
    event = Plain("event", "event")
    url = Plain("url", "url")
    version = Plain("version", "form")
    status = Plain("status", "status")
    content_type = Plain("contentType", "content_type")
    signed = Flag("hasToken", "has_token")
    failures = PlainNumber("failures", "failures")
    project_id = IdText("projectId", "project_id")
    creator_id = IdText("createdByUserId", "creator_id")
    created_on = Stamp("dateCreated", "created_at")
    changed_on = Stamp("dateUpdated", "changed_at")


class Delivery(TeamworkSchema):
    """A message: sent, to be sent (again), or given up."""

    id = IdText("id", "id")
    uid = Plain("deliveryId", "uid")
    event = Plain("event", "event")
    object_id = IdText("objectId", "object_id")
    content_type = Plain("contentType", "content_type")
    body = Plain("body", "body")
    attempts = PlainNumber("attempts", "attempts")
    created_on = Stamp("dateCreated", "created_at")
    due_at = Stamp("dateDue", "due_at")
    done_at = Stamp("dateDone", "done_at")
    failed = Flag("failed", "failed")
    response_status = IdText("responseStatus", "response_status")
    error = Plain("error", "error")


WEBHOOK = listed(WEBHOOKS, Webhook)
DELIVERY = listed(DELIVERIES, Delivery)

_FORMS = {each: each for each in FORMS} | {f"v{each}": each for each in FORMS}
_TYPES = {each: each for each in (JSON_TYPE, FORM_TYPE)}


class Address(Text):
    """Where to send to."""

    json_type: Mapping[str, Any] = {"type": "string", "examples": ["https://example.com/hook"]}


class WebhookBody(RequestSchema):
    """A webhook to change."""

    event = Word({each.lower(): each for each in EVENTS})
    url = Address(MAX_URL, cleared=REFUSED)
    form = Word(_FORMS, data_key="version")
    content_type = Word(_TYPES, data_key="contentType")
    token = Text(MAX_TOKEN)
    status = Word({each.lower(): each for each in STATES})
    project_id = Id(data_key="projectId", zero=None, cleared=None)


class NewWebhookBody(WebhookBody):
    """A webhook to add."""

    event = Word({each.lower(): each for each in EVENTS}, required=True)
    url = Address(MAX_URL, cleared=REFUSED, required=True)


def add_webhook(body: Mapping[str, Any]) -> AddWebhook:
    """POST /webhooks.json. Raises Invalid."""
    return AddWebhook(**NewWebhookBody().read(envelope(body, "webhook")))


def edit_webhook(body: Mapping[str, Any], webhook_id: int) -> EditWebhook:
    """PUT /webhooks/{id}.json. Raises Invalid."""
    return EditWebhook(webhook_id=webhook_id, **WebhookBody().read(envelope(body, "webhook")))
