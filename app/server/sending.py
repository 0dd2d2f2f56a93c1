"""Answers that wait for clients which are slow to take them.

A thread that writes to a socket waits until the client has read, as long as that may be, and some
clients that read nothing would be enough to stop a server with some threads. So a thread only hands
an answer over: what the socket does not take at once is kept here, and the main loop sends it on.
"""

import os
import socket
import time
from collections import deque
from tempfile import TemporaryFile
from typing import IO, Any, Final, Protocol

SENDING_SECONDS: Final = 15.0  # without the client taking a byte of its answer
SLOWEST_TAKING: Final = 4_096  # bytes a second that it has to take in the long run
IN_MEMORY: Final = 2**20  # bytes of an answer that wait in memory
AT_ONCE: Final = 2**18  # bytes that are sent before others have their turn


class _Part(Protocol):
    def send(self, sock: socket.socket) -> int:
        """Send some of it; gives how many bytes. Raises OSError."""

    @property
    def left(self) -> int:
        """Bytes that are still to be sent."""


class _Bytes:
    __slots__ = ("_data",)

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)

    def send(self, sock: socket.socket) -> int:
        sent = sock.send(self._data[:AT_ONCE], socket.MSG_DONTWAIT)
        self._data = self._data[sent:]
        return sent

    @property
    def left(self) -> int:
        return len(self._data)


class _Stretch:
    """A stretch of an open file, whose descriptor its owner closes."""

    __slots__ = ("_descriptor", "_offset", "left")

    def __init__(self, descriptor: int, offset: int, count: int) -> None:
        self._descriptor = descriptor
        self._offset = offset
        self.left = count

    def send(self, sock: socket.socket) -> int:
        most = min(self.left, AT_ONCE)
        sent = os.sendfile(sock.fileno(), self._descriptor, self._offset, most)
        if not sent:
            raise ConnectionAbortedError("the file is shorter than it was")
        self._offset += sent
        self.left -= sent
        return sent


class Backlog:
    """What a client has not taken yet of its answers."""

    def __init__(self) -> None:
        self._parts: deque[_Part] = deque()
        self._files: list[int] = []
        self._spool: IO[bytes] | None = None
        self._spooled = 0
        self._in_memory = 0
        self._began = self._moved = time.monotonic()
        self._taken = 0

    def __bool__(self) -> bool:
        return bool(self._parts)

    @property
    def deadline(self) -> float:
        """When it has to be gone, unless the client takes more."""
        whole = self._began + SENDING_SECONDS + self._taken / SLOWEST_TAKING
        return min(whole, self._moved + SENDING_SECONDS)

    def keep(self, data: bytes) -> None:
        """Bytes that are to be sent behind the others."""
        if self._in_memory + len(data) <= IN_MEMORY:
            self._in_memory += len(data)
            self._parts.append(_Bytes(data))
            return
        if self._spool is None:
            self._spool = TemporaryFile()  # noqa: SIM115 - closed when all was sent
        self._spool.write(data)
        self._spool.flush()
        self._parts.append(_Stretch(self._spool.fileno(), self._spooled, len(data)))
        self._spooled += len(data)

    def keep_file(self, descriptor: int, offset: int, count: int) -> None:
        """A stretch of a file that is to be sent behind the others; the caller closes his own."""
        mine = os.dup(descriptor)
        self._files.append(mine)
        self._parts.append(_Stretch(mine, offset, count))

    def send(self, sock: socket.socket) -> bool:
        """Send what the client takes now; whether it has all. Raises OSError when it is gone."""
        budget = AT_ONCE
        while self._parts and budget > 0:
            try:
                sent = self._parts[0].send(sock)
            except BlockingIOError:
                return False
            if not self._parts[0].left:
                self._parts.popleft()
            budget -= sent
            self._taken += sent
            self._moved = time.monotonic()
        return not self._parts

    def close(self) -> None:
        """Nothing more will be sent."""
        self._parts.clear()
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        while self._files:
            os.close(self._files.pop())


class Sender:
    """A socket for a thread that answers: it sends without waiting, and keeps what remains."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.backlog = Backlog()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def setblocking(self, _flag: bool) -> None:
        """It never waits."""

    def gettimeout(self) -> float:
        """It never waits."""
        return 0.0

    def settimeout(self, _seconds: float | None) -> None:
        """It never waits."""

    def sendall(self, data: bytes) -> None:
        """Send, or keep to be sent. Raises OSError when the client is gone."""
        rest = memoryview(data)
        while rest and not self.backlog:
            try:
                rest = rest[self._sock.send(rest, socket.MSG_DONTWAIT) :]
            except BlockingIOError:
                break
        if rest:
            self.backlog.keep(bytes(rest))

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:
        """Keep a file to be sent; the first of it goes at once."""
        size = os.fstat(file.fileno()).st_size - offset if count is None else count
        if size > 0:
            self.backlog.keep_file(file.fileno(), offset, size)
            self.backlog.send(self._sock)
        return size
