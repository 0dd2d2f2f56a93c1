"""Commands of those who keep a logbook of their work: time as a day and a time of it, files and
their versions, cards on the board.

As in commands.py: a field that is UNSET was not sent. Days and times of day are the account's.
"""

from dataclasses import dataclass
from datetime import date, time

from app.services.commands import UNSET, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTime:
    """Log time on a task, or in a project and perhaps one of its lists. Gives the entry's id.

    It is of today unless said; without `at` it is not known when on that day it began. The task, or
    else the project, is what the command is about: NotFound. Tags are named as on tasks.
    """

    minutes: int
    task_id: int | None = None
    project_id: int | None = None
    list_id: int | None = None
    person_id: int | None = None
    description: str = ""
    day: date | None = None
    at: time | None = None
    billable: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLoggedTime:
    """Change a time entry. Gives the id of its task, or None.

    `hours` and `minutes` are the two parts of how long it took, each kept unless sent; so are the
    day and the time of day, which None makes unknown. Managers say what was billed.
    """

    time_entry_id: int
    project_id: int | Unset = UNSET
    task_id: int | Unset = UNSET
    list_id: int | Unset = UNSET
    person_id: int | Unset = UNSET
    description: str | Unset = UNSET
    day: date | Unset = UNSET
    at: time | None | Unset = UNSET
    hours: float | Unset = UNSET
    minutes: float | Unset = UNSET
    billable: bool | Unset = UNSET
    billed: bool | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class AttachFiles:
    """Make the viewer's uploads files of a task's project that the task carries. Gives their
    ids.
    """

    task_id: int
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFiles:
    """Make the viewer's uploads files of a project. Gives their ids. A name is for one of them."""

    project_id: int
    refs: tuple[str, ...]
    name: str | Unset = UNSET
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFileVersion:
    """Make an upload of the viewer the next version of a file; what was there is kept. Gives the
    number of the version.
    """

    file_id: int
    ref: str
    description: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class AddCard:
    """Put a task of the column's project on the board: below the task `after_id`, at the top
    (TOP), or last (None). The column is what the command is about: NotFound.
    """

    status_id: int
    task_id: int
    after_id: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveCard:
    """Take a task off the board. NotFound unless it stands there."""

    task_id: int


@dataclass(frozen=True, slots=True)
class OrderStatuses:
    """Put these columns of a project first, in this order; the others keep theirs behind."""

    project_id: int
    status_ids: tuple[int, ...]
