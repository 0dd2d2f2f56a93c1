"""Contributors: the assignments of a task other than its contact's."""

from app.access import visible_contributor
from app.models import Assignment, Person, Task
from app.queries.expressions import full_name
from app.queries.query import Catalogue
from app.queries.relationships import by_key, columns_of, to_one, value_at

ASSIGNMENT = Assignment.__table__.c

CONTRIBUTORS = Catalogue(
    name="Contributor",
    source=Assignment.__table__,
    columns={
        **columns_of(Assignment, "task_id person_id ordinal work_hours is_done"),
        "task_uid": value_at(Task, ASSIGNMENT.task_id, "uid"),
        "person_uid": value_at(Person, ASSIGNMENT.person_id, "uid"),
        "person_name": value_at(Person, ASSIGNMENT.person_id, full_name),
    },
    visible=lambda viewer, _: visible_contributor(viewer),
    ties=("ordinal", "id"),
    references={
        "task_uid": by_key("task_id", Task),
        "person_uid": by_key("person_id", Person),
    },
    links={
        "task": to_one("Task", "task_id"),
        "person": to_one("Person", "person_id"),
    },
)
