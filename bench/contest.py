"""One size: the stores, the servers that take part, all workloads, the memory at the end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from bench import servers, stores, wire
from bench.client import Endpoint
from bench.measure import Contestant, Plan, measure
from bench.messages import Caller, Refused
from bench.results import Result, Section
from bench.servers import Server
from bench.subjects import Subjects, of_server, of_store
from bench.targets import Target
from bench.wire import Answer
from bench.workloads import Workload

WIRE, FIRST = "wire", ", first page"
NORMAL, RAW = " NORMAL", "sqlite3"
ENGINES: Final = ("sqlite", "postgresql")
SYNCHRONOUS: Final = ("FULL", "NORMAL")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A server in the contest; `target` makes the requests that it gets, `store` is what they
    change.
    """

    name: str
    server: Server
    target: Target
    store: str


@dataclass(slots=True)
class Contest:
    """Who takes part: Tandem by engine, the floor, and who joins for some workloads only."""

    entries: list[Entry]
    floor: Server
    answers_path: Path
    relaxed: list[Entry] = field(default_factory=list)
    raw: list[Entry] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)

    def run(self, workload: Workload, plan: Plan) -> Result:
        """All rounds of one workload, by everybody who takes part in it."""
        result = Result(workload.name, self.entries[0].target.subjects.stored)
        contestants: list[Contestant] = []
        for entry in (*self.entries, *(self.relaxed if workload.relaxed else ())):
            try:
                contestants += self._contestants(workload, entry)
            except Refused as error:
                result.failures[entry.name] = str(error)
        if contestants:
            contestants = [*self._floors(workload, contestants[0]), *contestants]
            result.figures = measure(contestants, plan, workload.warm_seconds)
        return result

    def _contestants(self, workload: Workload, entry: Entry) -> list[Contestant]:
        builds = [(entry.name, workload.build)]
        if workload.first:
            builds.insert(0, (entry.name + FIRST, workload.first))
        writes = workload.writes(entry.target) if workload.writes else []
        made = []
        for name, build in builds:
            requests = build(entry.target)
            if not requests:
                raise Refused("there is nothing to ask for")
            size = self._capture(entry.target.caller, [*requests, *writes])
            one = Contestant(
                name, entry.server, requests, workload.connections, entry.store, writes, size
            )
            made.append(one)
        return made

    def _capture(self, caller: Caller, requests: Sequence[bytes]) -> int:
        """One answer for each name among the requests, for the floor to repeat; gives the length of
        the first one's body.
        """
        firsts: dict[str, bytes] = {}
        for raw in requests:
            firsts.setdefault(name_of(raw), raw)
        captured = {name: caller.ask(raw) for name, raw in firsts.items()}
        if captured.keys() - self.answers.keys():
            self.answers = captured | self.answers
            wire.save(self.answers_path, self.answers)
        return len(next(iter(captured.values()))[2])

    def _floors(self, workload: Workload, model: Contestant) -> list[Contestant]:
        """The floors, which get the requests of the first of the others."""
        made = []
        if not workload.first:
            made.append(replace(model, name=WIRE, server=self.floor, store=WIRE))
        if workload.raw:
            made += [
                replace(model, name=each.name, server=each.server, store=each.store)
                for each in self.raw
            ]
        return made


def name_of(raw: bytes) -> str:
    """Which answer a request is after, as the floor sees it."""
    return raw.partition(b"X-Bench: ")[2].partition(b"\r\n")[0].decode()


def section(
    size: int, engines: Sequence[str], workloads: Sequence[Workload], plan: Plan, say: Say
) -> Section:
    """Stores of this size, measured. What was seeded for them stays."""
    found = Section(f"{size:,} tasks", size)
    with servers.folder(f"run-{size}") as folder, ExitStack() as stack:
        with ExitStack() as extras:
            contest = _contest(size, engines, folder, stack, found, say)
            if any(each.relaxed for each in workloads) and "sqlite" in engines:
                contest.relaxed.append(_relaxed(contest, folder, extras))
            if any(each.raw for each in workloads):
                contest.raw += _raw(contest, size, folder, extras)
            run_all(contest, workloads, plan, found, say)
        # Those that shared a mapped store are gone: its pages count for one server alone.
        remember(contest, found)
    return found


