"""The board: statuses (board columns) of projects, and the tasks that stand in them as cards."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists

from app.access import Viewer, visible, visible_status
from app.models import Project, Status, Task
from app.queries.catalogues.tasks import TASKS
from app.queries.query import Catalogue
from app.queries.relationships import by_key, columns_of, to_many, to_one, value_at

STATUS = Status.__table__.c

STATUSES = Catalogue(
    name="Status",
    source=Status.__table__,
    columns={
        **columns_of(Status, "project_id name color position"),
        "project_uid": value_at(Project, STATUS.project_id, "uid"),
    },
    visible=lambda viewer, _: visible_status(viewer),
    ties=("position", "id"),
    references={"project_uid": by_key("project_id", Project)},
    links={
        "project": to_one("Project", "project_id"),
        "tasks": to_many("Task", "status_id"),
    },
    searched=("name",),
)


def _on_board(viewer: Viewer, _with_deleted: bool) -> ColumnElement[bool]:
    column: Any = Status.__table__.alias().c
    shown = exists().where(column.id == Task.status_id, visible_status(viewer, column))
    return and_(Task.status_id.is_not(None), visible(viewer), shown)


# A task in a column is a card there; the two have one id.
CARDS = Catalogue(
    name="Card",
    source=Task.__table__,
    columns=TASKS.columns,
    visible=_on_board,
    facets=TASKS.facets,
    ties=("card_position", "id"),
)
