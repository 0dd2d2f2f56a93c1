"""A real server for a test: a migrated store of its own, `flask start`, gunicorn on a free port.

with serving(tmp_path, TANDEM_CLOCK="2014-05-12T10:00:00+00:00") as server:
    server.get("/tasks.json")
"""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from sqlalchemy import URL, create_engine, make_url, text

from app.config import Settings

ROOT = Path(__file__).resolve().parent.parent
KEY = "twp_the-administrator-of-a-test"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
# What a store depends on when it is set up.
MATTER = {"TANDEM_ADMIN_KEY", "TANDEM_CLOCK", "TANDEM_SAMPLE", "TANDEM_TIMEZONE"}
OURS = {spec.metadata["name"] for spec in Settings.__dataclass_fields__.values()}

_kept = tempfile.TemporaryDirectory()
_made: dict[frozenset[tuple[str, str]], Path] = {}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `key` is its administrator's, `setting` the environment of its commands,
    `pid` the number of gunicorn's master.
    """

    url: str
    port: int
    key: str
    setting: dict[str, str]
    pid: int = 0

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """A request as the administrator, straight to the server whatever proxies are set."""
        with requests.Session() as session:
            session.trust_env = False
            auth = more.pop("auth", (self.key, "x"))
            return session.request(method, self.url + path, auth=auth, timeout=30, **more)

    def get(self, path: str, **options: Any) -> Any:
        """The parsed body of a GET that must succeed."""
        response = self.call("GET", path, params=options)
        assert response.status_code == 200, response.text
        return response.json()

    def flask(self, *words: str) -> str:
        """What a `flask` command prints on stdout, run on the same store."""
        return flask(self.setting, *words)


def flask(setting: dict[str, str], *words: str) -> str:
    """Run a `flask` command; gives its stdout. Raises AssertionError with all it said."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi:app", *words]
    done = subprocess.run(command, cwd=ROOT, env=setting, capture_output=True, text=True)
    assert done.returncode == 0, f"flask {words}: {done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def serving(
    folder: Path, *, database_url: str | None = None, key: str = KEY, **settings: str
) -> Iterator[Server]:
    """A server on a new store in `folder`, or on an empty PostgreSQL (`fresh_database`).

    `settings` are environment variables. It is stopped, workers included, when the block ends.
    """
    with _listening() as listener:
        port = listener.getsockname()[1]
        setting = _setting(folder, database_url, key, port, settings)
        _set_up(setting)
        log = folder / f"gunicorn-{port}.log"
        process = _gunicorn(listener, setting, log)
    server = Server(f"http://127.0.0.1:{port}", port, key, setting, process.pid)
    try:
        _await_ready(server, process, log)
        yield server
    finally:
        _stop(process)


def _set_up(setting: dict[str, str]) -> None:
    """Migrate and start a store. One in SQLite is copied if this process has made its like."""
    url = make_url(setting["DATABASE_URL"])
    said = frozenset((name, value) for name, value in setting.items() if name in MATTER)
    if url.drivername == "sqlite" and said in _made:
        shutil.copyfile(_made[said], str(url.database))
        return
    flask(setting, "db", "upgrade")
    flask(setting, "start")
    if url.drivername == "sqlite":
        _made[said] = Path(_kept.name) / f"{len(_made)}.db"
        with (
            closing(sqlite3.connect(str(url.database))) as store,
            closing(sqlite3.connect(_made[said])) as copy,
        ):
            store.backup(copy)


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """A new, empty database beside the one of a PostgreSQL URL; dropped when the block ends."""
    beside = make_url(url).set(drivername="postgresql+psycopg")
    name = f"{beside.database}_live_{uuid4().hex[:8]}"
    _administer(beside, f'CREATE DATABASE "{name}"')
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(beside, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(url: URL, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def _setting(
    folder: Path, database_url: str | None, key: str, port: int, settings: dict[str, str]
) -> dict[str, str]:
    """The environment of the server: this one's, without any setting of Tandem's but the given."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    mine = {
        "DATABASE_URL": database_url or f"sqlite:///{folder / 'tandem.db'}",
        "TANDEM_ADMIN_KEY": key,
        "TANDEM_FILES": str(folder / "files"),
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "PYTHONUNBUFFERED": "1",
    }
    return inherited | mine | settings


@contextmanager
def _listening() -> Iterator[socket.socket]:
    """A listening socket on a free port, handed to gunicorn, so that nobody can take the port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        yield listener


def _gunicorn(
    listener: socket.socket, setting: dict[str, str], log: Path
) -> subprocess.Popen[bytes]:
    number = listener.fileno()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{number}", "wsgi:app"]
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=setting,
            pass_fds=(number,),
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _await_ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _is_ready(server):
            return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


def _is_ready(server: Server) -> bool:
    try:
        return server.call("GET", "/readyz").status_code == 200
    except requests.RequestException:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
