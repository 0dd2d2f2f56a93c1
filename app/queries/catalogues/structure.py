"""Projects, task lists, companies and people, as far as others need to find them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from app.access import (
    CHANGING_ROLES,
    Viewer,
    memberships,
    project_changeable,
    sees_project,
    visible,
    visible_company,
    visible_list,
    visible_person,
    visible_project,
)
from app.models import (
    ApiKey,
    Assignment,
    Company,
    Follower,
    Membership,
    Person,
    Project,
    Star,
    Task,
    TaskList,
)
from app.queries import facets
from app.queries.catalogues import categories
from app.queries.catalogues.permissions import permission_columns
from app.queries.catalogues.tags import tags_lookup
from app.queries.catalogues.task_facts import is_contact
from app.queries.expressions import first_instant, full_name, last_instant
from app.queries.query import Catalogue, Facet
from app.queries.relationships import by_key, paired, to_many, to_one, value_at


def _open_tasks(viewer: Viewer) -> ColumnElement[Any]:
    """How many open tasks of the list the viewer sees."""
    counting = select(func.count()).where(
        Task.list_id == TaskList.id, Task.is_done.is_(False), visible(viewer)
    )
    return counting.correlate(TaskList).scalar_subquery()


def _is_complete(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer sees tasks in the list, and all of them are completed."""
    mine = select(Task.id).where(Task.list_id == TaskList.id, visible(viewer)).correlate(TaskList)
    return and_(mine.exists(), ~mine.where(Task.is_done.is_(False)).exists())


def holding_task(viewer: Viewer, *criteria: ColumnElement[bool]) -> ColumnElement[bool]:
    """The viewer sees a task in the list that fulfils the criteria."""
    mine = select(Task.id).where(Task.list_id == TaskList.id, visible(viewer), *criteria)
    return mine.correlate(TaskList).exists()


def _is_site_owner() -> ColumnElement[bool]:
    """The person is the first administrator."""
    admin = Person.__table__.alias().c
    first = select(func.min(admin.id)).where(admin.is_admin, admin.deleted_at.is_(None))
    owner: ColumnElement[bool] = _PERSON.id == first.scalar_subquery()
    return owner


def _names(model: Any, names: str) -> dict[str, Any]:
    return {name: getattr(model, name) for name in names.split()}


def number_and_name(project: Any) -> ColumnElement[str]:
    """The project's name behind its number, if it has one."""
    return case((project.number == "", project.name), else_=project.number + " " + project.name)


def _changeable(*roles: str) -> Any:
    return lambda viewer: project_changeable(viewer, Project.id, *roles)


_PROJECT, _LIST, _PERSON = (model.__table__.c for model in (Project, TaskList, Person))


def _has_key() -> ColumnElement[bool]:
    """The person can use the service: he has a key that was not revoked."""
    key = ApiKey.__table__.alias().c
    return exists().where(key.person_id == _PERSON.id, key.revoked_at.is_(None))


