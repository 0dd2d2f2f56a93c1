"""gunicorn's threaded worker, that no slow client can hold.

gunicorn gives a connection to a thread as soon as its first byte is there, and that thread waits
for the rest as long as the client likes; it closes in its main loop, where a client that does not
close its own end stops everything for two seconds. A handful of such clients would be enough to
stop a server with a handful of threads. Here the main loop, which waits for all at once, collects
a request, and a thread gets it whole; it also sees the connections off.

A request has to keep coming: IDLE_SECONDS without a byte, or slower than SLOWEST in the long run,
and its connection is closed. Of a big one all but the beginning waits in a file.
"""

import socket
import struct
import time
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from tempfile import TemporaryFile
from typing import IO, Any, Final

from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import ThreadWorker

from app.config import read
from app.http.framing import Framing, told_to_go_on

IDLE_SECONDS: Final = 10.0  # without a byte, while a request is expected
REQUEST_SECONDS: Final = 15.0  # for a request, and so much longer as its bytes take at SLOWEST
SLOWEST: Final = 16_384  # bytes a second
SENDING_SECONDS: Final = 15  # without the client taking a byte of its answer
LINGER_SECONDS: Final = 2.0  # for the client to close its end
LINGER_BYTES: Final = 65_536  # that it may still send meanwhile
IN_MEMORY: Final = 65_536  # bytes of a request that wait in memory
MOST_BIG: Final = 64  # requests at a time of which more waits in files
BESIDE: Final = 2**20  # bytes of an upload that are not the file's
AT_ONCE: Final = 65_536  # bytes of one read
GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


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


class _Reader(SocketUnreader):  # type: ignore[misc]
    """Reads what was collected, then the socket."""

    def __init__(self, sock: Any, collected: Collected) -> None:
        super().__init__(sock)
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
        return bytes(super().chunk(size_hint))

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


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """A worker whose threads get whole requests only. TLS of gunicorn's own goes its old way."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._longest = int(read().max_upload) + BESIDE
        self._looked = 0.0

    # Collecting: in the main loop

    def enqueue_req(self, conn: Any) -> None:
        """There may be something to read: give the request to a thread once it is whole."""
        if self.cfg.is_ssl:
            super().enqueue_req(conn)
            return
        try:
            whole = self._collect(conn)
        except OSError:
            self._drop(conn)
            return
        if whole:
            conn.data_ready = True
            super().enqueue_req(conn)
        else:
            until = min(time.monotonic() + IDLE_SECONDS, conn.collected.deadline)
            self._await(conn, self.on_pending_socket_readable, until)

    def _collect(self, conn: Any) -> bool:
        """Take in what came; whether the request is whole, or nothing more comes."""
        held = self._held(conn)
        while not held.framing.whole:
            try:
                data = conn.sock.recv(AT_ONCE, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            if not data:
                raise ConnectionResetError  # what was cut off is nobody's wish
            held.add(data)
            if held.framing.waits:
                held.framing.waits = False
                held.head = told_to_go_on(held.head)
                conn.sock.send(GO_ON, socket.MSG_DONTWAIT)
            if held.file is not None and self._too_many():
                raise ConnectionAbortedError
        return True

    def _held(self, conn: Any) -> Collected:
        """What was collected so far; what came behind the request before is the beginning."""
        held: Collected | None = conn.__dict__.get("collected")
        if held is None:
            held = conn.collected = Collected(self._longest)
            ahead = conn.__dict__.pop("ahead", b"")
            if ahead:
                held.add(ahead)
        return held

    def _too_many(self) -> bool:
        """Too many requests fill files: the disk is not for whoever begins most of them."""
        waiting = (each.__dict__.get("collected") for each in self.pending_conns)
        return sum(held is not None and held.file is not None for held in waiting) >= MOST_BIG

    # Answering: in a thread

    def handle(self, conn: Any) -> Any:
        """Answer the request that was collected."""
        held: Collected | None = conn.__dict__.pop("collected", None)
        if held is None:
            return super().handle(conn)
        if held.framing.endless:
            self.handle_error(None, conn.sock, conn.client, LimitRequestHeaders("head"))
            return False
        if not conn.initialized:
            _bound_sending(conn.sock)
            conn.init()
        reader = conn.parser.unreader = _Reader(conn.sock, held)
        conn.open_end = held.framing.open_end
        try:
            kept = super().handle(conn)
            conn.ahead = reader.settle() if kept else b""
            return kept
        finally:
            reader.close()

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """A body that nobody collected is not waited for either."""
        if conn.__dict__.get("open_end"):
            return False
        return bool(super()._keepalive_after(conn, keepalive))

    # Seeing off: in the main loop

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Wait for the next request, or close."""
        failed = fs.cancelled() or fs.exception() is not None
        if not failed and fs.result() is False and not self.cfg.is_ssl:
            self._see_off(conn)
        elif not failed and conn.__dict__.get("ahead"):
            self.enqueue_req(conn)
        else:
            super().finish_request(conn, fs)

    def _see_off(self, conn: Any) -> None:
        """Say that nothing more comes, and let the client close: were the socket closed while it
        still sends, it might never read the answer.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.lingers = LINGER_BYTES
            self._await(conn, self._drain, time.monotonic() + LINGER_SECONDS)
        except (OSError, ValueError):
            self._drop(conn)

    def _drain(self, conn: Any, client: Any) -> None:
        try:
            data = client.recv(AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.lingers -= len(data)
        if not data or conn.lingers < 0:
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self._drop(conn)

    def _await(self, conn: Any, ready: Any, until: float) -> None:
        conn.sock.setblocking(False)
        conn.timeout = until
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(ready, conn))

    def _drop(self, conn: Any) -> None:
        held: Collected | None = conn.__dict__.pop("collected", None)
        if held is not None:
            held.close()
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close connections whose time is over; each has its own."""
        now = time.monotonic()
        if now - self._looked < 0.5:
            return
        self._looked = now
        for conn in [each for each in self.pending_conns if self._is_over(each, now)]:
            self.pending_conns.remove(conn)
            with suppress(OSError, KeyError, ValueError):
                self.poller.unregister(conn.sock)
            self._drop(conn)

    def _is_over(self, conn: Any, now: float) -> bool:
        """Its time is over; a server that ends does not wait for who says nothing."""
        held: Collected | None = conn.__dict__.get("collected")
        silent = held is not None and not held.size and held.began + LINGER_SECONDS <= now
        return bool(conn.timeout <= now or (silent and not self.alive))


def _bound_sending(sock: Any) -> None:
    """No thread waits for ever for a client to take its answer."""
    with suppress(OSError):
        patience = struct.pack("ll", SENDING_SECONDS, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
