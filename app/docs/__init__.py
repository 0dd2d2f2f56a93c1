"""What a browser and a supervisor see: the landing page, the API page, /openapi.json, health. Open
to all.
"""

from app.docs.health import health
from app.http.dialects import Dialect
from app.teamwork.envelope import render_error

DOCS = Dialect(
    name="Documentation",
    prefixes=("/docs", "/openapi.json", "/healthz", "/readyz"),
    blueprints=((health, None),),
    render_error=render_error,
)
