"""Adding, editing and deleting tasks."""

from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from sqlalchemy import select

from app.errors import Forbidden, Invalid
from app.models import Task, TaskList
from app.models.base import new_uid
from app.services import files
from app.services.commands import (
    BOTTOM,
    MAX_NAME,
    AddedTasks,
    AddTask,
    AddTasks,
    CompleteTask,
    DeleteTask,
    EditTask,
    TaskChanges,
    Unset,
)
from app.services.completion import complete, complete_task, reopen, rewrite_completion
from app.services.dates import day_values
from app.services.equipment import equip
from app.services.moving import move
from app.services.ordering import positions
from app.services.references import (
    list_columns,
    list_to_change,
    lock_lists_of,
    people_of_project,
    status_of_project,
    task_to_edit,
    tasks_named,
)
from app.services.trees import ancestors, check_parent, subtree
from app.services.work import Work

COMPLETED_TASK = (
    "This task is completed: send completed or allow-update with the change, or reopen it first"
)


@dataclass(frozen=True, slots=True)
class Home:
    """Where new tasks go, and what they take over from there."""

    list_id: int
    project_id: int | None
    parent_id: int | None
    lockdown_id: int | None
    project_key: str | None
    company_key: str | None


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


def add_task(command: AddTask, work: Work) -> int:
    """Add one task. Raises NotFound, Forbidden, Invalid."""
    changes = command.changes
    home = _home(work, command.list_id, command.parent_id, changes)
    place = BOTTOM if isinstance(changes.place, Unset) else changes.place
    (position,) = positions(work, home.list_id, place)
    creator = _creator(work, home, changes)
    values = _new_values(work, home, creator, changes) | {"position": position}
    _reopen_parents(work, home)
    task_id = work.insert(Task, **values)
    equip(work, _stored(task_id, home, creator), changes)
    return task_id


def add_tasks(command: AddTasks, work: Work) -> AddedTasks:
    """Add a task per name; a name that cannot be taken fails alone (decision 20)."""
    home = _home(work, command.list_id, command.parent_id, command.changes)
    creator = _creator(work, home, command.changes)
    changes = files.kept(work, home.project_id, command.changes)
    _check_people(work, home, changes)
    good = [name for name in command.names if 0 < len(name) <= MAX_NAME]
    if not good:
        return AddedTasks(home.list_id, (), len(command.names))
    _reopen_parents(work, home)
    shared = _new_values(work, home, creator, changes)
    uids = [new_uid() for _ in good]
    place = BOTTOM if isinstance(changes.place, Unset) else changes.place
    places = positions(work, home.list_id, place, len(good))
    work.insert_many(
        Task,
        (
            shared | {"name": name, "uid": uid, "position": position}
            for name, uid, position in zip(good, uids, places, strict=True)
        ),
    )
    ids = work.ids(select(Task.id).where(Task.uid.in_(uids)).order_by(Task.position, Task.id))
    for task_id in ids:
        equip(work, _stored(task_id, home, creator), changes)
    return AddedTasks(home.list_id, tuple(ids), len(command.names) - len(good))


def edit_task(command: EditTask, work: Work) -> tuple[int, ...]:
    """Change a task; only what was sent. Gives the ids of the tasks that changed."""
    changes = command.changes
    if command == EditTask(task_id=command.task_id, changes=TaskChanges(), completed=True):
        return complete_task(CompleteTask(command.task_id), work)  # an assignee may, too
    if command.completed is True or changes.given("list_id", "parent_id", "place"):
        target = changes.given("list_id").get("list_id")
        lock_lists_of(work, command.task_id, target)
    task = task_to_edit(work, command.task_id)
    _check_completed(command, task)
    moved = move(work, task, changes)
    if moved:
        task = task_to_edit(work, command.task_id)
    values = _stored_values(work, changes, task)
    if "status_id" in values and values["status_id"] is not None:
        status_of_project(work, values["status_id"], task.project_id)
    if changes.given() or changes.default_followers or changes.only_these_files:
        work.touch([task.id], **values)
    equip(work, task, changes)
    completed = _change_completion(work, command, task)
    return tuple(dict.fromkeys((task.id, *moved, *completed)))


def delete_task(command: DeleteTask, work: Work) -> tuple[int, ...]:
    """Hide a task and the subtasks that the viewer sees (decision 5). Gives their ids."""
    lock_lists_of(work, command.task_id)
    task = task_to_edit(work, command.task_id)
    ids = subtree(work, task.id)
    work.touch(ids, deleted_at=work.now, deleted_by_id=work.viewer.person_id)
    return tuple(ids)


