"""Clients that neither send nor take what they should hold no thread: the server has one of them,
and others are answered meanwhile.
"""

import os
import resource
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.api import basic
from tests.live import Server, serving
from tests.torture.processes import until

SIZE = 12_000_000
SENT = os.urandom(SIZE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one thread, with a file that no socket takes at once."""
    folder = tmp_path_factory.mktemp("slow")
    with serving(folder, WEB_CONCURRENCY="1", WEB_THREADS="1") as running:
        made = running.call("POST", "/pendingfiles.json", files={"file": ("big.bin", SENT)})
        named = {"pendingFileRef": made.json()["pendingFile"]["ref"], "name": "big.bin"}
        made = running.call("POST", "/projects/1/files.json", json={"file": named})
        assert made.status_code == 201
        yield running


def head(server: Server, request: str, *more: str) -> bytes:
    """The head of a request with the key."""
    key = f"Authorization: {basic(server.key)['Authorization']}"
    return "\r\n".join((f"{request} HTTP/1.1", "Host: x", key, *more, "", "")).encode()


@contextmanager
def line_to(server: Server, window: int = 0) -> Iterator[socket.socket]:
    """A connection; `window`: it takes no more than about so many bytes at a time."""
    with socket.socket() as line:
        if window:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        line.settimeout(20)
        line.connect(("127.0.0.1", server.port))
        yield line


CREATE = "POST /tasklists/1/tasks.json"
CHUNKED = "Transfer-Encoding: chunked"
BEGUN = {
    "a head": (CREATE, "X: y", b""),
    "a body": (CREATE, "Content-Length: 400", b"{"),
    "a length with zeros before it": (CREATE, "Content-Length: 00000000000000000400", b"{"),
    "a length beyond all": (CREATE, "Content-Length: 99999999999999999999", b"{"),
    "another coding below": (CREATE, "Transfer-Encoding: gzip, chunked", b"5\r\n{"),
    "a coding that is none below": (CREATE, "Transfer-Encoding: identity, chunked", b"5\r\n{"),
    "an extension without end": (CREATE, CHUNKED, b"5;" + b"x" * 9_000),
    "trailers without end": (CREATE, CHUNKED, b"2\r\n{}\r\n0\r\nX: " + b"x" * 9_000),
    "a batch": ("POST /odata/$batch", "Content-Length: 15000000", b"{"),
    "a body that nobody wants": ("GET /healthz", "Content-Length: 99999999999999999999", b"{"),
}


@pytest.mark.parametrize("name", BEGUN)
def test_a_request_that_was_begun_holds_no_thread(server: Server, name: str) -> None:
    request, header, body = BEGUN[name]
    with ExitStack() as lines:
        for _ in range(3):
            line = lines.enter_context(line_to(server))
            line.sendall(head(server, request, header)[: -2 if name == "a head" else None] + body)
        assert server.call("GET", "/healthz").elapsed.total_seconds() < 10


def test_an_answer_that_nobody_takes_holds_no_thread(server: Server) -> None:
    with ExitStack() as lines:
        for _ in range(3):
            line = lines.enter_context(line_to(server, 4_096))
            line.sendall(head(server, "GET /files/1/download"))
            assert line.recv(15) == b"HTTP/1.1 200 OK"
        assert server.call("GET", "/healthz").elapsed.total_seconds() < 10


def test_an_answer_that_is_taken_slowly_is_whole_and_in_order(server: Server) -> None:
    with line_to(server, 65_536) as line:
        line.sendall(head(server, "GET /files/1/download") + head(server, "GET /tasks/1.json"))
        assert server.call("GET", "/healthz").status_code == 200
        reader = line.makefile("rb")
        while reader.readline() != b"\r\n":
            pass
        assert reader.read(SIZE) == SENT
        assert reader.readline() == b"HTTP/1.1 200 OK\r\n"


BAD_CHUNKS = {
    "no number": b"0x2\r\n{}\r\n0\r\n\r\n",
    "less than nothing": b"-1\r\n{}\r\n0\r\n\r\n",
    "a longer chunk": b"2\r\n{}XX0\r\n\r\n",
    "a trailer that is none": b"2\r\n{}\r\n0\r\nA\r\n\r\n",
    "trailers without end": BEGUN["trailers without end"][2],
    "very many": b"1\r\n \r\n" * 70_000,
}
NO_BODY = {CREATE: b"HTTP/1.1 422 ", "POST /odata/Task": b"HTTP/1.1 400 "}


@pytest.mark.parametrize("request_line", NO_BODY)
@pytest.mark.parametrize("key", ["", "Idempotency-Key: bad chunks"])
@pytest.mark.parametrize("name", BAD_CHUNKS)
def test_chunks_that_are_none_are_refused(
    server: Server, request_line: str, key: str, name: str
) -> None:
    more = (CHUNKED, key) if key else (CHUNKED,)
    following = head(server, "GET /tasks.json")
    with line_to(server) as line:
        line.sendall(head(server, request_line, *more) + BAD_CHUNKS[name] + following)
        answered = line.makefile("rb").read()
    assert answered.startswith(NO_BODY[request_line])
    assert b"todo-items" not in answered


FILES = 64


@pytest.fixture
def crowded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of one process that may have no more files open than these."""
    popen = subprocess.Popen

    def with_few_files(*words: Any, **more: Any) -> Any:
        few = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (FILES, FILES))
        return popen(*words, **more, preexec_fn=few)

    monkeypatch.setattr("tests.live.subprocess.Popen", with_few_files)
    with serving(tmp_path, WEB_CONCURRENCY="1") as server:
        monkeypatch.undo()
        yield server
    (log,) = tmp_path.glob("gunicorn-*.log")
    assert "Too many open files" not in log.read_text()
    assert "Exception" not in log.read_text()


def test_more_connections_than_files_can_be_open_end_no_process(crowded: Server) -> None:
    with ExitStack() as lines:
        for _ in range(100):
            lines.enter_context(line_to(crowded)).sendall(b"GET /he")
        assert crowded.call("GET", "/healthz").status_code == 200


def test_a_connection_that_makes_room_may_have_had_something_to_say(crowded: Server) -> None:
    (process,) = psutil.Process(crowded.pid).children()
    with ExitStack() as lines:
        waiting = [lines.enter_context(line_to(crowded)) for _ in range(FILES)]
        for line in waiting:
            line.sendall(b"GET /he")
        until(lambda: process.num_fds() == FILES, "as many connections as there can be")
        process.suspend()
        # In one turn of its loop it finds both: somebody new, and that those before go on.
        lines.enter_context(line_to(crowded)).sendall(b"GET /he")
        for line in waiting:
            with suppress(OSError):  # some have made room already
                line.sendall(b"a")
        process.resume()
        assert crowded.call("GET", "/healthz").status_code == 200
    assert psutil.Process(crowded.pid).children() == [process]


def test_a_request_that_waits_for_the_store_holds_nobody_who_reads(tmp_path: Path) -> None:
    """On SQLite one thread of a process works; another one helps out while that has to wait."""
    with serving(tmp_path, WEB_CONCURRENCY="1") as server:
        other = sqlite3.connect(tmp_path / "tandem.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool:
            body = {"todo-item": {"content": "waits"}}
            writer = pool.submit(server.call, "POST", "/tasklists/1/tasks.json", json=body)
            for _ in range(20):
                assert server.call("GET", "/me.json").status_code == 200
            assert not writer.done()
            other.execute("ROLLBACK")
            assert writer.result(30).status_code == 201
        other.close()
