"""HTTP as a client speaks it: a key, a path, options, a JSON body."""

import base64
from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse


def basic(key: str, password: str = "x") -> dict[str, str]:
    """The Authorization header of Basic authentication."""
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:{password}".encode()).decode()}


class Api:
    """A client with a key. `get` and its kin give the response; `json` of it is the parsed body."""

    def __init__(self, app: Flask, key: str | None) -> None:
        self.app = app
        self._key = key

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        options: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> TestResponse:
        """Any request; `body` goes as JSON, `data` as it is."""
        sent = dict(basic(self._key) if self._key else {}) | dict(headers or {})
        more: dict[str, Any] = {"data": data} if data is not None else {}
        if body is not None:
            more = {"json": body}
        client = self.app.test_client()
        return client.open(path, method=method, query_string=options or None, headers=sent, **more)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET; options whose names hold a hyphen go as **{"tag-ids": "1"}."""
        return self.call("GET", path, options=options)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """POST."""
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """PUT."""
        return self.call("PUT", path, body, **more)

    def delete(self, path: str) -> TestResponse:
        """DELETE."""
        return self.call("DELETE", path)

    def task(self, task_id: int, **options: Any) -> dict[str, Any]:
        """The todo-item of a task that must be there."""
        response = self.get(f"/tasks/{task_id}.json", **options)
        assert response.status_code == 200, response.text
        item: dict[str, Any] = response.json["todo-item"]
        return item

    def names(self, path: str, **options: Any) -> list[str]:
        """The contents of a list of tasks, in its order."""
        response = self.get(path, **options)
        assert response.status_code == 200, response.text
        return [item["content"] for item in response.json["todo-items"]]
