"""What the server reads and writes by itself (app/server/plain.py) is what gunicorn would make of
it, byte for byte; what it leaves to gunicorn is anything that could be read in two ways.
"""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import FileWrapper, Response, create
from hypothesis import given, settings
from hypothesis import strategies as st

from app.server import plain
from tests.live import Server, serving

CLIENT, SERVER = ("192.0.2.1", 4242), ("127.0.0.1", 8000)
GET = "GET /tasks.json HTTP/1.1"


def config(**more: Any) -> Config:
    cfg = Config()
    for name, value in {"secure_scheme_headers": {}, "limit_request_line": 8190, **more}.items():
        cfg.set(name, value)
    return cfg


def request(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def by_gunicorn(data: bytes, sock: Any = None) -> tuple[dict[str, Any], bytes]:
    """The environment, and what stands behind the request. Raises what gunicorn does."""
    cfg = config(workers=2)
    parser = RequestParser(cfg, iter([data]), CLIENT)
    asked = next(parser)
    _, environ = create(asked, sock, CLIENT, SERVER, cfg)
    environ["wsgi.multithread"] = True
    environ["wsgi.input"] = environ["wsgi.input"].read()
    environ["closes"] = asked.should_close()
    return environ, bytes(parser.unreader.take_buffered())


def by_us(data: bytes) -> tuple[dict[str, Any], bytes] | None:
    found = plain.read(data)
    if found is None:
        return None
    asked, rest = found
    environ = plain.Plain(config(workers=2)).environ(asked, None, CLIENT, SERVER)
    environ["wsgi.input"] = environ["wsgi.input"].read()
    environ["closes"] = asked.should_close()
    return environ, rest


OWN = ("wsgi.errors", "wsgi.early_hints")


def comparable(environ: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in environ.items() if name not in OWN}


TARGETS = ("/", "/tasks.json", "/tasks.json?a=1&b=%20?c", "/a%C3%A9%2Fb;c=1", "//x/y", "/a#b", "*")
LINES = (
    "Host: example.org",
    "Host:example.org:8000  ",
    "host: other",
    "X-Api-Key: \t abc ",
    "Accept: a, b",
    "accept: c",
    "Connection: close",
    "Connection: Keep-Alive",
    "Connection: te, close",
    "Content-Type: application/json",
    "Content-Length: 4",
    "Content-Length: 0",
    "Content-Length: +4",
    "Content-Length: 4, 4",
    "Content-Length: ",
    "Transfer-Encoding: chunked",
    "Expect: 100-continue",
    "Upgrade: h2c",
    "X_Api_Key: other",
    "Script-Name: /x",
    "SCRIPT_NAME: /x",
    "X-Forwarded-Proto: https",
    "Bad Name: x",
    "Space : x",
    ": empty",
    " folded",
    "\tfolded: x",
    "Umlaut: \xe4",
    "Control: a\x00b",
    "Bare: a\rb",
    "Line: a\nb",
    "No colon",
    "X: " + "x" * 9_000,
)
ANY_METHOD = st.sampled_from(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "get", "TRACE"))
ANY_VERSION = st.sampled_from(("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0"))
ANY_TARGET = st.sampled_from(TARGETS) | st.text("/ab?&=%;:\x7f# \xe4", max_size=8)


@given(
    ANY_METHOD,
    ANY_TARGET,
    ANY_VERSION,
    st.lists(st.sampled_from(LINES), max_size=5),
    st.sampled_from((b"", b"{}", b"abcd", b"abcd" + request(GET))),
)
@settings(max_examples=1500, deadline=None)
def test_it_is_read_as_gunicorn_reads_it(
    method: str, target: str, version: str, lines: list[str], body: bytes
) -> None:
    data = request(f"{method} {target} {version}", *lines, body=body)
    ours = by_us(data)
    if ours is None:
        return
    theirs, rest = by_gunicorn(data)
    assert comparable(ours[0]) == comparable(theirs)
    assert ours[1] == rest


