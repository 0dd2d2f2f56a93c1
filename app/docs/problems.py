"""Errors of the pages and health addresses: plain JSON, `{"error": …}`."""

from flask import Response
from werkzeug.exceptions import HTTPException

from app.errors import DomainError
from app.http.json import json_response

KEPT_HEADERS = ("Allow", "Retry-After")


def render_error(error: DomainError | HTTPException) -> Response:
    """An error below an address of this package. No view here raises domain errors of its own."""
    if isinstance(error, DomainError):
        return json_response({"error": error.message}, 422)
    response = json_response({"error": error.description or error.name}, error.code or 500)
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            response.headers[name] = value
    return response
