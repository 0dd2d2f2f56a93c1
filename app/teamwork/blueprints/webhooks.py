"""/webhooks.json and /webhooks/{id}…: who is told of what, and what became of each message."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.webhooks import WEBHOOKS, of_webhook
from app.queries.page import fetch_by_id, require
from app.services.execute import execute
from app.services.webhook_commands import (
    DeleteWebhook,
    EditWebhook,
    ProbeWebhook,
    Redeliver,
    SwitchWebhooks,
)
from app.services.webhooks import EVENTS
from app.teamwork import envelope
from app.teamwork.schemas import neighbours
from app.teamwork.schemas import webhooks as schemas
from app.teamwork.views import asked_page, live, neighbour_list

webhooks = Blueprint("webhooks", __name__)

SECTION = "Webhooks"


@webhooks.get("/webhooks.json")
@operation(SECTION, options=neighbours.PAGING, answer={"webhooks": [schemas.Webhook]})
def list_webhooks() -> Response:
    """One's own webhooks; an administrator sees everybody's."""
    return neighbour_list("webhooks", schemas.WEBHOOK)


@webhooks.post("/webhooks.json")
@operation(
    SECTION,
    body=schemas.NewWebhookBody,
    wrapper="webhook",
    answer={"id": "string"},
    status=201,
)
def add_webhook() -> Response:
    """Let an address be told of an event, as far as one may see it oneself."""
    return envelope.created(execute(schemas.add_webhook(read_object(request)), current_viewer()))


@webhooks.get("/webhooks/events.json")
@operation(SECTION, options=neighbours.PAGING, answer={"events": "array"})
def list_events() -> Response:
    """The events that there are."""
    number, size, first = asked_page()
    items = [{"event": each} for each in EVENTS[first : first + size]]
    return envelope.page("events", items, number=number, size=size, total=len(EVENTS))


@webhooks.put("/webhooks/enable.json")
@operation(SECTION)
def enable() -> Response:
    """Switch all of one's own webhooks on."""
    execute(SwitchWebhooks(on=True), current_viewer())
    return envelope.ok()


@webhooks.put("/webhooks/disable.json")
@operation(SECTION)
def disable() -> Response:
    """Switch all of one's own webhooks off."""
    execute(SwitchWebhooks(on=False), current_viewer())
    return envelope.ok()


@webhooks.get("/webhooks/<id:webhook_id>.json")
@operation(SECTION, answer={"webhook": schemas.Webhook})
def retrieve_webhook(webhook_id: int) -> Response:
    """One webhook."""
    plan = schemas.WEBHOOK.plan(live())
    page = fetch_by_id(WEBHOOKS, webhook_id, plan.columns, current_viewer())
    return envelope.payload("webhook", plan.render(page)[0])


@webhooks.put("/webhooks/<id:webhook_id>.json")
@operation(SECTION, body=schemas.WebhookBody, wrapper="webhook")
def edit_webhook(webhook_id: int) -> Response:
    """Change a webhook."""
    execute(schemas.edit_webhook(read_object(request), webhook_id), current_viewer())
    return envelope.ok()


@webhooks.delete("/webhooks/<id:webhook_id>.json")
@operation(SECTION)
def delete_webhook(webhook_id: int) -> Response:
    """Remove a webhook."""
    execute(DeleteWebhook(webhook_id), current_viewer())
    return envelope.ok()


@webhooks.put("/webhooks/<id:webhook_id>/pause.json")
@operation(SECTION)
def pause(webhook_id: int) -> Response:
    """Switch a webhook off; what happens meanwhile is not told later."""
    execute(EditWebhook(webhook_id=webhook_id, status="INACTIVE"), current_viewer())
    return envelope.ok()


@webhooks.put("/webhooks/<id:webhook_id>/resume.json")
@operation(SECTION)
def resume(webhook_id: int) -> Response:
    """Switch a webhook on again."""
    execute(EditWebhook(webhook_id=webhook_id, status="ACTIVE"), current_viewer())
    return envelope.ok()


@webhooks.post("/webhooks/<id:webhook_id>/test.json")
@operation(SECTION, answer={"id": "string"}, status=201)
def probe(webhook_id: int) -> Response:
    """Send a test message; answers the id of the delivery."""
    return envelope.created(execute(ProbeWebhook(webhook_id), current_viewer()))


@webhooks.get("/webhooks/<id:webhook_id>/deliveries.json")
@operation(SECTION, options=neighbours.PAGING, answer={"deliveries": [schemas.Delivery]})
def list_deliveries(webhook_id: int) -> Response:
    """The messages of a webhook, and what became of them."""
    require(WEBHOOKS, webhook_id, current_viewer())
    return neighbour_list("deliveries", schemas.DELIVERY, of_webhook(webhook_id))


@webhooks.put("/webhooks/<id:webhook_id>/deliveries/<id:delivery_id>/redeliver.json")
@operation(SECTION)
def redeliver(webhook_id: int, delivery_id: int) -> Response:
    """Send a message once more, under the same delivery id."""
    execute(Redeliver(webhook_id, delivery_id), current_viewer())
    return envelope.ok()
