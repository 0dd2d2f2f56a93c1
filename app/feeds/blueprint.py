"""/calendar/{secret}.ics and /unsubscribe/{message}."""

from flask import Blueprint, Response, current_app, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from app.access import Viewer
from app.errors import DomainError, NotFound, TooLarge
from app.feeds.calendar import calendar_text
from app.http.conditional import not_modified, tag
from app.queries.feeds import feed_owner, feed_tasks, message_task
from app.services.execute import execute
from app.services.task_commands import Unsubscribe

feeds = Blueprint("feeds", __name__)

PRIVATE = "private, no-cache"
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>Mail about a task</title></head><body><main>{}</main></body></html>"""
ASK = '<p>No more mail about “{}”?</p><form method="post"><button>Unsubscribe</button></form>'
DONE = "<p>You will get no more mail about this task.</p>"
POLICY = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


@feeds.get("/calendar/<secret>.ics")
def calendar(secret: str) -> Response:
    """The tasks that the owner of the secret has put into his calendar (decision 33)."""
    settings = current_app.config["TANDEM"]
    owner = feed_owner(secret, settings.timezone)
    if owner is None:
        raise NotFound("No such calendar")
    text = calendar_text(feed_tasks(owner), owner.zone, request.host)
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = PRIVATE
    tag(response, request.environ)
    return not_modified(response, request.environ)


@feeds.get("/unsubscribe/<message>")
def ask(message: str) -> Response:
    """Ask first: programs that look at links must not unsubscribe anybody."""
    return _page(ASK.format(escape(_found(message)[0])))


@feeds.post("/unsubscribe/<message>")
def unsubscribe(message: str) -> Response:
    """End the mail about the task of a message; also the one click of RFC 8058."""
    _, task_id, person = _found(message)
    execute(Unsubscribe(task_id), person)
    return _page(DONE)


def _found(message: str) -> tuple[str, int, Viewer]:
    found = message_task(message)
    if found is None:
        raise NotFound("No such message")
    return found


def _page(body: str) -> Response:
    response = Response(PAGE.format(body), content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def render_error(error: DomainError | HTTPException) -> Response:
    """An error as plain text."""
    if isinstance(error, NotFound):
        return Response(error.message, 404, content_type="text/plain; charset=utf-8")
    if isinstance(error, DomainError):
        status = 413 if isinstance(error, TooLarge) else 422
        return Response(error.message, status, content_type="text/plain; charset=utf-8")
    response = Response(
        error.description or error.name, error.code, content_type="text/plain; charset=utf-8"
    )
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response
