"""Commands about what tasks stand on: projects and their categories, companies, people and their
keys, task lists, and where a task is.

As in commands.py: a field that is UNSET was not sent.
"""

from dataclasses import dataclass
from typing import NamedTuple

from app.services.commands import UNSET, AddTask, AddTasks, Unset
from app.services.neighbour_commands import EditPerson


@dataclass(frozen=True, slots=True)
class DeleteProject:
    """Hide a project and all that is in it."""

    project_id: int


@dataclass(frozen=True, slots=True)
class StarProject:
    """Mark a project with a star that only the viewer sees, or take his star off it."""

    project_id: int
    starred: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AddProjectCategory:
    """Add a category of projects; `color` is 0xRRGGBB. Gives its id."""

    name: str
    color: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EditProjectCategory:
    """Rename or recolour a category of projects."""

    category_id: int
    name: str | Unset = UNSET
    color: int | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteProjectCategory:
    """Hide a category; its projects have none then."""

    category_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCompany:
    """Change a company."""

    company_id: int
    name: str | Unset = UNSET
    website: str | Unset = UNSET
    phone: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class DeleteCompany:
    """Hide a company for which nobody works and which has no projects."""

    company_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagePerson:
    """Change a person, and by an administrator also what he may do."""

    edit: EditPerson
    is_admin: bool | Unset = UNSET
    can_add_projects: bool | Unset = UNSET


@dataclass(frozen=True, slots=True)
class UnassignPerson:
    """Take a person off all open tasks that the viewer may edit. Gives the ids of the tasks."""

    person_id: int


@dataclass(frozen=True, slots=True)
class DeletePerson:
    """Hide a person and revoke his keys; his tasks stay as they are."""

    person_id: int


@dataclass(frozen=True, slots=True)
class AddKey:
    """Give a person another key. `expires` is how long it lasts (lifetimes.py); "": for ever. Gives
    NewKey.
    """

    person_id: int
    read_only: bool = False
    expires: str = ""


class NewKey(NamedTuple):
    """A key with its id; its text is told this once."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class RevokeKey:
    """Let a key of a person open nothing any more."""

    person_id: int
    key_id: int


@dataclass(frozen=True, slots=True)
class DeleteTaskList:
    """Hide a task list and its tasks."""

    list_id: int


@dataclass(frozen=True, slots=True)
class ReorderTaskLists:
    """Put these task lists of a project first, in this order."""

    project_id: int
    list_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MoveTaskList:
    """Move a task list with its tasks into another project."""

    list_id: int
    project_id: int


@dataclass(frozen=True, slots=True)
class CopyTaskList:
    """Copy a task list with the tasks that the viewer sees, into its own project or into another.
    Gives the new list's id.
    """

    list_id: int
    project_id: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class MoveFile:
    """Move a file with its versions into another project. The tasks and comments of other projects
    carry it no more.
    """

    file_id: int
    project_id: int


@dataclass(frozen=True, slots=True)
class CopyFile:
    """Make a file of another project, or of the same, of the present version of a file, with its
    description and tags. Gives the new id.
    """

    file_id: int
    project_id: int


@dataclass(frozen=True, slots=True)
class AddToProject:
    """Add tasks to a project, in its Inbox unless they say where. Gives what the inner command
    gives.
    """

    project_id: int
    tasks: AddTask | AddTasks


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTask:
    """Move a task with its subtasks to another list, below a parent or to the top.

    Without a list it is the parent's, or the Inbox of the project that is named, or the present
    one. `inbox` asks for the Inbox of the project, the task's own unless one is named. Gives
    MovedTask.
    """

    task_id: int
    list_id: int | None = None
    project_id: int | None = None
    parent_id: int | None = None
    inbox: bool = False
    free: bool = False  # of its predecessors


class MovedTask(NamedTuple):
    """Ids of the tasks that changed, and of the lists and projects that they left or came to."""

    tasks: tuple[int, ...]
    lists: tuple[int, ...]
    projects: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CopyTaskInto:
    """As CopyTask, into the list that is named. Gives the new id."""

    task_id: int
    list_id: int
