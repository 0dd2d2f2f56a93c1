"""Where a new task goes: the list that it is added to or that its project has for it, the parent,
and what it takes over from there (decisions 8, 30).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.access import (
    CHANGING_ROLES,
    list_editable,
    project_changeable,
    visible_list,
    visible_project,
)
from app.errors import Forbidden, Invalid, NotFound
from app.models import Person, Project, TaskList
from app.services.commands import AddTask, AddTasks, Unset
from app.services.references import (
    list_columns,
    list_to_change,
    list_to_move_to,
    lock_lists_of,
    task_to_edit,
    tasks_named,
)
from app.services.statements import Look, asked
from app.services.trees import check_parent
from app.services.work import Work

PROJECT_LIST, PERSONAL_LIST, INBOX = "Tasks", "Personal", "Inbox"


@dataclass(frozen=True, slots=True)
class Home:
    """Where new tasks go, and what they take over from there. `above` are the parent and all above
    it.
    """

    list_id: int
    project_id: int | None
    parent_id: int | None
    lockdown_id: int | None
    project_key: str | None
    company_key: str | None
    above: tuple[int, ...] = ()

    @property
    def columns(self) -> dict[str, Any]:
        """What a task keeps of its home."""
        return {
            "list_id": self.list_id,
            "project_id": self.project_id,
            "parent_id": self.parent_id,
            "lockdown_id": self.lockdown_id,
            "project_key": self.project_key,
            "company_key": self.company_key,
        }


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored task as the functions that equip it need it."""

    id: int
    list_id: int
    project_id: int | None
    parent_id: int | None
    creator_id: int
    private: bool
    lockdown_id: int | None


def home_of(work: Work, command: AddTask | AddTasks) -> Home:
    """The home of a new task, its list held. Raises NotFound, Forbidden, Invalid."""
    changes = command.changes
    named_list, named_parent = changes.list_id, changes.parent_id
    if command.parent_id is not None:
        held = lock_lists_of(work, command.parent_id)
        home = _below(work, task_to_edit(work, command.parent_id, held))
    elif command.list_id is not None:
        home = _in_list(work, list_to_change(work, command.list_id), named_parent)
    elif not isinstance(named_list, Unset):
        home = _in_list(work, list_to_move_to(work, named_list), named_parent)
    elif isinstance(named_parent, int):
        home = _below(work, _named_parent(work, named_parent))
    else:
        project = None if isinstance(changes.project_id, Unset) else changes.project_id
        return top_of(list_to_move_to(work, target_list(work, project)))
    if isinstance(changes.project_id, int) and changes.project_id != home.project_id:
        raise Invalid({"project_id": f"the list is not one of project {changes.project_id}"})
    return home


def top_of(task_list: Any) -> Home:
    """The home of tasks without a parent in a list."""
    return Home(
        list_id=task_list.id,
        project_id=task_list.project_id,
        parent_id=None,
        lockdown_id=task_list.lockdown_id,
        project_key=task_list.project_key,
        company_key=task_list.company_key,
    )


def _in_list(work: Work, task_list: Any, parent_id: int | None | Unset) -> Home:
    """A list that was said, and perhaps a parent in it that the body names."""
    if parent_id is None or isinstance(parent_id, Unset):
        return top_of(task_list)
    above = tasks_named(work, [parent_id], "parent_id")[parent_id]
    if above.list_id != task_list.id:
        raise Invalid({"parent_id": f"task {parent_id} is in another list"})
    return _parented(work, task_list, above)


def _below(work: Work, above: Any) -> Home:
    """The list of a parent that the viewer may edit, be the list itself open to him or not."""
    return _parented(work, work.first(_HELD, row_id=above.list_id), above)


_HELD = Look(
    lambda *_: (
        list_columns()
        .where(TaskList.id == asked("row_id"))
        .with_for_update(of=TaskList, key_share=True)
    )
)