def test_what_clients_send_is_plain() -> None:
    key = "Authorization: Basic YWJjOng="
    curl = ("Host: 127.0.0.1:8000", "User-Agent: curl/8.5", "Accept: */*", key)
    assert by_us(request(GET, *curl))
    posted = request("POST /tasks.json HTTP/1.1", *curl, "Content-Length: 2", body=b"{}")
    environ, rest = by_us(posted + b"GET") or ({}, b"")
    assert (environ["wsgi.input"], environ["CONTENT_LENGTH"], rest) == (b"{}", "2", b"GET")


@pytest.mark.parametrize("line", LINES[12:13] + LINES[15:17] + LINES[19:20] + LINES[22:])
def test_what_is_not_plain_is_left_to_gunicorn(line: str) -> None:
    assert plain.read(request(GET, line)) is None


@pytest.mark.parametrize("head", ["HEAD / HTTP/1.1", "GET / HTTP/1.0", "GET //x HTTP/1.1", "GET"])
def test_no_other_request_line_is_plain(head: str) -> None:
    assert plain.read(request(head)) is None


def test_fields_that_come_twice_and_bodies_that_are_not_there_yet_are_not_plain() -> None:
    assert plain.read(request(GET, "Accept: a", "accept: b")) is None
    assert plain.read(request(GET, "Content-Length: 3", body=b"{}")) is None
    assert plain.read(request(GET, *(f"A{n}: b" for n in range(100)))) is None
    assert plain.read(request(GET)[:-1]) is None


@pytest.mark.parametrize(
    "setting",
    [
        {"accesslog": "-"},
        {"secure_scheme_headers": {"X-FORWARDED-PROTO": "https"}},
        {"limit_request_line": 1000},
        {"limit_request_fields": 10},
        {"limit_request_field_size": 1000},
        {"proxy_protocol": "v1"},
        {"pre_request": lambda worker, req: None},
        {"post_request": lambda worker, req, environ, resp: None},
    ],
)
def test_who_configures_gunicorn_otherwise_gets_gunicorn(setting: dict[str, Any]) -> None:
    cfg = config(**setting)
    assert not plain.possible(cfg, Logger(cfg))
    cfg = config()
    assert plain.possible(cfg, Logger(cfg))


# Answers


class Line:
    """A socket that remembers what was sent."""

    def __init__(self) -> None:
        self.sent = b""
        self.calls = 0

    def sendall(self, data: bytes) -> None:
        self.sent += data
        self.calls += 1

    send = sendall


class Parts:
    def __init__(self, parts: Callable[[], Iterator[bytes]]) -> None:
        self.parts = parts
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self.parts()

    def close(self) -> None:
        self.closed = True


def answered(status: str, headers: list[tuple[str, str]], parts: Any, *, closes: bool) -> Line:
    line, asked = Line(), plain.Asked("GET", "/", {}, b"")
    asked.closes = closes

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response(status, headers)
        return parts

    kept = plain.Plain(config()).answer(application, {}, asked, line)
    lasts = b"Connection: keep-alive" in line.sent
    assert kept == lasts
    return line


def answered_by_gunicorn(
    status: str, headers: list[tuple[str, str]], parts: Any, *, closes: bool
) -> bytes:
    line, asked = Line(), plain.Asked("GET", "/", {}, b"")
    asked.closes = closes
    out = Response(asked, line, config())
    out.start_response(status, headers)
    for part in parts:
        out.write(part)
    out.close()
    return line.sent


JSON = ("Content-Type", "application/json")
ANSWERS = {
    "whole": ("200 OK", [JSON, ("Content-Length", "2"), ("ETag", '"a"')], [b"{}"], 1),
    "empty": ("200 OK", [("Content-Length", "0")], [], 1),
    "no content": ("204 NO CONTENT", [("X-A", "b")], [], 1),
    "no content, with a length": ("204 NO CONTENT", [("Content-Length", "0")], [b""], 1),
    "not modified": ("304 NOT MODIFIED", [("ETag", '"a"')], [], 1),
    "in parts": ("200 OK", [JSON, ("Content-Length", "4")], [b"{}", b"  "], 3),
    "an empty part first": ("200 OK", [JSON, ("Content-Length", "2")], [b"", b"{}"], 2),
    "no length": ("200 OK", [JSON], [b"{}", b"[]"], 4),
    "more than its length": ("200 OK", [("Content-Length", "2")], [b"{}[]"], 2),
    "hop by hop": ("200 OK", [("Content-Length", "2"), ("Keep-Alive", "5")], [b"{}"], 2),
    "its own date": ("200 OK", [("Content-Length", "2"), ("Date", "now")], [b"{}"], 2),
    "latin": ("200 OK", [("Content-Length", "2"), ("X-A", "\xe4")], [b"{}"], 2),
}


