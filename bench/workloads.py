"""What is measured: named workloads, each of which makes its requests for one server."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from bench import odata_workloads as odata
from bench.targets import Build, Target

MIXED = 20_000
LISTS_IN_USE = 100  # as many as the small store has: the same set at every size
DEEP_PAGE, PAGE = 3000, 250
LINES = 100
NEW: Final = {
    "content": "Order the material",
    "description": "For the second floor.",
    "due-date": "20300115",
    "priority": "high",
    "estimated-minutes": 90,
}


@dataclass(frozen=True, slots=True)
class Workload:
    """Requests that are sent in turn, and who is measured with them.

    `tasks`: how many tasks one answer is about, where tasks a second are counted. `writes`: what
    one client does beside it all. `first`: the first page, which is measured in place of the floor.
    `warm_seconds`: how long each is asked before it counts. `relaxed`: also with
    synchronous=NORMAL. `raw`: also a raw sqlite3 statement.
    """

    name: str
    about: str
    build: Build
    connections: int = 16
    tasks: int = 0
    writes: Build | None = None
    first: Build | None = None
    relaxed: bool = False
    raw: bool = False
    smallest: int = 0
    warm_seconds: float = 0.3
    changes: bool = False


def _get(name: str, path: str) -> Build:
    return lambda target: [target.caller.request("GET", path, name)]


def _lists(target: Target) -> list[bytes]:
    return _pages_of(target, target.subjects.lists[:LISTS_IN_USE])


def _other_lists(target: Target) -> list[bytes]:
    return _pages_of(target, target.subjects.lists[LISTS_IN_USE:])


def _pages_of(target: Target, lists: Sequence[int]) -> list[bytes]:
    return [
        target.caller.request("GET", f"/tasklists/{each}/tasks.json?pageSize=100", "list")
        for each in lists
    ]


def _one(target: Target) -> list[bytes]:
    return [
        target.caller.request("GET", f"/tasks/{each}.json", "one") for each in target.subjects.tasks
    ]


def _not_modified(target: Target) -> list[bytes]:
    made = []
    for each in target.subjects.lists[:LISTS_IN_USE]:
        path = f"/tasklists/{each}/tasks.json?pageSize=100"
        tag = target.etag(target.caller.request("GET", path, "list"))
        made.append(target.caller.request("GET", path, "not-modified", If_None_Match=tag))
    return made


def _edits(target: Target, tasks: Sequence[int]) -> list[bytes]:
    return [
        target.caller.request(
            "PUT", f"/tasks/{each}.json", "edit", {"todo-item": {"content": f"Edited {number}"}}
        )
        for number, each in enumerate(tasks)
    ]


def _edit(target: Target) -> list[bytes]:
    return _edits(target, target.subjects.completable)


def _edit_on_page(target: Target) -> list[bytes]:
    """Edits of the very tasks that the page shows, so that each makes it another page."""
    items = target.caller.get(f"/tasks.json?pageSize={PAGE}")["todo-items"]
    shown = [int(item["id"]) for item in items] if isinstance(items, list) else []
    Random(1).shuffle(shown)
    return _edits(target, shown)


def _create(target: Target) -> list[bytes]:
    return [
        target.caller.request("POST", f"/tasklists/{each}/tasks.json", "create", {"todo-item": NEW})
        for each in target.subjects.lists
    ]


def _complete(target: Target) -> list[bytes]:
    """Each task once, then each reopened, so that every request changes something."""
    return [
        target.caller.request("PUT", f"/tasks/{each}/{verb}.json", "complete")
        for verb in ("complete", "uncomplete")
        for each in target.subjects.completable
    ]


def _quickadd(target: Target) -> list[bytes]:
    body = {"content": "\n".join(f"Order part {number}" for number in range(LINES))}
    return [
        target.caller.request("POST", f"/tasklists/{each}/quickadd.json", "quickadd", body)
        for each in target.subjects.lists
    ]


MIX: Final = ((0.4, _lists), (0.4, _one), (0.1, _create), (0.1, _edit))


def mixed(parts: Sequence[tuple[float, Sequence[bytes]]], count: int) -> list[bytes]:
    """So many requests, drawn from parts by weight; each part's own order is kept."""
    draws = Random(1)
    weights = [weight for weight, _ in parts]
    chosen = draws.choices(range(len(parts)), weights, k=count)
    places = [draws.randrange(len(requests)) for _, requests in parts]
    made = []
    for part in chosen:
        requests = parts[part][1]
        made.append(requests[places[part] % len(requests)])
        places[part] += 1
    return made


