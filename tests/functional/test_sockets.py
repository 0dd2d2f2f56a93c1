"""What only a real socket shows: chunked bodies, against gunicorn."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api import basic
from tests.live import Server, serving

MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the sample."""
    with serving(tmp_path_factory.mktemp("sockets")) as running:
        yield running


def put_in_chunks(server: Server, path: str, body: bytes) -> bytes:
    """Send a body in chunks without a Content-Length; gives the answer's first line."""
    head = f"PUT {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    head += f"Authorization: {basic(server.key)['Authorization']}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(head.encode())
        try:
            for start in range(0, len(body), 65_536):
                part = body[start : start + 65_536]
                line.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            line.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all was sent
        return line.makefile("rb").readline()


@pytest.mark.decision(14)
def test_a_chunked_body_is_read_whole_or_refused(server: Server, tmp_path: Path) -> None:
    before = server.get("/tasks/1.json")["todo-item"]["content"]
    body = json.dumps({"todo-item": {"content": "chunked"}}).encode()
    long = body + b" " * (MEBIBYTE + 10) + b"garbage }}}"
    assert b" 413 " in put_in_chunks(server, "/tasks/1.json", long)
    assert server.get("/tasks/1.json")["todo-item"]["content"] == before
    assert b" 200 " in put_in_chunks(server, "/tasks/1.json", body)
    assert server.get("/tasks/1.json")["todo-item"]["content"] == "chunked"


@pytest.mark.parametrize("size", [4, 5, 6])
def test_an_upload_with_a_length_has_to_be_as_long_as_was_announced(
    server: Server, size: int
) -> None:
    made = server.get("/pendingfiles/presignedurl.json", fileName="a.txt", fileSize="5")
    answer = server.call("PUT", f"/uploads/{made['ref']}", data=b"x" * size)
    assert answer.status_code == {4: 422, 5: 200, 6: 413}[size]
