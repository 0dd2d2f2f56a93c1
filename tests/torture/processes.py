"""Tandem's processes: servers and workers that the zygote forks, and how they are ended."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from tests.live import OURS, ROOT

PATIENCE = 30.0
POLL = 0.01


def until(true: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """What the function gives once it is truthy. Raises AssertionError after a long while."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if given := true():
            return given
        time.sleep(POLL)
    raise AssertionError(f"not within {patience:.0f} s: {what}")


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """This process's environment, with none of Tandem's settings but the given."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    mine = {
        "TANDEM_FILES": str(folder / "files"),
        "TANDEM_WEBHOOK_ALLOW_PRIVATE": "1",
        "TANDEM_LEASE": "2",
        "WEB_CONCURRENCY": "2",
    }
    return inherited | mine | settings


def is_gone(pid: int) -> bool:
    """No such process runs; one that nobody took away yet is gone, too."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@dataclass(frozen=True, slots=True)
class Running:
    """A process of Tandem's, leader of its session."""

    pid: int
    log: Path

    def members(self) -> list[psutil.Process]:
        """It and its children."""
        with suppress(psutil.NoSuchProcess):
            leader = psutil.Process(self.pid)
            return [leader, *leader.children(recursive=True)]
        return []

    def workers(self) -> list[int]:
        """The ids of its children."""
        return [each.pid for each in self.members()[1:]]

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Signal all of them at once, and wait until they are gone."""
        everyone = [each.pid for each in self.members()]
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)
        until(lambda: all(map(is_gone, everyone)), "processes end")

    def behead(self) -> list[int]:
        """Kill the leader alone; gives its children, which find out, and end when their clients
        have gone.
        """
        orphans = self.workers()
        os.kill(self.pid, signal.SIGKILL)
        return orphans


class Zygote:
    """The process that forks the others."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, program: str, setting: dict[str, str], log: Path) -> Running:
        """Fork a `server` or a `deliver` with these environment variables."""
        assert self._process.stdin is not None and self._process.stdout is not None
        order = {"program": program, "setting": setting, "log": str(log)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Running(int(self._process.stdout.readline()), log)

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=PATIENCE)


@contextmanager
def ended(*running: Running) -> Iterator[None]:
    """Kill these processes when the block ends."""
    try:
        yield
    finally:
        for each in running:
            each.end()
