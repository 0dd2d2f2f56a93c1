"""What is asked of the server: named lists of ready-made HTTP requests."""

import base64
import http.client
import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from random import Random
from urllib.parse import quote

from bench.client import Address
from bench.wire import Answer

PAGES = 4
READS = (
    "page",
    "list",
    "overdue",
    "one",
    "odata-page",
    "odata-query",
    "odata-count",
    "odata-one",
    "odata-dynamic",
    "odata-apply",
)
WRITES = ("create", "edit", "complete", "odata-post", "odata-patch", "odata-batch")
ABOUT = {
    "page": "page of 250 open tasks by due date",
    "list": "one task list",
    "overdue": "page of 50 overdue tasks",
    "one": "one task by id",
    "create": "create a task",
    "edit": "edit a task's content",
    "complete": "complete a task",
    "odata-page": "OData: 250 tasks, all properties",
    "odata-query": "OData: open tasks of a project, $select, $orderby, $top=50",
    "odata-count": "OData: /Task/$count",
    "odata-one": "OData: one task by key",
    "odata-dynamic": "OData: DynamicTaskItem, 100 rows",
    "odata-apply": "OData: $apply, tasks and hours by project",
    "odata-post": "OData: POST a task",
    "odata-patch": "OData: PATCH a task",
    "odata-batch": "OData: BatchInsert of 1,000 tasks",
}
BATCH = 1000
SAFE = "/?&=$(),'"
_HOP = {"connection", "date", "server", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True, slots=True)
class Workload:
    """Requests that are sent in turn."""

    name: str
    requests: list[bytes]


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids of open tasks that wait for no other, shuffled, and of the lists that they are on."""

    tasks: list[int]
    lists: list[int]
    task_uids: list[str]
    project_uids: list[str]


def find_ids(address: Address, key: str, wanted: int) -> Ids:
    """Ask the server for ids of lists and open tasks. Raises SystemExit where it has none."""

    def items(path: str) -> list[dict[str, str]]:
        _, _, body = ask(address, request("GET", path, key, "ids"))
        return list(json.loads(body)["todo-items"])

    pages = (items(f"/tasks.json?pageSize=500&page={page}") for page in range(1, PAGES + 1))
    lists = sorted({int(item["todo-list-id"]) for page in pages for item in page})
    tasks: list[int] = []
    for each in lists:
        tasks += _completable(items(f"/tasklists/{each}/tasks.json?pageSize=500"))
        if len(tasks) >= wanted:
            break
    if not tasks:
        raise SystemExit("the server has no open task that this key sees")
    Random(1).shuffle(tasks)
    return Ids(tasks, lists, *_uids(address, key))


def _uids(address: Address, key: str) -> tuple[list[str], list[str]]:
    """GUIDs of open tasks and of projects."""

    def values(path: str, name: str) -> list[str]:
        _, _, body = ask(address, request("GET", quote(path, SAFE), key, "ids"))
        return [item[name] for item in json.loads(body)["value"]]

    tasks = values("/odata/Task?$filter=not IsDone&$select=TaskItemId&$top=1000", "TaskItemId")
    projects = values("/odata/Project?$select=ProjectId&$top=100", "ProjectId")
    Random(1).shuffle(tasks)
    return tasks, projects


def _completable(items: list[dict[str, str]]) -> list[int]:
    """Those of a list's tasks that can be completed: without predecessors and subtasks."""
    parents = {item["parentTaskId"] for item in items}
    return [
        int(item["id"])
        for item in items
        if item["has-predecessors"] == "0" and item["id"] not in parents
    ]


