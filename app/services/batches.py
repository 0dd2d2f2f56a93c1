"""Many tasks in one act, all or none: the number of statements depends on how many lists, projects
and the like the tasks name, not on how many tasks there are.

What an item is refused for is raised as ItemError with the item's index.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from sqlalchemy import select

from app.access import editable, visible
from app.errors import DomainError, Forbidden, ItemError, NotFound
from app.models import Assignment, Task
from app.models.base import new_uid
from app.queries.sql import among_bound
from app.services.batch_checks import Crew, check_items, people_of
from app.services.board import bottoms
from app.services.commands import (
    BOTTOM,
    UNSET,
    AddTask,
    AddTaskBatch,
    DeleteTasks,
    TaskChanges,
    Unset,
)
from app.services.equipment import equip
from app.services.homes import Home, home_of, stored, target_list
from app.services.ordering import GAP, positions
from app.services.references import lock_lists
from app.services.statements import Look
from app.services.task_values import column_values
from app.services.tasks import creator_of, reopen_parents
from app.services.trees import branches
from app.services.work import Restart, Work

# What a task is given one by one, behind the insertion of all.
APART = (
    "predecessors",
    "tags",
    "tag_ids",
    "private",
    "granted",
    "files",
    "pending_files",
    "comment_followers",
    "change_followers",
    "place",
    "notify",
    "default_followers",
    "only_these_files",
)
apart = attrgetter(*APART)
NOTHING_APART = apart(TaskChanges())
DEFAULTS = {
    column.name: column.default.arg if column.default and column.default.is_scalar else None
    for column in Task.__table__.columns
} | {"name": ""}


def add_task_batch(command: AddTaskBatch, work: Work) -> tuple[int, ...]:
    """Add tasks; gives their ids in the order of the items. Raises ItemError."""
    items = command.items
    if not items:
        return ()
    homes = _homes(work, items)
    crews = [people_of(item.changes) for item in items]
    values = _values(work, items, crews, homes)
    check_items(work, [item.changes for item in items], values, crews, homes)
    ids = work.reserve(Task, len(items))
    for home in {home.parent_id: home for home in homes}.values():
        reopen_parents(work, home)
    work.insert_many(Task, _rows(work, values, homes, ids))
    _assign(work, crews, ids)
    for index, item in enumerate(items):
        if apart(item.changes) != NOTHING_APART:
            task = stored(ids[index], homes[index], values[index]["creator_id"])
            _equip(work, index, item.changes, task)
    return tuple(ids)


def _homes(work: Work, items: Sequence[AddTask]) -> list[Home]:
    """Where each task goes; every home is looked up once, and all lists are held."""
    keys = [_home_key(item) for item in items]
    first: dict[Any, int] = {}
    for index, key in enumerate(keys):
        first.setdefault(key, index)
    if work.on_postgresql and len(first) > 1:
        _hold_lists(work, items, first.values())
    found = {}
    for key, index in first.items():
        try:
            found[key] = home_of(work, items[index])
        except DomainError as error:
            raise ItemError(index, error) from error
    return [found[key] for key in keys]


def _home_key(item: AddTask) -> tuple[Any, ...]:
    changes = item.changes
    named = (changes.list_id, changes.parent_id, changes.project_id)
    return (item.list_id, item.parent_id, *named)


def _hold_lists(work: Work, items: Sequence[AddTask], chosen: Iterable[int]) -> None:
    """Lock all lists in their order, before home_of locks them one by one."""
    lists: set[int] = set()
    parents: set[int] = set()
    for index in chosen:
        item = items[index]
        changes = item.changes
        parent = item.parent_id or (None if item.list_id else changes.parent_id)
        named = item.list_id or changes.list_id
        if isinstance(parent, int):
            parents.add(parent)
        elif isinstance(named, int):
            lists.add(named)
        else:
            project = None if isinstance(changes.project_id, Unset) else changes.project_id
            try:
                lists.add(target_list(work, project))
            except DomainError as error:
                raise ItemError(index, error) from error
    if parents:
        lists.update(work.ids(_LISTS_OF, ids=sorted(parents)))
    lock_lists(work, lists)


def _values(
    work: Work, items: Sequence[AddTask], crews: Sequence[Crew], homes: Sequence[Home]
) -> list[dict[str, Any]]:
    """The columns that the items set, with the creator."""
    creators: dict[Any, int] = {}
    made = []
    for index, (item, crew, home) in enumerate(zip(items, crews, homes, strict=True)):
        changes = item.changes
        key = (home.project_id, changes.creator_id)
        try:
            if key not in creators:
                creators[key] = creator_of(work, home.project_id, changes)
            values = column_values(work, changes, None)
        except DomainError as error:
            raise ItemError(index, error) from error
        values["creator_id"] = creators[key]
        values["uid"] = new_uid() if isinstance(changes.uid, Unset) else changes.uid
        if crew:
            values["assigned_by_id"] = work.viewer.person_id
        made.append(values)
    return made


def _rows(
    work: Work, values: Sequence[dict[str, Any]], homes: Sequence[Home], ids: Sequence[int]
) -> list[dict[str, Any]]:
    """The rows to insert: all have the same columns in the same order."""
    columns = {name for each in values for name in each} | {"name"}
    empty = {name: DEFAULTS[name] for name in sorted(columns)}  # one order for one statement
    known = {id(home): home for home in homes}  # quicker than by value
    by_home = {key: empty | home.columns for key, home in known.items()}
    free = _positions(work, homes)
    rows = [
        by_home[id(home)] | each | {"id": task_id, "position": next(free[home.list_id])}
        for each, home, task_id in zip(values, homes, ids, strict=True)
    ]
    if "status_id" in columns:
        _place_cards(work, rows)
    return rows


def _place_cards(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    statuses = {row["status_id"] for row in rows if row["status_id"] is not None}
    below = bottoms(work, sorted(statuses)) if statuses else {}
    for row in rows:
        status = row["status_id"]
        row["card_position"] = 0 if status is None else below[status]
        if status is not None:
            below[status] += GAP


def _positions(work: Work, homes: Sequence[Home]) -> dict[int, Iterator[int]]:
    counts = Counter(home.list_id for home in homes)
    return {
        list_id: iter(positions(work, list_id, BOTTOM, count)) for list_id, count in counts.items()
    }


def _assign(work: Work, crews: Sequence[Crew], ids: Sequence[int]) -> None:
    work.insert_many(
        Assignment,
        (
            {"task_id": task_id, "person_id": person, "ordinal": ordinal, "uid": new_uid()}
            for crew, task_id in zip(crews, ids, strict=True)
            for person, ordinal in crew
        ),
    )


def _equip(work: Work, index: int, changes: TaskChanges, task: Any) -> None:
    """What one task is given apart from the others."""
    try:
        equip(work, task, replace(changes, assignees=UNSET, contact_id=UNSET), fresh=True)
        if not isinstance(changes.place, Unset):
            (position,) = positions(work, task.list_id, changes.place)
            work.put(Task, task.id, position=position)
    except DomainError as error:
        raise ItemError(index, error) from error


def delete_tasks(command: DeleteTasks, work: Work) -> tuple[int, ...]:
    """Hide tasks and their subtasks, as far as the viewer sees these. Gives the ids of all that
    was hidden. Raises ItemError.
    """
    ids = sorted(set(command.task_ids))
    lists = work.ids(_LISTS_OF, ids=ids)
    lock_lists(work, lists)
    found = {row.id: row for row in work.all(_TO_DELETE, ids=ids)}
    for index, task_id in enumerate(command.task_ids):
        if task_id not in found:
            raise ItemError(index, NotFound("Task not found"))
        if not found[task_id].allowed:
            raise ItemError(index, Forbidden("You may not change this task"))
    if not {row.list_id for row in found.values()} <= set(lists):
        raise Restart
    ids = [branch.id for branch in branches(work, ids)]
    work.touch(ids, deleted_at=work.now, deleted_by_id=work.viewer.person_id)
    return tuple(ids)


_LISTS_OF = Look(
    lambda engine, _: select(Task.list_id).where(among_bound(engine)(Task.id)).distinct()
)
_TO_DELETE = Look(
    lambda engine, kind: (
        select(Task.id, Task.list_id, editable(kind).label("allowed"))
        .where(among_bound(engine)(Task.id), visible(kind))
        .order_by(Task.id)
        .with_for_update(of=Task, key_share=True)
    )
)
