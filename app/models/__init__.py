"""The store: columns, relations, constraints. No wire names, no rendering, no rules."""

from app.models.activity import Activity
from app.models.board import Status
from app.models.checklists import CheckList, CheckListItem
from app.models.epochs import Epoch, ListEpoch
from app.models.fields import Field, FieldValue
from app.models.files import File, FileVersion, PendingFile, TaskFile
from app.models.labels import (
    CompanyTag,
    FileTag,
    ListTag,
    PersonTag,
    ProjectTag,
    Tag,
    TaskTag,
)
from app.models.notes import Note, NoteFile, NoteRead
from app.models.outbox import Outgoing
from app.models.people import Account, ApiKey, Company, LastWrite, Person
from app.models.planning import Planning, Risk
from app.models.retries import Retry
from app.models.structure import (
    ROLES,
    Grant,
    ListFollower,
    Lockdown,
    Membership,
    Project,
    ProjectCategory,
    Star,
    TaskList,
)
from app.models.task import Assignment, CalendarSync, Follower, Predecessor, Relation, Task
from app.models.templates import Template
from app.models.time import Reminder, Stopwatch, TimeEntry, TimeTag
from app.models.webhooks import Delivery, Webhook

__all__ = [
    "ROLES",
    "Account",
    "Activity",
    "ApiKey",
    "Assignment",
    "CalendarSync",
    "CheckList",
    "CheckListItem",
    "Company",
    "CompanyTag",
    "Delivery",
    "Epoch",
    "Field",
    "FieldValue",
    "File",
    "FileTag",
    "FileVersion",
    "Follower",
    "Grant",
    "LastWrite",
    "ListEpoch",
    "ListFollower",
    "ListTag",
    "Lockdown",
    "Membership",
    "Note",
    "NoteFile",
    "NoteRead",
    "Outgoing",
    "PendingFile",
    "Person",
    "PersonTag",
    "Planning",
    "Predecessor",
    "Project",
    "ProjectCategory",
    "ProjectTag",
    "Relation",
    "Reminder",
    "Retry",
    "Risk",
    "Star",
    "Status",
    "Stopwatch",
    "Tag",
    "Task",
    "TaskFile",
    "TaskList",
    "TaskTag",
    "Template",
    "TimeEntry",
    "TimeTag",
    "Webhook",
]
