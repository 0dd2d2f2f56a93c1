"""API keys without their secrets: one's own, and all for an administrator."""

from sqlalchemy import ColumnElement, true

from app.access import Viewer
from app.models import ApiKey
from app.queries.query import Catalogue
from app.queries.relationships import columns_of


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.admin else ApiKey.person_id == viewer.me


KEYS = Catalogue(
    name="Key",
    source=ApiKey.__table__,
    columns=columns_of(ApiKey, "person_id hint read_only expires_at last_used_at revoked_at"),
    visible=lambda viewer, _: _visible(viewer),
)
