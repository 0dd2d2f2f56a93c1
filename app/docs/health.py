"""/healthz: the process answers. /readyz: the database does too, and is set up."""

from flask import Blueprint, Response, current_app

from app.config import ROOT
from app.http.json import json_response
from app.queries.monitoring import Readiness

HEAD = (ROOT / "migrations" / "CURRENT_HEAD").read_text().strip()

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """200 as long as the process can answer at all."""
    return _fresh(json_response({"status": "ok"}))


@health.get("/readyz")
def readyz() -> Response:
    """200 when requests can be served, else 503; says no more than that to strangers."""
    ready = readiness().ready()
    return _fresh(
        json_response({"status": "ok" if ready else "unavailable"}, 200 if ready else 503)
    )


def readiness() -> Readiness:
    """That of the running application, made once."""
    found: Readiness | None = current_app.extensions.get("tandem_readiness")
    if found is None:
        found = current_app.extensions["tandem_readiness"] = Readiness(HEAD)
    return found


def _fresh(response: Response) -> Response:
    response.cache_control.no_store = True
    return response
