"""What lists of projects and task lists tell on request: one statement for all rows."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, case, func, select

from app.access import Viewer, visible
from app.models import Membership, Person, Task
from app.queries.connection import reading
from app.queries.sql import among


class Counts(NamedTuple):
    """Tasks of a list that the viewer sees."""

    completed: int = 0
    overdue: int = 0


def counts_of(list_ids: Sequence[int], today: date, viewer: Viewer) -> dict[int, Counts]:
    """How many tasks of each list are completed, and how many open ones were due before today."""
    overdue = and_(Task.is_done.is_(False), Task.due_on < today)
    with reading() as connection:
        rows = connection.execute(
            select(
                Task.list_id,
                func.sum(case((Task.is_done, 1), else_=0)),
                func.sum(case((overdue, 1), else_=0)),
            )
            .where(among(connection, Task.list_id, list_ids), visible(viewer))
            .group_by(Task.list_id),
            viewer.values,
        ).all()
    return {list_id: Counts(int(done), int(late)) for list_id, done, late in rows}


def members_of_projects(project_ids: Sequence[int]) -> dict[int, list[int]]:
    """The members of projects that the viewer sees, by id."""
    found: dict[int, list[int]] = defaultdict(list)
    with reading() as connection:
        rows = connection.execute(
            select(Membership.project_id, Membership.person_id)
            .join(Person, Person.id == Membership.person_id)
            .where(
                among(connection, Membership.project_id, project_ids), Person.deleted_at.is_(None)
            )
            .order_by(Membership.project_id, Membership.person_id)
        )
        for project_id, person_id in rows:
            found[project_id].append(person_id)
    return found


def role_of(project_id: int, person_id: int) -> str:
    """The role of a member of a project; "" for others."""
    mine = (Membership.project_id == project_id, Membership.person_id == person_id)
    with reading() as connection:
        return connection.execute(select(Membership.role).where(*mine)).scalar() or ""
