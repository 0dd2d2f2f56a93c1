"""A small HTTP/1.1 client on raw sockets: many keep-alive connections in one epoll loop.

Requests are ready-made bytes, answers are read into one buffer of which nothing is kept but status
and length, so that the client needs far less of the machine than the server that it measures.
"""

import contextlib
import re
import select
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

BUFFER, HEAD = 1 << 18, 1 << 12
ANSWER_SECONDS = 30
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSING = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_BODILESS = (b"204", b"304")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens; `prefix` stands before every path."""

    host: str
    port: int
    tls: bool = False
    prefix: str = ""

    def connect(self) -> socket.socket:
        """A new connection. Raises OSError."""
        family, address = _resolved(self.host, self.port)
        made = socket.socket(family, socket.SOCK_STREAM)
        # The kernel's own time limits: Python's would cost a poll before each send and receive.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            made.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", ANSWER_SECONDS, 0))
        try:
            made.connect(address)
        except OSError:
            made.close()
            raise
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            return ssl.create_default_context().wrap_socket(made, server_hostname=self.host)
        return made


@cache
def _resolved(host: str, port: int) -> tuple[int, Any]:
    """Asked once: the floor closes every connection, so a name would be looked up each time."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return family, address


@dataclass(slots=True)
class Tally:
    """What a run gave: latencies in seconds of the answers that count, and what else happened."""

    latencies: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def wrong(self, what: str) -> None:
        """Count an answer that is neither a 2xx nor a 304, or none at all."""
        self.errors += 1
        self.first_error = self.first_error or what


class Connection:
    """One connection with at most one request under way."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.socket = endpoint.connect()
        self.began = 0.0
        self._reset()

    def _reset(self) -> None:
        self._head = b""
        self._seen = 0
        self._missing = -1
        self.status = b""
        self.closing = False

    def send(self, request: bytes) -> None:
        """Send a request and start its clock."""
        self._reset()
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def reopen(self) -> None:
        """A new connection in place of one that the server has closed."""
        self.socket.close()
        self.socket = self._endpoint.connect()

    def receive(self, buffer: memoryview) -> bool:
        """Take what has come; True when the answer is whole. Raises OSError at its end."""
        while not self._take(buffer):
            # What a TLS connection has decrypted already, epoll does not tell of.
            if not (isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()):
                return False
        return True

    def _take(self, buffer: memoryview) -> bool:
        size = self.socket.recv_into(buffer)
        if not size:
            raise ConnectionError("closed by the server")
        if self._missing >= 0:
            self._missing -= size
            return self._missing == 0
        # A head is short; what comes behind it is counted, not kept.
        self._seen += size
        self._head += bytes(buffer[: min(size, HEAD)])
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return False
        self._read_head(self._head[: end + 2])
        self._missing -= self._seen - end - 4
        return self._missing == 0

    def _read_head(self, head: bytes) -> None:
        self.status = head[9:12]
        length = _LENGTH.search(head)
        bodiless = self.status in _BODILESS or length is None
        self._missing = 0 if bodiless or length is None else int(length[1])
        self.closing = _CLOSING.search(head) is not None

    @property
    def counts(self) -> bool:
        """The answer is one that was asked for."""
        return self.status[:1] == b"2" or self.status == b"304"


class _Loop:
    """Connections that repeat requests until the time is over."""

    def __init__(self, endpoint: Endpoint, requests: Iterator[bytes], connections: int) -> None:
        self._requests = requests
        self._poll = select.epoll()
        self._buffer = memoryview(bytearray(BUFFER))
        self._tally = Tally()
        self._open: dict[int, Connection] = {}
        for _ in range(connections):
            self._watch(Connection(endpoint))

    def _watch(self, connection: Connection) -> None:
        self._open[connection.socket.fileno()] = connection
        self._poll.register(connection.socket.fileno(), select.EPOLLIN)

    def _drop(self, connection: Connection) -> None:
        # Closing takes a socket off the epoll.
        del self._open[connection.socket.fileno()]
        with contextlib.suppress(OSError):
            connection.socket.close()

    def run(self, seconds: float) -> Tally:
        """Ask for so many seconds, then wait for the answers that are under way."""
        used, start = time.process_time(), time.perf_counter()
        self._until = start + seconds
        for connection in self._open.values():
            connection.send(next(self._requests))
        while self._open:
            ready = self._poll.poll(ANSWER_SECONDS)
            if not ready:
                self._tally.wrong(f"no answer within {ANSWER_SECONDS} s")
                break
            for number, _ in ready:
                self._take(self._open[number])
        self._tally.seconds = time.perf_counter() - start
        self._tally.cpu_seconds = time.process_time() - used
        for connection in list(self._open.values()):
            self._drop(connection)
        self._poll.close()
        return self._tally

    def _take(self, connection: Connection) -> None:
        try:
            if not connection.receive(self._buffer):
                return
        except OSError as error:
            self._tally.wrong(str(error))
            connection.closing = True
        else:
            self._count(connection)
        self._next(connection)

    def _count(self, connection: Connection) -> None:
        if connection.counts:
            self._tally.latencies.append(time.perf_counter() - connection.began)
        else:
            self._tally.wrong(f"status {connection.status.decode()}")

    def _next(self, connection: Connection) -> None:
        """The next request. When the time is over the connection is closed at once: a server may
        wait for a request on one that is idle, and have no worker left for the others.
        """
        if time.perf_counter() >= self._until:
            self._drop(connection)
            return
        if connection.closing:
            self._drop(connection)
            connection.reopen()
            self._watch(connection)
        connection.send(next(self._requests))


def drive(endpoint: Endpoint, requests: Iterator[bytes], connections: int, seconds: float) -> Tally:
    """Repeat requests over so many connections for so many seconds."""
    return _Loop(endpoint, requests, connections).run(seconds)


def trickle(endpoint: Endpoint, requests: Iterator[bytes], rate: float, seconds: float) -> Tally:
    """One client that sends a request every 1/rate seconds, or as soon as the last is answered."""
    tally, buffer = Tally(), memoryview(bytearray(BUFFER))
    connection = Connection(endpoint)
    start = due = time.perf_counter()
    while due < start + seconds:
        time.sleep(max(0.0, due - time.perf_counter()))
        connection.send(next(requests))
        while not connection.receive(buffer):
            pass
        if connection.counts:
            tally.latencies.append(time.perf_counter() - connection.began)
        else:
            tally.wrong(f"status {connection.status.decode()}")
        if connection.closing:
            connection.reopen()
        due = max(due + 1 / rate, time.perf_counter() - 1 / rate)
    connection.socket.close()
    tally.seconds = time.perf_counter() - start
    return tally
