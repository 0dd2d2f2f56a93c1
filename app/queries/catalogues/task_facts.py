"""What other tables know of a task, as expressions over the task table: GUIDs, names, counts.

Used by the catalogue of tasks and by the flat view over tasks (dynamic.py).
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Float, cast, func, literal, select

from app.models import (
    Assignment,
    CheckList,
    CheckListItem,
    File,
    Note,
    Person,
    Planning,
    Project,
    Risk,
    Status,
    Task,
    TaskFile,
    TaskList,
    TimeEntry,
)
from app.queries.expressions import full_name, larger
from app.queries.query import LinkTo, Reference
from app.queries.relationships import among, by_key, living, number_of, value_at

TASK = Task.__table__.c


def contact_id(task: Any) -> ColumnElement[int]:
    """The id of a task's contact, the assignee with the ordinal 0; NULL without one."""
    working = Assignment.__table__.alias().c
    chosen = select(working.person_id).where(working.task_id == task.id, is_contact(working))
    return chosen.order_by(working.id).limit(1).scalar_subquery()


def is_contact(working: Any) -> ColumnElement[bool]:
    """The assignment is the contact's."""
    return working.ordinal == 0  # type: ignore[no-any-return]


def of_contact(value: Callable[[Any], ColumnElement[Any]]) -> ColumnElement[Any]:
    """An expression over the task's contact; NULL without one."""
    working, person = Assignment.__table__.alias().c, Person.__table__.alias().c
    chosen = select(value(person)).where(
        working.task_id == TASK.id, is_contact(working), person.id == working.person_id
    )
    return chosen.order_by(working.id).limit(1).scalar_subquery()


def _contact_among(own: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    working = Assignment.__table__.alias().c
    chosen = select(working.task_id).where(
        is_contact(working), among(working.person_id, Person, values)
    )
    return own.id.in_(chosen)  # type: ignore[no-any-return]


CONTACT = Reference(_contact_among)
TO_CONTACT = LinkTo("Person", lambda task, person: person.id == contact_id(task))


def _check_items(*where: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[int]:
    lists, items = CheckList.__table__.alias().c, CheckListItem.__table__.alias().c
    chosen = select(func.count()).where(
        lists.task_id == TASK.id,
        living(lists),
        items.check_list_id == lists.id,
        living(items),
        *(each(items) for each in where),
    )
    return chosen.scalar_subquery()


def _documents() -> ColumnElement[int]:
    pairs, files = TaskFile.__table__.alias().c, File.__table__.alias().c
    chosen = select(func.count()).where(
        pairs.task_id == TASK.id, files.id == pairs.file_id, living(files)
    )
    return chosen.scalar_subquery()


def _is_contributor(working: Any) -> ColumnElement[bool]:
    return working.ordinal > 0  # type: ignore[no-any-return]


def _contributors_hours() -> ColumnElement[float]:
    working = Assignment.__table__.alias().c
    hours = func.coalesce(func.sum(working.work_hours), 0.0, type_=Float)
    chosen = select(hours).where(working.task_id == TASK.id, _is_contributor(working))
    return chosen.scalar_subquery()


def _minutes() -> ColumnElement[int]:
    spent = TimeEntry.__table__.alias().c
    chosen = select(func.coalesce(func.sum(spent.minutes), 0))
    return chosen.where(spent.task_id == TASK.id, living(spent)).scalar_subquery()


CHECK_ITEMS = _check_items()
CHECK_ITEMS_DONE = _check_items(lambda items: items.is_done.is_(True))
CHECK_ITEMS_OPEN = _check_items(lambda items: items.is_done.is_(False))
CONTRIBUTORS = number_of(Assignment, "task_id", TASK.id, _is_contributor)
CONTRIBUTORS_HOURS = _contributors_hours()
OWNER_HOURS: ColumnElement[float] = larger(TASK.work_hours - CONTRIBUTORS_HOURS, 0.0)
NOTES = number_of(Note, "task_id", TASK.id, living)
DOCUMENTS = _documents()
MINUTES = _minutes()
HAS_TIME = number_of(TimeEntry, "task_id", TASK.id, living) > 0


def hours(minutes: ColumnElement[Any]) -> ColumnElement[float]:
    """Minutes as hours."""
    found: ColumnElement[Any] = cast(minutes, Float) / literal(60.0, Float)
    return found


UIDS: dict[str, tuple[ColumnElement[Any], Reference]] = {
    "project_uid": (value_at(Project, TASK.project_id, "uid"), by_key("project_id", Project)),
    "list_uid": (value_at(TaskList, TASK.list_id, "uid"), by_key("list_id", TaskList)),
    "status_uid": (value_at(Status, TASK.status_id, "uid"), by_key("status_id", Status)),
    "contact_uid": (of_contact(lambda person: person.uid), CONTACT),
    "creator_uid": (value_at(Person, TASK.creator_id, "uid"), by_key("creator_id", Person)),
    "updater_uid": (value_at(Person, TASK.updater_id, "uid"), by_key("updater_id", Person)),
    "assigned_by_uid": (
        value_at(Person, TASK.assigned_by_id, "uid"),
        by_key("assigned_by_id", Person),
    ),
    "planning_uid": (
        value_at(Planning, TASK.planning_id, "uid", alive=True),
        by_key("planning_id", Planning, alive=True),
    ),
    "risk_uid": (
        value_at(Risk, TASK.risk_id, "uid", alive=True),
        by_key("risk_id", Risk, alive=True),
    ),
}
"""The GUIDs that a task holds: the column, and how to find tasks by it."""

CONTACT_NAME = of_contact(full_name)
CONTACT_IMAGE = of_contact(lambda person: person.image_uid)
RISK_NAME = value_at(Risk, TASK.risk_id, "name", alive=True)
