"""Commands about one task beyond its own fields: its place on the board, copies, comments,
contributors, time, files, relations, calendar, followers.

As in commands.py: a field that is UNSET was not sent.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.services.commands import UNSET, Unset


@dataclass(frozen=True, slots=True)
class MoveOnBoard:
    """Put a task into a column of its project's board, behind another task or at the bottom."""

    task_id: int
    status_id: int
    after_id: int | None = None


@dataclass(frozen=True, slots=True)
class CopyTask:
    """Copy a task, without its subtasks, in its own project or into another. Gives the new id."""

    task_id: int
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class AddNote:
    """Comment on a task in HTML, and tell these people. Gives the comment's id."""

    task_id: int
    html: str
    notify: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteNote:
    """Remove a comment."""

    note_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddContributor:
    """Let a person work on a task beside its contact. Gives the id of the assignment."""

    task_id: int
    person_id: int
    work_hours: float = 0.0
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditContributor:
    """Change a contributor's hours, or whether he is done."""

    task_id: int
    assignment_id: int
    work_hours: float | Unset = UNSET
    is_done: bool | Unset = UNSET


@dataclass(frozen=True, slots=True)
class RemoveContributor:
    """Take a contributor off a task."""

    task_id: int
    assignment_id: int


@dataclass(frozen=True, slots=True)
class StartStopwatch:
    """Start the viewer's stopwatch on a task, or let a paused one go on. Gives StopwatchState."""

    task_id: int


@dataclass(frozen=True, slots=True)
class PauseStopwatch:
    """Pause the viewer's stopwatch on a task. Gives StopwatchState."""

    task_id: int


@dataclass(frozen=True, slots=True)
class StopStopwatch:
    """Stop the viewer's stopwatch on a task and book its time. Gives StopwatchState."""

    task_id: int


class StopwatchState(NamedTuple):
    """A stopwatch. `elapsed_seconds` counts its present run, too. When it was stopped, `minutes`
    were booked as the time entry `time_entry_id`.
    """

    id: int
    uid: str
    person_id: int
    task_id: int
    list_id: int
    project_id: int | None
    first_started_at: datetime
    started_at: datetime
    paused_at: datetime | None
    elapsed_seconds: int
    version: int
    minutes: int | None = None
    time_entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class LinkFiles:
    """Put files on a task; those that it carries already stay."""

    task_id: int
    file_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnlinkFile:
    """Take a file off a task; the file itself stays."""

    task_id: int
    file_id: int


@dataclass(frozen=True, slots=True)
class AddRelation:
    """Relate two tasks to each other; it changes nothing when they are related already."""

    task_id: int
    other_id: int


@dataclass(frozen=True, slots=True)
class RemoveRelation:
    """Part two tasks that are related."""

    task_id: int
    other_id: int


@dataclass(frozen=True, slots=True)
class SyncCalendar:
    """Put a task into the viewer's calendar feed, or take it out."""

    task_id: int
    on: bool


@dataclass(frozen=True, slots=True)
class AddFollowers:
    """Let people follow a task's comments and changes."""

    task_id: int
    person_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RemoveFollower:
    """Let a person follow a task no more."""

    task_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Get no more mail about a task: neither as a follower nor by what waits to be sent."""

    task_id: int
