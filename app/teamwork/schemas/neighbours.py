"""Payloads of projects, task lists, companies and people, member by member as the live service has
them (facts 2.1). What Tandem's model does not know is the same for every row.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from app.http.payload import TEXT, JsonType, array_of, object_of
from app.queries.catalogues.structure import COMPANIES, LISTS, PEOPLE, PROJECTS
from app.queries.values import CompanyName, Label
from app.teamwork.options import Option, number
from app.teamwork.schemas.fields import (
    BOOLEAN,
    DIGITS,
    FLAG01,
    NUMBER,
    Constant,
    Flag,
    Flag01,
    IdText,
    Plain,
    PlainNumber,
    ProjectStatus,
    ShapedField,
    Stamp,
    TeamworkSchema,
    Ymd,
    hex_color,
)
from app.teamwork.schemas.listing import listed
from app.teamwork.schemas.task_fields import Tags

PAGING: tuple[Option, ...] = (
    number("page", 1, "the page to answer, the first is 1"),
    number("pageSize", 500, "rows a page; more than 500 are served as 500"),
)


class ProjectCompany(ShapedField):
    """The company that a project is for."""

    json_type = object_of(id=DIGITS, name=TEXT, **{"is-owner": FLAG01})

    def render(self, value: CompanyName) -> dict[str, str]:
        owner = "1" if value.is_owner else "0"
        return {"id": str(value.id), "name": value.name, "is-owner": owner}


NO_CATEGORY = {"id": "", "name": "", "color": ""}


class ProjectCategoryName(ShapedField):
    """The category of a project, with empty members for none."""

    json_type = object_of(id=DIGITS, name=TEXT, color=TEXT)

    def render(self, value: Label) -> dict[str, str]:
        return {"id": str(value.id), "name": value.name, "color": hex_color(value.color)}


class Project(TeamworkSchema):
    """A project; its subStatus depends on the day and is added by the view, as are its people
    (`includePeople`) and, for one project, its active-pages.
    """

    facet_names = frozenset(PROJECTS.facets)
    added_members: ClassVar[Mapping[str, JsonType]] = {
        "subStatus": {"type": "string", "enum": ["current", "late", "completed"]},
        "people": array_of(DIGITS),
        "active-pages": {"type": "object"},
    }

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
    number = Plain("number", "number")
    category = ProjectCategoryName("category", "category", absent=NO_CATEGORY)
    tags = Tags("tags", absent=[])
    starred = Flag("starred", "is_starred")
    start_page = Constant("start-page", "tasks")
    tasks_start_page = Constant("tasks-start-page", "default")
    overview_start_page = Constant("overview-start-page", "default")
    default_privacy = Constant("defaultPrivacy", "open")
    privacy_enabled = Constant("privacyEnabled", True)
    notify_everyone = Constant("notifyeveryone", False)
    logo = Constant("logo", "")
    announcement = Constant("announcement", "")
    announcement_html = Constant("announcementHTML", "")
    show_announcement = Constant("show-announcement", False)
    board_data = Constant("boardData", {})
    integrations = Constant("integrations", {})
    defaults = Constant("defaults", {"privacy": ""})


class OptionalText(Plain):
    """A text, "" for None."""

    def render(self, value: Any) -> str:
        return value or ""

    def render_all(self, values: Sequence[Any]) -> Sequence[Any]:
        return [value or "" for value in values]


class ListStatus(ShapedField):
    """new, or completed when all its tasks are."""

    json_type: JsonType = {"type": "string", "enum": ["new", "completed"]}

    def render(self, value: Any) -> str:
        return "completed" if value else "new"


class TaskList(TeamworkSchema):
    """A task list. The counts that are asked for (getOverdueCount, getCompletedCount) are added by
    the view.
    """

    added_members: ClassVar[Mapping[str, JsonType]] = {
        "overdue-count": NUMBER,
        "completed-count": NUMBER,
    }

    id = IdText("id", "id")
    name = Plain("name", "name")
    description = Plain("description", "description")
    position = PlainNumber("position", "position")
    project_id = IdText("projectId", "project_id")
    project_name = Plain("projectName", "project.name", absent="")
    private = Flag("private", "lockdown_id")
    lockdown_id = IdText("lockdownId", "lockdown_id")
    pinned = Flag("pinned", "pinned")
    uncompleted = PlainNumber("uncompleted-count", "open_tasks")
    created_on = Stamp("createdAt", "created_at")
    updated_on = Stamp("lastUpdated", "changed_at")
    complete = Flag("complete", "is_complete")
    status = ListStatus("status", "is_complete")
    is_template = Constant("isTemplate", False)
    milestone = Constant("milestone-id", "")
    tags = Tags("tags", "tags", absent=[])
    notify_assignee = Constant("notifyTaskAssignee", False)
    is_billable = Constant("isBillable", False)


class Company(TeamworkSchema):
    """A company."""

    id = IdText("id", "id")
    name = Plain("name", "name")
    is_owner = Flag01("isowner", "is_owner")
    website = Plain("website", "website")
    phone = Plain("phone", "phone")
    created_on = Stamp("created_on", "created_at")
    last_changed_on = Stamp("last-changed-on", "changed_at")


NO_ADDRESS = dict.fromkeys(
    ("line1", "line2", "city", "state", "zipcode", "country", "countrycode"), ""
)


# What stands beside these two is said of a member of a project.
PERMISSIONS: JsonType = {
    "type": "object",
    "properties": {
        "can-add-projects": BOOLEAN,
        "can-manage-people": BOOLEAN,
        "project-administrator": BOOLEAN,
        "role": TEXT,
    },
    "required": ["can-add-projects", "can-manage-people"],
}


class Person(TeamworkSchema):
    """A person; his permissions are added by the view, to oneself also the address of one's
    calendar feed.
    """

    added_members: ClassVar[Mapping[str, JsonType]] = {
        "permissions": PERMISSIONS,
        "calendar-feed-url": TEXT,
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
    full_name = Plain("full-name", "display_name")
    same_company_id = IdText("companyId", "company_id")
    timezone = OptionalText("timezone", "zone")
    site_owner = Flag("site-owner", "is_site_owner")
    deleted = Constant("deleted", False)
    has_access_to_new_projects = Constant("has-access-to-new-projects", False)
    invited = Constant("user-invited", "0")
    invited_on = Constant("user-invited-date", "")
    invitation = Constant("user-invited-status", "COMPLETE")
    last_login = Constant("last-login", "")
    last_active = Constant("last-active", "")
    email_1 = Constant("email-alt-1", "")
    email_2 = Constant("email-alt-2", "")
    email_3 = Constant("email-alt-3", "")
    address = Constant("address", NO_ADDRESS)
    phone_office = Constant("phone-number-office", "")
    phone_extension = Constant("phone-number-office-ext", "")
    phone_mobile = Constant("phone-number-mobile", "")
    phone_home = Constant("phone-number-home", "")
    phone_fax = Constant("phone-number-fax", "")
    im_handle = Constant("im-handle", "")
    im_service = Constant("im-service", "")
    twitter = Constant("twitter", "")
    pid = Constant("pid", "")
    profile = Constant("profile", "")
    notes = Constant("notes", "")
    tags = Tags("tags", "tags", absent=[])


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


PROJECT = listed(PROJECTS, Project)
TASK_LISTS = listed(LISTS, TaskList)
COMPANY = listed(COMPANIES, Company)
PERSON = listed(PEOPLE, Person)
FOLLOWERS = listed(PEOPLE, Follower)
