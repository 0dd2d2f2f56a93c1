"""If-Match and If-None-Match on requests that read (Protocol 8.2.4, 8.2.5; RFC 9110, 13)."""

from app.odata.engine.exchange import Exchange
from app.odata.engine.messages import Reply
from app.odata.engine.problems import PreconditionFailed


def unchanged(exchange: Exchange, etag: str) -> Reply | None:
    """304 when the client has what he asks for already; None when he has to get it, or when the
    request does not read. Raises PreconditionFailed where If-Match names another version.

    ETags are compared weakly.
    """
    if not exchange.is_read:
        return None
    asked = exchange.conditions
    if asked.match is not None and not _among(etag, asked.match):
        raise PreconditionFailed("This was changed since")
    if asked.none_match is None or not _among(etag, asked.none_match):
        return None
    return Reply(304, {"OData-Version": exchange.manner.version, "ETag": etag})


def _among(etag: str, wanted: str | tuple[tuple[bool, str], ...]) -> bool:
    if isinstance(wanted, str):
        return wanted == "*"
    return etag.removeprefix("W/").strip('"') in {opaque for _, opaque in wanted}
