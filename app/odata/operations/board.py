"""What moves, copies, fills and comments on a task."""

from app.errors import Forbidden, Invalid
from app.odata.engine.problems import BadRequest
from app.odata.engine.source import Answer, Call, Entities
from app.odata.operations.parameters import all_named, bound_task, named, the_same
from app.queries import identities
from app.queries.catalogues.board import STATUSES
from app.queries.catalogues.notes import NOTES
from app.queries.catalogues.structure import PEOPLE, PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.services import task_commands as commands
from app.services.execute import execute
from app.services.neighbour_commands import SetProjectField


def move(call: Call) -> Answer:
    """MoveTaskItem."""
    status = named(STATUSES, call.parameters["taskItemStatusId"], "taskItemStatusId", call.caller)
    after = call.parameters.get("afterTaskItemId")
    behind = None if after is None else named(TASKS, after, "afterTaskItemId", call.caller)
    execute(commands.MoveOnBoard(bound_task(call), status, behind), call.caller)
    return the_same(call)


def set_field(call: Call) -> Answer:
    """UpdateProjectDefinedField."""
    name, value = call.parameters["fieldName"], call.parameters.get("value")
    try:
        execute(SetProjectField(bound_task(call), name, value), call.caller)
    except Invalid as error:
        if "fieldName" in error.messages:  # not a name at all (decision 35)
            raise BadRequest(error.message, target="fieldName") from error
        raise
    return the_same(call)


def copy(call: Call) -> Answer:
    """Copy."""
    project = call.parameters.get("projectId")
    target = None if project is None else named(PROJECTS, project, "projectId", call.caller)
    made = execute(commands.CopyTask(bound_task(call), target), call.caller)
    return Entities("Task", ((identities.uid_of(TASKS, made, call.caller),),))


def add_note(call: Call) -> Answer:
    """AddNote."""
    notified = call.parameters["notificationContactIds"]
    people = all_named(PEOPLE, notified, "notificationContactIds", call.caller)
    made = execute(
        commands.AddNote(bound_task(call), call.parameters["htmlText"], people), call.caller
    )
    return Entities("TaskItemNote", ((identities.uid_of(NOTES, made, call.caller),),))


def delete_note(call: Call) -> Answer:
    """DeleteNote: a function that writes, since the document says so (decision 26)."""
    if call.caller.read_only:
        raise Forbidden("This key may only read")
    note = identities.id_of(NOTES, call.parameters["noteRelationId"], call.caller)
    execute(commands.DeleteNote(note), call.caller)
    return None
