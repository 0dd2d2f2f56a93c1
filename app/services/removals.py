"""Deleting a project or a task list: it is hidden with all that is in it, whoever may see that.

All that goes away together carries the same instant, so that it can be told what has to come back
together.
"""

from typing import Any

from sqlalchemy import ColumnElement, update

from app.access import (
    list_manageable,
    project_changeable,
    visible_list,
    visible_project,
)
from app.models import File, Project, Task, TaskList, TimeEntry
from app.services.finding import NOT_A_MANAGER, row_to_change
from app.services.structure_commands import DeleteProject, DeleteTaskList
from app.services.work import Work


def delete_project(command: DeleteProject, work: Work) -> None:
    """Hide a project with its lists, tasks, files and times. Raises NotFound, Forbidden."""
    viewer = work.viewer
    shown, allowed = visible_project(viewer), project_changeable(viewer, Project.id, "manager")
    project = row_to_change(
        work, Project, command.project_id, shown, allowed, NOT_A_MANAGER, "Project"
    )
    work.change(Project, project.id, deleted_at=work.now)
    for model in (TaskList, File, TimeEntry):
        _hide(work, model, model.project_id == project.id)
    _hide_tasks(work, Task.project_id == project.id)


def delete_task_list(command: DeleteTaskList, work: Work) -> None:
    """Hide a task list and its tasks. Raises NotFound, Forbidden."""
    viewer = work.viewer
    shown, allowed = visible_list(viewer), list_manageable(viewer)
    found = row_to_change(
        work, TaskList, command.list_id, shown, allowed, NOT_A_MANAGER, "Task list"
    )
    work.change(TaskList, found.id, deleted_at=work.now)
    _hide_tasks(work, Task.list_id == found.id)


def _hide(work: Work, model: Any, where: ColumnElement[bool]) -> None:
    gone = {"deleted_at": work.now, "changed_at": work.now, "version": model.version + 1}
    work.run(update(model).where(where, model.deleted_at.is_(None)).values(**gone))


def _hide_tasks(work: Work, where: ColumnElement[bool]) -> None:
    gone = {"deleted_at": work.now, "deleted_by_id": work.viewer.person_id}
    change = update(Task).where(where, Task.deleted_at.is_(None))
    work.run(change.values(**gone, **work.touched(), version=Task.version + 1))
