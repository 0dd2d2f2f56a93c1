"""The body of a changing request."""

from io import BytesIO
from typing import IO, Any

from app.odata.engine.exchange import Exchange
from app.odata.engine.headers import require_json
from app.odata.engine.loading import load


def json_body(exchange: Exchange) -> Any:
    """The body as JSON. Raises NotThisFormat, TooBig, BadRequest."""
    require_json(exchange.request.headers.get("content-type"))
    limits = exchange.service.limits
    return load(content(exchange).read(limits.body + 1), limits)


def content(exchange: Exchange) -> IO[bytes]:
    """The body as bytes, from its beginning: the transaction may run again."""
    request = exchange.request
    if request.stream is None:
        return BytesIO(request.body)
    request.stream.seek(0)
    return request.stream
