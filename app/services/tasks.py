"""Adding, editing and deleting tasks."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.access import visible, visible_list
from app.errors import Forbidden, Invalid, NotFound
from app.models import Task, TaskList
from app.services import board, files
from app.services.commands import (
    BOTTOM,
    MAX_NAME,
    UNSET,
    AddedTasks,
    AddTask,
    AddTasks,
    CompleteTask,
    DeleteTask,
    EditTask,
    ReopenTask,
    TaskChanges,
    Unset,
)
from app.services.completion import (
    complete,
    complete_task,
    open_branches,
    reopen,
    reopen_task,
    reopen_with,
    rewrite_completion,
)
from app.services.equipment import equip, hangs
from app.services.finding import chosen_uid
from app.services.homes import Home, home_of, stored, target_list
from app.services.moving import move
from app.services.ordering import at_bottom, positions
from app.services.references import lock_lists_of, people_of_project, task_to_edit
from app.services.statements import Look, asked
from app.services.task_values import check_named, column_values
from app.services.trees import subtree
from app.services.work import Work

COMPLETED_TASK = (
    "This task is completed: send completed or allow-update with the change, or reopen it first"
)


def add_task(command: AddTask, work: Work) -> int:
    """Add one task. Raises NotFound, Forbidden, Invalid, Conflict."""
    changes = command.changes
    home = home_of(work, command)
    place = BOTTOM if isinstance(changes.place, Unset) else changes.place
    # The bottom of the list is asked for by the statement that inserts the task.
    placed = None if place == BOTTOM else positions(work, home.list_id, place)[0]
    creator = creator_of(work, home.project_id, changes)
    values = _new_values(work, home, creator, changes)
    if not isinstance(changes.uid, Unset):
        values |= chosen_uid(work, Task, changes.uid)
    reopen_parents(work, home)
    if placed is None:
        task_id = work.insert_computed(Task, at_bottom, values)
    else:
        task_id = work.insert(Task, position=placed, **values)
    equip(work, stored(task_id, home, creator), changes, fresh=True)
    return task_id


def add_tasks(command: AddTasks, work: Work) -> AddedTasks:
    """Add a task per name; a name that cannot be taken fails alone (decision 20)."""
    home = home_of(work, command)
    creator = creator_of(work, home.project_id, command.changes)
    changes = files.kept(work, home.project_id, command.changes)
    _check_people(work, home, changes)
    good = [name for name in command.names if 0 < len(name) <= MAX_NAME]
    if not good:
        return AddedTasks(home.list_id, (), len(command.names))
    reopen_parents(work, home)
    shared = _new_values(work, home, creator, changes)
    place = BOTTOM if isinstance(changes.place, Unset) else changes.place
    places = positions(work, home.list_id, place, len(good))
    ids = work.reserve(Task, len(good))
    work.insert_many(
        Task,
        (
            shared | {"name": name, "id": task_id, "position": position}
            for name, task_id, position in zip(good, ids, places, strict=True)
        ),
    )
    if hangs(changes):
        for task_id in ids:
            equip(work, stored(task_id, home, creator), changes, fresh=True)
    return AddedTasks(home.list_id, tuple(ids), len(command.names) - len(good))


def edit_task(command: EditTask, work: Work) -> tuple[int, ...]:
    """Change a task; only what was sent. Gives the ids of the tasks that changed."""
    whole = _whole_completion(command)
    if whole is True:  # an assignee may, too
        return complete_task(CompleteTask(command.task_id), work)
    if whole is False:
        return reopen_task(ReopenTask(command.task_id), work)
    changes = _placed(work, command)
    done, held = not isinstance(command.done, Unset), None
    if done or command.completed is True or changes.given("list_id", "parent_id", "place"):
        held = lock_lists_of(work, command.task_id, changes.given("list_id").get("list_id"))
    task = task_to_edit(work, command.task_id, held)
    _check_completed(command, task)
    reopened: tuple[int, ...] = ()
    if command.done is False and task.is_done:
        reopened = reopen_with(work, task)
        task = task_to_edit(work, command.task_id)
    moved = move(work, task, changes)
    if moved:
        task = task_to_edit(work, command.task_id)
    _write(work, task, changes)
    equip(work, task, changes)
    completed = _change_completion(work, command, task)
    return tuple(dict.fromkeys((task.id, *reopened, *moved, *completed)))


def delete_task(command: DeleteTask, work: Work) -> tuple[int, ...]:
    """Hide a task and the subtasks that the viewer sees (decision 5). Gives their ids."""
    held = lock_lists_of(work, command.task_id)
    task = task_to_edit(work, command.task_id, held)
    ids = subtree(work, task.id)
    work.touch(ids, deleted_at=work.now, deleted_by_id=work.viewer.person_id)
    return tuple(ids)


def _whole_completion(command: EditTask) -> bool | None:
    """True for an edit that does nothing but complete the task, False for one that only reopens
    it.
    """
    rewriting = (command.done_at, command.completer_id)
    if command.changes != TaskChanges() or rewriting != (UNSET, UNSET):
        return None
    if not isinstance(command.done, Unset):
        return command.done
    return True if command.completed is True and not command.allow_update else None


def _placed(work: Work, command: EditTask) -> TaskChanges:
    """The changes with a project to move to said as the list there (decision 30)."""
    changes = command.changes
    if not isinstance(changes.uid, Unset):
        raise Invalid({"uid": "a task keeps its GUID"})
    if command.done is True:
        changes = replace(changes, progress=UNSET)  # completing sets it
    if isinstance(changes.project_id, Unset):
        return changes
    task = work.first(_SEEN, row_id=command.task_id)
    if task is None:
        raise NotFound("Task not found")
    unplaced = replace(changes, project_id=UNSET)
    if not isinstance(changes.list_id, Unset):
        _check_agreement(work, task, changes.list_id, changes.project_id)
        return unplaced
    if changes.project_id == task.project_id:
        return unplaced
    if changes.project_id is None and task.creator_id != work.viewer.person_id:
        raise Forbidden("Only its creator may take a task out of its project")
    return replace(unplaced, list_id=target_list(work, changes.project_id))


_SEEN = Look(
    lambda _, kind: select(Task.project_id, Task.list_id, Task.creator_id).where(
        Task.id == asked("row_id"), visible(kind)
    )
)


def _check_agreement(work: Work, task: Any, list_id: int, project_id: int | None) -> None:
    """Raise Invalid unless a list that was sent beside a project is one of it."""
    home = task.project_id
    if list_id != task.list_id:
        found = work.first(_LIST, row_id=list_id)
        if found is None:
            raise Invalid({"list_id": f"no such task list: {list_id}"})
        home = found.project_id
    if home != project_id:
        raise Invalid({"project_id": f"list {list_id} is not one of project {project_id}"})


_LIST = Look(
    lambda _, kind: select(TaskList.project_id).where(
        TaskList.id == asked("row_id"), visible_list(kind)
    )
)


def _write(work: Work, task: Any, changes: TaskChanges) -> None:
    """The task's own columns, if anything of it changes at all."""
    values = column_values(work, changes, task)
    check_named(work, values, task.project_id)
    status = values.get("status_id")
    if status is not None and status != task.status_id and "card_position" not in values:
        values["card_position"] = board.bottom(work, status)
    if changes.given() or changes.default_followers or changes.only_these_files:
        work.touch([task.id], **values)


