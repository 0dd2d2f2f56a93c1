"""Request bodies of the tasks API -> commands ("Add a task", Options, and the pages that follow
it).
"""

import re
from collections.abc import Mapping
from typing import Any

from app.errors import Invalid
from app.services.commands import (
    MAX_NAME,
    UNSET,
    AddTask,
    AddTasks,
    EditTask,
    ReorderTasks,
    TaskChanges,
)
from app.teamwork.schemas.inputs import (
    REFUSED,
    Bool,
    Day,
    Hours,
    Id,
    Ids,
    Instant,
    Place,
    PredecessorList,
    RequestSchema,
    Text,
    Texts,
    Whole,
    Word,
    envelope,
)

PRIORITIES = {"low": 3, "medium": 2, "high": 1, "none": None, "not set": None}
MAX_TEXT, MAX_TAG, MAX_LINES = 65_536, 100, 1000
SEPARATOR = re.compile(r"\r?\n|~\|~")


class TodoItemBody(RequestSchema):
    """What a `todo-item` may carry; the same for adding and editing."""

    name = Text(MAX_NAME, data_key="content", cleared=REFUSED)
    description = Text(MAX_TEXT)
    parent_id = Id(data_key="parentTaskId", zero=None, cleared=None)
    list_id = Id(data_key="tasklistId", zero=None)
    progress = Whole(0, 100, cleared=0)
    notify = Bool(cleared=False)
    assignees = Ids(
        data_key="responsible-party-id", none=(-1, 0), aliases=("responsible-party-ids",)
    )
    start_on = Day(data_key="start-date", cleared=None)
    due_on = Day(data_key="due-date", cleared=None)
    priority = Word(PRIORITIES, cleared=None)
    files = Ids(data_key="attachments")
    pending_files = Texts(100, data_key="pendingFileAttachments")
    only_these_files = Bool(data_key="removeOtherFiles", cleared=False)
    predecessors = PredecessorList(cleared=())
    work_hours = Hours(data_key="estimated-minutes")
    place = Place(data_key="positionAfterTask")
    tags = Texts(MAX_TAG)
    tag_ids = Ids(data_key="tagIds")
    comment_followers = Ids(data_key="commentFollowerIds", leave=(-1,))
    change_followers = Ids(data_key="changeFollowerIds", leave=(-1,))
    default_followers = Bool(data_key="use-defaults", cleared=False)
    private = Bool(cleared=False, aliases=("isPrivate",))
    granted = Ids(data_key="grant-access-to")
    status_id = Id(data_key="columnId", zero=None, cleared=None)
    creator_id = Id(data_key="creator-id")


class NewTodoItemBody(TodoItemBody):
    """A `todo-item` to add: `content` is required."""

    name = Text(
        MAX_NAME,
        data_key="content",
        cleared=REFUSED,
        required=True,
        error_messages={"required": "is required: the name of the task"},
    )


class EditedTodoItemBody(TodoItemBody):
    """A `todo-item` to edit, with what concerns completed tasks. A task keeps its creator."""

    class Meta(RequestSchema.Meta):
        """What an edit does not take."""

        exclude = ("creator_id",)

    completed = Bool()
    allow_update = Bool(data_key="allow-update", cleared=False)
    done_at = Instant(data_key="completed-on")
    completer_id = Id(data_key="completer-id")


class SharedItemBody(TodoItemBody):
    """What all tasks of a quickadd share; their names are the lines."""

    class Meta(RequestSchema.Meta):
        """What a quickadd says elsewhere."""

        exclude = ("name",)


class QuickAddBody(RequestSchema):
    """The top level of a quickadd."""

    content = Text(
        1 << 20,
        required=True,
        cleared=REFUSED,
        error_messages={"required": "must be passed and be a string"},
    )
    list_id = Id(data_key="tasklistId", zero=None)
    creator_id = Id(data_key="creator-id")
    notify = Bool(cleared=False)
    private = Bool(cleared=False)


class OrderedItem(RequestSchema):
    """One member of a reorder."""

    id = Id(required=True, cleared=REFUSED, error_messages={"required": "is missing in todo-items"})


def _same_list(named: int | None, where: Mapping[str, int]) -> None:
    """A body may repeat the task list of the URL, not name another. Raises Invalid."""
    if named is not None and named != where.get("list_id", named):
        raise Invalid({"tasklistId": "is not the task list of the URL"})


def _changes(values: dict[str, Any]) -> TaskChanges:
    if values.get("list_id", 1) is None:
        del values["list_id"]
    return TaskChanges(**values)


def add_task(body: Mapping[str, Any], **where: int) -> AddTask:
    """ "Add a task": `where` is list_id, or parent_id of a subtask. Raises Invalid."""
    values = NewTodoItemBody.read(envelope(body, "todo-item"))
    _same_list(values.pop("list_id", None), where)
    if "parent_id" in where:
        values.pop("parent_id", None)
    return AddTask(_changes(values), **where)


def edit_task(body: Mapping[str, Any], task_id: int) -> EditTask:
    """ "Edit a task", its followers, or its completion: one URL, sorted out here. Raises
    Invalid.
    """
    item = dict(envelope(body, "todo-item"))
    if "allow-update" in body:
        item.setdefault("allow-update", body["allow-update"])
    values = EditedTodoItemBody.read(item)
    special = ("completed", "allow_update", "done_at", "completer_id")
    apart = {name: values.pop(name) for name in special if name in values}
    return EditTask(task_id=task_id, changes=_changes(values), **apart)


def only_rewrites_completion(command: EditTask) -> bool:
    """ "Change the completed date on close tasks" and nothing else: its answer is STATUS alone."""
    rewrites = command.done_at is not UNSET or command.completer_id is not UNSET
    return rewrites and not command.changes.given()


def quick_add(body: Mapping[str, Any], **where: int) -> AddTasks:
    """ "Quickly add multiple tasks": lines split at a newline or ~|~, trimmed. Raises Invalid."""
    values = QuickAddBody.read(body)
    item = body.get("todo-item")
    if item is not None and not isinstance(item, Mapping):
        raise Invalid({"todo-item": "must be an object"})
    shared = SharedItemBody.read(item or {})
    for named in (shared, values):
        _same_list(named.pop("list_id", None), where)
    if "parent_id" in where:
        shared.pop("parent_id", None)
    parted = SEPARATOR.split(values.pop("content"))
    lines = tuple(line.strip() for line in parted if line.strip())
    if not lines or len(lines) > MAX_LINES:
        raise Invalid({"content": f"must hold 1 to {MAX_LINES} tasks, one a line"})
    return AddTasks(lines, _changes(shared | values), **where)


def reorder(body: Mapping[str, Any], list_id: int) -> ReorderTasks:
    """ "Reorder the tasks". Raises Invalid."""
    items = body.get("todo-items")
    items = [] if items in (None, "") else items
    if not isinstance(items, list) or len(items) > 100_000:
        raise Invalid({"todo-items": 'must be an array of {"todo-item": {"id": …}}'})
    ids = []
    for item in items:
        inner = item.get("todo-item", item) if isinstance(item, Mapping) else None
        if not isinstance(inner, Mapping):
            raise Invalid({"todo-items": 'must be an array of {"todo-item": {"id": …}}'})
        ids.append(OrderedItem.read(inner)["id"])
    return ReorderTasks(list_id, tuple(ids))
