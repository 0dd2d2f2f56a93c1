"""The store: columns, relations, constraints. No wire names, no rendering, no rules."""

from app.models.board import Status
from app.models.files import File, PendingFile, TaskFile
from app.models.labels import Tag, TaskTag
from app.models.notes import Note, NoteRead
from app.models.outbox import Outgoing
from app.models.people import Account, ApiKey, Company, Person
from app.models.structure import (
    ROLES,
    Grant,
    ListFollower,
    Lockdown,
    Membership,
    Project,
    TaskList,
)
from app.models.task import Assignment, Follower, Predecessor, Task
from app.models.time import Reminder, TimeEntry

__all__ = [
    "ROLES",
    "Account",
    "ApiKey",
    "Assignment",
    "Company",
    "File",
    "Follower",
    "Grant",
    "ListFollower",
    "Lockdown",
    "Membership",
    "Note",
    "NoteRead",
    "Outgoing",
    "PendingFile",
    "Person",
    "Predecessor",
    "Project",
    "Reminder",
    "Status",
    "Tag",
    "Task",
    "TaskFile",
    "TaskList",
    "TaskTag",
    "TimeEntry",
]
