"""Ready-made HTTP requests, and single questions outside the measurements."""

import base64
import http.client
import json
import ssl
from dataclasses import dataclass
from urllib.parse import quote

from bench.client import Endpoint
from bench.wire import Answer

SAFE = "/?&=$(),'"
ANSWER_SECONDS = 120
_HOP = {"connection", "date", "server", "keep-alive", "transfer-encoding", "content-length"}


class Refused(Exception):
    """The server gave no answer that a workload can use."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks whom: the server, and the key of the person on whose behalf."""

    endpoint: Endpoint
    key: str

    def request(
        self, method: str, path: str, name: str, body: object = None, **headers: str
    ) -> bytes:
        """One request as it goes over the wire; X-Bench tells the floor which answer is meant."""
        payload = b"" if body is None else json.dumps(body).encode()
        basic = base64.b64encode(f"{self.key}:x".encode()).decode()
        lines = [
            f"{method} {self.endpoint.prefix}{quote(path, SAFE + '%')} HTTP/1.1",
            f"Host: {self.endpoint.host}:{self.endpoint.port}",
            f"Authorization: Basic {basic}",
            f"X-Bench: {name}",
            "Accept: application/json",
            *(f"{key.replace('_', '-')}: {value}" for key, value in headers.items()),
        ]
        if method != "GET":
            lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + payload

    def ask(self, raw: bytes) -> Answer:
        """Send a ready-made request; gives the answer as the floor is to repeat it. Raises Refused
        for any but a 2xx or 304.
        """
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        connection = self._connection()
        try:
            sent = dict(line.split(": ", 1) for line in lines)
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            content = answer.read()
        except OSError as error:
            raise Refused(f"{first}: {error}") from error
        finally:
            connection.close()
        if not (200 <= answer.status < 300 or answer.status == 304):
            raise Refused(f"{first}: status {answer.status}: {content[:300]!r}")
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP]
        if answer.status not in (204, 304):
            kept.append(("Content-Length", str(len(content))))
        return f"{answer.status} {answer.reason}", kept, content

    def get(self, path: str) -> dict[str, object]:
        """The JSON of a GET. Raises Refused."""
        return self.json(self.request("GET", path, "ids"))

    def json(self, raw: bytes) -> dict[str, object]:
        """The JSON that answers a request. Raises Refused."""
        parsed: dict[str, object] = json.loads(self.ask(raw)[2])
        return parsed

    def _connection(self) -> http.client.HTTPConnection:
        where = self.endpoint.host, self.endpoint.port
        if self.endpoint.tls:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(*where, timeout=ANSWER_SECONDS, context=context)
        return http.client.HTTPConnection(*where, timeout=ANSWER_SECONDS)
