"""Servers under test: a store filled by the project's own commands, and gunicorn in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.client import Address

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "bench" / "data"
BIN = Path(sys.executable).parent
KEY = "bench-key-of-twenty-characters-and-more"
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `process` is None for one that we did not start."""

    address: Address
    process: psutil.Process | None = None

    def cpu_seconds(self) -> float | None:
        """User and system time so far, of the process and all below it."""
        if self.process is None:
            return None
        family = [self.process, *self.process.children(recursive=True)]
        times = [each.cpu_times() for each in family]
        return float(sum(each.user + each.system for each in times))

    def memory(self) -> float | None:
        """Proportional memory (shared pages counted once) of all its processes, in MiB."""
        if self.process is None:
            return None
        family = [self.process, *self.process.children(recursive=True)]
        return float(sum(each.memory_full_info().pss for each in family) / 2**20)


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
def tandem(url: str, log: Path, **settings: str) -> Iterator[Server]:
    """Tandem as `make serve` starts it, on a port of its own."""
    host, port = address = free_address()
    env = environment(url, HOST=host, PORT=str(port), **settings)
    with _gunicorn(["wsgi:app"], env, address, log) as server:
        yield server


@contextmanager
def wire(answers: Path, log: Path) -> Iterator[Server]:
    """The floor of `bench.wire`, on captured answers."""
    host, port = address = free_address()
    env = dict(os.environ, WIRE_ANSWERS=str(answers), WIRE_BIND=f"{host}:{port}")
    words = ["--config", "python:bench.wire", "bench.wire:application"]
    with _gunicorn(words, env, address, log) as server:
        yield server


@contextmanager
def _gunicorn(
    words: list[str], env: dict[str, str], address: Address, log: Path
) -> Iterator[Server]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [BIN / "gunicorn", *words], cwd=ROOT, env=env, stdout=output, stderr=output
        )
        try:
            _wait_for(process, address, log)
            yield Server(address, psutil.Process(process.pid))
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(process: subprocess.Popen[bytes], address: Address, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(address, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"the server at {address} does not answer:\n{log.read_text()[-2000:]}")


def free_address() -> Address:
    """A free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
    return str(host), int(port)