def _home(work: Work, list_id: int | None, parent_id: int | None, changes: TaskChanges) -> Home:
    """The list and parent of a new task: named by the URL, or the parent by the body."""
    lockdown: int | None = None
    parent = parent_id
    if parent is not None:
        lock_lists_of(work, parent)
        above = task_to_edit(work, parent)
        list_id, lockdown = above.list_id, above.lockdown_id
    assert list_id is not None
    task_list = list_to_change(work, list_id) if parent is None else _list_of(work, list_id)
    named = changes.parent_id
    if parent is None and not isinstance(named, Unset) and named is not None:
        above = tasks_named(work, [named], "parent_id")[named]
        if above.list_id != list_id:
            raise Invalid({"parent_id": f"task {named} is in another list"})
        parent, lockdown = named, above.lockdown_id
    if parent is not None:
        check_parent(work, None, parent)
    else:
        lockdown = task_list.lockdown_id
    return Home(
        list_id=list_id,
        project_id=task_list.project_id,
        parent_id=parent,
        lockdown_id=lockdown,
        project_key=task_list.project_key,
        company_key=task_list.company_key,
    )


def _list_of(work: Work, list_id: int) -> Any:
    """The list of a parent task that the viewer may edit, be the list itself open to him or not."""
    return work.first(
        list_columns().where(TaskList.id == list_id).with_for_update(of=TaskList, key_share=True)
    )


def _reopen_parents(work: Work, home: Home) -> None:
    """An open task has open ancestors."""
    if home.parent_id is not None:
        reopen(work, [home.parent_id, *ancestors(work, home.parent_id)])


def _check_people(work: Work, home: Home, changes: TaskChanges) -> None:
    """Raise Invalid for people that no task of this home may name, even if none is added."""
    people = changes.given("assignees", "comment_followers", "change_followers", "granted")
    for field, ids in people.items():
        people_of_project(work, ids, home.project_id, field)


def _creator(work: Work, home: Any, changes: TaskChanges) -> int:
    """Who is credited with a new task: oneself, or by an administrator anybody of the project."""
    named = changes.creator_id
    if isinstance(named, Unset) or named == work.viewer.person_id:
        return work.viewer.person_id
    if not work.viewer.admin:
        raise Forbidden("Only an administrator may name another creator")
    people_of_project(work, [named], home.project_id, "creator_id")
    return named


def _new_values(work: Work, home: Home, creator: int, changes: TaskChanges) -> dict[str, Any]:
    values = _stored_values(work, changes, None)
    if values.get("status_id") is not None:
        status_of_project(work, values["status_id"], home.project_id)
    stamps = {"created_at": work.now, "changed_at": work.now, "creator_id": creator}
    return asdict(home) | stamps | values


def _stored_values(work: Work, changes: TaskChanges, before: Any) -> dict[str, Any]:
    """The columns of the task itself that a change sets."""
    values = changes.given("name", "priority", "progress", "work_hours", "status_id")
    if not isinstance(changes.description, Unset):
        values["description"] = changes.description
        values["description_html"] = text_to_html(changes.description)
    if before is not None and (before.is_done or changes.progress == before.progress == 100):
        values.pop("progress", None)  # it is 100, and stays so
    elif not isinstance(changes.progress, Unset) and changes.progress > 90:
        raise Invalid({"progress": "a number from 0 to 90; completing the task makes it 100"})
    days = changes.given("start_on", "due_on")
    return values | day_values(days, work.viewer.account_zone, before)


def text_to_html(text: str) -> str:
    """Plain text as HTML: escaped, line breaks kept (decision 4)."""
    return escape(text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "<br>\n")


def _stored(task_id: int, home: Home, creator: int) -> Stored:
    return Stored(
        id=task_id,
        list_id=home.list_id,
        project_id=home.project_id,
        parent_id=home.parent_id,
        creator_id=creator,
        private=False,
        lockdown_id=home.lockdown_id,
    )


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
    if command.allow_update or (not rewriting and not isinstance(command.completed, Unset)):
        return
    plain = set(command.changes.given()) - {"comment_followers", "change_followers"}
    if command.changes.only_these_files:
        plain.add("files")
    if plain or rewriting:
        raise Forbidden(COMPLETED_TASK)


def _change_completion(work: Work, command: EditTask, task: Any) -> tuple[int, ...]:
    """Complete the task, or rewrite its completion. Gives the ids of what was completed."""
    completed: tuple[int, ...] = ()
    if command.completed is True and not task.is_done:
        completed = complete(work, task.id)
    completer = None if isinstance(command.completer_id, Unset) else command.completer_id
    done_at = None if isinstance(command.done_at, Unset) else command.done_at
    if completer is not None:
        people_of_project(work, [completer], task.project_id, "completer_id")
    if done_at is not None and done_at > work.now:
        raise Invalid({"done_at": "this instant is still to come"})
    if completer is not None or done_at is not None:
        rewrite_completion(work, task.id, done_at, completer)
    return completed
