"""/tasks/{id}/reminders.json and /taskreminders/{id}.json, which may also be named below its task:
one's own reminders, and those that one made for others.
"""

from flask import Blueprint, Response, request

from app.errors import NotFound
from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.reminders import REMINDERS
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_by_id, require
from app.services.execute import execute
from app.services.talk_commands import DeleteReminder
from app.teamwork import envelope
from app.teamwork.schemas import reminders as schemas
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.views import neighbour_list

reminders = Blueprint("reminders", __name__)

SECTION = "Reminders"


@reminders.get("/tasks/<id:task_id>/reminders.json")
@operation(SECTION, options=PAGING, answer={"reminders": [schemas.Reminder]})
def reminders_of_task(task_id: int) -> Response:
    """The reminders of a task that are one's own or that one made, the next one first."""
    require(TASKS, task_id, current_viewer())
    return neighbour_list("reminders", schemas.REMINDER, REMINDERS.column("task_id") == task_id)


@reminders.post("/tasks/<id:task_id>/reminders.json")
@operation(
    SECTION,
    body=schemas.ReminderBody,
    wrapper="reminder",
    answer={"id": "string"},
    status=201,
)
def add_reminder(task_id: int) -> Response:
    """Have oneself, or others who see the task, reminded of it."""
    viewer = current_viewer()
    command = schemas.add_reminder(read_object(request), task_id, viewer.zone)
    return envelope.created(execute(command, viewer))


@reminders.put("/taskreminders/<id:reminder_id>.json")
@operation(SECTION, body=schemas.ReminderBody, wrapper="reminder")
def edit_reminder(reminder_id: int) -> Response:
    """Change a reminder; one that was sent is sent again at its new time."""
    return _edited(reminder_id)


@reminders.delete("/taskreminders/<id:reminder_id>.json")
@operation(SECTION)
def delete_reminder(reminder_id: int) -> Response:
    """Remove a reminder."""
    return _deleted(reminder_id)


@reminders.put("/tasks/<id:task_id>/reminders/<id:reminder_id>.json")
@operation(SECTION, body=schemas.ReminderBody, wrapper="reminder")
def edit_reminder_of_task(task_id: int, reminder_id: int) -> Response:
    """Change a reminder of a task, as /taskreminders/{id}.json does."""
    _require_of_task(task_id, reminder_id)
    return _edited(reminder_id)


@reminders.delete("/tasks/<id:task_id>/reminders/<id:reminder_id>.json")
@operation(SECTION)
def delete_reminder_of_task(task_id: int, reminder_id: int) -> Response:
    """Remove a reminder of a task, as /taskreminders/{id}.json does."""
    _require_of_task(task_id, reminder_id)
    return _deleted(reminder_id)


def _require_of_task(task_id: int, reminder_id: int) -> None:
    """Raise NotFound unless the reminder is one of the task's, and the viewer's to know."""
    page = fetch_by_id(REMINDERS, reminder_id, ("id", "task_id"), current_viewer())
    if page.rows[0][1] != task_id:
        raise NotFound(f"{REMINDERS.name} not found")


def _edited(reminder_id: int) -> Response:
    viewer = current_viewer()
    execute(schemas.edit_reminder(read_object(request), reminder_id, viewer.zone), viewer)
    return envelope.ok()


def _deleted(reminder_id: int) -> Response:
    execute(DeleteReminder(reminder_id), current_viewer())
    return envelope.ok()
