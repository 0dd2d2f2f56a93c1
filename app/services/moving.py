"""Moving a task with its subtree to another list, or below another parent."""

from typing import Any

from sqlalchemy import select, update

from app.access import visible
from app.errors import Invalid
from app.models import Assignment, CheckList, Follower, Grant, Lockdown, Task, TimeEntry
from app.queries.sql import among
from app.services import privacy
from app.services.commands import BOTTOM, TaskChanges, Unset
from app.services.completion import reopen
from app.services.ordering import positions
from app.services.references import (
    list_to_change,
    list_to_move_to,
    people_of_project,
    tasks_named,
)
from app.services.statements import Look, asked
from app.services.trees import check_parent, subtree
from app.services.work import Work


def move(work: Work, task: Any, changes: TaskChanges) -> tuple[int, ...]:
    """Apply list_id, parent_id and place of a change; the caller holds the lists.

    Gives the ids of the tasks that came to another list.
    """
    if not changes.given("list_id", "parent_id", "place"):
        return ()
    target = changes.list_id
    list_id = task.list_id if isinstance(target, Unset) else target
    moved: tuple[int, ...] = ()
    parent = changes.parent_id
    if list_id != task.list_id:
        moved = _to_list(work, task, list_id)
        if isinstance(parent, Unset):
            parent = None  # the parent stayed in the other list
    if not isinstance(parent, Unset) and (moved or _parent_changes(work, task, parent)):
        _below(work, task, list_id, parent)
    if not isinstance(changes.place, Unset):
        list_to_change(work, list_id)
        if changes.place == task.id:
            raise Invalid({"place": "a task cannot stand behind itself"})
        (position,) = positions(work, list_id, changes.place)
        work.put(Task, task.id, position=position)
    return moved


def _parent_changes(work: Work, task: Any, parent_id: int | None) -> bool:
    """The parent is to be another one. A parent that the viewer does not see reads as none to him,
    so sending none back leaves it.
    """
    if parent_id is None and task.parent_id is not None:
        return bool(work.ids(_SEEN, row_id=task.parent_id))
    return bool(parent_id != task.parent_id)


_SEEN = Look(lambda _, kind: select(Task.id).where(Task.id == asked("row_id"), visible(kind)))


def _below(work: Work, task: Any, list_id: int, parent_id: int | None) -> None:
    line: list[int] = []
    if parent_id is not None:
        parent = tasks_named(work, [parent_id], "parent_id")[parent_id]
        if parent.list_id != list_id:
            raise Invalid({"parent_id": f"task {parent_id} is in another list"})
        line = check_parent(work, task.id, parent_id)
    work.put(Task, task.id, parent_id=parent_id)
    if not task.private:
        lockdown = privacy.inherited(work, list_id, parent_id)
        work.put(Task, task.id, lockdown_id=lockdown)
        privacy.pass_down(work, [task.id], lockdown)
    if line and not task.is_done:
        reopen(work, line)


def _to_list(work: Work, task: Any, list_id: int) -> tuple[int, ...]:
    target = list_to_move_to(work, list_id)
    ids = subtree(work, task.id)
    if target.project_id != task.project_id:
        check_people(work, ids, target.project_id)
        bring_to_project(work, ids, target)
    bottom = positions(work, list_id, BOTTOM, len(ids))
    places = ({"position": position} for position in bottom)
    work.put_each(Task, dict(zip(ids, places, strict=True)), versioned=False)
    work.touch(ids, list_id=list_id)
    take_along(work, TimeEntry, ids, list_id=list_id, project_id=target.project_id)
    return tuple(ids)


def check_people(work: Work, ids: list[int], project_id: int | None) -> None:
    """Raise Invalid unless everybody whom the tasks name can see them in the project."""
    for field, people in (
        ("assignees", select(Assignment.person_id).where(_of(work, Assignment, ids))),
        ("comment_followers", select(Follower.person_id).where(_of(work, Follower, ids))),
        (
            "granted",
            select(Grant.person_id)
            .join(Lockdown, Lockdown.id == Grant.lockdown_id)
            .where(_of(work, Lockdown, ids)),
        ),
    ):
        people_of_project(work, work.ids(people.distinct()), project_id, field)


def bring_to_project(work: Work, ids: list[int], target: Any) -> None:
    """Let the tasks be of the project of a list; board columns, plannings and risks stay behind."""
    work.touch(
        ids,
        project_id=target.project_id,
        project_key=target.project_key,
        company_key=target.company_key,
        status_id=None,
        planning_id=None,
        risk_id=None,
    )
    take_along(work, CheckList, ids, project_id=target.project_id)


def take_along(work: Work, model: Any, ids: list[int], **values: Any) -> None:
    """Set values on what hangs on the tasks and names their place, too."""
    change = update(model).where(_of(work, model, ids))
    work.run(change.values(changed_at=work.now, version=model.version + 1, **values))


def _of(work: Work, model: Any, ids: list[int]) -> Any:
    return among(work.connection, model.task_id, ids)