def starred_by(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer has marked the project with a star."""
    return exists().where(Star.project_id == _PROJECT.id, Star.person_id == viewer.me)


PROJECTS = Catalogue(
    name="Project",
    source=Project.__table__,
    columns={
        **_names(
            Project,
            "id uid name name_key number description description_html company_id category_id "
            "creator_id start_on end_on harvest_enabled archived_at created_at changed_at version",
        ),
        "is_manager": _changeable("manager"),
        "is_editor": _changeable(*CHANGING_ROLES),
        "is_member": lambda viewer: _PROJECT.id.in_(memberships(viewer)),
        "is_starred": starred_by,
        "is_archived": _PROJECT.archived_at.is_not(None),
        "is_deleted": _PROJECT.deleted_at.is_not(None),
        "number_and_name": number_and_name(_PROJECT),
        "start_at": first_instant(_PROJECT.start_on),
        "end_at": last_instant(_PROJECT.end_on),
        "company_uid": value_at(Company, _PROJECT.company_id, "uid"),
        "company_name": value_at(Company, _PROJECT.company_id, "name"),
        "creator_uid": value_at(Person, _PROJECT.creator_id, "uid"),
        "creator_name": value_at(Person, _PROJECT.creator_id, full_name),
        "creator_image_uid": value_at(Person, _PROJECT.creator_id, "image_uid"),
        **permission_columns(_PROJECT.id),
    },
    visible=lambda viewer, _: visible_project(viewer),
    facets={
        "company": Facet("company_id", facets.COMPANIES),
        "category": Facet("category_id", categories.CATEGORIES),
        "tags": Facet("id", categories.TAGS),
    },
    references={
        "company_uid": by_key("company_id", Company),
        "creator_uid": by_key("creator_id", Person),
    },
    links={
        "creator": to_one("Person", "creator_id"),
        "company": to_one("Company", "company_id"),
        "members": paired("Person", Membership, "project_id", "person_id"),
        "tasks": to_many("Task", "project_id"),
        "lists": to_many("Task list", "project_id"),
        "statuses": to_many("Status", "project_id"),
        "plannings": to_many("Planning", "project_id"),
        "risks": to_many("Risk", "project_id"),
        "documents": to_many("Document", "project_id"),
        "time_entries": to_many("Time entry", "project_id"),
        "check_lists": to_many("Check list", "project_id"),
        "fields": to_many("Field", "project_id"),
    },
    searched=("name", "number", "description"),
)

LISTS = Catalogue(
    name="Task list",
    source=TaskList.__table__,
    columns={
        **_names(
            TaskList,
            "id uid project_id creator_id name description position pinned lockdown_id "
            "created_at changed_at version",
        ),
        "open_tasks": _open_tasks,
        "is_complete": _is_complete,
        "project_uid": value_at(Project, _LIST.project_id, "uid"),
        "creator_uid": value_at(Person, _LIST.creator_id, "uid"),
    },
    visible=lambda viewer, _: visible_list(viewer),
    facets={
        "project": Facet("project_id", facets.PROJECTS),
        "tags": Facet("id", tags_lookup("list")),
    },
    ties=("position", "id"),
    references={
        "project_uid": by_key("project_id", Project),
        "creator_uid": by_key("creator_id", Person),
    },
    links={
        "project": to_one("Project", "project_id"),
        "creator": to_one("Person", "creator_id"),
        "tasks": to_many("Task", "list_id"),
        "time_entries": to_many("Time entry", "list_id"),
    },
    searched=("name", "description"),
)

COMPANIES = Catalogue(
    name="Company",
    source=Company.__table__,
    columns=_names(
        Company, "id uid name name_key is_owner website phone created_at changed_at version"
    ),
    visible=lambda viewer, _: visible_company(viewer, Company),
    links={
        "projects": to_many("Project", "company_id"),
        "people": to_many("Person", "company_id"),
    },
    searched=("name",),
)

PEOPLE = Catalogue(
    name="Person",
    source=Person.__table__,
    columns={
        **_names(
            Person,
            "id uid company_id first_name last_name email user_name title avatar_url image_uid "
            "zone is_admin can_add_projects created_at changed_at version",
        ),
        "display_name": full_name(_PERSON),
        "company_uid": value_at(Company, _PERSON.company_id, "uid"),
        "company_name": value_at(Company, _PERSON.company_id, "name"),
        "is_deleted": _PERSON.deleted_at.is_not(None),
        "has_key": _has_key(),
        "is_site_owner": _is_site_owner(),
    },
    visible=lambda viewer, _: visible_person(viewer),
    facets={
        "company": Facet("company_id", facets.COMPANIES),
        "tags": Facet("id", tags_lookup("person")),
    },
    references={"company_uid": by_key("company_id", Company)},
    links={
        "company": to_one("Company", "company_id"),
        "projects": paired("Project", Membership, "person_id", "project_id"),
        "created_projects": to_many("Project", "creator_id"),
        "tasks": paired("Task", Assignment, "person_id", "task_id", is_contact),
        "created_tasks": to_many("Task", "creator_id"),
        "given_tasks": to_many("Task", "assigned_by_id"),
        "followed_tasks": paired("Task", Follower, "person_id", "task_id"),
        "contributions": to_many("Contributor", "person_id"),
        "notes": to_many("Note", "author_id"),
        "documents": to_many("Document", "creator_id"),
        "time_entries": to_many("Time entry", "person_id"),
        "stopwatches": to_many("Stopwatch", "person_id"),
    },
    searched=("display_name", "email"),
)


def members_of(project_id: int) -> ColumnElement[bool]:
    """People who belong to the project."""
    return exists().where(Membership.person_id == Person.id, Membership.project_id == project_id)


def companies_in(project_id: int) -> ColumnElement[bool]:
    """The company that the project is for, and those of its members."""
    of_project = select(Project.company_id).where(Project.id == project_id)
    of_members = select(Person.company_id).where(
        members_of(project_id), Person.deleted_at.is_(None)
    )
    return or_(Company.id.in_(of_project), Company.id.in_(of_members))


def followers_of(task_id: int) -> ColumnElement[bool]:
    """People who follow the task in any way."""
    return exists().where(Follower.person_id == Person.id, Follower.task_id == task_id)


def projects_named(term: str) -> ColumnElement[bool]:
    """Projects whose name contains the text, in any case."""
    return Project.name_key.contains(term.casefold(), autoescape=True)


def archived(wanted: bool) -> ColumnElement[bool]:
    """Projects that are, or are not, archived."""
    return Project.archived_at.is_not(None) if wanted else Project.archived_at.is_(None)


def late(today: date) -> ColumnElement[bool]:
    """Active projects that should have ended before today."""
    return and_(archived(False), Project.end_on.is_not(None), Project.end_on < today)


def current(today: date) -> ColumnElement[bool]:
    """Active projects that are not late."""
    return and_(archived(False), or_(Project.end_on.is_(None), Project.end_on >= today))


def projects_changed_after(instant: datetime) -> ColumnElement[bool]:
    """Projects that were changed after an instant."""
    return Project.changed_at > instant


def people_with_address(email: str) -> ColumnElement[bool]:
    """The person with an e-mail address, in any case."""
    return Person.email_key == email.strip().casefold()


def people_named(term: str) -> ColumnElement[bool]:
    """People whose name or address contains the text."""
    name = func.lower(Person.first_name + " " + Person.last_name)
    return or_(
        name.contains(term.lower(), autoescape=True),
        Person.email_key.contains(term.casefold(), autoescape=True),
    )


def assignable_in(project_id: int | None) -> ColumnElement[bool]:
    """People who can see the project, so that its tasks can be theirs; without one, all."""
    return sees_project(project_id)
