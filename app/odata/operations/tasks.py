"""What can be done to a task: batches, the board, copies, comments, contributors, the stopwatch,
documents, relations, the calendar, followers. Sections of the same names in the document.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Invalid, ItemError, NotFound
from app.odata.engine.edm import (
    BOOLEAN,
    DOUBLE,
    GUID,
    STRING,
    ComplexType,
    EntityType,
    Property,
)
from app.odata.engine.problems import NotSupported
from app.odata.engine.source import Answer, Call, Entities
from app.odata.operations import attached, board, people
from app.odata.operations.declare import (
    Declared,
    action,
    function,
    many,
    optional,
    parameter,
)
from app.odata.sets.spec import NAMESPACE
from app.odata.sets.task_source import TaskSource
from app.queries import identities
from app.queries.catalogues.tasks import TASKS
from app.services.commands import DeleteTasks
from app.services.execute import execute

CONTRIBUTOR = ComplexType(
    NAMESPACE,
    "ApiContributor",
    (
        Property("Id", GUID, nullable=False),
        Property("ContactId", GUID, nullable=False),
        Property("ContactDisplayName", STRING),
        Property("WorkAmount", DOUBLE, nullable=False),
        Property("IsDone", BOOLEAN, nullable=False),
    ),
)
CALENDAR_STATUS = ComplexType(
    NAMESPACE,
    "ApiCalendarSyncStatus",
    (Property("IsEnabled", BOOLEAN, nullable=False), Property("FeedUrl", STRING)),
)
# What InLoox's functions answer that have nothing to say. CSDL 12.9 wants every function to name a
# return type; the value is always null, which is a 204.
ACTION_RESULT = ComplexType("Microsoft.AspNetCore.Mvc", "IActionResult")
ARRAY_NAMES = ("items", "ids", "taskitemids", "keys")
MAX_BATCH = 10_000


def one_array(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The array of a batch comes under any of four names (decision 28)."""
    return {"items" if name.lower() in ARRAY_NAMES else name: value for name, value in body.items()}


