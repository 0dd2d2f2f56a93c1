"""Rows of tasks themselves: lists of them, reading, writing, quickadd, moves."""

from typing import Any

from tests.functional.teamwork.matrix.rows import Argument, Row, item, option, top, unused
from tests.functional.teamwork.matrix.targets import ANY, COMPLETE, EDIT, READ

FILTERS = (
    option("creator-ids", "person"),
    option("responsible-party-ids", "person"),
    option("tag-ids", "secret tag"),
    option("projectIds", "project"),
)
# Only an administrator may name another creator, so all others get a 403 for whatever id.
NOT_ADMINISTRATOR = tuple((name, 403) for name in ("editor", "manager"))
CREATOR = Argument("creator-id", "creator", item("creator-id"), at=NOT_ADMINISTRATOR)
TODO_ITEM = (
    Argument("responsible-party-id", "person", item("responsible-party-id")),
    Argument("attachments", "file", item("attachments")),
    Argument("pendingFileAttachments", "upload", item("pendingFileAttachments")),
    Argument("predecessors", "task", lambda i: item("predecessors")([{"id": i}])),
    Argument("positionAfterTask", "task", item("positionAfterTask")),
    Argument("tagIds", "tag", item("tagIds")),
    Argument("commentFollowerIds", "person", item("commentFollowerIds")),
    Argument("changeFollowerIds", "person", item("changeFollowerIds")),
    Argument("grant-access-to", "person", item("grant-access-to")),
    Argument("columnId", "column", item("columnId")),
    CREATOR,
)
PARENT = Argument("parentTaskId", "task", item("parentTaskId"))
TASK_LIST = Argument("tasklistId", "list", item("tasklistId"))
# The list of the URL may be repeated in the body; another one is refused, whichever it is.
SAME_LIST = Argument("tasklistId", "list", item("tasklistId"), named=False)
COMPLETER = Argument(
    "completer-id",
    "person",
    lambda i: {"todo-item": {"allow-update": True, "completer-id": i}},
    on="done",
)


def quick(argument: Argument) -> Argument:
    """The same member in the shared `todo-item` of a quickadd."""

    def build(each: Any) -> Any:
        return {"content": "x", **argument.build(each)}

    return Argument(argument.name, argument.kind, build, named=argument.named, at=argument.at)


def quick_top(name: str, kind: str, **more: Any) -> Argument:
    """A member of a quickadd's top level."""
    return Argument(f"top {name}", kind, lambda each: {"content": "x", name: each}, **more)


QUICK = (
    *(quick(each) for each in TODO_ITEM),
    quick_top("creator-id", "creator", at=NOT_ADMINISTRATOR),
)
# Below a task, its own list and the task itself say where the new ones stand.
QUICK_BELOW = tuple(
    unused(name, kind, lambda each, name=name: {"content": "x", "todo-item": {name: each}})
    for name, kind in (("parentTaskId", "task"), ("tasklistId", "list"))
)
QUICK_IN_LIST = (quick(PARENT), quick(SAME_LIST), quick_top("tasklistId", "list", named=False))
QUICK_IN_PROJECT = (quick(PARENT), quick(TASK_LIST), quick_top("tasklistId", "list"))
PLACES: dict[str, tuple[Argument, ...]] = {
    "/tasklists/<id:list_id>": QUICK_IN_LIST,
    "/tasks/<id:task_id>": (*QUICK_BELOW, quick_top("tasklistId", "list", named=False, status=201)),
    "/projects/<id:project_id>/tasks": QUICK_IN_PROJECT,
}
TODO = {"todo-item": {"content": "x"}}
ELSEWHERE = (top("projectId", "project"), top("taskListId", "list"))

ROUTES: tuple[Row, ...] = (
    Row("GET", "/tasks.json", ANY, arguments=FILTERS),
    Row("GET", "/completedtasks.json", ANY, arguments=FILTERS),
    Row("GET", "/projects/<id:project_id>/tasks.json", READ, arguments=FILTERS),
    Row("GET", "/tasklists/<id:list_id>/tasks.json", READ, arguments=FILTERS),
    Row("GET", "/tasks/<id:task_id>/subtasks.json", READ, arguments=FILTERS),
    Row("GET", "/tasks/<id:task_id>.json", READ),
    Row("GET", "/tasks/<id:task_id>/dependencies.json", READ),
    Row("GET", "/tasks/<id:task_id>/predecessors.json", READ),
    Row("GET", "/tasks/<id:task_id>/followers.json", READ),
    Row("GET", "/tasks/<id:task_id>/recurring.json", READ),
    Row(
        "GET",
        "/projects/<id:project_id>/tasks/availablepeople.json",
        READ,
        arguments=(option("taskId", "task", 404),),
    ),
    Row(
        "GET",
        "/tasks/availablepeople.json",
        ANY,
        arguments=(option("projectId", "project", 404), option("taskId", "task", 404)),
    ),
    Row("PUT", "/tasks/<id:task_id>/complete.json", COMPLETE),
    Row("PUT", "/tasks/<id:task_id>/uncomplete.json", COMPLETE),
    Row(
        "POST",
        "/tasks/<id:task_id>.json",
        EDIT,
        201,
        TODO,
        (*TODO_ITEM, unused("parentTaskId", "task"), unused("tasklistId", "list")),
    ),
    Row(
        "PUT",
        "/tasks/<id:task_id>.json",
        EDIT,
        200,
        TODO,
        (
            *(each for each in TODO_ITEM if each != CREATOR),
            unused("creator-id", "creator", status=200),
            PARENT,
            TASK_LIST,
            COMPLETER,
        ),
    ),
    Row("DELETE", "/tasks/<id:task_id>.json", EDIT),
    Row(
        "POST",
        "/tasklists/<id:list_id>/tasks.json",
        EDIT,
        201,
        TODO,
        (*TODO_ITEM, PARENT, SAME_LIST),
    ),
    Row(
        "POST",
        "/projects/<id:project_id>/tasks.json",
        EDIT,
        201,
        TODO,
        (*TODO_ITEM, PARENT, TASK_LIST),
    ),
    Row(
        "PUT",
        "/tasklists/<id:list_id>/tasks/reorder.json",
        EDIT,
        200,
        {"todo-items": []},
        (Argument("id", "task", lambda i: {"todo-items": [{"todo-item": {"id": i}}]}),),
    ),
    *(
        Row(
            method,
            f"{place}/quickadd.json",
            EDIT,
            201,
            {"content": "one\ntwo"},
            (*QUICK, *arguments),
        )
        for place, arguments in PLACES.items()
        for method in ("POST", "PUT")
    ),
    Row(
        "PUT",
        "/tasks/<id:task_id>/move.json",
        EDIT,
        body={"taskListId": 0},
        arguments=(*ELSEWHERE, top("parentTaskId", "task")),
    ),
    Row(
        "PUT",
        "/tasks/<id:task_id>/copy.json",
        EDIT,
        body={},
        arguments=(
            *ELSEWHERE,
            unused("parentTaskId", "task", lambda i: {"parentTaskId": i}, 200),
        ),
    ),
    Row("PUT", "/tasks/<id:task_id>/estimatedtime.json", EDIT, body={"taskEstimatedMinutes": 5}),
)
