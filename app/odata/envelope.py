"""Errors before the engine is reached (no key, no such method, a crash) in OData's own shape."""

from flask import Response
from werkzeug.exceptions import HTTPException

from app.errors import DomainError
from app.odata.blueprint import response
from app.odata.engine.envelope import dumps, error_reply

CODES = {
    404: "NotFound",
    405: "MethodNotAllowed",
    413: "PayloadTooLarge",
    429: "TooManyRequests",
    500: "InternalError",
}


def render_error(error: DomainError | HTTPException) -> Response:
    """An error as `{"error": {"code", "message"}}`, with the version header."""
    if isinstance(error, DomainError):
        return response(error_reply(error, "4.0"))
    status = error.code or 500
    body = {"code": CODES.get(status, "Error"), "message": error.description or error.name}
    made = Response(dumps({"error": body}), status, content_type="application/json;charset=utf-8")
    made.headers["OData-Version"] = "4.0"
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            made.headers[name] = value
    return made