class TaskOperations:
    """The operations of tasks, over the source that reads and writes them."""

    def __init__(self, source: TaskSource, contact: EntityType, watch: EntityType) -> None:
        self._source = source
        self._contact = contact
        self._watch = watch

    def batch_insert(self, call: Call) -> Answer:
        """BatchInsert: all of the items, or none."""
        items = _items(call)
        for index, each in enumerate(items):
            for name in each.links:
                where = f"items/{index}/{name}"
                raise NotSupported(f"{where}: nothing is made below an item", target=where)
        keys = self._source.create_all([each.values for each in items], call.caller)
        return Entities("Task", keys)

    def batch_delete(self, call: Call) -> Answer:
        """BatchDelete: all of them, or none."""
        uids = _items(call)
        known = identities.ids_of(TASKS, tuple(dict.fromkeys(uids)), call.caller)
        for index, uid in enumerate(uids):
            if uid not in known:
                raise ItemError(index, NotFound("Task not found"))
        execute(DeleteTasks(tuple(known[uid] for uid in uids)), call.caller)
        return None

    def declared(self, task: EntityType) -> tuple[Declared, ...]:
        """All of them."""
        return (
            *self._batches(task),
            *self._changes(task),
            *self._comments(task),
            *self._contributors(task),
            *self._stopwatch(task),
            *self._links(task),
            *self._calendar(task),
            *self._followers(task),
        )

    def _batches(self, task: EntityType) -> tuple[Declared, ...]:
        return (
            action(
                "BatchInsert",
                many(task),
                self.batch_insert,
                parameter("items", many(task)),
                returns=many(task),
                members=one_array,
            ),
            action(
                "BatchDelete",
                many(task),
                self.batch_delete,
                parameter("items", many(GUID)),
                members=one_array,
            ),
        )

    def _changes(self, task: EntityType) -> tuple[Declared, ...]:
        return (
            action(
                "MoveTaskItem",
                task,
                board.move,
                parameter("taskItemStatusId", GUID),
                optional("afterTaskItemId", GUID),
                returns=task,
                on_request=True,
                says={"status_id": "taskItemStatusId", "after_id": "afterTaskItemId"},
            ),
            action(
                "UpdateProjectDefinedField",
                task,
                board.set_field,
                parameter("fieldName", STRING),
                optional("value", STRING),
                returns=task,
                on_request=True,
            ),
            action(
                "Copy",
                task,
                board.copy,
                optional("projectId", GUID),
                returns=task,
                status=201,
                says={"project_id": "projectId"},
            ),
        )

    def _comments(self, task: EntityType) -> tuple[Declared, ...]:
        return (
            action(
                "AddNote",
                task,
                board.add_note,
                parameter("htmlText", STRING),
                parameter("notificationContactIds", many(GUID)),
                returns=self._source.note_type,
                on_request=True,
                says={"html": "htmlText", "notify": "notificationContactIds"},
            ),
            function(
                "DeleteNote",
                many(task),
                board.delete_note,
                parameter("noteRelationId", GUID),
                returns=ACTION_RESULT,
                writes=True,
            ),
        )

    def _contributors(self, task: EntityType) -> tuple[Declared, ...]:
        amount, done = optional("workAmount", DOUBLE), optional("isDone", BOOLEAN)
        return (
            function("GetContributors", task, people.get_contributors, returns=many(CONTRIBUTOR)),
            action(
                "AddContributor",
                task,
                people.add_contributor,
                parameter("contactId", GUID),
                amount,
                done,
                returns=CONTRIBUTOR,
                says={"person_id": "contactId", "work_hours": "workAmount"},
            ),
            action(
                "UpdateContributor",
                task,
                people.update_contributor,
                parameter("id", GUID),
                amount,
                done,
                returns=CONTRIBUTOR,
                on_request=True,
                says={"work_hours": "workAmount"},
            ),
            action("RemoveContributor", task, people.remove_contributor, parameter("id", GUID)),
        )

    def _stopwatch(self, task: EntityType) -> tuple[Declared, ...]:
        watch = self._watch
        return (
            function("GetStopwatch", task, attached.get_stopwatch, returns=watch),
            action("StartStopwatch", task, attached.start, returns=watch, on_request=True),
            action("PauseStopwatch", task, attached.pause, returns=watch, on_request=True),
            action("StopStopwatch", task, attached.stop, returns=watch),
        )

    def _links(self, task: EntityType) -> tuple[Declared, ...]:
        return (
            action(
                "AddDocumentToTaskItem",
                task,
                attached.link_documents,
                parameter("documentIds", many(GUID)),
                says={"files": "documentIds"},
            ),
            action(
                "RemoveDocumentFromTaskItem",
                task,
                attached.unlink_document,
                parameter("documentId", GUID),
            ),
            action(
                "AddRelation",
                task,
                attached.relate,
                parameter("itemId", GUID),
                says={"other_id": "itemId"},
            ),
            action("RemoveRelation", task, attached.part, parameter("itemId", GUID)),
        )

    def _calendar(self, task: EntityType) -> tuple[Declared, ...]:
        return (
            function(
                "GetCalendarSyncStatus", task, attached.get_calendar_status, returns=CALENDAR_STATUS
            ),
            action("EnableCalendarSync", task, attached.enable_calendar),
            action("DisableCalendarSync", task, attached.disable_calendar),
        )

    def _followers(self, task: EntityType) -> tuple[Declared, ...]:
        return (
            function(
                "GetNotificationFollowerContacts",
                task,
                people.get_followers,
                returns=many(self._contact),
            ),
            action(
                "AddNotificationFollowers",
                task,
                people.add_followers,
                parameter("contactIds", many(GUID)),
                optional("projectId", GUID),
                says={"person_ids": "contactIds"},
            ),
            action(
                "RemoveNotificationFollower",
                task,
                people.remove_follower,
                parameter("contactId", GUID),
            ),
        )


def _items(call: Call) -> Sequence[Any]:
    items: Sequence[Any] = call.parameters["items"]
    if len(items) > MAX_BATCH:
        raise Invalid({"items": f"more than {MAX_BATCH}"})
    return items
