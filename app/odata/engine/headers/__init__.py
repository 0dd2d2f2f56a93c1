"""Request headers as OData reads them (Protocol 8): formats, versions, preferences, entity tags.

Pure functions over texts; reading takes time linear in the length of a header.
"""

from app.odata.engine.headers.conditions import etags
from app.odata.engine.headers.formats import (
    Format,
    content_type,
    media_type,
    negotiate,
    require_json,
)
from app.odata.engine.headers.lists import MediaType
from app.odata.engine.headers.preferences import Prefer, prefer
from app.odata.engine.headers.versions import version

__all__ = [
    "Format",
    "MediaType",
    "Prefer",
    "content_type",
    "etags",
    "media_type",
    "negotiate",
    "prefer",
    "require_json",
    "version",
]
