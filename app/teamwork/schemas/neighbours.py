"""Projects, task lists, companies, people, the account: as much as a client of tasks needs (facts
2.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import available_timezones

from app.errors import Invalid
from app.http.payload import TEXT, JsonType, Plan, object_of
from app.queries.catalogues.structure import COMPANIES, LISTS, PEOPLE, PROJECTS
from app.queries.query import Catalogue
from app.queries.values import CompanyName
from app.services.commands import (
    AddCompany,
    AddPerson,
    AddProject,
    AddTaskList,
    ChangeProjectPeople,
    EditProject,
    EditTaskList,
)
from app.teamwork.options import Option, number
from app.teamwork.schemas.fields import (
    BOOLEAN,
    DIGITS,
    FLAG01,
    Constant,
    Flag,
    Flag01,
    IdText,
    IsSet,
    Plain,
    PlainNumber,
    ProjectStatus,
    ShapedField,
    Stamp,
    TeamworkSchema,
    Ymd,
)
from app.teamwork.schemas.inputs import (
    REFUSED,
    Bool,
    Day,
    Id,
    Ids,
    RequestSchema,
    Text,
    Word,
    envelope,
)

PAGING: tuple[Option, ...] = (
    number("page", 1, "the page to answer, the first is 1"),
    number("pageSize", 500, "rows a page; more than 500 are served as 500"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A neighbour that can be listed: where it is read, and how it is shown in either shape."""

    catalogue: Catalogue
    schema: type[TeamworkSchema]
    documented: Plan
    as_live: Plan

    def plan(self, live: bool) -> Plan:
        """The plan of a shape."""
        return self.as_live if live else self.documented


def _listed(catalogue: Catalogue, schema: type[TeamworkSchema]) -> Listed:
    keys = {name: facet.key for name, facet in catalogue.facets.items()}
    plans = (Plan(schema(live=live), keys) for live in (False, True))
    return Listed(catalogue, schema, *plans)


class ProjectCompany(ShapedField):
    """The company that a project is for."""

    json_type = object_of(id=DIGITS, name=TEXT, **{"is-owner": FLAG01})

    def render(self, value: CompanyName) -> dict[str, str]:
        owner = "1" if value.is_owner else "0"
        return {"id": str(value.id), "name": value.name, "is-owner": owner}


class Project(TeamworkSchema):
    """A project."""

    facet_names = frozenset(PROJECTS.facets)

    id = IdText("id", "id")
    name = Plain("name", "name")
    description = Plain("description", "description")
    status = ProjectStatus("status", "archived_at")
    company = ProjectCompany("company", "company")
    created_on = Stamp("created-on", "created_at")
    last_changed_on = Stamp("last-changed-on", "changed_at")
    start_date = Ymd("startDate", "start_on")
    end_date = Ymd("endDate", "end_on")
    is_admin = Flag("isProjectAdmin", "is_manager")
    harvest = Flag("harvest-timers-enabled", "harvest_enabled")


class TaskList(TeamworkSchema):
    """A task list."""

    id = IdText("id", "id")
    name = Plain("name", "name")
    description = Plain("description", "description")
    position = PlainNumber("position", "position")
    project_id = IdText("projectId", "project_id")
    project_name = Plain("projectName", "project.name", absent="")
    private = IsSet("private", "lockdown_id")
    lockdown_id = IdText("lockdownId", "lockdown_id")
    pinned = Flag("pinned", "pinned")
    uncompleted = PlainNumber("uncompleted-count", "open_tasks")
    created_on = Stamp("createdAt", "created_at")
    updated_on = Stamp("lastUpdated", "changed_at")


class Company(TeamworkSchema):
    """A company."""

    id = IdText("id", "id")
    name = Plain("name", "name")
    is_owner = Flag01("isowner", "is_owner")
    website = Plain("website", "website")
    phone = Plain("phone", "phone")
    created_on = Stamp("created_on", "created_at")
    last_changed_on = Stamp("last-changed-on", "changed_at")


class Person(TeamworkSchema):
    """A person."""

    added_members: ClassVar[Mapping[str, JsonType]] = {
        "permissions": object_of(**{"can-add-projects": BOOLEAN, "can-manage-people": BOOLEAN})
    }

    id = IdText("id", "id")
    first_name = Plain("first-name", "first_name")
    last_name = Plain("last-name", "last_name")
    user_name = Plain("user-name", "user_name")
    email = Plain("email-address", "email")
    title = Plain("title", "title")
    company_id = IdText("company-id", "company_id")
    company_name = Plain("company-name", "company.name", absent="")
    avatar = Plain("avatar-url", "avatar_url")
    administrator = Flag("administrator", "is_admin")
    in_owner_company = Flag("in-owner-company", "company.is_owner")
    can_add_projects = Flag("can-add-projects", "can_add_projects")
    user_type = Constant("user-type", "account")
    created_at = Stamp("created-at", "created_at")
    last_changed_on = Stamp("last-changed-on", "changed_at")
    uid = Plain("userUUID", "uid")


class Follower(TeamworkSchema):
    """A follower with user information; what he follows is added by the view."""

    added_members: ClassVar[Mapping[str, JsonType]] = {
        "followingChanges": BOOLEAN,
        "followingComments": BOOLEAN,
    }

    id = IdText("id", "id")
    first_name = Plain("firstName", "first_name")
    last_name = Plain("lastName", "last_name")
    avatar = Plain("avatarUrl", "avatar_url")
    company_id = IdText("companyId", "company_id")
    company_name = Plain("companyName", "company.name", absent="")


