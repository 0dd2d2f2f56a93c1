"""HTTP over one kept connection, cheap enough that many clients fit beside the server."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.api import basic


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` 0: nothing did, so that nobody knows whether it was done."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def unknown(self) -> bool:
        """It may have been carried out or not."""
        return self.status == 0 or self.status >= 500

    @property
    def json(self) -> Any:
        """The parsed body."""
        return json.loads(self.body)


class Wire:
    """A client with a key."""

    def __init__(self, port: int, key: str, timeout: float = 20.0) -> None:
        self._port, self._timeout = port, timeout
        self._line: http.client.HTTPConnection | None = None
        self._headers = basic(key) | {"Content-Type": "application/json"}

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request once; whatever goes wrong underneath is an Answer with status 0."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection(
                    "127.0.0.1", self._port, timeout=self._timeout
                )
            self._line.request(method, path, sent, self._headers | dict(headers or {}))
            response = self._line.getresponse()
            answer = Answer(
                response.status,
                {name.lower(): value for name, value in response.getheaders()},
                response.read(),
            )
            if response.will_close:
                self.close()
            return answer
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Answer(0, {}, repr(error).encode())

    def close(self) -> None:
        """Let go of the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None
