"""What surrounds every request: ids, headers, other origins, the log, the end of the server."""

import json
import logging
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from app import create_app
from app.config import BadSetting, Settings, read
from app.http import logs
from app.http.cors import Cors
from app.http.logs import AccessLog, Asked, JsonFormatter, TextFormatter, masked, safe_path
from app.http.retries import REPLAYED
from app.http.surroundings import COMMON, SANE, Surroundings, Telling
from tests.api import Api, basic
from tests.builders import World
from tests.live import KEY, ROOT, serving

ORIGIN = "https://board.example"
LISTED = "https://other.example, https://board.example"
SECRET = "Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0Z2FycGx5"
SENT = {"Content-Type": "text/plain", "Content-Length": "2"}


def bare(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """An application that knows nothing of its surroundings."""
    start_response("200 OK", list(SENT.items()))
    return [b"ok"]


def ask(layer: Any, path: str = "/tasks.json", method: str = "GET", **headers: str) -> TestResponse:
    """A request through a layer; `_` in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(layer).open(path, method=method, headers=named)


# Ids


@pytest.mark.parametrize("sent", ["a", "01ABC-9.z_:/+=@", "x" * 128])
def test_a_sane_id_of_the_client_is_echoed(sent: str) -> None:
    assert ask(Surroundings(bare), X_Request_Id=sent).headers["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", [None, "", "x" * 129, "a b", 'a"', "a\x7f", "é", "<script>"])
def test_any_other_id_is_replaced(sent: str | None) -> None:
    told = {} if sent is None else {"X_Request_Id": sent}
    given = [ask(Surroundings(bare), **told).headers["X-Request-Id"] for _ in range(2)]
    assert all(SANE.fullmatch(each) for each in given)
    assert len({sent, *given}) == 3


# Headers


@pytest.fixture
def addresses(world: World) -> dict[str, int]:
    """Answers of every kind, by method and path, with their status."""
    task = world.task(world.list(), "Paint")
    return {
        "GET /": 200,
        "GET /docs": 200,
        "GET /docs/static/pages.css": 200,
        "GET /docs/static/none.css": 404,
        "GET /openapi.json": 200,
        "GET /healthz": 200,
        "GET /readyz": 200,
        "GET /tasks.json": 200,
        "HEAD /tasks.json": 200,
        "OPTIONS /tasks.json": 200,
        "DELETE /tasks.json": 405,
        f"GET /tasks/{task}.json": 200,
        "GET /tasks/999999.json": 404,
        "GET /nothing/here": 404,
        "POST /tasklists/999999/tasks.json": 422,
        "GET /odata/": 200,
        "GET /odata/$metadata": 200,
        "GET /odata/Task": 200,
        "GET /odata/Nothing": 404,
        "GET /calendar/unknown.ics": 404,
        "GET /unsubscribe/unknown": 404,
        "GET /metrics": 404,
    }


def test_the_methods_of_an_address_are_no_page(api: Api) -> None:
    for path in ("/tasks.json", "/odata/Task"):
        answer = api.call("OPTIONS", path)
        assert (answer.status_code, answer.data) == (200, b"")
        assert "Content-Type" not in answer.headers


def test_every_answer_has_the_headers(addresses: dict[str, int], api: Api) -> None:
    for address, status in addresses.items():
        method, path = address.split(" ")
        for _ in range(3):  # the third of a GET is given before Flask
            with api.call(method, path) as answer:
                assert answer.status_code == status, address
                for name, _value in (*COMMON, ("X-Request-Id", "")):
                    assert len(answer.headers.getlist(name)) == 1, (address, name)
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
                assert "Strict-Transport-Security" not in answer.headers


def test_answers_that_depend_on_a_key_are_private(addresses: dict[str, int], api: Api) -> None:
    public = ("/docs", "/openapi.json", "/healthz", "/readyz")
    for address in addresses:
        method, path = address.split(" ")
        if path == "/" or path.startswith(public):
            continue
        with api.call(method, path) as answer:
            assert answer.headers["Cache-Control"] == "private, no-cache", address
    assert Api(api.app, None).get("/tasks.json").headers["Cache-Control"] == "private, no-cache"
    assert api.get("/readyz").headers["Cache-Control"] == "no-store"
    with api.get("/docs/static/pages.css") as part:
        assert "immutable" in part.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/tasks.json", "/odata/Task?$top=1"])
def test_304_goes_on_and_has_the_headers(path: str, world: World, api: Api) -> None:
    world.task(world.list(), "Paint")
    tag = api.get(path).headers["ETag"]
    for _ in range(3):
        answer = api.call("GET", path, headers={"If-None-Match": tag})
        assert answer.status_code == 304
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_hsts_over_https_only(app: Flask) -> None:
    client = app.test_client()
    plain = client.get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in plain.headers
    secure = client.get("/healthz", base_url="https://tasks.example")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_proxy_is_believed_when_the_setting_counts_it() -> None:
    behind = create_app(Settings(database_url="sqlite://", trusted_proxies="1")).test_client()
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "tasks.example"}
    assert "Strict-Transport-Security" in behind.get("/healthz", headers=told).headers
    assert (
        "curl -u YOUR_KEY:x https://tasks.example/tasks.json" in behind.get("/", headers=told).text
    )
    assert "Strict-Transport-Security" not in behind.get("/healthz").headers


def test_what_an_answer_says_itself_stays() -> None:
    def outspoken(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("cache-control", "no-store"), ("X-FRAME-OPTIONS", "SAMEORIGIN")])
        return []

    headers = ask(Surroundings(outspoken)).headers
    assert headers.getlist("Cache-Control") == ["no-store"]
    assert headers.getlist("X-Frame-Options") == ["SAMEORIGIN"]
    assert headers["Referrer-Policy"] == "no-referrer"


# Other origins


PREFLIGHT = {"Origin": ORIGIN, "Access_Control_Request_Method": "PUT"}


def test_other_origins_are_not_let_in_unless_listed(app: Flask) -> None:
    for layer in (app, Surroundings(bare), Surroundings(bare, Cors("https://other.example"))):
        for method in ("GET", "OPTIONS"):
            answer = ask(layer, "/healthz", method, **PREFLIGHT)
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("listed", "allowed", "vary"), [(LISTED, ORIGIN, ["Origin"]), ("*", "*", [])]
)
def test_listed_origins_may_call(listed: str, allowed: str, vary: list[str]) -> None:
    layer = Surroundings(bare, Cors(listed))
    asked = ask(layer, method="OPTIONS", **PREFLIGHT)
    assert asked.status_code == 204 and asked.data == b""
    assert "PATCH" in asked.headers["Access-Control-Allow-Methods"]
    sent = asked.headers["Access-Control-Allow-Headers"].lower().split(", ")
    assert {"authorization", "x-api-key", "if-match", "prefer", "idempotency-key"} <= set(sent)
    called = ask(layer, Origin=ORIGIN)
    assert called.data == b"ok"
    read = called.headers["Access-Control-Expose-Headers"].lower().split(", ")
    assert REPLAYED.lower() in read
    assert {"x-pages", "id", "etag", "location", "x-ratelimit-reset", "odata-version"} <= set(read)
    for answer in (asked, called):
        assert answer.headers.getlist("Access-Control-Allow-Origin") == [allowed]
        assert answer.headers.getlist("Vary") == vary
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_answer_to_no_page_varies_by_origin_too() -> None:
    assert ask(Surroundings(bare, Cors(LISTED))).headers["Vary"] == "Origin"


def test_options_that_is_no_preflight_comes_through(world: World, app: Flask) -> None:
    layer = Surroundings(app.wsgi_app, Cors(LISTED))
    answer = ask(layer, "/tasks.json", "OPTIONS", Origin=ORIGIN, **basic(world.key(world.admin)))
    assert answer.status_code == 200 and "GET" in answer.headers["Allow"]


# The log


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/tasks/7.json", "/tasks/7.json"),
        (f"/calendar/{SECRET}.ics", "/calendar/***"),
        ("/unsubscribe/0190f3c2-7d3e-7000-8000-000000000001", "/unsubscribe/***"),
        (f"/files/{SECRET}/part.json", "/files/***/part.json"),
        ("/odata/Task(0190f3c2-7d3e-7000-8000-000000000001)", None),
        ("/odata/Task/0190f3c2-7d3e-7000-8000-000000000001", None),
        ("/a b\n\x1b[31m", "/a%20b%0A%1B%5B31m"),
        ("/tnd_" + "a" * 64, "/***"),
    ],
)
def test_paths_are_written_without_secrets(path: str, written: str | None) -> None:
    assert safe_path(path) == (written or path)


@pytest.mark.parametrize(
    "text",
    [
        f"GET /calendar/{SECRET}.ics failed",
        f"x-api-key {SECRET} of the request",
        f"Authorization: Bearer {SECRET}",
        f"/tasks.json?apiKey={SECRET}&page=1",
        f"postgresql://tandem:{SECRET}@db/tandem",
        f"key tnd_{SECRET}",
    ],
)
def test_lines_are_written_without_secrets(text: str) -> None:
    logs.asked.set(Asked("id", SECRET if "x-api-key" in text else ""))
    assert SECRET not in masked(text) and "***" in masked(text)


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_a_line_tells_its_request(formatter: logging.Formatter) -> None:
    logs.asked.set(Asked("my-id"))
    try:
        raise ValueError("\udcff of tnd_secret")
    except ValueError:
        record = logging.LogRecord("app", 40, "", 1, "%s failed", ("it",), sys.exc_info())
    line = formatter.format(record)
    assert "my-id" in line and "it failed" in line and "ValueError" in line
    assert "tnd_secret" not in line
    if isinstance(formatter, JsonFormatter):
        said = json.loads(line)
        assert said["request"] == "my-id" and said["level"] == "error"


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_request_is_one_line(
    form: str, world: World, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    layer = Surroundings(app.wsgi_app, None, (Telling(AccessLog(form).tell),))
    key = world.key(world.admin)
    for method in ("GET", "HEAD"):
        for _ in range(3):
            with ask(layer, "/tasks.json?a=b", method, X_Request_Id="mine", **basic(key)) as answer:
                assert answer.status_code == 200
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 6
    assert all("/tasks.json" in line and "mine" in line and "a=b" not in line for line in lines)
    if form == "json":
        said = [json.loads(line) for line in lines]
        assert {each["person"] for each in said} == {1}
        assert {each["status"] for each in said} == {200}
        assert [each["bytes"] > 0 for each in said] == [True] * 3 + [False] * 3


def test_a_request_that_fails_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ask(Surroundings(broken, None, (Telling(AccessLog("json").tell),)))
    assert json.loads(capsys.readouterr().err)["status"] == 500


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANDEM_LOG", "xml"),
        ("TANDEM_ACCESS_LOG", "yes"),
        ("TANDEM_CORS", "board.example"),
        ("TANDEM_CORS", "https://board.example/"),
        ("TANDEM_CORS", "*,https://board.example"),
        ("TANDEM_METRICS", "short"),
    ],
)
def test_settings_that_cannot_be_read(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read({name: value})


# A real server


def raw(port: int, request: bytes) -> bytes:
    """Bytes to a server, and all that it answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


REFUSED = {
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n": 414,
    b"NONSENSE\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: x\r\nx-api-key: \x00" + SECRET.encode() + b"\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + SECRET.encode() + b"\r\n\r\n": 501,
    b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 9000 + b"\r\n\r\n": 431,
}
WRONG = "a-wrong-key-that-nobody-has"
OTHER = "another-wrong-key-as-a-token"


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_key_gets_into_the_log(form: str, tmp_path: Path) -> None:
    told = {"TANDEM_LOG": form, "TANDEM_ACCESS_LOG": "1", "TANDEM_PREPARE": "1"}
    with serving(tmp_path, **told) as server:
        feed = server.get("/me.json")["person"].get("calendar-feed-url", "")
        headers = (
            basic(KEY),
            {"Authorization": f"Bearer {KEY}"},
            {"x-api-key": KEY},
            basic(WRONG),
            basic("x", WRONG),
            {"Authorization": f"Bearer {OTHER}"},
            {"x-api-key": OTHER},
        )
        paths = (
            "/tasks.json",
            "/odata/Task?$top=1",
            f"/tasks.json?key={KEY}&{WRONG}",
            f"/calendar/{SECRET}.ics",
            f"/unsubscribe/{SECRET}",
            f"/{KEY}/x.json",
        )
        for request, status in REFUSED.items():
            answer = raw(server.port, request)
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(f"HTTP/1.1 {status} ".encode()), answer
            assert b"X-Request-Id: " in head and b"nosniff" in head
            refusal = json.loads(body)
            assert refusal["STATUS"] == "Error" and refusal["error"]["code"] == str(status)
        for sent in headers:
            for path in paths:
                server.call("GET", path, headers=sent, auth=lambda request: request)
        # From now on the store is broken: first its tasks, then the table of the keys.
        for table in ("task", "api_key"):
            store = sqlite3.connect(tmp_path / "tandem.db")
            store.execute(f"ALTER TABLE {table} RENAME TO gone_{table}")
            store.close()
            for sent in headers:
                for path in paths[:3]:
                    server.call(
                        "GET",
                        path,
                        headers={**sent, "X-Request-Id": "failed-1"},
                        auth=lambda request: request,
                    )
        last = server.call("GET", "/tasks.json", headers={"X-Request-Id": "failed-2"})
        assert last.status_code == 500 and last.headers["X-Request-Id"] == "failed-2"
    log = next(tmp_path.glob("gunicorn-*.log")).read_text()
    assert "Traceback" in log and "failed-2" in log and "/calendar/***" in log
    digest = logs.SECRETS[-1][0]
    found = [each for each in (KEY, WRONG, OTHER, SECRET, feed or SECRET) if each in log]
    assert found == [] and not digest.search(log) and "Basic " not in log
    if form == "json":
        lines = [line for line in log.splitlines() if line.startswith("{")]
        plain = [line for line in log.splitlines() if not line.startswith("{")]
        assert all("request" in json.loads(line) for line in lines if "failed" in line)
        assert [line for line in plain if not line.startswith(("Tandem: ", "Try: "))] == []


def test_sigterm_finishes_requests(tmp_path: Path) -> None:
    body = b'{"todo-item":{"content":"Slowly written"}}'
    head = (
        b"POST /tasklists/1/tasks.json HTTP/1.1\r\nHost: x\r\nx-api-key: %s\r\n"
        b"Content-Length: %d\r\n\r\n" % (KEY.encode(), len(body))
    )
    with serving(tmp_path, TANDEM_PREPARE="1") as server:
        master = server.pid
        workers = psutil.Process(master).children()
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as slow:
            slow.sendall(head + body[:10])
            # Answered by whoever is free: by now the slow one has been taken.
            assert server.call("GET", "/healthz").status_code == 200
            psutil.Process(master).send_signal(signal.SIGTERM)
            assert refused(server.port)
            slow.sendall(body[10:])
            answer = slow.recv(65536)
        assert answer.startswith(b"HTTP/1.1 201 ") and b"Connection: close" in answer
        assert psutil.wait_procs(workers, timeout=30)[1] == []
        stored = sqlite3.connect(tmp_path / "tandem.db")
        written = stored.execute("SELECT count(*) FROM task WHERE name = 'Slowly written'")
        assert written.fetchone() == (1,)
        stored.close()


def test_a_worker_that_is_told_to_end_while_it_boots_does() -> None:
    """The signal is not lost in the handler that it has from its parent."""
    program = (
        "import runpy, signal; conf = runpy.run_path('gunicorn.conf.py'); "
        "signal.signal(signal.SIGTERM, lambda *_: None); conf['post_fork'](None, None); "
        "signal.raise_signal(signal.SIGTERM)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGTERM


def refused(port: int) -> bool:
    """Nobody can connect any more, within the time that a signal takes."""
    for _ in range(10_000):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            return True
    return False


def test_commands_write_in_the_same_form(tmp_path: Path) -> None:
    program = "from app import create_app; import logging; create_app(); logging.error('hm')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"TANDEM_LOG": "json", "DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stderr)["message"] == "hm"
