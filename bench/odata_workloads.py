"""The requests of the OData dialect."""

from typing import Any, Final
from urllib.parse import unquote, urlsplit

from bench.messages import Refused
from bench.targets import Build, Target

BATCH = 1000
NEW: Final = {
    "Name": "Order the material",
    "EndDateTime": "2030-01-15T16:00:00Z",
    "WorkAmount": 1.5,
}
QUERY: Final = (
    "/odata/Task?$filter=ProjectId eq {} and IsDone eq false&$select=Name,EndDateTime&$top=50"
)
APPLY: Final = "groupby((ProjectId),aggregate($count as Tasks,WorkAmount with sum as Hours))"


def _get(name: str, *paths: str) -> Build:
    return lambda target: [target.caller.request("GET", path, name) for path in paths]


page = _get("odata-page", "/odata/Task?$top=250")
count = _get("odata-count", "/odata/Task/$count")
dynamic = _get("odata-dynamic", "/odata/DynamicTaskItem?$top=100")
apply = _get("odata-apply", f"/odata/Task?$apply={APPLY}")


def query(target: Target) -> list[bytes]:
    """Some properties of a project's open tasks."""
    paths = (QUERY.format(each) for each in target.subjects.project_uids)
    return _get("odata-query", *paths)(target)


def ordered(target: Target) -> list[bytes]:
    """The same, those first that end first."""
    paths = (QUERY.format(each) for each in target.subjects.project_uids)
    return _get("odata-ordered", *(f"{path}&$orderby=EndDateTime" for path in paths))(target)


def one(target: Target) -> list[bytes]:
    """One task by its key."""
    paths = (f"/odata/Task({each})" for each in target.subjects.task_uids)
    return _get("odata-one", *paths)(target)


def page_at(number: int, size: int) -> Build:
    """A page of all tasks, whole. The link to a later one is taken from the page before it, which
    $skip reaches at once; the link itself says behind which task it begins.
    """
    prefer = f"odata.maxpagesize={size}"

    def build(target: Target) -> list[bytes]:
        path = "/odata/Task"
        if number > 1:
            before = f"{path}?$skip={(number - 2) * size}"
            path = _next(target, target.caller.request("GET", before, "ids", Prefer=prefer))
        return [target.caller.request("GET", path, "odata-all", Prefer=prefer)]

    return build


def _next(target: Target, raw: bytes) -> str:
    answer: Any = target.caller.json(raw)
    link = urlsplit(str(answer.get("@odata.nextLink", "")))
    if not link.query:
        raise Refused("the page has no nextLink")
    path = link.path.removeprefix(target.caller.endpoint.prefix)
    return unquote(f"{path}?{link.query}")


def post(target: Target) -> list[bytes]:
    """A new task."""
    return [
        target.caller.request("POST", "/odata/Task", "odata-post", NEW | {"ProjectId": each})
        for each in target.subjects.project_uids
    ]


def patch(target: Target) -> list[bytes]:
    """Another name for a task."""
    return [
        target.caller.request(
            "PATCH", f"/odata/Task({each})", "odata-patch", {"Name": f"Edited {number}"}
        )
        for number, each in enumerate(target.subjects.task_uids)
    ]


def batch(target: Target) -> list[bytes]:
    """A thousand new tasks of one project."""
    return [
        target.caller.request(
            "POST",
            "/odata/Task/BatchInsert",
            "odata-batch",
            {"items": [NEW | {"ProjectId": each}] * BATCH},
        )
        for each in target.subjects.project_uids[:10]
    ]
