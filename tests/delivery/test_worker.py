"""The worker as a process: killed at random and run twice at a time, it loses nothing, and doubles
nothing that a receiver with the delivery id could not tell.
"""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.clock import clock
from app.extensions import db
from app.models import Activity, Delivery, Outgoing
from tests.api import Api
from tests.builders import World
from tests.delivery.conftest import Mailbox, Receiver

ROOT = Path(__file__).resolve().parents[2]
TASKS, KILLS = 24, 4
PATIENCE = 60.0  # seconds until everything has to be there
Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(app: Flask, mailbox: tuple[Mailbox, str], tmp_path: Path) -> Iterator[Start]:
    """Starts workers on the application's store; none outlives the test."""
    running: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {
        "FLASK_APP": "wsgi.py",
        "DATABASE_URL": app.config["TANDEM"].database_url,
        "TANDEM_SMTP_URL": mailbox[1],
        "TANDEM_WEBHOOK_ALLOW_PRIVATE": "1",
        "TANDEM_LEASE": "1",
    }
    log = (tmp_path / "log").open("wb")

    def begin() -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "flask", "deliver"]
        made = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
        running.append(made)
        return made

    yield begin
    for each in running:
        each.kill()
        each.wait()
    log.close()


def left() -> int:
    """How much is still to be told, sent or tried."""
    waiting = (
        select(func.count()).where(Activity.spread.is_(False)),
        select(func.count()).where(Delivery.done_at.is_(None)),
        select(func.count()).where(Outgoing.sent_at.is_(None)),
    )
    with db.engine.connect() as connection:
        return sum(connection.execute(each).scalar_one() for each in waiting)


def until(done: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    turn = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if done():
            return
        turn.wait(0.05)
    raise AssertionError("it did not happen in time")


def test_killed_workers_lose_nothing(
    world: World,
    api: Api,
    start: Start,
    mailbox: tuple[Mailbox, str],
    receiver: Receiver,
) -> None:
    clock.fix(None)  # the workers have the machine's
    chance = random.Random(4)
    mia = world.person("Mia")
    home = world.list(world.project(editor=(mia,)))
    sent = {"event": "TASK.COMPLETED", "url": receiver.url, "token": "t"}
    api.post("/webhooks.json", {"webhook": sent})
    tasks = [str(world.task(home, change_followers=(mia,))) for _ in range(TASKS)]
    workers = [start(), start()]
    for number, task in enumerate(tasks):
        assert api.put(f"/tasks/{task}/complete.json").status_code == 200
        if number % (TASKS // KILLS) == 0:
            arrived = len(receiver.arrived)
            until(lambda before=arrived: len(receiver.arrived) > before or not left())  # type: ignore[misc]
            victim = chance.randrange(len(workers))
            workers[victim].send_signal(signal.SIGKILL)
            workers[victim].wait()
            workers[victim] = start()
    until(lambda: not left())
    told = {}
    for _, heads, body in receiver.arrived:
        told.setdefault(heads["x-projects-delivery"], set()).add(body)
    assert len(told) == TASKS
    assert all(len(bodies) == 1 for bodies in told.values())
    letters = {str(each["Message-ID"]) for each in mailbox[0].messages}
    assert len(letters) == TASKS


def test_a_worker_stops_when_it_is_told_to(start: Start, world: World, api: Api) -> None:
    clock.fix(None)
    task = world.task(change_followers=(world.person(is_admin=True),))
    api.put(f"/tasks/{task}/complete.json")
    worker = start()
    until(lambda: not left())
    worker.terminate()
    assert worker.wait(20) == 0