def _parented(work: Work, task_list: Any, above: Any) -> Home:
    line = check_parent(work, None, above.id)
    return Home(
        above=tuple(line),
        list_id=task_list.id,
        project_id=task_list.project_id,
        parent_id=above.id,
        lockdown_id=above.lockdown_id,
        project_key=task_list.project_key,
        company_key=task_list.company_key,
    )


def _named_parent(work: Work, parent_id: int) -> Any:
    held = lock_lists_of(work, parent_id)
    try:
        return task_to_edit(work, parent_id, held)
    except NotFound:
        raise Invalid({"parent_id": f"no such task: {parent_id}"}) from None


def stored(task_id: int, home: Home, creator: int) -> Stored:
    """A task just added, for the functions that equip it."""
    return Stored(
        id=task_id,
        list_id=home.list_id,
        project_id=home.project_id,
        parent_id=home.parent_id,
        creator_id=creator,
        private=False,
        lockdown_id=home.lockdown_id,
    )


def target_list(work: Work, project_id: int | None) -> int:
    """The list for tasks of a project of which no list is said: the first that the viewer sees and
    may edit, made if there is none. Without a project it is his personal list.

    Raises Invalid for a project that he does not see, Forbidden for one that he may not change.
    """
    if project_id is None:
        return _personal_list(work)
    found = work.first(_PROJECT, project_id=project_id)
    if found is None:
        raise Invalid({"project_id": f"no such project: {project_id}"})
    if not found.allowed:
        raise Forbidden("You may not change tasks in this project")
    if found.list_id is not None:
        return int(found.list_id)
    # Whoever makes the list holds the project, so that two do not make two.
    work.run(select(Project.id).where(Project.id == project_id).with_for_update(key_share=True))
    found = work.first(_PROJECT, project_id=project_id)
    if found is not None and found.list_id is not None:
        return int(found.list_id)
    return _new_list(work, project_id, PROJECT_LIST)


def inbox(work: Work, project_id: int) -> int:
    """The list of a project, which the caller holds and may edit, for tasks that Teamwork's clients
    add to the project itself: the first one named Inbox that he may use, made if there is none.
    """
    viewer = work.viewer
    mine = (TaskList.project_id == project_id, visible_list(viewer), list_editable(viewer))
    found = work.scalar(
        select(TaskList.id)
        .where(func.lower(TaskList.name) == INBOX.lower(), *mine)
        .order_by(TaskList.position, TaskList.id)
        .limit(1)
    )
    return int(found) if found is not None else _new_list(work, project_id, INBOX)


def _new_list(work: Work, project_id: int, name: str) -> int:
    last = select(func.max(TaskList.position)).where(TaskList.project_id == project_id)
    return work.insert(
        TaskList,
        project_id=project_id,
        creator_id=work.viewer.person_id,
        name=name,
        position=(work.scalar(last) or 0) + 1,
    )


def _project(_engine: str, kind: Any) -> Any:
    """A project that the viewer sees: whether he may change it, and the first list that he may."""
    first = (
        select(TaskList.id)
        .where(TaskList.project_id == Project.id, visible_list(kind), list_editable(kind))
        .order_by(TaskList.position, TaskList.id)
        .limit(1)
    )
    allowed = project_changeable(kind, Project.id, *CHANGING_ROLES).label("allowed")
    return select(allowed, first.scalar_subquery().label("list_id")).where(
        Project.id == asked("project_id"), visible_project(kind)
    )


_PROJECT = Look(_project)


def _personal_list(work: Work) -> int:
    me = work.viewer.person_id
    found = work.scalar(_PERSONAL)
    if found is None:
        work.run(select(Person.id).where(Person.id == me).with_for_update(key_share=True))
        found = work.scalar(_PERSONAL)
    if found is None:
        found = work.insert(TaskList, creator_id=me, name=PERSONAL_LIST)
    return int(found)


_PERSONAL = Look(
    lambda _, kind: (
        select(TaskList.id)
        .where(
            TaskList.creator_id == kind.me,
            TaskList.project_id.is_(None),
            TaskList.deleted_at.is_(None),
        )
        .order_by(TaskList.position, TaskList.id)
        .limit(1)
    )
)
