"""A receiver of webhooks that remembers which tasks it was told of."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from tests.torture.wire import Wire


class Receiver:
    """Listens on a port of its own; `told` are the ids of completed tasks."""

    def __init__(self) -> None:
        self.told: set[int] = set()
        told = self.told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name that the library asks for
                length = int(self.headers["Content-Length"])
                told.add(int(json.loads(self.rfile.read(length))["objectId"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def subscribe(self, port: int, key: str) -> None:
        """Let a server tell of completed tasks."""
        url = f"http://127.0.0.1:{self._server.server_port}/hook"
        wire = Wire(port, key)
        body = {"webhook": {"event": "TASK.COMPLETED", "url": url}}
        made = wire.call("POST", "/webhooks.json", body)
        wire.close()
        assert made.status == 201, made

    def __enter__(self) -> "Receiver":
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
