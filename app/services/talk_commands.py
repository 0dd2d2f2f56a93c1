"""Commands about what is said of tasks: comments, tags, reminders, and what is taken back out of
the trash can.

As in commands.py: a field that is UNSET was not sent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.services.commands import UNSET, Unset

TEXT: Final = "TEXT"
HTML: Final = "HTML"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddComment:
    """Comment on a task, in plain text or HTML, with uploads as attachments; `author_id` by an
    administrator only. Those in `notify` are told, or all who follow the task or work on it
    (`notify_all`); followers of comments always are. Gives the comment's id.
    """

    task_id: int
    body: str
    content_type: str = TEXT
    notify: tuple[int, ...] = ()
    notify_all: bool = False
    author_id: int | None = None
    pending_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditComment:
    """Change a comment; attachments are added to those that it has. A body without a type is
    written as the one before.
    """

    note_id: int
    body: str | Unset = UNSET
    content_type: str | Unset = UNSET
    pending_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadComment:
    """Mark a comment as read by the viewer."""

    note_id: int


@dataclass(frozen=True, slots=True)
class AddTag:
    """Add a tag to the account; without a colour it gets the one of its name. Gives its id."""

    name: str
    color: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTag:
    """Rename a tag, or give it another colour; for administrators."""

    tag_id: int
    name: str | Unset = UNSET
    color: int | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteTag:
    """Remove a tag from the account and from all that carries it; for administrators."""

    tag_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTags:
    """What all changes of a thing's tags say: add these, put them in place of the others
    (`replace`), or take them away (`remove`). Unknown names that are added are made.
    """

    names: tuple[str, ...] = ()
    tag_ids: tuple[int, ...] = ()
    replace: bool = False
    remove: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTaskTags(ChangeTags):
    """Change the tags of a task."""

    task_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProjectTags(ChangeTags):
    """Change the tags of a project."""

    project_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTimeTags(ChangeTags):
    """Change the tags of a time entry."""

    time_entry_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeListTags(ChangeTags):
    """Change the tags of a task list."""

    list_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCompanyTags(ChangeTags):
    """Change the tags of a company."""

    company_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePersonTags(ChangeTags):
    """Change the tags of a person."""

    person_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFileTags(ChangeTags):
    """Change the tags of a file."""

    file_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddReminder:
    """Remind people (the viewer unless said) of a task: at an instant, or so many days before it is
    due, then at the time of day of `due_at` if that is given. Gives the id of the first one's.
    """

    task_id: int
    person_ids: tuple[int, ...] = ()
    type: str = "EMAIL"
    note: str = ""
    due_at: datetime | None = None
    relative_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditReminder:
    """Change a reminder. One that was sent already, and gets another time, is sent again."""

    reminder_id: int
    person_id: int | Unset = UNSET
    type: str | Unset = UNSET
    note: str | Unset = UNSET
    due_at: datetime | Unset = UNSET
    relative_days: int | None | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteReminder:
    """Remove a reminder."""

    reminder_id: int


@dataclass(frozen=True, slots=True)
class RestoreTask:
    """Take a task out of the trash can, with the subtasks that were deleted by the same act. Gives
    the ids of what came back.
    """

    task_id: int


@dataclass(frozen=True, slots=True)
class RestoreTaskList:
    """Take a task list out of the trash can, with the tasks that were deleted by the same act.
    Gives its id.
    """

    list_id: int


@dataclass(frozen=True, slots=True)
class RestoreComment:
    """Take a comment out of the trash can."""

    note_id: int
