"""Teamwork's ways to say where a task goes: a project, its Inbox, a list, a parent."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.access import CHANGING_ROLES, project_changeable, visible, visible_project
from app.errors import Invalid, NotFound
from app.models import Project, Task, TaskList
from app.services.commands import AddTask, AddTasks, EditTask, TaskChanges, Unset
from app.services.finding import NOT_AN_EDITOR, project_named, row_to_change
from app.services.homes import inbox
from app.services.structure_commands import AddToProject, MovedTask, MoveTask
from app.services.tasks import add_task, add_tasks, edit_task
from app.services.work import Work

ADD: dict[type, Callable[[Any, Work], Any]] = {AddTask: add_task, AddTasks: add_tasks}


def add_to_project(command: AddToProject, work: Work) -> Any:
    """Add tasks to a project. Raises NotFound, Forbidden, Invalid."""
    viewer = work.viewer
    shown = visible_project(viewer)
    allowed = project_changeable(viewer, Project.id, *CHANGING_ROLES)
    project = row_to_change(
        work, Project, command.project_id, shown, allowed, NOT_AN_EDITOR, "Project"
    )
    changes = replace(command.tasks.changes, project_id=project.id)
    if isinstance(changes.list_id, Unset) and not isinstance(changes.parent_id, int):
        changes = replace(changes, list_id=inbox(work, project.id))
    return ADD[type(command.tasks)](replace(command.tasks, changes=changes), work)


def move_task(command: MoveTask, work: Work) -> MovedTask:
    """Move a task; without a parent it comes to the top. Raises NotFound, Forbidden, Invalid."""
    task = _place(work, command.task_id)
    if task is None:
        raise NotFound("Task not found")
    changes = TaskChanges(list_id=_target(work, command, task), parent_id=command.parent_id)
    if command.free:
        changes = replace(changes, predecessors=())
    edit = EditTask(task_id=command.task_id, changes=changes, allow_update=True)
    changed = edit_task(edit, work)
    after = _place(work, command.task_id)
    assert after is not None
    lists = dict.fromkeys((task.list_id, after.list_id))
    projects = dict.fromkeys(
        each for each in (task.project_id, after.project_id) if each is not None
    )
    return MovedTask(changed, tuple(lists), tuple(projects))


def _place(work: Work, task_id: int) -> Any:
    columns = (Task.list_id, Task.project_id)
    return work.first(select(*columns).where(Task.id == task_id, visible(work.viewer)))


def _target(work: Work, command: MoveTask, task: Any) -> int:
    """The list that a task is to move to. Raises Invalid, Forbidden."""
    project_id = command.project_id
    if command.list_id is not None:
        if project_id is not None:
            _check_list(work, command.list_id, project_id)
        return command.list_id
    if command.parent_id is not None and not command.inbox:
        parent = _place(work, command.parent_id)
        if parent is None:
            raise Invalid({"parent_id": f"no such task: {command.parent_id}"})
        return int(parent.list_id)
    if command.inbox or project_id not in (None, task.project_id):
        project_id = task.project_id if project_id is None else project_id
        if project_id is None:
            raise Invalid({"project_id": "the task is in no project: name one"})
        return inbox(work, project_named(work, project_id, *CHANGING_ROLES).id)
    return int(task.list_id)


def _check_list(work: Work, list_id: int, project_id: int) -> None:
    """Raise Invalid unless the list is one of the project. That it may be used is checked later."""
    home = select(TaskList.id).where(TaskList.id == list_id, TaskList.project_id == project_id)
    if work.scalar(home) is None:
        raise Invalid({"list_id": f"no such task list: {list_id}"})
