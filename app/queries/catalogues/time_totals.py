"""Sums of logged time and of estimates, over what the viewer sees, summed by the store."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Float, case, cast, func, literal, select

from app.access import Viewer
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.time import TIME_ENTRIES
from app.queries.connection import reading
from app.queries.query import Catalogue


class Spent(NamedTuple):
    """Minutes that were logged; `unbilled` are billable ones that were not billed."""

    total: int
    billable: int
    billed: int
    unbilled: int


class Estimated(NamedTuple):
    """Hours that open and completed tasks are estimated to take."""

    active: float
    completed: float


def spent(viewer: Viewer, criteria: Sequence[ColumnElement[bool]]) -> Spent:
    """The time of the entries that the viewer sees and that fulfil the criteria."""
    minutes, billable, billed = map(TIME_ENTRIES.column, ("minutes", "billable", "billed"))
    sums = (
        func.sum(minutes),
        func.sum(case((billable, minutes), else_=0)),
        func.sum(case((billed, minutes), else_=0)),
        func.sum(case((billable & ~billed, minutes), else_=0)),
    )
    return Spent(*(int(each or 0) for each in _summed(TIME_ENTRIES, viewer, sums, criteria)))


def estimated(viewer: Viewer, criteria: Sequence[ColumnElement[bool]]) -> Estimated:
    """The estimates of the tasks that the viewer sees and that fulfil the criteria."""
    hours, done = TASKS.column("work_hours"), TASKS.column("is_done")
    none = literal(0.0, Float)
    sums = (
        func.sum(cast(case((done, none), else_=hours), Float)),
        func.sum(cast(case((done, hours), else_=none), Float)),
    )
    return Estimated(*(float(each or 0) for each in _summed(TASKS, viewer, sums, criteria)))


def _summed(
    catalogue: Catalogue, viewer: Viewer, sums: Sequence[Any], criteria: Sequence[Any]
) -> Sequence[Any]:
    asked = select(*sums).select_from(catalogue.source)
    asked = asked.where(catalogue.visible(viewer.kind, False), *criteria)
    with reading() as connection:
        return connection.execute(asked, viewer.values).one()