def _mix(target: Target) -> list[bytes]:
    return mixed([(weight, build(target)) for weight, build in MIX], MIXED)


def _page_of_all(page: int) -> Build:
    return _get("all", f"/tasks.json?includeCompletedTasks=yes&pageSize={PAGE}&page={page}")


_PAGE: Final = _get("page", f"/tasks.json?pageSize={PAGE}")
_MANY: Final = 100_000
_DEEP: Final = DEEP_PAGE * PAGE

READS: Final = (
    Workload("page", "page of 250 open tasks of all projects by due date", _PAGE),
    Workload("list", "one list, page of 100, of 100 lists in use", _lists, warm_seconds=5),
    Workload(
        "overdue",
        "page of 50 overdue tasks",
        _get("overdue", "/tasks.json?filter=overdue&pageSize=50"),
    ),
    Workload("one", "one task by id", _one),
    Workload("not-modified", "304 to If-None-Match on a list", _not_modified, warm_seconds=1),
    Workload(
        "list-cold",
        "one list, page of 100, that nobody asked for before",
        _other_lists,
        smallest=_MANY,
        warm_seconds=0,
    ),
    Workload("odata-page", "OData: 250 tasks whole", odata.page),
    Workload("odata-query", "OData: $filter, $select, $top=50", odata.query),
    Workload("odata-one", "OData: one task by key", odata.one),
    Workload(
        "all-3000",
        "page 3,000 of /tasks.json, 250 a page, completed ones included",
        _page_of_all(DEEP_PAGE),
        first=_page_of_all(1),
        smallest=_DEEP,
    ),
    Workload(
        "odata-3000",
        "OData: nextLink to page 3,000, 250 a page",
        odata.page_at(DEEP_PAGE, PAGE),
        first=odata.page_at(1, PAGE),
        smallest=_DEEP,
    ),
)
EXTRA_READS: Final = (
    Workload("odata-ordered", "OData: as $filter, with $orderby=EndDateTime", odata.ordered),
    Workload("odata-count", "OData: /Task/$count", odata.count),
    Workload("odata-dynamic", "OData: DynamicTaskItem, 100 rows", odata.dynamic),
    Workload("odata-apply", "OData: $apply, tasks and hours by project", odata.apply),
)
_WRITES: Final = (
    Workload(
        "page-written",
        "page of 250, while one client edits 20 of its tasks a second",
        _PAGE,
        writes=_edit_on_page,
    ),
    Workload(
        "mix",
        "mix: 40 % list, 40 % one task, 10 % create, 10 % edit",
        _mix,
        relaxed=True,
        warm_seconds=2,
    ),
    Workload("complete", "complete a task", _complete, relaxed=True, raw=True),
    Workload("create", "create a task", _create, relaxed=True, raw=True),
    Workload("odata-patch", "OData: PATCH a task", odata.patch),
    Workload("odata-post", "OData: POST a task", odata.post),
    Workload("quickadd", "quickadd of 100 tasks, 2 connections", _quickadd, 2, LINES),
    Workload("batch", "OData: BatchInsert of 1,000, 2 connections", odata.batch, 2, odata.BATCH),
)
_EXTRA_WRITES: Final = (Workload("edit", "edit a task's content", _edit),)
WRITES, EXTRA_WRITES = (
    tuple(replace(each, changes=True) for each in group) for group in (_WRITES, _EXTRA_WRITES)
)
DEFAULT: Final = READS + WRITES
ALL: Final = {each.name: each for each in (*READS, *EXTRA_READS, *WRITES, *EXTRA_WRITES)}
