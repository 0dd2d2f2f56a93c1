"""The one door for writes: a command goes in, one transaction commits or nothing does.

`execute` is for requests, `maintain` for the command line, where no viewer acts. A transaction
that the database refused for a reason that another try may not meet is tried again, the whole
handler with it.
"""

import logging
import random
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError

from app.access import Viewer
from app.clock import clock
from app.errors import Conflict, Forbidden
from app.extensions import db
from app.services import completion, files, ordering, people, projects, tasks
from app.services.commands import (
    AddCompany,
    AddPendingFile,
    AddPerson,
    AddProject,
    AddTask,
    AddTaskList,
    AddTasks,
    ChangeProjectPeople,
    CompleteTask,
    DeleteTask,
    EditProject,
    EditTask,
    EditTaskList,
    ReopenTask,
    ReorderTasks,
)
from app.services.work import Restart, Work

TRIES = 8
RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock
NOBODY = Viewer(person_id=0, admin=True)

HANDLERS: dict[type, Callable[[Any, Work], Any]] = {
    AddCompany: people.add_company,
    AddPendingFile: files.add_pending_file,
    AddPerson: people.add_person,
    AddProject: projects.add_project,
    AddTask: tasks.add_task,
    AddTaskList: projects.add_task_list,
    AddTasks: tasks.add_tasks,
    ChangeProjectPeople: projects.change_project_people,
    CompleteTask: completion.complete_task,
    DeleteTask: tasks.delete_task,
    EditProject: projects.edit_project,
    EditTask: tasks.edit_task,
    EditTaskList: projects.edit_task_list,
    ReopenTask: completion.reopen_task,
    ReorderTasks: ordering.reorder_tasks,
}

log = logging.getLogger(__name__)


def execute(command: Any, viewer: Viewer) -> Any:
    """Carry out a command on behalf of a viewer; gives what its handler gives.

    Raises the handler's domain errors, Forbidden for a read-only key, Conflict when the store's own
    constraints refuse the change.
    """
    if viewer.read_only:
        raise Forbidden("This key may only read")
    handler = HANDLERS[type(command)]
    return _attempt(lambda work: handler(command, work), viewer)


def maintain(task: Callable[[Work], Any], viewer: Viewer = NOBODY) -> Any:
    """Run a function in one write transaction, for the command line."""
    return _attempt(task, viewer)


def _attempt(task: Callable[[Work], Any], viewer: Viewer) -> Any:
    for attempt in range(1, TRIES + 1):
        try:
            writer = db.engine.connect().execution_options(write=True)
            with writer as connection, connection.begin():
                return task(Work(connection, viewer, clock.now()))
        except Restart:
            if attempt == TRIES:
                raise Conflict("Others keep moving this task: try again") from None
        except IntegrityError as error:
            log.info("refused by a constraint: %s", type(error.orig).__name__)
            raise Conflict("The change contradicts what is stored") from error
        except DBAPIError as error:
            if attempt == TRIES or not _passing(error):
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311
    raise AssertionError("unreachable")


def _passing(error: DBAPIError) -> bool:
    """The database says that the same transaction may succeed at another time."""
    code = getattr(error.orig, "sqlstate", None)
    return code in RETRYABLE or "database is locked" in str(error.orig)
