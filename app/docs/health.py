"""/healthz: the process answers. /readyz: the database does too, and is set up."""

import logging

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from app.http.json import json_response
from app.queries.account import is_ready

health = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@health.get("/healthz")
def healthz() -> Response:
    """200 as long as the process can answer at all."""
    return json_response({"status": "ok"})


@health.get("/readyz")
def readyz() -> Response:
    """200 when requests can be served, else 503; says no more than that to strangers."""
    try:
        ready = is_ready()
    except SQLAlchemyError as error:
        log.warning("not ready: %s", type(error).__name__)
        ready = False
    return json_response({"status": "ok" if ready else "unavailable"}, 200 if ready else 503)
