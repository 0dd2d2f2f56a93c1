"""Whether the time that an answer takes tells what is hidden from what never was: pairs of both,
in turns, the time of each; the medians may differ by a twentieth at most.

What is asked for are addresses of both dialects that answer 404, and bodies that name what is
hidden. It runs in this process, so that nothing of a network hides a difference.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from statistics import median
from typing import Any, Final
from uuid import uuid4

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import create_app
from app.config import Settings
from app.extensions import db
from app.queries.remembered import Memories
from tests.api import basic
from tests.builders import World
from tests.torture.report import Report
from tests.torture.stores import opened

PAIRS: Final = 2_000
MOST: Final = 0.05  # of the median
TRIES: Final = 3  # others work on this machine: a difference has to be there each time
WARM: Final = 50
FOREIGN: Final = 40  # things that are hidden, so that none is asked for over and over
MISSING: Final = cycle(range(7_000_000, 7_000_000 + FOREIGN))


@dataclass(frozen=True, slots=True)
class Case:
    """A request, made of an id; `hidden` are ids of what one may not see, `missing` draws another
    that nothing has.
    """

    method: str
    path: str
    hidden: tuple[Any, ...]
    missing: Callable[[], Any]
    body: Callable[[Any], Any] | None = None

    def environ(self, each: Any, key: str) -> dict[str, Any]:
        """The request as WSGI has it."""
        said: Mapping[str, Any] = {"json": self.body(each)} if self.body else {}
        path = self.path.format(each)
        built = EnvironBuilder(path, method=self.method, headers=[*basic(key).items()], **said)
        return built.get_environ()


def run(engine: str, pairs: int) -> Report:
    """Compare all cases on an engine."""
    report = Report("timing", engine, {"pairs": pairs})
    with opened(engine) as store, _application(store.url) as app:
        key, cases = _set_scene()
        for name, case in cases.items():
            found = _compared(app, key, case, pairs)
            report.figures[f"{name}_percent"] = round(found * 100, 2)
            if found > MOST:
                report.broken.append(f"{name}: the medians differ by {found:.1%}")
    return report


@contextmanager
def _application(url: str) -> Iterator[Flask]:
    made = create_app(Settings(database_url=url))
    with made.app_context():
        yield made
        db.engine.dispose()
    Memories.forget()


def _set_scene() -> tuple[str, dict[str, Case]]:
    """A person with a project of his own, and the ids of what is another's."""
    world = World.__new__(World)
    world._number, world.admin = count(100), 1
    person = world.person("Pat")
    own = world.list(world.project("own", editor=(person,)))
    task = world.task(own, "mine", by=person)
    away = world.list(world.project("away"))
    lists = tuple(world.list(world.project(f"away {each}")) for each in range(FOREIGN))
    tasks = tuple(world.task(away, f"hidden {each}") for each in range(FOREIGN))
    private = tuple(world.task(own, f"private {each}", private=True) for each in range(FOREIGN))
    uids = tuple(str(world.row(each, "uid")[0]) for each in tasks)
    guids = cycle([str(uuid4()) for _ in range(FOREIGN)])
    return world.key(person), {
        "foreign_task": Case("GET", "/tasks/{}.json", tasks, lambda: next(MISSING)),
        "private_task": Case("GET", "/tasks/{}.json", private, lambda: next(MISSING)),
        "foreign_write": Case("PUT", "/tasks/{}.json", tasks, lambda: next(MISSING), _content),
        "foreign_comments": Case("GET", "/tasks/{}/comments.json", tasks, lambda: next(MISSING)),
        "foreign_list": Case("GET", "/tasklists/{}/tasks.json", lists, lambda: next(MISSING)),
        "named_in_body": Case(
            "PUT", f"/tasks/{task}.json", tasks, lambda: next(MISSING), _predecessor
        ),
        "odata_task": Case("GET", "/odata/Task({})", uids, lambda: next(guids)),
        "odata_delete": Case("DELETE", "/odata/Task({})", uids, lambda: next(guids)),
    }


def _content(_: Any) -> Any:
    return {"todo-item": {"content": "x"}}


def _predecessor(each: Any) -> Any:
    return {"todo-item": {"predecessors": [{"id": each}]}}


def _compared(app: Flask, key: str, case: Case, pairs: int) -> float:
    """The difference of the medians, as a part of the smaller; the least of some tries."""
    _measured(app, key, case, WARM)
    least = float("inf")
    for _ in range(TRIES):
        missing, hidden = _measured(app, key, case, pairs)
        least = min(least, abs(missing - hidden) / min(missing, hidden))
        if least <= MOST:
            break
    return least


def _measured(app: Flask, key: str, case: Case, pairs: int) -> tuple[float, float]:
    """The medians of missing and of hidden, which are asked for in turns, in drawn order."""
    draw = random.Random(1)
    times: tuple[list[float], list[float]] = ([], [])
    statuses = set()
    for number in range(pairs):
        each = (case.missing(), case.hidden[number % len(case.hidden)])
        for which in draw.sample((0, 1), 2):
            took, status = _once(app, case.environ(each[which], key))
            times[which].append(took)
            statuses.add(status)
    if len(statuses) != 1 or statuses & {200, 201, 204}:
        raise AssertionError(f"{case.path}: answers {statuses}")
    return median(times[0]), median(times[1])


def _once(app: Flask, environ: dict[str, Any]) -> tuple[float, int]:
    """How long an answer takes, as a client would see it, and its status."""
    begun = time.perf_counter_ns()
    parts, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    took = time.perf_counter_ns() - begun
    del parts
    return took, int(status[:3])
