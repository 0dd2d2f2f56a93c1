"""Servers under test: a store filled by the project's own commands, and gunicorn in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.client import Endpoint

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "bench" / "data"
BIN = Path(sys.executable).parent
KEY = "bench-key-of-twenty-characters-and-more"
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Proportional memory in MiB: pages that several processes share are counted once.

    `file` is the part that stands for pages of files, those of a mapped store among them, which the
    kernel can take back.
    """

    total: float
    file: float


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `processes` are the roots of what belongs to it, none for one that we did
    not start.
    """

    endpoint: Endpoint
    processes: tuple[psutil.Process, ...] = ()

    def cpu_seconds(self) -> float | None:
        """User and system time so far, of the processes and all below them."""
        if not self.processes:
            return None
        used = 0.0
        for each in self._family():
            # A database server's helpers come and go.
            with suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                used += times.user + times.system
        return used

    def memory(self) -> Memory | None:
        """The memory of the first of the processes and all below it; None where it cannot be
        read.
        """
        if not self.processes:
            return None
        try:
            parts = [_memory(each.pid) for each in _below(self.processes[0])]
        except OSError:
            return None
        return Memory(sum(each.total for each in parts), sum(each.file for each in parts))

    def _family(self) -> list[psutil.Process]:
        return [each for root in self.processes for each in _below(root)]


def _below(root: psutil.Process) -> list[psutil.Process]:
    return [root, *root.children(recursive=True)]


def _memory(pid: int) -> Memory:
    kilobytes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        kilobytes[name] = int(rest.split()[0])
    return Memory(kilobytes["Pss"] / 1024, kilobytes["Pss_File"] / 1024)


def environment(url: str, **more: str) -> dict[str, str]:
    """The environment of a server or command on a store: none of the caller's own settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TANDEM_")}
    for name in ("WEB_CONCURRENCY", "HOST", "PORT"):
        kept.pop(name, None)
    ours = {
        "FLASK_APP": "wsgi.py",
        "DATABASE_URL": url,
        "TANDEM_SAMPLE": "0",
        "TANDEM_ADMIN_KEY": KEY,
    }
    return kept | ours | more


def make_store(url: str, tasks: int) -> float:
    """Migrate, set up and seed a store; gives the seconds that the seeding took."""
    env = environment(url)
    for words in (("db", "upgrade"), ("start",)):
        _flask(*words, env=env)
    start = time.perf_counter()
    _flask("seed", "--tasks", str(tasks), env=env)
    return time.perf_counter() - start


def _flask(*words: str, env: dict[str, str]) -> None:
    done = subprocess.run(
        [BIN / "flask", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"flask {' '.join(words)} failed:\n{done.stderr[-2000:]}")


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A folder under bench/data that is removed afterwards."""
    path = DATA / f"{name}-{os.getpid()}"
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def tandem(
    url: str, log: Path, beside: tuple[psutil.Process, ...] = (), **settings: str
) -> Iterator[Server]:
    """Tandem as `make serve` starts it, on a port of its own. `beside`: whose CPU time counts too,
    such as the database server's.
    """
    where = free_endpoint()
    env = environment(url, HOST=where.host, PORT=str(where.port), **settings)
    with _running(["gunicorn", "wsgi:app"], env, where, log) as process:
        yield Server(where, (process, *beside))


@contextmanager
def tandem_on(url: str, log: Path, *words: str, **settings: str) -> Iterator[Server]:
    """Tandem on another server program, whose command line is given; {host} and {port} in it are
    replaced.
    """
    where = free_endpoint()
    env = environment(url, HOST=where.host, PORT=str(where.port), **settings)
    told = [word.format(host=where.host, port=where.port) for word in words]
    with _running(told, env, where, log) as process:
        yield Server(where, (process,))


@contextmanager
def wire(answers: Path, log: Path) -> Iterator[Server]:
    """The floor of `bench.wire`, on captured answers."""
    where = free_endpoint()
    env = dict(os.environ, WIRE_ANSWERS=str(answers), WIRE_BIND=f"{where.host}:{where.port}")
    words = ["gunicorn", "--config", "python:bench.wire", "bench.wire:application"]
    with _running(words, env, where, log) as process:
        yield Server(where, (process,))


@contextmanager
def sqlite_floor(store: Path, synchronous: str, log: Path) -> Iterator[Server]:
    """The floor of `bench.sqlite_floor`."""
    where = free_endpoint()
    env = os.environ | {
        "FLOOR_STORE": str(store),
        "FLOOR_SYNCHRONOUS": synchronous,
        "FLOOR_BIND": f"{where.host}:{where.port}",
    }
    words = ["gunicorn", "--config", "python:bench.sqlite_floor", "bench.sqlite_floor:application"]
    with _running(words, env, where, log) as process:
        yield Server(where, (process,))


@contextmanager
def _running(
    words: list[str], env: dict[str, str], where: Endpoint, log: Path
) -> Iterator[psutil.Process]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [BIN / words[0], *words[1:]], cwd=ROOT, env=env, stdout=output, stderr=output
        )
        try:
            _wait_for(process, where, log)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(process: subprocess.Popen[bytes], where: Endpoint, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            where.connect().close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"the server at {where} does not answer:\n{log.read_text()[-2000:]}")


def free_endpoint() -> Endpoint:
    """A free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
    return Endpoint(str(host), int(port))
