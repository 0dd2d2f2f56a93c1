"""What a project plans: the elements of its schedule, and its risks."""

from app.access import visible_planning, visible_risk
from app.models import Person, Planning, Project, Risk
from app.queries.query import Catalogue
from app.queries.relationships import by_key, columns_of, to_many, to_one, value_at

PLANNING, RISK = Planning.__table__.c, Risk.__table__.c

PLANNINGS = Catalogue(
    name="Planning",
    source=Planning.__table__,
    columns={
        **columns_of(
            Planning,
            "project_id parent_id name position custom_color progress start_at end_at "
            "is_milestone is_grouping is_collapsed description_html psp_code location creator_id",
        ),
        "project_uid": value_at(Project, PLANNING.project_id, "uid"),
        "parent_uid": value_at(Planning, PLANNING.parent_id, "uid", alive=True),
        "creator_uid": value_at(Person, PLANNING.creator_id, "uid"),
    },
    visible=lambda viewer, _: visible_planning(viewer),
    ties=("position", "id"),
    references={
        "project_uid": by_key("project_id", Project),
        "parent_uid": by_key("parent_id", Planning, alive=True),
        "creator_uid": by_key("creator_id", Person),
    },
    links={
        "project": to_one("Project", "project_id"),
        "parent": to_one("Planning", "parent_id"),
        "children": to_many("Planning", "parent_id"),
        "creator": to_one("Person", "creator_id"),
        "tasks": to_many("Task", "planning_id"),
    },
    searched=("name", "psp_code", "location"),
)

RISKS = Catalogue(
    name="Risk",
    source=Risk.__table__,
    columns={
        **columns_of(Risk, "project_id name description_html probability impact creator_id"),
        "project_uid": value_at(Project, RISK.project_id, "uid"),
        "creator_uid": value_at(Person, RISK.creator_id, "uid"),
    },
    visible=lambda viewer, _: visible_risk(viewer),
    references={
        "project_uid": by_key("project_id", Project),
        "creator_uid": by_key("creator_id", Person),
    },
    links={
        "project": to_one("Project", "project_id"),
        "creator": to_one("Person", "creator_id"),
        "tasks": to_many("Task", "risk_id"),
    },
    searched=("name",),
)
