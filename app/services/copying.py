"""Tasks made from other tasks, with what hangs on them: a few statements whatever their number.

Who may copy what to where is for the callers to decide.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, or_, select

from app.access import sees_project, visible_file
from app.models import (
    Assignment,
    CheckList,
    CheckListItem,
    Field,
    FieldValue,
    File,
    Follower,
    Grant,
    Lockdown,
    Person,
    Task,
    TaskFile,
    TaskTag,
)
from app.models.base import new_uid
from app.queries.sql import among
from app.services.board import bottoms
from app.services.commands import BOTTOM
from app.services.ordering import GAP, positions
from app.services.work import Work

OWN = (
    "name",
    "description",
    "description_html",
    "priority",
    "work_hours",
    "start_on",
    "due_on",
    "start_at",
    "due_at",
    "billable",
    "recurrence",
    "custom_color",
    "private",
)
OF_PROJECT = ("status_id", "planning_id", "risk_id")


@dataclass(frozen=True, slots=True)
class Copy:
    """A task to make: under an id that is reserved for it, with the fields of a source but for
    `values`, which hold its place, creator and lockdown, too.
    """

    id: int
    source: Row[Any]
    values: dict[str, Any]


def sources(work: Work, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """Whole rows of tasks, by id."""
    rows = work.all(select(Task.__table__).where(among(work.connection, Task.id, ids)))
    return {row.id: row for row in rows}


def insert_copies(work: Work, copies: Sequence[Copy]) -> None:
    """Add the tasks at the bottom of their lists and columns, which the caller holds."""
    rows = [
        {name: getattr(copy.source, name) for name in OWN}
        | dict.fromkeys(OF_PROJECT)
        | copy.values
        | {"id": copy.id, "uid": new_uid()}
        for copy in copies
    ]
    _place(work, rows)
    work.insert_many(Task, rows)


def _place(work: Work, rows: list[dict[str, Any]]) -> None:
    for list_id, count in Counter(row["list_id"] for row in rows).items():
        free = positions(work, list_id, BOTTOM, count)
        mine = (row for row in rows if row["list_id"] == list_id)
        for row, position in zip(mine, free, strict=True):
            row["position"] = position
    columns = {row["status_id"] for row in rows} - {None}
    below = bottoms(work, sorted(columns)) if columns else {}
    for row in rows:
        row["card_position"] = below.get(row["status_id"], 0)
        if row["status_id"] is not None:
            below[row["status_id"]] += GAP


def close_copies(work: Work, copies: Sequence[Copy], project_id: int | None) -> dict[int, int]:
    """Give each private copy an access list of its own, with the grantees of its source who can see
    the project. Gives the lists by the id of the copy.
    """
    made = {}
    for copy in copies:
        creator = copy.values["creator_id"]
        lockdown = work.insert(Lockdown, creator_id=creator, task_id=copy.id)
        granted = work.ids(
            select(Grant.person_id)
            .join(Person, Person.id == Grant.person_id)
            .where(Grant.lockdown_id == copy.source.lockdown_id, sees_project(project_id))
        )
        rows = ({"lockdown_id": lockdown, "person_id": person} for person in granted)
        work.insert_links(Grant, rows)
        made[copy.id] = lockdown
    return made


def copy_people(work: Work, made: dict[int, int], project_id: int | None) -> bool:
    """Contact and contributors with their hours, as far as they can see the project. Gives whether
    there were any. `made` maps, here and below, the ids of sources to those of their copies.
    """
    rows = work.all(
        select(Assignment.__table__)
        .join(Person, Person.id == Assignment.person_id)
        .where(among(work.connection, Assignment.task_id, list(made)), sees_project(project_id))
        .order_by(Assignment.task_id, Assignment.ordinal)
    )
    kept = ("person_id", "ordinal", "work_hours")
    work.insert_many(
        Assignment,
        (
            {name: getattr(row, name) for name in kept}
            | {"task_id": made[row.task_id], "is_done": False, "uid": new_uid()}
            for row in rows
        ),
    )
    return bool(rows)


def copy_followers(work: Work, made: dict[int, int]) -> None:
    """Who follows the source follows the copy."""
    mine = among(work.connection, Follower.task_id, list(made))
    rows = work.all(select(Follower.__table__).where(mine))
    work.insert_links(Follower, (row._asdict() | {"task_id": made[row.task_id]} for row in rows))


def copy_tags(work: Work, made: dict[int, int]) -> None:
    """The same tags."""
    mine = among(work.connection, TaskTag.task_id, list(made))
    rows = work.all(select(TaskTag.task_id, TaskTag.tag_id).where(mine))
    work.insert_links(
        TaskTag, ({"task_id": made[row.task_id], "tag_id": row.tag_id} for row in rows)
    )


def copy_files(work: Work, made: dict[int, int]) -> None:
    """The files that the viewer sees; they are carried twice then, not stored twice."""
    mine = among(work.connection, TaskFile.task_id, list(made))
    rows = work.all(select(TaskFile.task_id, TaskFile.file_id).where(mine))
    carried = among(work.connection, File.id, sorted({row.file_id for row in rows}))
    seen = set(work.ids(select(File.id).where(carried, visible_file(work.viewer))))
    work.insert_links(
        TaskFile,
        (
            {"task_id": made[row.task_id], "file_id": row.file_id}
            for row in rows
            if row.file_id in seen
        ),
    )


def copy_fields(work: Work, made: dict[int, int], project_id: int | None) -> None:
    """The values of custom fields that there are in the project."""
    there = or_(Field.project_id.is_(None), Field.project_id == project_id)
    rows = work.all(
        select(FieldValue.__table__)
        .join(Field, Field.id == FieldValue.field_id)
        .where(
            among(work.connection, FieldValue.object_id, list(made)),
            Field.table_name == "TaskItem",
            Field.deleted_at.is_(None),
            there,
        )
    )
    work.insert_links(
        FieldValue, (row._asdict() | {"object_id": made[row.object_id]} for row in rows)
    )


def copy_check_lists(work: Work, made: dict[int, int], project_id: int | None) -> None:
    """The check lists with their items, none of which is done."""
    mine = (among(work.connection, CheckList.task_id, list(made)), CheckList.deleted_at.is_(None))
    lists = work.all(select(CheckList.__table__).where(*mine).order_by(CheckList.id))
    if not lists:
        return
    ids = work.reserve(CheckList, len(lists))
    work.insert_many(
        CheckList,
        (
            {
                "id": new_id,
                "uid": new_uid(),
                "project_id": project_id,
                "task_id": made[row.task_id],
                "name": row.name,
                "position": row.position,
                "creator_id": work.viewer.person_id,
            }
            for row, new_id in zip(lists, ids, strict=True)
        ),
    )
    _copy_items(work, {row.id: new_id for row, new_id in zip(lists, ids, strict=True)})


def _copy_items(work: Work, made: dict[int, int]) -> None:
    items = work.all(
        select(CheckListItem.check_list_id, CheckListItem.name, CheckListItem.position)
        .where(
            among(work.connection, CheckListItem.check_list_id, list(made)),
            CheckListItem.deleted_at.is_(None),
        )
        .order_by(CheckListItem.id)
    )
    work.insert_many(
        CheckListItem,
        (
            row._asdict() | {"check_list_id": made[row.check_list_id], "uid": new_uid()}
            for row in items
        ),
    )
