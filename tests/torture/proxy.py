"""A TCP proxy that mistreats connections: cuts requests in their middle, cuts answers off before
their first byte, or goes silent without closing.
"""

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

RESET = struct.pack("ii", 1, 0)  # close at once, by a reset


@dataclass
class Proxy:
    """Listens on a port of its own. `after`: bytes of a request that it passes on before it cuts;
    `answers`: whether the client gets any; `silent`: it keeps both sides open instead of cutting.
    """

    port: int
    after: int | None = None
    answers: bool = True
    silent: bool = False
    held: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> "Proxy":
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for each in self.held:
            each.close()

    @property
    def own_port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self.port))
        with suppress(OSError):
            passed = 0
            while self.after is None or passed < self.after:
                client.settimeout(0.1 if passed else None)
                data = client.recv(65_536)[: None if self.after is None else self.after - passed]
                server.sendall(data)
                passed += len(data)
                if not data:
                    break
        with suppress(OSError):
            if self.after is None and not self.silent:
                answer = server.recv(65_536)  # it was carried out
                if self.answers:
                    client.sendall(answer)
        self._end(client, server)

    def _end(self, *sides: socket.socket) -> None:
        if self.silent:
            self.held += sides
            return
        for each in sides:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            each.close()
