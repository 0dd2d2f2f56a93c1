"""What a facet gives for one id: small named tuples that payloads read by name."""

from datetime import datetime
from typing import NamedTuple


class PersonName(NamedTuple):
    """A person as other things show him."""

    id: int
    first_name: str
    last_name: str
    avatar_url: str


class ProjectName(NamedTuple):
    """A project and its company as a task shows them."""

    id: int
    name: str
    harvest_enabled: bool
    company_id: int
    company_name: str
    description: str
    archived_at: datetime | None


class CompanyName(NamedTuple):
    """A company as other things show it."""

    id: int
    name: str
    is_owner: bool


class ListName(NamedTuple):
    """A task list as a task shows it."""

    id: int
    name: str
    lockdown_id: int | None
    description: str


class Assignee(NamedTuple):
    """One assignee of a task; `is_viewer` lets a payload say "You"."""

    id: int
    first_name: str
    last_name: str
    avatar_url: str
    is_viewer: bool = False


class Label(NamedTuple):
    """A tag or a board column: `color` is 0xRRGGBB."""

    id: int
    name: str
    color: int | None


class Waiting(NamedTuple):
    """One predecessor, as the task that waits for it lists it; `met` when it no longer blocks."""

    id: int
    type: str
    name: str
    met: bool


class Dependents(NamedTuple):
    """How many tasks wait for one, and how many of them it still holds up."""

    total: int
    blocked: int


class TaskName(NamedTuple):
    """A task as its subtasks show it."""

    id: int
    name: str


class Attachment(NamedTuple):
    """A file as the tasks that carry it show it."""

    id: int
    name: str
    size: int
    revision: int


class Tally(NamedTuple):
    """What can be counted on a task."""

    notes: int = 0
    files: int = 0
    reminders: int = 0
    logged: int = 0
    billable: int = 0


class Linked(NamedTuple):
    """Whether a task waits for others, and others for it."""

    waits: bool
    holds: bool


class Following(NamedTuple):
    """The ids of those who follow a task's comments and its changes."""

    comments: tuple[int, ...] = ()
    changes: tuple[int, ...] = ()
    viewer_comments: bool = False
    viewer_changes: bool = False
