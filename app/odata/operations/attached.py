"""The stopwatch, documents, relations and the calendar of a task."""

from app.odata.engine.source import Answer, Call, Entities
from app.odata.operations.facts import calendar_status, stopwatch, stopwatch_facts
from app.odata.operations.parameters import all_named, bound_task, named
from app.odata.sets.spelling import named_by
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.catalogues.tasks import TASKS
from app.services import task_commands as commands
from app.services.execute import execute


def get_stopwatch(call: Call) -> Answer:
    """GetStopwatch: null without one."""
    key = stopwatch(bound_task(call), call.caller)
    return None if key is None else Entities("UserStopwatch", (key,))


def start(call: Call) -> Answer:
    """StartStopwatch."""
    execute(commands.StartStopwatch(bound_task(call)), call.caller)
    return get_stopwatch(call)


def pause(call: Call) -> Answer:
    """PauseStopwatch."""
    execute(commands.PauseStopwatch(bound_task(call)), call.caller)
    return get_stopwatch(call)


def stop(call: Call) -> Answer:
    """StopStopwatch: the stopwatch as it was stopped."""
    task = bound_task(call)
    shown = stopwatch_facts(task, call.caller) or {}
    state = execute(commands.StopStopwatch(task), call.caller)
    return {**shown, "ElapsedSeconds": state.elapsed_seconds, "PausedAt": state.paused_at}


def link_documents(call: Call) -> Answer:
    """AddDocumentToTaskItem."""
    files = all_named(DOCUMENTS, call.parameters["documentIds"], "documentIds", call.caller)
    execute(commands.LinkFiles(bound_task(call), files), call.caller)
    return None


def unlink_document(call: Call) -> Answer:
    """RemoveDocumentFromTaskItem."""
    file = named(DOCUMENTS, call.parameters["documentId"], "documentId", call.caller)
    task = bound_task(call)
    with named_by("documentId"):
        execute(commands.UnlinkFile(task, file), call.caller)
    return None


def relate(call: Call) -> Answer:
    """AddRelation."""
    other = named(TASKS, call.parameters["itemId"], "itemId", call.caller)
    execute(commands.AddRelation(bound_task(call), other), call.caller)
    return None


def part(call: Call) -> Answer:
    """RemoveRelation."""
    other = named(TASKS, call.parameters["itemId"], "itemId", call.caller)
    task = bound_task(call)
    with named_by("itemId"):
        execute(commands.RemoveRelation(task, other), call.caller)
    return None


def get_calendar_status(call: Call) -> Answer:
    """GetCalendarSyncStatus."""
    return calendar_status(bound_task(call), call.caller, call.root)


def enable_calendar(call: Call) -> Answer:
    """EnableCalendarSync."""
    execute(commands.SyncCalendar(bound_task(call), True), call.caller)
    return None


def disable_calendar(call: Call) -> Answer:
    """DisableCalendarSync."""
    execute(commands.SyncCalendar(bound_task(call), False), call.caller)
    return None
