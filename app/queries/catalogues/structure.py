"""Projects, task lists, companies and people, as far as others need to find them."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from app.access import (
    Viewer,
    project_changeable,
    visible,
    visible_company,
    visible_list,
    visible_person,
    visible_project,
)
from app.models import Company, Follower, Membership, Person, Project, Task, TaskList
from app.queries import facets
from app.queries.query import Catalogue, Facet


def _open_tasks(viewer: Viewer) -> ColumnElement[Any]:
    """How many open tasks of the list the viewer sees."""
    counting = select(func.count()).where(
        Task.list_id == TaskList.id, Task.is_done.is_(False), visible(viewer)
    )
    return counting.correlate(TaskList).scalar_subquery()


def _names(model: Any, names: str) -> dict[str, Any]:
    return {name: getattr(model, name) for name in names.split()}


PROJECTS = Catalogue(
    name="Project",
    source=Project.__table__,
    columns={
        **_names(
            Project,
            "id uid name name_key description company_id creator_id start_on end_on "
            "harvest_enabled archived_at created_at changed_at",
        ),
        "is_manager": lambda viewer: project_changeable(viewer, Project.id, "manager"),
    },
    visible=lambda viewer, _: visible_project(viewer),
    facets={"company": Facet("company_id", facets.COMPANIES)},
)

LISTS = Catalogue(
    name="Task list",
    source=TaskList.__table__,
    columns={
        **_names(
            TaskList,
            "id uid project_id creator_id name description position pinned lockdown_id "
            "created_at changed_at",
        ),
        "open_tasks": _open_tasks,
    },
    visible=lambda viewer, _: visible_list(viewer),
    facets={"project": Facet("project_id", facets.PROJECTS)},
    ties=("position", "id"),
)

COMPANIES = Catalogue(
    name="Company",
    source=Company.__table__,
    columns=_names(Company, "id uid name name_key is_owner website phone created_at changed_at"),
    visible=lambda viewer, _: visible_company(viewer, Company),
)

PEOPLE = Catalogue(
    name="Person",
    source=Person.__table__,
    columns={
        **_names(
            Person,
            "id uid company_id first_name last_name email user_name title avatar_url zone is_admin "
            "can_add_projects created_at changed_at",
        ),
    },
    visible=lambda viewer, _: visible_person(viewer),
    facets={"company": Facet("company_id", facets.COMPANIES)},
)


def members_of(project_id: int) -> ColumnElement[bool]:
    """People who belong to the project."""
    return exists().where(Membership.person_id == Person.id, Membership.project_id == project_id)


def followers_of(task_id: int) -> ColumnElement[bool]:
    """People who follow the task in any way."""
    return exists().where(Follower.person_id == Person.id, Follower.task_id == task_id)


def projects_named(term: str) -> ColumnElement[bool]:
    """Projects whose name contains the text, in any case."""
    return Project.name_key.contains(term.casefold(), autoescape=True)


def archived(wanted: bool) -> ColumnElement[bool]:
    """Projects that are, or are not, archived."""
    return Project.archived_at.is_not(None) if wanted else Project.archived_at.is_(None)
