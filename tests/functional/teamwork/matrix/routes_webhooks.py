"""Rows of webhooks and their deliveries: one's own, and everybody's for an administrator."""

from tests.functional.teamwork.matrix.rows import Row, named
from tests.functional.teamwork.matrix.targets import ANY, READ

HOOK = "/webhooks/<id:webhook_id>"
NEW = {"event": "TASK.CREATED", "url": "http://example.com/hook"}
PROJECT = (named("webhook", "projectId", "project", NEW),)

ROUTES: tuple[Row, ...] = (
    Row("GET", "/webhooks.json", ANY),
    Row("POST", "/webhooks.json", ANY, 201, {"webhook": NEW}, PROJECT),
    Row("GET", "/webhooks/events.json", ANY),
    Row("PUT", "/webhooks/enable.json", ANY),
    Row("PUT", "/webhooks/disable.json", ANY),
    Row("GET", f"{HOOK}.json", READ),
    Row("PUT", f"{HOOK}.json", READ, 200, {"webhook": {"version": "1"}}, PROJECT),
    Row("DELETE", f"{HOOK}.json", READ),
    Row("PUT", f"{HOOK}/pause.json", READ),
    Row("PUT", f"{HOOK}/resume.json", READ),
    Row("POST", f"{HOOK}/test.json", READ, 201),
    Row("GET", f"{HOOK}/deliveries.json", READ),
    Row("PUT", f"{HOOK}/deliveries/<id:delivery_id>/redeliver.json", READ),
)
