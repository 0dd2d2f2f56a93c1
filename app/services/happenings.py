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
    webhook_commands,
)
from app.services.stating import origin, said, said_of_task, stated, written

ACTOR: Final = (0,)  # in place of ids: the person who acts
OF_FIELDS: Final = ("task", "project")  # what custom fields have values for


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to things of one kind, which are named by ids, or one by its GUID.
    `changes` is what was said to become of them, as JSON. `project_id` is where it happened, for
    things that are in no project by themselves.
    """

    kind: str
    action: str
    ids: Sequence[int]
    changes: str = ""
    project_id: int | None = None
    uid: str = ""


Happened = Callable[[Any, Any], Event | tuple[Event, ...]]


def _made(kind: str) -> Happened:
    """The command gave the id, or the ids, of what it made."""
    return lambda _, given: Event(kind, "new", given if isinstance(given, tuple) else (given,))


def _told(kind: str) -> Happened:
    """As `_made`, and what the command said is kept."""
    return lambda command, given: Event(kind, "new", (given,), stated(command, "uid", "name"))


def _given(kind: str, action: str, *without: str) -> Happened:
    """The command gave the ids of what it touched."""
    return lambda command, given: Event(kind, action, given, stated(command, *without))


def _named(kind: str, action: str, member: str) -> Happened:
    """A member of the command names the id."""
    return lambda command, _: Event(
        kind, action, (getattr(command, member),), stated(command, member)
    )


def _edited_task(command: commands.EditTask, given: Any) -> Event:
    return Event("task", "edited", given, said_of_task(command))


def _edited_project(command: commands.EditProject, _: Any) -> Event:
    actions: dict[Any, str] = {True: "archived", False: "activated"}
    action = actions.get(command.archived, "edited")
    return Event("project", action, (command.project_id,), stated(command, "project_id"))


def _added_to_project(_: Any, given: Any) -> Event:
    # Of several tasks perhaps none was made: each name has its own success or failure.
    ids = given.ids if isinstance(given, commands.AddedTasks) else (given,)
    return Event("task", "new", ids)


def _people_changed(
    command: commands.ChangeProjectPeople, given: commands.ChangedPeople
) -> tuple[Event, ...]:
    return members_changed(command.project_id, given.added, command.role, given.removed)


def members_changed(
    project_id: int, added: Sequence[int], role: str, removed: Sequence[int] = ()
) -> tuple[Event, ...]:
    """People came to a project, in a role, or left it: whoever came and left has left."""
    said_of_role = written({"role": role})
    return (
        Event("member", "new", added, said_of_role, project_id),
        Event("member", "deleted", removed, "", project_id),
    )


def _managed(command: structure_commands.ManagePerson, _: Any) -> Event:
    edit = command.edit
    members = said(edit, "person_id") | said(command, "edit")
    return Event("person", "edited", (edit.person_id,), written(members))


def _key_made(command: structure_commands.AddKey, given: structure_commands.NewKey) -> Event:
    return Event("key", "new", (given.id,), stated(command))


def _key_revoked(command: structure_commands.RevokeKey, _: Any) -> Event:
    return Event("key", "revoked", (command.key_id,), stated(command, "key_id"))


def _webhook(action: str, member: str = "") -> Happened:
    """A webhook was made or changed; of its address only the host is told."""

    def happened(command: Any, given: Any) -> Event:
        members = said(command, member)
        if "url" in members:
            members["url"] = origin(members["url"])
        token = getattr(command, "token", commands.UNSET)
        if token is not commands.UNSET and (token or action == "edited"):
            members["signed"] = bool(token)
        return Event("webhook", action, (getattr(command, member, given),), written(members))

    return happened


def _switched(command: webhook_commands.SwitchWebhooks, _: Any) -> Event:
    return Event("person", "webhooks-on" if command.on else "webhooks-off", ACTOR)


def _valued(command: neighbour_commands.SetFieldValue, _: Any) -> tuple[Event, ...]:
    """The GUID is that of a task or of a project: one of the two events finds its thing."""
    changes = stated(command, "object_uid")
    return tuple(Event(kind, "set", (), changes, None, command.object_uid) for kind in OF_FIELDS)


def _checked(action: str, *without: str) -> Happened:
    return lambda command, _: Event(
        "task", action, (command.task_id,), stated(command, "task_id", *without)
    )


HAPPENED: Final[dict[type, Happened]] = {
    commands.AddTask: _made("task"),
    commands.AddTasks: lambda _, given: Event("task", "new", given.ids),
    commands.AddTaskBatch: lambda _, given: Event("task", "new", tuple(given)),
    commands.EditTask: _edited_task,
    commands.CompleteTask: _given("task", "completed", "task_id"),
    commands.ReopenTask: _given("task", "reopened", "task_id"),
    commands.DeleteTask: _given("task", "deleted", "task_id"),
    commands.DeleteTasks: _given("task", "deleted", "task_ids"),
    commands.ReorderTasks: _named("tasklist", "reordered", "list_id"),
    commands.AddProject: _told("project"),
    commands.EditProject: _edited_project,
    commands.ChangeProjectPeople: _people_changed,
    commands.AddTaskList: _told("tasklist"),
    commands.EditTaskList: _named("tasklist", "edited", "list_id"),
    commands.AddCompany: _told("company"),
    commands.AddPerson: _told("person"),
    task_commands.CopyTask: _made("task"),
    task_commands.MoveOnBoard: _named("task", "moved", "task_id"),
    task_commands.AddNote: _made("comment"),
    task_commands.DeleteNote: _named("comment", "deleted", "note_id"),
    task_commands.AddContributor: _named("task", "edited", "task_id"),
    task_commands.EditContributor: _checked("reassigned"),
    task_commands.RemoveContributor: _checked("unassigned"),
    task_commands.LinkFiles: _given("task", "edited", "task_id"),
    task_commands.UnlinkFile: _named("task", "edited", "task_id"),
    task_commands.AddRelation: _given("task", "related", "task_id"),
    task_commands.RemoveRelation: _checked("unrelated"),
    task_commands.AddFollowers: _given("task", "followed", "task_id"),
    task_commands.RemoveFollower: _checked("unfollowed"),
    task_commands.StopStopwatch: lambda _, given: Event("time", "new", (given.time_entry_id,)),
    neighbour_commands.AddGroup: _told("tasklist"),
    neighbour_commands.EditGroup: _named("tasklist", "edited", "list_id"),
    neighbour_commands.DeleteGroup: _named("tasklist", "deleted", "list_id"),
    neighbour_commands.AddTimeEntry: _told("time"),
    neighbour_commands.EditTimeEntry: _named("time", "edited", "time_entry_id"),
    neighbour_commands.DeleteTimeEntry: _named("time", "deleted", "time_entry_id"),
    neighbour_commands.AddDocument: _told("file"),
    neighbour_commands.EditDocument: _named("file", "edited", "file_id"),
    neighbour_commands.PutDocumentContent: _named("file", "edited", "file_id"),
    neighbour_commands.DeleteDocument: _named("file", "deleted", "file_id"),
    neighbour_commands.EditPerson: _named("person", "edited", "person_id"),
    neighbour_commands.RevokeFeed: _named("person", "feed-revoked", "person_id"),
    neighbour_commands.AddStatus: _told("status"),
    neighbour_commands.EditStatus: _named("status", "edited", "status_id"),
    neighbour_commands.AddTemplate: lambda _, given: Event("template", "new", (given,)),
    neighbour_commands.EditTemplate: _named("template", "edited", "template_id"),
    neighbour_commands.DeleteTemplate: _named("template", "deleted", "template_id"),
    neighbour_commands.SaveTemplate: _told("template"),
    neighbour_commands.UploadTemplate: _made("template"),
    neighbour_commands.LoadTemplate: lambda command, given: Event(
        "task", "new", given, stated(command, "project_id")
    ),
    neighbour_commands.AddCheckList: _told("checklist"),
    neighbour_commands.EditCheckList: _named("checklist", "edited", "check_list_id"),
    neighbour_commands.DeleteCheckList: _named("checklist", "deleted", "check_list_id"),
    neighbour_commands.AddCheckListItem: _told("checklistitem"),
    neighbour_commands.EditCheckListItem: _named("checklistitem", "edited", "item_id"),
    neighbour_commands.DeleteCheckListItem: _named("checklistitem", "deleted", "item_id"),
    neighbour_commands.AddPlanning: _told("planning"),
    neighbour_commands.EditPlanning: _named("planning", "edited", "planning_id"),
    neighbour_commands.DeletePlanning: _named("planning", "deleted", "planning_id"),
    neighbour_commands.AddRisk: _told("risk"),
    neighbour_commands.EditRisk: _named("risk", "edited", "risk_id"),
    neighbour_commands.DeleteRisk: _named("risk", "deleted", "risk_id"),
    neighbour_commands.AddField: _told("field"),
    neighbour_commands.EditField: _named("field", "edited", "field_id"),
    neighbour_commands.DeleteField: _named("field", "deleted", "field_id"),
    neighbour_commands.SetFieldValue: _valued,
    neighbour_commands.SetProjectField: _checked("set"),
    talk_commands.AddComment: _made("comment"),
    talk_commands.EditComment: _named("comment", "edited", "note_id"),
    talk_commands.AddTag: _told("tag"),
    talk_commands.EditTag: _named("tag", "edited", "tag_id"),
    talk_commands.ChangeTaskTags: _named("task", "edited", "task_id"),
    talk_commands.ChangeProjectTags: _named("project", "edited", "project_id"),
    talk_commands.ChangeTimeTags: _named("time", "edited", "time_entry_id"),
    talk_commands.ChangeListTags: _named("tasklist", "edited", "list_id"),
    talk_commands.ChangeCompanyTags: _named("company", "edited", "company_id"),
    talk_commands.ChangePersonTags: _named("person", "edited", "person_id"),
    talk_commands.ChangeFileTags: _named("file", "edited", "file_id"),
    talk_commands.RestoreTask: _given("task", "restored", "task_id"),
    talk_commands.RestoreTaskList: _given("tasklist", "restored", "list_id"),
    talk_commands.RestoreComment: _given("comment", "restored", "note_id"),
    structure_commands.AddKey: _key_made,
    structure_commands.RevokeKey: _key_revoked,
    structure_commands.AddProjectCategory: _told("category"),
    structure_commands.EditProjectCategory: _named("category", "edited", "category_id"),
    structure_commands.DeleteProjectCategory: _named("category", "deleted", "category_id"),
    structure_commands.AddToProject: _added_to_project,
    structure_commands.CopyFile: _made("file"),
    structure_commands.CopyTaskInto: _made("task"),
    structure_commands.CopyTaskList: _made("tasklist"),
    structure_commands.DeleteCompany: _named("company", "deleted", "company_id"),
    structure_commands.DeletePerson: _named("person", "deleted", "person_id"),
    structure_commands.DeleteProject: _named("project", "deleted", "project_id"),
    structure_commands.DeleteTaskList: _named("tasklist", "deleted", "list_id"),
    structure_commands.EditCompany: _named("company", "edited", "company_id"),
    structure_commands.ManagePerson: _managed,
    structure_commands.MoveFile: _named("file", "edited", "file_id"),
    structure_commands.UnassignPerson: _given("task", "edited"),
    structure_commands.MoveTask: lambda command, given: Event(
        "task", "moved", given.tasks, stated(command, "task_id")
    ),
    structure_commands.MoveTaskList: _named("tasklist", "edited", "list_id"),
    structure_commands.ReorderTaskLists: _named("project", "reordered", "project_id"),
    logbook_commands.AddCard: _named("task", "moved", "task_id"),
    logbook_commands.AddFiles: lambda _, given: Event("file", "new", given),
    logbook_commands.AddFileVersion: _named("file", "edited", "file_id"),
    logbook_commands.AttachFiles: lambda _, given: Event("file", "new", given),
    logbook_commands.EditLoggedTime: _named("time", "edited", "time_entry_id"),
    logbook_commands.LogTime: _told("time"),
    logbook_commands.OrderStatuses: _named("project", "reordered", "project_id"),
    logbook_commands.RemoveCard: _named("task", "moved", "task_id"),
    webhook_commands.AddWebhook: _webhook("new"),
    webhook_commands.EditWebhook: _webhook("edited", "webhook_id"),
    webhook_commands.DeleteWebhook: _webhook("deleted", "webhook_id"),
    webhook_commands.SwitchWebhooks: _switched,
    webhook_commands.ProbeWebhook: _named("webhook", "probed", "webhook_id"),
    webhook_commands.Redeliver: _named("webhook", "redelivered", "webhook_id"),
}
# What these remove is gone for good once they are done, so it is written down before: a command
# that is refused takes the row away with all else.
PARTING: Final[dict[type, Happened]] = {
    neighbour_commands.DeleteStatus: _named("status", "deleted", "status_id"),
    talk_commands.DeleteTag: _named("tag", "deleted", "tag_id"),
}
# Commands that leave no trace, and why.
SILENT: Final[dict[type, str]] = {
    commands.AddPendingFile: "an upload is nobody's yet: the command that takes it is told of",
    commands.FillPendingFile: "the bytes of such an upload",
    task_commands.PauseStopwatch: "one's own watch; the time that it books is told of",
    task_commands.StartStopwatch: "one's own watch; the time that it books is told of",
    task_commands.SyncCalendar: "one's own calendar",
    task_commands.Unsubscribe: "one's own mail",
    structure_commands.StarProject: "one's own mark",
    talk_commands.AddReminder: "a note to oneself or to a colleague, which others do not see",
    talk_commands.DeleteReminder: "as AddReminder",
    talk_commands.EditReminder: "as AddReminder",
    talk_commands.ReadComment: "reading changes nothing",
}
