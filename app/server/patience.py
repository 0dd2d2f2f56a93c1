"""gunicorn's threaded worker, that no slow client can hold.

gunicorn gives a connection to a thread as soon as its first byte is there, and that thread waits
for the rest as long as the client likes; it closes in its main loop, where a client that does not
close its own end stops everything for two seconds. A handful of such clients would be enough to
stop a server with a handful of threads. Here the main loop, which waits for all at once, collects
a request, and a thread gets it whole; it also sends what a slow client does not take at once of its
answer (sending.py), and sees the connections off.

A request has to keep coming: IDLE_SECONDS without a byte, or slower than SLOWEST (collecting.py) in
the long run, and its connection is closed. Of a big one all but the beginning waits in a file.
"""

import errno
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, Final

from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from app.config import read
from app.http.retries import MAX_BATCH
from app.server import plain
from app.server.collecting import Collected, Reader, with_body
from app.server.framing import told_to_go_on
from app.server.hands import LONG_SECONDS, Hands, attempt
from app.server.joining import ShortWrites
from app.server.sending import Backlog, Sender
from app.server.sharing import Share

IDLE_SECONDS: Final = 10.0  # without a byte, while a request is expected
NOTIFY_SECONDS: Final = 1.0
LINGER_SECONDS: Final = 2.0  # for the client to close its end
LINGER_BYTES: Final = 65_536  # that it may still send meanwhile
MOST_BIG: Final = 64  # requests at a time of which more waits in files
MOST_SENDING: Final = 128  # answers at a time that wait for slow clients
BESIDE: Final = 2**20  # bytes of an upload that are not the file's
AT_ONCE: Final = 65_536  # bytes of one read
GONE: Final = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN)  # the client is
GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """A worker whose threads get whole requests only. TLS of gunicorn's own goes its old way."""

    wsgi: Any
    alive: bool
    nr_conns: int

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._longest = max(int(read().max_upload), MAX_BATCH) + BESIDE
        self._looked = self._notified = 0.0
        self._plain: plain.Plain | None = None
        self._tls = bool(self.cfg.is_ssl)
        self._share = Share(self.age)
        self._short_writes: ShortWrites | None = None

    def load_wsgi(self) -> None:
        """Load the application."""
        super().load_wsgi()
        self._short_writes = ShortWrites.of(self.wsgi, self.answer)
        self.wsgi = partial(with_body, self.wsgi)
        self._plain = plain.Plain(self.cfg) if plain.possible(self.cfg, self.log) else None

    def get_thread_pool(self) -> Hands:
        """Our own threads. Those that write to SQLite would wait for each other; with PostgreSQL,
        one works while another one waits for an answer.
        """
        at_once = 1 if read().sqlalchemy_url.startswith("sqlite") else None
        return Hands(int(self.cfg.threads), at_once)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One turn of the main loop."""
        if self.alive:
            self._share.tell(self.nr_conns)
        else:
            self._share.forget()  # it takes no more
        super().wait_for_and_dispatch_events(LONG_SECONDS if self.tpool.waits() else timeout)
        self.tpool.look()

    def notify(self) -> None:
        """Tell the parent that this process lives: once a second is enough for it."""
        now = time.monotonic()
        if now - self._notified >= NOTIFY_SECONDS:
            self._notified = now
            super().notify()

    def accept(self, listener: Any) -> None:
        """Take a connection, unless another process has fewer. Where no more files can be open,
        those that wait make room: gunicorn would end the process, with all that it has begun.
        """
        if self.alive and self._share.leaves(self.nr_conns):
            return
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in (errno.EMFILE, errno.ENFILE):
                raise
            if self.pending_conns:
                self._drop_pending(self.pending_conns[0])
            else:
                self.murder_keepalived(force=True)

    # Collecting: in the main loop

    def enqueue_req(self, conn: Any) -> None:
        """There may be something to read: give the request to a thread once it is whole."""
        if self._tls:
            self._hand_over(conn)
            return
        try:
            whole = self._collect(conn)
        except OSError:
            self._drop(conn)
            return
        if whole:
            conn.data_ready = True
            self._hand_over(conn)
        else:
            self._unwatch(conn)
            until = min(time.monotonic() + IDLE_SECONDS, conn.collected.deadline)
            self._await(conn, partial(self.on_pending_socket_readable, conn), until)

    def _hand_over(self, conn: Any) -> None:
        writes = self._short_writes
        if writes is not None and writes.take(conn):
            self.tpool.do(writes.carry_out)
        else:
            self.tpool.do(partial(self.answer, conn))

    def _done(self, conn: Any, outcome: Any) -> None:
        self.method_queue.defer(self.finish_request, conn, outcome)

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """The next request of a connection; or its end, or more than was asked for, while it is
        being answered: that can wait. Its socket stays with the poller meanwhile, which spares
        most requests two calls of the system.
        """
        if self._tls:
            super().on_client_socket_readable(conn, client)
        elif conn.resting:
            conn.resting = False
            self.keepalived_conns.remove(conn)
            self.enqueue_req(conn)
        else:
            self._unwatch(conn)

    def _unwatch(self, conn: Any) -> None:
        if conn.__dict__.pop("watched", False):
            with suppress(OSError, KeyError, ValueError):
                self.poller.unregister(conn.sock)

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
            if not held.size and self._is_plain(conn, data):
                return True
            held.add(data)
            if held.framing.waits:
                held.framing.waits = False
                held.head = told_to_go_on(held.head)
                conn.sock.send(GO_ON, socket.MSG_DONTWAIT)
            if held.file is not None and self._too_many():
                raise ConnectionAbortedError
        return True

    def _is_plain(self, conn: Any, data: bytes) -> bool:
        """What came is a plain request, and the connection is one of TCP."""
        if self._plain is None or not isinstance(conn.client, tuple):
            return False
        found = plain.read(data)
        if found is not None:
            conn.asked, conn.ahead = found
            del conn.collected
        return found is not None

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

    def answer(self, conn: Any) -> None:
        """Answer the request that was collected. Raises nothing."""
        attempt(self.handle, conn, self._done)

    def handle(self, conn: Any) -> Any:
        """Answer the request that was collected."""
        asked: plain.Asked | None = conn.__dict__.pop("asked", None)
        if asked is not None and self._plain is not None:
            return self._answer(self._plain, conn, asked)
        held: Collected | None = conn.__dict__.pop("collected", None)
        if held is None:
            return super().handle(conn)
        if held.framing.endless:
            self.handle_error(None, conn.sock, conn.client, LimitRequestHeaders("head"))
            return False
        if not conn.initialized:
            conn.init()
        reader = conn.parser.unreader = Reader(conn.sock, held)
        conn.open_end = held.framing.open_end
        line, conn.sock = conn.sock, Sender(conn.sock)
        line.setblocking(False)
        try:
            kept = super().handle(conn)
            conn.ahead = reader.settle() if kept else b""
            return kept
        finally:
            reader.close()
            conn.backlog, conn.sock = conn.sock.backlog, line

    def _answer(self, how: plain.Plain, conn: Any, asked: plain.Asked) -> bool:
        """Answer a plain request, as gunicorn would; whether the connection stays."""
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("Autorestarting worker after current request.")
            self.alive = False
        crowded = len(self.keepalived_conns) >= self.max_keepalived
        asked.closes = asked.closes or not self.alive or not self.cfg.keepalive or crowded
        sender = Sender(conn.sock)
        try:
            environ = how.environ(asked, conn.sock, conn.client, conn.server)
            return how.answer(self.wsgi, environ, asked, sender)
        except plain.Broken:
            self.log.exception("An answer broke off")
        except OSError as error:
            if error.errno not in GONE:
                self.log.exception("Socket error processing request.")
        except Exception as error:
            self.handle_error(asked, conn.sock, conn.client, error)
        finally:
            conn.backlog = sender.backlog
        return False

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """A body that nobody collected is not waited for either."""
        if conn.__dict__.get("open_end"):
            return False
        kept = bool(super()._keepalive_after(conn, keepalive))
        return kept and not conn.parser.unreader.dry

    # Sending what is left: in the main loop

    def _send(self, conn: Any, fs: Any, client: Any) -> None:
        """The client takes more of its answer."""
        backlog: Backlog = conn.backlog
        try:
            if not backlog.send(client):
                conn.timeout = backlog.deadline
                return
        except OSError:
            self._drop_pending(conn)
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        self.finish_request(conn, fs)

    def _wait_to_send(self, conn: Any, fs: Any) -> None:
        """Let the main loop send the rest. Where too many wait, who waits longest goes."""
        sending = [each for each in self.pending_conns if each.__dict__.get("backlog")]
        if len(sending) >= MOST_SENDING:
            self._drop_pending(sending[0])
        try:
            self._await(conn, partial(self._send, conn, fs), conn.backlog.deadline, EVENT_WRITE)
        except (OSError, ValueError):  # gunicorn closed it when the answer broke off
            self._drop_pending(conn)

    # Seeing off: in the main loop

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Wait for the next request, or close."""
        failed = fs.exception() is not None
        if not failed and conn.__dict__.get("backlog"):
            self._unwatch(conn)
            self._wait_to_send(conn, fs)
            return
        self._forget_backlog(conn)
        if not failed and fs.result() is True and not self._tls:
            if conn.__dict__.get("ahead"):
                self.enqueue_req(conn)
            else:
                self._keep(conn)
            return
        self._unwatch(conn)
        if not failed and fs.result() is False and not self._tls:
            self._see_off(conn)
        else:
            super().finish_request(conn, fs)

    def _keep(self, conn: Any) -> None:
        """Wait for the next request, as gunicorn does."""
        conn.set_timeout()
        if not self.alive:
            conn.timeout = min(conn.timeout, time.monotonic() + STOP_KEEPALIVE_LINGER)
        if not conn.__dict__.get("watched"):
            ready = partial(_if_open, partial(self.on_client_socket_readable, conn))
            try:
                self.poller.register(conn.sock, EVENT_READ, ready)
            except (OSError, ValueError):
                self._drop(conn)
                return
            conn.watched = True
        conn.resting = True
        self.keepalived_conns.append(conn)

    def _see_off(self, conn: Any) -> None:
        """Say that nothing more comes, and let the client close: were the socket closed while it
        still sends, it might never read the answer.
        """
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.lingers = LINGER_BYTES
            self._await(conn, partial(self._drain, conn), time.monotonic() + LINGER_SECONDS)
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
            self._drop_pending(conn)

    def _await(self, conn: Any, ready: Any, until: float, event: int = EVENT_READ) -> None:
        conn.sock.setblocking(False)
        conn.timeout = until
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, event, partial(_if_open, ready))

    def _drop_pending(self, conn: Any) -> None:
        self.pending_conns.remove(conn)
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self._drop(conn)

    @staticmethod
    def _forget_backlog(conn: Any) -> None:
        backlog: Backlog | None = conn.__dict__.pop("backlog", None)
        if backlog is not None:
            backlog.close()

    def _drop(self, conn: Any) -> None:
        self._unwatch(conn)
        self._forget_backlog(conn)
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
            self._drop_pending(conn)

    def _is_over(self, conn: Any, now: float) -> bool:
        """Its time is over; a server that ends does not wait for who says nothing."""
        held: Collected | None = conn.__dict__.get("collected")
        silent = held is not None and not held.size and held.began + LINGER_SECONDS <= now
        return bool(conn.timeout <= now or (silent and not self.alive))


def _if_open(ready: Callable[[Any], None], client: Any) -> None:
    """Something can be done with a socket, unless it was closed for the sake of another one whose
    turn came before in the same round of the loop.
    """
    if client.fileno() >= 0:
        ready(client)
