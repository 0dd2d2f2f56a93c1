"""What gunicorn does for itself, said as the application says it: its log lines, its refusals of
what is no proper HTTP, its end.
"""

from contextlib import suppress
from select import POLLIN, poll
from typing import Any, Final

import orjson
from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http import errors
from uuid_utils import uuid7

from app.config import read
from app.http.logs import FORMATTERS, Asked, asked, safe_path
from app.http.surroundings import COMMON, ID
from app.server.patience import PatientWorker

# Whatever else cannot be parsed is a 400.
REFUSALS: Final[dict[type[Exception], tuple[int, str]]] = {
    errors.ForbiddenProxyRequest: (403, "Forbidden"),
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
}
OF_THE_APPLICATION: Final = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's log in the form of TANDEM_LOG."""

    def setup(self, cfg: Any) -> None:
        """Configure the handlers."""
        super().setup(cfg)
        formatter = FORMATTERS[read().log]()
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter)


class Worker(PatientWorker):
    """Refuses in JSON that clients of both dialects can read, writes nothing of what the client
    sent to the log, and takes in at the end who has connected before.
    """

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Answer what could not be parsed, or could not be answered."""
        refused = isinstance(exc, errors.ParseException) and not isinstance(exc, OF_THE_APPLICATION)
        if refused or req is None:
            asked.set(Asked(uuid7().hex))  # this thread's last request was another one
        if refused:
            status, reason = REFUSALS.get(type(exc), (400, "Bad Request"))
            self.log.info("refused a request: %s", type(exc).__name__)
        else:
            status, reason = 500, "Internal Server Error"
            path = safe_path(getattr(req, "path", None) or "-")
            self.log.exception("%s %s failed", getattr(req, "method", "-"), path)
        with suppress(OSError):
            util.write_nonblock(client, _refusal(status, reason))

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections, or not. At the end: those that wait are taken yet, however fast others
        come, then the port is closed, so that nobody connects to a server that will not answer.
        """
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            listener.setblocking(False)
            waiting = poll()
            waiting.register(listener, POLLIN)
            with suppress(OSError):
                for _ in range(self.cfg.backlog):
                    if self.nr_conns >= self.worker_connections or not waiting.poll(0):
                        break
                    self.accept(listener)
            listener.close()


def _refusal(status: int, reason: str) -> bytes:
    """An answer in the words of both dialects: nobody knows yet which one was meant."""
    body = orjson.dumps(
        {
            "MESSAGE": reason,
            "STATUS": "Error",
            "error": {"code": str(status), "message": reason},
        }
    )
    headers = (
        ("Connection", "close"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(body))),
        (ID, asked.get().number),
        *COMMON,
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} {reason}\r\n{head}\r\n".encode("latin-1") + body
