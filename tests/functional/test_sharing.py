"""Connections that come at once are shared among the server's processes (app/server/sharing.py)."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from app.server import sharing
from app.server.sharing import Share
from tests.live import Server, serving
from tests.torture.processes import until

MANY = 24
ASK = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """How long was waited, on a clock that goes on by that only; nobody else has a share."""
    slept: list[float] = []
    monkeypatch.setattr(sharing.time, "sleep", slept.append)
    monkeypatch.setattr(sharing.time, "monotonic", lambda: sum(slept))
    monkeypatch.setattr(sharing, "_counts", bytearray(len(sharing._counts)))
    yield slept


def test_who_is_alone_takes_all(pauses: list[float]) -> None:
    mine = Share(1)
    mine.tell(500)
    assert not mine.leaves(500)
    assert not pauses


def test_who_has_more_leaves_it_to_the_others_for_a_moment(pauses: list[float]) -> None:
    mine, other = Share(1), Share(2)
    other.tell(3)
    mine.tell(5)
    for _ in range(2):
        tries = 0
        while mine.leaves(5):
            tries += 1
        assert tries
    assert sum(pauses) == pytest.approx(2 * sharing.PATIENCE_SECONDS, rel=0.5)
    assert not other.leaves(3)
    assert not mine.leaves(4)


def test_nobody_waits_for_who_is_gone(pauses: list[float]) -> None:
    mine, other = Share(1), Share(2)
    other.tell(0)
    mine.tell(5)
    other.forget()
    assert not mine.leaves(5)
    assert not pauses


def test_both_processes_get_their_share(tmp_path: Path) -> None:
    with serving(tmp_path, WEB_CONCURRENCY="2") as server:
        until(lambda: min(_taken(server)) > 0, "both workers")  # one answers before the other
        taken = _taken(server)
    assert sum(taken) == MANY
    assert min(taken) >= MANY // 4


def _taken(server: Server) -> list[int]:
    """How many of many connections each process takes; 0 for one that is not there yet."""
    with ExitStack() as stack:
        lines = []
        for _ in range(MANY):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            line.settimeout(20)
            line.sendall(ASK)
            lines.append(line)
        assert all(line.recv(4096).startswith(b"HTTP/1.1 200") for line in lines)
        workers = psutil.Process(server.pid).children()
        return [_connections(each, lines) for each in workers] + [0] * (2 - len(workers))


def _connections(process: psutil.Process, lines: list[socket.socket]) -> int:
    ports = {line.getsockname()[1] for line in lines}
    return sum(
        bool(each.raddr) and each.raddr.port in ports for each in process.net_connections("tcp")
    )
