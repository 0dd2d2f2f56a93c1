"""JSON out: orjson, keys in the order in which they were put."""

from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """Flask's JSON interface on orjson."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """An object as JSON text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """JSON text as an object."""
        return orjson.loads(s)


def json_response(body: Any, status: int = 200) -> Response:
    """A response with a JSON body."""
    return Response(orjson.dumps(body), status, content_type="application/json; charset=utf-8")
