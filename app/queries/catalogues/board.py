"""The board: statuses (board columns) of projects."""

from app.access import visible_status
from app.models import Project, Status
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
