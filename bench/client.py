"""A small HTTP/1.1 client on raw sockets: many keep-alive connections in one epoll loop.

It reads answers into one buffer and keeps nothing of them but status and length, so that it needs
far less of the machine than the server it measures.
"""

import contextlib
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

BUFFER = 1 << 18
ANSWER_SECONDS = 20.0

Address = tuple[str, int]


@dataclass(slots=True)
class Tally:
    """What a run gave: latencies in seconds of the 2xx answers, and what else happened."""

    latencies: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""
    seconds: float = 0.0

    def wrong(self, what: str) -> None:
        """Count an answer that is not a 2xx, or none at all."""
        self.errors += 1
        self.first_error = self.first_error or what


class _Connection:
    """One connection with at most one request under way."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.socket = self._open()
        self.request = b""
        self.began = 0.0
        self._reset()

    def _open(self) -> socket.socket:
        made = socket.create_connection(self._address, timeout=ANSWER_SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _reset(self) -> None:
        self.head = b""
        self.missing = -1
        self.status = ""
        self.closing = False

    def send(self, request: bytes) -> None:
        """Send a request and start its clock."""
        self.request = request
        self._reset()
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def reopen(self) -> None:
        """A new connection in place of one that the server has closed."""
        self.socket.close()
        self.socket = self._open()

    def receive(self, buffer: memoryview) -> bool:
        """Take what has come; True when the answer is whole. Raises ConnectionError at its end."""
        size = self.socket.recv_into(buffer)
        if not size:
            raise ConnectionError("closed by the server")
        if self.missing < 0:
            self.head += bytes(buffer[:size])
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            self._read_head(self.head[:end].decode("latin-1"))
            size = len(self.head) - end - 4
        self.missing -= size
        return self.missing == 0

    def _read_head(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        self.status = first[9:12]
        named = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        # An answer 204 has no body, and no length of one.
        self.missing = int(named.get("content-length", "0"))
        self.closing = named.get("connection") == "close"


class _Loop:
    """Connections that repeat requests until the time is over."""

    def __init__(self, address: Address, requests: Iterator[bytes], connections: int) -> None:
        self._requests = requests
        self._poll = select.epoll()
        self._buffer = memoryview(bytearray(BUFFER))
        self._tally = Tally()
        self._open: dict[int, _Connection] = {}
        for _ in range(connections):
            self._watch(_Connection(address))

    def _watch(self, connection: _Connection) -> None:
        self._open[connection.socket.fileno()] = connection
        self._poll.register(connection.socket.fileno(), select.EPOLLIN)

    def _renew(self, connection: _Connection) -> None:
        old = connection.socket.fileno()
        self._poll.unregister(old)
        del self._open[old]
        connection.reopen()
        self._watch(connection)

    def run(self, seconds: float) -> Tally:
        """Ask for so many seconds, then wait for the answers that are under way."""
        start = time.perf_counter()
        self._until = start + seconds
        idle = set(self._open.values())
        for connection in idle:
            connection.send(next(self._requests))
        self._busy = len(idle)
        while self._busy:
            ready = self._poll.poll(ANSWER_SECONDS)
            if not ready:
                self._tally.wrong(f"no answer within {ANSWER_SECONDS:.0f} s")
                break
            for number, _ in ready:
                self._take(self._open[number])
        self._tally.seconds = time.perf_counter() - start
        self._close()
        return self._tally

    def _take(self, connection: _Connection) -> None:
        try:
            if not connection.receive(self._buffer):
                return
        except OSError as error:
            self._tally.wrong(str(error))
            self._renew(connection)
            self._next(connection)
            return
        now = time.perf_counter()
        if connection.status.startswith("2"):
            self._tally.latencies.append(now - connection.began)
        else:
            self._tally.wrong(f"status {connection.status}")
        if connection.closing:
            self._renew(connection)
        self._next(connection)

    def _next(self, connection: _Connection) -> None:
        if time.perf_counter() < self._until:
            connection.send(next(self._requests))
        else:
            self._busy -= 1

    def _close(self) -> None:
        for connection in self._open.values():
            with contextlib.suppress(OSError):
                connection.socket.close()
        self._poll.close()


def drive(address: Address, requests: Iterator[bytes], connections: int, seconds: float) -> Tally:
    """Repeat requests over so many connections for so many seconds."""
    return _Loop(address, requests, connections).run(seconds)
