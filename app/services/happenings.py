"""What each type of command is about, once it was carried out (events.py writes it down)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.services import (
    commands,
    logbook_commands,
    neighbour_commands,
    structure_commands,
    talk_commands,
    task_commands,
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to things of one kind. `changes` is what was said to become of them, as
    JSON.
    """

    kind: str
    action: str
    ids: Sequence[int]
    changes: str = ""


Happened = Callable[[Any, Any], Event]


def _made(kind: str) -> Happened:
    """The command gave the id, or the ids, of what it made."""
    return lambda _, given: Event(kind, "new", given if isinstance(given, tuple) else (given,))


def _given(kind: str, action: str) -> Happened:
    """The command gave the ids of what it touched."""
    return lambda _, given: Event(kind, action, given)


def _named(kind: str, action: str, member: str) -> Happened:
    """A member of the command names the id."""
    return lambda command, _: Event(kind, action, (getattr(command, member),))


def _edited_project(command: commands.EditProject, _: Any) -> Event:
    actions: dict[Any, str] = {True: "archived", False: "activated"}
    return Event("project", actions.get(command.archived, "edited"), (command.project_id,))


def _added_to_project(_: Any, given: Any) -> Event:
    return Event("task", "new", getattr(given, "ids", None) or (given,))


def _edited_time(command: logbook_commands.EditLoggedTime, _: Any) -> Event:
    return Event("time", "edited", (command.time_entry_id,))


HAPPENED: Final[dict[type, Happened]] = {
    commands.AddTask: _made("task"),
    commands.AddTasks: lambda _, given: Event("task", "new", given.ids),
    commands.AddTaskBatch: lambda _, given: Event("task", "new", tuple(given)),
    commands.EditTask: _given("task", "edited"),
    commands.CompleteTask: _given("task", "completed"),
    commands.ReopenTask: _given("task", "reopened"),
    commands.DeleteTask: _given("task", "deleted"),
    commands.DeleteTasks: _given("task", "deleted"),
    commands.AddProject: _made("project"),
    commands.EditProject: _edited_project,
    commands.AddTaskList: _made("tasklist"),
    commands.EditTaskList: _named("tasklist", "edited", "list_id"),
    commands.AddCompany: _made("company"),
    commands.AddPerson: _made("person"),
    task_commands.CopyTask: _made("task"),
    task_commands.MoveOnBoard: _named("task", "moved", "task_id"),
    task_commands.AddNote: _made("comment"),
    task_commands.DeleteNote: _named("comment", "deleted", "note_id"),
    task_commands.AddContributor: _named("task", "edited", "task_id"),
    task_commands.LinkFiles: _given("task", "edited"),
    task_commands.UnlinkFile: _named("task", "edited", "task_id"),
    neighbour_commands.AddGroup: _made("tasklist"),
    neighbour_commands.EditGroup: _named("tasklist", "edited", "list_id"),
    neighbour_commands.DeleteGroup: _named("tasklist", "deleted", "list_id"),
    neighbour_commands.AddTimeEntry: _made("time"),
    neighbour_commands.EditTimeEntry: _named("time", "edited", "time_entry_id"),
    neighbour_commands.DeleteTimeEntry: _named("time", "deleted", "time_entry_id"),
    neighbour_commands.AddDocument: _made("file"),
    neighbour_commands.EditDocument: _named("file", "edited", "file_id"),
    neighbour_commands.PutDocumentContent: _named("file", "edited", "file_id"),
    neighbour_commands.DeleteDocument: _named("file", "deleted", "file_id"),
    neighbour_commands.EditPerson: _named("person", "edited", "person_id"),
    talk_commands.AddComment: _made("comment"),
    talk_commands.EditComment: _named("comment", "edited", "note_id"),
    talk_commands.ChangeTaskTags: _named("task", "edited", "task_id"),
    talk_commands.ChangeProjectTags: _named("project", "edited", "project_id"),
    talk_commands.ChangeTimeTags: _named("time", "edited", "time_entry_id"),
    talk_commands.RestoreTask: _given("task", "restored"),
    talk_commands.RestoreTaskList: _given("tasklist", "restored"),
    talk_commands.RestoreComment: _given("comment", "restored"),
    structure_commands.AddToProject: _added_to_project,
    structure_commands.CopyTaskInto: _made("task"),
    structure_commands.CopyTaskList: _made("tasklist"),
    structure_commands.DeleteCompany: _named("company", "deleted", "company_id"),
    structure_commands.DeletePerson: _named("person", "deleted", "person_id"),
    structure_commands.DeleteProject: _named("project", "deleted", "project_id"),
    structure_commands.DeleteTaskList: _named("tasklist", "deleted", "list_id"),
    structure_commands.EditCompany: _named("company", "edited", "company_id"),
    structure_commands.ManagePerson: lambda command, _: Event(
        "person", "edited", (command.edit.person_id,)
    ),
    structure_commands.MoveTask: lambda _, given: Event("task", "moved", given.tasks),
    structure_commands.MoveTaskList: _named("tasklist", "edited", "list_id"),
    logbook_commands.AddCard: _named("task", "moved", "task_id"),
    logbook_commands.AddFiles: _given("file", "new"),
    logbook_commands.AddFileVersion: _named("file", "edited", "file_id"),
    logbook_commands.AttachFiles: _given("file", "new"),
    logbook_commands.EditLoggedTime: _edited_time,
    logbook_commands.LogTime: _made("time"),
    logbook_commands.RemoveCard: _named("task", "moved", "task_id"),
}