def workloads(key: str, ids: Ids) -> dict[str, Workload]:
    """All workloads by name."""
    number = count(1)

    def get(name: str, *paths: str) -> Workload:
        return Workload(name, [request("GET", path, key, name) for path in paths])

    def put(name: str, path: str, content: bool) -> Workload:
        bodies = (
            {"todo-item": {"content": f"Edited {next(number)}"}} if content else None
            for _ in ids.tasks
        )
        return Workload(
            name,
            [
                request("PUT", path.format(task), key, name, body)
                for task, body in zip(ids.tasks, bodies, strict=True)
            ],
        )

    made = (
        get("page", "/tasks.json?pageSize=250"),
        get("list", *(f"/tasklists/{each}/tasks.json?pageSize=100" for each in ids.lists)),
        get("overdue", "/tasks.json?filter=overdue&pageSize=50"),
        get("one", *(f"/tasks/{each}.json" for each in ids.tasks)),
        _create(key, ids),
        put("edit", "/tasks/{}.json", True),
        put("complete", "/tasks/{}/complete.json", False),
    )
    return {each.name: each for each in (*made, *_odata(key, ids))}


def _odata(key: str, ids: Ids) -> tuple[Workload, ...]:
    """The same store by the other dialect."""
    number = count(1)

    def get(name: str, *paths: str) -> Workload:
        return Workload(name, [request("GET", quote(path, SAFE), key, name) for path in paths])

    def send(name: str, method: str, pairs: Iterable[tuple[str, object]]) -> Workload:
        return Workload(name, [request(method, path, key, name, body) for path, body in pairs])

    query = (
        "/odata/Task?$filter=ProjectId eq {} and IsDone eq false"
        "&$select=Name,EndDateTime&$orderby=EndDateTime&$top=50"
    )
    apply = "groupby((ProjectId),aggregate($count as Tasks,WorkAmount with sum as Hours))"
    new = {"Name": "Order the material", "EndDateTime": "2030-01-15T16:00:00Z", "WorkAmount": 1.5}
    return (
        get("odata-page", "/odata/Task?$top=250"),
        get("odata-query", *(query.format(each) for each in ids.project_uids)),
        get("odata-count", "/odata/Task/$count"),
        get("odata-one", *(f"/odata/Task({each})" for each in ids.task_uids)),
        get("odata-dynamic", "/odata/DynamicTaskItem?$top=100"),
        get("odata-apply", f"/odata/Task?$apply={apply}"),
        send(
            "odata-post",
            "POST",
            (("/odata/Task", new | {"ProjectId": each}) for each in ids.project_uids),
        ),
        send(
            "odata-patch",
            "PATCH",
            (
                (f"/odata/Task({each})", {"Name": f"Edited {next(number)}"})
                for each in ids.task_uids
            ),
        ),
        send(
            "odata-batch",
            "POST",
            (
                ("/odata/Task/BatchInsert", {"items": [new | {"ProjectId": each}] * BATCH})
                for each in ids.project_uids
            ),
        ),
    )


def _create(key: str, ids: Ids) -> Workload:
    body = {
        "todo-item": {
            "content": "Order the material",
            "description": "For the second floor.",
            "due-date": "20300115",
            "priority": "high",
            "estimated-minutes": 90,
        }
    }
    paths = (f"/tasklists/{each}/tasks.json" for each in ids.lists)
    return Workload("create", [request("POST", path, key, "create", body) for path in paths])


def request(method: str, path: str, key: str, name: str, body: object = None) -> bytes:
    """One request as it goes over the wire; X-Bench tells the floor which answer is meant."""
    payload = b"" if body is None else json.dumps(body).encode()
    basic = base64.b64encode(f"{key}:x".encode()).decode()
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Basic {basic}",
        f"X-Bench: {name}",
        "Accept: application/json",
    ]
    if method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + payload


def ask(address: Address, raw: bytes) -> Answer:
    """Send a ready-made request; gives the answer as the floor is to repeat it."""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    connection = http.client.HTTPConnection(*address, timeout=60)
    try:
        sent = dict(line.split(": ", 1) for line in lines)
        connection.request(method, path, body or None, sent)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise SystemExit(f"{first}: status {answer.status}: {content[:300]!r}")
    kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP]
    kept.append(("Content-Length", str(len(content))))
    return f"{answer.status} {answer.reason}", kept, content
