"""Commands: what a dialect asks the core to do, in neutral names and real types.

A field that is UNSET was not sent; None and () mean that it was sent empty.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Final

from app.models.base import new_uid


class Unset(Enum):
    """The type of UNSET."""

    UNSET = 0

    # There is one only; Enum's own takes the detour over its name.
    __hash__ = object.__hash__


UNSET: Final = Unset.UNSET


class NewUid(str):
    """The GUID for a new row, made just now: nothing can have or have had it."""

    __slots__ = ()

    @classmethod
    def made(cls) -> "NewUid":
        """Another one."""
        return cls(new_uid())


TOP, BOTTOM = -1, 0
MAX_NAME = 2000  # characters of a task's name


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChanges:
    """What to set on a task. `place` is TOP, BOTTOM or the id of the task to stand behind.

    `uid` can be chosen for a new task only. `project_id` stands for the project's first list that
    the viewer can use, None for his personal one. `start_at` and `due_at` win over the days beside
    them, `description_html` over `description`. `contact_id` is the first of the assignees alone.
    `recurrence` is a number of recurrence.STEPS, 0 for none; `custom_color` any 32-bit number. A
    task that comes to a column of the board stands last there, unless `card_position` says.
    """

    uid: str | Unset = UNSET
    name: str | Unset = UNSET
    description: str | Unset = UNSET
    description_html: str | Unset = UNSET
    priority: int | None | Unset = UNSET
    progress: int | Unset = UNSET
    work_hours: float | Unset = UNSET
    start_on: date | None | Unset = UNSET
    due_on: date | None | Unset = UNSET
    start_at: datetime | None | Unset = UNSET
    due_at: datetime | None | Unset = UNSET
    custom_color: int | None | Unset = UNSET
    billable: bool | Unset = UNSET
    recurrence: int | Unset = UNSET
    planning_id: int | None | Unset = UNSET
    risk_id: int | None | Unset = UNSET
    creator_id: int | Unset = UNSET
    project_id: int | None | Unset = UNSET
    list_id: int | Unset = UNSET
    parent_id: int | None | Unset = UNSET
    status_id: int | None | Unset = UNSET
    card_position: int | Unset = UNSET
    place: int | Unset = UNSET
    private: bool | Unset = UNSET
    granted: tuple[int, ...] | Unset = UNSET
    assignees: tuple[int, ...] | Unset = UNSET
    contact_id: int | None | Unset = UNSET
    predecessors: tuple[tuple[int, str], ...] | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    tag_ids: tuple[int, ...] | Unset = UNSET
    files: tuple[int, ...] | Unset = UNSET
    pending_files: tuple[str, ...] | Unset = UNSET
    only_these_files: bool = False
    comment_followers: tuple[int, ...] | Unset = UNSET
    change_followers: tuple[int, ...] | Unset = UNSET
    default_followers: bool = False
    notify: bool = False

    def given(self, *names: str) -> dict[str, Any]:
        """The fields that were sent, by name, flags aside; all of them, or those among `names`."""
        chosen, values = _getter(names)
        sent = zip(chosen, values(self), strict=True)
        return {name: value for name, value in sent if value is not UNSET}


@cache
def _getter(names: tuple[str, ...]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    chosen = names or tuple(spec.name for spec in fields(TaskChanges) if spec.default is UNSET)
    if len(chosen) == 1:
        (only,) = chosen
        return chosen, lambda changes: (getattr(changes, only),)
    return chosen, attrgetter(*chosen)


@dataclass(frozen=True, slots=True)
class AddTask:
    """Add a task to a list, or below a parent task (then in the parent's list). Gives its id.

    These two are what the command is about: NotFound. Without them the changes name the place, by
    `list_id`, `parent_id` or `project_id`: Invalid; without any it is the viewer's personal list.
    """

    changes: TaskChanges
    list_id: int | None = None
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class AddTaskBatch:
    """Add tasks, all or none. Gives their ids in order; ItemError names the refused item."""

    items: tuple[AddTask, ...]


@dataclass(frozen=True, slots=True)
class AddTasks:
    """Add one task per name, each its own success or failure. Gives AddedTasks."""

    names: tuple[str, ...]
    changes: TaskChanges
    list_id: int | None = None
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class AddedTasks:
    """The outcome of AddTasks: ids of the new tasks in order, and how many names failed."""

    list_id: int
    ids: tuple[int, ...]
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTask:
    """Change a task. A completed one needs `completed` sent or `allow_update`. Gives affected ids.

    `done_at` and `completer_id` rewrite the completion of a completed task. `completed` False
    leaves a completed task completed; `done` False reopens it. Where `done` is all that changes,
    who may complete the task may send it.
    """

    task_id: int
    changes: TaskChanges
    completed: bool | Unset = UNSET
    done: bool | Unset = UNSET
    allow_update: bool = False
    done_at: datetime | Unset = UNSET
    completer_id: int | Unset = UNSET


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """Complete a task and its open subtasks."""

    task_id: int


@dataclass(frozen=True, slots=True)
class ReopenTask:
    """Reopen a task and its completed ancestors."""

    task_id: int


@dataclass(frozen=True, slots=True)
class DeleteTask:
    """Hide a task and its subtasks."""

    task_id: int


@dataclass(frozen=True, slots=True)
class DeleteTasks:
    """Hide these tasks and their subtasks, all or none. Gives the ids of what was hidden; ItemError
    names the refused task.
    """

    task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReorderTasks:
    """Put these tasks of a list first, in this order."""

    list_id: int
    task_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddProject:
    """Add a project; its creator becomes a manager. `description_html` wins over `description`.
    Gives its id.
    """

    name: str
    number: str = ""
    description: str = ""
    description_html: str | Unset = UNSET
    company_id: int | None = None
    category_id: int | None = None
    start_on: date | None = None
    end_on: date | None = None
    harvest_enabled: bool = False
    tags: tuple[str, ...] | Unset = UNSET
    tag_ids: tuple[int, ...] | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class EditProject:
    """Rename, describe, archive or reactivate a project. `description_html` wins over
    `description`; `tags` and `tag_ids` together take the place of the tags that it has.
    """

    project_id: int
    name: str | Unset = UNSET
    number: str | Unset = UNSET
    description: str | Unset = UNSET
    description_html: str | Unset = UNSET
    company_id: int | Unset = UNSET
    category_id: int | None | Unset = UNSET
    start_on: date | None | Unset = UNSET
    end_on: date | None | Unset = UNSET
    harvest_enabled: bool | Unset = UNSET
    archived: bool | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    tag_ids: tuple[int, ...] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class ChangeProjectPeople:
    """Add people to a project in a role, remove others. Gives ChangedPeople."""

    project_id: int
    add: tuple[int, ...] = ()
    remove: tuple[int, ...] = ()
    role: str = "editor"


@dataclass(frozen=True, slots=True)
class ChangedPeople:
    """The outcome of ChangeProjectPeople, ids each."""

    added: tuple[int, ...]
    removed: tuple[int, ...]
    failed: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTaskList:
    """Add a task list to a project, with the tasks of a template if one is named. Gives its id."""

    project_id: int
    name: str
    description: str = ""
    private: bool = False
    pinned: bool = False
    granted: tuple[int, ...] = ()
    comment_followers: tuple[int, ...] = ()
    change_followers: tuple[int, ...] = ()
    template_id: int | None = None
    on_top: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditTaskList:
    """Change a task list; a change of its privacy reaches its tasks. `apply_defaults`: its default
    followers follow its open tasks, too, as far as the viewer may change these.
    """

    list_id: int
    name: str | Unset = UNSET
    description: str | Unset = UNSET
    private: bool | Unset = UNSET
    pinned: bool | Unset = UNSET
    granted: tuple[int, ...] | Unset = UNSET
    comment_followers: tuple[int, ...] | Unset = UNSET
    change_followers: tuple[int, ...] | Unset = UNSET
    apply_defaults: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCompany:
    """Add a company. Gives its id."""

    name: str
    website: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson:
    """Add a person. Gives the id."""

    first_name: str
    last_name: str
    email: str
    company_id: int | None = None
    user_name: str = ""
    title: str = ""
    avatar_url: str = ""
    zone: str | None = None
    is_admin: bool = False
    can_add_projects: bool = False


@dataclass(frozen=True, slots=True)
class AddPendingFile:
    """Remember an upload whose bytes are stored already, or, without a digest, one whose bytes are
    still to come. Gives its reference.
    """

    name: str
    size: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class FillPendingFile:
    """The bytes of an upload that waited for them are stored."""

    ref: str
    digest: str
