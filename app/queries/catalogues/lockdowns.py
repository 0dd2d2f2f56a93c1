"""Access lists of private things, for whoever sees the thing itself."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, exists, or_, select, union
from sqlalchemy.orm import aliased

from app.access import Viewer, visible, visible_list
from app.models import Assignment, Grant, Lockdown, Task, TaskList
from app.queries.lookup import Among, Lookup, Statement, listed
from app.queries.query import Catalogue, Facet

LOCKDOWN = Lockdown.__table__.c


class Admitted(NamedTuple):
    """A person on an access list."""

    id: int


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    task, task_list = aliased(Task), aliased(TaskList)
    return or_(
        exists().where(task.id == Lockdown.task_id, visible(viewer, task)),
        exists().where(task_list.id == Lockdown.list_id, visible_list(viewer, task_list)),
    )


def _granted(among: Among, _: Viewer) -> Statement:
    granted = select(Grant.lockdown_id, Grant.person_id).where(among(Grant.lockdown_id))
    return granted.order_by(Grant.lockdown_id, Grant.person_id)


def _admitted(among: Among, _: Viewer) -> Statement:
    """Those granted, the maker, and who works on the private task."""
    working = select(Lockdown.id, Assignment.person_id).join(
        Assignment, Assignment.task_id == Lockdown.task_id
    )
    return union(
        select(Grant.lockdown_id, Grant.person_id).where(among(Grant.lockdown_id)),
        select(Lockdown.id, Lockdown.creator_id).where(among(Lockdown.id)),
        working.where(among(Lockdown.id)),
    )


_SHAPE = listed(Admitted)


def _sorted(rows: Iterable[Any], viewer: Viewer) -> Any:
    return _SHAPE(sorted(map(tuple, rows)), viewer)


LOCKDOWNS = Catalogue(
    name="Lockdown",
    source=Lockdown.__table__,
    columns={
        "id": LOCKDOWN.id,
        "item_id": case((LOCKDOWN.task_id.is_not(None), LOCKDOWN.task_id), else_=LOCKDOWN.list_id),
        "item_type": case((LOCKDOWN.task_id.is_not(None), "task"), else_="tasklist"),
    },
    visible=lambda viewer, _: _visible(viewer),
    facets={
        "granted": Facet("id", Lookup(_granted, _SHAPE)),
        "admitted": Facet("id", Lookup(_admitted, _sorted)),
    },
)
