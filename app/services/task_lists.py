"""Task lists as a whole: their order, and moving them with all that is in them."""

from typing import Any

from sqlalchemy import func, select, update

from app.access import list_manageable, visible, visible_list, visible_project
from app.errors import Forbidden, Invalid, NotFound
from app.models import Grant, ListFollower, Project, Task, TaskList, TimeEntry
from app.services.finding import NOT_A_MANAGER, project_named, row_to_change
from app.services.moving import bring_to_project, check_people, take_along
from app.services.references import list_to_change, people_of_project
from app.services.structure_commands import MoveTaskList, ReorderTaskLists
from app.services.work import Work


def reorder_task_lists(command: ReorderTaskLists, work: Work) -> None:
    """The named lists first, in their order; the others keep theirs behind. Raises NotFound,
    Forbidden, Invalid.
    """
    seen = (Project.id == command.project_id, visible_project(work.viewer))
    if work.scalar(select(Project.id).where(*seen)) is None:
        raise NotFound("Project not found")
    project = project_named(work, command.project_id, "manager")
    named = dict.fromkeys(command.list_ids)
    alive = (TaskList.project_id == project.id, TaskList.deleted_at.is_(None))
    order = (TaskList.position, TaskList.id)
    shown = visible_list(work.viewer).label("shown")
    rows = work.all(select(TaskList.id, TaskList.position, shown).where(*alive).order_by(*order))
    known = {row.id for row in rows if row.shown}
    missing = [str(each) for each in named if each not in known]
    if missing:
        raise Invalid({"list_ids": f"no such task list in this project: {', '.join(missing)}"})
    if not named:
        return
    others = (row.id for row in rows if row.id not in named)
    places = {list_id: place for place, list_id in enumerate((*named, *others), start=1)}
    before = {row.id: row.position for row in rows}
    moved = {each: {"position": at} for each, at in places.items() if before[each] != at}
    work.put_each(TaskList, moved, versioned=True)


def move_task_list(command: MoveTaskList, work: Work) -> None:
    """Move a list with all tasks in it, of which the viewer need not see each. Whom the list and
    the tasks that he sees name must be able to see the project; a manager of both may do it.
    Raises NotFound, Forbidden, Invalid.
    """
    moved = managed_list(work, command.list_id)
    project = project_named(work, command.project_id, "manager")
    if project.id == moved.project_id:
        return
    _check_people(work, moved, project.id)
    in_list = select(Task.id).where(Task.list_id == moved.id)
    check_people(work, work.ids(in_list.where(visible(work.viewer))), project.id)
    work.change(TaskList, moved.id, project_id=project.id, position=bottom(work, project.id))
    ids = work.ids(in_list.order_by(Task.id).with_for_update(key_share=True))
    target = list_to_change(work, moved.id)
    bring_to_project(work, ids, target)
    take_along(work, TimeEntry, ids, project_id=project.id)
    free = (TimeEntry.list_id == moved.id, TimeEntry.task_id.is_(None))
    work.run(update(TimeEntry).where(*free).values(project_id=project.id))


def _check_people(work: Work, moved: Any, project_id: int) -> None:
    granted = select(Grant.person_id).where(Grant.lockdown_id == moved.lockdown_id)
    people_of_project(work, work.ids(granted), project_id, "granted")
    following = select(ListFollower.person_id).where(ListFollower.list_id == moved.id)
    people_of_project(work, work.ids(following), project_id, "comment_followers")


def managed_list(work: Work, list_id: int) -> Any:
    """The list, locked, for who may change it itself. Raises NotFound, Forbidden."""
    viewer = work.viewer
    shown, allowed = visible_list(viewer), list_manageable(viewer)
    found = row_to_change(work, TaskList, list_id, shown, allowed, NOT_A_MANAGER, "Task list")
    if found.project_id is None:
        raise Forbidden("A personal list stays where it is")
    return found


def bottom(work: Work, project_id: int) -> int:
    """The position behind all lists of a project."""
    last = select(func.max(TaskList.position)).where(TaskList.project_id == project_id)
    return (work.scalar(last) or 0) + 1