PROJECT = _listed(PROJECTS, Project)
TASK_LISTS = _listed(LISTS, TaskList)
COMPANY = _listed(COMPANIES, Company)
PERSON = _listed(PEOPLE, Person)
FOLLOWERS = _listed(PEOPLE, Follower)


class ProjectBody(RequestSchema):
    """A project to change."""

    name = Text(200, cleared=REFUSED)
    description = Text(65_536)
    company_id = Id(data_key="companyId", aliases=("company-id",))
    start_on = Day(data_key="startDate", cleared=None, aliases=("start-date",))
    end_on = Day(data_key="endDate", cleared=None, aliases=("end-date",))
    harvest_enabled = Bool(data_key="harvest-timers-enabled", cleared=False)
    archived = Word({"active": False, "inactive": True, "archived": True}, data_key="status")


class NewProjectBody(ProjectBody):
    """A project to add."""

    name = Text(200, cleared=REFUSED, required=True)


class ProjectPeopleBody(RequestSchema):
    """Members to add or remove."""

    people = Ids(data_key="userIdList")
    role = Word({"viewer": "viewer", "editor": "editor", "manager": "manager"})


class TaskListBody(RequestSchema):
    """A task list to change."""

    name = Text(200, cleared=REFUSED)
    description = Text(65_536)
    private = Bool(cleared=False)
    pinned = Bool(cleared=False)
    granted = Ids(data_key="grant-access-to")
    comment_followers = Ids(data_key="commentFollowerIds")
    change_followers = Ids(data_key="changeFollowerIds")


class NewTaskListBody(TaskListBody):
    """A task list to add."""

    name = Text(200, cleared=REFUSED, required=True)


class CompanyBody(RequestSchema):
    """A company to add."""

    name = Text(200, cleared=REFUSED, required=True)
    website = Text(500)
    phone = Text(100)


class Zone(Text):
    """A zone of the IANA database."""

    json_type: Mapping[str, Any] = {"type": "string", "examples": ["Europe/Berlin"]}

    def parse(self, value: Any) -> str:
        name = super().parse(value)
        if name not in available_timezones():
            raise ValueError
        return name


class Email(Text):
    """An e-mail address."""

    json_type: Mapping[str, Any] = {"type": "string", "examples": ["pat@example.com"]}

    def parse(self, value: Any) -> str:
        address = super().parse(value).strip()
        name, at, host = address.rpartition("@")
        if not (name and at and host) or any(sign.isspace() for sign in address):
            raise ValueError
        return address


class PersonBody(RequestSchema):
    """A person to add."""

    first_name = Text(100, cleared=REFUSED, required=True, data_key="first-name")
    last_name = Text(100, required=True, data_key="last-name")
    email = Email(320, cleared=REFUSED, required=True, data_key="email-address")
    company_id = Id(data_key="company-id", aliases=("companyId",))
    user_name = Text(320, data_key="user-name")
    title = Text(200)
    avatar_url = Text(1000, data_key="avatar-url")
    zone = Zone(64, data_key="timezone", cleared=None)
    is_admin = Bool(data_key="administrator", cleared=False)
    can_add_projects = Bool(data_key="can-add-projects", cleared=False)


def add_project(body: Mapping[str, Any]) -> AddProject:
    """POST /projects.json. Raises Invalid."""
    values = NewProjectBody().read(envelope(body, "project"))
    values.pop("archived", None)
    return AddProject(**values)


def edit_project(body: Mapping[str, Any], project_id: int) -> EditProject:
    """PUT /projects/{id}.json. Raises Invalid."""
    return EditProject(project_id=project_id, **ProjectBody().read(envelope(body, "project")))


def change_people(body: Mapping[str, Any], project_id: int) -> ChangeProjectPeople:
    """PUT /projects/{id}/people.json (decision 7). Raises Invalid."""
    chosen = {}
    for name in ("add", "remove"):
        part = body.get(name)
        part = {} if part in (None, "") else part
        if not isinstance(part, Mapping):
            raise Invalid({name: 'must be {"userIdList": "1,2"}'})
        chosen[name] = ProjectPeopleBody().read(part)
    if not chosen["add"].get("people") and not chosen["remove"].get("people"):
        raise Invalid({"add": 'is missing: send {"add": {"userIdList": "1,2"}}'})
    return ChangeProjectPeople(
        project_id,
        add=chosen["add"].get("people", ()),
        remove=chosen["remove"].get("people", ()),
        role=chosen["add"].get("role", "editor"),
    )


def add_task_list(body: Mapping[str, Any], project_id: int) -> AddTaskList:
    """POST /projects/{id}/tasklists.json. Raises Invalid."""
    values = NewTaskListBody().read(envelope(body, "todo-list"))
    return AddTaskList(project_id=project_id, **values)


def edit_task_list(body: Mapping[str, Any], list_id: int) -> EditTaskList:
    """PUT /tasklists/{id}.json. Raises Invalid."""
    return EditTaskList(list_id=list_id, **TaskListBody().read(envelope(body, "todo-list")))


def add_company(body: Mapping[str, Any]) -> AddCompany:
    """POST /companies.json. Raises Invalid."""
    return AddCompany(**CompanyBody().read(envelope(body, "company")))


def add_person(body: Mapping[str, Any]) -> AddPerson:
    """POST /people.json. Raises Invalid."""
    return AddPerson(**PersonBody().read(envelope(body, "person")))