def _contest(
    size: int,
    engines: Sequence[str],
    folder: Path,
    stack: ExitStack,
    found: Section,
    say: Say,
) -> Contest:
    entries = []
    for engine in engines:
        say(f"{size:,} tasks on {engine}")
        opened = stores.sqlite(size, folder) if engine == "sqlite" else stores.postgresql(size)
        store = stack.enter_context(opened)
        if store.seeded:
            found.notes.append(f"Seeding {engine} took {store.seeded}.")
        subjects = of_store(store.url)
        log = folder / f"{engine}.log"
        server = stack.enter_context(servers.tandem(store.url, log, store.processes))
        entries.append(_entry(engine, server, subjects, engine))
    return Contest(entries, *_floor(folder, stack))


def _entry(name: str, server: Server, subjects: Subjects, store: str) -> Entry:
    return Entry(name, server, Target(Caller(server.endpoint, servers.KEY), subjects), store)


def _floor(folder: Path, stack: ExitStack) -> tuple[Server, Path]:
    answers = folder / "answers.json"
    return stack.enter_context(servers.wire(answers, folder / "wire.log")), answers


def _relaxed(contest: Contest, folder: Path, stack: ExitStack) -> Entry:
    """A second server on the store of the first, with synchronous=NORMAL."""
    model = next(each for each in contest.entries if each.name == "sqlite")
    url = f"sqlite:///{folder / 'tandem.db'}"
    log = folder / "sqlite-normal.log"
    server = stack.enter_context(servers.tandem(url, log, TANDEM_SQLITE_SYNCHRONOUS="NORMAL"))
    return _entry(model.name + NORMAL, server, model.target.subjects, model.store)


def _raw(contest: Contest, size: int, folder: Path, stack: ExitStack) -> Iterator[Entry]:
    """Raw sqlite3, both ways, on a store of its own."""
    store = stack.enter_context(stores.raw(size, folder))
    for synchronous in SYNCHRONOUS:
        log = folder / f"raw-{synchronous}.log"
        server = stack.enter_context(servers.sqlite_floor(store, synchronous, log))
        target = contest.entries[0].target
        yield Entry(f"{RAW} {synchronous}", server, target, RAW)


def run_all(
    contest: Contest, workloads: Sequence[Workload], plan: Plan, found: Section, say: Say
) -> None:
    """The workloads one after the other, each shown when it is done."""
    stored = contest.entries[0].target.subjects.stored
    for workload in workloads:
        if workload.smallest > stored:
            continue
        result = contest.run(workload, plan)
        found.results.append(result)
        say(f"  {workload.name}: {_short(result)}")


def _short(result: Result) -> str:
    parts = []
    for name, figures in result.figures.items():
        ratio = result.ratio(name, WIRE)
        beside = "" if ratio is None or name == WIRE else f" ({ratio:.3f})"
        wrong = f" {figures.errors} errors: {figures.first_error}" if figures.errors else ""
        parts.append(f"{name} {figures.rate:,.0f}/s{beside}{wrong}")
    parts += [f"{name} left out: {why}" for name, why in result.failures.items()]
    return "; ".join(parts)


def remember(contest: Contest, found: Section) -> None:
    """The memory of each server, now."""
    for entry in contest.entries:
        memory = entry.server.memory()
        if memory is not None:
            found.memory[entry.name] = (memory.total, memory.file)
        for process in entry.server.processes[1:]:
            beside = Server(entry.server.endpoint, (process,)).memory()
            if beside is not None:
                found.memory[f"{entry.name}: {process.name()}"] = (beside.total, beside.file)


def running(
    endpoint: Endpoint, key: str, workloads: Sequence[Workload], plan: Plan, say: Say
) -> Section:
    """A server that runs already."""
    caller = Caller(endpoint, key)
    subjects = of_server(caller)
    found = Section(f"{endpoint.host}:{endpoint.port}{endpoint.prefix}", 0)
    with servers.folder("running") as folder, _alone(folder) as (floor, answers):
        entry = Entry("server", Server(endpoint), Target(caller, subjects), "server")
        run_all(Contest([entry], floor, answers), workloads, plan, found, say)
    return found


@contextmanager
def _alone(folder: Path) -> Iterator[tuple[Server, Path]]:
    with ExitStack() as stack:
        yield _floor(folder, stack)
