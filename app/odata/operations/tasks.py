"""What can be done to a task: batches, the board, copies, comments, contributors, the stopwatch,
documents, relations, the calendar, followers. Sections of the same names in the document.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.access import Viewer
from app.errors import Forbidden, Invalid, ItemError, NotFound
from app.odata.engine.edm import (
    BOOLEAN,
    DOUBLE,
    GUID,
    STRING,
    ComplexType,
    EntityType,
    Property,
)
from app.odata.engine.problems import BadRequest
from app.odata.engine.source import Answer, Call, Entities
from app.odata.operations.declare import (
    Declared,
    action,
    function,
    many,
    optional,
    parameter,
)
from app.odata.operations.facts import (
    calendar_status,
    contributors,
    followers,
    stopwatch,
    stopwatch_facts,
)
from app.odata.sets.spec import NAMESPACE
from app.odata.sets.spelling import named_by
from app.odata.sets.task_source import TaskSource
from app.queries import identities
from app.queries.catalogues.board import STATUSES
from app.queries.catalogues.contributors import CONTRIBUTORS
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.catalogues.notes import NOTES
from app.queries.catalogues.structure import PEOPLE, PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.page import by_id, fetch_one
from app.queries.query import Catalogue
from app.services import task_commands as commands
from app.services.commands import UNSET, DeleteTasks
from app.services.execute import execute
from app.services.neighbour_commands import SetProjectField

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


def _task(call: Call) -> int:
    """The id of the task that the operation is bound to. Raises NotFound."""
    assert call.key is not None
    return identities.id_of(TASKS, str(call.key[0]), call.caller)


def named(catalogue: Catalogue, uid: str, field: str, viewer: Viewer) -> int:
    """The id of something that a parameter names. Raises Invalid naming the parameter."""
    return _allnamed(catalogue, (uid,), field, viewer)[0]


def _allnamed(
    catalogue: Catalogue, uids: Sequence[str], field: str, viewer: Viewer
) -> tuple[int, ...]:
    found = identities.ids_of(catalogue, tuple(dict.fromkeys(uids)), viewer)
    missing = [uid for uid in uids if uid not in found]
    if missing:
        raise Invalid({field: f"no such {catalogue.name.lower()}: {', '.join(missing[:10])}"})
    return tuple(dict.fromkeys(found[uid] for uid in uids))


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
        keys = self._source.create_all([each.values for each in _items(call)], call.caller)
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
                _move,
                parameter("taskItemStatusId", GUID),
                optional("afterTaskItemId", GUID),
                returns=task,
                on_request=True,
                says={"status_id": "taskItemStatusId", "after_id": "afterTaskItemId"},
            ),
            action(
                "UpdateProjectDefinedField",
                task,
                _set_field,
                parameter("fieldName", STRING),
                optional("value", STRING),
                returns=task,
                on_request=True,
            ),
            action(
                "Copy",
                task,
                _copy,
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
                _add_note,
                parameter("htmlText", STRING),
                parameter("notificationContactIds", many(GUID)),
                returns=self._source.note_type,
                on_request=True,
                says={"html": "htmlText", "notify": "notificationContactIds"},
            ),
            function(
                "DeleteNote",
                many(task),
                _delete_note,
                parameter("noteRelationId", GUID),
                returns=ACTION_RESULT,
                writes=True,
            ),
        )

    def _contributors(self, task: EntityType) -> tuple[Declared, ...]:
        amount, done = optional("workAmount", DOUBLE), optional("isDone", BOOLEAN)
        return (
            function("GetContributors", task, _contributors, returns=many(CONTRIBUTOR)),
            action(
                "AddContributor",
                task,
                _add_contributor,
                parameter("contactId", GUID),
                amount,
                done,
                returns=CONTRIBUTOR,
                says={"person_id": "contactId", "work_hours": "workAmount"},
            ),
            action(
                "UpdateContributor",
                task,
                _update_contributor,
                parameter("id", GUID),
                amount,
                done,
                returns=CONTRIBUTOR,
                on_request=True,
                says={"work_hours": "workAmount"},
            ),
            action("RemoveContributor", task, _remove_contributor, parameter("id", GUID)),
        )

    def _stopwatch(self, task: EntityType) -> tuple[Declared, ...]:
        watch = self._watch
        return (
            function("GetStopwatch", task, _get_stopwatch, returns=watch),
            action("StartStopwatch", task, _start, returns=watch, on_request=True),
            action("PauseStopwatch", task, _pause, returns=watch, on_request=True),
            action("StopStopwatch", task, _stop, returns=watch),
        )

    def _links(self, task: EntityType) -> tuple[Declared, ...]:
        return (
            action(
                "AddDocumentToTaskItem",
                task,
                _link,
                parameter("documentIds", many(GUID)),
                says={"files": "documentIds"},
            ),
            action("RemoveDocumentFromTaskItem", task, _unlink, parameter("documentId", GUID)),
            action(
                "AddRelation", task, _relate, parameter("itemId", GUID), says={"other_id": "itemId"}
            ),
            action("RemoveRelation", task, _part, parameter("itemId", GUID)),
        )

    def _calendar(self, task: EntityType) -> tuple[Declared, ...]:
        return (
            function("GetCalendarSyncStatus", task, _calendar_status, returns=CALENDAR_STATUS),
            action("EnableCalendarSync", task, _enable_calendar),
            action("DisableCalendarSync", task, _disable_calendar),
        )

    def _followers(self, task: EntityType) -> tuple[Declared, ...]:
        return (
            function(
                "GetNotificationFollowerContacts", task, _followers, returns=many(self._contact)
            ),
            action(
                "AddNotificationFollowers",
                task,
                _follow,
                parameter("contactIds", many(GUID)),
                optional("projectId", GUID),
                says={"person_ids": "contactIds"},
            ),
            action("RemoveNotificationFollower", task, _unfollow, parameter("contactId", GUID)),
        )


def _items(call: Call) -> Sequence[Any]:
    items: Sequence[Any] = call.parameters["items"]
    if len(items) > MAX_BATCH:
        raise Invalid({"items": f"more than {MAX_BATCH}"})
    return items


def _move(call: Call) -> Answer:
    status = named(STATUSES, call.parameters["taskItemStatusId"], "taskItemStatusId", call.caller)
    after = call.parameters.get("afterTaskItemId")
    behind = None if after is None else named(TASKS, after, "afterTaskItemId", call.caller)
    execute(commands.MoveOnBoard(_task(call), status, behind), call.caller)
    return _same(call)


def _same(call: Call) -> Answer:
    assert call.key is not None
    return Entities("Task", (call.key,))


def _set_field(call: Call) -> Answer:
    name, value = call.parameters["fieldName"], call.parameters.get("value")
    try:
        execute(SetProjectField(_task(call), name, value), call.caller)
    except Invalid as error:
        if "fieldName" in error.messages:  # not a name at all (decision 35)
            raise BadRequest(error.message, target="fieldName") from error
        raise
    return _same(call)


def _copy(call: Call) -> Answer:
    project = call.parameters.get("projectId")
    target = None if project is None else named(PROJECTS, project, "projectId", call.caller)
    made = execute(commands.CopyTask(_task(call), target), call.caller)
    return Entities("Task", ((identities.uid_of(TASKS, made, call.caller),),))


def _add_note(call: Call) -> Answer:
    notified = call.parameters["notificationContactIds"]
    people = _allnamed(PEOPLE, notified, "notificationContactIds", call.caller)
    made = execute(commands.AddNote(_task(call), call.parameters["htmlText"], people), call.caller)
    return Entities("TaskItemNote", ((identities.uid_of(NOTES, made, call.caller),),))


def _delete_note(call: Call) -> Answer:
    if call.caller.read_only:
        raise Forbidden("This key may only read")
    note = identities.id_of(NOTES, call.parameters["noteRelationId"], call.caller)
    execute(commands.DeleteNote(note), call.caller)
    return None


def _contributors(call: Call) -> Answer:
    return contributors(_task(call), call.caller)


def _add_contributor(call: Call) -> Answer:
    sent = call.parameters
    person = named(PEOPLE, sent["contactId"], "contactId", call.caller)
    task = _task(call)
    made = execute(
        commands.AddContributor(
            task_id=task,
            person_id=person,
            work_hours=sent.get("workAmount") or 0.0,
            is_done=bool(sent.get("isDone")),
        ),
        call.caller,
    )
    return contributors(task, call.caller, made)[0]


def _update_contributor(call: Call) -> Answer:
    sent, task = call.parameters, _task(call)
    row = named(CONTRIBUTORS, sent["id"], "id", call.caller)
    hours, done = sent.get("workAmount"), sent.get("isDone")
    change = commands.EditContributor(
        task_id=task,
        assignment_id=row,
        work_hours=UNSET if hours is None else hours,
        is_done=UNSET if done is None else done,
    )
    with named_by("id"):
        execute(change, call.caller)
    return contributors(task, call.caller, row)[0]


def _remove_contributor(call: Call) -> Answer:
    task, row = _task(call), named(CONTRIBUTORS, call.parameters["id"], "id", call.caller)
    with named_by("id"):
        execute(commands.RemoveContributor(task, row), call.caller)
    return None


def _get_stopwatch(call: Call) -> Answer:
    key = stopwatch(_task(call), call.caller)
    return None if key is None else Entities("UserStopwatch", (key,))


def _start(call: Call) -> Answer:
    execute(commands.StartStopwatch(_task(call)), call.caller)
    return _get_stopwatch(call)


def _pause(call: Call) -> Answer:
    execute(commands.PauseStopwatch(_task(call)), call.caller)
    return _get_stopwatch(call)


def _stop(call: Call) -> Answer:
    task = _task(call)
    shown = stopwatch_facts(task, call.caller) or {}
    state = execute(commands.StopStopwatch(task), call.caller)
    return {**shown, "ElapsedSeconds": state.elapsed_seconds, "PausedAt": state.paused_at}


def _link(call: Call) -> Answer:
    files = _allnamed(DOCUMENTS, call.parameters["documentIds"], "documentIds", call.caller)
    execute(commands.LinkFiles(_task(call), files), call.caller)
    return None


def _unlink(call: Call) -> Answer:
    file = named(DOCUMENTS, call.parameters["documentId"], "documentId", call.caller)
    task = _task(call)
    with named_by("documentId"):
        execute(commands.UnlinkFile(task, file), call.caller)
    return None


def _relate(call: Call) -> Answer:
    other = named(TASKS, call.parameters["itemId"], "itemId", call.caller)
    execute(commands.AddRelation(_task(call), other), call.caller)
    return None


def _part(call: Call) -> Answer:
    other = named(TASKS, call.parameters["itemId"], "itemId", call.caller)
    task = _task(call)
    with named_by("itemId"):
        execute(commands.RemoveRelation(task, other), call.caller)
    return None


def _calendar_status(call: Call) -> Answer:
    return calendar_status(_task(call), call.caller, call.root)


def _enable_calendar(call: Call) -> Answer:
    execute(commands.SyncCalendar(_task(call), True), call.caller)
    return None


def _disable_calendar(call: Call) -> Answer:
    execute(commands.SyncCalendar(_task(call), False), call.caller)
    return None


def _followers(call: Call) -> Answer:
    return Entities("Contact", followers(_task(call), call.caller))


def _follow(call: Call) -> Answer:
    project, task = call.parameters.get("projectId"), _task(call)
    if project is not None:
        _check_context(task, named(PROJECTS, project, "projectId", call.caller), call.caller)
    people = _allnamed(PEOPLE, call.parameters["contactIds"], "contactIds", call.caller)
    execute(commands.AddFollowers(task, people), call.caller)
    return None


def _check_context(task: int, project: int, viewer: Viewer) -> None:
    """Raise Invalid unless the project that a client speaks of is the task's."""
    page = fetch_one(by_id(TASKS, task, ("project_id",)), viewer)
    if page.rows[0][0] != project:
        raise Invalid({"projectId": "the task is in another project"})


def _unfollow(call: Call) -> Answer:
    person = named(PEOPLE, call.parameters["contactId"], "contactId", call.caller)
    task = _task(call)
    with named_by("contactId"):
        execute(commands.RemoveFollower(task, person), call.caller)
    return None
