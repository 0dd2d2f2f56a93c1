"""Dialect 2: InLoox's Task API, OData at /odata, /api/odata and /api/v1/odata."""

from app.http.auth import require_key_or_password
from app.http.dialects import Dialect
from app.odata.blueprint import METHODS, ROOTS, odata, serve_directly
from app.odata.envelope import render_error

SHORT_WRITES = (
    rf"(?:POST|PATCH) (?:{'|'.join(ROOTS)})/(?:Task|TaskItemNote|TimeEntry|CheckListItem)"
    r"(?:\([^()/]*\))?"
)

DIALECT = Dialect(
    name="InLoox",
    prefixes=ROOTS,
    blueprints=((odata, require_key_or_password),),
    render_error=render_error,
    or_password=True,
    kept=True,
    directly=serve_directly,
    direct=METHODS,
    short_writes=SHORT_WRITES,
)
