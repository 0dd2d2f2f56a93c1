"""What a browser and a supervisor see: the landing page, the API page, /openapi.json, health. Open
to all.
"""

from app.docs.health import health
from app.docs.pages import pages
from app.docs.problems import render_error
from app.http.dialects import Dialect

DOCS = Dialect(
    name="Documentation",
    prefixes=("/docs", "/openapi.json", "/healthz", "/readyz"),
    blueprints=((pages, None), (health, None)),
    render_error=render_error,
    unlimited=("/healthz", "/readyz"),
)
