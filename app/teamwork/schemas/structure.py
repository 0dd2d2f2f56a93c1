"""Payloads beside those of neighbours.py: categories, templates, keys, whom a task can be given."""

from collections.abc import Mapping
from typing import ClassVar

from app.http.payload import JsonType
from app.queries.catalogues.api_keys import KEYS
from app.queries.catalogues.categories import PROJECT_CATEGORIES
from app.queries.catalogues.structure import PEOPLE
from app.queries.catalogues.templates import TEMPLATES
from app.teamwork.schemas.fields import (
    BOOLEAN,
    Constant,
    Flag,
    IdText,
    Plain,
    PlainNumber,
    Stamp,
    TeamworkSchema,
)
from app.teamwork.schemas.listing import listed
from app.teamwork.schemas.tags import HexColor


class ProjectCategory(TeamworkSchema):
    """A category of projects."""

    id = IdText("id", "id")
    name = Plain("name", "name")
    color = HexColor("color", "color")
    parent = Constant("parent-id", "")
    count = PlainNumber("count", "projects")


class Key(TeamworkSchema):
    """An API key, without its secret."""

    id = IdText("id", "id")
    hint = Plain("hint", "hint")
    read_only = Flag("read-only", "read_only")
    created_at = Stamp("created-at", "created_at")
    last_used_at = Stamp("last-used-at", "last_used_at")
    expires_at = Stamp("expires-at", "expires_at")
    revoked_at = Stamp("revoked-at", "revoked_at")


class KeyOfPerson(Key):
    """An API key among those of everybody."""

    person_id = IdText("user-id", "person_id")


class ListTemplate(TeamworkSchema):
    """A template that a new task list can be filled with, in the form of a task list."""

    id = IdText("id", "id")
    name = Plain("name", "name")
    description = Constant("description", "")
    position = Constant("position", 0)
    project_id = Constant("projectId", "")
    project_name = Constant("projectName", "")
    private = Constant("private", False)
    is_template = Constant("isTemplate", True)
    pinned = Constant("pinned", False)
    complete = Constant("complete", False)
    status = Constant("status", "new")
    milestone = Constant("milestone-id", "")
    tags = Constant("tags", [])
    created_on = Stamp("createdAt", "created_at")
    updated_on = Stamp("lastUpdated", "changed_at")
    notify_assignee = Constant("notifyTaskAssignee", False)
    is_billable = Constant("isBillable", False)


class AvailablePerson(TeamworkSchema):
    """Somebody whom tasks can be given to; what he is to the task is added by the view."""

    added_members: ClassVar[Mapping[str, JsonType]] = {
        "isResponsible": BOOLEAN,
        "isFollowingChanges": BOOLEAN,
        "isFollowingComments": BOOLEAN,
    }

    id = IdText("id", "id")
    first_name = Plain("firstName", "first_name")
    last_name = Plain("lastName", "last_name")
    company_id = IdText("companyId", "company_id")
    company_name = Plain("companyName", "company.name", absent="")
    avatar = Plain("avatarUrl", "avatar_url")


CATEGORY = listed(PROJECT_CATEGORIES, ProjectCategory)
KEY = listed(KEYS, Key)
KEY_OF_PERSON = listed(KEYS, KeyOfPerson)
LIST_TEMPLATE = listed(TEMPLATES, ListTemplate)
AVAILABLE = listed(PEOPLE, AvailablePerson)
