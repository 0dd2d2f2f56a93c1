"""What the viewer may do in a project, in the words of InLoox's flat views: 1 or 0, by his role.

Only rights that are told apart here: InLoox knows more of them (budgets, mind maps, requests, …).
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, case, select

from app.access import CHANGING_ROLES, Viewer, memberships, project_changeable
from app.models import Person
from app.queries.expressions import full_name

Made = Callable[[Viewer], ColumnElement[Any]]

PREFIX = "ProjectPermission_"
READ = (
    "ProjectRead ProjectBaseDataRead PlanningsRead DocumentsRead TimeEntriesRead "
    "TimeEntriesOwnedRead TasksRead CheckListsRead"
)
EDIT = (
    "PlanningsWrite DocumentsWrite TimeEntriesOwnedWrite TimeEntriesBackDatingWrite TasksWrite "
    "CheckListsWrite"
)
MANAGE = "ProjectWrite ProjectBaseDataWrite ContactsWrite TimeEntriesWrite"


def permission_columns(project_id: ColumnElement[Any]) -> dict[str, Made]:
    """The columns for the project with this id, which the viewer sees; NULL without a project."""

    def known(value: Any) -> ColumnElement[Any]:
        return case((project_id.is_not(None), value))

    def by_role(*roles: str) -> Made:
        return lambda viewer: known(
            case((project_changeable(viewer, project_id, *roles), 1), else_=0)
        )

    def of_viewer(value: Callable[[Any], ColumnElement[Any]]) -> Made:
        def made(viewer: Viewer) -> ColumnElement[Any]:
            person = Person.__table__.alias().c
            return known(select(value(person)).where(person.id == viewer.me).scalar_subquery())

        return made

    rights = {
        **dict.fromkeys(READ.split(), lambda _: known(1)),
        **dict.fromkeys(EDIT.split(), by_role(*CHANGING_ROLES)),
        **dict.fromkeys(MANAGE.split(), by_role("manager")),
    }
    return {
        f"{PREFIX}ContactDisplayName": of_viewer(full_name),
        f"{PREFIX}ContactTimeZoneInfo": of_viewer(lambda person: person.zone),
        f"{PREFIX}SecurityContactId": of_viewer(lambda person: person.uid),
        f"{PREFIX}IsProjectMember": lambda viewer: known(project_id.in_(memberships(viewer))),
        **{f"{PREFIX}Permission{name}": made for name, made in rights.items()},
    }