@pytest.mark.parametrize("closes", [False, True])
@pytest.mark.parametrize("name", ANSWERS)
def test_it_is_answered_as_gunicorn_answers(
    name: str, closes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    date = "Mon, 23 Nov 2026 12:00:00 GMT"
    monkeypatch.setattr("gunicorn.util.http_date", lambda timestamp=None: date)
    monkeypatch.setattr(plain, "http_date", lambda timestamp: date)
    monkeypatch.setattr(plain, "_dated", (0, ""))
    status, headers, parts, calls = ANSWERS[name]
    line = answered(status, headers, parts, closes=closes)
    assert line.sent == answered_by_gunicorn(status, headers, parts, closes=closes)
    assert line.calls == calls


@pytest.mark.parametrize(
    "header",
    [("X-A", "a\r\nSet-Cookie: b"), ("X-A\r\nB", "c"), ("X-A", "a\x00"), ("X A", "b"), ("", "b")],
)
def test_no_header_smuggles_another(header: tuple[str, str]) -> None:
    with pytest.raises(Exception, match="."):
        answered("200 OK", [("Content-Length", "2"), header], [b"{}"], closes=False)


def test_a_file_is_sent_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    near, far = socket.socketpair()
    with near, far, (tmp_path / "a").open("rb") as file:

        def application(environ: dict[str, Any], start_response: Any) -> Any:
            start_response("200 OK", [("Content-Length", "3")])
            return FileWrapper(file)

        asked = plain.Asked("GET", "/", {}, b"")
        assert plain.Plain(config()).answer(application, {}, asked, near)
        assert far.recv(4096).endswith(b"\r\n\r\nabc")


def test_an_answer_that_breaks_off_is_not_said_to_be_whole() -> None:
    def broken() -> Iterator[bytes]:
        yield b"begun"
        raise ValueError

    parts = Parts(broken)
    with pytest.raises(plain.Broken):
        answered("200 OK", [("Content-Length", "50")], parts, closes=False)
    assert parts.closed


def test_an_answer_that_fails_before_it_begins_can_be_another_one() -> None:
    def broken() -> Iterator[bytes]:
        raise ValueError
        yield b""

    parts = Parts(broken)
    with pytest.raises(ValueError, match="^$"):
        answered("200 OK", [("Content-Length", "50")], parts, closes=False)
    assert parts.closed


# A running server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("plain"), WEB_CONCURRENCY="1") as running:
        yield running


@pytest.mark.parametrize("pause", [1, 7, 10_000])
def test_requests_that_come_together_are_answered_in_order(server: Server, pause: int) -> None:
    """Plain ones and others on one line, in pieces of any size."""
    odd = request(GET.replace("tasks.json", "healthz"), "Host: x", "X: \xe4")
    even = request(GET.replace("tasks.json", "nosuch"), "Host: x")
    last = request(GET.replace("tasks.json", "healthz"), "Host: x", "Connection: close")
    sent = (even + odd + even + even + odd) * 2 + last
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(sent), pause):
            line.sendall(sent[at : at + pause])
        answers = line.makefile("rb").read()
    codes = [each[:3] for each in answers.split(b"HTTP/1.1 ")[1:]]
    assert codes == [b"404", b"200", b"404", b"404", b"200"] * 2 + [b"200"]


def test_who_goes_while_he_is_answered_harms_nobody(server: Server) -> None:
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
            line.sendall(request("GET /odata/$metadata HTTP/1.1", "Host: x"))
    assert server.call("GET", "/healthz").status_code == 200