def reopen_parents(work: Work, home: Home) -> None:
    """An open task has open ancestors."""
    if home.above:
        reopen(work, home.above)


def _check_people(work: Work, home: Home, changes: TaskChanges) -> None:
    """Raise Invalid for people that no task of this home may name, even if none is added."""
    people = changes.given("assignees", "comment_followers", "change_followers", "granted")
    for field, ids in people.items():
        people_of_project(work, ids, home.project_id, field)


def creator_of(work: Work, project_id: int | None, changes: TaskChanges) -> int:
    """Who is credited with a new task: oneself, or by an administrator anybody of the project."""
    named = changes.creator_id
    if isinstance(named, Unset) or named == work.viewer.person_id:
        return work.viewer.person_id
    if not work.viewer.admin:
        raise Forbidden("Only an administrator may name another creator")
    people_of_project(work, [named], project_id, "creator_id")
    return named


def _new_values(work: Work, home: Home, creator: int, changes: TaskChanges) -> dict[str, Any]:
    values = {"name": ""} | column_values(work, changes, None)
    check_named(work, values, home.project_id)
    if values.get("status_id") is not None and "card_position" not in values:
        values["card_position"] = board.bottom(work, values["status_id"])
    return home.columns | {"creator_id": creator} | values


def _check_completed(command: EditTask, task: Any) -> None:
    """Decision 21: a completed task is edited only knowingly; its followers may be set at any
    time.
    """
    rewriting = not isinstance(command.done_at, Unset) or not isinstance(
        command.completer_id, Unset
    )
    if not task.is_done:
        if rewriting:
            raise Invalid({"done_at": "this task is not completed"})
        return
    knowing = not isinstance(command.completed, Unset) or not isinstance(command.done, Unset)
    if command.allow_update or (not rewriting and knowing):
        return
    plain = set(command.changes.given()) - {"comment_followers", "change_followers"}
    if command.changes.only_these_files:
        plain.add("files")
    if plain or rewriting:
        raise Forbidden(COMPLETED_TASK)


def _change_completion(work: Work, command: EditTask, task: Any) -> tuple[int, ...]:
    """Complete the task, or rewrite its completion. Gives the ids of what was completed."""
    completed: tuple[int, ...] = ()
    if True in (command.completed, command.done) and not task.is_done:
        completed = complete(work, open_branches(work, task.id))
    completer = None if isinstance(command.completer_id, Unset) else command.completer_id
    done_at = None if isinstance(command.done_at, Unset) else command.done_at
    if completer is not None:
        people_of_project(work, [completer], task.project_id, "completer_id")
    if done_at is not None and done_at > work.now:
        raise Invalid({"done_at": "this instant is still to come"})
    if completer is not None or done_at is not None:
        rewrite_completion(work, task.id, done_at, completer)
    return completed
