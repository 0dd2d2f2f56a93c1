"""OData as a client speaks it: a root, a key, paths with options, JSON bodies."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Flask
from werkzeug.test import TestResponse

SAFE = "$'(),/:=@*;!~-._"


class OData:
    """A client with a key; `get` and its kin give the response, `value` and `one` parsed bodies."""

    def __init__(self, app: Flask, key: str | None, root: str = "/odata") -> None:
        self.app = app
        self.key = key
        self.root = root

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        **options: Any,
    ) -> TestResponse:
        """Any request below the root. Options go as `filter="…"` for `$filter`."""
        sent = {"x-api-key": self.key} if self.key else {}
        sent |= dict(headers or {})
        url = f"{self.root}/{quote(path, safe=SAFE + '?&%')}"
        if options:
            pairs = (f"${name}={quote(str(value), safe=SAFE)}" for name, value in options.items())
            url += "?" + "&".join(pairs)
        more: dict[str, Any] = {"data": data} if data is not None else {}
        if body is not None:
            more = {"json": body}
        return self.app.test_client().open(url, method=method, headers=sent, **more)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """POST."""
        return self.call("POST", path, {} if body is None else body, **more)

    def patch(self, path: str, body: Any, **more: Any) -> TestResponse:
        """PATCH."""
        return self.call("PATCH", path, body, **more)

    def put(self, path: str, body: Any, **more: Any) -> TestResponse:
        """PUT."""
        return self.call("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        """DELETE."""
        return self.call("DELETE", path, **more)

    def value(self, path: str, **options: Any) -> list[dict[str, Any]]:
        """The entities of a collection that must be there."""
        response = self.get(path, **options)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json["value"]
        return found

    def names(self, path: str = "Task", **options: Any) -> list[str]:
        """The names of the entities of a collection."""
        return [each["Name"] for each in self.value(path, **options)]

    def one(self, path: str, **options: Any) -> dict[str, Any]:
        """An entity that must be there."""
        response = self.get(path, **options)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json
        return found

    def make(self, path: str, **body: Any) -> dict[str, Any]:
        """An entity that can be made."""
        response = self.post(path, body)
        assert response.status_code == 201, response.text
        found: dict[str, Any] = response.json
        return found
