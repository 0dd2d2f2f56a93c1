"""The client that loads a server: whole answers, closed connections, answers that do not count."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from threading import Thread

import pytest

from bench.client import Endpoint, Tally, drive

REQUEST = b"GET / HTTP/1.1\r\n\r\n"
LONG = b"x" * 700_000


@contextmanager
def answering(answer: bytes) -> Iterator[Endpoint]:
    """A server of one connection at a time that gives the same answer to every request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=_serve, args=(listener, answer), daemon=True).start()
        yield Endpoint("127.0.0.1", listener.getsockname()[1])


def _serve(listener: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            while connection.recv(1 << 16):
                connection.sendall(answer)
                if b"close" in answer:
                    break


def ask(answer: bytes) -> Tally:
    """What a moment of load gives."""
    with answering(answer) as endpoint:
        return drive(endpoint, repeat(REQUEST), 1, 0.05)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 700000\r\n\r\n" + LONG,
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 90\r\n\r\n",
    ],
)
def test_answers_that_count(answer: bytes) -> None:
    tally = ask(answer)
    assert tally.latencies
    assert tally.errors == 0, tally.first_error


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno", "status 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nclose", "closed by the server"),
    ],
)
def test_answers_that_do_not_count(answer: bytes, error: str) -> None:
    tally = ask(answer)
    assert tally.latencies == []
    assert tally.errors
    assert tally.first_error == error
