"""A request that was collected, as gunicorn and the application read it."""

import time
from tempfile import TemporaryFile
from typing import IO, Any, Final

from gunicorn.http.errors import ParseException
from gunicorn.http.unreader import SocketUnreader
from werkzeug.exceptions import ClientDisconnected

from app.server.framing import Framing

REQUEST_SECONDS: Final = 15.0  # for a request, and so much longer as its bytes take at SLOWEST
SLOWEST: Final = 16_384  # bytes a second
IN_MEMORY: Final = 65_536  # bytes of a request that wait in memory


class Collected:
    """What is there of a request, and since when."""

    __slots__ = ("began", "file", "framing", "head", "size")

    def __init__(self, longest: int) -> None:
        self.began = time.monotonic()
        self.size = 0
        self.framing = Framing(longest)
        self.head = b""
        self.file: IO[bytes] | None = None

    @property
    def deadline(self) -> float:
        """When it has to be whole, unless more comes."""
        return self.began + REQUEST_SECONDS + self.size / SLOWEST

    def add(self, data: bytes) -> None:
        """More came."""
        self.size += len(data)
        self.framing.feed(data)
        if self.file is None and len(self.head) + len(data) > IN_MEMORY:
            self.file = TemporaryFile()  # noqa: SIM115 - closed when it was read
        if self.file is None:
            self.head += data
        else:
            self.file.write(data)

    def close(self) -> None:
        """Nobody will read it."""
        if self.file is not None:
            self.file.close()


class Reader(SocketUnreader):  # type: ignore[misc]
    """Reads what was collected, never the socket: no thread waits for a client. `dry`: more was
    wanted, so nobody knows where the next request would begin.
    """

    def __init__(self, sock: Any, collected: Collected) -> None:
        super().__init__(sock)
        self.dry = False
        self._file = collected.file
        if self._file is not None:
            self._file.seek(0)
        self.buf.write(collected.head)

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next bytes."""
        if self._file is not None:
            found = self._file.read(max(self.mxchunk, size_hint or 0))
            if found:
                return found
            self.close()
        self.dry = True
        return b""

    def settle(self) -> bytes:
        """Take out what belongs to the next request."""
        rest = self._file.read() if self._file is not None else b""
        self.close()
        return bytes(self.take_buffered()) + rest

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


class _Body:
    """A body in chunks for the application. gunicorn finds out while it is read that a chunk is
    none, and says so by errors that nobody else knows.
    """

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises werkzeug's ClientDisconnected, a 400."""
        try:
            return bytes(self._body.read(None if size < 0 else size))
        except (ParseException, OSError):
            raise ClientDisconnected from None


def with_body(app: Any, environ: dict[str, Any], start_response: Any) -> Any:
    """The answer of the application to a request whose body it can read to the end or not."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        environ["wsgi.input"] = _Body(environ["wsgi.input"])
    return app(environ, start_response)
